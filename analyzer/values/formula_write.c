/* A formula as SMT-LIB 2. */
#include "formula.h"

#include <string.h>

static const char *const smt_names[OP_COUNT] = {
	[OP_add] = "bvadd", [OP_sub] = "bvsub", [OP_mul] = "bvmul", [OP_udiv] = "bvudiv", [OP_urem] = "bvurem", [OP_sdiv] = "bvsdiv",
	[OP_srem] = "bvsrem", [OP_and] = "bvand", [OP_or] = "bvor", [OP_xor] = "bvxor", [OP_shl] = "bvshl", [OP_lshr] = "bvlshr",
	[OP_ashr] = "bvashr", [OP_neg] = "bvneg", [OP_not] = "bvnot", [OP_eq] = "=", [OP_ult] = "bvult", [OP_ule] = "bvule",
	[OP_slt] = "bvslt", [OP_sle] = "bvsle", [OP_land] = "and", [OP_lor] = "or", [OP_lnot] = "not", [OP_ite] = "ite",
	[OP_concat] = "concat"};

enum { DEPTH_MAX = 12 };

struct writer {
	const struct formula *f;
	FILE *out;
	bool *reached, *named;
	unsigned *uses, *depth;
};

static void write_sort(FILE *out, const struct node *n)
{
	if (n->index_width)
		fprintf(out, "(Array (_ BitVec %u) (_ BitVec %u))", n->index_width, n->width);
	else if (n->width)
		fprintf(out, "(_ BitVec %u)", n->width);
	else
		fputs("Bool", out);
}

/* A name without a dot might be one of a solver's own. */
static void write_name(FILE *out, const char *name)
{
	fprintf(out, "|%s%s|", strchr(name, '.') ? "" : "state.", name);
}

static void write_const(FILE *out, const struct node *n)
{
	if (!n->width) {
		fputs(n->value ? "true" : "false", out);
	} else if (n->width % 4 == 0) {
		fputs("#x", out);
		for (unsigned i = n->width; i; i -= 4)
			fputc("0123456789abcdef"[n->value >> (i - 4) & 15], out);
	} else {
		fputs("#b", out);
		for (unsigned i = n->width; i--;)
			fputc(n->value >> i & 1 ? '1' : '0', out);
	}
}

static void write_operator(struct writer *w, const struct node *n)
{
	const struct node *a = &w->f->nodes[n->args[0]];

	switch (n->op) {
	case OP_zext: fprintf(w->out, "(_ zero_extend %u)", n->width - a->width); break;
	case OP_sext: fprintf(w->out, "(_ sign_extend %u)", n->width - a->width); break;
	case OP_extract: fprintf(w->out, "(_ extract %u %u)", n->low + n->width - 1, n->low); break;
	case OP_b2v: fputs("ite", w->out); break;
	default: fputs(smt_names[n->op], w->out);
	}
}

static void write_node(struct writer *w, unsigned number, bool definition)
{
	const struct node *n = &w->f->nodes[number];

	if (n->kind == NODE_CONST) {
		write_const(w->out, n);
	} else if (n->kind == NODE_VARIABLE) {
		write_name(w->out, n->name);
	} else if (w->named[number] && !definition) {
		fprintf(w->out, "$%u", number);
	} else {
		fputc('(', w->out);
		if (n->kind == NODE_OP)
			write_operator(w, n);
		else if (n->kind == NODE_FUNCTION)
			write_name(w->out, n->name);
		else
			fputs(n->kind == NODE_SELECT ? "select" : "store", w->out);
		for (unsigned i = 0; i < n->count; i++) {
			fputc(' ', w->out);
			write_node(w, n->args[i], false);
		}
		fputs(n->kind == NODE_OP && n->op == OP_b2v ? " #b1 #b0)" : ")", w->out);
	}
}

static void find_uses(struct writer *w)
{
	w->reached[w->f->root] = true;
	for (unsigned i = w->f->root + 1; i--;)
		for (unsigned k = 0; w->reached[i] && k < w->f->nodes[i].count; k++) {
			w->reached[w->f->nodes[i].args[k]] = true;
			w->uses[w->f->nodes[i].args[k]]++;
		}
	for (unsigned i = 0; i <= w->f->root; i++) {
		const struct node *n = &w->f->nodes[i];

		for (unsigned k = 0; k < n->count; k++)
			if (!w->named[n->args[k]] && w->depth[n->args[k]] >= w->depth[i])
				w->depth[i] = w->depth[n->args[k]] + 1;
		w->named[i] = n->count && (w->uses[i] > 1 || w->depth[i] > DEPTH_MAX);
	}
}

/* The function's sort is that of its first application: its name belongs to one function alone. */
static bool first_of_function(const struct writer *w, unsigned number)
{
	for (unsigned i = 0; i < number; i++)
		if (w->reached[i] && w->f->nodes[i].kind == NODE_FUNCTION && !strcmp(w->f->nodes[i].name, w->f->nodes[number].name))
			return false;
	return true;
}

static void write_declarations(struct writer *w)
{
	for (unsigned i = 0; i <= w->f->root; i++) {
		const struct node *n = &w->f->nodes[i];

		if (!w->reached[i] || (n->kind != NODE_VARIABLE && (n->kind != NODE_FUNCTION || !first_of_function(w, i))))
			continue;
		fputs("(declare-fun ", w->out);
		write_name(w->out, n->name);
		fputs(" (", w->out);
		for (unsigned k = 0; k < n->count; k++) {
			fputs(k ? " " : "", w->out);
			write_sort(w->out, &w->f->nodes[n->args[k]]);
		}
		fputs(") ", w->out);
		write_sort(w->out, n);
		fputs(")\n", w->out);
	}
}

static void write_logic(struct writer *w)
{
	bool arrays = false, functions = false;

	for (unsigned i = 0; i <= w->f->root; i++) {
		arrays = arrays || (w->reached[i] && w->f->nodes[i].index_width);
		functions = functions || (w->reached[i] && w->f->nodes[i].kind == NODE_FUNCTION);
	}
	fprintf(w->out, "(set-logic QF_%s%sBV)\n", arrays ? "A" : "", functions ? "UF" : "");
}

/* Each conjunct of the root is an assertion. */
static void write_assertions(struct writer *w, unsigned number)
{
	const struct node *n = &w->f->nodes[number];

	if (n->kind == NODE_OP && n->op == OP_land && !w->named[number]) {
		for (unsigned i = 0; i < n->count; i++)
			write_assertions(w, n->args[i]);
		return;
	}
	fputs("(assert ", w->out);
	write_node(w, number, false);
	fputs(")\n", w->out);
}

static void write_comment(const char *comment, FILE *out)
{
	while (*comment) {
		size_t n = strcspn(comment, "\n");

		fprintf(out, "; %.*s\n", (int)n, comment);
		comment += n + (comment[n] == '\n');
	}
}

void formula_write(const struct formula *f, const char *comment, const char *status, FILE *out)
{
	struct arena *scratch = arena_new();
	unsigned n = f->root + 1;
	struct writer w = {f, out, ARENA_ARRAY(scratch, bool, n), ARENA_ARRAY(scratch, bool, n), ARENA_ARRAY(scratch, unsigned, n),
			   ARENA_ARRAY(scratch, unsigned, n)};

	find_uses(&w);
	write_comment(comment, out);
	write_logic(&w);
	fprintf(out, "(set-info :status %s)\n", status);
	write_declarations(&w);
	for (unsigned i = 0; i < n; i++)
		if (w.reached[i] && w.named[i]) {
			fprintf(out, "(define-fun $%u () ", i);
			write_sort(out, &f->nodes[i]);
			fputc(' ', out);
			write_node(&w, i, true);
			fputs(")\n", out);
		}
	write_assertions(&w, f->root);
	fputs("(check-sat)\n", out);
	arena_free(scratch);
}
