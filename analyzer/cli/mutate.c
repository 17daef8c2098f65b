/* isolde mutate: planted faults, shown as differences; with --judge, what becomes of each. */
#include "cli.h"

#include "../../reports/report.h"
#include "../mutation/mutate.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KEY = 72, WORKERS_MAX = 64 };

/* What is asked of an instruction, in this order. */
typedef json_t *examine(const struct isa *, const struct instruction *, const struct options *, const struct scenario *, unsigned *,
			struct solver_counts *);
static const struct { const char *fate; examine *one; } examinations[] = {{"verdict", classify_instruction}, {"square", prove_instruction}};
enum { EXAMINATIONS = sizeof examinations / sizeof *examinations };

struct campaign {
	const struct arguments *a;
	const struct isa *isa;
	struct arena *arena;
	struct options options;
	struct mutation *mutants;
	unsigned count, unloadable;
	char directory[64]; /* for the files of the mutant at hand */
	json_t **originals; /* by examination and instruction; made when needed */
	json_t *machine;    /* what prove says of the original beside instructions; made when needed */
	char (*keys)[KEY];  /* by instruction: what its results depend on */
};

/* --- choosing --- */

static bool own_directory(struct campaign *c)
{
	strcpy(c->directory, "/tmp/isolde-mutate-XXXXXX");
	if (mkdtemp(c->directory))
		return true;
	perror(c->directory);
	return false;
}

static void remove_directory(const struct campaign *c)
{
	char command[100];

	snprintf(command, sizeof command, "rm -rf %s", c->directory);
	if (system(command))
		perror(c->directory);
}

static const struct isa *load_mutant(const struct campaign *c, const struct mutation *m, struct arena *arena)
{
	const char *path = mutation_write(arena, c->isa, m, c->directory);

	return path ? isa_load(arena, path, NULL, diags_new(arena)) : NULL;
}

/* --faults of those that load: what the loader refuses is no fault that could be overlooked. */
static bool choose(struct campaign *c)
{
	struct mutations sites = mutation_sites(c->arena, c->isa);
	uint64_t random = c->a->seed;

	c->mutants = ARENA_ARRAY(c->arena, struct mutation, c->a->faults + 1);
	while (c->count < c->a->faults && mutation_choose(&sites, &random, &c->mutants[c->count])) {
		struct arena *scratch = arena_new();
		bool loads = load_mutant(c, &c->mutants[c->count], scratch);

		arena_free(scratch);
		c->count += loads;
		c->unloadable += !loads;
	}
	if (!c->count)
		fprintf(stderr, "isolde: no fault can be planted in %s\n", c->isa->path);
	return c->count;
}

/* --- judging one --- */

static json_t *examined(const struct campaign *c, unsigned which, const struct isa *isa, const struct instruction *i)
{
	struct solver_counts counts;
	unsigned internal = 0;
	json_t *result = examinations[which].one(isa, i, &c->options, NULL, &internal, &counts);

	if (internal)
		json_object_set_new(result, "internal", json_integer(internal));
	return result;
}

static const json_t *original(struct campaign *c, unsigned which, unsigned number, const struct instruction *i)
{
	json_t **kept = &c->originals[which * c->isa->instruction_count + number];

	if (!*kept)
		*kept = examined(c, which, c->isa, i);
	return *kept;
}

static void add_leaf(struct buf *text, const json_t *old, const json_t *new)
{
	char *a = json_dumps(old, JSON_ENCODE_ANY | JSON_COMPACT), *b = json_dumps(new, JSON_ENCODE_ANY | JSON_COMPACT);

	buf_printf(text, " %.100s -> %.100s", a ? a : "nothing", b ? b : "nothing");
	free(a);
	free(b);
}

/* Words for the first difference: `scenarios paper 0 class "privileged" -> "critical"`. Sums before details. */
static void add_difference(struct buf *text, const json_t *old, const json_t *new)
{
	const char *key;
	json_t *value;
	size_t n;

	if (json_is_object(old) && json_is_object(new)) {
		json_object_foreach((json_t *)(uintptr_t)old, key, value)
			if (!json_equal(value, json_object_get(new, key))) {
				buf_printf(text, " %s", key);
				add_difference(text, value, json_object_get(new, key));
				return;
			}
	} else if (json_is_array(old) && json_array_size(old) == json_array_size(new)) {
		json_array_foreach(old, n, value)
			if (!json_equal(value, json_array_get(new, n))) {
				if (json_is_object(value))
					buf_printf(text, " %zu", n);
				add_difference(text, value, json_array_get(new, n));
				return;
			}
	}
	add_leaf(text, old, new);
}

/* The instructions whose meaning the fault reaches. */
static unsigned affected(struct campaign *c, const struct isa *mutant, bool *which)
{
	unsigned n = 0, count = 0;

	for (const struct instruction *i = c->isa->instructions; i; i = i->next, n++) {
		const struct instruction *k = isa_instruction(mutant, i->name);
		char key[KEY];

		cache_key("prove", mutant, k, &c->options, NULL, key);
		which[n] = strcmp(key, c->keys[n]);
		count += which[n];
	}
	return count;
}

/* Has the examination another result for one of them? */
static bool noticed(struct campaign *c, unsigned which, const struct isa *mutant, const bool *reached, struct buf *why)
{
	unsigned n = 0;
	bool found = false;

	for (const struct instruction *i = c->isa->instructions; i && !found; i = i->next, n++) {
		json_t *result;

		if (!reached[n])
			continue;
		result = examined(c, which, mutant, isa_instruction(mutant, i->name));
		if (!json_equal(original(c, which, n, i), result)) {
			buf_printf(why, "%s:", i->name);
			add_difference(why, original(c, which, n, i), result);
			found = true;
		}
		json_decref(result);
	}
	return found;
}

/* What is proved of no instruction alone: trap entry, memory traps, coverage. */
static json_t *machine(const struct campaign *c, const struct isa *isa)
{
	struct solver_counts counts;
	unsigned internal = 0;

	return prove_machine(isa, &c->options, NULL, &internal, &counts);
}

static bool machine_noticed(struct campaign *c, const struct isa *mutant, struct buf *why)
{
	json_t *result = machine(c, mutant);
	bool other;

	if (!c->machine)
		c->machine = machine(c, c->isa);
	other = !json_equal(c->machine, result);
	if (other) {
		buf_puts(why, "the machine:");
		add_difference(why, c->machine, result);
	}
	json_decref(result);
	return other;
}

/* Why a difference is none for virtualization. */
static const char *harmless(const char *class)
{
	static const char *const reasons[][2] = {
		{"innocuous", "it does the same on the bare and on the virtual machine"},
		{"privileged", "wherever its level is taken away it traps, and the monitor does what the description says"},
		{"traps", "it never completes"}};

	for (unsigned i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (!strcmp(class, reasons[i][0]))
			return reasons[i][1];
	return "its verdicts are the same";
}

/* The class in all scenarios, if it is the same in all, else "of several classes". */
static const char *class_of(const json_t *result)
{
	const char *class = NULL, *key;
	json_t *scenario, *profile;
	size_t n;

	json_object_foreach(json_object_get(result, "scenarios"), key, scenario)
		json_array_foreach(scenario, n, profile) {
			const char *here = json_string_value(json_object_get(profile, "class"));

			if (class && strcmp(class, here))
				return "of several classes";
			class = here;
		}
	return class ? class : "of no class";
}

/* Why nobody notices: what the instructions that differ are, and in what they differ. */
static const char *compare(struct campaign *c, const struct isa *mutant, const bool *reached, struct arena *scratch, struct buf *why)
{
	unsigned n = 0, different = 0;
	enum equivalence translation = equivalent_translation(c->isa, mutant, &c->options);
	bool unknown = translation == EQUIVALENCE_UNKNOWN;

	if (translation == DIFFERENT)
		buf_puts(why, "the translation differs; ");
	for (const struct instruction *i = c->isa->instructions; i; i = i->next, n++) {
		const char *how = "";
		enum equivalence e = reached[n] ? equivalent(c->isa, mutant, i->name, &c->options, scratch, &how) : EQUIVALENT;

		unknown = unknown || e == EQUIVALENCE_UNKNOWN;
		if (e != DIFFERENT)
			continue;
		if (different++ < 3)
			buf_printf(why, "%s%s differs (%s) but is %s as before: %s", different > 1 ? "; " : "", i->name, how,
				   class_of(original(c, 0, n, i)), harmless(class_of(original(c, 0, n, i))));
	}
	if (different > 3)
		buf_printf(why, "; and %u more", different - 3);
	return different || translation == DIFFERENT ? "survives" : unknown ? "undecided" : "equivalent";
}

static json_t *judge(struct campaign *c, unsigned number)
{
	struct arena *scratch = arena_new();
	const struct mutation *m = &c->mutants[number];
	const struct isa *mutant = load_mutant(c, m, scratch);
	bool *reached = ARENA_ARRAY(scratch, bool, c->isa->instruction_count);
	unsigned count = affected(c, mutant, reached);
	const char *fate = NULL;
	struct buf why = {0};
	json_t *o;

	for (unsigned e = 0; e < EXAMINATIONS && !fate; e++)
		if (noticed(c, e, mutant, reached, &why))
			fate = examinations[e].fate;
	if (!fate && count && machine_noticed(c, mutant, &why))
		fate = "square";
	if (!fate)
		fate = compare(c, mutant, reached, scratch, &why);
	o = json_pack("{s:i, s:s, s:i, s:s}", "number", (int)number, "fate", fate, "reaches", (int)count, "why", buf_text(&why));
	buf_free(&why);
	arena_free(scratch);
	return o;
}

/* --- all of them --- */

static void worker(struct campaign *c, unsigned number, FILE *out)
{
	if (!own_directory(c))
		return;
	for (unsigned m = number; m < c->count; m += c->a->jobs) {
		json_t *line = judge(c, m);

		json_dumpf(line, out, JSON_COMPACT);
		fputc('\n', out);
		fflush(out);
		json_decref(line);
	}
	remove_directory(c);
}

static FILE *start_worker(struct campaign *c, unsigned number)
{
	int ends[2];
	FILE *out;

	fflush(stdout);
	if (pipe(ends))
		return NULL;
	if (fork()) {
		close(ends[1]);
		return fdopen(ends[0], "r");
	}
	close(ends[0]);
	out = fdopen(ends[1], "w");
	worker(c, number, out);
	fclose(out);
	_exit(0);
}

static json_t **judge_all(struct campaign *c)
{
	json_t **fates = ARENA_ARRAY(c->arena, json_t *, c->count);
	FILE *pipes[WORKERS_MAX];
	char *line = NULL;
	size_t room = 0;

	for (unsigned i = 0; i < c->a->jobs; i++)
		pipes[i] = start_worker(c, i);
	for (unsigned i = 0; i < c->a->jobs; i++) {
		while (pipes[i] && getline(&line, &room, pipes[i]) > 0) {
			json_t *o = json_loads(line, 0, NULL);
			json_int_t n = json_integer_value(json_object_get(o, "number"));

			if (o && n >= 0 && n < (json_int_t)c->count)
				fates[n] = o;
		}
		if (pipes[i])
			fclose(pipes[i]);
	}
	free(line);
	while (wait(NULL) > 0)
		;
	return fates;
}

static json_t *mutant_json(const struct mutation *m, json_t *fate)
{
	json_t *o = json_object();
	size_t line, column;
	char *text = NULL, place[300];
	size_t size;
	FILE *diff = open_memstream(&text, &size);

	mutation_diff(m, diff);
	fclose(diff);
	source_position(m->where.source, m->where.offset, &line, &column);
	snprintf(place, sizeof place, "%s:%zu:%zu", m->where.source->path, line, column);
	json_object_set_new(o, "fault", json_string(fault_names[m->fault]));
	json_object_set_new(o, "place", json_string(place));
	json_object_set_new(o, "diff", json_string(text));
	free(text);
	if (fate) {
		json_object_del(fate, "number");
		json_object_update(o, fate);
		json_decref(fate);
	}
	return o;
}

static json_t *mutate(struct campaign *c)
{
	json_t *result = json_object(), *list = json_array(), **fates = NULL;
	bool complete = true;

	if (c->a->judge)
		fates = judge_all(c);
	for (unsigned m = 0; m < c->count; m++) {
		complete = complete && (!fates || fates[m]);
		json_array_append_new(list, mutant_json(&c->mutants[m], fates ? fates[m] : NULL));
	}
	json_object_set_new(result, "isa", json_string(c->isa->name));
	json_object_set_new(result, "seed", json_integer((json_int_t)c->a->seed));
	json_object_set_new(result, "unloadable", json_integer(c->unloadable));
	json_object_set_new(result, "mutants", list);
	if (complete)
		return result;
	fputs("isolde: internal error: a worker did not finish\n", stderr);
	json_decref(result);
	return NULL;
}

static void prepare(struct campaign *c)
{
	unsigned n = 0;

	c->options = analysis_options(c->a);
	c->options.witnesses = false;
	c->originals = ARENA_ARRAY(c->arena, json_t *, EXAMINATIONS * c->isa->instruction_count);
	c->keys = arena_alloc(c->arena, c->isa->instruction_count * sizeof *c->keys);
	for (const struct instruction *i = c->isa->instructions; i; i = i->next)
		cache_key("prove", c->isa, i, &c->options, NULL, c->keys[n++]);
}

int command_mutate(const struct arguments *a)
{
	struct campaign c = {.a = a, .arena = arena_new()};
	int status = EXIT_INPUT;
	json_t *result = NULL;

	c.isa = load_spec(c.arena, a, a->words[0], NULL);
	if (!c.isa || !own_directory(&c))
		goto out;
	prepare(&c);
	if (choose(&c))
		result = mutate(&c);
	else
		status = EXIT_INPUT;
	remove_directory(&c);
	if (!result)
		goto out;
	if (!strcmp(a->format, "json"))
		report_json(result, stdout);
	else
		report_mutate_text(result, a->quiet, stdout);
	status = report_mutate_status(result);
out:
	json_decref(result);
	arena_free(c.arena);
	return status;
}
