#include "common.h"
#include "sink.h"

#include <stdlib.h>
#include <string.h>

const char *text_of(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? text : "";
}

bool is_true(const json_t *o, const char *key)
{
	return json_is_true(json_object_get(o, key));
}

char *joined(const json_t *list)
{
	size_t n, length = 1;
	const json_t *item;
	char *text;

	json_array_foreach(list, n, item)
		length += json_string_length(item) + 2;
	text = calloc(length, 1);
	if (!text)
		abort();
	json_array_foreach(list, n, item) {
		if (n)
			strcat(text, ", ");
		strcat(text, json_string_value(item));
	}
	return text;
}

const char *privilege_word(const json_t *row)
{
	const json_t *p = json_object_get(row, "privileged");

	if (json_is_true(p))
		return "yes";
	if (json_is_false(p))
		return is_true(row, "partly_privileged") ? "partly" : "no";
	return is_true(row, "undecided") ? "undecided" : "never completes";
}

bool matters(const json_t *row)
{
	const char *c = text_of(row, "class");

	return strcmp(c, "innocuous") && strcmp(c, "traps");
}

int class_rank(const json_t *row)
{
	static const char *const order[] = {"critical", "undecided", "privileged", "traps", "innocuous"};
	int i = 0;

	while (i < 4 && strcmp(order[i], text_of(row, "class")))
		i++;
	return i;
}

const json_t **sorted_rows(const json_t *rows, size_t *count)
{
	size_t n, size = json_array_size(rows);
	const json_t **sorted = calloc(size + 1, sizeof *sorted), *row;

	if (!sorted)
		abort();
	*count = 0;
	for (int r = 0; r < 5; r++)
		json_array_foreach(rows, n, row)
			if (class_rank(row) == r)
				sorted[(*count)++] = row;
	return sorted;
}

char *theorem_words(const json_t *t)
{
	const char *verdict = text_of(t, "verdict");
	char *names, *text;

	if (!strcmp(verdict, "proved"))
		return strdup("holds");
	names = joined(json_object_get(t, !strcmp(verdict, "refuted") ? "because" : "undecided"));
	text = malloc(strlen(names) + 16);
	if (!text)
		abort();
	sprintf(text, "%s: %s", !strcmp(verdict, "refuted") ? "breaks" : verdict, names);
	free(names);
	return text;
}

const char *holding(const char *verdict)
{
	return !strcmp(verdict, "proved") ? "holds" : !strcmp(verdict, "refuted") ? "breaks" : "undecided";
}

const char *theorem_holding(const json_t *profile, const char *theorem)
{
	return holding(text_of(json_object_get(profile, theorem), "verdict"));
}

const json_t *profile_of(const json_t *scenario, const char *name)
{
	const json_t *p;
	size_t n;

	json_array_foreach(json_object_get(scenario, "profiles"), n, p)
		if (!strcmp(text_of(p, "profile"), name))
			return p;
	return NULL;
}

static void put_string(const struct sink *s, void *text)
{
	put_text(s, text);
}

json_t *printable(const json_t *value)
{
	const json_t *item;
	const char *key;
	json_t *copy, *member;
	char *text;
	size_t n;

	if (json_is_string(value)) {
		text = put_to_text(&plain_escaping, put_string, (char *)json_string_value(value));
		copy = json_string(text);
		free(text);
		return copy;
	}
	if (!json_is_array(value) && !json_is_object(value))
		return json_deep_copy(value);
	copy = json_is_array(value) ? json_array() : json_object();
	json_array_foreach(value, n, item)
		json_array_append_new(copy, printable(item));
	json_object_foreach((json_t *)value, key, member)
		json_object_set_new(copy, key, printable(member));
	return copy;
}

static void print_fields(const json_t *o, FILE *out)
{
	const char *key;
	const json_t *value;
	bool any = false;

	json_object_foreach((json_t *)o, key, value) {
		fprintf(out, "%s%s = %s", any ? ", " : "", key, json_string_value(value));
		any = true;
	}
	if (!any)
		fputs("nothing", out);
	fputc('\n', out);
}

static void print_run(const json_t *run, size_t number, size_t count, const char *indent, FILE *out)
{
	const char *outcome = text_of(run, "outcome");

	fprintf(out, "%s", indent);
	if (count > 1)
		fprintf(out, "run %zu: ", number + 1);
	if (json_object_size(json_object_get(run, "before"))) {
		fputs("from ", out);
		print_fields(json_object_get(run, "before"), out);
		fprintf(out, "%s%s", indent, count > 1 ? "       " : "");
	}
	if (!strcmp(outcome, "done")) {
		fputs("completes, changing ", out);
		print_fields(json_object_get(run, "changes"), out);
	} else {
		fprintf(out, "%s%s%s, to %s\n", !strcmp(outcome, "fault") ? "faults" : "traps",
			*text_of(run, "cause") ? " with " : "", text_of(run, "cause"), text_of(run, "to"));
	}
}

void print_witness(const json_t *witness, const char *indent, FILE *out)
{
	const json_t *encoding = json_object_get(witness, "encoding"), *runs = json_object_get(witness, "runs"), *run;
	size_t n;

	fprintf(out, "%sencoding %s", indent, text_of(encoding, "bits"));
	if (json_object_size(json_object_get(encoding, "variables"))) {
		fputs(" with ", out);
		print_fields(json_object_get(encoding, "variables"), out);
	} else {
		fputc('\n', out);
	}
	if (json_object_size(json_object_get(witness, "state"))) {
		fprintf(out, "%sstate    ", indent);
		print_fields(json_object_get(witness, "state"), out);
	}
	json_array_foreach(runs, n, run)
		print_run(run, n, json_array_size(runs), indent, out);
}

void report_json(const json_t *result, FILE *out)
{
	json_dumpf(result, out, JSON_INDENT(2));
	fputc('\n', out);
}

/* Whether somebody said what to expect of this theorem here. */
static bool expected(const json_t *result, const char *scenario, const char *profile, const char *what)
{
	const json_t *e;
	size_t n;

	json_array_foreach(json_object_get(result, "expectations"), n, e)
		if (!strcmp(text_of(e, "scenario"), scenario) && !strcmp(text_of(e, "profile"), profile) && !strcmp(text_of(e, "what"), what))
			return true;
	return false;
}

/* Adds up expectations and one theorem's verdict: 1 refuted or not as expected, 3 undecided. */
static int theorem_status(const json_t *result, const json_t *in, const char *scenario, const char *profile, const char *what, int so_far)
{
	const char *verdict = text_of(json_object_get(in, what), "verdict");

	if (so_far == 1 || (!strcmp(verdict, "refuted") && !expected(result, scenario, profile, what)))
		return 1;
	return !strcmp(verdict, "undecided") ? 3 : so_far;
}

static int expectations_status(const json_t *result)
{
	const json_t *e;
	int status = 0;
	size_t n;

	json_array_foreach(json_object_get(result, "expectations"), n, e) {
		if (!is_true(e, "agrees") && strcmp(text_of(e, "found"), "undecided"))
			return 1;
		if (!is_true(e, "agrees"))
			status = 3;
	}
	return status;
}

int report_check_status(const json_t *result)
{
	int status = expectations_status(result);
	const json_t *s, *p;
	size_t n, m;

	json_array_foreach(json_object_get(result, "scenarios"), n, s)
		json_array_foreach(json_object_get(s, "profiles"), m, p) {
			status = theorem_status(result, p, text_of(s, "name"), text_of(p, "profile"), "theorem1", status);
			status = theorem_status(result, p, text_of(s, "name"), text_of(p, "profile"), "theorem3", status);
		}
	return status;
}

/* Without a theorem (some instructions only), each square counts. */
static int squares_status(const json_t *scenario, int so_far)
{
	const json_t *row;
	size_t n;

	json_array_foreach(json_object_get(scenario, "squares"), n, row) {
		if (!strcmp(text_of(row, "verdict"), "refuted"))
			return 1;
		if (!strcmp(text_of(row, "verdict"), "undecided"))
			so_far = 3;
	}
	return so_far;
}

int report_prove_status(const json_t *result)
{
	int status = expectations_status(result);
	const json_t *s;
	size_t n;

	json_array_foreach(json_object_get(result, "scenarios"), n, s) {
		const json_t *t = json_object_get(s, "theorem");

		if (!t)
			status = status == 1 ? 1 : squares_status(s, status);
		else
			status = theorem_status(result, t, text_of(s, "name"), "extended", "equivalence", status);
	}
	return status;
}
