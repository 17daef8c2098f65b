/* The printed form of the IR: S-expressions. *:16 the instruction's address (16 bits), $3 local, @name component, %name encoding variable, !name input,
 * ?2 UNKNOWN value, 0x5:64 constant of 64 bits. */
#include "ir.h"

static const char *const statement_names[] = {
#define IR_NAME(kind, name) name,
	IR_STATEMENTS(IR_NAME)
#undef IR_NAME
};

static void print_op(struct buf *out, const struct ir_expr *e, const struct ir_function *f, const struct ir_context *context)
{
	buf_printf(out, "(%s", op_table[e->op].name);
	if (op_table[e->op].rule == RULE_EXTEND)
		buf_printf(out, ":%u", e->width);
	if (op_table[e->op].rule == RULE_EXTRACT)
		buf_printf(out, ":%u+%u", e->low, e->width);
	for (unsigned i = 0; i < e->count; i++) {
		buf_puts(out, " ");
		ir_print_expr(out, e->args[i], f, context);
	}
	buf_puts(out, ")");
}

void ir_print_expr(struct buf *out, const struct ir_expr *e, const struct ir_function *f, const struct ir_context *context)
{
	char text[BITS_TEXT];

	switch (e->kind) {
	case IR_CONST:
		if (e->width)
			buf_printf(out, "%s:%u", bits_hex(e->value, text), e->width);
		else
			buf_puts(out, e->value ? "true" : "false");
		break;
	case IR_LOCAL: buf_printf(out, "$%u", e->index); break;
	case IR_COMPONENT:
		buf_printf(out, e->count ? "(@%s " : "@%s", context->components[e->index].name);
		if (e->count) {
			ir_print_expr(out, e->args[0], f, context);
			buf_puts(out, ")");
		}
		break;
	case IR_VARIABLE: buf_printf(out, "%%%s", context->variables[e->index].name); break;
	case IR_INPUT: buf_printf(out, "!%s", context->inputs[e->index].name); break;
	case IR_ADDRESS: buf_printf(out, "*:%u", e->width); break;
	case IR_UNKNOWN: buf_printf(out, "?%u", e->index); break;
	case IR_OP: print_op(out, e, f, context); break;
	}
}

static void print_list(struct buf *out, const struct ir_statement *s, unsigned depth, const struct ir_function *f,
		       const struct ir_context *context);

static void print_part(struct buf *out, const char *label, const struct ir_expr *e, const struct ir_function *f,
		       const struct ir_context *context)
{
	if (!e)
		return;
	buf_printf(out, " (%s ", label);
	ir_print_expr(out, e, f, context);
	buf_puts(out, ")");
}

static void print_body(struct buf *out, const char *label, const struct ir_statement *s, unsigned depth,
		       const struct ir_function *f, const struct ir_context *context)
{
	buf_printf(out, "\n%*s(%s", (int)(2 * depth + 2), "", label);
	print_list(out, s, depth + 2, f, context);
	buf_puts(out, ")");
}

static void print_statement(struct buf *out, const struct ir_statement *s, unsigned depth, const struct ir_function *f,
			    const struct ir_context *context)
{
	static const char *const access_names[] = {"load", "store", "fetch"};
	char first[BITS_TEXT], step[BITS_TEXT];

	buf_printf(out, "\n%*s(%s", (int)(2 * depth), "", statement_names[s->kind]);
	if (s->kind == IR_PUT || s->kind == IR_PUT_ELEMENT)
		buf_printf(out, " @%s", context->components[s->index].name);
	else if (s->has_target)
		buf_printf(out, " $%u", s->index);
	if (s->width)
		buf_printf(out, " (bits %u)", s->width);
	if (s->kind == IR_LOAD || s->kind == IR_STORE)
		buf_printf(out, " (access %s)", access_names[s->access]);
	if (s->big_endian)
		buf_puts(out, " (big)");
	if (s->split)
		buf_puts(out, " (split)");
	if (s->kind == IR_FOR)
		buf_printf(out, " (first %s) (step %s) (rounds %u)", bits_hex(s->first, first), bits_hex(s->step, step), s->rounds);
	print_part(out, "a", s->a, f, context);
	print_part(out, "b", s->b, f, context);
	print_part(out, "c", s->c, f, context);
	if (s->callee)
		buf_printf(out, " (callee %s)", s->callee->name);
	for (unsigned i = 0; i < s->arg_count; i++)
		print_part(out, "arg", s->args[i], f, context);
	if (s->body)
		print_body(out, "body", s->body, depth, f, context);
	if (s->other)
		print_body(out, "other", s->other, depth, f, context);
	buf_puts(out, ")");
}

static void print_list(struct buf *out, const struct ir_statement *s, unsigned depth, const struct ir_function *f,
		       const struct ir_context *context)
{
	for (; s; s = s->next)
		print_statement(out, s, depth, f, context);
}

void ir_print(struct buf *out, const struct ir_function *f, const struct ir_context *context)
{
	buf_printf(out, "(function %s (params %u) (locals", f->name, f->param_count);
	for (unsigned i = 0; i < f->local_count; i++)
		buf_printf(out, " (%s %u)", f->locals[i].name, f->locals[i].width);
	buf_puts(out, ")");
	if (f->has_result)
		buf_printf(out, " (result %u)", f->result);
	buf_puts(out, " (unknowns");
	for (unsigned i = 0; i < f->unknowns; i++)
		buf_printf(out, " %u", f->unknown_widths[i]);
	buf_puts(out, ") (statements");
	print_list(out, f->body, 1, f, context);
	buf_puts(out, "))\n");
}
