/* Work on instructions: shared out to worker processes, kept results used, everything put together in the file's order. */
#include "cli.h"

#include "../../reports/report.h"
#include "../certify/evidence.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void progress(struct jobs *w)
{
	w->done++;
	if (!w->a->quiet && isatty(2))
		fprintf(stderr, "\r%u of %u %s", w->done, w->count, w->done == w->count ? "\r\033[K" : "");
}

static json_t *one(struct jobs *w, unsigned i, unsigned *internal, struct solver_counts *counts)
{
	return w->kind->one(w->isa, w->todo[i], &w->options, w->scenario, internal, counts);
}

/* A worker takes every N-th instruction, and writes a line of JSON for each. */
static void worker(struct jobs *w, unsigned number, unsigned workers, FILE *out)
{
	unsigned turn = 0;

	for (unsigned i = 0; i < w->count; i++) {
		struct solver_counts counts;
		unsigned internal = 0;
		json_t *line;

		if (w->results[i] || turn++ % workers != number)
			continue;
		line = json_pack("{s:i, s:o}", "number", (int)i, "result", one(w, i, &internal, &counts));
		json_object_set_new(line, "internal", json_integer(internal));
		if (w->evidence)
			json_object_set_new(line, "evidence", evidence_take(w->evidence));
		json_object_set_new(line, "counts", json_pack("[I,I,I,I]", (json_int_t)counts.asked, (json_int_t)counts.folded,
							      (json_int_t)counts.repeated, (json_int_t)counts.solved));
		json_dumpf(line, out, JSON_COMPACT);
		fputc('\n', out);
		fflush(out);
		json_decref(line);
	}
	evidence_free(w->evidence);
}

static void take_line(struct jobs *w, const char *text)
{
	json_t *line = json_loads(text, 0, NULL), *counts = json_object_get(line, "counts");
	json_int_t i = json_integer_value(json_object_get(line, "number"));

	if (!line || i < 0 || i >= (json_int_t)w->count)
		return;
	w->results[i] = json_incref(json_object_get(line, "result"));
	if (w->found)
		evidence_add(w->found, json_object_get(line, "evidence"));
	w->internal += (unsigned)json_integer_value(json_object_get(line, "internal"));
	solver_counts_add(&w->counts, (struct solver_counts){(unsigned long)json_integer_value(json_array_get(counts, 0)),
						      (unsigned long)json_integer_value(json_array_get(counts, 1)),
						      (unsigned long)json_integer_value(json_array_get(counts, 2)),
						      (unsigned long)json_integer_value(json_array_get(counts, 3))});
	json_decref(line);
	progress(w);
}

static FILE *start_worker(struct jobs *w, unsigned number, unsigned workers)
{
	int ends[2];
	pid_t child;
	FILE *out;

	if (pipe(ends))
		return NULL;
	fflush(stdout);
	child = fork();
	if (child < 0) {
		close(ends[0]);
		close(ends[1]);
		return NULL;
	}
	if (child == 0) {
		close(ends[0]);
		out = fdopen(ends[1], "w");
		worker(w, number, workers, out);
		fclose(out);
		_exit(0);
	}
	close(ends[1]);
	return fdopen(ends[0], "r");
}

static void run_workers(struct jobs *w, unsigned workers)
{
	FILE *pipes[64] = {0};
	char *line = NULL;
	size_t room = 0;

	for (unsigned i = 0; i < workers; i++)
		pipes[i] = start_worker(w, i, workers);
	for (unsigned i = 0; i < workers; i++) {
		while (pipes[i] && getline(&line, &room, pipes[i]) > 0)
			take_line(w, line);
		if (pipes[i])
			fclose(pipes[i]);
	}
	free(line);
	while (wait(NULL) > 0)
		;
}

void jobs_take_evidence(struct jobs *w)
{
	json_t *part = w->evidence ? evidence_take(w->evidence) : NULL;

	if (part)
		evidence_add(w->found, part);
	json_decref(part);
}

static void run_here(struct jobs *w)
{
	for (unsigned i = 0; i < w->count; i++) {
		struct solver_counts counts = {0};

		if (!w->results[i])
			w->results[i] = one(w, i, &w->internal, &counts);
		solver_counts_add(&w->counts, counts);
		jobs_take_evidence(w);
		progress(w);
	}
}

/* The kept result of an instruction; one with witnesses serves who does not ask for them. The caller owns it; NULL. */
static json_t *kept(const struct jobs *w, struct cache *cache, unsigned i)
{
	struct options described = w->options;
	json_t *found;
	char key[72];

	cache_key(w->kind->name, w->isa, w->todo[i], &w->options, w->a->scenario, w->keys[i]);
	found = cache_get(cache, w->keys[i]);
	if (!found && !w->options.witnesses) {
		described.witnesses = true;
		cache_key(w->kind->name, w->isa, w->todo[i], &described, w->a->scenario, key);
		found = cache_get(cache, key);
	}
	return json_incref(found);
}

static bool run_all(struct jobs *w)
{
	struct cache *cache = w->a->no_cache || w->a->questions || w->evidence ? NULL : cache_open(w->a, w->isa);
	bool complete = true;

	for (unsigned i = 0; cache && i < w->count; i++)
		w->results[i] = kept(w, cache, i);
	if (w->a->jobs > 1 && !w->a->questions)
		run_workers(w, w->a->jobs);
	else
		run_here(w);
	for (unsigned i = 0; i < w->count; i++) {
		complete = complete && w->results[i];
		if (cache && w->results[i] && !w->internal && !cache_get(cache, w->keys[i]))
			cache_put(cache, w->keys[i], w->results[i]);
	}
	cache_close(cache);
	return complete;
}

static bool choose(struct jobs *w, struct arena *arena)
{
	unsigned n = 0;

	w->todo = ARENA_ARRAY(arena, const struct instruction *, w->isa->instruction_count);
	for (const struct instruction *i = w->isa->instructions; i; i = i->next, n++)
		if ((!w->only || w->only[n]) && (!w->a->instruction || !strcmp(w->a->instruction, i->name)))
			w->todo[w->count++] = i;
	w->results = ARENA_ARRAY(arena, json_t *, w->count + 1);
	w->keys = arena_alloc(arena, (w->count + 1) * sizeof *w->keys);
	if (!w->count && !w->only)
		fprintf(stderr, "isolde: %s has no instruction '%s'\n", w->isa->name, w->a->instruction);
	return w->count > 0 || w->only;
}

json_t *jobs_results(struct jobs *w, struct arena *arena, int *status)
{
	json_t *list;

	*status = EXIT_USAGE;
	if (!choose(w, arena))
		return NULL;
	*status = EXIT_INTERNAL;
	if (!run_all(w)) {
		fputs("isolde: internal error: a worker did not finish\n", stderr);
		return NULL;
	}
	list = json_array();
	for (unsigned i = 0; i < w->count; i++)
		json_array_append_new(list, w->results[i]);
	return list;
}

struct jobs jobs_of(const struct arguments *a, const struct isa *isa, const struct scenario *scenario, const struct job_kind *kind)
{
	struct jobs w = {.isa = isa, .a = a, .options = analysis_options(a), .scenario = scenario, .kind = kind};

	clock_gettime(CLOCK_MONOTONIC, &w.start);
	return w;
}

/* What --emit, --certify and --recheck want; false after a message. */
static bool open_evidence(struct jobs *w)
{
	const struct arguments *a = w->a;
	const struct evidence_options options = {w->isa->name, a->emit, a->recheck ? a->recheck_with : NULL, a->certify, a->seconds};

	if (!a->emit && !a->recheck && !a->certify)
		return true;
	w->evidence = evidence_new(&options);
	w->found = evidence_start(&options);
	w->options.listener = w->evidence ? evidence_listener(w->evidence) : NULL;
	return w->evidence;
}

bool jobs_open(struct jobs *w)
{
	if (w->a->questions && !(w->options.record = fopen(w->a->questions, "w"))) {
		perror(w->a->questions);
		return false;
	}
	return open_evidence(w);
}

void jobs_close(struct jobs *w)
{
	json_decref(w->found);
	evidence_free(w->evidence);
	if (w->options.record)
		fclose(w->options.record);
}

int jobs_status(const struct jobs *w, json_t *result, int status)
{
	if (w->found)
		json_object_set(result, "evidence", w->found);
	return w->internal || (w->found && evidence_disagrees(w->found)) ? EXIT_INTERNAL : status;
}

static void print_statistics(const struct jobs *w)
{
	struct timespec end;
	struct rusage self, children;
	double seconds;

	clock_gettime(CLOCK_MONOTONIC, &end);
	getrusage(RUSAGE_SELF, &self);
	getrusage(RUSAGE_CHILDREN, &children);
	seconds = (double)(end.tv_sec - w->start.tv_sec) + (double)(end.tv_nsec - w->start.tv_nsec) / 1e9;
	fprintf(stderr, "obligations %lu, folded %lu, repeated %lu, solved %lu, seconds %.3f, peak-kib %ld\n", w->counts.asked,
		w->counts.folded, w->counts.repeated, w->counts.solved, seconds,
		self.ru_maxrss > children.ru_maxrss ? self.ru_maxrss : children.ru_maxrss);
}

void jobs_report(const struct jobs *w)
{
	if (w->found && (!strcmp(w->a->format, "text") || !strcmp(w->a->format, "markdown")))
		report_evidence_text(w->found, stdout);
	if (w->a->statistics)
		print_statistics(w);
}

int jobs_command(const struct arguments *a, const struct job_kind *kind)
{
	struct arena *arena = arena_new();
	const struct isa *isa = load_spec(arena, a, a->words[0], NULL);
	const struct scenario *scenario;
	json_t *result = NULL;
	int status = EXIT_INPUT;
	struct jobs w;

	if (!isa)
		goto out;
	status = EXIT_USAGE;
	if (!find_scenario(isa, a, &scenario))
		goto out;
	w = jobs_of(a, isa, scenario, kind);
	status = EXIT_INPUT;
	if (jobs_open(&w))
		result = kind->all(&w, arena, &status);
	if (result) {
		kind->print(&w, result, &status);
		jobs_report(&w);
	}
	jobs_close(&w);
out:
	json_decref(result);
	arena_free(arena);
	return status;
}
