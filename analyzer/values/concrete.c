#include "concrete.h"

#include <assert.h>
#include <string.h>

struct cell {
	u128 index, before, now;
	bool written;
};

struct array {
	unsigned tag, width, count, room;
	unsigned frozen; /* how many cells are reported, and one more; 0: all */
	uint64_t key; /* of an UNKNOWN array; else 0 */
	struct cell *cells; /* in order of first use */
	unsigned *slots;    /* hash table: number of cell + 1 */
	unsigned slot_count;
	struct concrete *owner;
};

struct concrete {
	struct domain domain; /* first: a struct domain * is a struct concrete * */
	struct arena *arena;
	struct oracle oracle;
};

static u128 initial(const struct array *a, u128 index)
{
	const struct oracle *o = &a->owner->oracle;

	if (a->key)
		return o->unknown_element ? o->unknown_element(o->context, a->tag, a->key, index, a->width) & bits_mask(a->width) : 0;
	return o->element ? o->element(o->context, a->tag, index) & bits_mask(a->width) : 0;
}

static unsigned hash(u128 index, unsigned count)
{
	uint64_t h = ((uint64_t)index ^ (uint64_t)(index >> 64)) * 0x9e3779b97f4a7c15u;

	return (unsigned)(h >> 32) % count;
}

static void rehash(struct array *a)
{
	a->slot_count = 64;
	while (a->slot_count < 4 * (a->count + 1))
		a->slot_count *= 4;
	a->slots = ARENA_ARRAY(a->owner->arena, unsigned, a->slot_count);
	for (unsigned i = 0; i < a->count; i++) {
		unsigned s = hash(a->cells[i].index, a->slot_count);

		while (a->slots[s])
			s = (s + 1) % a->slot_count;
		a->slots[s] = i + 1;
	}
}

static struct cell *cell_at(struct array *a, u128 index)
{
	unsigned s;

	if (2 * (a->count + 1) > a->slot_count)
		rehash(a);
	for (s = hash(index, a->slot_count); a->slots[s]; s = (s + 1) % a->slot_count)
		if (a->cells[a->slots[s] - 1].index == index)
			return &a->cells[a->slots[s] - 1];
	if (a->count == a->room) {
		struct cell *old = a->cells;

		a->room = a->room ? 2 * a->room : 16;
		a->cells = ARENA_ARRAY(a->owner->arena, struct cell, a->room);
		if (a->count)
			memcpy(a->cells, old, a->count * sizeof *old);
	}
	a->slots[s] = a->count + 1;
	a->cells[a->count] = (struct cell){.index = index, .before = initial(a, index)};
	a->cells[a->count].now = a->cells[a->count].before;
	return &a->cells[a->count++];
}

static struct value do_op(struct domain *d, enum op op, const struct value *args, unsigned width, unsigned low)
{
	(void)d;
	(void)low;
	assert(op == OP_ite); /* only arrays are not constants here, and only ite takes them */
	(void)op;
	(void)width;
	return args[0].bits ? args[1] : args[2];
}

static int do_decide(struct domain *d, struct value condition)
{
	(void)d;
	return condition.bits != 0;
}

/* Everything is decided. */
static void do_suppose(struct domain *d, struct value premise)
{
	(void)d, (void)premise;
}

static struct value do_select(struct domain *d, struct value array, struct value index, unsigned width)
{
	(void)d;
	return value_const(cell_at(array.term, index.bits)->now, width);
}

static struct value do_store(struct domain *d, struct value array, struct value index, struct value element)
{
	struct cell *cell = cell_at(array.term, index.bits);

	(void)d;
	cell->now = element.bits;
	cell->written = true;
	return array;
}

static struct value do_function(struct domain *d, enum uninterpreted f, const struct value *args, unsigned count, unsigned width)
{
	struct concrete *c = (struct concrete *)d;
	u128 bits[4];
	unsigned widths[4];

	for (unsigned i = 0; i < count; i++) {
		bits[i] = args[i].bits;
		widths[i] = args[i].width;
	}
	return value_const(c->oracle.function ? c->oracle.function(c->oracle.context, f, bits, widths, count, width) : 0, width);
}

static struct array *new_array(struct concrete *c, unsigned tag, uint64_t key, unsigned width)
{
	struct array *a = ARENA_NEW(c->arena, struct array);

	a->tag = tag;
	a->key = key;
	a->width = width;
	a->owner = c;
	return a;
}

static struct value do_unknown(struct domain *d, uint64_t key, unsigned width, unsigned index_width)
{
	struct concrete *c = (struct concrete *)d;

	if (index_width)
		return (struct value){0, new_array(c, c->oracle.run ? c->oracle.run(c->oracle.context) : 0, key, width), width};
	return value_const(c->oracle.unknown ? c->oracle.unknown(c->oracle.context, key, width) : 0, width);
}

/* Both start from contents that agree wherever neither was touched, unless one is UNKNOWN: then every element counts. */
static struct value do_arrays_differ(struct domain *d, struct value a, struct value b, unsigned index_width, unsigned width,
				     bool somewhere)
{
	struct array *arrays[2] = {a.term, b.term};

	(void)d;
	(void)width;
	(void)somewhere;
	if (arrays[0]->key || arrays[1]->key) {
		for (u128 i = 0; index_width <= 12 && i <= bits_mask(index_width); i++)
			if (cell_at(arrays[0], i)->now != cell_at(arrays[1], i)->now)
				return value_const(1, 0);
		return value_const(0, 0);
	}
	for (unsigned k = 0; k < 2; k++)
		for (unsigned i = 0; i < arrays[k]->count; i++) {
			u128 index = arrays[k]->cells[i].index;

			if (cell_at(arrays[0], index)->now != cell_at(arrays[1], index)->now)
				return value_const(1, 0);
		}
	return value_const(0, 0);
}

static struct value do_copy(struct domain *d, struct value array)
{
	struct concrete *c = (struct concrete *)d;
	struct array *a = ARENA_NEW(c->arena, struct array);

	*a = *(struct array *)array.term;
	a->room = a->count;
	a->cells = ARENA_ARRAY(c->arena, struct cell, a->count + 1);
	if (a->count)
		memcpy(a->cells, ((struct array *)array.term)->cells, a->count * sizeof *a->cells);
	a->slot_count = 0;
	a->slots = NULL;
	if (a->count)
		rehash(a);
	return (struct value){0, a, array.width};
}

struct concrete *concrete_new(struct arena *arena, const struct oracle *oracle)
{
	struct concrete *c = ARENA_NEW(arena, struct concrete);

	c->domain = (struct domain){do_op, do_decide, do_suppose, do_select, do_store, do_function, do_unknown, do_arrays_differ, do_copy};
	c->arena = arena;
	if (oracle)
		c->oracle = *oracle;
	return c;
}

struct domain *concrete_domain(struct concrete *c)
{
	return &c->domain;
}

struct value concrete_array(struct concrete *c, unsigned tag, unsigned width)
{
	return (struct value){0, new_array(c, tag, 0, width), width};
}


void concrete_freeze(struct value array)
{
	struct array *a = array.term;

	a->frozen = a->count + 1;
}

unsigned concrete_touched(struct value array, struct touched *out, unsigned room)
{
	const struct array *a = array.term;
	unsigned n = 0;

	for (unsigned i = 0; i < (a->frozen ? a->frozen - 1 : a->count) && n < room; i++)
		out[n++] = (struct touched){a->cells[i].index, a->cells[i].before, a->cells[i].now, a->cells[i].written};
	return n;
}
