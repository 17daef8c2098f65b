#ifndef ISOLDE_REPORT_SINK_H
#define ISOLDE_REPORT_SINK_H
/* Where a report goes. Text that comes from a description passes through the sink's escaping and through nothing else: a writer
 * gives its own markup in the format and other people's text as %t.
 *
 * Every sink shows control characters and the marks that reorder text (U+202A to U+202E, U+2066 to U+2069, U+200E, U+200F,
 * U+061C) as what they are, `\u{1b}`, and bytes that are not UTF-8 as U+FFFD. */
#include <stdio.h>

struct sink {
	FILE *out;
	const struct escaping *escaping;
};

extern const struct escaping html_escaping; /* HTML and SVG, text and quoted attributes */
extern const struct escaping xml_escaping;  /* XML 1.0: the same, with the entities that XML has */
extern const struct escaping markdown_escaping; /* a paragraph, a table cell, a link's text; line ends become blanks */
extern const struct escaping plain_escaping; /* a terminal, or a block of code that is indented; line ends stay */

/* Writes `format`:  %t text, escaped;  %c text as code, in the sink's own way;  %s markup of our own;  %d int;  %z size_t;  %i json_int_t (long long);  %f double, two decimals;
 * %a text as the name of an anchor or a file (what is not a letter, a digit, `.` or `-` becomes _ and two digits);  %% the sign. */
void put(const struct sink *s, const char *format, ...);
void put_text(const struct sink *s, const char *text);
/* What a writer wrote, as text; the caller frees. */
char *put_to_text(const struct escaping *escaping, void (*write)(const struct sink *s, void *context), void *context);
#endif
