#ifndef ISOLDE_ARENA_H
#define ISOLDE_ARENA_H
/* Memory that is freed all at once: one arena per specification, a scratch arena per obligation. */
#include <stdarg.h>
#include <stddef.h>

struct arena;

/* A new empty arena, owned by the caller; ends the process with a message if memory is exhausted. */
struct arena *arena_new(void);
/* Frees the arena and all that was allocated from it. NULL is allowed. */
void arena_free(struct arena *arena);
/* `size` bytes, zeroed, aligned for any type; valid until arena_free. Never NULL. */
void *arena_alloc(struct arena *arena, size_t size);
/* A NUL-terminated copy of `length` bytes of `text`. */
char *arena_copy(struct arena *arena, const char *text, size_t length);
/* printf into the arena. */
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Bytes handed out so far. */
size_t arena_used(const struct arena *arena);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_alloc((arena), (count) * sizeof(type)))

/* malloc and realloc that end the process with a message instead of returning NULL. */
void *must_alloc(size_t size);
void *must_realloc(void *old, size_t size);

/* A growing text. Zero-initialise; text is NUL-terminated once something was added; buf_free releases it. */
struct buf {
	char *text;
	size_t length, capacity;
};
void buf_add(struct buf *buf, const char *text, size_t length);
void buf_puts(struct buf *buf, const char *text);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_free(struct buf *buf);
/* The text, or "" if nothing was added; owned by the buf. */
const char *buf_text(const struct buf *buf);
#endif
