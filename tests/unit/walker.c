/* The one walker in both domains: in a random state, what the solver's terms say of an instruction is what the evaluator
 * does. Replay executes the instruction concretely in the model's state; nothing of the symbolic outcome is used for it. */
#include "unit.h"

#include <string.h>

enum { STATES = 12, CELLS = 256 };

struct scene {
	struct arena *arena;
	const struct isa *isa;
	struct solver *s;
	struct template *t;
	struct setting setting;
	struct options options;
	uint64_t random;
	unsigned states, done, trapped, faulted, illegal;
	unsigned long compared;
};

static struct value equal_to_random(struct scene *c, struct value v)
{
	u128 bits = (u128)unit_random(&c->random) << 64 | unit_random(&c->random);

	if (unit_random(&c->random) % 3 == 0)
		bits = bits % 4; /* small numbers meet each other more often */
	return value_eq(solver_domain(c->s), v, value_const(bits, v.width));
}

/* `also` too, if that is possible. */
static struct value likely(struct scene *c, struct value all, struct value also)
{
	struct value both = value_and(solver_domain(c->s), all, also);
	struct model *model;

	return solver_check(c->s, both, &model) == ANSWER_SAT ? both : all;
}

/* Some of the state is given random values; what cannot hold is left out, so that a state remains. */
static struct model *random_state(struct scene *c, const struct run *r)
{
	struct domain *d = solver_domain(c->s);
	struct value all = value_and(d, r->legal, c->t->valid);
	struct model *model = NULL;

	if (solver_check(c->s, all, &model) != ANSWER_SAT)
		return NULL;
	switch (unit_random(&c->random) % 4) { /* faults and traps are met as often as completion, where they are possible */
	case 0: all = likely(c, all, r->o.fault); break;
	case 1: all = likely(c, all, r->o.trap); break;
	case 2: all = likely(c, all, r->o.done); break;
	}
	for (unsigned i = 0; i < 6; i++) {
		struct value more = all;

		for (unsigned v = 0; v < c->t->instruction->variable_count; v++)
			if (c->t->variables[v].term && unit_random(&c->random) % 2)
				more = value_and(d, more, equal_to_random(c, c->t->variables[v]));
		for (unsigned k = 0; k < c->isa->component_count; k++) {
			const struct component *component = &c->isa->components[k];
			struct value index = value_const(unit_random(&c->random) % (component->count ? component->count : 1),
							 index_width(component->count ? component->count : 1));

			if (!r->start[k].term || unit_random(&c->random) % 3)
				continue;
			more = value_and(d, more, equal_to_random(c, component->count ? d->select(d, r->start[k], index, component->width)
										       : r->start[k]));
		}
		if (solver_check(c->s, more, &model) == ANSWER_SAT)
			all = more;
	}
	cr_assert_eq(solver_check(c->s, all, &model), ANSWER_SAT);
	return model;
}

static void same(struct scene *c, struct model *model, struct value symbolic, struct value concrete, const char *what)
{
	u128 wanted = solver_eval(c->s, model, symbolic);

	cr_assert(!concrete.term);
	cr_assert(wanted == concrete.bits, "%s %s: %s is 0x%llx by the solver, 0x%llx by the evaluator", c->isa->name,
		  c->t->instruction->name, what, (unsigned long long)wanted, (unsigned long long)concrete.bits);
	c->compared++;
}

static unsigned slot_index_width(const struct isa *isa, unsigned slot)
{
	if (slot < isa->component_count)
		return index_width(isa->components[slot].count);
	return slot == isa->component_count + SLOT_PORTS ? 16 : isa->memory.address;
}

static void same_slots(struct scene *c, struct model *model, const struct run *r, const struct run *w)
{
	struct domain *d = solver_domain(c->s);

	for (unsigned i = 0; i < slot_count(c->isa); i++) {
		struct touched cells[CELLS];
		unsigned count;

		if (!w->o.slots[i].term) {
			same(c, model, r->o.slots[i], w->o.slots[i], i < c->isa->component_count ? c->isa->components[i].name : "a flag");
			continue;
		}
		count = concrete_touched(w->o.slots[i], cells, CELLS);
		for (unsigned k = 0; k < count; k++) {
			struct value index = value_const(cells[k].index, slot_index_width(c->isa, i));

			same(c, model, d->select(d, r->o.slots[i], index, w->o.slots[i].width),
			     value_const(cells[k].now, w->o.slots[i].width), "an element after");
			same(c, model, d->select(d, r->start[i], index, w->o.slots[i].width),
			     value_const(cells[k].before, w->o.slots[i].width), "an element before");
		}
	}
}

static bool is_complete(const struct isa *isa, u128 cause)
{
	for (unsigned i = 0; i < isa->cause_count; i++)
		if (isa->causes[i].complete && isa->causes[i].value == cause)
			return true;
	return false;
}

static void compare_state(struct scene *c, bool own_view)
{
	struct run r = template_run(c->t, c->t->start, own_view ? c->t->start : c->t->view, c->t->inputs, value_const(1, 8), false);
	struct model *model = random_state(c, &r);
	struct witness *w = model ? replay(c->t, &c->setting, model, &r, 1, NULL) : NULL;
	struct run *e;

	if (!model)
		return;
	cr_assert(w, "%s %s", c->isa->name, c->t->instruction->name);
	e = &w->runs[0];
	cr_assert_eq(e->o.done.bits + e->o.fault.bits + e->o.trap.bits, 1, "%s: done, fault or trap", c->t->instruction->name);
	same(c, model, r.legal, e->legal, "legal");
	same(c, model, r.o.done, e->o.done, "done");
	same(c, model, r.o.fault, e->o.fault, "fault");
	same(c, model, r.o.trap, e->o.trap, "trap");
	if (e->o.trap.bits) {
		same(c, model, r.o.target, e->o.target, "the level of the trap");
		same(c, model, r.o.cause, e->o.cause, "the cause");
		same(c, model, r.o.value, e->o.value, "the trap's value");
	}
	if (e->o.done.bits)
		same_slots(c, model, &r, e);
	for (unsigned i = 0; i < c->isa->component_count && e->o.trap.bits; i++)
		if ((c->isa->components[i].keeps || is_complete(c->isa, e->o.cause.bits)) && !e->o.kept[i].term)
			same(c, model, r.o.kept[i], e->o.kept[i], "what the trap keeps");
	c->states++;
	c->done += e->o.done.bits;
	c->trapped += e->o.trap.bits;
	c->faulted += e->o.fault.bits;
}

/* theory.md section 1: an instruction completes, faults or traps, and only one of them. */
static void exactly_one_outcome(struct scene *c)
{
	struct domain *d = solver_domain(c->s);
	const struct outcome *o = &c->t->outcome;
	struct value pairs[4] = {value_and(d, o->done, o->fault), value_and(d, o->done, o->trap), value_and(d, o->fault, o->trap),
				 value_not(d, value_or(d, o->done, value_or(d, o->fault, o->trap)))};
	struct model *model;

	for (unsigned i = 0; i < 4; i++)
		cr_assert_eq(solver_check(c->s, value_and(d, pairs[i], value_and(d, c->t->valid, c->t->invariant)), &model), ANSWER_UNSAT,
			     "%s %s: row %u", c->isa->name, c->t->instruction->name, i);
}

/* The evaluator's own opinion on what is legal: invariants, levels, encodings. It must refuse what the template refuses. */
static void refuses_illegal(struct scene *c)
{
	struct run r = template_run(c->t, c->t->start, c->t->view, c->t->inputs, value_const(1, 8), false);
	struct model *model;
	struct witness *w;

	if (c->t->variant >= 0) /* the template's own notion of legal is narrower there: the part of the range */
		return;
	if (solver_check(c->s, value_not(solver_domain(c->s), r.legal), &model) != ANSWER_SAT)
		return;
	w = replay(c->t, &c->setting, model, &r, 1, NULL);
	cr_assert(w && !w->runs[0].legal.bits, "%s %s: an illegal state counts as legal", c->isa->name, c->t->instruction->name);
	c->illegal++;
}

static void compare_instruction(struct scene *c, const struct instruction *i)
{
	struct ranges region, rest;

	c->arena = arena_new();
	c->s = solver_new(0);
	c->options = (struct options){.rlimit = 0};
	region = template_whole(c->arena, i);
	for (unsigned part = 0; part == 0 || (region.count && part < 4); part++) {
		c->t = template_new(c->arena, c->s, c->isa, i, &c->options, region, &rest);
		c->setting = (struct setting){.domain = solver_domain(c->s), .isa = c->isa, .scenario = c->isa->scenarios,
						.profile = PROFILE_EXTENDED, .options = &c->options};
		exactly_one_outcome(c);
		refuses_illegal(c);
		for (unsigned k = 0; k < STATES; k++)
			compare_state(c, k % 2);
		region = rest;
	}
	solver_free(c->s);
	arena_free(c->arena);
}

static void compare_spec(struct scene *c, struct arena *arena, const char *path)
{
	c->isa = unit_load(arena, path);
	for (const struct instruction *i = c->isa->instructions; i; i = i->next)
		compare_instruction(c, i);
}

UNIT(walker, domains_agree_on_g3)
{
	struct arena *arena = arena_new();
	struct scene c = {.random = 88172645463325252u};

	compare_spec(&c, arena, "isa-specs/g3.yaml");
	cr_assert_eq(c.states, STATES * c.isa->instruction_count);
	cr_assert(c.done > 50 && c.trapped > 20 && c.faulted > 5, "%u done, %u trapped, %u faulted", c.done, c.trapped, c.faulted);
	arena_free(arena);
}

UNIT(walker, domains_agree_on_features)
{
	struct arena *arena = arena_new();
	struct scene c = {.random = 2463534242u};
	unsigned specs = 0;

	for (char **path = unit_specs(arena); *path; path++)
		if (!strncmp(*path, "tests/isas/", 11)) {
			compare_spec(&c, arena, *path);
			specs++;
		}
	cr_assert_gt(specs, 20);
	cr_assert(c.done > 500 && c.trapped > 100 && c.faulted > 50, "%u done, %u trapped, %u faulted", c.done, c.trapped, c.faulted);
	cr_assert_gt(c.compared, 10000);
	cr_assert_gt(c.illegal, 5);
	arena_free(arena);
}

/* Two arrays differ if an element does that either of them was asked for; a copy does not follow its original. */
UNIT(concrete, arrays)
{
	struct arena *arena = arena_new();
	struct concrete *c = concrete_new(arena, NULL);
	struct domain *d = concrete_domain(c);
	struct value one = value_const(1, 8), at = value_const(7, 16);

	for (unsigned side = 0; side < 2; side++) {
		struct value a = concrete_array(c, 1, 8), b = concrete_array(c, 1, 8), copy;

		cr_assert(!d->arrays_differ(d, a, b, 16, 8, true).bits);
		d->store(d, side ? a : b, at, one);
		cr_assert(d->arrays_differ(d, a, b, 16, 8, true).bits && d->arrays_differ(d, b, a, 16, 8, true).bits);
		copy = concrete_domain(c)->copy(concrete_domain(c), side ? a : b);
		cr_assert(!d->arrays_differ(d, copy, side ? a : b, 16, 8, true).bits && d->select(d, copy, at, 8).bits == 1);
		d->store(d, side ? a : b, at, value_const(2, 8));
		cr_assert_eq(d->select(d, copy, at, 8).bits, 1);
		d->store(d, copy, value_const(8, 16), one);
		cr_assert_eq(d->select(d, side ? a : b, value_const(8, 16), 8).bits, 0);
		d->store(d, side ? b : a, at, value_const(2, 8));
		cr_assert(!d->arrays_differ(d, a, b, 16, 8, true).bits);
	}
	arena_free(arena);
}

/* Replay does not believe the solver: a predicate that the model does not make true is no witness. */
UNIT(replay, only_what_happens)
{
	struct arena *arena = arena_new();
	const struct isa *isa = unit_load(arena, "isa-specs/g3.yaml");
	static const char *const names[] = {"add", "sie", "load", "spsw", "svc", "out"};
	unsigned confirmed = 0, denied = 0;

	for (unsigned n = 0; n < sizeof names / sizeof *names; n++) {
		struct solver *s = solver_new(0);
		struct options options = {.rlimit = 0};
		struct ranges rest;
		struct template *t = template_new(arena, s, isa, isa_instruction(isa, names[n]), &options, (struct ranges){0, NULL}, &rest);
		struct setting setting = {.domain = solver_domain(s), .isa = isa, .scenario = isa->scenarios,
					  .profile = PROFILE_EXTENDED, .options = &options};
		struct run r = template_run(t, t->start, t->view, t->inputs, value_const(1, 8), false);
		static predicate *const predicates[] = {completes, traps_at_level, changes_control, writes_device, takes_processor};

		for (unsigned p = 0; p < 5; p++)
			for (unsigned other = 0; other < 5; other++) {
				struct value holds = predicates[p](&setting, &r), fails = predicates[other](&setting, &r);
				struct model *model;

				fails = value_not(setting.domain, fails);
				if (solver_check(s, value_and(setting.domain, value_and(setting.domain, holds, fails), t->valid), &model) !=
				    ANSWER_SAT)
					continue;
				cr_assert(replay(t, &setting, model, &r, 1, predicates[p]), "%s", names[n]);
				cr_assert_null(replay(t, &setting, model, &r, 1, predicates[other]), "%s", names[n]);
				confirmed++;
				denied++;
			}
		solver_free(s);
	}
	cr_assert(confirmed >= 10 && denied >= 10, "%u, %u", confirmed, denied);
	arena_free(arena);
}
