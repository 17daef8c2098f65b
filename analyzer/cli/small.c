/* The commands that fit on a page: list, ir, lint. */
#include "cli.h"

#include "../../reports/sink.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../emulator/device.h"

/* --- list --- */

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int described(const struct dirent *e)
{
	size_t n = strlen(e->d_name);

	return n > 5 && !strcmp(e->d_name + n - 5, ".yaml");
}

static int folder(const struct dirent *e)
{
	return e->d_type == DT_DIR && e->d_name[0] != '.';
}

/* Only the head of a file is looked at: what does not load is listed with what is wrong. */
static void list_file(const char *path)
{
	struct arena *arena = arena_new();
	struct diags *diags = diags_new(arena);
	struct source *s = source_read(arena, path, YAML_FILE_LIMIT, diags, (struct span){0});
	const struct sink out = {stdout, &plain_escaping};
	struct yaml *root = s ? yaml_read(arena, s, diags) : NULL, *name = yaml_peek(root, "long_name"), *kind = yaml_peek(root, "kind");

	if (!root)
		printf("%-40s (does not load: isolde lint says why)\n", path);
	else if (kind && kind->kind == YAML_SCALAR && strcmp(kind->text, "part")) {
		printf("%-40s ", path);
		put(&out, "%t\n", name && name->kind == YAML_SCALAR ? name->text : "");
	}
	arena_free(arena);
}

static int list_directory(const char *path, unsigned depth)
{
	struct dirent **entries;
	int count = scandir(path, &entries, described, by_name);
	struct buf file = {0};

	if (count < 0) {
		fprintf(stderr, "isolde: %s: %s\n", path, strerror(errno));
		return EXIT_INPUT;
	}
	for (int i = 0; i < count; i++) {
		file.length = 0;
		buf_printf(&file, "%s/%s", path, entries[i]->d_name);
		list_file(file.text);
		free(entries[i]);
	}
	free(entries);
	count = depth < 3 ? scandir(path, &entries, folder, by_name) : 0;
	for (int i = 0; i < count; i++) {
		file.length = 0;
		buf_printf(&file, "%s/%s", path, entries[i]->d_name);
		list_directory(file.text, depth + 1);
		free(entries[i]);
	}
	if (count > 0)
		free(entries);
	buf_free(&file);
	return EXIT_AS_EXPECTED;
}

/* Models, how much room they take, what they are, and their keys. */
static int list_devices(void)
{
	const struct device_model *m;

	for (unsigned i = 0; (m = device_model_number(i)); i++) {
		printf("%-13s %8llu %-9s  %s\n", m->name, (unsigned long long)m->size, m->words ? "registers" : "bytes", m->text);
		for (const char *const *k = m->keys; *k; k++)
			printf("%s%s%s", k == m->keys ? "              keys: " : ", ", *k, k[1] ? "" : "\n");
	}
	return EXIT_AS_EXPECTED;
}

int command_list(const struct arguments *a)
{
	if (a->devices)
		return list_devices();
	return list_directory(a->count ? a->words[0] : "isa-specs", 0);
}

/* --- ir --- */

int command_ir(const struct arguments *a)
{
	struct arena *arena = arena_new();
	struct isa *isa = load_spec(arena, a, a->words[0], NULL);
	int status = isa ? EXIT_AS_EXPECTED : EXIT_INPUT;
	struct buf out = {0};

	for (const struct ir_function *f = isa ? isa->functions : NULL; f; f = f->next) {
		struct ir_context context = isa->context;

		if (a->count > 1 && strcmp(a->words[1], f->name))
			continue;
		for (const struct instruction *i = isa->instructions; i; i = i->next)
			if (i->operation == f || i->valid == f)
				context = isa_context(isa, i);
		ir_print(&out, f, &context);
	}
	fputs(buf_text(&out), stdout);
	if (isa && !out.length) {
		fprintf(stderr, "isolde: %s has no function '%s'\n", isa->name, a->words[1]);
		status = EXIT_USAGE;
	}
	buf_free(&out);
	arena_free(arena);
	return status;
}

/* --- lint --- */

static int lint_file(const struct arguments *a, const char *path)
{
	struct arena *arena = arena_new();
	struct options options = analysis_options(a);
	struct diags *diags;
	struct isa *isa = load_spec(arena, a, path, &diags);
	int status;

	if (isa) {
		lint_encodings(isa, diags);
		prove_claims(isa, &options, diags);
	}
	diag_print(diags, stdout, use_colour(stdout));
	if (!a->quiet)
		printf("%s: %u error%s, %u warning%s\n", path, diag_errors(diags), diag_errors(diags) == 1 ? "" : "s",
		       diag_warnings(diags), diag_warnings(diags) == 1 ? "" : "s");
	status = !isa ? EXIT_INPUT : diag_errors(diags) ? EXIT_REFUTED : EXIT_AS_EXPECTED;
	arena_free(arena);
	return status;
}

int command_lint(const struct arguments *a)
{
	int worst = EXIT_AS_EXPECTED;

	for (unsigned i = 0; a->codes && i < DIAG_COUNT; i++)
		printf("%-14s %s\n", diag_code_name((enum diag_code)i), diag_code_text((enum diag_code)i));
	for (unsigned i = 0; i < a->count; i++) {
		int status = lint_file(a, a->words[i]);

		worst = status > worst ? status : worst;
	}
	return worst;
}
