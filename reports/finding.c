#include "finding.h"

#include <stdlib.h>
#include <string.h>

const struct finding_rule finding_rules[] = {
	{"critical", "error", "A sensitive instruction that does not trap",
	 "The instruction is sensitive and not privileged: a guest executes it without the monitor's knowledge, and what happens is not what would have happened on the "
	 "bare machine. Theorem 1 of Popek and Goldberg breaks."},
	{"undecided", "warning", "No answer within the solver's budget", "Nothing is claimed about the instruction. A larger --rlimit may decide it."},
	{"expectation", "error", "Not what the description expects", "An `expect:` of the description and the verdict differ. One of them is wrong."},
	{"square", "error", "A virtual machine that differs from the bare one", "Executed directly by the real machine, the instruction does not do what it does on the bare machine: the commuting square "
	 "of this level is refuted, or a trap of it changes what the program sees."},
	{"time-critical", "note", "An unprivileged instruction depends on time", "A monitor that runs in a virtual machine may notice the time that the monitor below takes (Theorem 2)."},
	{NULL, NULL, NULL, NULL},
};

struct subject {
	const json_t *book, *scenario, *row, *part;
	const char *rule;
};

static void write_sentence(const struct sink *s, void *context)
{
	const struct subject *x = context;
	char *kinds = joined(json_object_get(x->part, "kinds"));
	struct corners c;

	put(s, "%t is %s in scenario %t", text_of(x->row, "name"), x->rule, text_of(x->scenario, "name"));
	if (*text_of(x->part, "variable"))
		put(s, ", where %t is in %t", text_of(x->part, "variable"), text_of(x->part, "values"));
	put(s, *kinds ? ": sensitive (%t), and it does not always trap." : ".", kinds);
	if (!strcmp(x->rule, "critical") && corners_of(x->book, x->scenario, x->part, &c)) {
		put(s, " ");
		put_corners_sentence(s, x->book, &c);
	}
	free(kinds);
}

/* The witness that says most: of acting unguarded, else of the first kind of sensitivity. */
static const json_t *best_witness(const json_t *part)
{
	const json_t *o, *found = json_object_get(row_refuted(part, "guarded"), "witness");
	size_t n;

	json_array_foreach(json_object_get(part, "obligations"), n, o)
		if (!found && !strcmp(text_of(o, "verdict"), "refuted") && strcmp(text_of(o, "id"), "traps") && strcmp(text_of(o, "id"), "privileged"))
			found = json_object_get(o, "witness");
	return found;
}

static json_t *where_of(const json_t *part)
{
	return *text_of(part, "variable") ? json_sprintf("%s in %s", text_of(part, "variable"), text_of(part, "values")) : json_string("");
}

static void add(json_t *list, const struct subject *x, const char *profile)
{
	char *text = put_to_text(&plain_escaping, write_sentence, (void *)x);
	json_t *f = json_object(), *witness = (json_t *)best_witness(x->part);

	json_object_set_new(f, "rule", json_string(x->rule));
	json_object_set_new(f, "scenario", json_string(text_of(x->scenario, "name")));
	json_object_set_new(f, "profile", json_string(profile));
	json_object_set_new(f, "subject", json_string(text_of(x->row, "name")));
	json_object_set_new(f, "where", where_of(x->part));
	json_object_set(f, "kinds", json_object_get(x->part, "kinds"));
	json_object_set(f, "file", json_object_get(x->row, "file"));
	json_object_set(f, "line", json_object_get(x->row, "line"));
	json_object_set_new(f, "text", json_string(text));
	if (witness)
		json_object_set(f, "witness", witness);
	json_array_append_new(list, f);
	free(text);
}

static void add_part(json_t *list, struct subject *x, const char *profile)
{
	static const struct { const char *flag, *rule; } flags[] = {{"critical", "critical"}, {"undecided", "undecided"}, {"time_critical", "time-critical"}};

	for (unsigned i = 0; i < sizeof flags / sizeof *flags; i++) {
		x->rule = flags[i].rule;
		if (is_true(x->part, flags[i].flag) && (i < 2 || !is_true(x->part, "critical")))
			add(list, x, profile);
	}
}

static void add_row(json_t *list, const json_t *book, const json_t *scenario, const json_t *row, const char *profile)
{
	const json_t *variants = json_object_get(row, "variants"), *v;
	struct subject x = {book, scenario, row, row, NULL};
	size_t n;

	if (!variants)
		add_part(list, &x, profile);
	json_array_foreach(variants, n, v) {
		x.part = v;
		add_part(list, &x, profile);
	}
}

/* What is undecided is a finding of its own. */
static bool undecided_subject(const json_t *check, const json_t *e)
{
	const json_t *s;
	size_t n;

	if (!strcmp(text_of(e, "found"), "undecided"))
		return true;
	json_array_foreach(json_object_get(check, "scenarios"), n, s)
		if (!strcmp(text_of(s, "name"), text_of(e, "scenario")) && is_true(book_row(s, text_of(e, "profile"), text_of(e, "subject")), "undecided"))
			return true;
	return false;
}

static void add_expectation(json_t *list, const json_t *e)
{
	char *expected = json_dumps(json_object_get(e, "expected"), JSON_ENCODE_ANY | JSON_COMPACT), *found = json_dumps(json_object_get(e, "found"), JSON_ENCODE_ANY | JSON_COMPACT);
	json_t *f = json_object();

	json_object_set_new(f, "rule", json_string("expectation"));
	json_object_set(f, "scenario", json_object_get(e, "scenario"));
	json_object_set(f, "profile", json_object_get(e, "profile"));
	json_object_set_new(f, "subject", json_string(*text_of(e, "subject") ? text_of(e, "subject") : text_of(e, "what")));
	json_object_set(f, "where", json_object_get(e, "what"));
	json_object_set_new(f, "kinds", json_array());
	json_object_set(f, "file", json_object_get(e, "file"));
	json_object_set(f, "line", json_object_get(e, "line"));
	json_object_set_new(f, "text", json_sprintf("%s %s: expected %s, found %s", text_of(e, "subject"), text_of(e, "what"), expected, found));
	json_array_append_new(list, f);
	free(expected);
	free(found);
}

static void add_square(json_t *list, const json_t *scenario, const json_t *square)
{
	const json_t *d;
	json_t *f = json_object(), *witness = json_object_get(square, "witness") ? json_object_get(square, "witness") : json_object_get(square, "transparency_witness");
	char said[400] = "";
	size_t n, at = 0;

	json_array_foreach(json_object_get(square, "differences"), n, d)
		if (at < sizeof said)
			at += (size_t)snprintf(said + at, sizeof said - at, "%s%s: %s", n ? "; " : "", text_of(d, "place"), text_of(d, "how"));
	json_object_set_new(f, "rule", json_string("square"));
	json_object_set_new(f, "scenario", json_string(text_of(scenario, "name")));
	json_object_set_new(f, "profile", json_string("extended"));
	json_object_set(f, "subject", json_object_get(square, "instruction"));
	json_object_set_new(f, "where", *text_of(square, "variable") ? json_sprintf("%s, %s in %s", text_of(square, "level"), text_of(square, "variable"), text_of(square, "values")) : json_string(text_of(square, "level")));
	json_object_set_new(f, "kinds", json_array());
	json_object_set(f, "file", json_object_get(square, "file"));
	json_object_set(f, "line", json_object_get(square, "line"));
	json_object_set_new(f, "text", json_sprintf("%s at %s, executed at %s in scenario %s: %s", text_of(square, "instruction"), text_of(square, "level"), text_of(square, "real_level"), text_of(scenario, "name"),
						    *said ? said : "a trap of it changes what the program sees"));
	if (witness)
		json_object_set(f, "witness", witness);
	json_array_append_new(list, f);
}

static void add_squares(json_t *list, const json_t *book, const json_t *scenario)
{
	const json_t *square;
	size_t n;

	json_array_foreach(json_object_get(book_proof(book, scenario), "squares"), n, square)
		if (!strcmp(text_of(square, "verdict"), "refuted") || !strcmp(text_of(square, "transparency"), "refuted"))
			add_square(list, scenario, square);
}

json_t *findings_of(const json_t *book, const char *profile)
{
	const json_t *check = json_object_get(book, "check"), *scenario, *row, *e;
	json_t *list = json_array();
	size_t n, m;

	if (!profile)
		profile = "extended";
	json_array_foreach(json_object_get(check, "scenarios"), n, scenario)
		json_array_foreach(json_object_get(profile_of(scenario, profile), "instructions"), m, row)
			add_row(list, book, scenario, row, profile);
	if (!strcmp(profile, "extended"))
		json_array_foreach(json_object_get(check, "scenarios"), n, scenario)
			add_squares(list, book, scenario);
	json_array_foreach(json_object_get(check, "expectations"), n, e)
		if (!is_true(e, "agrees") && !undecided_subject(check, e) && !strcmp(text_of(e, "profile"), profile))
			add_expectation(list, e);
	return list;
}

const json_t *book_findings(const json_t *book)
{
	return json_object_get(book, "findings");
}

bool finding_counts(const json_t *finding)
{
	return strcmp(text_of(finding, "status"), "known") && strcmp(text_of(finding, "rule"), "time-critical");
}
