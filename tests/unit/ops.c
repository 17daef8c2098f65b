/* The two columns of ops.def mean the same: every primitive operation, at all widths of 1 to 5 and on all operands, by
 * op_apply and by the terms that the solver's domain makes of it. */
#include "unit.h"

enum { WIDTHS = 5, OPERANDS = 3 };

struct bench {
	struct solver *s;
	struct model *model;
	unsigned long compared;
};

/* Any model: what is evaluated in it has no free constants left. */
static void start(struct bench *b)
{
	struct value p, q;

	*b = (struct bench){.s = solver_new(0)};
	p = solver_constant(b->s, "p", 8);
	q = solver_constant(b->s, "q", 8);
	cr_assert_eq(solver_check(b->s, value_op2(solver_domain(b->s), OP_ult, p, q), &b->model), ANSWER_SAT);
}

static u128 by_solver(struct bench *b, struct value term, const struct value *constants, const u128 *bits, unsigned count)
{
	struct substitution sub = {0};
	u128 result;

	for (unsigned i = 0; i < count; i++)
		substitution_add(b->s, &sub, constants[i], value_const(bits[i], constants[i].width));
	result = solver_eval(b->s, b->model, solver_substitute(b->s, term, &sub));
	substitution_free(&sub);
	return result;
}

static void compare(struct bench *b, enum op op, const unsigned *widths, unsigned width, unsigned low)
{
	static const char *const names[] = {"a", "b", "c"};
	unsigned arity = op_table[op].arity, bits_in_all = 0;
	struct value constants[OPERANDS], term;

	cr_assert_eq(op_result_width(op, widths, width, low), (int)width, "%s at width %u", op_table[op].name, widths[0]);
	for (unsigned i = 0; i < arity; i++) {
		char name[20];

		snprintf(name, sizeof name, "%s%u", names[i], widths[i]);
		constants[i] = solver_constant(b->s, name, widths[i]);
		bits_in_all += widths[i] ? widths[i] : 1;
	}
	term = value_op(solver_domain(b->s), op, constants, width, low);
	for (u128 all = 0; all >> bits_in_all == 0; all++) {
		u128 operands[OPERANDS] = {0}, rest = all, expected, found;

		for (unsigned i = 0; i < arity; i++) {
			operands[i] = rest & (widths[i] ? bits_mask(widths[i]) : 1);
			rest >>= widths[i] ? widths[i] : 1;
		}
		expected = op_apply(op, operands, widths, width, low);
		found = by_solver(b, term, constants, operands, arity);
		cr_assert(expected == found, "%s of width %u on %u, %u: %u by op_apply, %u by the solver", op_table[op].name, widths[0],
			  (unsigned)operands[0], (unsigned)operands[1], (unsigned)expected, (unsigned)found);
		cr_assert(expected <= (width ? bits_mask(width) : 1), "%s: bits above the width", op_table[op].name);
		b->compared++;
	}
}

UNIT(ops, operands_of_one_width)
{
	struct bench b;
	unsigned long expected = 0;

	start(&b);
	for (unsigned op = 0; op < OP_COUNT; op++) {
		enum op_rule rule = op_table[op].rule;

		if (rule != RULE_SAME && rule != RULE_TEST)
			continue;
		for (unsigned w = 1; w <= WIDTHS; w++) {
			unsigned widths[OPERANDS] = {w, w, w};

			compare(&b, (enum op)op, widths, rule == RULE_SAME ? w : 0, 0);
			expected += 1ul << (op_table[op].arity * w);
		}
	}
	cr_assert_eq(b.compared, expected);
	cr_assert_gt(b.compared, 20000);
	solver_free(b.s);
}

UNIT(ops, booleans)
{
	static const enum op ops[] = {OP_land, OP_lor, OP_lnot, OP_b2v, OP_eq};
	unsigned widths[OPERANDS] = {0, 0, 0};
	struct bench b;

	start(&b);
	for (unsigned i = 0; i < sizeof ops / sizeof *ops; i++)
		compare(&b, ops[i], widths, ops[i] == OP_b2v ? 1 : 0, 0);
	for (unsigned w = 0; w <= WIDTHS; w++) {
		unsigned shape[OPERANDS] = {0, w, w};

		compare(&b, OP_ite, shape, w, 0);
	}
	cr_assert_eq(b.compared, 4 + 4 + 2 + 2 + 4 + 2 * (4 + 4 + 16 + 64 + 256 + 1024));
	solver_free(b.s);
}

UNIT(ops, unlike_widths)
{
	struct bench b;
	unsigned long expected = 0;

	start(&b);
	for (unsigned w = 1; w <= WIDTHS; w++) {
		unsigned widths[OPERANDS] = {w, 0, 0};

		for (unsigned to = w + 1; to <= 2 * WIDTHS; to++, expected += 2ul << w) {
			compare(&b, OP_zext, widths, to, 0);
			compare(&b, OP_sext, widths, to, 0);
		}
		for (unsigned low = 0; low < w; low++)
			for (unsigned size = 1; low + size <= w; size++, expected += 1ul << w)
				compare(&b, OP_extract, widths, size, low);
		for (widths[1] = 1; widths[1] <= WIDTHS; widths[1]++, expected += 1ul << (w + widths[1] - 1))
			compare(&b, OP_concat, widths, w + widths[1], 0);
	}
	cr_assert_eq(b.compared, expected);
	solver_free(b.s);
}

/* Beyond the widths that can be enumerated: the extreme operands at 8, 32, 63, 64, 65, 127 and 128 bits. */
UNIT(ops, extreme_operands)
{
	static const unsigned sizes[] = {8, 32, 63, 64, 65, 127, 128};
	struct bench b;

	start(&b);
	for (unsigned op = 0; op < OP_COUNT; op++) {
		enum op_rule rule = op_table[op].rule;

		for (unsigned k = 0; k < sizeof sizes / sizeof *sizes && (rule == RULE_SAME || rule == RULE_TEST); k++) {
			unsigned w = sizes[k], widths[OPERANDS] = {w, w, w}, width = rule == RULE_SAME ? w : 0;
			u128 top = (u128)1 << (w - 1), some[] = {0, 1, 2, w - 1, w, top - 1, top, top + 1, bits_mask(w) - 1, bits_mask(w)};
			struct value constants[2] = {solver_constant(b.s, "x", w), solver_constant(b.s, "y", w)};
			struct value term;
			char x[8], y[8];

			snprintf(x, sizeof x, "x%u", w);
			snprintf(y, sizeof y, "y%u", w);
			constants[0] = solver_constant(b.s, x, w);
			constants[1] = solver_constant(b.s, y, w);
			term = value_op(solver_domain(b.s), (enum op)op, constants, width, 0);
			for (unsigned i = 0; i < 100; i++) {
				u128 operands[2] = {some[i / 10], some[i % 10]};

				cr_assert(op_apply((enum op)op, operands, widths, width, 0) ==
						  by_solver(&b, term, constants, operands, op_table[op].arity),
					  "%s of width %u on operands %u and %u of the table", op_table[op].name, w, i / 10, i % 10);
				b.compared++;
			}
		}
	}
	cr_assert_gt(b.compared, 10000);
	solver_free(b.s);
}

/* Folding of constants and identities in the domain is the operation itself: a constant beside an open operand. */
UNIT(ops, half_constant)
{
	struct bench b;

	start(&b);
	for (unsigned op = 0; op < OP_COUNT; op++) {
		enum op_rule rule = op_table[op].rule;
		unsigned w = rule == RULE_LOGIC ? 0 : 3, width = rule == RULE_SAME ? 3 : 0, top = w ? 8 : 2, widths[OPERANDS] = {w, w, w};
		struct value open = solver_constant(b.s, w ? "open3" : "open0", w);

		if (op_table[op].arity != 2 || (rule != RULE_SAME && rule != RULE_TEST && rule != RULE_LOGIC))
			continue;
		for (unsigned fixed = 0; fixed < top; fixed++)
			for (unsigned side = 0; side < 3; side++)
				for (u128 x = 0; x < top; x++) {
					struct value args[2] = {side == 0 ? value_const(fixed, w) : open, side == 1 ? value_const(fixed, w) : open};
					u128 operands[2] = {side == 0 ? fixed : x, side == 1 ? fixed : x};
					struct value term = value_op(solver_domain(b.s), (enum op)op, args, width, 0);

					cr_assert(by_solver(&b, term, &open, &x, 1) == op_apply((enum op)op, operands, widths, width, 0),
						  "%s with %u on side %u", op_table[op].name, fixed, side);
					b.compared++;
				}
	}
	cr_assert_gt(b.compared, 3000);
	solver_free(b.s);
}

static struct ir_expr *local(struct arena *arena, unsigned index, unsigned width)
{
	return ir_ref(arena, IR_LOCAL, index, width);
}

static u128 evaluate(const struct ir_expr *e, const u128 *locals)
{
	u128 args[OPERANDS] = {0};
	unsigned widths[OPERANDS] = {0};

	if (e->kind == IR_CONST)
		return e->value;
	if (e->kind == IR_LOCAL)
		return locals[e->index];
	for (unsigned i = 0; i < e->count; i++) {
		args[i] = evaluate(e->args[i], locals);
		widths[i] = e->args[i]->width;
	}
	return op_apply(e->op, args, widths, e->width, e->low);
}

/* The builders of the IR fold and simplify; what they give is worth what was asked for. */
UNIT(ops, builders)
{
	struct arena *arena = arena_new();
	unsigned long compared = 0;

	for (unsigned op = 0; op < OP_COUNT; op++) {
		enum op_rule rule = op_table[op].rule;
		unsigned w = rule == RULE_LOGIC ? 0 : 3, top = w ? 8 : 2, widths[OPERANDS] = {w, w, w}, width = rule == RULE_SAME ? 3 : 0;

		if (op_table[op].arity != 2 || rule == RULE_CONCAT)
			continue;
		for (unsigned fixed = 0; fixed < top; fixed++)
			for (unsigned side = 0; side < 4; side++)
				for (u128 x = 0; x < top; x++) {
					struct ir_expr *a = side & 1 ? ir_const(arena, fixed, w) : local(arena, 0, w);
					struct ir_expr *b = side & 2 ? ir_const(arena, fixed, w) : local(arena, 0, w);
					u128 operands[2] = {side & 1 ? fixed : x, side & 2 ? fixed : x}, locals[1] = {x};

					cr_assert(evaluate(ir_op2(arena, (enum op)op, a, b), locals) ==
							  op_apply((enum op)op, operands, widths, width, 0), "%s", op_table[op].name);
					compared++;
				}
	}
	for (unsigned from = 0; from <= WIDTHS; from++)
		for (unsigned to = 1; to <= 2 * WIDTHS; to++)
			for (unsigned sign = 0; sign < (from ? 2 : 1); sign++) /* a Boolean has no sign */
				for (u128 x = 0; x <= (from ? bits_mask(from) : 1); x++) {
					u128 wanted = sign && from ? (u128)bits_signed(x, from) : x;
					struct ir_expr *e = ir_resize(arena, local(arena, 0, from), to, sign);

					cr_assert_eq(e->width, to);
					cr_assert(evaluate(e, &x) == (wanted & bits_mask(to)), "resize %u to %u", from, to);
					compared++;
				}
	cr_assert_gt(compared, 4000);
	arena_free(arena);
}
