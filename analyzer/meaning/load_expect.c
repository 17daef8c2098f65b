/* expect: published verdicts, wherever they stand: beside an instruction, at the top level, in a scenario. */
#include "load.h"

#include <string.h>

const char *const expected_names[EXPECT_COUNT] = {"class", "kinds", "user_kinds", "theorem1", "theorem3", "equivalence", "hybrid"};

/* Who says it. An including file says more about its machine than a part that several machines share; a scenario is the last word. */
enum { SAID_IN_SCENARIO, SAID_OF_MACHINE, SAID_BESIDE };

struct stand {
	unsigned where;
	const struct scenario *scenario; /* NULL: at the top level, or beside an instruction */
	struct instruction *instruction; /* NULL: not beside one */
};

static const char **words_of(struct loader *ld, struct yaml *node, enum claimed what)
{
	static const char *const classes[] = {"privileged", "unprivileged", NULL}, *const answers[] = {"holds", "breaks", NULL};
	static const char *const kinds[] = {"control", "location", "mode", "behaviour", "configuration", "timing", "device", "processor", NULL};
	const char **words = ARENA_ARRAY(ld->arena, const char *, 2);

	if (what == EXPECT_KINDS || what == EXPECT_USER_KINDS) {
		if (node->kind == YAML_SCALAR)
			value_word(ld, node, kinds);
		for (size_t i = 0; node->kind == YAML_LIST && i < node->count; i++)
			value_word(ld, node->items[i], kinds);
		return value_texts(ld, node, NULL);
	}
	if (value_word(ld, node, what == EXPECT_CLASS ? classes : answers) < 0)
		return NULL;
	words[0] = node->text;
	return words;
}

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

/* Two of one rank that speak of the same: nobody could say which counts. */
static void refuse_second(struct loader *ld, const struct expectation *first, const struct expectation *e)
{
	size_t line, column;

	source_position(first->where.source, first->where.offset, &line, &column);
	for (enum claimed k = 0; k < EXPECT_COUNT; k++)
		if (first->says[k] && e->says[k])
			diag_add(ld->diags, E_DUPLICATE, e->where, "'%s' is expected here and at %s:%zu, and neither takes precedence", expected_names[k],
				 first->where.source->path, line);
}

static void insert(struct loader *ld, struct expectation **list, struct expectation *e)
{
	for (; *list && (*list)->rank <= e->rank; list = &(*list)->next)
		if ((*list)->rank == e->rank && same((*list)->scenario, e->scenario) && same((*list)->profile, e->profile))
			refuse_second(ld, *list, e);
	e->next = *list;
	*list = e;
}

/* `instructions`: a copy for each that is named. */
static void insert_for(struct loader *ld, struct yaml *names, const struct expectation *e)
{
	bool many = names->kind == YAML_LIST;

	if (names->kind == YAML_MAP || (many && !names->count)) {
		finding(ld, E_VALUE, names, "an instruction's name, or a list of names, is needed here");
		return;
	}
	for (size_t n = 0; n < (many ? names->count : 1); n++) {
		const struct yaml *node = many ? names->items[n] : names;
		const char *name = value_text(ld, node, "an instruction's name");
		struct instruction *i = name ? isa_instruction(ld->isa, name) : NULL;
		struct expectation *copy = ARENA_NEW(ld->arena, struct expectation);

		*copy = *e;
		if (i)
			insert(ld, &i->expect, copy);
		else if (name)
			finding(ld, E_NAME, node, "there is no instruction '%s'", name);
	}
}

static void read_scope(struct loader *ld, struct yaml *node, const struct stand *stand, struct expectation *e)
{
	static const char *const profiles[] = {"1974", "extended", NULL};
	struct yaml *scenario = yaml_get(node, "scenario"), *profile = yaml_get(node, "profile");
	const struct scenario *s = ld->isa->scenarios;

	e->profile = profile && value_word(ld, profile, profiles) >= 0 ? profile->text : "extended";
	e->scenario = stand->scenario ? stand->scenario->name : value_text(ld, scenario, "a scenario");
	if (scenario && stand->scenario)
		finding(ld, E_KEY, scenario, "the scenario is the one that this stands in");
	while (s && e->scenario && strcmp(s->name, e->scenario))
		s = s->next;
	if (e->scenario && !s) /* it would never be compared */
		finding(ld, E_SCENARIO, node, "there is no scenario '%s'", e->scenario);
}

static void read_expectation(struct loader *ld, struct yaml *node, const struct stand *stand)
{
	static const char *const keys[] = {"instructions", "scenario", "profile", "class", "kinds", "user_kinds", "theorem1", "theorem3", "equivalence",
					   "hybrid", "source", NULL};
	struct expectation *e = ARENA_NEW(ld->arena, struct expectation);
	struct yaml *names;
	bool of_machine;

	if (!value_map(ld, node))
		return;
	only_keys(ld, node, stand->instruction ? keys + 1 : keys);
	names = stand->instruction ? NULL : yaml_get(node, "instructions");
	of_machine = !stand->instruction && !names;
	e->where = node->where;
	e->source = value_text(ld, yaml_get(node, "source"), "a source");
	read_scope(ld, node, stand, e);
	e->rank = 2 * stand->where + !e->scenario;
	for (enum claimed k = 0; k < EXPECT_COUNT; k++) {
		struct yaml *said = yaml_get(node, expected_names[k]);

		if (said && (k < EXPECT_THEOREM1) == of_machine)
			finding(ld, E_VALUE, said, of_machine ? "'%s' is expected of an instruction, not of the machine"
				: "'%s' is expected of the machine, not of an instruction", expected_names[k]);
		else if (said)
			e->says[k] = words_of(ld, said, k);
	}
	if (names && !e->source) /* it may replace what another says */
		finding(ld, E_MISSING, node, "an expectation that does not stand beside its instruction names its source");
	if (names)
		insert_for(ld, names, e);
	else
		insert(ld, stand->instruction ? &stand->instruction->expect : &ld->isa->expect, e);
}

static void read_all(struct loader *ld, struct yaml *node, struct stand stand)
{
	if (node && node->kind == YAML_MAP)
		read_expectation(ld, node, &stand);
	else if (node && value_list(ld, node))
		for (size_t i = 0; i < node->count; i++)
			read_expectation(ld, node->items[i], &stand);
}

void load_expectations(struct loader *ld, struct yaml *root)
{
	read_all(ld, yaml_get(root, "expect"), (struct stand){.where = SAID_OF_MACHINE});
	for (const struct scenario *s = ld->isa->scenarios; s; s = s->next)
		if (s->node)
			read_all(ld, yaml_get(s->node, "expect"), (struct stand){.where = SAID_IN_SCENARIO, .scenario = s});
	for (struct instruction *i = ld->isa->instructions; i; i = i->next)
		read_all(ld, yaml_get(i->node, "expect"), (struct stand){.where = SAID_BESIDE, .instruction = i});
}
