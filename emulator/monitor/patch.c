/* Patching: before a guest starts, each critical instruction of its image is replaced by an encoding that traps and is not longer: the description's
 * `patch`, or one that no instruction has. When it traps, the monitor interprets what stood there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../decode.h"
#include "guest.h"

enum { PATCHES_MAX = 1 << 20 };

/* The units of a parcel in storage, `bits` of them from the least significant end. */
static void put_parcel(const struct isa *isa, u128 bits, uint64_t *units, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		units[isa->memory.big_endian ? count - 1 - i : i] = (uint64_t)(bits & bits_mask(isa->memory.unit));
		bits >>= isa->memory.unit;
	}
}

static bool only_parcel(void *context, unsigned number, u128 *bits)
{
	*bits = *(const u128 *)context;
	return number == 0;
}

/* An encoding of one parcel that no instruction has: the description's undecoded() makes it trap. */
static bool undecoded_parcel(const struct guest *g, u128 *bits)
{
	static const uint64_t tries[] = {0, ~(uint64_t)0, 0xdead, 0xbad0bad0, 0x8000, 0x7fff, 0x200000000};
	const struct isa *isa = g->vm->isa;
	struct decoded d;

	for (unsigned t = 0; isa->undecoded && t < sizeof tries / sizeof *tries; t++) {
		*bits = tries[t] & bits_mask(isa->parcel);
		if (decode(g->tree, only_parcel, bits, &d) && !d.instruction)
			return true;
	}
	return false;
}

/* What is put in the place of instructions, in units. */
static bool trapping_parcel(const struct guest *g, uint64_t *units, unsigned *count)
{
	const struct isa *isa = g->vm->isa;
	u128 bits = isa->patch ? isa->patch->pattern.match : 0;

	*count = isa->parcel / isa->memory.unit;
	if (*count > 16 || (!isa->patch && !undecoded_parcel(g, &bits)))
		return false;
	put_parcel(isa, bits, units, *count);
	return true;
}

static bool is_critical(const struct isa *isa, const struct instruction *i, const bool *critical)
{
	unsigned n = 0;

	for (const struct instruction *at = isa->instructions; at && at != i; at = at->next)
		n++;
	return critical[n];
}

static bool add_patch(struct guest *g, uint64_t at, const uint64_t *trap, unsigned count)
{
	struct patch *more = g->patch_count < PATCHES_MAX ? realloc(g->patches, (g->patch_count + 1) * sizeof *more) : NULL;
	struct patch *p;

	if (!more)
		return false;
	g->patches = more;
	p = &more[g->patch_count++];
	*p = (struct patch){.at = at, .count = count};
	memcpy(p->trap, trap, count * sizeof *trap);
	return machine_read(g->vm, at, p->original, count) && machine_write(g->vm, at, trap, count);
}

struct patching {
	struct guest *guest;
	const bool *critical;
	uint64_t from, trap[16];
	unsigned length;
	int count;
};

static void patch_one(void *context, uint64_t at, const struct decoded *d)
{
	struct patching *p = context;

	if (is_critical(p->guest->vm->isa, d->instruction, p->critical))
		p->count += add_patch(p->guest, p->from + at, p->trap, p->length);
}

int monitor_patch(struct monitor *m, unsigned number, uint64_t from, uint64_t count, const bool *critical, char *error)
{
	struct patching p = {.guest = m->guests[number], .critical = critical, .from = from};
	const struct isa *isa = p.guest->vm->isa;
	uint64_t *units = calloc(count + 1, sizeof *units);

	if (!units || !machine_read(p.guest->vm, from, units, count) || !trapping_parcel(p.guest, p.trap, &p.length)) {
		snprintf(error, 256, "%s has no encoding that traps and is short enough", isa->name);
		free(units);
		return -1;
	}
	decode_sweep(p.guest->tree, isa, units, count, patch_one, &p);
	free(units);
	return p.count;
}

static bool holds(const struct machine *vm, uint64_t at, const uint64_t *units, unsigned count)
{
	uint64_t now[16];

	return machine_read(vm, at, now, count) && !memcmp(now, units, count * sizeof *units);
}

/* The patch at the guest's pc, if there is one; its original is put back while the monitor interprets it. */
struct patch *patch_away(struct guest *g)
{
	struct machine *vm = g->vm;
	struct trap trap;
	uint64_t pa;

	if (!g->patch_count || !machine_translate(vm, machine_level(vm), machine_pc(vm), ACCESS_FETCH, &pa, &trap))
		return NULL;
	for (unsigned i = 0; i < g->patch_count; i++)
		if (g->patches[i].at == pa && holds(vm, pa, g->patches[i].trap, g->patches[i].count)) {
			machine_write(vm, pa, g->patches[i].original, g->patches[i].count);
			return &g->patches[i];
		}
	return NULL;
}

void patch_back(struct guest *g, const struct patch *p)
{
	if (p && holds(g->vm, p->at, p->original, p->count)) /* else the guest has written something else there */
		machine_write(g->vm, p->at, p->trap, p->count);
}

void monitor_unpatched(struct machine *vm, bool away)
{
	struct guest *g = vm->below ? guest_of(vm) : NULL;

	for (unsigned i = 0; g && i < g->patch_count; i++) {
		struct patch *p = &g->patches[i];

		if (holds(vm, p->at, away ? p->trap : p->original, p->count))
			machine_write(vm, p->at, away ? p->original : p->trap, p->count);
	}
}
