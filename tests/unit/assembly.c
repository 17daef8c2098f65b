/* Decoding, and assembly as the way back: what is disassembled is assembled to the same bits, for random encodings of every instruction of every
 * description; the decision tree finds what a search through all encodings finds. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../emulator/image.h"

enum { PARCELS = 48, EACH = 24, TRIES = 400, ROOM = 64 };

struct parcels {
	u128 bits[PARCELS];
};

static bool parcel(void *context, unsigned number, u128 *bits)
{
	const struct parcels *p = context;

	if (number >= PARCELS)
		return false;
	*bits = p->bits[number];
	return true;
}

static u128 random_bits(uint64_t *state, unsigned width)
{
	u128 bits = unit_random(state);

	return (bits << 64 | unit_random(state)) & bits_mask(width);
}

/* Bits that variables cover. Others that the match leaves open are ignored by the machine, and assembled as zeros. */
static u128 variable_bits(const struct instruction *i)
{
	u128 bits = 0;

	for (unsigned v = 0; v < i->variable_count; v++)
		for (unsigned p = 0; p < i->variables[v].location.count; p++)
			bits |= bits_mask(i->variables[v].location.pieces[p].width) << i->variables[v].location.pieces[p].low;
	return bits;
}

/* An encoding of `i`, and random parcels behind it. In `match`, the first parcel is the leftmost, or the rightmost. */
static void random_encoding(const struct isa *isa, const struct instruction *i, uint64_t *state, struct parcels *p)
{
	u128 bits = i->pattern.match | (random_bits(state, i->pattern.width) & variable_bits(i));
	unsigned count = i->pattern.width / isa->parcel;

	for (unsigned n = 0; n < PARCELS; n++)
		p->bits[n] = random_bits(state, isa->parcel);
	for (unsigned n = 0; n < count; n++)
		p->bits[n] = bits >> (isa->parcel * (isa->first_right ? n : count - 1 - n)) & bits_mask(isa->parcel);
}

/* --- the way back --- */

struct expected {
	uint64_t at, units[ROOM];
	unsigned count;
	const char *text;
};

static void to_units(const struct isa *isa, const struct parcels *p, const struct decoded *d, struct expected *e)
{
	unsigned each = isa->parcel / isa->memory.unit;

	e->count = d->length;
	cr_assert_leq(d->length, ROOM);
	for (unsigned u = 0; u < d->length; u++) {
		unsigned part = isa->memory.big_endian ? each - 1 - u % each : u % each;

		e->units[u] = (uint64_t)(p->bits[u / each] >> (part * isa->memory.unit) & bits_mask(isa->memory.unit));
	}
}

/* One random encoding that is an instruction `i`; false if none was found. */
static bool make_one(struct arena *arena, const struct isa *isa, const struct tree *tree, const struct instruction *i, uint64_t *state,
		     struct expected *e)
{
	for (unsigned n = 0; n < TRIES; n++) {
		struct buf text = {0};
		struct parcels p;
		struct decoded d;

		random_encoding(isa, i, state, &p);
		if (!decode(tree, parcel, &p, &d) || d.instruction != i)
			continue;
		to_units(isa, &p, &d, e);
		disassemble(&text, isa, &d, e->at, NULL);
		e->text = arena_copy(arena, buf_text(&text), text.length);
		buf_free(&text);
		return true;
	}
	return false;
}

static struct image *assemble_all(struct arena *arena, const struct isa *isa, const struct expected *all, unsigned count)
{
	char path[] = "/tmp/isolde-unit-XXXXXX.s";
	struct diags *diags = diags_new(arena);
	struct image *image;
	FILE *out = fdopen(mkstemps(path, 2), "w");

	for (unsigned n = 0; n < count; n++)
		fprintf(out, "\t.org 0x%llx\n\t%s\n", (unsigned long long)all[n].at, all[n].text);
	fclose(out);
	image = assemble(arena, isa, path, diags);
	if (!image)
		diag_print(diags, stderr, false);
	unlink(path);
	return image;
}

static const struct segment *segment_at(const struct image *image, uint64_t at)
{
	for (const struct segment *s = image->segments; s; s = s->next)
		if (s->at == at)
			return s;
	return NULL;
}

/* What was assembled reads as what was written: bits that mean nothing come back as zeros. */
static bool reads_the_same(struct arena *arena, const struct isa *isa, const struct tree *tree, const struct segment *s,
			   const struct expected *e)
{
	unsigned each = isa->parcel / isa->memory.unit;
	struct parcels p = {0};
	struct buf text = {0};
	struct decoded d;
	bool same;

	for (unsigned u = 0; u < s->count; u++) {
		unsigned part = isa->memory.big_endian ? each - 1 - u % each : u % each;

		p.bits[u / each] |= (u128)segment_unit(s, u) << (part * isa->memory.unit);
	}
	same = decode(tree, parcel, &p, &d) && d.instruction;
	if (same)
		disassemble(&text, isa, &d, e->at, NULL);
	same = same && !strcmp(arena_copy(arena, buf_text(&text), text.length), e->text);
	buf_free(&text);
	return same;
}

static unsigned compare(struct arena *arena, const struct isa *isa, const struct tree *tree, const struct image *image,
			const struct expected *all, unsigned count)
{
	const char *path = isa->path;

	for (unsigned n = 0; n < count; n++) {
		const struct segment *s = segment_at(image, all[n].at);

		cr_assert(s && s->count == all[n].count, "%s: '%s' has another length", path, all[n].text);
		for (unsigned u = 0; u < s->count && !reads_the_same(arena, isa, tree, s, &all[n]); u++)
			cr_assert_eq(segment_unit(s, u), all[n].units[u], "%s: '%s': unit %u is 0x%llx, not 0x%llx", path, all[n].text, u,
				     (unsigned long long)segment_unit(s, u), (unsigned long long)all[n].units[u]);
	}
	return count;
}

static unsigned there_and_back(struct arena *arena, const char *path)
{
	struct isa *isa = unit_load(arena, path);
	struct tree *tree = decode_tree(arena, isa);
	uint64_t state = 88172645463325252u, room = (isa->memory.address < 40 ? (uint64_t)1 << isa->memory.address : (uint64_t)1 << 40) / ROOM;
	unsigned each = room / isa->instruction_count < EACH ? (unsigned)(room / isa->instruction_count) : EACH, count = 0;
	struct expected *all = ARENA_ARRAY(arena, struct expected, (size_t)isa->instruction_count * EACH);
	struct image *image;

	cr_assert_gt(each, 0, "%s: more instructions than addresses", path);
	for (const struct instruction *i = isa->instructions; i; i = i->next)
		for (unsigned n = 0; n < each; n++) {
			all[count].at = (uint64_t)count * ROOM;
			cr_assert(make_one(arena, isa, tree, i, &state, &all[count]), "%s: no encoding of '%s' was found", path, i->name);
			count++;
		}
	image = assemble_all(arena, isa, all, count);
	cr_assert(image, "%s: what is disassembled cannot be assembled", path);
	return compare(arena, isa, tree, image, all, count);
}

UNIT(assembly, there_and_back)
{
	struct arena *all = arena_new();
	unsigned compared = 0;

	for (char **path = unit_specs(all); *path; path++) {
		struct arena *arena = arena_new();

		compared += there_and_back(arena, *path);
		arena_free(arena);
	}
	cr_assert_gt(compared, 10000, "%u", compared);
	arena_free(all);
}

/* --- the decision tree against a search --- */

static u128 whole(const struct isa *isa, const struct parcels *p, unsigned width)
{
	u128 bits = 0;

	for (unsigned n = 0; n < width / isa->parcel; n++)
		bits = isa->first_right ? bits | p->bits[n] << (n * isa->parcel) : (width == BITS_MAX && !n ? 0 : bits << isa->parcel) | p->bits[n];
	return bits;
}

static bool has_encoding(const struct isa *isa, const struct instruction *i, const struct parcels *p)
{
	u128 bits = whole(isa, p, i->pattern.width);

	if ((bits ^ i->pattern.match) & i->pattern.mask)
		return false;
	for (unsigned v = 0; v < i->variable_count; v++) {
		const struct location *at = &i->variables[v].location;
		u128 value = 0;

		for (unsigned k = 0; k < at->count; k++)
			value = value << at->pieces[k].width | (bits >> at->pieces[k].low & bits_mask(at->pieces[k].width));
		for (unsigned k = 0; k < i->variables[v].not_count; k++)
			if (value == i->variables[v].not_values[k])
				return false;
	}
	return true;
}

/* The shortest one; with operands it may still turn out to be none. */
static const struct instruction *search(const struct isa *isa, const struct parcels *p)
{
	const struct instruction *found = NULL;

	for (const struct instruction *i = isa->instructions; i; i = i->next)
		if (has_encoding(isa, i, p) && (!found || i->pattern.width < found->pattern.width))
			found = i;
	return found;
}

UNIT(assembly, tree_and_search)
{
	struct arena *all = arena_new();
	unsigned compared = 0, decoded = 0;
	uint64_t state = 1;

	for (char **path = unit_specs(all); *path; path++) {
		struct arena *arena = arena_new();
		struct isa *isa = unit_load(arena, *path);
		struct tree *tree = decode_tree(arena, isa);
		const struct instruction *i = isa->instructions;

		for (unsigned n = 0; n < 4000; n++, i = i->next ? i->next : isa->instructions) {
			const struct instruction *wanted;
			struct parcels p;
			struct decoded d;

			random_encoding(isa, i, &state, &p);
			if (n % 2) /* one bit off: often another instruction, or none */
				p.bits[0] ^= (u128)1 << unit_random(&state) % isa->parcel;
			wanted = search(isa, &p);
			cr_assert(decode(tree, parcel, &p, &d));
			compared++;
			decoded += d.instruction != NULL;
			if (d.instruction == wanted || (wanted && wanted->operand_count && !d.instruction))
				continue;
			cr_assert(isa->prefix_count && !wanted, "%s: %s found, %s wanted", *path, d.instruction ? d.instruction->name : "nothing",
				  wanted ? wanted->name : "nothing");
		}
		arena_free(arena);
	}
	cr_assert_gt(compared, 100000, "%u", compared);
	cr_assert_gt(decoded, compared / 4, "%u", decoded);
	arena_free(all);
}
