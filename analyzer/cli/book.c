/* A book (reports/report.h): the result of check, what the description says beyond it, and the findings. */
#include "cli.h"

#include "../../reports/report.h"

#include <stdlib.h>
#include <string.h>

static json_t *read_baseline(const char *path)
{
	json_error_t error;
	json_t *document = json_load_file(path, 0, &error);

	if (!document)
		fprintf(stderr, "isolde: %s:%d:%d: %s\n", path, error.line, error.column, error.text);
	else if (!report_is_baseline(document))
		fprintf(stderr, "isolde: %s: not a baseline (isolde check SPEC --format baseline writes one)\n", path);
	if (document && report_is_baseline(document))
		return document;
	json_decref(document);
	return NULL;
}

json_t *book_new(const struct arguments *a, const struct isa *isa, json_t *check, json_t *prove)
{
	json_t *book = json_pack("{s:O, s:o}", "check", check, "machine", describe(isa)), *baseline = NULL, *findings;

	if (a->baseline && !(baseline = read_baseline(a->baseline))) {
		json_decref(book);
		return NULL;
	}
	if (prove)
		json_object_set(book, "prove", prove);
	findings = report_findings(book, a->profile);
	if (baseline)
		report_compare(findings, baseline);
	json_object_set_new(book, "findings", findings);
	json_decref(baseline);
	return book;
}

int book_status(const struct arguments *a, const json_t *book)
{
	return a->baseline ? report_findings_status(json_object_get(book, "findings")) : report_check_status(json_object_get(book, "check"));
}
