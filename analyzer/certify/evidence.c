#include "evidence.h"

#include "certify.h"
#include "process.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_ROOM = 4096, SLUG_MAX = 120, TABLE = 4096 };

struct evidence {
	struct evidence_options options;
	struct solver_listener listener;
	char directory[PATH_ROOM]; /* for files of the moment; made when first needed, by each process its own */
	pid_t owner;
	struct heard { uint64_t hash; struct heard *next; } *heard[TABLE];
	struct arena *arena; /* of what was heard since the last call */
	json_t *found;
};

/* The counts of evidence_take, and the lists. */
static const char *const counts[] = {"asked", "obligations", "constant", "distinct", "inexpressible", "emitted", "certified", "folded",
				     "clauses", "lemmas", "lemmas_checked", "rechecked", "agreed", NULL};
static const char *const lists[] = {"uncertified", "unconfirmed", "disagreements", NULL};

static json_t *nothing_found(void)
{
	json_t *found = json_object();

	for (unsigned i = 0; counts[i]; i++)
		json_object_set_new(found, counts[i], json_integer(0));
	for (unsigned i = 0; lists[i]; i++)
		json_object_set_new(found, lists[i], json_array());
	return found;
}

static void count(struct evidence *e, const char *what, unsigned long n)
{
	json_object_set_new(e->found, what, json_integer(json_integer_value(json_object_get(e->found, what)) + (json_int_t)n));
}

static void list(struct evidence *e, const char *what, const char *topic, const char *file, const char *why)
{
	json_array_append_new(json_object_get(e->found, what), json_pack("{s:s%, s:s, s:s}", "obligation", topic, strcspn(topic, "\n"), "file",
									 file, "why", why));
}

static bool first_time(struct evidence *e, uint64_t hash)
{
	struct heard **slot = &e->heard[hash % TABLE], *h;

	for (h = *slot; h; h = h->next)
		if (h->hash == hash)
			return false;
	h = ARENA_NEW(e->arena, struct heard);
	h->hash = hash;
	h->next = *slot;
	*slot = h;
	return true;
}

/* A file name for the question: what it is about, and its content. */
static void name_of(const struct evidence *e, const char *topic, uint64_t hash, char *name)
{
	char *at = name;

	for (const char *part = e->options.isa; part; part = part == topic ? NULL : topic) {
		for (const char *c = part; *c && *c != '\n' && at < name + SLUG_MAX; c++)
			if (isalnum((unsigned char)*c))
				*at++ = *c;
			else if (at > name && at[-1] != '-')
				*at++ = '-';
		if (at > name && at[-1] != '-')
			*at++ = '-';
	}
	snprintf(at, 32, "%016llx.smt2", (unsigned long long)hash);
}

static bool own_directory(struct evidence *e)
{
	const char *parent = getenv("TMPDIR");

	if (e->owner == getpid())
		return true;
	snprintf(e->directory, sizeof e->directory, "%s/isolde-XXXXXX", parent && *parent ? parent : "/tmp");
	if (!mkdtemp(e->directory))
		return false;
	e->owner = getpid();
	return true;
}

static bool write_question(const struct formula *f, const char *topic, enum answer answer, const char *path)
{
	FILE *out = fopen(path, "w");

	if (!out) {
		perror(path);
		return false;
	}
	formula_write(f, topic, answer == ANSWER_UNSAT ? "unsat" : answer == ANSWER_SAT ? "sat" : "unknown", out);
	return !fclose(out);
}

static void certify_question(struct evidence *e, const struct formula *f, const char *topic, const char *name)
{
	struct certificate_size size = {0};
	enum certificate c = own_directory(e) ? certify(f, e->directory, e->options.seconds, &size) : CERTIFICATE_FAILED;

	count(e, "clauses", size.clauses);
	count(e, "lemmas", size.lemmas);
	count(e, "lemmas_checked", size.checked);
	if (c == CERTIFICATE_CHECKED || c == CERTIFICATE_FOLDED)
		count(e, c == CERTIFICATE_CHECKED ? "certified" : "folded", 1);
	else if (c == CERTIFICATE_SATISFIABLE || c == CERTIFICATE_REFUSED)
		list(e, "disagreements", topic, name, certificate_names[c]);
	else
		list(e, "uncertified", topic, name, certificate_names[c]);
}

/* The first line of the file, without its end. */
static void first_line(const char *path, char *line, int room)
{
	FILE *in = fopen(path, "r");

	if (!in || !fgets(line, room, in))
		*line = 0;
	line[strcspn(line, "\r\n")] = 0;
	if (in)
		fclose(in);
}

static void recheck_question(struct evidence *e, const char *path, const char *topic, const char *name)
{
	char script[PATH_ROOM], output[PATH_ROOM + 10], line[200];
	const char *const argv[] = {"sh", "-c", script, path, NULL};
	int status;

	snprintf(script, sizeof script, "exec timeout -k 1 %u %s \"$0\"", e->options.seconds, e->options.recheck);
	snprintf(output, sizeof output, "%s/output", e->directory);
	status = process_run(argv, output);
	first_line(output, line, sizeof line);
	count(e, "rechecked", 1);
	if (!strcmp(line, "unsat"))
		count(e, "agreed", 1);
	else if (!strcmp(line, "sat"))
		list(e, "disagreements", topic, name, "sat");
	else
		list(e, "unconfirmed", topic, name, status == 124 ? "timeout" : *line ? line : "no answer");
}

static void examine(struct evidence *e, const struct formula *f, const char *topic, enum answer answer, uint64_t hash)
{
	char name[SLUG_MAX + 40], path[2 * PATH_ROOM];
	bool recheck = e->options.recheck && answer == ANSWER_UNSAT && own_directory(e);

	name_of(e, topic, hash, name);
	snprintf(path, sizeof path, "%s/%s", e->options.emit ? e->options.emit : e->directory, e->options.emit ? name : "question.smt2");
	if ((e->options.emit || recheck) && write_question(f, topic, answer, path))
		count(e, "emitted", e->options.emit != NULL);
	if (e->options.certify && answer == ANSWER_UNSAT)
		certify_question(e, f, topic, name);
	if (recheck)
		recheck_question(e, path, topic, name);
}

static void heard(void *context, struct solver *s, const char *topic, struct value formula, enum answer answer)
{
	struct evidence *e = context;
	struct arena *scratch = arena_new();
	struct formula *f = solver_formula(s, scratch, formula);
	uint64_t hash = f ? formula_hash(f) : 0;

	count(e, "asked", 1);
	count(e, "obligations", answer == ANSWER_UNSAT);
	if (!f) {
		count(e, "inexpressible", 1);
		list(e, "uncertified", topic, "", "not of bit-vectors, arrays and functions alone");
	} else if (formula_is(f, false)) {
		count(e, "constant", 1);
	} else if (first_time(e, hash)) {
		count(e, "distinct", answer == ANSWER_UNSAT);
		examine(e, f, topic, answer, hash);
	}
	arena_free(scratch);
}

struct evidence *evidence_new(const struct evidence_options *options)
{
	struct evidence *e;

	if (options->emit && mkdir(options->emit, 0777) && errno != EEXIST) {
		perror(options->emit);
		return NULL;
	}
	e = must_alloc(sizeof *e);
	memset(e, 0, sizeof *e);
	e->options = *options;
	e->listener = (struct solver_listener){heard, e};
	e->arena = arena_new();
	e->found = nothing_found();
	return e;
}

void evidence_free(struct evidence *e)
{
	static const char *const files[] = {"formula.cnf", "proof.drat", "output", "question.smt2"};
	char path[PATH_ROOM + 20];

	if (!e)
		return;
	for (unsigned i = 0; e->owner == getpid() && i < sizeof files / sizeof *files; i++) {
		snprintf(path, sizeof path, "%s/%s", e->directory, files[i]);
		unlink(path);
	}
	if (e->owner == getpid())
		rmdir(e->directory);
	json_decref(e->found);
	arena_free(e->arena);
	free(e);
}

const struct solver_listener *evidence_listener(struct evidence *e)
{
	return &e->listener;
}

json_t *evidence_take(struct evidence *e)
{
	json_t *found = e->found;

	e->found = nothing_found();
	memset(e->heard, 0, sizeof e->heard);
	arena_free(e->arena);
	e->arena = arena_new();
	return found;
}

json_t *evidence_start(const struct evidence_options *options)
{
	json_t *total = nothing_found();

	json_object_set_new(total, "certify", json_boolean(options->certify));
	if (options->recheck)
		json_object_set_new(total, "recheck", json_string(options->recheck));
	if (options->emit)
		json_object_set_new(total, "emit", json_string(options->emit));
	return total;
}

void evidence_add(json_t *total, const json_t *part)
{
	for (unsigned i = 0; counts[i]; i++)
		json_object_set_new(total, counts[i], json_integer(json_integer_value(json_object_get(total, counts[i])) +
								   json_integer_value(json_object_get(part, counts[i]))));
	for (unsigned i = 0; lists[i]; i++)
		json_array_extend(json_object_get(total, lists[i]), json_object_get(part, lists[i]));
}

bool evidence_disagrees(const json_t *total)
{
	return json_array_size(json_object_get(total, "disagreements"));
}
