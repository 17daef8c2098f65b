/* Reads the printed form of the IR back; see ir_print.c. */
#include "ir.h"

#include <stdlib.h>
#include <string.h>

/* A parsed S-expression: an atom, or a list. */
struct sexp {
	const char *atom;
	struct sexp **items;
	unsigned count;
};

struct ir_reader {
	struct arena *arena;
	const char *at, *error;
	const struct ir_context *context;
	struct ir_function *known, *function;
	unsigned depth;
};

static void *fail(struct ir_reader *r, const char *why)
{
	if (!r->error)
		r->error = why;
	return NULL;
}

static struct sexp *read_sexp(struct ir_reader *r)
{
	struct sexp *s = ARENA_NEW(r->arena, struct sexp), *item;

	r->at += strspn(r->at, " \n");
	if (*r->at != '(') {
		size_t n = strcspn(r->at, " \n()");

		if (!n)
			return fail(r, "an expression expected");
		s->atom = arena_copy(r->arena, r->at, n);
		r->at += n;
		return s;
	}
	if (++r->depth > 1000)
		return fail(r, "too deep");
	for (r->at++; (r->at += strspn(r->at, " \n")), *r->at != ')';) {
		item = read_sexp(r);
		if (!item)
			return NULL;
		if ((s->count & (s->count - 1)) == 0) {
			struct sexp **old = s->items;

			s->items = ARENA_ARRAY(r->arena, struct sexp *, s->count ? 2 * s->count : 1);
			if (s->count)
				memcpy(s->items, old, s->count * sizeof *old);
		}
		s->items[s->count++] = item;
	}
	r->at++;
	r->depth--;
	return s;
}

/* The list inside `s` whose first item is `label`. */
static const struct sexp *part(const struct sexp *s, const char *label)
{
	for (unsigned i = 1; i < s->count; i++)
		if (!s->items[i]->atom && s->items[i]->count && s->items[i]->items[0]->atom &&
		    !strcmp(s->items[i]->items[0]->atom, label))
			return s->items[i];
	return NULL;
}

static const char *atom_at(const struct sexp *s, unsigned i)
{
	return s && !s->atom && i < s->count && s->items[i]->atom ? s->items[i]->atom : "";
}

static unsigned number(struct ir_reader *r, const char *text)
{
	u128 value;

	if (bits_parse(text, strlen(text), &value) || value > 1000000) {
		fail(r, "a number expected");
		return 0;
	}
	return (unsigned)value;
}

static struct ir_expr *read_expr(struct ir_reader *r, const struct sexp *s);

static struct ir_expr *find_place(struct ir_reader *r, enum ir_kind kind, const struct ir_place *places, unsigned count,
				  const char *name)
{
	for (unsigned i = 0; i < count; i++)
		if (!strcmp(places[i].name, name))
			return ir_ref(r->arena, kind, i, places[i].width);
	return fail(r, "an unknown name");
}

static struct ir_expr *read_constant(struct ir_reader *r, const char *text)
{
	const char *colon = strchr(text, ':');
	unsigned width;
	u128 value;

	if (!colon || bits_parse(text, (size_t)(colon - text), &value))
		return fail(r, "a constant expected");
	width = number(r, colon + 1);
	if (width < 1 || width > BITS_MAX || value > bits_mask(width))
		return fail(r, "a constant that does not fit");
	return ir_const(r->arena, value, width);
}

static struct ir_expr *read_atom(struct ir_reader *r, const char *text)
{
	const struct ir_context *c = r->context;
	unsigned i;

	switch (text[0]) {
	case '$':
		i = number(r, text + 1);
		if (i >= r->function->local_count)
			return fail(r, "no such local");
		return ir_ref(r->arena, IR_LOCAL, i, r->function->locals[i].width);
	case '?':
		i = number(r, text + 1);
		if (i >= r->function->unknowns)
			return fail(r, "no such unknown value");
		return ir_ref(r->arena, IR_UNKNOWN, i, r->function->unknown_widths[i]);
	case '*': return ir_ref(r->arena, IR_ADDRESS, 0, number(r, text + 1 + (text[1] == ':')));
	case '@': return find_place(r, IR_COMPONENT, c->components, c->component_count, text + 1);
	case '%': return find_place(r, IR_VARIABLE, c->variables, c->variable_count, text + 1);
	case '!': return find_place(r, IR_INPUT, c->inputs, c->input_count, text + 1);
	case 't':
	case 'f': return ir_const(r->arena, text[0] == 't', 0);
	default: return read_constant(r, text);
	}
}

static struct ir_expr *read_op(struct ir_reader *r, const struct sexp *s)
{
	struct ir_expr *e = ARENA_NEW(r->arena, struct ir_expr);
	char name[16] = "";
	const char *head = atom_at(s, 0), *colon = strchr(head, ':');
	unsigned widths[3] = {0}, wanted = 0;
	int result;
	size_t n = colon ? (size_t)(colon - head) : strlen(head);

	if (n >= sizeof name)
		return fail(r, "no such operation");
	memcpy(name, head, n);
	e->kind = IR_OP;
	e->op = op_find(name);
	if (e->op == OP_COUNT || s->count != op_table[e->op].arity + 1)
		return fail(r, "no such operation");
	if (colon && strchr(colon, '+'))
		sscanf(colon, ":%u+%u", &e->low, &wanted);
	else if (colon)
		wanted = number(r, colon + 1);
	e->count = op_table[e->op].arity;
	for (unsigned i = 0; i < e->count; i++) {
		e->args[i] = read_expr(r, s->items[i + 1]);
		if (!e->args[i])
			return NULL;
		widths[i] = e->args[i]->width;
	}
	result = op_result_width(e->op, widths, wanted, e->low);
	if (result < 0)
		return fail(r, "operands of the wrong width");
	e->width = (unsigned)result;
	return e;
}

static struct ir_expr *read_expr(struct ir_reader *r, const struct sexp *s)
{
	struct ir_expr *e;

	if (r->error)
		return NULL;
	if (s->atom)
		return read_atom(r, s->atom);
	if (atom_at(s, 0)[0] != '@')
		return read_op(r, s);
	e = read_atom(r, atom_at(s, 0));
	if (e && s->count == 2) {
		e->args[0] = read_expr(r, s->items[1]);
		e->count = 1;
	}
	return e;
}

static struct ir_expr *read_part(struct ir_reader *r, const struct sexp *s, const char *label)
{
	const struct sexp *p = part(s, label);

	return p && p->count == 2 ? read_expr(r, p->items[1]) : NULL;
}

static void read_call(struct ir_reader *r, struct ir_statement *s, const struct sexp *x)
{
	const struct sexp *p = part(x, "callee");

	if (!p)
		return;
	for (s->callee = r->known; s->callee && strcmp(s->callee->name, atom_at(p, 1)); s->callee = s->callee->next)
		;
	if (!s->callee)
		fail(r, "an unknown function");
	s->args = ARENA_ARRAY(r->arena, struct ir_expr *, x->count);
	for (unsigned i = 1; i < x->count; i++)
		if (!strcmp(atom_at(x->items[i], 0), "arg") && x->items[i]->count == 2)
			s->args[s->arg_count++] = read_expr(r, x->items[i]->items[1]);
}

static u128 read_number(struct ir_reader *r, const struct sexp *x, const char *label)
{
	u128 value = 0;
	const char *text = atom_at(part(x, label), 1);

	if (bits_parse(text, strlen(text), &value))
		fail(r, "a number expected");
	return value;
}

static struct ir_statement *read_list(struct ir_reader *r, const struct sexp *list);

static struct ir_statement *read_statement(struct ir_reader *r, const struct sexp *x)
{
	static const char *const names[] = {
#define IR_NAME(kind, name) name,
		IR_STATEMENTS(IR_NAME)
#undef IR_NAME
	};
	struct ir_statement *s = ARENA_NEW(r->arena, struct ir_statement);
	const char *target = atom_at(x, 1), *access = atom_at(part(x, "access"), 1);
	struct ir_expr *place;

	while (s->kind < IR_STATEMENT_COUNT && strcmp(names[s->kind], atom_at(x, 0)))
		s->kind++;
	if (s->kind == IR_STATEMENT_COUNT)
		return fail(r, "no such statement");
	if (*target) {
		place = read_atom(r, target);
		s->index = place ? place->index : 0;
		s->has_target = place && place->kind == IR_LOCAL;
	}
	if (part(x, "bits"))
		s->width = number(r, atom_at(part(x, "bits"), 1));
	s->access = !strcmp(access, "store") ? ACCESS_STORE : !strcmp(access, "fetch") ? ACCESS_FETCH : ACCESS_LOAD;
	s->big_endian = part(x, "big") != NULL;
	s->split = part(x, "split") != NULL;
	if (s->kind == IR_FOR) {
		s->first = read_number(r, x, "first");
		s->step = read_number(r, x, "step");
		s->rounds = number(r, atom_at(part(x, "rounds"), 1));
	}
	s->a = read_part(r, x, "a");
	s->b = read_part(r, x, "b");
	s->c = read_part(r, x, "c");
	read_call(r, s, x);
	s->body = part(x, "body") ? read_list(r, part(x, "body")) : NULL;
	s->other = part(x, "other") ? read_list(r, part(x, "other")) : NULL;
	return s;
}

static struct ir_statement *read_list(struct ir_reader *r, const struct sexp *list)
{
	struct ir_statement *first = NULL, **tail = &first;

	for (unsigned i = 1; i < list->count && !r->error; i++) {
		*tail = read_statement(r, list->items[i]);
		if (*tail)
			tail = &(*tail)->next;
	}
	return first;
}

static void read_locals(struct ir_reader *r, const struct sexp *locals, const struct sexp *unknowns)
{
	struct ir_function *f = r->function;

	f->local_count = locals->count - 1;
	f->locals = ARENA_ARRAY(r->arena, struct ir_local, f->local_count);
	for (unsigned i = 0; i < f->local_count; i++)
		f->locals[i] = (struct ir_local){atom_at(locals->items[i + 1], 0), number(r, atom_at(locals->items[i + 1], 1))};
	f->unknowns = unknowns->count - 1;
	f->unknown_widths = ARENA_ARRAY(r->arena, unsigned, f->unknowns);
	for (unsigned i = 0; i < f->unknowns; i++)
		f->unknown_widths[i] = number(r, atom_at(unknowns, i + 1));
}

struct ir_function *ir_read(struct arena *arena, const char *text, const struct ir_context *context,
			    struct ir_function *known, const char **error)
{
	struct ir_reader r = {.arena = arena, .at = text, .context = context, .known = known};
	const struct sexp *s = read_sexp(&r);

	r.function = ARENA_NEW(arena, struct ir_function);
	if (s && !strcmp(atom_at(s, 0), "function") && part(s, "locals") && part(s, "unknowns") && part(s, "statements")) {
		r.function->name = atom_at(s, 1);
		r.function->param_count = number(&r, atom_at(part(s, "params"), 1));
		r.function->has_result = part(s, "result") != NULL;
		if (r.function->has_result)
			r.function->result = number(&r, atom_at(part(s, "result"), 1));
		read_locals(&r, part(s, "locals"), part(s, "unknowns"));
		r.function->body = read_list(&r, part(s, "statements"));
	} else {
		fail(&r, "no function");
	}
	*error = r.error;
	return r.error ? NULL : r.function;
}
