#ifndef ISOLDE_SQUARE_H
#define ISOLDE_SQUARE_H
/* What `prove` and `advise` share: one square, and the questions about it. */
#include "analysis.h"

enum { PARTS_MAX = 512 };

/* One instruction (or part of it) at one guest level of one scenario. */
struct corner {
	struct template *t;
	struct setting setting;
	unsigned level;
	struct run runs[2]; /* virtual, real */
	unsigned *internal;
};

/* The corner for the part of `region` that both walks treat alike; *rest is what is left. k->setting, level and internal are set. */
void corner_new(struct corner *k, struct arena *arena, struct solver *solver, const struct isa *isa, const struct instruction *i,
		const struct options *options, struct ranges region, struct ranges *rest);

/* Claims, each with the predicate of the states that break it. */
struct claim_row {
	const char *id, *statement;
	predicate *broken;
};
extern const struct claim_row square_claim;
/* Is there a state that breaks the claim? A model is replayed before it counts; *w is the witness then. */
enum answer corner_ask(struct corner *k, const struct claim_row *row, struct witness **w);
/* The states at k->level, before instruction `i`: k->t and both runs, with nothing walked. */
void corner_states(struct corner *k, struct arena *arena, struct solver *solver, const struct isa *isa, const struct instruction *i,
		   const struct options *options);
/* Of what must hold whatever the instruction, that which host settings decide. */
extern const struct claim_row memory_trap_claim;
/* Whether a trap of k->setting.cause is known to cost the program something on its way to the monitor and back, or not to arrive. For k as
 * corner_states leaves it. */
bool entry_costs(struct corner *k);
/* Whether the text of the instruction leaves room for raising the cause. */
bool may_raise(const struct instruction *i, const struct cause *c);
#endif
