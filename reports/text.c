/* For a terminal. */
#include "common.h"

#include <stdlib.h>
#include <string.h>

static const char *paint(const struct report_style *style, const char *class)
{
	if (!style->colour)
		return "";
	if (!strcmp(class, "critical") || !strcmp(class, "breaks"))
		return "\033[1;31m";
	if (!strcmp(class, "privileged") || !strcmp(class, "holds"))
		return "\033[32m";
	return !strcmp(class, "undecided") ? "\033[1;33m" : "";
}

static const char *plain(const struct report_style *style)
{
	return style->colour ? "\033[0m" : "";
}

static void print_row(const json_t *row, const char *name, unsigned width, const struct report_style *style, FILE *out)
{
	char *kinds = joined(json_object_get(row, "kinds")), *user = joined(json_object_get(row, "user_kinds"));
	const char *class = text_of(row, "class");

	fprintf(out, "  %-*s %s%-10s%s %-15s %-34s %s%s\n", (int)width, name, paint(style, class), class, plain(style),
		privilege_word(row), *kinds ? kinds : "-", *user ? user : "-",
		!strcmp(class, "critical") && is_true(row, "guarded") ? "  (guarded)" : "");
	free(kinds);
	free(user);
}

static void print_variants(const json_t *row, unsigned width, const struct report_style *style, FILE *out)
{
	const json_t *v;
	size_t n;

	json_array_foreach(json_object_get(row, "variants"), n, v) {
		print_row(v, "", width, style, out);
		fprintf(out, "      %s in %s\n", text_of(v, "variable"), text_of(v, "values"));
	}
}

static bool is_shown(const json_t *row, const struct report_style *style)
{
	if (style->instruction)
		return !strcmp(style->instruction, text_of(row, "name"));
	return style->all || matters(row);
}

/* Of the column of names, as wide as what is shown. */
static unsigned name_width(const json_t **rows, size_t count, const struct report_style *style)
{
	size_t width = 12;

	for (size_t i = 0; i < count; i++)
		if (is_shown(rows[i], style) && strlen(text_of(rows[i], "name")) > width)
			width = strlen(text_of(rows[i], "name"));
	return width < 40 ? (unsigned)width : 40;
}

static void print_table(const json_t *profile, const struct report_style *style, FILE *out)
{
	size_t count, skipped = 0;
	const json_t **rows = sorted_rows(json_object_get(profile, "instructions"), &count);
	unsigned width = name_width(rows, count, style);

	fprintf(out, "\n  %-*s %-10s %-15s %-34s %s\n", (int)width, "instruction", "class", "privileged", "sensitive", "also in user levels");
	for (size_t i = 0; i < count; i++) {
		if (!is_shown(rows[i], style)) {
			skipped += !style->instruction;
			continue;
		}
		print_row(rows[i], text_of(rows[i], "name"), width, style, out);
		if (style->all || style->instruction || !strcmp(text_of(rows[i], "class"), "critical"))
			print_variants(rows[i], width, style, out);
	}
	if (skipped)
		fprintf(out, "  and %zu that are innocuous or always trap (--all shows them)\n", skipped);
	free(rows);
}

static void print_theorem(const json_t *profile, const char *key, const char *title, const struct report_style *style, FILE *out)
{
	char *words = theorem_words(json_object_get(profile, key));
	size_t n = strcspn(words, ":");
	char first[16] = "";

	memcpy(first, words, n < sizeof first ? n : sizeof first - 1);
	fprintf(out, "  %-34s %s%s%s%s\n", title, paint(style, first), first, plain(style), words + n);
	free(words);
}

static void print_profile(const json_t *p, const struct report_style *style, FILE *out)
{
	fprintf(out, "profile %s\n", text_of(p, "profile"));
	if (!json_object_get(p, "theorem1"))
		return;
	print_theorem(p, "theorem1", "Theorem 1, virtualizable:", style, out);
	print_theorem(p, "theorem2", "Theorem 2, recursively:", style, out);
	print_theorem(p, "theorem3", "Theorem 3, hybrid monitor:", style, out);
}

static void print_scenario(const json_t *s, const struct report_style *style, FILE *out)
{
	const char *level, *table = style->profile ? style->profile : "extended";
	const json_t *real, *p;
	size_t n;

	fprintf(out, "\nscenario %s:", text_of(s, "name"));
	json_object_foreach(json_object_get(s, "map"), level, real)
		fprintf(out, " %s->%s", level, json_string_value(real));
	fprintf(out, ", monitor in %s\n", text_of(s, "monitor_level"));
	json_array_foreach(json_object_get(s, "profiles"), n, p)
		if (!style->profile || !strcmp(style->profile, text_of(p, "profile")))
			print_profile(p, style, out);
	if (profile_of(s, table))
		print_table(profile_of(s, table), style, out);
}

/* Expectations of what was shown. */
static bool shown(const json_t *e, const struct report_style *style)
{
	return (!style->profile || !strcmp(style->profile, text_of(e, "profile"))) &&
	       (!style->instruction || !strcmp(style->instruction, text_of(e, "subject")));
}

static void print_expectations(const json_t *result, const struct report_style *style, FILE *out)
{
	size_t n, agree = 0, differ = 0;
	const json_t *e;

	json_array_foreach(json_object_get(result, "expectations"), n, e) {
		agree += shown(e, style) && is_true(e, "agrees");
		differ += shown(e, style) && !is_true(e, "agrees");
	}
	if (agree + differ)
		fprintf(out, "\n%zu expectations met, %zu not\n", agree, differ);
	json_array_foreach(json_object_get(result, "expectations"), n, e) {
		char *expected, *found;

		if (is_true(e, "agrees") || !shown(e, style))
			continue;
		expected = json_dumps(json_object_get(e, "expected"), JSON_ENCODE_ANY | JSON_COMPACT);
		found = json_dumps(json_object_get(e, "found"), JSON_ENCODE_ANY | JSON_COMPACT);
		fprintf(out, "  %s:%lld: %s/%s %s%s%s: expected %s, found %s%s%s\n", text_of(e, "file"),
			json_integer_value(json_object_get(e, "line")), text_of(e, "scenario"), text_of(e, "profile"),
			text_of(e, "subject"), *text_of(e, "subject") ? " " : "", text_of(e, "what"), expected, found,
			*text_of(e, "source") ? "; source: " : "", text_of(e, "source"));
		free(expected);
		free(found);
	}
}

void report_check_text(const json_t *original, const struct report_style *style, FILE *out)
{
	json_t *result = printable(original);
	const json_t *s;
	size_t n;

	fprintf(out, "%s%s%s (%s)\n", text_of(result, "isa"), *text_of(result, "long_name") ? ": " : "", text_of(result, "long_name"),
		text_of(result, "file"));
	json_array_foreach(json_object_get(result, "scenarios"), n, s)
		print_scenario(s, style, out);
	print_expectations(result, style, out);
	json_decref(result);
}
