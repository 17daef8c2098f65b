#ifndef ISOLDE_DIAG_H
#define ISOLDE_DIAG_H
/* What we say to the author of a description: many findings per run, each with file:line:column, the source line,
 * a caret and a code. A finding is the author's trouble; our own bugs are asserts, the world's are statuses. */
#include "arena.h"

#include <stdbool.h>
#include <stdio.h>

/* One file that was read. Owned by the arena it was loaded into. */
struct source {
	const char *path, *text;
	size_t length;
	size_t *lines; /* offset of the first byte of each line */
	size_t line_count;
};

/* A place in a source: bytes [offset, offset+length). A span with source NULL means the whole run. */
struct span {
	const struct source *source;
	size_t offset, length;
};

/* Every code that Isolde prints, with its one-line meaning. `isolde lint --codes` lists them. */
#define DIAG_CODES(X) \
	X(E_FILE, "a file cannot be read or is too large") \
	X(E_YAML, "the text is not the YAML subset that Isolde reads") \
	X(E_DUPLICATE, "a key or a name is defined twice") \
	X(E_KEY, "a key that the format does not have") \
	X(E_MISSING, "a key that the format needs") \
	X(E_VALUE, "a value of the wrong form") \
	X(E_LIMIT, "a limit of the format is exceeded") \
	X(E_SYNTAX, "the operation text cannot be parsed") \
	X(E_NAME, "a name that means nothing here") \
	X(E_TYPE, "an expression of the wrong type or width") \
	X(E_RECURSION, "a function that calls itself") \
	X(E_ENCODING, "an encoding that contradicts itself") \
	X(E_OVERLAP, "two encodings that overlap") \
	X(E_SCENARIO, "a scenario that does not fit the machine") \
	X(E_INVARIANT, "a declared invariant that some instruction breaks") \
	X(E_ACCESS, "an access claim that the semantics refutes") \
	X(E_RETURN, "a function that may end without a value") \
	X(E_IMAGE, "a file that is no program for this machine") \
	X(E_ASSEMBLY, "a line of a program that the assembler does not know") \
	X(E_RANGE, "a value that does not fit where it stands in a program") \
	X(W_TRUNCATED, "a value that loses its high bits") \
	X(W_UNREACHABLE, "code that nothing reaches") \
	X(W_UNASSIGNED, "a value that is read before it is assigned") \
	X(W_UNUSED, "something that nothing uses") \
	X(W_UNDECODED, "encodings that no instruction takes")

enum diag_code {
#define DIAG_ENUM(name, text) name,
	DIAG_CODES(DIAG_ENUM)
#undef DIAG_ENUM
	DIAG_COUNT
};

struct diags;
/* An empty list of findings that lives in `arena`. */
struct diags *diags_new(struct arena *arena);
/* Adds a finding, unless the same one is there at the same place; warnings are the codes that begin with W. Beyond 200 findings only the count grows. */
void diag_add(struct diags *diags, enum diag_code code, struct span where, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* Adds a line of advice to the last finding. */
void diag_hint(struct diags *diags, const char *format, ...) __attribute__((format(printf, 2, 3)));
unsigned diag_errors(const struct diags *diags);
unsigned diag_warnings(const struct diags *diags);
/* Writes all findings, sorted by file and place, errors and warnings together. */
void diag_print(const struct diags *diags, FILE *out, bool colour);
const char *diag_code_name(enum diag_code code);
const char *diag_code_text(enum diag_code code);

/* Reads a whole file, at most `limit` bytes. NULL after a finding if that fails. */
struct source *source_read(struct arena *arena, const char *path, size_t limit, struct diags *diags, struct span from);
/* A source made from text in memory (copied). */
struct source *source_from_text(struct arena *arena, const char *path, const char *text, size_t length);
/* 1-based line and column (in bytes, tabs count one) of an offset. */
void source_position(const struct source *source, size_t offset, size_t *line, size_t *column);
/* The candidate nearest to `name` in edit distance, or NULL if none is near. `next` yields candidates until NULL. */
const char *nearest_name(const char *name, const char *(*next)(void *), void *context);
#endif
