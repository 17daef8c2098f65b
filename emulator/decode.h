#ifndef ISOLDE_DECODE_H
#define ISOLDE_DECODE_H
/* From bits in storage to an instruction and its variables: a decision tree made from the encodings of a description. */
#include "../analyzer/meaning/isa.h"

struct decoded {
	const struct instruction *instruction; /* NULL: no instruction has this encoding */
	u128 variables[VARIABLES_MAX];         /* by number, as IR_VARIABLE sees them (without left_shift, not sign-extended; operand bits
						  are left-aligned in their variable as the lowering expects) */
	unsigned length;                       /* address units, with prefixes and operands; if undecoded, what was looked at */
	uint64_t bits;                         /* the first parcels looked at, as `undecoded` takes them: zero-extended, and in the
						  order of `match` (fetch.first: right: first parcel least significant) */
};

struct tree;

/* Owned by `arena`. */
struct tree *decode_tree(struct arena *arena, const struct isa *isa);
/* Asks `parcel` for one parcel after another (number 0, 1, …: the unit at address + n * parcel size), only for those that are needed.
 * `parcel` returns false if that parcel cannot be fetched: then decode returns false. */
bool decode(const struct tree *tree, bool (*parcel)(void *context, unsigned number, u128 *bits), void *context, struct decoded *out);
/* Decodes `units` from the first one on, and calls `each` with every instruction, `at` units from the start; what is none is passed by, a parcel at a
 * time. Data that look like instructions are taken for them. */
void decode_sweep(const struct tree *tree, const struct isa *isa, const uint64_t *units, uint64_t count,
		  void (*each)(void *context, uint64_t at, const struct decoded *d), void *context);
#endif
