#include "analysis.h"

#include <string.h>

const char *const profile_names[] = {"1974", "extended"};
const char *const verdict_names[] = {"proved", "refuted", "undecided", "vacuous"};

static const char *const extra_names[] = {"memory", "host", "ports", NULL, NULL, NULL};

enum role role_in(const struct isa *isa, const struct scenario *s, unsigned component)
{
	enum role role = isa->components[component].role;

	if (s && s->pass_through[component] && role != ROLE_PC && role != ROLE_MODE)
		return ROLE_GENERAL; /* the monitor keeps real = virtual */
	return role;
}

struct value component_constant(struct solver *s, const struct component *c, const char *prefix, const char *suffix)
{
	char name[160];
	struct value v;

	snprintf(name, sizeof name, "%s%s%s", prefix, c->name, suffix);
	if (c->count)
		return solver_array(s, name, index_width(c->count), c->width);
	v = solver_constant(s, name, c->width);
	if (c->role != ROLE_MODE) /* that is what most questions are about */
		solver_usual(s, v, c->reset, false);
	return v;
}

static void make_start(struct template *t)
{
	const struct isa *isa = t->isa;
	unsigned n = isa->component_count;
	const struct memory *m = &isa->memory;

	t->start = ARENA_ARRAY(t->arena, struct value, slot_count(isa));
	t->view = ARENA_ARRAY(t->arena, struct value, slot_count(isa));
	for (unsigned i = 0; i < n; i++) {
		t->start[i] = component_constant(t->solver, &isa->components[i], "", "");
		t->view[i] = component_constant(t->solver, &isa->components[i], "view.", "");
	}
	t->start[isa->waiting] = value_const(0, 1); /* a waiting processor executes nothing */
	t->start[n + SLOT_MEMORY] = solver_array(t->solver, extra_names[SLOT_MEMORY], m->address, m->unit);
	t->start[n + SLOT_HOST] = solver_array(t->solver, extra_names[SLOT_HOST], m->address, m->unit);
	t->start[n + SLOT_PORTS] = solver_array(t->solver, extra_names[SLOT_PORTS], 16, 8);
	t->start[n + SLOT_PC_WRITTEN] = t->start[n + SLOT_DEVICE_WRITTEN] = t->start[n + SLOT_VIOLATED] = value_const(0, 0);
	t->inputs = ARENA_ARRAY(t->arena, struct value, isa->input_count);
	for (unsigned i = 0; i < isa->input_count; i++)
		t->inputs[i] = component_constant(t->solver, &isa->inputs[i], "input.", "");
	t->run = solver_constant(t->solver, "run", 8);
}

static void make_variables(struct template *t)
{
	const struct instruction *i = t->instruction;
	char name[100];

	t->variables = ARENA_ARRAY(t->arena, struct value, i->variable_count + 1);
	for (unsigned v = 0; v < i->variable_count; v++) {
		snprintf(name, sizeof name, "encoding.%s", i->variables[v].name);
		t->variables[v] = solver_constant(t->solver, name, i->variables[v].width);
		solver_usual(t->solver, t->variables[v], 0, true);
	}
}

static struct value in_region(const struct template *t, struct value variable)
{
	struct domain *d = solver_domain(t->solver);
	struct value any = value_const(0, 0);

	for (unsigned i = 0; i < t->region.count; i++) {
		struct value low = value_op2(d, OP_ule, value_const(t->region.items[i].low, variable.width), variable);
		struct value high = value_op2(d, OP_ule, variable, value_const(t->region.items[i].high, variable.width));

		any = value_or(d, any, value_and(d, low, high));
	}
	return any;
}

/* `not:` values belong to another instruction; operand bits must be operands. */
static struct value valid_encoding(const struct template *t, const struct walk_input *input)
{
	const struct instruction *i = t->instruction;
	struct domain *d = solver_domain(t->solver);
	struct value valid = value_const(1, 0);

	for (unsigned v = 0; v < i->variable_count; v++)
		for (unsigned k = 0; k < i->variables[v].not_count; k++) {
			struct value same = value_eq(d, t->variables[v], value_const(i->variables[v].not_values[k], i->variables[v].width));

			valid = value_and(d, valid, value_not(d, same));
		}
	if (i->valid)
		valid = value_and(d, valid, walk_function(t->arena, input, i->valid, NULL, NULL));
	if (t->variant >= 0 && t->variables[t->variant].term)
		valid = value_and(d, valid, in_region(t, t->variables[t->variant]));
	return valid;
}

static struct value all_invariants(const struct template *t, const struct walk_input *input)
{
	struct domain *d = solver_domain(t->solver);
	struct value all = value_const(0, 0), holds = value_const(1, 0);

	for (unsigned v = 0; v < t->isa->level_count; v++) /* the mode is one of the levels */
		all = value_or(d, all, value_eq(d, input->start[t->isa->mode], value_const(t->isa->levels[v].value, t->isa->level_width)));
	for (const struct invariant *v = t->isa->invariants; v; v = v->next)
		holds = value_and(d, holds, walk_function(t->arena, input, v->predicate, NULL, NULL));
	return value_and(d, all, holds);
}

static int variant_index(const struct instruction *i)
{
	for (unsigned v = 0; i->variant_count && v < i->variable_count; v++)
		if (!strcmp(i->variables[v].name, i->variants[0]))
			return (int)v;
	return -1;
}

struct ranges template_whole(struct arena *arena, const struct instruction *i)
{
	int v = variant_index(i);

	if (v < 0)
		return (struct ranges){0, NULL};
	return ranges_one(arena, 0, bits_mask(i->variables[v].width));
}

/* Untranslated accesses, and such as may come after the instruction itself has changed relocation or mode. */
static bool accesses_real_storage(const struct isa *isa, const struct ir_statement *s)
{
	for (; s; s = s->next) {
		bool put = s->kind == IR_PUT || s->kind == IR_PUT_ELEMENT;

		if (s->kind == IR_LOAD_PHYSICAL || s->kind == IR_STORE_PHYSICAL ||
		    (put && (isa->components[s->index].role == ROLE_RELOCATION || isa->components[s->index].role == ROLE_MODE)) ||
		    accesses_real_storage(isa, s->body) || accesses_real_storage(isa, s->other) ||
		    (s->callee && accesses_real_storage(isa, s->callee->body)))
			return true;
	}
	return false;
}

/* Are the candidates all virtual addresses at which a real address can be seen? Asked once per instruction that needs it. */
static bool inverse_is_exact(const struct template *t, const struct walk_input *input)
{
	const struct isa *isa = t->isa;
	struct domain *d = input->domain;
	struct value args[3], allowed, va, other = value_const(1, 0), pa;
	struct model *model;

	if (!isa->pure_translation || !accesses_real_storage(isa, t->instruction->operation->body))
		return false;
	args[0] = t->start[isa->mode];
	args[1] = solver_constant(t->solver, "translate.va", isa->memory.virtual_address);
	args[2] = value_const(ACCESS_LOAD, 2);
	if (!isa->translate)
		return true;
	pa = walk_function(t->arena, input, isa->translate, args, &allowed);
	for (unsigned i = 0; i <= isa->component_count; i++)
		if (walk_inverse_candidate(input, t->start, pa, i, &va))
			other = value_and(d, other, value_not(d, value_eq(d, va, args[1])));
	return solver_check(t->solver, value_and(d, allowed, other), &model) == ANSWER_UNSAT;
}

struct template *template_bare(struct arena *arena, struct solver *solver, const struct isa *isa, const struct instruction *i,
			       const struct options *options, struct ranges region)
{
	struct template *t = ARENA_NEW(arena, struct template);

	*t = (struct template){.isa = isa, .instruction = i, .solver = solver, .arena = arena, .options = options, .region = region};
	t->variant = variant_index(i);
	make_start(t);
	make_variables(t);
	if (t->variant >= 0 && ranges_single(region))
		t->variables[t->variant] = value_const(region.items[0].low, t->variables[t->variant].width);
	return t;
}

struct template *template_new(struct arena *arena, struct solver *solver, const struct isa *isa, const struct instruction *i,
			      const struct options *options, struct ranges region, struct ranges *next)
{
	struct template *t = template_bare(arena, solver, isa, i, options, region);
	bool split = t->variant >= 0 && !ranges_single(region);
	struct walk_input input;

	*next = (struct ranges){0, NULL};
	input = (struct walk_input){.domain = solver_domain(solver), .isa = isa, .instruction = i, .variables = t->variables,
				    .inputs = t->inputs, .run = t->run, .model = MEMORY_VIEW, .view = t->view, .start = t->start};
	t->exact_inverse = input.exact_inverse = inverse_is_exact(t, &input);
	if (split)
		solver_split_on(solver, arena, t->variables[t->variant], region);
	t->outcome = walk_instruction(arena, &input);
	if (split) {
		struct ranges left = solver_region(solver, next);

		solver_split_off(solver);
		if (ranges_single(left)) { /* once more, with the number itself: constants fold */
			struct ranges rest = *next;

			t = template_new(arena, solver, isa, i, options, left, next);
			*next = rest;
			return t;
		}
		t->region = left;
	}
	t->valid = valid_encoding(t, &input);
	t->invariant = all_invariants(t, &input);
	return t;
}

struct walk_input run_input(const struct template *t, struct domain *d, const struct run *r, const struct value *start,
			    const struct value *variables)
{
	return (struct walk_input){.domain = d, .isa = t->isa, .instruction = t->instruction, .variables = variables, .inputs = r->inputs,
				   .run = r->number, .model = MEMORY_VIEW, .physical = r->physical, .view = r->view, .start = start,
				   .exact_inverse = t->exact_inverse};
}

/* UNKNOWN values of the second run are its own in the adversarial reading. */
static void unrelate(const struct template *t, const struct run *r, struct value **values, unsigned count)
{
	struct substitution sub = {0};

	if (!t->options->adversarial || !r->second)
		return;
	solver_unrelated_unknowns(t->solver, &sub);
	for (unsigned i = 0; i < count; i++)
		*values[i] = solver_substitute(t->solver, *values[i], &sub);
	substitution_free(&sub);
}

static void unrelate_slots(const struct template *t, const struct run *r, struct value *slots)
{
	struct value **each = ARENA_ARRAY(t->arena, struct value *, slot_count(t->isa));

	for (unsigned i = 0; i < slot_count(t->isa); i++)
		each[i] = &slots[i];
	unrelate(t, r, each, slot_count(t->isa));
}

void template_walk(const struct template *t, struct run *r)
{
	struct walk_input input = run_input(t, solver_domain(t->solver), r, r->start, t->variables);
	struct value *single[] = {&r->o.done, &r->o.fault, &r->o.trap, &r->o.cause, &r->o.value, &r->o.target};

	r->o = walk_instruction(t->arena, &input);
	unrelate(t, r, single, sizeof single / sizeof *single);
	unrelate_slots(t, r, r->o.slots);
	if (r->o.kept)
		unrelate_slots(t, r, r->o.kept);
}

void template_legal(const struct template *t, struct run *r)
{
	struct walk_input input = run_input(t, solver_domain(t->solver), r, r->start, t->variables);

	r->legal = value_and(solver_domain(t->solver), valid_encoding(t, &input), all_invariants(t, &input));
}

void run_keep(struct domain *d, const struct isa *isa, const struct outcome *o, struct value *slots)
{
	struct value complete = walk_complete(d, isa, o);

	for (unsigned i = 0; o->kept && i < isa->component_count; i++)
		slots[i] = isa->components[i].keeps ? o->kept[i] : value_ite(d, complete, o->kept[i], slots[i]);
}

void template_enter(const struct template *t, struct run *r)
{
	struct walk_input input = run_input(t, solver_domain(t->solver), r, r->start, t->variables);

	r->entered = ARENA_ARRAY(t->arena, struct value, slot_count(t->isa));
	memcpy(r->entered, r->start, slot_count(t->isa) * sizeof *r->entered);
	run_keep(input.domain, t->isa, &r->o, r->entered);
	walk_trap_entry(t->arena, &input, r->entered, r->o.cause, r->start[t->isa->pc], r->o.value);
	unrelate_slots(t, r, r->entered);
}

struct value *template_start(const struct template *t)
{
	struct value *start = ARENA_ARRAY(t->arena, struct value, slot_count(t->isa));

	memcpy(start, t->start, slot_count(t->isa) * sizeof *start);
	return start;
}

static struct value *slots_from(const struct template *t, const struct value *after, const struct value *start,
				const struct substitution *sub)
{
	unsigned count = slot_count(t->isa), changed = 0;
	struct value *slots = ARENA_ARRAY(t->arena, struct value, count), *values = ARENA_ARRAY(t->arena, struct value, count);

	for (unsigned i = 0; i < count; i++)
		if (!value_same(after[i], t->start[i]))
			values[changed++] = after[i];
	solver_substitute_all(t->solver, values, changed, sub);
	for (unsigned i = 0, k = 0; i < count; i++)
		slots[i] = value_same(after[i], t->start[i]) ? start[i] : values[k++];
	return slots;
}

struct run template_run(const struct template *t, struct value *start, struct value *view, struct value *inputs, struct value number,
			bool second)
{
	struct substitution sub = {0};
	struct run r = {.start = start, .view = view, .inputs = inputs, .number = number, .second = second};
	struct value invariant = t->invariant, valid = t->valid;
	enum { RESULTS = 8 };
	struct value *parts[RESULTS] = {&r.o.done, &r.o.fault, &r.o.trap, &r.o.cause, &r.o.value, &r.o.target, &invariant, &valid};
	struct value results[RESULTS];
	unsigned slots = slot_count(t->isa);
	struct solver *s = t->solver;

	for (unsigned i = 0; i < slots; i++) {
		if (t->start[i].term && !value_same(start[i], t->start[i]))
			substitution_add(s, &sub, t->start[i], start[i]);
		if (i < t->isa->component_count)
			substitution_add(s, &sub, t->view[i], view[i]);
	}
	for (unsigned i = 0; i < t->isa->input_count; i++)
		substitution_add(s, &sub, t->inputs[i], inputs[i]);
	substitution_add(s, &sub, t->run, r.number);
	if (t->options->adversarial && second)
		solver_unrelated_unknowns(s, &sub);
	r.o = t->outcome;
	r.o.slots = slots_from(t, t->outcome.slots, start, &sub);
	if (t->outcome.kept)
		r.o.kept = slots_from(t, t->outcome.kept, start, &sub);
	for (unsigned i = 0; i < RESULTS; i++)
		results[i] = *parts[i];
	solver_substitute_all(s, results, RESULTS, &sub);
	for (unsigned i = 0; i < RESULTS; i++)
		*parts[i] = results[i];
	r.legal = value_and(solver_domain(s), invariant, valid);
	substitution_free(&sub);
	return r;
}
