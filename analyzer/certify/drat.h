#ifndef ISOLDE_DRAT_H
#define ISOLDE_DRAT_H
/* A checker of refutations, sharing nothing with the rest of the program (nor with any solver).
 *
 * The formula is DIMACS CNF, the proof DRAT in text: a line of literals and 0 adds a clause, `d` and such a line deletes one. A clause
 * may be added if it has property RUP (assuming its literals false, unit propagation ends in a conflict) or RAT on its first literal
 * (so does every resolvent upon it). Wetzler, Heule, Hunt: DRAT-trim, SAT 2014; deletions of clauses that are reasons of top-level
 * literals are ignored, as there. A proof may name the formula's variables only.
 *
 * Checking goes backwards from the conflict, and only what a later step used is checked; propagation tries those clauses first. */
#include <stdio.h>

enum drat_verdict { DRAT_VERIFIED, DRAT_REFUSED, DRAT_UNREADABLE };

struct drat_result {
	enum drat_verdict verdict;
	char why[120];                          /* if not verified */
	unsigned long clauses, lemmas, checked; /* of the formula; in the proof; needed, and so checked */
};

/* Does the proof refute the formula? The process ends with a message if memory is exhausted. */
struct drat_result drat_check(FILE *formula, FILE *proof);
#endif
