/* Questions to Z3, and the solver's life. */
#include "solver_private.h"

#include <stdlib.h>

static void on_error(Z3_context z, Z3_error_code code)
{
	fprintf(stderr, "isolde: internal error: Z3: %s\n", Z3_get_error_msg(z, code));
	abort();
}

static void record_question(struct solver *s, Z3_ast formula)
{
	if (s->record)
		fprintf(s->record, "%s(reset)\n", Z3_benchmark_to_smtlib_string(s->z, "obligation", "ALL", "unknown", "", 0, NULL, formula));
}

enum answer check_with(struct solver *s, Z3_solver solver, Z3_ast formula, struct model *model)
{
	Z3_lbool result;

	Z3_solver_push(s->z, solver);
	Z3_solver_assert(s->z, solver, formula);
	result = Z3_solver_check(s->z, solver);
	if (result == Z3_L_TRUE) {
		model->z3 = Z3_solver_get_model(s->z, solver);
		Z3_model_inc_ref(s->z, model->z3);
	}
	Z3_solver_pop(s->z, solver, 1);
	return result == Z3_L_TRUE ? ANSWER_SAT : result == Z3_L_FALSE ? ANSWER_UNSAT : ANSWER_UNKNOWN;
}

static enum answer solve(struct solver *s, Z3_ast formula, bool brief, struct model *model)
{
	enum answer answer;

	if (answered_by_model(s, formula, model)) {
		s->counts.repeated++;
		return ANSWER_SAT;
	}
	s->counts.solved++;
	record_question(s, formula);
	answer = search(s, formula, brief, model);
	if (answer == ANSWER_SAT)
		s->recent[s->recent_count++ % RECENT_MODELS] = model->z3;
	return answer;
}

/* A difference in registers is easier to find than one in memory: if there is one, it is enough. */
static enum answer solve_easy_first(struct solver *s, Z3_ast f, bool brief, struct model *model)
{
	Z3_ast all = settle_differs(s, f, SETTLE_ALL), small = settle_differs(s, f, SETTLE_SMALL);

	if (small != all && Z3_get_bool_value(s->z, small) != Z3_L_FALSE && solve(s, small, brief, model) == ANSWER_SAT)
		return ANSWER_SAT;
	return solve(s, all, brief, model);
}

static struct answered **slot_of(struct solver *s, Z3_ast f)
{
	return &s->answers[Z3_get_ast_id(s->z, f) % TABLE];
}

/* NULL if this formula was not asked before. */
static struct answered *answered_before(struct solver *s, Z3_ast f)
{
	struct answered *a = *slot_of(s, f);

	while (a && a->formula != f)
		a = a->next;
	return a && a->same ? a->same : a;
}

static struct answered *remember(struct solver *s, Z3_ast f, struct answered *same)
{
	struct answered *a = ARENA_NEW(s->arena, struct answered);

	a->formula = f;
	a->same = same;
	a->next = *slot_of(s, f);
	*slot_of(s, f) = a;
	return a;
}

/* A brief try that found nothing says nothing to who asks in earnest. */
static bool serves(const struct answered *a, bool brief)
{
	return a && (brief || !a->brief || a->answer != ANSWER_UNKNOWN);
}

/* The answer to what a formula was simplified to. */
static struct answered *settle(struct solver *s, Z3_ast f, bool brief)
{
	struct answered *a = answered_before(s, f);

	if (serves(a, brief)) {
		s->counts.repeated++;
		return a;
	}
	if (!a)
		a = remember(s, f, NULL);
	a->brief = brief;
	if (Z3_get_bool_value(s->z, f) == Z3_L_FALSE) {
		s->counts.folded++;
		a->answer = ANSWER_UNSAT;
	} else {
		a->answer = solve_easy_first(s, f, brief, &a->model);
	}
	return a;
}

static enum answer answer(struct solver *s, struct value formula, bool brief, struct model **model)
{
	struct answered *a;
	Z3_ast f;

	if (value_is(formula, 0)) {
		s->counts.folded++;
		return ANSWER_UNSAT;
	}
	f = term(s, formula);
	a = answered_before(s, f);
	if (serves(a, brief)) {
		s->counts.repeated++;
	} else {
		Z3_ast simple = propagate(s, f);
		bool known = a != NULL;

		a = settle(s, simple, brief);
		if (simple != f && !known)
			remember(s, f, a);
	}
	*model = &a->model;
	return a->answer;
}

static enum answer ask(struct solver *s, struct value formula, bool brief, struct model **model)
{
	enum answer result;

	s->counts.asked++;
	tell_decisions(s, value_const(1, 0));
	result = answer(s, formula, brief, model);
	if (!brief || result != ANSWER_UNKNOWN)
		tell(s, formula, result);
	return result;
}

enum answer solver_check(struct solver *s, struct value formula, struct model **model)
{
	return ask(s, formula, false, model);
}

enum answer solver_try(struct solver *s, struct value formula, struct model **model)
{
	return ask(s, formula, true, model);
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

Z3_solver new_solver(struct solver *s, unsigned share)
{
	Z3_solver new = Z3_mk_simple_solver(s->z);
	Z3_params params;

	Z3_solver_inc_ref(s->z, new);
	params = Z3_mk_params(s->z);
	Z3_params_inc_ref(s->z, params);
	if (s->rlimit)
		Z3_params_set_uint(s->z, params, Z3_mk_string_symbol(s->z, "rlimit"), s->rlimit > share ? s->rlimit / share : 1);
	Z3_params_set_uint(s->z, params, Z3_mk_string_symbol(s->z, "random_seed"), 0);
	Z3_solver_set_params(s->z, new, params);
	Z3_params_dec_ref(s->z, params);
	return new;
}

struct solver *solver_new(unsigned rlimit)
{
	struct solver *s = must_alloc(sizeof *s);
	Z3_config config = Z3_mk_config();

	*s = (struct solver){.domain = {solver_op, solver_decide, solver_suppose, solver_select, solver_store, solver_function, solver_make_unknown, solver_arrays_differ, solver_copy}};
	s->arena = arena_new();
	s->z = Z3_mk_context(config);
	Z3_del_config(config);
	Z3_set_error_handler(s->z, on_error);
	s->rlimit = rlimit;
	s->solver = new_solver(s, 1);
	return s;
}

void solver_free(struct solver *s)
{
	if (!s)
		return;
	for (unsigned i = 0; i < TABLE; i++)
		for (struct answered *a = s->answers[i]; a; a = a->next)
			if (!a->same && a->model.z3)
				Z3_model_dec_ref(s->z, a->model.z3);
	Z3_solver_dec_ref(s->z, s->solver);
	if (s->splitter)
		Z3_solver_dec_ref(s->z, s->splitter);
	if (s->sampler) {
		Z3_solver_dec_ref(s->z, s->sampler);
		Z3_solver_dec_ref(s->z, s->brief);
	}
	Z3_del_context(s->z);
	arena_free(s->arena);
	free(s->decided);
	free(s->usual.items);
	free(s->usual.known.ids);
	free(s->open.ids);
	solver_suppose(&s->domain, value_const(1, 0));
	free(s);
}

void solver_counts_add(struct solver_counts *to, struct solver_counts more)
{
	to->asked += more.asked;
	to->folded += more.folded;
	to->repeated += more.repeated;
	to->solved += more.solved;
}
