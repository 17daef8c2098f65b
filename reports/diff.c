/* What changed in verdicts between two results of check. */
#include "common.h"
#include "report.h"

#include <stdlib.h>
#include <string.h>

struct comparing {
	json_t *changes;
	const char *scenario, *profile;
};

static const json_t *named(const json_t *list, const char *key, const char *name)
{
	const json_t *item;
	size_t n;

	json_array_foreach(list, n, item)
		if (!strcmp(text_of(item, key), name))
			return item;
	return NULL;
}

/* Takes `old` and `new`; nothing is added where they are equal. */
static json_t *change(const struct comparing *c, const char *subject, const char *what, json_t *old, json_t *new, bool worse)
{
	json_t *o = NULL;

	if (!json_equal(old, new)) {
		o = json_pack("{s:s, s:s, s:s, s:s, s:O, s:O, s:b}", "scenario", c->scenario, "profile", c->profile, "subject", subject, "what", what, "old", old, "new", new, "worse",
			      worse);
		json_array_append_new(c->changes, o);
	}
	json_decref(old);
	json_decref(new);
	return o;
}

/* Of a part: the witness that shows most; NULL. Borrowed. */
static const json_t *witness_in(const json_t *part)
{
	const json_t *o, *found = NULL;
	size_t n;

	json_array_foreach(json_object_get(part, "obligations"), n, o) {
		const char *id = text_of(o, "id");

		if (!strcmp(text_of(o, "verdict"), "refuted") && strcmp(id, "traps") && strcmp(id, "privileged") && (!found || !strcmp(id, "guarded")))
			found = json_object_get(o, "witness");
	}
	return found;
}

static const json_t *row_witness(const json_t *row)
{
	const json_t *found = witness_in(row), *v;
	size_t n;

	json_array_foreach(json_object_get(row, "variants"), n, v)
		if (!found && is_true(v, "critical"))
			found = witness_in(v);
	return found;
}

/* Where a row's critical variants are, joined; null if it has none. */
static json_t *critical_places(const json_t *row)
{
	json_t *places = json_array();
	const json_t *v;
	char *text;
	size_t n;

	json_array_foreach(json_object_get(row, "variants"), n, v)
		if (is_true(v, "critical"))
			json_array_append_new(places, json_sprintf("%s in %s", text_of(v, "variable"), text_of(v, "values")));
	text = joined(places);
	json_decref(places);
	places = *text ? json_string(text) : json_null();
	free(text);
	return places;
}

static json_t *get(const json_t *o, const char *key)
{
	json_t *value = json_object_get(o, key);

	return value ? json_incref(value) : json_null();
}

static bool troubled(const json_t *row)
{
	return class_rank(row) <= 1;
}

static void add_witness(json_t *change, const json_t *old, const json_t *new)
{
	json_t *w = change ? (json_t *)(is_true(change, "worse") ? row_witness(new) : row_witness(old)) : NULL;

	if (w) {
		json_object_set(change, "witness", w);
		json_object_set_new(change, "witness_of", json_string(is_true(change, "worse") ? "new" : "old"));
	}
}

static void compare_rows(const struct comparing *c, const json_t *old, const json_t *new)
{
	const char *name = text_of(old ? old : new, "name");
	bool worse = new && troubled(new) && (!old || class_rank(new) < class_rank(old));

	add_witness(change(c, name, "class", old ? get(old, "class") : json_null(), new ? get(new, "class") : json_null(), worse), old, new);
	if (!old || !new)
		return;
	change(c, name, "kinds", get(old, "kinds"), get(new, "kinds"), false);
	change(c, name, "user_kinds", get(old, "user_kinds"), get(new, "user_kinds"), is_true(new, "user_critical") && !is_true(old, "user_critical"));
	if (!strcmp(text_of(old, "class"), text_of(new, "class")))
		add_witness(change(c, name, "critical_where", critical_places(old), critical_places(new), is_true(new, "critical")), old, new);
	change(c, name, "condition", get(old, "condition"), get(new, "condition"), false);
}

static void compare_profiles(const struct comparing *c, const json_t *old, const json_t *new)
{
	static const char *const theorems[] = {"theorem1", "theorem2", "theorem3"};
	const json_t *before = json_object_get(old, "instructions"), *after = json_object_get(new, "instructions"), *row;
	size_t n;

	for (unsigned t = 0; t < 3; t++) {
		json_t *a = get(json_object_get(old, theorems[t]), "verdict"), *b = get(json_object_get(new, theorems[t]), "verdict");

		change(c, "", theorems[t], a, b, json_is_string(b) && strcmp(json_string_value(b), "proved"));
	}
	json_array_foreach(after, n, row)
		compare_rows(c, named(before, "name", text_of(row, "name")), row);
	json_array_foreach(before, n, row)
		if (!named(after, "name", text_of(row, "name")))
			compare_rows(c, row, NULL);
}

static void compare_scenarios(json_t *changes, const json_t *old, const json_t *new)
{
	static const char *const profiles[] = {"1974", "extended"};
	bool same = !strcmp(text_of(old, "name"), text_of(new, "name"));
	json_t *name = same ? json_string(text_of(old, "name")) : json_sprintf("%s, %s", text_of(old, "name"), text_of(new, "name"));

	for (unsigned p = 0; p < 2; p++) {
		struct comparing c = {changes, json_string_value(name), profiles[p]};

		compare_profiles(&c, profile_of(old, profiles[p]), profile_of(new, profiles[p]));
	}
	json_decref(name);
}

static json_t *side(const json_t *result)
{
	return json_pack("{s:s, s:s}", "isa", text_of(result, "isa"), "file", text_of(result, "file"));
}

json_t *report_diff(const json_t *old, const json_t *new, const char *old_scenario, const char *new_scenario)
{
	const json_t *before = json_object_get(old, "scenarios"), *after = json_object_get(new, "scenarios"), *s;
	json_t *changes = json_array(), *only = json_array();
	size_t n;

	if (old_scenario) {
		compare_scenarios(changes, named(before, "name", old_scenario), named(after, "name", new_scenario));
	} else {
		json_array_foreach(after, n, s)
			if (named(before, "name", text_of(s, "name")))
				compare_scenarios(changes, named(before, "name", text_of(s, "name")), s);
			else
				json_array_append_new(only, json_pack("{s:s, s:s}", "scenario", text_of(s, "name"), "in", "new"));
		json_array_foreach(before, n, s)
			if (!named(after, "name", text_of(s, "name")))
				json_array_append_new(only, json_pack("{s:s, s:s}", "scenario", text_of(s, "name"), "in", "old"));
	}
	return json_pack("{s:s, s:o, s:o, s:o, s:o}", "tool", text_of(new, "tool"), "old", side(old), "new", side(new), "only", only, "changes", changes);
}

int report_diff_status(const json_t *diff)
{
	const json_t *c;
	size_t n;

	json_array_foreach(json_object_get(diff, "changes"), n, c)
		if (is_true(c, "worse"))
			return 1;
	return 0;
}

/* A word, a list, or nothing. */
static void print_value(const json_t *value, FILE *out)
{
	char *list = joined(json_is_array(value) ? value : NULL);

	fputs(json_is_string(value) ? json_string_value(value) : *list ? list : "-", out);
	free(list);
}

static void print_change(const json_t *c, const char *indent, FILE *out)
{
	fprintf(out, "%s%s%s%s%s: ", indent, is_true(c, "worse") ? "worse: " : "", text_of(c, "subject"), *text_of(c, "subject") ? " " : "", text_of(c, "what"));
	print_value(json_object_get(c, "old"), out);
	fputs(" -> ", out);
	print_value(json_object_get(c, "new"), out);
	fputc('\n', out);
}

void report_diff_text(const json_t *original, FILE *out)
{
	json_t *diff = printable(original);
	const json_t *c, *last = NULL;
	size_t n;

	fprintf(out, "%s -> %s\n", text_of(json_object_get(diff, "old"), "file"), text_of(json_object_get(diff, "new"), "file"));
	json_array_foreach(json_object_get(diff, "only"), n, c)
		fprintf(out, "scenario %s is only in the %s one\n", text_of(c, "scenario"), text_of(c, "in"));
	json_array_foreach(json_object_get(diff, "changes"), n, c) {
		if (!last || strcmp(text_of(last, "scenario"), text_of(c, "scenario")) || strcmp(text_of(last, "profile"), text_of(c, "profile")))
			fprintf(out, "scenario %s, profile %s\n", text_of(c, "scenario"), text_of(c, "profile"));
		last = c;
		print_change(c, "  ", out);
		if (json_object_get(c, "witness")) {
			fprintf(out, "    witness in the %s one:\n", text_of(c, "witness_of"));
			print_witness(json_object_get(c, "witness"), "      ", out);
		}
	}
	if (!last)
		fputs("no verdict changed\n", out);
	json_decref(diff);
}
