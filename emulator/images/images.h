#ifndef ISOLDE_IMAGES_H
#define ISOLDE_IMAGES_H
/* Internal to images/. */
#include "../image.h"

enum { IMAGE_FILE_LIMIT = 256 << 20, SOURCE_FILE_LIMIT = 16 << 20 };

/* A segment with room for `count` units, appended to the image. */
struct segment *segment_add(struct arena *arena, struct image *image, const struct isa *isa, uint64_t at, uint64_t count);
void segment_set(struct segment *s, uint64_t number, uint64_t unit);
void symbol_add(struct arena *arena, struct image *image, const char *name, uint64_t value);

/* From the bytes of a file; NULL after findings. `path` is for the messages. */
struct image *elf_read(struct arena *arena, const struct isa *isa, const char *path, const struct source *bytes, struct diags *diags);
/* The form that image_write writes (text.c); `bytes` begin with its magic line. */
struct image *text_read(struct arena *arena, const struct isa *isa, const struct source *bytes, struct diags *diags);
extern const char text_magic[];

/* --- decode.c: operands --- */
/* The bits that variables feed to an operand. */
u128 fed_bits(const struct operand *o, const struct variable *variables, unsigned count, const u128 *values);
/* Which alternative an operand is: `from` are the bits from the instruction, `tail` those behind it, left-aligned in d->tail bits. *bits: those
 * that its match covers. NULL: none. */
const struct alternative *operand_alternative(const struct decoder *d, u128 from, u128 tail, u128 *bits);
/* Variable number `v` of an alternative with these bits. */
u128 alternative_value(const struct alternative *a, unsigned v, u128 bits);
/* The part of `tail` that belongs to the operand inside it with this number. */
u128 nested_tail(const struct decoder *d, const struct alternative *a, unsigned operand, u128 tail);
/* How many parcels it takes behind the instruction; -1: it is no operand. */
int operand_parcels(const struct isa *isa, const struct decoder *d, u128 from, u128 tail);
#endif
