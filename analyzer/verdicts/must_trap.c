/* Encodings that must trap: what a real implementation can be tested for (isolde export-tests). */
#include "square.h"

/* It stops at the real level for another reason than privilege, or not at all. */
static struct value stops_otherwise(const struct setting *s, const struct run *r)
{
	const struct outcome *o = &r[1].o;
	struct value privileged = value_const(0, 0);

	for (unsigned i = 0; i < s->isa->cause_count; i++)
		if (s->isa->causes[i].privileged)
			privileged = value_or(s->domain, privileged, value_eq(s->domain, o->cause, value_const(s->isa->causes[i].value, s->isa->cause_width)));
	return value_and(s->domain, r[1].legal, value_not(s->domain, value_and(s->domain, o->trap, privileged)));
}

/* Adds a test, if its state replays. */
static void add_test(json_t *list, const struct corner *k, struct model *model)
{
	struct witness *w = replay(k->t, &k->setting, model, k->runs, 2, NULL);
	json_t *shown;

	if (!w) {
		fprintf(stderr, "isolde: internal error: a test for %s did not replay\n", k->t->instruction->name);
		++*k->internal;
		return;
	}
	shown = witness_json(k->t, w, NULL);
	json_array_append_new(list, json_pack("{s:s, s:s, s:O}", "instruction", k->t->instruction->name, "level",
					      k->t->isa->levels[k->setting.scenario->map[k->level]].name, "encoding", json_object_get(shown, "encoding")));
	json_decref(shown);
}

/* One test for the part, or, of a variant, one for either end of each range. */
static void add_tests(json_t *list, struct corner *k)
{
	struct domain *d = k->setting.domain;
	const struct ranges *ranges = &k->t->region;
	unsigned ends = k->t->variant < 0 ? 1 : 2 * ranges->count;
	struct model *model;

	if (solver_check(k->t->solver, stops_otherwise(&k->setting, k->runs), &model) != ANSWER_UNSAT)
		return;
	for (unsigned e = 0; e < ends; e++) {
		struct value some = value_and(d, k->runs[0].legal, k->runs[1].legal), variable;
		u128 end;

		if (k->t->variant >= 0) {
			end = e % 2 ? ranges->items[e / 2].high : ranges->items[e / 2].low;
			if (e % 2 && end == ranges->items[e / 2].low)
				continue;
			variable = k->t->variables[k->t->variant];
			some = value_and(d, some, value_eq(d, variable, value_const(end, variable.width)));
		}
		if (solver_check(k->t->solver, some, &model) == ANSWER_SAT)
			add_test(list, k, model);
	}
}

json_t *must_trap_json(const struct isa *isa, const struct scenario *scenario, const struct options *options, unsigned *internal)
{
	json_t *list = json_array();

	for (const struct instruction *i = isa->instructions; i; i = i->next) {
		struct arena *arena = arena_new();
		struct solver *solver = solver_new(options->rlimit);

		for (unsigned v = 0; v < isa->level_count; v++) {
			struct corner k = {.setting = {.domain = solver_domain(solver), .isa = isa, .scenario = scenario, .profile = PROFILE_EXTENDED,
						       .options = options}, .level = v, .internal = internal};
			struct ranges todo = template_whole(arena, i), rest;
			unsigned parts = 0;

			if (scenario->map[v] < 0 || !scenario->deprivileged[v])
				continue;
			do {
				corner_new(&k, arena, solver, isa, i, options, todo, &rest);
				add_tests(list, &k);
			} while (todo = rest, todo.count && ++parts < PARTS_MAX);
		}
		solver_free(solver);
		arena_free(arena);
	}
	return list;
}
