/* isolde report: pages for people, files for machines, all from the same results. */
#include "cli.h"

#include "../../reports/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool is_refuted(const json_t *prove)
{
	json_t *s;
	size_t n;

	json_array_foreach(json_object_get(prove, "scenarios"), n, s)
		if (!strcmp(json_string_value(json_object_get(json_object_get(json_object_get(s, "theorem"), "equivalence"), "verdict")), "refuted"))
			return true;
	return false;
}

/* Adds advice, for what needs some. */
static void add_advice(json_t *book, const struct isa *isa, const struct arguments *a, const char *path, const struct scenario *scenario)
{
	struct arguments one = *a;
	json_t *advice;

	if (!a->advise || !is_refuted(json_object_get(book, "prove")))
		return;
	one.words[0] = path;
	advice = advise_all(isa, &one, scenario);
	if (advice)
		json_object_set_new(book, "advise", advice);
}

/* Everything that is known about one description; the caller owns it. NULL after a message. */
static json_t *book_of(const struct arguments *a, const char *path, int *status)
{
	struct arena *arena = arena_new();
	struct arguments described = *a;
	const struct scenario *scenario = NULL;
	struct isa *isa = load_spec(arena, a, path, NULL);
	json_t *check, *prove, *book = NULL;

	described.format = "json"; /* with witnesses */
	*status = isa ? EXIT_USAGE : EXIT_INPUT;
	if (isa && find_scenario(isa, a, &scenario)) {
		check = check_all(isa, &described, scenario, NULL);
		prove = check ? prove_all(isa, &described, scenario, status) : NULL;
		book = prove ? book_new(a, isa, check, prove) : NULL;
		if (book)
			add_advice(book, isa, &described, path, scenario);
		if (book && *status != EXIT_INTERNAL)
			*status = book_status(a, book);
		json_decref(check);
		json_decref(prove);
	}
	arena_free(arena);
	return book;
}

/* --- results of run --- */

static json_t *book_named(json_t *books, const char *isa)
{
	json_t *book;
	size_t n;

	json_array_foreach(books, n, book)
		if (!strcmp(json_string_value(json_object_get(json_object_get(book, "check"), "isa")), isa))
			return book;
	return NULL;
}

/* Puts one result of run beside the description that it ran; false after a message. */
static bool add_run(json_t *books, const char *path)
{
	json_error_t error;
	json_t *run = json_load_file(path, 0, &error), *book;
	const char *isa = json_string_value(json_object_get(run, "isa"));

	if (!run)
		fprintf(stderr, "isolde: %s:%d:%d: %s\n", path, error.line, error.column, error.text);
	else if (!isa || !(json_object_get(run, "machines") || json_object_get(run, "techniques")))
		fprintf(stderr, "isolde: %s: not a result of isolde run --format json\n", path);
	else if (!(book = book_named(books, isa)))
		fprintf(stderr, "isolde: %s: a run of %s, which is not in this report\n", path, isa);
	else {
		if (!json_object_get(book, "runs"))
			json_object_set_new(book, "runs", json_array());
		json_array_append_new(json_object_get(book, "runs"), run);
		return true;
	}
	json_decref(run);
	return false;
}

static bool add_runs(json_t *books, const char *list)
{
	char *copy = list ? strdup(list) : NULL, *rest = copy, *path;
	bool good = true;

	while (good && rest && (path = strsep(&rest, ",")))
		good = add_run(books, path);
	free(copy);
	return good;
}

/* --- files --- */

typedef void writer(const json_t *book, FILE *out);

static bool write_file(const char *directory, const char *name, const char *ending, writer *write, const json_t *book)
{
	struct buf path = {0};
	FILE *out;
	bool good;

	buf_printf(&path, "%s/%s%s", directory, name, ending);
	out = fopen(path.text, "w");
	if (out)
		write(book, out);
	good = out && !ferror(out);
	if (out && fclose(out))
		good = false;
	if (!good)
		fprintf(stderr, "isolde: %s: %s\n", path.text, strerror(errno));
	buf_free(&path);
	return good;
}

static const char *name_of(const json_t *book)
{
	return json_string_value(json_object_get(json_object_get(book, "check"), "isa"));
}

static bool write_book(const char *directory, const json_t *book)
{
	static const struct { const char *ending; writer *write; } files[] = {
		{".html", report_html}, {".md", report_markdown}, {".json", report_json}, {".baseline.json", report_baseline}, {".sarif", report_sarif}, {".junit.xml", report_junit}};

	for (unsigned i = 0; i < sizeof files / sizeof *files; i++)
		if (!write_file(directory, name_of(book), files[i].ending, files[i].write, book))
			return false;
	return true;
}

/* Two descriptions of one name would write the same files. */
static bool names_differ(const json_t *books)
{
	const json_t *a, *b;
	size_t n, m;

	json_array_foreach(books, n, a)
		json_array_foreach(books, m, b)
			if (m > n && !strcmp(name_of(a), name_of(b))) {
				fprintf(stderr, "isolde: two descriptions are named '%s'; a report holds one of them\n", name_of(a));
				return false;
			}
	return true;
}

static bool make_directory(const char *path)
{
	if (!mkdir(path, 0777) || errno == EEXIST)
		return true;
	fprintf(stderr, "isolde: %s: %s\n", path, strerror(errno));
	return false;
}

static bool write_all(const struct arguments *a, const json_t *books)
{
	const json_t *book;
	bool good = make_directory(a->output);
	size_t n;

	json_array_foreach(books, n, book)
		good = good && write_book(a->output, book);
	good = good && write_file(a->output, "index", ".html", report_index, books);
	if (good && !a->quiet)
		printf("%s/index.html\n", a->output);
	return good;
}

int command_report(const struct arguments *a)
{
	json_t *books = json_array();
	int status = EXIT_AS_EXPECTED;

	if (!a->output) {
		fputs("isolde: report needs --output DIRECTORY (or -o)\n", stderr);
		status = EXIT_USAGE;
	}
	for (unsigned i = 0; i < a->count && a->output; i++) {
		int one;
		json_t *book = book_of(a, a->words[i], &one);

		if (!book) {
			json_decref(books);
			return one;
		}
		json_array_append_new(books, book);
		status = status == EXIT_REFUTED || one == EXIT_REFUTED ? EXIT_REFUTED : one > status ? one : status;
	}
	if (a->output && (!names_differ(books) || !add_runs(books, a->runs)))
		status = EXIT_USAGE;
	else if (a->output && !write_all(a, books))
		status = EXIT_INPUT;
	json_decref(books);
	return status;
}
