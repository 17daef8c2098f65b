/* What must hold whatever the instruction, for each level of each scenario: memory traps, trap entry cause by cause, coverage. */
#include "square.h"

#include <string.h>

const struct claim_row memory_trap_claim = {"memory-traps", "every memory trap at the real level goes to the monitor", loses_memory_trap};

/* Trap entry: asked of each cause. */
static const struct claim_row entry_rows[] = {
	{"entry-transparency", "a trap to the monitor changes nothing that the program sees, but for what trap entry saves",
	 entry_breaks_transparency},
	{"entry-arrival", "a trap to the monitor gives it control, or is followed by an interrupt that does", entry_misses_monitor},
	{"entry-invariants", "trap entry keeps the declared invariants", entry_breaks_invariant},
};

/* --- which causes come at all --- */

/* The cause that is raised may be this one: `e` has it as a constant, or is computed from something else. */
static bool may_be(const struct ir_expr *e, const struct cause *c)
{
	if (e->kind == IR_CONST)
		return e->value == c->value;
	if (e->kind != IR_OP || e->op != OP_ite)
		return true;
	return may_be(e->args[1], c) || may_be(e->args[2], c);
}

static bool body_may_raise(const struct ir_statement *s, const struct cause *c)
{
	for (; s; s = s->next)
		if ((s->kind == IR_RAISE && may_be(s->a, c)) || body_may_raise(s->body, c) || body_may_raise(s->other, c) ||
		    (s->callee && body_may_raise(s->callee->body, c)))
			return true;
	return false;
}

bool may_raise(const struct instruction *i, const struct cause *c)
{
	return body_may_raise(i->operation->body, c);
}

/* Whether the instruction raises k->setting.cause in some real state of the corner's level. */
static enum answer raises(struct corner *k, struct arena *arena, struct solver *solver, const struct instruction *i)
{
	struct corner own = *k;
	struct model *model;

	corner_states(&own, arena, solver, k->setting.isa, i, k->t->options);
	template_walk(own.t, &own.runs[1]);
	solver_topic(solver, "%s %s comes %s\nclaim: it never raises %s at the real level", i->name, k->setting.scenario->name,
		     k->setting.isa->levels[k->level].name, k->setting.cause->name);
	return solver_check(solver, raises_cause(&own.setting, own.runs), &model);
}

/* Whether a function of the description raises k->setting.cause, whatever its arguments are, and the tables that it reads. */
static enum answer raised_by(struct corner *k, struct arena *arena, struct solver *solver, const struct ir_function *f)
{
	const struct isa *isa = k->setting.isa;
	const struct run *real = &k->runs[1];
	struct domain *d = k->setting.domain;
	struct walk_input input = {.domain = d, .isa = isa, .inputs = real->inputs, .run = real->number, .model = MEMORY_VIEW,
				   .physical = PHYSICAL_FREE, .view = real->start, .start = real->start};
	struct value *slots = ARENA_ARRAY(arena, struct value, slot_count(isa)), *args = ARENA_ARRAY(arena, struct value, f->param_count + 1), there;
	struct outcome o;
	struct model *model;

	for (unsigned i = 0; i < f->param_count; i++)
		args[i] = solver_constant(solver, arena_printf(arena, "%s.%s", f->name, f->locals[i].name), f->locals[i].width);
	memcpy(slots, real->start, slot_count(isa) * sizeof *slots);
	o = walk_call(arena, &input, f, args, slots, NULL);
	there = value_and(d, value_or(d, o.trap, o.fault), value_eq(d, o.cause, value_const(k->setting.cause->value, o.cause.width)));
	solver_topic(solver, "%s %s comes %s\nclaim: it never raises %s at the real level", f->name, k->setting.scenario->name, isa->levels[k->level].name,
		     k->setting.cause->name);
	return solver_check(solver, value_and(d, real->legal, there), &model);
}

/* An access to what is no storage raises it. */
static bool comes_from_outside(const struct isa *isa, const struct cause *c)
{
	const struct platform *p = &isa->platform;

	for (unsigned a = 0; p->given && a < 3; a++)
		if (p->unmapped[a] >= 0 && &isa->causes[p->unmapped[a]] == c)
			return true;
	return false;
}

/* Whether k->setting.cause comes at the real level, under the host's settings: from an instruction, from the translation of an access, as an
 * interrupt, from an encoding that nothing has, or from an access to what is no storage. */
static enum answer comes(struct corner *k, struct arena *arena, struct solver *solver)
{
	const struct isa *isa = k->setting.isa;
	const struct cause *c = k->setting.cause;
	const struct ir_function *others[] = {isa->translate, isa->interrupt, isa->undecoded};
	enum answer all = comes_from_outside(isa, c) ? ANSWER_SAT : ANSWER_UNSAT, one;

	for (unsigned n = 0; n < sizeof others / sizeof *others && all != ANSWER_SAT; n++) {
		one = others[n] && body_may_raise(others[n]->body, c) ? raised_by(k, arena, solver, others[n]) : ANSWER_UNSAT;
		all = one == ANSWER_UNSAT ? all : one;
	}
	for (const struct instruction *i = isa->instructions; i && all != ANSWER_SAT; i = i->next) {
		one = may_raise(i, c) ? raises(k, arena, solver, i) : ANSWER_UNSAT;
		all = one == ANSWER_UNSAT ? all : one;
	}
	return all;
}

/* --- the obligations --- */

/* No outcome of an instruction: the states alone matter. */
static json_t *state_of(json_t *witness)
{
	json_t *run;
	size_t n;

	json_object_del(witness, "encoding");
	json_array_foreach(json_object_get(witness, "runs"), n, run) {
		json_object_del(run, "outcome");
		json_object_del(run, "changes");
		json_object_del(run, "cause");
		json_object_del(run, "to");
	}
	return witness;
}

static json_t *obligation(const struct claim_row *row)
{
	return json_pack("{s:s, s:s}", "id", row->id, "statement", row->statement);
}

static void set_verdict(json_t *o, enum verdict v)
{
	json_object_set_new(o, "verdict", json_string(verdict_names[v]));
}

static bool has_memory_traps(const struct isa *isa)
{
	for (unsigned i = 0; i < isa->cause_count; i++)
		if (isa->causes[i].fault)
			return true;
	return false;
}

static json_t *memory_traps_json(struct corner *k)
{
	json_t *o = obligation(&memory_trap_claim);
	struct witness *w;
	enum answer answer;

	if (!has_memory_traps(k->setting.isa)) {
		set_verdict(o, VERDICT_VACUOUS);
		return o;
	}
	answer = corner_ask(k, &memory_trap_claim, &w);
	set_verdict(o, answer == ANSWER_SAT ? VERDICT_REFUTED : answer == ANSWER_UNSAT ? VERDICT_PROVED : VERDICT_UNDECIDED);
	if (answer == ANSWER_SAT)
		json_object_set_new(o, "witness", state_of(witness_json(k->t, w, NULL)));
	return o;
}

/* What was found about an obligation of trap entry so far. */
struct entry {
	unsigned proved;
	json_t *refuted, *undecided; /* causes */
	json_t *excluded;            /* by the scenario's hypotheses */
	json_t *never;               /* it would break the claim, and does not come */
	json_t *lost, *witness;      /* of the first that refutes; NULL */
};

/* Whether the hypotheses can be met: for all causes at once, but for those that they exclude. A proof under others would say nothing. */
static enum answer tables_answer(struct corner *k, struct solver *solver)
{
	const struct isa *isa = k->setting.isa;
	struct value all = value_const(1, 0);
	struct model *model;
	bool any = false;

	for (unsigned i = 0; i < isa->cause_count; i++) {
		struct value given;

		k->setting.cause = &isa->causes[i];
		given = entry_given(&k->setting, k->runs);
		if (solver_check(solver, given, &model) == ANSWER_UNSAT)
			continue;
		all = value_and(k->setting.domain, all, given);
		any = true;
	}
	k->setting.cause = NULL;
	return any ? solver_check(solver, all, &model) : ANSWER_UNSAT;
}

static json_t *tables_json(enum answer answer)
{
	json_t *o = json_pack("{s:s, s:s}", "id", "monitor-tables", "statement", "the monitor's tables can be as the scenario says");

	set_verdict(o, answer == ANSWER_SAT ? VERDICT_PROVED : answer == ANSWER_UNSAT ? VERDICT_REFUTED : VERDICT_UNDECIDED);
	return o;
}

static void ask_cause(struct corner *k, const struct claim_row *row, struct entry *e, struct arena *arena, struct solver *solver)
{
	const struct cause *c = k->setting.cause;
	struct model *model;
	struct witness *w = NULL;
	enum answer answer, does_come = ANSWER_SAT;

	if (row->broken != entry_breaks_invariant && solver_check(solver, entry_given(&k->setting, k->runs), &model) == ANSWER_UNSAT) {
		json_array_append_new(e->excluded, json_string(c->name));
		return;
	}
	answer = corner_ask(k, row, &w);
	if (answer != ANSWER_UNSAT && row->broken != entry_breaks_invariant)
		does_come = comes(k, arena, solver);
	if (answer == ANSWER_UNSAT) {
		e->proved++;
	} else if (does_come == ANSWER_UNSAT) {
		json_array_append_new(e->never, json_string(c->name));
	} else if (answer == ANSWER_UNKNOWN || does_come == ANSWER_UNKNOWN) {
		json_array_append_new(e->undecided, json_string(c->name));
	} else {
		json_array_append_new(e->refuted, json_string(c->name));
		if (!e->lost && row->broken == entry_breaks_transparency)
			e->lost = entry_losses(&w->setting, w->runs);
		if (!e->witness)
			e->witness = state_of(witness_json(k->t, w, NULL));
	}
}

static void set_list(json_t *o, const char *key, json_t *list)
{
	if (json_array_size(list))
		json_object_set(o, key, list);
	json_decref(list);
}

static enum verdict entry_verdict(const struct entry *e)
{
	if (json_array_size(e->refuted))
		return VERDICT_REFUTED;
	if (json_array_size(e->undecided))
		return VERDICT_UNDECIDED;
	return e->proved || json_array_size(e->never) ? VERDICT_PROVED : VERDICT_VACUOUS;
}

/* Nothing is claimed of what nobody describes: invariants, or what the monitor's tables hold; nor under hypotheses that cannot be met. */
static bool nothing_to_ask(const struct corner *k, const struct claim_row *row, bool possible)
{
	if (row->broken == entry_breaks_invariant)
		return !k->setting.isa->invariants;
	return !possible || (row->broken == entry_misses_monitor && !k->setting.scenario->tables);
}

bool entry_costs(struct corner *k)
{
	bool costs = false;

	for (unsigned r = 0; r < sizeof entry_rows / sizeof *entry_rows; r++) {
		const struct claim_row *row = &entry_rows[r];
		struct witness *w;

		costs = costs || (row->broken != entry_breaks_invariant && !nothing_to_ask(k, row, true) && corner_ask(k, row, &w) == ANSWER_SAT);
	}
	return costs;
}

static json_t *entry_json(struct corner *k, const struct claim_row *row, bool possible, struct arena *arena, struct solver *solver)
{
	struct entry e = {.refuted = json_array(), .undecided = json_array(), .excluded = json_array(), .never = json_array()};
	const struct isa *isa = k->setting.isa;
	json_t *o = obligation(row);

	for (unsigned i = 0; i < isa->cause_count && !nothing_to_ask(k, row, possible); i++) {
		k->setting.cause = &isa->causes[i];
		ask_cause(k, row, &e, arena, solver);
	}
	k->setting.cause = NULL;
	set_verdict(o, entry_verdict(&e));
	set_list(o, "refuted", e.refuted);
	set_list(o, "undecided", e.undecided);
	set_list(o, "excluded", e.excluded);
	set_list(o, "never", e.never);
	if (e.lost)
		json_object_set_new(o, "lost", e.lost);
	if (e.witness)
		json_object_set_new(o, "witness", e.witness);
	return o;
}

static json_t *level_json(struct corner *k, const struct isa *isa, const struct options *options, struct arena *arena,
			  struct solver *solver, struct solver_counts *counts)
{
	json_t *o = json_object(), *rows = json_array(), *allocation;
	enum answer tables;

	corner_states(k, arena, solver, isa, isa->instructions, options);
	tables = k->setting.scenario->tables ? tables_answer(k, solver) : ANSWER_SAT;
	json_object_set_new(o, "level", json_string(isa->levels[k->level].name));
	json_object_set_new(o, "real_level", json_string(isa->levels[k->setting.scenario->map[k->level]].name));
	json_object_set_new(o, "deprivileged", json_boolean(k->setting.scenario->deprivileged[k->level]));
	json_array_append_new(rows, memory_traps_json(k));
	if (k->setting.scenario->tables)
		json_array_append_new(rows, tables_json(tables));
	for (unsigned r = 0; r < sizeof entry_rows / sizeof *entry_rows; r++)
		json_array_append_new(rows, entry_json(k, &entry_rows[r], tables != ANSWER_UNSAT, arena, solver));
	allocation = allocation_json(isa, options, k->setting.scenario, k->level, k->internal, counts);
	if (allocation)
		json_array_append_new(rows, allocation);
	json_object_set_new(o, "obligations", rows);
	json_object_set_new(o, "coverage", coverage_json(isa, options, k->setting.scenario, k->level, counts));
	return o;
}

json_t *prove_machine(const struct isa *isa, const struct options *options, const struct scenario *only, unsigned *internal,
		      struct solver_counts *counts)
{
	struct arena *arena = arena_new();
	struct solver *solver = solver_new(options->rlimit);
	json_t *result = json_object();

	*counts = (struct solver_counts){0};
	solver_record(solver, options->record);
	solver_listen(solver, options->listener);
	for (const struct scenario *s = isa->scenarios; s; s = s->next) {
		json_t *levels = json_array();

		for (unsigned v = isa->level_count; v-- > 0 && (!only || only == s);) {
			struct corner k = {.setting = {.domain = solver_domain(solver), .isa = isa, .scenario = s, .profile = PROFILE_EXTENDED, .options = options}, .level = v, .internal = internal};

			if (s->map[v] >= 0)
				json_array_append_new(levels, level_json(&k, isa, options, arena, solver, counts));
		}
		if (!only || only == s)
			json_object_set(result, s->name, levels);
		json_decref(levels);
	}
	solver_counts_add(counts, solver_counts(solver));
	solver_free(solver);
	arena_free(arena);
	return result;
}
