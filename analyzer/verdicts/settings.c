/* Host settings: values of the fields that a monitor may choose (scenario: host_controllable) under which every square commutes, and no instruction
 * raises a trap that costs the program something. For all states, of some settings: found claim by claim, as the smallest partial settings that no
 * counterexample survives. */
#include "square.h"

#include <stdlib.h>
#include <string.h>

enum { FIELDS_MAX = 128, CHOICES_MAX = 1024, SETTING_MAX = 4, NEEDS_MAX = 1024, ALTERNATIVES_MAX = 16, COUNTERS_MAX = 64 };

/* field = value */
struct choice {
	unsigned component;
	u128 value;
	struct value holds; /* over the corner's constants */
};

/* A partial setting: numbers of choices, ascending. */
struct setting_of {
	unsigned count, choices[NEEDS_MAX];
};

/* Something that must hold, and the smallest partial settings under which it does; none: no setting helps. */
struct need {
	const char *what, *level;
	bool shared_processor; /* only because the processor counts as a resource */
	unsigned count;
	struct setting_of *alternatives[ALTERNATIVES_MAX];
	json_t *witness;
};

struct search {
	const struct isa *isa;
	const struct options *options;
	struct arena *arena;
	struct solver *solver;
	struct scenario free; /* the scenario with nothing set that may be chosen */
	struct choice choices[CHOICES_MAX];
	unsigned choice_count;
	struct need needs[NEEDS_MAX];
	unsigned need_count;
	const struct cause **costly; /* of the level that is asked about: what its instructions must not raise */
	unsigned costly_count;
	bool undecided;
	unsigned *internal;
};

static const struct claim_row raises_claim = {"costly-traps", "the instruction raises no trap whose entry costs the program something", raises_cause};

/* --- what may be chosen --- */

static void add_choice(struct search *s, unsigned component, u128 value)
{
	const struct component *c = &s->isa->components[component];
	char name[160];

	if (s->choice_count == CHOICES_MAX)
		return;
	snprintf(name, sizeof name, "real.%s", c->name);
	s->choices[s->choice_count++] = (struct choice){component, value & bits_mask(c->width), value_eq(solver_domain(s->solver),
		solver_constant(s->solver, name, c->width), value_const(value, c->width))};
}

/* All values of small fields; none and all bits of larger ones. */
static void add_choices(struct search *s, unsigned component)
{
	unsigned width = s->isa->components[component].width;

	if (width > 2) {
		add_choice(s, component, 0);
		add_choice(s, component, bits_mask(width));
		return;
	}
	for (u128 v = 0; v <= bits_mask(width ? width : 1); v++)
		add_choice(s, component, v);
}

static void free_settings(struct search *s, const struct scenario *scenario)
{
	s->free = *scenario;
	s->free.host = arena_alloc(s->arena, (scenario->host_count + 1) * sizeof *s->free.host);
	s->free.host_count = 0;
	for (unsigned i = 0; i < scenario->host_count; i++)
		if (!scenario->controllable[scenario->host[i].component])
			s->free.host[s->free.host_count++] = scenario->host[i];
	for (unsigned i = 0; i < s->isa->component_count; i++)
		if (scenario->controllable[i] && !scenario->pass_through[i] && !s->isa->components[i].count)
			add_choices(s, i);
}

/* --- the smallest settings for one square --- */

struct counters {
	unsigned count;
	bool agrees[COUNTERS_MAX][CHOICES_MAX]; /* the counterexample has this choice's value */
};

static void add_counter(struct search *s, struct counters *c, struct model *model)
{
	if (c->count == COUNTERS_MAX)
		return;
	for (unsigned i = 0; i < s->choice_count; i++)
		c->agrees[c->count][i] = solver_eval(s->solver, model, s->choices[i].holds) != 0;
	c->count++;
}

/* Every known counterexample contradicts some choice. */
static bool excludes_all(const struct counters *c, const unsigned *choices, unsigned count)
{
	for (unsigned m = 0; m < c->count; m++) {
		bool contradicts = false;

		for (unsigned i = 0; i < count; i++)
			contradicts = contradicts || !c->agrees[m][choices[i]];
		if (!contradicts)
			return false;
	}
	return true;
}

static bool includes(const unsigned *larger, unsigned count, const struct setting_of *smaller)
{
	unsigned found = 0;

	for (unsigned i = 0; i < smaller->count; i++)
		for (unsigned k = 0; k < count; k++)
			found += larger[k] == smaller->choices[i];
	return found == smaller->count;
}

static bool is_minimal(const struct need *n, const unsigned *choices, unsigned count)
{
	for (unsigned a = 0; a < n->count; a++)
		if (includes(choices, count, n->alternatives[a]))
			return false;
	return true;
}

static struct setting_of *setting_copy(struct search *s, const unsigned *choices, unsigned count)
{
	struct setting_of *copy = ARENA_NEW(s->arena, struct setting_of);

	copy->count = count;
	memcpy(copy->choices, choices, count * sizeof *choices);
	return copy;
}

static struct value under(struct search *s, const unsigned *choices, unsigned count)
{
	struct value all = value_const(1, 0);

	for (unsigned i = 0; i < count; i++)
		all = value_and(solver_domain(s->solver), all, s->choices[choices[i]].holds);
	return all;
}

/* Is the claim kept under these choices, and are they possible? */
static void try_setting(struct search *s, struct need *n, struct value broken, struct value legal, const unsigned *choices, unsigned count,
			struct counters *c)
{
	struct value setting = under(s, choices, count);
	struct model *model;

	switch (solver_check(s->solver, value_and(solver_domain(s->solver), setting, broken), &model)) {
	case ANSWER_SAT: add_counter(s, c, model); return;
	case ANSWER_UNKNOWN: s->undecided = true; return;
	case ANSWER_UNSAT: break;
	}
	if (solver_check(s->solver, value_and(solver_domain(s->solver), setting, legal), &model) == ANSWER_SAT && n->count < ALTERNATIVES_MAX)
		n->alternatives[n->count++] = setting_copy(s, choices, count);
}

/* All subsets of `size` choices from number `from` on, each of another field, that exclude all counterexamples known by then. */
static void try_subsets(struct search *s, struct need *n, struct value broken, struct value legal, unsigned *choices, unsigned have,
			unsigned size, unsigned from, struct counters *c)
{
	if (have == size) {
		if (excludes_all(c, choices, size) && is_minimal(n, choices, size))
			try_setting(s, n, broken, legal, choices, size, c);
		return;
	}
	for (unsigned i = from; i < s->choice_count && n->count < ALTERNATIVES_MAX; i++) {
		bool excludes = false;

		for (unsigned m = 0; m < c->count; m++)
			excludes = excludes || !c->agrees[m][i];
		if (!excludes || (have && s->choices[i].component == s->choices[choices[have - 1]].component))
			continue;
		choices[have] = i;
		if (size == 1 || have + 1 < size || excludes_all(c, choices, have + 1))
			try_subsets(s, n, broken, legal, choices, have + 1, size, i + 1, c);
	}
}

static void smallest_settings(struct search *s, struct need *n, struct value broken, struct value legal, struct model *first)
{
	struct counters *c = must_alloc(sizeof *c);
	unsigned choices[SETTING_MAX];

	c->count = 0;
	add_counter(s, c, first);
	for (unsigned size = 1; size <= SETTING_MAX && !n->count; size++)
		try_subsets(s, n, broken, legal, choices, 0, size, 0, c);
	free(c);
}

/* --- every claim --- */

static bool same_alternatives(const struct need *a, const struct need *b)
{
	if (a->count != b->count || a->shared_processor != b->shared_processor)
		return false;
	for (unsigned i = 0; i < a->count; i++)
		if (a->alternatives[i]->count != b->alternatives[i]->count || !includes(a->alternatives[i]->choices, a->alternatives[i]->count, b->alternatives[i]))
			return false;
	return true;
}

/* What no setting can do without, by what is known so far. */
static struct value required(struct search *s)
{
	struct value all = value_const(1, 0);

	for (unsigned i = 0; i < s->need_count; i++)
		if (s->needs[i].count == 1)
			all = value_and(solver_domain(s->solver), all, under(s, s->needs[i].alternatives[0]->choices, s->needs[i].alternatives[0]->count));
	return all;
}

/* Only because the processor is a resource? And a witness, if no earlier need has one that shows the same. */
static void describe(struct search *s, struct corner *k, const struct claim_row *row, struct need *n, struct value known)
{
	struct options alone = *s->options;
	struct witness *w;
	struct model *model;

	alone.processor = false;
	k->setting.options = &alone;
	n->shared_processor = row == &square_claim && solver_check(s->solver, value_and(solver_domain(s->solver), known, row->broken(&k->setting, k->runs)), &model) == ANSWER_UNSAT;
	k->setting.options = s->options;
	for (unsigned i = 0; i < s->need_count; i++)
		if (s->needs[i].witness && same_alternatives(&s->needs[i], n))
			return;
	if (corner_ask(k, row, &w) == ANSWER_SAT)
		n->witness = witness_json(k->t, w, NULL);
}

/* The claim fails for some settings that have all that is required anyway: what else keeps it? What is required for one instruction is often enough for
 * the next, which then is not looked at any closer. */
static void ask_need(struct search *s, struct corner *k, const struct claim_row *row, const char *what)
{
	struct need *n = &s->needs[s->need_count];
	struct domain *d = solver_domain(s->solver);
	struct value known = required(s), broken, legal;
	struct model *model;
	enum answer answer;

	if (s->need_count == NEEDS_MAX)
		return;
	legal = value_and(d, known, value_and(d, k->runs[0].legal, k->runs[1].legal));
	broken = value_and(d, known, row->broken(&k->setting, k->runs));
	answer = solver_check(s->solver, broken, &model);
	if (answer == ANSWER_UNKNOWN)
		s->undecided = true;
	if (answer != ANSWER_SAT)
		return;
	*n = (struct need){.what = what, .level = s->isa->levels[k->level].name};
	smallest_settings(s, n, broken, legal, model);
	describe(s, k, row, n, known);
	s->need_count++;
}

static struct corner corner_at(struct search *s, unsigned level)
{
	return (struct corner){.setting = {.domain = solver_domain(s->solver), .isa = s->isa, .scenario = &s->free, .profile = PROFILE_EXTENDED,
					   .options = s->options}, .level = level, .internal = s->internal};
}

/* Traps that cost the program something must not come. */
static void ask_traps(struct search *s, struct corner *k, const struct instruction *i, const char *what)
{
	for (unsigned c = 0; c < s->costly_count; c++) {
		if (!may_raise(i, s->costly[c]))
			continue;
		k->setting.cause = s->costly[c];
		ask_need(s, k, &raises_claim, arena_printf(s->arena, "%s from %s", s->costly[c]->name, what));
	}
	k->setting.cause = NULL;
}

static void ask_instruction(struct search *s, const struct instruction *i, unsigned level)
{
	struct corner k = corner_at(s, level);
	struct ranges todo = template_whole(s->arena, i), rest;
	unsigned parts = 0;

	k.setting.alongside = levels_alongside(s->arena, s->isa, &s->free, level, s->options);
	do {
		const char *what = i->name;

		corner_new(&k, s->arena, s->solver, s->isa, i, s->options, todo, &rest);
		if (k.t->variant >= 0) {
			struct buf b = {0};

			buf_printf(&b, "%s %s ", i->name, i->variables[k.t->variant].name);
			ranges_print(&b, k.t->region);
			what = arena_copy(s->arena, b.text, b.length);
			buf_free(&b);
		}
		ask_need(s, &k, &square_claim, what);
		ask_traps(s, &k, i, what);
	} while (todo = rest, todo.count && ++parts < PARTS_MAX);
}

/* One cause at a time: memory traps, since each may have a setting of its own; and of the others, which an instruction may raise under some settings
 * only, those whose entry costs something. */
static void ask_causes(struct search *s, struct corner *k)
{
	s->costly = ARENA_ARRAY(s->arena, const struct cause *, s->isa->cause_count + 1);
	s->costly_count = 0;
	for (unsigned i = 0; i < s->isa->cause_count; i++) {
		k->setting.cause = &s->isa->causes[i];
		if (s->isa->causes[i].fault)
			ask_need(s, k, &memory_trap_claim, s->isa->causes[i].name);
		else if (entry_costs(k))
			s->costly[s->costly_count++] = k->setting.cause;
	}
	k->setting.cause = NULL;
}

static void ask_level(struct search *s, unsigned level)
{
	struct corner k = corner_at(s, level);

	corner_states(&k, s->arena, s->solver, s->isa, s->isa->instructions, s->options);
	ask_causes(s, &k);
	for (const struct instruction *i = s->isa->instructions; i; i = i->next)
		ask_instruction(s, i, level);
}

/* --- the result: what every setting has, and what there is a choice of --- */

/* Some alternative of the need is made of choices that every setting has anyway. */
static bool implied(const struct need *n, const bool *required)
{
	for (unsigned a = 0; a < n->count; a++) {
		unsigned have = 0;

		for (unsigned i = 0; i < n->alternatives[a]->count; i++)
			have += required[n->alternatives[a]->choices[i]];
		if (have == n->alternatives[a]->count)
			return true;
	}
	return false;
}

static json_t *alternative_json(const struct search *s, const struct setting_of *setting)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < setting->count; i++) {
		const struct choice *c = &s->choices[setting->choices[i]];
		char text[BITS_TEXT];

		json_array_append_new(list, json_pack("{s:s, s:s}", "field", s->isa->components[c->component].name, "value", bits_hex(c->value, text)));
	}
	return list;
}

/* All needs with these alternatives, as one entry: what was first found to break without them. */
static json_t *group_json(const struct search *s, unsigned first, bool *done)
{
	json_t *o = json_object(), *alternatives = json_array(), *breaks = json_array(), *witness = NULL;

	for (unsigned a = 0; a < s->needs[first].count; a++)
		json_array_append_new(alternatives, alternative_json(s, s->needs[first].alternatives[a]));
	for (unsigned n = first; n < s->need_count; n++) {
		if (!same_alternatives(&s->needs[first], &s->needs[n]))
			continue;
		done[n] = true;
		witness = witness ? witness : s->needs[n].witness;
		json_array_append_new(breaks, json_pack("{s:s, s:s}", "what", s->needs[n].what, "level", s->needs[n].level));
	}
	json_object_set_new(o, "alternatives", alternatives);
	json_object_set_new(o, "only_for_processor", json_boolean(s->needs[first].shared_processor));
	json_object_set_new(o, "breaks_without", breaks);
	if (witness)
		json_object_set(o, "witness", witness);
	return o;
}

/* Every smallest setting takes one alternative of each group. */
static json_t *groups_json(const struct search *s)
{
	bool *required = calloc(CHOICES_MAX, 1), *done = calloc(NEEDS_MAX, 1);
	json_t *list = json_array();

	for (unsigned n = 0; required && n < s->need_count; n++)
		for (unsigned i = 0; s->needs[n].count == 1 && i < s->needs[n].alternatives[0]->count; i++)
			required[s->needs[n].alternatives[0]->choices[i]] = true;
	for (unsigned n = 0; required && done && n < s->need_count; n++)
		if (s->needs[n].count && !done[n] && (s->needs[n].count == 1 || !implied(&s->needs[n], required)))
			json_array_append_new(list, group_json(s, n, done));
	free(required);
	free(done);
	return list;
}

static json_t *helpless_json(struct search *s)
{
	json_t *list = json_array();

	for (unsigned n = 0; n < s->need_count; n++)
		if (!s->needs[n].count)
			json_array_append_new(list, json_pack("{s:s, s:s, s:O*}", "what", s->needs[n].what, "level", s->needs[n].level, "witness",
							      s->needs[n].witness));
	return list;
}

static json_t *candidates_json(const struct search *s)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < s->choice_count; i++)
		if (!i || s->choices[i].component != s->choices[i - 1].component)
			json_array_append_new(list, json_string(s->isa->components[s->choices[i].component].name));
	return list;
}

json_t *settings_json(const struct isa *isa, const struct scenario *scenario, const struct options *options, unsigned *internal)
{
	struct search *s = must_alloc(sizeof *s);
	json_t *o = json_object();

	*s = (struct search){.isa = isa, .options = options, .arena = arena_new(), .solver = solver_new(options->rlimit), .internal = internal};
	free_settings(s, scenario);
	for (unsigned v = isa->level_count; s->choice_count && v-- > 0;) /* without a choice there is nothing to find */
		if (scenario->map[v] >= 0)
			ask_level(s, v);
	json_object_set_new(o, "candidates", candidates_json(s));
	json_object_set_new(o, "settings", groups_json(s));
	json_object_set_new(o, "no_setting_helps", helpless_json(s));
	json_object_set_new(o, "undecided", json_boolean(s->undecided));
	for (unsigned n = 0; n < s->need_count; n++)
		json_decref(s->needs[n].witness);
	solver_free(s->solver);
	arena_free(s->arena);
	free(s);
	return o;
}
