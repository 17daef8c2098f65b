#ifndef ISOLDE_REPORT_HTML_H
#define ISOLDE_REPORT_HTML_H
/* The parts of the HTML report; one file each. Internal to reports/.
 *
 * A *book* is everything that is known about one description, as JSON (report.schema.json): `check` is the result of check with
 * witnesses, `machine` tells about the description itself, and what else was run stands beside them under the command's name. */
#include "common.h"
#include "sink.h"

/* --- page.c: what every page begins and ends with; the same script for both, the only one that the page lets run. --- */
void page_begin(const struct sink *s, const char *title, const char *script);
void page_end(const struct sink *s, const char *tool, const char *script);

/* --- assets.c --- */
extern const char asset_style[], asset_script[], asset_stepper[];

/* --- words.c --- */
/* Of a class or a kind: what it means, in a sentence; "" for a word that is none. */
const char *definition_of(const char *word);
/* The sign that stands beside a verdict's word, for those who do not see colour. */
const char *shape_of(const char *word);
/* Word, shape and colour of a class or verdict. */
void put_verdict(const struct sink *s, const char *word);
/* Links to instructions, at most `most` of them, and how many more there are. */
void put_links(const struct sink *s, const json_t *names, size_t most);
/* What a monitor's author can do about a row that is critical, in `scenario`. */
void put_advice(const struct sink *s, const json_t *book, const json_t *scenario, const json_t *row);

/* --- book.c: looking things up --- */
const json_t *book_instruction(const json_t *book, const char *name);
const json_t *book_component(const json_t *book, const char *name);
/* The row of an instruction in a scenario under a profile; NULL if there is none. */
const json_t *book_row(const json_t *scenario, const char *profile, const char *name);
/* Role of `name`, a component, an element of one (`X[3]`), or memory; "general" for memory. */
const char *book_role(const json_t *book, const char *name);
/* Levels from which a row acts sensitively, by its witnesses, and fields that its witnesses show (neither general nor pc): both are sets,
 * objects whose keys count. Added to what is there. */
void row_levels(const json_t *book, const json_t *row, json_t *set);
void row_fields(const json_t *book, const json_t *row, json_t *set);
/* Least rank over scenarios: critical 0, undecided 1, privileged 2, traps 3, innocuous 4. */
int book_rank(const json_t *book, const char *name);
/* The obligation of a row, or of its first variant that has a refuted one; NULL if there is none. */
const json_t *row_refuted(const json_t *row, const char *id);

/* The scenario's part of `prove`; NULL if it was not run. */
const json_t *book_proof(const json_t *book, const json_t *scenario);
/* What follows from it for this scenario; NULL. */
const json_t *book_theorem(const json_t *book, const json_t *scenario);
/* The square of an instruction, or of its variant (variable and values; "" for none), with this verdict, at the first level that has one; NULL. */
const json_t *book_square(const json_t *book, const json_t *scenario, const char *name, const json_t *part, const char *verdict);
/* Whether the squares that prove equivalence commute: "proved", "refuted", "undecided"; "" if `prove` was not run. */
const char *book_equivalence(const json_t *book, const json_t *scenario);

/* --- corners.c: the square's four corners --- */
enum { CORNER_ROOM = 64 };
struct corners {
	const json_t *witness, *virtual, *real; /* runs */
	const json_t *differences; /* that `prove` names, {place, how}; NULL */
	struct corner_row {
		const char *name;
		const char *before[2], *after[2]; /* virtual, real; "" where nothing is known */
		bool changed[2], differs;
	} rows[CORNER_ROOM];
	unsigned count;
	bool fails; /* the real run ends, and not where the map of the virtual one does */
};
/* The square that a row shows: of `prove` if there is one, else by check's witness that it acts unguarded. False if there is none. */
bool corners_of(const json_t *book, const json_t *scenario, const json_t *row, struct corners *c);
/* The square that commutes: the example beside the proof. False if there is none. */
bool corners_that_close(const json_t *book, const json_t *scenario, const json_t *row, struct corners *c);
/* What happens, in a sentence: how virtual and real run come apart. */
void put_corners_sentence(const struct sink *s, const json_t *book, const struct corners *c);

/* --- svg_*.c: drawings --- */
void svg_encoding(const struct sink *s, const json_t *instruction, bool numbers_from_left);
void svg_square(const struct sink *s, const json_t *book, const char *instruction, const struct corners *c);
/* Horizontal bars. `groups`: [{name, href?, parts: [{word, value}]}]; words have a class of colour and pattern each. */
void svg_bars(const struct sink *s, const char *title, const json_t *groups, const char *unit);

/* --- html_*.c: sections --- */
void html_first(const struct sink *s, const json_t *book);
void html_changes(const struct sink *s, const json_t *book, const json_t *scenario);
void html_matrix(const struct sink *s, const json_t *book);
void html_instructions(const struct sink *s, const json_t *book);
void html_witness(const struct sink *s, const json_t *witness, const char *caption);
void html_state(const struct sink *s, const json_t *book);
/* A group of svg_bars: how many instructions of each class there are; the caller owns it. */
json_t *class_counts(const json_t *scenario, const char *name);
void html_charts(const struct sink *s, const json_t *book);
#endif
