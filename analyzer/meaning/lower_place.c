/* Registers, their fields and elements, and register spaces: how they are read and written. */
#include "lower.h"

#include <string.h>

unsigned index_width(unsigned count)
{
	return count > 1 ? bits_needed(count - 1) : 1;
}

const struct field *reg_field(const struct reg *r, const char *name)
{
	for (unsigned i = 0; i < r->field_count; i++)
		if (!strcmp(r->fields[i].name, name))
			return &r->fields[i];
	return NULL;
}

struct ir_expr *lower_index(struct lowering *l, const struct reg *r, const struct syntax *n)
{
	struct typed t = lower_expr(l, n);
	unsigned width = index_width(r->count);

	if (!t.e)
		return NULL;
	if (t.e->kind == IR_CONST && t.e->value >= r->count) {
		bad(l, E_TYPE, n, "'%s' has %u elements", r->name, r->count);
		return NULL;
	}
	if (t.flexible)
		return ir_const(l->arena, t.e->value, width);
	if (t.e->kind == IR_LOCAL && n->kind == SYN_NAME && find_name(l, n->text)->is_constant)
		return ir_resize(l->arena, t.e, width, false); /* a loop's variable */
	t.e = lower_as(l, t, width, n);
	return t.e && has_component(t.e) ? leaf(l, t.e) : t.e;
}

const struct reg *named_register(struct lowering *l, const struct syntax *n, struct ir_expr **index)
{
	const struct syntax *what = n->kind == SYN_INDEX ? n->children[0] : n;
	const struct reg *r;

	*index = NULL;
	if (what->kind == SYN_INDEX) { /* CSR[pmpcfg][i] */
		r = named_register(l, what, index);
		if (!r || !r->count || *index)
			return NULL;
		*index = lower_index(l, r, n->children[1]);
		return r;
	}
	if (what->kind != SYN_NAME || find_name(l, what->text))
		return NULL;
	for (const struct space *s = l->isa->spaces; s; s = s->next)
		if (!strcmp(s->name, what->text) && n->kind == SYN_INDEX && n->children[1]->kind == SYN_NAME &&
		    !find_name(l, n->children[1]->text)) {
			r = isa_register(l->isa, n->children[1]->text);
			return r && r->space == s ? r : NULL;
		}
	r = isa_register(l->isa, what->text);
	if (r && n->kind == SYN_INDEX) {
		if (!r->count)
			return NULL;
		*index = lower_index(l, r, n->children[1]);
	}
	return r;
}

static struct ir_expr *is_zero_element(struct lowering *l, const struct component *c, struct ir_expr *index)
{
	struct ir_expr *any = ir_const(l->arena, 0, 0);

	for (unsigned i = 0; c->zero && i < c->count; i++)
		if (c->zero[i])
			any = ir_op2(l->arena, OP_lor, any,
				     ir_op2(l->arena, OP_eq, index, ir_const(l->arena, i, index->width)));
	return any;
}

static struct ir_expr *read_component(struct lowering *l, unsigned number, struct ir_expr *index)
{
	const struct component *c = &l->isa->components[number];
	struct ir_expr *e = ir_ref(l->arena, IR_COMPONENT, number, c->width);

	if (!c->count)
		return e;
	e->count = 1;
	e->args[0] = index;
	return ir_ite(l->arena, is_zero_element(l, c, index), ir_const(l->arena, 0, c->width), e);
}

void write_component(struct lowering *l, unsigned number, struct ir_expr *index, struct ir_expr *value)
{
	const struct component *c = &l->isa->components[number];
	struct ir_statement *s, *guard = NULL, **tail = l->tail;
	struct ir_expr *zero;

	if (c->count) {
		zero = is_zero_element(l, c, index);
		if (zero->kind == IR_CONST && zero->value)
			return;
		if (zero->kind != IR_CONST) {
			guard = emit(l, IR_IF);
			guard->a = ir_op1(l->arena, OP_lnot, zero);
			tail = l->tail;
			l->tail = &guard->body;
		}
	}
	s = emit(l, c->count ? IR_PUT_ELEMENT : IR_PUT);
	s->index = number;
	s->a = value;
	s->b = c->count ? index : NULL;
	if (guard)
		l->tail = tail;
}

/* A field as software reads it, without any body of its own: its storage. */
struct typed read_field(struct lowering *l, const struct reg *r, const struct field *f, struct ir_expr *index)
{
	(void)r;
	return (struct typed){.e = read_component(l, f->component, index), .enumeration = f->enumeration};
}

/* The fields in their places, zeros between. */
static struct ir_expr *register_image(struct lowering *l, const struct reg *r, struct ir_expr *index)
{
	struct ir_expr *e = NULL;
	unsigned bit = r->width;

	while (bit) {
		unsigned next = 0, width = 0, rest = 0;
		const struct field *found = NULL;
		struct ir_expr *piece;

		for (unsigned i = 0; i < r->field_count; i++) { /* the piece with the highest bit below `bit` */
			const struct location *at = &r->fields[i].location;
			unsigned low = at->width;

			for (unsigned p = 0; p < at->count; p++) {
				unsigned top = at->pieces[p].low + at->pieces[p].width;

				low -= at->pieces[p].width;
				if (top <= bit && top > next) {
					next = top;
					found = &r->fields[i];
					width = at->pieces[p].width;
					rest = low;
				}
			}
		}
		if (next < bit) {
			piece = ir_const(l->arena, 0, bit - next);
			bit = next;
		} else {
			piece = ir_extract(l->arena, read_component(l, found->component, index), rest, width);
			bit -= width;
		}
		e = e ? ir_op2(l->arena, OP_concat, e, piece) : piece;
	}
	return e;
}

struct typed read_register(struct lowering *l, const struct reg *r, struct ir_expr *index)
{
	if (r->count && !index)
		return (struct typed){0};
	if (r->component >= 0)
		return (struct typed){.e = read_component(l, (unsigned)r->component, index), .enumeration = r->enumeration,
				      .image = r->field_count ? r : NULL};
	if (r->view && !r->field_count) { /* no storage at all: what software reads */
		return emit_call(l, register_read(l, r), &index, r->count ? 1 : 0);
	}
	return (struct typed){.e = register_image(l, r, index), .image = r};
}

void write_register(struct lowering *l, const struct reg *r, struct ir_expr *index, struct ir_expr *value)
{
	if (r->component >= 0) {
		write_component(l, (unsigned)r->component, index, value);
		return;
	}
	if (r->view && !r->field_count) {
		struct ir_expr *args[2] = {value, index};

		emit_call(l, register_write(l, r), args, r->count ? 2 : 1);
		return;
	}
	for (unsigned i = 0; i < r->field_count; i++)
		write_component(l, r->fields[i].component, index, field_of(l, value, &r->fields[i].location));
}

static struct parameter index_parameter(const struct reg *r)
{
	return (struct parameter){.name = "index", .width = index_width(r->count)};
}

struct ir_function *register_read(struct lowering *l, const struct reg *r)
{
	struct reg *mutable = (struct reg *)r;
	struct yaml *body = yaml_get(r->node, "sw_read()");
	struct parameter index = index_parameter(r), result = {.width = r->width};
	struct lowering inner;
	struct ir_statement *s;

	if (r->read)
		return r->read;
	if (r->reading) {
		diag_add(l->diags, E_RECURSION, r->where, "reading '%s' reads it again", r->name);
		return NULL;
	}
	if (body) {
		mutable->reading = true;
		mutable->read = lower_body(l, arena_printf(l->arena, "%s.sw_read", r->name), &index, r->count ? 1 : 0, &result,
					   body, NULL);
		mutable->reading = false;
		return r->read;
	}
	start_function(&inner, l, arena_printf(l->arena, "%s.sw_read", r->name));
	if (r->count)
		new_local(&inner, "index", index.width);
	inner.function->param_count = r->count ? 1 : 0;
	inner.function->has_result = true;
	inner.function->result = r->width;
	s = emit(&inner, IR_RETURN);
	if (r->component >= 0 || r->field_count)
		s->a = read_register(&inner, r, r->count ? ir_ref(l->arena, IR_LOCAL, 0, index.width) : NULL).e;
	else
		s->a = ir_const(l->arena, 0, r->width);
	return mutable->read = finish_function(&inner);
}

static struct ir_function *field_write(struct lowering *l, const struct reg *r, struct field *f)
{
	struct parameter params[2] = {{.name = "csr_value", .width = r->width, .image = r}, index_parameter(r)};
	struct parameter result = {.width = l->isa->components[f->component].width, .enumeration = f->enumeration};
	struct lowering settings = {.written = r, .written_field = f};

	if (r->count)
		settings.written_index = ir_ref(l->arena, IR_LOCAL, 1, params[1].width);
	if (!f->write)
		f->write = lower_body(l, arena_printf(l->arena, "%s.%s.sw_write", r->name, f->name), params, r->count ? 2 : 1,
				      &result, f->sw_write, &settings);
	return f->write;
}

/* Every field by its own rule; all rules see the state before the write. */
static void write_fields(struct lowering *l, const struct reg *r)
{
	struct ir_expr *args[2] = {ir_ref(l->arena, IR_LOCAL, 0, r->width),
				   r->count ? ir_ref(l->arena, IR_LOCAL, 1, index_width(r->count)) : NULL};
	struct ir_expr **values = ARENA_ARRAY(l->arena, struct ir_expr *, r->field_count);

	for (unsigned i = 0; i < r->field_count; i++) {
		struct field *f = &r->fields[i];

		if (f->sw_write)
			values[i] = emit_call(l, field_write(l, r, f), args, r->count ? 2 : 1).e;
		else if (!f->read_only)
			values[i] = field_of(l, args[0], &f->location);
	}
	for (unsigned i = 0; i < r->field_count; i++)
		if (values[i])
			write_component(l, r->fields[i].component, args[1], values[i]);
}

struct ir_function *register_write(struct lowering *l, const struct reg *r)
{
	struct reg *mutable = (struct reg *)r;
	struct yaml *key = NULL;
	struct parameter params[2] = {{.name = "value", .width = r->width, .image = r->field_count ? r : NULL}, index_parameter(r)};
	struct lowering inner;

	if (r->write)
		return r->write;
	if (r->writing) {
		diag_add(l->diags, E_RECURSION, r->where, "writing '%s' writes it again", r->name);
		return NULL;
	}
	mutable->writing = true;
	for (size_t i = 0; r->node && i < r->node->count; i++)
		if (!strncmp(r->node->pairs[i].key->text, "sw_write(", 9)) {
			struct signature s;

			key = r->node->pairs[i].value;
			key->used = true;
			if (syntax_signature(l->arena, r->node->pairs[i].key, &s, l->diags) && s.param_count)
				params[0].name = s.params[0].name;
		}
	if (key) {
		mutable->write = lower_body(l, arena_printf(l->arena, "%s.sw_write", r->name), params, r->count ? 2 : 1, NULL,
						   key, NULL);
		mutable->writing = false;
		return r->write;
	}
	mutable->writing = false;
	start_function(&inner, l, arena_printf(l->arena, "%s.sw_write", r->name));
	new_local(&inner, "value", r->width);
	if (r->count)
		new_local(&inner, "index", params[1].width);
	inner.function->param_count = inner.function->local_count;
	if (r->writable && r->component >= 0)
		write_component(&inner, (unsigned)r->component, r->count ? ir_ref(l->arena, IR_LOCAL, 1, params[1].width) : NULL,
				ir_ref(l->arena, IR_LOCAL, 0, r->width));
	else if (r->writable)
		write_fields(&inner, r);
	return mutable->write = finish_function(&inner);
}

/* The condition that `number` (local 0) names this register, and the element's index. */
static struct ir_expr *named_by_number(struct lowering *l, const struct reg *r, struct ir_expr *number, struct ir_expr **index)
{
	struct ir_expr *first = ir_const(l->arena, r->address, number->width), *last;

	*index = NULL;
	if (!r->count)
		return ir_op2(l->arena, OP_eq, number, first);
	last = ir_const(l->arena, r->address + r->count - 1, number->width);
	*index = ir_op2(l->arena, OP_sub, number, first);
	if ((*index)->width > index_width(r->count))
		*index = ir_extract(l->arena, *index, 0, index_width(r->count));
	else
		*index = ir_resize(l->arena, *index, index_width(r->count), false);
	return ir_op2(l->arena, OP_land, ir_op2(l->arena, OP_ule, first, number), ir_op2(l->arena, OP_ule, number, last));
}

static void space_case(struct lowering *l, const struct reg *r, const char *what, struct ir_expr *index)
{
	struct ir_statement *s;
	struct ir_expr *args[2] = {0}, *value = NULL;
	bool file = r->count > 0;

	switch (what[0]) {
	case 'r':
		args[0] = index;
		value = emit_call(l, register_read(l, r), args, file).e;
		value = value ? ir_resize(l->arena, value, l->function->result, false) : ir_const(l->arena, 0, l->function->result);
		break;
	case 'w':
		if (!strcmp(what, "writable")) {
			value = ir_const(l->arena, r->writable, 0);
			break;
		}
		args[0] = ir_resize(l->arena, ir_ref(l->arena, IR_LOCAL, 1, r->space->data), r->width, false);
		args[1] = index;
		emit_call(l, register_write(l, r), args, file ? 2 : 1);
		break;
	case 'v': value = ir_const(l->arena, 1, 0); break;
	default: value = ir_const(l->arena, r->priv_mode, l->isa->level_width); break;
	}
	s = emit(l, IR_RETURN);
	s->a = value;
}

static struct ir_function **space_slot(struct space *s, const char *what)
{
	switch (what[0]) {
	case 'r': return &s->read;
	case 'v': return &s->valid;
	case 'm': return &s->mode;
	default: return !strcmp(what, "writable") ? &s->writable : &s->write;
	}
}

/* `what`: read, write, valid, mode, writable. One function that chooses by number. */
struct ir_function *space_function(struct lowering *l, const struct space *space, const char *what)
{
	struct ir_function **slot = space_slot((struct space *)space, what);
	struct lowering inner;
	struct ir_expr *number;
	bool value = strcmp(what, "write") != 0;

	if (*slot)
		return *slot;
	start_function(&inner, l, arena_printf(l->arena, "%s.%s", space->name, what));
	new_local(&inner, "number", space->width);
	if (!value)
		new_local(&inner, "value", space->data);
	inner.function->param_count = inner.function->local_count;
	inner.function->has_result = value;
	inner.function->result = what[0] == 'r' ? space->data : what[0] == 'm' ? l->isa->level_width : 0;
	number = ir_ref(l->arena, IR_LOCAL, 0, space->width);
	for (const struct reg *r = l->isa->registers; r; r = r->next) {
		struct ir_statement **tail, *branch;
		struct ir_expr *index, *chosen;

		if (r->space != space)
			continue;
		chosen = named_by_number(l, r, number, &index);
		branch = emit(&inner, IR_IF);
		branch->a = chosen;
		tail = inner.tail;
		inner.tail = &branch->body;
		space_case(&inner, r, what, index);
		inner.tail = tail;
	}
	if (value)
		emit(&inner, IR_RETURN)->a = ir_const(l->arena, 0, inner.function->result);
	return *slot = finish_function(&inner);
}
