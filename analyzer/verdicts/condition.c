/* Exact conditions over fields. A model of the claim is generalised to a case: field tests that are dropped, or weakened to
 * "is not", as long as they still imply the claim; cases are collected until nothing of the claim is left. */
#include "analysis.h"

#include <string.h>

enum { CASES_MAX = 6, TESTS_MAX = 400 };

struct test {
	struct value constant;
	const char *name;
	const struct enumeration *enumeration;
	u128 value;
	enum { TEST_GONE, TEST_IS, TEST_IS_NOT } kind;
};

struct conditions {
	const struct template *t;
	struct domain *d;
	struct value hypothesis, claim;
	struct test tests[TESTS_MAX];
	unsigned count;
};

static struct value test_term(const struct conditions *c, const struct test *t)
{
	struct value same = value_eq(c->d, t->constant, value_const(t->value, t->constant.width));

	return t->kind == TEST_GONE ? value_const(1, 0) : t->kind == TEST_IS ? same : value_not(c->d, same);
}

static struct value case_term(const struct conditions *c)
{
	struct value all = value_const(1, 0);

	for (unsigned i = 0; i < c->count; i++)
		all = value_and(c->d, all, test_term(c, &c->tests[i]));
	return all;
}

/* Wherever the case and the hypothesis hold, so does the claim. */
static bool implies(const struct conditions *c)
{
	struct model *model;
	struct value escape = value_and(c->d, value_and(c->d, c->hypothesis, case_term(c)), value_not(c->d, c->claim));

	return solver_try(c->t->solver, escape, &model) == ANSWER_UNSAT;
}

static void add_test(struct conditions *c, struct value constant, const char *name, const struct enumeration *e, u128 value)
{
	if (!constant.term || c->count == TESTS_MAX)
		return;
	c->tests[c->count++] = (struct test){constant, name, e, value, TEST_IS};
}

static void all_tests(struct conditions *c, struct model *model)
{
	const struct isa *isa = c->t->isa;
	struct solver *s = c->t->solver;

	c->count = 0;
	for (unsigned i = 0; i < isa->component_count; i++)
		if (!isa->components[i].count && i != isa->pc && i != isa->mode)
			add_test(c, c->t->start[i], isa->components[i].name, isa->components[i].enumeration,
				 solver_eval(s, model, c->t->start[i]));
	for (unsigned i = 0; i < isa->input_count; i++)
		add_test(c, c->t->inputs[i], isa->inputs[i].name, isa->inputs[i].enumeration, solver_eval(s, model, c->t->inputs[i]));
	for (unsigned v = 0; v < c->t->instruction->variable_count; v++)
		add_test(c, c->t->variables[v], c->t->instruction->variables[v].name, NULL, solver_eval(s, model, c->t->variables[v]));
}

/* Drops tests, many at a time first, then one by one; then weakens `= value` to `is not 0` where that is enough. */
static bool generalise(struct conditions *c)
{
	if (!implies(c))
		return false;
	for (unsigned step = c->count; step; step /= 2)
		for (unsigned i = 0; i < c->count; i += step) {
			int old[TESTS_MAX];

			for (unsigned k = i; k < i + step && k < c->count; k++) {
				old[k] = (int)c->tests[k].kind;
				c->tests[k].kind = TEST_GONE;
			}
			if (implies(c))
				continue;
			for (unsigned k = i; k < i + step && k < c->count; k++)
				c->tests[k].kind = (unsigned)old[k];
		}
	for (unsigned i = 0; i < c->count; i++) {
		struct test *t = &c->tests[i];
		u128 value = t->value;

		if (t->kind == TEST_GONE || t->constant.width < 2 || !value)
			continue;
		t->kind = TEST_IS_NOT;
		t->value = 0;
		if (!implies(c)) {
			t->kind = TEST_IS;
			t->value = value;
		}
	}
	return true;
}

static void print_case(const struct conditions *c, struct buf *out)
{
	char text[BITS_TEXT];
	bool any = false;

	for (unsigned i = 0; i < c->count; i++) {
		const struct test *t = &c->tests[i];
		const char *value = bits_hex(t->value, text);

		if (t->kind == TEST_GONE)
			continue;
		for (unsigned m = 0; t->enumeration && m < t->enumeration->count; m++)
			if (t->enumeration->members[m].value == t->value)
				value = t->enumeration->members[m].name;
		buf_printf(out, "%s%s %s %s", any ? " and " : "", t->name, t->kind == TEST_IS ? "=" : "is not", value);
		any = true;
	}
	if (!any)
		buf_puts(out, "always");
}

char *condition_text(const struct template *t, struct value hypothesis, struct value claim)
{
	struct conditions *c = ARENA_NEW(t->arena, struct conditions);
	struct buf out = {0};
	struct model *model;
	enum answer answer = ANSWER_UNSAT;
	char *text = NULL;

	c->t = t;
	c->d = solver_domain(t->solver);
	c->hypothesis = hypothesis;
	c->claim = claim;
	for (unsigned cases = 0; cases <= CASES_MAX; cases++) {
		answer = solver_check(c->t->solver, value_and(c->d, hypothesis, claim), &model);
		if (answer != ANSWER_SAT || cases == CASES_MAX)
			break;
		all_tests(c, model);
		if (!generalise(c))
			break;
		buf_puts(&out, out.length ? "; or " : "");
		print_case(c, &out);
		hypothesis = value_and(c->d, hypothesis, value_not(c->d, case_term(c)));
	}
	if (answer == ANSWER_UNSAT)
		text = arena_copy(t->arena, buf_text(&out), out.length);
	buf_free(&out);
	return text;
}
