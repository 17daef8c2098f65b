#ifndef ISOLDE_CONCRETE_H
#define ISOLDE_CONCRETE_H
/* The concrete domain: the evaluator. What it does not know of the state before, it asks an oracle: a model of the
 * solver, when a witness is replayed; zero without one. */
#include "domain.h"

struct oracle {
	void *context;
	/* Element `index` of the array that was made with this tag. */
	u128 (*element)(void *context, unsigned tag, u128 index);
	u128 (*function)(void *context, enum uninterpreted f, const u128 *args, const unsigned *widths, unsigned count, unsigned width);
	u128 (*unknown)(void *context, uint64_t key, unsigned width);
	u128 (*unknown_element)(void *context, unsigned run, uint64_t key, u128 index, unsigned width);
	unsigned (*run)(void *context); /* the run being executed: UNKNOWN arrays remember it */
};

struct concrete;

/* A domain whose arrays and tables live in `arena`; `oracle` NULL: everything unknown is 0. */
struct concrete *concrete_new(struct arena *arena, const struct oracle *oracle);
struct domain *concrete_domain(struct concrete *c);
/* An array of `width`-bit elements; the oracle is asked with `tag` for what was not stored. */
struct value concrete_array(struct concrete *c, unsigned tag, unsigned width);

/* The elements that were read or written so far, in order of first use. */
struct touched {
	u128 index, before, now;
	bool written;
};
/* From now on only what was touched so far is reported: later reads are the comparison's. */
void concrete_freeze(struct value array);
unsigned concrete_touched(struct value array, struct touched *out, unsigned room);
#endif
