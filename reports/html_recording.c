/* A recorded run as a page: without scripts a table of all steps; with them, to be stepped forward and back. */
#include "recording.h"
#include "report.h"

#include <stdlib.h>
#include <string.h>

/* --- the way of a trap, drawn once; the script lights it up --- */

enum { STATION_W = 170, STATION_H = 54 };

static const struct { const char *part, *title, *text; int x, y; } stations[] = {
	{"guest", "Virtual machine", "the guest's instruction", 10, 70},
	{"direct", "Real machine", "executes it directly", 260, 70},
	{"dispatcher", "Dispatcher", "takes every trap", 510, 70},
	{"allocator", "Allocator", "relocation, page tables", 760, 20},
	{"interpreter", "Interpreter", "by its description", 760, 120},
};
static const struct { const char *part, *path; int x, y; const char *label; } ways[] = {
	{"direct", "M180 88H254", 217, 82, "runs"}, {"back-direct", "M260 112H186", 223, 128, "done"},
	{"trap", "M430 97H504", 467, 91, "trap"}, {"to-allocator", "M680 85L754 55", 700, 58, ""}, {"to-interpreter", "M680 110L754 140", 700, 142, ""},
	{"back-allocator", "M845 20V8H95V64", 0, 0, ""}, {"back-interpreter", "M845 174V190H95V130", 470, 184, "back, with the virtual state changed"},
};

static void put_diagram(const struct sink *s)
{
	put(s, "<div class=\"wide\"><svg id=\"way\" class=\"way\" role=\"img\" viewBox=\"0 0 940 200\"><title>The way of an instruction: executed directly, or trapping to dispatcher, allocator and interpreter</title>\n"
	       "<defs><marker id=\"tip\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\"><path d=\"M0 0L10 5L0 10z\"/></marker></defs>\n");
	for (unsigned i = 0; i < sizeof ways / sizeof *ways; i++) {
		put(s, "<g class=\"path\" data-way=\"%s\"><path d=\"%s\" marker-end=\"url(#tip)\"/>", ways[i].part, ways[i].path);
		if (*ways[i].label)
			put(s, "<text x=\"%d\" y=\"%d\">%s</text>", ways[i].x, ways[i].y, ways[i].label);
		put(s, "</g>\n");
	}
	for (unsigned i = 0; i < sizeof stations / sizeof *stations; i++)
		put(s, "<g class=\"station\" data-part=\"%s\"><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/><text class=\"head\" x=\"%d\" y=\"%d\">%s</text><text x=\"%d\" y=\"%d\">%s</text></g>\n",
		    stations[i].part, stations[i].x, stations[i].y, STATION_W, STATION_H, stations[i].x + 10, stations[i].y + 22, stations[i].title, stations[i].x + 10, stations[i].y + 41,
		    stations[i].text);
	put(s, "</svg></div>\n");
}

/* --- states --- */

static const char *relation_words(const char *relation)
{
	return !strcmp(relation, "equal") ? "= equal" : !strcmp(relation, "mapped") ? "\xcf\x86 mapped" : !strcmp(relation, "composed") ? "\xe2\x8a\x95 composed" : "\xe2\x80\x93 the host\xe2\x80\x99s";
}

static void put_states(const struct sink *s, const json_t *recording)
{
	json_t *names = recording_names(recording);
	const json_t *start = json_object_get(recording, "start"), *name;
	static const char *const machines[] = {"bare", "virtual", "real"};
	size_t n;

	put(s, "<div class=\"wide\"><table id=\"states\"><caption>The machines after this step, and the map between them</caption>\n<thead><tr><th scope=\"col\">Field</th><th scope=\"col\">Bare machine</th>"
	       "<th scope=\"col\">Virtual machine</th><th scope=\"col\">Map f</th><th scope=\"col\">Real machine</th></tr></thead>\n<tbody>\n");
	json_array_foreach(names, n, name) {
		const char *text = json_string_value(name), *role = recording_role(recording, text);

		put(s, "<tr data-name=\"%t\"><th scope=\"row\"><span class=\"role %a\" title=\"%t\">%t</span></th>", text, role, role, text);
		for (unsigned m = 0; m < 3; m++) {
			const char *value = text_of(json_object_get(start, machines[m]), text);

			if (m == 2)
				put(s, "<td class=\"map\">%s</td>", relation_words(recording_relation(recording, text)));
			put(s, "<td>%t</td>", *value ? value : "0x0");
		}
		put(s, "</tr>\n");
	}
	put(s, "</tbody></table></div>\n");
	json_decref(names);
}

/* --- all steps, for those without scripts, for print, and as the way to any of them --- */

static void put_changes(const struct sink *s, const json_t *changes)
{
	const char *key;
	json_t *value;
	bool any = false;

	json_object_foreach((json_t *)changes, key, value) {
		put(s, "%s%c", any ? ", " : "", key);
		put(s, " = %c", json_string_value(value));
		any = true;
	}
}

static void put_step(const struct sink *s, const json_t *step, size_t n)
{
	const json_t *part, *bare = json_object_get(step, "bare"), *virtual = json_object_get(step, "virtual");
	char *differs = joined(json_object_get(step, "differs"));
	size_t m;

	put(s, "<tr id=\"step-%z\"><th scope=\"row\">%z</th><td>%c</td><td>%c</td><td>", n + 1, n + 1, text_of(step, "pc"), text_of(step, "text"));
	json_array_foreach(json_object_get(step, "path"), m, part)
		put(s, "%s<b>%t</b>", m ? " \xe2\x86\x92 " : "", text_of(part, "part"));
	put(s, "</td><td>");
	put_changes(s, json_object_get(virtual, "changes"));
	if (*differs) {
		put(s, " <span class=\"v breaks\">\xe2\x9c\x95 differs in %t; bare:</span> ", differs);
		put_changes(s, json_object_get(bare, "changes"));
	}
	put(s, "</td></tr>\n");
	free(differs);
}

static void put_steps(const struct sink *s, const json_t *recording)
{
	const json_t *step;
	size_t n;

	put(s, "<details id=\"all\" open><summary><h2>All steps</h2></summary><div class=\"wide\"><table id=\"steps\"><caption>Every instruction of the run, its way, and what it changed in the virtual machine</caption>\n"
	       "<thead><tr><th scope=\"col\">Step</th><th scope=\"col\">Address</th><th scope=\"col\">Instruction</th><th scope=\"col\">Way</th><th scope=\"col\">Changes</th></tr></thead>\n<tbody>\n");
	json_array_foreach(json_object_get(recording, "steps"), n, step)
		put_step(s, step, n);
	put(s, "</tbody></table></div></details>\n");
}

/* --- the page --- */

/* As the content of a script element that is data: no `<` may stand in it. */
static void put_data(const struct sink *s, const json_t *recording)
{
	char *text = json_dumps(recording, JSON_COMPACT);

	put(s, "<script type=\"application/json\" id=\"recording\">");
	for (const char *c = text; *c; c++)
		if (*c == '<')
			fputs("\\u003c", s->out);
		else
			fputc(*c, s->out);
	put(s, "</script>\n");
	free(text);
}

static size_t count_passing(const json_t *recording, const char *part)
{
	const json_t *step;
	size_t n, count = 0;

	json_array_foreach(json_object_get(recording, "steps"), n, step)
		count += recording_passes(step, part);
	return count;
}

static void put_verdict_sentence(const struct sink *s, const json_t *recording)
{
	size_t steps = json_array_size(json_object_get(recording, "steps")), at = recording_difference(recording);

	put(s, "<p class=\"sentence %s\">", at ? "breaks" : "holds");
	put_verdict(s, at ? "breaks" : "holds");
	if (at)
		put(s, " The virtual machine does what the bare machine does for %z steps. In <a href=\"#step-%z\">step %z</a>, %c, it does something else, and the monitor is not told.", at - 1, at, at,
		    text_of(json_array_get(json_object_get(recording, "steps"), at - 1), "text"));
	else
		put(s, " In all %z steps the virtual machine does what the bare machine does. %z were executed directly, %z trapped to the monitor.", steps, count_passing(recording, "direct"),
		    count_passing(recording, "dispatcher"));
	put(s, is_true(json_object_get(recording, "end"), "cut") ? " The recording stops here; the run goes on.</p>\n" : "</p>\n");
}

static void put_controls(const struct sink *s, const json_t *recording)
{
	put(s, "<form id=\"controls\" hidden><button type=\"button\" data-go=\"first\" title=\"Home\">First</button> <button type=\"button\" data-go=\"back\" title=\"Left arrow\">\xe2\x97\x80 Back</button> "
	       "<button type=\"button\" data-go=\"forward\" title=\"Right arrow\">Forward \xe2\x96\xb6</button> <button type=\"button\" data-go=\"last\" title=\"End\">Last</button> "
	       "<button type=\"button\" data-go=\"trap\">Next trap</button> <button type=\"button\" data-go=\"difference\">Next difference</button>\n"
	       "<label>Step <input type=\"range\" name=\"at\" min=\"0\" max=\"%z\" value=\"0\"></label> <output name=\"where\"></output></form>\n",
	    json_array_size(json_object_get(recording, "steps")));
}

void report_recording(const json_t *recording, FILE *out)
{
	const struct sink sink = {out, &html_escaping}, *s = &sink;
	const char *level;
	json_t *real;

	page_begin(s, text_of(recording, "isa"), asset_stepper);
	put(s, "<header class=\"top\"><h1><span>%t: %t, scenario %t, %t</span> A run, step by step</h1></header>\n<main id=\"main\">\n", text_of(recording, "isa"), text_of(recording, "program"),
	    text_of(recording, "scenario"), text_of(recording, "technique"));
	put(s, "<p class=\"map\">The bare machine runs the program; beside it, a virtual machine runs it under a monitor in <span class=\"level\">%t</span>: ", text_of(recording, "monitor_level"));
	json_object_foreach(json_object_get(recording, "map"), level, real)
		put(s, "<span class=\"level\">%t \xe2\x86\x92 %t</span> ", level, json_string_value(real));
	put(s, "</p>\n");
	put_verdict_sentence(s, recording);
	put_controls(s, recording);
	put(s, "<section id=\"now\" hidden>\n<p id=\"instruction\" aria-live=\"polite\"></p>\n");
	put_diagram(s);
	put(s, "<ol id=\"path\"></ol>\n");
	put_states(s, recording);
	put(s, "<p id=\"stores\"></p>\n<h2>Console</h2>\n<pre id=\"console\" class=\"operation\"></pre>\n</section>\n");
	put_steps(s, recording);
	put(s, "</main>\n");
	put_data(s, recording);
	page_end(s, text_of(recording, "tool"), asset_stepper);
}
