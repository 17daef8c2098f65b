/* What the description says of how a monitor composes relocation (scenario: composition), as far as proofs need it. */
#include "analysis.h"

#include <string.h>

static bool keeps_level(const struct scenario *s, unsigned v)
{
	return s->map[v] == (int)v && !s->deprivileged[v];
}

static bool composes_nothing(const struct isa *isa, const struct scenario *s)
{
	for (unsigned i = 0; i < isa->component_count; i++)
		if (isa->components[i].role == ROLE_RELOCATION && !s->pass_through[i])
			return false;
	return true;
}

/* The guest's relocation, named constants, and all else. */
static struct value *any_state(struct arena *arena, struct solver *solver, const struct isa *isa)
{
	struct value *slots = ARENA_ARRAY(arena, struct value, slot_count(isa));

	for (unsigned i = 0; i < isa->component_count; i++) {
		const struct component *c = &isa->components[i];

		slots[i] = c->count ? solver_array(solver, c->name, index_width(c->count), c->width) : solver_constant(solver, c->name, c->width);
	}
	for (unsigned e = 0; e < SLOT_EXTRAS; e++)
		slots[isa->component_count + e] = value_const(0, 0);
	slots[isa->component_count + SLOT_MEMORY] = solver_array(solver, "memory", isa->memory.address, isa->memory.unit);
	return slots;
}

static struct value *composed_for(struct arena *arena, struct solver *solver, const struct isa *isa, const struct scenario *s, unsigned level)
{
	struct value *slots = any_state(arena, solver, isa);
	const struct ir_function *f = s->composition.relocate;
	struct walk_input input = {.domain = solver_domain(solver), .isa = isa, .model = MEMORY_REAL, .view = slots, .start = slots};
	struct value args[3] = {value_const(isa->levels[level].value, isa->level_width), solver_constant(solver, "base", f->locals[1].width),
				solver_constant(solver, "size", f->locals[2].width)};

	walk_call(arena, &input, f, args, slots, NULL);
	return slots;
}

static bool same_composition(struct arena *arena, const struct isa *isa, const struct scenario *s, unsigned v, unsigned other,
			     const struct options *options)
{
	struct solver *solver = solver_new(options->rlimit);
	struct setting setting = {.domain = solver_domain(solver), .isa = isa, .scenario = s};
	struct value *a = composed_for(arena, solver, isa, s, v), *b = composed_for(arena, solver, isa, s, other), differ = value_const(0, 0);
	struct model *model;
	bool same;

	solver_listen(solver, options->listener);
	solver_topic(solver, "composition %s %s %s\nclaim: the monitor composes the same relocation for both levels", s->name, isa->levels[v].name,
		     isa->levels[other].name);
	for (unsigned i = 0; i < isa->component_count; i++)
		if (isa->components[i].role == ROLE_RELOCATION)
			differ = value_or(setting.domain, differ, component_differs(&setting, i, a[i], b[i], true));
	same = solver_check(solver, differ, &model) == ANSWER_UNSAT;
	solver_free(solver);
	return same;
}

bool *levels_alongside(struct arena *arena, const struct isa *isa, const struct scenario *s, unsigned v, const struct options *options)
{
	bool *levels = ARENA_ARRAY(arena, bool, isa->level_count);

	for (unsigned l = 0; l < isa->level_count; l++) {
		if (l == v || !keeps_level(s, v) || !keeps_level(s, l))
			continue;
		levels[l] = composes_nothing(isa, s) || (s->composition.relocate && same_composition(arena, isa, s, v, l, options));
	}
	return levels;
}
