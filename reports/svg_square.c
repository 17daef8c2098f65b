/* The commuting square: the virtual machine above, the real one below; before at the left, after at the right. */
#include "html.h"

#include <stdio.h>
#include <string.h>

enum { WIDE = 820, BOX_W = 290, ROW = 19, ROWS = 7, HEAD = 26, GAP = 96, BOX_H = HEAD + ROWS * ROW + 10, LEFT = 1, RIGHT = WIDE - BOX_W - 1, UP = 1, DOWN = UP + BOX_H + GAP };

/* Rows in the order in which a reader needs them: what differs, then what changed, then the rest. */
static unsigned order_rows(const struct corners *c, const struct corner_row **rows)
{
	unsigned count = 0;

	for (unsigned turn = 0; turn < 3; turn++)
		for (unsigned i = 0; i < c->count; i++) {
			const struct corner_row *r = &c->rows[i];
			unsigned own = r->differs ? 0 : r->changed[0] || r->changed[1] || strcmp(r->before[0], r->before[1]) ? 1 : 2;

			if (own == turn)
				rows[count++] = r;
		}
	return count;
}

/* A value of any length in a box that holds about 22 characters. */
static void put_value(const struct sink *s, const char *name, const char *value)
{
	char text[160];
	size_t length = strlen(name) + strlen(value) + 3;

	snprintf(text, sizeof text, "%s = %s", name, *value ? value : "\xe2\x80\xa6");
	put(s, "%s>%t", length > 34 ? " textLength=\"270\" lengthAdjust=\"spacingAndGlyphs\"" : "", text);
}

static void draw_corner(const struct sink *s, const struct corners *c, const char *title, unsigned side, bool after, int x, int y)
{
	const struct corner_row *rows[CORNER_ROOM];
	const json_t *run = side ? c->real : c->virtual;
	bool trapped = after && strcmp(text_of(run, "outcome"), "done");
	unsigned room = trapped ? ROWS - 1 : ROWS, count = order_rows(c, rows), shown = count > room ? room - 1 : count;
	bool fails = after && side && c->fails;

	put(s, "<g class=\"corner%s\"><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>", fails ? " fails" : "", x, y, BOX_W, BOX_H);
	put(s, "<text class=\"head\" x=\"%d\" y=\"%d\">%s</text>", x + 10, y + 18, title);
	if (trapped) {
		put(s, "<text x=\"%d\" y=\"%d\">%s %t, to %t</text>", x + 10, y + HEAD + 16, strcmp(text_of(run, "outcome"), "fault") ? "traps:" : "faults:",
		    text_of(run, "cause"), text_of(run, "to"));
		y += ROW;
	}
	if (trapped && !json_object_get(run, "changes")) { /* else the trap came when the instruction was complete */
		put(s, "</g>\n");
		return;
	}
	for (unsigned i = 0; i < shown; i++) {
		const char *value = after ? rows[i]->after[side] : rows[i]->before[side];
		bool wrong = after && rows[i]->differs;

		put(s, "<text class=\"val%s\" x=\"%d\" y=\"%d\"", wrong ? " wrong" : after && rows[i]->changed[side] ? " changed" : "", x + 10, y + HEAD + 14 + (int)i * ROW);
		put_value(s, rows[i]->name, value);
		put(s, "%s</text>", wrong && side ? " \xe2\x9c\x95" : "");
	}
	if (shown < count)
		put(s, "<text x=\"%d\" y=\"%d\">and %d more that are equal</text>", x + 10, y + HEAD + 14 + (int)shown * ROW, (int)(count - shown));
	put(s, "</g>\n");
}

static void draw_across(const struct sink *s, const char *instruction, const char *machine, int y)
{
	put(s, "<path class=\"arrow\" d=\"M%d %dH%d\"/><path class=\"tip\" d=\"M%d %dl-9 -5v10z\"/>", LEFT + BOX_W + 6, y, RIGHT - 14, RIGHT - 5, y);
	put(s, "<text class=\"mid\" x=\"%d\" y=\"%d\">%t</text><text class=\"mid small\" x=\"%d\" y=\"%d\">%s</text>", WIDE / 2, y - 8, instruction, WIDE / 2, y + 18, machine);
}

static void draw_down(const struct sink *s, int x, bool fails, const char *text)
{
	int from = UP + BOX_H + 5, to = DOWN - 6;

	put(s, "<path class=\"arrow%s\" d=\"M%d %dV%d\"/><path class=\"tip%s\" d=\"M%d %dl-5 -9h10z\"/>", fails ? " broken" : "", x, from, to - 9, fails ? " broken" : "", x, to);
	put(s, "<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>", fails ? "side wrong" : "side", x + 12, (from + to) / 2 + 4, text);
}

void svg_square(const struct sink *s, const json_t *book, const char *instruction, const struct corners *c)
{
	(void)book;
	put(s, "<div class=\"wide\"><svg class=\"square\" role=\"img\" viewBox=\"0 0 %d %d\">", WIDE, DOWN + BOX_H + 2);
	put(s, "<title>%s: %t executed by the virtual machine and by the real one, from states that the map relates</title>\n",
	    c->fails ? "The square does not close" : "The square closes", instruction);
	draw_corner(s, c, "Virtual machine, before", 0, false, LEFT, UP);
	draw_corner(s, c, "Virtual machine, after", 0, true, RIGHT, UP);
	draw_corner(s, c, "Real machine, before", 1, false, LEFT, DOWN);
	draw_corner(s, c, c->fails ? "Real machine, after: not its image" : "Real machine, after", 1, true, RIGHT, DOWN);
	draw_across(s, instruction, "as on the bare machine", UP + BOX_H / 2);
	draw_across(s, instruction, "executed directly", DOWN + BOX_H / 2);
	draw_down(s, LEFT + 60, false, "map f");
	draw_down(s, RIGHT + 60, c->fails, c->fails ? "map f \xe2\x9c\x95 leads elsewhere" : "map f \xe2\x9c\x93");
	put(s, "</svg></div>\n");
}
