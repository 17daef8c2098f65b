/* The report of one description as Markdown: what html_*.c say, for places that show Markdown. */
#include "html.h"
#include "report.h"

#include <stdlib.h>
#include <string.h>

static void put_word(const struct sink *s, const char *word)
{
	put(s, "%s %t", shape_of(word), word);
}

/* --- verdict --- */

static void put_theorems(const struct sink *s, const json_t *scenario)
{
	static const char *const keys[] = {"theorem1", "theorem2", "theorem3"};
	const json_t *p;
	size_t n;

	put(s, "\n| resources | 1: virtualizable | 2: recursively | 3: hybrid monitor |\n|---|---|---|---|\n");
	json_array_foreach(json_object_get(scenario, "profiles"), n, p) {
		put(s, "| %t ", text_of(p, "profile"));
		for (unsigned k = 0; k < 3; k++) {
			put(s, "| ");
			put_word(s, theorem_holding(p, keys[k]));
			put(s, " ");
		}
		put(s, "|\n");
	}
}

/* --- the proof --- */

static void put_list(const struct sink *s, const char *title, const json_t *items)
{
	const json_t *item;
	size_t n;

	if (json_array_size(items))
		put(s, "\n**%t**\n\n", title);
	json_array_foreach(items, n, item)
		put(s, "- %t\n", json_string_value(item));
}

static void put_assumed(const struct sink *s, const json_t *groups)
{
	const json_t *group;
	size_t n;

	put(s, "\nWhat is assumed:\n");
	json_array_foreach(groups, n, group)
		put_list(s, text_of(group, "title"), json_object_get(group, "items"));
}

static void put_proof(const struct sink *s, const json_t *theorem)
{
	static const char *const keys[][2] = {{"equivalence", "equivalence"}, {"resource_control", "resource control"}, {"hybrid", "equivalence under a hybrid monitor"}};
	static const char *const counted[] = {"proved", "refuted", "undecided", "vacuous"};
	const json_t *o;

	if (!theorem)
		return;
	put(s, "\n| proved for this machine, instruction by instruction | verdict | parts proved | refuted | undecided | without a case |\n|---|---|---|---|---|---|\n");
	for (unsigned k = 0; k < sizeof keys / sizeof *keys; k++) {
		put(s, "| %s | ", keys[k][1]);
		put_word(s, text_of(o = json_object_get(theorem, keys[k][0]), "verdict"));
		for (unsigned c = 0; c < sizeof counted / sizeof *counted; c++)
			put(s, " | %i", json_integer_value(json_object_get(json_object_get(o, "counts"), counted[c])));
		put(s, " |\n");
	}
	put_list(s, "What follows", json_object_get(theorem, "follows"));
	put_assumed(s, json_object_get(theorem, "assumed"));
}

/* Each square that does not commute, and where. */
static void put_broken(const struct sink *s, const json_t *proof)
{
	const json_t *square, *d;
	bool any = false;
	size_t n, k;

	json_array_foreach(json_object_get(proof, "squares"), n, square) {
		if (strcmp(text_of(square, "verdict"), "refuted"))
			continue;
		put(s, "%s- **%t**, %t as %t%s%t%s%t: ", any ? "" : "\nSquares that do not commute:\n\n", text_of(square, "instruction"), text_of(square, "level"),
		    text_of(square, "real_level"), *text_of(square, "variable") ? ", " : "", text_of(square, "variable"), *text_of(square, "values") ? " in " : "",
		    text_of(square, "values"));
		any = true;
		json_array_foreach(json_object_get(square, "differences"), k, d)
			put(s, "%s%t: %t", k ? "; " : "", text_of(d, "place"), text_of(d, "how"));
		put(s, "\n");
	}
}

/* --- */

static void put_changes(const struct sink *s, const json_t *book, const json_t *scenario)
{
	const json_t *row;
	struct corners c;
	bool any = false;
	size_t n;

	json_array_foreach(json_object_get(profile_of(scenario, "extended"), "instructions"), n, row) {
		if (!is_true(row, "critical"))
			continue;
		put(s, "%s- **%t**: ", any ? "" : "\nWhat to change:\n\n", text_of(row, "name"));
		any = true;
		if (corners_of(book, scenario, row, &c)) {
			put_corners_sentence(s, book, &c);
			put(s, " ");
		}
		put_advice(s, book, scenario, row);
		put(s, "\n");
	}
}

static void put_scenario(const struct sink *s, const json_t *book, const json_t *scenario)
{
	const char *level;
	json_t *real;

	put(s, "\n## Scenario %t\n\n%t", text_of(scenario, "name"), text_of(scenario, "description"));
	put(s, "%s", *text_of(scenario, "description") ? ": " : "");
	json_object_foreach(json_object_get(scenario, "map"), level, real)
		put(s, "%t \xe2\x86\x92 %t, ", level, json_string_value(real));
	put(s, "monitor in %t\n", text_of(scenario, "monitor_level"));
	put_theorems(s, scenario);
	put_proof(s, book_theorem(book, scenario));
	put_changes(s, book, scenario);
	put_broken(s, book_proof(book, scenario));
	put(s, "\nCheck it again: %c\n", book_proof(book, scenario) ? "isolde prove SPEC --no-cache" : "isolde check SPEC --no-cache");
}

/* --- matrix --- */

static void put_matrix(const struct sink *s, const json_t *book)
{
	const json_t *scenarios = json_object_get(json_object_get(book, "check"), "scenarios"), *i, *scenario, *row;
	size_t n, m;

	put(s, "\n## Instructions\n\n| instruction | name |");
	json_array_foreach(scenarios, m, scenario)
		put(s, " %t |", text_of(scenario, "name"));
	put(s, "\n|---|---|");
	for (m = 0; m < json_array_size(scenarios); m++)
		put(s, "---|");
	for (int rank = 0; rank <= 5; rank++)
		json_array_foreach(json_object_get(json_object_get(book, "machine"), "instructions"), n, i) {
			if (book_rank(book, text_of(i, "name")) != rank)
				continue;
			put(s, "\n| %t | %t |", text_of(i, "name"), text_of(i, "long_name"));
			json_array_foreach(scenarios, m, scenario) {
				char *kinds;

				row = book_row(scenario, "extended", text_of(i, "name"));
				kinds = joined(json_object_get(row, "kinds"));
				put(s, " ");
				put_word(s, row ? text_of(row, "class") : "");
				put(s, "%s%t |", *kinds ? ": " : "", kinds);
				free(kinds);
			}
		}
	put(s, "\n");
}

/* --- what escapes, in full --- */

static void put_part(const struct sink *s, const json_t *part)
{
	const json_t *o;
	size_t n;

	json_array_foreach(json_object_get(part, "obligations"), n, o) {
		json_t *witness = json_object_get(o, "witness");

		if (!witness || strcmp(text_of(o, "verdict"), "refuted") || !strcmp(text_of(o, "id"), "traps"))
			continue;
		put(s, "\n**%t** refuted: %t\n\n```\n", text_of(o, "id"), text_of(o, "statement"));
		print_witness(witness, "", s->out);
		if (json_object_get(witness, "near_miss")) {
			put(s, "near-miss, where it behaves:\n");
			print_witness(json_object_get(witness, "near_miss"), "  ", s->out);
		}
		put(s, "```\n");
	}
}

static void put_operation(const struct sink *s, const json_t *instruction)
{
	const struct sink plain = {s->out, &plain_escaping};
	const json_t *line;
	size_t n;

	put(s, "\n```\n");
	json_array_foreach(json_object_get(instruction, "operation"), n, line)
		put(&plain, "%i %s %t\n", json_integer_value(json_object_get(line, "line")), is_true(line, "matters") ? ">" : " ", text_of(line, "text"));
	put(s, "```\n");
}

static void put_row(const struct sink *s, const json_t *book, const json_t *scenario, const json_t *row)
{
	const json_t *kind, *v, *instruction = book_instruction(book, text_of(row, "name"));
	size_t n;

	put(s, "\n### %t (%t): %s critical\n\n%t\n", text_of(row, "name"), text_of(scenario, "name"), shape_of("critical"), text_of(row, "long_name"));
	put_operation(s, instruction);
	json_array_foreach(json_object_get(row, "kinds"), n, kind)
		put(s, "\n- **%t-sensitive**: %t", json_string_value(kind), definition_of(json_string_value(kind)));
	put(s, "\n");
	put_part(s, row);
	json_array_foreach(json_object_get(row, "variants"), n, v)
		if (is_true(v, "critical")) {
			put(s, "\nWhere %t is in %t:\n", text_of(v, "variable"), text_of(v, "values"));
			put_part(s, v);
		}
}

static void put_state(const struct sink *s, const json_t *book)
{
	const json_t *c;
	size_t n;

	put(s, "\n## State\n\n| field | role | bits | what it is | written by |\n|---|---|---|---|---|\n");
	json_array_foreach(json_object_get(json_object_get(book, "machine"), "components"), n, c) {
		size_t count = json_array_size(json_object_get(c, "written_by"));
		char *names = joined(json_object_get(c, "written_by"));

		if (!strcmp(text_of(c, "role"), "general") || !strcmp(text_of(c, "role"), "pc"))
			put(s, "| %t | %t | %i | %t | programs |\n", text_of(c, "name"), text_of(c, "role"), json_integer_value(json_object_get(c, "width")), text_of(c, "description"));
		else if (count > 12)
			put(s, "| %t | %t | %i | %t | %z instructions |\n", text_of(c, "name"), text_of(c, "role"), json_integer_value(json_object_get(c, "width")), text_of(c, "description"), count);
		else
			put(s, "| %t | %t | %i | %t | %t |\n", text_of(c, "name"), text_of(c, "role"), json_integer_value(json_object_get(c, "width")), text_of(c, "description"), names);
		free(names);
	}
}

void report_markdown(const json_t *book, FILE *out)
{
	const struct sink s = {out, &markdown_escaping};
	const json_t *check = json_object_get(book, "check"), *scenario, *row;
	size_t n, m;

	put(&s, "# %t: %t\n\n%t\n", text_of(check, "isa"), text_of(check, "long_name"), text_of(json_object_get(book, "machine"), "description"));
	json_array_foreach(json_object_get(check, "scenarios"), n, scenario)
		put_scenario(&s, book, scenario);
	put_matrix(&s, book);
	json_array_foreach(json_object_get(check, "scenarios"), n, scenario)
		json_array_foreach(json_object_get(profile_of(scenario, "extended"), "instructions"), m, row)
			if (is_true(row, "critical"))
				put_row(&s, book, scenario, row);
	put_state(&s, book);
}
