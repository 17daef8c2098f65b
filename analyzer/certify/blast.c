#include "blast.h"

#include <string.h>

typedef lit bits[BITS_MAX + 1];

/* a + b + carry */
static void add(struct circuit *c, const lit *a, const lit *b, lit carry, unsigned n, lit *out)
{
	for (unsigned i = 0; i < n; i++) {
		lit x = a[i], y = b[i], half = circuit_xor(c, x, y);

		out[i] = circuit_xor(c, half, carry);
		carry = circuit_or(c, circuit_and(c, x, y), circuit_and(c, half, carry));
	}
}

static void invert(const lit *a, unsigned n, lit *out)
{
	for (unsigned i = 0; i < n; i++)
		out[i] = lit_not(a[i]);
}

static void subtract(struct circuit *c, const lit *a, const lit *b, unsigned n, lit *out)
{
	bits inverse;

	invert(b, n, inverse);
	add(c, a, inverse, LIT_TRUE, n, out);
}

static void choose(struct circuit *c, lit s, const lit *a, const lit *b, unsigned n, lit *out)
{
	for (unsigned i = 0; i < n; i++)
		out[i] = circuit_mux(c, s, a[i], b[i]);
}

/* -a if s, else a */
static void negate_if(struct circuit *c, lit s, const lit *a, unsigned n, lit *out)
{
	bits inverse, zero = {0}, negated;

	invert(a, n, inverse);
	add(c, inverse, zero, LIT_TRUE, n, negated);
	choose(c, s, negated, a, n, out);
}

lit blast_equal(struct circuit *c, const lit *a, const lit *b, unsigned n)
{
	lit all = LIT_TRUE;

	for (unsigned i = 0; i < n; i++)
		all = circuit_and(c, all, lit_not(circuit_xor(c, a[i], b[i])));
	return all;
}

/* a < b, unsigned; below: what decides if all bits are equal */
static lit less(struct circuit *c, const lit *a, const lit *b, unsigned n, lit below)
{
	for (unsigned i = 0; i < n; i++)
		below = circuit_mux(c, circuit_xor(c, a[i], b[i]), b[i], below);
	return below;
}

static lit less_signed(struct circuit *c, const lit *a, const lit *b, unsigned n, lit below)
{
	bits x, y;

	memcpy(x, a, n * sizeof *x);
	memcpy(y, b, n * sizeof *y);
	x[n - 1] = lit_not(x[n - 1]);
	y[n - 1] = lit_not(y[n - 1]);
	return less(c, x, y, n, below);
}

/* The sum of a's multiples, shifted, by the bits of b. Both orders give the same circuit. */
static void multiply(struct circuit *c, const lit *a, const lit *b, unsigned n, lit *out)
{
	bits sum = {0};

	if (memcmp(a, b, n * sizeof *a) < 0) {
		const lit *other = a;

		a = b;
		b = other;
	}
	for (unsigned i = 0; i < n; i++) {
		bits part;

		if (b[i] == LIT_FALSE)
			continue;
		for (unsigned k = i; k < n; k++)
			part[k] = circuit_and(c, b[i], a[k - i]);
		add(c, sum + i, part + i, LIT_FALSE, n - i, sum + i);
	}
	memcpy(out, sum, n * sizeof *out);
}

/* Bit by bit from the top, as by hand: a divisor of 0 fits everywhere, which gives all ones and the dividend. */
static void divide(struct circuit *c, const lit *a, const lit *b, unsigned n, lit *quotient, lit *remainder)
{
	bits rest = {0}, divisor, difference;

	memcpy(divisor, b, n * sizeof *divisor);
	divisor[n] = LIT_FALSE;
	for (unsigned i = n; i--;) {
		memmove(rest + 1, rest, n * sizeof *rest);
		rest[0] = a[i];
		quotient[i] = lit_not(less(c, rest, divisor, n + 1, LIT_FALSE));
		subtract(c, rest, divisor, n + 1, difference);
		choose(c, quotient[i], difference, rest, n + 1, rest);
	}
	memcpy(remainder, rest, n * sizeof *remainder);
}

static void divide_signed(struct circuit *c, const lit *a, const lit *b, unsigned n, bool want_remainder, lit *out)
{
	lit sign_a = a[n - 1], sign_b = b[n - 1];
	bits x, y, quotient, remainder;

	negate_if(c, sign_a, a, n, x);
	negate_if(c, sign_b, b, n, y);
	divide(c, x, y, n, quotient, remainder);
	if (want_remainder)
		negate_if(c, sign_a, remainder, n, out);
	else
		negate_if(c, circuit_xor(c, sign_a, sign_b), quotient, n, out);
}

/* By powers of two. An amount of n or more leaves nothing but `fill`. */
static void shift(struct circuit *c, const lit *a, const lit *amount, unsigned n, bool left, lit fill, lit *out)
{
	lit beyond = LIT_FALSE;
	bits now, moved;

	memcpy(now, a, n * sizeof *now);
	for (unsigned k = 0; k < n; k++) {
		unsigned by = k < 8 ? 1u << k : BITS_MAX;

		if (by >= n) {
			beyond = circuit_or(c, beyond, amount[k]);
			continue;
		}
		for (unsigned i = 0; i < n; i++)
			moved[i] = left ? (i >= by ? now[i - by] : fill) : (i + by < n ? now[i + by] : fill);
		choose(c, amount[k], moved, now, n, now);
	}
	for (unsigned i = 0; i < n; i++)
		out[i] = circuit_mux(c, beyond, fill, now[i]);
}

static void bitwise(struct circuit *c, lit (*gate)(struct circuit *, lit, lit), const lit *a, const lit *b, unsigned n, lit *out)
{
	for (unsigned i = 0; i < n; i++)
		out[i] = gate(c, a[i], b[i]);
}

static void extend(const lit *a, unsigned from, unsigned to, lit fill, lit *out)
{
	for (unsigned i = 0; i < to; i++)
		out[i] = i < from ? a[i] : fill;
}

void blast_op(struct circuit *c, enum op op, const lit *const *args, const unsigned *widths, unsigned width, unsigned low, lit *out)
{
	const lit *a = args[0], *b = op_table[op].arity > 1 ? args[1] : NULL;
	unsigned n = blast_bits(widths[0]);
	bits unused;

	switch (op) {
	case OP_add: add(c, a, b, LIT_FALSE, n, out); break;
	case OP_sub: subtract(c, a, b, n, out); break;
	case OP_mul: multiply(c, a, b, n, out); break;
	case OP_udiv: divide(c, a, b, n, out, unused); break;
	case OP_urem: divide(c, a, b, n, unused, out); break;
	case OP_sdiv: divide_signed(c, a, b, n, false, out); break;
	case OP_srem: divide_signed(c, a, b, n, true, out); break;
	case OP_and:
	case OP_land: bitwise(c, circuit_and, a, b, n, out); break;
	case OP_or:
	case OP_lor: bitwise(c, circuit_or, a, b, n, out); break;
	case OP_xor: bitwise(c, circuit_xor, a, b, n, out); break;
	case OP_shl: shift(c, a, b, n, true, LIT_FALSE, out); break;
	case OP_lshr: shift(c, a, b, n, false, LIT_FALSE, out); break;
	case OP_ashr: shift(c, a, b, n, false, a[n - 1], out); break;
	case OP_neg: negate_if(c, LIT_TRUE, a, n, out); break;
	case OP_not:
	case OP_lnot: invert(a, n, out); break;
	case OP_eq: out[0] = blast_equal(c, a, b, n); break;
	case OP_ult: out[0] = less(c, a, b, n, LIT_FALSE); break;
	case OP_ule: out[0] = less(c, a, b, n, LIT_TRUE); break;
	case OP_slt: out[0] = less_signed(c, a, b, n, LIT_FALSE); break;
	case OP_sle: out[0] = less_signed(c, a, b, n, LIT_TRUE); break;
	case OP_ite: choose(c, a[0], b, args[2], blast_bits(width), out); break;
	case OP_b2v: out[0] = a[0]; break;
	case OP_zext: extend(a, n, width, LIT_FALSE, out); break;
	case OP_sext: extend(a, n, width, a[n - 1], out); break;
	case OP_extract: memcpy(out, a + low, width * sizeof *out); break;
	case OP_concat:
		memcpy(out, b, widths[1] * sizeof *out);
		memcpy(out + widths[1], a, widths[0] * sizeof *out);
		break;
	case OP_COUNT: break;
	}
}
