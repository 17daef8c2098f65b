/* Real storage, shared by the machines that live in it. */
#include "machine.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static unsigned cell_bytes(unsigned unit)
{
	unsigned bytes = 1;

	while (bytes * 8 < unit)
		bytes *= 2;
	return bytes;
}

/* Untouched pages cost nothing: a machine with much storage starts at once. */
static void *zeroed(uint64_t bytes)
{
	void *p = mmap(NULL, bytes ? bytes : 1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static uint64_t pages(const struct storage *s)
{
	return (s->size + s->page - 1) / s->page;
}

struct storage *storage_new(unsigned unit, unsigned page, uint64_t size)
{
	struct storage *s = calloc(1, sizeof *s);

	if (!s || unit > 64 || size > UINT64_MAX / 16)
		goto failed;
	*s = (struct storage){.size = size, .unit = unit, .cell = cell_bytes(unit), .page = page ? page : 256, .users = 1};
	s->cells = zeroed(size * s->cell);
	s->marks = zeroed(pages(s));
	s->changes = zeroed(pages(s) * sizeof *s->changes);
	s->code = zeroed(pages(s) * sizeof *s->code);
	if (s->cells && s->marks && s->changes && s->code)
		return s;
failed:
	storage_free(s);
	return NULL;
}

struct storage *storage_share(struct storage *s)
{
	s->users++;
	return s;
}

void storage_free(struct storage *s)
{
	if (!s || (s->users && --s->users))
		return;
	for (uint64_t p = 0; s->code && s->drop_code && p < pages(s); p++)
		if (s->code[p])
			s->drop_code(s, p);
	if (s->cells)
		munmap(s->cells, s->size ? s->size * s->cell : 1);
	if (s->marks)
		munmap(s->marks, pages(s) ? pages(s) : 1);
	if (s->changes)
		munmap(s->changes, pages(s) ? pages(s) * sizeof *s->changes : 1);
	if (s->code)
		munmap(s->code, pages(s) ? pages(s) * sizeof *s->code : 1);
	free(s);
}

uint64_t storage_get(const struct storage *s, uint64_t index)
{
	switch (s->cell) {
	case 1: return s->cells[index];
	case 2: return ((const uint16_t *)(const void *)s->cells)[index];
	case 4: return ((const uint32_t *)(const void *)s->cells)[index];
	default: return ((const uint64_t *)(const void *)s->cells)[index];
	}
}

/* What was kept about a page is forgotten, and its marks with it: they come back when someone keeps something again. */
static void page_written(struct storage *s, uint64_t page)
{
	unsigned char marks = s->marks[page];

	s->marks[page] = 0;
	s->changes[page]++;
	if (marks & MARK_CODE && s->drop_code)
		s->drop_code(s, page);
	s->generation++;
}

void storage_written(struct storage *s, uint64_t index, uint64_t count)
{
	for (uint64_t p = index / s->page; count && p <= (index + count - 1) / s->page; p++)
		if (s->marks[p])
			page_written(s, p);
}

void storage_set(struct storage *s, uint64_t index, uint64_t value)
{
	if (s->marks[index / s->page])
		page_written(s, index / s->page);
	switch (s->cell) {
	case 1: s->cells[index] = (unsigned char)value; break;
	case 2: ((uint16_t *)(void *)s->cells)[index] = (uint16_t)value; break;
	case 4: ((uint32_t *)(void *)s->cells)[index] = (uint32_t)value; break;
	default: ((uint64_t *)(void *)s->cells)[index] = value; break;
	}
}

void storage_mark(struct storage *s, uint64_t index, enum mark mark)
{
	unsigned char *marks = &s->marks[index / s->page];

	if (*marks & mark)
		return;
	*marks |= mark;
	s->generation++;
}
