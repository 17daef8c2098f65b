/* Two descriptions of one instruction, walked from the same states. */
#include "mutate.h"

enum { WAYS = 8 }; /* in which outcomes differ, beside their slots */

struct pair {
	struct template *a, *b;
	struct domain *d;
	struct { const char *name; struct value asked, shown; } *parts; /* Boolean, for the question and in a model; room for WAYS and the slots */
	unsigned count;
};

static void differ_or_show(struct pair *p, const char *name, struct value asked, struct value shown)
{
	if (value_is(asked, 0))
		return;
	p->parts[p->count].name = name;
	p->parts[p->count].asked = asked;
	p->parts[p->count++].shown = shown;
}

static void differ_if(struct pair *p, const char *name, struct value differs)
{
	differ_or_show(p, name, differs, differs);
}

static struct value unlike(struct domain *d, struct value a, struct value b)
{
	return value_not(d, value_eq(d, a, b));
}

static struct value slots_unlike(struct pair *p, unsigned slot, struct value a, struct value b, bool somewhere)
{
	const struct isa *isa = p->a->isa;
	unsigned n = isa->component_count, index = 0;

	if (value_same(a, b))
		return value_const(0, 0);
	if (slot < n && isa->components[slot].count)
		index = index_width(isa->components[slot].count);
	else if (slot == n + SLOT_MEMORY || slot == n + SLOT_HOST)
		index = isa->memory.address;
	else if (slot == n + SLOT_PORTS)
		index = 16;
	if (index)
		return p->d->arrays_differ(p->d, a, b, index, slot < n ? isa->components[slot].width : slot == n + SLOT_PORTS ? 8 : isa->memory.unit,
					   somewhere);
	return unlike(p->d, a, b);
}

static const char *slot_name(const struct isa *isa, unsigned slot)
{
	static const char *const extras[SLOT_EXTRAS] = {"memory", "storage", "ports", "the pc, which is written or not", "a device",
							"an assertion"};

	return slot < isa->component_count ? isa->components[slot].name : extras[slot - isa->component_count];
}

static struct value kept(const struct template *t, unsigned slot)
{
	return t->outcome.kept && slot < t->isa->component_count ? t->outcome.kept[slot] : t->start[slot];
}

/* What is left in a slot when both complete, or when both trap. */
static struct value left_unlike(struct pair *p, unsigned slot, struct value done, struct value trap, bool somewhere)
{
	struct value after = slots_unlike(p, slot, p->a->outcome.slots[slot], p->b->outcome.slots[slot], somewhere);
	struct value rest = slots_unlike(p, slot, kept(p->a, slot), kept(p->b, slot), somewhere);

	return value_or(p->d, value_and(p->d, done, after), value_and(p->d, trap, rest));
}

/* Ways to end, then what a trap tells, then what is left behind. */
static void compare(struct pair *p)
{
	const struct outcome *a = &p->a->outcome, *b = &p->b->outcome;
	struct domain *d = p->d;
	struct value done = value_and(d, a->done, b->done), trap = value_or(d, value_and(d, a->trap, b->trap), value_and(d, a->fault, b->fault));

	differ_if(p, "whether it completes", unlike(d, a->done, b->done));
	differ_if(p, "whether the translation refuses", unlike(d, a->fault, b->fault));
	differ_if(p, "whether it traps", unlike(d, a->trap, b->trap));
	differ_if(p, "the cause", value_and(d, trap, unlike(d, a->cause, b->cause)));
	differ_if(p, "the level that the trap goes to", value_and(d, trap, unlike(d, a->target, b->target)));
	differ_if(p, "the trap's value", value_and(d, trap, unlike(d, a->value, b->value)));
	for (unsigned i = 0; i < slot_count(p->a->isa); i++)
		differ_or_show(p, slot_name(p->a->isa, i), left_unlike(p, i, done, trap, true), left_unlike(p, i, done, trap, false));
}

static enum equivalence ask(struct pair *p, struct arena *arena, const char **how)
{
	struct domain *d = p->d;
	struct value any = value_const(0, 0), either;
	struct model *model;
	struct buf text = {0};
	enum answer answer;

	p->parts = arena_alloc(arena, (WAYS + slot_count(p->a->isa)) * sizeof *p->parts);
	compare(p);
	differ_if(p, "which encodings are its own", unlike(d, p->a->valid, p->b->valid));
	for (unsigned i = 0; i < p->count; i++)
		any = value_or(d, any, p->parts[i].asked);
	either = value_or(d, value_and(d, p->a->valid, p->a->invariant), value_and(d, p->b->valid, p->b->invariant));
	answer = solver_check(p->a->solver, value_and(d, any, either), &model);
	if (answer != ANSWER_SAT)
		return answer == ANSWER_UNSAT ? EQUIVALENT : EQUIVALENCE_UNKNOWN;
	for (unsigned i = 0; i < p->count; i++)
		if (solver_eval(p->a->solver, model, p->parts[i].shown))
			buf_printf(&text, "%s%s", text.length ? ", " : "", p->parts[i].name);
	if (!text.length)
		buf_puts(&text, "memory");
	*how = arena_copy(arena, buf_text(&text), text.length);
	buf_free(&text);
	return DIFFERENT;
}

/* The part that both walk alike: of what the first description tells apart, what the second does. *left gets the rest of `region`. */
static void next_part(struct pair *p, struct arena *arena, struct solver *solver, const struct isa *isa, const struct isa *other,
		      const char *name, const struct options *options, struct ranges region, struct ranges *left)
{
	const struct instruction *i = isa_instruction(isa, name), *k = isa_instruction(other, name);
	struct ranges rest, none;

	p->a = template_new(arena, solver, isa, i, options, region, left);
	p->b = template_new(arena, solver, other, k, options, p->a->region, &rest);
	if (rest.count) {
		*left = ranges_or(arena, *left, rest);
		p->a = template_new(arena, solver, isa, i, options, p->b->region, &none);
	}
}

enum equivalence equivalent(const struct isa *isa, const struct isa *other, const char *instruction, const struct options *options,
			    struct arena *arena, const char **how)
{
	struct solver *solver = solver_new(options->rlimit);
	struct ranges todo = template_whole(arena, isa_instruction(isa, instruction));
	enum equivalence result = EQUIVALENT;

	solver_listen(solver, options->listener);
	do {
		struct pair p = {.d = solver_domain(solver)};
		struct ranges left;
		enum equivalence e;

		next_part(&p, arena, solver, isa, other, instruction, options, todo, &left);
		e = ask(&p, arena, how);
		result = e == EQUIVALENT ? result : e;
		todo = left;
	} while (todo.count && result != DIFFERENT);
	solver_free(solver);
	return result;
}

/* --- the translation, in which the instructions above only see a function --- */

struct translation {
	struct outcome o;
	struct value pa;
};

static struct translation translate(struct arena *arena, struct solver *solver, const struct isa *isa)
{
	struct value *start = ARENA_ARRAY(arena, struct value, slot_count(isa)), args[3];
	const struct memory *m = &isa->memory;
	struct translation t;
	struct walk_input input = {.domain = solver_domain(solver), .isa = isa, .model = MEMORY_REAL, .start = start};

	for (unsigned i = 0; i < slot_count(isa); i++)
		start[i] = value_const(0, 0);
	for (unsigned i = 0; i < isa->component_count; i++) {
		const struct component *c = &isa->components[i];

		start[i] = c->count ? solver_array(solver, c->name, index_width(c->count), c->width) : solver_constant(solver, c->name, c->width);
	}
	start[isa->component_count + SLOT_MEMORY] = solver_array(solver, "memory", m->address, m->unit);
	args[0] = solver_constant(solver, "translate.level", isa->level_width);
	args[1] = solver_constant(solver, "translate.va", m->virtual_address);
	args[2] = solver_constant(solver, "translate.access", 2);
	t.o = walk_call(arena, &input, isa->translate, args, start, &t.pa);
	return t;
}

enum equivalence equivalent_translation(const struct isa *isa, const struct isa *other, const struct options *options)
{
	struct arena *arena = arena_new();
	struct solver *solver = solver_new(options->rlimit);
	enum answer answer = ANSWER_UNSAT;

	if (isa->translate && other->translate) {
		struct domain *d = solver_domain(solver);
		struct translation a = translate(arena, solver, isa), b = translate(arena, solver, other);
		struct value any = unlike(d, a.o.done, b.o.done), refused = value_not(d, value_or(d, a.o.done, b.o.done));
		struct model *model;

		any = value_or(d, any, value_and(d, value_and(d, a.o.done, b.o.done), unlike(d, a.pa, b.pa)));
		any = value_or(d, any, value_and(d, refused, value_or(d, unlike(d, a.o.cause, b.o.cause), unlike(d, a.o.value, b.o.value))));
		answer = solver_check(solver, any, &model);
	}
	solver_free(solver);
	arena_free(arena);
	return answer == ANSWER_UNSAT ? EQUIVALENT : answer == ANSWER_SAT ? DIFFERENT : EQUIVALENCE_UNKNOWN;
}
