/* Premises under which a walk goes: what they fix is no question any more. */
#include "solver_private.h"

#include <stdlib.h>

/* Reads of arrays, and constants: what a premise can say something about. */
static bool is_place(struct solver *s, Z3_app app)
{
	return Z3_get_decl_kind(s->z, Z3_get_app_decl(s->z, app)) == Z3_OP_SELECT ||
	       (!Z3_get_app_num_args(s->z, app) && Z3_get_decl_kind(s->z, Z3_get_app_decl(s->z, app)) == Z3_OP_UNINTERPRETED);
}

/* Some place that `ast` is computed from is one of the premise's. */
static bool speaks_of(struct solver *s, const struct premise_of_walk *p, struct seen_terms *done, Z3_ast ast)
{
	Z3_app app;

	if (Z3_get_ast_kind(s->z, ast) != Z3_APP_AST || seen_before(done, Z3_get_ast_id(s->z, ast)))
		return false;
	app = Z3_to_app(s->z, ast);
	if (is_place(s, app))
		return is_seen(&p->terms, Z3_get_ast_id(s->z, ast));
	for (unsigned i = 0; i < Z3_get_app_num_args(s->z, app); i++)
		if (speaks_of(s, p, done, Z3_get_app_arg(s->z, app, i)))
			return true;
	return false;
}

void solver_suppose(struct domain *d, struct value premise)
{
	struct solver *s = (struct solver *)d;

	free(s->unfixed.ids);
	s->unfixed = (struct seen_terms){0};
	if (value_is(premise, 1))
		while (s->premise_count)
			free(s->premises[--s->premise_count].terms.ids);
	if (!premise.term || s->premise_count == PREMISES_MAX)
		return;
	s->premises[s->premise_count] = (struct premise_of_walk){.holds = premise};
	see_all(s, &s->premises[s->premise_count++].terms, premise.term);
}

/* The premise, by itself, gives v one value. */
static bool fixed_by(struct solver *s, const struct premise_of_walk *p, struct value v, u128 *bits)
{
	struct domain *d = &s->domain;
	struct seen_terms done = {0};
	bool related = speaks_of(s, p, &done, v.term);
	struct model *model;

	free(done.ids);
	if (!related || solver_check(s, p->holds, &model) != ANSWER_SAT)
		return false;
	*bits = solver_eval(s, model, v);
	return solver_check(s, value_and(d, p->holds, value_not(d, value_eq(d, v, value_const(*bits, v.width)))), &model) == ANSWER_UNSAT;
}

bool solver_fixed(struct solver *s, struct value v, u128 *bits)
{
	unsigned count = s->premise_count;
	bool fixed = false;

	if (!count || !v.term || is_seen(&s->unfixed, Z3_get_ast_id(s->z, v.term)))
		return false;
	s->premise_count = 0; /* in the questions themselves nothing is supposed */
	for (unsigned i = 0; i < count && !fixed; i++)
		fixed = fixed_by(s, &s->premises[i], v, bits);
	s->premise_count = count;
	if (!fixed)
		seen_before(&s->unfixed, Z3_get_ast_id(s->z, v.term));
	return fixed;
}
