/* Splitting on a variable: for which of its values a condition holds, and which part is walked now. */
#include "solver_private.h"

#include <string.h>

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

/* What the premises say of the condition. */
static int decide_supposed(struct solver *s, struct value c)
{
	u128 bits;

	return solver_fixed(s, c, &bits) ? bits != 0 : -1;
}

int solver_decide(struct domain *d, struct value c)
{
	struct solver *s = (struct solver *)d;
	Z3_lbool known_value;
	int decided;

	if (!c.term)
		return c.bits != 0;
	if (s->variable) {
		decided = decide_by_region(s, c.term);
		if (decided >= 0) {
			took_for(s, c.term, decided);
			return decided;
		}
	}
	if (is_seen(&s->open, Z3_get_ast_id(s->z, c.term)))
		return decide_supposed(s, c);
	known_value = Z3_get_bool_value(s->z, Z3_simplify(s->z, c.term));
	if (known_value == Z3_L_UNDEF) {
		seen_before(&s->open, Z3_get_ast_id(s->z, c.term));
		return decide_supposed(s, c);
	}
	took_for(s, c.term, known_value == Z3_L_TRUE);
	return known_value == Z3_L_TRUE;
}

static struct value in_region(struct solver *s)
{
	struct value variable = wrap(s->variable, s->variable_width), any = value_const(0, 0);
	struct domain *d = &s->domain;

	for (unsigned i = 0; i < s->region.count; i++) {
		struct value low = value_op2(d, OP_ule, value_const(s->region.items[i].low, variable.width), variable);
		struct value high = value_op2(d, OP_ule, variable, value_const(s->region.items[i].high, variable.width));

		any = value_or(d, any, value_and(d, low, high));
	}
	return any;
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
	tell_decisions(s, in_region(s));
	s->variable = NULL;
	memset(s->sets, 0, sizeof s->sets);
}
