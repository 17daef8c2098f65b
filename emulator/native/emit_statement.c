#include "emit.h"

enum { INLINE_SIZE = 24 };

bool emit_inlines(const struct plan *plan, const struct ir_function *f)
{
	return plan->deeds[f->number].size <= INLINE_SIZE;
}

void emit_function_name(struct emitter *em, const struct ir_function *f)
{
	static const char *const manners[] = {[MANNER_PLAIN] = "f", [MANNER_LOG] = "g", [MANNER_TABLE] = "t"};

	em->wanted[em->manner][f->number] = true;
	buf_printf(em->out, "%s%u", manners[em->manner], f->number);
}

void emit_locals(struct emitter *em, const struct ir_function *f, unsigned first)
{
	for (unsigned i = first; i < f->local_count; i++) {
		buf_printf(em->out, "%s l%u_%u = ", emit_type(f->locals[i].width), em->scope, i);
		emit_constant(em->out, 0, f->locals[i].width);
		buf_puts(em->out, ";\n");
	}
}

/* --- state --- */

/* What a change of the component has to tell. */
static void changed(struct emitter *em, unsigned component)
{
	if (em->plan->watched[component])
		buf_puts(em->out, " ATTENTION;");
	if (em->plan->timed[component])
		buf_puts(em->out, " *e->unsettled = 1;");
	if (em->plan->moving[component])
		buf_puts(em->out, component == em->plan->isa->mode ? " NEW_MODE;" : " MOVED;");
}

static void put_scalar(struct emitter *em, const struct ir_statement *s)
{
	unsigned at = em->plan->word_of[s->index];
	bool tells = em->plan->watched[s->index] || em->plan->moving[s->index];

	buf_printf(em->out, "{ const %s v = ", emit_type(s->a->width));
	emit_expr(em, s->a);
	buf_puts(em->out, ";");
	if (tells)
		buf_printf(em->out, s->a->width > 64 ? " if (w[%u] != W_LO(v) || w[%u] != W_HI(v)) {" : " if (w[%u] != v) {", at, at + 1);
	if (s->a->width > 64)
		buf_printf(em->out, " w[%u] = W_LO(v); w[%u] = W_HI(v);", at, at + 1);
	else
		buf_printf(em->out, " w[%u] = v;", at);
	changed(em, s->index);
	buf_puts(em->out, tells ? " } }\n" : " }\n");
}

static void put_pc(struct emitter *em, const struct ir_statement *s)
{
	if (em->local_pc) {
		buf_puts(em->out, "npc = at = ");
		emit_expr(em, s->a);
		buf_puts(em->out, "; wrote = 1;\n");
		return;
	}
	put_scalar(em, s);
	buf_puts(em->out, "e->jumped = 1;\n");
}

static void zero_elements(struct emitter *em, const struct component *c)
{
	for (unsigned i = 0; c->zero && i < c->count; i++)
		if (c->zero[i])
			buf_printf(em->out, " && n != %u", i);
}

static void put_element(struct emitter *em, const struct ir_statement *s)
{
	const struct component *c = &em->plan->isa->components[s->index];
	unsigned at = em->plan->word_of[s->index];
	bool wide_index = s->b->width > 64;

	buf_printf(em->out, "{ const %s v = ", emit_type(s->a->width));
	emit_expr(em, s->a);
	buf_puts(em->out, wide_index ? "; const uint64_t n = W_INDEX(" : "; const uint64_t n = (");
	emit_expr(em, s->b);
	buf_printf(em->out, "); if (n < %u", c->count);
	zero_elements(em, c);
	if (c->width > 64) {
		buf_printf(em->out, " && (w[%u + 2 * n] != W_LO(v) || w[%u + 2 * n + 1] != W_HI(v)))", at, at);
		buf_printf(em->out, " { w[%u + 2 * n] = W_LO(v); w[%u + 2 * n + 1] = W_HI(v);", at, at);
	} else if (em->plan->watched[s->index] || em->plan->moving[s->index]) {
		buf_printf(em->out, " && w[%u + n] != v) { w[%u + n] = v;", at, at);
	} else {
		buf_printf(em->out, ") { w[%u + n] = v;", at);
	}
	changed(em, s->index);
	buf_puts(em->out, " } }\n");
}

/* --- calls --- */

static void assign_arguments(struct emitter *em, const struct ir_statement *s, unsigned inner)
{
	for (unsigned i = 0; i < s->arg_count; i++) {
		buf_printf(em->out, "%s l%u_%u = ", emit_type(s->callee->locals[i].width), inner, i);
		emit_expr(em, s->args[i]);
		buf_puts(em->out, ";\n");
	}
}

static void call_inline(struct emitter *em, const struct ir_statement *s)
{
	const struct ir_function *f = s->callee;
	unsigned outer = em->scope, inner = ++em->scopes;

	buf_puts(em->out, "{\n");
	assign_arguments(em, s, inner);
	em->scope = inner;
	if (f->has_result)
		buf_printf(em->out, "%s r%u = %s;\n", emit_type(f->result), inner, f->result > 64 ? "W_OF(0, 0)" : "0");
	emit_locals(em, f, f->param_count);
	if (em->plan->deeds[f->number].ticked)
		buf_puts(em->out, "SYNC;\n");
	emit_body(em, f, f->body);
	buf_printf(em->out, "done%u:;\n", inner);
	em->scope = outer;
	if (s->has_target)
		buf_printf(em->out, "l%u_%u = r%u;\n", outer, s->index, inner);
	buf_puts(em->out, "}\n");
}

static void call(struct emitter *em, const struct ir_statement *s)
{
	if (emit_inlines(em->plan, s->callee)) {
		call_inline(em, s);
		return;
	}
	if (s->has_target)
		buf_printf(em->out, "l%u_%u = ", em->scope, s->index);
	emit_function_name(em, s->callee);
	buf_puts(em->out, "(e, w, pc, left");
	for (unsigned i = 0; i < s->arg_count; i++) {
		buf_puts(em->out, ", ");
		emit_expr(em, s->args[i]);
	}
	buf_puts(em->out, ");\n");
	if (em->plan->deeds[s->callee->number].raises)
		buf_puts(em->out, "if (UNLIKELY(e->raised)) goto out;\n");
}

/* --- control --- */

static void branch(struct emitter *em, const struct ir_function *f, const struct ir_statement *s)
{
	buf_puts(em->out, "if (");
	emit_expr(em, s->a);
	buf_puts(em->out, ") {\n");
	emit_body(em, f, s->body);
	if (s->other) {
		buf_puts(em->out, "} else {\n");
		emit_body(em, f, s->other);
	}
	buf_puts(em->out, "}\n");
}

static void loop(struct emitter *em, const struct ir_function *f, const struct ir_statement *s)
{
	unsigned width = f->locals[s->index].width, n = ++em->scopes;

	buf_printf(em->out, "for (unsigned n%u = 0; n%u < %u; n%u++) {\nl%u_%u = ", n, n, s->rounds, n, em->scope, s->index);
	if (width > 64) {
		buf_puts(em->out, "w_add(");
		emit_constant(em->out, s->first, 128);
		buf_puts(em->out, ", w_mul(");
		emit_constant(em->out, s->step, 128);
		buf_printf(em->out, ", W_OF(n%u, 0), W_OF(0, 0), 128, 128, 0, 128), W_OF(0, 0), %u, %u, 0, %u);\n", n, width, width, width);
	} else {
		buf_printf(em->out, "(0x%llxull + 0x%llxull * n%u) & 0x%llxull;\n", (unsigned long long)s->first, (unsigned long long)s->step, n,
			   (unsigned long long)bits_mask(width));
	}
	emit_body(em, f, s->body);
	buf_puts(em->out, "}\n");
}

static void raise(struct emitter *em, const struct ir_statement *s)
{
	buf_puts(em->out, "{ const W c = ");
	if (s->a->width <= 64)
		buf_puts(em->out, "W_OF(");
	emit_expr(em, s->a);
	buf_puts(em->out, s->a->width <= 64 ? ", 0); RAISE(c, " : "; RAISE(c, ");
	if (s->b->width > 64)
		buf_puts(em->out, "W_LO(");
	emit_expr(em, s->b);
	buf_puts(em->out, s->b->width > 64 ? "), 0) }\n" : ", 0) }\n");
}

/* A return of the function that is written out, or of one that is written into it. */
static void give_back(struct emitter *em, const struct ir_function *f, const struct ir_statement *s)
{
	if (f->has_result) {
		buf_printf(em->out, "r%u = ", em->scope);
		if (s->a)
			emit_expr(em, s->a);
		else
			emit_constant(em->out, 0, f->result);
		buf_puts(em->out, "; ");
	}
	buf_printf(em->out, "goto done%u;\n", em->scope);
}

static void emit_statement(struct emitter *em, const struct ir_function *f, const struct ir_statement *s)
{
	switch (s->kind) {
	case IR_SET:
		buf_printf(em->out, "l%u_%u = ", em->scope, s->index);
		emit_expr(em, s->a);
		buf_puts(em->out, ";\n");
		break;
	case IR_PUT:
		if (s->index == em->plan->isa->pc)
			put_pc(em, s);
		else
			put_scalar(em, s);
		break;
	case IR_PUT_ELEMENT: put_element(em, s); break;
	case IR_LOAD:
	case IR_STORE:
	case IR_LOAD_PHYSICAL:
	case IR_STORE_PHYSICAL:
	case IR_PORT_IN:
	case IR_PORT_OUT: emit_access(em, s); break;
	case IR_CALL: call(em, s); break;
	case IR_IF: branch(em, f, s); break;
	case IR_FOR: loop(em, f, s); break;
	case IR_RAISE: raise(em, s); break;
	case IR_FAULT: buf_puts(em->out, "{ const W c = W_OF(0, 0); RAISE(c, 0, 1) }\n"); break;
	case IR_RETURN: give_back(em, f, s); break;
	case IR_UNPREDICTABLE: buf_puts(em->out, "e->raised = NATIVE_UNPREDICTABLE; goto out;\n"); break;
	case IR_ASSERT:
	case IR_STATEMENT_COUNT: break;
	}
}

void emit_body(struct emitter *em, const struct ir_function *f, const struct ir_statement *s)
{
	for (; s; s = s->next)
		emit_statement(em, f, s);
}
