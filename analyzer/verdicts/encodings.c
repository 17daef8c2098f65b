/* Encodings that overlap, and encodings that nothing decodes. Bits are compared from the first parcel on. */
#include "analysis.h"

#include <stdlib.h>
#include <string.h>

/* A pattern with its first parcel in the most significant bits, cut or padded to `width`. */
static struct pattern aligned(const struct isa *isa, const struct pattern *p, unsigned width)
{
	struct pattern out = {.width = width};
	unsigned parcel = isa->parcel;

	for (unsigned taken = 0; taken < p->width && taken < width; taken += parcel) {
		unsigned from = isa->first_right ? taken : p->width - taken - parcel, to = width - taken - parcel;
		u128 mask = p->mask >> from & bits_mask(parcel), match = p->match >> from & bits_mask(parcel);

		out.mask |= mask << to;
		out.match |= match << to;
	}
	return out;
}

static bool meet(const struct pattern *a, const struct pattern *b)
{
	return ((a->match ^ b->match) & a->mask & b->mask) == 0;
}

/* The bits of a variable, in a domain's value of the whole encoding. */
static struct value variable_in(struct domain *d, const struct variable *v, struct value bits)
{
	struct value e = value_const(0, 0);

	for (unsigned p = 0; p < v->location.count; p++) {
		struct value piece = value_op(d, OP_extract, &bits, v->location.pieces[p].width, v->location.pieces[p].low);

		if (v->location.pieces[p].width == bits.width)
			piece = bits;
		e = p ? value_op2(d, OP_concat, e, piece) : piece;
	}
	return e;
}

/* The condition that these bits (of the instruction's own length) are an encoding of it. */
static struct value encodes(struct domain *d, const struct instruction *i, struct value bits)
{
	struct value masked = value_op2(d, OP_and, bits, value_const(i->pattern.mask, bits.width));
	struct value c = value_eq(d, masked, value_const(i->pattern.match, bits.width));

	for (unsigned v = 0; v < i->variable_count; v++)
		for (unsigned k = 0; k < i->variables[v].not_count; k++) {
			struct value e = variable_in(d, &i->variables[v], bits);

			c = value_and(d, c, value_not(d, value_eq(d, e, value_const(i->variables[v].not_values[k], e.width))));
		}
	return c;
}

/* Some bits encode both: their common beginning, in the longer one's width. */
static bool overlap(const struct isa *isa, struct solver *s, const struct instruction *a, const struct instruction *b, u128 *example)
{
	struct domain *d = solver_domain(s);
	const struct instruction *longer = a->pattern.width >= b->pattern.width ? a : b, *shorter = longer == a ? b : a;
	unsigned width = longer->pattern.width, cut = shorter->pattern.width;
	struct value bits = solver_constant(s, "bits", width), head = bits;
	struct model *model;

	if (cut < width)
		head = value_op(d, OP_extract, &bits, cut, isa->first_right ? 0 : width - cut);
	if (solver_check(s, value_and(d, encodes(d, longer, bits), encodes(d, shorter, head)), &model) != ANSWER_SAT)
		return false;
	*example = solver_eval(s, model, bits);
	return true;
}

static void find_overlaps(const struct isa *isa, struct diags *diags)
{
	struct solver *s = NULL;
	char text[BITS_TEXT];

	for (const struct instruction *a = isa->instructions; a; a = a->next)
		for (const struct instruction *b = isa->instructions; b != a; b = b->next) {
			unsigned width = a->pattern.width < b->pattern.width ? a->pattern.width : b->pattern.width;
			struct pattern x = aligned(isa, &a->pattern, width), y = aligned(isa, &b->pattern, width);
			u128 example;

			if (!meet(&x, &y))
				continue;
			if (!s)
				s = solver_new(0);
			if (overlap(isa, s, a, b, &example))
				diag_add(diags, E_OVERLAP, a->where, "'%s' and '%s' both have the encoding %s", a->name, b->name,
					 bits_hex(example, text));
		}
	solver_free(s);
}

/* --- what nothing decodes --- */

enum { GAPS_MAX = 64 };

struct gaps {
	const struct isa *isa;
	struct pattern *patterns; /* aligned to the shortest whole: the first `width` bits */
	unsigned count, width;
	struct range found[GAPS_MAX];
	unsigned found_count;
	bool more;
};

static void add_gap(struct gaps *g, u128 low, u128 high)
{
	if (g->found_count && g->found[g->found_count - 1].high + 1 == low)
		g->found[g->found_count - 1].high = high;
	else if (g->found_count < GAPS_MAX)
		g->found[g->found_count++] = (struct range){low, high};
	else
		g->more = true;
}

/* The encodings that begin with the top `fixed` bits of `prefix`: those of `live` patterns may still match. */
static void search(struct gaps *g, u128 prefix, unsigned fixed, const unsigned *live, unsigned count)
{
	unsigned rest = g->width - fixed, *left;
	bool decided = true;
	u128 low = bits_mask(rest);

	if (!count) {
		add_gap(g, prefix, prefix | low);
		return;
	}
	for (unsigned i = 0; i < count; i++) {
		if (!(g->patterns[live[i]].mask & low))
			return; /* this one takes all of them */
		decided = false;
	}
	if (decided || !rest || g->more)
		return;
	left = must_alloc(count * sizeof *left);
	for (unsigned bit = 0; bit < 2; bit++) {
		u128 at = (u128)1 << (rest - 1), next = prefix | (bit ? at : 0);
		unsigned n = 0;

		for (unsigned i = 0; i < count; i++) {
			const struct pattern *p = &g->patterns[live[i]];

			if (!(p->mask & at) || !(p->match & at) == !bit)
				left[n++] = live[i];
		}
		search(g, next, fixed + 1, left, n);
	}
	free(left);
}

/* Longer instructions are looked at as far as the longest fixed-length one reaches; at most 32 bits, or one parcel. */
static unsigned gap_width(const struct isa *isa)
{
	unsigned width = isa->parcel;

	for (const struct instruction *i = isa->instructions; i; i = i->next)
		if (i->pattern.width > width && i->pattern.width <= 36)
			width = i->pattern.width;
	return width;
}

static void find_gaps(const struct isa *isa, struct diags *diags)
{
	struct gaps g = {.isa = isa, .width = gap_width(isa)};
	unsigned *live = must_alloc((isa->instruction_count + isa->prefix_count + 1) * sizeof *live);
	struct buf text = {0};
	char low[BITS_TEXT], high[BITS_TEXT];

	g.patterns = must_alloc((isa->instruction_count + isa->prefix_count + 1) * sizeof *g.patterns);
	for (const struct instruction *i = isa->instructions; i; i = i->next) {
		live[g.count] = g.count;
		g.patterns[g.count++] = aligned(isa, &i->pattern, g.width);
	}
	for (unsigned i = 0; i < isa->prefix_count; i++) {
		live[g.count] = g.count;
		g.patterns[g.count++] = aligned(isa, &isa->prefixes[i].pattern, g.width);
	}
	search(&g, 0, 0, live, g.count);
	for (unsigned i = 0; i < g.found_count && i < 8; i++) {
		buf_printf(&text, "%s%s", i ? ", " : "", bits_hex(g.found[i].low, low));
		if (g.found[i].high != g.found[i].low)
			buf_printf(&text, "-%s", bits_hex(g.found[i].high, high));
	}
	if (g.found_count)
		diag_add(diags, W_UNDECODED, isa->instructions->where, "no instruction has these encodings: %s%s%s", text.text,
			 g.found_count > 8 ? ", ..." : "", g.more ? " (more than 64 ranges)" : "");
	if (g.found_count && isa->first_right && g.width > isa->parcel)
		diag_hint(diags, "the first parcel in memory is written first");
	buf_free(&text);
	free(g.patterns);
	free(live);
}

void lint_encodings(const struct isa *isa, struct diags *diags)
{
	find_overlaps(isa, diags);
	find_gaps(isa, diags);
}
