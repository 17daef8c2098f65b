/* Expressions: names, widths, signs. */
#include "lower.h"

#include <string.h>
#include <strings.h>

struct typed good(struct ir_expr *e)
{
	return (struct typed){.e = e};
}

struct typed bad(struct lowering *l, enum diag_code code, const struct syntax *n, const char *format, ...)
{
	va_list args;
	char text[300];

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	diag_add(l->diags, code, syntax_place(n), "%s", text);
	return (struct typed){0};
}

bool has_component(const struct ir_expr *e)
{
	if (e->kind == IR_COMPONENT)
		return true;
	for (unsigned i = 0; i < e->count; i++)
		if (has_component(e->args[i]))
			return true;
	return false;
}

struct ir_expr *leaf(struct lowering *l, struct ir_expr *e)
{
	struct ir_statement *s;

	if (!e || !e->count)
		return e;
	s = emit(l, IR_SET);
	s->a = e;
	s->has_target = true;
	s->index = new_local(l, "part", e->width);
	return ir_ref(l->arena, IR_LOCAL, s->index, e->width);
}

struct typed hold(struct lowering *l, struct typed value, struct ir_statement **mark)
{
	struct ir_statement *s, **tail = l->tail;
	unsigned local;

	if (!value.e || l->tail == mark || !has_component(value.e))
		return value;
	local = new_local(l, "held", value.e->width);
	l->tail = mark;
	s = *mark;
	*mark = NULL;
	emit(l, IR_SET)->a = value.e;
	(*mark)->index = local;
	(*mark)->has_target = true;
	(*mark)->next = s;
	l->tail = tail;
	value.e = ir_ref(l->arena, IR_LOCAL, local, value.e->width);
	return value;
}

static bool flexible_fits(u128 value, unsigned width)
{
	return value <= bits_mask(width) || ((s128)value < 0 && (s128)value >= -((s128)1 << (width - 1)));
}

struct ir_expr *lower_as(struct lowering *l, struct typed t, unsigned width, const struct syntax *n)
{
	char text[BITS_TEXT];

	if (!t.e)
		return NULL;
	if (width == 0) {
		if (t.e->width == 0)
			return t.e;
		return ir_op1(l->arena, OP_lnot, ir_op2(l->arena, OP_eq, t.e, ir_const(l->arena, 0, t.e->width)));
	}
	if (t.flexible) {
		if (!flexible_fits(t.e->value, width)) {
			bad(l, E_TYPE, n, "the number %s does not fit into %u bits", bits_hex(t.e->value, text), width);
			return NULL;
		}
		return ir_const(l->arena, t.e->value, width);
	}
	if (t.e->width > width && (t.e->kind != IR_CONST || t.e->value > bits_mask(width)))
		diag_add(l->diags, W_TRUNCATED, syntax_place(n), "a value of %u bits is cut to %u", t.e->width, width);
	return ir_resize(l->arena, t.e, width, t.is_signed);
}

struct ir_expr *lower_bits(struct lowering *l, const struct syntax *n, unsigned width)
{
	return lower_as(l, lower_expr(l, n), width, n);
}

struct ir_expr *lower_condition(struct lowering *l, const struct syntax *n)
{
	return lower_as(l, lower_expr(l, n), 0, n);
}

bool lower_constant(struct lowering *l, const struct syntax *n, u128 *value)
{
	struct typed t = lower_expr(l, n);

	if (!t.e)
		return false;
	if (t.e->kind != IR_CONST) {
		bad(l, E_TYPE, n, "a constant is needed here");
		return false;
	}
	*value = t.e->value;
	return true;
}

static const char *next_name(void *context)
{
	struct name **n = context, *this = *n;

	if (this)
		*n = this->next;
	return this ? this->text : NULL;
}

static struct typed unknown_name(struct lowering *l, const struct syntax *n)
{
	struct name *names = l->names;
	const char *near = nearest_name(n->text, next_name, &names);

	if (!near)
		for (struct reg *r = l->isa->registers; r && !near; r = r->next)
			if (!strcasecmp(r->name, n->text))
				near = r->name;
	bad(l, E_NAME, n, "'%s' is not a name here", n->text);
	if (near)
		diag_hint(l->diags, "did you mean '%s'?", near);
	return (struct typed){0};
}

static struct typed flexible(struct lowering *l, u128 value)
{
	return (struct typed){.e = ir_const(l->arena, value, BITS_MAX), .flexible = true};
}

static struct typed instruction_encoding(struct lowering *l, const struct syntax *n)
{
	const struct instruction *i = l->instruction;
	struct ir_expr *e;

	if (!i)
		return bad(l, E_NAME, n, "'$encoding' is known only inside an instruction's operation");
	e = ir_const(l->arena, i->pattern.match, i->pattern.width);
	for (unsigned v = 0; v < i->variable_count; v++) {
		const struct location *at = &i->variables[v].location;
		unsigned rest = at->width;

		if (i->variables[v].is_operand || i->variables[v].is_prefix)
			continue;
		for (unsigned p = 0; p < at->count; p++) {
			struct ir_expr *piece;

			rest -= at->pieces[p].width;
			piece = ir_extract(l->arena, variable_ref(l, v, at->width), rest, at->pieces[p].width);
			piece = ir_resize(l->arena, piece, i->pattern.width, false);
			piece = ir_op2(l->arena, OP_shl, piece, ir_const(l->arena, at->pieces[p].low, i->pattern.width));
			e = ir_op2(l->arena, OP_or, e, piece);
		}
	}
	return good(e);
}

/* A prefix counts where it stands. */
static struct ir_expr *prefix_length(struct lowering *l, unsigned variable, unsigned width)
{
	const struct prefix *p = &l->isa->prefixes[l->instruction->variables[variable].prefix];
	struct ir_expr *there = ir_op2(l->arena, OP_eq, variable_ref(l, variable, 1), ir_const(l->arena, 1, 1));

	return ir_ite(l->arena, there, ir_const(l->arena, p->pattern.width / l->isa->memory.unit, width), ir_const(l->arena, 0, width));
}

struct typed instruction_length(struct lowering *l, const struct syntax *n)
{
	const struct instruction *i = l->instruction;
	unsigned width = l->isa->components[l->isa->pc].width;
	struct ir_expr *e;

	if (l->length)
		return good(l->length);
	if (!i)
		return bad(l, E_NAME, n, "'$length' is known only inside an instruction's operation");
	e = ir_const(l->arena, i->length, width);
	for (unsigned o = 0; o < i->operand_count; o++) {
		struct ir_expr *bits = operand_bits(l, &i->operands[o]);
		struct typed t = emit_call(l, decoder_function(l, (struct decoder *)i->operands[o].decoder, true), &bits, 1);

		if (t.e)
			e = ir_op2(l->arena, OP_add, e, ir_resize(l->arena, t.e, width, false));
	}
	for (unsigned v = 0; v < i->variable_count; v++)
		if (i->variables[v].is_prefix && !i->variables[v].location.count)
			e = ir_op2(l->arena, OP_add, e, prefix_length(l, v, width));
	return good(e);
}

static struct typed special_name(struct lowering *l, const struct syntax *n)
{
	struct isa *isa = l->isa;

	if (!strcmp(n->text, "$pc"))
		return good(ir_ref(l->arena, IR_ADDRESS, 0, isa->components[isa->pc].width));
	if (!strcmp(n->text, "$waiting"))
		return good(ir_ref(l->arena, IR_COMPONENT, isa->waiting, 1));
	if (!strcmp(n->text, "$encoding"))
		return instruction_encoding(l, n);
	if (!strcmp(n->text, "$length"))
		return instruction_length(l, n);
	return unknown_name(l, n);
}

static struct typed kept_value(struct lowering *l, const struct syntax *n)
{
	if (!l->written_field)
		return bad(l, E_NAME, n, "'%s' stands only in a field's sw_write", n->text);
	return read_field(l, l->written, l->written_field, l->written_index);
}

static struct typed lower_name(struct lowering *l, const struct syntax *n)
{
	struct name *name = find_name(l, n->text);
	struct isa *isa = l->isa;
	struct reg *r;

	if (name) {
		if (name->is_local && !name->assigned) {
			diag_add(l->diags, W_UNASSIGNED, syntax_place(n), "'%s' is read before it is assigned", n->text);
			name->assigned = true;
		}
		return name->value;
	}
	if (n->text[0] == '$')
		return special_name(l, n);
	if (!strncmp(n->text, "UNDEFINED_LEGAL", 15))
		return kept_value(l, n);
	for (unsigned i = 0; i < isa->input_count; i++)
		if (!strcmp(isa->inputs[i].name, n->text))
			return (struct typed){.e = ir_ref(l->arena, IR_INPUT, i, isa->inputs[i].width),
					      .enumeration = isa->inputs[i].enumeration};
	r = isa_register(isa, n->text);
	if (r && r->count)
		return bad(l, E_TYPE, n, "'%s' is a register file; choose an element, %s[i]", n->text, n->text);
	if (r)
		return read_register(l, r, NULL);
	for (struct constant *c = isa->constants; c; c = c->next)
		if (!strcmp(c->name, n->text))
			return flexible(l, c->value);
	return unknown_name(l, n);
}

static const char *next_member(void *context)
{
	struct { const struct enumeration *e; unsigned i; } *c = context;

	return c->i < c->e->count ? c->e->members[c->i++].name : NULL;
}

static struct typed lower_enum(struct lowering *l, const struct syntax *n)
{
	const struct enumeration *e = isa_enumeration(l->isa, n->text);
	struct { const struct enumeration *e; unsigned i; } context = {e, 0};
	const char *near;

	if (!e)
		return bad(l, E_NAME, n, "there is no enumeration '%s'", n->text);
	for (unsigned i = 0; i < e->count; i++)
		if (!strcmp(e->members[i].name, n->member))
			return (struct typed){.e = ir_const(l->arena, e->members[i].value, e->width), .enumeration = e};
	near = nearest_name(n->member, next_member, &context);
	bad(l, E_NAME, n, "'%s' has no member '%s'", n->text, n->member);
	if (near)
		diag_hint(l->diags, "did you mean '%s::%s'?", n->text, near);
	return (struct typed){0};
}

static struct typed lower_number(struct lowering *l, const struct syntax *n)
{
	if (n->member) {
		struct name *name = find_name(l, n->member);

		if (name && name->value.flexible && name->value.e->value >= 1 && name->value.e->value <= BITS_MAX)
			return good(ir_const(l->arena, n->value, (unsigned)name->value.e->value));
		for (struct constant *c = l->isa->constants; c; c = c->next)
			if (!strcmp(c->name, n->member) && c->value >= 1 && c->value <= BITS_MAX)
				return good(ir_const(l->arena, n->value, (unsigned)c->value));
		return bad(l, E_NAME, n, "'%s' is not a constant that can be a width", n->member);
	}
	return n->width ? good(ir_const(l->arena, n->value, n->width)) : flexible(l, n->value);
}

static struct typed lower_unary(struct lowering *l, const struct syntax *n)
{
	struct typed t;

	if (n->text[0] == '!') {
		struct ir_expr *e = lower_condition(l, n->children[0]);

		return e ? good(ir_op1(l->arena, OP_lnot, e)) : (struct typed){0};
	}
	t = lower_expr(l, n->children[0]);
	if (!t.e)
		return t;
	if (t.e->width == 0)
		t.e = ir_resize(l->arena, t.e, 1, false);
	t.e = ir_op1(l->arena, n->text[0] == '~' ? OP_not : OP_neg, t.e);
	t.image = NULL;
	t.enumeration = NULL;
	return t;
}

/* Both operands as bits of one width; false after a finding. */
static bool balance(struct lowering *l, const struct syntax *n, struct typed *a, struct typed *b)
{
	unsigned width;

	if (!a->e || !b->e)
		return false;
	if (a->e->width == 0)
		a->e = ir_resize(l->arena, a->e, 1, false);
	if (b->e->width == 0)
		b->e = ir_resize(l->arena, b->e, 1, false);
	if (a->flexible && !b->flexible)
		width = b->e->width;
	else if (b->flexible && !a->flexible)
		width = a->e->width;
	else
		width = a->e->width > b->e->width ? a->e->width : b->e->width;
	a->e = lower_as(l, *a, width, n->children[0]);
	b->e = lower_as(l, *b, width, n->children[1]);
	return a->e && b->e;
}

static struct typed lower_compare(struct lowering *l, const struct syntax *n, struct typed a, struct typed b)
{
	bool is_signed = (a.is_signed || a.flexible) && (b.is_signed || b.flexible) && (a.is_signed || b.is_signed);
	struct ir_expr *e;
	const char *op = n->text;

	if (a.enumeration && b.enumeration && a.enumeration != b.enumeration)
		return bad(l, E_TYPE, n, "a member of '%s' is compared with one of '%s'", a.enumeration->name, b.enumeration->name);
	if (a.e && b.e && a.e->width == 0 && b.e->width == 0) {
		e = ir_op2(l->arena, OP_eq, a.e, b.e);
	} else {
		if (!balance(l, n, &a, &b))
			return (struct typed){0};
		if (op[0] == '>') {
			struct ir_expr *swap = a.e;

			a.e = b.e;
			b.e = swap;
		}
		if (op[0] == '=' || op[0] == '!')
			e = ir_op2(l->arena, OP_eq, a.e, b.e);
		else if (op[1] == '=')
			e = ir_op2(l->arena, is_signed ? OP_sle : OP_ule, a.e, b.e);
		else
			e = ir_op2(l->arena, is_signed ? OP_slt : OP_ult, a.e, b.e);
	}
	return good(op[0] == '!' ? ir_op1(l->arena, OP_lnot, e) : e);
}

static struct typed lower_shift(struct lowering *l, const struct syntax *n, struct typed a, struct typed b)
{
	struct arena *arena = l->arena;
	enum op op = n->text[0] == '<' ? OP_shl : n->text[2] == '>' || a.is_signed ? OP_ashr : OP_lshr;
	unsigned width, wide;

	if (!a.e || !b.e)
		return (struct typed){0};
	if (a.e->width == 0)
		a.e = ir_resize(arena, a.e, 1, false);
	if (b.e->width == 0)
		b.e = ir_resize(arena, b.e, 1, false);
	width = a.e->width;
	wide = b.flexible || b.e->width <= width ? width : b.e->width;
	if (b.flexible)
		b.e = b.e->value > bits_mask(wide) ? ir_const(arena, bits_mask(wide), wide) : ir_const(arena, b.e->value, wide);
	else
		b.e = ir_resize(arena, b.e, wide, false);
	a.e = ir_op2(arena, op, ir_resize(arena, a.e, wide, op == OP_ashr), b.e);
	a.e = ir_resize(arena, a.e, width, false);
	a.image = NULL;
	a.enumeration = NULL;
	return a;
}

/* A widening operation: the operands are first extended to what the result needs. */
static struct typed lower_widening(struct lowering *l, const struct syntax *n, struct typed a, struct typed b)
{
	enum op op = n->text[1] == '*' ? OP_mul : n->text[1] == '+' ? OP_add : OP_sub;
	unsigned wa, wb, width;

	if (!a.e || !b.e)
		return (struct typed){0};
	if (a.flexible && b.flexible)
		return flexible(l, ir_op2(l->arena, op, a.e, b.e)->value);
	if (a.flexible)
		a = good(ir_const(l->arena, a.e->value, b.e->width ? b.e->width : 1));
	if (b.flexible)
		b = good(ir_const(l->arena, b.e->value, a.e->width ? a.e->width : 1));
	wa = a.e->width ? a.e->width : 1;
	wb = b.e->width ? b.e->width : 1;
	width = op == OP_mul ? wa + wb : (wa > wb ? wa : wb) + 1;
	if (width > BITS_MAX)
		return bad(l, E_TYPE, n, "the result would have %u bits; 128 is the limit", width);
	a.e = ir_op2(l->arena, op, ir_resize(l->arena, a.e, width, a.is_signed), ir_resize(l->arena, b.e, width, b.is_signed));
	return (struct typed){.e = a.e, .is_signed = a.is_signed && b.is_signed};
}

static struct typed lower_arithmetic(struct lowering *l, const struct syntax *n, struct typed a, struct typed b)
{
	bool both_flexible = a.flexible && b.flexible;
	bool is_signed = (a.is_signed || a.flexible) && (b.is_signed || b.flexible) && !both_flexible;
	enum op op;

	switch (n->text[0]) {
	case '+': op = OP_add; break;
	case '-': op = OP_sub; break;
	case '*': op = OP_mul; break;
	case '/': op = is_signed ? OP_sdiv : OP_udiv; break;
	case '%': op = is_signed ? OP_srem : OP_urem; break;
	case '&': op = OP_and; break;
	case '|': op = OP_or; break;
	default: op = OP_xor; break;
	}
	if (a.e && b.e && !a.e->width && !b.e->width && (op == OP_and || op == OP_or))
		return good(ir_op2(l->arena, op == OP_and ? OP_land : OP_lor, a.e, b.e));
	if (!balance(l, n, &a, &b))
		return (struct typed){0};
	return (struct typed){.e = ir_op2(l->arena, op, a.e, b.e), .is_signed = is_signed, .flexible = both_flexible};
}

/* && and ||: when the right side has effects, it is evaluated only if the left side leaves the answer open. */
static struct typed lower_logic(struct lowering *l, const struct syntax *n)
{
	bool is_and = n->text[0] == '&';
	struct ir_expr *left = lower_condition(l, n->children[0]), *right;
	struct ir_statement *list = NULL, **tail = l->tail, *branch;
	unsigned local;

	if (!left)
		return (struct typed){0};
	if (left->kind == IR_CONST && left->value == !is_and)
		return good(left); /* what is not evaluated need not exist: implemented?(…) && CSR[…] */
	l->tail = &list;
	right = lower_condition(l, n->children[1]);
	l->tail = tail;
	if (!right)
		return (struct typed){0};
	if (!list)
		return good(ir_op2(l->arena, is_and ? OP_land : OP_lor, left, right));
	local = new_local(l, "logic", 0);
	branch = emit(l, IR_SET);
	branch->index = local;
	branch->has_target = true;
	branch->a = ir_const(l->arena, !is_and, 0);
	branch = emit(l, IR_IF);
	branch->a = is_and ? left : ir_op1(l->arena, OP_lnot, left);
	branch->body = list;
	tail = l->tail;
	for (l->tail = &branch->body; *l->tail; l->tail = &(*l->tail)->next)
		;
	branch = emit(l, IR_SET);
	branch->index = local;
	branch->has_target = true;
	branch->a = right;
	l->tail = tail;
	return good(ir_ref(l->arena, IR_LOCAL, local, 0));
}

static struct typed lower_binary(struct lowering *l, const struct syntax *n)
{
	struct ir_statement **mark;
	struct typed a, b;

	if (!strcmp(n->text, "&&") || !strcmp(n->text, "||"))
		return lower_logic(l, n);
	a = lower_expr(l, n->children[0]);
	mark = l->tail;
	b = lower_expr(l, n->children[1]);
	a = hold(l, a, mark);
	if (n->text[0] == '`')
		return lower_widening(l, n, a, b);
	if (!strcmp(n->text, "<<") || !strncmp(n->text, ">>", 2))
		return lower_shift(l, n, a, b);
	if (n->text[0] == '<' || n->text[0] == '>' || n->text[0] == '=' || n->text[0] == '!')
		return lower_compare(l, n, a, b);
	return lower_arithmetic(l, n, a, b);
}

/* One arm of a condition with effects: local = value, after the arm's statements. */
static void lower_arm(struct lowering *l, struct ir_statement **list, unsigned local, struct ir_expr *value)
{
	struct ir_statement **tail = l->tail, *set;

	for (l->tail = list; *l->tail; l->tail = &(*l->tail)->next)
		;
	set = emit(l, IR_SET);
	set->index = local;
	set->has_target = true;
	set->a = value;
	l->tail = tail;
}

static struct typed lower_ternary(struct lowering *l, const struct syntax *n)
{
	struct ir_expr *c = lower_condition(l, n->children[0]);
	struct ir_statement *lists[2] = {NULL, NULL}, **tail = l->tail, *branch;
	struct typed a, b;
	unsigned local;

	if (!c)
		return (struct typed){0};
	if (c->kind == IR_CONST)
		return lower_expr(l, n->children[c->value ? 1 : 2]);
	l->tail = &lists[0];
	a = lower_expr(l, n->children[1]);
	l->tail = &lists[1];
	b = lower_expr(l, n->children[2]);
	l->tail = tail;
	if (!a.e || !b.e)
		return (struct typed){0};
	if (a.e->width || b.e->width) {
		struct syntax pair = *n;

		pair.children++;
		if (a.flexible && b.flexible) { /* both are plain numbers: take the width that holds them */
			unsigned wa = bits_needed(a.e->value), wb = bits_needed(b.e->value), w = wa > wb ? wa : wb;

			a = good(ir_const(l->arena, a.e->value, w));
			b = good(ir_const(l->arena, b.e->value, w));
		}
		if (!balance(l, &pair, &a, &b))
			return (struct typed){0};
	}
	a.is_signed = a.is_signed && b.is_signed;
	a.flexible = false;
	if (!lists[0] && !lists[1]) {
		a.e = ir_ite(l->arena, c, a.e, b.e);
		return a;
	}
	local = new_local(l, "chosen", a.e->width);
	branch = emit(l, IR_IF);
	branch->a = c;
	branch->body = lists[0];
	branch->other = lists[1];
	lower_arm(l, &branch->body, local, a.e);
	lower_arm(l, &branch->other, local, b.e);
	a.e = ir_ref(l->arena, IR_LOCAL, local, a.e->width);
	return a;
}

/* Positions as the description counts them, to positions from the least significant bit. */
static u128 bit_position(const struct lowering *l, u128 position, unsigned width)
{
	return l->isa->msb0 ? width - 1 - position : position;
}

static struct typed lower_bit(struct lowering *l, const struct syntax *n)
{
	struct typed t = lower_expr(l, n->children[0]), i;
	struct ir_statement **mark = l->tail;

	i = lower_expr(l, n->children[1]);
	t = hold(l, t, mark);
	if (!t.e || !i.e)
		return (struct typed){0};
	if (!t.e->width || t.flexible)
		return bad(l, E_TYPE, n, "bits can be taken only from a value with a width");
	if (i.e->kind == IR_CONST) {
		if (i.e->value >= t.e->width)
			return bad(l, E_TYPE, n, "bit %llu of a value of %u bits", (unsigned long long)i.e->value, t.e->width);
		return good(ir_extract(l->arena, t.e, (unsigned)bit_position(l, i.e->value, t.e->width), 1));
	}
	i.e = ir_resize(l->arena, i.e, t.e->width < i.e->width ? i.e->width : t.e->width, false);
	if (l->isa->msb0)
		i.e = ir_op2(l->arena, OP_sub, ir_const(l->arena, t.e->width - 1, i.e->width), i.e);
	t.e = ir_op2(l->arena, OP_lshr, ir_resize(l->arena, t.e, i.e->width, false), i.e);
	return good(ir_extract(l->arena, t.e, 0, 1));
}

static struct typed lower_index_expr(struct lowering *l, const struct syntax *n)
{
	struct ir_expr *index;
	const struct reg *r = named_register(l, n, &index);

	if (r)
		return index || !r->count ? read_register(l, r, index) : (struct typed){0};
	if (n->children[0]->kind == SYN_NAME && !find_name(l, n->children[0]->text)) {
		for (struct space *s = l->isa->spaces; s; s = s->next)
			if (!strcmp(s->name, n->children[0]->text)) {
				struct ir_expr *e = lower_bits(l, n->children[1], s->width);

				return (struct typed){.e = e, .handle = s};
			}
	}
	return lower_bit(l, n);
}

static struct typed lower_slice(struct lowering *l, const struct syntax *n)
{
	struct typed t = lower_expr(l, n->children[0]);
	u128 first, last, high, low;

	if (!t.e || !lower_constant(l, n->children[1], &first) || !lower_constant(l, n->children[2], &last))
		return (struct typed){0};
	if (!t.e->width || t.flexible)
		return bad(l, E_TYPE, n, "bits can be taken only from a value with a width");
	if (first >= t.e->width || last >= t.e->width)
		return bad(l, E_TYPE, n, "bits %llu to %llu of a value of %u bits", (unsigned long long)first,
			   (unsigned long long)last, t.e->width);
	high = bit_position(l, first, t.e->width);
	low = bit_position(l, last, t.e->width);
	if (high < low)
		return bad(l, E_TYPE, n, "the most significant bit of a slice is written first");
	return good(ir_extract(l->arena, t.e, (unsigned)low, (unsigned)(high - low + 1)));
}

struct ir_expr *field_of(struct lowering *l, struct ir_expr *image, const struct location *at)
{
	struct ir_expr *e = NULL;

	for (unsigned i = 0; i < at->count; i++) {
		struct ir_expr *piece = ir_extract(l->arena, image, at->pieces[i].low, at->pieces[i].width);

		e = e ? ir_op2(l->arena, OP_concat, e, piece) : piece;
	}
	return e;
}

static struct typed handle_attribute(struct lowering *l, const struct syntax *n, struct typed h)
{
	static const char *const attributes[] = {"valid", "mode", "writable"};

	if (!strcmp(n->text, "address"))
		return good(h.e);
	for (unsigned i = 0; i < 3; i++)
		if (!strcmp(n->text, attributes[i])) {
			struct typed t = emit_call(l, space_function(l, h.handle, n->text), &h.e, 1);

			if (i == 1)
				t.enumeration = l->isa->level_enum;
			return t;
		}
	return bad(l, E_NAME, n, "a register's handle has valid, mode, writable and address, but no '%s'", n->text);
}

static const char *next_field(void *context)
{
	struct { const struct reg *r; unsigned i; } *c = context;

	return c->i < c->r->field_count ? c->r->fields[c->i++].name : NULL;
}

static struct typed unknown_field(struct lowering *l, const struct syntax *n, const struct reg *r)
{
	struct { const struct reg *r; unsigned i; } context = {r, 0};
	const char *near = nearest_name(n->text, next_field, &context);

	bad(l, E_NAME, n, "register '%s' has no field '%s'", r->name, n->text);
	if (near)
		diag_hint(l->diags, "did you mean '%s'?", near);
	return (struct typed){0};
}

static struct typed lower_field(struct lowering *l, const struct syntax *n)
{
	struct ir_expr *index;
	const struct reg *r = named_register(l, n->children[0], &index);
	const struct field *f;
	struct typed t;

	if (r) {
		f = reg_field(r, n->text);
		if (!f)
			return unknown_field(l, n, r);
		return index || !r->count ? read_field(l, r, f, index) : (struct typed){0};
	}
	t = lower_expr(l, n->children[0]);
	if (!t.e)
		return t;
	if (t.handle)
		return handle_attribute(l, n, t);
	if (!t.image)
		return bad(l, E_TYPE, n, "only registers and written values have fields");
	f = reg_field(t.image, n->text);
	if (!f)
		return unknown_field(l, n, t.image);
	return (struct typed){.e = field_of(l, t.e, &f->location), .enumeration = f->enumeration};
}

static struct typed lower_concat(struct lowering *l, const struct syntax *n)
{
	struct ir_expr *e = NULL;

	for (unsigned i = 0; i < n->count; i++) {
		struct ir_statement **mark = l->tail;
		struct typed t = lower_expr(l, n->children[i]);

		if (e)
			e = hold(l, good(e), mark).e;
		if (!t.e)
			return t;
		if (t.flexible)
			return bad(l, E_TYPE, n->children[i], "a number in a concatenation needs a width, such as 4'd%llu",
				   (unsigned long long)t.e->value);
		t.e = ir_resize(l->arena, t.e, t.e->width ? t.e->width : 1, false);
		if (e && e->width + t.e->width > BITS_MAX)
			return bad(l, E_TYPE, n, "a concatenation of more than 128 bits");
		e = e ? ir_op2(l->arena, OP_concat, e, t.e) : t.e;
	}
	return good(e);
}

static struct typed lower_repeat(struct lowering *l, const struct syntax *n)
{
	struct typed t;
	struct ir_expr *e;
	u128 count;

	if (!lower_constant(l, n->children[0], &count))
		return (struct typed){0};
	t = lower_expr(l, n->children[1]);
	if (!t.e)
		return t;
	if (t.flexible)
		return bad(l, E_TYPE, n->children[1], "what is repeated needs a width");
	t.e = ir_resize(l->arena, t.e, t.e->width ? t.e->width : 1, false);
	if (count < 1 || count * t.e->width > BITS_MAX)
		return bad(l, E_TYPE, n, "a repetition gives 1 to 128 bits");
	if (t.e->width == 1 && count > 1) /* a bit repeated is a sign extension */
		return good(ir_resize(l->arena, t.e, (unsigned)count, true));
	e = t.e;
	while (--count)
		e = ir_op2(l->arena, OP_concat, e, t.e);
	return good(e);
}

struct typed lower_expr(struct lowering *l, const struct syntax *n)
{
	switch (n->kind) {
	case SYN_NUMBER: return lower_number(l, n);
	case SYN_BOOL: return good(ir_const(l->arena, n->value, 0));
	case SYN_NAME: return lower_name(l, n);
	case SYN_ENUM: return lower_enum(l, n);
	case SYN_UNARY: return lower_unary(l, n);
	case SYN_BINARY: return lower_binary(l, n);
	case SYN_TERNARY: return lower_ternary(l, n);
	case SYN_INDEX: return lower_index_expr(l, n);
	case SYN_SLICE: return lower_slice(l, n);
	case SYN_FIELD: return lower_field(l, n);
	case SYN_CONCAT: return lower_concat(l, n);
	case SYN_REPEAT: return lower_repeat(l, n);
	case SYN_CALL: return lower_call(l, n);
	case SYN_METHOD: return lower_method(l, n);
	case SYN_STRING: return bad(l, E_TYPE, n, "a text has no value");
	default: return bad(l, E_SYNTAX, n, "this is not an expression");
	}
}

bool lower_type(struct lowering *l, const struct syntax *n, struct parameter *out)
{
	static const struct { const char *name; unsigned width; } plain[] = {{"Boolean", 0}, {"U32", 32}, {"U64", 64}};
	const struct enumeration *e;
	const struct yaml *alias;
	struct syntax *type;
	u128 width;

	*out = (struct parameter){0};
	if (!strcmp(n->text, "Bits")) {
		if (!n->count || !lower_constant(l, n->children[0], &width))
			return false;
		if (width < 1 || width > BITS_MAX) {
			bad(l, E_TYPE, n, "a width is 1 to 128 bits");
			return false;
		}
		out->width = (unsigned)width;
		return true;
	}
	for (unsigned i = 0; i < 3; i++)
		if (!strcmp(n->text, plain[i].name)) {
			out->width = plain[i].width;
			return true;
		}
	e = isa_enumeration(l->isa, n->text);
	if (e) {
		out->width = e->width;
		out->enumeration = e;
		return true;
	}
	alias = yaml_peek(l->isa->types, n->text);
	type = alias ? syntax_type(l->arena, alias, l->diags) : NULL;
	if (!alias)
		bad(l, E_NAME, n, "there is no type '%s'", n->text);
	if (!type)
		return false;
	if (yaml_peek(l->isa->types, type->text)) {
		bad(l, E_TYPE, type, "a type's name stands for Bits<…> or an enumeration, not for another name");
		return false;
	}
	return lower_type(l, type, out);
}
