/* Address-space coverage (theory.md, "Efficiency", b): addresses that a guest may use at its level, and that no relocation of the real machine makes
 * usable at the level it is run at. Every access to one of them traps, whatever the monitor does: MIPS's kseg0 in user mode. */
#include "analysis.h"

#include <string.h>

enum { ROUNDS_MAX = 64, RANGES_MAX = 16 };

struct coverage {
	const struct isa *isa;
	struct solver *solver;
	struct domain *d;
	struct arena *arena;
	struct value va;
	struct value *states[2]; /* free states at the guest's level and at the real one */
	struct value allowed[2]; /* over va and these */
};

static struct value *free_state(struct coverage *c, const char *prefix, unsigned level)
{
	const struct isa *isa = c->isa;
	struct value *slots = ARENA_ARRAY(c->arena, struct value, slot_count(isa));
	char name[160];

	for (unsigned i = 0; i < isa->component_count; i++) {
		const struct component *k = &isa->components[i];

		snprintf(name, sizeof name, "%s%s", prefix, k->name);
		slots[i] = k->count ? solver_array(c->solver, name, index_width(k->count), k->width) : solver_constant(c->solver, name, k->width);
	}
	slots[isa->mode] = value_const(isa->levels[level].value, isa->level_width);
	for (unsigned e = 0; e < SLOT_EXTRAS; e++)
		slots[isa->component_count + e] = value_const(0, 0);
	snprintf(name, sizeof name, "%smemory", prefix);
	slots[isa->component_count + SLOT_MEMORY] = solver_array(c->solver, name, isa->memory.address, isa->memory.unit);
	return slots;
}

/* The described translation allows va in this state. What it reads of tables in memory is as free as the state: every word that is read is
 * a value of its own, which some tables have. */
static struct value allows(struct coverage *c, const struct value *slots)
{
	struct value args[3] = {slots[c->isa->mode], c->va, value_const(ACCESS_LOAD, 2)}, completes;
	struct walk_input input = {.domain = c->d, .isa = c->isa, .model = MEMORY_VIEW, .physical = PHYSICAL_FREE, .view = slots, .start = slots};

	walk_function(c->arena, &input, c->isa->translate, args, &completes);
	for (const struct invariant *v = c->isa->invariants; v; v = v->next)
		completes = value_and(c->d, completes, walk_function(c->arena, &input, v->predicate, NULL, NULL));
	return completes;
}

static enum answer possible(struct coverage *c, struct value f, struct model **model)
{
	return solver_check(c->solver, f, model);
}

/* The upper bits of va, from `low` on, are those of `at`. */
static struct value in_block(struct coverage *c, u128 at, unsigned low)
{
	unsigned width = c->va.width;
	struct value upper;

	if (low >= width)
		return value_const(1, 0);
	upper = value_op(c->d, OP_extract, &c->va, width - low, low);
	return value_eq(c->d, upper, value_const(at >> low, width - low));
}

/* The largest aligned block around `at` in which nothing can be allowed at the real level. */
static unsigned block_of(struct coverage *c, u128 at)
{
	unsigned low = 0;
	struct model *model;

	while (low < c->va.width &&
	       possible(c, value_and(c->d, c->allowed[1], in_block(c, at, low + 1)), &model) == ANSWER_UNSAT)
		low++;
	return low;
}

static struct value at_address(struct coverage *c, struct value f, u128 at)
{
	struct substitution sub = {0};

	substitution_add(c->solver, &sub, c->va, value_const(at, c->va.width));
	f = solver_substitute(c->solver, f, &sub);
	substitution_free(&sub);
	return f;
}

/* All elements of a register file as in the model, those too that an index out of range would reach (segment registers 6 and 7). */
static struct value file_in(struct coverage *c, struct model *model, const struct component *k, struct value file)
{
	struct value all = file;

	for (unsigned e = 0; e < 1u << index_width(k->count); e++) {
		struct value index = value_const(e, index_width(k->count));

		all = c->d->store(c->d, all, index, value_const(solver_eval(c->solver, model, c->d->select(c->d, file, index, k->width)), k->width));
	}
	return all;
}

/* Where the real machine allows in the model's state, with the model's table entries at every address. */
static struct value allowed_in(struct coverage *c, struct model *model)
{
	struct substitution sub = {0};
	struct value covered, term;

	for (unsigned i = 0; i < c->isa->component_count; i++) {
		const struct component *k = &c->isa->components[i];
		struct value own = c->states[1][i];

		if (own.term)
			substitution_add(c->solver, &sub, own, k->count ? file_in(c, model, k, own)
							: value_const(solver_eval(c->solver, model, own), own.width));
	}
	for (unsigned n = 0; solver_unknown(c->solver, WALK_READ + n, &term); n++)
		substitution_add(c->solver, &sub, term, value_const(solver_eval(c->solver, model, term), term.width));
	covered = solver_substitute(c->solver, c->allowed[1], &sub);
	substitution_free(&sub);
	return covered;
}

/* A real state that allows `at`, and with it as many far addresses as can be: where it allows, nothing has to be asked again. */
static enum answer covered_around(struct coverage *c, u128 at, struct value *covered)
{
	unsigned width = c->va.width;
	u128 top = (u128)1 << (width - 1), far[] = {at | (top - 1), at | (top / 2 - 1), at | (top / 4 - 1), at & ~(top - 1), at & ~(top / 4 - 1), at ^ top,
						     at ^ top >> 1, at ^ top >> width / 4, at ^ top >> width / 2, at ^ 8, at ^ 1};
	struct value all = at_address(c, c->allowed[1], at);
	struct model *model, *wider;
	enum answer answer = possible(c, all, &model);

	if (answer != ANSWER_SAT)
		return answer;
	for (unsigned i = 0; i < sizeof far / sizeof *far; i++) {
		struct value also = value_and(c->d, all, at_address(c, c->allowed[1], far[i]));

		if (possible(c, also, &wider) != ANSWER_SAT)
			continue;
		all = also;
		model = wider;
	}
	*covered = allowed_in(c, model);
	return ANSWER_SAT;
}

static json_t *range_json(u128 at, unsigned low)
{
	char first[BITS_TEXT], last[BITS_TEXT];
	u128 mask = low ? bits_mask(low) : 0;

	return json_pack("{s:s, s:s}", "first", bits_hex(at & ~mask, first), "last", bits_hex(at | mask, last));
}

static json_t *result(enum verdict v, json_t *ranges)
{
	return json_pack("{s:s, s:s, s:o}", "verdict", verdict_names[v], "statement",
			 "every address that the guest may use at this level can be made usable at the real level", "ranges", ranges);
}

/* Addresses are asked for one after the other: each is either covered, with many others, or lies in a block that cannot be. */
static json_t *ask(struct coverage *c)
{
	struct value open = c->allowed[0];
	json_t *ranges = json_array();
	struct model *model;

	for (unsigned round = 0; round < ROUNDS_MAX && json_array_size(ranges) < RANGES_MAX; round++) {
		enum answer answer = possible(c, open, &model);
		struct value covered;
		u128 at;

		if (answer == ANSWER_UNKNOWN)
			break;
		if (answer == ANSWER_UNSAT)
			return result(json_array_size(ranges) ? VERDICT_REFUTED : VERDICT_PROVED, ranges);
		at = solver_eval(c->solver, model, c->va);
		answer = covered_around(c, at, &covered);
		if (answer == ANSWER_UNKNOWN)
			break;
		if (answer == ANSWER_UNSAT) {
			unsigned low = block_of(c, at);

			json_array_append_new(ranges, range_json(at, low));
			covered = in_block(c, at, low);
		}
		open = value_and(c->d, open, value_not(c->d, covered));
	}
	return result(json_array_size(ranges) ? VERDICT_REFUTED : VERDICT_UNDECIDED, ranges);
}

json_t *coverage_json(const struct isa *isa, const struct options *options, const struct scenario *scenario, unsigned v,
		      struct solver_counts *counts)
{
	struct coverage c = {.isa = isa, .arena = arena_new(), .solver = solver_new(options->rlimit)};
	json_t *o;

	solver_listen(c.solver, options->listener);
	solver_topic(c.solver, "coverage %s %s\nclaim: every address that the guest may use at this level can be made usable at the real level, but for "
		     "the ranges that are shown", scenario->name, isa->levels[v].name);
	c.d = solver_domain(c.solver);
	c.va = solver_constant(c.solver, "va", isa->memory.virtual_address);
	if (isa->translate && scenario->map[v] != (int)v) {
		c.states[0] = free_state(&c, "guest.", v);
		c.states[1] = free_state(&c, "real.", (unsigned)scenario->map[v]);
		c.allowed[0] = allows(&c, c.states[0]);
		c.allowed[1] = allows(&c, c.states[1]);
		o = ask(&c);
	} else { /* no translation refuses anything, or the level is the guest's own */
		o = result(VERDICT_PROVED, json_array());
	}
	solver_counts_add(counts, solver_counts(c.solver));
	solver_free(c.solver);
	arena_free(c.arena);
	return o;
}
