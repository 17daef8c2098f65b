/* States near an ordinary one: where a question has an answer, there is mostly one that needs only a few values out of the ordinary. */
#include "solver_private.h"

#include <stdlib.h>
#include <string.h>

enum { LARGE = 150 /* terms */, ROUNDS = 6, SHARE = 2 /* of the budget, the part for each step of the search */ };

void solver_usual(struct solver *s, struct value constant, u128 value)
{
	struct usual *u = &s->usual;

	if (!constant.term)
		return;
	if (u->count == u->room) {
		u->room = u->room ? 2 * u->room : 128;
		u->constants = must_realloc(u->constants, u->room * sizeof *u->constants);
		u->values = must_realloc(u->values, u->room * sizeof *u->values);
	}
	u->constants[u->count] = constant.term;
	u->values[u->count++] = numeral(s, value, constant.width);
}

/* Those constants that still have their usual values, and a name for each: "it has". */
struct held {
	Z3_ast *constants, *values, *names;
	unsigned count;
};

static void see_all(struct solver *s, struct seen_terms *seen, Z3_ast a)
{
	Z3_app app;

	if (Z3_get_ast_kind(s->z, a) != Z3_APP_AST || seen_before(seen, Z3_get_ast_id(s->z, a)))
		return;
	app = Z3_to_app(s->z, a);
	for (unsigned i = 0; i < Z3_get_app_num_args(s->z, app); i++)
		see_all(s, seen, Z3_get_app_arg(s->z, app, i));
}

bool is_large(struct solver *s, Z3_ast formula)
{
	struct seen_terms seen = {0};
	bool large;

	see_all(s, &seen, formula);
	large = seen.count > LARGE;
	free(seen.ids);
	return large;
}

/* Those that stand in the formula. */
static struct held hold_all(struct solver *s, Z3_ast formula)
{
	const struct usual *u = &s->usual;
	struct held h = {must_alloc(3 * u->count * sizeof(Z3_ast)), NULL, NULL, 0};
	struct seen_terms seen = {0};

	h.values = h.constants + u->count;
	h.names = h.values + u->count;
	see_all(s, &seen, formula);
	for (unsigned i = 0; i < u->count; i++) {
		char name[24];

		if (!seen_before(&seen, Z3_get_ast_id(s->z, u->constants[i])))
			continue;
		snprintf(name, sizeof name, "usual.%u", i);
		h.constants[h.count] = u->constants[i];
		h.values[h.count] = u->values[i];
		h.names[h.count++] = Z3_mk_const(s->z, Z3_mk_string_symbol(s->z, name), Z3_mk_bool_sort(s->z));
	}
	free(seen.ids);
	return h;
}

/* A state with these values: what is left of the question is small. */
static bool state_with(struct solver *s, Z3_ast formula, const struct held *h, struct model *model)
{
	Z3_ast rest = Z3_simplify(s->z, Z3_substitute(s->z, formula, h->count, h->constants, h->values)), value;

	if (Z3_get_bool_value(s->z, rest) == Z3_L_FALSE)
		return false;
	if (check_with(s, s->sampler, rest, model) != ANSWER_SAT)
		return false;
	for (unsigned i = 0; i < h->count; i++)
		Z3_add_const_interp(s->z, model->z3, Z3_get_app_decl(s->z, Z3_to_app(s->z, h->constants[i])), h->values[i]);
	if (Z3_model_eval(s->z, model->z3, formula, true, &value) && Z3_get_bool_value(s->z, value) == Z3_L_TRUE)
		return true;
	Z3_model_dec_ref(s->z, model->z3);
	model->z3 = NULL;
	return false;
}

static void assert_held(struct solver *s, Z3_ast formula, const struct held *h)
{
	Z3_solver_assert(s->z, s->searcher, formula);
	for (unsigned i = 0; i < h->count; i++)
		Z3_solver_assert(s->z, s->searcher, Z3_mk_implies(s->z, h->names[i], Z3_mk_eq(s->z, h->constants[i], h->values[i])));
}

static bool is_in(struct solver *s, Z3_ast_vector core, Z3_ast name)
{
	for (unsigned k = 0; k < Z3_ast_vector_size(s->z, core); k++)
		if (Z3_ast_vector_get(s->z, core, k) == name)
			return true;
	return false;
}

/* Lets go those that cannot stay together. UNSAT: none of them is in the way, so there is no state at all; UNKNOWN: nothing was learnt. */
static enum answer let_go(struct solver *s, struct held *h)
{
	Z3_ast_vector core;
	unsigned left = 0, all = h->count;

	if (Z3_solver_check_assumptions(s->z, s->searcher, h->count, h->names) != Z3_L_FALSE)
		return ANSWER_UNKNOWN;
	core = Z3_solver_get_unsat_core(s->z, s->searcher);
	Z3_ast_vector_inc_ref(s->z, core);
	for (unsigned i = 0; i < all; i++) {
		if (is_in(s, core, h->names[i]))
			continue;
		h->constants[left] = h->constants[i];
		h->values[left] = h->values[i];
		h->names[left++] = h->names[i];
	}
	Z3_ast_vector_dec_ref(s->z, core);
	h->count = left;
	return left < all ? ANSWER_SAT : ANSWER_UNSAT;
}

static enum answer search(struct solver *s, Z3_ast formula, struct held *h, struct model *model)
{
	enum answer answer = ANSWER_SAT;

	if (state_with(s, formula, h, model))
		return ANSWER_SAT;
	Z3_solver_push(s->z, s->searcher);
	assert_held(s, formula, h);
	for (unsigned round = 0; answer == ANSWER_SAT; round++) {
		answer = round < ROUNDS ? let_go(s, h) : ANSWER_UNKNOWN;
		if (answer == ANSWER_SAT && state_with(s, formula, h, model))
			break;
	}
	Z3_solver_pop(s->z, s->searcher, 1);
	return answer;
}

enum answer find_near_usual(struct solver *s, Z3_ast formula, struct model *model)
{
	struct held h;
	enum answer answer;

	if (!s->usual.count)
		return ANSWER_UNKNOWN;
	if (!s->searcher) {
		s->searcher = new_solver(s, SHARE);
		s->sampler = new_solver(s, SHARE);
	}
	h = hold_all(s, formula);
	answer = search(s, formula, &h, model);
	free(h.constants);
	return answer;
}
