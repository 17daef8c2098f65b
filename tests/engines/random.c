#include <stdio.h>
#include <stdlib.h>

#include "differ.h"

uint64_t random_next(struct random *r) /* splitmix64 */
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

uint64_t random_below(struct random *r, uint64_t n)
{
	return n ? random_next(r) % n : 0;
}

u128 random_value(struct random *r, unsigned width, uint64_t at, uint64_t size)
{
	u128 any = (u128)random_next(r) << 64 | random_next(r);

	switch (random_below(r, 8)) {
	case 0: any = 0; break;
	case 1: any = random_below(r, 16); break;
	case 2: any = ~(u128)0 - random_below(r, 16); break;
	case 3: any = ((u128)1 << random_below(r, width)) - random_below(r, 2); break;
	case 4:
	case 5: any = at + random_below(r, size); break;
	case 6: any = (at + random_below(r, size)) & ~(u128)15; break;
	default: break;
	}
	return any & bits_mask(width);
}

static uint64_t at_of(const struct pair *p)
{
	return p->walk->at;
}

static void random_words(const struct pair *p, struct random *r, struct test_case *c)
{
	const struct isa *isa = p->isa;
	bool plain = random_below(r, 4) != 0; /* a relocation that lets most accesses through is rare among random ones */

	for (unsigned i = 0; i < isa->component_count; i++) {
		const struct component *k = &isa->components[i];
		bool quiet = (k->role == ROLE_RELOCATION || k->role == ROLE_CONTROL) && plain;

		for (unsigned e = 0; e == 0 || e < k->count; e++) {
			u128 v = quiet ? k->reset : random_value(r, k->width, at_of(p), p->walk->size);
			uint64_t *word = &c->words[p->walk->word_of[i] + e * (k->width > 64 ? 2 : 1)];

			if (k->zero && k->zero[e])
				v = 0;
			if (i == isa->mode)
				v = isa->levels[random_below(r, isa->level_count)].value;
			if (i == isa->waiting && isa->waiting)
				v = 0;
			word[0] = (uint64_t)v;
			if (k->width > 64)
				word[1] = (uint64_t)(v >> 64);
		}
	}
}

/* --- programs --- */

static void put_unit(const struct pair *p, struct test_case *c, uint64_t at, uint64_t value)
{
	c->units[at % p->walk->size] = value & (uint64_t)bits_mask(p->isa->memory.unit);
}

/* A parcel as the machine fetches it. */
static void put_parcel(const struct pair *p, struct test_case *c, uint64_t at, u128 bits)
{
	unsigned unit = p->isa->memory.unit, count = p->isa->parcel / unit;

	for (unsigned i = 0; i < count; i++)
		put_unit(p, c, at + i, (uint64_t)(bits >> ((p->isa->memory.big_endian ? count - 1 - i : i) * unit)));
}

static uint64_t put_pattern(const struct pair *p, struct random *r, struct test_case *c, uint64_t at, const struct pattern *pattern)
{
	u128 bits = (u128)random_next(r) << 64 | random_next(r);
	unsigned parcels = pattern->width / p->isa->parcel, units = p->isa->parcel / p->isa->memory.unit;

	bits = (bits & ~pattern->mask) | pattern->match;
	for (unsigned i = 0; i < parcels; i++) {
		unsigned low = p->isa->first_right ? i : parcels - 1 - i;

		put_parcel(p, c, at + i * units, bits >> (low * p->isa->parcel) & bits_mask(p->isa->parcel));
	}
	return at + (uint64_t)parcels * units;
}

static const struct instruction *any_instruction(const struct pair *p, struct random *r)
{
	const struct instruction *i = p->isa->instructions;

	for (uint64_t n = random_below(r, p->isa->instruction_count); n; n--)
		i = i->next;
	return i;
}

static uint64_t put_instruction(const struct pair *p, struct random *r, struct test_case *c, uint64_t at)
{
	const struct instruction *i = any_instruction(p, r);

	if (p->isa->prefix_count && !random_below(r, 3))
		at = put_pattern(p, r, c, at, &p->isa->prefixes[random_below(r, p->isa->prefix_count)].pattern);
	return put_pattern(p, r, c, at, &i->pattern) + (i->operand_count ? random_below(r, 3) : 0);
}

static void random_storage(const struct pair *p, struct random *r, struct test_case *c)
{
	const struct isa *isa = p->isa;
	unsigned page = p->walk->storage->page;

	for (uint64_t i = 0; i < p->walk->size; i++)
		put_unit(p, c, i, random_below(r, 4) ? random_next(r) : random_below(r, 4));
	for (unsigned k = 0; k < 8; k++) { /* stretches of instructions; the first where the pc is */
		uint64_t pc = c->words[p->walk->word_of[isa->pc]] - p->walk->at;
		uint64_t at = k ? random_below(r, p->walk->size) : pc;

		if (k == 1)
			at = page - random_below(r, 8); /* across pages */
		for (unsigned n = 0; n < 24; n++)
			at = put_instruction(p, r, c, at);
	}
}

struct test_case case_random(const struct pair *p, struct random *r)
{
	struct test_case c = {.budget = 1 + random_below(r, random_below(r, 3) ? 4 : 60), .enter = random_below(r, 2)};
	uint64_t *pc;

	c.words = calloc(p->walk->word_count + 1, sizeof *c.words);
	c.units = calloc(p->walk->size, sizeof *c.units);
	random_words(p, r, &c);
	pc = &c.words[p->walk->word_of[p->isa->pc]];
	if (random_below(r, 16)) {
		*pc = p->walk->at + random_below(r, p->walk->size);
		*pc -= *pc % (p->isa->parcel / p->isa->memory.unit);
	}
	random_storage(p, r, &c);
	return c;
}

void case_free(struct test_case *c)
{
	free(c->words);
	free(c->units);
}
