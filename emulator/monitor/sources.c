/* What the shadow tables were derived from: pages of the guest's storage that hold its own tables. No shadow lets the guest write them, so that
 * every write is interpreted, or comes from a device; both are found here before the guest runs again. */
#include <stdlib.h>
#include <string.h>

#include "../trace.h"
#include "guest.h"

static uint64_t storage_page(const struct guest *g, uint64_t gpa)
{
	return (g->vm->window + (gpa - g->vm->at)) / g->vm->storage->page;
}

static uint64_t page_bytes(const struct storage *s)
{
	return (uint64_t)s->page * s->cell;
}

static struct table_page *source_at(const struct guest *g, uint64_t gpa)
{
	unsigned n = g->tables.source_of[guest_page(g, gpa)];

	return n ? &g->tables.sources[n - 1] : NULL;
}

/* --- reading the guest's tables --- */

static void note_read(void *context, struct machine *m, enum access access, uint64_t gpa, unsigned width, u128 value)
{
	struct reads *r = context;

	(void)value;
	if (access != ACCESS_LOAD)
		return;
	r->too_many = r->too_many || r->count == READS_MAX;
	if (r->count < READS_MAX)
		r->list[r->count++] = (struct read){gpa, width / m->isa->memory.unit};
}

bool sources_translate(struct guest *g, uint64_t va, enum access access, uint64_t *gpa)
{
	struct tracer watch = {.context = &g->tables.reads, .memory = note_read}, *before = g->vm->tracer;
	struct trap trap;
	bool allowed;

	g->vm->tracer = &watch;
	allowed = machine_translate(g->vm, machine_level(g->vm), va, access, gpa, &trap);
	g->vm->tracer = before;
	return allowed;
}

/* --- keeping what was read --- */

static void set_bits(struct table_page *s, uint64_t from, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		s->read[(from + i) / 8] |= (unsigned char)(1u << (from + i) % 8);
}

/* A page that was never a source before. NULL: there are too many, or there is no memory. */
static struct table_page *source_new(struct guest *g, uint64_t gpa)
{
	struct tables *t = &g->tables;
	const struct storage *s = g->vm->storage;
	struct table_page *n = &t->sources[t->source_count];

	if (t->source_count == SOURCES_MAX)
		return NULL;
	if (!n->copy)
		n->copy = malloc(page_bytes(s));
	if (!n->read)
		n->read = malloc(s->page / 8 + 1);
	if (!n->copy || !n->read)
		return NULL;
	n->page = storage_page(g, gpa);
	n->contexts = n->writes = 0;
	memset(n->read, 0, s->page / 8 + 1);
	storage_mark(g->vm->storage, n->page * s->page, MARK_TABLE);
	n->changes = s->changes[n->page];
	memcpy(n->copy, s->cells + n->page * page_bytes(s), page_bytes(s));
	t->source_of[guest_page(g, gpa)] = ++t->source_count;
	return n;
}

static bool add_read(struct guest *g, const struct read *r)
{
	uint64_t at = (g->vm->window + (r->gpa - g->vm->at)) % g->vm->storage->page;
	struct table_page *s;

	if (!in_guest(g, r->gpa))
		return true;
	s = source_at(g, r->gpa);
	if (!s) {
		shadow_forbid_writes(g, r->gpa);
		s = source_new(g, r->gpa);
	}
	if (!s || at + r->count > g->vm->storage->page)
		return false;
	set_bits(s, at, r->count);
	s->contexts |= 1u << (g->current - g->tables.contexts);
	s->writes = 0;
	return true;
}

bool sources_keep(struct guest *g)
{
	const struct reads *r = &g->tables.reads;
	bool all = !r->too_many;

	for (unsigned i = 0; all && i < r->count; i++)
		all = add_read(g, &r->list[i]);
	return all;
}

bool is_source(const struct guest *g, uint64_t gpa)
{
	return source_at(g, gpa) != NULL;
}

bool sources_written_often(struct guest *g, uint64_t gpa)
{
	struct table_page *s = source_at(g, gpa);

	return s && ++s->writes > WRITES_BEFORE_DATA;
}

void sources_forget(struct guest *g)
{
	struct tables *t = &g->tables;

	if (t->source_count)
		memset(t->source_of, 0, (g->vm->size / page_size(g) + 1) * sizeof *t->source_of);
	t->source_count = 0;
}

/* --- finding what has changed --- */

/* Whether a unit has changed that some shadow was derived from. */
static bool changed(const struct storage *s, const struct table_page *n)
{
	const unsigned char *now = s->cells + n->page * page_bytes(s);

	if (!memcmp(now, n->copy, page_bytes(s)))
		return false;
	for (unsigned i = 0; i < s->page; i++)
		if (n->read[i / 8] >> i % 8 & 1 && memcmp(now + i * s->cell, n->copy + i * s->cell, s->cell))
			return true;
	return false;
}

static void look_again(struct guest *g, struct table_page *n)
{
	struct storage *s = g->vm->storage;

	for (unsigned c = 0; changed(s, n) && c < CONTEXTS; c++)
		if (n->contexts >> c & 1)
			shadow_drop_context(g, c);
	storage_mark(s, n->page * s->page, MARK_TABLE);
	n->changes = s->changes[n->page];
	memcpy(n->copy, s->cells + n->page * page_bytes(s), page_bytes(s));
}

void sources_look(struct guest *g)
{
	struct tables *t = &g->tables;
	const struct storage *s = g->vm->storage;

	if (t->generation == s->generation)
		return;
	for (unsigned i = 0; i < t->source_count; i++)
		if (s->changes[t->sources[i].page] != t->sources[i].changes)
			look_again(g, &t->sources[i]);
	t->generation = s->generation;
}

/* --- */

bool sources_new(struct guest *g)
{
	uint64_t pages = g->vm->size / page_size(g) + 1;

	g->tables.sources = calloc(SOURCES_MAX, sizeof *g->tables.sources);
	g->tables.source_of = calloc(pages, sizeof *g->tables.source_of);
	return g->tables.sources && g->tables.source_of;
}

void sources_free(struct guest *g)
{
	for (unsigned i = 0; g->tables.sources && i < SOURCES_MAX; i++) {
		free(g->tables.sources[i].copy);
		free(g->tables.sources[i].read);
	}
	free(g->tables.sources);
	free(g->tables.source_of);
}
