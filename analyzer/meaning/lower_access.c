/* Built-in functions that reach memory, ports and the translation. */
#include "lower_call.h"

#include <string.h>

static struct ir_expr *misaligned(struct lowering *l, struct ir_expr *va, unsigned units)
{
	struct ir_expr *low = ir_op2(l->arena, OP_and, va, ir_const(l->arena, units - 1, va->width));

	return ir_op1(l->arena, OP_lnot, ir_op2(l->arena, OP_eq, low, ir_const(l->arena, 0, va->width)));
}

static void emit_raise(struct lowering *l, u128 cause, struct ir_expr *value)
{
	struct ir_statement *s = emit(l, IR_RAISE);

	s->a = ir_const(l->arena, cause, l->isa->cause_width);
	s->b = ir_resize(l->arena, value, isa_trap_value(l->isa), false);
}

static u128 cause_value(const struct isa *isa, const char *name)
{
	for (unsigned i = 0; name && i < isa->cause_count; i++)
		if (!strcmp(isa->causes[i].name, name))
			return isa->causes[i].value;
	return 0;
}

/* Sets the alignment rule of one access; returns whether every unit is translated on its own. */
static bool alignment(struct lowering *l, const struct syntax *n, struct ir_expr *va, unsigned units, bool store)
{
	const struct memory *m = &l->isa->memory;
	const struct syntax *align = call_option(n, "align");
	u128 least = m->natural ? units : 1;
	struct ir_statement *s, **tail;

	if (align)
		lower_constant(l, align, &least);
	if (least & (least - 1))
		bad(l, E_TYPE, align ? align : n, "an alignment is a power of two");
	if (units == 1 || least <= 1 || least & (least - 1))
		return units > 1;
	s = emit(l, IR_IF);
	s->a = misaligned(l, va, (unsigned)least);
	tail = l->tail;
	l->tail = &s->body;
	if (store ? m->misaligned_store != NULL : m->misaligned_load != NULL)
		emit_raise(l, cause_value(l->isa, store ? m->misaligned_store : m->misaligned_load), va);
	else
		emit(l, IR_FAULT);
	l->tail = tail;
	return least < units;
}

static void access_options(struct lowering *l, const struct syntax *n, struct ir_statement *s)
{
	const struct syntax *o;

	o = call_option(n, "endian");
	s->big_endian = l->isa->memory.big_endian;
	if (o) {
		if (o->kind != SYN_NAME || (strcmp(o->text, "big") && strcmp(o->text, "little")))
			bad(l, E_VALUE, o, "endian is big or little");
		else
			s->big_endian = o->text[0] == 'b';
	}
	o = call_option(n, "access");
	if (o) {
		u128 access;

		if (lower_constant(l, o, &access) && access <= ACCESS_FETCH)
			s->access = (enum access)access;
	}
}

/* If a register file lies in the way, wraps the access: `inside` gets the element's branch. Returns the file's index. */
static struct ir_expr *aliased(struct lowering *l, const struct component *c, struct ir_expr *va, struct ir_expr **index)
{
	struct ir_expr *first = ir_const(l->arena, c->alias_at, va->width);
	struct ir_expr *last = ir_const(l->arena, c->alias_at + c->count - 1, va->width);

	*index = ir_op2(l->arena, OP_sub, va, first);
	*index = ir_resize(l->arena, *index, index_width(c->count), false);
	return ir_op2(l->arena, OP_land, ir_op2(l->arena, OP_ule, first, va), ir_op2(l->arena, OP_ule, va, last));
}

static struct ir_statement **enter_alias(struct lowering *l, struct ir_expr *va, unsigned width, unsigned local,
					 struct ir_expr *stored)
{
	for (unsigned i = 0; i < l->isa->component_count; i++) {
		const struct component *c = &l->isa->components[i];
		struct ir_statement *s, **after;
		struct ir_expr *index;

		if (!c->alias_memory || c->width != width)
			continue;
		s = emit(l, IR_IF);
		s->a = aliased(l, c, va, &index);
		after = l->tail;
		l->tail = &s->body;
		if (stored) {
			write_component(l, i, index, stored);
		} else {
			struct ir_expr *e = ir_ref(l->arena, IR_COMPONENT, i, c->width);
			struct ir_statement *set = emit(l, IR_SET);

			e->count = 1;
			e->args[0] = index;
			set->index = local;
			set->has_target = true;
			set->a = e;
		}
		l->tail = &s->other;
		return after;
	}
	return NULL;
}

struct typed lower_load(struct lowering *l, const struct syntax *n)
{
	const struct memory *m = &l->isa->memory;
	unsigned width = call_width(l, n, m->unit), local;
	struct ir_statement *s, **after, options = {0};
	struct ir_expr *va, *level = NULL;
	bool split;

	if (!width || !call_arity(l, n, 1, 1) || !call_known_options(l, n))
		return (struct typed){0};
	va = lower_bits(l, n->children[0], m->virtual_address);
	if (call_option(n, "level"))
		level = lower_bits(l, call_option(n, "level"), l->isa->level_width);
	if (!va || (call_option(n, "level") && !level))
		return (struct typed){0};
	access_options(l, n, &options);
	split = alignment(l, n, va, width / m->unit, options.access == ACCESS_STORE); /* a read that announces a write */
	local = new_local(l, "loaded", width);
	after = enter_alias(l, va, width, local, NULL);
	s = emit(l, IR_LOAD);
	s->access = options.access;
	s->big_endian = options.big_endian;
	s->index = local;
	s->has_target = true;
	s->width = width;
	s->a = va;
	s->b = level;
	s->split = split;
	if (after)
		l->tail = after;
	return good(ir_ref(l->arena, IR_LOCAL, local, width));
}

struct typed lower_store(struct lowering *l, const struct syntax *n)
{
	const struct memory *m = &l->isa->memory;
	unsigned width = call_width(l, n, m->unit);
	struct ir_statement *s, **after, **mark;
	struct ir_expr *va, *level = NULL, *value;
	bool split;

	if (!width || !call_arity(l, n, 2, 2) || !call_known_options(l, n))
		return (struct typed){0};
	va = lower_bits(l, n->children[0], m->virtual_address);
	mark = l->tail;
	value = lower_bits(l, n->children[1], width);
	if (va)
		va = hold(l, good(va), mark).e;
	if (call_option(n, "level"))
		level = lower_bits(l, call_option(n, "level"), l->isa->level_width);
	if (!va || !value || (call_option(n, "level") && !level))
		return (struct typed){0};
	split = alignment(l, n, va, width / m->unit, true);
	after = enter_alias(l, va, width, 0, value);
	s = emit(l, IR_STORE);
	s->width = width;
	s->a = va;
	s->b = level;
	s->c = value;
	s->access = ACCESS_STORE;
	s->split = split;
	access_options(l, n, s);
	if (after)
		l->tail = after;
	return (struct typed){0};
}

/* load_physical, port_in: one address, one result. */
static struct typed read_plain(struct lowering *l, const struct syntax *n, enum ir_statement_kind kind, unsigned unit,
			       unsigned address)
{
	unsigned width = call_width(l, n, unit);
	struct ir_statement *s;
	struct ir_expr *at;

	if (!width || !call_arity(l, n, 1, 1))
		return (struct typed){0};
	at = lower_bits(l, n->children[0], address);
	if (!at)
		return (struct typed){0};
	s = emit(l, kind);
	s->has_target = true;
	s->index = new_local(l, "read", width);
	s->width = width;
	s->a = at;
	s->big_endian = l->isa->memory.big_endian;
	l->uses_physical = true;
	return good(ir_ref(l->arena, IR_LOCAL, s->index, width));
}

static struct typed write_plain(struct lowering *l, const struct syntax *n, enum ir_statement_kind kind, unsigned unit,
				unsigned address)
{
	unsigned width = call_width(l, n, unit);
	struct ir_statement *s, **mark;
	struct ir_expr *at, *value;

	if (!width || !call_arity(l, n, 2, 2))
		return (struct typed){0};
	at = lower_bits(l, n->children[0], address);
	mark = l->tail;
	value = lower_bits(l, n->children[1], width);
	if (at)
		at = hold(l, good(at), mark).e;
	if (!at || !value)
		return (struct typed){0};
	s = emit(l, kind);
	s->width = width;
	s->a = at;
	s->c = value;
	s->big_endian = l->isa->memory.big_endian;
	return (struct typed){0};
}

struct typed lower_load_physical(struct lowering *l, const struct syntax *n)
{
	return read_plain(l, n, IR_LOAD_PHYSICAL, l->isa->memory.unit, l->isa->memory.address);
}

struct typed lower_store_physical(struct lowering *l, const struct syntax *n)
{
	return write_plain(l, n, IR_STORE_PHYSICAL, l->isa->memory.unit, l->isa->memory.address);
}

struct typed lower_port_in(struct lowering *l, const struct syntax *n)
{
	return read_plain(l, n, IR_PORT_IN, 1, 16);
}

struct typed lower_port_out(struct lowering *l, const struct syntax *n)
{
	return write_plain(l, n, IR_PORT_OUT, 1, 16);
}

struct typed lower_translate(struct lowering *l, const struct syntax *n)
{
	struct ir_expr *args[3];

	if (!call_arity(l, n, 3, 3))
		return (struct typed){0};
	args[0] = lower_bits(l, n->children[0], l->isa->level_width);
	args[1] = lower_bits(l, n->children[1], l->isa->memory.virtual_address);
	args[2] = lower_bits(l, n->children[2], 2);
	if (!l->isa->translate) {
		if (args[1])
			return good(ir_resize(l->arena, args[1], l->isa->memory.address, false));
		return (struct typed){0};
	}
	return emit_call(l, l->isa->translate, args, 3);
}

struct typed lower_trap_target(struct lowering *l, const struct syntax *n)
{
	struct ir_expr *args[2];
	struct typed t;

	if (!call_arity(l, n, 2, 2))
		return (struct typed){0};
	args[0] = lower_bits(l, n->children[0], l->isa->cause_width);
	args[1] = lower_bits(l, n->children[1], l->isa->level_width);
	if (l->isa->trap_target)
		t = emit_call(l, l->isa->trap_target, args, 2);
	else
		t = good(ir_const(l->arena, l->isa->levels[l->isa->level_count - 1].value, l->isa->level_width));
	t.enumeration = l->isa->level_enum;
	return t;
}
