#ifndef ISOLDE_CERTIFY_H
#define ISOLDE_CERTIFY_H
/* A refutation that needs no solver's word: the formula as clauses (reduce.h), refuted by CaDiCaL as a process, its proof checked by
 * drat.h. CaDiCaL is run and not linked: its C interface cannot write proofs, a process can be stopped after a time, and nothing of it
 * has to be believed. */
#include "../values/formula.h"

enum certificate {
	CERTIFICATE_CHECKED,     /* the proof was checked */
	CERTIFICATE_FOLDED,      /* the clauses hold the empty one: gates of constants left nothing to refute */
	CERTIFICATE_SATISFIABLE, /* the clauses can be satisfied, and so can the formula */
	CERTIFICATE_TIMEOUT,
	CERTIFICATE_REFUSED,     /* the proof was not accepted */
	CERTIFICATE_FAILED       /* CaDiCaL could not be run, or a file not be written */
};
extern const char *const certificate_names[];

struct certificate_size {
	unsigned long clauses, lemmas, checked;
};

/* Looks for a refutation for at most `seconds`; its files (formula.cnf, proof.drat) stay in `directory` until the next. */
enum certificate certify(const struct formula *f, const char *directory, unsigned seconds, struct certificate_size *size);
#endif
