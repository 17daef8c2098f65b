/* bits, ranges, near names: the small things that everything rests on. */
#include "unit.h"

#include <string.h>

UNIT(bits, print_and_parse_are_inverse)
{
	uint64_t state = 88172645463325252u;
	unsigned compared = 0;

	for (unsigned width = 1; width <= BITS_MAX; width++)
		for (unsigned i = 0; i < 20; i++) {
			u128 value = ((u128)unit_random(&state) << 64 | unit_random(&state)) & bits_mask(width), back = 0;
			char text[BITS_TEXT];

			bits_hex(value, text);
			cr_assert_eq(bits_parse(text, strlen(text), &back), 0, "%s", text);
			cr_assert(back == value, "%s", text);
			cr_assert(text[2] != '0' || strlen(text) == 3, "%s: no leading zeros", text);
			cr_assert(value == 0 || (value >> (bits_needed(value) - 1)) == 1);
			compared++;
		}
	cr_assert_eq(compared, 20 * BITS_MAX);
}

UNIT(bits, what_is_a_number)
{
	static const struct { const char *text; int good; uint64_t low, high; } rows[] = {
		{"0", 1, 0, 0}, {"12", 1, 12, 0}, {"0x1f", 1, 31, 0}, {"0xAb", 1, 171, 0}, {"0b101", 1, 5, 0}, {"0o17", 1, 15, 0},
		{"1_000", 1, 1000, 0}, {"0xffff_ffff", 1, 0xffffffff, 0}, {"007", 1, 7, 0},
		{"340282366920938463463374607431768211455", 1, ~0ull, ~0ull}, {"0xffffffffffffffffffffffffffffffff", 1, ~0ull, ~0ull},
		{"18446744073709551616", 1, 0, 1},
		{"340282366920938463463374607431768211456", 0, 0, 0}, {"0x100000000000000000000000000000000", 0, 0, 0},
		{"", 0, 0, 0}, {"x", 0, 0, 0}, {"-1", 0, 0, 0}, {"+1", 0, 0, 0}, {"0x", 0, 0, 0}, {"0b", 0, 0, 0}, {"0b2", 0, 0, 0},
		{"0o8", 0, 0, 0}, {"0xg", 0, 0, 0}, {"1a", 0, 0, 0}, {"_1", 0, 0, 0}, {"0x_1", 0, 0, 0}, {" 1", 0, 0, 0}, {"1 ", 0, 0, 0},
		{"1.5", 0, 0, 0}, {"1e3", 0, 0, 0}, {"0X1f", 0, 0, 0}};

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		u128 value = 0;
		int result = bits_parse(rows[i].text, strlen(rows[i].text), &value);

		cr_expect_eq(result, rows[i].good ? 0 : -1, "'%s'", rows[i].text);
		cr_expect(!rows[i].good || value == ((u128)rows[i].high << 64 | rows[i].low), "'%s'", rows[i].text);
	}
}

UNIT(bits, signed_reading)
{
	for (unsigned width = 1; width <= 8; width++)
		for (int value = 0; value < 1 << width; value++)
			cr_assert_eq((int)bits_signed((u128)value, width), value >= 1 << (width - 1) ? value - (1 << width) : value);
	cr_assert(bits_signed(~(u128)0, 128) == -1);
	cr_assert(bits_signed((u128)1 << 127, 128) < 0);
	cr_assert(bits_signed((u128)1 << 64, 64) == 0);
	cr_assert(bits_mask(0) == 0 && bits_mask(128) == ~(u128)0 && bits_mask(64) == ~(uint64_t)0);
}

enum { TOP = 5 };

/* The set as ranges, made of one range per number. */
static struct ranges from_set(struct arena *arena, unsigned set)
{
	struct ranges r = {0, NULL};

	for (unsigned i = 0; i <= TOP; i++)
		if (set >> i & 1)
			r = ranges_or(arena, r, ranges_one(arena, i, i));
	return r;
}

static unsigned to_set(struct ranges r)
{
	unsigned set = 0;

	for (unsigned i = 0; i < r.count; i++) {
		cr_assert(r.items[i].low <= r.items[i].high && r.items[i].high <= TOP);
		cr_assert(!i || r.items[i - 1].high + 1 < r.items[i].low, "sorted, disjoint and not adjacent");
		for (u128 k = r.items[i].low; k <= r.items[i].high; k++)
			set |= 1u << (unsigned)k;
	}
	return set;
}

UNIT(ranges, operations_are_those_of_sets)
{
	unsigned all = (1u << (TOP + 1)) - 1, compared = 0;

	for (unsigned a = 0; a <= all; a++) {
		struct arena *arena = arena_new();
		struct ranges x = from_set(arena, a);
		unsigned size = 0;

		for (unsigned i = 0; i <= TOP; i++)
			size += a >> i & 1;
		cr_assert_eq(to_set(x), a);
		cr_assert_eq(to_set(ranges_not(arena, x, TOP)), all & ~a);
		cr_assert_eq(ranges_single(x), size == 1);
		for (unsigned b = 0; b <= all; b++, compared++) {
			struct ranges y = from_set(arena, b);

			cr_assert_eq(to_set(ranges_and(arena, x, y)), (a & b));
			cr_assert_eq(to_set(ranges_or(arena, x, y)), (a | b));
			cr_assert_eq(to_set(x), a, "immutable");
		}
		arena_free(arena);
	}
	cr_assert_eq(compared, 64 * 64);
}

UNIT(ranges, ends_of_128_bits)
{
	struct arena *arena = arena_new();
	u128 top = ~(u128)0;
	struct ranges none = {0, NULL}, all = ranges_one(arena, 0, top);

	cr_assert_eq(ranges_not(arena, all, top).count, 0);
	cr_assert(ranges_not(arena, none, top).count == 1 && ranges_not(arena, none, top).items[0].high == top);
	cr_assert_eq(ranges_or(arena, ranges_one(arena, 0, top - 1), ranges_one(arena, top, top)).count, 1, "adjacent at the top");
	cr_assert_eq(ranges_or(arena, ranges_one(arena, top, top), ranges_one(arena, 0, 0)).count, 2);
	arena_free(arena);
}

UNIT(ranges, print)
{
	struct arena *arena = arena_new();
	struct buf out = {0};

	ranges_print(&out, ranges_or(arena, ranges_one(arena, 0x100, 0x100), ranges_one(arena, 0x104, 0x106)));
	cr_assert_str_eq(buf_text(&out), "0x100, 0x104-0x106");
	buf_free(&out);
	arena_free(arena);
}

static const char *next(void *context)
{
	static const char *const words[] = {"instructions", "scenarios", "state", "supercalifragilisticexpialidociousnessandevenmorethanthatbyfar", NULL};
	unsigned *i = context;

	return words[*i] ? words[(*i)++] : NULL;
}

UNIT(diag, nearest_name)
{
	static const struct { const char *word, *near; } rows[] = {{"instrucions", "instructions"}, {"instructions", "instructions"},
		{"sate", "state"}, {"stae", "state"}, {"scenario", "scenarios"}, {"zzzzzz", NULL}};

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		unsigned at = 0;
		const char *found = nearest_name(rows[i].word, next, &at);

		cr_expect(rows[i].near ? found && !strcmp(found, rows[i].near) : !found, "%s: %s", rows[i].word, found ? found : "none");
	}
}

UNIT(diag, two_hundred_findings_and_no_more)
{
	struct arena *arena = arena_new();
	struct diags *diags = diags_new(arena);
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	for (unsigned i = 0; i < 1000; i++)
		diag_add(diags, i % 2 ? E_NAME : W_UNUSED, (struct span){0}, "finding %u", i);
	cr_assert(diag_errors(diags) == 500 && diag_warnings(diags) == 500);
	diag_print(diags, out, false);
	fclose(out);
	cr_assert(strstr(text, "and 800 more"));
	free(text);
	arena_free(arena);
}

UNIT(diag, positions)
{
	struct arena *arena = arena_new();
	static const char text[] = "ab\n\nc\nlast";
	static const size_t wanted[][2] = {{1, 1}, {1, 2}, {1, 3}, {2, 1}, {3, 1}, {3, 2}, {4, 1}, {4, 2}, {4, 3}, {4, 4}, {4, 5}};
	struct source *s = source_from_text(arena, "x", text, strlen(text));

	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		size_t line, column;

		source_position(s, i, &line, &column);
		cr_expect(line == wanted[i][0] && column == wanted[i][1], "offset %zu: %zu:%zu", i, line, column);
	}
	arena_free(arena);
}
