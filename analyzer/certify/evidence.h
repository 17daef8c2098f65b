#ifndef ISOLDE_EVIDENCE_H
#define ISOLDE_EVIDENCE_H
/* What stands behind "proved": listens to a solver's questions, writes each as SMT-LIB 2, asks another solver, and certifies what is
 * unsatisfiable. */
#include "../values/solver.h"

#include <jansson.h>

struct evidence_options {
	const char *isa;     /* for file names */
	const char *emit;    /* directory for one file per question; NULL: none */
	const char *recheck; /* command line of another solver; NULL: none */
	bool certify;
	unsigned seconds;    /* for each call of another program */
};

struct evidence;

/* NULL after a message if a directory cannot be made. */
struct evidence *evidence_new(const struct evidence_options *options);
void evidence_free(struct evidence *e);
/* For solver_listen; borrowed. The work is done while the question is asked. */
const struct solver_listener *evidence_listener(struct evidence *e);
/* What was found since the last call (reports/evidence.schema.json); the caller owns it. A formula that is
 * heard again before that counts once. */
json_t *evidence_take(struct evidence *e);
/* A total with nothing in it, and what is wanted. */
json_t *evidence_start(const struct evidence_options *options);
/* Adds what evidence_take gave, here or in another process. */
void evidence_add(json_t *total, const json_t *part);
/* Another solver, or the clauses, said that a question that counts as unsatisfiable is not; or a proof was refused. */
bool evidence_disagrees(const json_t *total);
#endif
