/* Kept translations. They hold for the state that the translation reads: when that changes, and changes back (a trap and the return
 * from it, a monitor and its guest), what was kept before is found again. */
#include "native.h"

#include <stdlib.h>
#include <string.h>

static void forget(struct native_tlb *t)
{
	memset(t, 0xff, sizeof *t); /* NATIVE_NO_TAG everywhere */
}

static void moving_words(struct native_engine *ne)
{
	const struct plan *p = ne->plan;
	const struct isa *isa = p->isa;

	ne->moving = ARENA_ARRAY(ne->arena, struct range, isa->component_count + 1);
	for (unsigned c = 0; c < isa->component_count; c++) {
		struct range *last = ne->moving_count ? &ne->moving[ne->moving_count - 1] : NULL;
		unsigned count = plan_words(&isa->components[c]) * (isa->components[c].count ? isa->components[c].count : 1);

		if (!p->moving[c] || c == isa->mode || (isa->has_instead && c == isa->instead_valid))
			continue;
		ne->moving_words += count;
		if (last && last->at + last->count == p->word_of[c])
			last->count += count;
		else
			ne->moving[ne->moving_count++] = (struct range){p->word_of[c], count};
	}
}

bool contexts_new(struct native_engine *ne)
{
	moving_words(ne);
	forget(&ne->nothing);
	ne->n.none = ne->n.tlb = &ne->nothing;
	for (unsigned i = 0; i < CONTEXTS; i++) {
		ne->contexts[i].words = calloc(ne->moving_words + 1, sizeof(uint64_t));
		ne->contexts[i].levels = calloc(ne->plan->isa->level_count, sizeof *ne->contexts[i].levels);
		if (!ne->contexts[i].words || !ne->contexts[i].levels)
			return false;
	}
	return true;
}

void contexts_free(struct native_engine *ne)
{
	for (unsigned i = 0; i < CONTEXTS; i++) {
		for (unsigned l = 0; ne->contexts[i].levels && l < ne->plan->isa->level_count; l++)
			free(ne->contexts[i].levels[l]);
		free(ne->contexts[i].levels);
		free(ne->contexts[i].words);
	}
}

static bool matches(const struct native_engine *ne, const struct context *c)
{
	const uint64_t *words = c->words;

	for (unsigned i = 0; i < ne->moving_count; i++) {
		if (memcmp(words, &ne->machine->words[ne->moving[i].at], ne->moving[i].count * sizeof *words))
			return false;
		words += ne->moving[i].count;
	}
	return c->used != 0;
}

static void take_over(struct native_engine *ne, struct context *c)
{
	uint64_t *words = c->words;

	for (unsigned i = 0; i < ne->moving_count; i++) {
		memcpy(words, &ne->machine->words[ne->moving[i].at], ne->moving[i].count * sizeof *words);
		words += ne->moving[i].count;
	}
	for (unsigned l = 0; l < ne->plan->isa->level_count; l++)
		if (c->levels[l])
			forget(&c->levels[l]->tlb);
}

static struct context *find(struct native_engine *ne)
{
	struct context *oldest = &ne->contexts[0];

	if (ne->present && matches(ne, ne->present))
		return ne->present;
	for (unsigned i = 0; i < CONTEXTS; i++) {
		struct context *c = &ne->contexts[i];

		if (matches(ne, c))
			return c;
		if (c->used < oldest->used)
			oldest = c;
	}
	take_over(ne, oldest);
	return oldest;
}

/* The one for the present state; looked for only if more than the mode has changed. */
static struct context *present(struct native_engine *ne)
{
	if (ne->n.moved || !ne->present) {
		ne->n.moved = 0;
		ne->present = find(ne);
		ne->present->used = ++ne->clock;
	}
	return ne->present;
}

struct native_tlb *contexts_select(struct native_engine *ne, unsigned level)
{
	const struct storage *s = ne->machine->storage;
	struct context *c;
	struct kept **kept;

	if (ne->careful || !ne->plan->uniform)
		return &ne->nothing;
	c = present(ne);
	kept = &c->levels[level];
	if (!*kept) {
		*kept = malloc(sizeof **kept);
		if (!*kept)
			return &ne->nothing;
		(*kept)->generation = ~s->generation;
	}
	if ((*kept)->generation != s->generation) {
		forget(&(*kept)->tlb);
		(*kept)->generation = s->generation;
	}
	if (level == machine_level(ne->machine))
		ne->n.tlb = &(*kept)->tlb;
	return &(*kept)->tlb;
}

void contexts_check(struct native_engine *ne)
{
	struct machine *m = ne->machine;

	if (ne->generation == m->storage->generation)
		return;
	ne->generation = m->storage->generation;
	ne->n.plain = !ne->careful && !memory_hidden(ne, m->at, m->size);
	ne->n.tlb = ne->n.none;
	ne->n.look = 1;
}
