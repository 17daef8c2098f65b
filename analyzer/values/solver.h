#ifndef ISOLDE_SOLVER_H
#define ISOLDE_SOLVER_H
/* The solver's domain, and the questions that are asked of it. solver_private.h alone includes z3.h. */
#include "domain.h"
#include "formula.h"
#include "ranges.h"

struct solver;
struct model;

enum answer { ANSWER_UNSAT, ANSWER_SAT, ANSWER_UNKNOWN };

/* A solver whose every question may cost `rlimit` resource units (0: no limit). Owned by the caller. */
struct solver *solver_new(unsigned rlimit);
/* Frees it with all terms and models that it made. */
void solver_free(struct solver *s);
struct domain *solver_domain(struct solver *s);

/* A constant (width 0: Boolean) or an array constant of that name. */
struct value solver_constant(struct solver *s, const char *name, unsigned width);
struct value solver_array(struct solver *s, const char *name, unsigned index_width, unsigned width);

/* A constant's value in an ordinary state, near which others are looked for; of the instruction's encoding, or of the state. */
void solver_usual(struct solver *s, struct value constant, u128 value, bool encoding);

/* Replaces constants by terms of the same sort, all at once. */
struct substitution {
	unsigned count, room;
	void **from, **to;
};
void substitution_add(struct solver *s, struct substitution *sub, struct value from, struct value to);
void substitution_free(struct substitution *sub);
struct value solver_substitute(struct solver *s, struct value v, const struct substitution *sub);
/* The same with all values of a list, in place. */
void solver_substitute_all(struct solver *s, struct value *values, unsigned count, const struct substitution *sub);

/* Which of these constants (terms or known values) occur in a term: `occurs` has room for `count`. */
void solver_occurring(struct solver *s, struct value in, const struct value *constants, unsigned count, bool *occurs);

/* Is the conjunction satisfiable? On SAT *model is the model, owned by the solver; the same conjunction gives the same
 * answer without solving again. */
enum answer solver_check(struct solver *s, struct value formula, struct model **model);
/* The same where an answer is welcome and no verdict depends on it: with a small part of the budget. */
enum answer solver_try(struct solver *s, struct value formula, struct model **model);
/* The value of v in the model; what the model leaves open is 0. */
u128 solver_eval(struct solver *s, struct model *model, struct value v);
/* A question of its own, as SMT-LIB 2 text (declarations and assertions), which may have sorts and quantifiers. On SAT *model (may be NULL)
 * is the model as text, to be freed by the caller; else NULL. */
enum answer solver_script(const char *text, unsigned rlimit, char **model);
/* UNKNOWN values made so far: their key's term, or false. */
bool solver_unknown(struct solver *s, uint64_t key, struct value *term);
/* Adds to `sub` that every UNKNOWN value becomes another one (the adversarial reading). */
void solver_unrelated_unknowns(struct solver *s, struct substitution *sub);

/* From now on, conditions on this variable alone are decided for a part of `region`: the part that is left is in
 * solver_region, what was split off is in *rest. */
void solver_split_on(struct solver *s, struct arena *arena, struct value variable, struct ranges region);
struct ranges solver_region(const struct solver *s, struct ranges *rest);
void solver_split_off(struct solver *s);

/* The value's term as a formula, exactly as it was made: a Boolean's is what solver_check is asked. NULL if it has what a formula cannot
 * say (sorts other than Booleans, bit-vectors and arrays of them). */
struct formula *solver_formula(struct solver *s, struct arena *arena, struct value v);
/* What the questions from now on are about, for whoever listens: a line of words. */
void solver_topic(struct solver *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Hears every question with its topic, as it was asked, before anything was simplified, and the answer. What the walk itself decides
 * (conditions on the variable that is split on, and such as simplify to a constant) comes as a question too: that one of the decisions
 * is wrong, which is unsatisfiable. */
struct solver_listener {
	void (*heard)(void *context, struct solver *s, const char *topic, struct value formula, enum answer answer);
	void *context;
};
/* The listener is borrowed; NULL: nobody. */
void solver_listen(struct solver *s, const struct solver_listener *listener);

/* Statistics, and all obligations asked as one SMT-LIB 2 text (if recording was switched on). */
struct solver_counts {
	unsigned long asked, folded, repeated, solved;
};
struct solver_counts solver_counts(const struct solver *s);
void solver_counts_add(struct solver_counts *to, struct solver_counts more);
void solver_record(struct solver *s, FILE *out);
#endif
