/* The result of `prove`, for a terminal and as Markdown. */
#include "common.h"

#include <stdlib.h>
#include <stdint.h>
#include <string.h>

static const char *paint(bool colour, const char *verdict)
{
	if (!colour)
		return "";
	return !strcmp(verdict, "proved") ? "\033[32m" : !strcmp(verdict, "refuted") ? "\033[1;31m" : !strcmp(verdict, "undecided") ? "\033[1;33m" : "";
}

static const char *plain(bool colour)
{
	return colour ? "\033[0m" : "";
}

static void print_statement(const json_t *o, const char *title, bool colour, FILE *out)
{
	const char *verdict = text_of(o, "verdict");
	char *names = joined(json_object_get(o, !strcmp(verdict, "undecided") ? "undecided" : "because"));

	fprintf(out, "  %-26s %s%s%s%s%s\n", title, paint(colour, verdict), verdict, plain(colour), *names ? ": " : "", names);
	free(names);
}

static void print_list(const json_t *list, const char *title, FILE *out)
{
	const json_t *item;
	size_t n;

	json_array_foreach(list, n, item)
		fprintf(out, "  %-9s %s\n", n ? "" : title, json_string_value(item));
}

static void print_assumed(const json_t *groups, FILE *out)
{
	const json_t *group, *item;
	size_t n, k;

	json_array_foreach(groups, n, group) {
		fprintf(out, "%s    %s:\n", n ? "" : "  assumed\n", text_of(group, "title"));
		json_array_foreach(json_object_get(group, "items"), k, item)
			fprintf(out, "      - %s\n", json_string_value(item));
	}
}

/* --- squares that do not commute --- */

static void print_fields(const json_t *o, const char *before, FILE *out)
{
	const char *key;
	const json_t *value;
	bool any = false;

	json_object_foreach((json_t *)o, key, value) {
		fprintf(out, "%s%s = %s", any ? ", " : before, key, json_string_value(value));
		any = true;
	}
	if (any)
		fputc('\n', out);
}

static void print_run(const json_t *run, const char *name, FILE *out)
{
	fprintf(out, "        %s: ", name);
	if (json_object_size(json_object_get(run, "before")))
		print_fields(json_object_get(run, "before"), "from ", out);
	else
		fputs("from that state\n", out);
	if (!strcmp(text_of(run, "outcome"), "done")) {
		fputs("                 completes", out);
		if (json_object_size(json_object_get(run, "changes")))
			print_fields(json_object_get(run, "changes"), ", changing ", out);
		else
			fputs(", changing nothing\n", out);
	} else if (*text_of(run, "outcome")) {
		fprintf(out, "                 %ss%s%s%s%s%s%s%s\n", text_of(run, "outcome"), *text_of(run, "cause") ? " (" : "", text_of(run, "cause"),
			*text_of(run, "cause") ? ")" : "", *text_of(run, "to") ? ", to " : "", text_of(run, "to"),
			*text_of(run, "value") ? ", with value " : "", text_of(run, "value"));
		print_fields(json_object_get(run, "changes"), "                 when it has changed ", out);
	}
}

static void print_pair(const json_t *w, FILE *out)
{
	const json_t *runs = json_object_get(w, "runs");

	if (!w)
		return;
	fputs("      witness, replayed\n", out);
	print_fields(json_object_get(w, "state"), "        both:    ", out);
	print_run(json_array_get(runs, 0), "virtual", out);
	print_run(json_array_get(runs, 1), "real   ", out);
}

static bool commutes(const json_t *row)
{
	return (!strcmp(text_of(row, "verdict"), "proved") || !strcmp(text_of(row, "verdict"), "vacuous")) &&
	       !strcmp(text_of(row, "transparency"), "proved");
}

static void print_square(const json_t *row, const struct report_style *style, FILE *out)
{
	const json_t *d;
	size_t n;

	fprintf(out, "    %-12s %s as %s%s%s%s%s: %s%s%s\n", text_of(row, "instruction"), text_of(row, "level"), text_of(row, "real_level"),
		*text_of(row, "variable") ? ", " : "", text_of(row, "variable"), *text_of(row, "values") ? " in " : "", text_of(row, "values"),
		paint(style->colour, text_of(row, "verdict")), text_of(row, "verdict"), plain(style->colour));
	json_array_foreach(json_object_get(row, "differences"), n, d)
		fprintf(out, "      %s: %s\n", text_of(d, "place"), text_of(d, "how"));
	print_pair(json_object_get(row, "witness"), out);
	if (strcmp(text_of(row, "transparency"), "proved"))
		fprintf(out, "      its traps are transparent: %s\n", text_of(row, "transparency"));
	print_pair(json_object_get(row, "transparency_witness"), out);
}

static void print_squares(const json_t *scenario, const struct report_style *style, FILE *out)
{
	size_t n, shown = 0, hidden = 0;
	const json_t *row;

	json_array_foreach(json_object_get(scenario, "squares"), n, row) {
		if (commutes(row) && !style->all && !style->instruction) {
			hidden++;
			continue;
		}
		if (!shown++)
			fputs("\n  squares\n", out);
		print_square(row, style, out);
	}
	if (hidden)
		fprintf(out, "  %s%zu squares commute%s\n", shown ? "and " : "", hidden, shown ? "" : " (--all shows them)");
}

/* --- what belongs to a level --- */

static void print_coverage(const json_t *level, bool colour, FILE *out)
{
	const json_t *c = json_object_get(level, "coverage"), *range;
	size_t n;

	if (!strcmp(text_of(c, "verdict"), "proved"))
		return;
	fprintf(out, "  level %s as %s: %s: %s%s%s\n", text_of(level, "level"), text_of(level, "real_level"), text_of(c, "statement"),
		paint(colour, text_of(c, "verdict")), text_of(c, "verdict"), plain(colour));
	json_array_foreach(json_object_get(c, "ranges"), n, range)
		fprintf(out, "    %s to %s: every access traps\n", text_of(range, "first"), text_of(range, "last"));
}

static void print_names(const json_t *list, const char *title, FILE *out)
{
	char *names = joined(list);

	if (*names)
		fprintf(out, "%s%s\n", title, names);
	free(names);
}

/* Against the composition: what the guest's relocation holds, an address, and where its storage is. */
static void print_case(const json_t *o, FILE *out)
{
	const json_t *storage = json_object_get(o, "storage"), *value;
	const char *key;

	if (!o)
		return;
	fprintf(out, "      storage at %s, %s units:", json_string_value(json_array_get(storage, 0)), json_string_value(json_array_get(storage, 1)));
	json_object_foreach((json_t *)(uintptr_t)o, key, value)
		if (json_is_string(value))
			fprintf(out, " %s = %s", key, json_string_value(value));
	fputc('\n', out);
}

static void print_levels(const json_t *levels, bool colour, FILE *out)
{
	const json_t *level, *o;
	size_t n, k;

	json_array_foreach(levels, n, level) {
		json_array_foreach(json_object_get(level, "obligations"), k, o) {
			if (!strcmp(text_of(o, "verdict"), "proved") || !strcmp(text_of(o, "verdict"), "vacuous"))
				continue;
			fprintf(out, "  level %s as %s: %s: %s%s%s\n", text_of(level, "level"), text_of(level, "real_level"), text_of(o, "statement"),
				paint(colour, text_of(o, "verdict")), text_of(o, "verdict"), plain(colour));
			print_names(json_object_get(o, "refuted"), "      by: ", out);
			print_names(json_object_get(o, "undecided"), "      open: ", out);
			print_names(json_object_get(o, "lost"), "      lost: ", out);
			print_pair(json_object_get(o, "witness"), out);
			print_case(json_object_get(o, "case"), out);
		}
		print_coverage(level, colour, out);
	}
}

/* --- Theorem 1 beside it --- */

/* All instructions about which the same is said, from number n on; those before have been printed with theirs. */
static void print_alike(const json_t *list, size_t n, FILE *out)
{
	const json_t *d = json_array_get(list, n), *other;
	size_t k;

	json_array_foreach(list, k, other) {
		if (strcmp(text_of(d, "why"), text_of(other, "why")) || strcmp(text_of(d, "class"), text_of(other, "class")))
			continue;
		if (k < n)
			return;
		fprintf(out, "%s%s", k == n ? "    " : ", ", text_of(other, "instruction"));
	}
	fprintf(out, ":\n      %s by the definitions, squares %s. %s\n", text_of(d, "class"), text_of(d, "squares"), text_of(d, "why"));
}

static void print_comparison(const json_t *t, bool colour, FILE *out)
{
	const json_t *d;
	size_t n;

	print_statement(json_object_get(t, "theorem1"), "Theorem 1's condition:", colour, out);
	print_statement(json_object_get(t, "theorem3"), "Theorem 3's condition:", colour, out);
	json_array_foreach(json_object_get(t, "differences"), n, d) {
		if (!n)
			fputs("  where the definitions and the squares differ:\n", out);
		print_alike(json_object_get(t, "differences"), n, out);
	}
	print_names(json_object_get(t, "needless_traps"), "  traps that nobody needs (privileged, and innocuous): ", out);
}

static void print_theorem(const json_t *t, bool colour, FILE *out)
{
	if (!t)
		return;
	print_statement(json_object_get(t, "equivalence"), "equivalence:", colour, out);
	print_statement(json_object_get(t, "resource_control"), "resource control:", colour, out);
	print_statement(json_object_get(t, "hybrid"), "hybrid monitor:", colour, out);
	print_comparison(t, colour, out);
	print_list(json_object_get(t, "follows"), "follows:", out);
	print_assumed(json_object_get(t, "assumed"), out);
}

static void print_head(const json_t *s, FILE *out)
{
	const char *level;
	const json_t *real;

	fprintf(out, "\nscenario %s:", text_of(s, "name"));
	json_object_foreach(json_object_get(s, "map"), level, real)
		fprintf(out, " %s->%s", level, json_string_value(real));
	fprintf(out, ", monitor in %s\n", text_of(s, "monitor_level"));
}

void report_prove_text(const json_t *original, const struct report_style *style, FILE *out)
{
	json_t *result = printable(original);
	const json_t *s;
	size_t n;

	fprintf(out, "%s%s%s (%s)\n", text_of(result, "isa"), *text_of(result, "long_name") ? ": " : "", text_of(result, "long_name"),
		text_of(result, "file"));
	json_array_foreach(json_object_get(result, "scenarios"), n, s) {
		print_head(s, out);
		print_theorem(json_object_get(s, "theorem"), style->colour, out);
		print_levels(json_object_get(s, "levels"), style->colour, out);
		print_squares(s, style, out);
	}
	json_decref(result);
}

/* --- Markdown: the text, in a block --- */

void report_prove_markdown(const json_t *result, const struct report_style *style, FILE *out)
{
	struct report_style uncoloured = *style;

	uncoloured.colour = false;
	fprintf(out, "# Proof of equivalence: %s\n\n```text\n", text_of(result, "isa"));
	report_prove_text(result, &uncoloured, out);
	fputs("```\n", out);
}

/* --- the theorems themselves --- */

void report_theorem_text(const json_t *result, bool colour, FILE *out)
{
	const json_t *o, *h;
	size_t n, k;

	fputs("For every instruction set of the model (theory, section 4): instruction, translation and map are uninterpreted.\n", out);
	json_array_foreach(json_object_get(result, "obligations"), n, o) {
		fprintf(out, "\n%s. %s\n  %s%s%s\n", text_of(o, "title"), text_of(o, "statement"), paint(colour, text_of(o, "verdict")),
			text_of(o, "verdict"), plain(colour));
		json_array_foreach(json_object_get(o, "hypotheses"), k, h)
			fprintf(out, "    %-26s %s\n    %-26s without it: %s%s\n", text_of(h, "id"), text_of(h, "text"), "", text_of(h, "without"),
				is_true(h, "needed") ? ", the solver has a countermodel" : "");
	}
}

int report_theorem_status(const json_t *result)
{
	const json_t *o;
	size_t n;

	json_array_foreach(json_object_get(result, "obligations"), n, o)
		if (strcmp(text_of(o, "verdict"), "proved"))
			return !strcmp(text_of(o, "verdict"), "undecided") ? 3 : 1;
	return 0;
}
