/* One instruction, whole: encoding, text, and for every scenario its classes, witnesses, near-misses and square. */
#include "html.h"

#include <stdlib.h>
#include <string.h>

static void put_operation(const struct sink *s, const json_t *instruction)
{
	const json_t *line;
	size_t n;

	put(s, "<pre class=\"operation\"><code>");
	json_array_foreach(json_object_get(instruction, "operation"), n, line) {
		bool matters = is_true(line, "matters");

		put(s, "<span class=\"no\">%i</span>%s%t%s\n", json_integer_value(json_object_get(line, "line")), matters ? "<mark>" : "", text_of(line, "text"), matters ? "</mark>" : "");
	}
	put(s, "</code></pre>\n");
}

static void put_head(const struct sink *s, const json_t *book, const json_t *instruction)
{
	if (*text_of(instruction, "description"))
		put(s, "<p>%t</p>\n", text_of(instruction, "description"));
	svg_encoding(s, instruction, is_true(json_object_get(book, "machine"), "most_significant_is_0"));
	put(s, "<p class=\"where\"><code>%t %t</code>, %t:%i%s%t</p>\n", text_of(instruction, "name"), text_of(instruction, "assembly"), text_of(instruction, "file"),
	    json_integer_value(json_object_get(instruction, "line")), *text_of(instruction, "source") ? "; " : "", text_of(instruction, "source"));
	put_operation(s, instruction);
}

/* --- what was asked --- */

static void put_witness(const struct sink *s, const json_t *witness)
{
	html_witness(s, witness, "Witness, executed:");
	if (json_object_get(witness, "near_miss"))
		html_witness(s, json_object_get(witness, "near_miss"), "Near-miss, where it behaves:");
}

static void put_obligation(const struct sink *s, const json_t *o, bool tame)
{
	const json_t *witness = json_object_get(o, "witness");

	if (!strcmp(text_of(o, "id"), "traps")) {
		if (witness)
			html_witness(s, witness, "For example it completes here:");
		return;
	}
	put(s, "<div class=\"asked\"><p>");
	put_verdict(s, text_of(o, "verdict"));
	put(s, " <b>%t</b>: %t</p>\n", text_of(o, "id"), text_of(o, "statement"));
	if (witness && !(tame && !strcmp(text_of(o, "id"), "privileged"))) /* that an innocuous one does not trap needs no state to show it */
		put_witness(s, witness);
	put(s, "</div>\n");
}

static void put_classes(const struct sink *s, const json_t *part)
{
	const json_t *kind;
	char *user = joined(json_object_get(part, "user_kinds"));
	size_t n;

	put(s, "<p>");
	put_verdict(s, text_of(part, "class"));
	put(s, " %s</p>\n", definition_of(text_of(part, "class")));
	if (json_array_size(json_object_get(part, "kinds"))) {
		put(s, "<ul>");
		json_array_foreach(json_object_get(part, "kinds"), n, kind)
			put(s, "<li><b>%t-sensitive</b>: %s</li>", json_string_value(kind), definition_of(json_string_value(kind)));
		if (*user)
			put(s, "<li>Also at levels that keep their privilege: %t.</li>", user);
		put(s, "</ul>\n");
	}
	if (is_true(part, "guarded") && !is_true(part, "privileged"))
		put(s, "<p>Guarded: wherever it acts sensitively, it traps. That is enough for a monitor, though not for the theorem\xe2\x80\x99s letter.</p>\n");
	if (*text_of(part, "condition"))
		put(s, "<p>It escapes the monitor exactly when <code>%t</code>.</p>\n", text_of(part, "condition"));
	free(user);
}

static void put_part(const struct sink *s, const json_t *part)
{
	const json_t *o;
	size_t n;

	put_classes(s, part);
	json_array_foreach(json_object_get(part, "obligations"), n, o)
		put_obligation(s, o, !strcmp(text_of(part, "class"), "innocuous"));
}

static void put_1974(const struct sink *s, const json_t *row)
{
	char *kinds = joined(json_object_get(row, "kinds"));

	if (!row)
		return;
	put(s, "<p>Under the paper\xe2\x80\x99s own resources (profile 1974): ");
	put_verdict(s, text_of(row, "class"));
	put(s, ", %s%t.</p>\n", *kinds ? "sensitive: " : "not sensitive", kinds);
	free(kinds);
}

/* The squares at every level, and whether a trap there shows. */
static void put_levels(const struct sink *s, const json_t *book, const json_t *scenario, const char *name)
{
	const json_t *square, *d;
	bool any = false;
	size_t n, m;

	json_array_foreach(json_object_get(book_proof(book, scenario), "squares"), n, square) {
		if (strcmp(text_of(square, "instruction"), name))
			continue;
		put(s, "%s<li>Square of %t, executed at %t", any ? "" : "<ul class=\"squares\">\n", text_of(square, "level"), text_of(square, "real_level"));
		if (*text_of(square, "variable"))
			put(s, ", %t in %t", text_of(square, "variable"), text_of(square, "values"));
		put(s, ": ");
		put_verdict(s, text_of(square, "verdict"));
		json_array_foreach(json_object_get(square, "differences"), m, d)
			put(s, "%s%c: %t", m ? "; " : ", ", text_of(d, "place"), text_of(d, "how"));
		if (!strcmp(text_of(square, "transparency"), "refuted"))
			put(s, "; its trap shows: it changes what the program sees");
		put(s, "</li>\n");
		any = true;
	}
	put(s, any ? "</ul>\n" : "");
}

static void put_scenario(const struct sink *s, const json_t *book, const json_t *scenario, const json_t *row, bool first)
{
	const char *name = text_of(row, "name");
	const json_t *v;
	struct corners c = {0};
	size_t n;

	put(s, "<section><h4>Scenario %t</h4>\n", text_of(scenario, "name"));
	if (corners_of(book, scenario, row, &c)) {
		put(s, "<p>");
		put_corners_sentence(s, book, &c);
		put(s, "</p>\n");
		svg_square(s, book, name, &c);
	} else if (first && corners_that_close(book, scenario, row, &c)) {
		svg_square(s, book, name, &c);
	}
	put_levels(s, book, scenario, name);
	if (is_true(row, "critical") || c.fails) {
		put(s, "<p class=\"advice\"><b>What would repair it.</b> ");
		put_advice(s, book, scenario, row);
		put(s, "</p>\n");
	}
	put_part(s, row);
	json_array_foreach(json_object_get(row, "variants"), n, v) {
		put(s, "<details><summary>Where %t is in %t: ", text_of(v, "variable"), text_of(v, "values"));
		put_verdict(s, text_of(v, "class"));
		put(s, "</summary>\n");
		put_part(s, v);
		put(s, "</details>\n");
	}
	put_1974(s, book_row(scenario, "1974", name));
	put(s, "</section>\n");
}

static void put_instruction(const struct sink *s, const json_t *book, const json_t *instruction)
{
	const json_t *scenarios = json_object_get(json_object_get(book, "check"), "scenarios"), *scenario, *row;
	const char *name = text_of(instruction, "name");
	size_t n;

	put(s, "<details class=\"instruction\"><summary><h3>%t</h3> %t ", name, text_of(instruction, "long_name"));
	json_array_foreach(scenarios, n, scenario)
		if ((row = book_row(scenario, "extended", name)))
			put_verdict(s, text_of(row, "class"));
	put(s, "</summary>\n<div class=\"body\" id=\"i-%a\">\n", name);
	put_head(s, book, instruction);
	json_array_foreach(scenarios, n, scenario)
		if ((row = book_row(scenario, "extended", name)))
			put_scenario(s, book, scenario, row, n == 0);
	put(s, "</div></details>\n");
}

void html_instructions(const struct sink *s, const json_t *book)
{
	const json_t *instructions = json_object_get(json_object_get(book, "machine"), "instructions"), *instruction;
	size_t n;

	put(s, "<section id=\"each\">\n<h2>Each instruction</h2>\n<p class=\"noprint\" id=\"openers\" hidden><button type=\"button\" data-open=\"yes\">Open all</button> <button type=\"button\" data-open=\"\">Close all</button></p>\n");
	for (int rank = 0; rank <= 5; rank++)
		json_array_foreach(instructions, n, instruction)
			if (book_rank(book, text_of(instruction, "name")) == rank)
				put_instruction(s, book, instruction);
	put(s, "</section>\n");
}
