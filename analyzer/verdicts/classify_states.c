/* The states that a definition compares: another level, moved, other control. */
#include "classify_private.h"

#include <string.h>

/* --- states --- */

struct value *subject_with_mode(const struct subject *s, const struct value *start, unsigned level)
{
	struct value *copy = ARENA_ARRAY(s->t->arena, struct value, slot_count(s->t->isa));

	memcpy(copy, start, slot_count(s->t->isa) * sizeof *copy);
	copy[s->t->isa->mode] = value_const(s->t->isa->levels[level].value, s->t->isa->level_width);
	return copy;
}

struct run subject_run(const struct subject *s, struct value *start)
{
	return template_run(s->t, start, start, s->t->inputs, value_const(1, 8), false);
}

/* S[phi(v)] of a state: the real level, under the host's settings. */
struct value *subject_taken(const struct subject *s, const struct value *state, unsigned level)
{
	const struct scenario *scenario = s->setting.scenario;
	struct value *start = subject_with_mode(s, state, (unsigned)scenario->map[level]);

	for (unsigned i = 0; i < scenario->host_count; i++) {
		unsigned c = scenario->host[i].component;

		if (!s->t->isa->components[c].count)
			start[c] = value_const(scenario->host[i].value, s->t->isa->components[c].width);
	}
	return start;
}

/* S[v] and S[phi(v)]. */
void subject_level_runs(struct subject *s, unsigned v, struct run *at, struct run *taken)
{
	if (!s->has_levels[v]) {
		s->at[v] = subject_run(s, subject_with_mode(s, s->own, v));
		s->taken[v] = subject_run(s, subject_taken(s, s->own, v));
		s->has_levels[v] = true;
	}
	*at = s->at[v];
	*taken = s->taken[v];
}

static struct value fresh(const struct subject *s, const struct component *c, const char *prefix)
{
	return component_constant(s->t->solver, c, prefix, ".2");
}

/* A moved program: r + x, everything else of the relocation as the description says (`move:`). */
static struct value moved(const struct subject *s, unsigned i, struct value old)
{
	const struct component *c = &s->t->isa->components[i];
	char name[32];

	if (c->move == MOVE_SAME)
		return old;
	if (c->move == MOVE_ANY || c->count)
		return fresh(s, c, "");
	snprintf(name, sizeof name, "moved.%u", c->width);
	return value_op2(s->setting.domain, OP_add, old, solver_constant(s->t->solver, name, c->width));
}

/* Whether some virtual address that level v1 may use in the first state, and v2 in the second, names different real words. */
static bool addresses_differ(const struct subject *s, struct value *first, struct value *second, unsigned v1, unsigned v2)
{
	const struct isa *isa = s->t->isa;
	struct domain *d = s->setting.domain;
	struct value *starts[2] = {first, second}, args[3], pa[2], allowed[2];
	struct model *model;

	if (!isa->pure_translation || !isa->translate)
		return !isa->pure_translation;
	args[1] = solver_constant(s->t->solver, "translate.va", isa->memory.virtual_address);
	args[2] = solver_constant(s->t->solver, "translate.access", 2);
	for (unsigned r = 0; r < 2; r++) {
		struct walk_input input = {.domain = d, .isa = isa, .variables = s->t->variables, .inputs = s->t->inputs,
					   .run = s->t->run, .model = MEMORY_VIEW, .view = starts[r],
					   .start = subject_with_mode(s, starts[r], r ? v2 : v1)};

		args[0] = value_const(isa->levels[r ? v2 : v1].value, isa->level_width);
		pa[r] = walk_function(s->t->arena, &input, isa->translate, args, &allowed[r]);
	}
	return solver_check(s->t->solver, value_and(d, value_and(d, allowed[0], allowed[1]), value_not(d, value_eq(d, pa[0], pa[1]))),
			    &model) != ANSWER_UNSAT;
}

/* Which real storage the second state lives in: the first one's (1) at levels where the program sees the same real words in
 * both, else another (2). */
static struct value storage_number(const struct subject *s, const struct kind_row *row, struct value *first, struct value *second)
{
	struct domain *d = s->setting.domain;
	struct value same = value_const(0, 0);

	if (!row->moved && !row->other_mode)
		return value_const(1, 8);
	for (unsigned v1 = 0; v1 < s->t->isa->level_count; v1++)
		for (unsigned v2 = 0; v2 < s->t->isa->level_count; v2++) {
			struct value here;

			if (!s->all[v1] || !s->all[v2] || (!row->other_mode && v1 != v2) || addresses_differ(s, first, second, v1, v2))
				continue;
			here = value_eq(d, first[s->t->isa->mode], value_const(s->t->isa->levels[v1].value, s->t->isa->level_width));
			if (row->other_mode)
				here = value_and(d, here, value_eq(d, second[s->t->isa->mode],
								   value_const(s->t->isa->levels[v2].value, s->t->isa->level_width)));
			same = value_or(d, same, here);
		}
	return value_ite(d, same, value_const(1, 8), value_const(2, 8));
}

/* The second state of a pair. It shows the program the same memory: its view is the first state's. */
struct run subject_second(const struct subject *s, const struct kind_row *row, struct value *first)
{
	const struct isa *isa = s->t->isa;
	struct value *start = ARENA_ARRAY(s->t->arena, struct value, slot_count(isa));
	struct value *inputs = ARENA_ARRAY(s->t->arena, struct value, isa->input_count + 1);
	bool elsewhere = row->moved || row->other_mode;

	memcpy(start, first, slot_count(isa) * sizeof *start);
	memcpy(inputs, s->t->inputs, isa->input_count * sizeof *inputs);
	for (unsigned i = 0; i < isa->component_count; i++) {
		enum role role = role_in(isa, s->setting.scenario, i);

		if (role == ROLE_RELOCATION && row->moved)
			start[i] = moved(s, i, start[i]);
		else if (role == row->varies && row->varies >= ROLE_CONTROL)
			start[i] = fresh(s, &isa->components[i], "");
	}
	for (unsigned i = 0; i < isa->input_count; i++)
		if (isa->inputs[i].role == row->varies || (isa->inputs[i].role == ROLE_CHOICE && s->t->options->adversarial))
			inputs[i] = fresh(s, &isa->inputs[i], "input.");
	if (row->other_mode)
		start[isa->mode] = solver_constant(s->t->solver, "mode.2", isa->level_width);
	if (elsewhere)
		start[isa->component_count + SLOT_HOST] =
			solver_array(s->t->solver, "host.2", isa->memory.address, isa->memory.unit);
	if (row->varies == ROLE_DEVICE)
		start[isa->component_count + SLOT_PORTS] = solver_array(s->t->solver, "ports.2", 16, 8);
	return template_run(s->t, start, first, inputs, storage_number(s, row, first, start), true);
}

struct value subject_mode_is(const struct subject *s, const struct run *r, unsigned level)
{
	return value_eq(s->setting.domain, r->start[s->t->isa->mode],
			value_const(s->t->isa->levels[level].value, s->t->isa->level_width));
}

/* A question about a pair, run 1 at level v; where the levels are to differ, once for every other level of the scenario.
 * One level at a time: with the mode known, two runs that do the same become the same term. */
enum answer subject_ask_pair(struct subject *s, const struct kind_row *row, predicate *holds, const struct run *runs, unsigned count,
			     unsigned v, json_t **witness)
{
	struct value first = subject_mode_is(s, &runs[0], v);
	enum answer answer = ANSWER_UNSAT;

	if (!row->other_mode)
		return subject_ask(s, holds, runs, count, first, witness);
	for (unsigned m = 0; m < s->t->isa->level_count && answer != ANSWER_SAT; m++)
		if (m != v && s->all[m])
			answer = worse_answer(answer, subject_ask(s, holds, runs, count,
						   value_and(s->setting.domain, first, subject_mode_is(s, &runs[1], m)), witness));
	return answer;
}
