/* How a question is solved. Where a large one has a state, there is mostly one near an ordinary state, with a few values out of the
 * ordinary: with the others put in, what is left of the question is small. */
#include "solver_private.h"

#include <stdlib.h>

enum { LARGE = 150 /* terms */, NEAR_SHARE = 4, BRIEF_SHARE = 32 /* of the budget, for a step near the usual state and for a brief try */, CASE_BITS = 6 };

void solver_usual(struct solver *s, struct value constant, u128 value, bool encoding)
{
	struct usual *u = &s->usual;

	if (!constant.term || seen_before(&u->known, Z3_get_ast_id(s->z, constant.term)))
		return;
	if (u->count == u->room) {
		u->room = u->room ? 2 * u->room : 128;
		u->items = must_realloc(u->items, u->room * sizeof *u->items);
	}
	u->items[u->count++] = (struct usual_value){constant.term, numeral(s, value, constant.width), encoding, false};
}

void see_all(struct solver *s, struct seen_terms *seen, Z3_ast a)
{
	Z3_app app;

	if (Z3_get_ast_kind(s->z, a) != Z3_APP_AST || seen_before(seen, Z3_get_ast_id(s->z, a)))
		return;
	app = Z3_to_app(s->z, a);
	for (unsigned i = 0; i < Z3_get_app_num_args(s->z, app); i++)
		see_all(s, seen, Z3_get_app_arg(s->z, app, i));
}

void solver_occurring(struct solver *s, struct value in, const struct value *constants, unsigned count, bool *occurs)
{
	struct seen_terms terms = {0};

	if (in.term)
		see_all(s, &terms, in.term);
	for (unsigned i = 0; i < count; i++)
		occurs[i] = terms.count && constants[i].term && is_seen(&terms, Z3_get_ast_id(s->z, constants[i].term));
	free(terms.ids);
}

/* A question and those of its constants that have a usual value, some of them free to have another. */
struct near {
	Z3_ast formula;
	struct usual_value *items;
	unsigned count;
	Z3_ast *from, *to; /* room for a substitution */
};

static struct near near_usual(struct solver *s, Z3_ast formula, const struct seen_terms *terms)
{
	const struct usual *u = &s->usual;
	struct near n = {.formula = formula, .items = must_alloc((u->count + 1) * sizeof *n.items)};

	for (unsigned i = 0; i < u->count; i++)
		if (is_seen(terms, Z3_get_ast_id(s->z, u->items[i].constant)))
			n.items[n.count++] = u->items[i];
	n.from = must_alloc(2 * (n.count + 1) * sizeof *n.from);
	n.to = n.from + n.count;
	return n;
}

static void near_done(struct near *n)
{
	free(n->items);
	free(n->from);
}

/* What is left of the question with the usual values of all that is not free. */
static Z3_ast rest_of(struct solver *s, struct near *n)
{
	unsigned count = 0;

	for (unsigned i = 0; i < n->count; i++) {
		if (n->items[i].free)
			continue;
		n->from[count] = n->items[i].constant;
		n->to[count++] = n->items[i].value;
	}
	return Z3_simplify(s->z, Z3_substitute(s->z, n->formula, count, n->from, n->to));
}

static bool is_open(struct solver *s, struct near *n)
{
	return Z3_get_bool_value(s->z, rest_of(s, n)) != Z3_L_FALSE;
}

static void set_free(struct near *n, unsigned low, unsigned high, bool free)
{
	for (unsigned i = low; i < high; i++)
		n->items[i].free = free;
}

/* Frees as few of [low, high) as it takes for the rest not to be false at first sight (Junker's QuickXplain); rather early ones than late
 * ones. Whatever else is free stays so; `more`: some of that was freed since the rest was last seen to be false. */
static void free_least(struct solver *s, struct near *n, bool more, unsigned low, unsigned high)
{
	unsigned middle = low + (high - low) / 2;
	bool any = false;

	if (low == high || (more && is_open(s, n)))
		return;
	if (high - low == 1) {
		n->items[low].free = true;
		return;
	}
	set_free(n, low, middle, true);
	free_least(s, n, true, middle, high);
	set_free(n, low, middle, false);
	for (unsigned i = middle; i < high; i++)
		any = any || n->items[i].free;
	free_least(s, n, any, low, middle);
}

/* A state in which all that is not free has its usual value. */
static enum answer state_near(struct solver *s, struct near *n, struct model *model)
{
	Z3_ast rest = rest_of(s, n), value;

	if (Z3_get_bool_value(s->z, rest) == Z3_L_FALSE || check_with(s, s->sampler, rest, model) != ANSWER_SAT)
		return ANSWER_UNKNOWN;
	for (unsigned i = 0; i < n->count; i++)
		if (!n->items[i].free)
			Z3_add_const_interp(s->z, model->z3, Z3_get_app_decl(s->z, Z3_to_app(s->z, n->items[i].constant)), n->items[i].value);
	if (Z3_model_eval(s->z, model->z3, n->formula, true, &value) && Z3_get_bool_value(s->z, value) == Z3_L_TRUE)
		return ANSWER_SAT;
	Z3_model_dec_ref(s->z, model->z3);
	model->z3 = NULL;
	return ANSWER_UNKNOWN;
}

static void free_state(struct near *n)
{
	for (unsigned i = 0; i < n->count; i++)
		n->items[i].free |= !n->items[i].encoding;
}

/* With as few values out of the ordinary as seems possible; then, unless a brief try at the whole question says that there is none, with
 * only the instruction's encoding as it mostly is. */
static enum answer search_near(struct solver *s, struct near *n, struct model *model)
{
	enum answer answer;

	free_least(s, n, true, 0, n->count);
	answer = state_near(s, n, model);
	if (answer == ANSWER_UNKNOWN)
		answer = check_with(s, s->brief, n->formula, model);
	if (answer != ANSWER_UNKNOWN)
		return answer;
	free_state(n);
	return state_near(s, n, model);
}

/* Each value of one field of the encoding by itself: the cases of an operand that has many forms. */
static enum answer search_cases_of(struct solver *s, Z3_ast formula, Z3_ast field, unsigned width, struct model *model)
{
	for (u128 v = 0; v < (u128)1 << width; v++) {
		Z3_ast value = numeral(s, v, width), rest = Z3_simplify(s->z, Z3_substitute(s->z, formula, 1, &field, &value));
		enum answer answer;

		if (Z3_get_bool_value(s->z, rest) == Z3_L_FALSE)
			continue;
		answer = check_with(s, s->brief, rest, model);
		if (answer == ANSWER_SAT)
			Z3_add_const_interp(s->z, model->z3, Z3_get_app_decl(s->z, Z3_to_app(s->z, field)), value);
		if (answer != ANSWER_UNSAT)
			return answer;
	}
	return ANSWER_UNSAT;
}

/* What is too much at once: by cases. */
static enum answer search_cases(struct solver *s, struct near *n, struct model *model)
{
	enum answer answer = ANSWER_UNKNOWN;

	for (unsigned i = 0; i < n->count && answer == ANSWER_UNKNOWN; i++) {
		unsigned width = Z3_get_bv_sort_size(s->z, Z3_get_sort(s->z, n->items[i].constant));

		if (n->items[i].encoding && width <= CASE_BITS)
			answer = search_cases_of(s, n->formula, n->items[i].constant, width, model);
	}
	return answer;
}

/* What is open after all: with one field of the encoding out of the ordinary besides. */
static enum answer search_further(struct solver *s, struct near *n, struct model *model)
{
	enum answer answer = ANSWER_UNKNOWN;

	free_state(n);
	for (unsigned i = 0; i < n->count && answer == ANSWER_UNKNOWN; i++) {
		if (n->items[i].free)
			continue;
		set_free(n, i, i + 1, true);
		answer = state_near(s, n, model);
		set_free(n, i, i + 1, false);
	}
	return answer;
}

enum answer search(struct solver *s, Z3_ast formula, bool brief, struct model *model)
{
	enum answer answer = ANSWER_UNKNOWN;
	struct seen_terms terms = {0};
	struct near n;

	if (!s->sampler) {
		s->sampler = new_solver(s, NEAR_SHARE);
		s->brief = new_solver(s, BRIEF_SHARE);
	}
	if (brief)
		return check_with(s, s->brief, formula, model);
	see_all(s, &terms, formula);
	n = near_usual(s, formula, &terms);
	if (n.count && terms.count > LARGE) /* what is small is solved before a search has begun */
		answer = search_near(s, &n, model);
	if (answer == ANSWER_UNKNOWN && terms.count > LARGE)
		answer = search_cases(s, &n, model);
	if (answer == ANSWER_UNKNOWN)
		answer = check_with(s, s->solver, formula, model);
	if (answer == ANSWER_UNKNOWN)
		answer = search_further(s, &n, model);
	near_done(&n);
	free(terms.ids);
	return answer;
}
