/* Shadow tables: in the monitor's storage, one set for each context, filled by the description's composition.map and walked by its translate. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest.h"

bool shadows_used(const struct guest *g)
{
	const struct composition *c = &g->monitor->scenario->composition;

	return !c->relocate && c->use && c->map && g->vm->isa->memory.frame;
}

static size_t key_bytes(const struct guest *g)
{
	return (g->vm->word_count + 1) * sizeof *g->key;
}

bool shadow_new(struct guest *g, uint64_t from, uint64_t size)
{
	struct tables *t = &g->tables;
	bool all = true;

	*t = (struct tables){.from = from, .size = size, .generation = ~(uint64_t)0};
	t->owners = calloc(size / page_size(g) + 1, 1);
	t->writers = calloc(g->vm->size / page_size(g) + 1, sizeof *t->writers);
	for (unsigned i = 0; i < CONTEXTS; i++) {
		t->contexts[i].key = calloc(1, key_bytes(g));
		all = all && t->contexts[i].key;
	}
	return all && t->owners && t->writers && sources_new(g);
}

void shadow_free(struct guest *g)
{
	for (unsigned i = 0; i < CONTEXTS; i++)
		free(g->tables.contexts[i].key);
	free(g->tables.owners);
	free(g->tables.writers);
	sources_free(g);
}

/* --- storage and contexts --- */

enum { SPARE = CONTEXTS }; /* owns the page that is not linked yet */

/* A zeroed page of the monitor's storage for a context's tables; 0: there is none left. */
static uint64_t new_page(struct guest *g, unsigned owner)
{
	struct tables *t = &g->tables;
	struct machine *below = g->monitor->below;
	uint64_t n = t->first_free, at, index;

	while (n < t->size / page_size(g) && (t->owners[n] || !(t->from + n))) /* address 0 says that there is none */
		n++;
	t->first_free = n;
	if (n == t->size / page_size(g))
		return 0;
	t->owners[n] = (unsigned char)(owner + 1);
	at = t->from + n * page_size(g);
	index = below->window + (at - below->at);
	storage_written(below->storage, index, page_size(g));
	memset(below->storage->cells + index * below->storage->cell, 0, page_size(g) * below->storage->cell);
	return at;
}

static void free_pages(struct tables *t, uint64_t pages, unsigned owner)
{
	for (uint64_t n = 0; n < pages; n++)
		if (t->owners[n] == owner + 1) {
			t->owners[n] = 0;
			t->first_free = n < t->first_free ? n : t->first_free;
		}
}

void shadow_drop_context(struct guest *g, unsigned number)
{
	struct tables *t = &g->tables;
	uint64_t pages = g->vm->size / page_size(g) + 1;

	if (!t->contexts[number].valid)
		return;
	t->contexts[number].valid = false;
	free_pages(t, t->size / page_size(g), number);
	for (uint64_t p = 0; p < pages; p++) {
		t->writers[p].contexts &= (uint16_t)~(1u << number);
		if (!t->writers[p].contexts)
			t->writers[p].several = false;
	}
	g->composed[0] = ~(uint64_t)0;
	g->efficiency.dropped++;
}

void shadow_drop(struct guest *g)
{
	struct tables *t = &g->tables;

	for (unsigned i = 0; i < CONTEXTS; i++)
		t->contexts[i].valid = false;
	memset(t->writers, 0, (g->vm->size / page_size(g) + 1) * sizeof *t->writers);
	memset(t->owners, 0, t->size / page_size(g) + 1);
	t->first_free = 0;
	t->spare = 0;
	g->composed[0] = ~(uint64_t)0;
	g->efficiency.dropped++;
	sources_forget(g);
}

static unsigned oldest(const struct tables *t)
{
	unsigned n = 0;

	for (unsigned i = 0; i < CONTEXTS; i++) {
		if (!t->contexts[i].valid)
			return i;
		if (t->contexts[i].used < t->contexts[n].used)
			n = i;
	}
	return n;
}

static struct context *context_new(struct guest *g)
{
	unsigned n = oldest(&g->tables);
	struct context *c = &g->tables.contexts[n];

	shadow_drop_context(g, n);
	c->root = new_page(g, n);
	if (!c->root) {
		shadow_drop(g);
		c->root = new_page(g, n);
	}
	if (!c->root)
		return NULL;
	c->valid = true;
	memcpy(c->key, g->key, key_bytes(g));
	return c;
}

bool shadow_choose(struct guest *g)
{
	struct tables *t = &g->tables;
	struct context *c = NULL;

	for (unsigned i = 0; i < CONTEXTS && !c; i++)
		if (t->contexts[i].valid && g->key[0] == t->contexts[i].key[0] &&
		    stretches_equal(&g->tables_words, g->key + 1, t->contexts[i].key + 1))
			c = &t->contexts[i];
	if (!c)
		c = context_new(g);
	if (!c)
		return false;
	c->used = g->efficiency.composed;
	g->current = c;
	return true;
}

/* --- mappings --- */

/* Calls `map` until it stands. */
static bool map_in(struct guest *g, const struct context *c, uint64_t va, uint64_t gpa, unsigned rights)
{
	uint64_t mask = ~(page_size(g) - 1);
	u128 args[5] = {c->root, 0, va & mask, (g->base + (gpa - g->vm->at)) & mask, rights}, linked = 1;
	unsigned owner = (unsigned)(c - g->tables.contexts);

	for (unsigned i = 0; i < 16 && linked; i++) {
		if (!g->tables.spare)
			g->tables.spare = new_page(g, SPARE);
		if (!g->tables.spare)
			return false;
		args[1] = g->tables.spare;
		if (!engine_call(g->monitor->below, g->monitor->scenario->composition.map, args, &linked, NULL))
			return false;
		if (!linked)
			continue;
		g->tables.owners[(g->tables.spare - g->tables.from) / page_size(g)] = (unsigned char)(owner + 1);
		g->tables.spare = 0;
	}
	engine_state_changed(g->monitor->below);
	return !linked;
}

static void note_writer(struct guest *g, uint64_t va, uint64_t gpa, unsigned rights)
{
	struct writer *w = &g->tables.writers[guest_page(g, gpa)];

	va &= ~(page_size(g) - 1);
	if (!w->contexts)
		*w = (struct writer){.va = va, .rights = (unsigned char)rights};
	w->several = w->several || w->va != va;
	w->rights &= (unsigned char)rights;
	w->contexts |= (uint16_t)(1u << (g->current - g->tables.contexts));
}

bool shadow_map(struct guest *g, uint64_t va, uint64_t gpa, unsigned rights)
{
	if (!map_in(g, g->current, va, gpa, rights))
		return false;
	if (rights & 2)
		note_writer(g, va, gpa, rights);
	g->efficiency.mapped++;
	return true;
}

bool shadow_rights(struct guest *g, uint64_t va, uint64_t gpa, unsigned *granted)
{
	struct machine *below = g->monitor->below;
	struct trap trap;
	uint64_t pa, own;

	*granted = 0;
	for (enum access a = ACCESS_LOAD; a <= ACCESS_FETCH; a++) {
		if (!machine_translate(below, machine_level(below), va, a, &pa, &trap) || !machine_translate(g->vm, machine_level(g->vm), va, a, &own, &trap))
			continue;
		if (pa != g->base + (own - g->vm->at)) {
			snprintf(below->message, sizeof below->message, "composition.map: 0x%llx leads to 0x%llx and not to 0x%llx", (unsigned long long)va,
				 (unsigned long long)pa, (unsigned long long)(g->base + (own - g->vm->at)));
			return false;
		}
		*granted |= own == gpa ? 1u << a : 0;
	}
	return true;
}

bool shadow_exceeds(struct guest *g, uint64_t va)
{
	struct machine *below = g->monitor->below;
	struct trap trap;
	uint64_t pa;

	for (enum access a = ACCESS_LOAD; a <= ACCESS_FETCH; a++)
		if (machine_translate(below, machine_level(below), va, a, &pa, &trap) && !machine_translate(g->vm, machine_level(g->vm), va, a, &pa, &trap))
			return true;
	return false;
}

/* The page stays mapped where it was, with the rights that all the tables in question grant, but without writing. */
static bool map_without_writing(struct guest *g, const struct context *c, const struct writer *w, uint64_t gpa)
{
	struct machine *below = g->monitor->below;
	uint64_t *mode = &below->words[below->word_of[below->isa->mode]], before = *mode;
	int real = g->monitor->scenario->map[c->key[0]];
	bool mapped;

	if (real < 0 || !(w->rights & ~2u))
		return false;
	*mode = (uint64_t)below->isa->levels[real].value;
	mapped = map_in(g, c, w->va, gpa, w->rights & ~2u);
	*mode = before;
	engine_state_changed(below);
	return mapped;
}

void shadow_forbid_writes(struct guest *g, uint64_t gpa)
{
	struct writer w = g->tables.writers[guest_page(g, gpa)];

	for (unsigned c = 0; c < CONTEXTS; c++)
		if (w.contexts >> c & 1 && (w.several || !map_without_writing(g, &g->tables.contexts[c], &w, gpa)))
			shadow_drop_context(g, c);
	g->tables.writers[guest_page(g, gpa)] = (struct writer){0};
}
