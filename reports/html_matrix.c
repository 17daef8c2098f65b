/* The instruction matrix: a row per instruction, a column per scenario, critical ones first. The filter stands in the page and is
 * shown by the script; without it the whole table is there. */
#include "html.h"

#include <stdlib.h>
#include <string.h>

static void put_keys(const struct sink *s, const json_t *set)
{
	const char *key;
	json_t *value;
	bool any = false;

	json_object_foreach((json_t *)set, key, value) {
		put(s, "%s%t", any ? " " : "", key);
		any = true;
	}
}

/* What the filter looks at. */
static void put_attributes(const struct sink *s, const json_t *book, const json_t *instruction)
{
	const json_t *scenario, *row, *name;
	json_t *levels = json_object(), *fields = json_object(), *classes = json_object();
	size_t n;

	json_array_foreach(json_object_get(json_object_get(book, "check"), "scenarios"), n, scenario)
		if ((row = book_row(scenario, "extended", text_of(instruction, "name")))) {
			row_levels(book, row, levels);
			json_object_set_new(classes, text_of(row, "class"), json_true());
		}
	json_array_foreach(json_object_get(instruction, "reads"), n, name)
		json_object_set_new(fields, json_string_value(name), json_true());
	json_array_foreach(json_object_get(instruction, "writes"), n, name)
		json_object_set_new(fields, json_string_value(name), json_true());
	put(s, " data-class=\"");
	put_keys(s, classes);
	put(s, "\" data-level=\"");
	put_keys(s, levels);
	put(s, "\" data-field=\"");
	put_keys(s, fields);
	put(s, "\"");
	json_decref(levels);
	json_decref(fields);
	json_decref(classes);
}

static void put_cell(const struct sink *s, const json_t *book, const json_t *scenario, const json_t *row)
{
	char *kinds = joined(json_object_get(row, "kinds")), *user = joined(json_object_get(row, "user_kinds"));

	put(s, "<td data-sort=\"%d\">", class_rank(row));
	put_verdict(s, text_of(row, "class"));
	if (*kinds)
		put(s, "<br><small>%t%s%t</small>", kinds, *user ? "; in user levels: " : "", user);
	if (!strcmp(text_of(row, "class"), "critical") && is_true(row, "guarded"))
		put(s, "<br><small>guarded</small>");
	if (*book_equivalence(book, scenario) && book_square(book, scenario, text_of(row, "name"), NULL, "refuted"))
		put(s, "<br><small>square \xe2\x9c\x95 refuted</small>");
	put(s, "</td>");
	free(kinds);
	free(user);
}

static void put_row(const struct sink *s, const json_t *book, const json_t *instruction)
{
	const char *name = text_of(instruction, "name");
	const json_t *scenario, *row;
	size_t n;

	put(s, "<tr");
	put_attributes(s, book, instruction);
	put(s, "><th scope=\"row\"><a href=\"#i-%a\">%t</a></th><td>%t</td>", name, name, text_of(instruction, "long_name"));
	json_array_foreach(json_object_get(json_object_get(book, "check"), "scenarios"), n, scenario) {
		row = book_row(scenario, "extended", name);
		if (row)
			put_cell(s, book, scenario, row);
		else
			put(s, "<td></td>");
	}
	put(s, "</tr>\n");
}

static void put_options(const struct sink *s, const json_t *names)
{
	const json_t *name;
	size_t n;

	json_array_foreach(names, n, name)
		put(s, "<option>%t</option>", json_string_value(name));
}

static void put_fields(const struct sink *s, const json_t *book)
{
	const json_t *c;
	size_t n;

	json_array_foreach(json_object_get(json_object_get(book, "machine"), "components"), n, c)
		if (strcmp(text_of(c, "role"), "general") && strcmp(text_of(c, "role"), "pc"))
			put(s, "<option>%t</option>", text_of(c, "name"));
}

static void put_filter(const struct sink *s, const json_t *book)
{
	static const char *const classes[] = {"critical", "undecided", "privileged", "traps", "innocuous"};

	put(s, "<form id=\"filter\" hidden>\n<label>Name <input type=\"search\" name=\"text\" autocomplete=\"off\"></label>\n<label>Class <select name=\"class\"><option value=\"\">any</option>");
	for (unsigned i = 0; i < 5; i++)
		put(s, "<option>%s</option>", classes[i]);
	put(s, "</select></label>\n<label>Sensitive at level <select name=\"level\"><option value=\"\">any</option>");
	put_options(s, json_object_get(json_object_get(book, "machine"), "levels"));
	put(s, "</select></label>\n<label>Reads or writes <select name=\"field\"><option value=\"\">any field</option>");
	put_fields(s, book);
	put(s, "</select></label>\n<button type=\"reset\">Clear</button> <output name=\"count\" aria-live=\"polite\"></output>\n</form>\n");
}

void html_matrix(const struct sink *s, const json_t *book)
{
	const json_t *instructions = json_object_get(json_object_get(book, "machine"), "instructions"), *instruction, *scenario;
	size_t n;

	put(s, "<section id=\"instructions\">\n<h2>Instructions</h2>\n");
	put_filter(s, book);
	put(s, "<div class=\"wide\"><table id=\"matrix\"><caption>Class of every instruction; all privileged state counts (extended profile)</caption>\n<thead><tr><th scope=\"col\">Instruction</th><th scope=\"col\">Name</th>");
	json_array_foreach(json_object_get(json_object_get(book, "check"), "scenarios"), n, scenario)
		put(s, "<th scope=\"col\">%t</th>", text_of(scenario, "name"));
	put(s, "</tr></thead>\n<tbody>\n");
	for (int rank = 0; rank <= 5; rank++)
		json_array_foreach(instructions, n, instruction)
			if (book_rank(book, text_of(instruction, "name")) == rank)
				put_row(s, book, instruction);
	put(s, "</tbody></table></div>\n<dl class=\"words\">\n");
	for (unsigned i = 0; i < 5; i++) {
		static const char *const classes[] = {"critical", "privileged", "traps", "innocuous", "undecided"};

		put(s, "<dt>");
		put_verdict(s, classes[i]);
		put(s, "</dt><dd>%s</dd>\n", definition_of(classes[i]));
	}
	put(s, "</dl>\n</section>\n");
}
