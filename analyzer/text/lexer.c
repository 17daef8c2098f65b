#include "lexer.h"

#include <stdlib.h>
#include <string.h>

struct lexer {
	struct arena *arena;
	const struct yaml *scalar;
	struct diags *diags;
	const char *text;
	size_t at, length;
	struct token *tokens;
	size_t count, room;
	bool failed;
};

/* Longest first, so that the first match is the right one. */
static const char *const signs[] = {">>>", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "::", "++", "--", "+=", "-=",
				    "`+", "`-", "`*", "`<<", "+", "-", "*", "/", "%", "&", "|", "^", "~", "!", "<", ">",
				    "=", "?", ":", ";", ",", ".", "(", ")", "[", "]", "{", "}"};

static void lex_fail(struct lexer *lx, size_t offset, size_t length, const char *what)
{
	if (!lx->failed)
		diag_add(lx->diags, E_SYNTAX, yaml_place(lx->scalar, offset, length), "%s", what);
	lx->failed = true;
}

static bool name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}

static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool name_part(char c)
{
	return name_start(c) || digit(c);
}

static struct token *push(struct lexer *lx, enum token_kind kind, size_t start)
{
	struct token *t;

	if (lx->count == lx->room) {
		lx->room = lx->room ? 2 * lx->room : 64;
		lx->tokens = must_realloc(lx->tokens, lx->room * sizeof *lx->tokens);
	}
	t = &lx->tokens[lx->count++];
	*t = (struct token){.kind = kind, .offset = start, .length = lx->at - start};
	t->text = arena_copy(lx->arena, lx->text + start, t->length);
	return t;
}

static void skip_blank(struct lexer *lx)
{
	while (lx->at < lx->length) {
		char c = lx->text[lx->at];

		if (c == '#')
			while (lx->at < lx->length && lx->text[lx->at] != '\n')
				lx->at++;
		else if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
			lx->at++;
		else
			break;
	}
}

/* The digits after a quote: 'd13, 'b10, 'hff, or plain. */
static void sized_digits(struct lexer *lx, struct token *t, size_t start)
{
	char prefix[3] = "";
	size_t from;
	char *digits;

	if (lx->text[lx->at] == 'h')
		strcpy(prefix, "0x");
	else if (lx->text[lx->at] == 'b')
		strcpy(prefix, "0b");
	else if (lx->text[lx->at] == 'o')
		strcpy(prefix, "0o");
	if (!digit(lx->text[lx->at])) {
		if (!strchr("dhbo", lx->text[lx->at]))
			lex_fail(lx, start, lx->at + 1 - start, "a base is 'd, 'h, 'b or 'o");
		lx->at++;
	}
	from = lx->at;
	while (lx->at < lx->length && name_part(lx->text[lx->at]))
		lx->at++;
	digits = arena_printf(lx->arena, "%s%.*s", prefix, (int)(lx->at - from), lx->text + from);
	if (bits_parse(digits, strlen(digits), &t->value))
		lex_fail(lx, start, lx->at - start, "these digits are no number");
	else if (t->width && t->value > bits_mask(t->width))
		lex_fail(lx, start, lx->at - start, "the number does not fit its width");
	t->length = lx->at - start;
	t->text = arena_copy(lx->arena, lx->text + start, t->length);
}

static void lex_number(struct lexer *lx)
{
	size_t start = lx->at;
	struct token *t;
	u128 value = 0;

	while (lx->at < lx->length && name_part(lx->text[lx->at]))
		lx->at++;
	if (bits_parse(lx->text + start, lx->at - start, &value))
		lex_fail(lx, start, lx->at - start, "this is no number");
	t = push(lx, TOK_NUMBER, start);
	t->value = value;
	if (lx->at < lx->length && lx->text[lx->at] == '\'') {
		lx->at++;
		if (value < 1 || value > BITS_MAX) {
			lex_fail(lx, start, lx->at - start, "a width is 1 to 128 bits");
			return;
		}
		t->width = (unsigned)value;
		sized_digits(lx, t, start);
	}
}

/* implemented?(…) is a name; x ? (…) is a condition: the name takes the `?` only without blanks around it. */
static void lex_name(struct lexer *lx)
{
	size_t start = lx->at;
	struct token *t;

	while (lx->at < lx->length && name_part(lx->text[lx->at]))
		lx->at++;
	if (lx->at + 1 < lx->length && lx->text[lx->at] == '?' && lx->text[lx->at + 1] == '(')
		lx->at++;
	t = push(lx, TOK_NAME, start);
	if (lx->at + 1 < lx->length && lx->text[lx->at] == '\'' && name_part(lx->text[lx->at + 1])) {
		t->kind = TOK_NUMBER;
		t->width_name = t->text;
		lx->at++;
		sized_digits(lx, t, start);
	}
}

static void lex_string(struct lexer *lx)
{
	size_t start = lx->at++;
	struct token *t;

	while (lx->at < lx->length && lx->text[lx->at] != '"' && lx->text[lx->at] != '\n')
		lx->at++;
	if (lx->at >= lx->length || lx->text[lx->at] != '"') {
		lex_fail(lx, start, 1, "a string without an end");
		return;
	}
	lx->at++;
	t = push(lx, TOK_STRING, start);
	t->text = arena_copy(lx->arena, lx->text + start + 1, t->length - 2);
}

static void lex_sign(struct lexer *lx)
{
	if (!strncmp(lx->text + lx->at, "//", 2) || !strncmp(lx->text + lx->at, "/*", 2)) {
		lex_fail(lx, lx->at, 2, "comments begin with #");
		return;
	}
	for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
		size_t n = strlen(signs[i]);

		if (lx->length - lx->at >= n && !memcmp(lx->text + lx->at, signs[i], n)) {
			size_t start = lx->at;

			lx->at += n;
			push(lx, TOK_SIGN, start)->text = signs[i];
			return;
		}
	}
	lex_fail(lx, lx->at, 1, "a character that the operation language does not have");
}

struct token *lex(struct arena *arena, const struct yaml *scalar, struct diags *diags)
{
	struct lexer lx = {.arena = arena, .scalar = scalar, .diags = diags, .text = scalar->text, .length = scalar->length};
	struct token *tokens;

	for (skip_blank(&lx); lx.at < lx.length && !lx.failed; skip_blank(&lx)) {
		char c = lx.text[lx.at];

		if (digit(c))
			lex_number(&lx);
		else if (name_start(c))
			lex_name(&lx);
		else if (c == '"')
			lex_string(&lx);
		else
			lex_sign(&lx);
	}
	push(&lx, TOK_END, lx.at);
	tokens = ARENA_ARRAY(arena, struct token, lx.count);
	memcpy(tokens, lx.tokens, lx.count * sizeof *tokens);
	free(lx.tokens);
	return lx.failed ? NULL : tokens;
}
