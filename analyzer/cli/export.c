/* isolde export-tests: what must trap, as programs for real implementations. How a program looks is the description's affair (tests:). */
#include "../../emulator/image.h"
#include "cli.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static const char *part(const struct isa *isa, const char *key)
{
	const struct yaml *node = yaml_peek(isa->tests, key);

	return node ? node->text : "";
}

/* {name} in the text becomes what stands for it. */
static void fill(FILE *out, const char *text, const char *const (*names)[2], unsigned count)
{
	while (*text) {
		size_t n = strcspn(text, "{");
		bool found = false;

		fwrite(text, 1, n, out);
		text += n;
		for (unsigned i = 0; *text && i < count && !found; i++) {
			size_t length = strlen(names[i][0]);

			if (strncmp(text, names[i][0], length))
				continue;
			fputs(names[i][1], out);
			text += length;
			found = true;
		}
		if (*text && !found)
			fputc(*text++, out);
	}
}

static FILE *create(const char *directory, const char *name)
{
	char path[4096];
	FILE *out;

	snprintf(path, sizeof path, "%s/%s", directory, name);
	out = fopen(path, "w");
	if (!out)
		perror(path);
	return out;
}

static const struct instruction *instruction_named(const struct isa *isa, const char *name)
{
	const struct instruction *i = isa->instructions;

	while (strcmp(i->name, name))
		i = i->next;
	return i;
}

/* A test's encoding in units of storage: the witness's variables, put in. */
static struct encoded encoded(struct arena *arena, const struct isa *isa, const json_t *test)
{
	const struct instruction *i = instruction_named(isa, json_string_value(json_object_get(test, "instruction")));
	const json_t *variables = json_object_get(json_object_get(test, "encoding"), "variables");
	u128 *values = ARENA_ARRAY(arena, u128, i->variable_count + 1);
	struct encoded out;

	for (unsigned v = 0; v < i->variable_count; v++) {
		const char *text = json_string_value(json_object_get(variables, i->variables[v].name));

		bits_parse(text, strlen(text), &values[v]);
	}
	if (!encode_instruction(arena, isa, i, values, &out))
		out.count = 0;
	return out;
}

/* The units with commas, the lowest address first. */
static const char *units_text(struct arena *arena, const struct encoded *e)
{
	struct buf text = {0};
	const char *copy;

	for (unsigned i = 0; i < e->count; i++)
		buf_printf(&text, "%s0x%llx", i ? ", " : "", (unsigned long long)e->units[i]);
	copy = arena_copy(arena, buf_text(&text), text.length);
	buf_free(&text);
	return copy;
}

static void write_test(FILE *out, const struct isa *isa, const json_t *test, unsigned number)
{
	struct arena *arena = arena_new();
	struct encoded e = encoded(arena, isa, test);
	const char *const names[][2] = {
		{"{number}", arena_printf(arena, "%u", number)},
		{"{length}", arena_printf(arena, "%u", e.count)},
		{"{name}", json_string_value(json_object_get(test, "instruction"))},
		{"{bits}", json_string_value(json_object_get(json_object_get(test, "encoding"), "bits"))},
		{"{units}", units_text(arena, &e)},
	};

	fill(out, part(isa, "test"), names, 5);
	arena_free(arena);
}

/* Names for what a scenario may set: `{CR4.UMIP}` is its value in this one, or what reset leaves. *count of them. */
static const char *const (*host_names(struct arena *arena, const struct isa *isa, const struct scenario *s, unsigned level, unsigned *count))[2]
{
	const char *(*names)[2] = arena_alloc(arena, (isa->component_count + 1) * sizeof *names);
	char value[BITS_TEXT];

	*count = 0;
	names[*count][0] = "{level}";
	names[(*count)++][1] = arena_printf(arena, "%s", bits_hex(isa->levels[level].value, value));
	for (unsigned c = 0; c < isa->component_count; c++) {
		u128 set = isa->components[c].reset;

		for (unsigned i = 0; i < s->host_count; i++)
			set = s->host[i].component == c ? s->host[i].value : set;
		names[*count][0] = arena_printf(arena, "{%s}", isa->components[c].name);
		names[(*count)++][1] = arena_printf(arena, "%s", bits_hex(set, value));
	}
	return (const char *const (*)[2])names;
}

/* The program for one real level; *count is how many tests it has. */
static bool write_program(const struct isa *isa, const struct scenario *s, const char *directory, unsigned level, const json_t *tests, unsigned *count)
{
	struct arena *arena = arena_new();
	unsigned name_count;
	const char *const (*names)[2] = host_names(arena, isa, s, level, &name_count);
	char name[256];
	json_t *test;
	FILE *out;
	size_t n;

	*count = 0;
	snprintf(name, sizeof name, "%s-%s-must-trap-in-%s.s", isa->name, s->name, isa->levels[level].name);
	out = create(directory, name);
	if (out)
		fill(out, part(isa, "before"), names, name_count);
	arena_free(arena);
	if (!out)
		return false;
	json_array_foreach(tests, n, test) {
		if (!strcmp(json_string_value(json_object_get(test, "level")), isa->levels[level].name))
			write_test(out, isa, test, ++*count);
	}
	fill(out, part(isa, "after"), NULL, 0);
	return !fclose(out);
}

static bool write_all(const struct isa *isa, const struct scenario *s, const char *directory, const json_t *tests)
{
	FILE *out;

	if (mkdir(directory, 0777) && errno != EEXIST) {
		perror(directory);
		return false;
	}
	for (unsigned v = 0; v < isa->level_count; v++) {
		bool real = false;
		unsigned count;

		for (unsigned g = 0; g < isa->level_count; g++)
			real = real || (s->map[g] == (int)v && s->deprivileged[g]);
		if (!real)
			continue;
		if (!write_program(isa, s, directory, v, tests, &count))
			return false;
		printf("%s: %u encodings must trap in %s\n", directory, count, isa->levels[v].name);
	}
	out = create(directory, "Makefile");
	if (!out)
		return false;
	fputs(part(isa, "build"), out);
	return !fclose(out);
}

int command_export_tests(const struct arguments *a)
{
	struct arena *arena = arena_new();
	const struct isa *isa = load_spec(arena, a, a->words[0], NULL);
	struct options options = analysis_options(a);
	const struct scenario *s;
	unsigned internal = 0;
	int status = isa ? EXIT_USAGE : EXIT_INPUT;

	if (isa && find_scenario(isa, a, &s)) {
		status = EXIT_INPUT;
		for (const struct scenario *k = isa->scenarios; k && !s; k = k->next)
			s = k->is_default ? k : NULL;
		if (!isa->tests) {
			fprintf(stderr, "isolde: %s does not say how a test program looks (tests:)\n", isa->name);
		} else {
			json_t *tests = must_trap_json(isa, s, &options, &internal);

			if (write_all(isa, s, a->output ? a->output : "tests-exported", tests))
				status = internal ? EXIT_INTERNAL : EXIT_AS_EXPECTED;
			json_decref(tests);
		}
	}
	arena_free(arena);
	return status;
}
