/* Theorems 1 to 3 from the instructions' classes: the whole result of check. */
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
			    options->adversarial || options->processor ? json_array() : check_expectations(isa, scenarios));
	json_object_set_new(o, "scenarios", scenarios);
	return o;
}
