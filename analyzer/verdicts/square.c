/* The squares of theory.md section 4, asked: for every instruction, guest level and scenario, and for every part of a variant's range. */
#include "square.h"

#include <string.h>

/* What was found about it. */
struct finding {
	enum verdict square, control, transparency;
	bool interpreted; /* it holds only because the monitor interprets some states (scenario: interpret) */
	struct ranges values;
	json_t *differences, *witness, *example, *leak; /* NULL if there is none */
};

/* --- the states: Sv, and Sr = f(Sv) --- */

static struct value level_value(const struct isa *isa, unsigned level)
{
	return value_const(isa->levels[level].value, isa->level_width);
}

/* Real relocation is composed by the monitor, as far as the description says how; else it is anything. */
static struct value composed(const struct corner *k, unsigned i, struct value own)
{
	const struct component *c = &k->t->isa->components[i];
	const bool *keeps = k->setting.scenario->composition.keeps;
	char name[32];

	if (c->move == MOVE_SAME || (keeps && keeps[i]))
		return own;
	if (c->move == MOVE_ANY || c->count)
		return component_constant(k->t->solver, c, "real.", "");
	snprintf(name, sizeof name, "moved.%u", c->width);
	return value_op2(k->setting.domain, OP_add, own, solver_constant(k->t->solver, name, c->width));
}

static struct value real_component(const struct corner *k, unsigned i, struct value own)
{
	const struct isa *isa = k->t->isa;

	switch (role_in(isa, k->setting.scenario, i)) {
	case ROLE_MODE: return level_value(isa, (unsigned)k->setting.scenario->map[k->level]);
	case ROLE_RELOCATION: return composed(k, i, own);
	case ROLE_CONTROL:
	case ROLE_TIMING:
	case ROLE_DEVICE: return component_constant(k->t->solver, &isa->components[i], "real.", "");
	default: return own;
	}
}

static struct value *real_start(const struct corner *k, const struct value *own)
{
	const struct isa *isa = k->t->isa;
	const struct scenario *s = k->setting.scenario;
	struct value *start = ARENA_ARRAY(k->t->arena, struct value, slot_count(isa));

	memcpy(start, own, slot_count(isa) * sizeof *start);
	for (unsigned i = 0; i < isa->component_count; i++)
		start[i] = real_component(k, i, own[i]);
	for (unsigned i = 0; i < s->host_count; i++)
		if (!isa->components[s->host[i].component].count)
			start[s->host[i].component] = value_const(s->host[i].value, isa->components[s->host[i].component].width);
	start[isa->component_count + SLOT_PORTS] = solver_array(k->t->solver, "real.ports", 16, 8);
	return start;
}

static struct value *real_inputs(const struct corner *k)
{
	const struct isa *isa = k->t->isa;
	struct value *inputs = ARENA_ARRAY(k->t->arena, struct value, isa->input_count + 1);

	for (unsigned i = 0; i < isa->input_count; i++) {
		bool same = isa->inputs[i].role == ROLE_CHOICE && !k->t->options->adversarial;

		inputs[i] = same ? k->t->inputs[i] : component_constant(k->t->solver, &isa->inputs[i], "real.input.", "");
	}
	return inputs;
}

static void make_states(struct corner *k)
{
	struct value *own = template_start(k->t);

	own[k->t->isa->mode] = level_value(k->t->isa, k->level);
	k->runs[0] = (struct run){.start = own, .view = own, .inputs = k->t->inputs, .number = value_const(1, 8), .physical = PHYSICAL_GUEST};
	k->runs[1] = (struct run){.start = real_start(k, own), .view = own, .inputs = real_inputs(k), .number = value_const(2, 8),
				  .second = true, .physical = PHYSICAL_HOST};
}

void corner_states(struct corner *k, struct arena *arena, struct solver *solver, const struct isa *isa, const struct instruction *i,
		   const struct options *options)
{
	k->t = template_bare(arena, solver, isa, i, options, template_whole(arena, i));
	make_states(k);
	template_legal(k->t, &k->runs[0]);
	template_legal(k->t, &k->runs[1]);
}

/* --- walking both --- */

static void walk_both(struct corner *k)
{
	make_states(k);
	template_walk(k->t, &k->runs[0]);
	template_walk(k->t, &k->runs[1]);
}

/* Whether the real machine may deliver a trap by itself: then what trap entry makes of both states matters. */
static bool may_deliver(const struct corner *k)
{
	const struct outcome *o = &k->runs[1].o;
	struct value elsewhere = value_not(k->setting.domain, is_level(&k->setting, o->target, k->setting.scenario->monitor));

	return !value_is(value_and(k->setting.domain, value_or(k->setting.domain, o->trap, o->fault), elsewhere), 0);
}

void corner_new(struct corner *k, struct arena *arena, struct solver *solver, const struct isa *isa, const struct instruction *i,
		       const struct options *options, struct ranges region, struct ranges *rest)
{
	k->t = template_bare(arena, solver, isa, i, options, region);
	*rest = (struct ranges){0, NULL};
	if (k->t->variant >= 0 && !ranges_single(region)) {
		solver_split_on(solver, arena, k->t->variables[k->t->variant], region);
		walk_both(k);
		k->t->region = solver_region(solver, rest);
		solver_split_off(solver);
		if (ranges_single(k->t->region)) /* once more, with the number itself: constants fold */
			k->t = template_bare(arena, solver, isa, i, options, k->t->region);
	}
	if (k->t->variant < 0 || ranges_single(k->t->region))
		walk_both(k);
	for (unsigned r = 0; r < 2; r++) {
		template_legal(k->t, &k->runs[r]);
		if (may_deliver(k))
			template_enter(k->t, &k->runs[r]);
	}
}

/* --- asking --- */

static const struct claim_row
	indirect = {"direct", "the real machine never executes it without the monitor", runs_directly},
	control = {"resource-control", "run directly, it changes no real mode, relocation, control, timing, device or host storage", breaks_control},
	transparency = {"transparency", "its trap leaves what the program sees as it was", breaks_transparency},
	invariant = {"invariants", "it keeps the declared invariants", breaks_invariant};
const struct claim_row square_claim = {
	"square", "where it runs directly, it does on both machines what the map relates, and changes nothing of the monitor's", breaks_square};

/* The line about the question that comes now. */
static void topic(const struct corner *k, const struct claim_row *row)
{
	const struct isa *isa = k->t->isa;
	const struct scenario *s = k->setting.scenario;
	struct buf values = {0};

	if (!k->t->options->listener)
		return;
	if (k->t->variant >= 0) {
		buf_printf(&values, " %s ", k->t->instruction->variables[k->t->variant].name);
		ranges_print(&values, k->t->region);
	}
	solver_topic(k->t->solver, "%s%.150s %s %s %s\nclaim: %s", k->t->instruction->name, buf_text(&values), s ? s->name : "any", row->id,
		     s ? isa->levels[k->level].name : "any", row->statement);
	buf_free(&values);
}

enum answer corner_ask(struct corner *k, const struct claim_row *row, struct witness **w)
{
	struct model *model;
	enum answer answer;

	topic(k, row);
	answer = solver_check(k->t->solver, row->broken(&k->setting, k->runs), &model);
	if (answer != ANSWER_SAT)
		return answer;
	*w = replay(k->t, &k->setting, model, k->runs, 2, row->broken);
	if (*w)
		return ANSWER_SAT;
	fprintf(stderr, "isolde: internal error: a witness for %s did not replay\n", k->t->instruction->name);
	++*k->internal;
	return ANSWER_UNKNOWN;
}

static enum verdict verdict_of(enum answer answer)
{
	return answer == ANSWER_SAT ? VERDICT_REFUTED : answer == ANSWER_UNSAT ? VERDICT_PROVED : VERDICT_UNDECIDED;
}

/* Whether a trap of this instruction leaves something that it would have to roll back. */
static void ask_transparency(struct corner *k, struct finding *f)
{
	struct witness *w;
	enum answer answer = corner_ask(k, &transparency, &w);

	f->transparency = verdict_of(answer);
	if (answer == ANSWER_SAT)
		f->leak = witness_json(k->t, w, NULL);
}

/* Whether the square would break where the monitor interprets everything. */
static bool needs_interpretation(const struct corner *k)
{
	struct scenario without = *k->setting.scenario;
	struct corner other = *k;
	struct witness *w;
	enum answer answer;

	if (!without.interpret)
		return false;
	without.interpret = NULL;
	other.setting.scenario = &without;
	solver_listen(k->t->solver, NULL); /* to explain, not to prove */
	answer = corner_ask(&other, &square_claim, &w);
	solver_listen(k->t->solver, k->t->options->listener);
	return answer == ANSWER_SAT;
}

static struct finding ask_square(struct corner *k)
{
	struct finding f = {.values = k->t->region, .control = VERDICT_VACUOUS};
	struct witness *w = NULL;
	enum answer direct = corner_ask(k, &indirect, &w), broken;

	ask_transparency(k, &f);
	f.square = direct == ANSWER_UNSAT ? VERDICT_VACUOUS : VERDICT_UNDECIDED;
	if (direct == ANSWER_SAT && k->t->options->witnesses)
		f.example = witness_json(k->t, w, NULL);
	if (direct == ANSWER_UNSAT)
		return f;
	broken = corner_ask(k, &square_claim, &w);
	if (broken != ANSWER_UNSAT || direct == ANSWER_SAT)
		f.square = verdict_of(broken);
	if (broken == ANSWER_SAT) {
		f.differences = square_differences(&w->setting, w->runs);
		f.witness = witness_json(k->t, w, NULL);
	}
	f.interpreted = broken == ANSWER_UNSAT && needs_interpretation(k);
	f.control = broken == ANSWER_UNSAT ? f.square : verdict_of(corner_ask(k, &control, &w));
	return f;
}

/* --- the result --- */

static bool alike(const struct finding *a, const struct finding *b)
{
	return a->square == b->square && a->control == b->control && a->transparency == b->transparency && a->interpreted == b->interpreted &&
	       (a->differences == b->differences || (a->differences && b->differences && json_equal(a->differences, b->differences)));
}

static void drop(struct finding *f)
{
	json_decref(f->differences);
	json_decref(f->witness);
	json_decref(f->example);
	json_decref(f->leak);
}

static void set_given(json_t *o, const char *key, json_t *value)
{
	if (value)
		json_object_set_new(o, key, value);
}

static json_t *finding_json(const struct corner *k, const struct finding *f)
{
	const struct isa *isa = k->t->isa;
	json_t *o = json_object();
	struct buf text = {0};

	json_object_set_new(o, "level", json_string(isa->levels[k->level].name));
	json_object_set_new(o, "real_level", json_string(isa->levels[k->setting.scenario->map[k->level]].name));
	json_object_set_new(o, "verdict", json_string(verdict_names[f->square]));
	json_object_set_new(o, "resource_control", json_string(verdict_names[f->control]));
	json_object_set_new(o, "transparency", json_string(verdict_names[f->transparency]));
	if (f->interpreted)
		json_object_set_new(o, "interpreted", json_true());
	if (k->t->variant >= 0) {
		ranges_print(&text, f->values);
		json_object_set_new(o, "variable", json_string(k->t->instruction->variables[k->t->variant].name));
		json_object_set_new(o, "values", json_string(buf_text(&text)));
		buf_free(&text);
	}
	set_given(o, "differences", f->differences);
	set_given(o, "witness", f->witness);
	set_given(o, "example", f->example);
	set_given(o, "transparency_witness", f->leak);
	return o;
}

/* Parts about which the same was found become one, with the first one's witness. */
static void add_findings(json_t *list, const struct corner *k, struct finding *f, unsigned count, struct arena *arena)
{
	for (unsigned i = 0; i < count; i++) {
		bool first = true;

		for (unsigned b = 0; b < i; b++)
			first = first && !alike(&f[b], &f[i]);
		if (!first)
			continue;
		for (unsigned b = i + 1; b < count; b++)
			if (alike(&f[b], &f[i]))
				f[i].values = ranges_or(arena, f[i].values, f[b].values);
		json_array_append_new(list, finding_json(k, &f[i]));
	}
	for (unsigned i = 0; i < count; i++) {
		bool first = true;

		for (unsigned b = 0; b < i; b++)
			first = first && !alike(&f[b], &f[i]);
		if (!first)
			drop(&f[i]);
	}
}

static void squares_at(json_t *list, struct corner *k, struct arena *arena, struct solver *solver, const struct isa *isa,
		       const struct instruction *i, const struct options *options)
{
	struct finding *findings = ARENA_ARRAY(arena, struct finding, PARTS_MAX);
	struct ranges todo = template_whole(arena, i), rest;
	unsigned count = 0;

	do {
		corner_new(k, arena, solver, isa, i, options, todo, &rest);
		findings[count++] = ask_square(k);
	} while (todo = rest, todo.count && count < PARTS_MAX);
	add_findings(list, k, findings, count, arena);
}

/* Invariants, once for all scenarios: in any legal state, at any level. */
static json_t *invariants_json(struct arena *arena, struct solver *solver, const struct isa *isa, const struct instruction *i,
			       const struct options *options, unsigned *internal)
{
	struct ranges todo = template_whole(arena, i), next;
	enum verdict all = VERDICT_PROVED;
	json_t *o = json_object(), *witness = NULL;

	do {
		struct template *t = template_new(arena, solver, isa, i, options, todo, &next);
		struct value *start = template_start(t);
		struct corner k = {.t = t, .setting = {.domain = solver_domain(solver), .isa = isa, .profile = PROFILE_EXTENDED, .options = options}, .internal = internal};
		struct witness *w;
		enum verdict one;

		k.runs[0] = k.runs[1] = template_run(t, start, start, t->inputs, value_const(1, 8), false);
		one = verdict_of(corner_ask(&k, &invariant, &w));
		if (one == VERDICT_REFUTED && !witness)
			witness = witness_json(t, w, NULL);
		if (one == VERDICT_REFUTED || (one == VERDICT_UNDECIDED && all == VERDICT_PROVED))
			all = one;
	} while (todo = next, todo.count);
	json_object_set_new(o, "verdict", json_string(verdict_names[all]));
	set_given(o, "witness", witness);
	return o;
}

json_t *prove_instruction(const struct isa *isa, const struct instruction *i, const struct options *options,
			  const struct scenario *only, unsigned *internal, struct solver_counts *counts)
{
	struct arena *arena = arena_new();
	struct solver *solver = solver_new(options->rlimit);
	json_t *result = json_object(), *scenarios = json_object();

	solver_record(solver, options->record);
	solver_listen(solver, options->listener);
	json_object_set_new(result, "name", json_string(i->name));
	for (const struct scenario *s = isa->scenarios; s; s = s->next) {
		json_t *squares = json_array();

		if (only && only != s) {
			json_decref(squares);
			continue;
		}
		for (unsigned v = isa->level_count; v-- > 0;) {
			struct corner k = {.setting = {.domain = solver_domain(solver), .isa = isa, .scenario = s, .profile = PROFILE_EXTENDED, .options = options}, .level = v, .internal = internal};

			if (s->map[v] < 0)
				continue;
			k.setting.alongside = levels_alongside(arena, isa, s, v, options);
			squares_at(squares, &k, arena, solver, isa, i, options);
		}
		json_object_set_new(scenarios, s->name, squares);
	}
	json_object_set_new(result, "squares", scenarios);
	if (isa->invariants)
		json_object_set_new(result, "invariants", invariants_json(arena, solver, isa, i, options, internal));
	*counts = solver_counts(solver);
	solver_free(solver);
	arena_free(arena);
	return result;
}
