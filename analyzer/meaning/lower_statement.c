/* Statements and functions. */
#include "lower.h"

#include <assert.h>
#include <string.h>

enum { LOOP_ROUNDS_MAX = 4096, SIZE_MAX_STATEMENTS = 200000 };

struct ir_statement *emit(struct lowering *l, enum ir_statement_kind kind)
{
	struct ir_statement *s = ARENA_NEW(l->arena, struct ir_statement);

	s->kind = kind;
	if (l->at)
		s->where = syntax_place(l->at);
	s->next = *l->tail;
	*l->tail = s;
	l->tail = &s->next;
	return s;
}

unsigned new_local(struct lowering *l, const char *name, unsigned width)
{
	struct ir_function *f = l->function;

	if (f->local_count == l->local_room) {
		struct ir_local *old = f->locals;

		l->local_room = l->local_room ? 2 * l->local_room : 8;
		f->locals = ARENA_ARRAY(l->arena, struct ir_local, l->local_room);
		if (f->local_count)
			memcpy(f->locals, old, f->local_count * sizeof *old);
	}
	f->locals[f->local_count] = (struct ir_local){name, width};
	return f->local_count++;
}

void add_name(struct lowering *l, const char *text, struct typed value, bool is_local, bool assigned)
{
	struct name *n = ARENA_NEW(l->arena, struct name);

	*n = (struct name){text, value, is_local, assigned, !is_local, l->names};
	l->names = n;
}

void add_constants(struct lowering *l, const struct constant *constants)
{
	for (; constants; constants = constants->next)
		add_name(l, constants->name, (struct typed){.e = ir_const(l->arena, constants->value, BITS_MAX), .flexible = true},
			 false, true);
}

struct name *find_name(struct lowering *l, const char *text)
{
	for (struct name *n = l->names; n; n = n->next)
		if (!strcmp(n->text, text))
			return n;
	return NULL;
}

void start_function(struct lowering *l, const struct lowering *parent, const char *name)
{
	*l = (struct lowering){.isa = parent->isa, .arena = parent->arena, .diags = parent->diags};
	l->function = ARENA_NEW(l->arena, struct ir_function);
	l->function->name = name;
	l->tail = &l->function->body;
	l->loop_factor = 1;
}

static unsigned size_of(const struct ir_statement *s)
{
	u128 size = 0;

	for (; s && size < SIZE_MAX_STATEMENTS; s = s->next) {
		u128 inner = size_of(s->body) + (u128)size_of(s->other) + (s->callee ? s->callee->size : 0);

		size += 1 + inner * (s->kind == IR_FOR ? s->rounds : 1);
	}
	return size > SIZE_MAX_STATEMENTS ? SIZE_MAX_STATEMENTS + 1 : (unsigned)size;
}

struct ir_function *finish_function(struct lowering *l)
{
	struct isa *isa = l->isa;
	struct ir_function *f = l->function, **end = &isa->functions;

	f->size = size_of(f->body);
	if (f->size > SIZE_MAX_STATEMENTS)
		diag_add(l->diags, E_LIMIT, f->origin ? f->origin->where : (struct span){0},
			 "'%s' grows to more than %d statements", f->name, SIZE_MAX_STATEMENTS);
	while (*end)
		end = &(*end)->next;
	*end = f;
	f->number = isa->function_count++;
	return f;
}

/* --- assignments --- */

static void set_local(struct lowering *l, unsigned local, struct ir_expr *value)
{
	struct ir_statement *s;

	if (!value)
		return;
	s = emit(l, IR_SET);
	s->index = local;
	s->has_target = true;
	s->a = value;
}

static void assign_slice(struct lowering *l, const struct syntax *n, struct name *name)
{
	const struct syntax *place = n->children[0];
	unsigned width = name->value.e->width, low, size;
	u128 first, last = 0;
	struct ir_expr *value, *hole;

	if (!lower_constant(l, place->children[1], &first))
		return;
	if (place->kind == SYN_INDEX)
		last = first;
	else if (!lower_constant(l, place->children[2], &last))
		return;
	if (first >= width || last >= width || !width) {
		bad(l, E_TYPE, place, "bits beyond the %u of '%s'", width, name->text);
		return;
	}
	if (l->isa->msb0) {
		first = width - 1 - first;
		last = width - 1 - last;
	}
	if (first < last) {
		bad(l, E_TYPE, place, "the most significant bit of a slice is written first");
		return;
	}
	low = (unsigned)last;
	size = (unsigned)(first - last + 1);
	value = lower_bits(l, n->children[1], size);
	if (!value)
		return;
	value = ir_resize(l->arena, value, width, false);
	value = ir_op2(l->arena, OP_shl, value, ir_const(l->arena, low, width));
	hole = ir_const(l->arena, ~(bits_mask(size) << low), width);
	hole = ir_op2(l->arena, OP_and, name->value.e, hole);
	set_local(l, name->value.e->index, ir_op2(l->arena, OP_or, hole, value));
}

static void assign_name(struct lowering *l, const struct syntax *n, struct name *name)
{
	if (name->is_constant) {
		bad(l, E_TYPE, n->children[0], "'%s' cannot be assigned", name->text);
		return;
	}
	set_local(l, name->value.e->index, lower_bits(l, n->children[1], name->value.e->width));
	name->assigned = true;
}

static void assign_register(struct lowering *l, const struct syntax *n, const struct reg *r, const struct field *f,
			    struct ir_expr *index)
{
	struct ir_statement **mark = l->tail;
	struct ir_expr *value;
	unsigned width = f ? l->isa->components[f->component].width : r->width;

	if (r->count && !index) {
		if (n->children[0]->kind == SYN_NAME)
			bad(l, E_TYPE, n->children[0], "'%s' is a register file; choose an element", r->name);
		return;
	}
	value = lower_bits(l, n->children[1], width);
	if (index)
		index = hold(l, good(index), mark).e;
	if (!value)
		return;
	if (f)
		write_component(l, f->component, index, value);
	else
		write_register(l, r, index, value);
}

static void lower_assign(struct lowering *l, const struct syntax *n)
{
	const struct syntax *place = n->children[0];
	const struct syntax *root = place->kind == SYN_SLICE || place->kind == SYN_INDEX ? place->children[0] : place;
	struct name *name = root->kind == SYN_NAME ? find_name(l, root->text) : NULL;
	const struct reg *r;
	const struct field *f = NULL;
	struct ir_expr *index, *value;

	if (name && place == root) {
		assign_name(l, n, name);
		return;
	}
	if (name && name->is_local) {
		assign_slice(l, n, name);
		return;
	}
	if (place->kind == SYN_NAME && place->text[0] == '$') {
		if (!strcmp(place->text, "$pc")) {
			value = lower_bits(l, n->children[1], l->isa->components[l->isa->pc].width);
			if (value)
				write_component(l, l->isa->pc, NULL, value);
		} else {
			bad(l, E_NAME, place, "'%s' cannot be assigned", place->text);
		}
		return;
	}
	if (place->kind == SYN_FIELD) {
		r = named_register(l, place->children[0], &index);
		f = r ? reg_field(r, place->text) : NULL;
		if (r && !f) {
			lower_expr(l, place); /* says that there is no such field */
			return;
		}
	} else {
		r = named_register(l, place, &index);
	}
	if (!r)
		bad(l, E_TYPE, place, "this cannot be assigned");
	else
		assign_register(l, n, r, f, index);
}

static void lower_declare(struct lowering *l, const struct syntax *n)
{
	struct parameter type;
	struct typed value = {0};
	unsigned local;

	for (const struct name *other = l->names; other != l->block_names; other = other->next)
		if (!strcmp(other->text, n->text)) {
			bad(l, E_DUPLICATE, n, "'%s' is declared twice in one block", n->text);
			return;
		}

	if (!strcmp(n->children[0]->text, "Csr") && n->count == 2) { /* a handle: another name for the number */
		value = lower_expr(l, n->children[1]);
		if (value.e && !value.handle)
			bad(l, E_TYPE, n->children[1], "a register's handle is needed, such as direct_csr_lookup(csr)");
		if (value.handle)
			add_name(l, n->text, value, false, true);
		return;
	}
	if (!lower_type(l, n->children[0], &type))
		return;
	if (n->count == 2)
		value = lower_expr(l, n->children[1]);
	if (n->count == 2 && !value.e) { /* no further findings about this name */
		add_name(l, n->text, (struct typed){0}, false, true);
		return;
	}
	local = new_local(l, n->text, type.width);
	if (n->count == 2)
		set_local(l, local, lower_as(l, value, type.width, n->children[1]));
	add_name(l, n->text, (struct typed){.e = ir_ref(l->arena, IR_LOCAL, local, type.width), .enumeration = type.enumeration}, true,
		 n->count == 2);
}

/* --- control flow --- */

enum { TRACKED_MAX = 256 };

static unsigned save_assigned(const struct lowering *l, bool *flags)
{
	unsigned count = 0;

	for (const struct name *n = l->names; n && count < TRACKED_MAX; n = n->next)
		flags[count++] = n->assigned;
	return count;
}

static void load_assigned(struct lowering *l, const bool *flags, unsigned count)
{
	struct name *n = l->names;

	for (unsigned i = 0; n && i < count; n = n->next)
		n->assigned = flags[i++];
}

static void lower_branch(struct lowering *l, const struct syntax *n, struct ir_statement **list)
{
	struct ir_statement **tail = l->tail;
	struct name *names = l->names;

	l->tail = list;
	if (n)
		lower_block(l, n);
	l->tail = tail;
	l->names = names;
}

static void lower_if(struct lowering *l, const struct syntax *n)
{
	struct ir_expr *condition = lower_condition(l, n->children[0]);
	const struct syntax *then = n->children[1], *other = n->count > 2 ? n->children[2] : NULL;
	bool before[TRACKED_MAX], after[TRACKED_MAX], ended;
	struct ir_statement *s;
	unsigned count;

	if (condition && condition->kind == IR_CONST) { /* the other branch need not make sense on this machine */
		if (condition->value || other) {
			struct name *names = l->names;

			lower_block(l, condition->value ? then : other);
			l->names = names;
		}
		return;
	}
	s = emit(l, IR_IF);
	s->a = condition ? condition : ir_const(l->arena, 1, 0);
	count = save_assigned(l, before);
	lower_branch(l, then, &s->body);
	ended = l->unreachable;
	save_assigned(l, after);
	l->unreachable = false;
	load_assigned(l, before, count);
	lower_branch(l, other, &s->other);
	if (l->unreachable)
		load_assigned(l, after, count);
	else if (!ended) {
		struct name *name = l->names;

		for (unsigned i = 0; name && i < count; i++, name = name->next)
			name->assigned = name->assigned && after[i];
	}
	l->unreachable = l->unreachable && ended;
}

/* first, first+step, … while the condition holds: counted here, so that the bounds are constants. */
static bool loop_rounds(struct lowering *l, const struct syntax *n, struct ir_statement *s, const struct parameter *type)
{
	const struct syntax *condition = n->children[2];
	u128 limit, i, mask = bits_mask(type->width);
	bool down = n->value != 1;
	const char *op = condition->text;

	if (!lower_constant(l, n->children[1], &s->first))
		return false;
	if (condition->kind != SYN_BINARY || condition->children[0]->kind != SYN_NAME ||
	    strcmp(condition->children[0]->text, n->text) || !strchr("<>!", op[0])) {
		bad(l, E_SYNTAX, condition, "a loop's condition compares '%s' with a constant", n->text);
		return false;
	}
	if (!lower_constant(l, condition->children[1], &limit))
		return false;
	s->step = n->value;
	for (i = s->first; s->rounds <= LOOP_ROUNDS_MAX; i = (i + s->step) & mask) {
		bool on = op[0] == '<' ? i < limit || (op[1] && i == limit)
				       : op[0] == '>' ? i > limit || (op[1] && i == limit) : i != limit;

		if (!on)
			break;
		s->rounds++;
		if (down && i == 0)
			break;
	}
	l->rounds += s->rounds * l->loop_factor;
	if (l->rounds > LOOP_ROUNDS_MAX) {
		bad(l, E_LIMIT, n, "more than %d loop rounds in one operation", LOOP_ROUNDS_MAX);
		return false;
	}
	return true;
}

static void lower_for(struct lowering *l, const struct syntax *n)
{
	struct ir_statement *s = emit(l, IR_FOR), **tail = l->tail;
	struct name *names = l->names;
	struct parameter type;
	unsigned local, factor = l->loop_factor;

	if (!lower_type(l, n->children[0], &type) || !loop_rounds(l, n, s, &type))
		return;
	local = new_local(l, n->text, type.width);
	s->index = local;
	s->has_target = true;
	add_name(l, n->text, good(ir_ref(l->arena, IR_LOCAL, local, type.width)), true, true);
	l->names->is_constant = true;
	l->tail = &s->body;
	l->loop_factor *= s->rounds ? s->rounds : 1;
	lower_block(l, n->children[3]);
	l->loop_factor = factor;
	l->tail = tail;
	l->names = names;
	l->unreachable = false;
}

static void lower_return(struct lowering *l, const struct syntax *n)
{
	struct ir_function *f = l->function;
	struct ir_statement *s;
	struct ir_expr *value = NULL;

	if (n->count && !f->has_result) {
		bad(l, E_RETURN, n->children[0], "this gives no value");
		return;
	}
	if (!n->count && f->has_result) {
		bad(l, E_RETURN, n, "a value is to be returned here");
		return;
	}
	if (n->count)
		value = lower_bits(l, n->children[0], f->result);
	s = emit(l, IR_RETURN);
	s->a = value ? value : f->has_result ? ir_const(l->arena, 0, f->result) : NULL;
	l->unreachable = true;
}

static void lower_statement(struct lowering *l, const struct syntax *n)
{
	const struct syntax *outer = l->at;

	if (l->unreachable && !l->warned_unreachable) {
		diag_add(l->diags, W_UNREACHABLE, syntax_place(n), "nothing reaches this");
		l->warned_unreachable = true;
	}
	l->at = n;
	switch (n->kind) {
	case SYN_DECLARE: lower_declare(l, n); break;
	case SYN_ASSIGN: lower_assign(l, n); break;
	case SYN_IF: lower_if(l, n); break;
	case SYN_FOR: lower_for(l, n); break;
	case SYN_RETURN: lower_return(l, n); break;
	case SYN_EXPRESSION: lower_expr(l, n->children[0]); break;
	case SYN_BLOCK: {
		struct name *names = l->names;

		lower_block(l, n);
		l->names = names;
		break;
	}
	default: bad(l, E_SYNTAX, n, "this is not a statement"); break;
	}
	l->at = outer;
}

void lower_block(struct lowering *l, const struct syntax *n)
{
	struct name *outer = l->block_names;

	l->block_names = l->names;
	for (unsigned i = 0; i < n->count; i++)
		lower_statement(l, n->children[i]);
	l->block_names = outer;
}

struct ir_function *lower_body(const struct lowering *parent, const char *name, const struct parameter *params,
			       unsigned param_count, const struct parameter *result, const struct yaml *body,
			       const struct lowering *settings)
{
	struct lowering l;
	struct syntax *block = syntax_statements(parent->arena, body, parent->diags);

	start_function(&l, parent, name);
	if (settings) {
		l.instruction = settings->instruction;
		l.written = settings->written;
		l.written_field = settings->written_field;
		l.written_index = settings->written_index;
		l.names = settings->names;
	}
	l.function->origin = body;
	for (unsigned i = 0; i < param_count; i++) {
		struct typed value = {.is_signed = params[i].is_signed, .image = params[i].image, .enumeration = params[i].enumeration};

		value.e = ir_ref(l.arena, IR_LOCAL, new_local(&l, params[i].name, params[i].width), params[i].width);
		add_name(&l, params[i].name, value, true, true);
	}
	l.function->param_count = param_count;
	l.function->has_result = result != NULL;
	l.function->result = result ? result->width : 0;
	if (block) {
		lower_block(&l, block);
		if (result && !l.unreachable)
			diag_add(l.diags, E_RETURN, yaml_place(body, body->length ? body->length - 1 : 0, 1),
				 "'%s' may end without a value", name);
	}
	if (result && !l.unreachable) { /* keeps the IR well-formed after a finding */
		struct ir_statement *s;

		l.at = NULL;
		s = emit(&l, IR_RETURN);
		s->a = ir_const(l.arena, 0, result->width);
	}
	return finish_function(&l);
}
