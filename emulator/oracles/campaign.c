/* One step on both sides. */
#include "campaign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../engine.h"
#include "../trace.h"
#include "registers.h"
#include "../../analyzer/values/concrete.h"
#include "../../analyzer/values/walk.h"

enum { TRIES = 200, TAIL_UNITS = 12, CHAIN = 16 };

/* --- machines --- */

static void copy_machine(struct machine *to, const struct machine *from)
{
	memcpy(to->words, from->words, from->word_count * sizeof *to->words);
	memcpy(to->storage->cells, from->storage->cells, from->storage->size * from->storage->cell);
	to->unticked_steps = to->unticked_completed = 0; /* of an earlier step */
	to->interrupted_at = ~(uint64_t)0;
	to->attention = to->unsettled = true;
	engine_state_changed(to);
}

static struct machine *bare(const struct isa *isa, uint64_t size, char *error)
{
	struct machine_options options = {.engine = ENGINE_WALK, .memory = size, .without_devices = true};

	return machine_new(isa, &options, NULL, error);
}

/* One for each of the variations. */
static bool make_stand_ins(struct campaign *c, uint64_t size, char *error)
{
	struct stand_in **end = &c->stand_ins;

	for (const struct explained *e = c->explained; e; e = e->next) {
		struct stand_in *s = e->instead ? calloc(1, sizeof *s) : NULL;

		if (!e->instead)
			continue;
		if (!s)
			return false;
		*end = s;
		end = &s->next;
		*s = (struct stand_in){.reason = e, .ours = bare(e->instead, size, error), .other = bare(e->instead, size, error)};
		if (!s->ours || !s->other)
			return false;
	}
	return true;
}

static void free_stand_ins(struct stand_in *s)
{
	while (s) {
		struct stand_in *next = s->next;

		machine_free(s->ours);
		machine_free(s->other);
		free(s);
		s = next;
	}
}

struct campaign *campaign_with(const struct isa *isa, const struct oracle_kind *kind, struct oracle *oracle, uint64_t size,
			       const struct explained *explained, char *error)
{
	struct campaign *c = calloc(1, sizeof *c);

	if (!c) {
		kind->close(oracle);
		return NULL;
	}
	c->isa = isa;
	c->kind = kind;
	c->oracle = oracle;
	c->explained = explained;
	c->tallies = calloc(isa->instruction_count + 1, sizeof *c->tallies);
	c->start = bare(isa, size, error);
	c->theirs = bare(isa, size, error);
	c->own[0] = c->ours = bare(isa, size, error);
	c->own[1] = c->other = bare(isa, size, error);
	if (c->tallies && c->start && c->ours && c->theirs && c->other && make_stand_ins(c, size, error))
		return c;
	campaign_free(c);
	return NULL;
}

struct campaign *campaign_new(const struct isa *isa, const struct oracle_kind *kind, uint64_t size, const struct explained *explained,
			      char *error)
{
	struct oracle *oracle = kind->open(isa, (uint64_t)isa->platform.memory_at, size, error);

	return oracle ? campaign_with(isa, kind, oracle, size, explained, error) : NULL;
}

void campaign_free(struct campaign *c)
{
	if (!c)
		return;
	c->kind->close(c->oracle);
	free_stand_ins(c->stand_ins);
	machine_free(c->start);
	machine_free(c->theirs);
	machine_free(c->own[0]);
	machine_free(c->own[1]);
	free(c->tallies);
	free(c);
}

/* --- a state --- */

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

/* --- one step --- */

static void see_instruction(void *context, struct machine *m, uint64_t pc, const struct decoded *d)
{
	struct campaign *c = context;

	(void)m, (void)pc;
	if (!c->any_decoded)
		c->decoded = *d;
	c->any_decoded = true;
}

/* An instruction that fetches another one to be executed in its place is one with it for the oracle. */
static enum stop run_whole(struct machine *m)
{
	enum stop stop = machine_run(m, 1);

	for (unsigned i = 0; m->isa->has_instead && i < CHAIN && stop == STOP_STEPS && machine_get(m, m->isa->instead_valid, 0); i++)
		stop = machine_run(m, 1);
	return stop;
}

/* What depends on the time is no more known than what is UNKNOWN: another time, no bit of which is the same. */
static void other_time(struct machine *m)
{
	for (unsigned i = 0; i < m->isa->component_count; i++)
		if (m->isa->components[i].role == ROLE_TIMING)
			for (unsigned e = 0; e == 0 || e < m->isa->components[i].count; e++)
				machine_set(m, i, e, ~machine_get(m, i, e));
}

/* Runs one step, trap entry included. False: the machine could not. */
static bool step_ours(struct campaign *c, struct machine *m, bool unknown_ones)
{
	struct tracer tracer = {.context = c, .instruction = see_instruction};
	enum stop stop;

	copy_machine(m, c->start);
	m->trap_count = 0;
	m->unknown_ones = unknown_ones;
	if (unknown_ones)
		other_time(m);
	m->tracer = &tracer;
	c->any_decoded = false;
	stop = run_whole(m);
	machine_sync(m, 0, 0);
	m->tracer = NULL;
	return stop == STOP_STEPS || stop == STOP_STUCK;
}

const char *const unlike_names[] = {"storage", "trap", "failed"};

static void add_unlike(const struct campaign *c, struct comparison *v, struct unlike u)
{
	u.reason = explained_find(c->explained, c->any_decoded ? &c->decoded : NULL, c->start, c->ours, &u);
	v->unexplained = v->unexplained || !u.reason;
	if (v->count < UNLIKE_MAX)
		v->list[v->count] = u;
	v->count++;
}

static u128 seen(const struct campaign *c, unsigned component, unsigned element)
{
	return c->kind->sees ? c->kind->sees(c->oracle, component, element) : ~(u128)0;
}

/* `count` units from `from` on. */
static bool same_storage(const struct campaign *c, uint64_t from, uint64_t count)
{
	const struct storage *ours = c->ours->storage, *theirs = c->theirs->storage;

	return !memcmp(ours->cells + from * ours->cell, theirs->cells + from * ours->cell, count * ours->cell);
}

/* Whether both sides agree in all that is seen, whatever is UNKNOWN. */
static bool same(const struct campaign *c)
{
	for (unsigned i = 0; i < c->isa->component_count; i++)
		for (unsigned e = 0; e == 0 || e < c->isa->components[i].count; e++) {
			u128 differ = machine_get(c->ours, i, e) ^ machine_get(c->theirs, i, e);

			if (differ && (differ & seen(c, i, e)))
				return false;
		}
	return same_storage(c, 0, c->ours->storage->size);
}

static void compare_components(const struct campaign *c, struct comparison *v)
{
	for (unsigned i = 0; i < c->isa->component_count; i++)
		for (unsigned e = 0; e == 0 || e < c->isa->components[i].count; e++) {
			u128 ours = machine_get(c->ours, i, e), theirs = machine_get(c->theirs, i, e);

			if ((ours ^ theirs) & seen(c, i, e) & ~(ours ^ machine_get(c->other, i, e)))
				add_unlike(c, v, (struct unlike){.component = (int)i, .element = e, .before = machine_get(c->start, i, e),
								 .ours = ours, .theirs = theirs});
		}
}

static void compare_units(const struct campaign *c, struct comparison *v, uint64_t from, uint64_t count)
{
	const struct storage *ours = c->ours->storage, *theirs = c->theirs->storage, *other = c->other->storage;

	for (uint64_t i = from; i < from + count; i++) {
		uint64_t a = storage_get(ours, i), b = storage_get(theirs, i);

		if ((a ^ b) & ~(a ^ storage_get(other, i)))
			add_unlike(c, v, (struct unlike){.component = -1, .address = c->ours->at + i, .before = storage_get(c->start->storage, i),
							 .ours = a, .theirs = b});
	}
}

static void compare_storage(const struct campaign *c, struct comparison *v)
{
	enum { BLOCK = 256 };
	uint64_t size = c->ours->storage->size;

	for (uint64_t i = 0; i < size; i += BLOCK) {
		uint64_t count = size - i < BLOCK ? size - i : BLOCK;

		if (!same_storage(c, i, count))
			compare_units(c, v, i, count);
	}
}

static void compare_traps(const struct campaign *c, struct comparison *v, const struct oracle_step *s)
{
	u128 ours = c->ours->trap_count ? c->ours->trap.cause : ~(u128)0, theirs = s->result == ORACLE_DONE ? ~(u128)0 : s->cause;

	if (s->result != ORACLE_DONE && !s->knows_cause)
		theirs = c->ours->trap_count ? ours : 0;
	if ((ours ^ theirs) & ~s->unknown)
		add_unlike(c, v, (struct unlike){.component = -2, .ours = ours, .theirs = theirs});
}

/* What differs whatever is UNKNOWN. */
static void compare_states(struct campaign *c, struct comparison *v)
{
	if (!step_ours(c, c->other, true))
		copy_machine(c->other, c->ours);
	compare_components(c, v);
	compare_storage(c, v);
}

/* The step of a variation that stands in for the description where they differ so. False: there is none. */
static bool take_stand_in(struct campaign *c, const struct explained **reason)
{
	for (struct stand_in *s = c->stand_ins; s; s = s->next) {
		if (!explained_instead(s->reason, c->any_decoded ? &c->decoded : NULL, c->start, c->ours) || !step_ours(c, s->ours, false))
			continue;
		*reason = s->reason;
		c->ours = s->ours;
		c->other = s->other;
		return true;
	}
	return false;
}

/* A step that differs is compared with what stands in; where that does not differ, the whole step is explained. */
static void compare_again(struct campaign *c, struct comparison *v)
{
	struct unlike whole = v->list[0];

	if (!take_stand_in(c, &whole.reason))
		return;
	v->count = 0;
	v->unexplained = false;
	if (!same(c))
		compare_states(c, v);
	if (v->count)
		return;
	v->list[0] = whole;
	v->count = 1;
}

/* A description that ends in the middle of the machine has a cause of this name, which it raises where the rest begins. */
static bool leaves_out(const struct machine *m)
{
	for (unsigned i = 0; i < m->isa->cause_count; i++)
		if (m->trap_count && m->isa->causes[i].value == m->trap.cause)
			return !strcmp(m->isa->causes[i].name, "NotDescribed");
	return false;
}

void campaign_step(struct campaign *c, struct comparison *v)
{
	struct oracle_step s;

	*v = (struct comparison){.cannot = true, .why = "the description cannot"};
	c->ours = c->own[0];
	c->other = c->own[1];
	if (!step_ours(c, c->ours, false))
		return;
	v->instruction = c->any_decoded ? c->decoded.instruction : NULL;
	v->why = "the description leaves out what happens (NotDescribed)";
	if (leaves_out(c->ours))
		return;
	v->why = "the oracle cannot be in this state";
	copy_machine(c->theirs, c->start);
	if (!c->kind->set(c->oracle, c->start))
		return;
	s = c->kind->step(c->oracle);
	if (s.result == ORACLE_CANNOT) {
		v->why = s.why;
		return;
	}
	if (s.result == ORACLE_FAILED) {
		v->cannot = false;
		v->why = s.why;
		add_unlike(c, v, (struct unlike){.component = -3});
		return;
	}
	v->why = "the oracle's state cannot be read";
	if (s.result != ORACLE_TRAPPED && !c->kind->get(c->oracle, c->theirs))
		return;
	v->cannot = false;
	if (s.result == ORACLE_TRAPPED) {
		compare_traps(c, v, &s);
		return;
	}
	if (same(c))
		return;
	compare_states(c, v);
	if (v->count)
		compare_again(c, v);
}

bool campaign_again(struct campaign *c, struct comparison *v)
{
	struct comparison again;

	for (unsigned i = 0; i < 2; i++) {
		campaign_step(c, &again);
		if (again.unexplained)
			return true;
	}
	v->cannot = true;
	v->why = "a difference that did not show again from the same state";
	return false;
}

unsigned campaign_number(const struct isa *isa, const struct instruction *i)
{
	unsigned n = 0;

	for (const struct instruction *at = isa->instructions; at && at != i; at = at->next)
		n++;
	return n;
}

static void count_refusal(struct campaign *c, const char *why)
{
	struct refusal *r = c->refusals;

	while (r->why && strcmp(r->why, why) && r < c->refusals + REFUSALS - 1)
		r++;
	r->why = r->why ? r->why : why;
	r->count++;
}

void campaign_count(struct campaign *c, const struct comparison *v)
{
	struct tally *t = &c->tallies[campaign_number(c->isa, v->instruction)];

	if (v->cannot) {
		t->cannot++;
		count_refusal(c, v->why);
		return;
	}
	t->compared++;
	t->differed += v->count != 0;
	t->explained += v->count && !v->unexplained;
	if (v->count && !v->unexplained)
		t->reason = v->list[0].reason;
}
