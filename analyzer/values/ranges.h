#ifndef ISOLDE_RANGES_H
#define ISOLDE_RANGES_H
/* Sets of numbers as sorted, disjoint, non-adjacent ranges; immutable. */
#include "../base/arena.h"
#include "../base/bits.h"

#include <stdbool.h>

struct ranges {
	unsigned count;
	struct range { u128 low, high; } *items; /* inclusive */
};

struct ranges ranges_one(struct arena *arena, u128 low, u128 high);
struct ranges ranges_and(struct arena *arena, struct ranges a, struct ranges b);
struct ranges ranges_or(struct arena *arena, struct ranges a, struct ranges b);
/* All numbers from 0 to `top` that are not in `a`. */
struct ranges ranges_not(struct arena *arena, struct ranges a, u128 top);
bool ranges_single(struct ranges a);
/* Writes 0x100, 0x104-0x106 into the buf. */
void ranges_print(struct buf *out, struct ranges a);
#endif
