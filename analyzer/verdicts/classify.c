/* One instruction: every definition asked, in every scenario and profile, for every part of its variant's range. */
#include "analysis.h"

#include <string.h>

enum kind { KIND_CONTROL, KIND_LOCATION, KIND_MODE, KIND_BEHAVIOUR, KIND_CONFIGURATION, KIND_TIMING, KIND_DEVICE, KIND_PROCESSOR,
	    KIND_COUNT };

/* theory.md section 3. `varies` are the roles in which the second state may differ; a pair is compared unless it is 0. */
static const struct kind_row {
	const char *name, *statement;
	predicate *single, *pair, *unguarded_single, *unguarded_pair;
	bool other_mode, moved, extended_only, user;
	enum role varies;
} rows[KIND_COUNT] = {
	{"control", "it completes without changing mode or relocation (extended: or control)", changes_control, NULL,
	 unguarded_control, NULL, false, false, false, true, ROLE_GENERAL},
	{"location", "moved in real storage, it gives the same result", NULL, disagrees, NULL, unguarded_pair, false, true, false, true,
	 ROLE_RELOCATION},
	{"mode", "at another level, it gives the same result", NULL, disagrees, NULL, unguarded_pair, true, false, false, false,
	 ROLE_MODE},
	{"behaviour", "moved and at another level, it gives the same result", NULL, disagrees, NULL, unguarded_pair, true, true, false,
	 false, ROLE_RELOCATION},
	{"configuration", "under other control settings, it gives the same result", NULL, disagrees_by_configuration, NULL,
	 unguarded_configuration, false, false, true, true, ROLE_CONTROL},
	{"timing", "at another time, it gives the same result", NULL, disagrees_by_time, NULL, unguarded_time, false, false, true, true,
	 ROLE_TIMING},
	{"device", "it neither reads nor writes a device", writes_device, disagrees_by_time, unguarded_device, unguarded_time, false,
	 false, true, true, ROLE_DEVICE},
	{"processor", "it does not stop the processor", takes_processor, NULL, unguarded_processor, NULL, false, false, true, true,
	 ROLE_GENERAL},
};

enum tri { TRI_NO, TRI_YES, TRI_UNKNOWN, TRI_NONE };

/* What is known of one part of the instruction in one scenario and profile. */
struct part {
	unsigned kinds, user_kinds, undecided; /* bits by enum kind; undecided: some question about it was not answered */
	enum tri privileged, strict, guarded;  /* TRI_NONE: vacuous */
	bool partly;
	struct ranges values;
	json_t *obligations;
	char *condition; /* when it escapes the monitor, as a predicate over fields; NULL if not asked or not found */
};

struct subject {
	const struct template *t;
	struct setting setting;
	struct value *own;
	struct run own_run;
	unsigned *internal;
	bool user[64], guest[64], all[64];
	enum answer completes[64]; /* per level */
	/* Runs that both profiles ask about, made when first needed. */
	struct run seconds[KIND_COUNT], at[64], taken[64];
	bool has_second[KIND_COUNT], has_levels[64];
	json_t *obligations; /* of the part at hand */
};

/* --- asking --- */

static void note(struct subject *s, const char *id, const char *statement, enum verdict verdict, json_t *witness)
{
	json_t *o = json_object();

	json_object_set_new(o, "id", json_string(id));
	json_object_set_new(o, "statement", json_string(statement));
	json_object_set_new(o, "verdict", json_string(verdict_names[verdict]));
	if (witness)
		json_object_set_new(o, "witness", witness);
	json_array_append_new(s->obligations, o);
}

/* The line about the questions that come now, and the definition's claim. */
static void topic(const struct subject *s, const char *id, const char *statement)
{
	const struct setting *set = &s->setting;
	struct buf values = {0};

	if (!s->t->options->listener)
		return;
	if (s->t->variant >= 0) {
		buf_printf(&values, " %s ", s->t->instruction->variables[s->t->variant].name);
		ranges_print(&values, s->t->region);
	}
	solver_topic(s->t->solver, "%s%.150s %s %s %s\nclaim: %s", s->t->instruction->name, buf_text(&values), set->scenario->name,
		     profile_names[set->profile], id, statement);
	buf_free(&values);
}

/* --- near-misses: a state close to the witness in which the same instruction behaves --- */

static struct value same_as(const struct subject *s, struct value constant, u128 value)
{
	if (!constant.term)
		return value_const(1, 0);
	return value_eq(s->setting.domain, constant, value_const(value, constant.width));
}

/* All scalar components and encoding variables as in the witness, but for number `but`. */
static struct value close_to(const struct subject *s, const struct witness *w, unsigned but)
{
	const struct isa *isa = s->t->isa;
	struct domain *d = s->setting.domain;
	struct value all = value_const(1, 0);
	unsigned n = isa->component_count;

	for (unsigned i = 0; i < n; i++)
		if (i != but && !isa->components[i].count)
			all = value_and(d, all, same_as(s, s->own[i], w->runs[0].start[i].bits));
	for (unsigned v = 0; v < s->t->instruction->variable_count; v++)
		if (n + v != but)
			all = value_and(d, all, same_as(s, s->t->variables[v], w->variables[v]));
	return all;
}

/* The state behaves: it is legal, run 1 completes (in a pair, run 2 too), and the definition's predicate does not hold. */
static struct value behaves(const struct subject *s, predicate *holds, const struct run *runs, unsigned count, bool pair)
{
	struct domain *d = s->setting.domain;
	struct value all = value_not(d, holds(&s->setting, runs));

	for (unsigned r = 0; r < count; r++)
		all = value_and(d, all, runs[r].legal);
	all = value_and(d, all, runs[0].o.done);
	return pair ? value_and(d, all, runs[1].o.done) : all;
}

static struct witness *search_near_miss(struct subject *s, predicate *holds, const struct run *runs, unsigned count, struct value also,
			 const struct witness *w)
{
	bool pair = holds != refuses_privilege && count > 1;
	struct domain *d = s->setting.domain;
	struct value good = value_and(d, also, behaves(s, holds, runs, count, pair));
	unsigned n = s->t->isa->component_count, last = n + s->t->instruction->variable_count;
	struct model *model;

	for (unsigned but = 0; but <= last; but++) {
		struct value f = but < last ? value_and(d, good, close_to(s, w, but)) : good;
		struct witness *miss;

		if (but < n && s->t->isa->components[but].count)
			continue;
		if (solver_try(s->t->solver, f, &model) != ANSWER_SAT)
			continue;
		miss = replay(s->t, &s->setting, model, runs, count, NULL);
		if (miss && !holds(&miss->setting, miss->runs).bits)
			return miss;
	}
	return NULL;
}

/* Its questions are a search, and no obligations. */
static struct witness *near_miss(struct subject *s, predicate *holds, const struct run *runs, unsigned count, struct value also,
				 const struct witness *w)
{
	struct witness *miss;

	solver_listen(s->t->solver, NULL);
	miss = search_near_miss(s, holds, runs, count, also, w);
	solver_listen(s->t->solver, s->t->options->listener);
	return miss;
}

/* Is there a state in which `holds` and `also`? A model is replayed before it counts. */
static enum answer ask(struct subject *s, predicate *holds, const struct run *runs, unsigned count, struct value also,
		       json_t **witness)
{
	struct domain *d = s->setting.domain;
	struct model *model;
	enum answer answer = solver_check(s->t->solver, value_and(d, holds(&s->setting, runs), also), &model);
	struct witness *w;

	if (answer != ANSWER_SAT)
		return answer;
	w = replay(s->t, &s->setting, model, runs, count, holds);
	if (!w) {
		fprintf(stderr, "isolde: internal error: a witness for %s did not replay\n", s->t->instruction->name);
		++*s->internal;
		return ANSWER_UNKNOWN;
	}
	if (witness && s->t->options->witnesses) {
		struct witness *miss = holds == completes ? NULL : near_miss(s, holds, runs, count, also, w);

		*witness = witness_json(s->t, w, miss);
		if (miss)
			json_object_set_new(*witness, "near_miss", witness_json(s->t, miss, w));
	}
	return answer;
}

static enum answer worse(enum answer a, enum answer b)
{
	if (a == ANSWER_SAT || b == ANSWER_SAT)
		return ANSWER_SAT;
	return a == ANSWER_UNKNOWN || b == ANSWER_UNKNOWN ? ANSWER_UNKNOWN : ANSWER_UNSAT;
}

/* --- states --- */

static struct value *with_mode(const struct subject *s, const struct value *start, unsigned level)
{
	struct value *copy = ARENA_ARRAY(s->t->arena, struct value, slot_count(s->t->isa));

	memcpy(copy, start, slot_count(s->t->isa) * sizeof *copy);
	copy[s->t->isa->mode] = value_const(s->t->isa->levels[level].value, s->t->isa->level_width);
	return copy;
}

static struct run run_from(const struct subject *s, struct value *start)
{
	return template_run(s->t, start, start, s->t->inputs, value_const(1, 8), false);
}

/* S[phi(v)] of a state: the real level, under the host's settings. */
static struct value *taken_from(const struct subject *s, const struct value *state, unsigned level)
{
	const struct scenario *scenario = s->setting.scenario;
	struct value *start = with_mode(s, state, (unsigned)scenario->map[level]);

	for (unsigned i = 0; i < scenario->host_count; i++) {
		unsigned c = scenario->host[i].component;

		if (!s->t->isa->components[c].count)
			start[c] = value_const(scenario->host[i].value, s->t->isa->components[c].width);
	}
	return start;
}

/* S[v] and S[phi(v)]. */
static void level_runs(struct subject *s, unsigned v, struct run *at, struct run *taken)
{
	if (!s->has_levels[v]) {
		s->at[v] = run_from(s, with_mode(s, s->own, v));
		s->taken[v] = run_from(s, taken_from(s, s->own, v));
		s->has_levels[v] = true;
	}
	*at = s->at[v];
	*taken = s->taken[v];
}

static struct value fresh(const struct subject *s, const struct component *c, const char *prefix)
{
	return component_constant(s->t->solver, c, prefix, ".2");
}

/* A moved program: r + x, everything else of the relocation as the description says (`move:`). */
static struct value moved(const struct subject *s, unsigned i, struct value old)
{
	const struct component *c = &s->t->isa->components[i];
	char name[32];

	if (c->move == MOVE_SAME)
		return old;
	if (c->move == MOVE_ANY || c->count)
		return fresh(s, c, "");
	snprintf(name, sizeof name, "moved.%u", c->width);
	return value_op2(s->setting.domain, OP_add, old, solver_constant(s->t->solver, name, c->width));
}

/* Whether some virtual address that level v1 may use in the first state, and v2 in the second, names different real words. */
static bool addresses_differ(const struct subject *s, struct value *first, struct value *second, unsigned v1, unsigned v2)
{
	const struct isa *isa = s->t->isa;
	struct domain *d = s->setting.domain;
	struct value *starts[2] = {first, second}, args[3], pa[2], allowed[2];
	struct model *model;

	if (!isa->pure_translation || !isa->translate)
		return !isa->pure_translation;
	args[1] = solver_constant(s->t->solver, "translate.va", isa->memory.virtual_address);
	args[2] = solver_constant(s->t->solver, "translate.access", 2);
	for (unsigned r = 0; r < 2; r++) {
		struct walk_input input = {.domain = d, .isa = isa, .variables = s->t->variables, .inputs = s->t->inputs,
					   .run = s->t->run, .model = MEMORY_VIEW, .view = starts[r],
					   .start = with_mode(s, starts[r], r ? v2 : v1)};

		args[0] = value_const(isa->levels[r ? v2 : v1].value, isa->level_width);
		pa[r] = walk_function(s->t->arena, &input, isa->translate, args, &allowed[r]);
	}
	return solver_check(s->t->solver, value_and(d, value_and(d, allowed[0], allowed[1]), value_not(d, value_eq(d, pa[0], pa[1]))),
			    &model) != ANSWER_UNSAT;
}

/* Which real storage the second state lives in: the first one's (1) at levels where the program sees the same real words in
 * both, else another (2). */
static struct value storage_number(const struct subject *s, const struct kind_row *row, struct value *first, struct value *second)
{
	struct domain *d = s->setting.domain;
	struct value same = value_const(0, 0);

	if (!row->moved && !row->other_mode)
		return value_const(1, 8);
	for (unsigned v1 = 0; v1 < s->t->isa->level_count; v1++)
		for (unsigned v2 = 0; v2 < s->t->isa->level_count; v2++) {
			struct value here;

			if (!s->all[v1] || !s->all[v2] || (!row->other_mode && v1 != v2) || addresses_differ(s, first, second, v1, v2))
				continue;
			here = value_eq(d, first[s->t->isa->mode], value_const(s->t->isa->levels[v1].value, s->t->isa->level_width));
			if (row->other_mode)
				here = value_and(d, here, value_eq(d, second[s->t->isa->mode],
								   value_const(s->t->isa->levels[v2].value, s->t->isa->level_width)));
			same = value_or(d, same, here);
		}
	return value_ite(d, same, value_const(1, 8), value_const(2, 8));
}

/* The second state of a pair. It shows the program the same memory: its view is the first state's. */
static struct run second(const struct subject *s, const struct kind_row *row, struct value *first)
{
	const struct isa *isa = s->t->isa;
	struct value *start = ARENA_ARRAY(s->t->arena, struct value, slot_count(isa));
	struct value *inputs = ARENA_ARRAY(s->t->arena, struct value, isa->input_count + 1);
	bool elsewhere = row->moved || row->other_mode;

	memcpy(start, first, slot_count(isa) * sizeof *start);
	memcpy(inputs, s->t->inputs, isa->input_count * sizeof *inputs);
	for (unsigned i = 0; i < isa->component_count; i++) {
		enum role role = role_in(isa, s->setting.scenario, i);

		if (role == ROLE_RELOCATION && row->moved)
			start[i] = moved(s, i, start[i]);
		else if (role == row->varies && row->varies >= ROLE_CONTROL)
			start[i] = fresh(s, &isa->components[i], "");
	}
	for (unsigned i = 0; i < isa->input_count; i++)
		if (isa->inputs[i].role == row->varies || (isa->inputs[i].role == ROLE_CHOICE && s->t->options->adversarial))
			inputs[i] = fresh(s, &isa->inputs[i], "input.");
	if (row->other_mode)
		start[isa->mode] = solver_constant(s->t->solver, "mode.2", isa->level_width);
	if (elsewhere)
		start[isa->component_count + SLOT_HOST] =
			solver_array(s->t->solver, "host.2", isa->memory.address, isa->memory.unit);
	if (row->varies == ROLE_DEVICE)
		start[isa->component_count + SLOT_PORTS] = solver_array(s->t->solver, "ports.2", 16, 8);
	return template_run(s->t, start, first, inputs, storage_number(s, row, first, start), true);
}

static struct value mode_is(const struct subject *s, const struct run *r, unsigned level)
{
	return value_eq(s->setting.domain, r->start[s->t->isa->mode],
			value_const(s->t->isa->levels[level].value, s->t->isa->level_width));
}

/* A question about a pair, run 1 at level v; where the levels are to differ, once for every other level of the scenario.
 * One level at a time: with the mode known, two runs that do the same become the same term. */
static enum answer ask_pair(struct subject *s, const struct kind_row *row, predicate *holds, const struct run *runs, unsigned count,
			    unsigned v, json_t **witness)
{
	struct value first = mode_is(s, &runs[0], v);
	enum answer answer = ANSWER_UNSAT;

	if (!row->other_mode)
		return ask(s, holds, runs, count, first, witness);
	for (unsigned m = 0; m < s->t->isa->level_count && answer != ANSWER_SAT; m++)
		if (m != v && s->all[m])
			answer = worse(answer, ask(s, holds, runs, count,
						   value_and(s->setting.domain, first, mode_is(s, &runs[1], m)), witness));
	return answer;
}

/* --- the definitions, one after the other --- */

static void merge_tri(enum tri *into, enum answer answer)
{
	if (answer == ANSWER_SAT)
		*into = TRI_NO;
	else if (answer == ANSWER_UNKNOWN && *into != TRI_NO)
		*into = TRI_UNKNOWN;
}

/* Of what is privileged: does it complete wherever it is not refused for its level? */
static enum tri ask_strict(struct subject *s)
{
	enum tri strict = TRI_YES;

	for (unsigned v = 0; v < s->t->isa->level_count; v++) {
		struct run runs[2];

		if (!s->setting.scenario->deprivileged[v] || s->completes[v] == ANSWER_UNSAT)
			continue;
		level_runs(s, v, &runs[0], &runs[1]);
		merge_tri(&strict, ask(s, traps_at_level, runs, 1, value_const(1, 0), NULL));
	}
	return strict;
}

static const char privileged_statement[] =
	"wherever it completes at a level that is deprivileged, it traps to the monitor (or faults) at the real level";

static void ask_privileged(struct subject *s, struct part *p)
{
	const struct scenario *scenario = s->setting.scenario;
	enum tri privileged = TRI_YES;
	bool ever = false, open = false;
	json_t *witness = NULL;

	topic(s, "privileged", privileged_statement);
	for (unsigned v = 0; v < s->t->isa->level_count; v++) {
		struct value yes = value_const(1, 0);
		struct run runs[2];
		enum answer answer;

		if (!scenario->deprivileged[v])
			continue;
		level_runs(s, v, &runs[0], &runs[1]);
		answer = s->completes[v];
		open = open || answer == ANSWER_UNKNOWN;
		if (answer == ANSWER_UNSAT)
			continue;
		ever = ever || answer == ANSWER_SAT;
		answer = ask(s, refuses_privilege, runs, 2, yes, witness ? NULL : &witness);
		merge_tri(&privileged, answer);
		if (answer == ANSWER_SAT)
			p->partly = p->partly || ask(s, shares_trap, runs, 2, yes, NULL) == ANSWER_SAT;
	}
	p->privileged = ever ? privileged : open ? TRI_UNKNOWN : TRI_NONE;
	p->strict = p->privileged == TRI_YES ? ask_strict(s) : TRI_NONE;
	note(s, "privileged", privileged_statement,
	     p->privileged == TRI_YES ? VERDICT_PROVED : p->privileged == TRI_NO ? VERDICT_REFUTED
		     : p->privileged == TRI_NONE ? VERDICT_VACUOUS : VERDICT_UNDECIDED, witness);
}

/* Is it of this kind at one of these levels? */
static enum answer ask_kind(struct subject *s, const struct kind_row *row, const bool *levels, json_t **witness)
{
	enum answer answer = ANSWER_UNSAT;
	struct run runs[2] = {s->own_run, {0}};

	if (row->pair && !s->has_second[row - rows]) {
		s->seconds[row - rows] = second(s, row, s->own);
		s->has_second[row - rows] = true;
	}
	runs[1] = s->seconds[row - rows];
	for (unsigned v = 0; v < s->t->isa->level_count && answer != ANSWER_SAT; v++) {
		if (!levels[v])
			continue;
		if (row->single)
			answer = worse(answer, ask(s, row->single, runs, 1, mode_is(s, runs, v), witness));
		if (row->pair && answer != ANSWER_SAT)
			answer = worse(answer, ask_pair(s, row, row->pair, runs, 2, v, witness));
	}
	return answer;
}

/* Where the hypotheses cannot be met, nothing was shown: no state of these levels completes; for a pair of levels, there are
 * not two of them. */
static bool hypotheses_met(const struct subject *s, const struct kind_row *row, const bool *levels)
{
	unsigned first = 0, both = 0;

	for (unsigned v = 0; v < s->t->isa->level_count; v++) {
		first += levels[v] && s->completes[v] != ANSWER_UNSAT;
		both += s->all[v] && s->completes[v] != ANSWER_UNSAT;
	}
	return first && (!row->other_mode || both > 1);
}

static enum verdict verdict_of(const struct subject *s, const struct kind_row *row, const bool *levels, enum answer answer)
{
	if (answer == ANSWER_SAT)
		return VERDICT_REFUTED;
	if (answer == ANSWER_UNKNOWN)
		return VERDICT_UNDECIDED;
	return hypotheses_met(s, row, levels) ? VERDICT_PROVED : VERDICT_VACUOUS;
}

static const char traps_statement[] = "it never completes at any level of the scenario";

/* At which levels it completes at all; an example stands beside what is proved. */
static void ask_completes(struct subject *s)
{
	json_t *example = NULL;
	bool any = false, open = false;

	topic(s, "traps", traps_statement);
	for (unsigned v = 0; v < s->t->isa->level_count; v++) {
		s->completes[v] = ANSWER_UNSAT;
		if (!s->all[v])
			continue;
		s->completes[v] = ask(s, completes, &s->own_run, 1, mode_is(s, &s->own_run, v), example ? NULL : &example);
		any = any || s->completes[v] == ANSWER_SAT;
		open = open || s->completes[v] == ANSWER_UNKNOWN;
	}
	note(s, "traps", traps_statement,
	     any ? VERDICT_REFUTED : open ? VERDICT_UNDECIDED : VERDICT_PROVED, example);
}

static bool applies(const struct subject *s, enum kind kind)
{
	if (kind == KIND_PROCESSOR && !s->t->options->processor)
		return false;
	return !rows[kind].extended_only || s->setting.profile == PROFILE_EXTENDED;
}

static void ask_kinds(struct subject *s, struct part *p)
{
	for (unsigned k = 0; k < KIND_COUNT; k++) {
		json_t *witness = NULL, *user_witness = NULL;
		enum answer answer;
		char id[32];

		if (!applies(s, k))
			continue;
		if (k == KIND_BEHAVIOUR && (p->kinds & (1u << KIND_LOCATION | 1u << KIND_MODE)))
			continue; /* the joint question only finds what the two separate ones miss */
		topic(s, rows[k].name, rows[k].statement);
		answer = ask_kind(s, &rows[k], s->guest, &witness);
		p->kinds |= (answer == ANSWER_SAT) << k;
		p->undecided |= (answer == ANSWER_UNKNOWN) << k;
		note(s, rows[k].name, rows[k].statement, verdict_of(s, &rows[k], s->guest, answer), witness);
		if (!rows[k].user || answer == ANSWER_UNSAT)
			continue;
		snprintf(id, sizeof id, "user-%s", rows[k].name);
		topic(s, id, rows[k].statement);
		answer = ask_kind(s, &rows[k], s->user, &user_witness);
		p->user_kinds |= (answer == ANSWER_SAT) << k;
		p->undecided |= (answer == ANSWER_UNKNOWN) << k;
		note(s, id, rows[k].statement, verdict_of(s, &rows[k], s->user, answer), user_witness);
	}
}

/* A state at v acts also as the second of a pair: what it sees is then told by the first, at another level. */
static void guard_as_second(struct subject *s, const struct kind_row *row, unsigned v, enum answer *acts, enum answer *escapes,
			    json_t **witness)
{
	struct domain *d = s->setting.domain;

	for (unsigned m = 0; m < s->t->isa->level_count; m++) {
		struct value *first = with_mode(s, s->own, m), also;
		struct run runs[3];

		if (m == v || !s->all[m])
			continue;
		runs[0] = run_from(s, first);
		runs[1] = second(s, row, first);
		runs[2] = template_run(s->t, taken_from(s, runs[1].start, v), first, s->t->inputs, runs[1].number, true);
		also = value_eq(d, runs[1].start[s->t->isa->mode], value_const(s->t->isa->levels[v].value, s->t->isa->level_width));
		*escapes = worse(*escapes, ask(s, row->unguarded_pair, runs, 3, also, witness));
		if (*escapes == ANSWER_SAT)
			return;
		if (*acts != ANSWER_SAT)
			*acts = worse(*acts, ask(s, row->pair, runs, 2, also, NULL));
	}
}

/* At one level and for one kind: is there an act that does not trap? If not, does it act there at all? */
static void guard_at(struct subject *s, const struct kind_row *row, unsigned v, enum answer *acts, enum answer *escapes, json_t **witness)
{
	struct run runs[3];
	struct value yes = value_const(1, 0);

	level_runs(s, v, &runs[0], &runs[1]);
	if (row->single) {
		*escapes = worse(*escapes, ask(s, row->unguarded_single, runs, 2, yes, witness));
		if (*escapes != ANSWER_SAT && *acts != ANSWER_SAT)
			*acts = worse(*acts, ask(s, row->single, runs, 1, yes, NULL));
	}
	if (row->pair && *escapes != ANSWER_SAT) {
		runs[2] = runs[1];
		runs[1] = second(s, row, runs[0].start);
		*escapes = worse(*escapes, ask_pair(s, row, row->unguarded_pair, runs, 3, v, witness));
		if (*escapes != ANSWER_SAT && *acts != ANSWER_SAT)
			*acts = worse(*acts, ask_pair(s, row, row->pair, runs, 2, v, NULL));
	}
	if (row->pair && row->other_mode && *escapes != ANSWER_SAT)
		guard_as_second(s, row, v, acts, escapes, witness);
}

/* The exact condition under which it escapes the monitor: for what is privileged in part only, or guarded. */
static void ask_condition(struct subject *s, struct part *p)
{
	struct buf text = {0};

	if (!s->t->options->witnesses || p->privileged != TRI_NO || (!p->partly && p->guarded != TRI_YES))
		return;
	for (unsigned v = 0; v < s->t->isa->level_count; v++) {
		struct run runs[2];
		struct value hypothesis;
		char *condition;

		if (!s->setting.scenario->deprivileged[v] || s->completes[v] == ANSWER_UNSAT)
			continue;
		level_runs(s, v, &runs[0], &runs[1]);
		hypothesis = value_and(s->setting.domain, completes(&s->setting, runs), runs[1].legal);
		condition = condition_text(s->t, hypothesis, refuses_privilege(&s->setting, runs));
		if (!condition)
			break;
		buf_printf(&text, "%s%s", text.length ? "; or " : "", condition);
	}
	p->condition = text.length ? arena_copy(s->t->arena, text.text, text.length) : NULL;
	buf_free(&text);
}

static const char guarded_statement[] =
	"wherever it acts sensitively at a level that is deprivileged, it traps to the monitor at the real level";

static void ask_guarded(struct subject *s, struct part *p)
{
	enum answer acts = ANSWER_UNSAT, escapes = ANSWER_UNSAT;
	json_t *witness = NULL;

	p->guarded = TRI_NONE;
	if (!p->kinds || p->privileged == TRI_NONE)
		return;
	if (p->privileged == TRI_YES) {
		p->guarded = TRI_YES; /* it traps wherever it completes */
		return;
	}
	topic(s, "guarded", guarded_statement);
	for (unsigned k = 0; k < KIND_COUNT; k++)
		for (unsigned v = 0; p->kinds >> k & 1 && v < s->t->isa->level_count; v++)
			if (s->setting.scenario->deprivileged[v] && escapes != ANSWER_SAT)
				guard_at(s, &rows[k], v, &acts, &escapes, &witness);
	if (escapes == ANSWER_SAT)
		p->guarded = TRI_NO;
	else if (escapes == ANSWER_UNKNOWN || acts == ANSWER_UNKNOWN)
		p->guarded = TRI_UNKNOWN;
	else
		p->guarded = acts == ANSWER_SAT ? TRI_YES : TRI_NONE;
	note(s, "guarded", guarded_statement,
	     p->guarded == TRI_YES ? VERDICT_PROVED : p->guarded == TRI_NO ? VERDICT_REFUTED
		     : p->guarded == TRI_NONE ? VERDICT_VACUOUS : VERDICT_UNDECIDED, witness);
}

static void set_levels(struct subject *s)
{
	const struct scenario *scenario = s->setting.scenario;

	for (unsigned v = 0; v < s->t->isa->level_count; v++)
		s->user[v] = s->guest[v] = s->all[v] = false;
	for (unsigned v = 0; v < s->t->isa->level_count; v++) {
		if (scenario->map[v] < 0)
			continue;
		s->guest[v] = s->all[v] = true;
		s->all[scenario->map[v]] = true;
		s->user[v] = !scenario->deprivileged[v];
	}
}

static struct part classify_part(struct subject *s)
{
	struct part p = {.values = s->t->region, .obligations = json_array()};

	s->obligations = p.obligations;
	set_levels(s);
	ask_completes(s);
	ask_privileged(s, &p);
	ask_kinds(s, &p);
	ask_guarded(s, &p);
	ask_condition(s, &p);
	return p;
}

/* --- the result --- */

static json_t *tri_json(enum tri t)
{
	return t == TRI_YES ? json_true() : t == TRI_NO ? json_false() : json_null();
}

static json_t *kinds_json(unsigned kinds)
{
	json_t *list = json_array();

	for (unsigned k = 0; k < KIND_COUNT; k++)
		if (kinds >> k & 1)
			json_array_append_new(list, json_string(rows[k].name));
	return list;
}

static bool critical(const struct part *p)
{
	return p->kinds && p->privileged != TRI_YES && p->privileged != TRI_UNKNOWN;
}

/* Never completes at a guest level, or has no kind at all. */
static const char *class_of(const struct part *p)
{
	if (p->undecided || p->privileged == TRI_UNKNOWN)
		return "undecided";
	if (p->kinds)
		return p->privileged == TRI_YES ? "privileged" : "critical";
	return p->privileged == TRI_YES ? "privileged" : p->privileged == TRI_NONE ? "traps" : "innocuous";
}

static json_t *part_json(const struct part *p)
{
	json_t *o = json_object();

	json_object_set_new(o, "class", json_string(class_of(p)));
	json_object_set_new(o, "privileged", tri_json(p->privileged));
	json_object_set_new(o, "strict", tri_json(p->strict));
	json_object_set_new(o, "partly_privileged", json_boolean(p->partly));
	json_object_set_new(o, "kinds", kinds_json(p->kinds));
	json_object_set_new(o, "user_kinds", kinds_json(p->user_kinds));
	json_object_set_new(o, "guarded", tri_json(p->guarded));
	json_object_set_new(o, "critical", json_boolean(critical(p)));
	json_object_set_new(o, "user_critical", json_boolean(p->user_kinds && p->privileged != TRI_YES && p->privileged != TRI_UNKNOWN));
	json_object_set_new(o, "time_critical", json_boolean((p->kinds >> KIND_TIMING & 1) && p->privileged != TRI_YES));
	json_object_set_new(o, "undecided", json_boolean(p->undecided || p->privileged == TRI_UNKNOWN || p->guarded == TRI_UNKNOWN));
	if (p->condition)
		json_object_set_new(o, "condition", json_string(p->condition));
	json_object_set(o, "obligations", p->obligations);
	return o;
}

static bool alike(const struct part *a, const struct part *b)
{
	return a->kinds == b->kinds && a->user_kinds == b->user_kinds && a->undecided == b->undecided &&
	       a->privileged == b->privileged && a->strict == b->strict && a->guarded == b->guarded && a->partly == b->partly &&
	       !strcmp(a->condition ? a->condition : "", b->condition ? b->condition : "");
}

static enum tri all_of(enum tri a, enum tri b)
{
	if (a == TRI_NONE || b == TRI_NONE)
		return a == TRI_NONE ? b : a;
	if (a == TRI_NO || b == TRI_NO)
		return TRI_NO;
	return a == TRI_UNKNOWN || b == TRI_UNKNOWN ? TRI_UNKNOWN : TRI_YES;
}

/* The instruction as a whole: privileged if every part that ever completes is. A part that is sensitive but never completes
 * where it is deprivileged is not privileged either. */
static struct part whole_of(const struct part *parts, unsigned count)
{
	struct part w = parts[0];

	for (unsigned i = 1; i < count; i++) {
		const struct part *p = &parts[i];

		w.kinds |= p->kinds;
		w.user_kinds |= p->user_kinds;
		w.undecided |= p->undecided;
		w.partly = w.partly || p->partly || (p->privileged != w.privileged && p->privileged != TRI_NONE && w.privileged != TRI_NONE);
		w.privileged = all_of(w.privileged, p->privileged);
		w.strict = all_of(w.strict, p->strict);
		w.guarded = all_of(w.guarded, p->guarded);
	}
	return w;
}

static json_t *profile_json(const struct template *t, struct part *parts, unsigned count)
{
	struct part whole = whole_of(parts, count);
	json_t *o = part_json(&whole), *variants;
	bool any_critical = false, user_critical = false, time_critical = false;

	if (t->variant < 0)
		return o;
	json_object_del(o, "obligations");
	variants = json_array();
	for (unsigned i = 0; i < count; i++) {
		struct buf text = {0};
		json_t *v;
		bool first = true;

		any_critical = any_critical || critical(&parts[i]);
		user_critical = user_critical || (parts[i].user_kinds && parts[i].privileged != TRI_YES);
		time_critical = time_critical || ((parts[i].kinds >> KIND_TIMING & 1) && parts[i].privileged != TRI_YES);
		for (unsigned k = 0; k < i; k++)
			first = first && !alike(&parts[k], &parts[i]);
		if (!first)
			continue;
		for (unsigned k = i + 1; k < count; k++)
			if (alike(&parts[k], &parts[i]))
				parts[i].values = ranges_or(t->arena, parts[i].values, parts[k].values);
		v = part_json(&parts[i]);
		ranges_print(&text, parts[i].values);
		json_object_set_new(v, "variable", json_string(t->instruction->variables[t->variant].name));
		json_object_set_new(v, "values", json_string(buf_text(&text)));
		buf_free(&text);
		json_array_append_new(variants, v);
	}
	json_object_set_new(o, "critical", json_boolean(any_critical));
	json_object_set_new(o, "user_critical", json_boolean(user_critical));
	json_object_set_new(o, "time_critical", json_boolean(time_critical));
	if (!whole.undecided && whole.privileged != TRI_UNKNOWN) /* by its parts: a part that is sensitive and not privileged */
		json_object_set_new(o, "class", json_string(any_critical ? "critical" : whole.kinds ? "privileged" : class_of(&whole)));
	json_object_set_new(o, "variants", variants);
	return o;
}

enum { PARTS_MAX = 512 };

/* The parts into which the variant's range falls: those that the walk tells apart. */
static unsigned split(struct arena *arena, struct solver *solver, const struct isa *isa, const struct instruction *i,
		      const struct options *options, struct template **parts)
{
	struct ranges todo = template_whole(arena, i), next;
	unsigned count = 0;

	do
		parts[count++] = template_new(arena, solver, isa, i, options, todo, &next);
	while (todo = next, todo.count && count < PARTS_MAX);
	return count;
}

static json_t *scenario_json(struct template **templates, unsigned count, const struct scenario *scenario, const struct options *options,
			     unsigned *internal)
{
	struct arena *arena = templates[0]->arena;
	struct subject *subjects = ARENA_ARRAY(arena, struct subject, count);
	json_t *profiles = json_array();

	for (unsigned i = 0; i < count; i++) {
		struct subject *s = &subjects[i];

		s->t = templates[i];
		s->internal = internal;
		s->setting = (struct setting){.domain = solver_domain(s->t->solver), .isa = s->t->isa, .scenario = scenario, .options = options};
		s->own = template_start(s->t);
		s->own_run = run_from(s, s->own);
	}
	for (unsigned p = 0; p < PROFILE_COUNT; p++) {
		struct part *parts = ARENA_ARRAY(arena, struct part, count);
		json_t *o;

		for (unsigned i = 0; i < count; i++) {
			subjects[i].setting.profile = (enum profile)p;
			parts[i] = classify_part(&subjects[i]);
		}
		o = profile_json(templates[0], parts, count);
		json_object_set_new(o, "profile", json_string(profile_names[p]));
		json_array_append_new(profiles, o);
		for (unsigned i = 0; i < count; i++)
			json_decref(parts[i].obligations);
	}
	return profiles;
}

json_t *classify_instruction(const struct isa *isa, const struct instruction *i, const struct options *options,
			     const struct scenario *only, unsigned *internal, struct solver_counts *counts)
{
	struct arena *arena = arena_new();
	struct solver *solver = solver_new(options->rlimit);
	struct template **parts = ARENA_ARRAY(arena, struct template *, PARTS_MAX);
	json_t *result = json_object(), *scenarios = json_object();
	unsigned count;

	solver_record(solver, options->record);
	solver_listen(solver, options->listener);
	solver_topic(solver, "%s walk\nclaim: what the walk through the instruction decided without asking holds", i->name);
	count = split(arena, solver, isa, i, options, parts);
	json_object_set_new(result, "name", json_string(i->name));
	for (const struct scenario *s = isa->scenarios; s; s = s->next)
		if (!only || only == s)
			json_object_set_new(scenarios, s->name, scenario_json(parts, count, s, options, internal));
	json_object_set_new(result, "scenarios", scenarios);
	*counts = solver_counts(solver);
	solver_free(solver);
	arena_free(arena);
	return result;
}
