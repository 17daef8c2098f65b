/* isolde validate --monitor: single steps of the bare machine and of a virtual machine under the described monitor, held against the squares that `prove` has
 * decided. A proved square that does not commute on the emulator means that the analyzer or the monitor is wrong. */
#include <stdlib.h>
#include <string.h>

#include "../../emulator/oracles/campaign.h"
#include "../../emulator/oracles/virtual.h"
#include "../../reports/common.h"
#include "cli.h"

/* What prove says, worst first: of several squares of one instruction at one level the first of these counts. */
enum said { SAID_REFUTED, SAID_UNDECIDED, SAID_PROVED, SAID_INTERPRETED };
static const char *const said_names[] = {"refuted", "undecided", "proved", "interpreted"};

struct row {
	enum said said;
	uint64_t compared, different;
	bool shown;
};

struct trial {
	const struct arguments *a;
	const struct isa *isa;
	const struct scenario *scenario;
	enum technique technique;
	struct row *rows; /* (instructions, and one for none) x levels */
	uint64_t unmade, cannot;
};

static struct row *row_of(const struct trial *t, unsigned instruction, unsigned level)
{
	return &t->rows[instruction * t->isa->level_count + level];
}

/* --- what prove says --- */

static enum said said_by(const json_t *o, const char *key)
{
	const char *verdict = text_of(o, key);

	return !strcmp(verdict, "refuted") ? SAID_REFUTED : !strcmp(verdict, "undecided") ? SAID_UNDECIDED : SAID_PROVED;
}

static void worsen(struct row *r, enum said said)
{
	r->said = said < r->said ? said : r->said;
}

static void take_square(struct trial *t, const json_t *square)
{
	const struct instruction *i = isa_instruction(t->isa, text_of(square, "instruction"));

	for (unsigned v = 0; i && v < t->isa->level_count; v++)
		if (!strcmp(t->isa->levels[v].name, text_of(square, "level"))) {
			worsen(row_of(t, campaign_number(t->isa, i), v), said_by(square, "verdict"));
			worsen(row_of(t, campaign_number(t->isa, i), v), said_by(square, "transparency"));
		}
}

/* What is refuted of a level as a whole concerns every instruction there; but for the entry to the monitor, which is C here (emulator/monitor.h). */
static void take_level(struct trial *t, const json_t *level)
{
	const json_t *o;
	size_t n;

	json_array_foreach(json_object_get(level, "obligations"), n, o)
		for (unsigned v = 0; v < t->isa->level_count; v++)
			for (unsigned i = 0; i <= t->isa->instruction_count; i++)
				if (!strcmp(t->isa->levels[v].name, text_of(level, "level")) && strncmp(text_of(o, "id"), "entry-", 6) &&
				    said_by(o, "verdict") == SAID_REFUTED)
					worsen(row_of(t, i, v), SAID_REFUTED);
}

/* What a technique never executes directly need not commute. */
static bool is_interpreted(const struct trial *t, unsigned level)
{
	return t->technique == TECHNIQUE_INTERPRET || (t->technique == TECHNIQUE_HYBRID && t->scenario->deprivileged[level]);
}

static void take_proof(struct trial *t, const json_t *scenario)
{
	const json_t *o;
	size_t n;

	for (unsigned i = 0; i < (t->isa->instruction_count + 1) * t->isa->level_count; i++)
		t->rows[i].said = SAID_PROVED;
	json_array_foreach(json_object_get(scenario, "squares"), n, o)
		take_square(t, o);
	json_array_foreach(json_object_get(scenario, "levels"), n, o)
		take_level(t, o);
	for (unsigned i = 0; i < (t->isa->instruction_count + 1) * t->isa->level_count; i++)
		if (is_interpreted(t, i % t->isa->level_count))
			t->rows[i].said = SAID_INTERPRETED;
}

/* --- the steps --- */

static bool contradicts(const struct row *r)
{
	return r->different && r->said >= SAID_PROVED;
}

static void run_steps(struct trial *t, struct campaign *c, const struct instruction *only)
{
	for (uint64_t seed = t->a->seed; seed < (uint64_t)t->a->seed + t->a->steps; seed++) {
		struct comparison v;
		struct row *r;

		if (!campaign_start(c, seed, only)) {
			t->unmade++;
			continue;
		}
		campaign_step(c, &v);
		if (v.cannot) {
			t->cannot++;
			continue;
		}
		r = row_of(t, campaign_number(t->isa, v.instruction), machine_level(c->start));
		r->compared++;
		r->different += v.count != 0;
		if (contradicts(r) && !r->shown && !t->a->quiet) {
			r->shown = true;
			campaign_show_smallest(c, &v, seed, stderr);
		}
	}
}

/* --- the result --- */

static const char *name_of(const struct trial *t, unsigned n)
{
	for (const struct instruction *i = t->isa->instructions; i; i = i->next)
		if (!n--)
			return i->name;
	return "(no instruction)";
}

static json_t *trial_json(const struct trial *t, const struct efficiency *e)
{
	json_t *list = json_array();
	uint64_t compared[2] = {0, 0}, different[2] = {0, 0};

	for (unsigned i = 0; i <= t->isa->instruction_count; i++)
		for (unsigned v = 0; v < t->isa->level_count; v++) {
			const struct row *r = row_of(t, i, v);
			bool commutes = r->said >= SAID_PROVED;

			compared[commutes] += r->compared;
			different[commutes] += r->different;
			if (r->compared)
				json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:I, s:I}", "instruction", name_of(t, i), "level", t->isa->levels[v].name,
								      "square", said_names[r->said], "compared", (json_int_t)r->compared,
								      "different", (json_int_t)r->different));
		}
	return json_pack("{s:s, s:s, s:{s:I, s:I}, s:{s:I, s:I}, s:I, s:I, s:I, s:I, s:o}", "name", t->scenario->name, "technique", technique_name(t->technique),
			 "commuting", "compared", (json_int_t)compared[1], "different", (json_int_t)different[1], "others", "compared",
			 (json_int_t)compared[0], "different", (json_int_t)different[0], "direct", (json_int_t)e->direct, "interpreted",
			 (json_int_t)e->interpreted, "cannot", (json_int_t)t->cannot, "unmade", (json_int_t)t->unmade, "instructions", list);
}

/* Runs one scenario; NULL after a message, with *status set. */
static json_t *try_scenario(const struct arguments *a, const struct isa *isa, const struct scenario *s, const json_t *proof, const struct instruction *only,
			    int *status)
{
	struct trial t = {.a = a, .isa = isa, .scenario = s, .technique = technique_named(a->monitor)};
	uint64_t size = virtual_storage(isa, s);
	struct oracle *oracle;
	struct campaign *c;
	json_t *result = NULL;
	char error[256];

	t.rows = calloc((isa->instruction_count + 1) * isa->level_count, sizeof *t.rows);
	oracle = t.rows ? virtual_open(isa, s, t.technique, size, error) : NULL;
	c = oracle ? campaign_with(isa, &virtual_kind, oracle, size, NULL, error) : NULL;
	if (c) {
		take_proof(&t, proof);
		run_steps(&t, c, only);
		result = trial_json(&t, virtual_efficiency(oracle));
		campaign_free(c);
	} else {
		fprintf(stderr, "isolde: scenario %s: %s\n", s->name, t.rows ? error : "out of memory");
		*status = EXIT_UNDECIDED;
	}
	free(t.rows);
	return result;
}

static json_int_t count_of(const json_t *o, const char *group, const char *key)
{
	return json_integer_value(json_object_get(group ? json_object_get(o, group) : o, key));
}

static bool is_proved(const json_t *row)
{
	return !strcmp(text_of(row, "square"), said_names[SAID_PROVED]) || !strcmp(text_of(row, "square"), said_names[SAID_INTERPRETED]);
}

static bool differed_anywhere(const json_t *rows, const char *instruction)
{
	const json_t *row;
	size_t n;

	json_array_foreach(rows, n, row)
		if (!strcmp(text_of(row, "instruction"), instruction) && count_of(row, NULL, "different"))
			return true;
	return false;
}

/* Names of instructions with a square that is not proved, with or without a difference. */
static void print_others(const json_t *scenario, bool differed, const char *title)
{
	const json_t *rows = json_object_get(scenario, "instructions"), *row;
	const char *last = "";
	size_t n;

	json_array_foreach(rows, n, row) {
		if (is_proved(row) || differed_anywhere(rows, text_of(row, "instruction")) != differed || !strcmp(last, text_of(row, "instruction")))
			continue;
		printf("%s%s", *last ? ", " : title, text_of(row, "instruction"));
		last = text_of(row, "instruction");
	}
	if (*last)
		putchar('\n');
}

static void print_scenario(const json_t *s, bool all)
{
	const json_t *row;
	size_t n;

	printf("scenario %s, under %s: %lld steps executed directly, %lld interpreted; %lld without a state, %lld that the description cannot do\n",
	       text_of(s, "name"), text_of(s, "technique"), (long long)count_of(s, NULL, "direct"), (long long)count_of(s, NULL, "interpreted"),
	       (long long)count_of(s, NULL, "unmade"), (long long)count_of(s, NULL, "cannot"));
	printf("  where the square is proved, or everything is interpreted: %lld steps compared, %lld different\n",
	       (long long)count_of(s, "commuting", "compared"), (long long)count_of(s, "commuting", "different"));
	printf("  where it is not:                                          %lld steps compared, %lld different\n",
	       (long long)count_of(s, "others", "compared"), (long long)count_of(s, "others", "different"));
	print_others(s, true, "    seen to differ: ");
	print_others(s, false, "    not seen to differ: ");
	json_array_foreach(json_object_get(s, "instructions"), n, row)
		if (all || (is_proved(row) && count_of(row, NULL, "different")))
			printf("  %-20s at %-12s %-12s %10lld compared %10lld different\n", text_of(row, "instruction"), text_of(row, "level"),
			       text_of(row, "square"), (long long)count_of(row, NULL, "compared"), (long long)count_of(row, NULL, "different"));
}

static const json_t *scenario_in(const json_t *result, const char *name)
{
	const json_t *s;
	size_t n;

	json_array_foreach(json_object_get(result, "scenarios"), n, s)
		if (!strcmp(text_of(s, "name"), name))
			return s;
	return NULL;
}

static json_t *try_all(const struct arguments *a, const struct isa *isa, const struct scenario *only, const struct instruction *one, int *status)
{
	json_t *proof = prove_all(isa, a, only, status), *list = json_array();

	*status = proof ? EXIT_AS_EXPECTED : *status;
	for (const struct scenario *s = isa->scenarios; proof && s; s = s->next) {
		json_t *result = only && s != only ? NULL : try_scenario(a, isa, s, scenario_in(proof, s->name), one, status);

		if (result && count_of(result, "commuting", "different"))
			*status = EXIT_INTERNAL;
		if (result)
			json_array_append_new(list, result);
	}
	json_decref(proof);
	return list;
}

int validate_monitor(const struct arguments *a, const struct isa *isa, const struct instruction *one)
{
	const struct scenario *only;
	int status = EXIT_USAGE;
	json_t *list, *s;
	size_t n;

	if (technique_named(a->monitor) < TECHNIQUE_INTERPRET || technique_named(a->monitor) > TECHNIQUE_HYBRID) {
		fputs("isolde: validate --monitor takes interpret, trap-and-emulate or hybrid\n", stderr);
		return status;
	}
	if (!find_scenario(isa, a, &only))
		return status;
	list = try_all(a, isa, only, one, &status);
	if (!strcmp(a->format, "json")) {
		json_t *whole = json_pack("{s:s, s:i, s:O}", "isa", isa->name, "seed", (int)a->seed, "scenarios", list);

		json_dumpf(whole, stdout, JSON_INDENT(2));
		putchar('\n');
		json_decref(whole);
	} else {
		json_array_foreach(list, n, s)
			print_scenario(s, a->all);
	}
	if (status == EXIT_INTERNAL)
		fputs("isolde: a proved square does not commute on the emulator: the analyzer, the monitor or the description's composition is wrong\n", stderr);
	json_decref(list);
	return status;
}
