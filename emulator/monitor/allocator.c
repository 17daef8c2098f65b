/* The allocator: decides which real storage a guest's addresses name, by the description's `composition`, on the real machine's own
 * relocation. Where that walks tables, these are shadow tables in the monitor's storage, filled when the guest first uses a page. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../device.h"
#include "../trace.h"
#include "guest.h"

static const struct composition *composition(const struct guest *g)
{
	return &g->monitor->scenario->composition;
}

static bool by_tables(const struct guest *g)
{
	return !composition(g)->relocate && composition(g)->use && composition(g)->map;
}

static uint64_t page_size(const struct guest *g)
{
	return g->vm->isa->memory.page;
}

/* --- the key: what the guest's translation depends on --- */

static unsigned key_words(const struct guest *g)
{
	return g->vm->word_count + 1;
}

/* Unread components are left zero, so that they do not matter. */
static void make_key(struct guest *g)
{
	struct machine *vm = g->vm;

	g->key[0] = machine_level(vm);
	for (unsigned i = 0; i < vm->isa->component_count; i++) {
		unsigned end = i + 1 < vm->isa->component_count ? vm->word_of[i + 1] : vm->word_count;

		if (g->depends[i])
			memcpy(&g->key[1 + vm->word_of[i]], &vm->words[vm->word_of[i]], (end - vm->word_of[i]) * sizeof *g->key);
	}
}

static bool same_key(const struct guest *g, const uint64_t *other)
{
	return !memcmp(g->key, other, key_words(g) * sizeof *other);
}

bool allocator_new(struct guest *g, uint64_t from, uint64_t size, char *error)
{
	const struct isa *isa = g->vm->isa;
	struct tables *t = &g->tables;
	uint64_t pages = isa->memory.page ? g->vm->size / isa->memory.page + 1 : 1;
	bool *ignored = calloc(isa->component_count + 1, sizeof *ignored);

	*t = (struct tables){.from = from, .size = size, .next = from, .generation = ~(uint64_t)0};
	g->depends = calloc(isa->component_count + 1, sizeof *g->depends);
	g->key = calloc(key_words(g), sizeof *g->key);
	g->composed = calloc(key_words(g), sizeof *g->composed);
	t->sources = calloc(TABLE_PAGES, sizeof *t->sources);
	t->writable = calloc(pages, 1);
	for (unsigned i = 0; i < CONTEXTS; i++)
		t->contexts[i].key = calloc(key_words(g), sizeof *g->key);
	if (!ignored || !g->depends || !g->key || !g->composed || !t->sources || !t->writable || !t->contexts[CONTEXTS - 1].key) {
		free(ignored);
		snprintf(error, 256, "out of memory");
		return false;
	}
	ir_uses(isa, isa->translate, g->depends, ignored);
	for (unsigned i = 0; i < isa->component_count; i++) /* what `relocate` turns into the real relocation */
		g->depends[i] = g->depends[i] || isa->components[i].role == ROLE_RELOCATION;
	g->depends[isa->mode] = g->depends[isa->pc] = false;
	free(ignored);
	g->composed[0] = ~(uint64_t)0;
	return true;
}

void allocator_free(struct guest *g)
{
	for (unsigned i = 0; i < CONTEXTS; i++)
		free(g->tables.contexts[i].key);
	free(g->tables.sources);
	free(g->tables.writable);
	free(g->depends);
	free(g->key);
	free(g->composed);
}

/* --- shadow tables --- */

void allocator_drop(struct guest *g)
{
	struct tables *t = &g->tables;

	for (unsigned i = 0; i < CONTEXTS; i++)
		t->contexts[i].valid = false;
	t->next = t->from;
	t->spare = 0;
	t->source_count = 0;
	if (page_size(g))
		memset(t->writable, 0, g->vm->size / page_size(g) + 1);
	g->composed[0] = ~(uint64_t)0;
	g->efficiency.dropped++;
}

/* A zeroed page of the monitor's storage; 0: there is none left. */
static uint64_t new_page(struct guest *g)
{
	struct tables *t = &g->tables;
	struct machine *below = g->monitor->below;
	uint64_t at = t->next, index = below->window + (at - below->at);

	if (page_size(g) > t->size - (t->next - t->from))
		return 0;
	t->next += page_size(g);
	storage_written(below->storage, index, page_size(g));
	memset(below->storage->cells + index * below->storage->cell, 0, page_size(g) * below->storage->cell);
	return at;
}

static uint64_t storage_page(const struct guest *g, uint64_t gpa)
{
	return (g->vm->window + (gpa - g->vm->at)) / g->vm->storage->page;
}

static bool in_guest(const struct guest *g, uint64_t gpa)
{
	return gpa >= g->vm->at && gpa - g->vm->at < g->vm->size;
}

static bool is_source(const struct guest *g, uint64_t gpa)
{
	for (unsigned i = 0; i < g->tables.source_count; i++)
		if (g->tables.sources[i] == storage_page(g, gpa))
			return true;
	return false;
}

/* The guest's own tables lie here: no shadow may let it write them unseen. */
static void note_source(void *context, struct machine *m, enum access access, uint64_t gpa, unsigned width, u128 value)
{
	struct guest *g = context;
	struct tables *t = &g->tables;

	(void)m, (void)access, (void)width, (void)value;
	if (!in_guest(g, gpa) || is_source(g, gpa))
		return;
	if (t->source_count == TABLE_PAGES || t->writable[(gpa - g->vm->at) / page_size(g)])
		g->stale = true;
	if (t->source_count < TABLE_PAGES)
		t->sources[t->source_count++] = storage_page(g, gpa);
	storage_mark(g->vm->storage, g->vm->window + (gpa - g->vm->at), MARK_TABLE);
}

/* Someone wrote a page that tables were derived from (by interpretation, or a device): its mark is gone. */
static void look_at_sources(struct guest *g)
{
	struct tables *t = &g->tables;
	const struct storage *s = g->vm->storage;

	if (t->generation == s->generation)
		return;
	t->generation = s->generation;
	for (unsigned i = 0; i < t->source_count; i++)
		if (!(s->marks[t->sources[i]] & MARK_TABLE)) {
			allocator_drop(g);
			return;
		}
}

static struct context *oldest(struct tables *t)
{
	struct context *c = &t->contexts[0];

	for (unsigned i = 0; i < CONTEXTS; i++) {
		if (!t->contexts[i].valid)
			return &t->contexts[i];
		if (t->contexts[i].used < c->used)
			c = &t->contexts[i];
	}
	return c;
}

/* The context of the present key, made if there is none; NULL if there is no storage for its root. */
static struct context *present_context(struct guest *g)
{
	struct tables *t = &g->tables;
	struct context *c;
	uint64_t root;

	for (unsigned i = 0; i < CONTEXTS; i++)
		if (t->contexts[i].valid && same_key(g, t->contexts[i].key))
			return &t->contexts[i];
	root = new_page(g);
	if (!root) {
		allocator_drop(g);
		root = new_page(g);
	}
	if (!root)
		return NULL;
	c = oldest(t);
	c->valid = true;
	c->root = root;
	memcpy(c->key, g->key, key_words(g) * sizeof *g->key);
	return c;
}

/* --- composing --- */

static void remember(struct guest *g)
{
	struct monitor *m = g->monitor;

	memcpy(m->expected, m->below->words, m->below->word_count * sizeof *m->expected);
	memcpy(g->composed, g->key, key_words(g) * sizeof *g->key);
	m->composed_for = g;
	g->efficiency.composed++;
	engine_state_changed(m->below);
}

static bool compose_tables(struct guest *g)
{
	struct context *c = present_context(g);
	u128 root;

	if (!c)
		return false;
	root = c->root;
	c->used = g->efficiency.composed;
	g->current = c;
	if (!engine_call(g->monitor->below, composition(g)->use, &root, NULL, NULL))
		return false;
	remember(g);
	return true;
}

static bool compose_registers(struct guest *g)
{
	struct machine *below = g->monitor->below, *vm = g->vm;
	const struct isa *isa = vm->isa;
	u128 args[3] = {isa->levels[machine_level(vm)].value, g->base, vm->size};

	for (unsigned i = 0; i < isa->component_count; i++) {
		unsigned end = i + 1 < isa->component_count ? vm->word_of[i + 1] : vm->word_count;

		if (isa->components[i].role == ROLE_RELOCATION)
			memcpy(&below->words[vm->word_of[i]], &vm->words[vm->word_of[i]], (end - vm->word_of[i]) * sizeof *vm->words);
	}
	engine_state_changed(below);
	if (!engine_call(below, composition(g)->relocate, args, NULL, NULL))
		return false;
	remember(g);
	return true;
}

bool allocator_compose(struct guest *g)
{
	if (by_tables(g))
		look_at_sources(g);
	make_key(g);
	if (g->monitor->composed_for == g && same_key(g, g->composed))
		return true;
	return by_tables(g) ? compose_tables(g) : compose_registers(g);
}

/* --- filling --- */

/* What the guest's own translation allows at va; 0: nothing, or not storage. *gpa: where it leads. */
static unsigned guest_rights(struct guest *g, uint64_t va, uint64_t *gpa)
{
	static const unsigned bit[] = {[ACCESS_LOAD] = 1, [ACCESS_STORE] = 2, [ACCESS_FETCH] = 4};
	struct tracer watch = {.context = g, .memory = note_source}, *before = g->vm->tracer;
	unsigned rights = 0;
	uint64_t pa, offset;
	struct trap trap;

	g->vm->tracer = &watch;
	for (enum access a = ACCESS_LOAD; a <= ACCESS_FETCH; a++) {
		if (!machine_translate(g->vm, machine_level(g->vm), va, a, &pa, &trap) || (rights && pa != *gpa))
			continue;
		rights |= bit[a];
		*gpa = pa;
	}
	g->vm->tracer = before;
	if (rights && (!in_guest(g, *gpa) || device_at(g->vm, false, *gpa, &offset)))
		return 0;
	return rights;
}

/* Calls `map` until it stands. */
static bool map_page(struct guest *g, uint64_t va, uint64_t gpa, unsigned rights)
{
	uint64_t mask = ~(page_size(g) - 1);
	u128 args[5] = {g->current->root, 0, va & mask, (g->base + (gpa - g->vm->at)) & mask, rights}, linked = 1;

	for (unsigned i = 0; i < 16 && linked; i++) {
		if (!g->tables.spare)
			g->tables.spare = new_page(g);
		if (!g->tables.spare)
			return false;
		args[1] = g->tables.spare;
		if (!engine_call(g->monitor->below, composition(g)->map, args, &linked, NULL))
			return false;
		if (linked)
			g->tables.spare = 0;
	}
	engine_state_changed(g->monitor->below);
	return !linked;
}

/* The described translation of the real machine must do what `map` was asked for, or less. */
static bool check_mapping(struct guest *g, uint64_t va, uint64_t gpa, unsigned rights)
{
	struct machine *below = g->monitor->below;
	unsigned granted = 0;
	struct trap trap;
	uint64_t pa;

	for (enum access a = ACCESS_LOAD; a <= ACCESS_FETCH; a++) {
		if (!machine_translate(below, machine_level(below), va, a, &pa, &trap))
			continue;
		granted |= 1u << a;
		if (pa == g->base + (gpa - g->vm->at) && (rights & (1u << a)))
			continue;
		snprintf(below->message, sizeof below->message, "composition.map: 0x%llx leads to 0x%llx and not to 0x%llx, or allows too much",
			 (unsigned long long)va, (unsigned long long)pa, (unsigned long long)(g->base + (gpa - g->vm->at)));
		return false;
	}
	return granted != 0;
}

bool allocator_fault(struct guest *g, uint64_t va, bool again)
{
	uint64_t gpa = 0;
	unsigned rights;

	if (!by_tables(g))
		return false;
	g->stale = false;
	rights = guest_rights(g, va, &gpa);
	if (rights & 2 && is_source(g, gpa)) {
		if (!again)
			rights &= ~2u;
		else /* it is about to be written: what was derived from it goes */
			g->stale = true;
	} else if (again) {
		return false;
	}
	if (g->stale) { /* or a page that shadows let be written turns out to hold tables */
		allocator_drop(g);
		if (!allocator_compose(g))
			return false;
	}
	if (!rights)
		return false;
	if (!map_page(g, va, gpa, rights)) {
		allocator_drop(g); /* the tables' storage is full */
		return false;
	}
	if (rights & 2)
		g->tables.writable[(gpa - g->vm->at) / page_size(g)] = 1;
	g->efficiency.mapped++;
	return check_mapping(g, va, gpa, rights);
}
