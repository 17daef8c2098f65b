/* Loads, stores and ports: units one by one, in storage or outside. */
#include "walk_private.h"

static struct value offset(struct walker *w, struct value address, unsigned units)
{
	return value_op2(w->d, OP_add, address, value_const(units, address.width));
}

/* Unit number i of an access of `count` units, counted from the lowest address, is which part of the value? */
static unsigned part_of(bool big_endian, unsigned i, unsigned count)
{
	return big_endian ? count - 1 - i : i;
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
	walker_raise(w, flow, value_const(cause, w->isa->cause_width), value_resize(w->d, at, isa_trap_value(w->isa)));
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

void walker_hand_over(const struct walker *w)
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
		pa[i] = walker_translate(w, flow, level, offset(w, va, i), s->access);
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

void walker_load(struct walker *w, const struct frame *frame, const struct ir_statement *s, struct flow *flow)
{
	unsigned unit = w->isa->memory.unit, count = s->width / unit;
	struct value va = walker_eval(w, frame, flow, s->a), level, pa = {0}, first = pa, whole = zero_of(s->width);

	if (s->b)
		level = walker_eval(w, frame, flow, s->b);
	if (w->in->outside && s->split) {
		load_split(w, s, flow, va, s->b ? &level : NULL);
		return;
	}
	for (unsigned i = 0; i < count && !dead(flow); i++) {
		if (i == 0 || s->split)
			pa = walker_translate(w, flow, s->b ? &level : NULL, offset(w, va, i), s->access);
		if (dead(flow) || (i == 0 && load_outside(w, flow, s, pa, va)))
			return;
		first = i ? first : pa;
		whole = assemble(w, whole, walker_reaches_real(w, flow, s->b ? &level : NULL)
						 ? walker_read(w, flow, offset(w, pa, s->split ? 0 : i), unit)
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
void walker_store(struct walker *w, const struct frame *frame, const struct ir_statement *s, struct flow *flow)
{
	unsigned unit = w->isa->memory.unit, count = s->width / unit;
	struct value va = walker_eval(w, frame, flow, s->a), whole = walker_eval(w, frame, flow, s->c), level, pa[BITS_MAX];
	bool outside[BITS_MAX] = {false};

	if (s->b)
		level = walker_eval(w, frame, flow, s->b);
	for (unsigned i = 0; i < count; i++) {
		if (i == 0 || s->split)
			pa[i] = walker_translate(w, flow, s->b ? &level : NULL, offset(w, va, i), s->access);
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
		if (walker_reaches_real(w, flow, s->b ? &level : NULL)) {
			walker_write(w, flow, pa[i], part_value(w, whole, part_of(s->big_endian, i, count), unit));
			continue;
		}
		*memory = w->d->store(w->d, *memory, pa[i], part_value(w, whole, part_of(s->big_endian, i, count), unit));
	}
	if (!outside[0])
		watch(w, flow, ACCESS_STORE, pa[0], whole);
}

void walker_load_physical(struct walker *w, const struct frame *frame, const struct ir_statement *s, struct flow *flow)
{
	unsigned unit = w->isa->memory.unit, count = s->width / unit;
	struct value pa = walker_eval(w, frame, flow, s->a), whole = zero_of(s->width);

	if (load_outside(w, flow, s, pa, pa))
		return;
	for (unsigned i = 0; i < count; i++)
		whole = assemble(w, whole, walker_read(w, flow, offset(w, pa, i), unit), i == 0, s->big_endian);
	watch(w, flow, ACCESS_LOAD, pa, whole);
	flow->locals[s->index] = whole;
}

void walker_store_physical(struct walker *w, const struct frame *frame, const struct ir_statement *s, struct flow *flow)
{
	unsigned unit = w->isa->memory.unit, count = s->width / unit;
	struct value pa = walker_eval(w, frame, flow, s->a), whole = walker_eval(w, frame, flow, s->c);

	if (store_outside(w, flow, s, pa, whole, pa))
		return;
	for (unsigned i = 0; i < count; i++)
		walker_write(w, flow, offset(w, pa, i), part_value(w, whole, part_of(s->big_endian, i, count), unit));
	watch(w, flow, ACCESS_STORE, pa, whole);
}

/* A port holds 8 bits at its number; wider accesses take the following ones, least significant first. */
void walker_port(struct walker *w, const struct frame *frame, const struct ir_statement *s, struct flow *flow)
{
	unsigned count = (s->width + 7) / 8;
	struct value port = walker_eval(w, frame, flow, s->a), whole = zero_of(8 * count), *ports = &flow->slots[extra(w, SLOT_PORTS)];

	if (w->in->outside) {
		if (s->kind == IR_PORT_OUT)
			send(w, true, port.bits, s->width, walker_eval(w, frame, flow, s->c).bits);
		else
			flow->locals[s->index] = value_const(w->in->outside->port_in(w->in->outside->context, port.bits, s->width), s->width);
		return;
	}
	if (s->kind == IR_PORT_OUT) {
		whole = value_resize(w->d, walker_eval(w, frame, flow, s->c), 8 * count);
		for (unsigned i = 0; i < count; i++)
			*ports = w->d->store(w->d, *ports, offset(w, port, i), part_value(w, whole, i, 8));
		flow->slots[extra(w, SLOT_DEVICE_WRITTEN)] = value_const(1, 0);
		return;
	}
	for (unsigned i = 0; i < count; i++)
		whole = assemble(w, whole, w->d->select(w->d, *ports, offset(w, port, i), 8), i == 0, false);
	flow->locals[s->index] = value_resize(w->d, whole, s->width);
}
