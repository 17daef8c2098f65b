/* Calls: what is built in, functions of the description, methods of registers and operands. */
#include "lower.h"

#include <string.h>

enum { ARGUMENTS_MAX = 16 };

static struct ir_expr *substitute(struct arena *arena, const struct ir_expr *e, struct ir_expr **args)
{
	struct ir_expr *parts[3];

	if (e->kind == IR_LOCAL)
		return args[e->index];
	for (unsigned i = 0; i < e->count; i++)
		parts[i] = substitute(arena, e->args[i], args);
	if (e->kind == IR_COMPONENT && e->count) {
		struct ir_expr *copy = ir_ref(arena, IR_COMPONENT, e->index, e->width);

		copy->count = 1;
		copy->args[0] = parts[0];
		return copy;
	}
	if (e->kind != IR_OP)
		return (struct ir_expr *)e;
	if (op_table[e->op].rule == RULE_EXTEND)
		return ir_resize(arena, parts[0], e->width, e->op == OP_sext);
	if (e->op == OP_extract)
		return ir_extract(arena, parts[0], e->low, e->width);
	if (e->op == OP_ite)
		return ir_ite(arena, parts[0], parts[1], parts[2]);
	return e->count == 1 ? ir_op1(arena, e->op, parts[0]) : ir_op2(arena, e->op, parts[0], parts[1]);
}

/* A function that only returns an expression, and makes no UNKNOWN value, is put in place: its constants then fold. */
static bool is_inline(const struct ir_function *f)
{
	return f->has_result && !f->unknowns && f->body && !f->body->next && f->body->kind == IR_RETURN && f->size <= 1;
}

struct typed emit_call(struct lowering *l, struct ir_function *callee, struct ir_expr **args, unsigned count)
{
	struct ir_statement *s;

	for (unsigned i = 0; i < count; i++)
		if (!args[i])
			return (struct typed){0};
	if (!callee)
		return (struct typed){0};
	if (is_inline(callee)) {
		struct ir_expr *leaves[ARGUMENTS_MAX] = {0};

		for (unsigned i = 0; i < count; i++)
			leaves[i] = leaf(l, args[i]);
		return good(substitute(l->arena, callee->body->a, leaves));
	}
	s = emit(l, IR_CALL);
	s->callee = callee;
	s->args = ARENA_ARRAY(l->arena, struct ir_expr *, count);
	memcpy(s->args, args, count * sizeof *args);
	s->arg_count = count;
	if (!callee->has_result)
		return (struct typed){0};
	s->has_target = true;
	s->index = new_local(l, callee->name, callee->result);
	return good(ir_ref(l->arena, IR_LOCAL, s->index, callee->result));
}

/* --- arguments --- */

static unsigned positional(const struct syntax *n)
{
	unsigned count = 0;

	while (count < n->count && n->children[count]->kind != SYN_NAMED)
		count++;
	return count;
}

static bool arity(struct lowering *l, const struct syntax *n, unsigned least, unsigned most)
{
	unsigned count = positional(n);

	if (count >= least && count <= most)
		return true;
	if (least == most)
		bad(l, E_TYPE, n, "'%s' takes %u argument%s", n->text, least, least == 1 ? "" : "s");
	else
		bad(l, E_TYPE, n, "'%s' takes %u to %u arguments", n->text, least, most);
	return false;
}

static const struct syntax *option(const struct syntax *n, const char *name)
{
	for (unsigned i = positional(n); i < n->count; i++)
		if (n->children[i]->kind == SYN_NAMED && !strcmp(n->children[i]->text, name))
			return n->children[i]->children[0];
	return NULL;
}

static bool known_options(struct lowering *l, const struct syntax *n)
{
	static const char *const names[] = {"level", "access", "endian", "align"};

	for (unsigned i = positional(n); i < n->count; i++) {
		bool known = false;

		for (unsigned k = 0; k < 4; k++)
			known = known || (n->children[i]->kind == SYN_NAMED && !strcmp(n->children[i]->text, names[k]));
		if (!known) {
			bad(l, E_NAME, n->children[i], "'%s' takes level, access, endian and align by name", n->text);
			return false;
		}
	}
	return true;
}

/* The N of load<N>; 0 after a finding. */
static unsigned access_width(struct lowering *l, const struct syntax *n, unsigned unit)
{
	u128 width;

	if (n->type_count != 1) {
		bad(l, E_TYPE, n, "'%s' needs the number of bits: %s<%u>", n->text, n->text, unit);
		return 0;
	}
	if (!lower_constant(l, n->types[0], &width))
		return 0;
	if (width < 1 || width > BITS_MAX || width % unit) {
		bad(l, E_TYPE, n, "'%s' moves a multiple of the memory unit, %u bits, and at most 128", n->text, unit);
		return 0;
	}
	return (unsigned)width;
}

/* --- memory --- */

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
	const struct syntax *align = option(n, "align");
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

	o = option(n, "endian");
	s->big_endian = l->isa->memory.big_endian;
	if (o) {
		if (o->kind != SYN_NAME || (strcmp(o->text, "big") && strcmp(o->text, "little")))
			bad(l, E_VALUE, o, "endian is big or little");
		else
			s->big_endian = o->text[0] == 'b';
	}
	o = option(n, "access");
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

static struct typed lower_load(struct lowering *l, const struct syntax *n)
{
	const struct memory *m = &l->isa->memory;
	unsigned width = access_width(l, n, m->unit), local;
	struct ir_statement *s, **after, options = {0};
	struct ir_expr *va, *level = NULL;
	bool split;

	if (!width || !arity(l, n, 1, 1) || !known_options(l, n))
		return (struct typed){0};
	va = lower_bits(l, n->children[0], m->virtual_address);
	if (option(n, "level"))
		level = lower_bits(l, option(n, "level"), l->isa->level_width);
	if (!va || (option(n, "level") && !level))
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

static struct typed lower_store(struct lowering *l, const struct syntax *n)
{
	const struct memory *m = &l->isa->memory;
	unsigned width = access_width(l, n, m->unit);
	struct ir_statement *s, **after, **mark;
	struct ir_expr *va, *level = NULL, *value;
	bool split;

	if (!width || !arity(l, n, 2, 2) || !known_options(l, n))
		return (struct typed){0};
	va = lower_bits(l, n->children[0], m->virtual_address);
	mark = l->tail;
	value = lower_bits(l, n->children[1], width);
	if (va)
		va = hold(l, good(va), mark).e;
	if (option(n, "level"))
		level = lower_bits(l, option(n, "level"), l->isa->level_width);
	if (!va || !value || (option(n, "level") && !level))
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
	unsigned width = access_width(l, n, unit);
	struct ir_statement *s;
	struct ir_expr *at;

	if (!width || !arity(l, n, 1, 1))
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
	unsigned width = access_width(l, n, unit);
	struct ir_statement *s, **mark;
	struct ir_expr *at, *value;

	if (!width || !arity(l, n, 2, 2))
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

static struct typed lower_load_physical(struct lowering *l, const struct syntax *n)
{
	return read_plain(l, n, IR_LOAD_PHYSICAL, l->isa->memory.unit, l->isa->memory.address);
}

static struct typed lower_store_physical(struct lowering *l, const struct syntax *n)
{
	return write_plain(l, n, IR_STORE_PHYSICAL, l->isa->memory.unit, l->isa->memory.address);
}

static struct typed lower_port_in(struct lowering *l, const struct syntax *n)
{
	return read_plain(l, n, IR_PORT_IN, 1, 16);
}

static struct typed lower_port_out(struct lowering *l, const struct syntax *n)
{
	return write_plain(l, n, IR_PORT_OUT, 1, 16);
}

static struct typed lower_translate(struct lowering *l, const struct syntax *n)
{
	struct ir_expr *args[3];

	if (!arity(l, n, 3, 3))
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

static struct typed lower_trap_target(struct lowering *l, const struct syntax *n)
{
	struct ir_expr *args[2];
	struct typed t;

	if (!arity(l, n, 2, 2))
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

/* --- the rest of what is built in --- */

static struct typed lower_mode(struct lowering *l, const struct syntax *n)
{
	if (!arity(l, n, 0, 0))
		return (struct typed){0};
	return (struct typed){.e = ir_ref(l->arena, IR_COMPONENT, l->isa->mode, l->isa->level_width),
			      .enumeration = l->isa->level_enum};
}

static struct typed lower_set_mode(struct lowering *l, const struct syntax *n)
{
	struct ir_expr *e = arity(l, n, 1, 1) ? lower_bits(l, n->children[0], l->isa->level_width) : NULL;

	if (e)
		write_component(l, l->isa->mode, NULL, e);
	return (struct typed){0};
}

static struct typed lower_raise(struct lowering *l, const struct syntax *n)
{
	unsigned width = isa_trap_value(l->isa);
	struct ir_expr *cause, *value = ir_const(l->arena, 0, width);
	struct ir_statement *s;
	struct typed t;

	if (!arity(l, n, 1, 3))
		return (struct typed){0};
	cause = lower_bits(l, n->children[0], l->isa->cause_width);
	if (n->count == 3)
		lower_bits(l, n->children[1], l->isa->level_width);
	if (n->count > 1) {
		t = lower_expr(l, n->children[n->count - 1]);
		/* the trap value is shown to software in a register as wide as the pc; what is longer loses its top */
		value = t.e ? t.flexible ? lower_as(l, t, width, n) : ir_resize(l->arena, t.e, width, t.is_signed) : NULL;
	}
	if (!cause || !value)
		return (struct typed){0};
	s = emit(l, IR_RAISE);
	s->a = cause;
	s->b = value;
	l->unreachable = true;
	return (struct typed){0};
}

static struct typed lower_fault(struct lowering *l, const struct syntax *n)
{
	if (arity(l, n, 0, 0))
		emit(l, IR_FAULT);
	l->unreachable = true;
	return (struct typed){0};
}

static struct typed lower_wait(struct lowering *l, const struct syntax *n)
{
	if (arity(l, n, 0, 0))
		write_component(l, l->isa->waiting, NULL, ir_const(l->arena, 1, 1));
	return (struct typed){0};
}

static struct typed lower_assert(struct lowering *l, const struct syntax *n)
{
	struct ir_expr *e = arity(l, n, 1, 1) ? lower_condition(l, n->children[0]) : NULL;

	if (e)
		emit(l, IR_ASSERT)->a = e;
	return (struct typed){0};
}

static struct typed lower_unpredictable(struct lowering *l, const struct syntax *n)
{
	if (arity(l, n, 0, 1))
		emit(l, IR_UNPREDICTABLE);
	l->unreachable = true;
	return (struct typed){0};
}

static struct typed lower_unknown(struct lowering *l, const struct syntax *n)
{
	struct ir_function *f = l->function;
	unsigned width = access_width(l, n, 1), *old = f->unknown_widths;

	if (!width || !arity(l, n, 0, 1))
		return (struct typed){0};
	if (f->unknowns == l->unknown_room) {
		l->unknown_room = l->unknown_room ? 2 * l->unknown_room : 4;
		f->unknown_widths = ARENA_ARRAY(l->arena, unsigned, l->unknown_room);
		if (f->unknowns)
			memcpy(f->unknown_widths, old, f->unknowns * sizeof *old);
	}
	f->unknown_widths[f->unknowns] = width;
	return good(ir_ref(l->arena, IR_UNKNOWN, f->unknowns++, width));
}

static struct typed lower_signed(struct lowering *l, const struct syntax *n)
{
	struct typed t = arity(l, n, 1, 1) ? lower_expr(l, n->children[0]) : (struct typed){0};

	if (!t.e)
		return t;
	t.e = t.e->width ? t.e : ir_resize(l->arena, t.e, 1, false);
	return (struct typed){.e = t.e, .is_signed = n->text[1] == 's', .flexible = t.flexible};
}

static struct typed lower_bits_of(struct lowering *l, const struct syntax *n)
{
	struct typed t = arity(l, n, 1, 1) ? lower_expr(l, n->children[0]) : (struct typed){0};

	if (t.e && !t.e->width)
		t.e = ir_resize(l->arena, t.e, 1, false);
	return (struct typed){.e = t.e, .flexible = t.flexible};
}

static const struct space *only_space(struct lowering *l, const struct syntax *n)
{
	const struct space *s = l->isa->spaces;

	for (const struct space *c = s; c; c = c->next)
		if (!strcmp(c->name, "CSR"))
			return c;
	if (!s)
		bad(l, E_NAME, n, "this machine has no register space");
	return s;
}

static struct typed lower_lookup(struct lowering *l, const struct syntax *n)
{
	const struct space *s = arity(l, n, 1, 1) ? only_space(l, n) : NULL;
	struct ir_expr *e = s ? lower_bits(l, n->children[0], s->width) : NULL;

	return e ? (struct typed){.e = e, .handle = s} : (struct typed){0};
}

static struct typed handle_argument(struct lowering *l, const struct syntax *n)
{
	struct typed h = lower_expr(l, n->children[0]);

	if (h.e && !h.handle)
		return bad(l, E_TYPE, n->children[0], "a register's handle is needed, such as direct_csr_lookup(csr)");
	return h;
}

static struct typed software_write(struct lowering *l, const struct space *s, struct ir_expr *number, const struct syntax *value)
{
	struct ir_expr *args[2] = {number, lower_bits(l, value, s->data)};

	return emit_call(l, space_function(l, s, "write"), args, 2);
}

static struct typed lower_csr_read(struct lowering *l, const struct syntax *n)
{
	struct typed h = arity(l, n, 1, 1) ? handle_argument(l, n) : (struct typed){0};

	return h.e ? emit_call(l, space_function(l, h.handle, "read"), &h.e, 1) : h;
}

static struct typed lower_csr_write(struct lowering *l, const struct syntax *n)
{
	struct typed h = arity(l, n, 2, 2) ? handle_argument(l, n) : (struct typed){0};

	return h.e ? software_write(l, h.handle, h.e, n->children[1]) : h;
}

static const struct builtin {
	const char *name;
	struct typed (*lower)(struct lowering *, const struct syntax *);
	bool value; /* it gives one; a finding if that is ignored or missed */
} builtins[] = {
	{"mode", lower_mode, true},
	{"set_mode", lower_set_mode, false},
	{"raise", lower_raise, false},
	{"fault", lower_fault, false},
	{"wait", lower_wait, false},
	{"assert", lower_assert, false},
	{"unpredictable", lower_unpredictable, false},
	{"unknown", lower_unknown, true},
	{"load", lower_load, true},
	{"store", lower_store, false},
	{"load_physical", lower_load_physical, true},
	{"store_physical", lower_store_physical, false},
	{"port_in", lower_port_in, true},
	{"port_out", lower_port_out, false},
	{"translate", lower_translate, true},
	{"trap_target", lower_trap_target, true},
	{"$signed", lower_signed, true},
	{"$unsigned", lower_signed, true},
	{"$bits", lower_bits_of, true},
	{"direct_csr_lookup", lower_lookup, true},
	{"csr_sw_read", lower_csr_read, true},
	{"csr_sw_write", lower_csr_write, false},
};
enum { BUILTINS = sizeof builtins / sizeof *builtins };

/* --- functions of the description --- */

static struct ir_function *instance(struct lowering *l, struct declaration *d, const u128 *widths, const struct syntax *n)
{
	const struct signature *s = &d->signature;
	char *name = arena_printf(l->arena, "%s", s->name);
	struct parameter params[ARGUMENTS_MAX] = {0}, result;
	struct lowering scope = {.isa = l->isa, .arena = l->arena, .diags = l->diags};
	struct ir_function *f;
	bool has_result = s->returns && strcmp(s->returns->text, "void");

	for (unsigned i = 0; i < s->family_count; i++) {
		name = arena_printf(l->arena, "%s%s%u", name, i ? "," : "<", (unsigned)widths[i]);
		add_name(&scope, s->families[i],
			 (struct typed){.e = ir_const(l->arena, widths[i], BITS_MAX), .flexible = true}, false, true);
	}
	if (s->family_count)
		name = arena_printf(l->arena, "%s>", name);
	for (f = l->isa->functions; f; f = f->next)
		if (f->origin == d->body && !strcmp(f->name, name))
			return f;
	if (d->in_progress) {
		bad(l, E_RECURSION, n, "'%s' calls itself; functions do not recurse", s->name);
		return NULL;
	}
	for (unsigned i = 0; i < s->param_count; i++) {
		if (!s->params[i].type) {
			diag_add(l->diags, E_TYPE, d->key->where, "parameter '%s' needs a type", s->params[i].name);
			return NULL;
		}
		if (!lower_type(&scope, s->params[i].type, &params[i]))
			return NULL;
		params[i].name = s->params[i].name;
	}
	if (has_result && !lower_type(&scope, s->returns, &result))
		return NULL;
	d->in_progress = true;
	f = lower_body(l, name, params, s->param_count, has_result ? &result : NULL, d->body, &scope);
	d->in_progress = false;
	return f;
}

void check_uncalled(struct lowering *l, struct declaration *d)
{
	struct syntax place = {.origin = d->key, .length = d->key->length, .text = d->signature.name};

	if (!d->signature.family_count)
		instance(l, d, NULL, &place);
}

static struct typed lower_declared(struct lowering *l, const struct syntax *n, struct declaration *d)
{
	const struct signature *s = &d->signature;
	struct ir_expr *args[ARGUMENTS_MAX];
	u128 widths[4] = {0};
	struct ir_function *f;
	struct parameter type;
	struct typed t;

	d->used = true;
	if (n->type_count != s->family_count)
		return bad(l, E_TYPE, n, "'%s' takes %u widths in <>", n->text, s->family_count);
	for (unsigned i = 0; i < n->type_count; i++)
		if (!lower_constant(l, n->types[i], &widths[i]))
			return (struct typed){0};
		else if (widths[i] < 1 || widths[i] > BITS_MAX)
			return bad(l, E_TYPE, n->types[i], "a width is 1 to 128 bits");
	if (positional(n) != n->count || n->count != s->param_count)
		return bad(l, E_TYPE, n, "'%s' takes %u argument%s", n->text, s->param_count, s->param_count == 1 ? "" : "s");
	f = instance(l, d, widths, n);
	if (!f)
		return (struct typed){0};
	for (unsigned i = 0; i < n->count; i++) {
		struct ir_statement **mark = l->tail;

		args[i] = lower_bits(l, n->children[i], f->locals[i].width);
		for (unsigned k = 0; k < i; k++)
			args[k] = args[k] ? hold(l, good(args[k]), mark).e : NULL;
	}
	t = emit_call(l, f, args, n->count);
	if (t.e && s->returns && !s->family_count && lower_type(l, s->returns, &type))
		t.enumeration = type.enumeration;
	return t;
}

static const char *next_callable(void *context)
{
	struct { const struct declaration *d; unsigned i; } *c = context;
	const struct declaration *this = c->d;

	if (c->i < BUILTINS)
		return builtins[c->i++].name;
	if (this)
		c->d = this->next;
	return this ? this->signature.name : NULL;
}

struct typed lower_call(struct lowering *l, const struct syntax *n)
{
	struct { const struct declaration *d; unsigned i; } context = {l->isa->declarations, 0};
	bool statement = l->at && l->at->kind == SYN_EXPRESSION && l->at->children[0] == n;
	const char *near;
	struct typed t;

	for (struct declaration *d = l->isa->declarations; d; d = d->next)
		if (!strcmp(d->signature.name, n->text)) {
			t = lower_declared(l, n, d);
			if (!statement && !t.e && (!d->signature.returns || !strcmp(d->signature.returns->text, "void")))
				return bad(l, E_TYPE, n, "'%s' gives no value", n->text);
			return t;
		}
	for (unsigned i = 0; i < BUILTINS; i++)
		if (!strcmp(builtins[i].name, n->text)) {
			if (!builtins[i].value && !statement)
				return bad(l, E_TYPE, n, "'%s' gives no value", n->text);
			return builtins[i].lower(l, n);
		}
	near = nearest_name(n->text, next_callable, &context);
	bad(l, E_NAME, n, "there is no function '%s'", n->text);
	if (near)
		diag_hint(l->diags, "did you mean '%s'?", near);
	return (struct typed){0};
}

/* --- methods --- */

static struct typed operand_call(struct lowering *l, const struct syntax *n, const struct operand *o)
{
	struct ir_function *f = operand_method(l, o->decoder, n->text, n);
	struct ir_expr *args[3] = {0};
	unsigned given = f ? f->param_count - o->decoder->measures : 0;

	if (!f)
		return (struct typed){0};
	if (n->count != given)
		return bad(l, E_TYPE, n, "'%s' takes %u argument%s", n->text, given - 1, given == 2 ? "" : "s");
	if (o->decoder->measures)
		args[given] = instruction_length(l, n).e;
	if (o->decoder->measures && !args[given])
		return (struct typed){0};
	if (n->count == 2)
		args[1] = lower_bits(l, n->children[1], f->locals[1].width);
	args[0] = operand_bits(l, o);
	return emit_call(l, f, args, f->param_count);
}

static struct typed register_method(struct lowering *l, const struct syntax *n, const struct reg *r, struct ir_expr *index)
{
	struct ir_expr *args[2] = {0};
	bool write = !strcmp(n->text, "sw_write");

	if (!write && strcmp(n->text, "sw_read"))
		return bad(l, E_NAME, n, "registers have sw_read() and sw_write(value), but no '%s'", n->text);
	if (n->count != (write ? 2u : 1u))
		return bad(l, E_TYPE, n, "'%s' takes %s", n->text, write ? "the value" : "no argument");
	if (r->count && !index)
		return (struct typed){0};
	if (!write) {
		struct typed t = emit_call(l, register_read(l, r), &index, r->count ? 1 : 0);

		t.image = r->field_count ? r : NULL;
		return t;
	}
	args[0] = lower_bits(l, n->children[1], r->width);
	args[1] = index;
	return emit_call(l, register_write(l, r), args, r->count ? 2 : 1);
}

struct typed lower_method(struct lowering *l, const struct syntax *n)
{
	const struct syntax *object = n->children[0];
	const struct reg *r;
	struct ir_expr *index;
	struct typed h;

	const struct operand *operands = l->alternative ? l->alternative->operands : l->instruction ? l->instruction->operands : NULL;
	unsigned operand_count = !operands ? 0 : l->alternative ? l->alternative->operand_count : l->instruction->operand_count;

	for (unsigned i = 0; object->kind == SYN_NAME && i < operand_count; i++)
		if (!strcmp(operands[i].name, object->text))
			return operand_call(l, n, &operands[i]);
	r = named_register(l, object, &index);
	if (r)
		return register_method(l, n, r, index);
	h = lower_expr(l, object);
	if (!h.e)
		return h;
	if (!h.handle)
		return bad(l, E_TYPE, n, "only registers and operands have methods");
	if (!strcmp(n->text, "sw_read") && n->count == 1)
		return emit_call(l, space_function(l, h.handle, "read"), &h.e, 1);
	if (!strcmp(n->text, "sw_write") && n->count == 2)
		return software_write(l, h.handle, h.e, n->children[1]);
	return bad(l, E_NAME, n, "a register's handle has sw_read() and sw_write(value)");
}
