/* The form in which images are kept: text, one thing a line. Numbers are hexadecimal.
 *     isolde image 1
 *     unit 20                       bits of a unit
 *     entry 10
 *     symbol start 10
 *     segment 10 2 0                address, units that follow, zero units behind them
 *     4000003 8000000 */
#include "images.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char text_magic[] = "isolde image 1\n";

static bool write_all(const struct image *image, const struct isa *isa, FILE *out)
{
	fprintf(out, "%sunit %x\n", text_magic, isa->memory.unit);
	if (image->has_entry)
		fprintf(out, "entry %llx\n", (unsigned long long)image->entry);
	for (const struct symbol *s = image->symbols; s; s = s->next)
		fprintf(out, "symbol %s %llx\n", s->name, (unsigned long long)s->value);
	for (const struct segment *s = image->segments; s; s = s->next) {
		fprintf(out, "segment %llx %llx %llx\n", (unsigned long long)s->at, (unsigned long long)s->count, (unsigned long long)s->zeros);
		for (uint64_t i = 0; i < s->count; i++)
			fprintf(out, "%llx%c", (unsigned long long)segment_unit(s, i), i % 8 == 7 || i + 1 == s->count ? '\n' : ' ');
	}
	return !ferror(out);
}

bool image_write(const struct image *image, const struct isa *isa, const char *path)
{
	FILE *out = fopen(path, "w");
	bool good = out && write_all(image, isa, out);
	int code = errno;

	if (out && fclose(out)) {
		good = false;
		code = errno;
	}
	errno = code;
	return good;
}

/* --- reading --- */

struct reading {
	struct arena *arena;
	const struct isa *isa;
	const struct source *source;
	struct diags *diags;
	size_t at;
	struct image *image;
};

static bool fail(struct reading *r, const char *why)
{
	diag_add(r->diags, E_IMAGE, (struct span){r->source, r->at < r->source->length ? r->at : r->source->length - 1, 1}, "%s", why);
	return false;
}

/* The next word: up to a blank. NULL at the end. */
static const char *word(struct reading *r, size_t *length)
{
	const char *text = r->source->text;
	size_t from;

	while (r->at < r->source->length && strchr(" \n", text[r->at]))
		r->at++;
	from = r->at;
	while (r->at < r->source->length && text[r->at] != ' ' && text[r->at] != '\n')
		r->at++;
	*length = r->at - from;
	return *length ? text + from : NULL;
}

static bool number(struct reading *r, uint64_t most, uint64_t *value)
{
	size_t length, i = 0;
	const char *text = word(r, &length);

	*value = 0;
	for (; i < length && length <= 16; i++) {
		const char *digits = "0123456789abcdef", *d = strchr(digits, text[i]);

		if (!text[i] || !d)
			break;
		*value = *value << 4 | (uint64_t)(d - digits);
	}
	if (text && i == length && *value <= most)
		return true;
	r->at -= length;
	return fail(r, "here a hexadecimal number is missing, or it is too large");
}

static bool read_symbol(struct reading *r)
{
	size_t length;
	const char *name = word(r, &length);
	uint64_t value;

	if (!name)
		return fail(r, "a symbol has a name");
	name = arena_copy(r->arena, name, length);
	if (!number(r, ~(uint64_t)0, &value))
		return false;
	symbol_add(r->arena, r->image, name, value);
	return true;
}

static bool read_segment(struct reading *r)
{
	uint64_t at, count, zeros, unit;
	struct segment *s;

	/* each unit takes two characters of the file at least */
	if (!number(r, ~(uint64_t)0, &at) || !number(r, r->source->length / 2, &count) || !number(r, ~(uint64_t)0 / 2, &zeros))
		return false;
	s = segment_add(r->arena, r->image, r->isa, at, count);
	s->zeros = zeros;
	for (uint64_t i = 0; i < count; i++) {
		if (!number(r, (uint64_t)bits_mask(r->isa->memory.unit), &unit))
			return false;
		segment_set(s, i, unit);
	}
	return true;
}

static bool read_unit(struct reading *r)
{
	uint64_t unit;

	return number(r, 128, &unit) && (unit == r->isa->memory.unit || fail(r, "made for a machine with other storage units"));
}

static bool read_line(struct reading *r, const char *key, size_t length)
{
	if (length == 4 && !memcmp(key, "unit", 4))
		return read_unit(r);
	if (length == 5 && !memcmp(key, "entry", 5))
		return r->image->has_entry = number(r, ~(uint64_t)0, &r->image->entry);
	if (length == 6 && !memcmp(key, "symbol", 6))
		return read_symbol(r);
	if (length == 7 && !memcmp(key, "segment", 7))
		return read_segment(r);
	r->at -= length;
	return fail(r, "unit, entry, symbol or segment is expected here");
}

struct image *text_read(struct arena *arena, const struct isa *isa, const struct source *source, struct diags *diags)
{
	struct reading r = {arena, isa, source, diags, strlen(text_magic), ARENA_NEW(arena, struct image)};
	const char *key;
	size_t length;

	while ((key = word(&r, &length)))
		if (!read_line(&r, key, length))
			return NULL;
	return r.image;
}
