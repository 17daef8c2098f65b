/* The allocator's promise (the paper's allocator; theory.md section 4), where the description says how relocation is composed and the
 * translation reads no memory: through the composed relocation, the real machine reaches guest-physical address a at base + a, within
 * the guest's storage, and allows nothing that the guest's own relocation refuses. */
#include "analysis.h"

#include <string.h>

static const char statement[] =
	"the composed relocation leads into the guest's storage, to where the guest's own leads, and allows nothing that it refuses";

struct promise {
	const struct isa *isa;
	const struct scenario *scenario;
	unsigned level;
};

/* What is asked about: in the solver's domain names, in the evaluator's a model's values. */
struct case_of {
	struct domain *d;
	struct value *slots; /* the guest's state */
	struct value base, size, va, access;
};

static struct value *copied(struct arena *arena, const struct promise *p, const struct case_of *k)
{
	unsigned n = slot_count(p->isa);
	struct value *slots = ARENA_ARRAY(arena, struct value, n);

	for (unsigned i = 0; i < n; i++)
		slots[i] = k->slots[i].term ? k->d->copy(k->d, k->slots[i]) : k->slots[i];
	return slots;
}

static struct value translated(struct arena *arena, const struct promise *p, const struct case_of *k, struct value *slots, unsigned level,
			       struct value *allowed)
{
	struct walk_input input = {.domain = k->d, .isa = p->isa, .model = MEMORY_REAL, .view = slots, .start = slots};
	struct value args[3] = {value_const(p->isa->levels[level].value, p->isa->level_width), k->va, k->access};

	slots[p->isa->mode] = args[0];
	return walk_function(arena, &input, p->isa->translate, args, allowed);
}

static struct value invariants_hold(struct arena *arena, const struct promise *p, const struct case_of *k, struct value *slots)
{
	struct walk_input input = {.domain = k->d, .isa = p->isa, .model = MEMORY_REAL, .view = slots, .start = slots};
	struct value all = value_const(1, 0);

	for (const struct invariant *v = p->isa->invariants; v; v = v->next)
		all = value_and(k->d, all, walk_function(arena, &input, v->predicate, NULL, NULL));
	return all;
}

/* Where the board says what is there: an access beyond its storage traps. Devices among the addresses: it is not asked. */
static bool storage_ends(const struct isa *isa)
{
	const struct platform *p = &isa->platform;
	bool ends = p->given && p->unmapped[0] >= 0 && p->unmapped[1] >= 0 && p->unmapped[2] >= 0;

	for (const struct platform_device *d = p->devices; d; d = d->next)
		ends = ends && d->by_port;
	return ends && (p->memory_at || p->memory_size < (u128)1 << isa->memory.address);
}

/* The real machine has storage from `at` on, `units` of them. */
static struct value is_there(const struct promise *p, struct domain *d, struct value at, struct value units)
{
	const struct platform *board = &p->isa->platform;
	u128 from = storage_ends(p->isa) ? board->memory_at : 0;
	u128 to = storage_ends(p->isa) ? board->memory_at + board->memory_size : (u128)1 << p->isa->memory.address;
	struct value above = from ? value_op2(d, OP_ule, value_const(from, at.width), at) : value_const(1, 0);

	return value_and(d, above, value_op2(d, OP_ule, value_op2(d, OP_add, at, units), value_const(to, at.width)));
}

/* [base, base + size) is storage, the real machine allows the access, and the promise is not kept. */
static struct value broken(struct arena *arena, const struct promise *p, const struct case_of *k)
{
	unsigned level = p->level, real = (unsigned)p->scenario->map[level], room = p->isa->memory.address + 2;
	struct value *guest = copied(arena, p, k), *composed = copied(arena, p, k), allowed[2], at[2], base, size, kept;
	struct walk_input input = {.domain = k->d, .isa = p->isa, .model = MEMORY_REAL, .view = composed, .start = k->slots};
	struct value args[3] = {value_const(p->isa->levels[level].value, p->isa->level_width), k->base, k->size};
	struct domain *d = k->d;

	composed[p->isa->mode] = args[0];
	walk_call(arena, &input, p->scenario->composition.relocate, args, composed, NULL);
	at[0] = value_resize(d, translated(arena, p, k, guest, level, &allowed[0]), room);
	at[1] = value_resize(d, translated(arena, p, k, composed, real, &allowed[1]), room);
	if (storage_ends(p->isa))
		allowed[1] = value_and(d, allowed[1], is_there(p, d, at[1], value_const(1, room)));
	base = value_resize(d, k->base, room);
	size = value_resize(d, k->size, room);
	kept = value_and(d, allowed[0], value_eq(d, at[1], value_op2(d, OP_add, base, at[0])));
	kept = value_and(d, kept, value_op2(d, OP_ult, at[0], size));
	return value_and(d, value_and(d, is_there(p, d, base, size), invariants_hold(arena, p, k, guest)), value_and(d, allowed[1], value_not(d, kept)));
}

/* A number of units: whole pages, where there are pages. */
static struct value any_units(struct solver *s, const struct isa *isa, const char *name, unsigned width)
{
	unsigned within = 0;

	while (isa->memory.page >> within > 1)
		within++;
	if (!within || within >= width)
		return solver_constant(s, name, width);
	return value_op2(solver_domain(s), OP_concat, solver_constant(s, name, width - within), value_const(0, within));
}

static struct case_of any_case(struct arena *arena, struct solver *s, const struct promise *p)
{
	const struct isa *isa = p->isa;
	const struct ir_function *f = p->scenario->composition.relocate;
	struct case_of k = {solver_domain(s), ARENA_ARRAY(arena, struct value, slot_count(isa)),
			    any_units(s, isa, "storage.base", f->locals[1].width), any_units(s, isa, "storage.size", f->locals[2].width),
			    solver_constant(s, "translate.va", isa->memory.virtual_address), solver_constant(s, "translate.access", 2)};

	for (unsigned i = 0; i < isa->component_count; i++) {
		const struct component *c = &isa->components[i];

		k.slots[i] = c->count ? solver_array(s, c->name, index_width(c->count), c->width) : solver_constant(s, c->name, c->width);
	}
	for (unsigned e = 0; e < SLOT_EXTRAS; e++)
		k.slots[isa->component_count + e] = value_const(0, 0);
	return k;
}

static struct value in_model(struct solver *s, struct model *model, struct value v)
{
	return value_const(solver_eval(s, model, v), v.width);
}

/* The model's case for the evaluator. */
static struct case_of concrete_case(struct arena *arena, struct solver *s, struct model *model, const struct promise *p, const struct case_of *k)
{
	struct concrete *c = concrete_new(arena, NULL);
	struct case_of out = {concrete_domain(c), ARENA_ARRAY(arena, struct value, slot_count(p->isa)), in_model(s, model, k->base),
			      in_model(s, model, k->size), in_model(s, model, k->va), in_model(s, model, k->access)};

	memcpy(out.slots, k->slots, slot_count(p->isa) * sizeof *out.slots);
	for (unsigned i = 0; i < p->isa->component_count; i++) {
		const struct component *file = &p->isa->components[i];

		if (!file->count) {
			out.slots[i] = in_model(s, model, k->slots[i]);
			continue;
		}
		out.slots[i] = concrete_array(c, i, file->width);
		for (unsigned e = 0; e < file->count; e++) {
			struct value at = value_const(e, index_width(file->count));

			out.d->store(out.d, out.slots[i], at, in_model(s, model, k->d->select(k->d, k->slots[i], at, file->width)));
		}
	}
	return out;
}

static json_t *case_json(const struct promise *p, const struct case_of *k)
{
	json_t *before = json_object();
	char text[BITS_TEXT], other[BITS_TEXT];

	for (unsigned i = 0; i < p->isa->component_count; i++)
		if (p->isa->components[i].role == ROLE_RELOCATION && !p->isa->components[i].count)
			json_object_set_new(before, p->isa->components[i].name, json_string(bits_hex(k->slots[i].bits, text)));
	json_object_set_new(before, "address", json_string(bits_hex(k->va.bits, text)));
	json_object_set_new(before, "storage", json_pack("[s, s]", bits_hex(k->base.bits, text), bits_hex(k->size.bits, other)));
	return before;
}

json_t *allocation_json(const struct isa *isa, const struct options *options, const struct scenario *scenario, unsigned v, unsigned *internal,
			struct solver_counts *counts)
{
	const struct promise p = {isa, scenario, v};
	struct arena *arena;
	struct solver *s;
	struct case_of k;
	struct model *model;
	enum answer answer;
	json_t *o;

	if (!isa->translate || !isa->pure_translation || !scenario->composition.relocate)
		return NULL;
	arena = arena_new();
	s = solver_new(options->rlimit);
	solver_record(s, options->record);
	solver_listen(s, options->listener);
	solver_topic(s, "composition %s %s\nclaim: %s", scenario->name, isa->levels[v].name, statement);
	k = any_case(arena, s, &p);
	answer = solver_check(s, broken(arena, &p, &k), &model);
	o = json_pack("{s:s, s:s, s:s}", "id", "composition", "statement", statement, "verdict", "");
	if (answer == ANSWER_SAT) {
		struct case_of found = concrete_case(arena, s, model, &p, &k);

		if (value_is(broken(arena, &p, &found), 1)) {
			json_object_set_new(o, "case", case_json(&p, &found));
		} else {
			fputs("isolde: internal error: a case against the composition did not replay\n", stderr);
			++*internal;
			answer = ANSWER_UNKNOWN;
		}
	}
	json_object_set_new(o, "verdict", json_string(verdict_names[answer == ANSWER_UNSAT ? VERDICT_PROVED : answer == ANSWER_SAT ? VERDICT_REFUTED : VERDICT_UNDECIDED]));
	solver_counts_add(counts, solver_counts(s));
	solver_free(s);
	arena_free(arena);
	return o;
}
