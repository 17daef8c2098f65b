/* Equivalence, checked while it runs: after every instruction the virtual machine's state must be the bare machine's. */
#include <stdlib.h>
#include <string.h>

#include "../image.h"
#include "../device.h"
#include "../trace.h"
#include "guest.h"

enum { WRITES_MAX = 4096, WHOLE_EVERY = 1 << 16 };

struct watching {
	struct tracer tracer;
	struct { uint64_t pa; unsigned units; } writes[WRITES_MAX];
	unsigned count;
	bool too_many;
};

static void note_write(void *context, struct machine *m, enum access access, uint64_t pa, unsigned width, u128 value)
{
	struct watching *w = context;

	(void)value;
	if (access != ACCESS_STORE)
		return;
	w->too_many = w->too_many || w->count == WRITES_MAX;
	if (w->count < WRITES_MAX) {
		w->writes[w->count].pa = pa;
		w->writes[w->count++].units = width / m->isa->memory.unit;
	}
}

static void differ_at(struct difference *d, uint64_t address, uint64_t bare, uint64_t virtual)
{
	if (d->storage_count == sizeof d->storage / sizeof *d->storage)
		return;
	d->storage[d->storage_count].address = address;
	d->storage[d->storage_count].bare = bare;
	d->storage[d->storage_count++].virtual = virtual;
}

static void compare_units(const struct machine *a, const struct machine *b, uint64_t pa, uint64_t units, struct difference *d)
{
	for (uint64_t i = 0; i < units; i++) {
		uint64_t x = 0, y = 0;

		if (machine_read(a, pa + i, &x, 1) && machine_read(b, pa + i, &y, 1) && x != y)
			differ_at(d, pa + i, x, y);
	}
}

/* All of storage: what the virtual machine should not have written shows here. */
static void compare_storage(const struct machine *a, struct machine *b, struct difference *d)
{
	const unsigned char *x = a->storage->cells + a->window * a->storage->cell, *y = b->storage->cells + b->window * b->storage->cell;
	uint64_t bytes = (a->size < b->size ? a->size : b->size) * a->storage->cell, block = 4096;

	monitor_unpatched(b, true);
	for (uint64_t at = 0; at < bytes; at += block) {
		uint64_t n = bytes - at < block ? bytes - at : block;

		if (memcmp(x + at, y + at, n))
			compare_units(a, b, a->at + at / a->storage->cell, n / a->storage->cell, d);
	}
	monitor_unpatched(b, false);
}

static void compare_components(struct arena *arena, const struct machine *a, const struct machine *b, struct difference *d)
{
	const struct isa *isa = a->isa;
	unsigned room = 64;

	if (!memcmp(a->words, b->words, a->word_count * sizeof *a->words))
		return;
	d->components = arena_alloc(arena, room * sizeof *d->components);
	for (unsigned i = 0; i < isa->component_count; i++)
		for (unsigned e = 0; (e == 0 || e < isa->components[i].count) && d->component_count < room; e++) {
			u128 x = machine_get(a, i, e), y = machine_get(b, i, e);

			if (x == y)
				continue;
			d->components[d->component_count].component = i;
			d->components[d->component_count].element = e;
			d->components[d->component_count].bare = x;
			d->components[d->component_count++].virtual = y;
		}
}

static bool agree(const struct difference *d)
{
	return !d->component_count && !d->storage_count && !d->different_end;
}

struct fetching {
	struct machine *m;
	uint64_t pc;
};

static bool parcel(void *context, unsigned number, u128 *bits)
{
	struct fetching *f = context;
	const struct isa *isa = f->m->isa;
	uint64_t at = f->pc + (uint64_t)number * (isa->parcel / isa->memory.unit), pa;
	struct trap trap;

	return machine_translate(f->m, machine_level(f->m), at & (uint64_t)bits_mask(isa->memory.virtual_address), ACCESS_FETCH, &pa, &trap) &&
	       machine_load_physical(f->m, pa, isa->parcel, isa->memory.big_endian, ACCESS_FETCH, bits, &trap);
}

/* Names the instruction by the state before it; storage is as it left it: code seldom changes under itself. */
static void name_instruction(struct arena *arena, struct machine *m, uint64_t *before, const struct tree *tree, struct difference *d)
{
	struct fetching f = {m, d->pc};
	struct decoded decoded;
	struct buf text = {0};
	bool there;

	exchange_state(m, before);
	there = decode(tree, parcel, &f, &decoded) && decoded.instruction;
	exchange_state(m, before);
	if (!there)
		return;
	disassemble(&text, m->isa, &decoded, d->pc, NULL);
	d->instruction = decoded.instruction;
	d->text = arena_copy(arena, buf_text(&text), text.length);
	buf_free(&text);
}

bool lockstep(struct arena *arena, struct machine *bare, struct machine *virtual, uint64_t limit, enum stop *end, struct difference *d)
{
	struct watching *w = calloc(1, sizeof *w);
	uint64_t *state = ARENA_ARRAY(arena, uint64_t, bare->word_count);
	struct tracer *before = bare->tracer;
	struct tree *tree = decode_tree(arena, bare->isa);
	uint64_t whole = WHOLE_EVERY;

	*d = (struct difference){0};
	*end = STOP_STEPS;
	if (!w)
		return false;
	w->tracer = (struct tracer){.context = w, .memory = note_write};
	while (d->step < limit && *end == STOP_STEPS && agree(d)) {
		w->count = 0;
		w->too_many = false;
		d->pc = machine_pc(bare);
		memcpy(state, bare->words, bare->word_count * sizeof *state);
		bare->tracer = &w->tracer;
		d->bare_stop = *end = machine_run(bare, 1);
		bare->tracer = before;
		d->virtual_stop = machine_run(virtual, 1);
		machine_sync(bare, 0, 0);
		machine_sync(virtual, 0, 0);
		d->different_end = d->bare_stop != d->virtual_stop;
		compare_components(arena, bare, virtual, d);
		for (unsigned i = 0; i < w->count; i++)
			compare_units(bare, virtual, w->writes[i].pa, w->writes[i].units, d);
		if (!--whole || w->too_many) {
			compare_storage(bare, virtual, d);
			whole = WHOLE_EVERY;
		}
		d->step += agree(d);
	}
	if (agree(d))
		compare_storage(bare, virtual, d);
	if (!agree(d))
		name_instruction(arena, bare, state, tree, d);
	free(w);
	return agree(d);
}
