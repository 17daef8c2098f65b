#ifndef ISOLDE_ORACLES_CAMPAIGN_H
#define ISOLDE_ORACLES_CAMPAIGN_H
/* A validation campaign: one step after another on the description and on an oracle, each from a state made of its own seed. */
#include "../../analyzer/text/yaml.h"
#include "../decode.h"
#include "../oracle.h"

/* A difference that the manual explains: of these instructions (NULL: any; "(no instruction)"), in these components (names, or with
 * an element, `A[7]`; `trap`, `trap pc`, `trap value`, `storage`; NULL: any), in steps in which the description takes a trap with one of these
 * causes (NULL: in all), from states in which a condition holds. Names or lists of
 * them. */
struct explained {
	const struct yaml *instructions, *components, *causes;
	struct pattern *encodings; /* which "(no instruction)" is meant: what was looked at begins with one of these; NULL: any */
	size_t encoding_count;
	struct ir_function **when; /* for each of the instructions, or for any; NULL: in all states */
	const struct isa *instead; /* not NULL: what differs so is compared with this variation of the description, which has the same components */
	const char *section, *why;
	struct explained *next;
};
/* Those of FILE that are about this description (key `isa`, a name or a list of names), and the variations that they name, beside it; *ok false
 * after findings. A file that does not exist holds none. */
struct explained *explained_read(struct arena *arena, const char *path, struct isa *isa, struct diags *diags, bool *ok);
/* The first that explains a difference at this place after the step from `start` to `ours`, with this instruction (NULL: nothing was decoded);
 * none of those that compare with something else instead. NULL: none does. */
struct unlike;
const struct explained *explained_find(const struct explained *first, const struct decoded *d, struct machine *start, const struct machine *ours,
				       const struct unlike *place);
/* Whether a step that differs is one of those that this one, which has `instead`, is about. */
bool explained_instead(const struct explained *e, const struct decoded *d, struct machine *start, const struct machine *ours);

/* What is counted for each instruction. */
struct tally {
	uint64_t compared, differed, explained, cannot;
	const struct explained *reason; /* of the last one that was explained */
};

/* One place where the two sides are unlike. */
struct unlike {
	int component; /* -1: storage, -2: one side trapped and the other did not, or with other causes, -3: the oracle failed, -4: of a trap, where
			* the instruction is, -5: what it reports */
	unsigned element;
	uint64_t address;      /* of storage */
	u128 before, ours, theirs; /* for -2: the cause, ~0: none */
	const struct explained *reason; /* NULL: nothing explains it */
};

extern const char *const unlike_names[]; /* of those without a component: -1, -2, … */

enum { UNLIKE_MAX = 64 };
struct comparison {
	const struct instruction *instruction; /* as the description decoded it; NULL: no instruction */
	bool cannot;
	const char *why; /* it cannot, or has failed */
	struct unlike list[UNLIKE_MAX];
	unsigned count;     /* all of them; the first UNLIKE_MAX are listed */
	bool unexplained;
};

/* Why steps were not compared: one of these texts, and how often. */
struct refusal {
	const char *why;
	uint64_t count;
};

enum { REFUSALS = 16 };
struct campaign {
	const struct isa *isa;
	const struct oracle_kind *kind;
	struct oracle *oracle;
	struct machine *start, *theirs;
	struct machine *ours, *other; /* after the step; other: with UNKNOWN bits set. The description's own, or of a variation that stands in for it */
	struct machine *own[2];       /* ours and other, of the description */
	struct stand_in {
		const struct explained *reason; /* with `instead` */
		struct machine *ours, *other;
		struct stand_in *next;
	} *stand_ins;
	const struct explained *explained;
	struct tally *tallies;  /* per instruction, and the last for what decodes to none */
	struct refusal refusals[REFUSALS]; /* the first one without a text ends them; the last takes what finds no room */
	struct decoded decoded; /* of the instruction that ours did last; the first, if it had others executed */
	bool any_decoded;
};

/* `size` units of storage. NULL after a message in error[256]. */
struct campaign *campaign_new(const struct isa *isa, const struct oracle_kind *kind, uint64_t size, const struct explained *explained,
			      char *error);
/* The same with an oracle that is open already; it is closed with the campaign, and after a failure at once. */
struct campaign *campaign_with(const struct isa *isa, const struct oracle_kind *kind, struct oracle *oracle, uint64_t size,
			       const struct explained *explained, char *error);
void campaign_free(struct campaign *c);
/* Makes the state of this seed in c->start, with an instruction of the description at the pc (`only`, or NULL: by the seed). False: no
 * state that keeps the invariants was found. */
bool campaign_start(struct campaign *c, uint64_t seed, const struct instruction *only);
/* Executes one step from c->start on both sides and compares. */
void campaign_step(struct campaign *c, struct comparison *v);
/* Makes the step of `v`, which differed unexplained, again, twice. Whether it does once more; if not, the oracle is not to be believed in this step, and
 * *v becomes one that it cannot do. */
bool campaign_again(struct campaign *c, struct comparison *v);
/* Whether a state keeps the description's invariants. */
bool campaign_keeps_invariants(struct machine *m);
/* The instruction's place in a table of all; NULL, no instruction: behind the last. */
unsigned campaign_number(const struct isa *isa, const struct instruction *i);
/* Counts it. */
void campaign_count(struct campaign *c, const struct comparison *v);
/* Makes c->start smaller while the same instruction still differs unexplained; *v is the last comparison. False: the difference does not show
 * again, so what came before it matters to the oracle. */
bool campaign_shrink(struct campaign *c, struct comparison *v);
/* Shows the difference in the smallest state that still has it, or as it was found where it does not show again. */
void campaign_show_smallest(struct campaign *c, struct comparison *v, uint64_t seed, FILE *out);
/* The state and its two outcomes, in two columns. */
void campaign_show(const struct campaign *c, const struct comparison *v, FILE *out);
#endif
