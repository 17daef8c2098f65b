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
/* The result of `isolde mutate`; quiet: only what was not noticed, and the counts. */
void report_mutate_text(const json_t *result, bool quiet, FILE *out);
/* 1: a fault was not noticed and is not equivalent; 3: one could not be compared. */
int report_mutate_status(const json_t *result);
/* JSON with sorted structure as built, two blanks of indentation. */
void report_json(const json_t *result, FILE *out);

/* The result of `isolde run`: one run, a comparison in lockstep, or a table of techniques. */
void report_run_text(const json_t *result, const struct report_style *style, FILE *out);

/* --- isolde report: a *book* is what is known about one description (reports/report.schema.json), `books` a list of them --- */
void report_html(const json_t *book, FILE *out);
/* The comparison page. */
void report_index(const json_t *books, FILE *out);

/* The same page as Markdown. */
void report_markdown(const json_t *book, FILE *out);

/* --- for CI (reports/finding.h): findings are kept in the book under "findings" --- */
/* The findings of a book under one profile (NULL: extended); the caller owns the list. */
json_t *report_findings(const json_t *book, const char *profile);
/* Marks every finding as new or known. */
void report_compare(json_t *findings, const json_t *baseline);
bool report_is_baseline(const json_t *document);
/* 0 nothing that is new, 1 new findings, 3 only undecided ones. Without a baseline, all are new. */
int report_findings_status(const json_t *findings);
void report_findings_text(const json_t *findings, FILE *out);
/* Writes the book's findings as a baseline, as SARIF 2.1.0, as JUnit XML. */
void report_baseline(const json_t *book, FILE *out);
void report_sarif(const json_t *book, FILE *out);
void report_junit(const json_t *book, FILE *out);

/* What changed between two results of check (diff.schema.json), in all scenarios that both have, or in these two. The caller owns it. */
json_t *report_diff(const json_t *old, const json_t *new, const char *old_scenario, const char *new_scenario);
void report_diff_text(const json_t *diff, FILE *out);
/* 1 if something became worse. */
int report_diff_status(const json_t *diff);


/* The result of `isolde prove`, and of `isolde prove --theorem`. */
void report_prove_text(const json_t *result, const struct report_style *style, FILE *out);
void report_prove_markdown(const json_t *result, const struct report_style *style, FILE *out);
void report_advise_text(const json_t *result, const struct report_style *style, FILE *out);
void report_theorem_text(const json_t *result, bool colour, FILE *out);

/* Of `prove`: 0 as expected, 1 equivalence refuted (without --instruction; else a square) or not as expected, 3 undecided; of --theorem the same. */
int report_prove_status(const json_t *result);
int report_theorem_status(const json_t *result);

/* --- recordings (recording.schema.json) --- */
/* A page to be stepped through. */
void report_recording(const json_t *recording, FILE *out);
/* One line: whether bare and virtual machine agreed. */
void report_recording_text(const json_t *recording, FILE *out);
/* 0 no difference, 1 a difference. */
int report_recording_status(const json_t *recording);
/* The same for a terminal: what step `at` (from 0) did, and the state after it. */
void report_step_text(const json_t *recording, size_t at, const struct report_style *style, FILE *out);

/* Exit status of `check` (README): 0 as expected, 1 refuted or not as expected, 3 undecided. */
int report_check_status(const json_t *result);
/* Of `run`: 0 switched off with 0, or no difference; 1 another exit code, an error, a difference or a violation; 3 not ended. */
int report_run_status(const json_t *result);
#endif
