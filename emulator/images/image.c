/* Images: which kind a file is, segments and symbols, loading. */
#include "images.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned cell_of(const struct isa *isa)
{
	unsigned cell = 1;

	while (cell * 8 < isa->memory.unit)
		cell *= 2;
	return cell;
}

struct segment *segment_add(struct arena *arena, struct image *image, const struct isa *isa, uint64_t at, uint64_t count)
{
	struct segment *s = ARENA_NEW(arena, struct segment);

	*s = (struct segment){.at = at, .count = count, .cell = cell_of(isa)};
	s->cells = arena_alloc(arena, count * s->cell + 1);
	if (image->last)
		image->last->next = s;
	else
		image->segments = s;
	return image->last = s;
}

void segment_set(struct segment *s, uint64_t number, uint64_t unit)
{
	unsigned char *at = s->cells + number * s->cell;

	switch (s->cell) {
	case 1: *at = (unsigned char)unit; break;
	case 2: memcpy(at, &(uint16_t){(uint16_t)unit}, 2); break;
	case 4: memcpy(at, &(uint32_t){(uint32_t)unit}, 4); break;
	default: memcpy(at, &unit, 8);
	}
}

uint64_t segment_unit(const struct segment *s, uint64_t number)
{
	const unsigned char *at = s->cells + number * s->cell;
	uint16_t two;
	uint32_t four;
	uint64_t eight;

	switch (s->cell) {
	case 1: return *at;
	case 2: return memcpy(&two, at, 2), two;
	case 4: return memcpy(&four, at, 4), four;
	default: return memcpy(&eight, at, 8), eight;
	}
}

void symbol_add(struct arena *arena, struct image *image, const char *name, uint64_t value)
{
	struct symbol *s = ARENA_NEW(arena, struct symbol);

	*s = (struct symbol){arena_copy(arena, name, strlen(name)), value, image->symbols};
	image->symbols = s;
}

const struct symbol *image_symbol(const struct image *image, const char *name)
{
	const struct symbol *s = image->symbols;

	while (s && strcmp(s->name, name))
		s = s->next;
	return s;
}

/* --- loading --- */

enum { PART = 1024 };

static bool load_units(const struct segment *s, uint64_t from, uint64_t count, struct machine *m)
{
	uint64_t units[PART] = {0};

	for (uint64_t i = 0; i < count && from + i < s->count; i++)
		units[i] = segment_unit(s, from + i);
	return machine_write(m, s->at + from, units, count);
}

bool image_load(const struct image *image, struct machine *m, char *error)
{
	for (const struct segment *s = image->segments; s; s = s->next) {
		uint64_t all = s->count + s->zeros;

		if (s->at < m->at || s->at - m->at > m->size || all > m->size - (s->at - m->at)) {
			snprintf(error, 256, "the program's 0x%llx units from 0x%llx on do not fit into storage, which is 0x%llx to 0x%llx",
				 (unsigned long long)all, (unsigned long long)s->at, (unsigned long long)m->at,
				 (unsigned long long)(m->at + m->size - 1));
			return false;
		}
		for (uint64_t i = 0; i < all; i += PART)
			load_units(s, i, all - i < PART ? all - i : PART, m);
	}
	return true;
}

/* --- reading --- */

static struct image *raw_read(struct arena *arena, const struct isa *isa, const struct source *bytes, uint64_t at)
{
	struct image *image = ARENA_NEW(arena, struct image);
	unsigned per_unit = (isa->memory.unit + 7) / 8;
	uint64_t count = (bytes->length + per_unit - 1) / per_unit;
	struct segment *s = segment_add(arena, image, isa, at, count);

	for (uint64_t i = 0; i < count; i++) {
		uint64_t unit = 0;

		for (unsigned b = 0; b < per_unit; b++)
			unit = unit << 8 | (i * per_unit + b < bytes->length ? (unsigned char)bytes->text[i * per_unit + b] : 0);
		segment_set(s, i, unit & (uint64_t)bits_mask(isa->memory.unit));
	}
	image->entry = at;
	image->has_entry = true;
	return image;
}

static bool ends_in(const char *path, const char *end)
{
	size_t n = strlen(path), k = strlen(end);

	return n > k && !strcmp(path + n - k, end);
}

struct image *image_read(struct arena *arena, const struct isa *isa, const char *path, uint64_t at, struct diags *diags)
{
	struct source *bytes;

	if (isa->memory.unit > 64) {
		diag_add(diags, E_IMAGE, (struct span){0}, "storage units of %u bits: a machine that runs has at most 64", isa->memory.unit);
		return NULL;
	}
	if (ends_in(path, ".s"))
		return assemble(arena, isa, path, diags);
	bytes = source_read(arena, path, IMAGE_FILE_LIMIT, diags, (struct span){0});
	if (!bytes)
		return NULL;
	if (bytes->length >= 4 && !memcmp(bytes->text, "\177ELF", 4))
		return elf_read(arena, isa, path, bytes, diags);
	if (!strncmp(bytes->text, text_magic, strlen(text_magic)))
		return text_read(arena, isa, bytes, diags);
	return raw_read(arena, isa, bytes, at);
}
