#include "circuit.h"

#include "../base/arena.h"

#include <stdlib.h>
#include <string.h>

struct circuit *circuit_new(void)
{
	struct circuit *c = must_alloc(sizeof *c);

	memset(c, 0, sizeof *c);
	circuit_input(c); /* the constant's place */
	return c;
}

void circuit_free(struct circuit *c)
{
	free(c->gates);
	free(c->table);
	free(c->clauses);
	free(c);
}

static unsigned *slot_of(const struct circuit *c, struct gate g)
{
	unsigned i = (g.a * 0x9e3779b1u ^ g.b * 0x85ebca6bu ^ g.c * 0xc2b2ae35u ^ g.kind * 0x27d4eb2fu);

	i ^= i >> 15;
	for (i &= c->table_room - 1; c->table[i]; i = (i + 1) & (c->table_room - 1)) {
		const struct gate *h = &c->gates[c->table[i]];

		if (h->kind == g.kind && h->a == g.a && h->b == g.b && h->c == g.c)
			break;
	}
	return &c->table[i];
}

static void grow(struct circuit *c)
{
	c->room = c->room ? 2 * c->room : 1024;
	c->gates = must_realloc(c->gates, c->room * sizeof *c->gates);
	free(c->table);
	c->table_room = 2 * c->room;
	c->table = must_alloc(c->table_room * sizeof *c->table);
	memset(c->table, 0, c->table_room * sizeof *c->table);
	for (unsigned v = 1; v < c->count; v++)
		if (c->gates[v].kind != GATE_INPUT)
			*slot_of(c, c->gates[v]) = v;
}

lit circuit_input(struct circuit *c)
{
	if (c->count == c->room)
		grow(c);
	c->gates[c->count] = (struct gate){GATE_INPUT, 0, 0, 0};
	return 2 * c->count++;
}

static lit gate(struct circuit *c, enum gate_kind kind, lit a, lit b, lit d)
{
	struct gate g = {kind, a, b, d};
	unsigned *slot;

	if (c->count == c->room)
		grow(c);
	slot = slot_of(c, g);
	if (!*slot) {
		*slot = c->count;
		c->gates[c->count++] = g;
	}
	return 2 * *slot;
}

static bool is_gate(const struct circuit *c, lit a, enum gate_kind kind)
{
	return c->gates[a >> 1].kind == kind;
}

/* a and g, where g is an AND of x and y (negated: not both): simpler if a is about x or y. */
static bool absorb(struct circuit *c, lit a, lit g, lit *result)
{
	const struct gate *inner = &c->gates[g >> 1];
	lit x = inner->a, y = inner->b;

	if (!is_gate(c, g, GATE_AND))
		return false;
	if (!(g & 1) && (a == x || a == y))
		return *result = g, true;
	if (!(g & 1) && (a == lit_not(x) || a == lit_not(y)))
		return *result = LIT_FALSE, true;
	if ((g & 1) && (a == lit_not(x) || a == lit_not(y)))
		return *result = a, true;
	if ((g & 1) && (a == x || a == y))
		return *result = circuit_and(c, a, lit_not(a == x ? y : x)), true;
	return false;
}

lit circuit_and(struct circuit *c, lit a, lit b)
{
	lit result;

	if (a == LIT_FALSE || b == LIT_FALSE || a == lit_not(b))
		return LIT_FALSE;
	if (a == LIT_TRUE || a == b)
		return b;
	if (b == LIT_TRUE)
		return a;
	if (absorb(c, a, b, &result) || absorb(c, b, a, &result))
		return result;
	return a < b ? gate(c, GATE_AND, a, b, 0) : gate(c, GATE_AND, b, a, 0);
}

lit circuit_or(struct circuit *c, lit a, lit b)
{
	return lit_not(circuit_and(c, lit_not(a), lit_not(b)));
}

lit circuit_xor(struct circuit *c, lit a, lit b)
{
	lit sign = (a ^ b) & 1;

	a &= ~1u;
	b &= ~1u;
	if (a == b)
		return sign;
	if (!a || !b)
		return (a | b) ^ sign;
	return (a < b ? gate(c, GATE_XOR, a, b, 0) : gate(c, GATE_XOR, b, a, 0)) ^ sign;
}

lit circuit_mux(struct circuit *c, lit s, lit a, lit b)
{
	lit sign;

	if (s & 1)
		return circuit_mux(c, lit_not(s), b, a);
	if (s == LIT_FALSE || a == b)
		return b;
	if (a == LIT_TRUE || a == s)
		return circuit_or(c, s, b);
	if (a == LIT_FALSE || a == lit_not(s))
		return circuit_and(c, lit_not(s), b);
	if (b == LIT_TRUE || b == lit_not(s))
		return circuit_or(c, lit_not(s), a);
	if (b == LIT_FALSE || b == s)
		return circuit_and(c, s, a);
	if (a == lit_not(b))
		return lit_not(circuit_xor(c, s, a));
	sign = a & 1;
	return gate(c, GATE_MUX, s, a ^ sign, b ^ sign) ^ sign;
}

void circuit_clause(struct circuit *c, const lit *lits, unsigned count)
{
	unsigned long at = c->clause_length;
	unsigned kept = 0;

	if (at + count + 1 > c->clause_room) {
		c->clause_room = 2 * (at + count + 1);
		c->clauses = must_realloc(c->clauses, c->clause_room * sizeof *c->clauses);
	}
	for (unsigned i = 0; i < count; i++) {
		bool known = lits[i] == LIT_FALSE;

		if (lits[i] == LIT_TRUE)
			return;
		for (unsigned k = 0; k < kept; k++) {
			if (c->clauses[at + 1 + k] == lit_not(lits[i]))
				return;
			known = known || c->clauses[at + 1 + k] == lits[i];
		}
		if (!known)
			c->clauses[at + 1 + kept++] = lits[i];
	}
	c->clauses[at] = kept;
	c->clause_length += kept + 1;
	c->clause_count++;
	c->contradiction = c->contradiction || !kept;
}

/* --- as CNF --- */

static int dimacs(lit a)
{
	return a & 1 ? -(int)(a >> 1) : (int)(a >> 1);
}

/* The clauses of g = variable v, three literals each (0: none). */
static unsigned gate_clauses(const struct gate *g, unsigned v, int clauses[4][3])
{
	int y = (int)v, a = dimacs(g->a), b = dimacs(g->b), c = dimacs(g->c);
	const int and[4][3] = {{-y, a, 0}, {-y, b, 0}, {y, -a, -b}}, xor[4][3] = {{-y, a, b}, {-y, -a, -b}, {y, -a, b}, {y, a, -b}},
		  mux[4][3] = {{-y, -a, b}, {y, -a, -b}, {-y, a, c}, {y, a, -c}};

	switch (g->kind) {
	case GATE_AND: memcpy(clauses, and, sizeof and); return 3;
	case GATE_XOR: memcpy(clauses, xor, sizeof xor); return 4;
	case GATE_MUX: memcpy(clauses, mux, sizeof mux); return 4;
	case GATE_INPUT: break;
	}
	return 0;
}

static bool *needed_gates(const struct circuit *c)
{
	bool *needed = must_alloc(c->count * sizeof *needed);

	memset(needed, 0, c->count * sizeof *needed);
	for (unsigned long i = 0; i < c->clause_length; i += c->clauses[i] + 1)
		for (unsigned k = 1; k <= c->clauses[i]; k++)
			needed[c->clauses[i + k] >> 1] = true;
	for (unsigned v = c->count; v--;)
		if (needed[v])
			needed[c->gates[v].a >> 1] = needed[c->gates[v].b >> 1] = needed[c->gates[v].c >> 1] = true;
	return needed;
}

void circuit_write(const struct circuit *c, FILE *out)
{
	bool *needed = needed_gates(c);
	unsigned long count = c->clause_count;
	int clauses[4][3];

	for (unsigned v = 1; v < c->count; v++)
		if (needed[v])
			count += gate_clauses(&c->gates[v], v, clauses);
	fprintf(out, "p cnf %u %lu\n", c->count - 1, count);
	for (unsigned v = 1; v < c->count; v++)
		for (unsigned i = 0, n = needed[v] ? gate_clauses(&c->gates[v], v, clauses) : 0; i < n; i++) {
			fprintf(out, "%d %d ", clauses[i][0], clauses[i][1]);
			fprintf(out, clauses[i][2] ? "%d 0\n" : "0\n", clauses[i][2]);
		}
	for (unsigned long i = 0; i < c->clause_length; i += c->clauses[i] + 1) {
		for (unsigned k = 1; k <= c->clauses[i]; k++)
			fprintf(out, "%d ", dimacs(c->clauses[i + k]));
		fputs("0\n", out);
	}
	free(needed);
}
