/* The first screen: the verdict in a sentence; what to change; what was proved, what is assumed, what follows; how to check it again. */
#include "html.h"

#include <stdlib.h>
#include <string.h>

struct tally { unsigned proved, refuted, untrapped, undecided, vacuous; };

static void count_part(const json_t *part, struct tally *t)
{
	const json_t *o;
	size_t n;

	json_array_foreach(json_object_get(part, "obligations"), n, o) {
		const char *verdict = text_of(o, "verdict");

		if (!strcmp(text_of(o, "id"), "traps"))
			continue; /* asks for a reachable example */
		t->proved += !strcmp(verdict, "proved");
		t->refuted += !strcmp(verdict, "refuted");
		t->untrapped += !strcmp(verdict, "refuted") && !strcmp(text_of(o, "id"), "privileged") && !strcmp(text_of(part, "class"), "innocuous");
		t->undecided += !strcmp(verdict, "undecided");
		t->vacuous += !strcmp(verdict, "vacuous");
	}
}

static struct tally count_profile(const json_t *profile)
{
	struct tally t = {0};
	const json_t *row, *v;
	size_t n, m;

	json_array_foreach(json_object_get(profile, "instructions"), n, row) {
		count_part(row, &t);
		json_array_foreach(json_object_get(row, "variants"), m, v)
			count_part(v, &t);
	}
	return t;
}

/* --- the sentence --- */

static void put_escaping(const struct sink *s, const json_t *because, const char *what)
{
	size_t count = json_array_size(because);

	put(s, "%z instruction%s %s%s: ", count, count == 1 ? "" : "s", what, count == 1 ? "s" : "");
	put_links(s, because, 6);
	put(s, ".");
}

static void put_hybrid(const struct sink *s, const json_t *book, const json_t *scenario)
{
	if (!strcmp(text_of(json_object_get(book_theorem(book, scenario), "hybrid"), "verdict"), "proved"))
		put(s, " A hybrid monitor, which interprets the guest\xe2\x80\x99s kernel and executes only its programs directly, still works.");
}

/* By the squares, which are exact; and where the theorem's condition says something else. */
static void put_squares(const struct sink *s, const json_t *book, const json_t *scenario, const char *verdict)
{
	const json_t *e = json_object_get(book_theorem(book, scenario), "equivalence");
	const char *condition = theorem_holding(profile_of(scenario, "extended"), "theorem1");

	if (!strcmp(verdict, "holds")) {
		put(s, " <strong>Yes: it can be virtualized by trap-and-emulate.</strong> Whatever a guest executes directly does what it would have done on the bare machine; "
		       "everything else traps to the monitor.");
		if (!strcmp(condition, "breaks")) {
			put(s, " Popek and Goldberg\xe2\x80\x99s condition, which is sufficient and not necessary, breaks all the same: ");
			put_escaping(s, json_object_get(json_object_get(profile_of(scenario, "extended"), "theorem1"), "because"), "fail");
		}
	} else if (!strcmp(verdict, "breaks")) {
		put(s, " <strong>No: a guest can tell, or escape.</strong> ");
		put_escaping(s, json_object_get(e, "because"), "escape");
		if (!strcmp(condition, "holds"))
			put(s, " Popek and Goldberg\xe2\x80\x99s condition holds all the same; it does not look at this.");
		put_hybrid(s, book, scenario);
	} else {
		put(s, " <strong>Not decided.</strong> The solver\xe2\x80\x99s budget ran out for ");
		put_links(s, json_object_get(e, "undecided"), 6);
		put(s, ".");
	}
}

static const char *verdict_of(const json_t *book, const json_t *scenario)
{
	return holding(book_equivalence(book, scenario));
}

static void put_sentence(const struct sink *s, const json_t *book, const json_t *scenario)
{
	const char *verdict = verdict_of(book, scenario);

	put(s, "<p class=\"sentence %s\"><span class=\"v %s\" aria-hidden=\"true\">%s</span>", verdict, verdict, shape_of(verdict));
	put_squares(s, book, scenario, verdict);
	put(s, "</p>\n");
}

static void put_proof(const struct sink *s, const json_t *book, const json_t *scenario)
{
	static const struct { const char *key, *words; } rows[] = {
		{"equivalence", "Equivalence: every program has the effect that it has on the bare machine"}, {"resource_control", "Resource control: nothing that is executed directly touches what is the monitor\xe2\x80\x99s"},
		{"hybrid", "Equivalence under a hybrid monitor, which interprets the levels that lose privilege"}};
	static const char *const counted[] = {"proved", "refuted", "undecided", "vacuous"};

	put(s, "<div class=\"wide\"><table class=\"theorems\"><caption>Proved for this machine, instruction by instruction (exact)</caption>"
	       "<thead><tr><th scope=\"col\">Statement</th><th scope=\"col\">Verdict</th><th scope=\"col\">Parts proved</th><th scope=\"col\">Refuted</th><th scope=\"col\">Undecided</th>"
	       "<th scope=\"col\">Without a case</th></tr></thead><tbody>\n");
	for (unsigned k = 0; k < sizeof rows / sizeof *rows; k++) {
		const json_t *o = json_object_get(book_theorem(book, scenario), rows[k].key);

		put(s, "<tr><th scope=\"row\">%s</th><td>", rows[k].words);
		put_verdict(s, text_of(o, "verdict"));
		put(s, "</td>");
		for (unsigned c = 0; c < sizeof counted / sizeof *counted; c++)
			put(s, "<td>%i</td>", json_integer_value(json_object_get(json_object_get(o, "counts"), counted[c])));
		put(s, "</tr>\n");
	}
	put(s, "</tbody></table></div>\n");
}

static void put_theorems(const struct sink *s, const json_t *scenario)
{
	static const char *const keys[] = {"theorem1", "theorem2", "theorem3"};
	const json_t *p;
	size_t n;

	put(s, "<div class=\"wide\"><table class=\"theorems\"><caption>The conditions of Popek and Goldberg (1974), which are sufficient</caption><thead><tr><th scope=\"col\">What counts as a resource</th>"
	       "<th scope=\"col\">1: virtualizable</th><th scope=\"col\">2: recursively</th><th scope=\"col\">3: hybrid monitor</th></tr></thead><tbody>\n");
	json_array_foreach(json_object_get(scenario, "profiles"), n, p) {
		put(s, "<tr><th scope=\"row\">%s</th>", !strcmp(text_of(p, "profile"), "1974") ? "mode and relocation, as in the paper" : "all privileged state (extended)");
		for (unsigned k = 0; k < 3; k++) {
			put(s, "<td>");
			put_verdict(s, theorem_holding(p, keys[k]));
			put(s, "</td>");
		}
		put(s, "</tr>\n");
	}
	put(s, "</tbody></table></div>\n");
}

/* --- proved, assumed, follows --- */

static void put_texts(const struct sink *s, const json_t *list)
{
	const json_t *text;
	size_t n;

	json_array_foreach(list, n, text)
		put(s, "<li>%t</li>\n", json_string_value(text));
}

static void put_proved(const struct sink *s, const json_t *scenario)
{
	const json_t *p = profile_of(scenario, "extended");
	struct tally t = count_profile(p);

	put(s, "<div><h3>What was proved</h3><p>To sort %z instructions into classes, %d statements about them were put to a solver, each over all states (\xe2\x80\x9cit traps at the level that it is run at\xe2\x80\x9d, "
	       "\xe2\x80\x9cmoving the program makes no difference\xe2\x80\x9d). %d were proved. %d were refuted, each with a state that was then executed and showed the same",
	    json_array_size(json_object_get(p, "instructions")), (int)(t.proved + t.refuted + t.undecided + t.vacuous), (int)t.proved, (int)t.refuted);
	if (t.untrapped)
		put(s, "; %d of these only say that an innocuous instruction does not trap, which is as it should be", (int)t.untrapped);
	put(s, ". %d were left undecided, and %d say nothing because no state meets their hypotheses. </p><p>The proof of equivalence, whose parts are counted above, asks of every instruction "
	       "whether executing it directly in the virtual machine comes to the same as executing it on the bare one (its <em>square</em>). A part is without a case where the instruction is never executed directly.</p></div>\n", (int)t.undecided, (int)t.vacuous);
}

static void put_assumed(const struct sink *s, const json_t *book, const json_t *scenario)
{
	const json_t *group;
	size_t n;

	put(s, "<h3>What is assumed</h3>\n<div class=\"assumed\">\n");
	json_array_foreach(json_object_get(book_theorem(book, scenario), "assumed"), n, group) {
		put(s, "<div><p><b>%t</b></p><ul>\n", text_of(group, "title"));
		put_texts(s, json_object_get(group, "items"));
		put(s, "</ul></div>\n");
	}
	put(s, "</div>\n");
}

static void put_follows(const struct sink *s, const json_t *book, const json_t *scenario)
{
	const json_t *follows = json_object_get(book_theorem(book, scenario), "follows");

	if (!json_array_size(follows))
		return;
	put(s, "<div><h3>What follows</h3><ul>\n");
	put_texts(s, follows);
	put(s, "</ul></div>\n");
}

static void put_scenario(const struct sink *s, const json_t *book, const json_t *scenario, bool several)
{
	const json_t *check = json_object_get(book, "check");
	const char *level;
	json_t *real;

	put(s, "<section class=\"scenario\" id=\"s-%a\">\n<h2>%s%t</h2>\n<p class=\"map\">", text_of(scenario, "name"), several ? "Scenario " : "Verdict: scenario ", text_of(scenario, "name"));
	put(s, "%t%s", text_of(scenario, "description"), *text_of(scenario, "description") ? ". " : "");
	json_object_foreach(json_object_get(scenario, "map"), level, real)
		put(s, "<span class=\"level\">%t \xe2\x86\x92 %t</span> ", level, json_string_value(real));
	put(s, "monitor in <span class=\"level\">%t</span></p>\n", text_of(scenario, "monitor_level"));
	put_sentence(s, book, scenario);
	html_changes(s, book, scenario);
	put_proof(s, book, scenario);
	put_theorems(s, scenario);
	put(s, "<div class=\"columns\">\n");
	put_proved(s, scenario);
	put_follows(s, book, scenario);
	put(s, "</div>\n");
	put_assumed(s, book, scenario);
	put(s, "<p class=\"again\">Check it again: <code>isolde prove %t --scenario %t --no-cache</code></p>\n</section>\n", text_of(check, "file"), text_of(scenario, "name"));
}

static void put_contents(const struct sink *s, const json_t *book, const json_t *scenarios)
{
	const json_t *scenario;
	size_t n;

	put(s, "<ul class=\"contents\">\n");
	json_array_foreach(scenarios, n, scenario) {
		put(s, "<li>");
		put_verdict(s, verdict_of(book, scenario));
		put(s, " <a href=\"#s-%a\">%t</a>: %t</li>\n", text_of(scenario, "name"), text_of(scenario, "name"), text_of(scenario, "description"));
	}
	put(s, "</ul>\n");
}

void html_first(const struct sink *s, const json_t *book)
{
	const json_t *scenarios = json_object_get(json_object_get(book, "check"), "scenarios"), *scenario;
	bool several = json_array_size(scenarios) > 1;
	size_t n;

	if (*text_of(json_object_get(book, "machine"), "description"))
		put(s, "<p class=\"about\">%t</p>\n", text_of(json_object_get(book, "machine"), "description"));
	if (several)
		put_contents(s, book, scenarios);
	json_array_foreach(scenarios, n, scenario)
		put_scenario(s, book, scenario, several);
}
