/* What the description expects beside what was found: compared when all verdicts stand, and used for none. */
#include "analysis.h"

#include <string.h>

static json_t *named(json_t *list, const char *key, const char *name)
{
	json_t *item;
	size_t n;

	json_array_foreach(list, n, item)
		if (!strcmp(json_string_value(json_object_get(item, key)), name))
			return item;
	return NULL;
}

/* Kinds are a list, anything else is one word. */
static json_t *said(const struct expectation *e, enum claimed what)
{
	json_t *list;

	if (what != EXPECT_KINDS && what != EXPECT_USER_KINDS)
		return json_string(e->says[what][0]);
	list = json_array();
	for (const char **word = e->says[what]; *word; word++)
		json_array_append_new(list, json_string(*word));
	return list;
}

static bool holds_all(const json_t *a, const json_t *b)
{
	const json_t *x, *y;
	size_t i, k;

	json_array_foreach(b, i, y) {
		bool found = false;

		json_array_foreach(a, k, x)
			found = found || json_equal(x, y);
		if (!found)
			return false;
	}
	return true;
}

static bool agree(const json_t *a, const json_t *b)
{
	return json_is_array(a) && json_is_array(b) ? json_array_size(a) == json_array_size(b) && holds_all(a, b) : json_equal(a, b);
}

/* --- the verdict that an expectation speaks of; NULL if the result has none --- */

static json_t *verdict_found(const json_t *holder, enum claimed what)
{
	const char *verdict = json_string_value(json_object_get(json_object_get(holder, expected_names[what]), "verdict"));

	return !verdict ? NULL : json_string(!strcmp(verdict, "proved") ? "holds" : !strcmp(verdict, "refuted") ? "breaks" : verdict);
}

static json_t *class_found(const json_t *row)
{
	const json_t *privileged = json_object_get(row, "privileged");

	if (json_is_true(json_object_get(row, "undecided")) && !json_is_boolean(privileged))
		return json_string("undecided");
	return json_string(json_is_true(privileged) ? "privileged" : "unprivileged");
}

static json_t *found_of(const json_t *holder, enum claimed what)
{
	if (what == EXPECT_KINDS || what == EXPECT_USER_KINDS)
		return json_incref(json_object_get(holder, expected_names[what]));
	return what == EXPECT_CLASS ? class_found(holder) : verdict_found(holder, what);
}

/* --- comparing --- */

static const struct expectation *nearest(const struct expectation *e, const char *scenario, const char *profile, enum claimed what)
{
	while (e && (!e->says[what] || strcmp(e->profile, profile) || (e->scenario && strcmp(e->scenario, scenario))))
		e = e->next;
	return e;
}

static void add_place(json_t *o, const struct expectation *e)
{
	size_t line, column;

	source_position(e->where.source, e->where.offset, &line, &column);
	if (e->source)
		json_object_set_new(o, "source", json_string(e->source));
	json_object_set_new(o, "file", json_string(e->where.source->path));
	json_object_set_new(o, "line", json_integer((json_int_t)line));
}

/* The first that says something else, of those behind `e` that speak of the same. */
static json_t *instead_of(const struct expectation *e, const char *scenario, enum claimed what, const json_t *expected)
{
	const struct expectation *other = nearest(e->next, scenario, e->profile, what);
	json_t *words = other ? said(other, what) : NULL, *o;

	if (!words || agree(words, expected)) {
		json_decref(words);
		return NULL;
	}
	o = json_object();
	json_object_set_new(o, "expected", words);
	add_place(o, other);
	return o;
}

/* What `list` expects of `holder`, if anybody says it. */
static void compare(json_t *out, const struct expectation *list, const char *scenario, const char *profile, const char *subject, const json_t *holder,
		    enum claimed what)
{
	const struct expectation *e = nearest(list, scenario, profile, what);
	json_t *found = e && holder ? found_of(holder, what) : NULL, *expected, *other, *o;

	if (!found)
		return;
	expected = said(e, what);
	other = instead_of(e, scenario, what, expected);
	o = json_object();
	json_object_set_new(o, "scenario", json_string(scenario));
	json_object_set_new(o, "profile", json_string(profile));
	json_object_set_new(o, "subject", json_string(subject));
	json_object_set_new(o, "what", json_string(expected_names[what]));
	json_object_set_new(o, "expected", expected);
	json_object_set_new(o, "found", found);
	json_object_set_new(o, "agrees", json_boolean(agree(expected, found)));
	add_place(o, e);
	if (other)
		json_object_set_new(o, "instead_of", other);
	json_array_append_new(out, o);
}

static void compare_profile(json_t *out, const struct isa *isa, const char *scenario, json_t *profile)
{
	const char *name = json_string_value(json_object_get(profile, "profile"));
	json_t *rows = json_object_get(profile, "instructions");

	compare(out, isa->expect, scenario, name, "", profile, EXPECT_THEOREM1);
	compare(out, isa->expect, scenario, name, "", profile, EXPECT_THEOREM3);
	for (const struct instruction *i = isa->instructions; i; i = i->next)
		for (enum claimed what = 0; i->expect && what < EXPECT_THEOREM1; what++)
			compare(out, i->expect, scenario, name, i->name, named(rows, "name", i->name), what);
}

json_t *check_expectations(const struct isa *isa, json_t *scenarios)
{
	json_t *out = json_array(), *s, *profile;
	size_t n, p;

	json_array_foreach(scenarios, n, s)
		json_array_foreach(json_object_get(s, "profiles"), p, profile)
			compare_profile(out, isa, json_string_value(json_object_get(s, "name")), profile);
	return out;
}

json_t *prove_expectations(const struct isa *isa, json_t *scenarios)
{
	json_t *out = json_array(), *s;
	size_t n;

	json_array_foreach(scenarios, n, s)
		for (enum claimed what = EXPECT_EQUIVALENCE; what < EXPECT_COUNT; what++)
			compare(out, isa->expect, json_string_value(json_object_get(s, "name")), "extended", "", json_object_get(s, "theorem"), what);
	return out;
}
