#ifndef ISOLDE_FORMULA_H
#define ISOLDE_FORMULA_H
/* A quantifier-free formula over bit-vectors, arrays and uninterpreted functions, as a graph without any solver's types: what is
 * written out for other solvers, and what is certified. */
#include "../base/arena.h"
#include "../meaning/op.h"

#include <stdio.h>

enum node_kind {
	NODE_CONST,    /* value */
	NODE_VARIABLE, /* name; an array if index_width is not 0 */
	NODE_OP,       /* op(args); ite and eq take arrays too */
	NODE_SELECT,   /* args: array, index */
	NODE_STORE,    /* args: array, index, element */
	NODE_FUNCTION  /* name(args) */
};

enum { NODE_ARGS = 6 };

struct node {
	enum node_kind kind;
	enum op op;
	unsigned width;       /* in bits, of the value or of an array's elements; 0: Boolean */
	unsigned index_width; /* of an array; else 0 */
	unsigned low;         /* as in op_apply */
	u128 value;
	const char *name;
	unsigned count, args[NODE_ARGS]; /* numbers of nodes that stand before this one */
};

/* Every node stands once, after its arguments. */
struct formula {
	struct arena *arena;
	struct node *nodes;
	unsigned count, room;
	unsigned *table, table_room; /* numbers of nodes + 1 by content */
	unsigned root;               /* the Boolean that is said to be satisfiable or not */
};

/* An empty formula in the arena. */
struct formula *formula_new(struct arena *arena);
/* The number of the node with this content (names are copied). Members that the kind does not use must be 0. */
unsigned formula_add(struct formula *f, const struct node *node);
unsigned formula_const(struct formula *f, u128 value, unsigned width);
unsigned formula_op(struct formula *f, enum op op, unsigned width, unsigned low, unsigned count, const unsigned *args);
/* Is it the constant false or true as it stands? */
bool formula_is(const struct formula *f, bool value);
/* A number of the root's content: equal for formulas built alike. */
uint64_t formula_hash(const struct formula *f);
/* Writes the formula as SMT-LIB 2 with its declarations and the least logic, for (check-sat). Each line of `comment` becomes one of
 * the text; `status` is sat, unsat or unknown. */
void formula_write(const struct formula *f, const char *comment, const char *status, FILE *out);
#endif
