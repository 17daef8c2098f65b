/* One question about an instruction: the solver asked, the answer replayed, a near-miss beside the witness. */
#include "classify_private.h"

#include <string.h>

/* --- asking --- */

void subject_note(struct subject *s, const char *id, const char *statement, enum verdict verdict, json_t *witness)
{
	json_t *o = json_object();

	json_object_set_new(o, "id", json_string(id));
	json_object_set_new(o, "statement", json_string(statement));
	json_object_set_new(o, "verdict", json_string(verdict_names[verdict]));
	if (witness)
		json_object_set_new(o, "witness", witness);
	json_array_append_new(s->obligations, o);
}

/* The line about the questions that come now, and the definition's claim. */
void subject_topic(const struct subject *s, const char *id, const char *statement)
{
	const struct setting *set = &s->setting;
	struct buf values = {0};

	if (!s->t->options->listener)
		return;
	if (s->t->variant >= 0) {
		buf_printf(&values, " %s ", s->t->instruction->variables[s->t->variant].name);
		ranges_print(&values, s->t->region);
	}
	solver_topic(s->t->solver, "%s%.150s %s %s %s\nclaim: %s", s->t->instruction->name, buf_text(&values), set->scenario->name,
		     profile_names[set->profile], id, statement);
	buf_free(&values);
}

/* --- near-misses: a state close to the witness in which the same instruction behaves --- */

static struct value same_as(const struct subject *s, struct value constant, u128 value)
{
	if (!constant.term)
		return value_const(1, 0);
	return value_eq(s->setting.domain, constant, value_const(value, constant.width));
}

/* All scalar components and encoding variables as in the witness, but for number `but`. */
static struct value close_to(const struct subject *s, const struct witness *w, unsigned but)
{
	const struct isa *isa = s->t->isa;
	struct domain *d = s->setting.domain;
	struct value all = value_const(1, 0);
	unsigned n = isa->component_count;

	for (unsigned i = 0; i < n; i++)
		if (i != but && !isa->components[i].count)
			all = value_and(d, all, same_as(s, s->own[i], w->runs[0].start[i].bits));
	for (unsigned v = 0; v < s->t->instruction->variable_count; v++)
		if (n + v != but)
			all = value_and(d, all, same_as(s, s->t->variables[v], w->variables[v]));
	return all;
}

/* The state behaves: it is legal, run 1 completes (in a pair, run 2 too), and the definition's predicate does not hold. */
static struct value behaves(const struct subject *s, predicate *holds, const struct run *runs, unsigned count, bool pair)
{
	struct domain *d = s->setting.domain;
	struct value all = value_not(d, holds(&s->setting, runs));

	for (unsigned r = 0; r < count; r++)
		all = value_and(d, all, runs[r].legal);
	all = value_and(d, all, runs[0].o.done);
	return pair ? value_and(d, all, runs[1].o.done) : all;
}

/* Per component and encoding variable: it is a scalar that occurs in the term. The caller owns the result. */
static bool *occurring(const struct subject *s, struct value in)
{
	const struct isa *isa = s->t->isa;
	unsigned n = isa->component_count, count = n + s->t->instruction->variable_count;
	struct value *constants = must_alloc((count + 1) * sizeof *constants);
	bool *occurs = must_alloc((count + 1) * sizeof *occurs);

	for (unsigned i = 0; i < count; i++)
		constants[i] = i >= n ? s->t->variables[i - n] : isa->components[i].count ? value_const(0, 0) : s->own[i];
	solver_occurring(s->t->solver, in, constants, count, occurs);
	free(constants);
	return occurs;
}

/* One scalar is free; of those that do not occur, which make no difference, only the first. */
static struct witness *search_near_miss(struct subject *s, predicate *holds, const struct run *runs, unsigned count, struct value also,
			 const struct witness *w)
{
	bool pair = holds != refuses_privilege && count > 1;
	struct domain *d = s->setting.domain;
	struct value good = value_and(d, also, behaves(s, holds, runs, count, pair));
	unsigned n = s->t->isa->component_count, last = n + s->t->instruction->variable_count;
	bool *occurs = occurring(s, good), tried = false;
	struct witness *miss = NULL;
	struct model *model;

	for (unsigned but = 0; but <= last && !miss; but++) {
		struct value f;

		if ((but < n && s->t->isa->components[but].count) || (but < last && !occurs[but] && tried))
			continue;
		tried = tried || (but < last && !occurs[but]);
		f = but < last ? value_and(d, good, close_to(s, w, but)) : good;
		if (solver_try(s->t->solver, f, &model) == ANSWER_SAT)
			miss = replay(s->t, &s->setting, model, runs, count, NULL);
		if (miss && holds(&miss->setting, miss->runs).bits)
			miss = NULL;
	}
	free(occurs);
	return miss;
}

/* Its questions are a search, and no obligations. */
static struct witness *near_miss(struct subject *s, predicate *holds, const struct run *runs, unsigned count, struct value also,
				 const struct witness *w)
{
	struct witness *miss;

	solver_listen(s->t->solver, NULL);
	miss = search_near_miss(s, holds, runs, count, also, w);
	solver_listen(s->t->solver, s->t->options->listener);
	return miss;
}

/* Is there a state in which `holds` and `also`? A model is replayed before it counts. */
enum answer subject_ask(struct subject *s, predicate *holds, const struct run *runs, unsigned count, struct value also,
			json_t **witness)
{
	struct domain *d = s->setting.domain;
	struct model *model;
	enum answer answer = solver_check(s->t->solver, value_and(d, holds(&s->setting, runs), also), &model);
	struct witness *w;

	if (answer != ANSWER_SAT)
		return answer;
	w = replay(s->t, &s->setting, model, runs, count, holds);
	if (!w) {
		fprintf(stderr, "isolde: internal error: a witness for %s did not replay\n", s->t->instruction->name);
		++*s->internal;
		return ANSWER_UNKNOWN;
	}
	if (witness && s->t->options->witnesses) {
		struct witness *miss = holds == completes ? NULL : near_miss(s, holds, runs, count, also, w);

		*witness = witness_json(s->t, w, miss);
		if (miss)
			json_object_set_new(*witness, "near_miss", witness_json(s->t, miss, w));
	}
	return answer;
}

enum answer worse_answer(enum answer a, enum answer b)
{
	if (a == ANSWER_SAT || b == ANSWER_SAT)
		return ANSWER_SAT;
	return a == ANSWER_UNKNOWN || b == ANSWER_UNKNOWN ? ANSWER_UNKNOWN : ANSWER_UNSAT;
}
