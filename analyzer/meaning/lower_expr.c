/* Expressions: names, widths, signs. */
#include "lower.h"

#include <string.h>
#include <strings.h>

static const char *next_name(void *context)
{
	struct name **n = context, *this = *n;

	if (this)
		*n = this->next;
	return this ? this->text : NULL;
}

static struct typed unknown_name(struct lowering *l, const struct syntax *n)
{
	struct name *names = l->names;
	const char *near = nearest_name(n->text, next_name, &names);

	if (!near)
		for (struct reg *r = l->isa->registers; r && !near; r = r->next)
			if (!strcasecmp(r->name, n->text))
				near = r->name;
	bad(l, E_NAME, n, "'%s' is not a name here", n->text);
	if (near)
		diag_hint(l->diags, "did you mean '%s'?", near);
	return (struct typed){0};
}

static struct typed instruction_encoding(struct lowering *l, const struct syntax *n)
{
	const struct instruction *i = l->instruction;
	struct ir_expr *e;

	if (!i)
		return bad(l, E_NAME, n, "'$encoding' is known only inside an instruction's operation");
	e = ir_const(l->arena, i->pattern.match, i->pattern.width);
	for (unsigned v = 0; v < i->variable_count; v++) {
		const struct location *at = &i->variables[v].location;
		unsigned rest = at->width;

		if (i->variables[v].is_operand || i->variables[v].is_prefix)
			continue;
		for (unsigned p = 0; p < at->count; p++) {
			struct ir_expr *piece;

			rest -= at->pieces[p].width;
			piece = ir_extract(l->arena, variable_ref(l, v, at->width), rest, at->pieces[p].width);
			piece = ir_resize(l->arena, piece, i->pattern.width, false);
			piece = ir_op2(l->arena, OP_shl, piece, ir_const(l->arena, at->pieces[p].low, i->pattern.width));
			e = ir_op2(l->arena, OP_or, e, piece);
		}
	}
	return good(e);
}

/* A prefix counts where it stands. */
static struct ir_expr *prefix_length(struct lowering *l, unsigned variable, unsigned width)
{
	const struct prefix *p = &l->isa->prefixes[l->instruction->variables[variable].prefix];
	struct ir_expr *there = ir_op2(l->arena, OP_eq, variable_ref(l, variable, 1), ir_const(l->arena, 1, 1));

	return ir_ite(l->arena, there, ir_const(l->arena, p->pattern.width / l->isa->memory.unit, width), ir_const(l->arena, 0, width));
}

struct typed instruction_length(struct lowering *l, const struct syntax *n)
{
	const struct instruction *i = l->instruction;
	unsigned width = l->isa->components[l->isa->pc].width;
	struct ir_expr *e;

	if (l->length)
		return good(l->length);
	if (!i)
		return bad(l, E_NAME, n, "'$length' is known only inside an instruction's operation");
	e = ir_const(l->arena, i->length, width);
	for (unsigned o = 0; o < i->operand_count; o++) {
		struct ir_expr *bits = operand_bits(l, &i->operands[o]);
		struct typed t = emit_call(l, decoder_function(l, (struct decoder *)i->operands[o].decoder, true), &bits, 1);

		if (t.e)
			e = ir_op2(l->arena, OP_add, e, ir_resize(l->arena, t.e, width, false));
	}
	for (unsigned v = 0; v < i->variable_count; v++)
		if (i->variables[v].is_prefix && !i->variables[v].location.count)
			e = ir_op2(l->arena, OP_add, e, prefix_length(l, v, width));
	return good(e);
}

static struct typed special_name(struct lowering *l, const struct syntax *n)
{
	struct isa *isa = l->isa;

	if (!strcmp(n->text, "$pc"))
		return good(ir_ref(l->arena, IR_ADDRESS, 0, isa->components[isa->pc].width));
	if (!strcmp(n->text, "$waiting"))
		return good(ir_ref(l->arena, IR_COMPONENT, isa->waiting, 1));
	if (!strcmp(n->text, "$encoding"))
		return instruction_encoding(l, n);
	if (!strcmp(n->text, "$length"))
		return instruction_length(l, n);
	return unknown_name(l, n);
}

static struct typed kept_value(struct lowering *l, const struct syntax *n)
{
	if (!l->written_field)
		return bad(l, E_NAME, n, "'%s' stands only in a field's sw_write", n->text);
	return read_field(l, l->written, l->written_field, l->written_index);
}

static struct typed lower_name(struct lowering *l, const struct syntax *n)
{
	struct name *name = find_name(l, n->text);
	struct isa *isa = l->isa;
	struct reg *r;

	if (name) {
		if (name->is_local && !name->assigned) {
			diag_add(l->diags, W_UNASSIGNED, syntax_place(n), "'%s' is read before it is assigned", n->text);
			name->assigned = true;
		}
		return name->value;
	}
	if (n->text[0] == '$')
		return special_name(l, n);
	if (!strncmp(n->text, "UNDEFINED_LEGAL", 15))
		return kept_value(l, n);
	for (unsigned i = 0; i < isa->input_count; i++)
		if (!strcmp(isa->inputs[i].name, n->text))
			return (struct typed){.e = ir_ref(l->arena, IR_INPUT, i, isa->inputs[i].width),
					      .enumeration = isa->inputs[i].enumeration};
	r = isa_register(isa, n->text);
	if (r && r->count)
		return bad(l, E_TYPE, n, "'%s' is a register file; choose an element, %s[i]", n->text, n->text);
	if (r)
		return read_register(l, r, NULL);
	for (struct constant *c = isa->constants; c; c = c->next)
		if (!strcmp(c->name, n->text))
			return flexible(l, c->value);
	return unknown_name(l, n);
}

static const char *next_member(void *context)
{
	struct { const struct enumeration *e; unsigned i; } *c = context;

	return c->i < c->e->count ? c->e->members[c->i++].name : NULL;
}

static struct typed lower_enum(struct lowering *l, const struct syntax *n)
{
	const struct enumeration *e = isa_enumeration(l->isa, n->text);
	struct { const struct enumeration *e; unsigned i; } context = {e, 0};
	const char *near;

	if (!e)
		return bad(l, E_NAME, n, "there is no enumeration '%s'", n->text);
	for (unsigned i = 0; i < e->count; i++)
		if (!strcmp(e->members[i].name, n->member))
			return (struct typed){.e = ir_const(l->arena, e->members[i].value, e->width), .enumeration = e};
	near = nearest_name(n->member, next_member, &context);
	bad(l, E_NAME, n, "'%s' has no member '%s'", n->text, n->member);
	if (near)
		diag_hint(l->diags, "did you mean '%s::%s'?", n->text, near);
	return (struct typed){0};
}

static struct typed lower_number(struct lowering *l, const struct syntax *n)
{
	if (n->member) {
		struct name *name = find_name(l, n->member);

		if (name && name->value.flexible && name->value.e->value >= 1 && name->value.e->value <= BITS_MAX)
			return good(ir_const(l->arena, n->value, (unsigned)name->value.e->value));
		for (struct constant *c = l->isa->constants; c; c = c->next)
			if (!strcmp(c->name, n->member) && c->value >= 1 && c->value <= BITS_MAX)
				return good(ir_const(l->arena, n->value, (unsigned)c->value));
		return bad(l, E_NAME, n, "'%s' is not a constant that can be a width", n->member);
	}
	return n->width ? good(ir_const(l->arena, n->value, n->width)) : flexible(l, n->value);
}

/* Positions as the description counts them, to positions from the least significant bit. */
static u128 bit_position(const struct lowering *l, u128 position, unsigned width)
{
	return l->isa->msb0 ? width - 1 - position : position;
}

static struct typed lower_bit(struct lowering *l, const struct syntax *n)
{
	struct typed t = lower_expr(l, n->children[0]), i;
	struct ir_statement **mark = l->tail;

	i = lower_expr(l, n->children[1]);
	t = hold(l, t, mark);
	if (!t.e || !i.e)
		return (struct typed){0};
	if (!t.e->width || t.flexible)
		return bad(l, E_TYPE, n, "bits can be taken only from a value with a width");
	if (i.e->kind == IR_CONST) {
		if (i.e->value >= t.e->width)
			return bad(l, E_TYPE, n, "bit %llu of a value of %u bits", (unsigned long long)i.e->value, t.e->width);
		return good(ir_extract(l->arena, t.e, (unsigned)bit_position(l, i.e->value, t.e->width), 1));
	}
	i.e = ir_resize(l->arena, i.e, t.e->width < i.e->width ? i.e->width : t.e->width, false);
	if (l->isa->msb0)
		i.e = ir_op2(l->arena, OP_sub, ir_const(l->arena, t.e->width - 1, i.e->width), i.e);
	t.e = ir_op2(l->arena, OP_lshr, ir_resize(l->arena, t.e, i.e->width, false), i.e);
	return good(ir_extract(l->arena, t.e, 0, 1));
}

static struct typed lower_index_expr(struct lowering *l, const struct syntax *n)
{
	struct ir_expr *index;
	const struct reg *r = named_register(l, n, &index);

	if (r)
		return index || !r->count ? read_register(l, r, index) : (struct typed){0};
	if (n->children[0]->kind == SYN_NAME && !find_name(l, n->children[0]->text)) {
		for (struct space *s = l->isa->spaces; s; s = s->next)
			if (!strcmp(s->name, n->children[0]->text)) {
				struct ir_expr *e = lower_bits(l, n->children[1], s->width);

				return (struct typed){.e = e, .handle = s};
			}
	}
	return lower_bit(l, n);
}

static struct typed lower_slice(struct lowering *l, const struct syntax *n)
{
	struct typed t = lower_expr(l, n->children[0]);
	u128 first, last, high, low;

	if (!t.e || !lower_constant(l, n->children[1], &first) || !lower_constant(l, n->children[2], &last))
		return (struct typed){0};
	if (!t.e->width || t.flexible)
		return bad(l, E_TYPE, n, "bits can be taken only from a value with a width");
	if (first >= t.e->width || last >= t.e->width)
		return bad(l, E_TYPE, n, "bits %llu to %llu of a value of %u bits", (unsigned long long)first,
			   (unsigned long long)last, t.e->width);
	high = bit_position(l, first, t.e->width);
	low = bit_position(l, last, t.e->width);
	if (high < low)
		return bad(l, E_TYPE, n, "the most significant bit of a slice is written first");
	return good(ir_extract(l->arena, t.e, (unsigned)low, (unsigned)(high - low + 1)));
}

struct ir_expr *field_of(struct lowering *l, struct ir_expr *image, const struct location *at)
{
	struct ir_expr *e = NULL;

	for (unsigned i = 0; i < at->count; i++) {
		struct ir_expr *piece = ir_extract(l->arena, image, at->pieces[i].low, at->pieces[i].width);

		e = e ? ir_op2(l->arena, OP_concat, e, piece) : piece;
	}
	return e;
}

static struct typed handle_attribute(struct lowering *l, const struct syntax *n, struct typed h)
{
	static const char *const attributes[] = {"valid", "mode", "writable"};

	if (!strcmp(n->text, "address"))
		return good(h.e);
	for (unsigned i = 0; i < 3; i++)
		if (!strcmp(n->text, attributes[i])) {
			struct typed t = emit_call(l, space_function(l, h.handle, n->text), &h.e, 1);

			if (i == 1)
				t.enumeration = l->isa->level_enum;
			return t;
		}
	return bad(l, E_NAME, n, "a register's handle has valid, mode, writable and address, but no '%s'", n->text);
}

static const char *next_field(void *context)
{
	struct { const struct reg *r; unsigned i; } *c = context;

	return c->i < c->r->field_count ? c->r->fields[c->i++].name : NULL;
}

static struct typed unknown_field(struct lowering *l, const struct syntax *n, const struct reg *r)
{
	struct { const struct reg *r; unsigned i; } context = {r, 0};
	const char *near = nearest_name(n->text, next_field, &context);

	bad(l, E_NAME, n, "register '%s' has no field '%s'", r->name, n->text);
	if (near)
		diag_hint(l->diags, "did you mean '%s'?", near);
	return (struct typed){0};
}

static struct typed lower_field(struct lowering *l, const struct syntax *n)
{
	struct ir_expr *index;
	const struct reg *r = named_register(l, n->children[0], &index);
	const struct field *f;
	struct typed t;

	if (r) {
		f = reg_field(r, n->text);
		if (!f)
			return unknown_field(l, n, r);
		return index || !r->count ? read_field(l, r, f, index) : (struct typed){0};
	}
	t = lower_expr(l, n->children[0]);
	if (!t.e)
		return t;
	if (t.handle)
		return handle_attribute(l, n, t);
	if (!t.image)
		return bad(l, E_TYPE, n, "only registers and written values have fields");
	f = reg_field(t.image, n->text);
	if (!f)
		return unknown_field(l, n, t.image);
	return (struct typed){.e = field_of(l, t.e, &f->location), .enumeration = f->enumeration};
}

static struct typed lower_concat(struct lowering *l, const struct syntax *n)
{
	struct ir_expr *e = NULL;

	for (unsigned i = 0; i < n->count; i++) {
		struct ir_statement **mark = l->tail;
		struct typed t = lower_expr(l, n->children[i]);

		if (e)
			e = hold(l, good(e), mark).e;
		if (!t.e)
			return t;
		if (t.flexible)
			return bad(l, E_TYPE, n->children[i], "a number in a concatenation needs a width, such as 4'd%llu",
				   (unsigned long long)t.e->value);
		t.e = ir_resize(l->arena, t.e, t.e->width ? t.e->width : 1, false);
		if (e && e->width + t.e->width > BITS_MAX)
			return bad(l, E_TYPE, n, "a concatenation of more than 128 bits");
		e = e ? ir_op2(l->arena, OP_concat, e, t.e) : t.e;
	}
	return good(e);
}

static struct typed lower_repeat(struct lowering *l, const struct syntax *n)
{
	struct typed t;
	struct ir_expr *e;
	u128 count;

	if (!lower_constant(l, n->children[0], &count))
		return (struct typed){0};
	t = lower_expr(l, n->children[1]);
	if (!t.e)
		return t;
	if (t.flexible)
		return bad(l, E_TYPE, n->children[1], "what is repeated needs a width");
	t.e = ir_resize(l->arena, t.e, t.e->width ? t.e->width : 1, false);
	if (count < 1 || count * t.e->width > BITS_MAX)
		return bad(l, E_TYPE, n, "a repetition gives 1 to 128 bits");
	if (t.e->width == 1 && count > 1) /* a bit repeated is a sign extension */
		return good(ir_resize(l->arena, t.e, (unsigned)count, true));
	e = t.e;
	while (--count)
		e = ir_op2(l->arena, OP_concat, e, t.e);
	return good(e);
}

struct typed lower_expr(struct lowering *l, const struct syntax *n)
{
	switch (n->kind) {
	case SYN_NUMBER: return lower_number(l, n);
	case SYN_BOOL: return good(ir_const(l->arena, n->value, 0));
	case SYN_NAME: return lower_name(l, n);
	case SYN_ENUM: return lower_enum(l, n);
	case SYN_UNARY: return lower_unary(l, n);
	case SYN_BINARY: return lower_binary(l, n);
	case SYN_TERNARY: return lower_ternary(l, n);
	case SYN_INDEX: return lower_index_expr(l, n);
	case SYN_SLICE: return lower_slice(l, n);
	case SYN_FIELD: return lower_field(l, n);
	case SYN_CONCAT: return lower_concat(l, n);
	case SYN_REPEAT: return lower_repeat(l, n);
	case SYN_CALL: return lower_call(l, n);
	case SYN_METHOD: return lower_method(l, n);
	case SYN_STRING: return bad(l, E_TYPE, n, "a text has no value");
	default: return bad(l, E_SYNTAX, n, "this is not an expression");
	}
}

bool lower_type(struct lowering *l, const struct syntax *n, struct parameter *out)
{
	static const struct { const char *name; unsigned width; } plain[] = {{"Boolean", 0}, {"U32", 32}, {"U64", 64}};
	const struct enumeration *e;
	const struct yaml *alias;
	struct syntax *type;
	u128 width;

	*out = (struct parameter){0};
	if (!strcmp(n->text, "Bits")) {
		if (!n->count || !lower_constant(l, n->children[0], &width))
			return false;
		if (width < 1 || width > BITS_MAX) {
			bad(l, E_TYPE, n, "a width is 1 to 128 bits");
			return false;
		}
		out->width = (unsigned)width;
		return true;
	}
	for (unsigned i = 0; i < 3; i++)
		if (!strcmp(n->text, plain[i].name)) {
			out->width = plain[i].width;
			return true;
		}
	e = isa_enumeration(l->isa, n->text);
	if (e) {
		out->width = e->width;
		out->enumeration = e;
		return true;
	}
	alias = yaml_peek(l->isa->types, n->text);
	type = alias ? syntax_type(l->arena, alias, l->diags) : NULL;
	if (!alias)
		bad(l, E_NAME, n, "there is no type '%s'", n->text);
	if (!type)
		return false;
	if (yaml_peek(l->isa->types, type->text)) {
		bad(l, E_TYPE, type, "a type's name stands for Bits<…> or an enumeration, not for another name");
		return false;
	}
	return lower_type(l, type, out);
}
