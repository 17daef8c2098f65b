#include "lexer.h"

#include <stdlib.h>
#include <string.h>

struct parser {
	struct arena *arena;
	const struct yaml *scalar;
	struct diags *diags;
	const struct token *first, *t; /* all tokens; the next one */
	unsigned depth;
	bool failed;
};

/* Binary operators, loosest first; all of one level associate to the left. */
static const char *const levels[][7] = {
	{"||"}, {"&&"}, {"|"}, {"^"}, {"&"}, {"==", "!="}, {"<", "<=", ">", ">="}, {"<<", ">>", ">>>"},
	{"+", "-", "`+", "`-"}, {"*", "/", "%", "`*"},
};
enum { LEVELS = sizeof levels / sizeof *levels };

struct span syntax_place(const struct syntax *node)
{
	return yaml_place(node->origin, node->offset, node->length);
}

/* The last byte of the last token. */
static size_t end_of(const struct parser *p)
{
	return p->t > p->first ? p->t[-1].offset + p->t[-1].length - 1 : p->t->offset;
}

static void expected(struct parser *p, const char *what)
{
	if (!p->failed) {
		if (p->t->kind == TOK_END)
			diag_add(p->diags, E_SYNTAX, yaml_place(p->scalar, end_of(p), 1), "%s expected at the end", what);
		else
			diag_add(p->diags, E_SYNTAX, yaml_place(p->scalar, p->t->offset, p->t->length),
				 "%s expected before '%s'", what, p->t->text);
	}
	p->failed = true;
}

static bool at_sign(const struct parser *p, const char *sign)
{
	return p->t->kind == TOK_SIGN && !strcmp(p->t->text, sign);
}

static bool at_word(const struct parser *p, const char *word)
{
	return p->t->kind == TOK_NAME && !strcmp(p->t->text, word);
}

static bool accept(struct parser *p, const char *sign)
{
	if (p->failed || !at_sign(p, sign))
		return false;
	p->t++;
	return true;
}

static void expect(struct parser *p, const char *sign)
{
	if (!accept(p, sign))
		expected(p, arena_printf(p->arena, "'%s'", sign));
}

static struct syntax *node(struct parser *p, enum syntax_kind kind, const struct token *from)
{
	struct syntax *n = ARENA_NEW(p->arena, struct syntax);

	n->kind = kind;
	n->origin = p->scalar;
	n->offset = from->offset;
	n->length = from->length;
	n->text = from->text;
	return n;
}

static void add(struct parser *p, struct syntax *n, struct syntax *child)
{
	struct syntax **old = n->children;

	if (!child)
		return;
	if ((n->count & (n->count - 1)) == 0) { /* full at 0, 1, 2, 4, 8, … */
		n->children = ARENA_ARRAY(p->arena, struct syntax *, n->count ? 2 * n->count : 1);
		if (n->count)
			memcpy(n->children, old, n->count * sizeof *old);
	}
	n->children[n->count++] = child;
	if (child->offset < n->offset) {
		n->length += n->offset - child->offset;
		n->offset = child->offset;
	}
	if (child->offset + child->length > n->offset + n->length)
		n->length = child->offset + child->length - n->offset;
}

static bool enter(struct parser *p)
{
	if (++p->depth > SYNTAX_DEPTH_LIMIT && !p->failed) {
		diag_add(p->diags, E_LIMIT, yaml_place(p->scalar, p->t->offset, p->t->length), "more than %d levels of nesting",
			 SYNTAX_DEPTH_LIMIT);
		p->failed = true;
	}
	return !p->failed;
}

/* A chain of operators or subscripts is a tree as deep as it is long. */
enum { CHAIN_LIMIT = 256 };

static void too_long(struct parser *p)
{
	if (!p->failed)
		diag_add(p->diags, E_LIMIT, yaml_place(p->scalar, p->t->offset, p->t->length), "more than %d operators in a row", CHAIN_LIMIT);
	p->failed = true;
}

static const char *take_name(struct parser *p, const char *what)
{
	if (p->failed || p->t->kind != TOK_NAME) {
		expected(p, what);
		return "";
	}
	return (p->t++)->text;
}

static struct syntax *expression(struct parser *p);
static struct syntax *additive(struct parser *p);

/* True at `name<…>(`: a call with width arguments, not a comparison. */
static bool at_family_call(const struct parser *p)
{
	const struct token *t = p->t + 1;

	if (p->t->kind != TOK_NAME || t->kind != TOK_SIGN || strcmp(t->text, "<"))
		return false;
	for (t++; t->kind != TOK_END; t++) {
		if (t->kind == TOK_NAME || t->kind == TOK_NUMBER)
			continue;
		if (t->kind != TOK_SIGN)
			return false;
		if (!strcmp(t->text, ">"))
			return t[1].kind == TOK_SIGN && !strcmp(t[1].text, "(");
		if (!strchr("+-*/,`()", t->text[0]))
			return false;
	}
	return false;
}

static void arguments(struct parser *p, struct syntax *call)
{
	expect(p, "(");
	if (accept(p, ")"))
		return;
	do {
		struct syntax *argument;

		if (p->t->kind == TOK_NAME && p->t[1].kind == TOK_SIGN && !strcmp(p->t[1].text, "=")) {
			argument = node(p, SYN_NAMED, p->t);
			p->t += 2;
			add(p, argument, expression(p));
		} else {
			argument = expression(p);
		}
		add(p, call, argument);
	} while (accept(p, ","));
	call->length = p->t->offset + 1 - call->offset;
	expect(p, ")");
}

static void type_arguments(struct parser *p, struct syntax *call)
{
	struct syntax list = {0};

	expect(p, "<");
	do
		add(p, &list, additive(p));
	while (accept(p, ","));
	expect(p, ">");
	call->types = list.children;
	call->type_count = list.count;
}

static struct syntax *braces(struct parser *p)
{
	const struct token *from = p->t++;
	struct syntax *first = expression(p), *n;

	if (p->failed)
		return NULL;
	if (at_sign(p, "{")) {
		n = node(p, SYN_REPEAT, from);
		p->t++;
		add(p, n, first);
		add(p, n, expression(p));
		expect(p, "}");
	} else {
		n = node(p, SYN_CONCAT, from);
		add(p, n, first);
		while (accept(p, ","))
			add(p, n, expression(p));
	}
	n->length = p->t->offset + 1 - n->offset;
	expect(p, "}");
	return n;
}

static struct syntax *named(struct parser *p)
{
	const struct token *t = p->t;
	struct syntax *n;

	if (at_family_call(p)) {
		n = node(p, SYN_CALL, t);
		p->t++;
		type_arguments(p, n);
		arguments(p, n);
		return n;
	}
	p->t++;
	if (at_sign(p, "(")) {
		n = node(p, SYN_CALL, t);
		arguments(p, n);
	} else if (accept(p, "::")) {
		n = node(p, SYN_ENUM, t);
		n->length = p->t->offset + p->t->length - t->offset;
		n->member = take_name(p, "a member name");
	} else if (!strcmp(t->text, "true") || !strcmp(t->text, "false")) {
		n = node(p, SYN_BOOL, t);
		n->value = t->text[0] == 't';
	} else {
		n = node(p, SYN_NAME, t);
	}
	return n;
}

static struct syntax *primary(struct parser *p)
{
	struct syntax *n = NULL;

	switch (p->t->kind) {
	case TOK_NUMBER:
		n = node(p, SYN_NUMBER, p->t);
		n->value = p->t->value;
		n->width = p->t->width;
		n->member = p->t->width_name;
		p->t++;
		break;
	case TOK_STRING:
		n = node(p, SYN_STRING, p->t++);
		break;
	case TOK_NAME:
		n = named(p);
		break;
	default:
		if (at_sign(p, "{")) {
			n = braces(p);
		} else if (accept(p, "(")) {
			n = expression(p);
			expect(p, ")");
		} else {
			expected(p, "an expression");
		}
	}
	return n;
}

static struct syntax *bracket(struct parser *p, struct syntax *what)
{
	struct syntax *first, *n;

	p->t++;
	first = expression(p);
	n = node(p, at_sign(p, ":") ? SYN_SLICE : SYN_INDEX, p->t);
	if (p->failed)
		return NULL;
	add(p, n, what);
	add(p, n, first);
	if (accept(p, ":"))
		add(p, n, expression(p));
	if (!p->failed)
		n->length = p->t->offset + 1 - n->offset;
	expect(p, "]");
	return n;
}

static struct syntax *postfix(struct parser *p)
{
	struct syntax *n = primary(p);
	unsigned links = 0;

	while (!p->failed) {
		if (++links > CHAIN_LIMIT)
			too_long(p);
		else if (at_sign(p, "[")) {
			n = bracket(p, n);
		} else if (accept(p, ".")) {
			const struct token *name = p->t;
			struct syntax *outer;

			take_name(p, "a field name");
			outer = node(p, at_sign(p, "(") ? SYN_METHOD : SYN_FIELD, name);
			add(p, outer, n);
			if (outer->kind == SYN_METHOD)
				arguments(p, outer);
			n = outer;
		} else {
			break;
		}
	}
	return p->failed ? NULL : n;
}

static struct syntax *unary(struct parser *p)
{
	struct syntax *n;

	if (!at_sign(p, "!") && !at_sign(p, "~") && !at_sign(p, "-"))
		return postfix(p);
	if (!enter(p))
		return NULL;
	n = node(p, SYN_UNARY, p->t++);
	add(p, n, unary(p));
	p->depth--;
	return n;
}

static struct syntax *binary(struct parser *p, unsigned level)
{
	struct syntax *left = level == LEVELS ? unary(p) : binary(p, level + 1);
	unsigned links = 0;

	while (!p->failed && level < LEVELS) {
		struct syntax *n;
		unsigned i = 0;

		while (i < 7 && levels[level][i] && !at_sign(p, levels[level][i]))
			i++;
		if (i == 7 || !levels[level][i])
			break;
		if (++links > CHAIN_LIMIT) {
			too_long(p);
			break;
		}
		n = node(p, SYN_BINARY, p->t++);
		add(p, n, left);
		add(p, n, binary(p, level + 1));
		left = n;
	}
	return left;
}

/* Inside <…> no comparison can stand. */
static struct syntax *additive(struct parser *p)
{
	return binary(p, 8);
}

static struct syntax *expression(struct parser *p)
{
	struct syntax *condition, *n;

	if (p->failed || !enter(p))
		return NULL;
	n = condition = binary(p, 0);
	if (!p->failed && at_sign(p, "?")) {
		n = node(p, SYN_TERNARY, p->t++);
		add(p, n, condition);
		add(p, n, expression(p));
		expect(p, ":");
		add(p, n, expression(p));
	}
	p->depth--;
	return p->failed ? NULL : n;
}

static struct syntax *type(struct parser *p)
{
	struct syntax *n = node(p, SYN_TYPE, p->t);

	take_name(p, "a type");
	if (!p->failed && !strcmp(n->text, "Bits")) {
		expect(p, "<");
		add(p, n, additive(p));
		n->length = p->t->offset + p->t->length - n->offset;
		expect(p, ">");
	}
	return n;
}

static bool at_declaration(const struct parser *p)
{
	if (p->t->kind != TOK_NAME)
		return false;
	if (!strcmp(p->t->text, "Bits") && p->t[1].kind == TOK_SIGN && !strcmp(p->t[1].text, "<"))
		return true;
	return p->t[1].kind == TOK_NAME;
}

static struct syntax *statement(struct parser *p);

/* A braced list, or a single statement, as a BLOCK. */
static struct syntax *block(struct parser *p)
{
	struct syntax *n = node(p, SYN_BLOCK, p->t);

	if (accept(p, "{")) {
		while (!p->failed && !at_sign(p, "}"))
			add(p, n, statement(p));
		expect(p, "}");
	} else {
		add(p, n, statement(p));
	}
	return n;
}

static struct syntax *if_statement(struct parser *p)
{
	struct syntax *n = node(p, SYN_IF, p->t++);

	expect(p, "(");
	add(p, n, expression(p));
	expect(p, ")");
	add(p, n, block(p));
	if (!p->failed && at_word(p, "else")) {
		p->t++;
		add(p, n, block(p));
	}
	return n;
}

static struct syntax *for_statement(struct parser *p)
{
	struct syntax *n = node(p, SYN_FOR, p->t++);

	expect(p, "(");
	add(p, n, type(p));
	n->text = take_name(p, "the loop's variable");
	expect(p, "=");
	add(p, n, expression(p));
	expect(p, ";");
	add(p, n, expression(p));
	expect(p, ";");
	if (strcmp(take_name(p, "the loop's variable"), n->text))
		expected(p, "the loop's own variable");
	if (accept(p, "--"))
		n->value = ~(u128)0;
	else if (accept(p, "++"))
		n->value = 1;
	else
		expected(p, "'++' or '--'");
	expect(p, ")");
	add(p, n, block(p));
	return n;
}

static struct syntax *simple_statement(struct parser *p)
{
	struct syntax *place, *n;

	if (at_declaration(p)) {
		n = node(p, SYN_DECLARE, p->t);
		add(p, n, type(p));
		n->text = take_name(p, "a name");
		if (accept(p, "="))
			add(p, n, expression(p));
	} else {
		place = expression(p);
		if (p->failed)
			return NULL;
		if (at_sign(p, "=")) {
			n = node(p, SYN_ASSIGN, p->t++);
			add(p, n, place);
			add(p, n, expression(p));
		} else if (place->kind == SYN_CALL || place->kind == SYN_METHOD) {
			n = node(p, SYN_EXPRESSION, p->t);
			n->offset = place->offset;
			n->length = place->length;
			add(p, n, place);
		} else {
			expected(p, at_sign(p, "+=") || at_sign(p, "-=") || at_sign(p, "++") || at_sign(p, "--")
					? "'=' (there are no ++, --, += and -=)" : "'='");
			return NULL;
		}
	}
	expect(p, ";");
	return n;
}

static struct syntax *statement(struct parser *p)
{
	struct syntax *n;

	if (p->failed || !enter(p))
		return NULL;
	if (at_word(p, "else") || at_word(p, "while") || at_word(p, "do")) {
		expected(p, at_word(p, "else") ? "an 'if'" : "a statement; loops are 'for' with constant bounds, which is");
		return NULL;
	}
	if (at_word(p, "if")) {
		n = if_statement(p);
	} else if (at_word(p, "for")) {
		n = for_statement(p);
	} else if (at_word(p, "return")) {
		n = node(p, SYN_RETURN, p->t++);
		if (!at_sign(p, ";"))
			add(p, n, expression(p));
		expect(p, ";");
	} else if (at_sign(p, "{")) {
		n = block(p);
	} else {
		n = simple_statement(p);
	}
	p->depth--;
	return n;
}

static bool start(struct parser *p, struct arena *arena, const struct yaml *scalar, struct diags *diags)
{
	*p = (struct parser){.arena = arena, .scalar = scalar, .diags = diags};
	if (scalar->kind != YAML_SCALAR) {
		diag_add(diags, E_VALUE, scalar->where, "operation text expected here");
		return false;
	}
	p->first = p->t = lex(arena, scalar, diags);
	return p->t != NULL;
}

static struct syntax *finish(struct parser *p, struct syntax *n)
{
	if (!p->failed && p->t->kind != TOK_END)
		expected(p, "the end");
	return p->failed ? NULL : n;
}

struct syntax *syntax_statements(struct arena *arena, const struct yaml *scalar, struct diags *diags)
{
	struct parser p;
	struct syntax *n;

	if (!start(&p, arena, scalar, diags))
		return NULL;
	n = node(&p, SYN_BLOCK, p.t);
	while (!p.failed && p.t->kind != TOK_END)
		add(&p, n, statement(&p));
	return finish(&p, n);
}

struct syntax *syntax_expression(struct arena *arena, const struct yaml *scalar, struct diags *diags)
{
	struct parser p;

	return start(&p, arena, scalar, diags) ? finish(&p, expression(&p)) : NULL;
}

struct syntax *syntax_type(struct arena *arena, const struct yaml *scalar, struct diags *diags)
{
	struct parser p;

	return start(&p, arena, scalar, diags) ? finish(&p, type(&p)) : NULL;
}

enum { PARAMS_MAX = 16 };

static void parameter_list(struct parser *p, struct signature *out)
{
	expect(p, "(");
	out->params = arena_alloc(p->arena, PARAMS_MAX * sizeof *out->params);
	if (accept(p, ")"))
		return;
	do {
		unsigned i = out->param_count;

		if (i == PARAMS_MAX) {
			expected(p, "at most 16 parameters, ')'");
			return;
		}
		if (at_declaration(p))
			out->params[i].type = type(p);
		out->params[i].name = take_name(p, "a parameter");
		out->param_count++;
	} while (accept(p, ","));
	expect(p, ")");
}

bool syntax_signature(struct arena *arena, const struct yaml *key, struct signature *out, struct diags *diags)
{
	struct parser p;

	*out = (struct signature){0};
	if (!start(&p, arena, key, diags))
		return false;
	if (at_declaration(&p))
		out->returns = type(&p);
	out->name = take_name(&p, "the function's name");
	out->families = arena_alloc(arena, 4 * sizeof *out->families);
	if (accept(&p, "<"))
		do
			out->families[out->family_count++] = take_name(&p, "a width's name");
		while (out->family_count < 4 && accept(&p, ","));
	if (out->family_count)
		expect(&p, ">");
	parameter_list(&p, out);
	return finish(&p, node(&p, SYN_BLOCK, p.t)) != NULL;
}
