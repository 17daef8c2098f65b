#ifndef ISOLDE_REPORT_FINDING_H
#define ISOLDE_REPORT_FINDING_H
/* Findings: what CI looks at. A list of objects, in the order of the result:
 *   rule      one of the rules below; `square` only where the book has a proof
 *   scenario, profile, subject (an instruction, or a theorem), where ("csr in 0x100", "" for the whole instruction), kinds
 *   file, line
 *   text      a sentence
 *   witness   an obligation's witness; absent if there is none
 *   status    after a comparison with a baseline: "new" or "known" */
#include "html.h"

struct finding_rule {
	const char *id, *level; /* level: of SARIF: error, warning, note */
	const char *title, *text;
};
/* Ends with an id NULL. */
extern const struct finding_rule finding_rules[];

/* Of a book (html.h), under one profile (NULL: extended). The caller owns the list. */
json_t *findings_of(const json_t *book, const char *profile);
/* The book's own findings, marked with their status if the book was compared with a baseline; borrowed. */
const json_t *book_findings(const json_t *book);
/* Whether a finding fails a run: not a note, and not known. */
bool finding_counts(const json_t *finding);
#endif
