#include "ir.h"

#include <assert.h>
#include <string.h>

struct ir_expr *ir_const(struct arena *arena, u128 value, unsigned width)
{
	struct ir_expr *e = ARENA_NEW(arena, struct ir_expr);

	e->kind = IR_CONST;
	e->width = width;
	e->value = value & (width ? bits_mask(width) : 1);
	return e;
}

struct ir_expr *ir_ref(struct arena *arena, enum ir_kind kind, unsigned index, unsigned width)
{
	struct ir_expr *e = ARENA_NEW(arena, struct ir_expr);

	e->kind = kind;
	e->index = index;
	e->width = width;
	return e;
}

static struct ir_expr *apply(struct arena *arena, enum op op, struct ir_expr **args, unsigned width, unsigned low)
{
	struct ir_expr *e;
	unsigned arity = op_table[op].arity, widths[3] = {0};
	u128 values[3] = {0};
	bool constant = true;
	int result;

	for (unsigned i = 0; i < arity; i++) {
		widths[i] = args[i]->width;
		values[i] = args[i]->value;
		constant = constant && args[i]->kind == IR_CONST;
	}
	result = op_result_width(op, widths, width, low);
	assert(result >= 0);
	if (constant)
		return ir_const(arena, op_apply(op, values, widths, (unsigned)result, low), (unsigned)result);
	e = ARENA_NEW(arena, struct ir_expr);
	e->kind = IR_OP;
	e->op = op;
	e->width = (unsigned)result;
	e->low = low;
	e->count = arity;
	memcpy(e->args, args, arity * sizeof *args);
	return e;
}

struct ir_expr *ir_op1(struct arena *arena, enum op op, struct ir_expr *a)
{
	if (op == OP_lnot && a->kind == IR_OP && a->op == OP_lnot)
		return a->args[0];
	return apply(arena, op, &a, 0, 0);
}

static bool is_const(const struct ir_expr *e, u128 value)
{
	return e->kind == IR_CONST && e->value == value;
}

struct ir_expr *ir_op2(struct arena *arena, enum op op, struct ir_expr *a, struct ir_expr *b)
{
	struct ir_expr *args[2] = {a, b};

	if (op == OP_land || op == OP_lor) {
		u128 absorbing = op == OP_lor;

		if (is_const(a, absorbing) || is_const(b, !absorbing))
			return a;
		if (is_const(b, absorbing) || is_const(a, !absorbing))
			return b;
	}
	return apply(arena, op, args, 0, 0);
}

struct ir_expr *ir_ite(struct arena *arena, struct ir_expr *c, struct ir_expr *a, struct ir_expr *b)
{
	struct ir_expr *args[3] = {c, a, b};

	if (c->kind == IR_CONST)
		return c->value ? a : b;
	return apply(arena, OP_ite, args, 0, 0);
}

struct ir_expr *ir_extract(struct arena *arena, struct ir_expr *a, unsigned low, unsigned width)
{
	if (low == 0 && width == a->width)
		return a;
	return apply(arena, OP_extract, &a, width, low);
}

struct ir_expr *ir_resize(struct arena *arena, struct ir_expr *a, unsigned width, bool is_signed)
{
	if (a->width == 0)
		a = ir_op1(arena, OP_b2v, a);
	if (width == a->width)
		return a;
	if (width < a->width)
		return ir_extract(arena, a, 0, width);
	return apply(arena, is_signed ? OP_sext : OP_zext, &a, width, 0);
}
