/* Horizontal bars of parts that add up. Every part has a pattern beside its colour, so that print keeps them apart. */
#include "html.h"

#include <string.h>

enum { WIDE = 900, NAMES = 240, NUMBERS = 90, BAR = 20, STEP = 30 };

static double value_of(const json_t *part)
{
	return json_number_value(json_object_get(part, "value"));
}

static double sum_of(const json_t *group)
{
	const json_t *part;
	double sum = 0;
	size_t n;

	json_array_foreach(json_object_get(group, "parts"), n, part)
		sum += value_of(part);
	return sum;
}

static void put_number(const struct sink *s, double value)
{
	if (value == (double)(long long)value)
		put(s, "%i", (long long)value);
	else
		put(s, "%f", value);
}

static void draw_parts(const struct sink *s, const json_t *group, double scale, int y)
{
	const json_t *part;
	double x = NAMES;
	size_t n;

	json_array_foreach(json_object_get(group, "parts"), n, part) {
		double wide = value_of(part) * scale;

		if (wide <= 0)
			continue;
		put(s, "<rect class=\"part %a\" x=\"%f\" y=\"%d\" width=\"%f\" height=\"%d\"><title>%t: ", text_of(part, "word"), x, y, wide, BAR, text_of(part, "word"));
		put_number(s, value_of(part));
		put(s, "</title></rect>");
		x += wide;
	}
	put(s, "<text x=\"%f\" y=\"%d\">", x + 6, y + 15);
	put_number(s, sum_of(group));
	put(s, "</text>\n");
}

static void draw_legend(const struct sink *s, const json_t *groups)
{
	json_t *seen = json_object(), *value;
	const json_t *g, *part;
	const char *word;
	size_t n, m;

	json_array_foreach(groups, n, g)
		json_array_foreach(json_object_get(g, "parts"), m, part)
			json_object_set_new(seen, text_of(part, "word"), json_true());
	if (json_object_size(seen) > 1) {
		put(s, "<p class=\"legend\">");
		json_object_foreach(seen, word, value)
			put(s, "<span><svg viewBox=\"0 0 18 14\" width=\"18\" height=\"14\" aria-hidden=\"true\"><rect class=\"part %a\" width=\"18\" height=\"14\"/></svg> %t</span> ", word, word);
		put(s, "</p>\n");
	}
	json_decref(seen);
}

void svg_bars(const struct sink *s, const char *title, const json_t *groups, const char *unit)
{
	const json_t *g;
	double most = 0;
	size_t n;

	json_array_foreach(groups, n, g)
		most = sum_of(g) > most ? sum_of(g) : most;
	if (most <= 0)
		return;
	put(s, "<figure class=\"chart\"><figcaption>%t%s%t</figcaption>\n", title, *unit ? ", " : "", unit);
	draw_legend(s, groups);
	put(s, "<svg role=\"%s\" aria-label=\"%t\" viewBox=\"0 0 %d %z\">\n", *text_of(json_array_get(groups, 0), "href") ? "group" : "img", title, WIDE,
	    json_array_size(groups) * STEP);
	json_array_foreach(groups, n, g) {
		int y = (int)n * STEP + 4;

		if (*text_of(g, "href"))
			put(s, "<a href=\"%t\">", text_of(g, "href"));
		put(s, "<text class=\"name\" x=\"%d\" y=\"%d\">%t</text>", NAMES - 10, y + 15, text_of(g, "name"));
		if (*text_of(g, "href"))
			put(s, "</a>");
		draw_parts(s, g, (WIDE - NAMES - NUMBERS) / most, y);
	}
	put(s, "</svg></figure>\n");
}
