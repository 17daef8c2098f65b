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

void html_charts(const struct sink *s, const json_t *book)
{
	const json_t *scenario;
	json_t *groups = json_array();
	size_t n;

	json_array_foreach(json_object_get(json_object_get(book, "check"), "scenarios"), n, scenario)
		json_array_append_new(groups, class_counts(scenario, text_of(scenario, "name")));
	put(s, "<section id=\"charts\">\n<h2>In numbers</h2>\n");
	svg_bars(s, "Instructions by class", groups, "");
	put(s, "</section>\n");
	json_decref(groups);
}
