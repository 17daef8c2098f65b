/* The states that a campaign's steps are made from: of their seeds, with an instruction at the pc. */
#include <string.h>

#include "../engine.h"
#include "campaign.h"
#include "registers.h"

enum { TRIES = 200, TAIL_UNITS = 12 };

bool campaign_keeps_invariants(struct machine *m)
{
	for (const struct invariant *i = m->isa->invariants; i; i = i->next) {
		u128 holds = 0;

		if (!engine_call(m, i->predicate, NULL, &holds, NULL) || !holds)
			return false;
	}
	return true;
}

static void random_state(struct machine *m, struct chance *c)
{
	for (unsigned i = 0; i < m->isa->component_count; i++)
		for (unsigned e = 0; e == 0 || e < m->isa->components[i].count; e++)
			machine_set(m, i, e, chance_value(c, m->isa->components[i].width));
	machine_set(m, m->isa->mode, 0, m->isa->levels[chance_below(c, m->isa->level_count)].value);
	machine_set(m, m->isa->waiting, 0, 0);
	machine_set(m, m->isa->pc, 0, m->at + m->size / 2 + chance_below(c, 64) * 4);
}

/* Parcels of a bit string, most significant first, to units in the order of storage. */
static unsigned put_parcels(const struct isa *isa, u128 bits, unsigned width, uint64_t *units)
{
	unsigned per = isa->parcel / isa->memory.unit, parcels = width / isa->parcel, n = 0;

	for (unsigned p = 0; p < parcels; p++) {
		u128 parcel = bits >> ((isa->first_right ? p : parcels - 1 - p) * isa->parcel) & bits_mask(isa->parcel);

		for (unsigned u = 0; u < per; u++)
			units[n++] = (uint64_t)(parcel >> ((isa->memory.big_endian ? per - 1 - u : u) * isa->memory.unit) &
						bits_mask(isa->memory.unit));
	}
	return n;
}

static bool allows(const struct instruction *i, const char *prefix)
{
	for (unsigned v = 0; v < i->variable_count; v++)
		if (i->variables[v].is_prefix && !strcmp(i->variables[v].name, prefix))
			return true;
	return false;
}

/* A number that one of the registers in a space of this width has; at random if there is none. */
static u128 register_number(const struct isa *isa, unsigned width, struct chance *c)
{
	const struct reg *found = NULL;
	unsigned seen = 0;

	for (const struct reg *r = isa->registers; r; r = r->next)
		if (r->space && r->space->width == width && chance_one_in(c, ++seen))
			found = r;
	return found ? found->address + chance_below(c, found->count ? found->count : 1) : chance_value(c, width);
}

/* The free bits: at random, but for numbers that make an instruction another one (`variants`) and mostly name a register. */
static u128 free_bits(const struct isa *isa, const struct instruction *i, struct chance *c)
{
	u128 bits = ((u128)chance_bits(c) << 64 | chance_bits(c)) & bits_mask(i->pattern.width) & ~i->pattern.mask;

	for (unsigned v = 0; v < i->variable_count; v++) {
		const struct variable *own = &i->variables[v];
		bool fixed = false;

		for (unsigned n = 0; n < i->variant_count; n++)
			fixed = fixed || !strcmp(i->variants[n], own->name);
		if (fixed && !chance_one_in(c, 8))
			bits = (bits & ~location_place(&own->location, bits_mask(own->width))) |
			       location_place(&own->location, register_number(isa, own->width, c));
	}
	return bits;
}

/* An encoding of this instruction: prefixes that it allows now and then, free bits at random, anything behind it. */
static unsigned make_encoding(const struct isa *isa, const struct instruction *i, struct chance *c, uint64_t *units)
{
	unsigned n = 0;
	u128 chosen_bits = free_bits(isa, i, c);

	for (unsigned p = 0; p < isa->prefix_count && n < 8; p++)
		if (allows(i, isa->prefixes[p].name) && chance_one_in(c, 6)) {
			const struct pattern *pattern = &isa->prefixes[p].pattern;

			n += put_parcels(isa, pattern->match | (chance_bits(c) & ~pattern->mask & bits_mask(pattern->width)), pattern->width,
					 units + n);
		}
	n += put_parcels(isa, i->pattern.match | chosen_bits, i->pattern.width, units + n);
	for (unsigned t = 0; t < TAIL_UNITS; t++)
		units[n++] = (uint64_t)chance_value(c, isa->memory.unit > 64 ? 64 : isa->memory.unit);
	return n;
}

/* Puts the instruction where the pc leads, unit by unit; what the translation refuses is left out. */
static void place(struct machine *m, const uint64_t *units, unsigned count)
{
	u128 mask = bits_mask(m->isa->memory.virtual_address);
	uint64_t first, last, pa;
	struct trap trap;

	if (machine_translate(m, machine_level(m), machine_pc(m), ACCESS_FETCH, &first, &trap) &&
	    machine_translate(m, machine_level(m), (uint64_t)((machine_pc(m) + count - 1) & mask), ACCESS_FETCH, &last, &trap) &&
	    last == first + count - 1) {
		machine_write(m, first, units, count);
		return;
	}
	for (unsigned i = 0; i < count; i++)
		if (machine_translate(m, machine_level(m), (uint64_t)((machine_pc(m) + i) & mask), ACCESS_FETCH, &pa, &trap))
			machine_write(m, pa, units + i, 1);
}

static const struct instruction *chosen(const struct isa *isa, struct chance *c)
{
	const struct instruction *i = isa->instructions;

	for (unsigned n = chance_below(c, isa->instruction_count); n; n--)
		i = i->next;
	return i;
}

bool campaign_start(struct campaign *c, uint64_t seed, const struct instruction *only)
{
	struct chance chance = {seed * 0x2545f4914f6cdd1d};
	uint64_t units[64];
	unsigned tries = 0, count;

	do {
		memset(c->start->storage->cells, 0, c->start->storage->size * c->start->storage->cell);
		machine_reset(c->start, NULL);
		if (c->kind->prepare)
			c->kind->prepare(c->oracle, c->start, &chance);
		else
			random_state(c->start, &chance);
	} while (!campaign_keeps_invariants(c->start) && ++tries < TRIES);
	if (tries == TRIES)
		return false;
	count = make_encoding(c->isa, only ? only : chosen(c->isa, &chance), &chance, units);
	if (c->kind->aim)
		c->kind->aim(c->oracle, c->start, &chance, units, count);
	place(c->start, units, count);
	return true;
}
