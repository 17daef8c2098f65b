/* The state map: which field has which role, and who reads and writes it. */
#include "html.h"

#include <string.h>

static const struct { const char *role, *text; } roles[] = {
	{"mode", "the privilege level"}, {"relocation", "decides which real storage an address names, or how much"},
	{"control", "every other privileged resource"}, {"timing", "changes with real time"}, {"device", "what I/O reaches"},
	{"processor", "whether the processor runs"}, {"choice", "what an implementation decides"}, {"general", "what programs compute with"}, {"pc", "the program counter"},
};

/* A few names are written out; of many, the number is, with all of them behind it. */
static void put_users(const struct sink *s, const json_t *names)
{
	size_t count = json_array_size(names), n;
	const json_t *name;

	put(s, "<td>");
	if (count > 12)
		put(s, "<details><summary>%z instructions</summary>", count);
	json_array_foreach(names, n, name)
		put(s, "%s<a href=\"#i-%a\">%t</a>", n ? ", " : "", json_string_value(name), json_string_value(name));
	put(s, "%s</td>", count > 12 ? "</details>" : "");
}

static void put_component(const struct sink *s, const json_t *c)
{
	const char *role = text_of(c, "role");
	bool private = strcmp(role, "general") && strcmp(role, "pc");

	put(s, "<tr><th scope=\"row\">%t", text_of(c, "name"));
	if (json_integer_value(json_object_get(c, "count")))
		put(s, "[%i]", json_integer_value(json_object_get(c, "count")));
	put(s, "</th><td><span class=\"role %a\">%t</span></td><td>%i</td><td>%t</td>", role, role, json_integer_value(json_object_get(c, "width")), text_of(c, "description"));
	if (private) {
		put_users(s, json_object_get(c, "written_by"));
		put_users(s, json_object_get(c, "read_by"));
	} else {
		put(s, "<td>programs</td><td>programs</td>");
	}
	put(s, "</tr>\n");
}

void html_state(const struct sink *s, const json_t *book)
{
	const json_t *components = json_object_get(json_object_get(book, "machine"), "components"), *c;
	size_t n;

	put(s, "<section id=\"state\">\n<h2>State</h2>\n<div class=\"wide\"><table><caption>Which field has which role, and which instructions may write or read it</caption>\n"
	       "<thead><tr><th scope=\"col\">Field</th><th scope=\"col\">Role</th><th scope=\"col\">Bits</th><th scope=\"col\">What it is</th><th scope=\"col\">Written by</th>"
	       "<th scope=\"col\">Read by</th></tr></thead>\n<tbody>\n");
	for (unsigned r = 0; r < sizeof roles / sizeof *roles; r++)
		json_array_foreach(components, n, c)
			if (!strcmp(text_of(c, "role"), roles[r].role))
				put_component(s, c);
	put(s, "</tbody></table></div>\n<dl class=\"words\">\n");
	for (unsigned r = 0; r < sizeof roles / sizeof *roles; r++)
		put(s, "<dt><span class=\"role %s\">%s</span></dt><dd>%s</dd>\n", roles[r].role, roles[r].role, roles[r].text);
	put(s, "</dl>\n</section>\n");
}
