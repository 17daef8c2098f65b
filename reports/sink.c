#include "sink.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct escaping {
	const char *special;             /* ASCII characters that are written as … */
	const char *const *replacements; /* … these, in order; NULL: with a backslash before them */
	bool one_line;
	enum { CODE_PLAIN, CODE_TAG, CODE_TICKS } code;
	const char *hidden_open, *hidden_close; /* around the number of a character that must not be written as it is */
};

static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
static const char *const xml_entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"};
const struct escaping html_escaping = {"&<>\"'", entities, false, CODE_TAG, "\\u{", "}"};
const struct escaping xml_escaping = {"&<>\"'", xml_entities, false, CODE_PLAIN, "\\u{", "}"};
const struct escaping markdown_escaping = {"\\`*_{}[]<>#|!~&", NULL, true, CODE_TICKS, "\\\\u\\{", "\\}"};
static const char *const pipe_in_code[] = {"\\|"}; /* a table's row ends a code span */
static const struct escaping code_escaping = {"|", pipe_in_code, true, CODE_PLAIN, "\\u{", "}"};
const struct escaping plain_escaping = {"", NULL, false, CODE_PLAIN, "\\u{", "}"};

/* The character at *text, which moves on; U+FFFD for bytes that are none. */
static uint32_t next_character(const char **text)
{
	const unsigned char *c = (const unsigned char *)*text;
	unsigned more = c[0] < 0x80 ? 0 : c[0] < 0xc2 ? 4 : c[0] < 0xe0 ? 1 : c[0] < 0xf0 ? 2 : c[0] < 0xf5 ? 3 : 4;
	static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
	uint32_t value = more == 0 ? c[0] : c[0] & (0x3fu >> more);

	for (unsigned i = 1; more < 4 && i <= more; i++) {
		if ((c[i] & 0xc0) != 0x80)
			more = 4;
		value = value << 6 | (c[i] & 0x3f);
	}
	if (more == 4 || value < least[more] || (value >= 0xd800 && value < 0xe000) || value > 0x10ffff) {
		(*text)++;
		return 0xfffd;
	}
	*text += more + 1;
	return value;
}

static bool hidden(uint32_t c)
{
	return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0) || c == 0x61c || c == 0x200e || c == 0x200f ||
	       (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfffe || c == 0xffff || c == 0xfeff;
}

void put_text(const struct sink *s, const char *text)
{
	const struct escaping *e = s->escaping;

	while (*text) {
		const char *start = text, *special;
		uint32_t c = next_character(&text);

		if (c == 0xfffd)
			fputs("\xef\xbf\xbd", s->out);
		else if (hidden(c))
			fprintf(s->out, "%s%x%s", e->hidden_open, (unsigned)c, e->hidden_close);
		else if (c == '\n' && e->one_line)
			fputc(' ', s->out);
		else if (c < 0x80 && (special = strchr(e->special, (int)c)))
			e->replacements ? fputs(e->replacements[special - e->special], s->out) : fprintf(s->out, "\\%c", (int)c);
		else
			fwrite(start, 1, (size_t)(text - start), s->out);
	}
}

static void put_anchor(const struct sink *s, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-';

		if (plain)
			fputc(c, s->out);
		else
			fprintf(s->out, "_%02x", c);
	}
}

/* A code span with more backticks than there are in the text. */
static void put_ticks(const struct sink *s, const char *text)
{
	const struct sink code = {s->out, &code_escaping};
	size_t longest = 0;

	for (const char *c = text; *c; c++) {
		size_t n = strspn(c, "`");

		longest = n > longest ? n : longest;
	}
	for (size_t i = 0; i <= longest; i++)
		fputc('`', s->out);
	put(&code, longest ? " %t " : "%t", text);
	for (size_t i = 0; i <= longest; i++)
		fputc('`', s->out);
}

static void put_code(const struct sink *s, const char *text)
{
	switch (s->escaping->code) {
	case CODE_TAG: put(s, "<code>%t</code>", text); break;
	case CODE_TICKS: put_ticks(s, text); break;
	default: put_text(s, text); break;
	}
}

char *put_to_text(const struct escaping *escaping, void (*write)(const struct sink *s, void *context), void *context)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);
	struct sink s = {out, escaping};

	if (!out)
		abort();
	write(&s, context);
	if (fclose(out) || !text)
		abort();
	return text;
}

void put(const struct sink *s, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	for (const char *c = format; *c; c++) {
		if (*c != '%') {
			fputc(*c, s->out);
			continue;
		}
		switch (*++c) {
		case 't': put_text(s, va_arg(list, const char *)); break;
		case 'a': put_anchor(s, va_arg(list, const char *)); break;
		case 'c': put_code(s, va_arg(list, const char *)); break;
		case 's': fputs(va_arg(list, const char *), s->out); break;
		case 'd': fprintf(s->out, "%d", va_arg(list, int)); break;
		case 'z': fprintf(s->out, "%zu", va_arg(list, size_t)); break;
		case 'i': fprintf(s->out, "%lld", va_arg(list, long long)); break;
		case 'f': fprintf(s->out, "%.2f", va_arg(list, double)); break;
		default: fputc('%', s->out); break;
		}
	}
	va_end(list);
}
