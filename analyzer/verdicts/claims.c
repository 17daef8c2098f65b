/* What an author claims and the semantics decides: invariants, access:, assert(). */
#include "analysis.h"

#include <string.h>

struct claims {
	const struct isa *isa;
	const struct options *options;
	struct diags *diags;
	struct solver *solver;
	struct arena *arena;
};

static struct value *at_level(const struct template *t, unsigned level)
{
	struct value *start = template_start(t);

	start[t->isa->mode] = value_const(t->isa->levels[level].value, t->isa->level_width);
	return start;
}

static enum answer possible(const struct claims *c, struct value formula)
{
	struct model *model;

	return solver_check(c->solver, formula, &model);
}

/* The invariant on the state after, as a formula. */
static struct value holds_after(const struct claims *c, const struct template *t, const struct invariant *v, struct value *after)
{
	struct walk_input input = {.domain = solver_domain(c->solver), .isa = c->isa, .instruction = t->instruction,
				   .variables = t->variables, .inputs = t->inputs, .run = t->run, .model = MEMORY_VIEW,
				   .view = t->view, .start = after};

	return walk_function(c->arena, &input, v->predicate, NULL, NULL);
}

static void check_invariants(const struct claims *c, const struct template *t, const struct run *own)
{
	struct domain *d = solver_domain(c->solver);

	for (const struct invariant *v = c->isa->invariants; v; v = v->next) {
		struct value broken = value_and(d, value_and(d, own->legal, own->o.done), value_not(d, holds_after(c, t, v, own->o.slots)));
		enum answer answer = possible(c, broken);

		if (answer == ANSWER_UNSAT)
			continue;
		diag_add(c->diags, E_INVARIANT, v->where, answer == ANSWER_SAT ? "'%s' breaks the invariant '%s'"
			 : "whether '%s' keeps the invariant '%s' was not decided", t->instruction->name, v->name);
	}
}

/* Whether the trap's cause is one that the description calls privileged; without any, every trap counts. */
static struct value privileged_trap(const struct claims *c, const struct run *r)
{
	struct domain *d = solver_domain(c->solver);
	struct value any = value_const(0, 0);
	bool marked = false;

	for (unsigned i = 0; i < c->isa->cause_count; i++)
		if (c->isa->causes[i].privileged) {
			any = value_or(d, any, value_eq(d, r->o.cause, value_const(c->isa->causes[i].value, c->isa->cause_width)));
			marked = true;
		}
	return marked ? value_and(d, r->o.trap, any) : r->o.trap;
}

static void check_claim(const struct claims *c, const struct template *t, const struct claim *claim, enum answer *completes_in,
			enum answer *refuses_in)
{
	struct domain *d = solver_domain(c->solver);
	struct value *start = at_level(t, claim->level);
	struct run r = template_run(t, start, start, t->inputs, value_const(1, 8), false);
	enum answer done = possible(c, value_and(d, r.legal, r.o.done));
	enum answer refused = possible(c, value_and(d, r.legal, privileged_trap(c, &r)));

	if (done == ANSWER_SAT || (done == ANSWER_UNKNOWN && *completes_in == ANSWER_UNSAT))
		*completes_in = done;
	if (refused == ANSWER_SAT || (refused == ANSWER_UNKNOWN && *refuses_in == ANSWER_UNSAT))
		*refuses_in = refused;
}

static void report_claim(const struct claims *c, const struct instruction *i, const struct claim *claim, enum answer done,
			 enum answer refused)
{
	const char *level = c->isa->levels[claim->level].name;

	if (!strcmp(claim->claim, "never") && done == ANSWER_SAT)
		diag_add(c->diags, E_ACCESS, claim->where, "'%s' does complete at level %s", i->name, level);
	else if (!strcmp(claim->claim, "always") && refused == ANSWER_SAT)
		diag_add(c->diags, E_ACCESS, claim->where, "'%s' can be refused at level %s", i->name, level);
	else if (!strcmp(claim->claim, "sometimes") && done == ANSWER_UNSAT)
		diag_add(c->diags, E_ACCESS, claim->where, "'%s' never completes at level %s", i->name, level);
	else if (!strcmp(claim->claim, "sometimes") && refused == ANSWER_UNSAT)
		diag_add(c->diags, E_ACCESS, claim->where, "'%s' is never refused at level %s", i->name, level);
}

static void check_asserts(const struct claims *c, const struct template *t, const struct run *own)
{
	struct domain *d = solver_domain(c->solver);
	struct value violated = own->o.slots[c->isa->component_count + SLOT_VIOLATED];
	enum answer answer = possible(c, value_and(d, value_and(d, own->legal, own->o.done), violated));

	if (answer != ANSWER_UNSAT)
		diag_add(c->diags, E_INVARIANT, t->instruction->where, answer == ANSWER_SAT ? "an assert of '%s' can fail"
			 : "whether the asserts of '%s' hold was not decided", t->instruction->name);
}

enum { PARTS_MAX = 512, CLAIMS_MAX = 16 };

static void claims_of(struct claims *c, const struct instruction *i)
{
	struct ranges todo = template_whole(c->arena, i), next;
	enum answer done[CLAIMS_MAX], refused[CLAIMS_MAX];
	unsigned parts = 0;

	for (unsigned k = 0; k < CLAIMS_MAX; k++)
		done[k] = refused[k] = ANSWER_UNSAT;
	do {
		struct template *t = template_new(c->arena, c->solver, c->isa, i, c->options, todo, &next);
		struct value *start = template_start(t);
		struct run own = template_run(t, start, start, t->inputs, value_const(1, 8), false);

		check_invariants(c, t, &own);
		check_asserts(c, t, &own);
		for (unsigned k = 0; k < i->claim_count && k < CLAIMS_MAX; k++)
			check_claim(c, t, &i->claims[k], &done[k], &refused[k]);
	} while (todo = next, todo.count && ++parts < PARTS_MAX);
	for (unsigned k = 0; k < i->claim_count && k < CLAIMS_MAX; k++)
		report_claim(c, i, &i->claims[k], done[k], refused[k]);
}

/* The trap entry keeps the invariants, whatever the cause. */
static void trap_entry_keeps(struct claims *c, const struct instruction *any)
{
	struct domain *d = solver_domain(c->solver);
	struct ranges next;
	struct template *t = template_new(c->arena, c->solver, c->isa, any, c->options, template_whole(c->arena, any), &next);
	struct value *slots = template_start(t), *start = template_start(t);
	struct walk_input input = {.domain = d, .isa = c->isa, .instruction = any, .variables = t->variables, .inputs = t->inputs,
				   .run = t->run, .model = MEMORY_VIEW, .view = t->view, .start = start};
	struct value cause = solver_constant(c->solver, "trap.cause", c->isa->cause_width);
	unsigned pc = c->isa->components[c->isa->pc].width;

	walk_trap_entry(c->arena, &input, slots, cause, solver_constant(c->solver, "trap.pc", pc),
			solver_constant(c->solver, "trap.value", isa_trap_value(c->isa)));
	for (const struct invariant *v = c->isa->invariants; v; v = v->next) {
		struct value broken = value_and(d, t->invariant, value_not(d, holds_after(c, t, v, slots)));
		enum answer answer = possible(c, broken);

		if (answer != ANSWER_UNSAT)
			diag_add(c->diags, E_INVARIANT, v->where, answer == ANSWER_SAT ? "the trap entry breaks the invariant '%s'"
				 : "whether the trap entry keeps the invariant '%s' was not decided", v->name);
	}
}

void prove_claims(const struct isa *isa, const struct options *options, struct diags *diags)
{
	for (const struct instruction *i = isa->instructions; i; i = i->next) {
		struct claims c = {isa, options, diags, solver_new(options->rlimit), arena_new()};

		claims_of(&c, i);
		if (i == isa->instructions && isa->trap_entry && isa->invariants)
			trap_entry_keeps(&c, i);
		solver_free(c.solver);
		arena_free(c.arena);
	}
}
