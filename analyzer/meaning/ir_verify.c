/* Structure and widths of the IR. What this accepts, the walker and the native code may rely on. */
#include "ir.h"

struct verifier {
	struct arena *arena;
	const struct ir_function *f;
	const struct ir_context *context;
	const char *wrong;
};

static bool need(struct verifier *v, bool holds, const char *what)
{
	if (!holds && !v->wrong)
		v->wrong = arena_printf(v->arena, "%s: %s", v->f->name, what);
	return holds && !v->wrong;
}

static unsigned bits_to_index(unsigned count)
{
	return count > 1 ? bits_needed(count - 1) : 1;
}

static void verify_expr(struct verifier *v, const struct ir_expr *e);

static void verify_ref(struct verifier *v, const struct ir_expr *e, const struct ir_place *places, unsigned count)
{
	if (need(v, e->index < count, "a reference to nothing"))
		need(v, e->width == places[e->index].width, "a reference of the wrong width");
}

static void verify_component(struct verifier *v, const struct ir_expr *e)
{
	const struct ir_context *c = v->context;

	verify_ref(v, e, c->components, c->component_count);
	if (v->wrong || !need(v, (c->components[e->index].count > 0) == (e->count > 0), "an element of no file, or a whole file"))
		return;
	if (e->count) {
		verify_expr(v, e->args[0]);
		need(v, e->args[0]->width == bits_to_index(c->components[e->index].count), "an index of the wrong width");
	}
}

static void verify_op(struct verifier *v, const struct ir_expr *e)
{
	unsigned widths[3] = {0};

	if (!need(v, e->op < OP_COUNT && e->count == op_table[e->op].arity, "an operation with the wrong number of operands"))
		return;
	for (unsigned i = 0; i < e->count; i++) {
		verify_expr(v, e->args[i]);
		widths[i] = e->args[i]->width;
	}
	need(v, op_result_width(e->op, widths, e->width, e->low) == (int)e->width, "an operation that breaks its typing rule");
}

static void verify_expr(struct verifier *v, const struct ir_expr *e)
{
	const struct ir_context *c = v->context;

	if (v->wrong)
		return;
	switch (e->kind) {
	case IR_CONST:
		need(v, e->width <= BITS_MAX && e->value <= (e->width ? bits_mask(e->width) : 1), "a constant that does not fit");
		break;
	case IR_LOCAL:
		if (need(v, e->index < v->f->local_count, "no such local"))
			need(v, e->width == v->f->locals[e->index].width, "a local of another width");
		break;
	case IR_COMPONENT: verify_component(v, e); break;
	case IR_VARIABLE: verify_ref(v, e, c->variables, c->variable_count); break;
	case IR_INPUT: verify_ref(v, e, c->inputs, c->input_count); break;
	case IR_ADDRESS: need(v, e->width > 0, "an address without bits"); break;
	case IR_UNKNOWN:
		if (need(v, e->index < v->f->unknowns, "no such unknown value"))
			need(v, e->width == v->f->unknown_widths[e->index], "an unknown value of another width");
		break;
	case IR_OP: verify_op(v, e); break;
	}
}

static void verify_width(struct verifier *v, const struct ir_expr *e, int width, const char *what)
{
	if (!need(v, e != NULL, what))
		return;
	verify_expr(v, e);
	need(v, width < 0 ? e->width > 0 : e->width == (unsigned)width, what);
}

static void verify_target(struct verifier *v, const struct ir_statement *s, unsigned width)
{
	if (need(v, s->has_target && s->index < v->f->local_count, "no such local to set"))
		need(v, v->f->locals[s->index].width == width, "a local of another width set");
}

static void verify_put(struct verifier *v, const struct ir_statement *s)
{
	const struct ir_place *p;

	if (!need(v, s->index < v->context->component_count, "no such component to set"))
		return;
	p = &v->context->components[s->index];
	verify_width(v, s->a, (int)p->width, "a component set to a value of another width");
	if (need(v, (s->kind == IR_PUT_ELEMENT) == (p->count > 0), "an element of no file, or a whole file, set") && p->count)
		verify_width(v, s->b, (int)bits_to_index(p->count), "an index of the wrong width");
}

static void verify_call(struct verifier *v, const struct ir_statement *s)
{
	const struct ir_function *callee = s->callee;

	if (!need(v, callee && s->arg_count == callee->param_count, "a call with the wrong number of arguments"))
		return;
	for (unsigned i = 0; i < s->arg_count; i++)
		verify_width(v, s->args[i], (int)callee->locals[i].width, "an argument of the wrong width");
	if (s->has_target && need(v, callee->has_result, "a call that gives no value"))
		verify_target(v, s, callee->result);
}

static void verify_list(struct verifier *v, const struct ir_statement *s);

static void verify_statement(struct verifier *v, const struct ir_statement *s)
{
	switch (s->kind) {
	case IR_SET:
		if (need(v, s->a != NULL, "a set without a value")) {
			verify_expr(v, s->a);
			verify_target(v, s, s->a->width);
		}
		break;
	case IR_PUT:
	case IR_PUT_ELEMENT: verify_put(v, s); break;
	case IR_LOAD:
	case IR_LOAD_PHYSICAL:
	case IR_PORT_IN:
		verify_width(v, s->a, -1, "an access without an address");
		verify_target(v, s, s->width);
		break;
	case IR_STORE:
	case IR_STORE_PHYSICAL:
	case IR_PORT_OUT:
		verify_width(v, s->a, -1, "an access without an address");
		verify_width(v, s->c, (int)s->width, "a stored value of the wrong width");
		break;
	case IR_CALL: verify_call(v, s); break;
	case IR_IF:
	case IR_ASSERT:
		verify_width(v, s->a, 0, "a condition that is not Boolean");
		break;
	case IR_FOR: need(v, s->has_target && s->index < v->f->local_count && s->rounds <= 4096, "a loop without bounds"); break;
	case IR_RAISE:
		verify_width(v, s->a, -1, "a trap without a cause");
		verify_width(v, s->b, -1, "a trap without a value");
		break;
	case IR_RETURN:
		need(v, (s->a != NULL) == v->f->has_result, "a return with the wrong value");
		if (s->a)
			verify_width(v, s->a, (int)v->f->result, "a return of the wrong width");
		break;
	case IR_FAULT:
	case IR_UNPREDICTABLE: break;
	case IR_STATEMENT_COUNT: need(v, false, "no such statement"); break;
	}
	if (s->b && (s->kind == IR_LOAD || s->kind == IR_STORE))
		verify_expr(v, s->b);
	verify_list(v, s->body);
	verify_list(v, s->other);
}

static void verify_list(struct verifier *v, const struct ir_statement *s)
{
	for (; s && !v->wrong; s = s->next)
		verify_statement(v, s);
}

const char *ir_verify(struct arena *arena, const struct ir_function *function, const struct ir_context *context)
{
	struct verifier v = {.arena = arena, .f = function, .context = context};

	need(&v, function->param_count <= function->local_count, "more parameters than locals");
	verify_list(&v, function->body);
	return v.wrong;
}
