/* Trap transparency (theory.md section 4): what a trap costs the program, on its way to the monitor. Predicates about one cause; run 1 is the
 * real machine's, run 0 the virtual machine's. What trap entry finds in the monitor's tables is as the scenario says, and only there
 * anything is asked: a proof is one under these hypotheses. */
#include "analysis.h"

#include <string.h>

enum { ENTRY_VALUE = 0x7a1 };

/* The state that a trap leaves. */
struct entered {
	struct value *slots;
	struct value completes; /* trap entry itself raised nothing */
};

static struct walk_input input_of(const struct setting *s, const struct run *r)
{
	return (struct walk_input){.domain = s->domain, .isa = s->isa, .inputs = r->inputs, .run = r->number, .model = MEMORY_VIEW,
				   .physical = r->physical == PHYSICAL_HOST ? PHYSICAL_MONITOR : r->physical,
				   .monitor = value_const(s->isa->levels[s->scenario->monitor].value, s->isa->level_width),
				   .view = r->view, .start = r->start};
}

static struct value cause_value(const struct setting *s)
{
	return value_const(s->cause->value, s->isa->cause_width);
}

/* What a trap reports: anything. */
static struct value reported(const struct setting *s)
{
	return s->domain->unknown(s->domain, ENTRY_VALUE, isa_trap_value(s->isa), 0);
}

/* Supposed of the walks to come, if `suppose`. */
static struct value given_that(const struct setting *s, struct value given, struct value premise, bool suppose)
{
	if (suppose && premise.term) /* a constant says nothing, or all */
		s->domain->suppose(s->domain, premise);
	return value_and(s->domain, given, premise);
}

/* What is given, each premise under those before it. */
static struct value premises(const struct setting *s, const struct run *r, bool suppose)
{
	struct walk_input input = input_of(s, r);
	struct value args[2] = {cause_value(s), reported(s)}, given = given_that(s, value_const(1, 0), r->legal, suppose);

	given = value_and(s->domain, given, is_level(s, trap_goes(s, r, s->cause), s->scenario->monitor));
	for (const struct premise *p = s->scenario->tables; p && !value_is(given, 0); p = p->next) {
		struct arena *scratch = arena_new();
		struct value completes, holds = walk_function(scratch, &input, p->holds, args, &completes);

		given = given_that(s, given, value_and(s->domain, completes, holds), suppose);
		arena_free(scratch);
	}
	return given;
}

struct value entry_given(const struct setting *s, const struct run *r)
{
	return premises(s, &r[1], false);
}

/* Nothing is supposed any more. */
static void suppose_nothing(const struct setting *s)
{
	s->domain->suppose(s->domain, value_const(1, 0));
}

static struct value *copy_of(const struct setting *s, struct arena *arena, const struct value *slots)
{
	struct value *copy = ARENA_ARRAY(arena, struct value, slot_count(s->isa));

	for (unsigned i = 0; i < slot_count(s->isa); i++)
		copy[i] = slots[i].term ? s->domain->copy(s->domain, slots[i]) : slots[i];
	return copy;
}

/* Trap entry with the cause and any value. */
static struct entered enter(const struct setting *s, struct arena *arena, const struct run *r)
{
	struct walk_input input = input_of(s, r);
	struct value args[3] = {cause_value(s), r->start[s->isa->pc], reported(s)};
	struct entered e = {copy_of(s, arena, r->start), value_const(1, 0)};

	if (s->isa->trap_entry)
		e.completes = walk_call(arena, &input, s->isa->trap_entry, args, e.slots, NULL).done;
	return e;
}

/* The way back, in place; whether it raised nothing. */
static struct value recover(const struct setting *s, struct arena *arena, const struct run *r, struct value *slots)
{
	struct walk_input input = input_of(s, r);
	struct value args[2] = {cause_value(s), reported(s)};
	struct value *start = copy_of(s, arena, slots);

	input.start = start;
	return walk_call(arena, &input, s->isa->recover, args, slots, NULL).done;
}

/* What the program sees is not as it was. */
static struct value lost(const struct setting *s, const struct run *r, const struct value *slots)
{
	unsigned memory = s->isa->component_count + SLOT_MEMORY, pc = s->isa->pc;
	struct value any = value_const(0, 0);

	for (unsigned i = 0; i < s->isa->component_count; i++)
		if (must_survive(s, i) || (i == pc && s->isa->recover && (!s->only || s->only == &s->isa->components[i])))
			any = value_or(s->domain, any, component_differs(s, i, r->start[i], slots[i], false));
	if (s->only || value_same(r->start[memory], slots[memory]))
		return any;
	return value_or(s->domain, any, s->domain->arrays_differ(s->domain, r->start[memory], slots[memory], s->isa->memory.address,
								 s->isa->memory.unit, true));
}

struct value entry_breaks_transparency(const struct setting *s, const struct run *r)
{
	struct value given = premises(s, &r[1], true), broken;
	struct arena *scratch = arena_new();
	struct domain *d = s->domain;
	struct entered e;

	e = enter(s, scratch, &r[1]);
	if (s->isa->recover) {
		struct value back = recover(s, scratch, &r[1], e.slots);

		broken = value_or(d, value_not(d, back), lost(s, &r[1], e.slots));
	} else {
		broken = lost(s, &r[1], e.slots);
	}
	suppose_nothing(s);
	arena_free(scratch);
	return value_and(d, given, value_and(d, e.completes, broken));
}

/* The machine takes an interrupt in this state. */
static struct value interrupts(const struct setting *s, struct arena *arena, const struct run *r, const struct value *slots)
{
	struct walk_input input = input_of(s, r);
	struct outcome o;

	if (!s->isa->interrupt)
		return value_const(0, 0);
	input.start = slots;
	o = walk_call(arena, &input, s->isa->interrupt, NULL, copy_of(s, arena, slots), NULL);
	return value_or(s->domain, o.trap, o.fault);
}

struct value entry_misses_monitor(const struct setting *s, const struct run *r)
{
	struct value given = premises(s, &r[1], true), away, stopped;
	struct arena *scratch = arena_new();
	struct domain *d = s->domain;
	struct entered e;

	e = enter(s, scratch, &r[1]);
	stopped = value_eq(d, e.slots[s->isa->waiting], value_const(1, 1));
	away = value_not(d, is_level(s, e.slots[s->isa->mode], s->scenario->monitor));
	if (!value_is(away, 0))
		away = value_and(d, away, value_not(d, interrupts(s, scratch, &r[1], e.slots)));
	suppose_nothing(s);
	arena_free(scratch);
	return value_and(d, given, value_and(d, e.completes, value_or(d, stopped, away)));
}

struct value entry_breaks_invariant(const struct setting *s, const struct run *r)
{
	struct arena *scratch = arena_new();
	struct entered e;
	struct value broken;

	e = enter(s, scratch, &r[0]);
	broken = invariant_broken(s, &r[0], e.slots);
	arena_free(scratch);
	return value_and(s->domain, r[0].legal, value_and(s->domain, e.completes, broken));
}

struct value raises_cause(const struct setting *s, const struct run *r)
{
	struct domain *d = s->domain;
	const struct outcome *o = &r[1].o;

	struct value trapped = s->isa->pure_translation ? value_or(d, o->trap, o->fault) : o->trap; /* else a fault has no cause of its own */

	return value_and(d, r[1].legal, value_and(d, trapped, value_eq(d, o->cause, value_const(s->cause->value, o->cause.width))));
}

json_t *entry_losses(const struct setting *s, const struct run *runs)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < s->isa->component_count; i++) {
		struct setting one = *s;

		one.only = &s->isa->components[i];
		if (value_is(entry_breaks_transparency(&one, runs), 1))
			json_array_append_new(list, json_string(s->isa->components[i].name));
	}
	if (!json_array_size(list))
		json_array_append_new(list, json_string("memory"));
	return list;
}
