/* theory.md section 5: a refutation counts only if the concrete evaluator, started in the model's states, shows the same. */
#include "analysis.h"

#include <string.h>

struct source_of_values {
	const struct template *t;
	struct model *model;
	const struct run *runs; /* symbolic */
	unsigned current;       /* run being executed */
};

static unsigned tag_of(const struct isa *isa, unsigned run, bool view, unsigned slot)
{
	return (2 * run + view) * slot_count(isa) + slot;
}

static u128 element(void *context, unsigned tag, u128 index)
{
	struct source_of_values *v = context;
	const struct isa *isa = v->t->isa;
	unsigned slots = slot_count(isa), slot = tag % slots, run = tag / slots / 2;
	struct value array = tag / slots % 2 ? v->runs[run].view[slot] : v->runs[run].start[slot];
	struct domain *d = solver_domain(v->t->solver);
	unsigned index_bits, width;

	if (slot < isa->component_count) {
		index_bits = index_width(isa->components[slot].count);
		width = isa->components[slot].width;
	} else if (slot == isa->component_count + SLOT_PORTS) {
		index_bits = 16;
		width = 8;
	} else {
		index_bits = isa->memory.address;
		width = isa->memory.unit;
	}
	return solver_eval(v->t->solver, v->model, d->select(d, array, value_const(index, index_bits), width));
}

static u128 function(void *context, enum uninterpreted f, const u128 *args, const unsigned *widths, unsigned count, unsigned width)
{
	struct source_of_values *v = context;
	struct domain *d = solver_domain(v->t->solver);
	struct value terms[4];

	for (unsigned i = 0; i < count; i++)
		terms[i] = value_const(args[i], widths[i]);
	return solver_eval(v->t->solver, v->model, d->function(d, f, terms, count, width));
}

static unsigned current_run(void *context)
{
	return ((struct source_of_values *)context)->current;
}

static struct value related(struct source_of_values *v, unsigned run, struct value term)
{
	struct substitution sub = {0};

	if (v->t->options->adversarial && v->runs[run].second)
		solver_unrelated_unknowns(v->t->solver, &sub);
	term = solver_substitute(v->t->solver, term, &sub);
	substitution_free(&sub);
	return term;
}

static u128 unknown(void *context, uint64_t key, unsigned width)
{
	struct source_of_values *v = context;
	struct value term;

	(void)width;
	return solver_unknown(v->t->solver, key, &term) ? solver_eval(v->t->solver, v->model, related(v, v->current, term)) : 0;
}

static u128 unknown_element(void *context, unsigned run, uint64_t key, u128 index, unsigned width)
{
	struct source_of_values *v = context;
	struct domain *d = solver_domain(v->t->solver);
	struct value term;

	if (!solver_unknown(v->t->solver, key, &term))
		return 0;
	for (unsigned bits = 1; bits < 16; bits++) /* the index is as wide as its file needs: see do_unknown's callers */
		for (unsigned i = 0; i < v->t->isa->component_count; i++)
			if (v->t->isa->components[i].count && index_width(v->t->isa->components[i].count) == bits &&
			    v->t->isa->components[i].width == width)
				return solver_eval(v->t->solver, v->model,
						   d->select(d, related(v, run, term), value_const(index, bits), width));
	return 0;
}

static struct value *concrete_slots(struct concrete *c, struct source_of_values *v, unsigned run, bool view)
{
	const struct isa *isa = v->t->isa;
	unsigned n = isa->component_count, count = view ? n : slot_count(isa);
	const struct value *symbolic = view ? v->runs[run].view : v->runs[run].start;
	struct value *slots = ARENA_ARRAY(v->t->arena, struct value, slot_count(isa));

	for (unsigned i = 0; i < count; i++) {
		if (i < n && isa->components[i].count)
			slots[i] = concrete_array(c, tag_of(isa, run, view, i), isa->components[i].width);
		else if (i == n + SLOT_MEMORY || i == n + SLOT_HOST)
			slots[i] = concrete_array(c, tag_of(isa, run, view, i), isa->memory.unit);
		else if (i == n + SLOT_PORTS)
			slots[i] = concrete_array(c, tag_of(isa, run, view, i), 8);
		else
			slots[i] = value_const(solver_eval(v->t->solver, v->model, symbolic[i]), symbolic[i].width);
	}
	return slots;
}

/* The evaluator's own opinion on invariants and encoding: from the description, not from the template. */
static struct value legal(const struct template *t, const struct walk_input *input)
{
	const struct instruction *i = t->instruction;
	bool good = false;

	for (unsigned v = 0; v < t->isa->level_count; v++)
		good = good || input->start[t->isa->mode].bits == t->isa->levels[v].value;
	for (unsigned v = 0; v < i->variable_count; v++)
		for (unsigned k = 0; k < i->variables[v].not_count; k++)
			good = good && input->variables[v].bits != i->variables[v].not_values[k];
	if (i->valid)
		good = good && walk_function(t->arena, input, i->valid, NULL, NULL).bits;
	for (const struct invariant *v = t->isa->invariants; v; v = v->next)
		good = good && walk_function(t->arena, input, v->predicate, NULL, NULL).bits;
	return value_const(good, 0);
}

/* The state before, to be changed in place: stores into arrays must not reach the one that is kept. */
static struct value *working_copy(struct concrete *c, const struct template *t, const struct value *start)
{
	struct domain *d = concrete_domain(c);
	struct value *working = ARENA_ARRAY(t->arena, struct value, slot_count(t->isa));

	memcpy(working, start, slot_count(t->isa) * sizeof *working);
	for (unsigned i = 0; i < slot_count(t->isa); i++)
		if (working[i].term)
			working[i] = d->copy(d, start[i]);
	return working;
}

/* Executes run number `r` concretely, and gives the states before and after. */
static struct run execute(struct concrete *c, struct source_of_values *v, unsigned r, const struct value *variables)
{
	const struct template *t = v->t;
	unsigned slots = slot_count(t->isa);
	struct run run = {.start = concrete_slots(c, v, r, false), .view = concrete_slots(c, v, r, true), .physical = v->runs[r].physical};
	struct walk_input input;

	v->current = r;
	run.number = value_const(solver_eval(t->solver, v->model, v->runs[r].number), 8);
	run.inputs = ARENA_ARRAY(t->arena, struct value, t->isa->input_count + 1);
	for (unsigned i = 0; i < t->isa->input_count; i++)
		run.inputs[i] = value_const(solver_eval(t->solver, v->model, v->runs[r].inputs[i]), t->isa->inputs[i].width);
	input = run_input(t, concrete_domain(c), &run, working_copy(c, t, run.start), variables);
	run.legal = legal(t, &input);
	run.o = walk_instruction(t->arena, &input);
	if (v->runs[r].entered) {
		run.entered = working_copy(c, t, run.start);
		run_keep(input.domain, t->isa, &run.o, run.entered);
		run.entered = working_copy(c, t, run.entered);
		input.start = working_copy(c, t, run.start);
		walk_trap_entry(t->arena, &input, run.entered, run.o.cause, run.start[t->isa->pc], run.o.value);
	}
	for (unsigned i = 0; i < slots; i++)
		if (run.o.slots[i].term)
			concrete_freeze(run.o.slots[i]);
	return run;
}

struct witness *replay(const struct template *t, const struct setting *symbolic, struct model *model, const struct run *runs,
		       unsigned count, predicate *holds)
{
	struct source_of_values *v = ARENA_NEW(t->arena, struct source_of_values); /* the witness's arrays go on asking it */
	struct run *kept = ARENA_ARRAY(t->arena, struct run, count);
	struct oracle oracle = {v, element, function, unknown, unknown_element, current_run};
	struct concrete *c = concrete_new(t->arena, &oracle);
	struct witness *w = ARENA_NEW(t->arena, struct witness);
	struct value *variables = ARENA_ARRAY(t->arena, struct value, t->instruction->variable_count + 1);
	struct value confirmed;

	memcpy(kept, runs, count * sizeof *kept);
	*v = (struct source_of_values){t, model, kept, 0};
	w->setting = *symbolic;
	w->setting.domain = concrete_domain(c);
	w->count = count;
	w->variables = ARENA_ARRAY(t->arena, u128, t->instruction->variable_count + 1);
	for (unsigned i = 0; i < t->instruction->variable_count; i++) {
		w->variables[i] = solver_eval(t->solver, model, t->variables[i]);
		variables[i] = value_const(w->variables[i], t->instruction->variables[i].width);
	}
	for (unsigned r = 0; r < count; r++)
		w->runs[r] = execute(c, v, r, variables);
	v->current = 0;
	if (!holds)
		return w;
	confirmed = holds(&w->setting, w->runs);
	return !confirmed.term && confirmed.bits ? w : NULL;
}

/* --- what the reader sees --- */

static json_t *hex(u128 value)
{
	char text[BITS_TEXT];

	return json_string(bits_hex(value, text));
}

static json_t *shown(const struct component *c, u128 value)
{
	const struct enumeration *e = c->enumeration;

	for (unsigned i = 0; e && i < e->count; i++)
		if (e->members[i].value == value)
			return json_string(e->members[i].name);
	return hex(value);
}

enum { TOUCHED_MAX = 64 };

static const char *array_name(const struct isa *isa, unsigned slot)
{
	if (slot < isa->component_count)
		return isa->components[slot].name;
	return slot == isa->component_count + SLOT_MEMORY ? "memory" : slot == isa->component_count + SLOT_HOST ? "real-memory" : "port";
}

/* Elements that the run read or wrote: name[index] -> value. */
static void add_array(json_t *out, const struct isa *isa, unsigned slot, struct value array, bool after)
{
	struct touched cells[TOUCHED_MAX];
	unsigned count = concrete_touched(array, cells, TOUCHED_MAX);
	char name[160], index[BITS_TEXT];

	for (unsigned i = 0; i < count; i++) {
		if (after && (!cells[i].written || cells[i].now == cells[i].before))
			continue;
		if (slot < isa->component_count)
			snprintf(name, sizeof name, "%s[%u]", array_name(isa, slot), (unsigned)cells[i].index);
		else
			snprintf(name, sizeof name, "%s[%s]", array_name(isa, slot), bits_hex(cells[i].index, index));
		json_object_set_new(out, name, hex(after ? cells[i].now : cells[i].before));
	}
}

static bool reads_slot(const struct ir_expr *e, unsigned slot)
{
	if (e->kind == IR_COMPONENT && e->index == slot)
		return true;
	for (unsigned i = 0; i < e->count; i++)
		if (reads_slot(e->args[i], slot))
			return true;
	return false;
}

static bool statement_reads(const struct ir_statement *s, unsigned slot)
{
	for (; s; s = s->next) {
		if ((s->a && reads_slot(s->a, slot)) || (s->b && reads_slot(s->b, slot)) || (s->c && reads_slot(s->c, slot)))
			return true;
		for (unsigned i = 0; i < s->arg_count; i++)
			if (reads_slot(s->args[i], slot))
				return true;
		if ((s->body && statement_reads(s->body, slot)) || (s->other && statement_reads(s->other, slot)))
			return true;
		if (s->callee && statement_reads(s->callee->body, slot))
			return true;
	}
	return false;
}

/* Whether a scalar component is worth showing: it differs between runs or from the other witness, a run changes it, or the
 * instruction reads it and it is not 0. */
static bool worth_showing(const struct template *t, const struct witness *w, const struct witness *other, unsigned i, u128 value)
{
	if (i == t->isa->mode || i == t->isa->pc)
		return true;
	for (unsigned k = 0; k < w->count; k++)
		if (w->runs[k].start[i].bits != value || (w->runs[k].o.done.bits && w->runs[k].o.slots[i].bits != w->runs[k].start[i].bits) ||
		    (other && other->runs[k].start[i].bits != w->runs[k].start[i].bits))
			return true;
	return value && statement_reads(t->instruction->operation->body, i);
}

/* The state before: what the instruction reads, and what differs between the runs. */
static json_t *before_json(const struct template *t, const struct witness *w, const struct witness *other, unsigned r)
{
	const struct isa *isa = t->isa;
	json_t *out = json_object();

	for (unsigned i = 0; i < slot_count(isa); i++) {
		struct value v = w->runs[r].start[i];

		if (v.term)
			add_array(out, isa, i, w->runs[r].o.slots[i], false);
		else if (i < isa->component_count && worth_showing(t, w, other, i, v.bits))
			json_object_set_new(out, isa->components[i].name, shown(&isa->components[i], v.bits));
	}
	for (unsigned i = 0; i < isa->input_count; i++)
		json_object_set_new(out, isa->inputs[i].name, hex(w->runs[r].inputs[i].bits));
	return out;
}

/* A trap has left it as the instruction made it. */
static bool is_left(const struct isa *isa, const struct run *r, unsigned slot)
{
	return r->o.kept && slot < isa->component_count && (isa->components[slot].keeps || (r->o.trap.bits && isa_complete(isa, r->o.cause.bits)));
}

static json_t *changes_json(const struct template *t, const struct run *r)
{
	const struct isa *isa = t->isa;
	const struct value *after = r->o.done.bits ? r->o.slots : r->o.kept;
	json_t *out = json_object();

	for (unsigned i = 0; i < slot_count(isa); i++) {
		if (!r->o.done.bits && !is_left(isa, r, i))
			continue;
		if (r->start[i].term)
			add_array(out, isa, i, after[i], true);
		else if (i < isa->component_count && r->start[i].bits != after[i].bits)
			json_object_set_new(out, isa->components[i].name, shown(&isa->components[i], after[i].bits));
	}
	return out;
}

static const char *level_name(const struct isa *isa, u128 value)
{
	for (unsigned v = 0; v < isa->level_count; v++)
		if (isa->levels[v].value == value)
			return isa->levels[v].name;
	return "?";
}

static json_t *outcome_json(const struct template *t, const struct run *r)
{
	json_t *out = json_object(), *left;

	if (r->o.done.bits) {
		json_object_set_new(out, "outcome", json_string("done"));
		json_object_set_new(out, "changes", changes_json(t, r));
		return out;
	}
	json_object_set_new(out, "outcome", json_string(r->o.fault.bits ? "fault" : "trap"));
	for (unsigned i = 0; i < t->isa->cause_count; i++) /* a translation that is not described has no cause of its own */
		if (t->isa->causes[i].value == r->o.cause.bits && (r->o.trap.bits || t->isa->pure_translation))
			json_object_set_new(out, "cause", json_string(t->isa->causes[i].name));
	json_object_set_new(out, "to", json_string(level_name(t->isa, r->o.target.bits)));
	if (r->o.trap.bits && isa_complete(t->isa, r->o.cause.bits))
		json_object_set_new(out, "value", hex(r->o.value.bits));
	left = changes_json(t, r);
	if (json_object_size(left))
		json_object_set(out, "changes", left);
	json_decref(left);
	return out;
}

/* The instruction's bits, as far as they are one number. */
static json_t *encoding_json(const struct template *t, const struct witness *w)
{
	const struct instruction *i = t->instruction;
	u128 bits = i->pattern.match;
	json_t *out = json_object(), *variables = json_object();

	for (unsigned v = 0; v < i->variable_count; v++) {
		const struct location *at = &i->variables[v].location;
		unsigned rest = at->width;

		json_object_set_new(variables, i->variables[v].name, hex(w->variables[v]));
		for (unsigned p = 0; p < at->count; p++) {
			rest -= at->pieces[p].width;
			bits |= ((w->variables[v] >> rest) & bits_mask(at->pieces[p].width)) << at->pieces[p].low;
		}
	}
	json_object_set_new(out, "bits", hex(bits));
	json_object_set_new(out, "variables", variables);
	return out;
}

/* What is equal in all runs stands once; after that, each run and where it ends. */
json_t *witness_json(const struct template *t, const struct witness *w, const struct witness *other)
{
	json_t *out = json_object(), *runs = json_array(), *same = json_object(), *before[RUNS_MAX], *value;
	const char *key;

	for (unsigned r = 0; r < w->count; r++)
		before[r] = before_json(t, w, other, r);
	json_object_foreach(before[0], key, value) {
		bool equal = true;

		for (unsigned r = 1; r < w->count; r++)
			equal = equal && json_equal(json_object_get(before[r], key), value);
		if (equal)
			json_object_set(same, key, value);
	}
	for (unsigned r = 0; r < w->count; r++) {
		json_t *run = outcome_json(t, &w->runs[r]);

		json_object_foreach(same, key, value)
			json_object_del(before[r], key);
		json_object_set_new(run, "before", before[r]);
		json_array_append_new(runs, run);
	}
	json_object_set_new(out, "encoding", encoding_json(t, w));
	json_object_set_new(out, "state", same);
	json_object_set_new(out, "runs", runs);
	return out;
}
