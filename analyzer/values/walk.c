#include "walk_private.h"

#include <assert.h>
#include <string.h>

static void run(struct walker *w, struct frame *frame, const struct ir_statement *s, struct flow *flow);

struct value *walker_copy(struct walker *w, const struct value *values, unsigned count)
{
	struct value *copy = arena_alloc(w->arena, count * sizeof *copy);

	memcpy(copy, values, count * sizeof *copy);
	return copy;
}

struct value walker_eval(struct walker *w, const struct frame *frame, const struct flow *flow, const struct ir_expr *e)
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
		return w->d->select(w->d, flow->slots[e->index], walker_eval(w, frame, flow, e->args[0]), e->width);
	case IR_OP: break;
	}
	for (unsigned i = 0; i < e->count; i++) {
		args[i] = walker_eval(w, frame, flow, e->args[i]);
		if (i == 0 && (e->op == OP_land || e->op == OP_lor) && value_is(args[0], e->op == OP_lor))
			return args[0];
		if (i == 0 && e->op == OP_ite && !args[0].term)
			return walker_eval(w, frame, flow, e->args[args[0].bits ? 1 : 2]);
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

void walker_leave(struct walker *w, struct flow *flow, struct value condition, bool is_fault, struct value cause, struct value value)
{
	struct way_out *t = ARENA_NEW(w->arena, struct way_out);

	t->guard = value_and(w->d, flow->guard, condition);
	if (value_is(t->guard, 0))
		return;
	t->is_fault = is_fault;
	t->cause = cause;
	t->value = value;
	if (w->keeps)
		t->slots = walker_copy(w, flow->slots, slot_count(w->isa));
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

void walker_raise(struct walker *w, struct flow *flow, struct value cause, struct value value)
{
	struct value faults, all = value_const(1, 0);

	if (cause_faults(w, cause, &faults) && !value_is(faults, 1))
		walker_leave(w, flow, faults, true, cause, value);
	if (!dead(flow))
		walker_leave(w, flow, all, value_is(faults, 1), cause, value);
	flow->guard = value_const(0, 0);
}

static void give_back(struct walker *w, struct frame *frame, struct flow *flow, struct value result)
{
	struct way_out *r = ARENA_NEW(w->arena, struct way_out);

	r->guard = flow->guard;
	r->way = flow->way;
	r->result = result;
	r->slots = walker_copy(w, flow->slots, slot_count(w->isa));
	*frame->returns_end = r;
	frame->returns_end = &r->next;
	flow->guard = flow->way = value_const(0, 0);
}

/* --- calls --- */

struct value walker_run_function(struct walker *w, const struct ir_function *f, const struct value *args, struct flow *flow)
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
		args[i] = walker_eval(w, frame, flow, s->args[i]);
	w->path = path * 31 + (uint64_t)(uintptr_t)s;
	result = walker_run_function(w, s->callee, args, flow);
	w->path = path;
	if (s->has_target)
		flow->locals[s->index] = result;
}

/* --- statements --- */

static void run_if(struct walker *w, struct frame *frame, const struct ir_statement *s, struct flow *flow)
{
	struct value c = walker_eval(w, frame, flow, s->a), entry = flow->guard, way = flow->way, then_guard, other_guard, then_way, other_way;
	struct flow other;
	int known = w->d->decide(w->d, c);

	if (known >= 0) {
		run(w, frame, known ? s->body : s->other, flow);
		return;
	}
	other = *flow;
	other.slots = walker_copy(w, flow->slots, slot_count(w->isa));
	other.locals = walker_copy(w, flow->locals, frame->f->local_count);
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
	c->slots = walker_copy(w, flow->slots, slot_count(w->isa));
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
	struct value value = walker_eval(w, frame, flow, s->a), *slot = &flow->slots[s->index];

	if (s->kind == IR_PUT_ELEMENT)
		value = w->d->store(w->d, *slot, walker_eval(w, frame, flow, s->b), value);
	*slot = value;
	if (s->index == w->isa->pc)
		flow->slots[extra(w, SLOT_PC_WRITTEN)] = value_const(1, 0);
}

static void run_statement(struct walker *w, struct frame *frame, const struct ir_statement *s, struct flow *flow)
{
	struct value *violated = &flow->slots[extra(w, SLOT_VIOLATED)];

	switch (s->kind) {
	case IR_SET: flow->locals[s->index] = walker_eval(w, frame, flow, s->a); break;
	case IR_PUT:
	case IR_PUT_ELEMENT: run_put(w, frame, s, flow); break;
	case IR_LOAD: walker_load(w, frame, s, flow); break;
	case IR_STORE: walker_store(w, frame, s, flow); break;
	case IR_LOAD_PHYSICAL: walker_load_physical(w, frame, s, flow); break;
	case IR_STORE_PHYSICAL: walker_store_physical(w, frame, s, flow); break;
	case IR_PORT_IN:
	case IR_PORT_OUT: walker_port(w, frame, s, flow); break;
	case IR_CALL: run_call(w, frame, s, flow); break;
	case IR_IF: run_if(w, frame, s, flow); break;
	case IR_FOR: run_for(w, frame, s, flow); break;
	case IR_RAISE: walker_raise(w, flow, walker_eval(w, frame, flow, s->a), walker_eval(w, frame, flow, s->b)); break;
	case IR_FAULT:
		walker_leave(w, flow, value_const(1, 0), true, zero_of(w->isa->cause_width), zero_of(isa_trap_value(w->isa)));
		flow->guard = zero_of(0);
		break;
	case IR_RETURN: give_back(w, frame, flow, s->a ? walker_eval(w, frame, flow, s->a) : zero_of(0)); break;
	case IR_UNPREDICTABLE: run_unpredictable(w, flow); break;
	case IR_ASSERT: *violated = value_or(w->d, *violated, value_not(w->d, walker_eval(w, frame, flow, s->a))); break;
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
	struct flow flow = {value_const(1, 0), value_const(1, 0), walker_copy(&w, input->start, slot_count(input->isa)), NULL};
	struct value result;

	w.traps_end = &w.traps;
	result = walker_run_function(&w, f, args, &flow);
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
static struct value is_complete(struct domain *d, const struct isa *isa, struct value cause)
{
	struct value any = value_const(0, 0);

	for (unsigned i = 0; i < isa->cause_count; i++)
		if (isa->causes[i].complete)
			any = value_or(d, any, value_eq(d, cause, value_const(isa->causes[i].value, cause.width)));
	return any;
}

struct value walk_complete(struct domain *d, const struct isa *isa, const struct outcome *o)
{
	return value_and(d, o->trap, is_complete(d, isa, o->cause));
}

static void keep_of_trap(struct walker *w, struct outcome *o, const struct way_out *t)
{
	struct value complete = value_and(w->d, t->guard, is_complete(w->d, w->isa, t->cause));

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
	o->kept = w->keeps && w->traps ? walker_copy(w, w->in->start, slot_count(isa)) : NULL;
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
	value = walker_run_function(&w, f, args, &flow);
	if (result)
		*result = value;
	o.done = flow.guard;
	collect_traps(&w, &o);
	if (value_is(o.done, 1))
		walker_hand_over(&w);
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
	struct flow flow = {value_const(1, 0), value_const(1, 0), walker_copy(&w, input->start, slot_count(input->isa)), NULL};
	struct outcome o;

	w.traps_end = &w.traps;
	walker_run_function(&w, input->instruction->operation, NULL, &flow);
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
		walker_hand_over(&w);
	return o;
}
