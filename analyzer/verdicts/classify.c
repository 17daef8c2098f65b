/* One instruction: every definition asked, in every scenario and profile, for every part of its variant's range. */
#include "classify_private.h"

#include <string.h>

/* theory.md section 3. `varies` are the roles in which the second state may differ; a pair is compared unless it is 0. */
const struct kind_row kind_rows[KIND_COUNT] = {
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
		subject_level_runs(s, v, &runs[0], &runs[1]);
		merge_tri(&strict, subject_ask(s, traps_at_level, runs, 1, value_const(1, 0), NULL));
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

	subject_topic(s, "privileged", privileged_statement);
	for (unsigned v = 0; v < s->t->isa->level_count; v++) {
		struct value yes = value_const(1, 0);
		struct run runs[2];
		enum answer answer;

		if (!scenario->deprivileged[v])
			continue;
		subject_level_runs(s, v, &runs[0], &runs[1]);
		answer = s->completes[v];
		open = open || answer == ANSWER_UNKNOWN;
		if (answer == ANSWER_UNSAT)
			continue;
		ever = ever || answer == ANSWER_SAT;
		answer = subject_ask(s, refuses_privilege, runs, 2, yes, witness ? NULL : &witness);
		merge_tri(&privileged, answer);
		if (answer == ANSWER_SAT)
			p->partly = p->partly || subject_ask(s, shares_trap, runs, 2, yes, NULL) == ANSWER_SAT;
	}
	p->privileged = ever ? privileged : open ? TRI_UNKNOWN : TRI_NONE;
	p->strict = p->privileged == TRI_YES ? ask_strict(s) : TRI_NONE;
	subject_note(s, "privileged", privileged_statement,
	     p->privileged == TRI_YES ? VERDICT_PROVED : p->privileged == TRI_NO ? VERDICT_REFUTED
		     : p->privileged == TRI_NONE ? VERDICT_VACUOUS : VERDICT_UNDECIDED, witness);
}

/* Is it of this kind at one of these levels? */
static enum answer ask_kind(struct subject *s, const struct kind_row *row, const bool *levels, json_t **witness)
{
	enum answer answer = ANSWER_UNSAT;
	struct run runs[2] = {s->own_run, {0}};

	if (row->pair && !s->has_second[row - kind_rows]) {
		s->seconds[row - kind_rows] = subject_second(s, row, s->own);
		s->has_second[row - kind_rows] = true;
	}
	runs[1] = s->seconds[row - kind_rows];
	for (unsigned v = 0; v < s->t->isa->level_count && answer != ANSWER_SAT; v++) {
		if (!levels[v])
			continue;
		if (row->single)
			answer = worse_answer(answer, subject_ask(s, row->single, runs, 1, subject_mode_is(s, runs, v), witness));
		if (row->pair && answer != ANSWER_SAT)
			answer = worse_answer(answer, subject_ask_pair(s, row, row->pair, runs, 2, v, witness));
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

	subject_topic(s, "traps", traps_statement);
	for (unsigned v = 0; v < s->t->isa->level_count; v++) {
		s->completes[v] = ANSWER_UNSAT;
		if (!s->all[v])
			continue;
		s->completes[v] = subject_ask(s, completes, &s->own_run, 1, subject_mode_is(s, &s->own_run, v), example ? NULL : &example);
		any = any || s->completes[v] == ANSWER_SAT;
		open = open || s->completes[v] == ANSWER_UNKNOWN;
	}
	subject_note(s, "traps", traps_statement,
	     any ? VERDICT_REFUTED : open ? VERDICT_UNDECIDED : VERDICT_PROVED, example);
}

static bool applies(const struct subject *s, enum kind kind)
{
	if (kind == KIND_PROCESSOR && !s->t->options->processor)
		return false;
	return !kind_rows[kind].extended_only || s->setting.profile == PROFILE_EXTENDED;
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
		subject_topic(s, kind_rows[k].name, kind_rows[k].statement);
		answer = ask_kind(s, &kind_rows[k], s->guest, &witness);
		p->kinds |= (answer == ANSWER_SAT) << k;
		p->undecided |= (answer == ANSWER_UNKNOWN) << k;
		subject_note(s, kind_rows[k].name, kind_rows[k].statement, verdict_of(s, &kind_rows[k], s->guest, answer), witness);
		if (!kind_rows[k].user || answer == ANSWER_UNSAT)
			continue;
		snprintf(id, sizeof id, "user-%s", kind_rows[k].name);
		subject_topic(s, id, kind_rows[k].statement);
		answer = ask_kind(s, &kind_rows[k], s->user, &user_witness);
		p->user_kinds |= (answer == ANSWER_SAT) << k;
		p->undecided |= (answer == ANSWER_UNKNOWN) << k;
		subject_note(s, id, kind_rows[k].statement, verdict_of(s, &kind_rows[k], s->user, answer), user_witness);
	}
}

/* A state at v acts also as the second of a pair: what it sees is then told by the first, at another level. */
static void guard_as_second(struct subject *s, const struct kind_row *row, unsigned v, enum answer *acts, enum answer *escapes,
			    json_t **witness)
{
	struct domain *d = s->setting.domain;

	for (unsigned m = 0; m < s->t->isa->level_count; m++) {
		struct value *first = subject_with_mode(s, s->own, m), also;
		struct run runs[3];

		if (m == v || !s->all[m])
			continue;
		runs[0] = subject_run(s, first);
		runs[1] = subject_second(s, row, first);
		runs[2] = template_run(s->t, subject_taken(s, runs[1].start, v), first, s->t->inputs, runs[1].number, true);
		also = value_eq(d, runs[1].start[s->t->isa->mode], value_const(s->t->isa->levels[v].value, s->t->isa->level_width));
		*escapes = worse_answer(*escapes, subject_ask(s, row->unguarded_pair, runs, 3, also, witness));
		if (*escapes == ANSWER_SAT)
			return;
		if (*acts != ANSWER_SAT)
			*acts = worse_answer(*acts, subject_ask(s, row->pair, runs, 2, also, NULL));
	}
}

/* At one level and for one kind: is there an act that does not trap? If not, does it act there at all? */
static void guard_at(struct subject *s, const struct kind_row *row, unsigned v, enum answer *acts, enum answer *escapes, json_t **witness)
{
	struct run runs[3];
	struct value yes = value_const(1, 0);

	subject_level_runs(s, v, &runs[0], &runs[1]);
	if (row->single) {
		*escapes = worse_answer(*escapes, subject_ask(s, row->unguarded_single, runs, 2, yes, witness));
		if (*escapes != ANSWER_SAT && *acts != ANSWER_SAT)
			*acts = worse_answer(*acts, subject_ask(s, row->single, runs, 1, yes, NULL));
	}
	if (row->pair && *escapes != ANSWER_SAT) {
		runs[2] = runs[1];
		runs[1] = subject_second(s, row, runs[0].start);
		*escapes = worse_answer(*escapes, subject_ask_pair(s, row, row->unguarded_pair, runs, 3, v, witness));
		if (*escapes != ANSWER_SAT && *acts != ANSWER_SAT)
			*acts = worse_answer(*acts, subject_ask_pair(s, row, row->pair, runs, 2, v, NULL));
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
		subject_level_runs(s, v, &runs[0], &runs[1]);
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
	subject_topic(s, "guarded", guarded_statement);
	for (unsigned k = 0; k < KIND_COUNT; k++)
		for (unsigned v = 0; p->kinds >> k & 1 && v < s->t->isa->level_count; v++)
			if (s->setting.scenario->deprivileged[v] && escapes != ANSWER_SAT)
				guard_at(s, &kind_rows[k], v, &acts, &escapes, &witness);
	if (escapes == ANSWER_SAT)
		p->guarded = TRI_NO;
	else if (escapes == ANSWER_UNKNOWN || acts == ANSWER_UNKNOWN)
		p->guarded = TRI_UNKNOWN;
	else
		p->guarded = acts == ANSWER_SAT ? TRI_YES : TRI_NONE;
	subject_note(s, "guarded", guarded_statement,
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
		s->own_run = subject_run(s, s->own);
	}
	for (unsigned p = 0; p < PROFILE_COUNT; p++) {
		struct part *parts = ARENA_ARRAY(arena, struct part, count);
		json_t *o;

		for (unsigned i = 0; i < count; i++) {
			subjects[i].setting.profile = (enum profile)p;
			parts[i] = classify_part(&subjects[i]);
		}
		o = classify_profile_json(templates[0], parts, count);
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
