/* What people would rather look at than read. */
#include "html.h"

#include <string.h>

static const char *const classes[] = {"critical", "undecided", "privileged", "traps", "innocuous"};

json_t *class_counts(const json_t *scenario, const char *name)
{
	json_t *parts = json_array();

	for (unsigned c = 0; c < sizeof classes / sizeof *classes; c++) {
		const json_t *row;
		json_int_t count = 0;
		size_t n;

		json_array_foreach(json_object_get(profile_of(scenario, "extended"), "instructions"), n, row)
			count += !strcmp(text_of(row, "class"), classes[c]);
		if (count)
			json_array_append_new(parts, json_pack("{s:s, s:I}", "word", classes[c], "value", count));
	}
	return json_pack("{s:s, s:o}", "name", name, "parts", parts);
}

/* --- what was run --- */

static const json_t *first_machine(const json_t *run)
{
	return json_array_get(json_object_get(run, "machines"), 0);
}

static void add_group(json_t *groups, const char *name, const char *href, json_t *parts)
{
	json_t *g = json_pack("{s:s, s:o}", "name", name, "parts", parts);

	if (*href)
		json_object_set_new(g, "href", json_string(href));
	json_array_append_new(groups, g);
}

static json_t *one_part(const char *word, double value)
{
	return json_pack("[{s:s, s:f}]", "word", word, "value", value);
}

static double number(const json_t *o, const char *key)
{
	return json_number_value(json_object_get(o, key));
}

/* Techniques that came to the bare machine's end, by cost. */
static void chart_cost(const struct sink *s, const json_t *rows)
{
	double bare = number(first_machine(json_array_get(rows, 0)), "cycles");
	json_t *groups = json_array();
	const json_t *row;
	size_t n;

	json_array_foreach(rows, n, row)
		if (first_machine(row) && bare > 0 && (!n || is_true(row, "same")))
			add_group(groups, text_of(row, "technique"), "", one_part("cost", number(first_machine(row), "cycles") / bare));
	svg_bars(s, "Cost by monitor technique", groups, "cycles, times the bare machine\xe2\x80\x99s");
	json_decref(groups);
}

static void chart_direct(const struct sink *s, const json_t *rows)
{
	json_t *groups = json_array();
	const json_t *row;
	size_t n;

	json_array_foreach(rows, n, row) {
		const json_t *e = json_object_get(first_machine(row), "efficiency");

		if (e && is_true(row, "same"))
			add_group(groups, text_of(row, "technique"), "", json_pack("[{s:s, s:f}, {s:s, s:f}]", "word", "direct", "value", number(e, "direct"), "word", "interpreted",
				  "value", number(e, "interpreted")));
	}
	svg_bars(s, "Instructions executed directly, and interpreted by the monitor", groups, "");
	json_decref(groups);
}

static void chart_traps(const struct sink *s, const json_t *run)
{
	json_t *counts = json_object_get(json_object_get(first_machine(run), "efficiency"), "by_instruction"), *value, *groups = json_array();
	const char *name;
	char href[300];

	json_object_foreach(counts, name, value) {
		snprintf(href, sizeof href, "#i-%s", name);
		add_group(groups, name, strpbrk(name, " _") ? "" : href, one_part("trap", json_number_value(value)));
	}
	svg_bars(s, "Traps to the monitor, by instruction", groups, text_of(run, "technique"));
	json_decref(groups);
}

/* A technique that did not come to the bare machine's end is not faster or slower: it is wrong. */
static void put_wrong(const struct sink *s, const json_t *rows)
{
	const json_t *row;
	size_t n;

	json_array_foreach(rows, n, row)
		if (n && (is_true(row, "impossible") || !is_true(row, "same")))
			put(s, "<p><span class=\"v breaks\">\xe2\x9c\x95 %t</span> %s.</p>\n", text_of(row, "technique"),
			    is_true(row, "impossible") ? "is not possible here" : "does not do what the bare machine does, and is not in the charts");
}

static void put_run(const struct sink *s, const json_t *run)
{
	const json_t *rows = json_object_get(run, "techniques"), *costs = json_object_get(run, "costs"), *row;
	size_t n;

	put(s, "<h3>A run, scenario %t</h3>\n<p>Counted by the reference emulator. Cost model: an instruction executed directly takes 1 cycle, a trap to the monitor and back %i, "
	       "an instruction that the monitor interprets %i.</p>\n", text_of(run, "scenario"), json_integer_value(json_object_get(costs, "trap")),
	    json_integer_value(json_object_get(costs, "emulate")));
	if (!rows) {
		chart_traps(s, run);
		return;
	}
	put_wrong(s, rows);
	chart_cost(s, rows);
	chart_direct(s, rows);
	json_array_foreach(rows, n, row)
		if (!strcmp(text_of(row, "technique"), "trap-and-emulate"))
			chart_traps(s, row);
}

void html_charts(const struct sink *s, const json_t *book)
{
	const json_t *scenario, *run;
	json_t *groups = json_array();
	size_t n;

	json_array_foreach(json_object_get(json_object_get(book, "check"), "scenarios"), n, scenario)
		json_array_append_new(groups, class_counts(scenario, text_of(scenario, "name")));
	put(s, "<section id=\"charts\">\n<h2>In numbers</h2>\n");
	svg_bars(s, "Instructions by class", groups, "");
	json_array_foreach(json_object_get(book, "runs"), n, run)
		put_run(s, run);
	put(s, "</section>\n");
	json_decref(groups);
}
