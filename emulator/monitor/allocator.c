/* The allocator: decides which real storage a guest's addresses name, by the description's `composition`, on the real machine's own
 * relocation. Where that walks tables, these are shadow tables in the monitor's storage, filled when the guest first uses a page. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../device.h"
#include "guest.h"

static const struct composition *composition(const struct guest *g)
{
	return &g->monitor->scenario->composition;
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
	stretches_copy(&g->depends_words, g->key + 1, vm->words);
}

/* Whether the relocation that stands was composed for the present state. */
static bool is_composed(const struct guest *g)
{
	return g->monitor->composed_for == g && g->composed[0] == machine_level(g->vm) &&
	       stretches_equal(&g->depends_words, g->vm->words, g->composed + 1);
}

static void find_dependencies(struct guest *g, bool *ignored)
{
	const struct isa *isa = g->vm->isa;

	ir_uses(isa, isa->translate, g->depends, ignored);
	for (unsigned i = 0; i < isa->component_count; i++) /* what `relocate` turns into the real relocation */
		g->depends[i] = g->depends[i] || isa->components[i].role == ROLE_RELOCATION;
	g->depends[isa->mode] = g->depends[isa->pc] = false;
}

/* Shadows must be right whatever the guest makes of these, so they are no part of the key. False: there are too many. */
static bool find_unseen(struct guest *g)
{
	const struct isa *isa = g->vm->isa;

	for (unsigned i = 0; i < isa->component_count; i++) {
		if (!g->depends[i] || !g->monitor->scenario->pass_through[i])
			continue;
		if (isa->components[i].width != 1 || isa->components[i].count || g->unseen_count == UNSEEN_MAX)
			return false;
		g->unseen[g->unseen_count++] = i;
		g->depends[i] = false;
	}
	return true;
}

static bool all_words(struct guest *g)
{
	unsigned n = g->vm->isa->component_count;
	const bool *keeps = composition(g)->keeps;
	bool *tables = calloc(n + 1, sizeof *tables), *kept = calloc(n + 1, sizeof *kept), all;

	for (unsigned i = 0; tables && kept && i < n; i++) {
		kept[i] = keeps && keeps[i];
		tables[i] = g->depends[i] && !kept[i];
	}
	all = tables && kept && stretches_new(&g->depends_words, g->vm, g->depends) && stretches_new(&g->tables_words, g->vm, tables) &&
	      stretches_new(&g->kept_words, g->vm, kept);
	free(tables);
	free(kept);
	return all;
}

bool allocator_new(struct guest *g, uint64_t from, uint64_t size, char *error)
{
	const struct isa *isa = g->vm->isa;
	bool *ignored = calloc(isa->component_count + 1, sizeof *ignored);

	g->depends = calloc(isa->component_count + 1, sizeof *g->depends);
	g->key = calloc(key_words(g), sizeof *g->key);
	g->composed = calloc(key_words(g), sizeof *g->composed);
	if (!ignored || !g->depends || !g->key || !g->composed || (shadows_used(g) && !shadow_new(g, from, size))) {
		free(ignored);
		snprintf(error, 256, "out of memory");
		return false;
	}
	find_dependencies(g, ignored);
	free(ignored);
	if (shadows_used(g) && !find_unseen(g)) {
		snprintf(error, 256, "scenario %s passes more through that addresses depend on than shadow tables can do without", g->monitor->scenario->name);
		return false;
	}
	if (!all_words(g)) {
		snprintf(error, 256, "out of memory");
		return false;
	}
	g->composed[0] = ~(uint64_t)0;
	return true;
}

void allocator_free(struct guest *g)
{
	shadow_free(g);
	free(g->depends);
	free(g->depends_words.list);
	free(g->tables_words.list);
	free(g->kept_words.list);
	free(g->key);
	free(g->composed);
}

void allocator_drop(struct guest *g)
{
	if (shadows_used(g))
		shadow_drop(g);
	g->composed[0] = ~(uint64_t)0;
}

/* --- composing --- */

static void remember(struct guest *g)
{
	struct monitor *m = g->monitor;

	switch_expect(m);
	g->composed[0] = g->key[0];
	stretches_copy(&g->depends_words, g->composed + 1, g->key + 1);
	m->composed_for = g;
	g->efficiency.composed++;
	engine_state_changed(m->below);
}

static bool compose_tables(struct guest *g)
{
	u128 root;

	if (!shadow_choose(g))
		return false;
	root = g->current->root;
	stretches_copy(&g->kept_words, g->monitor->below->words, g->vm->words);
	engine_state_changed(g->monitor->below);
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
	if (shadows_used(g))
		sources_look(g);
	if (is_composed(g))
		return true;
	make_key(g);
	return shadows_used(g) ? compose_tables(g) : compose_registers(g);
}

/* --- filling --- */

/* A device that takes a part of a page takes it out of direct execution. */
static bool device_in_page(const struct guest *g, uint64_t gpa)
{
	uint64_t from = gpa / page_size(g) * page_size(g);

	for (const struct device *d = g->vm->devices; d; d = d->next)
		if (!d->described->by_port && (uint64_t)d->described->at < from + page_size(g) && (uint64_t)d->described->at + d->size > from)
			return true;
	return false;
}

/* What the guest's own translation allows at va in the state at hand. *gpa: where it leads. */
static unsigned rights_now(struct guest *g, uint64_t va, uint64_t *gpa)
{
	unsigned rights = 0;
	uint64_t pa;

	for (enum access a = ACCESS_LOAD; a <= ACCESS_FETCH; a++) {
		if (!sources_translate(g, va, a, &pa) || (rights && pa != *gpa))
			continue;
		rights |= 1u << a;
		*gpa = pa;
	}
	return rights;
}

static void set_unseen(const struct guest *g, struct machine *m, unsigned values)
{
	for (unsigned i = 0; i < g->unseen_count; i++)
		m->words[m->word_of[g->unseen[i]]] = values >> i & 1;
	engine_state_changed(m);
}

static unsigned get_unseen(const struct guest *g, const struct machine *m)
{
	unsigned values = 0;

	for (unsigned i = 0; i < g->unseen_count; i++)
		values |= (unsigned)m->words[m->word_of[g->unseen[i]]] << i;
	return values;
}

/* What it allows whatever the unseen bits are. */
static unsigned rights_always(struct guest *g, uint64_t va, uint64_t gpa, unsigned rights)
{
	unsigned before = get_unseen(g, g->vm);
	uint64_t pa = gpa;

	for (unsigned v = 0; rights && v < 1u << g->unseen_count; v++) {
		if (v == before)
			continue;
		set_unseen(g, g->vm, v);
		rights &= rights_now(g, va, &pa);
		rights = pa == gpa ? rights : 0;
	}
	if (g->unseen_count)
		set_unseen(g, g->vm, before);
	return rights;
}

/* Whether the machine below allows at va what the guest's own translation refuses, for some value of the unseen bits: a right may imply another one on
 * this machine, as the right to fetch implies the one to load where the program says so. */
static bool exceeds(struct guest *g, uint64_t va)
{
	struct machine *below = g->monitor->below;
	unsigned before = get_unseen(g, g->vm), real = get_unseen(g, below);
	bool too_much = false;

	for (unsigned v = 0; !too_much && v < 1u << g->unseen_count; v++) {
		set_unseen(g, g->vm, v);
		set_unseen(g, below, v);
		too_much = shadow_exceeds(g, va);
	}
	set_unseen(g, g->vm, before);
	set_unseen(g, below, real);
	return too_much;
}

/* 0: nothing, or not storage. */
static unsigned guest_rights(struct guest *g, uint64_t va, uint64_t *gpa)
{
	unsigned now;

	g->tables.reads.count = 0;
	g->tables.reads.too_many = false;
	now = rights_now(g, va, gpa);
	if (!now || !in_guest(g, *gpa) || device_in_page(g, *gpa))
		return 0;
	return rights_always(g, va, *gpa, now);
}

/* Current tables, and everything that the mapping is derived from known and watched. */
static bool derive(struct guest *g)
{
	for (unsigned i = 0; i < 3; i++) {
		if (!sources_keep(g))
			allocator_drop(g);
		else if (g->current->valid)
			return true;
		if (!allocator_compose(g))
			return false;
	}
	return false;
}

bool allocator_fault(struct guest *g, uint64_t va)
{
	uint64_t gpa = 0;
	unsigned rights, before, now;

	if (!shadows_used(g))
		return false;
	rights = guest_rights(g, va, &gpa);
	if (!rights || !derive(g))
		return false;
	if (is_source(g, gpa))
		rights &= ~2u;
	if (!shadow_rights(g, va, gpa, &before))
		return false;
	if ((before & rights) == rights) { /* it wanted more, and that is to be seen */
		if (sources_written_often(g, gpa))
			allocator_drop(g);
		return false;
	}
	if (!shadow_map(g, va, gpa, rights)) {
		allocator_drop(g); /* the tables' storage is full */
		return false;
	}
	if (exceeds(g, va)) {
		shadow_map(g, va, gpa, 0);
		return false;
	}
	return shadow_rights(g, va, gpa, &now) && now != before;
}
