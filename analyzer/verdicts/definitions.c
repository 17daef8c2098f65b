/* The definitions of theory.md section 3, each as a predicate over runs. Every one is true of a state (or pair) that
 * shows the instruction to be of its kind. */
#include "analysis.h"

struct value is_level(const struct setting *s, struct value mode, unsigned level)
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

struct value component_differs(const struct setting *s, unsigned component, struct value a, struct value b, bool somewhere)
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
			any = value_or(s->domain, any, component_differs(s, i, r->start[i], r->o.slots[i], false));
	}
	return any;
}

enum { SOMEWHERE_BEFORE = 0x5eed, SOMEWHERE_AFTER };

/* The real address of `va` for a load in these slots, and whether the description allows it. */
static struct value described_address(const struct setting *s, const struct value *slots, struct value va, struct value *allowed)
{
	struct arena *scratch = arena_new();
	struct walk_input input = {.domain = s->domain, .isa = s->isa, .model = MEMORY_VIEW, .view = slots, .start = slots};
	struct value args[3] = {slots[s->isa->mode], va, value_const(ACCESS_LOAD, 2)};
	struct value pa = walk_function(scratch, &input, s->isa->translate, args, allowed);

	arena_free(scratch);
	return pa;
}

/* The memory that the program sees: some word that both states let it see has become another. Words stand in the first state's
 * places. A translation that reads memory says nothing of who sees what: there, all words count. */
static struct value memory_differs(const struct setting *s, const struct run *a, const struct run *b)
{
	unsigned memory = s->isa->component_count + SLOT_MEMORY;
	const struct memory *m = &s->isa->memory;
	struct value x = a->o.slots[memory], y = b->o.slots[memory], va, at, allowed[2];
	struct domain *d = s->domain;

	if (value_same(x, y))
		return value_const(0, 0);
	if (!s->isa->pure_translation || !s->isa->translate)
		return d->arrays_differ(d, x, y, m->address, m->unit, true);
	va = d->unknown(d, SOMEWHERE_BEFORE, m->virtual_address, 0);
	at = described_address(s, a->start, va, &allowed[0]);
	described_address(s, b->start, va, &allowed[1]);
	x = value_not(d, value_eq(d, d->select(d, x, at, m->unit), d->select(d, y, at, m->unit)));
	return value_and(d, x, value_and(d, allowed[0], allowed[1]));
}

/* After runs that ended with other relocations or modes, the program may see another memory: at some virtual address that both
 * states allow, other words stand. Only a translation that reads no memory can say. */
static struct value views_differ(const struct setting *s, const struct run *a, const struct run *b)
{
	const struct isa *isa = s->isa;
	unsigned memory = isa->component_count + SLOT_MEMORY;
	struct domain *d = s->domain;
	struct value at[2], allowed[2], va, differ, moved = value_const(0, 0);

	for (unsigned i = 0; i < isa->component_count; i++)
		if (role_in(isa, s->scenario, i) == ROLE_RELOCATION || role_in(isa, s->scenario, i) == ROLE_MODE)
			moved = value_or(d, moved, component_differs(s, i, a->o.slots[i], b->o.slots[i], false));
	if (value_is(moved, 0) || !isa->pure_translation || !isa->translate)
		return value_const(0, 0);
	va = d->unknown(d, SOMEWHERE_AFTER, isa->memory.virtual_address, 0);
	at[0] = described_address(s, a->o.slots, va, &allowed[0]);
	at[1] = described_address(s, b->o.slots, va, &allowed[1]);
	differ = value_not(d, value_eq(d, d->select(d, a->o.slots[memory], at[0], isa->memory.unit),
				       d->select(d, b->o.slots[memory], at[1], isa->memory.unit)));
	return value_and(d, moved, value_and(d, differ, value_and(d, allowed[0], allowed[1])));
}

/* Two states *agree* when general, pc and the memory that the program sees are equal (extended profile: control too). */
static struct value results_differ(const struct setting *s, const struct run *a, const struct run *b, bool control)
{
	struct value any = value_const(0, 0);

	for (unsigned i = 0; i < s->isa->component_count; i++) {
		enum role role = role_in(s->isa, s->scenario, i);

		if (role == ROLE_GENERAL || role == ROLE_PC || (role == ROLE_CONTROL && control))
			any = value_or(s->domain, any, component_differs(s, i, a->o.slots[i], b->o.slots[i], true));
	}
	return value_or(s->domain, any, memory_differs(s, a, b));
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
			any = value_or(s->domain, any, component_differs(s, i, r->start[i], r->o.slots[i], false));
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
