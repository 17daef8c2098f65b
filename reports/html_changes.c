/* What to change in the instruction set: what each culprit does now, what would repair it, and what `advise` proved of a repair; and where the
 * condition of 1974 and the proof say different things. */
#include "html.h"

#include <stdlib.h>
#include <string.h>

static const char *first_key(json_t *set)
{
	const char *key = json_object_iter_key(json_object_iter(set));

	return key ? key : "";
}

/* Whether the row is one of those that the verdict names. */
static bool blamed(const json_t *book, const json_t *scenario, const json_t *row)
{
	const json_t *because = json_object_get(json_object_get(book_theorem(book, scenario), "equivalence"), "because"), *name;
	size_t n;

	if (!*book_equivalence(book, scenario))
		return is_true(row, "critical");
	json_array_foreach(because, n, name)
		if (!strcmp(json_string_value(name), text_of(row, "name")))
			return true;
	return false;
}

/* Rows that fail in the same way, through the same field: {key: [row, …]}. */
static json_t *group_rows(const json_t *book, const json_t *scenario)
{
	json_t *groups = json_object(), *row;
	size_t n;

	json_array_foreach(json_object_get(profile_of(scenario, "extended"), "instructions"), n, row) {
		json_t *fields = json_object(), *key = json_array();
		char *text;

		if (blamed(book, scenario, row)) {
			row_fields(book, row, fields);
			json_array_append(key, json_object_get(row, "kinds"));
			json_array_append(key, json_object_get(row, "user_kinds"));
			json_array_append_new(key, json_string(first_key(fields)));
			text = json_dumps(key, JSON_COMPACT);
			if (!json_object_get(groups, text))
				json_object_set_new(groups, text, json_array());
			json_array_append(json_object_get(groups, text), row);
			free(text);
		}
		json_decref(fields);
		json_decref(key);
	}
	return groups;
}

static void put_kinds(const struct sink *s, const json_t *row)
{
	const json_t *kind;
	size_t n;

	json_array_foreach(json_object_get(row, "kinds"), n, kind)
		put(s, "%s%s", n ? " " : "", definition_of(json_string_value(kind)));
}

static void put_concerned(const struct sink *s, json_t *fields)
{
	const char *name;
	json_t *value;
	size_t n = 0;

	json_object_foreach(fields, name, value)
		if (++n <= 6)
			put(s, "%s<code>%t</code>", n > 1 ? ", " : " Fields involved: ", name);
	put(s, n > 6 ? " and others." : n ? "." : "");
}

static void put_group(const struct sink *s, const json_t *book, const json_t *scenario, const json_t *rows)
{
	const json_t *first = json_array_get(rows, 0), *row;
	json_t *names = json_array(), *fields = json_object();
	struct corners c;
	size_t n;

	json_array_foreach(rows, n, row)
		json_array_append(names, json_object_get(row, "name"));
	put(s, "<tr><th scope=\"row\">");
	put_links(s, names, 8);
	put(s, "</th><td>");
	row_fields(book, first, fields);
	if (corners_of(book, scenario, first, &c))
		put_corners_sentence(s, book, &c);
	else
		put_kinds(s, first);
	put_concerned(s, fields);
	put(s, "</td><td>");
	put_advice(s, book, scenario, first);
	put(s, "</td></tr>\n");
	json_decref(names);
	json_decref(fields);
}

static void put_changes(const struct sink *s, const json_t *book, const json_t *scenario)
{
	json_t *groups = group_rows(book, scenario), *rows;
	const char *key;

	if (json_object_size(groups)) {
		put(s, "<table class=\"changes\"><caption>What to change in the instruction set</caption><thead><tr><th scope=\"col\">Instruction</th>"
		       "<th scope=\"col\">What it does now</th><th scope=\"col\">What would repair it</th></tr></thead><tbody>\n");
		json_object_foreach(groups, key, rows)
			put_group(s, book, scenario, rows);
		put(s, "</tbody></table>\n");
	}
	json_decref(groups);
}

/* --- what `advise` found --- */

static void put_must_trap(const struct sink *s, const json_t *repair)
{
	const json_t *row, *d;
	size_t n, m;

	json_array_foreach(json_object_get(repair, "must_trap"), n, row) {
		put(s, "<li><a href=\"#i-%a\">%t</a>", text_of(row, "instruction"), text_of(row, "instruction"));
		json_array_foreach(json_object_get(row, "differences"), m, d)
			put(s, "%s%t: %t", m ? "; " : ", because of ", text_of(d, "place"), text_of(d, "how"));
		put(s, "<details><summary>Alternatives</summary><ul>");
		json_array_foreach(json_object_get(row, "alternatives"), m, d)
			put(s, "<li><b>%t</b>%s: %t</li>", text_of(d, "what"), is_true(d, "possible") ? "" : ", not possible here", text_of(d, "cost"));
		put(s, "</ul></details></li>\n");
	}
}

static void put_settings_found(const struct sink *s, const json_t *host)
{
	const json_t *setting, *alternative, *field;
	size_t n, m, k;

	json_array_foreach(json_object_get(host, "settings"), n, setting) {
		put(s, n ? "<li>" : "<p>What the monitor must set, found by the solver:</p>\n<ul>\n<li>");
		json_array_foreach(json_object_get(setting, "alternatives"), m, alternative)
			json_array_foreach(alternative, k, field)
				put(s, "%s%c = %c", k ? " and " : m ? " or " : "", text_of(field, "field"), text_of(field, "value"));
		json_array_foreach(json_object_get(setting, "breaks_without"), m, field)
			if (m < 4)
				put(s, "%s%t at %t", m ? ", " : "; without it breaks: ", text_of(field, "what"), text_of(field, "level"));
		put(s, ".</li>\n");
	}
	put(s, json_array_size(json_object_get(host, "settings")) ? "</ul>\n" : "");
}

static void put_advised(const struct sink *s, const json_t *book, const json_t *scenario)
{
	const json_t *advice = NULL, *one, *repair, *after;
	size_t n;

	json_array_foreach(json_object_get(json_object_get(book, "advise"), "scenarios"), n, one)
		if (!strcmp(text_of(one, "name"), text_of(scenario, "name")))
			advice = one;
	repair = json_object_get(advice, "repair");
	after = json_object_get(repair, "after");
	if (!json_array_size(json_object_get(repair, "must_trap")) && !json_array_size(json_object_get(json_object_get(advice, "host"), "settings")))
		return;
	put(s, "<section class=\"advice\"><h3>A repair, checked</h3>\n");
	put_settings_found(s, json_object_get(advice, "host"));
	if (json_array_size(json_object_get(repair, "must_trap"))) {
		put(s, "<p>It is enough if these trap%s:</p>\n<ul>\n",
		    json_array_size(json_object_get(repair, "settings")) ? ", with the settings above" : "");
		put_must_trap(s, repair);
		put(s, "</ul>\n");
	}
	if (*text_of(repair, "overlay")) {
		put(s, "<details><summary>As an overlay for the description; with it, equivalence is ");
		put_verdict(s, *text_of(after, "verdict") ? text_of(after, "verdict") : "undecided");
		put(s, "</summary><pre class=\"operation\"><code>%t</code></pre></details>\n", text_of(repair, "overlay"));
	}
	put(s, "</section>\n");
}

/* Where the theorem's condition and the squares differ, by the reason. */
static void put_whys(const struct sink *s, const json_t *book, const json_t *scenario)
{
	json_t *groups = json_object(), *names, *d;
	const char *why;
	size_t n;

	json_array_foreach(json_object_get(book_theorem(book, scenario), "differences"), n, d) {
		why = text_of(d, "why");
		if (!json_object_get(groups, why))
			json_object_set_new(groups, why, json_array());
		json_array_append(json_object_get(groups, why), json_object_get(d, "instruction"));
	}
	if (json_object_size(groups)) {
		put(s, "<table class=\"changes\"><caption>Where the condition of 1974 and the proof differ, and why</caption><thead><tr><th scope=\"col\">Instruction</th><th scope=\"col\">Why</th></tr></thead><tbody>\n");
		json_object_foreach(groups, why, names) {
			put(s, "<tr><th scope=\"row\">");
			put_links(s, names, 8);
			put(s, "</th><td>%t</td></tr>\n", why);
		}
		put(s, "</tbody></table>\n");
	}
	json_decref(groups);
}

void html_changes(const struct sink *s, const json_t *book, const json_t *scenario)
{
	put_changes(s, book, scenario);
	put_advised(s, book, scenario);
	put_whys(s, book, scenario);
}
