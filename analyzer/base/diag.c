#include "diag.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { FINDINGS_MAX = 200, NAME_MAX_LENGTH = 64 };

struct finding {
	enum diag_code code;
	struct span where;
	char *text, *hint;
	unsigned order;
};

struct diags {
	struct arena *arena;
	struct finding list[FINDINGS_MAX];
	unsigned count, errors, warnings;
};

static const char *const code_names[] = {
#define DIAG_NAME(name, text) #name,
	DIAG_CODES(DIAG_NAME)
#undef DIAG_NAME
};

static const char *const code_texts[] = {
#define DIAG_TEXT(name, text) text,
	DIAG_CODES(DIAG_TEXT)
#undef DIAG_TEXT
};

const char *diag_code_name(enum diag_code code)
{
	return code_names[code];
}

const char *diag_code_text(enum diag_code code)
{
	return code_texts[code];
}

struct diags *diags_new(struct arena *arena)
{
	struct diags *diags = ARENA_NEW(arena, struct diags);

	diags->arena = arena;
	return diags;
}

static char *format_text(struct arena *arena, const char *format, va_list args)
{
	va_list again;
	int length;
	char *text;

	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, args);
	text = arena_alloc(arena, (size_t)length + 1);
	vsnprintf(text, (size_t)length + 1, format, again);
	va_end(again);
	return text;
}

static bool same_place(struct span a, struct span b)
{
	return a.source == b.source && a.offset == b.offset && a.length == b.length;
}

void diag_add(struct diags *diags, enum diag_code code, struct span where, const char *format, ...)
{
	va_list args;
	struct finding *f;
	char *text;

	va_start(args, format);
	text = format_text(diags->arena, format, args);
	va_end(args);
	for (unsigned i = 0; i < diags->count; i++) /* said already: of another member of the same family */
		if (same_place(diags->list[i].where, where) && !strcmp(diags->list[i].text, text))
			return;
	if (code_names[code][0] == 'E')
		diags->errors++;
	else
		diags->warnings++;
	if (diags->count == FINDINGS_MAX)
		return;
	f = &diags->list[diags->count];
	*f = (struct finding){code, where, text, NULL, diags->count};
	diags->count++;
}

void diag_hint(struct diags *diags, const char *format, ...)
{
	va_list args;

	if (!diags->count)
		return;
	va_start(args, format);
	diags->list[diags->count - 1].hint = format_text(diags->arena, format, args);
	va_end(args);
}

unsigned diag_errors(const struct diags *diags)
{
	return diags->errors;
}

unsigned diag_warnings(const struct diags *diags)
{
	return diags->warnings;
}

void source_position(const struct source *source, size_t offset, size_t *line, size_t *column)
{
	size_t low = 0, high = source->line_count;

	while (high - low > 1) {
		size_t middle = (low + high) / 2;

		if (source->lines[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	*line = low + 1;
	*column = offset - source->lines[low] + 1;
}

/* A source line as it may be shown: control characters become blanks, and it ends after `room` bytes. */
static void print_line(const struct source *s, size_t line, FILE *out)
{
	size_t room = 160;

	for (size_t i = s->lines[line - 1]; i < s->length && s->text[i] != '\n' && room--; i++)
		fputc((unsigned char)s->text[i] < ' ' || s->text[i] == 0x7f ? ' ' : s->text[i], out);
	fputc('\n', out);
}

static void print_place(const struct finding *f, FILE *out)
{
	const struct source *s = f->where.source;
	size_t line, column, end, width;

	source_position(s, f->where.offset, &line, &column);
	fprintf(out, "%6zu | ", line);
	print_line(s, line, out);
	if (column > 150)
		return;
	end = line < s->line_count ? s->lines[line] - 1 : s->length;
	width = f->where.length;
	if (f->where.offset + width > end)
		width = end > f->where.offset ? end - f->where.offset : 1;
	fputs("       | ", out);
	for (size_t i = 1; i < column; i++)
		if ((s->text[s->lines[line - 1] + i - 1] & 0xc0) != 0x80)
			fputc(' ', out);
	fputc('^', out);
	for (size_t i = 1; i < width && i < 80; i++)
		if ((s->text[f->where.offset + i] & 0xc0) != 0x80)
			fputc('~', out);
	fputc('\n', out);
}

static void print_finding(const struct finding *f, FILE *out, bool colour)
{
	bool error = code_names[f->code][0] == 'E';
	const char *paint = !colour ? "" : error ? "\033[1;31m" : "\033[1;33m";
	size_t line, column;

	if (f->where.source) {
		source_position(f->where.source, f->where.offset, &line, &column);
		fprintf(out, "%s:%zu:%zu: ", f->where.source->path, line, column);
	}
	fprintf(out, "%s%s%s[%s]: %s\n", paint, error ? "error" : "warning", colour ? "\033[0m" : "", code_names[f->code], f->text);
	if (f->where.source)
		print_place(f, out);
	if (f->hint)
		fprintf(out, "       = %s\n", f->hint);
}

static int compare_findings(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;
	int order = 0;

	if (x->where.source && y->where.source)
		order = strcmp(x->where.source->path, y->where.source->path);
	if (!order && x->where.source && y->where.source && x->where.offset != y->where.offset)
		order = x->where.offset < y->where.offset ? -1 : 1;
	return order ? order : (int)x->order - (int)y->order;
}

void diag_print(const struct diags *diags, FILE *out, bool colour)
{
	struct finding *sorted = must_alloc(sizeof diags->list);

	memcpy(sorted, diags->list, diags->count * sizeof *sorted);
	qsort(sorted, diags->count, sizeof *sorted, compare_findings);
	for (unsigned i = 0; i < diags->count; i++)
		print_finding(&sorted[i], out, colour);
	if (diags->errors + diags->warnings > diags->count)
		fprintf(out, "and %u more\n", diags->errors + diags->warnings - diags->count);
	free(sorted);
}

struct source *source_from_text(struct arena *arena, const char *path, const char *text, size_t length)
{
	struct source *s = ARENA_NEW(arena, struct source);
	size_t count = 1, line = 1;

	for (size_t i = 0; i < length; i++)
		count += text[i] == '\n';
	s->path = arena_copy(arena, path, strlen(path));
	s->text = arena_copy(arena, text, length);
	s->length = length;
	s->lines = ARENA_ARRAY(arena, size_t, count);
	s->line_count = count;
	for (size_t i = 0; i < length; i++)
		if (text[i] == '\n')
			s->lines[line++] = i + 1;
	return s;
}

struct source *source_read(struct arena *arena, const char *path, size_t limit, struct diags *diags, struct span from)
{
	FILE *file = fopen(path, "rb");
	struct source *s = NULL;
	char *text;
	size_t length;

	if (!file) {
		diag_add(diags, E_FILE, from, "cannot open '%s': %s", path, strerror(errno));
		return NULL;
	}
	text = must_alloc(limit + 1);
	length = fread(text, 1, limit + 1, file);
	if (ferror(file))
		diag_add(diags, E_FILE, from, "cannot read '%s': %s", path, strerror(errno));
	else if (length > limit)
		diag_add(diags, E_FILE, from, "'%s' is larger than %zu bytes", path, limit);
	else
		s = source_from_text(arena, path, text, length);
	free(text);
	fclose(file);
	return s;
}

static unsigned edit_distance(const char *a, const char *b)
{
	size_t m = strlen(a), n = strlen(b);
	unsigned row[NAME_MAX_LENGTH + 1];

	if (m > NAME_MAX_LENGTH || n > NAME_MAX_LENGTH)
		return NAME_MAX_LENGTH;
	for (size_t j = 0; j <= n; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; i <= m; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= n; j++) {
			unsigned best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[n];
}

const char *nearest_name(const char *name, const char *(*next)(void *), void *context)
{
	const char *best = NULL;
	unsigned length = (unsigned)strlen(name), least = length / 3 + 2 < length ? length / 3 + 2 : length;

	for (const char *candidate = next(context); candidate; candidate = next(context)) {
		unsigned distance = edit_distance(name, candidate);

		if (distance < least) {
			least = distance;
			best = candidate;
		}
	}
	return best;
}
