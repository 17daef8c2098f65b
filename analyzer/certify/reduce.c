#include "reduce.h"

#include "blast.h"

#include <string.h>

/* Literals that stand for a value used as an index or as arguments; each content once. */
struct vector {
	unsigned width;
	bool index; /* of some array */
	lit *bits;
};

/* What an array or function that is only a name gives, at each place asked so far. */
struct base {
	const char *name; /* of a function; NULL: the array of this node */
	unsigned node, width, count, room;
	struct { unsigned at; const lit *value; } *reads;
};

struct memo {
	unsigned array, at; /* + 1; 0: free */
	const lit *value;
};

struct equality {
	unsigned a, b; /* arrays */
	lit equal;
	bool claimed; /* its truth may matter, and not only its falsity */
};

struct reduction {
	struct circuit *c;
	const struct formula *f;
	struct arena *arena;
	bool *reached, *claimed, *fixed; /* per node; fixed: a conjunct that was looked at */
	const lit **bits;        /* per node that is no array */
	struct vector *vectors;
	unsigned vector_count, vector_room, *vector_table, vector_table_room;
	struct base *bases;
	unsigned base_count, base_room;
	struct memo *memos;
	unsigned memo_count, memo_room;
	struct equality *equalities;
	unsigned equality_count, equality_room;
};

/* `list` with room for one more element. */
static void *with_room(struct reduction *r, void *list, unsigned count, unsigned *room, size_t size)
{
	void *more;

	if (count < *room)
		return list;
	*room = *room ? 2 * *room : 16;
	more = arena_alloc(r->arena, *room * size);
	if (count)
		memcpy(more, list, count * size);
	return more;
}

/* --- vectors --- */

static unsigned *vector_slot(struct reduction *r, const lit *bits, unsigned width)
{
	unsigned h = width;

	for (unsigned i = 0; i < width; i++)
		h = (h ^ bits[i]) * 0x9e3779b1u, h ^= h >> 15;
	for (h &= r->vector_table_room - 1; r->vector_table[h]; h = (h + 1) & (r->vector_table_room - 1)) {
		const struct vector *v = &r->vectors[r->vector_table[h] - 1];

		if (v->width == width && !memcmp(v->bits, bits, width * sizeof *bits))
			break;
	}
	return &r->vector_table[h];
}

static unsigned vector_of(struct reduction *r, const lit *bits, unsigned width)
{
	unsigned *slot;

	if (2 * (r->vector_count + 1) > r->vector_table_room) {
		r->vector_table_room = r->vector_table_room ? 2 * r->vector_table_room : 256;
		r->vector_table = ARENA_ARRAY(r->arena, unsigned, r->vector_table_room);
		for (unsigned i = 0; i < r->vector_count; i++)
			*vector_slot(r, r->vectors[i].bits, r->vectors[i].width) = i + 1;
	}
	slot = vector_slot(r, bits, width);
	if (!*slot) {
		struct vector v = {width, false, ARENA_ARRAY(r->arena, lit, width)};

		memcpy(v.bits, bits, width * sizeof *bits);
		r->vectors = with_room(r, r->vectors, r->vector_count, &r->vector_room, sizeof v);
		r->vectors[r->vector_count++] = v;
		*slot = r->vector_count;
	}
	return *slot - 1;
}

static unsigned index_of(struct reduction *r, unsigned node)
{
	unsigned v = vector_of(r, r->bits[node], r->f->nodes[node].width);

	r->vectors[v].index = true;
	return v;
}

static lit vectors_equal(struct reduction *r, unsigned a, unsigned b)
{
	return blast_equal(r->c, r->vectors[a].bits, r->vectors[b].bits, r->vectors[a].width);
}

static lit *inputs(struct reduction *r, unsigned width)
{
	lit *bits = ARENA_ARRAY(r->arena, lit, blast_bits(width));

	for (unsigned i = 0; i < blast_bits(width); i++)
		bits[i] = circuit_input(r->c);
	return bits;
}

/* --- Ackermann: equal places give equal values --- */

static void equal_if(struct reduction *r, lit condition, const lit *a, const lit *b, unsigned width)
{
	for (unsigned i = 0; condition != LIT_FALSE && i < blast_bits(width); i++) {
		lit same = lit_not(circuit_xor(r->c, a[i], b[i])), clause[2] = {lit_not(condition), same};

		circuit_clause(r->c, clause, 2);
	}
}

static struct base *base_of(struct reduction *r, const char *name, unsigned node, unsigned width)
{
	struct base *b = r->bases;

	for (unsigned i = 0; i < r->base_count; i++, b++)
		if (name ? b->name && !strcmp(b->name, name) : !b->name && b->node == node)
			return b;
	r->bases = with_room(r, r->bases, r->base_count, &r->base_room, sizeof *b);
	b = &r->bases[r->base_count++];
	*b = (struct base){.name = name, .node = node, .width = width};
	return b;
}

static const lit *read_base(struct reduction *r, const char *name, unsigned node, unsigned width, unsigned at)
{
	struct base *b = base_of(r, name, node, width);
	const lit *value;

	for (unsigned i = 0; i < b->count; i++)
		if (b->reads[i].at == at)
			return b->reads[i].value;
	value = inputs(r, width);
	for (unsigned i = 0; i < b->count; i++)
		equal_if(r, vectors_equal(r, b->reads[i].at, at), b->reads[i].value, value, width);
	b->reads = with_room(r, b->reads, b->count, &b->room, sizeof *b->reads);
	b->reads[b->count].at = at;
	b->reads[b->count++].value = value;
	return value;
}

/* --- arrays --- */

static struct memo *memo_slot(const struct reduction *r, unsigned array, unsigned at)
{
	unsigned h = (array * 0x9e3779b1u ^ at * 0x85ebca6bu);

	h ^= h >> 15;
	for (h &= r->memo_room - 1; r->memos[h].array && (r->memos[h].array != array + 1 || r->memos[h].at != at + 1);)
		h = (h + 1) & (r->memo_room - 1);
	return &r->memos[h];
}

static void remember(struct reduction *r, unsigned array, unsigned at, const lit *value)
{
	if (2 * (r->memo_count + 1) > r->memo_room) {
		struct memo *old = r->memos;
		unsigned room = r->memo_room;

		r->memo_room = room ? 2 * room : 256;
		r->memos = ARENA_ARRAY(r->arena, struct memo, r->memo_room);
		for (unsigned i = 0; i < room; i++)
			if (old[i].array)
				*memo_slot(r, old[i].array - 1, old[i].at - 1) = old[i];
	}
	*memo_slot(r, array, at) = (struct memo){array + 1, at + 1, value};
	r->memo_count++;
}

static const lit *read_array(struct reduction *r, unsigned array, unsigned at);

static const lit *either(struct reduction *r, lit s, const lit *a, const lit *b, unsigned width)
{
	lit *bits = ARENA_ARRAY(r->arena, lit, width);

	for (unsigned i = 0; i < width; i++)
		bits[i] = circuit_mux(r->c, s, a[i], b[i]);
	return bits;
}

/* The element of a store, or of a choice between arrays. Only what may be meant is read. */
static const lit *read_made(struct reduction *r, const struct node *n, unsigned at)
{
	bool store = n->kind == NODE_STORE;
	lit s = store ? vectors_equal(r, index_of(r, n->args[1]), at) : r->bits[n->args[0]][0];
	const lit *a, *b;

	if (s == LIT_FALSE)
		return read_array(r, n->args[store ? 0 : 2], at);
	a = store ? r->bits[n->args[2]] : read_array(r, n->args[1], at);
	if (s == LIT_TRUE)
		return a;
	b = read_array(r, n->args[store ? 0 : 2], at);
	return either(r, s, a, b, n->width);
}

static const lit *read_array(struct reduction *r, unsigned array, unsigned at)
{
	const struct node *n = &r->f->nodes[array];
	const lit *value = r->memo_room ? memo_slot(r, array, at)->value : NULL;

	if (value)
		return value;
	value = n->kind == NODE_VARIABLE ? read_base(r, NULL, array, n->width, at) : read_made(r, n, at);
	remember(r, array, at, value);
	return value;
}

/* Extensionality: unequal arrays differ at some index, which gets a name. */
static lit arrays_equal(struct reduction *r, unsigned node)
{
	const struct node *n = &r->f->nodes[node], *array = &r->f->nodes[n->args[0]];
	struct equality e = {n->args[0], n->args[1], LIT_TRUE, r->claimed[node]};
	lit clause[BITS_MAX + 1];
	const lit *a, *b;
	unsigned at;

	if (e.a == e.b)
		return LIT_TRUE;
	at = vector_of(r, inputs(r, array->index_width), array->index_width);
	r->vectors[at].index = true;
	a = read_array(r, e.a, at);
	b = read_array(r, e.b, at);
	e.equal = clause[0] = circuit_input(r->c);
	for (unsigned i = 0; i < array->width; i++)
		clause[i + 1] = circuit_xor(r->c, a[i], b[i]);
	circuit_clause(r->c, clause, array->width + 1);
	r->equalities = with_room(r, r->equalities, r->equality_count, &r->equality_room, sizeof e);
	r->equalities[r->equality_count++] = e;
	return e.equal;
}

/* Equal arrays have equal elements, at every index that is spoken of. */
static void instantiate_equalities(struct reduction *r)
{
	for (unsigned i = 0; i < r->f->root; i++)
		if (r->reached[i] && r->f->nodes[i].kind == NODE_STORE)
			index_of(r, r->f->nodes[i].args[1]);
	for (unsigned i = 0; i < r->equality_count; i++) {
		const struct equality e = r->equalities[i];
		const struct node *array = &r->f->nodes[e.a];

		for (unsigned v = 0; e.claimed && v < r->vector_count; v++)
			if (r->vectors[v].index && r->vectors[v].width == array->index_width)
				equal_if(r, e.equal, read_array(r, e.a, v), read_array(r, e.b, v), array->width);
	}
}

/* --- nodes --- */

static const lit *constant(struct reduction *r, const struct node *n)
{
	lit *bits = ARENA_ARRAY(r->arena, lit, blast_bits(n->width));

	for (unsigned i = 0; i < blast_bits(n->width); i++)
		bits[i] = n->value >> i & 1 ? LIT_TRUE : LIT_FALSE;
	return bits;
}

static const lit *apply_function(struct reduction *r, const struct node *n)
{
	lit all[NODE_ARGS * BITS_MAX];
	unsigned width = 0;

	for (unsigned i = 0; i < n->count; i++) {
		unsigned bits = blast_bits(r->f->nodes[n->args[i]].width);

		memcpy(all + width, r->bits[n->args[i]], bits * sizeof *all);
		width += bits;
	}
	return read_base(r, n->name, 0, n->width, vector_of(r, all, width));
}

static const lit *apply_op(struct reduction *r, unsigned node)
{
	const struct node *n = &r->f->nodes[node];
	lit *bits = ARENA_ARRAY(r->arena, lit, blast_bits(n->width));
	unsigned widths[3] = {0};
	const lit *args[3] = {0};

	if (n->op == OP_eq && r->f->nodes[n->args[0]].index_width) {
		bits[0] = arrays_equal(r, node);
		return bits;
	}
	for (unsigned i = 0; i < n->count; i++) {
		args[i] = r->bits[n->args[i]];
		widths[i] = r->f->nodes[n->args[i]].width;
	}
	blast_op(r->c, n->op, args, widths, n->width, n->low, bits);
	return bits;
}

static const lit *value_of(struct reduction *r, unsigned node)
{
	const struct node *n = &r->f->nodes[node];

	switch (n->kind) {
	case NODE_CONST: return constant(r, n);
	case NODE_VARIABLE: return inputs(r, n->width);
	case NODE_SELECT: return read_array(r, n->args[0], index_of(r, n->args[1]));
	case NODE_FUNCTION: return apply_function(r, n);
	default: return apply_op(r, node);
	}
}

/* --- the formula as a whole --- */

/* Which nodes are reached, and which of them where their truth may matter: under an even number of negations, or under anything that
 * is not land, lor or lnot. */
static void mark(struct reduction *r)
{
	bool *denied = ARENA_ARRAY(r->arena, bool, r->f->root + 1);

	r->reached[r->f->root] = r->claimed[r->f->root] = true;
	for (unsigned i = r->f->root + 1; i--;) {
		const struct node *n = &r->f->nodes[i];
		bool plain = n->kind == NODE_OP && (n->op == OP_land || n->op == OP_lor), not = n->kind == NODE_OP && n->op == OP_lnot;

		for (unsigned k = 0; r->reached[i] && k < n->count; k++) {
			unsigned arg = n->args[k];

			r->reached[arg] = true;
			r->claimed[arg] = r->claimed[arg] || (not ? denied[i] : plain ? r->claimed[i] : true);
			denied[arg] = denied[arg] || (not ? r->claimed[i] : plain ? denied[i] : true);
		}
	}
}

/* A conjunct of the root that fixes a variable: v = 5, v, or not v. Every model has that value, so it may stand for the variable
 * everywhere; two runs that do the same become one circuit. */
static void fix(struct reduction *r, unsigned conjunct)
{
	static const lit truth[2] = {LIT_FALSE, LIT_TRUE};
	const struct node *nodes = r->f->nodes, *n = &nodes[conjunct];

	if (r->fixed[conjunct])
		return;
	r->fixed[conjunct] = true;
	if (n->kind == NODE_OP && n->op == OP_land) {
		fix(r, n->args[0]);
		fix(r, n->args[1]);
	} else if (n->kind == NODE_VARIABLE) {
		r->bits[conjunct] = &truth[1];
	} else if (n->kind == NODE_OP && n->op == OP_lnot && nodes[n->args[0]].kind == NODE_VARIABLE) {
		r->bits[n->args[0]] = &truth[0];
	} else if (n->kind == NODE_OP && n->op == OP_eq) {
		for (unsigned k = 0; k < 2; k++)
			if (nodes[n->args[k]].kind == NODE_VARIABLE && nodes[n->args[1 - k]].kind == NODE_CONST)
				r->bits[n->args[k]] = constant(r, &nodes[n->args[1 - k]]);
	}
}

void reduce_formula(struct circuit *c, const struct formula *f)
{
	struct reduction r = {.c = c, .f = f, .arena = arena_new()};
	unsigned n = f->root + 1;

	r.reached = ARENA_ARRAY(r.arena, bool, n);
	r.claimed = ARENA_ARRAY(r.arena, bool, n);
	r.fixed = ARENA_ARRAY(r.arena, bool, n);
	r.bits = ARENA_ARRAY(r.arena, const lit *, n);
	mark(&r);
	fix(&r, f->root);
	for (unsigned i = 0; i < n; i++)
		if (r.reached[i] && !f->nodes[i].index_width && !r.bits[i])
			r.bits[i] = value_of(&r, i);
	instantiate_equalities(&r);
	circuit_clause(c, r.bits[f->root], 1);
	arena_free(r.arena);
}
