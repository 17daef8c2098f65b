#include "formula.h"

#include <string.h>

struct formula *formula_new(struct arena *arena)
{
	struct formula *f = ARENA_NEW(arena, struct formula);

	f->arena = arena;
	return f;
}

static uint64_t mix(uint64_t h, uint64_t x)
{
	h = (h ^ x) * 0x9e3779b97f4a7c15u;
	return h ^ h >> 29;
}

static uint64_t mix_text(uint64_t h, const char *text)
{
	for (; text && *text; text++)
		h = mix(h, (unsigned char)*text);
	return h;
}

static uint64_t content(const struct node *n)
{
	uint64_t h = mix(mix(mix(n->kind, n->op), n->width), n->index_width);

	h = mix(mix(mix(h, n->low), (uint64_t)n->value), (uint64_t)(n->value >> 64));
	for (unsigned i = 0; i < n->count; i++)
		h = mix(h, n->args[i]);
	return mix_text(h, n->name);
}

static bool same(const struct node *a, const struct node *b)
{
	return a->kind == b->kind && a->op == b->op && a->width == b->width && a->index_width == b->index_width && a->low == b->low &&
	       a->value == b->value && a->count == b->count && !memcmp(a->args, b->args, a->count * sizeof *a->args) &&
	       (a->name == b->name || (a->name && b->name && !strcmp(a->name, b->name)));
}

static unsigned *slot_of(const struct formula *f, const struct node *n)
{
	unsigned i = (unsigned)content(n) & (f->table_room - 1);

	while (f->table[i] && !same(&f->nodes[f->table[i] - 1], n))
		i = (i + 1) & (f->table_room - 1);
	return &f->table[i];
}

static void grow(struct formula *f)
{
	unsigned room = f->room ? 2 * f->room : 64;
	struct node *nodes = ARENA_ARRAY(f->arena, struct node, room);

	if (f->count)
		memcpy(nodes, f->nodes, f->count * sizeof *nodes);
	f->nodes = nodes;
	f->room = room;
	f->table_room = 2 * room;
	f->table = ARENA_ARRAY(f->arena, unsigned, f->table_room);
	for (unsigned i = 0; i < f->count; i++)
		*slot_of(f, &nodes[i]) = i + 1;
}

unsigned formula_add(struct formula *f, const struct node *node)
{
	unsigned *slot;

	if (f->count == f->room)
		grow(f);
	slot = slot_of(f, node);
	if (!*slot) {
		f->nodes[f->count] = *node;
		if (node->name)
			f->nodes[f->count].name = arena_copy(f->arena, node->name, strlen(node->name));
		*slot = ++f->count;
	}
	return *slot - 1;
}

unsigned formula_const(struct formula *f, u128 value, unsigned width)
{
	return formula_add(f, &(struct node){.kind = NODE_CONST, .width = width, .value = value});
}

unsigned formula_op(struct formula *f, enum op op, unsigned width, unsigned low, unsigned count, const unsigned *args)
{
	struct node n = {.kind = NODE_OP, .op = op, .width = width, .low = low, .count = count};

	memcpy(n.args, args, count * sizeof *args);
	if (op == OP_ite)
		n.index_width = f->nodes[args[1]].index_width;
	return formula_add(f, &n);
}

bool formula_is(const struct formula *f, bool value)
{
	return f->nodes[f->root].kind == NODE_CONST && (f->nodes[f->root].value != 0) == value;
}

uint64_t formula_hash(const struct formula *f)
{
	uint64_t h = f->root;

	for (unsigned i = 0; i <= f->root; i++)
		h = mix(h, content(&f->nodes[i]));
	return h;
}
