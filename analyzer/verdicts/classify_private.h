#ifndef ISOLDE_CLASSIFY_PRIVATE_H
#define ISOLDE_CLASSIFY_PRIVATE_H
/* What the files that classify an instruction share; internal to classify*.c. */
#include "analysis.h"

enum kind { KIND_CONTROL, KIND_LOCATION, KIND_MODE, KIND_BEHAVIOUR, KIND_CONFIGURATION, KIND_TIMING, KIND_DEVICE, KIND_PROCESSOR,
	    KIND_COUNT };

/* theory.md section 3. `varies` are the roles in which the second state may differ; a pair is compared unless it is 0. */
extern const struct kind_row {
	const char *name, *statement;
	predicate *single, *pair, *unguarded_single, *unguarded_pair;
	bool other_mode, moved, extended_only, user;
	enum role varies;
} kind_rows[KIND_COUNT];

enum tri { TRI_NO, TRI_YES, TRI_UNKNOWN, TRI_NONE };

/* What is known of one part of the instruction in one scenario and profile. */
struct part {
	unsigned kinds, user_kinds, undecided; /* bits by enum kind; undecided: some question about it was not answered */
	enum tri privileged, strict, guarded;  /* TRI_NONE: vacuous */
	bool partly;
	struct ranges values;
	json_t *obligations;
	char *condition; /* when it escapes the monitor, as a predicate over fields; NULL if not asked or not found */
};

/* An instruction, or a part of it, in a scenario and profile, and what of it was built already. */
struct subject {
	const struct template *t;
	struct setting setting;
	struct value *own;
	struct run own_run;
	unsigned *internal;
	bool user[64], guest[64], all[64];
	enum answer completes[64]; /* per level */
	/* Runs that both profiles ask about, made when first needed. */
	struct run seconds[KIND_COUNT], at[64], taken[64];
	bool has_second[KIND_COUNT], has_levels[64];
	json_t *obligations; /* of the part at hand */
};

/* --- classify_ask.c --- */
/* An obligation of the part at hand; takes the witness, which may be NULL. */
void subject_note(struct subject *s, const char *id, const char *statement, enum verdict verdict, json_t *witness);
/* The line about the questions that come now, and the definition's claim, for who listens. */
void subject_topic(const struct subject *s, const char *id, const char *statement);
/* Whether the predicate holds of the runs, with `also`, somewhere. If so, and witnesses are wanted, *witness (may be NULL) is one, with a near-miss,
 * that the caller owns. UNKNOWN too where a model did not replay: our own bug, counted. */
enum answer subject_ask(struct subject *s, predicate *holds, const struct run *runs, unsigned count, struct value also,
			json_t **witness);
/* Of two answers that are both needed: SAT before UNKNOWN before UNSAT. */
enum answer worse_answer(enum answer a, enum answer b);

/* --- classify_states.c --- */
/* A copy of the slots at another level. */
struct value *subject_with_mode(const struct subject *s, const struct value *start, unsigned level);
/* The template's run from these slots. */
struct run subject_run(const struct subject *s, struct value *start);
/* The state in which the scenario runs level `level`: at the real level, under the host's settings. */
struct value *subject_taken(const struct subject *s, const struct value *state, unsigned level);
/* The runs at level v and, `taken`, at the level that it is run at; made once. */
void subject_level_runs(struct subject *s, unsigned v, struct run *at, struct run *taken);
/* A second run, whose state may differ from `first` in what the row says. */
struct run subject_second(const struct subject *s, const struct kind_row *row, struct value *first);
/* The run starts at this level. */
struct value subject_mode_is(const struct subject *s, const struct run *r, unsigned level);
/* As subject_ask of a pair whose first run starts at level v: with every level at which the second may start. */
enum answer subject_ask_pair(struct subject *s, const struct kind_row *row, predicate *holds, const struct run *runs, unsigned count,
			     unsigned v, json_t **witness);

/* --- classify_result.c --- */
/* The instruction in one profile: its parts summed up, and each of them if there are several. Parts that are alike are joined in `parts`; the
 * caller owns the result. */
json_t *classify_profile_json(const struct template *t, struct part *parts, unsigned count);
#endif
