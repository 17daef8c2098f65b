/* The comparison: all machines of a report on one page. */
#include "html.h"
#include "report.h"

#include <string.h>

static void put_cell(const struct sink *s, const json_t *profile, const char *theorem)
{
	const char *v = theorem_holding(profile, theorem);

	put(s, "<td data-sort=\"%s\">", v);
	put_verdict(s, v);
	put(s, "</td>");
}

static void put_because(const struct sink *s, const char *isa, const json_t *profile)
{
	const json_t *because = json_object_get(json_object_get(profile, "theorem1"), "because"), *name;
	size_t n, count = json_array_size(because);

	put(s, "<td data-sort=\"%z\">", count);
	json_array_foreach(because, n, name) {
		if (n == 4) {
			put(s, " and %z more", count - n);
			break;
		}
		put(s, "%s<a href=\"%a.html#i-%a\">%t</a>", n ? ", " : "", isa, json_string_value(name), json_string_value(name));
	}
	put(s, "</td>");
}

/* Equivalence, by the squares. */
static void put_equivalence(const struct sink *s, const json_t *book, const json_t *scenario)
{
	const char *v = book_equivalence(book, scenario);

	put(s, "<td data-sort=\"%s\">", v);
	if (*v)
		put_verdict(s, v);
	put(s, "</td>");
}

static void put_row(const struct sink *s, const json_t *book, const json_t *scenario)
{
	static const char *const profiles[] = {"1974", "extended"};
	const json_t *check = json_object_get(book, "check");
	const char *isa = text_of(check, "isa");

	put(s, "<tr><th scope=\"row\"><a href=\"%a.html\">%t</a><small class=\"name\">%t</small></th><td><a href=\"%a.html#s-%a\">%t</a></td>", isa, isa, text_of(check, "long_name"), isa,
	    text_of(scenario, "name"), text_of(scenario, "name"));
	put_equivalence(s, book, scenario);
	for (unsigned p = 0; p < 2; p++) {
		put_cell(s, profile_of(scenario, profiles[p]), "theorem1");
		put_cell(s, profile_of(scenario, profiles[p]), "theorem3");
	}
	put_cell(s, profile_of(scenario, "extended"), "theorem2");
	put_because(s, isa, profile_of(scenario, "extended"));
	put(s, "</tr>\n");
}

static void put_table(const struct sink *s, const json_t *books)
{
	const json_t *book, *scenario;
	size_t n, m;

	put(s, "<div class=\"wide\"><table id=\"matrix\" class=\"theorems\"><caption>Verdicts, by machine and scenario</caption>\n<thead><tr><th scope=\"col\">Machine</th><th scope=\"col\">Scenario</th><th scope=\"col\">Equivalent (proof)</th>"
	       "<th scope=\"col\">Virtualizable, 1974</th><th scope=\"col\">Hybrid, 1974</th><th scope=\"col\">Virtualizable, extended</th><th scope=\"col\">Hybrid, extended</th>"
	       "<th scope=\"col\">Recursively, extended</th><th scope=\"col\">Because of (extended)</th></tr></thead>\n<tbody>\n");
	json_array_foreach(books, n, book)
		json_array_foreach(json_object_get(json_object_get(book, "check"), "scenarios"), m, scenario)
			put_row(s, book, scenario);
	put(s, "</tbody></table></div>\n");
}

static void put_chart(const struct sink *s, const json_t *books)
{
	const json_t *book, *scenario;
	json_t *groups = json_array();
	size_t n, m;

	json_array_foreach(books, n, book) {
		const json_t *check = json_object_get(book, "check");

		json_array_foreach(json_object_get(check, "scenarios"), m, scenario) {
			json_t *name = json_array_size(json_object_get(check, "scenarios")) > 1 ? json_sprintf("%s, %s", text_of(check, "isa"), text_of(scenario, "name")) : json_string(text_of(check, "isa"));

			json_array_append_new(groups, class_counts(scenario, json_string_value(name)));
			json_decref(name);
		}
	}
	svg_bars(s, "Instructions by class", groups, "");
	json_decref(groups);
}

static unsigned count_holding(const json_t *books, unsigned *all)
{
	const json_t *book, *scenario;
	unsigned holding = 0;
	size_t n, m;

	*all = 0;
	json_array_foreach(books, n, book)
		json_array_foreach(json_object_get(json_object_get(book, "check"), "scenarios"), m, scenario) {
			(*all)++;
			holding += !strcmp(book_equivalence(book, scenario), "proved");
		}
	return holding;
}

void report_index(const json_t *books, FILE *out)
{
	const struct sink s = {out, &html_escaping};
	unsigned all, holding = count_holding(books, &all);

	page_begin(&s, "Isolde: machines compared", asset_script);
	put(&s, "<header class=\"top\"><h1>Can these instruction sets be virtualized?</h1></header>\n<main id=\"main\">\n<section id=\"verdict\">\n<p class=\"sentence\">%z machines, %d scenarios: in %d of them "
		"trap-and-emulate makes an efficient, isolated duplicate of the machine. The others name the instructions that escape.</p>\n", json_array_size(books), (int)all, (int)holding);
	put_table(&s, books);
	put(&s, "<p>\xe2\x80\x9c" "1974\xe2\x80\x9d counts mode and relocation as resources, as the paper does; \xe2\x80\x9c" "extended\xe2\x80\x9d counts all privileged state. Both give sufficient conditions.</p>\n");
	put_chart(&s, books);
	put(&s, "</section>\n</main>\n");
	page_end(&s, text_of(json_object_get(json_array_get(books, 0), "check"), "tool"), asset_script);
}
