/* Arrays: register files as overlays over a base, memory as Z3's arrays. */
#include "solver_private.h"

struct overlay *overlay_of(struct value array)
{
	return (struct overlay *)(uintptr_t)array.bits;
}

Z3_ast materialize(struct solver *s, struct value array)
{
	const struct overlay *o = overlay_of(array);
	Z3_ast a = array.term;
	unsigned width = Z3_get_bv_sort_size(s->z, Z3_get_array_sort_domain(s->z, Z3_get_sort(s->z, a)));

	for (unsigned i = 0; o && i < o->count; i++)
		a = Z3_mk_store(s->z, a, numeral(s, o->items[i].index, width), term(s, o->items[i].element));
	return a;
}

/* Indices of either overlay, each once, sorted. */
static struct overlay *joined_indices(struct solver *s, struct value a, struct value b)
{
	const struct overlay *x = overlay_of(a), *y = overlay_of(b);
	unsigned room = (x ? x->count : 0) + (y ? y->count : 0);
	struct overlay *o = arena_alloc(s->arena, sizeof *o + room * sizeof *o->items);

	for (unsigned i = 0, k = 0; (x && i < x->count) || (y && k < y->count);) {
		bool left = x && i < x->count, right = y && k < y->count;

		if (left && (!right || x->items[i].index <= y->items[k].index)) {
			if (right && x->items[i].index == y->items[k].index)
				k++;
			o->items[o->count++].index = x->items[i++].index;
		} else {
			o->items[o->count++].index = y->items[k++].index;
		}
	}
	return o;
}

static unsigned index_bits(struct solver *s, struct value array)
{
	return Z3_get_bv_sort_size(s->z, Z3_get_array_sort_domain(s->z, Z3_get_sort(s->z, array.term)));
}

struct value join_overlays(struct solver *s, struct value c, struct value a, struct value b)
{
	struct overlay *o = joined_indices(s, a, b);
	unsigned width = index_bits(s, a);

	for (unsigned i = 0; i < o->count; i++) {
		struct value index = value_const(o->items[i].index, width);

		o->items[i].element = value_ite(&s->domain, c, solver_select(&s->domain, a, index, a.width),
						solver_select(&s->domain, b, index, a.width));
	}
	return (struct value){(u128)(uintptr_t)o, a.term, a.width};
}

/* Whether two indices are the same: 1, 0, or -1 for open. Under premises, where a frame that was pushed is read back, their difference and the
 * premises are looked at; elsewhere that costs more than it saves. */
static int same_index(struct solver *s, Z3_ast a, Z3_ast b)
{
	Z3_ast difference;
	u128 same;

	if (a == b)
		return 1;
	if (Z3_is_numeral_ast(s->z, a) && Z3_is_numeral_ast(s->z, b))
		return 0;
	if (!s->premise_count)
		return -1;
	difference = Z3_simplify(s->z, Z3_mk_bvsub(s->z, a, b));
	if (Z3_is_numeral_ast(s->z, difference))
		return Z3_simplify(s->z, Z3_mk_eq(s->z, a, b)) == Z3_mk_true(s->z);
	return solver_fixed(s, wrap(Z3_mk_eq(s->z, a, b), 0), &same) ? same != 0 : -1;
}

struct value solver_select(struct domain *d, struct value array, struct value index, unsigned width)
{
	struct solver *s = (struct solver *)d;
	const struct overlay *o = overlay_of(array);
	Z3_ast a, i;

	for (unsigned k = 0; o && !index.term && k < o->count; k++)
		if (o->items[k].index == index.bits)
			return o->items[k].element;
	a = index.term ? term(s, array) : (Z3_ast)array.term;
	i = term(s, index);

	/* Look through stores whose index is the same, or surely another one. */
	for (;;) {
		Z3_app app = Z3_to_app(s->z, a);
		int same;

		if (Z3_get_decl_kind(s->z, Z3_get_app_decl(s->z, app)) != Z3_OP_STORE)
			break;
		same = same_index(s, Z3_get_app_arg(s->z, app, 1), i);
		if (same > 0)
			return literal(s, Z3_get_app_arg(s->z, app, 2), width);
		if (same < 0)
			break;
		a = Z3_get_app_arg(s->z, app, 0);
	}
	return wrap(Z3_mk_select(s->z, a, i), width);
}

struct value solver_store(struct domain *d, struct value array, struct value index, struct value element)
{
	struct solver *s = (struct solver *)d;
	struct overlay *one, *all;
	struct value added;

	if (index.term)
		return wrap(Z3_mk_store(s->z, term(s, array), term(s, index), term(s, element)), array.width);
	one = arena_alloc(s->arena, sizeof *one + sizeof *one->items);
	one->count = 1;
	one->items[0].index = index.bits;
	added = (struct value){(u128)(uintptr_t)one, array.term, array.width};
	all = joined_indices(s, array, added);
	for (unsigned k = 0; k < all->count; k++)
		all->items[k].element = all->items[k].index == index.bits ? element
			: solver_select(d, array, value_const(all->items[k].index, index.width), array.width);
	return (struct value){(u128)(uintptr_t)all, array.term, array.width};
}

/* differ(a, b): two arrays differ at an index that may be chosen. It stays a name until the question is asked: by then both
 * may have become one term. */
static Z3_ast mk_differ(struct solver *s, Z3_ast a, Z3_ast b)
{
	Z3_sort sort = Z3_get_sort(s->z, a), sorts[2] = {sort, sort};
	Z3_ast args[2] = {a, b};

	return Z3_mk_app(s->z, Z3_mk_func_decl(s->z, Z3_mk_string_symbol(s->z, "differ"), 2, sorts, Z3_mk_bool_sort(s->z)), 2, args);
}

struct value solver_arrays_differ(struct domain *d, struct value a, struct value b, unsigned index_width, unsigned width,
				     bool somewhere)
{
	struct solver *s = (struct solver *)d;

	if (a.term == b.term) { /* one base: only the overlays can differ */
		const struct overlay *o = joined_indices(s, a, b);
		struct value any = value_const(0, 0);

		for (unsigned i = 0; i < o->count; i++) {
			struct value index = value_const(o->items[i].index, index_width);

			any = value_or(d, any, value_not(d, value_eq(d, solver_select(d, a, index, width), solver_select(d, b, index, width))));
		}
		return any;
	}
	if (!somewhere)
		return wrap(Z3_mk_not(s->z, Z3_mk_eq(s->z, term(s, a), term(s, b))), 0);
	return wrap(mk_differ(s, term(s, a), term(s, b)), 0);
}

/* Terms do not change. */
struct value solver_copy(struct domain *d, struct value array)
{
	(void)d;
	return array;
}
