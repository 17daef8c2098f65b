/* Expressions: as in C, on numbers of 128 bits. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "assembler.h"

void trouble(struct assembler *a, enum diag_code code, size_t at, size_t length, const char *format, ...)
{
	va_list args;

	if (a->trouble.any && a->trouble.at >= at)
		return;
	a->trouble.any = true;
	a->trouble.code = code;
	a->trouble.at = at;
	a->trouble.length = length;
	va_start(args, format);
	vsnprintf(a->trouble.text, sizeof a->trouble.text, format, args);
	va_end(args);
}

bool fits(u128 value, unsigned width, bool is_signed)
{
	s128 v = (s128)value;
	unsigned top = is_signed ? width - 1 : width;

	if (width >= BITS_MAX)
		return true;
	return v < ((s128)1 << (top < 127 ? top : 126)) && v >= -((s128)1 << (width - 1));
}

void skip_blanks(struct cursor *c)
{
	while (c->at < c->end && isspace((unsigned char)c->text[c->at]))
		c->at++;
}

bool name_part(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

size_t symbol_length(const struct cursor *c)
{
	size_t n = 0;

	if (c->at < c->end && isdigit((unsigned char)c->text[c->at]))
		return 0;
	while (c->at + n < c->end && (name_part(c->text[c->at + n]) || c->text[c->at + n] == '.' || c->text[c->at + n] == '$'))
		n++;
	return n;
}

/* --- characters --- */

static int escaped(struct assembler *a, struct cursor *c)
{
	static const char letters[] = "ntr0\\'\"e", values[] = "\n\t\r\0\\'\"\033";
	const char *at = c->at < c->end ? memchr(letters, c->text[c->at], sizeof letters - 1) : NULL;
	unsigned value = 0, digits = 0;

	if (at) {
		c->at++;
		return (unsigned char)values[at - letters];
	}
	if (c->at < c->end && c->text[c->at] == 'x')
		for (c->at++; digits < 2 && c->at < c->end && isxdigit((unsigned char)c->text[c->at]); c->at++, digits++) {
			char d = (char)tolower((unsigned char)c->text[c->at]);

			value = value * 16 + (unsigned)(d <= '9' ? d - '0' : d - 'a' + 10);
		}
	if (digits)
		return (int)value;
	trouble(a, E_ASSEMBLY, c->at, 1, "after a backslash: n t r 0 e \\ ' \" or x with two digits");
	return -2;
}

int quoted(struct assembler *a, struct cursor *c, char quote)
{
	char ch;

	if (c->at >= c->end) {
		trouble(a, E_ASSEMBLY, c->end, 1, "the closing %c is missing", quote);
		return -2;
	}
	ch = c->text[c->at++];
	if (ch == quote)
		return -1;
	return ch == '\\' ? escaped(a, c) : (unsigned char)ch;
}

/* --- primaries --- */

static bool character(struct assembler *a, struct cursor *c, struct number *out)
{
	size_t from = c->at++;
	int ch = quoted(a, c, '\''), end = ch >= 0 ? quoted(a, c, '\'') : ch;

	if (end != -1)
		trouble(a, E_ASSEMBLY, from, 1, "a character is written 'x'");
	*out = (struct number){ch >= 0 ? (u128)ch : 0, true};
	return end == -1;
}

/* 1f, 1b: the next, or the last, label 1. */
static bool local_name(struct assembler *a, struct cursor *c, size_t length, struct number *out)
{
	unsigned number = 0;
	bool forward = c->text[c->at + length - 1] == 'f';

	for (size_t i = 0; i + 1 < length; i++) {
		if (!isdigit((unsigned char)c->text[c->at + i]) || i > 6)
			return false;
		number = number * 10 + (unsigned)(c->text[c->at + i] - '0');
	}
	if (length < 2 || (!forward && c->text[c->at + length - 1] != 'b'))
		return false;
	out->value = 0;
	out->known = local_find(a, number, forward, &out->value);
	if (!out->known && a->pass > 1)
		trouble(a, E_NAME, c->at, length, "there is no label %u %s", number, forward ? "behind this line" : "before this line");
	c->at += length;
	return true;
}

static bool numeral(struct assembler *a, struct cursor *c, struct number *out)
{
	size_t n = 0;

	while (c->at + n < c->end && name_part(c->text[c->at + n]))
		n++;
	if (local_name(a, c, n, out))
		return out->known || a->pass == 1;
	out->known = true;
	if (bits_parse(c->text + c->at, n, &out->value)) {
		trouble(a, E_ASSEMBLY, c->at, n, "not a number: 12, 0x1f, 0b101, 0o17");
		return false;
	}
	c->at += n;
	return true;
}

static bool list_has(const char **names, unsigned count, const char *name, size_t length)
{
	for (unsigned i = 0; names && i < count; i++)
		if (names[i] && strlen(names[i]) == length && !strncasecmp(names[i], name, length))
			return true;
	return false;
}

static bool pieces_have(const struct wording *p, const char *name, size_t length)
{
	for (; p; p = p->next)
		if (p->kind == PIECE_NAMES && p->registers &&
		    (list_has(p->names, p->name_count, name, length) || list_has(p->others, p->name_count, name, length)))
			return true;
	return false;
}

bool register_name(const struct isa *isa, const char *name, size_t length)
{
	for (const struct instruction *i = isa->instructions; i; i = i->next)
		if (pieces_have(i->written, name, length))
			return true;
	for (const struct decoder *d = isa->decoders; d; d = d->next)
		for (unsigned k = 0; k < d->count; k++)
			if (pieces_have(d->alternatives[k].assembly, name, length))
				return true;
	return false;
}

static bool symbol(struct assembler *a, struct cursor *c, struct number *out)
{
	size_t n = symbol_length(c);
	const char *name = c->text + c->at;
	const struct definition *d;

	if (!n) {
		trouble(a, E_ASSEMBLY, c->at, 1, "a number, a symbol, '(', '-' or '~' is expected here");
		return false;
	}
	if (n == 1 && *name == '.') {
		*out = (struct number){a->here, true};
		c->at++;
		return true;
	}
	d = symbol_find(a, name, n);
	if (!d && register_name(a->isa, name, n)) {
		trouble(a, E_ASSEMBLY, c->at, n, "'%.*s' is a register, not a number", (int)n, name);
		return false;
	}
	*out = (struct number){d ? d->value : 0, d != NULL};
	if (!d && a->pass > 1) {
		trouble(a, E_NAME, c->at, n, "'%.*s' is not defined", (int)n, name);
		return false;
	}
	c->at += n;
	return true;
}

/* --- operators --- */

static const struct {
	const char *sign;
	unsigned binding;
} operators[] = {{"|", 1}, {"^", 2}, {"&", 3}, {"<<", 4}, {">>", 4}, {"+", 5}, {"-", 5}, {"*", 6}, {"/", 6}, {"%", 6}};

static bool operand(struct assembler *a, struct cursor *c, unsigned depth, struct number *out);
static bool binary(struct assembler *a, struct cursor *c, unsigned least, unsigned depth, struct number *out);

static bool in_parentheses(struct assembler *a, struct cursor *c, unsigned depth, struct number *out)
{
	c->at++;
	if (!binary(a, c, 1, depth, out))
		return false;
	skip_blanks(c);
	if (c->at == c->end || c->text[c->at] != ')') {
		trouble(a, E_ASSEMBLY, c->at, 1, "')' is expected here");
		return false;
	}
	c->at++;
	return true;
}

static bool operand(struct assembler *a, struct cursor *c, unsigned depth, struct number *out)
{
	char ch;

	skip_blanks(c);
	if (depth == NESTING_MAX) {
		trouble(a, E_LIMIT, c->at, 1, "an expression that is nested more than %u deep", NESTING_MAX);
		return false;
	}
	ch = c->at < c->end ? c->text[c->at] : 0;
	if (ch == '-' || ch == '~' || ch == '+') {
		c->at++;
		if (!operand(a, c, depth + 1, out))
			return false;
		out->value = ch == '-' ? -out->value : ch == '~' ? ~out->value : out->value;
		return true;
	}
	if (ch == '(')
		return in_parentheses(a, c, depth + 1, out);
	if (ch == '\'')
		return character(a, c, out);
	return isdigit((unsigned char)ch) ? numeral(a, c, out) : symbol(a, c, out);
}

static bool apply(struct assembler *a, size_t at, char sign, struct number *x, const struct number *y)
{
	u128 count = y->value;

	if ((sign == '/' || sign == '%') && !y->value && !(x->known && y->known)) {
		x->known = false;
		return true;
	}
	if ((sign == '/' || sign == '%') && !y->value) {
		trouble(a, E_RANGE, at, 1, "division by zero");
		return false;
	}
	switch (sign) {
	case '|': x->value |= y->value; break;
	case '^': x->value ^= y->value; break;
	case '&': x->value &= y->value; break;
	case '<': x->value = count < BITS_MAX ? x->value << (unsigned)count : 0; break;
	case '>': x->value = count < BITS_MAX ? (u128)((s128)x->value >> (unsigned)count) : 0; break;
	case '+': x->value += y->value; break;
	case '-': x->value -= y->value; break;
	case '*': x->value *= y->value; break;
	case '/': x->value = y->value == ~(u128)0 ? -x->value : (u128)((s128)x->value / (s128)y->value); break;
	default: x->value = y->value == ~(u128)0 ? 0 : (u128)((s128)x->value % (s128)y->value); break;
	}
	x->known = x->known && y->known;
	return true;
}

static bool binary(struct assembler *a, struct cursor *c, unsigned least, unsigned depth, struct number *out)
{
	if (!operand(a, c, depth, out))
		return false;
	for (;;) {
		size_t before = c->at, at;
		struct number right;
		unsigned i = 0, n;

		skip_blanks(c);
		at = c->at;
		while (i < sizeof operators / sizeof *operators &&
		       (strlen(operators[i].sign) > c->end - c->at || strncmp(operators[i].sign, c->text + c->at, strlen(operators[i].sign))))
			i++;
		if (i == sizeof operators / sizeof *operators || operators[i].binding < least) {
			c->at = before;
			return true;
		}
		n = (unsigned)strlen(operators[i].sign);
		c->at += n;
		if (!binary(a, c, operators[i].binding + 1, depth + 1, &right) || !apply(a, at, operators[i].sign[0], out, &right))
			return false;
	}
}

bool expression(struct assembler *a, struct cursor *c, struct number *out)
{
	return binary(a, c, 1, 0, out);
}
