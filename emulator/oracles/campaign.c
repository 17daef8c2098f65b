/* One step on both sides. */
#include "campaign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../engine.h"
#include "../trace.h"

enum { CHAIN = 16 };

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

const char *const unlike_names[] = {"storage", "trap", "failed", "trap pc", "trap value"};

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
	if (!c->ours->trap_count || s->result == ORACLE_DONE)
		return;
	if (s->knows_pc && s->pc != c->ours->trap.pc)
		add_unlike(c, v, (struct unlike){.component = -4, .ours = c->ours->trap.pc, .theirs = s->pc});
	if (s->knows_value && s->value != c->ours->trap.value)
		add_unlike(c, v, (struct unlike){.component = -5, .ours = c->ours->trap.value, .theirs = s->value});
}

/* What differs whatever is UNKNOWN. */
static void compare_states(struct campaign *c, struct comparison *v)
{
	if (!step_ours(c, c->other, true))
		copy_machine(c->other, c->ours);
	compare_components(c, v);
	compare_storage(c, v);
}

/* A description that ends in the middle of the machine has a cause of this name, which it raises where the rest begins. */
static bool leaves_out(const struct machine *m)
{
	for (unsigned i = 0; i < m->isa->cause_count; i++)
		if (m->trap_count && m->isa->causes[i].value == m->trap.cause)
			return !strcmp(m->isa->causes[i].name, "NotDescribed");
	return false;
}

/* The first variation that is about a step that differs so; NULL: there is none. */
static const struct stand_in *stand_in_for(struct campaign *c)
{
	const struct stand_in *s = c->stand_ins;

	while (s && !explained_instead(s->reason, c->any_decoded ? &c->decoded : NULL, c->start, c->ours))
		s = s->next;
	return s;
}

/* A step that differs is compared with what stands in; where that does not differ, the whole step is explained. */
static void compare_again(struct campaign *c, struct comparison *v)
{
	const struct stand_in *s = stand_in_for(c);
	struct unlike whole = v->list[0];

	if (!s)
		return;
	*v = (struct comparison){.instruction = v->instruction, .cannot = !step_ours(c, s->ours, false), .why = "the variation that stands in for the description cannot"};
	c->ours = s->ours;
	c->other = s->other;
	v->cannot = v->cannot || leaves_out(c->ours);
	if (v->cannot)
		return;
	if (!same(c))
		compare_states(c, v);
	if (v->count)
		return;
	whole.reason = s->reason;
	v->list[0] = whole;
	v->count = 1;
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
	if (s.result == ORACLE_TRAPPED || s.knows_cause)
		compare_traps(c, v, &s);
	if (s.result == ORACLE_TRAPPED || same(c))
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
