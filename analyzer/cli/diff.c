/* isolde diff: what changed in verdicts between two descriptions, two results, or two scenarios. */
#include "cli.h"

#include "../../reports/report.h"

#include <stdlib.h>
#include <string.h>

static bool ends_with(const char *path, const char *ending)
{
	size_t n = strlen(path), m = strlen(ending);

	return n >= m && !strcmp(path + n - m, ending);
}

static json_t *read_result(const char *path)
{
	json_error_t error;
	json_t *document = json_load_file(path, 0, &error), *check = json_object_get(document, "check");

	if (!document) {
		fprintf(stderr, "isolde: %s:%d:%d: %s\n", path, error.line, error.column, error.text);
	} else if (check || json_is_array(json_object_get(document, "scenarios"))) {
		check = json_incref(check ? check : document); /* isolde report keeps it inside */
	} else {
		fprintf(stderr, "isolde: %s: not a result of isolde check\n", path);
	}
	json_decref(document);
	return check;
}

static json_t *check_description(const struct arguments *a, const char *path)
{
	struct arena *arena = arena_new();
	struct arguments described = *a;
	struct isa *isa = load_spec(arena, a, path, NULL);
	json_t *result = NULL;

	described.format = "json";
	described.scenario = NULL;
	if (isa)
		result = check_all(isa, &described, NULL, NULL);
	arena_free(arena);
	return result;
}

static json_t *result_of(const struct arguments *a, const char *path)
{
	return ends_with(path, ".json") ? read_result(path) : check_description(a, path);
}

static bool has_scenario(const json_t *result, const char *name)
{
	json_t *s;
	size_t n;

	json_array_foreach(json_object_get(result, "scenarios"), n, s)
		if (!strcmp(json_string_value(json_object_get(s, "name")), name))
			return true;
	fprintf(stderr, "isolde: %s has no scenario '%s'\n", json_string_value(json_object_get(result, "isa")), name);
	return false;
}

/* --scenario A: in both; A,B: A of the old one and B of the new one. */
static json_t *compare(const struct arguments *a, const json_t *old, const json_t *new)
{
	char *first = a->scenario ? strdup(a->scenario) : NULL, *second = first ? strchr(first, ',') : NULL;
	json_t *diff = NULL;

	if (second)
		*second++ = '\0';
	else
		second = first;
	if (!first || (has_scenario(old, first) && has_scenario(new, second)))
		diff = report_diff(old, new, first, second);
	free(first);
	return diff;
}

int command_diff(const struct arguments *a)
{
	json_t *old = result_of(a, a->words[0]), *new = old ? result_of(a, a->words[1]) : NULL, *diff = NULL;
	int status = EXIT_INPUT;

	if (old && new) {
		status = EXIT_USAGE;
		diff = compare(a, old, new);
	}
	if (diff) {
		if (!strcmp(a->format, "json"))
			report_json(diff, stdout);
		else
			report_diff_text(diff, stdout);
		status = report_diff_status(diff) ? EXIT_REFUTED : EXIT_AS_EXPECTED;
	}
	json_decref(old);
	json_decref(new);
	json_decref(diff);
	return status;
}
