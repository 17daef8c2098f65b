/* The commuting square (theory.md section 4), as predicates over two runs of one instruction: run 0 starts in the virtual machine's
 * state Sv, run 1 in the real machine's state Sr = f(Sv). Each is true of a state that breaks what is to be proved. */
#include "analysis.h"

#include <string.h>

static const struct run *virtual_of(const struct run *r)
{
	return &r[0];
}

static const struct run *real_of(const struct run *r)
{
	return &r[1];
}

static struct value no(void)
{
	return value_const(0, 0);
}

static unsigned extra_slot(const struct setting *s, enum extra_slot slot)
{
	return s->isa->component_count + slot;
}

/* --- traps that do not give the monitor control --- */

/* A translation that is not described has no cause of its own: that its faults reach the monitor is another obligation. */
static struct value stops(const struct setting *s, const struct run *r)
{
	return s->isa->pure_translation ? value_or(s->domain, r->o.trap, r->o.fault) : r->o.trap;
}

/* The machine itself delivers the trap, to a level where the monitor is not. */
static struct value delivered(const struct setting *s, const struct run *real)
{
	struct value elsewhere = value_not(s->domain, is_level(s, real->o.target, s->scenario->monitor));

	return value_and(s->domain, stops(s, real), elsewhere);
}

/* What a function of the description says of a run's state before. */
static struct value says(const struct setting *s, const struct run *r, const struct ir_function *f, const struct value *args)
{
	struct arena *scratch = arena_new();
	struct walk_input input = {.domain = s->domain, .isa = s->isa, .inputs = r->inputs, .run = r->number, .model = MEMORY_VIEW,
				   .physical = r->physical, .view = r->view, .start = r->start};
	struct value v = walk_function(scratch, &input, f, args, NULL);

	arena_free(scratch);
	return v;
}

/* Both states are legal, and the monitor would execute directly there. */
static struct value both_legal(const struct setting *s, const struct run *r)
{
	struct value legal = value_and(s->domain, virtual_of(r)->legal, real_of(r)->legal);

	if (!s->scenario->interpret)
		return legal;
	return value_and(s->domain, legal, value_not(s->domain, says(s, virtual_of(r), s->scenario->interpret, NULL)));
}

struct value runs_directly(const struct setting *s, const struct run *r)
{
	return value_and(s->domain, both_legal(s, r), value_or(s->domain, real_of(r)->o.done, delivered(s, real_of(r))));
}

/* --- f(Sv') = Sr' --- */

/* The real level of the virtual machine's level, as f has it. */
static struct value mapped_level(const struct setting *s, struct value mode, struct value real)
{
	struct value same = no();

	for (unsigned v = 0; v < s->isa->level_count; v++)
		if (s->scenario->map[v] >= 0)
			same = value_or(s->domain, same, value_and(s->domain, is_level(s, mode, v), is_level(s, real, (unsigned)s->scenario->map[v])));
	return same;
}

/* What has become of a component, in one machine: after the instruction, or after trap entry. */
static struct value after(const struct run *r, unsigned i, bool entered)
{
	return entered ? r->entered[i] : r->o.slots[i];
}

static bool is_the_monitors(enum role role)
{
	return role == ROLE_RELOCATION || role == ROLE_CONTROL || role == ROLE_TIMING || role == ROLE_DEVICE;
}

/* Direct execution may change the mode between levels that keep theirs and share one composition: then the real machine is f of the
 * virtual one without the monitor. Every other change of mode breaks the square. */
static struct value mode_breaks(const struct setting *s, const struct run *r)
{
	unsigned m = s->isa->mode;
	struct domain *d = s->domain;
	struct value v = virtual_of(r)->o.slots[m], real = real_of(r)->o.slots[m];
	struct value good = value_and(d, value_eq(d, v, virtual_of(r)->start[m]), value_eq(d, real, real_of(r)->start[m]));

	for (unsigned l = 0; s->alongside && l < s->isa->level_count; l++)
		if (s->alongside[l])
			good = value_or(d, good, value_and(d, is_level(s, v, l), is_level(s, real, l)));
	return value_not(d, good);
}

/* Component i of the real machine has changed although it is the monitor's. */
static struct value real_changes(const struct setting *s, const struct run *r, unsigned i, bool entered)
{
	enum role role = role_in(s->isa, s->scenario, i);
	const struct run *real = real_of(r);
	struct value changed;

	if (role == ROLE_PROCESSOR && s->options->processor && !entered)
		return value_eq(s->domain, after(real, i, entered), value_const(1, 1));
	if (!is_the_monitors(role) && (role != ROLE_MODE || entered))
		return no();
	changed = component_differs(s, i, real->start[i], after(real, i, entered), false);
	return role == ROLE_MODE ? value_and(s->domain, changed, mode_breaks(s, r)) : changed;
}

/* Component i breaks the square on the virtual machine's side: it changed there without the monitor's knowledge, or the machines
 * do not agree on it. */
static struct value virtual_breaks(const struct setting *s, const struct run *r, unsigned i, bool entered)
{
	enum role role = role_in(s->isa, s->scenario, i);
	const struct run *v = virtual_of(r), *real = real_of(r);
	struct value changed;

	if (role == ROLE_GENERAL || role == ROLE_PC)
		return component_differs(s, i, after(v, i, entered), after(real, i, entered), true);
	if (role == ROLE_MODE && entered)
		return value_not(s->domain, mapped_level(s, after(v, i, true), after(real, i, true)));
	if (!is_the_monitors(role) && role != ROLE_MODE)
		return no();
	changed = component_differs(s, i, v->start[i], after(v, i, entered), false);
	return role == ROLE_MODE ? value_and(s->domain, changed, mode_breaks(s, r)) : changed;
}

static struct value storage_differs(const struct setting *s, struct value a, struct value b)
{
	if (value_same(a, b))
		return no();
	return s->domain->arrays_differ(s->domain, a, b, s->isa->memory.address, s->isa->memory.unit, true);
}

static struct value memory_breaks(const struct setting *s, const struct run *r, bool entered)
{
	unsigned m = extra_slot(s, SLOT_MEMORY);

	return storage_differs(s, after(virtual_of(r), m, entered), after(real_of(r), m, entered));
}

static struct value host_storage_changes(const struct setting *s, const struct run *r, bool entered)
{
	unsigned m = extra_slot(s, SLOT_HOST);

	return storage_differs(s, real_of(r)->start[m], after(real_of(r), m, entered));
}

static struct value device_written(const struct setting *s, const struct run *r, bool entered)
{
	return after(r, extra_slot(s, SLOT_DEVICE_WRITTEN), entered);
}

/* Everything that the real machine must keep while a guest has it: resource control. */
static struct value real_breaks(const struct setting *s, const struct run *r, bool entered)
{
	struct value any = value_or(s->domain, device_written(s, real_of(r), entered), host_storage_changes(s, r, entered));

	for (unsigned i = 0; i < s->isa->component_count; i++)
		any = value_or(s->domain, any, real_changes(s, r, i, entered));
	return any;
}

static struct value breaks_after(const struct setting *s, const struct run *r, bool entered)
{
	struct value any = value_or(s->domain, real_breaks(s, r, entered), memory_breaks(s, r, entered));

	any = value_or(s->domain, any, device_written(s, virtual_of(r), entered));
	for (unsigned i = 0; i < s->isa->component_count; i++)
		any = value_or(s->domain, any, virtual_breaks(s, r, i, entered));
	return any;
}

/* if i(Sr) is done(Sr'), then i(Sv) is done(Sv') and f(Sv') = Sr', and mode, relocation, control, timing and device fields are
 * unchanged on both sides. A trap that the real machine delivers by itself must be one of the virtual machine too, and lead to states
 * that f relates. */
struct value breaks_square(const struct setting *s, const struct run *r)
{
	struct domain *d = s->domain;
	const struct run *v = virtual_of(r), *real = real_of(r);
	struct value done = value_or(d, value_not(d, v->o.done), breaks_after(s, r, false)), sent = delivered(s, real);

	done = value_and(d, real->o.done, done);
	if (!value_is(sent, 0))
		sent = value_and(d, sent, value_or(d, value_not(d, stops(s, v)), breaks_after(s, r, true)));
	return value_and(d, both_legal(s, r), value_or(d, done, sent));
}

struct value breaks_control(const struct setting *s, const struct run *r)
{
	struct domain *d = s->domain;
	struct value sent = delivered(s, real_of(r)), done = value_and(d, real_of(r)->o.done, real_breaks(s, r, false));

	if (!value_is(sent, 0)) /* the trap itself took the real mode elsewhere: not within the guest's levels, it is lost */
		sent = value_and(d, sent, value_or(d, real_breaks(s, r, true),
						   value_not(d, mapped_level(s, after(virtual_of(r), s->isa->mode, true),
									     after(real_of(r), s->isa->mode, true)))));
	return value_and(d, both_legal(s, r), value_or(d, done, sent));
}

/* --- traps to the monitor --- */

bool must_survive(const struct setting *s, unsigned i)
{
	return role_in(s->isa, s->scenario, i) == ROLE_GENERAL && !s->isa->components[i].saved &&
	       (!s->only || s->only == &s->isa->components[i]);
}

struct value breaks_transparency(const struct setting *s, const struct run *r)
{
	const struct run *real = real_of(r);
	struct value lost = no(), trapped = value_or(s->domain, real->o.trap, real->o.fault);

	for (unsigned i = 0; i < s->isa->component_count; i++)
		if (s->isa->components[i].keeps && must_survive(s, i))
			lost = value_or(s->domain, lost, component_differs(s, i, real->start[i], real->o.kept[i], false));
	return value_and(s->domain, value_and(s->domain, real->legal, trapped), lost);
}

struct value trap_goes(const struct setting *s, const struct run *r, const struct cause *cause)
{
	const struct isa *isa = s->isa;
	struct value args[2] = {value_const(cause->value, isa->cause_width), r->start[isa->mode]};

	return isa->trap_target ? says(s, r, isa->trap_target, args) : value_const(isa->levels[isa->level_count - 1].value, isa->level_width);
}

struct value loses_memory_trap(const struct setting *s, const struct run *r)
{
	const struct run *real = real_of(r);
	struct value any = no();

	for (unsigned i = 0; i < s->isa->cause_count; i++) {
		const struct cause *c = &s->isa->causes[i];

		if (c->fault && (!s->cause || s->cause == c))
			any = value_or(s->domain, any, value_not(s->domain, is_level(s, trap_goes(s, real, c), s->scenario->monitor)));
	}
	return value_and(s->domain, real->legal, any);
}

/* --- invariants --- */

struct value invariant_broken(const struct setting *s, const struct run *r, struct value *slots)
{
	struct run then = *r;
	struct value all = value_const(1, 0);

	then.start = slots;
	for (const struct invariant *v = s->isa->invariants; v; v = v->next)
		all = value_and(s->domain, all, says(s, &then, v->predicate, NULL));
	return value_not(s->domain, all);
}

struct value breaks_invariant(const struct setting *s, const struct run *r)
{
	return value_and(s->domain, completes(s, r), invariant_broken(s, r, r->o.slots));
}

/* --- for the reader: what it was --- */

static void add(json_t *list, const char *place, const char *how)
{
	json_array_append_new(list, json_pack("{s:s, s:s}", "place", place, "how", how));
}

static bool holds_now(struct value v)
{
	return value_is(v, 1);
}

static void add_components(json_t *list, const struct setting *s, const struct run *r, bool entered)
{
	for (unsigned i = 0; i < s->isa->component_count; i++) {
		const char *name = s->isa->components[i].name;
		enum role role = role_in(s->isa, s->scenario, i);

		if (holds_now(real_changes(s, r, i, entered)))
			add(list, name, role == ROLE_PROCESSOR ? "the real processor stops" : "changed in the real machine, where it is the monitor's");
		if (!holds_now(virtual_breaks(s, r, i, entered)))
			continue;
		if (role == ROLE_GENERAL || role == ROLE_PC)
			add(list, name, "other in the real machine than in the virtual one");
		else if (role == ROLE_MODE && entered)
			add(list, name, "the real level is not the one that the map gives for the virtual level");
		else
			add(list, name, "changes in the virtual machine, and the monitor is not told");
	}
}

json_t *square_differences(const struct setting *s, const struct run *r)
{
	json_t *list = json_array();
	bool entered = !holds_now(real_of(r)->o.done);

	if (!entered && !holds_now(virtual_of(r)->o.done)) {
		add(list, "outcome", "the virtual machine traps, and the real one goes on");
		return list;
	}
	if (entered && !holds_now(stops(s, virtual_of(r)))) {
		add(list, "outcome", "the real machine traps, but not to the monitor, and the virtual one goes on");
		return list;
	}
	if (entered && !real_of(r)->entered)
		return list;
	add_components(list, s, r, entered);
	if (holds_now(memory_breaks(s, r, entered)))
		add(list, "memory", "other in the real machine than in the virtual one");
	if (holds_now(host_storage_changes(s, r, entered)))
		add(list, "host storage", "written by the real machine");
	if (holds_now(device_written(s, real_of(r), entered)) || holds_now(device_written(s, virtual_of(r), entered)))
		add(list, "device", "written, and the monitor is not told");
	return list;
}
