#ifndef ISOLDE_ANALYSIS_H
#define ISOLDE_ANALYSIS_H
/* How a definition of theory.md section 3 becomes a question to the solver, and how its answer is replayed.
 *
 * An instruction is walked once over the solver's domain, from a *template* state of named constants. A *run* is the template
 * with constants replaced: another mode, another relocation. A definition is a predicate over one or two runs, written once
 * over a domain: on the solver's terms it is the question, on the evaluator's values it is the replay. */
#include "../values/concrete.h"
#include "../values/solver.h"
#include "../values/walk.h"

#include <jansson.h>

enum profile { PROFILE_1974, PROFILE_EXTENDED, PROFILE_COUNT };
extern const char *const profile_names[PROFILE_COUNT];

enum verdict { VERDICT_PROVED, VERDICT_REFUTED, VERDICT_UNDECIDED, VERDICT_VACUOUS };
extern const char *const verdict_names[];

struct options {
	unsigned rlimit;
	bool adversarial, processor; /* UNKNOWN unrelated in two runs; the processor counts as a resource */
	bool witnesses;              /* describe witnesses and near-misses, not only confirm them */
	FILE *record;                /* every question that is solved as SMT-LIB 2; may be NULL */
	const struct solver_listener *listener; /* hears every question; may be NULL */
};

/* An instruction, or the part of it where the variant's variable lies in `region`. */
struct template {
	const struct isa *isa;
	const struct instruction *instruction;
	struct solver *solver;
	struct arena *arena;
	const struct options *options;
	struct value *start, *view, *inputs, *variables, run;
	struct outcome outcome;
	struct value valid;  /* the variables are an encoding of this instruction, and in the region */
	struct value invariant;
	struct ranges region;
	bool exact_inverse; /* as in struct walk_input */
	int variant;         /* index of the variant variable, -1 if none */
};

/* One execution: what it started from and what it came to, in either domain. */
struct run {
	struct value *start, *view, *inputs;
	struct value number; /* which real storage it lives in (struct walk_input's run) */
	bool second;         /* of a pair: UNKNOWN values are its own under --adversarial */
	struct outcome o;
	struct value legal; /* invariants and encoding */
};

enum { RUNS_MAX = 3 };

/* What definitions see. */
struct setting {
	struct domain *domain;
	const struct isa *isa;
	const struct scenario *scenario;
	enum profile profile;
	const struct options *options;
};

typedef struct value predicate(const struct setting *, const struct run *runs);

/* A state in which a predicate holds, confirmed by the evaluator. */
struct witness {
	struct run runs[RUNS_MAX]; /* concrete */
	unsigned count;
	u128 *variables;
	struct setting setting;
};

/* --- template.c --- */
/* Walks the instruction; `next` gets what a split left over (count 0: nothing). */
struct template *template_new(struct arena *arena, struct solver *solver, const struct isa *isa, const struct instruction *i,
			      const struct options *options, struct ranges region, struct ranges *next);
/* The whole range of the variant variable; count 0 if the instruction has none. */
struct ranges template_whole(struct arena *arena, const struct instruction *i);
/* The run that starts from these slots. `view` as in struct walk_input. */
struct run template_run(const struct template *t, struct value *start, struct value *view, struct value *inputs, struct value number,
			bool second);
/* A copy of the template's own start slots. */
struct value *template_start(const struct template *t);
enum role role_in(const struct isa *isa, const struct scenario *s, unsigned component);

/* --- replay.c --- */
/* Executes the runs in the model's states; the witness if the predicate holds there, else NULL (our own bug). Without a
 * predicate, whatever comes out. */
struct witness *replay(const struct template *t, const struct setting *symbolic, struct model *model, const struct run *runs,
		       unsigned count, predicate *holds);
/* The witness for a reader: only what matters, and what differs from `other` (NULL: nothing to compare with). */
json_t *witness_json(const struct template *t, const struct witness *w, const struct witness *other);

/* --- definitions.c: theory.md section 3 --- */
predicate completes;          /* S is done */
predicate refuses_privilege;  /* S[v] is done, S[phi(v)] neither traps to the monitor nor faults */
predicate shares_trap;        /* S[v] is done and S[phi(v)] traps to the monitor */
predicate traps_at_level;     /* S traps */
predicate changes_control;    /* control-sensitive */
predicate disagrees;          /* behaviour-sensitive: two runs, both done, each keeping mode and relocation */
predicate disagrees_by_configuration;
predicate disagrees_by_time;  /* timing- and device-sensitive, reading */
predicate writes_device;
predicate takes_processor;
predicate unguarded_control;  /* acts at v, and run 2 (the same state at phi(v)) does not trap */
predicate unguarded_device;
predicate unguarded_processor;
predicate unguarded_pair;     /* run 1 acts at v in a pair with run 2, and run 3 (run 1 at phi(v)) does not trap */
predicate unguarded_configuration;
predicate unguarded_time;
struct value at_levels(const struct setting *s, const struct run *r, const bool *levels);

/* --- condition.c --- */
/* Where `hypothesis` holds, `claim` holds exactly under the condition that is returned: a disjunction of conjunctions over fields
 * and encoding variables, proved. NULL if a few such cases do not cover it. Both are terms over the template's constants. */
char *condition_text(const struct template *t, struct value hypothesis, struct value claim);

/* --- classify.c --- */
/* The result for one instruction in all scenarios and profiles, as JSON (reports/check.schema.json); *internal counts
 * witnesses that did not replay. The caller owns the result. */
json_t *classify_instruction(const struct isa *isa, const struct instruction *i, const struct options *options,
			     const struct scenario *only, unsigned *internal, struct solver_counts *counts);

/* --- theorems.c --- */
/* The whole result of `check`: theorems per scenario and profile over `instructions` (an array of classify_instruction's
 * results, borrowed), expectations compared. */
json_t *check_result(const struct isa *isa, json_t *instructions, const struct options *options, const struct scenario *only);

/* --- explain.c --- */
/* The result of `explain`: the row of classify_instruction, with text, near-misses and the lines that matter. */
json_t *explain_instruction(const struct isa *isa, const struct instruction *i, const struct options *options,
			    const struct scenario *only, unsigned *internal);

/* The text of an instruction's operation, line by line, with the lines that matter marked; the caller owns it. */
json_t *operation_json(const struct isa *isa, const struct instruction *i);

/* --- claims.c: what lint proves with the solver: invariants kept, access claims, asserts --- */
void prove_claims(const struct isa *isa, const struct options *options, struct diags *diags);

/* --- encodings.c: what lint finds in the bits: overlaps, and what nothing decodes --- */
void lint_encodings(const struct isa *isa, struct diags *diags);
#endif
