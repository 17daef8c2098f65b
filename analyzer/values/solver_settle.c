/* What a question becomes before it is solved: arrays that differ somewhere, and what top-level conjuncts fix. */
#include "solver_private.h"

#include <stdlib.h>
#include <string.h>

enum { UNITS_MAX = 64, UNIT_ROUNDS = 8, DIFFERS_MAX = 64, SEEN = 4096 };

/* The differ(a, b) in a formula. */
struct differs {
	Z3_ast found[DIFFERS_MAX];
	unsigned count;
	struct seen_terms seen;
};

/* Where the number stands, or could stand. */
static unsigned *place_of(const struct seen_terms *t, unsigned id)
{
	unsigned i = id * 2654435761u % t->room;

	while (t->ids[i] && t->ids[i] != id + 1)
		i = (i + 1) % t->room;
	return &t->ids[i];
}

bool is_seen(const struct seen_terms *t, unsigned id)
{
	return t->room && *place_of(t, id);
}

static void make_room(struct seen_terms *t)
{
	struct seen_terms old = *t;

	t->room = old.room ? 4 * old.room : SEEN;
	t->ids = must_alloc(t->room * sizeof *t->ids);
	memset(t->ids, 0, t->room * sizeof *t->ids);
	for (unsigned i = 0; i < old.room; i++)
		if (old.ids[i])
			*place_of(t, old.ids[i] - 1) = old.ids[i];
	free(old.ids);
}

bool seen_before(struct seen_terms *t, unsigned id)
{
	unsigned *place;

	if (2 * (t->count + 1) > t->room)
		make_room(t);
	place = place_of(t, id);
	if (*place)
		return true;
	*place = id + 1;
	t->count++;
	return false;
}

/* Only Boolean structure is followed: differ stands nowhere else. */
static void find_differs(struct solver *s, Z3_ast f, struct differs *out)
{
	Z3_app app;
	unsigned count;

	if (Z3_get_ast_kind(s->z, f) != Z3_APP_AST || seen_before(&out->seen, Z3_get_ast_id(s->z, f)))
		return;
	app = Z3_to_app(s->z, f);
	count = Z3_get_app_num_args(s->z, app);
	if (count == 2 && Z3_get_decl_kind(s->z, Z3_get_app_decl(s->z, app)) == Z3_OP_UNINTERPRETED &&
	    Z3_get_sort_kind(s->z, Z3_get_sort(s->z, Z3_get_app_arg(s->z, app, 0))) == Z3_ARRAY_SORT) {
		if (out->count < DIFFERS_MAX)
			out->found[out->count++] = f;
		return;
	}
	for (unsigned i = 0; i < count; i++)
		if (Z3_get_sort_kind(s->z, Z3_get_sort(s->z, Z3_get_app_arg(s->z, app, i))) == Z3_BOOL_SORT)
			find_differs(s, Z3_get_app_arg(s->z, app, i), out);
}

enum { SMALL_INDEX_BITS = 16 };

Z3_ast settle_differs(struct solver *s, Z3_ast f, enum settle how)
{
	struct differs d = {0};
	Z3_ast to[DIFFERS_MAX], from[DIFFERS_MAX];
	unsigned count = 0;

	find_differs(s, f, &d);
	free(d.seen.ids);
	for (unsigned i = 0; i < d.count; i++) {
		Z3_app app = Z3_to_app(s->z, d.found[i]);
		Z3_ast a = Z3_get_app_arg(s->z, app, 0), b = Z3_get_app_arg(s->z, app, 1);
		Z3_sort sort = Z3_get_array_sort_domain(s->z, Z3_get_sort(s->z, a));
		char name[40];

		if (a != b && how == SETTLE_NOT)
			continue;
		snprintf(name, sizeof name, "somewhere.%u", Z3_get_ast_id(s->z, Z3_sort_to_ast(s->z, sort)));
		from[count] = d.found[i];
		if (a == b || (how == SETTLE_SMALL && Z3_get_bv_sort_size(s->z, sort) > SMALL_INDEX_BITS)) {
			to[count++] = Z3_mk_false(s->z);
		} else {
			Z3_ast where = Z3_mk_const(s->z, Z3_mk_string_symbol(s->z, name), sort);

			to[count++] = Z3_mk_not(s->z, Z3_mk_eq(s->z, Z3_mk_select(s->z, a, where), Z3_mk_select(s->z, b, where)));
		}
	}
	return count ? Z3_simplify(s->z, Z3_substitute(s->z, f, count, from, to)) : f;
}

/* term = number, where one side is a number. */
static bool equation(struct solver *s, Z3_ast conjunct, Z3_ast *term, Z3_ast *number)
{
	Z3_app app = Z3_to_app(s->z, conjunct);
	Z3_ast a, b;

	if (Z3_get_decl_kind(s->z, Z3_get_app_decl(s->z, app)) != Z3_OP_EQ)
		return false;
	a = Z3_get_app_arg(s->z, app, 0);
	b = Z3_get_app_arg(s->z, app, 1);
	*term = Z3_is_numeral_ast(s->z, a) ? b : a;
	*number = Z3_is_numeral_ast(s->z, a) ? a : b;
	return Z3_is_numeral_ast(s->z, *number);
}

/* One bit is the other value if it is not this one. */
static bool other_bit(struct solver *s, Z3_ast *number)
{
	Z3_sort sort = Z3_get_sort(s->z, *number);
	uint64_t bit;

	if (Z3_get_sort_kind(s->z, sort) != Z3_BV_SORT || Z3_get_bv_sort_size(s->z, sort) != 1)
		return false;
	Z3_get_numeral_uint64(s->z, *number, &bit);
	*number = numeral(s, !bit, 1);
	return true;
}

/* A conjunct that fixes a constant: c = 5, not c = 1 for a bit, c, or not c. */
static bool unit(struct solver *s, Z3_ast conjunct, Z3_ast *constant, Z3_ast *number)
{
	Z3_app app = Z3_to_app(s->z, conjunct);
	bool negated = Z3_get_decl_kind(s->z, Z3_get_app_decl(s->z, app)) == Z3_OP_NOT;
	Z3_ast inner = negated ? Z3_get_app_arg(s->z, app, 0) : conjunct;

	if (!equation(s, inner, constant, number)) {
		*constant = inner;
		*number = negated ? Z3_mk_false(s->z) : Z3_mk_true(s->z);
	} else if (negated && !other_bit(s, number)) {
		return false;
	}
	app = Z3_to_app(s->z, *constant);
	return Z3_get_app_num_args(s->z, app) == 0 &&
	       Z3_get_decl_kind(s->z, Z3_get_app_decl(s->z, app)) == Z3_OP_UNINTERPRETED;
}

/* Simplifies, and puts what top-level conjuncts fix into the rest, so that two runs that do the same become the same term.
 * The fixing conjuncts stay: a model still gives those constants their values. */
Z3_ast propagate(struct solver *s, Z3_ast f)
{
	Z3_ast kept[UNITS_MAX * UNIT_ROUNDS + 1], from[UNITS_MAX], to[UNITS_MAX];
	unsigned kept_count = 0;

	for (unsigned round = 0; round < UNIT_ROUNDS; round++) {
		unsigned units = 0, count;
		Z3_app app;

		f = settle_differs(s, Z3_simplify(s->z, f), SETTLE_NOT);
		if (Z3_get_bool_value(s->z, f) != Z3_L_UNDEF)
			break;
		app = Z3_to_app(s->z, f);
		count = Z3_get_app_num_args(s->z, app);
		if (Z3_get_decl_kind(s->z, Z3_get_app_decl(s->z, app)) != Z3_OP_AND)
			break;
		for (unsigned i = 0; i < count && units < UNITS_MAX; i++) {
			Z3_ast conjunct = Z3_get_app_arg(s->z, app, i);

			if (unit(s, conjunct, &from[units], &to[units])) {
				kept[kept_count++] = conjunct;
				units++;
			}
		}
		if (!units)
			break;
		f = Z3_substitute(s->z, f, units, from, to);
	}
	kept[kept_count++] = f;
	if (Z3_get_bool_value(s->z, f) == Z3_L_FALSE)
		return f;
	return kept_count == 1 ? f : Z3_mk_and(s->z, kept_count, kept);
}
