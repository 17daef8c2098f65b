/* The other built-in functions: mode, traps, what is UNKNOWN, registers by number. */
#include "lower_call.h"

#include <string.h>

struct typed lower_mode(struct lowering *l, const struct syntax *n)
{
	if (!call_arity(l, n, 0, 0))
		return (struct typed){0};
	return (struct typed){.e = ir_ref(l->arena, IR_COMPONENT, l->isa->mode, l->isa->level_width),
			      .enumeration = l->isa->level_enum};
}

struct typed lower_set_mode(struct lowering *l, const struct syntax *n)
{
	struct ir_expr *e = call_arity(l, n, 1, 1) ? lower_bits(l, n->children[0], l->isa->level_width) : NULL;

	if (e)
		write_component(l, l->isa->mode, NULL, e);
	return (struct typed){0};
}

struct typed lower_raise(struct lowering *l, const struct syntax *n)
{
	unsigned width = isa_trap_value(l->isa);
	struct ir_expr *cause, *value = ir_const(l->arena, 0, width);
	struct ir_statement *s;
	struct typed t;

	if (!call_arity(l, n, 1, 3))
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

struct typed lower_fault(struct lowering *l, const struct syntax *n)
{
	if (call_arity(l, n, 0, 0))
		emit(l, IR_FAULT);
	l->unreachable = true;
	return (struct typed){0};
}

struct typed lower_wait(struct lowering *l, const struct syntax *n)
{
	if (call_arity(l, n, 0, 0))
		write_component(l, l->isa->waiting, NULL, ir_const(l->arena, 1, 1));
	return (struct typed){0};
}

struct typed lower_assert(struct lowering *l, const struct syntax *n)
{
	struct ir_expr *e = call_arity(l, n, 1, 1) ? lower_condition(l, n->children[0]) : NULL;

	if (e)
		emit(l, IR_ASSERT)->a = e;
	return (struct typed){0};
}

struct typed lower_unpredictable(struct lowering *l, const struct syntax *n)
{
	if (call_arity(l, n, 0, 1))
		emit(l, IR_UNPREDICTABLE);
	l->unreachable = true;
	return (struct typed){0};
}

struct typed lower_unknown(struct lowering *l, const struct syntax *n)
{
	struct ir_function *f = l->function;
	unsigned width = call_width(l, n, 1), *old = f->unknown_widths;

	if (!width || !call_arity(l, n, 0, 1))
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

struct typed lower_signed(struct lowering *l, const struct syntax *n)
{
	struct typed t = call_arity(l, n, 1, 1) ? lower_expr(l, n->children[0]) : (struct typed){0};

	if (!t.e)
		return t;
	t.e = t.e->width ? t.e : ir_resize(l->arena, t.e, 1, false);
	return (struct typed){.e = t.e, .is_signed = n->text[1] == 's', .flexible = t.flexible};
}

struct typed lower_bits_of(struct lowering *l, const struct syntax *n)
{
	struct typed t = call_arity(l, n, 1, 1) ? lower_expr(l, n->children[0]) : (struct typed){0};

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

struct typed lower_lookup(struct lowering *l, const struct syntax *n)
{
	const struct space *s = call_arity(l, n, 1, 1) ? only_space(l, n) : NULL;
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

struct typed lower_software_write(struct lowering *l, const struct space *s, struct ir_expr *number, const struct syntax *value)
{
	struct ir_expr *args[2] = {number, lower_bits(l, value, s->data)};

	return emit_call(l, space_function(l, s, "write"), args, 2);
}

struct typed lower_csr_read(struct lowering *l, const struct syntax *n)
{
	struct typed h = call_arity(l, n, 1, 1) ? handle_argument(l, n) : (struct typed){0};

	return h.e ? emit_call(l, space_function(l, h.handle, "read"), &h.e, 1) : h;
}

struct typed lower_csr_write(struct lowering *l, const struct syntax *n)
{
	struct typed h = call_arity(l, n, 2, 2) ? handle_argument(l, n) : (struct typed){0};

	return h.e ? lower_software_write(l, h.handle, h.e, n->children[1]) : h;
}
