#ifndef ISOLDE_REDUCE_H
#define ISOLDE_REDUCE_H
/* A formula as clauses: arrays and functions by Ackermann's reduction, bit-vectors as circuits.
 *
 * Every model of the formula gives one of the clauses, so that a refutation of the clauses refutes the formula: each step below only
 * names a value (a gate, an element that is read, an index at which unequal arrays differ) or adds what is true of all arrays and
 * functions (equal arguments give equal results, a read over a write). What is added is also enough: clauses that can be satisfied
 * come from a formula that can. */
#include "../values/formula.h"
#include "circuit.h"

/* Adds to the circuit that the formula's root is true. */
void reduce_formula(struct circuit *c, const struct formula *f);
#endif
