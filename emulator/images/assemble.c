/* The assembler: lines, labels and passes. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "assembler.h"

struct span place_in_line(const struct assembler *a, size_t at, size_t length)
{
	const struct line *l = &a->lines[a->current];

	if (at < l->from)
		return (struct span){l->source, l->from, l->to - l->from};
	return (struct span){l->source, at, length};
}

void complain(struct assembler *a, enum diag_code code, size_t at, size_t length, const char *format, ...)
{
	char text[256];
	va_list args;

	if (!a->last || !a->diags)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	diag_add(a->diags, code, place_in_line(a, at, length), "%s", text);
}

void complain_trouble(struct assembler *a)
{
	if (a->trouble.any)
		complain(a, a->trouble.code, a->trouble.at, a->trouble.length, "%s", a->trouble.text);
}

/* --- reading lines --- */

static bool comment_at(const struct assembler *a, const char *text, size_t at, size_t from, size_t to)
{
	bool separate = at == from || isspace((unsigned char)text[at - 1]), blank = at + 1 == to || isspace((unsigned char)text[at + 1]);

	switch (text[at]) {
	case '#': return !a->hash_is_text || (separate && blank);
	case ';': return !a->semicolon_is_text || (separate && blank);
	case '/': return at + 1 < to && text[at + 1] == '/';
	default: return false;
	}
}

/* Where the comment begins, or the line ends. */
static size_t without_comment(const struct assembler *a, const char *text, size_t from, size_t to)
{
	char quote = 0;

	for (size_t i = from; i < to; i++) {
		if (text[i] == '\\' && quote)
			i++;
		else if (quote && text[i] == quote)
			quote = 0;
		else if (!quote && (text[i] == '"' || (text[i] == '\'' && i + 2 < to && (text[i + 1] == '\\' || text[i + 2] == '\''))))
			quote = text[i];
		else if (!quote && comment_at(a, text, i, from, to))
			return i;
	}
	return to;
}

static struct line *add_line(struct assembler *a, const struct source *s, size_t from, size_t to)
{
	struct line *old = a->lines;

	if (a->line_count == a->line_room) {
		a->line_room = a->line_room ? 2 * a->line_room : 256;
		a->lines = ARENA_ARRAY(a->arena, struct line, a->line_room);
		if (old)
			memcpy(a->lines, old, a->line_count * sizeof *old);
	}
	a->lines[a->line_count] = (struct line){.source = s, .from = from, .to = without_comment(a, s->text, from, to)};
	return &a->lines[a->line_count++];
}

/* The file that `.include "NAME"` names, beside the one that includes it; NULL if the line is no such directive. */
static const char *included(struct assembler *a, const struct line *l, struct span *where)
{
	struct cursor c = {l->source->text, l->from, l->to};
	const char *path = l->source->path, *slash = strrchr(path, '/');
	size_t from;

	skip_blanks(&c);
	if (symbol_length(&c) != 8 || strncmp(c.text + c.at, ".include", 8))
		return NULL;
	c.at += 8;
	skip_blanks(&c);
	from = c.at + 1;
	*where = (struct span){l->source, c.at, c.end - c.at};
	if (c.at < c.end && c.text[c.at] == '"')
		for (c.at++; c.at < c.end && c.text[c.at] != '"'; c.at++)
			;
	if (c.at >= c.end || c.text[c.at] != '"' || c.at == from) {
		diag_add(a->diags, E_ASSEMBLY, *where, ".include is followed by a file's name in quotes");
		return NULL;
	}
	return arena_printf(a->arena, "%.*s%.*s", slash ? (int)(slash - path + 1) : 0, path, (int)(c.at - from), c.text + from);
}

bool read_lines(struct assembler *a, const char *path, struct span from, unsigned depth)
{
	struct source *s = source_read(a->arena, path, SOURCE_FILE_LIMIT, a->diags, from);

	if (!s)
		return false;
	for (size_t at = 0, end; at < s->length; at = end + 1) {
		const char *newline = memchr(s->text + at, '\n', s->length - at), *name;
		struct span where;

		end = newline ? (size_t)(newline - s->text) : s->length;
		name = included(a, add_line(a, s, at, end), &where);
		if (a->line_count == LINES_MAX || (name && depth == INCLUDES_MAX)) {
			diag_add(a->diags, E_LIMIT, (struct span){s, at, 1}, name ? "files that include each other more than %u deep"
										  : "more than %u lines", name ? INCLUDES_MAX : LINES_MAX);
			return false;
		}
		if (name && !read_lines(a, name, where, depth + 1))
			return false;
	}
	return true;
}

/* --- one line --- */

static bool label(struct assembler *a, struct cursor *c)
{
	size_t n = symbol_length(c), digits = 0;
	const char *name = c->text + c->at;

	while (c->at + digits < c->end && isdigit((unsigned char)name[digits]))
		digits++;
	if (digits && digits < 8 && c->at + digits < c->end && name[digits] == ':') {
		unsigned number = 0;

		for (size_t i = 0; i < digits; i++)
			number = number * 10 + (unsigned)(name[i] - '0');
		local_define(a, number);
		c->at += digits + 1;
		return true;
	}
	if (!n || c->at + n >= c->end || name[n] != ':' || (n == 1 && *name == '.'))
		return false;
	if (a->last && register_name(a->isa, name, n))
		complain(a, E_DUPLICATE, c->at, n, "'%.*s' is a register", n < 64 ? (int)n : 64, name);
	symbol_define(a, name, n, a->here, place_in_line(a, c->at, n));
	c->at += n + 1;
	return true;
}

static void instruction(struct assembler *a, struct cursor *c)
{
	struct encoded e;

	if (!assemble_instruction(a, c, &a->lines[a->current].least, &e)) {
		complain_trouble(a);
		return;
	}
	for (unsigned i = 0; i < e.count; i++)
		put_unit(a, e.units[i]);
}

static void one_line(struct assembler *a)
{
	const struct line *l = &a->lines[a->current];
	struct cursor c = {l->source->text, l->from, l->to};

	do
		skip_blanks(&c);
	while (label(a, &c));
	if (c.at == c.end)
		return;
	if (c.text[c.at] == '.')
		directive(a, &c);
	else
		instruction(a, &c);
}

/* --- passes --- */

static void run_pass(struct assembler *a)
{
	a->changed = false;
	a->pass++;
	a->here = 0;
	a->put = 0;
	a->locals_seen = 0;
	for (a->current = 0; a->current < a->line_count; a->current++)
		one_line(a);
}

static bool template_has(const struct isa *isa, char ch)
{
	for (const struct instruction *i = isa->instructions; i; i = i->next)
		for (const struct wording *p = i->written; p; p = p->next)
			if (p->kind == PIECE_TEXT && strchr(p->text, ch))
				return true;
	for (const struct decoder *d = isa->decoders; d; d = d->next)
		for (unsigned k = 0; k < d->count; k++)
			for (const struct wording *p = d->alternatives[k].assembly; p; p = p->next)
				if (p->kind == PIECE_TEXT && strchr(p->text, ch))
					return true;
	return false;
}

void assembler_init(struct assembler *a, struct arena *arena, const struct isa *isa, struct diags *diags)
{
	*a = (struct assembler){.arena = arena, .isa = isa, .diags = diags};
}

static void name_symbols(struct assembler *a)
{
	for (unsigned i = 0; i < sizeof a->slots / sizeof *a->slots; i++)
		for (const struct definition *d = a->slots[i]; d; d = d->next)
			symbol_add(a->arena, a->image, d->name, (uint64_t)d->value);
}

struct image *assemble(struct arena *arena, const struct isa *isa, const char *path, struct diags *diags)
{
	struct assembler *a = ARENA_NEW(arena, struct assembler);

	assembler_init(a, arena, isa, diags);
	a->hash_is_text = template_has(isa, '#');
	a->semicolon_is_text = template_has(isa, ';');
	if (!read_lines(a, path, (struct span){0}, 0))
		return NULL;
	a->image = ARENA_NEW(arena, struct image);
	do
		run_pass(a);
	while (a->changed && a->pass < PASSES_MAX);
	if (a->changed) {
		diag_add(diags, E_LIMIT, (struct span){0}, "%s: after %u passes symbols still change their values", path, PASSES_MAX);
		return NULL;
	}
	a->last = true;
	run_pass(a);
	put_end(a);
	name_symbols(a);
	return diag_errors(diags) ? NULL : a->image;
}
