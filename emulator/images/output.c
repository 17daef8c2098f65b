/* What a source text puts out: runs of units that follow each other. */
#include <stdlib.h>
#include <string.h>

#include "assembler.h"

struct run {
	uint64_t at, *units, count, room, zeros; /* zeros: behind the units */
	unsigned number; /* in the order of the source */
	struct span where;
	struct run *next;
};

enum { FEW_ZEROS = 64 }; /* are written out if units follow them; more of them end a run */

static struct run *run_here(struct assembler *a, bool for_unit)
{
	struct run *r = a->runs;

	if (r && r->at + r->count + r->zeros == a->here && !(for_unit && r->zeros > FEW_ZEROS))
		return r;
	r = ARENA_NEW(a->arena, struct run);
	*r = (struct run){.at = a->here, .number = a->runs ? a->runs->number + 1 : 0, .where = place_in_line(a, a->lines[a->current].from, 1), .next = a->runs};
	return a->runs = r;
}

/* False: the program has become too large, or goes beyond the last address. */
static bool advance(struct assembler *a, uint64_t count)
{
	u128 limit = (u128)1 << (a->isa->memory.address < 64 ? a->isa->memory.address : 64);

	if ((u128)a->here + count > limit) {
		complain(a, E_RANGE, 0, 0, "beyond the last address, 0x%llx", (unsigned long long)(limit - 1));
		return false;
	}
	a->here += count;
	return true;
}

static void grow(struct assembler *a, struct run *r)
{
	uint64_t *old = r->units;

	if (r->count < r->room)
		return;
	r->room = r->room ? 2 * r->room : 64;
	r->units = ARENA_ARRAY(a->arena, uint64_t, r->room);
	if (old)
		memcpy(r->units, old, r->count * sizeof *old);
}

static void keep(struct assembler *a, struct run *r, uint64_t unit)
{
	if (a->put++ >= UNITS_MAX)
		return;
	grow(a, r);
	r->units[r->count++] = unit;
}

void put_unit(struct assembler *a, uint64_t unit)
{
	struct run *r = a->last && a->image ? run_here(a, true) : NULL;

	if (a->put == UNITS_MAX)
		complain(a, E_LIMIT, 0, 0, "a program has at most %u units", UNITS_MAX);
	if (!advance(a, 1) || !r)
		return;
	for (; r->zeros; r->zeros--)
		keep(a, r, 0);
	keep(a, r, unit);
}

void put_zeros(struct assembler *a, uint64_t count)
{
	struct run *r = count && a->last && a->image ? run_here(a, false) : NULL;

	if (advance(a, count) && r)
		r->zeros += count;
}

static int by_address(const void *x, const void *y)
{
	const struct run *const *a = x, *const *b = y;

	if ((*a)->at != (*b)->at)
		return (*a)->at < (*b)->at ? -1 : 1;
	return 0;
}

static void check_overlap(struct assembler *a, struct run *const *runs, unsigned count)
{
	for (unsigned i = 1; i < count; i++) {
		const struct run *low = runs[i - 1], *high = runs[i], *first = low->number < high->number ? low : high;
		size_t line, column;

		if (low->at + low->count + low->zeros <= high->at)
			continue;
		source_position(first->where.source, first->where.offset, &line, &column);
		diag_add(a->diags, E_DUPLICATE, first == low ? high->where : low->where,
			 "address 0x%llx is taken already, by what begins in line %zu of %s", (unsigned long long)high->at, line,
			 first->where.source->path);
	}
}

void put_end(struct assembler *a)
{
	struct run **runs;
	unsigned count = 0, n = 0;

	for (const struct run *r = a->runs; r; r = r->next)
		count += r->count || r->zeros;
	runs = ARENA_ARRAY(a->arena, struct run *, count + 1);
	for (struct run *r = a->runs; r; r = r->next)
		if (r->count || r->zeros)
			runs[n++] = r;
	qsort(runs, count, sizeof *runs, by_address);
	check_overlap(a, runs, count);
	for (unsigned i = 0; i < count; i++) {
		struct segment *s = segment_add(a->arena, a->image, a->isa, runs[i]->at, runs[i]->count);

		s->zeros = runs[i]->zeros;
		for (uint64_t u = 0; u < runs[i]->count; u++)
			segment_set(s, u, runs[i]->units[u]);
	}
}
