/* From squares to programs: the induction of theory.md section 4, as a theorem about this instruction set, with what is proved, what is
 * assumed, and where Theorem 1 says something else. */
#include "analysis.h"

#include <string.h>

static const char *text(const json_t *o, const char *key)
{
	const char *t = json_string_value(json_object_get(o, key));

	return t ? t : "";
}

static bool is(const json_t *o, const char *key, const char *word)
{
	return !strcmp(text(o, key), word);
}

/* --- the squares of a scenario as one list --- */

static json_t *square_rows(const struct isa *isa, const json_t *results, const char *scenario)
{
	json_t *list = json_array(), *result, *part;
	size_t n, k;

	json_array_foreach(results, n, result) {
		const struct instruction *i = isa_instruction(isa, text(result, "name"));

		json_array_foreach(json_object_get(json_object_get(result, "squares"), scenario), k, part) {
			json_t *row = json_object();
			size_t line, column;

			source_position(i->where.source, i->where.offset, &line, &column);
			json_object_set_new(row, "instruction", json_string(i->name));
			json_object_set_new(row, "file", json_string(i->where.source->path));
			json_object_set_new(row, "line", json_integer((json_int_t)line));
			json_object_update(row, part);
			json_array_append_new(list, row);
		}
	}
	return list;
}

/* --- verdicts over many obligations --- */

struct tally {
	unsigned proved, refuted, undecided, vacuous;
	json_t *broken, *open; /* names, each once */
};

static void add_once(json_t *list, const char *name)
{
	json_t *item;
	size_t n;

	json_array_foreach(list, n, item)
		if (!strcmp(json_string_value(item), name))
			return;
	json_array_append_new(list, json_string(name));
}

static void count(struct tally *t, const char *verdict, const char *name)
{
	t->proved += !strcmp(verdict, "proved");
	t->refuted += !strcmp(verdict, "refuted");
	t->undecided += !strcmp(verdict, "undecided");
	t->vacuous += !strcmp(verdict, "vacuous");
	if (!strcmp(verdict, "refuted"))
		add_once(t->broken, name);
	if (!strcmp(verdict, "undecided"))
		add_once(t->open, name);
}

static bool at_kept_level(const json_t *levels, const char *level)
{
	json_t *l;
	size_t n;

	json_array_foreach(levels, n, l)
		if (is(l, "level", level))
			return !json_is_true(json_object_get(l, "deprivileged"));
	return false;
}

/* All that must hold for the levels that run directly: `kept` leaves out the levels that a hybrid monitor interprets. */
static struct tally tally_of(const json_t *levels, const json_t *squares, const char *key, bool kept)
{
	struct tally t = {.broken = json_array(), .open = json_array()};
	json_t *row, *obligation;
	size_t n, k;

	json_array_foreach(squares, n, row)
		if (!kept || at_kept_level(levels, text(row, "level")))
			count(&t, text(row, key), text(row, "instruction"));
	if (strcmp(key, "verdict"))
		return t;
	json_array_foreach(squares, n, row)
		if ((!kept || at_kept_level(levels, text(row, "level"))) && !is(row, "transparency", "proved"))
			count(&t, text(row, "transparency"), text(row, "instruction"));
	json_array_foreach(levels, n, row)
		json_array_foreach(json_object_get(row, "obligations"), k, obligation)
			if ((!kept || at_kept_level(levels, text(row, "level"))) && !is(obligation, "verdict", "vacuous"))
				count(&t, text(obligation, "verdict"), text(obligation, "id"));
	return t;
}

static void add_invariants(struct tally *t, const json_t *results)
{
	json_t *result;
	size_t n;

	json_array_foreach(results, n, result)
		if (json_object_get(result, "invariants"))
			count(t, text(json_object_get(result, "invariants"), "verdict"), text(result, "name"));
}

static json_t *statement(const struct tally *t, const char *claim)
{
	enum verdict v = t->refuted ? VERDICT_REFUTED : t->undecided ? VERDICT_UNDECIDED : t->proved ? VERDICT_PROVED : VERDICT_VACUOUS;

	return json_pack("{s:s, s:s, s:o, s:o, s:{s:i, s:i, s:i, s:i}}", "statement", claim, "verdict", verdict_names[v], "because", t->broken,
			 "undecided", t->open, "counts", "proved", t->proved, "refuted", t->refuted, "undecided", t->undecided, "vacuous",
			 t->vacuous);
}

/* --- what is assumed --- */

static void add(json_t *list, const char *what)
{
	json_array_append_new(list, json_string(what));
}

/* Nothing where there are no names; they are released. */
static void assume_names(json_t *list, const char *before, struct buf *names, const char *after)
{
	if (names->length)
		json_array_append_new(list, json_sprintf("%s%s%s", before, buf_text(names), after));
	buf_free(names);
}

static void assume_source(json_t *list, const struct isa *isa)
{
	const char *what = "The description says what the hardware does";

	json_array_append_new(list, isa->source ? json_sprintf("%s. It was written from: %s", what, isa->source) : json_sprintf("%s.", what));
}

static void assume_saved(json_t *list, const struct isa *isa)
{
	struct buf names = {0};

	for (unsigned i = 0; i < isa->component_count; i++)
		if (isa->components[i].saved)
			buf_printf(&names, "%s%s", names.length ? ", " : "", isa->components[i].name);
	assume_names(list, "Trap entry saves ", &names, " where the monitor finds it (declared: traps, saves).");
}

/* Some function of the description makes a value that the manual leaves open. */
static bool leaves_open(const struct isa *isa)
{
	for (const struct ir_function *f = isa->functions; f; f = f->next)
		if (f->unknowns)
			return true;
	return false;
}

/* Such traps have done the instruction's work, which must not be done twice. That they are the virtual machine's too is part of the square. */
static void assume_complete(json_t *list, const struct isa *isa)
{
	struct buf names = {0};

	for (unsigned i = 0; i < isa->cause_count; i++)
		if (isa->causes[i].complete)
			buf_printf(&names, "%s%s", names.length ? ", " : "", isa->causes[i].name);
	if (names.length)
		json_array_append_new(list, json_sprintf("Traps that come when the instruction is complete (%s) are handed on by the monitor as they came: the instruction is not executed again.", buf_text(&names)));
	buf_free(&names);
}

static json_t *assumed_generally(const struct isa *isa, const struct options *options)
{
	json_t *list = json_array();

	assume_source(list, isa);
	add(list, "Fetch: where an instruction is fetched directly, its bits are those of the virtual machine's storage.");
	add(list, "Translation: what the monitor's relocation or tables allow, the guest's own allow too, and it leads to the same word of the guest's storage.");
	if (!isa->pure_translation)
		add(list, "The translation reads tables in memory: the squares take it as any function of level, address and access, so they hold for all tables.");
	add(list, "Asynchronous events come between instructions, and the monitor gives them to the guest as the machine would.");
	add(list, "Where the real machine traps to the monitor, the monitor executes the instruction by this description on the virtual state.");
	assume_complete(list, isa);
	assume_saved(list, isa);
	if (leaves_open(isa) && !options->adversarial)
		add(list, "What the manual leaves open (UNKNOWN) is the same function of what the guest sees on both machines (--adversarial: unrelated).");
	add(list, "Time, and how much storage there is, are not compared.");
	return list;
}

static json_t *assumed_by(const struct isa *isa, const struct scenario *s)
{
	struct buf host = {0}, passed = {0};
	json_t *list = json_array();
	char value[BITS_TEXT];

	for (unsigned i = 0; i < s->host_count; i++)
		buf_printf(&host, "%s%s = %s", i ? ", " : "", isa->components[s->host[i].component].name, bits_hex(s->host[i].value, value));
	for (unsigned i = 0; i < isa->component_count; i++)
		if (s->pass_through[i])
			buf_printf(&passed, "%s%s", passed.length ? ", " : "", isa->components[i].name);
	assume_names(list, "While a guest runs, the monitor keeps ", &host, ".");
	assume_names(list, "Passed through, real and virtual kept equal: ", &passed, ".");
	if (s->interpret)
		add(list, "In the virtual states that the scenario names (interpret), the monitor interprets, and executes nothing directly.");
	if (isa->trap_entry && !s->tables)
		add(list, "A trap that goes to the monitor gives it control: the scenario says nothing of the monitor's own tables (monitor).");
	return list;
}

/* The hypotheses of trap entry, in the author's words. */
static json_t *assumed_of_tables(const struct isa *isa, const struct scenario *s)
{
	json_t *list = json_array();

	for (const struct premise *p = s->tables; p; p = p->next)
		add(list, p->sentence);
	if (s->tables && !isa->pure_translation)
		add(list, "what trap entry reads and writes at the monitor's level is the monitor's own storage, mapped one to one, and not refused");
	return list;
}

static json_t *left_out(const struct isa *isa)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < isa->omit_count; i++)
		add(list, isa->omits[i]);
	return list;
}

/* A group without items is left out; takes `items`. */
static void add_group(json_t *groups, const char *group, const char *title, json_t *items)
{
	if (json_array_size(items))
		json_array_append_new(groups, json_pack("{s:s, s:s, s:O}", "group", group, "title", title, "items", items));
	json_decref(items);
}

static json_t *assumptions(const struct isa *isa, const struct scenario *s, const struct options *options)
{
	json_t *groups = json_array();

	add_group(groups, "general", "In general", assumed_generally(isa, options));
	add_group(groups, "scenario", "Set by this scenario", assumed_by(isa, s));
	add_group(groups, "entry", "Of the monitor's own tables, whenever a trap goes to the monitor", assumed_of_tables(isa, s));
	add_group(groups, "omitted", "Left out of the description, so nothing is proved of it", left_out(isa));
	return groups;
}

/* --- Theorem 1 against the squares --- */

static const json_t *class_row(const json_t *check, const char *scenario, const char *instruction)
{
	json_t *s, *p, *i;
	size_t a, b, c;

	json_array_foreach(json_object_get(check, "scenarios"), a, s)
		json_array_foreach(json_object_get(s, "profiles"), b, p)
			json_array_foreach(json_object_get(p, "instructions"), c, i)
				if (is(s, "name", scenario) && is(p, "profile", "extended") && is(i, "name", instruction))
					return i;
	return NULL;
}

/* The first square of an instruction that is not `proved` or `vacuous`, or else one with the best verdict. */
static const json_t *telling(const json_t *squares, const char *instruction)
{
	const json_t *best = NULL;
	json_t *row;
	size_t n;

	json_array_foreach(squares, n, row) {
		if (!is(row, "instruction", instruction))
			continue;
		if (is(row, "verdict", "refuted") || is(row, "verdict", "undecided") || json_object_get(row, "interpreted"))
			return row;
		if (!best || is(row, "verdict", "proved"))
			best = row;
	}
	return best;
}

/* Critical by the definitions, and all squares hold. */
static json_t *why_no_harm(const json_t *class, const json_t *square)
{
	if (json_is_true(json_object_get(class, "guarded")))
		return json_string("Wherever it acts sensitively at a level that is taken away, it traps to the monitor at the real level: it is "
				   "guarded, and the monitor acts for it.");
	if (json_is_true(json_object_get(square, "interpreted")))
		return json_string("It would break the square only in virtual states in which the monitor executes nothing directly (scenario: interpret).");
	if (is(square, "verdict", "vacuous"))
		return json_string("The real machine never executes it directly at any level that the scenario uses.");
	return json_string("It is sensitive between states that the VM map never puts side by side: in the real state that belongs to a virtual "
			   "one, it does what it does in the virtual machine, or traps.");
}

/* Not critical by the definitions, and a square breaks. */
static json_t *why_harm(const json_t *class, const json_t *square)
{
	const json_t *first = json_array_get(json_object_get(square, "differences"), 0);

	if (is(first, "place", "outcome"))
		return json_sprintf("The definitions compare executions that complete. Here %s.", text(first, "how"));
	if (is(class, "class", "privileged"))
		return json_sprintf("It traps wherever it completes at the virtual level, but the square breaks at %s: %s.", text(first, "place"),
				    text(first, "how"));
	return json_sprintf("The definitions compare states with each other, the square with what the monitor was to keep. Here %s is %s.",
			    text(first, "place"), text(first, "how"));
}

static json_t *disagreements(const json_t *check, const json_t *squares, const char *scenario, const json_t *results)
{
	json_t *list = json_array(), *result, *why;
	size_t n;

	json_array_foreach(results, n, result) {
		const char *name = text(result, "name");
		const json_t *class = class_row(check, scenario, name), *square = telling(squares, name);
		bool critical = json_is_true(json_object_get(class, "critical")), open;
		bool breaks = square && is(square, "verdict", "refuted");

		open = !class || !square || is(square, "verdict", "undecided") || is(class, "class", "undecided");
		if (open || critical == breaks)
			continue;
		why = critical ? why_no_harm(class, square) : why_harm(class, square);
		json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:O?, s:O?, s:o}", "instruction", name, "class", text(class, "class"),
						      "squares", breaks ? "refuted" : "proved", "kinds", json_object_get(class, "kinds"),
						      "witness", json_object_get(square, breaks ? "witness" : "example"), "why", why));
	}
	return list;
}

/* Privileged and innocuous: they trap although nothing would go wrong without. */
static json_t *needless(const json_t *check, const char *scenario, const json_t *results)
{
	json_t *list = json_array(), *result;
	size_t n;

	json_array_foreach(results, n, result) {
		const json_t *class = class_row(check, scenario, text(result, "name"));

		if (is(class, "class", "privileged") && !json_array_size(json_object_get(class, "kinds")))
			json_array_append(list, json_object_get(result, "name"));
	}
	return list;
}

static json_t *theorem1_of(const json_t *check, const char *scenario, const char *key)
{
	json_t *s, *p;
	size_t a, b;

	json_array_foreach(json_object_get(check, "scenarios"), a, s)
		json_array_foreach(json_object_get(s, "profiles"), b, p)
			if (is(s, "name", scenario) && is(p, "profile", "extended"))
				return json_incref(json_object_get(p, key));
	return NULL;
}

/* --- the theorem --- */

static json_t *follows(const struct isa *isa, const struct scenario *s, const json_t *theorem)
{
	const json_t *equivalence = json_object_get(theorem, "equivalence"), *hybrid = json_object_get(theorem, "hybrid");
	const char *name = isa->long_name ? isa->long_name : isa->name;
	json_t *list = json_array();

	if (is(equivalence, "verdict", "proved"))
		json_array_append_new(list, json_sprintf("Every program for %s, started in related states, goes through related states in the virtual "
				"machine (scenario %s) and on the bare machine: by induction on the number of instructions.", name, s->name));
	if (is(json_object_get(theorem, "resource_control"), "verdict", "proved"))
		add(list, "Nothing that a guest executes directly changes real mode, relocation, control, devices or the monitor's storage: the monitor "
			     "stays in control of all resources.");
	if (is(hybrid, "verdict", "proved") && !is(equivalence, "verdict", "proved"))
		add(list, "A hybrid monitor, which interprets the levels that are taken away and executes the others directly, is equivalent for every program.");
	if (is(equivalence, "verdict", "refuted") && is(hybrid, "verdict", "refuted"))
		add(list, "Neither trap-and-emulate nor a hybrid monitor is equivalent for every program: what breaks has to be made to trap, or be patched or "
			     "interpreted in user programs too.");
	if (is(equivalence, "verdict", "undecided"))
		add(list, "Nothing of equivalence yet: the solver's budget (--rlimit) ran out for a part of it.");
	return list;
}

static json_t *theorem_json(const struct isa *isa, const struct scenario *s, const json_t *levels, const json_t *squares, const json_t *results,
			    const json_t *check, const struct options *options)
{
	struct tally all = tally_of(levels, squares, "verdict", false), kept = tally_of(levels, squares, "verdict", true);
	struct tally control = tally_of(levels, squares, "resource_control", false);
	json_t *o = json_object();

	add_invariants(&all, results);
	add_invariants(&kept, results);
	json_object_set_new(o, "equivalence", statement(&all, "every square commutes, traps are transparent, invariants are kept: "
							"trap-and-emulate is equivalent to the bare machine for every program"));
	json_object_set_new(o, "resource_control", statement(&control, "nothing executed directly changes what is the monitor's"));
	json_object_set_new(o, "hybrid", statement(&kept, "the squares of the levels that keep their level commute: a hybrid monitor is "
						   "equivalent for every program"));
	json_object_set_new(o, "assumed", assumptions(isa, s, options));
	json_object_set_new(o, "follows", follows(isa, s, o));
	if (!check)
		return o;
	json_object_set_new(o, "theorem1", theorem1_of(check, s->name, "theorem1"));
	json_object_set_new(o, "theorem3", theorem1_of(check, s->name, "theorem3"));
	json_object_set_new(o, "differences", disagreements(check, squares, s->name, results));
	json_object_set_new(o, "needless_traps", needless(check, s->name, results));
	return o;
}

json_t *prove_result(const struct isa *isa, json_t *results, json_t *machine, const json_t *check, const struct options *options,
		     const struct scenario *only)
{
	json_t *o = result_head(isa, options), *scenarios = json_array();

	for (const struct scenario *s = isa->scenarios; s; s = s->next) {
		json_t *head, *squares, *levels = json_object_get(machine, s->name);

		if (only && only != s)
			continue;
		head = scenario_head(isa, s);
		squares = square_rows(isa, results, s->name);
		json_object_set(head, "levels", levels);
		json_object_set(head, "squares", squares);
		if (json_array_size(results) == isa->instruction_count) /* of some instructions alone nothing follows */
			json_object_set_new(head, "theorem", theorem_json(isa, s, levels, squares, results, check, options));
		json_decref(squares);
		json_array_append_new(scenarios, head);
	}
	json_object_set_new(o, "expectations",
			    options->adversarial || options->processor ? json_array() : prove_expectations(isa, scenarios));
	json_object_set_new(o, "scenarios", scenarios);
	return o;
}
