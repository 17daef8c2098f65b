/* Calls: their arguments, the table of what is built in, functions of the description, methods of registers and operands. */
#include "lower_call.h"

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

/* Nodes of an expression that is put in place: functions that call functions twice would otherwise double at every level. */
enum { INLINE_NODES = 512 };

/* How many nodes it has, as a tree; counted no further than `room`. */
static unsigned count_nodes(const struct ir_expr *e, unsigned room)
{
	unsigned n = 1;

	for (unsigned i = 0; i < e->count && n < room; i++)
		n += count_nodes(e->args[i], room - n);
	return n;
}

/* A function that only returns an expression, and makes no UNKNOWN value, is put in place: its constants then fold. */
static bool is_inline(const struct ir_function *f)
{
	return f->has_result && !f->unknowns && f->body && !f->body->next && f->body->kind == IR_RETURN && f->size <= 1 &&
	       count_nodes(f->body->a, INLINE_NODES) < INLINE_NODES;
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

unsigned call_positional(const struct syntax *n)
{
	unsigned count = 0;

	while (count < n->count && n->children[count]->kind != SYN_NAMED)
		count++;
	return count;
}

bool call_arity(struct lowering *l, const struct syntax *n, unsigned least, unsigned most)
{
	unsigned count = call_positional(n);

	if (count >= least && count <= most)
		return true;
	if (least == most)
		bad(l, E_TYPE, n, "'%s' takes %u argument%s", n->text, least, least == 1 ? "" : "s");
	else
		bad(l, E_TYPE, n, "'%s' takes %u to %u arguments", n->text, least, most);
	return false;
}

const struct syntax *call_option(const struct syntax *n, const char *name)
{
	for (unsigned i = call_positional(n); i < n->count; i++)
		if (n->children[i]->kind == SYN_NAMED && !strcmp(n->children[i]->text, name))
			return n->children[i]->children[0];
	return NULL;
}

bool call_known_options(struct lowering *l, const struct syntax *n)
{
	static const char *const names[] = {"level", "access", "endian", "align"};

	for (unsigned i = call_positional(n); i < n->count; i++) {
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
unsigned call_width(struct lowering *l, const struct syntax *n, unsigned unit)
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
	if (call_positional(n) != n->count || n->count != s->param_count)
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
		return lower_software_write(l, h.handle, h.e, n->children[1]);
	return bad(l, E_NAME, n, "a register's handle has sw_read() and sw_write(value)");
}
