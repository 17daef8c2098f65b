#ifndef ISOLDE_REPORT_COMMON_H
#define ISOLDE_REPORT_COMMON_H
/* What the writers share. */
#include "report.h"

const char *text_of(const json_t *o, const char *key); /* "" if there is none */
bool is_true(const json_t *o, const char *key);
/* Joins a list of texts with ", "; the caller frees. */
char *joined(const json_t *list);
/* `yes`, `no`, `partly`, `never completes`, `undecided`. */
const char *privilege_word(const json_t *row);
/* Rows that matter first: critical, undecided, privileged, the rest; the file's order within. The caller frees. */
const json_t **sorted_rows(const json_t *rows, size_t *count);
bool matters(const json_t *row);
/* critical 0, undecided 1, privileged 2, traps 3, innocuous 4. */
int class_rank(const json_t *row);
/* A sentence for a theorem's verdict: "holds", "breaks: lra, smode", "undecided: …"; the caller frees. */
char *theorem_words(const json_t *theorem);
/* Of a verdict on a theorem: "holds", "breaks" or "undecided". */
const char *holding(const char *verdict);
/* The same of a profile's theorem. */
const char *theorem_holding(const json_t *profile, const char *theorem);
const json_t *profile_of(const json_t *scenario, const char *name);
/* A copy whose texts can be shown on a terminal (sink.h): what the writers for terminals print. The caller owns it. */
json_t *printable(const json_t *value);
/* Prints a witness as a difference of runs, every line beginning with `indent`. */
void print_witness(const json_t *witness, const char *indent, FILE *out);
#endif
