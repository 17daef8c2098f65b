/* Directives: a table of names and what they do. */
#include <ctype.h>
#include <string.h>

#include "assembler.h"

/* An expression that must have a value now; false after trouble or, before the last pass, if it has none yet. */
static bool value(struct assembler *a, struct cursor *c, struct number *n)
{
	skip_blanks(c);
	return expression(a, c, n) && n->known;
}

static bool more(struct cursor *c)
{
	skip_blanks(c);
	if (c->at == c->end || c->text[c->at] != ',')
		return false;
	c->at++;
	return true;
}

/* An address or a count. */
static bool amount(struct assembler *a, struct cursor *c, uint64_t *out)
{
	size_t at;
	struct number n;

	skip_blanks(c);
	at = c->at;
	if (!value(a, c, &n))
		return false;
	if (n.value >> 64) {
		trouble(a, E_RANGE, at, c->at - at, "this is below zero or too large");
		return false;
	}
	*out = (uint64_t)n.value;
	return true;
}

static void put_value(struct assembler *a, u128 v, unsigned units)
{
	for (unsigned u = 0; u < units; u++) {
		unsigned part = a->isa->memory.big_endian ? units - 1 - u : u;

		put_unit(a, (uint64_t)(v >> (part * a->isa->memory.unit) & bits_mask(a->isa->memory.unit)));
	}
}

static bool data(struct assembler *a, struct cursor *c, unsigned bits)
{
	unsigned unit = a->isa->memory.unit, units = bits ? bits / unit : 1;
	struct number n;
	size_t at;

	if (bits % unit || (bits && unit != 8)) {
		trouble(a, E_ASSEMBLY, c->at, 1, "storage units have %u bits here: use .word", unit);
		return false;
	}
	do {
		skip_blanks(c);
		at = c->at;
		if (!expression(a, c, &n))
			return false;
		if (n.known && !fits(n.value, units * unit, false)) {
			trouble(a, E_RANGE, at, c->at - at, "the value does not fit into %u bits", units * unit);
			return false;
		}
		put_value(a, n.value, units);
	} while (more(c));
	return true;
}

static bool word(struct assembler *a, struct cursor *c, unsigned bits)
{
	return data(a, c, a->isa->memory.unit == 8 ? bits : 0);
}

static bool text(struct assembler *a, struct cursor *c, unsigned zero)
{
	do {
		int ch;

		skip_blanks(c);
		if (c->at == c->end || c->text[c->at] != '"') {
			trouble(a, E_ASSEMBLY, c->at, 1, "a text in quotes is expected here");
			return false;
		}
		c->at++;
		while ((ch = quoted(a, c, '"')) >= 0)
			put_unit(a, (uint64_t)ch & (uint64_t)bits_mask(a->isa->memory.unit));
		if (ch == -2)
			return false;
		if (zero)
			put_unit(a, 0);
	} while (more(c));
	return true;
}

static bool space(struct assembler *a, struct cursor *c, unsigned ignored)
{
	uint64_t count;

	(void)ignored;
	if (!amount(a, c, &count))
		return false;
	put_zeros(a, count);
	return true;
}

static bool align(struct assembler *a, struct cursor *c, unsigned ignored)
{
	uint64_t n;

	(void)ignored;
	if (!amount(a, c, &n))
		return false;
	if (!n) {
		trouble(a, E_RANGE, c->at, 1, "nothing is a multiple of 0");
		return false;
	}
	put_zeros(a, (n - a->here % n) % n);
	return true;
}

static bool org(struct assembler *a, struct cursor *c, unsigned ignored)
{
	(void)ignored;
	return amount(a, c, &a->here);
}

static bool equ(struct assembler *a, struct cursor *c, unsigned ignored)
{
	size_t at, length;
	struct number n;

	(void)ignored;
	skip_blanks(c);
	at = c->at;
	length = symbol_length(c);
	c->at += length;
	if (!length || (length == 1 && c->text[at] == '.') || !more(c)) {
		trouble(a, E_ASSEMBLY, c->at, 1, ".equ is followed by a name, a comma and a value");
		return false;
	}
	if (register_name(a->isa, c->text + at, length)) {
		trouble(a, E_DUPLICATE, at, length, "'%.*s' is a register", (int)length, c->text + at);
		return false;
	}
	if (!value(a, c, &n))
		return false;
	symbol_define(a, c->text + at, length, n.value, place_in_line(a, at, length));
	return true;
}

static bool entry(struct assembler *a, struct cursor *c, unsigned ignored)
{
	uint64_t at;

	(void)ignored;
	if (!amount(a, c, &at))
		return false;
	if (a->last && a->image) {
		a->image->entry = at;
		a->image->has_entry = true;
	}
	return true;
}

/* The lines of the file are in place already. */
static bool include(struct assembler *a, struct cursor *c, unsigned ignored)
{
	(void)a, (void)ignored;
	c->at = c->end;
	return true;
}

static const struct {
	const char *name;
	bool (*run)(struct assembler *a, struct cursor *c, unsigned argument);
	unsigned argument;
} directives[] = {
	{".org", org, 0},    {".equ", equ, 0},     {".entry", entry, 0}, {".include", include, 0}, {".space", space, 0},
	{".align", align, 0}, {".ascii", text, 0}, {".asciz", text, 1},  {".word", word, 32},      {".byte", data, 8},
	{".half", data, 16}, {".dword", data, 64},
};

void directive(struct assembler *a, struct cursor *c)
{
	size_t from = c->at, length = symbol_length(c), count = sizeof directives / sizeof *directives, i = 0;

	a->trouble.any = false;
	while (i < count && (strlen(directives[i].name) != length || strncmp(directives[i].name, c->text + from, length)))
		i++;
	if (i == count) {
		complain(a, E_ASSEMBLY, from, length, "there is no directive '%.*s'", length < 64 ? (int)length : 64, c->text + from);
		return;
	}
	c->at += length;
	if (!directives[i].run(a, c, directives[i].argument)) {
		complain_trouble(a);
		return;
	}
	skip_blanks(c);
	if (c->at < c->end)
		complain(a, E_ASSEMBLY, c->at, c->end - c->at, "nothing more is expected here");
}
