#ifndef ISOLDE_REPORT_H
#define ISOLDE_REPORT_H
/* Writers: the JSON result of a command, rendered. They know nothing of the analysis; JSON is the canonical form. */
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

struct report_style {
	bool colour;
	const char *profile;     /* only this profile in tables; NULL: both verdict lines, the extended table */
	const char *instruction; /* only this row; NULL: all */
	bool all;                /* rows of innocuous instructions too */
	bool quiet;              /* no line about how a run ended */
};

/* The result of `isolde check` as text for a terminal. */
void report_check_text(const json_t *result, const struct report_style *style, FILE *out);
/* The same as Markdown, with every witness. */
void report_check_markdown(const json_t *result, const struct report_style *style, FILE *out);
/* The result of `isolde explain`. */
void report_explain_text(const json_t *result, const struct report_style *style, FILE *out);
void report_explain_markdown(const json_t *result, const struct report_style *style, FILE *out);
/* What stands behind "proved" (evidence.schema.json). */
void report_evidence_text(const json_t *evidence, FILE *out);
/* What stands behind "proved" (evidence.schema.json). */
void report_evidence_text(const json_t *evidence, FILE *out);
/* JSON with sorted structure as built, two blanks of indentation. */
void report_json(const json_t *result, FILE *out);

/* The result of `isolde run`: one run, a comparison in lockstep, or a table of techniques. */
void report_run_text(const json_t *result, const struct report_style *style, FILE *out);

/* --- isolde report: a *book* is what is known about one description (reports/report.schema.json), `books` a list of them --- */
void report_html(const json_t *book, FILE *out);
/* The comparison page. */
void report_index(const json_t *books, FILE *out);

/* Exit status of `check` (README): 0 as expected, 1 refuted or not as expected, 3 undecided. */
int report_check_status(const json_t *result);
/* Of `run`: 0 switched off with 0, or no difference; 1 another exit code, an error, a difference or a violation; 3 not ended. */
int report_run_status(const json_t *result);
#endif
