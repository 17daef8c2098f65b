/* Theorems 1 to 3 from the instructions' classes, and the comparison with what the description expects. */
#include "analysis.h"

#include <string.h>

#ifndef ISOLDE_VERSION
#define ISOLDE_VERSION "0.1"
#endif

static bool flag(const json_t *o, const char *key)
{
	return json_is_true(json_object_get(o, key));
}

/* A theorem's condition fails by the instructions in `because`, or is open by those that are undecided. */
static json_t *theorem(const char *statement, json_t *because, json_t *open)
{
	json_t *o = json_object();
	enum verdict v = json_array_size(because) ? VERDICT_REFUTED : json_array_size(open) ? VERDICT_UNDECIDED : VERDICT_PROVED;

	json_object_set_new(o, "statement", json_string(statement));
	json_object_set_new(o, "verdict", json_string(verdict_names[v]));
	json_object_set_new(o, "because", because);
	json_object_set_new(o, "undecided", open);
	return o;
}

static void add_theorems(json_t *profile, json_t *instructions)
{
	json_t *one = json_array(), *two = json_array(), *three = json_array(), *open = json_array(), *i;
	size_t n;

	json_array_foreach(instructions, n, i) {
		json_t *name = json_object_get(i, "name");

		if (flag(i, "critical"))
			json_array_append(one, name);
		if (flag(i, "critical") || flag(i, "time_critical"))
			json_array_append(two, name);
		if (flag(i, "user_critical"))
			json_array_append(three, name);
		if (flag(i, "undecided"))
			json_array_append(open, name);
	}
	json_object_set_new(profile, "theorem1", theorem("virtualizable: every sensitive instruction is privileged", one, json_copy(open)));
	json_object_set_new(profile, "theorem2", theorem("recursively virtualizable: as Theorem 1, and no unprivileged instruction "
							 "depends on time", two, json_copy(open)));
	json_object_set_new(profile, "theorem3", theorem("a hybrid monitor exists: every user-sensitive instruction is privileged",
							 three, open));
}

static json_t *map_json(const struct isa *isa, const struct scenario *s)
{
	json_t *o = json_object();

	for (unsigned v = isa->level_count; v-- > 0;)
		if (s->map[v] >= 0)
			json_object_set_new(o, isa->levels[v].name, json_string(isa->levels[s->map[v]].name));
	return o;
}

json_t *scenario_head(const struct isa *isa, const struct scenario *s)
{
	json_t *o = json_object(), *host = json_object(), *pass = json_array();
	char text[BITS_TEXT];

	json_object_set_new(o, "name", json_string(s->name));
	if (s->description)
		json_object_set_new(o, "description", json_string(s->description));
	json_object_set_new(o, "default", json_boolean(s->is_default));
	json_object_set_new(o, "map", map_json(isa, s));
	json_object_set_new(o, "monitor_level", json_string(isa->levels[s->monitor].name));
	for (unsigned i = 0; i < s->host_count; i++)
		json_object_set_new(host, isa->components[s->host[i].component].name, json_string(bits_hex(s->host[i].value, text)));
	for (unsigned i = 0; i < isa->component_count; i++)
		if (s->pass_through[i])
			json_array_append_new(pass, json_string(isa->components[i].name));
	json_object_set_new(o, "host", host);
	json_object_set_new(o, "pass_through", pass);
	return o;
}

static json_t *profile_result(const struct isa *isa, json_t *results, const char *scenario, unsigned p)
{
	json_t *o = json_object(), *list = json_array(), *result;
	size_t n;

	json_array_foreach(results, n, result) {
		const json_t *profiles = json_object_get(json_object_get(result, "scenarios"), scenario);
		json_t *row = json_object();
		const struct instruction *i = isa_instruction(isa, json_string_value(json_object_get(result, "name")));
		size_t line, column;

		json_object_set(row, "name", json_object_get(result, "name"));
		if (i && i->long_name)
			json_object_set_new(row, "long_name", json_string(i->long_name));
		if (i) {
			source_position(i->where.source, i->where.offset, &line, &column);
			json_object_set_new(row, "file", json_string(i->where.source->path));
			json_object_set_new(row, "line", json_integer((json_int_t)line));
		}
		json_object_update(row, json_array_get(profiles, p));
		json_object_del(row, "profile");
		json_array_append_new(list, row);
	}
	json_object_set_new(o, "profile", json_string(profile_names[p]));
	if (json_array_size(list) == isa->instruction_count) /* of some instructions alone nothing follows */
		add_theorems(o, list);
	json_object_set_new(o, "instructions", list);
	return o;
}

/* --- expectations: compared afterwards, never used before --- */

static json_t *named(json_t *list, const char *key, const char *name)
{
	json_t *item;
	size_t n;

	json_array_foreach(list, n, item)
		if (!strcmp(json_string_value(json_object_get(item, key)), name))
			return item;
	return NULL;
}

static json_t *texts_json(const char *const *texts)
{
	json_t *list = json_array();

	for (; *texts; texts++)
		json_array_append_new(list, json_string(*texts));
	return list;
}

static bool same_set(const json_t *a, const json_t *b)
{
	const json_t *x, *y;
	size_t i, k;

	if (json_array_size(a) != json_array_size(b))
		return false;
	json_array_foreach(a, i, x) {
		bool found = false;

		json_array_foreach(b, k, y)
			found = found || json_equal(x, y);
		if (!found)
			return false;
	}
	return true;
}

struct comparison {
	json_t *list;
	const struct expectation *e;
	const char *scenario, *subject;
};

static void compare(const struct comparison *c, const char *what, json_t *expected, json_t *found, bool agrees)
{
	json_t *o = json_object();
	size_t line, column;

	source_position(c->e->where.source, c->e->where.offset, &line, &column);
	json_object_set_new(o, "scenario", json_string(c->scenario));
	json_object_set_new(o, "profile", json_string(c->e->profile));
	json_object_set_new(o, "subject", json_string(c->subject));
	json_object_set_new(o, "what", json_string(what));
	json_object_set_new(o, "expected", expected);
	json_object_set_new(o, "found", found);
	json_object_set_new(o, "agrees", json_boolean(agrees));
	if (c->e->source)
		json_object_set_new(o, "source", json_string(c->e->source));
	json_object_set_new(o, "file", json_string(c->e->where.source->path));
	json_object_set_new(o, "line", json_integer((json_int_t)line));
	json_array_append_new(c->list, o);
}

static void compare_kinds(const struct comparison *c, const char *what, const char **expected, json_t *row)
{
	json_t *want = texts_json(expected), *found = json_object_get(row, what);

	compare(c, what, want, json_incref(found), same_set(want, found));
}

static void compare_instruction(const struct comparison *c, json_t *profile)
{
	json_t *row = named(json_object_get(profile, "instructions"), "name", c->subject);
	const char *found;

	if (!row)
		return;
	if (c->e->privileged_class) {
		found = flag(row, "undecided") && !json_is_boolean(json_object_get(row, "privileged")) ? "undecided"
			: flag(row, "privileged") ? "privileged" : "unprivileged";
		compare(c, "class", json_string(c->e->privileged_class), json_string(found), !strcmp(found, c->e->privileged_class));
	}
	if (c->e->kinds)
		compare_kinds(c, "kinds", c->e->kinds, row);
	if (c->e->user_kinds)
		compare_kinds(c, "user_kinds", c->e->user_kinds, row);
}

static void compare_theorem(const struct comparison *c, json_t *profile, const char *key, const char *expected)
{
	const char *verdict;

	if (!expected || !json_object_get(profile, key))
		return;
	verdict = json_string_value(json_object_get(json_object_get(profile, key), "verdict"));
	verdict = !strcmp(verdict, "proved") ? "holds" : !strcmp(verdict, "refuted") ? "breaks" : verdict;
	compare(c, key, json_string(expected), json_string(verdict), !strcmp(expected, verdict));
}

static void compare_all(json_t *list, json_t *scenario, const struct expectation *e, const char *subject)
{
	const char *name = json_string_value(json_object_get(scenario, "name"));

	for (; e; e = e->next) {
		struct comparison c = {list, e, name, subject};
		json_t *profile = named(json_object_get(scenario, "profiles"), "profile", e->profile);

		if ((e->scenario && strcmp(e->scenario, name)) || !profile)
			continue;
		compare_theorem(&c, profile, "theorem1", e->theorem1);
		compare_theorem(&c, profile, "theorem3", e->theorem3);
		compare_instruction(&c, profile);
	}
}

static void compare_proof(json_t *list, json_t *scenario, const struct expectation *e)
{
	for (; e; e = e->next) {
		struct comparison c = {list, e, json_string_value(json_object_get(scenario, "name")), ""};
		json_t *theorem = json_object_get(scenario, "theorem");

		if ((e->scenario && strcmp(e->scenario, c.scenario)) || !theorem || strcmp(e->profile, "extended"))
			continue;
		compare_theorem(&c, theorem, "equivalence", e->equivalence);
		compare_theorem(&c, theorem, "hybrid", e->hybrid);
	}
}

json_t *prove_expectations(const struct isa *isa, json_t *scenarios)
{
	json_t *list = json_array(), *s;
	size_t n;

	json_array_foreach(scenarios, n, s) {
		compare_proof(list, s, isa->expect);
		for (const struct scenario *k = isa->scenarios; k; k = k->next)
			if (!strcmp(k->name, json_string_value(json_object_get(s, "name"))))
				compare_proof(list, s, k->expect);
	}
	return list;
}

static json_t *expectations(const struct isa *isa, json_t *scenarios)
{
	json_t *list = json_array(), *s;
	size_t n;

	json_array_foreach(scenarios, n, s) {
		compare_all(list, s, isa->expect, "");
		for (const struct scenario *k = isa->scenarios; k; k = k->next)
			if (!strcmp(k->name, json_string_value(json_object_get(s, "name"))))
				compare_all(list, s, k->expect, "");
		for (const struct instruction *i = isa->instructions; i; i = i->next)
			compare_all(list, s, i->expect, i->name);
	}
	return list;
}

static json_t *options_json(const struct options *options)
{
	json_t *asked = json_object();

	json_object_set_new(asked, "rlimit", json_integer(options->rlimit));
	json_object_set_new(asked, "adversarial", json_boolean(options->adversarial));
	json_object_set_new(asked, "processor", json_boolean(options->processor));
	return asked;
}

json_t *result_head(const struct isa *isa, const struct options *options)
{
	json_t *o = json_object();

	json_object_set_new(o, "tool", json_string("isolde " ISOLDE_VERSION));
	json_object_set_new(o, "isa", json_string(isa->name));
	if (isa->long_name)
		json_object_set_new(o, "long_name", json_string(isa->long_name));
	json_object_set_new(o, "file", json_string(isa->path));
	json_object_set_new(o, "options", options_json(options));
	json_object_set_new(o, "translation", json_string(isa->pure_translation ? "described" : "uninterpreted"));
	return o;
}

json_t *check_result(const struct isa *isa, json_t *instructions, const struct options *options, const struct scenario *only)
{
	json_t *o = result_head(isa, options), *scenarios = json_array();

	for (const struct scenario *s = isa->scenarios; s; s = s->next) {
		json_t *head, *profiles;

		if (only && only != s)
			continue;
		head = scenario_head(isa, s);
		profiles = json_array();
		for (unsigned p = 0; p < PROFILE_COUNT; p++)
			json_array_append_new(profiles, profile_result(isa, instructions, s->name, p));
		json_object_set_new(head, "profiles", profiles);
		json_array_append_new(scenarios, head);
	}
	/* What is expected is meant for the default reading. */
	json_object_set_new(o, "expectations",
			    options->adversarial || options->processor ? json_array() : expectations(isa, scenarios));
	json_object_set_new(o, "scenarios", scenarios);
	return o;
}
