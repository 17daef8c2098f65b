/* Operand decoders. A decoder sees one value of bits: those that the instruction feeds it, then the stream that follows,
 * first parcel most significant. Every method becomes a function of these bits that chooses the alternative. */
#include "lower.h"

#include <string.h>

static unsigned total_bits(const struct decoder *d)
{
	return d->from + d->tail;
}

static struct ir_expr *variable_value(struct lowering *l, const struct variable *v, struct ir_expr *bits, unsigned pattern_width)
{
	struct ir_expr *e = field_of(l, ir_extract(l->arena, bits, bits->width - pattern_width, pattern_width), &v->location);

	if (v->left_shift)
		e = ir_op2(l->arena, OP_concat, e, ir_const(l->arena, 0, v->left_shift));
	return e;
}

/* In an alternative: the bits of nested operand number `index` begin behind the match and the operands before it.
 * Only the last may vary in length; the others have one. */
static struct ir_expr *nested_tail(struct lowering *l, const struct operand *o)
{
	const struct alternative *a = l->alternative;
	unsigned skip = a->pattern.width, width = l->alternative_bits->width;

	for (const struct operand *before = a->operands; before != o; before++)
		skip += before->decoder->tail;
	return ir_extract(l->arena, l->alternative_bits, width - skip - o->decoder->tail, o->decoder->tail);
}

struct ir_expr *variable_ref(struct lowering *l, unsigned number, unsigned width)
{
	return ir_ref(l->arena, l->by_parameter ? IR_LOCAL : IR_VARIABLE, number, width);
}

struct ir_expr *operand_bits(struct lowering *l, const struct operand *o)
{
	struct ir_expr *bits = NULL, *tail = NULL;

	for (unsigned i = 0; i < o->from_count; i++) {
		unsigned width;
		u128 fixed;
		bool is_fixed = operand_fixed(o->from[i], &width, &fixed);
		struct name *name = is_fixed ? NULL : find_name(l, o->from[i]);
		struct ir_expr *e = name ? name->value.e : is_fixed ? ir_const(l->arena, fixed, width) : NULL;

		if (!e)
			return NULL;
		if (!e->width) /* whether a prefix stands there */
			e = ir_op1(l->arena, OP_b2v, e);
		bits = bits ? ir_op2(l->arena, OP_concat, bits, e) : e;
	}
	if (o->decoder->tail && l->alternative)
		tail = nested_tail(l, o);
	else if (o->decoder->tail)
		tail = variable_ref(l, o->variable, o->decoder->tail);
	if (!bits)
		return tail;
	return tail ? ir_op2(l->arena, OP_concat, bits, tail) : bits;
}

static struct ir_expr *chosen(struct lowering *l, const struct alternative *a, struct ir_expr *bits)
{
	unsigned w = a->pattern.width;
	struct ir_expr *head = ir_extract(l->arena, bits, bits->width - w, w);
	struct ir_expr *c;

	head = ir_op2(l->arena, OP_and, head, ir_const(l->arena, a->pattern.mask, w));
	c = ir_op2(l->arena, OP_eq, head, ir_const(l->arena, a->pattern.match, w));
	for (unsigned v = 0; v < a->variable_count; v++)
		for (unsigned k = 0; k < a->variables[v].not_count; k++) {
			struct ir_expr *e = field_of(l, ir_extract(l->arena, bits, bits->width - w, w), &a->variables[v].location);

			e = ir_op2(l->arena, OP_eq, e, ir_const(l->arena, a->variables[v].not_values[k], e->width));
			c = ir_op2(l->arena, OP_land, c, ir_op1(l->arena, OP_lnot, e));
		}
	return c;
}

/* Makes the names of an alternative visible: its variables, and through l->alternative its operands. */
static void enter_alternative(struct lowering *l, const struct alternative *a, struct ir_expr *bits)
{
	l->alternative = a;
	l->alternative_bits = bits;
	for (unsigned v = 0; v < a->variable_count; v++)
		add_name(l, a->variables[v].name,
			 (struct typed){.e = variable_value(l, &a->variables[v], bits, a->pattern.width),
					.is_signed = a->variables[v].sign_extend},
			 false, true);
}

static struct yaml *method_body(const struct alternative *a, const char *method, struct lowering *l, const char **param)
{
	size_t n = strlen(method);

	for (size_t i = 0; i < a->node->count; i++) {
		const char *key = a->node->pairs[i].key->text;
		struct signature s;

		if (strncmp(key, method, n) || key[n] != '(')
			continue;
		a->node->pairs[i].value->used = true;
		if (syntax_signature(l->arena, a->node->pairs[i].key, &s, l->diags) && s.param_count)
			*param = s.params[0].name;
		return a->node->pairs[i].value;
	}
	return NULL;
}

static void alternative_branch(struct lowering *l, const struct decoder *d, const struct alternative *a, const char *method,
			       const struct syntax *n)
{
	struct ir_expr *bits = ir_ref(l->arena, IR_LOCAL, 0, total_bits(d));
	struct ir_statement *branch = emit(l, IR_IF), **tail = l->tail;
	struct name *names = l->names;
	const char *param = "value";
	struct yaml *body = method_body(a, method, l, &param);
	struct syntax *block = NULL;

	branch->a = chosen(l, a, bits);
	l->tail = &branch->body;
	l->unreachable = false;
	add_constants(l, d->constants);
	enter_alternative(l, a, bits);
	if (!strcmp(method, "write"))
		add_name(l, param, good(ir_ref(l->arena, IR_LOCAL, 1, l->function->locals[1].width)), true, true);
	if (body)
		block = syntax_statements(l->arena, body, l->diags);
	else if (strcmp(method, "enter"))
		bad(l, E_MISSING, n, "alternative '%s' of '%s' has no %s()", a->name, d->name, method);
	if (block)
		lower_block(l, block);
	if (block && l->function->has_result && !l->unreachable)
		diag_add(l->diags, E_RETURN, body->where, "'%s' may end without a value", method);
	l->unreachable = false;
	l->names = names;
	l->alternative = NULL;
	l->tail = tail;
}

static struct method *method_named(const struct decoder *d, const char *name)
{
	for (unsigned i = 0; i < d->method_count; i++)
		if (!strcmp(d->methods[i].name, name))
			return &d->methods[i];
	return NULL;
}

struct ir_function *operand_method(struct lowering *l, const struct decoder *d, const char *method, const struct syntax *n)
{
	struct method *m = method_named(d, method);
	bool write = !strcmp(method, "write");
	struct lowering inner;

	if (!m) {
		bad(l, E_NAME, n, "operands have read(), write(value), address() and enter(), but no '%s'", method);
		return NULL;
	}
	if (m->function)
		return m->function;
	if ((write || !strcmp(method, "read")) && !d->value) {
		bad(l, E_TYPE, n, "decoder '%s' needs a type to be read or written", d->name);
		return NULL;
	}
	start_function(&inner, l, arena_printf(l->arena, "%s.%s", d->name, method));
	new_local(&inner, "bits", total_bits(d));
	if (write)
		new_local(&inner, "value", d->value);
	if (d->measures)
		inner.length = ir_ref(l->arena, IR_LOCAL, new_local(&inner, "length", l->isa->components[l->isa->pc].width),
				      l->isa->components[l->isa->pc].width);
	inner.function->param_count = inner.function->local_count;
	inner.function->has_result = m->width != ~0u;
	inner.function->result = inner.function->has_result ? m->width : 0;
	inner.at = l->at;
	for (unsigned i = 0; i < d->count; i++)
		alternative_branch(&inner, d, &d->alternatives[i], method, n);
	if (inner.function->has_result)
		emit(&inner, IR_RETURN)->a = ir_const(l->arena, 0, inner.function->result);
	return m->function = finish_function(&inner);
}

/* Whether the bits are an operand at all, and how many address units of stream it takes. */
struct ir_function *decoder_function(struct lowering *l, struct decoder *d, bool length)
{
	struct lowering inner;
	struct ir_function **slot = length ? &d->length : &d->valid;
	unsigned unit = l->isa->memory.unit;

	if (*slot)
		return *slot;
	start_function(&inner, l, arena_printf(l->arena, "%s.%s", d->name, length ? "length" : "valid"));
	new_local(&inner, "bits", total_bits(d));
	inner.function->param_count = 1;
	inner.function->has_result = true;
	inner.function->result = length ? 8 : 0;
	for (unsigned i = 0; i < d->count; i++) {
		const struct alternative *a = &d->alternatives[i];
		struct ir_expr *bits = ir_ref(l->arena, IR_LOCAL, 0, total_bits(d)), *value;
		struct ir_statement *branch = emit(&inner, IR_IF), **tail = inner.tail, *s;

		branch->a = chosen(&inner, a, bits);
		inner.tail = &branch->body;
		enter_alternative(&inner, a, bits);
		value = length ? ir_const(l->arena, (a->pattern.width - d->from) / unit, 8) : ir_const(l->arena, 1, 0);
		for (unsigned o = 0; o < a->operand_count; o++) {
			struct ir_expr *nested = operand_bits(&inner, &a->operands[o]);
			struct typed t = emit_call(&inner, decoder_function(&inner, (struct decoder *)a->operands[o].decoder, length),
						   &nested, 1);

			if (t.e)
				value = ir_op2(l->arena, length ? OP_add : OP_land, value, t.e);
		}
		s = emit(&inner, IR_RETURN);
		s->a = value;
		inner.names = NULL;
		inner.alternative = NULL;
		inner.tail = tail;
	}
	emit(&inner, IR_RETURN)->a = ir_const(l->arena, 0, inner.function->result);
	return *slot = finish_function(&inner);
}
