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

static void assume(json_t *list, const char *what)
{
	json_array_append_new(list, json_string(what));
}

static json_t *saved_registers(const struct isa *isa)
{
	struct buf names = {0};
	json_t *line = NULL;

	for (unsigned i = 0; i < isa->component_count; i++)
		if (isa->components[i].saved)
			buf_printf(&names, "%s%s", names.length ? ", " : "", isa->components[i].name);
	if (names.length)
		line = json_sprintf("Trap entry saves %s where the monitor finds it (declared: traps, saves).", buf_text(&names));
	buf_free(&names);
	return line;
}

static json_t *host_settings(const struct isa *isa, const struct scenario *s)
{
	struct buf names = {0};
	char value[BITS_TEXT];
	json_t *line;

	for (unsigned i = 0; i < s->host_count; i++)
		buf_printf(&names, "%s%s = %s", i ? ", " : "", isa->components[s->host[i].component].name, bits_hex(s->host[i].value, value));
	line = s->host_count ? json_sprintf("The monitor keeps the host settings %s while a guest runs.", buf_text(&names)) : NULL;
	buf_free(&names);
	return line;
}

/* The hypotheses of trap entry, in the author's words. */
static void assume_tables(json_t *list, const struct isa *isa, const struct scenario *s)
{
	if (isa->trap_entry && !s->tables)
		assume(list, "Trap entry gives the monitor control (nothing is said of its tables: monitor).");
	for (const struct premise *p = s->tables; p; p = p->next)
		json_array_append_new(list, json_sprintf("When a trap goes to the monitor: %s.", p->sentence));
	if (s->tables && !isa->pure_translation)
		assume(list, "What trap entry reads and writes at the monitor's level is the monitor's own storage, mapped one to one, and not refused.");
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

static json_t *assumptions(const struct isa *isa, const struct scenario *s)
{
	json_t *list = json_array(), *line;

	assume(list, "Fetch: where an instruction is fetched directly, its bits are those of the virtual machine's storage.");
	assume(list, "Tables: the real relocation never allows what the guest's refuses; where both allow, it leads to the same guest-physical word.");
	if (!isa->pure_translation)
		assume(list, "The translation reads tables in memory: the squares take it as any function of level, address and access.");
	assume(list, "Asynchronous events come between instructions, and the monitor gives them to the guest as the machine would.");
	assume(list, "Where the real machine traps to the monitor, the monitor executes the instruction by this description on the virtual state.");
	assume_complete(list, isa);
	assume(list, "Time, and how much storage there is, are not compared.");
	if ((line = host_settings(isa, s)))
		json_array_append_new(list, line);
	if (s->interpret)
		assume(list, "In the virtual states that the scenario names (interpret), the monitor interprets, and executes nothing directly.");
	if ((line = saved_registers(isa)))
		json_array_append_new(list, line);
	assume_tables(list, isa, s);
	for (unsigned i = 0; i < isa->omit_count; i++)
		json_array_append_new(list, json_sprintf("Not described, and so not covered: %s.", isa->omits[i]));
	return list;
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
	json_t *list = json_array();
	const char *name = isa->long_name ? isa->long_name : isa->name;

	if (is(json_object_get(theorem, "equivalence"), "verdict", "proved"))
		json_array_append_new(list, json_sprintf("Every program for %s, started in related states, goes through related states in the virtual "
				"machine (scenario %s) and on the bare machine: by induction on the number of instructions.", name, s->name));
	if (is(json_object_get(theorem, "resource_control"), "verdict", "proved"))
		json_array_append_new(list, json_string("Nothing that a guest executes directly changes real mode, relocation, control, devices or the "
				"monitor's storage: the monitor stays in control of all resources."));
	if (is(json_object_get(theorem, "hybrid"), "verdict", "proved") && !is(json_object_get(theorem, "equivalence"), "verdict", "proved"))
		json_array_append_new(list, json_string("A hybrid monitor, which interprets the levels that are taken away and executes the others "
				"directly, is equivalent for every program."));
	return list;
}

static json_t *theorem_json(const struct isa *isa, const struct scenario *s, const json_t *levels, const json_t *squares, const json_t *results,
			    const json_t *check)
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
	json_object_set_new(o, "assumed", assumptions(isa, s));
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
			json_object_set_new(head, "theorem", theorem_json(isa, s, levels, squares, results, check));
		json_decref(squares);
		json_array_append_new(scenarios, head);
	}
	json_object_set_new(o, "expectations",
			    options->adversarial || options->processor ? json_array() : prove_expectations(isa, scenarios));
	json_object_set_new(o, "scenarios", scenarios);
	return o;
}
