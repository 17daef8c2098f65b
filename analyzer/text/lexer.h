#ifndef ISOLDE_LEXER_H
#define ISOLDE_LEXER_H
/* Tokens of the operation language. */
#include "syntax.h"

enum token_kind { TOK_END, TOK_NAME, TOK_NUMBER, TOK_STRING, TOK_SIGN };

struct token {
	enum token_kind kind;
	size_t offset, length;
	const char *text;  /* NUL-terminated; a sign's text is the operator itself */
	u128 value;        /* number */
	unsigned width;    /* number: 0 if none was written */
	const char *width_name; /* number written as NAME'…, else NULL */
};

/* All tokens of the scalar, ended by TOK_END. NULL after findings. */
struct token *lex(struct arena *arena, const struct yaml *scalar, struct diags *diags);
#endif
