#include "arena.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Under a sanitizer every allocation is a malloc of its own, so that an overflow is seen. */
#if defined(__SANITIZE_ADDRESS__)
#define CHUNK 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CHUNK 0
#endif
#endif
#ifndef CHUNK
#define CHUNK (64 * 1024)
#endif

struct chunk {
	struct chunk *next;
	size_t used, size;
	max_align_t data[];
};

struct arena {
	struct chunk *chunks;
	size_t used;
};

void *must_alloc(size_t size)
{
	void *p = malloc(size ? size : 1);

	if (!p) {
		fputs("isolde: out of memory\n", stderr);
		exit(5);
	}
	return p;
}

void *must_realloc(void *old, size_t size)
{
	void *p = realloc(old, size ? size : 1);

	if (!p) {
		fputs("isolde: out of memory\n", stderr);
		exit(5);
	}
	return p;
}

struct arena *arena_new(void)
{
	struct arena *arena = must_alloc(sizeof *arena);

	*arena = (struct arena){0};
	return arena;
}

void arena_free(struct arena *arena)
{
	if (!arena)
		return;
	for (struct chunk *c = arena->chunks, *next; c; c = next) {
		next = c->next;
		free(c);
	}
	free(arena);
}

void *arena_alloc(struct arena *arena, size_t size)
{
	const size_t align = sizeof(max_align_t);
	struct chunk *c = arena->chunks;
	void *p;

	if (size > SIZE_MAX / 2)
		size = SIZE_MAX / 2; /* malloc refuses it with the message */
	size = (size + align - 1) / align * align;
	if (!c || c->size - c->used < size) {
		size_t room = size > CHUNK ? size : CHUNK;

		c = must_alloc(sizeof *c + room);
		c->next = arena->chunks;
		c->used = 0;
		c->size = room;
		arena->chunks = c;
	}
	p = (char *)c->data + c->used;
	c->used += size;
	arena->used += size;
	return memset(p, 0, size);
}

char *arena_copy(struct arena *arena, const char *text, size_t length)
{
	char *p = arena_alloc(arena, length + 1);

	if (length)
		memcpy(p, text, length);
	return p;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list args, again;
	int length;
	char *p;

	va_start(args, format);
	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	p = arena_alloc(arena, (size_t)length + 1);
	vsnprintf(p, (size_t)length + 1, format, again);
	va_end(again);
	return p;
}

size_t arena_used(const struct arena *arena)
{
	return arena->used;
}

static void reserve(struct buf *buf, size_t more)
{
	size_t need = buf->length + more + 1;

	if (need <= buf->capacity)
		return;
	buf->capacity = need > 2 * buf->capacity ? need : 2 * buf->capacity;
	buf->text = must_realloc(buf->text, buf->capacity);
}

void buf_add(struct buf *buf, const char *text, size_t length)
{
	reserve(buf, length);
	if (length)
		memcpy(buf->text + buf->length, text, length);
	buf->length += length;
	buf->text[buf->length] = '\0';
}

void buf_puts(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args, again;
	int length;

	va_start(args, format);
	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	reserve(buf, (size_t)length);
	vsnprintf(buf->text + buf->length, (size_t)length + 1, format, again);
	va_end(again);
	buf->length += (size_t)length;
}

void buf_free(struct buf *buf)
{
	free(buf->text);
	*buf = (struct buf){0};
}

const char *buf_text(const struct buf *buf)
{
	return buf->text ? buf->text : "";
}
