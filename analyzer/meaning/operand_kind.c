#include "operand_kind.h"

#include <string.h>

enum { BUDGET = 20000, DEPTH_MAX = 24 };

struct search {
	struct arena *arena;
	const struct isa *isa;
	const struct decoder *decoder;         /* in an alternative's method: local 0 is the bits of the operand */
	const struct alternative *alternative;
	struct operand_kind *kinds;
	unsigned budget, depth;
};

/* What the locals of a function are, as expressions over variables, components and the address; NULL: not known. */
struct frame {
	const struct ir_expr **locals;
	bool *set;
	const struct ir_expr *result;
	unsigned returns;
};

static struct frame *frame_new(struct arena *arena, const struct ir_function *f)
{
	struct frame *frame = ARENA_NEW(arena, struct frame);

	frame->locals = ARENA_ARRAY(arena, const struct ir_expr *, f->local_count + 1);
	frame->set = ARENA_ARRAY(arena, bool, f->local_count + 1);
	return frame;
}

u128 kind_value(const struct isa *isa, const struct ir_expr *e, const u128 *variables, u128 pc)
{
	unsigned widths[3] = {0};
	u128 args[3] = {0};

	switch (e->kind) {
	case IR_CONST: return e->value;
	case IR_VARIABLE: return variables[e->index] & bits_mask(e->width);
	case IR_ADDRESS: return pc & bits_mask(e->width);
	case IR_COMPONENT: return isa->components[e->index].reset;
	default: break;
	}
	for (unsigned i = 0; i < e->count; i++) {
		widths[i] = e->args[i]->width;
		args[i] = kind_value(isa, e->args[i], variables, pc);
	}
	return op_apply(e->op, args, widths, e->width, e->low);
}

/* --- expressions without locals --- */

/* Bits [low, low + width) of the operand as bits of one of the alternative's variables; NULL if they are none of it. */
static struct ir_expr *variable_bits(const struct search *s, unsigned low, unsigned width)
{
	const struct alternative *a = s->alternative;
	unsigned offset = s->decoder->from + s->decoder->tail - a->pattern.width;

	for (unsigned v = 0; v < a->variable_count && low >= offset; v++) {
		const struct location *at = &a->variables[v].location;
		unsigned below = at->width;

		for (unsigned p = 0; p < at->count; p++) {
			below -= at->pieces[p].width;
			if (low - offset >= at->pieces[p].low && low - offset + width <= at->pieces[p].low + at->pieces[p].width)
				return ir_extract(s->arena, ir_ref(s->arena, IR_VARIABLE, v, at->width),
						  below + low - offset - at->pieces[p].low, width);
		}
	}
	return NULL;
}

static const struct ir_expr *resolve(struct search *s, const struct ir_expr *e, const struct frame *f);

static const struct ir_expr *resolve_extract(struct search *s, const struct ir_expr *e, const struct frame *f)
{
	const struct ir_expr *base = e;
	unsigned low = 0;

	for (; base->kind == IR_OP && base->op == OP_extract; base = base->args[0])
		low += base->low;
	base = resolve(s, base, f);
	for (; base && base->kind == IR_OP && base->op == OP_extract; base = base->args[0])
		low += base->low;
	if (!base)
		return NULL;
	if (base->kind == IR_LOCAL)
		return variable_bits(s, low, e->width);
	return low + e->width <= base->width ? ir_extract(s->arena, (struct ir_expr *)base, low, e->width) : NULL;
}

static const struct ir_expr *resolve_op(struct search *s, const struct ir_expr *e, const struct frame *f)
{
	struct ir_expr *copy = ARENA_NEW(s->arena, struct ir_expr);

	*copy = *e;
	for (unsigned i = 0; i < e->count; i++)
		if (!(copy->args[i] = (struct ir_expr *)resolve(s, e->args[i], f)))
			return NULL;
	return copy;
}

static const struct ir_expr *resolve(struct search *s, const struct ir_expr *e, const struct frame *f)
{
	if (!s->budget)
		return NULL;
	s->budget--;
	switch (e->kind) {
	case IR_CONST:
	case IR_VARIABLE:
	case IR_ADDRESS: return e;
	case IR_LOCAL: return f->locals[e->index];
	case IR_COMPONENT: return e->count ? NULL : e;
	case IR_OP: return e->op == OP_extract ? resolve_extract(s, e, f) : resolve_op(s, e, f);
	default: return NULL;
	}
}

struct leaves {
	int variable; /* -1: none, -2: several */
	bool address, others;
};

static void find_leaves(const struct ir_expr *e, struct leaves *l)
{
	if (e->kind == IR_VARIABLE)
		l->variable = l->variable == -1 || l->variable == (int)e->index ? (int)e->index : -2;
	l->address = l->address || e->kind == IR_ADDRESS;
	l->others = l->others || e->kind == IR_LOCAL || (e->kind == IR_COMPONENT);
	for (unsigned i = 0; i < e->count; i++)
		find_leaves(e->args[i], l);
}

/* --- what is found --- */

static void note_index(struct search *s, unsigned component, const struct ir_expr *index)
{
	struct leaves l = {.variable = -1};

	if (!index)
		return;
	find_leaves(index, &l);
	if (l.variable < 0 || l.address || l.others || s->kinds[l.variable].kind != KIND_NUMBER)
		return;
	s->kinds[l.variable] = (struct operand_kind){KIND_FILE, &s->isa->components[component], NULL, index};
}

static void note_target(struct search *s, const struct ir_expr *target)
{
	struct leaves l = {.variable = -1};

	if (!target)
		return;
	find_leaves(target, &l);
	if (l.variable >= 0 && l.address && s->kinds[l.variable].kind == KIND_NUMBER)
		s->kinds[l.variable] = (struct operand_kind){KIND_TARGET, NULL, NULL, target};
}

/* A register's number, whatever else it is used for. */
static bool note_space(struct search *s, const struct ir_statement *call, const struct frame *f)
{
	for (const struct space *p = s->isa->spaces; p; p = p->next) {
		const struct ir_function *c = call->callee;
		const struct ir_expr *number;
		struct leaves l = {.variable = -1};

		if (c != p->read && c != p->write && c != p->valid && c != p->mode && c != p->writable)
			continue;
		number = call->arg_count ? resolve(s, call->args[0], f) : NULL;
		if (number)
			find_leaves(number, &l);
		if (l.variable >= 0 && number->kind == IR_VARIABLE)
			s->kinds[l.variable] = (struct operand_kind){KIND_SPACE, NULL, p, NULL};
		return true;
	}
	return false;
}

/* Indices of register files inside an expression. */
static void look_into(struct search *s, const struct ir_expr *e, const struct frame *f)
{
	if (!e || !s->budget)
		return;
	s->budget--;
	if (e->kind == IR_COMPONENT && e->count)
		note_index(s, e->index, resolve(s, e->args[0], f));
	for (unsigned i = 0; i < e->count; i++)
		look_into(s, e->args[i], f);
}

static void look_at(struct search *s, const struct ir_statement *first, struct frame *f);

static const struct ir_expr *look_at_call(struct search *s, const struct ir_statement *call, const struct frame *f)
{
	struct frame *inner;

	if (note_space(s, call, f) || s->depth == DEPTH_MAX)
		return NULL;
	inner = frame_new(s->arena, call->callee);
	for (unsigned i = 0; i < call->arg_count; i++) {
		inner->locals[i] = resolve(s, call->args[i], f);
		inner->set[i] = true;
	}
	s->depth++;
	look_at(s, call->callee->body, inner);
	s->depth--;
	return inner->returns == 1 ? inner->result : NULL;
}

/* A local that is assigned twice is nothing that can be told. */
static void assign(struct frame *f, unsigned local, const struct ir_expr *e)
{
	f->locals[local] = f->set[local] ? NULL : e;
	f->set[local] = true;
}

static void look_at_one(struct search *s, const struct ir_statement *st, struct frame *f)
{
	look_into(s, st->a, f);
	look_into(s, st->b, f);
	look_into(s, st->c, f);
	for (unsigned i = 0; i < st->arg_count; i++)
		look_into(s, st->args[i], f);
	switch (st->kind) {
	case IR_SET: assign(f, st->index, resolve(s, st->a, f)); break;
	case IR_PUT:
		if (st->index == s->isa->pc)
			note_target(s, resolve(s, st->a, f));
		break;
	case IR_PUT_ELEMENT: note_index(s, st->index, resolve(s, st->b, f)); break;
	case IR_CALL: {
		const struct ir_expr *result = look_at_call(s, st, f);

		if (st->has_target)
			assign(f, st->index, result);
		break;
	}
	case IR_LOAD:
	case IR_LOAD_PHYSICAL:
	case IR_PORT_IN:
	case IR_FOR: assign(f, st->index, NULL); break;
	case IR_RETURN:
		f->returns++;
		f->result = st->a ? resolve(s, st->a, f) : NULL;
		break;
	default: break;
	}
	look_at(s, st->body, f);
	look_at(s, st->other, f);
}

static void look_at(struct search *s, const struct ir_statement *first, struct frame *f)
{
	for (const struct ir_statement *st = first; st && s->budget; st = st->next) {
		s->budget--;
		look_at_one(s, st, f);
	}
}

void instruction_kinds(struct arena *arena, const struct isa *isa, const struct instruction *i, struct operand_kind *kinds)
{
	struct search s = {.arena = arena, .isa = isa, .kinds = kinds, .budget = BUDGET};

	memset(kinds, 0, VARIABLES_MAX * sizeof *kinds);
	if (i->operation)
		look_at(&s, i->operation->body, frame_new(arena, i->operation));
	for (unsigned v = 0; v < i->variable_count; v++)
		if (i->variables[v].is_operand || i->variables[v].is_prefix)
			kinds[v].kind = KIND_NUMBER;
}

/* The branch of a method that belongs to alternative number `n`: lower_operand.c writes one `if` for each. */
static const struct ir_statement *branch(const struct ir_function *f, unsigned n)
{
	const struct ir_statement *st = f->body;

	for (; st; st = st->next)
		if (st->kind == IR_IF && !n--)
			return st;
	return NULL;
}

void alternative_kinds(struct arena *arena, const struct isa *isa, const struct decoder *d, const struct alternative *a,
		       struct operand_kind *kinds)
{
	struct search s = {.arena = arena, .isa = isa, .decoder = d, .alternative = a, .kinds = kinds, .budget = BUDGET};

	memset(kinds, 0, VARIABLES_MAX * sizeof *kinds);
	for (unsigned m = 0; m < 4; m++) {
		const struct ir_function *f = d->methods[m].function;
		const struct ir_statement *own = f ? branch(f, (unsigned)(a - d->alternatives)) : NULL;
		struct frame *frame;

		if (!own)
			continue;
		frame = frame_new(arena, f);
		frame->locals[0] = ir_ref(arena, IR_LOCAL, 0, d->from + d->tail);
		frame->set[0] = true;
		look_at(&s, own->body, frame);
		if (m == 2 && frame->returns == 1)
			note_target(&s, frame->result);
	}
}
