/* asm: a source text becomes an image. disasm: an image becomes a source text again. */
#include <errno.h>
#include <string.h>

#include "../../emulator/image.h"
#include "cli.h"

/* NAME.s becomes NAME.img. */
static const char *default_output(struct arena *arena, const char *source)
{
	size_t n = strlen(source);

	if (n > 2 && !strcmp(source + n - 2, ".s"))
		n -= 2;
	return arena_printf(arena, "%.*s.img", (int)n, source);
}

int command_asm(const struct arguments *a)
{
	struct arena *arena = arena_new();
	struct diags *diags = diags_new(arena);
	const struct isa *isa = load_spec(arena, a, a->words[0], NULL);
	const char *output = a->output ? a->output : default_output(arena, a->words[1]);
	const struct image *image = isa ? assemble(arena, isa, a->words[1], diags) : NULL;
	int status = EXIT_INPUT;

	diag_print(diags, stderr, use_colour(stderr));
	if (image && image_write(image, isa, output))
		status = EXIT_AS_EXPECTED;
	else if (image)
		fprintf(stderr, "isolde: %s: %s\n", output, strerror(errno));
	arena_free(arena);
	return status;
}

/* --- disasm --- */

struct fetching {
	const struct isa *isa;
	const struct segment *segment;
	uint64_t at; /* number of the unit in the segment */
};

static bool parcel(void *context, unsigned number, u128 *bits)
{
	const struct fetching *f = context;
	unsigned units = f->isa->parcel / f->isa->memory.unit;

	*bits = 0;
	for (unsigned u = 0; u < units; u++) {
		uint64_t at = f->at + (uint64_t)number * units + (f->isa->memory.big_endian ? u : units - 1 - u);

		if (at >= f->segment->count)
			return false;
		*bits = (f->isa->memory.unit == BITS_MAX ? 0 : *bits << f->isa->memory.unit) | segment_unit(f->segment, at);
	}
	return true;
}

/* A program being printed. */
struct listing {
	const struct isa *isa;
	const struct tree *tree;
	const struct image *image;
	bool *labelled; /* per symbol: it stands before the unit at its address */
};

static void print_labels(const struct listing *l, uint64_t at)
{
	unsigned n = 0;

	for (const struct symbol *s = l->image->symbols; s; s = s->next, n++)
		if (s->value == at && !l->labelled[n] && image_can_name(l->isa, s->name)) {
			printf("%s:\n", s->name);
			l->labelled[n] = true;
		}
}

/* Symbols of addresses between instructions, or of none. */
static void print_others(const struct listing *l)
{
	unsigned n = 0;

	for (const struct symbol *s = l->image->symbols; s; s = s->next, n++)
		if (!l->labelled[n] && image_can_name(l->isa, s->name))
			printf("\t.equ %s, 0x%llx\n", s->name, (unsigned long long)s->value);
}

static void print_line(const struct buf *text, uint64_t at)
{
	printf("\t%-40s # %llx\n", buf_text(text), (unsigned long long)at);
}

static void write_units(struct buf *out, const struct isa *isa, const struct segment *s, uint64_t from, uint64_t count)
{
	buf_puts(out, isa->memory.unit == 8 ? ".byte" : ".word");
	for (uint64_t u = 0; u < count; u++)
		buf_printf(out, "%s0x%llx", u ? ", " : " ", (unsigned long long)segment_unit(s, from + u));
}

/* One instruction, or what is none; returns how many units it takes. */
static uint64_t print_one(const struct listing *l, const struct segment *s, uint64_t at)
{
	struct fetching f = {l->isa, s, at};
	uint64_t left = s->count - at, units = l->isa->parcel / l->isa->memory.unit;
	struct decoded d;
	struct buf text = {0};

	print_labels(l, s->at + at);
	if (decode(l->tree, parcel, &f, &d) && d.instruction) {
		disassemble(&text, l->isa, &d, s->at + at, l->image->symbols);
		units = d.length;
	} else {
		units = units < left ? units : left;
		write_units(&text, l->isa, s, at, units);
	}
	print_line(&text, s->at + at);
	buf_free(&text);
	return units;
}

static void print_listing(struct arena *arena, struct listing *l)
{
	unsigned count = 0;

	for (const struct symbol *s = l->image->symbols; s; s = s->next)
		count++;
	l->labelled = ARENA_ARRAY(arena, bool, count + 1);
	if (l->image->has_entry)
		printf("\t.entry 0x%llx\n", (unsigned long long)l->image->entry);
	for (const struct segment *s = l->image->segments; s; s = s->next) {
		printf("\t.org 0x%llx\n", (unsigned long long)s->at);
		for (uint64_t i = 0; i < s->count;)
			i += print_one(l, s, i);
		if (s->zeros)
			printf("\t.space %llu\n", (unsigned long long)s->zeros);
	}
	print_others(l);
}

int command_disasm(const struct arguments *a)
{
	struct arena *arena = arena_new();
	struct diags *diags = diags_new(arena);
	const struct isa *isa = load_spec(arena, a, a->words[0], NULL);
	const struct tree *tree = isa ? decode_tree(arena, isa) : NULL;
	const struct image *image;
	u128 at = isa ? isa->platform.memory_at : 0;

	if (isa && a->at && (bits_parse(a->at, strlen(a->at), &at) || at >> 64)) {
		fprintf(stderr, "isolde: --at %s: it is an address\n", a->at);
		arena_free(arena);
		return EXIT_USAGE;
	}
	image = isa ? image_read(arena, isa, a->words[1], (uint64_t)at, diags) : NULL;
	diag_print(diags, stderr, use_colour(stderr));
	if (image) {
		struct listing l = {isa, tree, image, NULL};

		print_listing(arena, &l);
	}
	arena_free(arena);
	return image ? EXIT_AS_EXPECTED : EXIT_INPUT;
}
