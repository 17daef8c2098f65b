/* An encoding drawn as fields, 32 bits to a line, the most significant bit at the left. */
#include "html.h"

#include <string.h>

enum { LINE = 32, CELL = 22, TOP = 16, BOX = 30, LINE_HEIGHT = 62 };

/* A run of bits that belong together. Positions count from the least significant bit, 0. */
struct run_of_bits {
	unsigned low, width;
	const json_t *variable; /* NULL: fixed bits */
	unsigned from;          /* least bit of the variable's value that stands here */
	bool whole;             /* all of the variable */
};

static const json_t *variable_at(const json_t *variables, unsigned bit, struct run_of_bits *run)
{
	const json_t *v, *piece;
	size_t n, m;

	json_array_foreach(variables, n, v) {
		unsigned left = 0;

		json_array_foreach(json_object_get(v, "pieces"), m, piece)
			left += (unsigned)json_integer_value(json_array_get(piece, 1));
		run->whole = json_array_size(json_object_get(v, "pieces")) == 1;
		json_array_foreach(json_object_get(v, "pieces"), m, piece) {
			unsigned low = (unsigned)json_integer_value(json_array_get(piece, 0)), width = (unsigned)json_integer_value(json_array_get(piece, 1));

			left -= width;
			if (bit >= low && bit < low + width) {
				*run = (struct run_of_bits){low, width, v, left + (unsigned)json_integer_value(json_object_get(v, "shift")), run->whole};
				return v;
			}
		}
	}
	return NULL;
}

/* The run whose most significant bit is `high`, cut at the line's end. */
static struct run_of_bits run_at(const json_t *instruction, const char *pattern, unsigned width, unsigned high, unsigned line_low)
{
	struct run_of_bits run = {0};
	const json_t *variables = json_object_get(instruction, "variables");

	if (variable_at(variables, high, &run)) {
		if (run.low < line_low) {
			run.from += line_low - run.low;
			run.whole = false;
			run.low = line_low;
		}
		run.width = high + 1 - run.low;
		return run;
	}
	run = (struct run_of_bits){high, 1, NULL, 0, false};
	while (run.low > line_low && (pattern[width - 1 - high] == '-') == (pattern[width - run.low] == '-')) {
		struct run_of_bits other;

		if (variable_at(variables, run.low - 1, &other))
			break;
		run.low--;
		run.width++;
	}
	return run;
}

static void put_label(const struct sink *s, const struct run_of_bits *run, const char *pattern, unsigned width)
{
	if (run->variable) {
		put(s, "%t", text_of(run->variable, "name"));
		if (!run->whole && run->width > 1)
			put(s, "[%d:%d]", (int)(run->from + run->width - 1), (int)run->from);
		else if (!run->whole)
			put(s, "[%d]", (int)run->from);
		return;
	}
	for (unsigned i = run->low + run->width; i-- > run->low;) {
		char bit[2] = {pattern[width - 1 - i], 0};

		put(s, "%t", bit);
	}
}

static void draw_run(const struct sink *s, const struct run_of_bits *run, const char *pattern, unsigned width, int x, int y, bool from_left)
{
	int wide = (int)run->width * CELL, high = (int)(run->low + run->width - 1), low = (int)run->low;
	bool crowded = run->variable && (int)strlen(text_of(run->variable, "name")) * 8 > wide;
	bool cut = run->variable && !run->whole && wide < 90;

	put(s, "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>", run->variable ? "var" : "fix", x, y + TOP, wide, BOX);
	put(s, "<text class=\"n\" x=\"%d\" y=\"%d\">%d</text>", x + (run->width > 1 ? 9 : wide / 2), y + TOP - 4, from_left ? (int)width - 1 - high : high);
	if (run->width > 1)
		put(s, "<text class=\"n\" x=\"%d\" y=\"%d\">%d</text>", x + wide - 9, y + TOP - 4, from_left ? (int)width - 1 - low : low);
	put(s, "<text class=\"%s\" x=\"%d\" y=\"%d\"", run->variable ? "l" : "b", x + wide / 2, y + TOP + 20);
	if (crowded || cut)
		put(s, " textLength=\"%d\" lengthAdjust=\"spacingAndGlyphs\"", wide - 4);
	else if (!run->variable && run->width > 1)
		put(s, " textLength=\"%d\"", wide - CELL + 8);
	put(s, ">");
	put_label(s, run, pattern, width);
	put(s, "</text>");
}

void svg_encoding(const struct sink *s, const json_t *instruction, bool numbers_from_left)
{
	const char *pattern = text_of(instruction, "encoding");
	unsigned width = (unsigned)strlen(pattern), lines = (width + LINE - 1) / LINE;
	int wide = (int)(width < LINE ? width : LINE) * CELL;

	if (!width)
		return;
	put(s, "<svg class=\"enc\" role=\"img\" viewBox=\"0 0 %d %d\" style=\"width:%dpx\"><title>Encoding of %t: %t</title>", wide + 2,
	    (int)lines * LINE_HEIGHT - 12, wide + 2, text_of(instruction, "name"), pattern);
	for (unsigned line = 0; line < lines; line++) {
		unsigned high = width - 1 - line * LINE, low = high + 1 > LINE ? high + 1 - LINE : 0, at = high + 1;

		while (at > low) {
			struct run_of_bits run = run_at(instruction, pattern, width, at - 1, low);

			draw_run(s, &run, pattern, width, 1 + (int)(high + 1 - at) * CELL, (int)line * LINE_HEIGHT, numbers_from_left);
			at = run.low;
		}
	}
	put(s, "</svg>\n");
}
