#include "domain.h"

static bool commutes(enum op op)
{
	return op == OP_add || op == OP_and || op == OP_or || op == OP_xor;
}

/* Identities that keep terms small; everything deeper is the solver's business. True if *result was set. */
static bool simplify(enum op op, const struct value *a, struct value *result)
{
	bool same = op_table[op].arity == 2 && value_same(a[0], a[1]);

	switch (op) {
	case OP_land:
	case OP_lor:
		for (unsigned i = 0; i < 2; i++) {
			if (value_is(a[i], op == OP_lor) || value_is(a[1 - i], op == OP_land)) {
				*result = a[i];
				return true;
			}
		}
		*result = a[0];
		return same;
	case OP_ite:
		if (!a[0].term) {
			*result = a[0].bits ? a[1] : a[2];
			return true;
		}
		*result = a[1];
		return value_same(a[1], a[2]);
	case OP_eq:
	case OP_ule:
	case OP_sle:
		*result = value_const(1, 0);
		return same;
	case OP_ult:
	case OP_slt:
		*result = value_const(0, 0);
		return same;
	default: break;
	}
	if (op_table[op].arity == 2 && op_table[op].rule == RULE_SAME) {
		if (value_is(a[1], 0) && (commutes(op) ? op != OP_and : op == OP_sub || op == OP_shl || op == OP_lshr || op == OP_ashr)) {
			*result = a[0];
			return true;
		}
		if (value_is(a[0], 0) && commutes(op) && op != OP_and) {
			*result = a[1];
			return true;
		}
	}
	return false;
}

struct value value_op(struct domain *d, enum op op, const struct value *args, unsigned width, unsigned low)
{
	unsigned arity = op_table[op].arity, widths[3] = {0};
	u128 bits[3] = {0};
	bool constant = true;
	struct value result;

	for (unsigned i = 0; i < arity; i++) {
		widths[i] = args[i].width;
		bits[i] = args[i].bits;
		constant = constant && !args[i].term;
	}
	if (constant)
		return value_const(op_apply(op, bits, widths, width, low), width);
	if (simplify(op, args, &result))
		return result;
	result = d->op(d, op, args, width, low);
	result.width = width;
	return result;
}

struct value value_op1(struct domain *d, enum op op, struct value a)
{
	return value_op(d, op, &a, op == OP_b2v ? 1 : a.width, 0);
}

struct value value_op2(struct domain *d, enum op op, struct value a, struct value b)
{
	struct value args[2] = {a, b};
	unsigned width = op_table[op].rule == RULE_TEST || op_table[op].rule == RULE_LOGIC ? 0 : a.width;

	if (op == OP_concat)
		width = a.width + b.width;
	return value_op(d, op, args, width, 0);
}

struct value value_ite(struct domain *d, struct value c, struct value a, struct value b)
{
	struct value args[3] = {c, a, b};

	return value_op(d, OP_ite, args, a.width, 0);
}

struct value value_and(struct domain *d, struct value a, struct value b)
{
	return value_op2(d, OP_land, a, b);
}

struct value value_or(struct domain *d, struct value a, struct value b)
{
	return value_op2(d, OP_lor, a, b);
}

struct value value_not(struct domain *d, struct value a)
{
	return value_op1(d, OP_lnot, a);
}

struct value value_eq(struct domain *d, struct value a, struct value b)
{
	return value_op2(d, OP_eq, a, b);
}

struct value value_resize(struct domain *d, struct value a, unsigned width)
{
	if (a.width == width)
		return a;
	if (a.width == 0)
		return value_resize(d, value_op1(d, OP_b2v, a), width);
	return value_op(d, a.width < width ? OP_zext : OP_extract, &a, width, 0);
}
