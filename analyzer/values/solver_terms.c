/* Values as Z3's terms: operations, constants, functions, UNKNOWN, substitution. */
#include "solver_private.h"

#include <stdlib.h>

Z3_sort sort_of(struct solver *s, unsigned width)
{
	return width ? Z3_mk_bv_sort(s->z, width) : Z3_mk_bool_sort(s->z);
}

Z3_ast numeral(struct solver *s, u128 bits, unsigned width)
{
	Z3_ast high, low;

	if (!width)
		return bits ? Z3_mk_true(s->z) : Z3_mk_false(s->z);
	if (width <= 64)
		return Z3_mk_unsigned_int64(s->z, (uint64_t)bits, sort_of(s, width));
	high = Z3_mk_unsigned_int64(s->z, (uint64_t)(bits >> 64), sort_of(s, width - 64));
	low = Z3_mk_unsigned_int64(s->z, (uint64_t)bits, sort_of(s, 64));
	return Z3_simplify(s->z, Z3_mk_concat(s->z, high, low));
}

Z3_ast term(struct solver *s, struct value v)
{
	if (v.term)
		return v.bits ? materialize(s, v) : (Z3_ast)v.term;
	return numeral(s, v.bits, v.width);
}

static Z3_ast mk_and2(Z3_context z, Z3_ast a, Z3_ast b)
{
	Z3_ast args[2] = {a, b};

	return Z3_mk_and(z, 2, args);
}

static Z3_ast mk_or2(Z3_context z, Z3_ast a, Z3_ast b)
{
	Z3_ast args[2] = {a, b};

	return Z3_mk_or(z, 2, args);
}

static Z3_ast bit(Z3_context z, unsigned value)
{
	return Z3_mk_unsigned_int64(z, value, Z3_mk_bv_sort(z, 1));
}

struct value wrap(Z3_ast ast, unsigned width)
{
	return (struct value){0, ast, width};
}

struct value literal(struct solver *s, Z3_ast ast, unsigned width)
{
	uint64_t bits;

	if (width == 0) {
		Z3_lbool known = Z3_get_bool_value(s->z, ast);

		return known == Z3_L_UNDEF ? wrap(ast, 0) : value_const(known == Z3_L_TRUE, 0);
	}
	if (width <= 64 && Z3_is_numeral_ast(s->z, ast) && Z3_get_numeral_uint64(s->z, ast, &bits))
		return value_const(bits, width);
	return wrap(ast, width);
}

static struct value do_plain_op(struct solver *s, enum op op, const struct value *args, unsigned width, unsigned low)
{
	Z3_context z = s->z;
	Z3_ast a = term(s, args[0]);
	Z3_ast b = op_table[op].arity > 1 ? term(s, args[1]) : NULL;
	Z3_ast c = op_table[op].arity > 2 ? term(s, args[2]) : NULL;
	Z3_ast result = NULL;
	unsigned w = args[0].width;

	(void)w;
	(void)low;
	switch (op) {
#define OP(name, arity, rule, concrete, solver) \
	case OP_##name: result = solver; break;
#include "../meaning/ops.def"
#undef OP
	case OP_COUNT: break;
	}
	return wrap(result, width);
}

enum { FIXED_WIDTH = 2 }; /* levels, rights: what addresses are chosen by. Of wider fields little is ever fixed */

struct value solver_op(struct domain *d, enum op op, const struct value *args, unsigned width, unsigned low)
{
	struct solver *s = (struct solver *)d;
	struct value result;
	u128 bits;

	if (op == OP_ite && solver_fixed(s, args[0], &bits))
		return args[bits ? 1 : 2];
	if (op == OP_ite && args[1].term && args[1].term == args[2].term)
		return join_overlays(s, args[0], args[1], args[2]);
	result = do_plain_op(s, op, args, width, low);
	if (op != OP_extract || !s->premise_count)
		return result;
	result = literal(s, Z3_simplify(s->z, result.term), width);
	return width <= FIXED_WIDTH && solver_fixed(s, result, &bits) ? value_const(bits, width) : result;
}

struct value solver_function(struct domain *d, enum uninterpreted f, const struct value *args, unsigned count, unsigned width)
{
	static const char *const names[] = {"T.address", "T.fault", "host.visible", "host.inverse"};
	struct solver *s = (struct solver *)d;
	Z3_sort sorts[4];
	Z3_ast terms[4];

	for (unsigned i = 0; i < count; i++) {
		sorts[i] = sort_of(s, args[i].width);
		terms[i] = term(s, args[i]);
	}
	if (!s->functions[f])
		s->functions[f] = Z3_mk_func_decl(s->z, Z3_mk_string_symbol(s->z, names[f]), count, sorts, sort_of(s, width));
	return wrap(Z3_mk_app(s->z, s->functions[f], count, terms), width);
}

bool solver_unknown(struct solver *s, uint64_t key, struct value *out)
{
	for (unsigned i = 0; i < s->unknown_count; i++)
		if (s->unknowns[i].key == key) {
			*out = s->unknowns[i].term;
			return true;
		}
	return false;
}

struct value solver_make_unknown(struct domain *d, uint64_t key, unsigned width, unsigned index_width)
{
	struct solver *s = (struct solver *)d;
	struct value v;
	char name[32];

	if (solver_unknown(s, key, &v))
		return v;
	snprintf(name, sizeof name, "unknown.%u", s->unknown_count);
	v = index_width ? solver_array(s, name, index_width, width) : solver_constant(s, name, width);
	if (s->unknown_count < UNKNOWNS_MAX) {
		s->unknowns[s->unknown_count].key = key;
		s->unknowns[s->unknown_count].term = v;
		s->unknowns[s->unknown_count++].index_width = index_width;
	}
	return v;
}

void solver_unrelated_unknowns(struct solver *s, struct substitution *sub)
{
	for (unsigned i = 0; i < s->unknown_count; i++) {
		struct value old = s->unknowns[i].term, new;
		char name[40];

		snprintf(name, sizeof name, "unknown.%u.2", i);
		new = s->unknowns[i].index_width ? solver_array(s, name, s->unknowns[i].index_width, old.width)
						 : solver_constant(s, name, old.width);
		substitution_add(s, sub, old, new);
	}
}

struct value solver_constant(struct solver *s, const char *name, unsigned width)
{
	return wrap(Z3_mk_const(s->z, Z3_mk_string_symbol(s->z, name), sort_of(s, width)), width);
}

struct value solver_array(struct solver *s, const char *name, unsigned index_width, unsigned width)
{
	Z3_sort sort = Z3_mk_array_sort(s->z, sort_of(s, index_width), sort_of(s, width));

	return wrap(Z3_mk_const(s->z, Z3_mk_string_symbol(s->z, name), sort), width);
}

void substitution_add(struct solver *s, struct substitution *sub, struct value from, struct value to)
{
	if (!from.term || value_same(from, to))
		return;
	if (sub->count == sub->room) {
		sub->room = sub->room ? 2 * sub->room : 32;
		sub->from = must_realloc(sub->from, sub->room * sizeof *sub->from);
		sub->to = must_realloc(sub->to, sub->room * sizeof *sub->to);
	}
	sub->from[sub->count] = from.term;
	sub->to[sub->count++] = term(s, to);
}

void substitution_free(struct substitution *sub)
{
	free(sub->from);
	free(sub->to);
	*sub = (struct substitution){0};
}

/* Z3 prepares a substitution anew for each term, so the terms go together, as arguments of one. */
static void substitute_terms(struct solver *s, Z3_ast *terms, unsigned count, const struct substitution *sub)
{
	Z3_sort *sorts = must_alloc((count + 1) * sizeof *sorts);
	Z3_app all;

	for (unsigned i = 0; i < count; i++)
		sorts[i] = Z3_get_sort(s->z, terms[i]);
	all = Z3_to_app(s->z, Z3_mk_app(s->z, Z3_mk_func_decl(s->z, Z3_mk_string_symbol(s->z, "all"), count, sorts, Z3_mk_bool_sort(s->z)), count, terms));
	all = Z3_to_app(s->z, Z3_substitute(s->z, Z3_app_to_ast(s->z, all), sub->count, (Z3_ast *)sub->from, (Z3_ast *)sub->to));
	for (unsigned i = 0; i < count; i++)
		terms[i] = Z3_get_app_arg(s->z, all, i);
	free(sorts);
}

/* An overlay: its elements and its base. */
static struct value substitute_overlay(struct solver *s, struct value v, const struct substitution *sub)
{
	const struct overlay *old = overlay_of(v);
	struct overlay *new = arena_alloc(s->arena, sizeof *new + old->count * sizeof *new->items);
	Z3_ast base = v.term;

	new->count = old->count;
	for (unsigned i = 0; i < old->count; i++) {
		new->items[i].index = old->items[i].index;
		new->items[i].element = solver_substitute(s, old->items[i].element, sub);
	}
	substitute_terms(s, &base, 1, sub);
	v.term = base;
	v.bits = (u128)(uintptr_t)new;
	return v;
}

void solver_substitute_all(struct solver *s, struct value *values, unsigned count, const struct substitution *sub)
{
	Z3_ast *terms = must_alloc((count + 1) * sizeof *terms);
	unsigned n = 0;

	for (unsigned i = 0; i < count && sub->count; i++) {
		if (values[i].term && values[i].bits)
			values[i] = substitute_overlay(s, values[i], sub);
		else if (values[i].term)
			terms[n++] = values[i].term;
	}
	if (n)
		substitute_terms(s, terms, n, sub);
	for (unsigned i = 0, k = 0; i < count && n; i++)
		if (values[i].term && !values[i].bits)
			values[i] = literal(s, terms[k++], values[i].width);
	free(terms);
}

struct value solver_substitute(struct solver *s, struct value v, const struct substitution *sub)
{
	solver_substitute_all(s, &v, 1, sub);
	return v;
}
