/* A witness as a difference of states: a row for each component, columns for each run's before and after. */
#include "html.h"

#include <string.h>

/* All names that a witness shows, in its order. */
static json_t *names_of(const json_t *witness)
{
	json_t *names = json_object(), *value;
	const json_t *run;
	const char *key;
	size_t n;

	json_object_foreach(json_object_get(witness, "state"), key, value)
		json_object_set_new(names, key, json_true());
	json_array_foreach(json_object_get(witness, "runs"), n, run) {
		json_object_foreach(json_object_get(run, "before"), key, value)
			json_object_set_new(names, key, json_true());
		json_object_foreach(json_object_get(run, "changes"), key, value)
			json_object_set_new(names, key, json_true());
	}
	return names;
}

static const char *before(const json_t *witness, const json_t *run, const char *name)
{
	const char *own = text_of(json_object_get(run, "before"), name);

	return *own ? own : text_of(json_object_get(witness, "state"), name);
}

static void put_value(const struct sink *s, const char *value, const char *class)
{
	put(s, *class ? "<td class=\"%s\">" : "<td>", class);
	put(s, "%t</td>", *value ? value : "\xc2\xb7");
}

static void put_row(const struct sink *s, const json_t *witness, const char *name)
{
	const json_t *runs = json_object_get(witness, "runs"), *run, *first = json_array_get(runs, 0);
	size_t n;

	put(s, "<tr><th scope=\"row\">%t</th>", name);
	json_array_foreach(runs, n, run) {
		const char *after = text_of(json_object_get(run, "changes"), name), *start = before(witness, run, name);

		put_value(s, start, n && strcmp(start, before(witness, first, name)) ? "other" : "");
		put_value(s, *after ? after : "=", *after ? "changed" : "same");
	}
	put(s, "</tr>\n");
}

static void put_outcome(const struct sink *s, const json_t *run)
{
	const char *outcome = text_of(run, "outcome");

	if (!strcmp(outcome, "done"))
		put(s, "completes");
	else
		put(s, "%s%s%t, to %t", !strcmp(outcome, "fault") ? "faults" : "traps", *text_of(run, "cause") ? " with " : "", text_of(run, "cause"), text_of(run, "to"));
	if (*text_of(run, "value"))
		put(s, ", with value <code>%t</code>", text_of(run, "value"));
}

static void put_encoding(const struct sink *s, const json_t *encoding)
{
	const char *key;
	json_t *value;

	put(s, "<code>%t</code>", text_of(encoding, "bits"));
	json_object_foreach(json_object_get(encoding, "variables"), key, value)
		put(s, " <code>%t=%t</code>", key, json_string_value(value));
}

static void put_head(const struct sink *s, const json_t *runs)
{
	static const char *const titles[] = {"First run: ", "Second run: ", "Third run: "};

	const json_t *run;
	size_t n;

	put(s, "<thead><tr><td></td>");
	json_array_foreach(runs, n, run) {
		put(s, "<th scope=\"colgroup\" colspan=\"2\">%s", n < 3 && json_array_size(runs) > 1 ? titles[n] : "");
		put_outcome(s, run);
		put(s, "</th>");
	}
	put(s, "</tr><tr><td></td>");
	for (n = 0; n < json_array_size(runs); n++)
		put(s, "<th scope=\"col\">before</th><th scope=\"col\">after</th>");
	put(s, "</tr></thead>\n");
}

void html_witness(const struct sink *s, const json_t *witness, const char *caption)
{
	json_t *names = names_of(witness), *value;
	const char *name;

	put(s, "<table class=\"witness\"><caption>%s encoding ", caption);
	put_encoding(s, json_object_get(witness, "encoding"));
	put(s, "</caption>\n");
	put_head(s, json_object_get(witness, "runs"));
	put(s, "<tbody>\n");
	json_object_foreach(names, name, value)
		put_row(s, witness, name);
	put(s, "</tbody></table>\n");
	json_decref(names);
}
