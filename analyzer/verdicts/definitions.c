/* The definitions of theory.md section 3, each as a predicate over runs. Every one is true of a state (or pair) that
 * shows the instruction to be of its kind. */
#include "analysis.h"

static struct value is_level(const struct setting *s, struct value mode, unsigned level)
{
	return value_eq(s->domain, mode, value_const(s->isa->levels[level].value, s->isa->level_width));
}

struct value at_levels(const struct setting *s, const struct run *r, const bool *levels)
{
	struct value any = value_const(0, 0);

	for (unsigned v = 0; v < s->isa->level_count; v++)
		if (levels[v])
			any = value_or(s->domain, any, is_level(s, r->start[s->isa->mode], v));
	return any;
}

static struct value slots_differ(const struct setting *s, unsigned component, struct value a, struct value b, bool somewhere)
{
	const struct component *c = &s->isa->components[component];

	if (value_same(a, b))
		return value_const(0, 0);
	if (c->count)
		return s->domain->arrays_differ(s->domain, a, b, index_width(c->count), c->width, somewhere);
	return value_not(s->domain, value_eq(s->domain, a, b));
}

/* Some component of these roles is other after than before. */
static struct value changes(const struct setting *s, const struct run *r, bool mode, bool relocation, bool control)
{
	struct value any = value_const(0, 0);

	for (unsigned i = 0; i < s->isa->component_count; i++) {
		enum role role = role_in(s->isa, s->scenario, i);

		if ((role == ROLE_MODE && mode) || (role == ROLE_RELOCATION && relocation) || (role == ROLE_CONTROL && control))
			any = value_or(s->domain, any, slots_differ(s, i, r->start[i], r->o.slots[i], false));
	}
	return any;
}

/* Two states *agree* when general, pc and the memory that the program sees are equal (extended profile: control too). */
static struct value results_differ(const struct setting *s, const struct run *a, const struct run *b, bool control)
{
	unsigned memory = s->isa->component_count + SLOT_MEMORY;
	const struct memory *m = &s->isa->memory;
	struct value any = value_const(0, 0);

	for (unsigned i = 0; i < s->isa->component_count; i++) {
		enum role role = role_in(s->isa, s->scenario, i);

		if (role == ROLE_GENERAL || role == ROLE_PC || (role == ROLE_CONTROL && control))
			any = value_or(s->domain, any, slots_differ(s, i, a->o.slots[i], b->o.slots[i], true));
	}
	if (!value_same(a->o.slots[memory], b->o.slots[memory]))
		any = value_or(s->domain, any,
			       s->domain->arrays_differ(s->domain, a->o.slots[memory], b->o.slots[memory], m->address, m->unit, true));
	return any;
}

enum { SOMEWHERE = 0x5eed };

/* After runs that ended with other relocations or modes, the program may see another memory: at some virtual address that both
 * states allow, other words stand. Only a translation that reads no memory can say. */
static struct value views_differ(const struct setting *s, const struct run *a, const struct run *b)
{
	const struct isa *isa = s->isa;
	struct domain *d = s->domain;
	const struct run *runs[2] = {a, b};
	struct value args[3], allowed[2], word[2], moved = value_const(0, 0);
	struct arena *scratch;

	for (unsigned i = 0; i < isa->component_count; i++)
		if (role_in(isa, s->scenario, i) == ROLE_RELOCATION || role_in(isa, s->scenario, i) == ROLE_MODE)
			moved = value_or(d, moved, slots_differ(s, i, a->o.slots[i], b->o.slots[i], false));
	if (value_is(moved, 0) || !isa->pure_translation || !isa->translate)
		return value_const(0, 0);
	scratch = arena_new();
	args[1] = d->unknown(d, SOMEWHERE, isa->memory.virtual_address, 0);
	args[2] = value_const(ACCESS_LOAD, 2);
	for (unsigned r = 0; r < 2; r++) {
		struct value *slots = runs[r]->o.slots;
		struct walk_input input = {.domain = d, .isa = isa, .model = MEMORY_VIEW, .view = slots, .start = slots};
		struct value pa;

		args[0] = slots[isa->mode];
		pa = walk_function(scratch, &input, isa->translate, args, &allowed[r]);
		word[r] = d->select(d, slots[isa->component_count + SLOT_MEMORY], pa, isa->memory.unit);
	}
	arena_free(scratch);
	word[0] = value_and(d, value_and(d, allowed[0], allowed[1]), value_not(d, value_eq(d, word[0], word[1])));
	return value_and(d, moved, word[0]);
}

static struct value both_done(const struct setting *s, const struct run *a, const struct run *b)
{
	struct value legal = value_and(s->domain, a->legal, b->legal);

	return value_and(s->domain, legal, value_and(s->domain, a->o.done, b->o.done));
}

/* The trap gives control to the monitor only if the monitor runs where the trap goes. */
static struct value traps_to_monitor(const struct setting *s, const struct run *r)
{
	return value_and(s->domain, r->o.trap, is_level(s, r->o.target, s->scenario->monitor));
}

static struct value escapes(const struct setting *s, const struct run *r)
{
	return value_not(s->domain, value_or(s->domain, r->o.fault, traps_to_monitor(s, r)));
}

struct value completes(const struct setting *s, const struct run *r)
{
	return value_and(s->domain, r->legal, r->o.done);
}

/* privileged: some S[v] gives done; and whenever S[v] gives done and S[phi(v)] does not fault, S[phi(v)] traps to the
 * monitor's level. This is a state where it does not. */
struct value refuses_privilege(const struct setting *s, const struct run *r)
{
	struct value done = value_and(s->domain, completes(s, &r[0]), r[1].legal);

	return value_and(s->domain, done, escapes(s, &r[1]));
}

struct value shares_trap(const struct setting *s, const struct run *r)
{
	struct value done = value_and(s->domain, completes(s, &r[0]), r[1].legal);

	return value_and(s->domain, done, traps_to_monitor(s, &r[1]));
}

struct value traps_at_level(const struct setting *s, const struct run *r)
{
	return value_and(s->domain, r->legal, r->o.trap);
}

/* control-sensitive: done(S') with another mode or relocation (extended: or control). */
struct value changes_control(const struct setting *s, const struct run *r)
{
	return value_and(s->domain, completes(s, r), changes(s, r, true, true, s->profile == PROFILE_EXTENDED));
}

/* behaviour-sensitive: both done, each keeping its own mode and relocation, whose results do not agree. */
struct value disagrees(const struct setting *s, const struct run *r)
{
	struct value kept = value_not(s->domain, value_or(s->domain, changes(s, &r[0], true, true, false),
							   changes(s, &r[1], true, true, false)));

	return value_and(s->domain, value_and(s->domain, both_done(s, &r[0], &r[1]), kept),
			 results_differ(s, &r[0], &r[1], s->profile == PROFILE_EXTENDED));
}

/* configuration-sensitive: two states that differ only in control, both done, whose results do not agree. Control itself
 * differs from the start, so only what the program sees is compared. */
struct value disagrees_by_configuration(const struct setting *s, const struct run *r)
{
	return value_and(s->domain, both_done(s, &r[0], &r[1]),
			 value_or(s->domain, results_differ(s, &r[0], &r[1], false), views_differ(s, &r[0], &r[1])));
}

struct value disagrees_by_time(const struct setting *s, const struct run *r)
{
	return value_and(s->domain, both_done(s, &r[0], &r[1]),
			 value_or(s->domain, results_differ(s, &r[0], &r[1], true), views_differ(s, &r[0], &r[1])));
}

/* device-sensitive, second half: writing a device counts. A component of role device is one, and so is a port. */
struct value writes_device(const struct setting *s, const struct run *r)
{
	struct value any = r->o.slots[s->isa->component_count + SLOT_DEVICE_WRITTEN];

	for (unsigned i = 0; i < s->isa->component_count; i++)
		if (role_in(s->isa, s->scenario, i) == ROLE_DEVICE)
			any = value_or(s->domain, any, slots_differ(s, i, r->start[i], r->o.slots[i], false));
	return value_and(s->domain, completes(s, r), any);
}

/* The processor as a resource: the instruction stops it. */
struct value takes_processor(const struct setting *s, const struct run *r)
{
	return value_and(s->domain, completes(s, r), value_eq(s->domain, r->o.slots[s->isa->waiting], value_const(1, 1)));
}

/* guarded: in every state in which it acts sensitively at v, it traps at phi(v). These are states where it does not. */
static struct value unguarded(const struct setting *s, struct value acts, const struct run *deprivileged)
{
	return value_and(s->domain, value_and(s->domain, acts, deprivileged->legal), escapes(s, deprivileged));
}

struct value unguarded_control(const struct setting *s, const struct run *r)
{
	return unguarded(s, changes_control(s, &r[0]), &r[1]);
}

struct value unguarded_device(const struct setting *s, const struct run *r)
{
	return unguarded(s, writes_device(s, &r[0]), &r[1]);
}

struct value unguarded_processor(const struct setting *s, const struct run *r)
{
	return unguarded(s, takes_processor(s, &r[0]), &r[1]);
}

struct value unguarded_pair(const struct setting *s, const struct run *r)
{
	return unguarded(s, disagrees(s, r), &r[2]);
}

struct value unguarded_configuration(const struct setting *s, const struct run *r)
{
	return unguarded(s, disagrees_by_configuration(s, r), &r[2]);
}

struct value unguarded_time(const struct setting *s, const struct run *r)
{
	return unguarded(s, disagrees_by_time(s, r), &r[2]);
}
