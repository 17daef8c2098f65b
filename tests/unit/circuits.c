/* Bit-blasting against op_apply, by unit propagation over the clauses that are written: all operations, all operands at widths 1 to 5, and
 * random operands at wide ones. */
#include "unit.h"

#include "../../analyzer/certify/blast.h"

#include <stdlib.h>
#include <string.h>

struct cnf {
	int *literals; /* clauses, each ended by 0 */
	size_t length;
	unsigned variables;
	signed char *values;
};

static struct cnf read_back(const struct circuit *c)
{
	struct cnf f = {0};
	char *text = NULL, *at;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	unsigned clauses;

	circuit_write(c, out);
	fclose(out);
	cr_assert_eq(sscanf(text, "p cnf %u %u", &f.variables, &clauses), 2);
	f.literals = must_alloc((size + 1) * sizeof *f.literals);
	f.values = must_alloc(f.variables + 1);
	for (at = strchr(text, '\n'); *at;) {
		char *end;
		long n = strtol(at, &end, 10);

		if (end == at)
			break;
		cr_assert_leq(labs(n), (long)f.variables);
		f.literals[f.length++] = (int)n;
		clauses -= n == 0;
		at = end;
	}
	cr_assert_eq(clauses, 0, "the number of clauses that is announced");
	free(text);
	return f;
}

static int value_in(const struct cnf *f, int literal)
{
	return literal > 0 ? f->values[literal] : -f->values[-literal];
}

/* One pass over all clauses; false on a conflict. */
static bool pass(struct cnf *f, bool *changed)
{
	for (size_t i = 0; i < f->length; i++) {
		int open = 0, count = 0;
		bool satisfied = false;

		for (; f->literals[i]; i++) {
			satisfied = satisfied || value_in(f, f->literals[i]) > 0;
			if (!value_in(f, f->literals[i])) {
				open = f->literals[i];
				count++;
			}
		}
		if (satisfied || count > 1)
			continue;
		if (!count)
			return false;
		f->values[abs(open)] = open > 0 ? 1 : -1;
		*changed = true;
	}
	return true;
}

static bool propagated(struct cnf *f)
{
	bool changed = true, fine = true;

	while (fine && changed) {
		changed = false;
		fine = pass(f, &changed);
	}
	return fine;
}

struct blasted {
	struct cnf f;
	lit args[3][BITS_MAX], out[BITS_MAX];
	const unsigned *widths;
	unsigned arity, width;
};

/* The outputs become variables, so that constants and shared gates can be looked at like the rest. */
static void blast(struct blasted *b, enum op op, const unsigned *widths, unsigned width, unsigned low)
{
	struct circuit *c = circuit_new();
	const lit *args[3] = {b->args[0], b->args[1], b->args[2]};
	lit made[BITS_MAX];

	b->widths = widths;
	b->width = width;
	b->arity = op_table[op].arity;
	for (unsigned i = 0; i < b->arity; i++)
		for (unsigned k = 0; k < blast_bits(widths[i]); k++)
			b->args[i][k] = circuit_input(c);
	blast_op(c, op, args, widths, width, low, made);
	for (unsigned k = 0; k < blast_bits(width); k++) {
		lit forth[2], back[2];

		b->out[k] = circuit_input(c);
		forth[0] = back[0] = b->out[k];
		forth[1] = lit_not(made[k]);
		back[0] = lit_not(b->out[k]);
		back[1] = made[k];
		circuit_clause(c, forth, 2);
		circuit_clause(c, back, 2);
	}
	b->f = read_back(c);
	circuit_free(c);
}

static void compare(struct blasted *b, enum op op, const u128 *operands, unsigned low)
{
	u128 expected = op_apply(op, operands, b->widths, b->width, low), found = 0;

	memset(b->f.values, 0, b->f.variables + 1);
	for (unsigned i = 0; i < b->arity; i++)
		for (unsigned k = 0; k < blast_bits(b->widths[i]); k++)
			b->f.values[b->args[i][k] / 2] = operands[i] >> k & 1 ? 1 : -1;
	cr_assert(propagated(&b->f), "%s of width %u: the clauses contradict a value", op_table[op].name, b->widths[0]);
	for (unsigned k = 0; k < blast_bits(b->width); k++) {
		cr_assert(b->f.values[b->out[k] / 2], "%s of width %u: bit %u is open", op_table[op].name, b->widths[0], k);
		found |= (u128)(b->f.values[b->out[k] / 2] > 0) << k;
	}
	cr_assert(found == expected, "%s of width %u on 0x%llx, 0x%llx: 0x%llx by op_apply, 0x%llx by its clauses", op_table[op].name,
		  b->widths[0], (unsigned long long)operands[0], (unsigned long long)operands[1], (unsigned long long)expected,
		  (unsigned long long)found);
}

static unsigned long all_operands(enum op op, const unsigned *widths, unsigned width, unsigned low)
{
	struct blasted b;
	unsigned bits = 0;
	unsigned long count = 0;

	blast(&b, op, widths, width, low);
	for (unsigned i = 0; i < b.arity; i++)
		bits += blast_bits(widths[i]);
	for (u128 all = 0; all >> bits == 0; all++, count++) {
		u128 operands[3] = {0}, rest = all;

		for (unsigned i = 0; i < b.arity; i++) {
			operands[i] = rest & bits_mask(blast_bits(widths[i]));
			rest >>= blast_bits(widths[i]);
		}
		compare(&b, op, operands, low);
	}
	free(b.f.literals);
	free(b.f.values);
	return count;
}

UNIT(circuits, operands_of_one_width)
{
	unsigned long compared = 0, expected = 0;

	for (unsigned op = 0; op < OP_COUNT; op++)
		for (unsigned w = 1; w <= 5; w++) {
			unsigned widths[3] = {w, w, w};

			if (op_table[op].rule != RULE_SAME && op_table[op].rule != RULE_TEST)
				continue;
			compared += all_operands((enum op)op, widths, op_table[op].rule == RULE_SAME ? w : 0, 0);
			expected += 1ul << (op_table[op].arity * w);
		}
	cr_assert_eq(compared, expected);
	cr_assert_gt(compared, 20000);
}

UNIT(circuits, booleans_and_unlike_widths)
{
	static const enum op booleans[] = {OP_land, OP_lor, OP_lnot, OP_b2v, OP_eq};
	unsigned none[3] = {0};
	unsigned long compared = 0;

	for (unsigned i = 0; i < sizeof booleans / sizeof *booleans; i++)
		compared += all_operands(booleans[i], none, booleans[i] == OP_b2v, 0);
	for (unsigned w = 0; w <= 5; w++) {
		unsigned choice[3] = {0, w, w}, one[3] = {w, 0, 0};

		compared += all_operands(OP_ite, choice, w, 0);
		for (unsigned to = w + 1; w && to <= 10; to++) {
			compared += all_operands(OP_zext, one, to, 0);
			compared += all_operands(OP_sext, one, to, 0);
		}
		for (unsigned low = 0; low < w; low++)
			for (unsigned to = 1; low + to <= w; to++)
				compared += all_operands(OP_extract, one, to, low);
		for (unsigned v = 1; w && v <= 5; v++) {
			unsigned two[3] = {w, v, 0};

			compared += all_operands(OP_concat, two, w + v, 0);
		}
	}
	cr_assert_gt(compared, 7000);
}

/* Numbers with few bits set or clear as often as others: carries run far. */
static u128 operand(uint64_t *random, unsigned width)
{
	u128 v = (u128)unit_random(random) << 64 | unit_random(random);

	switch (unit_random(random) % 4) {
	case 0: v >>= unit_random(random) % 128; break;
	case 1: v = (u128)1 << unit_random(random) % width; break;
	case 2: v = ~((u128)1 << unit_random(random) % width); break;
	default: break;
	}
	return v & bits_mask(width);
}

UNIT(circuits, wide_operands)
{
	static const unsigned wide[] = {64, 33, 128};
	uint64_t random = 77;

	for (unsigned i = 0; i < 3; i++)
		for (unsigned op = 0; op < OP_COUNT; op++) {
			unsigned w = wide[i], widths[3] = {w, w, w};
			struct blasted b;

			if ((op_table[op].rule != RULE_SAME && op_table[op].rule != RULE_TEST) || (w == 128 && (op == OP_sdiv || op == OP_srem)))
				continue;
			blast(&b, (enum op)op, widths, op_table[op].rule == RULE_SAME ? w : 0, 0);
			for (unsigned n = 0; n < 12; n++) {
				u128 operands[3] = {operand(&random, w), operand(&random, w)};

				if (n % 3 == 1 && op != OP_udiv && op != OP_urem)
					operands[1] = n == 1 ? operands[0] : operands[1] % (w + 2);
				compare(&b, (enum op)op, operands, 0);
			}
			free(b.f.literals);
			free(b.f.values);
		}
}
