/* What lowering passes about: a value that is good or bad, of a width, kept in a local. */
#include "lower.h"

struct typed good(struct ir_expr *e)
{
	return (struct typed){.e = e};
}

struct typed flexible(struct lowering *l, u128 value)
{
	return (struct typed){.e = ir_const(l->arena, value, BITS_MAX), .flexible = true};
}

struct typed bad(struct lowering *l, enum diag_code code, const struct syntax *n, const char *format, ...)
{
	va_list args;
	char text[300];

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	diag_add(l->diags, code, syntax_place(n), "%s", text);
	return (struct typed){0};
}

bool has_component(const struct ir_expr *e)
{
	if (e->kind == IR_COMPONENT)
		return true;
	for (unsigned i = 0; i < e->count; i++)
		if (has_component(e->args[i]))
			return true;
	return false;
}

struct ir_expr *leaf(struct lowering *l, struct ir_expr *e)
{
	struct ir_statement *s;

	if (!e || !e->count)
		return e;
	s = emit(l, IR_SET);
	s->a = e;
	s->has_target = true;
	s->index = new_local(l, "part", e->width);
	return ir_ref(l->arena, IR_LOCAL, s->index, e->width);
}

struct typed hold(struct lowering *l, struct typed value, struct ir_statement **mark)
{
	struct ir_statement *s, **tail = l->tail;
	unsigned local;

	if (!value.e || l->tail == mark || !has_component(value.e))
		return value;
	local = new_local(l, "held", value.e->width);
	l->tail = mark;
	s = *mark;
	*mark = NULL;
	emit(l, IR_SET)->a = value.e;
	(*mark)->index = local;
	(*mark)->has_target = true;
	(*mark)->next = s;
	l->tail = tail;
	value.e = ir_ref(l->arena, IR_LOCAL, local, value.e->width);
	return value;
}

static bool flexible_fits(u128 value, unsigned width)
{
	return value <= bits_mask(width) || ((s128)value < 0 && (s128)value >= -((s128)1 << (width - 1)));
}

struct ir_expr *lower_as(struct lowering *l, struct typed t, unsigned width, const struct syntax *n)
{
	char text[BITS_TEXT];

	if (!t.e)
		return NULL;
	if (width == 0) {
		if (t.e->width == 0)
			return t.e;
		return ir_op1(l->arena, OP_lnot, ir_op2(l->arena, OP_eq, t.e, ir_const(l->arena, 0, t.e->width)));
	}
	if (t.flexible) {
		if (!flexible_fits(t.e->value, width)) {
			bad(l, E_TYPE, n, "the number %s does not fit into %u bits", bits_hex(t.e->value, text), width);
			return NULL;
		}
		return ir_const(l->arena, t.e->value, width);
	}
	if (t.e->width > width && (t.e->kind != IR_CONST || t.e->value > bits_mask(width)))
		diag_add(l->diags, W_TRUNCATED, syntax_place(n), "a value of %u bits is cut to %u", t.e->width, width);
	return ir_resize(l->arena, t.e, width, t.is_signed);
}

struct ir_expr *lower_bits(struct lowering *l, const struct syntax *n, unsigned width)
{
	return lower_as(l, lower_expr(l, n), width, n);
}

struct ir_expr *lower_condition(struct lowering *l, const struct syntax *n)
{
	return lower_as(l, lower_expr(l, n), 0, n);
}

bool lower_constant(struct lowering *l, const struct syntax *n, u128 *value)
{
	struct typed t = lower_expr(l, n);

	if (!t.e)
		return false;
	if (t.e->kind != IR_CONST) {
		bad(l, E_TYPE, n, "a constant is needed here");
		return false;
	}
	*value = t.e->value;
	return true;
}
