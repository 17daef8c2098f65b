/* isolde check. */
#include "cli.h"

#include "../../reports/report.h"

#include <string.h>

typedef void book_writer(const json_t *book, FILE *out);

/* The writer for a form that is made for CI; NULL for the others. */
static book_writer *writer_of(const char *format)
{
	return !strcmp(format, "sarif") ? report_sarif : !strcmp(format, "junit") ? report_junit : !strcmp(format, "baseline") ? report_baseline : NULL;
}

static void print_result(const json_t *result, const struct arguments *a)
{
	struct report_style style = {use_colour(stdout), a->profile, a->instruction, a->all, a->quiet};

	if (!strcmp(a->format, "json"))
		report_json(result, stdout);
	else if (!strcmp(a->format, "markdown"))
		report_check_markdown(result, &style, stdout);
	else
		report_check_text(result, &style, stdout);
}

/* Prints the result, compared with --baseline if there is one; *status becomes what that says. */
static void print_all(const struct jobs *w, json_t *result, int *status)
{
	book_writer *write = writer_of(w->a->format);
	json_t *book = NULL;

	if (write || w->a->baseline) {
		book = book_new(w->a, w->isa, result, NULL);
		if (!book) {
			*status = EXIT_INPUT;
			return;
		}
		if (*status != EXIT_INTERNAL)
			*status = book_status(w->a, book);
	}
	if (write)
		write(book, stdout);
	else
		print_result(result, w->a);
	if (w->a->baseline && !strcmp(w->a->format, "text")) {
		fputc('\n', stdout);
		report_findings_text(json_object_get(book, "findings"), stdout);
	}
	json_decref(book);
}

/* What `check` finds; NULL after a message, *status set. */
static json_t *check(struct jobs *w, struct arena *arena, int *status)
{
	json_t *list = jobs_results(w, arena, status), *result;

	if (!list)
		return NULL;
	result = check_result(w->isa, list, &w->options, w->scenario);
	json_decref(list);
	*status = jobs_status(w, result, report_check_status(result));
	return result;
}

static const struct job_kind classifying = {"check", classify_instruction, check, print_all};

json_t *check_all(const struct isa *isa, const struct arguments *a, const struct scenario *scenario, const bool *only)
{
	struct arena *arena = arena_new();
	struct jobs w = jobs_of(a, isa, scenario, &classifying);
	int status;
	json_t *result;

	w.only = only;
	result = check(&w, arena, &status);
	arena_free(arena);
	return result;
}

int command_check(const struct arguments *a)
{
	return jobs_command(a, &classifying);
}
