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

/* The trap comes to the monitor when the instruction is complete: it was executed directly, and the monitor hands the trap on. */
static struct value handed_on(const struct setting *s, const struct run *real)
{
	return value_and(s->domain, walk_complete(s->domain, s->isa, &real->o), is_level(s, real->o.target, s->scenario->monitor));
}

struct value runs_directly(const struct setting *s, const struct run *r)
{
	struct value trapped = value_or(s->domain, delivered(s, real_of(r)), handed_on(s, real_of(r)));

	return value_and(s->domain, both_legal(s, r), value_or(s->domain, real_of(r)->o.done, trapped));
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

/* How direct execution of an instruction ends, and what it leaves to compare. */
enum ending {
	ENDS_DONE,
	ENDS_HANDED_ON, /* a complete trap: what it did to registers, before trap entry; stores are undone */
	ENDS_DELIVERED  /* the state after trap entry */
};

/* What has become of a component or an extra slot, in one machine. */
static struct value after(const struct setting *s, const struct run *r, unsigned i, enum ending end)
{
	if (end == ENDS_DELIVERED)
		return r->entered[i];
	if (end == ENDS_HANDED_ON)
		return r->o.kept && i < s->isa->component_count ? r->o.kept[i] : r->start[i];
	return r->o.slots[i];
}

static bool is_the_monitors(enum role role)
{
	return role == ROLE_RELOCATION || role == ROLE_CONTROL || role == ROLE_TIMING || role == ROLE_DEVICE;
}

/* Direct execution may change the mode between levels that keep theirs and share one composition: then the real machine is f of the
 * virtual one without the monitor. Every other change of mode breaks the square. */
static struct value mode_breaks(const struct setting *s, const struct run *r, enum ending end)
{
	unsigned m = s->isa->mode;
	struct domain *d = s->domain;
	struct value v = after(s, virtual_of(r), m, end), real = after(s, real_of(r), m, end);
	struct value good = value_and(d, value_eq(d, v, virtual_of(r)->start[m]), value_eq(d, real, real_of(r)->start[m]));

	for (unsigned l = 0; s->alongside && l < s->isa->level_count; l++)
		if (s->alongside[l])
			good = value_or(d, good, value_and(d, is_level(s, v, l), is_level(s, real, l)));
	return value_not(d, good);
}

/* Component i of the real machine has changed although it is the monitor's. */
static struct value real_changes(const struct setting *s, const struct run *r, unsigned i, enum ending end)
{
	enum role role = role_in(s->isa, s->scenario, i);
	const struct run *real = real_of(r);
	struct value changed;

	if (role == ROLE_PROCESSOR && s->options->processor && end != ENDS_DELIVERED)
		return value_eq(s->domain, after(s, real, i, end), value_const(1, 1));
	if (!is_the_monitors(role) && (role != ROLE_MODE || end == ENDS_DELIVERED))
		return no();
	changed = component_differs(s, i, real->start[i], after(s, real, i, end), false);
	return role == ROLE_MODE ? value_and(s->domain, changed, mode_breaks(s, r, end)) : changed;
}

/* Component i breaks the square on the virtual machine's side: it changed there without the monitor's knowledge, or the machines
 * do not agree on it. */
static struct value virtual_breaks(const struct setting *s, const struct run *r, unsigned i, enum ending end)
{
	enum role role = role_in(s->isa, s->scenario, i);
	const struct run *v = virtual_of(r), *real = real_of(r);
	struct value changed;

	if (role == ROLE_GENERAL || role == ROLE_PC)
		return component_differs(s, i, after(s, v, i, end), after(s, real, i, end), true);
	if (role == ROLE_MODE && end == ENDS_DELIVERED)
		return value_not(s->domain, mapped_level(s, after(s, v, i, ENDS_DELIVERED), after(s, real, i, ENDS_DELIVERED)));
	if (!is_the_monitors(role) && role != ROLE_MODE)
		return no();
	changed = component_differs(s, i, v->start[i], after(s, v, i, end), false);
	return role == ROLE_MODE ? value_and(s->domain, changed, mode_breaks(s, r, end)) : changed;
}

static struct value storage_differs(const struct setting *s, struct value a, struct value b)
{
	if (value_same(a, b))
		return no();
	return s->domain->arrays_differ(s->domain, a, b, s->isa->memory.address, s->isa->memory.unit, true);
}

static struct value memory_breaks(const struct setting *s, const struct run *r, enum ending end)
{
	unsigned m = extra_slot(s, SLOT_MEMORY);

	return storage_differs(s, after(s, virtual_of(r), m, end), after(s, real_of(r), m, end));
}

static struct value host_storage_changes(const struct setting *s, const struct run *r, enum ending end)
{
	unsigned m = extra_slot(s, SLOT_HOST);

	return storage_differs(s, real_of(r)->start[m], after(s, real_of(r), m, end));
}

static struct value device_written(const struct setting *s, const struct run *r, enum ending end)
{
	return after(s, r, extra_slot(s, SLOT_DEVICE_WRITTEN), end);
}

/* Everything that the real machine must keep while a guest has it: resource control. */
static struct value real_breaks(const struct setting *s, const struct run *r, enum ending end)
{
	struct value any = value_or(s->domain, device_written(s, real_of(r), end), host_storage_changes(s, r, end));

	for (unsigned i = 0; i < s->isa->component_count; i++)
		any = value_or(s->domain, any, real_changes(s, r, i, end));
	return any;
}

static struct value breaks_after(const struct setting *s, const struct run *r, enum ending end)
{
	struct value any = value_or(s->domain, real_breaks(s, r, end), memory_breaks(s, r, end));

	any = value_or(s->domain, any, device_written(s, virtual_of(r), end));
	for (unsigned i = 0; i < s->isa->component_count; i++)
		any = value_or(s->domain, any, virtual_breaks(s, r, i, end));
	return any;
}

/* The virtual machine does not take the trap that the real one took. */
static struct value other_trap(const struct setting *s, const struct run *r)
{
	const struct outcome *v = &virtual_of(r)->o, *real = &real_of(r)->o;
	struct domain *d = s->domain;
	struct value same = value_and(d, value_eq(d, v->cause, real->cause), value_eq(d, v->value, real->value));

	return value_not(d, value_and(d, v->trap, same));
}

/* if i(Sr) is done(Sr'), then i(Sv) is done(Sv') and f(Sv') = Sr', and mode, relocation, control, timing and device fields are
 * unchanged on both sides. A trap that the real machine delivers by itself must be one of the virtual machine too, and lead to states
 * that f relates. One that is handed on must be the virtual machine's, from states that f relates. */
struct value breaks_square(const struct setting *s, const struct run *r)
{
	struct domain *d = s->domain;
	const struct run *v = virtual_of(r), *real = real_of(r);
	struct value done = value_or(d, value_not(d, v->o.done), breaks_after(s, r, ENDS_DONE));
	struct value handed = handed_on(s, real), sent = delivered(s, real);

	done = value_and(d, real->o.done, done);
	if (!value_is(handed, 0))
		handed = value_and(d, handed, value_or(d, other_trap(s, r), breaks_after(s, r, ENDS_HANDED_ON)));
	if (!value_is(sent, 0))
		sent = value_and(d, sent, value_or(d, value_not(d, stops(s, v)), breaks_after(s, r, ENDS_DELIVERED)));
	return value_and(d, both_legal(s, r), value_or(d, done, value_or(d, handed, sent)));
}

/* The trap itself took the real mode elsewhere: not within the guest's levels, it is lost. */
static struct value mode_is_lost(const struct setting *s, const struct run *r)
{
	unsigned m = s->isa->mode;

	return value_not(s->domain, mapped_level(s, virtual_of(r)->entered[m], real_of(r)->entered[m]));
}

struct value breaks_control(const struct setting *s, const struct run *r)
{
	struct domain *d = s->domain;
	const struct run *real = real_of(r);
	struct value done = value_and(d, real->o.done, real_breaks(s, r, ENDS_DONE));
	struct value handed = handed_on(s, real), sent = delivered(s, real);

	if (!value_is(handed, 0))
		handed = value_and(d, handed, real_breaks(s, r, ENDS_HANDED_ON));
	if (!value_is(sent, 0))
		sent = value_and(d, sent, value_or(d, real_breaks(s, r, ENDS_DELIVERED), mode_is_lost(s, r)));
	return value_and(d, both_legal(s, r), value_or(d, done, value_or(d, handed, sent)));
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

	trapped = value_and(s->domain, trapped, value_not(s->domain, walk_complete(s->domain, s->isa, &real->o)));
	for (unsigned i = 0; real->o.kept && i < s->isa->component_count; i++)
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

static void add_components(json_t *list, const struct setting *s, const struct run *r, enum ending end)
{
	for (unsigned i = 0; i < s->isa->component_count; i++) {
		const char *name = s->isa->components[i].name;
		enum role role = role_in(s->isa, s->scenario, i);

		if (holds_now(real_changes(s, r, i, end)))
			add(list, name, role == ROLE_PROCESSOR ? "the real processor stops" : "changed in the real machine, where it is the monitor's");
		if (!holds_now(virtual_breaks(s, r, i, end)))
			continue;
		if (role == ROLE_GENERAL || role == ROLE_PC)
			add(list, name, "other in the real machine than in the virtual one");
		else if (role == ROLE_MODE && end == ENDS_DELIVERED)
			add(list, name, "the real level is not the one that the map gives for the virtual level");
		else
			add(list, name, "changes in the virtual machine, and the monitor is not told");
	}
}

static enum ending ending_of(const struct setting *s, const struct run *real)
{
	if (holds_now(real->o.done))
		return ENDS_DONE;
	return holds_now(handed_on(s, real)) ? ENDS_HANDED_ON : ENDS_DELIVERED;
}

/* The virtual machine does not end in the same way; NULL if it does. */
static const char *other_ending(const struct setting *s, const struct run *r, enum ending end)
{
	switch (end) {
	case ENDS_DONE: return holds_now(virtual_of(r)->o.done) ? NULL : "the virtual machine traps, and the real one goes on";
	case ENDS_HANDED_ON:
		return holds_now(other_trap(s, r)) ? "the real machine's trap, which comes when the instruction is complete, is not the virtual one's" : NULL;
	case ENDS_DELIVERED:
		return holds_now(stops(s, virtual_of(r))) ? NULL : "the real machine traps, but not to the monitor, and the virtual one goes on";
	}
	return NULL;
}

json_t *square_differences(const struct setting *s, const struct run *r)
{
	json_t *list = json_array();
	enum ending end = ending_of(s, real_of(r));
	const char *other = other_ending(s, r, end);

	if (other) {
		add(list, "outcome", other);
		return list;
	}
	if (end == ENDS_DELIVERED && !real_of(r)->entered)
		return list;
	add_components(list, s, r, end);
	if (holds_now(memory_breaks(s, r, end)))
		add(list, "memory", "other in the real machine than in the virtual one");
	if (holds_now(host_storage_changes(s, r, end)))
		add(list, "host storage", "written by the real machine");
	if (holds_now(device_written(s, real_of(r), end)) || holds_now(device_written(s, virtual_of(r), end)))
		add(list, "device", "written, and the monitor is not told");
	return list;
}
