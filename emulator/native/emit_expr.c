#include "emit.h"

static bool wide(unsigned width)
{
	return width > 64;
}

const char *emit_type(unsigned width)
{
	return wide(width) ? "W" : "uint64_t";
}

void emit_constant(struct buf *out, u128 value, unsigned width)
{
	if (wide(width))
		buf_printf(out, "W_OF(0x%llxull, 0x%llxull)", (unsigned long long)value, (unsigned long long)(value >> 64));
	else
		buf_printf(out, "0x%llxull", (unsigned long long)value);
}

/* --- variables --- */

static const char *stored_type(const struct slot *s)
{
	static const char *const types[2][9] = {{[1] = "uint8_t", [2] = "uint16_t", [4] = "uint32_t", [8] = "uint64_t"},
						{[1] = "int8_t", [2] = "int16_t", [4] = "int32_t", [8] = "int64_t"}};

	return types[s->is_signed][s->bytes];
}

static const struct slot *slot_of(const struct emitter *em, const struct ir_expr *e)
{
	return &em->plan->slots[em->number][e->index];
}

/* The variable as it is stored, as a uint64_t. */
static void stored(struct emitter *em, const struct slot *s)
{
	if (s->is_signed)
		buf_puts(em->out, "(uint64_t)(int64_t)");
	else
		buf_puts(em->out, "(uint64_t)");
	buf_printf(em->out, "*(const %s *)((const char *)i + %u)", stored_type(s), s->offset);
}

static void mask(struct emitter *em, unsigned width)
{
	if (width < 64)
		buf_printf(em->out, " & 0x%llxull", (unsigned long long)bits_mask(width ? width : 1));
}

static void variable(struct emitter *em, const struct ir_expr *e)
{
	const struct slot *s = slot_of(em, e);

	if (wide(e->width)) {
		buf_printf(em->out, "W_OF(*(const uint64_t *)((const char *)i + %u), *(const uint64_t *)((const char *)i + %u))", s->offset,
			   s->offset + 8);
		return;
	}
	buf_puts(em->out, "((");
	stored(em, s);
	buf_printf(em->out, ") >> %u", s->shift);
	if (s->is_signed || s->shift)
		mask(em, e->width);
	buf_puts(em->out, ")");
}

static bool zeros_behind(const struct ir_expr *e, unsigned *zeros)
{
	*zeros = 0;
	if (e->kind == IR_OP && e->op == OP_concat && e->args[1]->kind == IR_CONST && !e->args[1]->value && e->args[0]->kind == IR_VARIABLE) {
		*zeros = e->args[1]->width;
		return true;
	}
	return false;
}

/* sext(variable), sext(variable and zeros), zext and plain of the latter: as they stand in the decoded instruction. */
static bool as_stored(struct emitter *em, const struct ir_expr *e)
{
	bool extended = e->op == OP_sext || e->op == OP_zext;
	const struct ir_expr *inner = extended ? e->args[0] : e;
	unsigned zeros;
	bool behind = zeros_behind(inner, &zeros);
	const struct slot *s;

	if (wide(e->width) || (!behind && !(e->op == OP_sext && inner->kind == IR_VARIABLE)))
		return false;
	s = slot_of(em, behind ? inner->args[0] : inner);
	if (s->shift != zeros || s->bytes > 8)
		return false;
	if (e->op == OP_sext && !s->is_signed)
		return false;
	buf_puts(em->out, "(");
	stored(em, s);
	if (s->is_signed)
		mask(em, e->op == OP_sext ? e->width : inner->width);
	buf_puts(em->out, ")");
	return true;
}

/* --- components --- */

static void element(struct emitter *em, const struct ir_expr *e)
{
	const struct component *c = &em->plan->isa->components[e->index];
	unsigned at = em->plan->word_of[e->index], words = plan_words(c);
	const struct ir_expr *index = e->args[0];
	bool in_range = index->width < 32 && bits_mask(index->width ? index->width : 1) < c->count;

	buf_puts(em->out, words == 2 ? "element_wide(w, " : in_range ? "(w[" : "element(w, ");
	buf_printf(em->out, in_range && words == 1 ? "%u + " : "%u, ", at);
	buf_puts(em->out, wide(index->width) ? "W_INDEX(" : "(");
	emit_expr(em, index);
	if (in_range && words == 1)
		buf_puts(em->out, ")])");
	else
		buf_printf(em->out, "), %u)", c->count);
}

static void component(struct emitter *em, const struct ir_expr *e)
{
	unsigned at = em->plan->word_of[e->index];

	if (e->count)
		element(em, e);
	else if (e->index == em->plan->isa->pc && em->local_pc)
		buf_puts(em->out, "at");
	else if (wide(e->width))
		buf_printf(em->out, "W_OF(w[%u], w[%u])", at, at + 1);
	else
		buf_printf(em->out, "w[%u]", at);
}

/* ite(index == k, 0, F[index]) where element k of F is always 0 (`zero:`): the element itself. */
static const struct ir_expr *zero_element(const struct emitter *em, const struct ir_expr *e)
{
	const struct ir_expr *c = e->args[0], *x = e->op == OP_ite ? e->args[2] : NULL;
	const struct component *k;

	if (!x || x->kind != IR_COMPONENT || !x->count || e->args[1]->kind != IR_CONST || e->args[1]->value)
		return NULL;
	k = &em->plan->isa->components[x->index];
	if (c->kind != IR_OP || c->op != OP_eq || c->args[1]->kind != IR_CONST || c->args[1]->value >= k->count || !k->zero ||
	    !k->zero[(unsigned)c->args[1]->value])
		return NULL;
	if (c->args[0]->kind != x->args[0]->kind || c->args[0]->index != x->args[0]->index)
		return NULL;
	return c->args[0]->kind == IR_VARIABLE || c->args[0]->kind == IR_LOCAL ? x : NULL;
}

/* --- operations --- */

static void argument(struct emitter *em, const struct ir_expr *e, bool as_wide)
{
	if (as_wide && !wide(e->width)) {
		buf_puts(em->out, "W_OF(");
		emit_expr(em, e);
		buf_puts(em->out, ", 0)");
	} else {
		emit_expr(em, e);
	}
}

static void arguments(struct emitter *em, const struct ir_expr *e, bool as_wide)
{
	for (unsigned i = 0; i < 3; i++) {
		if (i < e->count)
			argument(em, e->args[i], as_wide);
		else
			buf_puts(em->out, as_wide ? "W_OF(0, 0)" : "0");
		buf_puts(em->out, ", ");
	}
	buf_printf(em->out, "%u, %u, %u", e->args[0]->width, e->count > 1 ? e->args[1]->width : 0, e->low);
}

static void operation(struct emitter *em, const struct ir_expr *e)
{
	bool as_wide = wide(e->width);

	for (unsigned i = 0; i < e->count; i++)
		as_wide = as_wide || wide(e->args[i]->width);
	if (as_wide) {
		buf_printf(em->out, wide(e->width) ? "w_%s(" : "W_LO(w_%s(", op_table[e->op].name);
		arguments(em, e, true);
		buf_printf(em->out, wide(e->width) ? ", %u)" : ", %u))", e->width);
		return;
	}
	buf_printf(em->out, "(n_%s(", op_table[e->op].name);
	arguments(em, e, false);
	buf_puts(em->out, ")");
	mask(em, e->width);
	buf_puts(em->out, ")");
}

void emit_expr(struct emitter *em, const struct ir_expr *e)
{
	const struct ir_expr *x;

	switch (e->kind) {
	case IR_CONST: emit_constant(em->out, e->value, e->width); break;
	case IR_LOCAL: buf_printf(em->out, "l%u_%u", em->scope, e->index); break;
	case IR_COMPONENT: component(em, e); break;
	case IR_VARIABLE: variable(em, e); break;
	case IR_INPUT:
		buf_printf(em->out, wide(e->width) ? "W_OF(e->inputs[%u], e->inputs[%u])" : "e->inputs[%u]", 2 * e->index, 2 * e->index + 1);
		break;
	case IR_ADDRESS: buf_puts(em->out, wide(e->width) ? "W_OF(pc, 0)" : "pc"); break;
	case IR_UNKNOWN: emit_constant(em->out, 0, e->width); break;
	case IR_OP:
		if ((x = zero_element(em, e)))
			component(em, x);
		else if (!as_stored(em, e))
			operation(em, e);
		break;
	}
}
