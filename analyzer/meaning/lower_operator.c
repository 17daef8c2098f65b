/* Operators: their operands brought to one width, and an arm evaluated only where it is chosen. */
#include "lower.h"

#include <string.h>

struct typed lower_unary(struct lowering *l, const struct syntax *n)
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

struct typed lower_binary(struct lowering *l, const struct syntax *n)
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

struct typed lower_ternary(struct lowering *l, const struct syntax *n)
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
