/* isolde compare: verdicts of several machines beside the published ones, from check's results and the descriptions' expectations. Disagreement is
 * no failure: what the descriptions' notes say about it is for the reader. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../reports/common.h"
#include "cli.h"

static const char *const shipped[] = {"isa-specs/g3.yaml",      "isa-specs/rv64.yaml",   "isa-specs/x86-32.yaml", "isa-specs/x86-64.yaml",
				      "isa-specs/m68000.yaml", "isa-specs/m68010.yaml", "isa-specs/pdp10.yaml"};

static json_t *kinds_of(const json_t *instruction)
{
	return json_pack("{s:O, s:O, s:O}", "name", json_object_get(instruction, "name"), "kinds", json_object_get(instruction, "kinds"), "user_kinds",
			 json_object_get(instruction, "user_kinds"));
}

static json_t *critical_of(const json_t *profile)
{
	json_t *list = json_array(), *i;
	size_t n;

	json_array_foreach(json_object_get(profile, "instructions"), n, i)
		if (json_is_true(json_object_get(i, "critical")))
			json_array_append_new(list, kinds_of(i));
	return list;
}

static bool is_of(const json_t *expectation, const char *scenario, const char *profile)
{
	const char *s = json_string_value(json_object_get(expectation, "scenario")), *p = json_string_value(json_object_get(expectation, "profile"));

	return s && p && !strcmp(s, scenario) && !strcmp(p, profile);
}

/* One row: a machine in a scenario and a profile. */
static json_t *row_of(const json_t *result, const char *scenario, const json_t *profile)
{
	const char *name = json_string_value(json_object_get(profile, "profile"));
	json_t *differences = json_array(), *replaced = json_array(), *e;
	json_int_t agree = 0;
	size_t n;

	json_array_foreach(json_object_get(result, "expectations"), n, e) {
		if (!is_of(e, scenario, name))
			continue;
		if (json_is_true(json_object_get(e, "agrees")))
			agree++;
		else
			json_array_append(differences, e);
		if (json_object_get(e, "instead_of"))
			json_array_append(replaced, e);
	}
	return json_pack("{s:O, s:s, s:s, s:O, s:O, s:o, s:I, s:o, s:o}", "isa", json_object_get(result, "isa"), "scenario", scenario, "profile", name,
			 "theorem1", json_object_get(json_object_get(profile, "theorem1"), "verdict"), "theorem3",
			 json_object_get(json_object_get(profile, "theorem3"), "verdict"), "critical", critical_of(profile), "agree", agree,
			 "differences", differences, "replaced", replaced);
}

static void add_rows(json_t *rows, const json_t *result)
{
	json_t *scenario, *profile;
	size_t s, p;

	json_array_foreach(json_object_get(result, "scenarios"), s, scenario)
		json_array_foreach(json_object_get(scenario, "profiles"), p, profile)
			json_array_append_new(rows, row_of(result, json_string_value(json_object_get(scenario, "name")), profile));
}

/* --- writing --- */

static void print_kinds(const json_t *list)
{
	json_t *kind;
	size_t n;

	json_array_foreach(list, n, kind)
		printf("%s%s", n ? " " : "", json_string_value(kind));
}

/* name (kinds; user: kinds in levels that stay what they are) */
static void print_critical(const json_t *list)
{
	json_t *i;
	size_t n;

	if (!json_array_size(list))
		printf("none");
	json_array_foreach(list, n, i) {
		printf("%s%s (", n ? ", " : "", text_of(i, "name"));
		print_kinds(json_object_get(i, "kinds"));
		if (json_array_size(json_object_get(i, "user_kinds"))) {
			printf("; user: ");
			print_kinds(json_object_get(i, "user_kinds"));
		}
		putchar(')');
	}
}

static const char *theorem(const json_t *row, const char *key)
{
	const char *verdict = text_of(row, key);

	return !strcmp(verdict, "proved") ? "holds" : !strcmp(verdict, "refuted") ? "breaks" : verdict;
}

static void print_value(const json_t *value)
{
	char *text = json_is_string(value) ? NULL : json_dumps(value, JSON_ENCODE_ANY);

	printf("%s", json_is_string(value) ? json_string_value(value) : text ? text : "");
	free(text);
}

static void print_said(const char *before, const json_t *e)
{
	printf("%s", before);
	print_value(json_object_get(e, "expected"));
	if (*text_of(e, "source"))
		printf(" (%s)", text_of(e, "source"));
}

static void print_subject(const char *before, const json_t *e)
{
	printf("%s%s%s%s: ", before, text_of(e, "subject"), *text_of(e, "subject") ? " " : "", text_of(e, "what"));
}

static void print_difference(const json_t *e, const char *before)
{
	print_subject(before, e);
	print_said("published ", e);
	printf(", found ");
	print_value(json_object_get(e, "found"));
	putchar('\n');
}

/* What is published of another machine or setting stands beside what is published of this one. */
static void print_replaced(const json_t *e, const char *before)
{
	print_subject(before, e);
	print_said("published ", json_object_get(e, "instead_of"));
	print_said(", here ", e);
	putchar('\n');
}

typedef void print_expectation(const json_t *e, const char *before);

static void print_row(const json_t *r, bool markdown)
{
	json_t *e;
	size_t n;
	long long agree = (long long)json_integer_value(json_object_get(r, "agree")), differ = (long long)json_array_size(json_object_get(r, "differences"));

	printf(markdown ? "| %s, %s | %s | %s | %s | %lld of %lld | " : "%s, %s, profile %s: Theorem 1 %s, Theorem 3 %s; %lld of %lld expectations met\n  critical: ",
	       text_of(r, "isa"), text_of(r, "scenario"), text_of(r, "profile"), theorem(r, "theorem1"), theorem(r, "theorem3"), agree, agree + differ);
	print_critical(json_object_get(r, "critical"));
	puts(markdown ? " |" : "");
	if (!markdown)
		json_array_foreach(json_object_get(r, "differences"), n, e)
			print_difference(e, "  differs: ");
	if (!markdown)
		json_array_foreach(json_object_get(r, "replaced"), n, e)
			print_replaced(e, "  elsewhere: ");
}

static void print_list(const char *title, const json_t *rows, const char *key, print_expectation *print)
{
	json_t *r, *e;
	size_t n, k, count = 0;

	json_array_foreach(rows, n, r)
		json_array_foreach(json_object_get(r, key), k, e) {
			printf("%s%s%s- %s, %s, %s: ", count ? "" : "\n", count ? "" : title, count ? "" : "\n\n", text_of(r, "isa"), text_of(r, "scenario"),
			       text_of(r, "profile"));
			print(e, "");
			count++;
		}
}

static void print_rows(const json_t *rows, bool markdown)
{
	json_t *r;
	size_t n;

	if (markdown)
		puts("| machine, scenario | profile | Theorem 1 | Theorem 3 | agreement | critical instructions |\n"
		     "|---|---|---|---|---|---|");
	json_array_foreach(rows, n, r)
		print_row(r, markdown);
	if (!markdown)
		return;
	print_list("Differences from what was published:", rows, "differences", print_difference);
	print_list("What was published otherwise, of other machines or settings:", rows, "replaced", print_replaced);
}

static bool compare_one(const struct arguments *a, const char *path, json_t *rows)
{
	struct arena *arena = arena_new();
	struct isa *isa = load_spec(arena, a, path, NULL);
	json_t *result = isa ? check_all(isa, a, NULL, NULL) : NULL;

	if (result)
		add_rows(rows, result);
	json_decref(result);
	arena_free(arena);
	return result != NULL;
}

int command_compare(const struct arguments *a)
{
	unsigned count = a->count ? a->count : sizeof shipped / sizeof *shipped;
	json_t *rows = json_array();
	bool all = true;

	for (unsigned i = 0; i < count; i++)
		if (a->count || !access(shipped[i], F_OK))
			all = compare_one(a, a->count ? a->words[i] : shipped[i], rows) && all;
	if (!strcmp(a->format, "json")) {
		json_dumpf(rows, stdout, JSON_INDENT(2));
		putchar('\n');
	} else {
		print_rows(rows, !strcmp(a->format, "markdown"));
	}
	json_decref(rows);
	return all ? EXIT_AS_EXPECTED : EXIT_INPUT;
}
