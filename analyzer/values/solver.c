#include "solver.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <z3.h>

struct model {
	Z3_model z3;
};

struct answered {
	Z3_ast formula;
	enum answer answer;
	struct model model;
	struct answered *next;
};

enum { RECENT_MODELS = 6, TABLE = 1024, SET_RANGES_MAX = 256, UNKNOWNS_MAX = 512 };

/* The set of the variable's values for which a condition holds, once found. */
struct known_set {
	unsigned id;
	bool depends_on_variable_only, has_set;
	struct ranges set;
	struct known_set *next;
};

struct solver {
	struct domain domain; /* first: a struct domain * is a struct solver * */
	Z3_context z;
	Z3_solver solver, splitter;
	Z3_ast one, zero;
	Z3_func_decl functions[UF_COUNT];
	struct arena *arena;
	struct answered *answers[TABLE];
	struct known_set *sets[TABLE];
	struct { uint64_t key; struct value term; unsigned index_width; } unknowns[UNKNOWNS_MAX];
	unsigned unknown_count;
	Z3_model recent[RECENT_MODELS]; /* owned by answers */
	unsigned recent_count;
	Z3_ast variable; /* split on; NULL: none */
	unsigned variable_width;
	struct arena *split_arena;
	struct ranges region, rest;
	struct solver_counts counts;
	FILE *record;
};

static void on_error(Z3_context z, Z3_error_code code)
{
	fprintf(stderr, "isolde: internal error: Z3: %s\n", Z3_get_error_msg(z, code));
	abort();
}

static Z3_sort sort_of(struct solver *s, unsigned width)
{
	return width ? Z3_mk_bv_sort(s->z, width) : Z3_mk_bool_sort(s->z);
}

static Z3_ast numeral(struct solver *s, u128 bits, unsigned width)
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

/* An array whose elements at some constant indices are known: `base` but for those. Registers that are files of a few elements,
 * chosen by number in the text, would otherwise become towers of stores. In a struct value: term is the base, bits the overlay. */
struct overlay {
	unsigned count;
	struct { u128 index; struct value element; } items[]; /* sorted by index */
};

static struct overlay *overlay_of(struct value array)
{
	return (struct overlay *)(uintptr_t)array.bits;
}

static Z3_ast term(struct solver *s, struct value v);

static Z3_ast materialize(struct solver *s, struct value array)
{
	const struct overlay *o = overlay_of(array);
	Z3_ast a = array.term;
	unsigned width = Z3_get_bv_sort_size(s->z, Z3_get_array_sort_domain(s->z, Z3_get_sort(s->z, a)));

	for (unsigned i = 0; o && i < o->count; i++)
		a = Z3_mk_store(s->z, a, numeral(s, o->items[i].index, width), term(s, o->items[i].element));
	return a;
}

static Z3_ast term(struct solver *s, struct value v)
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

static struct value wrap(Z3_ast ast, unsigned width)
{
	return (struct value){0, ast, width};
}

/* A term that came out as a literal is a constant again. */
static struct value literal(struct solver *s, Z3_ast ast, unsigned width)
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

static struct value do_select(struct domain *d, struct value array, struct value index, unsigned width);

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

/* Two arrays over one base are joined element by element. */
static struct value join_overlays(struct solver *s, struct value c, struct value a, struct value b)
{
	struct overlay *o = joined_indices(s, a, b);
	unsigned width = index_bits(s, a);

	for (unsigned i = 0; i < o->count; i++) {
		struct value index = value_const(o->items[i].index, width);

		o->items[i].element = value_ite(&s->domain, c, do_select(&s->domain, a, index, a.width),
						do_select(&s->domain, b, index, a.width));
	}
	return (struct value){(u128)(uintptr_t)o, a.term, a.width};
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

static struct value do_op(struct domain *d, enum op op, const struct value *args, unsigned width, unsigned low)
{
	struct solver *s = (struct solver *)d;

	if (op == OP_ite && args[1].term && args[1].term == args[2].term)
		return join_overlays(s, args[0], args[1], args[2]);
	return do_plain_op(s, op, args, width, low);
}

static struct value do_select(struct domain *d, struct value array, struct value index, unsigned width)
{
	struct solver *s = (struct solver *)d;
	const struct overlay *o = overlay_of(array);
	Z3_ast a, i;

	for (unsigned k = 0; o && !index.term && k < o->count; k++)
		if (o->items[k].index == index.bits)
			return o->items[k].element;
	a = index.term ? term(s, array) : (Z3_ast)array.term;
	i = term(s, index);

	/* Look through stores whose index is the same term, or another constant. */
	for (;;) {
		Z3_app app = Z3_to_app(s->z, a);
		Z3_ast at;

		if (Z3_get_decl_kind(s->z, Z3_get_app_decl(s->z, app)) != Z3_OP_STORE)
			break;
		at = Z3_get_app_arg(s->z, app, 1);
		if (at == i)
			return literal(s, Z3_get_app_arg(s->z, app, 2), width);
		if (!Z3_is_numeral_ast(s->z, at) || !Z3_is_numeral_ast(s->z, i))
			break;
		a = Z3_get_app_arg(s->z, app, 0);
	}
	return wrap(Z3_mk_select(s->z, a, i), width);
}

static struct value do_store(struct domain *d, struct value array, struct value index, struct value element)
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
			: do_select(d, array, value_const(all->items[k].index, index.width), array.width);
	return (struct value){(u128)(uintptr_t)all, array.term, array.width};
}

static struct value do_function(struct domain *d, enum uninterpreted f, const struct value *args, unsigned count, unsigned width)
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

static struct value do_unknown(struct domain *d, uint64_t key, unsigned width, unsigned index_width)
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

/* differ(a, b): two arrays differ at an index that may be chosen. It stays a name until the question is asked: by then both
 * may have become one term. */
static Z3_ast mk_differ(struct solver *s, Z3_ast a, Z3_ast b)
{
	Z3_sort sort = Z3_get_sort(s->z, a), sorts[2] = {sort, sort};
	Z3_ast args[2] = {a, b};

	return Z3_mk_app(s->z, Z3_mk_func_decl(s->z, Z3_mk_string_symbol(s->z, "differ"), 2, sorts, Z3_mk_bool_sort(s->z)), 2, args);
}

static struct value do_arrays_differ(struct domain *d, struct value a, struct value b, unsigned index_width, unsigned width,
				     bool somewhere)
{
	struct solver *s = (struct solver *)d;

	if (a.term == b.term) { /* one base: only the overlays can differ */
		const struct overlay *o = joined_indices(s, a, b);
		struct value any = value_const(0, 0);

		for (unsigned i = 0; i < o->count; i++) {
			struct value index = value_const(o->items[i].index, index_width);

			any = value_or(d, any, value_not(d, value_eq(d, do_select(d, a, index, width), do_select(d, b, index, width))));
		}
		return any;
	}
	if (!somewhere)
		return wrap(Z3_mk_not(s->z, Z3_mk_eq(s->z, term(s, a), term(s, b))), 0);
	return wrap(mk_differ(s, term(s, a), term(s, b)), 0);
}

/* --- splitting on a variable --- */

static struct known_set *known(struct solver *s, Z3_ast ast);

static bool only_variable(struct solver *s, Z3_ast ast)
{
	return known(s, ast)->depends_on_variable_only;
}

/* Constants and the variable itself count; anything else with no arguments does not. */
static bool find_dependence(struct solver *s, Z3_ast ast)
{
	Z3_app app;
	unsigned count;

	if (ast == s->variable || Z3_is_numeral_ast(s->z, ast))
		return true;
	if (Z3_get_ast_kind(s->z, ast) != Z3_APP_AST)
		return false;
	app = Z3_to_app(s->z, ast);
	count = Z3_get_app_num_args(s->z, app);
	if (!count)
		return Z3_get_bool_value(s->z, ast) != Z3_L_UNDEF;
	if (Z3_get_decl_kind(s->z, Z3_get_app_decl(s->z, app)) == Z3_OP_UNINTERPRETED)
		return false;
	for (unsigned i = 0; i < count; i++)
		if (!only_variable(s, Z3_get_app_arg(s->z, app, i)))
			return false;
	return true;
}

static struct known_set *known(struct solver *s, Z3_ast ast)
{
	unsigned id = Z3_get_ast_id(s->z, ast);
	struct known_set *k = s->sets[id % TABLE];

	while (k && k->id != id)
		k = k->next;
	if (!k) {
		bool depends = find_dependence(s, ast);

		k = ARENA_NEW(s->arena, struct known_set);
		k->id = id;
		k->depends_on_variable_only = depends;
		k->next = s->sets[id % TABLE];
		s->sets[id % TABLE] = k;
	}
	return k;
}

/* The least value from `low` on for which `condition` is `wanted`; false if there is none. */
static bool least(struct solver *s, Z3_ast condition, bool wanted, u128 low, u128 *found)
{
	Z3_ast c = wanted ? condition : Z3_mk_not(s->z, condition);
	u128 high;
	Z3_model m;

	Z3_solver_push(s->z, s->splitter);
	Z3_solver_assert(s->z, s->splitter, c);
	Z3_solver_assert(s->z, s->splitter, Z3_mk_bvuge(s->z, s->variable, numeral(s, low, s->variable_width)));
	if (Z3_solver_check(s->z, s->splitter) != Z3_L_TRUE) {
		Z3_solver_pop(s->z, s->splitter, 1);
		return false;
	}
	m = Z3_solver_get_model(s->z, s->splitter);
	Z3_model_inc_ref(s->z, m);
	high = solver_eval(s, &(struct model){m}, wrap(s->variable, s->variable_width));
	Z3_model_dec_ref(s->z, m);
	while (low < high) { /* invariant: some value in [low, high] */
		u128 middle = low + (high - low) / 2;
		Z3_lbool any;

		Z3_solver_push(s->z, s->splitter);
		Z3_solver_assert(s->z, s->splitter, Z3_mk_bvule(s->z, s->variable, numeral(s, middle, s->variable_width)));
		any = Z3_solver_check(s->z, s->splitter);
		Z3_solver_pop(s->z, s->splitter, 1);
		if (any == Z3_L_TRUE)
			high = middle;
		else
			low = middle + 1;
	}
	Z3_solver_pop(s->z, s->splitter, 1);
	*found = high;
	return true;
}

static bool solve_set(struct solver *s, Z3_ast condition, struct ranges *set)
{
	u128 top = bits_mask(s->variable_width), low = 0, from, to;

	*set = (struct ranges){0, NULL};
	while (set->count < SET_RANGES_MAX && least(s, condition, true, low, &from)) {
		struct ranges piece;
		bool last = !least(s, condition, false, from, &to);

		piece = ranges_one(s->arena, from, last ? top : to - 1);
		*set = ranges_or(s->arena, *set, piece);
		if (last)
			return true;
		low = to;
	}
	return set->count < SET_RANGES_MAX;
}

static bool condition_set(struct solver *s, Z3_ast c, struct ranges *set);

/* variable == k, variable <= k, k <= variable: the comparisons that dispatching by number is made of. */
static bool comparison_set(struct solver *s, Z3_decl_kind kind, Z3_ast a, Z3_ast b, struct ranges *set)
{
	bool left = a == s->variable;
	Z3_ast number = left ? b : a;
	uint64_t k;

	if ((!left && b != s->variable) || !Z3_is_numeral_ast(s->z, number) || !Z3_get_numeral_uint64(s->z, number, &k))
		return false;
	if (kind == Z3_OP_EQ)
		*set = ranges_one(s->arena, k, k);
	else
		*set = left ? ranges_one(s->arena, 0, k) : ranges_one(s->arena, k, bits_mask(s->variable_width));
	return true;
}

static bool find_set(struct solver *s, Z3_ast c, struct ranges *set)
{
	Z3_app app = Z3_to_app(s->z, c);
	Z3_decl_kind kind = Z3_get_decl_kind(s->z, Z3_get_app_decl(s->z, app));
	unsigned count = Z3_get_app_num_args(s->z, app);
	struct ranges next;

	switch (kind) {
	case Z3_OP_EQ:
	case Z3_OP_ULEQ:
		if (comparison_set(s, kind, Z3_get_app_arg(s->z, app, 0), Z3_get_app_arg(s->z, app, 1), set))
			return true;
		break;
	case Z3_OP_NOT:
		if (!condition_set(s, Z3_get_app_arg(s->z, app, 0), set))
			return false;
		*set = ranges_not(s->arena, *set, bits_mask(s->variable_width));
		return true;
	case Z3_OP_AND:
	case Z3_OP_OR:
		if (!condition_set(s, Z3_get_app_arg(s->z, app, 0), set))
			return false;
		for (unsigned i = 1; i < count; i++) {
			if (!condition_set(s, Z3_get_app_arg(s->z, app, i), &next))
				return false;
			*set = kind == Z3_OP_AND ? ranges_and(s->arena, *set, next) : ranges_or(s->arena, *set, next);
		}
		return true;
	default: break;
	}
	return solve_set(s, c, set);
}

static bool condition_set(struct solver *s, Z3_ast c, struct ranges *set)
{
	struct known_set *k = known(s, c);

	if (!k->depends_on_variable_only)
		return false;
	if (!k->has_set) {
		if (!find_set(s, c, &k->set))
			return false;
		k->has_set = true;
	}
	*set = k->set;
	return true;
}

/* Narrows the region to where the condition holds, if that is neither everywhere nor nowhere. */
static int decide_by_region(struct solver *s, Z3_ast condition)
{
	struct ranges set, yes, no;

	if (!condition_set(s, condition, &set))
		return -1;
	yes = ranges_and(s->split_arena, s->region, set);
	if (!yes.count)
		return 0;
	no = ranges_and(s->split_arena, s->region, ranges_not(s->split_arena, set, bits_mask(s->variable_width)));
	if (no.count) {
		s->rest = ranges_or(s->split_arena, s->rest, no);
		s->region = yes;
	}
	return 1;
}

static int do_decide(struct domain *d, struct value c)
{
	struct solver *s = (struct solver *)d;
	Z3_lbool known_value;
	int decided;

	if (!c.term)
		return c.bits != 0;
	if (s->variable) {
		decided = decide_by_region(s, c.term);
		if (decided >= 0)
			return decided;
	}
	known_value = Z3_get_bool_value(s->z, Z3_simplify(s->z, c.term));
	return known_value == Z3_L_UNDEF ? -1 : known_value == Z3_L_TRUE;
}

void solver_split_on(struct solver *s, struct arena *arena, struct value variable, struct ranges region)
{
	s->variable = variable.term;
	s->variable_width = variable.width;
	s->split_arena = arena;
	s->region = region;
	s->rest = (struct ranges){0, NULL};
	if (!s->splitter) {
		s->splitter = Z3_mk_simple_solver(s->z);
		Z3_solver_inc_ref(s->z, s->splitter);
	}
}

struct ranges solver_region(const struct solver *s, struct ranges *rest)
{
	*rest = s->rest;
	return s->region;
}

void solver_split_off(struct solver *s)
{
	s->variable = NULL;
	memset(s->sets, 0, sizeof s->sets);
}

/* --- terms --- */

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
	if (!from.term || from.term == to.term)
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

struct value solver_substitute(struct solver *s, struct value v, const struct substitution *sub)
{
	if (!v.term || !sub->count)
		return v;
	if (v.bits) { /* an overlay: its elements and its base */
		const struct overlay *old = overlay_of(v);
		struct overlay *new = arena_alloc(s->arena, sizeof *new + old->count * sizeof *new->items);

		new->count = old->count;
		for (unsigned i = 0; i < old->count; i++) {
			new->items[i].index = old->items[i].index;
			new->items[i].element = solver_substitute(s, old->items[i].element, sub);
		}
		v.term = Z3_substitute(s->z, v.term, sub->count, (Z3_ast *)sub->from, (Z3_ast *)sub->to);
		v.bits = (u128)(uintptr_t)new;
		return v;
	}
	return literal(s, Z3_substitute(s->z, v.term, sub->count, (Z3_ast *)sub->from, (Z3_ast *)sub->to), v.width);
}

/* --- questions --- */

static void record_question(struct solver *s, Z3_ast formula)
{
	if (s->record)
		fprintf(s->record, "%s(reset)\n", Z3_benchmark_to_smtlib_string(s->z, "obligation", "ALL", "unknown", "", 0, NULL, formula));
}

/* A state found for an earlier question often answers this one too; to evaluate is cheaper than to search. */
static bool answered_by_model(struct solver *s, Z3_ast formula, struct model *model)
{
	for (unsigned i = 0; i < RECENT_MODELS && i < s->recent_count; i++) {
		Z3_model m = s->recent[(s->recent_count - 1 - i) % RECENT_MODELS];
		Z3_ast value = NULL;

		if (Z3_model_eval(s->z, m, formula, true, &value) && Z3_get_bool_value(s->z, value) == Z3_L_TRUE) {
			Z3_model_inc_ref(s->z, m);
			model->z3 = m;
			return true;
		}
	}
	return false;
}

static enum answer solve(struct solver *s, Z3_ast formula, struct model *model)
{
	Z3_lbool result;

	if (answered_by_model(s, formula, model)) {
		s->counts.repeated++;
		return ANSWER_SAT;
	}
	s->counts.solved++;
	record_question(s, formula);
	Z3_solver_push(s->z, s->solver);
	Z3_solver_assert(s->z, s->solver, formula);
	result = Z3_solver_check(s->z, s->solver);
	if (result == Z3_L_TRUE) {
		model->z3 = Z3_solver_get_model(s->z, s->solver);
		Z3_model_inc_ref(s->z, model->z3);
		s->recent[s->recent_count++ % RECENT_MODELS] = model->z3;
	}
	Z3_solver_pop(s->z, s->solver, 1);
	return result == Z3_L_TRUE ? ANSWER_SAT : result == Z3_L_FALSE ? ANSWER_UNSAT : ANSWER_UNKNOWN;
}

enum { UNITS_MAX = 64, UNIT_ROUNDS = 8, DIFFERS_MAX = 64, SEEN = 4096 };

/* The differ(a, b) in a formula. */
struct differs {
	Z3_ast found[DIFFERS_MAX];
	unsigned count;
	unsigned *seen, seen_count, seen_room; /* ids of terms that were looked at, as a hash table */
};

static bool seen_before(struct differs *f, unsigned id)
{
	unsigned i;

	if (2 * (f->seen_count + 1) > f->seen_room) {
		unsigned *old = f->seen, room = f->seen_room;

		f->seen_room = room ? 4 * room : SEEN;
		f->seen = must_alloc(f->seen_room * sizeof *f->seen);
		memset(f->seen, 0, f->seen_room * sizeof *f->seen);
		f->seen_count = 0;
		for (i = 0; i < room; i++)
			if (old[i])
				seen_before(f, old[i] - 1);
		free(old);
	}
	for (i = id * 2654435761u % f->seen_room; f->seen[i]; i = (i + 1) % f->seen_room)
		if (f->seen[i] == id + 1)
			return true;
	f->seen[i] = id + 1;
	f->seen_count++;
	return false;
}

/* Only Boolean structure is followed: differ stands nowhere else. */
static void find_differs(struct solver *s, Z3_ast f, struct differs *out)
{
	Z3_app app;
	unsigned count;

	if (Z3_get_ast_kind(s->z, f) != Z3_APP_AST || seen_before(out, Z3_get_ast_id(s->z, f)))
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

/* What becomes of differ(a, b) for unlike a and b: it stays; a[i] != b[i] for a free i; or that, but false for memories, which
 * asks for a state that is easier to find. */
enum settle { SETTLE_NOT, SETTLE_ALL, SETTLE_SMALL };
enum { SMALL_INDEX_BITS = 16 };

/* Replaces differ(a, a) by false, and the others as `how` says. */
static Z3_ast settle_differs(struct solver *s, Z3_ast f, enum settle how)
{
	struct differs d = {0};
	Z3_ast to[DIFFERS_MAX], from[DIFFERS_MAX];
	unsigned count = 0;

	find_differs(s, f, &d);
	free(d.seen);
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

/* A conjunct that fixes a constant: c = 5, c, or not c. */
static bool unit(struct solver *s, Z3_ast conjunct, Z3_ast *constant, Z3_ast *number)
{
	Z3_app app = Z3_to_app(s->z, conjunct);
	Z3_decl_kind kind = Z3_get_decl_kind(s->z, Z3_get_app_decl(s->z, app));
	bool negated = kind == Z3_OP_NOT;

	if (kind == Z3_OP_EQ) {
		Z3_ast a = Z3_get_app_arg(s->z, app, 0), b = Z3_get_app_arg(s->z, app, 1);

		*constant = Z3_is_numeral_ast(s->z, a) ? b : a;
		*number = Z3_is_numeral_ast(s->z, a) ? a : b;
		if (!Z3_is_numeral_ast(s->z, *number))
			return false;
	} else {
		*constant = negated ? Z3_get_app_arg(s->z, app, 0) : conjunct;
		*number = negated ? Z3_mk_false(s->z) : Z3_mk_true(s->z);
	}
	app = Z3_to_app(s->z, *constant);
	return Z3_get_app_num_args(s->z, app) == 0 &&
	       Z3_get_decl_kind(s->z, Z3_get_app_decl(s->z, app)) == Z3_OP_UNINTERPRETED;
}

/* Simplifies, and puts what top-level conjuncts fix into the rest, so that two runs that do the same become the same term.
 * The fixing conjuncts stay: a model still gives those constants their values. */
static Z3_ast propagate(struct solver *s, Z3_ast f)
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

/* A difference in registers is easier to find than one in memory: if there is one, it is enough. */
static enum answer solve_easy_first(struct solver *s, Z3_ast f, struct model *model)
{
	Z3_ast all = settle_differs(s, f, SETTLE_ALL), small = settle_differs(s, f, SETTLE_SMALL);

	if (small != all && Z3_get_bool_value(s->z, small) != Z3_L_FALSE && solve(s, small, model) == ANSWER_SAT)
		return ANSWER_SAT;
	return solve(s, all, model);
}

enum answer solver_check(struct solver *s, struct value formula, struct model **model)
{
	struct answered *a;
	Z3_ast f;
	unsigned slot;

	s->counts.asked++;
	if (value_is(formula, 0)) {
		s->counts.folded++;
		return ANSWER_UNSAT;
	}
	f = propagate(s, term(s, formula));
	if (Z3_get_bool_value(s->z, f) == Z3_L_FALSE) {
		s->counts.folded++;
		return ANSWER_UNSAT;
	}
	slot = Z3_get_ast_id(s->z, f) % TABLE;
	for (a = s->answers[slot]; a; a = a->next)
		if (a->formula == f) {
			s->counts.repeated++;
			*model = &a->model;
			return a->answer;
		}
	a = ARENA_NEW(s->arena, struct answered);
	a->formula = f;
	a->answer = solve_easy_first(s, f, &a->model);
	a->next = s->answers[slot];
	s->answers[slot] = a;
	*model = &a->model;
	return a->answer;
}

static u128 decimal(const char *text)
{
	u128 v = 0;

	for (; *text >= '0' && *text <= '9'; text++)
		v = v * 10 + (u128)(*text - '0');
	return v;
}

u128 solver_eval(struct solver *s, struct model *model, struct value v)
{
	Z3_ast result = NULL;
	uint64_t bits;

	if (!v.term)
		return v.bits;
	if (!Z3_model_eval(s->z, model->z3, v.term, true, &result))
		return 0;
	if (v.width == 0)
		return Z3_get_bool_value(s->z, result) == Z3_L_TRUE;
	if (!Z3_is_numeral_ast(s->z, result))
		return 0;
	if (v.width <= 64 && Z3_get_numeral_uint64(s->z, result, &bits))
		return bits;
	return decimal(Z3_get_numeral_string(s->z, result));
}

struct solver_counts solver_counts(const struct solver *s)
{
	return s->counts;
}

void solver_record(struct solver *s, FILE *out)
{
	s->record = out;
}

struct domain *solver_domain(struct solver *s)
{
	return &s->domain;
}

struct solver *solver_new(unsigned rlimit)
{
	struct solver *s = must_alloc(sizeof *s);
	Z3_config config = Z3_mk_config();
	Z3_params params;

	*s = (struct solver){.domain = {do_op, do_decide, do_select, do_store, do_function, do_unknown, do_arrays_differ}};
	s->arena = arena_new();
	s->z = Z3_mk_context(config);
	Z3_del_config(config);
	Z3_set_error_handler(s->z, on_error);
	s->solver = Z3_mk_simple_solver(s->z);
	Z3_solver_inc_ref(s->z, s->solver);
	params = Z3_mk_params(s->z);
	Z3_params_inc_ref(s->z, params);
	if (rlimit)
		Z3_params_set_uint(s->z, params, Z3_mk_string_symbol(s->z, "rlimit"), rlimit);
	Z3_params_set_uint(s->z, params, Z3_mk_string_symbol(s->z, "random_seed"), 0);
	Z3_solver_set_params(s->z, s->solver, params);
	Z3_params_dec_ref(s->z, params);
	return s;
}

void solver_free(struct solver *s)
{
	if (!s)
		return;
	for (unsigned i = 0; i < TABLE; i++)
		for (struct answered *a = s->answers[i]; a; a = a->next)
			if (a->model.z3)
				Z3_model_dec_ref(s->z, a->model.z3);
	Z3_solver_dec_ref(s->z, s->solver);
	if (s->splitter)
		Z3_solver_dec_ref(s->z, s->splitter);
	Z3_del_context(s->z);
	arena_free(s->arena);
	free(s);
}
