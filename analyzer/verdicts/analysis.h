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
	enum physical physical;
	struct value *entered; /* of the square: slots after trap entry, meant for where it traps; NULL: not asked */
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
	const struct component *only; /* of trap transparency: this component alone; NULL: all */
	const struct cause *cause;     /* of memory traps: this cause alone; NULL: all. Of trap entry: the cause */
	const bool *alongside; /* of the square, per level: direct execution may go there from the level at hand; NULL: nowhere */
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
/* The constants alone, the instruction not walked: for runs that template_walk makes. */
struct template *template_bare(struct arena *arena, struct solver *solver, const struct isa *isa, const struct instruction *i,
			       const struct options *options, struct ranges region);
/* What a run of the template executes with; `start` is where it starts, a copy if slots are arrays that change in place. */
struct walk_input run_input(const struct template *t, struct domain *d, const struct run *r, const struct value *start,
			    const struct value *variables);
/* What a trap does not roll back, as the outcome left it, into `slots`. */
void run_keep(struct domain *d, const struct isa *isa, const struct outcome *o, struct value *slots);
/* Walks the instruction from r->start (view, inputs, number, second and physical are set): fills r->o. */
void template_walk(const struct template *t, struct run *r);
/* Fills r->legal: the invariants hold in r->start, and the variables are an encoding in the template's region. */
void template_legal(const struct template *t, struct run *r);
/* After template_walk: fills r->entered. */
void template_enter(const struct template *t, struct run *r);
/* The run that starts from these slots. `view` as in struct walk_input. */
struct run template_run(const struct template *t, struct value *start, struct value *view, struct value *inputs, struct value number,
			bool second);
/* A copy of the template's own start slots. */
struct value *template_start(const struct template *t);
/* A component (an array if it has elements) as a constant of that name, whose usual value is what it is after reset. */
struct value component_constant(struct solver *s, const struct component *c, const char *prefix, const char *suffix);
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
struct value is_level(const struct setting *s, struct value mode, unsigned level);
/* Two values of a component differ; `somewhere` as in struct domain. */
struct value component_differs(const struct setting *s, unsigned component, struct value a, struct value b, bool somewhere);

/* --- commute.c: theory.md section 4; run 0 is the virtual machine's, run 1 the real machine's --- */
predicate runs_directly;      /* legal, and the real machine executes it: done, a trap that goes elsewhere, or one that comes when it is complete */
predicate breaks_square;      /* it runs directly, and f(Sv') = Sr' fails, or something that must not change has changed */
predicate breaks_control;     /* it runs directly, and changes real mode, relocation, control, timing, devices, or host storage */
predicate breaks_transparency; /* a trap to the monitor leaves something that the program sees other than it was */
predicate breaks_invariant;   /* run 0 completes, and an invariant does not hold after it */
predicate loses_memory_trap;  /* in the state of run 1, some cause of a memory trap does not go to the monitor */
/* Why the square fails in these concrete runs: a list of {place, how}. The caller owns it. */
json_t *square_differences(const struct setting *s, const struct run *runs);
/* The level that a trap of this cause goes to from a run's state. */
struct value trap_goes(const struct setting *s, const struct run *r, const struct cause *cause);
/* The program sees component i, and nothing says that trap entry saves it. */
bool must_survive(const struct setting *s, unsigned i);
/* Some invariant does not hold in these slots, which the run has come to. */
struct value invariant_broken(const struct setting *s, const struct run *r, struct value *slots);

/* --- entry.c: trap entry, of the one cause that the setting names --- */
predicate entry_given;               /* in the state of run 1: legal, the trap goes to the monitor, and its tables are as the scenario says */
predicate entry_breaks_transparency; /* given that, trap entry (and the way back, if it is described) leaves the program something else */
predicate entry_misses_monitor;      /* given that, trap entry stops the processor, or ends at another level with no interrupt to follow */
predicate entry_breaks_invariant;    /* in the state of run 0, trap entry breaks an invariant */
predicate raises_cause;               /* run 1 ends with that trap; of an instruction's runs */
/* What trap entry loses in this concrete state: names. The caller owns it. */
json_t *entry_losses(const struct setting *s, const struct run *runs);

/* --- condition.c --- */
/* Where `hypothesis` holds, `claim` holds exactly under the condition that is returned: a disjunction of conjunctions over fields
 * and encoding variables, proved. NULL if a few such cases do not cover it. Both are terms over the template's constants. */
char *condition_text(const struct template *t, struct value hypothesis, struct value claim);

/* --- classify.c --- */
/* The result for one instruction in all scenarios and profiles, as JSON (reports/check.schema.json); *internal counts
 * witnesses that did not replay. The caller owns the result. */
json_t *classify_instruction(const struct isa *isa, const struct instruction *i, const struct options *options,
			     const struct scenario *only, unsigned *internal, struct solver_counts *counts);

/* --- square.c --- */
/* The squares of one instruction in all scenarios (only: in this one), as JSON (reports/prove.schema.json): `squares`, a list. *internal
 * counts witnesses that did not replay. The caller owns the result. */
json_t *prove_instruction(const struct isa *isa, const struct instruction *i, const struct options *options,
			  const struct scenario *only, unsigned *internal, struct solver_counts *counts);
/* --- machine.c --- */
/* What does not depend on the instruction: trap entry, memory traps, address-space coverage, for each level of each scenario. */
json_t *prove_machine(const struct isa *isa, const struct options *options, const struct scenario *only, unsigned *internal,
		      struct solver_counts *counts);

/* --- induction.c --- */
/* The whole result of `prove`: `results` (an array of prove_instruction's), `machine` (prove_machine's) and `check` (check_result's, for
 * comparison with the theorems; NULL: none), all borrowed. The caller owns it. */
json_t *prove_result(const struct isa *isa, json_t *results, json_t *machine, const json_t *check, const struct options *options,
		     const struct scenario *only);

/* --- theorem.c --- */
/* The paper's lemmas and theorems for all instruction sets of the model, each with its hypotheses, and for each hypothesis what happens
 * without it. The caller owns the result. */
json_t *theorem_result(unsigned rlimit);

/* --- settings.c --- */
/* The smallest settings of the scenario's controllable fields under which every square commutes and no trap costs the program anything, and what breaks without each
 * (reports/advise.schema.json, settings). The scenario's own host values of these fields are not used. The caller owns the result. */
json_t *settings_json(const struct isa *isa, const struct scenario *scenario, const struct options *options, unsigned *internal);

/* --- repair.c --- */
/* Of what settings_json found (`host`), the first choice where the scenario has other values or none: a list of {field, value}. Settings that only sharing
 * the processor asks for are left out. The caller owns it. */
json_t *settings_to_apply(const struct isa *isa, const struct scenario *s, const json_t *host);
/* The overlay that gives the scenario these settings; to be freed. */
char *settings_overlay(const struct isa *isa, const struct scenario *s, const json_t *settings);
/* What must trap so that every square of this scenario commutes (`scenario`: its part of prove_result, under `settings`, which the overlay
 * makes too), the overlay that makes it so, and what else could be done (reports/advise.schema.json, repair). The caller owns the result. */
json_t *repair_json(const struct isa *isa, const struct scenario *s, const json_t *scenario, const json_t *settings);

/* --- must_trap.c --- */
/* Encodings that trap for lack of privilege in every state of a real level that guests' levels are taken down to, under the scenario's host
 * settings: a list of {instruction, level, encoding: {bits, variables}}. The caller owns it. */
json_t *must_trap_json(const struct isa *isa, const struct scenario *scenario, const struct options *options, unsigned *internal);

/* --- composition.c --- */
/* Per level: it keeps its level in the scenario, as v does, and the monitor composes the same relocation for both (proved). In `arena`. */
bool *levels_alongside(struct arena *arena, const struct isa *isa, const struct scenario *scenario, unsigned v, const struct options *options);

/* --- allocation.c --- */
/* Whether the composed relocation keeps a guest at level v within its storage: {id, statement, verdict, case}. NULL if the description
 * does not say how relocation is composed, or the translation reads tables. */
json_t *allocation_json(const struct isa *isa, const struct options *options, const struct scenario *scenario, unsigned v, unsigned *internal,
			struct solver_counts *counts);

/* --- coverage.c --- */
/* Address ranges that a guest may use at level v and that nothing makes usable at the real level (theory.md, "Efficiency", b):
 * {verdict, ranges}. */
json_t *coverage_json(const struct isa *isa, const struct options *options, const struct scenario *scenario, unsigned v,
		      struct solver_counts *counts);

/* --- theorems.c --- */
/* The whole result of `check`: theorems per scenario and profile over `instructions` (an array of classify_instruction's
 * results, borrowed), expectations compared. */
json_t *check_result(const struct isa *isa, json_t *instructions, const struct options *options, const struct scenario *only);

/* What results of check and prove begin with; the caller owns it. */
json_t *result_head(const struct isa *isa, const struct options *options);
/* Of either result: a scenario's name, map and settings; the caller owns it. */
json_t *scenario_head(const struct isa *isa, const struct scenario *s);

/* --- expectations.c --- */
/* What the description expects, compared with the scenarios of check's result (of prove's: equivalence and hybrid), which are whole and whose
 * verdicts nothing changes any more: {scenario, profile, subject, what, expected, found, agrees, file, line}, `source` where one is named, and
 * `instead_of` where this takes the place of what another source says. */
json_t *check_expectations(const struct isa *isa, json_t *scenarios);
json_t *prove_expectations(const struct isa *isa, json_t *scenarios);

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
