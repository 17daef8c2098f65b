#ifndef ISOLDE_CIRCUIT_H
#define ISOLDE_CIRCUIT_H
/* Gates over literals with structural hashing, and clauses about them; written as CNF by Tseitin's encoding. */
#include <stdbool.h>
#include <stdio.h>

/* Variable v as 2v, its negation as 2v + 1. Variable 0 is the constant: 0 is false, 1 is true. */
typedef unsigned lit;
enum { LIT_FALSE = 0, LIT_TRUE = 1 };

static inline lit lit_not(lit a)
{
	return a ^ 1;
}

enum gate_kind { GATE_INPUT, GATE_AND, GATE_XOR, GATE_MUX };

struct circuit {
	struct gate { enum gate_kind kind; lit a, b, c; } *gates; /* by variable; MUX: a ? b : c */
	unsigned count, room;
	unsigned *table, table_room; /* variables by content */
	lit *clauses; /* each its length, then its literals */
	unsigned long clause_length, clause_room, clause_count;
	bool contradiction; /* an empty clause was added */
};

/* Owned by the caller. */
struct circuit *circuit_new(void);
void circuit_free(struct circuit *c);
lit circuit_input(struct circuit *c);
lit circuit_and(struct circuit *c, lit a, lit b);
lit circuit_or(struct circuit *c, lit a, lit b);
lit circuit_xor(struct circuit *c, lit a, lit b);
/* s ? a : b */
lit circuit_mux(struct circuit *c, lit s, lit a, lit b);
/* At least one of these is true. */
void circuit_clause(struct circuit *c, const lit *lits, unsigned count);
/* DIMACS: the clauses, and the gates that they need. Variable v of the circuit is v there. */
void circuit_write(const struct circuit *c, FILE *out);
#endif
