/* The page of one description: its table of contents, in code. */
#include "html.h"
#include "report.h"

static void put_top(const struct sink *s, const json_t *book)
{
	const json_t *check = json_object_get(book, "check");

	put(s, "<header class=\"top\"><nav aria-label=\"Report\"><a href=\"index.html\">All machines</a> <a href=\"#verdict\">Verdict</a> <a href=\"#instructions\">Instructions</a> "
	       "<a href=\"#each\">Each instruction</a> <a href=\"#state\">State</a> <a href=\"#charts\">In numbers</a></nav>\n<h1><span>%t</span> %t</h1>\n</header>\n",
	    text_of(check, "isa"), text_of(check, "long_name"));
}

void report_html(const json_t *book, FILE *out)
{
	const struct sink s = {out, &html_escaping};
	const json_t *check = json_object_get(book, "check");

	page_begin(&s, text_of(check, "isa"), asset_script);
	put_top(&s, book);
	put(&s, "<main id=\"main\">\n<section id=\"verdict\">\n");
	html_first(&s, book);
	put(&s, "</section>\n");
	html_matrix(&s, book);
	html_instructions(&s, book);
	html_state(&s, book);
	html_charts(&s, book);
	put(&s, "</main>\n");
	page_end(&s, text_of(check, "tool"), asset_script);
}
