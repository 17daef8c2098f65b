#include "walk.h"

#include <assert.h>
#include <string.h>

/* One way out of the instruction or the function, under a condition. */
struct way_out {
	struct value guard, way, cause, value, result;
	bool is_fault;
	struct value *slots;
	struct way_out *next;
};

/* A store to what is no storage, kept until the instruction completes. */
struct sent {
	u128 at, value;
	unsigned width;
	bool port;
	struct sent *next;
};

struct walker {
	const struct walk_input *in;
	struct sent *sent, **sent_end;
	struct domain *d;
	const struct isa *isa;
	struct arena *arena;
	struct way_out *traps, **traps_end;
	struct way_out *completions;
	uint64_t path; /* which call of which loop round this is: names UNKNOWN values */
	bool keeps;    /* a trap keeps something: the slots of each trap matter */
	unsigned reads; /* of PHYSICAL_FREE */
};

/* What runs: the state under the condition that this point is reached. `way` is the same without the traps on the way, since the
 * function was entered: which branches were taken. It tells joined states apart, since where something trapped, nothing that is
 * joined is looked at; so what only decides about traps stays out of the values. */
struct flow {
	struct value guard, way;
	struct value *slots;
	struct value *locals;
};

struct frame {
	const struct ir_function *f;
	struct way_out *returns, **returns_end;
};

static void run(struct walker *w, struct frame *frame, const struct ir_statement *s, struct flow *flow);

static unsigned extra(const struct walker *w, enum extra_slot slot)
{
	return w->isa->component_count + slot;
}

static bool dead(const struct flow *flow)
{
	return value_is(flow->guard, 0);
}

static struct value *copy_values(struct walker *w, const struct value *values, unsigned count)
{
	struct value *copy = arena_alloc(w->arena, count * sizeof *copy);

	memcpy(copy, values, count * sizeof *copy);
	return copy;
}

static struct value eval(struct walker *w, const struct frame *frame, const struct flow *flow, const struct ir_expr *e)
{
	struct value args[3];

	switch (e->kind) {
	case IR_CONST: return value_const(e->value, e->width);
	case IR_LOCAL: return flow->locals[e->index];
	case IR_VARIABLE: return w->in->variables[e->index];
	case IR_INPUT: return w->in->inputs[e->index];
	case IR_ADDRESS: return w->in->start[w->isa->pc];
	case IR_UNKNOWN:
		return w->d->unknown(w->d, w->path * 1000003 + frame->f->number * 4099u + e->index + 1, e->width, 0);
	case IR_COMPONENT:
		if (!e->count)
			return flow->slots[e->index];
		return w->d->select(w->d, flow->slots[e->index], eval(w, frame, flow, e->args[0]), e->width);
	case IR_OP: break;
	}
	for (unsigned i = 0; i < e->count; i++) {
		args[i] = eval(w, frame, flow, e->args[i]);
		if (i == 0 && (e->op == OP_land || e->op == OP_lor) && value_is(args[0], e->op == OP_lor))
			return args[0];
		if (i == 0 && e->op == OP_ite && !args[0].term)
			return eval(w, frame, flow, e->args[args[0].bits ? 1 : 2]);
	}
	return value_op(w->d, e->op, args, e->width, e->low);
}

/* --- joining --- */

static void join_values(struct walker *w, struct value c, struct value *a, const struct value *b, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		if (!value_same(a[i], b[i]))
			a[i] = value_ite(w->d, c, a[i], b[i]);
}

/* --- leaving --- */

static void leave(struct walker *w, struct flow *flow, struct value condition, bool is_fault, struct value cause, struct value value)
{
	struct way_out *t = ARENA_NEW(w->arena, struct way_out);

	t->guard = value_and(w->d, flow->guard, condition);
	if (value_is(t->guard, 0))
		return;
	t->is_fault = is_fault;
	t->cause = cause;
	t->value = value;
	if (w->keeps)
		t->slots = copy_values(w, flow->slots, slot_count(w->isa));
	*w->traps_end = t;
	w->traps_end = &t->next;
	flow->guard = value_and(w->d, flow->guard, value_not(w->d, condition));
}

/* A cause that the description marks as a memory trap makes the outcome a fault. */
static bool cause_faults(const struct walker *w, struct value cause, struct value *condition)
{
	*condition = value_const(0, 0);
	for (unsigned i = 0; i < w->isa->cause_count; i++)
		if (w->isa->causes[i].fault)
			*condition = value_or(w->d, *condition, value_eq(w->d, cause, value_const(w->isa->causes[i].value, cause.width)));
	return !value_is(*condition, 0);
}

static void raise(struct walker *w, struct flow *flow, struct value cause, struct value value)
{
	struct value faults, all = value_const(1, 0);

	if (cause_faults(w, cause, &faults) && !value_is(faults, 1))
		leave(w, flow, faults, true, cause, value);
	if (!dead(flow))
		leave(w, flow, all, value_is(faults, 1), cause, value);
	flow->guard = value_const(0, 0);
}

static void give_back(struct walker *w, struct frame *frame, struct flow *flow, struct value result)
{
	struct way_out *r = ARENA_NEW(w->arena, struct way_out);

	r->guard = flow->guard;
	r->way = flow->way;
	r->result = result;
	r->slots = copy_values(w, flow->slots, slot_count(w->isa));
	*frame->returns_end = r;
	frame->returns_end = &r->next;
	flow->guard = flow->way = value_const(0, 0);
}

/* --- calls --- */

static struct value zero_of(unsigned width)
{
	return value_const(0, width);
}

static struct value call(struct walker *w, const struct ir_function *f, const struct value *args, struct flow *flow)
{
	struct frame frame = {.f = f};
	struct way_out **traps_before = w->traps_end, *completions_before = w->completions;
	struct value entry = flow->guard, result = zero_of(f->result);
	struct flow inner = {flow->guard, value_const(1, 0), flow->slots, arena_alloc(w->arena, (f->local_count + 1) * sizeof *args)};
	bool any = false;

	frame.returns_end = &frame.returns;
	for (unsigned i = 0; i < f->local_count; i++)
		inner.locals[i] = i < f->param_count ? args[i] : zero_of(f->locals[i].width);
	run(w, &frame, f->body, &inner);
	if (!dead(&inner))
		give_back(w, &frame, &inner, result);
	flow->guard = zero_of(0);
	for (struct way_out *r = frame.returns; r; r = r->next) {
		if (!any) {
			memcpy(flow->slots, r->slots, slot_count(w->isa) * sizeof *r->slots);
			result = r->result;
			any = true;
		} else { /* a later way out, under its own condition, over the earlier ones */
			struct value *merged = r->slots;

			join_values(w, r->way, merged, flow->slots, slot_count(w->isa));
			memcpy(flow->slots, merged, slot_count(w->isa) * sizeof *merged);
			if (!value_same(r->result, result))
				result = value_ite(w->d, r->way, r->result, result);
		}
		flow->guard = value_or(w->d, flow->guard, r->guard);
	}
	if (w->traps_end == traps_before && w->completions == completions_before)
		flow->guard = entry; /* nothing left on the way */
	return result;
}

static void run_call(struct walker *w, const struct frame *frame, const struct ir_statement *s, struct flow *flow)
{
	struct value args[16], result;
	uint64_t path = w->path;

	assert(s->arg_count <= 16);
	for (unsigned i = 0; i < s->arg_count; i++)
		args[i] = eval(w, frame, flow, s->args[i]);
	w->path = path * 31 + (uint64_t)(uintptr_t)s;
	result = call(w, s->callee, args, flow);
	w->path = path;
	if (s->has_target)
		flow->locals[s->index] = result;
}

/* --- memory --- */

static struct value current_mode(const struct walker *w, const struct flow *flow)
{
	return flow->slots[w->isa->mode];
}

/* The described translation, on these slots. Its way out is a fault of the access. */
static struct value described(struct walker *w, struct flow *flow, struct value *slots, struct value level, struct value va,
			      enum access access)
{
	struct value args[3] = {level, va, value_const(access, 2)};
	struct flow inner = {flow->guard, value_const(1, 0), slots, NULL};
	struct way_out **before = w->traps_end;
	struct value pa;

	if (!w->isa->translate)
		return value_resize(w->d, va, w->isa->memory.address);
	pa = call(w, w->isa->translate, args, &inner);
	flow->guard = inner.guard;
	for (struct way_out *t = *before; t && w->keeps; t = t->next) /* what a trap keeps is the instruction's state */
		t->slots = copy_values(w, flow->slots, slot_count(w->isa));
	return pa;
}

/* What the translation reads: the view, but for what the instruction has changed by now. */
static struct value seen_component(const struct walker *w, const struct flow *flow, unsigned i)
{
	return value_same(flow->slots[i], w->in->start[i]) ? w->in->view[i] : flow->slots[i];
}

/* The instruction has changed relocation or mode by now: its accesses go where its own state says, in real storage. */
static bool moved_by_itself(const struct walker *w, const struct flow *flow)
{
	for (unsigned i = 0; i < w->isa->component_count; i++)
		if ((w->isa->components[i].role == ROLE_RELOCATION || w->isa->components[i].role == ROLE_MODE) &&
		    !value_same(flow->slots[i], w->in->start[i]))
			return w->in->model == MEMORY_VIEW && w->isa->pure_translation;
	return false;
}

/* theory.md section 4: the access goes through the tables that the program sees at its current level. Where the instruction
 * names a level, that is the current level's tables if it is the real level, and that level's own otherwise. */
static struct value translate(struct walker *w, struct flow *flow, const struct value *named, struct value va, enum access access)
{
	struct value level = named ? *named : current_mode(w, flow), args[3], fault, value;

	if (w->in->model == MEMORY_REAL || moved_by_itself(w, flow))
		return described(w, flow, copy_values(w, flow->slots, slot_count(w->isa)), level, va, access);
	if (named)
		level = value_ite(w->d, value_eq(w->d, *named, current_mode(w, flow)), seen_component(w, flow, w->isa->mode), *named);
	else
		level = seen_component(w, flow, w->isa->mode);
	if (w->isa->pure_translation) {
		struct value *slots = copy_values(w, flow->slots, slot_count(w->isa));

		for (unsigned i = 0; i < w->isa->component_count; i++)
			slots[i] = seen_component(w, flow, i);
		if (w->isa->translate) /* its own translation may refuse what the view allows */
			described(w, flow, copy_values(w, flow->slots, slot_count(w->isa)), named ? *named : current_mode(w, flow), va,
				  access);
		if (dead(flow))
			return value_const(0, w->isa->memory.address);
		return described(w, flow, slots, level, va, access);
	}
	args[0] = level;
	args[1] = va;
	args[2] = value_const(access, 2);
	fault = w->d->function(w->d, UF_FAULT, args, 3, 0);
	value = value_resize(w->d, va, isa_trap_value(w->isa));
	leave(w, flow, fault, true, value_const(0, w->isa->cause_width), value);
	return w->d->function(w->d, UF_TRANSLATE, args, 3, w->isa->memory.address);
}

static struct value offset(struct walker *w, struct value address, unsigned units)
{
	return value_op2(w->d, OP_add, address, value_const(units, address.width));
}

/* Unit number i of an access of `count` units, counted from the lowest address, is which part of the value? */
static unsigned part_of(bool big_endian, unsigned i, unsigned count)
{
	return big_endian ? count - 1 - i : i;
}

static struct value *memory_slot(struct walker *w, struct flow *flow)
{
	return &flow->slots[extra(w, SLOT_MEMORY)];
}

bool walk_inverse_candidate(const struct walk_input *input, const struct value *slots, struct value pa, unsigned number,
			    struct value *va)
{
	const struct isa *isa = input->isa;
	const struct component *c = number ? &isa->components[number - 1] : NULL;
	unsigned width = isa->memory.virtual_address;

	if (c && (c->role != ROLE_RELOCATION || c->count || c->width > width))
		return false;
	*va = value_resize(input->domain, pa, width);
	if (c)
		*va = value_op2(input->domain, OP_sub, *va, value_resize(input->domain, slots[number - 1], width));
	return true;
}

/* The run's own translation of va, on its own state: the real address, and whether it allows a load. */
static struct value own_translation(struct walker *w, const struct value *slots, struct value va, struct value *allowed)
{
	struct value args[3] = {slots[w->isa->mode], va, value_const(ACCESS_LOAD, 2)};
	struct walk_input input = *w->in;

	input.start = slots;
	if (!w->isa->translate) {
		*allowed = value_const(1, 0);
		return value_resize(w->d, va, w->isa->memory.address);
	}
	return walk_function(w->arena, &input, w->isa->translate, args, allowed);
}

/* Where the program sees real address pa, before the instruction: *visible says whether it does; the result is the guest-physical address. Candidates
 * that the run's own translation takes to pa are certain; what else there may be is left open, unless the candidates are all. */
static struct value seen_at(struct walker *w, struct value pa, struct value *visible)
{
	struct value args[2] = {w->in->run, pa}, va, inverse;

	*visible = w->in->exact_inverse ? value_const(0, 0) : w->d->function(w->d, UF_VISIBLE, args, 2, 0);
	inverse = w->in->exact_inverse ? pa : w->d->function(w->d, UF_INVERSE, args, 2, pa.width);
	for (unsigned i = 0; w->isa->pure_translation && i <= w->isa->component_count; i++) {
		struct value *view, allowed, hit, at;

		if (!walk_inverse_candidate(w->in, w->in->start, pa, i, &va))
			continue;
		hit = value_eq(w->d, own_translation(w, w->in->start, va, &allowed), pa);
		hit = value_and(w->d, hit, allowed);
		view = copy_values(w, w->in->start, slot_count(w->isa));
		memcpy(view, w->in->view, w->isa->component_count * sizeof *view);
		at = own_translation(w, view, va, &allowed);
		hit = value_and(w->d, hit, allowed); /* a word that the view refuses is not one that both runs share */
		inverse = value_ite(w->d, hit, at, inverse);
		*visible = value_or(w->d, *visible, hit);
	}
	return inverse;
}

/* The array that every untranslated access reaches, if it is one; NULL where the program's view decides. */
static struct value *physical_slot(struct walker *w, struct flow *flow)
{
	if (w->in->model == MEMORY_REAL || w->in->physical == PHYSICAL_GUEST)
		return memory_slot(w, flow);
	return w->in->physical == PHYSICAL_HOST ? &flow->slots[extra(w, SLOT_HOST)] : NULL;
}

/* Untranslated: in the view, an address either holds a word that the program sees, or one of the host's. */
static struct value read_physical(struct walker *w, struct flow *flow, struct value pa, unsigned unit)
{
	struct value visible, inverse, *only = physical_slot(w, flow);

	if (w->in->physical == PHYSICAL_FREE)
		return w->d->unknown(w->d, WALK_READ + w->reads++, unit, 0);
	if (only)
		return w->d->select(w->d, *only, pa, unit);
	inverse = seen_at(w, pa, &visible);
	return value_ite(w->d, visible, w->d->select(w->d, *memory_slot(w, flow), inverse, unit),
			 w->d->select(w->d, flow->slots[extra(w, SLOT_HOST)], pa, unit));
}

static void write_physical(struct walker *w, struct flow *flow, struct value pa, struct value value)
{
	struct value visible, inverse, *seen = memory_slot(w, flow);
	struct value *host = &flow->slots[extra(w, SLOT_HOST)], *only = physical_slot(w, flow);

	if (only) {
		*only = w->d->store(w->d, *only, pa, value);
		return;
	}
	inverse = seen_at(w, pa, &visible);
	switch (w->d->decide(w->d, visible)) {
	case 1: *seen = w->d->store(w->d, *seen, inverse, value); break;
	case 0: *host = w->d->store(w->d, *host, pa, value); break;
	default:
		*seen = value_ite(w->d, visible, w->d->store(w->d, *seen, inverse, value), *seen);
		*host = value_ite(w->d, visible, *host, w->d->store(w->d, *host, pa, value));
	}
}

static struct value assemble(struct walker *w, struct value whole, struct value part, bool first, bool big_endian)
{
	if (first)
		return part;
	return big_endian ? value_op2(w->d, OP_concat, whole, part) : value_op2(w->d, OP_concat, part, whole);
}

/* --- what is no storage (walk_outside) --- */

static void nothing_there(struct walker *w, struct flow *flow, u128 cause, struct value at)
{
	raise(w, flow, value_const(cause, w->isa->cause_width), value_resize(w->d, at, isa_trap_value(w->isa)));
}

/* Whether `width` bits at pa are not in storage: then *whole is what the outside gives; `at` is the address that a trap reports. */
static bool from_outside(struct walker *w, struct flow *flow, const struct ir_statement *s, struct value pa, unsigned width, struct value at,
			 struct value *whole)
{
	const struct walk_outside *o = w->in->outside;
	u128 value, cause;

	if (!o || o->is_storage(o->context, pa.bits, width / w->isa->memory.unit))
		return false;
	if (o->load(o->context, pa.bits, width, s->big_endian, s->access, &value, &cause))
		*whole = value_const(value, width);
	else
		nothing_there(w, flow, cause, at);
	return true;
}

static bool load_outside(struct walker *w, struct flow *flow, const struct ir_statement *s, struct value pa, struct value at)
{
	return !s->split && from_outside(w, flow, s, pa, s->width, at, &flow->locals[s->index]);
}

static void send(struct walker *w, bool port, u128 at, unsigned width, u128 value)
{
	struct sent *sent = ARENA_NEW(w->arena, struct sent);

	*sent = (struct sent){.at = at, .value = value, .width = width, .port = port};
	if (!w->sent)
		w->sent_end = &w->sent;
	*w->sent_end = sent;
	w->sent_end = &sent->next;
}

/* As from_outside. */
static bool to_outside(struct walker *w, struct flow *flow, struct value pa, struct value value, struct value at)
{
	const struct walk_outside *o = w->in->outside;
	u128 cause;

	if (!o || o->is_storage(o->context, pa.bits, value.width / w->isa->memory.unit))
		return false;
	if (o->can_store(o->context, pa.bits, &cause))
		send(w, false, pa.bits, value.width, value.bits);
	else
		nothing_there(w, flow, cause, at);
	return true;
}

static bool store_outside(struct walker *w, struct flow *flow, const struct ir_statement *s, struct value pa, struct value value, struct value at)
{
	return !s->split && to_outside(w, flow, pa, value, at);
}

/* The units of a split access that lie one behind the other after all: the outside sees one access. */
static bool together(const struct value *pa, unsigned count)
{
	for (unsigned i = 1; i < count; i++)
		if (pa[i].bits != pa[0].bits + i)
			return false;
	return true;
}

static void hand_over(const struct walker *w)
{
	const struct walk_outside *o = w->in->outside;

	for (const struct sent *s = w->sent; s; s = s->next)
		(s->port ? o->port_out : o->store)(o->context, s->at, s->width, s->value);
}

static void watch(const struct walker *w, const struct flow *flow, enum access access, struct value pa, struct value value)
{
	const struct walk_outside *o = w->in->outside;

	if (o && o->watch && !dead(flow))
		o->watch(o->context, access, pa.bits, value.width, value.bits);
}

/* On a machine with an outside: every unit is translated, then read. */
static void load_split(struct walker *w, const struct ir_statement *s, struct flow *flow, struct value va, const struct value *level)
{
	unsigned unit = w->isa->memory.unit, count = s->width / unit;
	struct value pa[BITS_MAX], whole = zero_of(s->width), part = zero_of(unit);

	for (unsigned i = 0; i < count; i++) {
		pa[i] = translate(w, flow, level, offset(w, va, i), s->access);
		if (dead(flow))
			return;
	}
	if (together(pa, count) && from_outside(w, flow, s, pa[0], s->width, va, &flow->locals[s->index]))
		return;
	for (unsigned i = 0; i < count; i++) {
		if (!from_outside(w, flow, s, pa[i], unit, offset(w, va, i), &part))
			part = w->d->select(w->d, *memory_slot(w, flow), pa[i], unit);
		if (dead(flow))
			return;
		whole = assemble(w, whole, part, i == 0, s->big_endian);
	}
	watch(w, flow, s->access, pa[0], whole);
	flow->locals[s->index] = whole;
}

static void run_load(struct walker *w, const struct frame *frame, const struct ir_statement *s, struct flow *flow)
{
	unsigned unit = w->isa->memory.unit, count = s->width / unit;
	struct value va = eval(w, frame, flow, s->a), level, pa = {0}, first = pa, whole = zero_of(s->width);

	if (s->b)
		level = eval(w, frame, flow, s->b);
	if (w->in->outside && s->split) {
		load_split(w, s, flow, va, s->b ? &level : NULL);
		return;
	}
	for (unsigned i = 0; i < count && !dead(flow); i++) {
		if (i == 0 || s->split)
			pa = translate(w, flow, s->b ? &level : NULL, offset(w, va, i), s->access);
		if (dead(flow) || (i == 0 && load_outside(w, flow, s, pa, va)))
			return;
		first = i ? first : pa;
		whole = assemble(w, whole, moved_by_itself(w, flow)
						 ? read_physical(w, flow, offset(w, pa, s->split ? 0 : i), unit)
						 : w->d->select(w->d, *memory_slot(w, flow), offset(w, pa, s->split ? 0 : i), unit),
				 i == 0, s->big_endian);
	}
	watch(w, flow, s->access, first, whole);
	flow->locals[s->index] = whole;
}

static struct value part_value(struct walker *w, struct value whole, unsigned part, unsigned unit)
{
	return whole.width == unit ? whole : value_op(w->d, OP_extract, &whole, unit, part * unit);
}

/* Which units of a split store go outside; those are sent. */
static void store_split(struct walker *w, const struct ir_statement *s, struct flow *flow, struct value va, const struct value *pa,
			struct value whole, bool *outside)
{
	unsigned unit = w->isa->memory.unit, count = s->width / unit;
	bool all = together(pa, count) && to_outside(w, flow, pa[0], whole, va);

	for (unsigned i = 0; i < count && !dead(flow); i++)
		outside[i] = all || to_outside(w, flow, pa[i], part_value(w, whole, part_of(s->big_endian, i, count), unit), offset(w, va, i));
}

/* All units are translated before the first is written: a fault in the second leaves the first as it was. */
static void run_store(struct walker *w, const struct frame *frame, const struct ir_statement *s, struct flow *flow)
{
	unsigned unit = w->isa->memory.unit, count = s->width / unit;
	struct value va = eval(w, frame, flow, s->a), whole = eval(w, frame, flow, s->c), level, pa[BITS_MAX];
	bool outside[BITS_MAX] = {false};

	if (s->b)
		level = eval(w, frame, flow, s->b);
	for (unsigned i = 0; i < count; i++) {
		if (i == 0 || s->split)
			pa[i] = translate(w, flow, s->b ? &level : NULL, offset(w, va, i), s->access);
		else
			pa[i] = offset(w, pa[0], i);
		if (dead(flow) || (i == 0 && store_outside(w, flow, s, pa[0], whole, va)))
			return;
	}
	if (w->in->outside && s->split)
		store_split(w, s, flow, va, pa, whole, outside);
	for (unsigned i = 0; i < count && !dead(flow); i++) {
		struct value *memory = memory_slot(w, flow);

		if (outside[i])
			continue;
		if (moved_by_itself(w, flow)) {
			write_physical(w, flow, pa[i], part_value(w, whole, part_of(s->big_endian, i, count), unit));
			continue;
		}
		*memory = w->d->store(w->d, *memory, pa[i], part_value(w, whole, part_of(s->big_endian, i, count), unit));
	}
	if (!outside[0])
		watch(w, flow, ACCESS_STORE, pa[0], whole);
}

static void run_load_physical(struct walker *w, const struct frame *frame, const struct ir_statement *s, struct flow *flow)
{
	unsigned unit = w->isa->memory.unit, count = s->width / unit;
	struct value pa = eval(w, frame, flow, s->a), whole = zero_of(s->width);

	if (load_outside(w, flow, s, pa, pa))
		return;
	for (unsigned i = 0; i < count; i++)
		whole = assemble(w, whole, read_physical(w, flow, offset(w, pa, i), unit), i == 0, s->big_endian);
	watch(w, flow, ACCESS_LOAD, pa, whole);
	flow->locals[s->index] = whole;
}

static void run_store_physical(struct walker *w, const struct frame *frame, const struct ir_statement *s, struct flow *flow)
{
	unsigned unit = w->isa->memory.unit, count = s->width / unit;
	struct value pa = eval(w, frame, flow, s->a), whole = eval(w, frame, flow, s->c);

	if (store_outside(w, flow, s, pa, whole, pa))
		return;
	for (unsigned i = 0; i < count; i++)
		write_physical(w, flow, offset(w, pa, i), part_value(w, whole, part_of(s->big_endian, i, count), unit));
	watch(w, flow, ACCESS_STORE, pa, whole);
}

/* A port holds 8 bits at its number; wider accesses take the following ones, least significant first. */
static void run_port(struct walker *w, const struct frame *frame, const struct ir_statement *s, struct flow *flow)
{
	unsigned count = (s->width + 7) / 8;
	struct value port = eval(w, frame, flow, s->a), whole = zero_of(8 * count), *ports = &flow->slots[extra(w, SLOT_PORTS)];

	if (w->in->outside) {
		if (s->kind == IR_PORT_OUT)
			send(w, true, port.bits, s->width, eval(w, frame, flow, s->c).bits);
		else
			flow->locals[s->index] = value_const(w->in->outside->port_in(w->in->outside->context, port.bits, s->width), s->width);
		return;
	}
	if (s->kind == IR_PORT_OUT) {
		whole = value_resize(w->d, eval(w, frame, flow, s->c), 8 * count);
		for (unsigned i = 0; i < count; i++)
			*ports = w->d->store(w->d, *ports, offset(w, port, i), part_value(w, whole, i, 8));
		flow->slots[extra(w, SLOT_DEVICE_WRITTEN)] = value_const(1, 0);
		return;
	}
	for (unsigned i = 0; i < count; i++)
		whole = assemble(w, whole, w->d->select(w->d, *ports, offset(w, port, i), 8), i == 0, false);
	flow->locals[s->index] = value_resize(w->d, whole, s->width);
}

/* --- statements --- */

static void run_if(struct walker *w, struct frame *frame, const struct ir_statement *s, struct flow *flow)
{
	struct value c = eval(w, frame, flow, s->a), entry = flow->guard, way = flow->way, then_guard, other_guard, then_way, other_way;
	struct flow other;
	int known = w->d->decide(w->d, c);

	if (known >= 0) {
		run(w, frame, known ? s->body : s->other, flow);
		return;
	}
	other = *flow;
	other.slots = copy_values(w, flow->slots, slot_count(w->isa));
	other.locals = copy_values(w, flow->locals, frame->f->local_count);
	flow->guard = then_guard = value_and(w->d, entry, c);
	other.guard = other_guard = value_and(w->d, entry, value_not(w->d, c));
	flow->way = then_way = value_and(w->d, way, c);
	other.way = other_way = value_and(w->d, way, value_not(w->d, c));
	run(w, frame, s->body, flow);
	run(w, frame, s->other, &other);
	flow->way = value_same(flow->way, then_way) && value_same(other.way, other_way) ? way : value_or(w->d, flow->way, other.way);
	if (dead(flow)) {
		memcpy(flow->slots, other.slots, slot_count(w->isa) * sizeof *other.slots);
		memcpy(flow->locals, other.locals, frame->f->local_count * sizeof *other.locals);
		flow->guard = other.guard;
		return;
	}
	if (dead(&other))
		return;
	join_values(w, c, flow->slots, other.slots, slot_count(w->isa));
	join_values(w, c, flow->locals, other.locals, frame->f->local_count);
	if (value_same(flow->guard, then_guard) && value_same(other.guard, other_guard))
		flow->guard = entry;
	else
		flow->guard = value_or(w->d, flow->guard, other.guard);
}

static void run_for(struct walker *w, struct frame *frame, const struct ir_statement *s, struct flow *flow)
{
	unsigned width = frame->f->locals[s->index].width;
	uint64_t path = w->path;
	u128 i = s->first;

	for (unsigned round = 0; round < s->rounds && !dead(flow); round++, i += s->step) {
		w->path = path * 37 + round + 1;
		flow->locals[s->index] = value_const(i, width);
		run(w, frame, s->body, flow);
	}
	w->path = path;
}

/* The instruction completes with any value in the general registers and the pc; the way out joins the others at the end. */
static void run_unpredictable(struct walker *w, struct flow *flow)
{
	struct way_out *c = ARENA_NEW(w->arena, struct way_out);

	c->guard = flow->guard;
	c->slots = copy_values(w, flow->slots, slot_count(w->isa));
	for (unsigned i = 0; i < w->isa->component_count; i++) {
		const struct component *k = &w->isa->components[i];

		if (k->role == ROLE_GENERAL || k->role == ROLE_PC)
			c->slots[i] = w->d->unknown(w->d, w->path * 1000003 + 77u * i + 5, k->width, k->count ? index_width(k->count) : 0);
	}
	c->slots[extra(w, SLOT_PC_WRITTEN)] = value_const(1, 0);
	c->next = w->completions;
	w->completions = c;
	flow->guard = value_const(0, 0);
}

static void run_put(struct walker *w, const struct frame *frame, const struct ir_statement *s, struct flow *flow)
{
	struct value value = eval(w, frame, flow, s->a), *slot = &flow->slots[s->index];

	if (s->kind == IR_PUT_ELEMENT)
		value = w->d->store(w->d, *slot, eval(w, frame, flow, s->b), value);
	*slot = value;
	if (s->index == w->isa->pc)
		flow->slots[extra(w, SLOT_PC_WRITTEN)] = value_const(1, 0);
}

static void run_statement(struct walker *w, struct frame *frame, const struct ir_statement *s, struct flow *flow)
{
	struct value *violated = &flow->slots[extra(w, SLOT_VIOLATED)];

	switch (s->kind) {
	case IR_SET: flow->locals[s->index] = eval(w, frame, flow, s->a); break;
	case IR_PUT:
	case IR_PUT_ELEMENT: run_put(w, frame, s, flow); break;
	case IR_LOAD: run_load(w, frame, s, flow); break;
	case IR_STORE: run_store(w, frame, s, flow); break;
	case IR_LOAD_PHYSICAL: run_load_physical(w, frame, s, flow); break;
	case IR_STORE_PHYSICAL: run_store_physical(w, frame, s, flow); break;
	case IR_PORT_IN:
	case IR_PORT_OUT: run_port(w, frame, s, flow); break;
	case IR_CALL: run_call(w, frame, s, flow); break;
	case IR_IF: run_if(w, frame, s, flow); break;
	case IR_FOR: run_for(w, frame, s, flow); break;
	case IR_RAISE: raise(w, flow, eval(w, frame, flow, s->a), eval(w, frame, flow, s->b)); break;
	case IR_FAULT:
		leave(w, flow, value_const(1, 0), true, zero_of(w->isa->cause_width), zero_of(isa_trap_value(w->isa)));
		flow->guard = zero_of(0);
		break;
	case IR_RETURN: give_back(w, frame, flow, s->a ? eval(w, frame, flow, s->a) : zero_of(0)); break;
	case IR_UNPREDICTABLE: run_unpredictable(w, flow); break;
	case IR_ASSERT: *violated = value_or(w->d, *violated, value_not(w->d, eval(w, frame, flow, s->a))); break;
	case IR_STATEMENT_COUNT: break;
	}
}

static void run(struct walker *w, struct frame *frame, const struct ir_statement *s, struct flow *flow)
{
	for (; s && !dead(flow); s = s->next)
		run_statement(w, frame, s, flow);
}

static struct walker new_walker(struct arena *arena, const struct walk_input *input)
{
	struct walker w = {.in = input, .d = input->domain, .isa = input->isa, .arena = arena};

	for (unsigned i = 0; i < input->isa->component_count; i++)
		w.keeps = w.keeps || input->isa->components[i].keeps;
	for (unsigned i = 0; i < input->isa->cause_count; i++)
		w.keeps = w.keeps || input->isa->causes[i].complete;
	return w;
}

struct value walk_function(struct arena *arena, const struct walk_input *input, const struct ir_function *f,
			   const struct value *args, struct value *completes)
{
	struct walker w = new_walker(arena, input);
	struct flow flow = {value_const(1, 0), value_const(1, 0), copy_values(&w, input->start, slot_count(input->isa)), NULL};
	struct value result;

	w.traps_end = &w.traps;
	result = call(&w, f, args, &flow);
	if (completes)
		*completes = flow.guard;
	return result;
}

/* Where control goes: the description's trap_target, or the highest level. It sees the state before the instruction. */
static struct value trap_target(struct walker *w, struct value cause)
{
	const struct isa *isa = w->isa;
	struct value args[2] = {cause, w->in->start[isa->mode]};

	if (!isa->trap_target)
		return value_const(isa->levels[isa->level_count - 1].value, isa->level_width);
	return walk_function(w->arena, w->in, isa->trap_target, args, NULL);
}

/* The cause is one that comes when the instruction is complete. */
static struct value is_complete(struct walker *w, const struct way_out *t)
{
	struct value any = value_const(0, 0);

	for (unsigned i = 0; i < w->isa->cause_count; i++)
		if (w->isa->causes[i].complete)
			any = value_or(w->d, any, value_eq(w->d, t->cause, value_const(w->isa->causes[i].value, t->cause.width)));
	return any;
}

static void keep_of_trap(struct walker *w, struct outcome *o, const struct way_out *t)
{
	struct value complete = value_and(w->d, t->guard, is_complete(w, t));

	for (unsigned i = 0; i < w->isa->component_count; i++) {
		struct value kept = w->isa->components[i].keeps ? t->guard : complete;

		if (!value_is(kept, 0) && !value_same(o->kept[i], t->slots[i]))
			o->kept[i] = value_ite(w->d, kept, t->slots[i], o->kept[i]);
	}
}

static void collect_traps(struct walker *w, struct outcome *o)
{
	const struct isa *isa = w->isa;

	o->trap = o->fault = value_const(0, 0);
	o->kept = w->keeps && w->traps ? copy_values(w, o->slots, slot_count(isa)) : o->slots;
	o->cause = zero_of(isa->cause_width);
	o->value = zero_of(isa_trap_value(isa));
	for (struct way_out *t = w->traps; t; t = t->next) {
		struct value *which = t->is_fault ? &o->fault : &o->trap;
		bool first = t == w->traps;

		*which = value_or(w->d, *which, t->guard);
		o->cause = first ? t->cause : value_ite(w->d, t->guard, t->cause, o->cause);
		o->value = first ? t->value : value_ite(w->d, t->guard, t->value, o->value);
		if (w->keeps)
			keep_of_trap(w, o, t);
	}
	o->target = w->traps ? trap_target(w, o->cause) : zero_of(isa->level_width);
}

struct outcome walk_call(struct arena *arena, const struct walk_input *input, const struct ir_function *f, const struct value *args,
			 struct value *slots, struct value *result)
{
	struct walker w = new_walker(arena, input);
	struct flow flow = {value_const(1, 0), value_const(1, 0), slots, NULL};
	struct outcome o = {.slots = slots};
	struct value value;

	w.traps_end = &w.traps;
	value = call(&w, f, args, &flow);
	if (result)
		*result = value;
	o.done = flow.guard;
	collect_traps(&w, &o);
	if (value_is(o.done, 1))
		hand_over(&w);
	return o;
}

void walk_trap_entry(struct arena *arena, const struct walk_input *input, struct value *slots, struct value cause, struct value pc,
		     struct value value)
{
	struct value args[3] = {cause, pc, value};

	if (input->isa->trap_entry)
		walk_call(arena, input, input->isa->trap_entry, args, slots, NULL);
}

static struct value prefix_length(struct walker *w, unsigned prefix, struct value there, unsigned width)
{
	unsigned units = w->isa->prefixes[prefix].pattern.width / w->isa->memory.unit;

	return value_ite(w->d, value_eq(w->d, there, value_const(1, 1)), value_const(units, width), value_const(0, width));
}

/* The pc moves on by the length of the instruction, unless the operation wrote it. */
static void advance_pc(struct walker *w, struct flow *flow)
{
	const struct isa *isa = w->isa;
	const struct instruction *i = w->in->instruction;
	struct value *pc = &flow->slots[isa->pc], *written = &flow->slots[extra(w, SLOT_PC_WRITTEN)];
	struct value length = value_const(i->length, pc->width), next;

	for (unsigned o = 0; o < i->operand_count; o++) {
		const struct operand *operand = &i->operands[o];
		struct value bits = zero_of(0), n;
		bool first = true;

		if (!operand->decoder->length)
			continue;
		for (unsigned k = 0; k <= operand->from_count; k++) {
			unsigned v = operand->variable, width;
			u128 fixed;

			if (k < operand->from_count && operand_fixed(operand->from[k], &width, &fixed)) {
				n = value_const(fixed, width);
			} else {
				if (k < operand->from_count)
					for (v = 0; strcmp(i->variables[v].name, operand->from[k]); v++)
						;
				if (v == ~0u)
					continue;
				n = w->in->variables[v];
			}
			bits = first ? n : value_op2(w->d, OP_concat, bits, n);
			first = false;
		}
		n = walk_function(w->arena, w->in, operand->decoder->length, &bits, NULL);
		length = value_op2(w->d, OP_add, length, value_resize(w->d, n, pc->width));
	}
	for (unsigned v = 0; v < i->variable_count; v++)
		if (i->variables[v].is_prefix && !i->variables[v].location.count)
			length = value_op2(w->d, OP_add, length, prefix_length(w, i->variables[v].prefix, w->in->variables[v], pc->width));
	next = value_op2(w->d, OP_add, *pc, length);
	*pc = value_ite(w->d, *written, *pc, next);
}

struct outcome walk_instruction(struct arena *arena, const struct walk_input *input)
{
	struct walker w = new_walker(arena, input);
	struct flow flow = {value_const(1, 0), value_const(1, 0), copy_values(&w, input->start, slot_count(input->isa)), NULL};
	struct outcome o;

	w.traps_end = &w.traps;
	call(&w, input->instruction->operation, NULL, &flow);
	if (!dead(&flow))
		advance_pc(&w, &flow);
	o.done = flow.guard;
	for (struct way_out *c = w.completions; c; c = c->next) {
		join_values(&w, c->guard, c->slots, flow.slots, slot_count(w.isa));
		memcpy(flow.slots, c->slots, slot_count(w.isa) * sizeof *c->slots);
		o.done = value_or(w.d, o.done, c->guard);
	}
	o.slots = flow.slots;
	collect_traps(&w, &o);
	if (value_is(o.done, 1))
		hand_over(&w);
	return o;
}
