#include "cli.h"

#include <string.h>

#ifndef ISOLDE_VERSION
#define ISOLDE_VERSION "0.1"
#endif

struct options analysis_options(const struct arguments *a)
{
	bool described = a->command == COMMAND_explain || strcmp(a->format, "text") || a->baseline;

	return (struct options){.rlimit = a->rlimit, .adversarial = a->adversarial, .processor = a->processor, .witnesses = described};
}

struct isa *load_spec(struct arena *arena, const struct arguments *a, const char *path, struct diags **diags)
{
	struct diags *d = diags_new(arena);
	struct isa *isa = isa_load(arena, path, a->overlay, d);

	if (diags)
		*diags = d;
	else if (diag_errors(d) || !a->quiet)
		diag_print(d, stderr, use_colour(stderr));
	return isa;
}

bool find_scenario(const struct isa *isa, const struct arguments *a, const struct scenario **scenario)
{
	*scenario = NULL;
	if (!a->scenario)
		return true;
	for (const struct scenario *s = isa->scenarios; s; s = s->next)
		if (!strcmp(s->name, a->scenario)) {
			*scenario = s;
			return true;
		}
	fprintf(stderr, "isolde: %s has no scenario '%s'; it has", isa->name, a->scenario);
	for (const struct scenario *s = isa->scenarios; s; s = s->next)
		fprintf(stderr, " %s", s->name);
	fputc('\n', stderr);
	return false;
}

static int command_man(const struct arguments *a)
{
	(void)a;
	arguments_manual(stdout);
	return EXIT_AS_EXPECTED;
}

static int command_completion(const struct arguments *a)
{
	(void)a;
	arguments_completion(stdout);
	return EXIT_AS_EXPECTED;
}

static int command_version(const struct arguments *a)
{
	(void)a;
	puts("isolde " ISOLDE_VERSION);
	return EXIT_AS_EXPECTED;
}

static int command_help(const struct arguments *a)
{
	char *words[2] = {"isolde", (char *)a->words[0]};
	struct arguments about;
	enum command c = COMMAND_COUNT;

	if (a->count && !command_named(a->words[0], &c)) {
		arguments_read(&about, 2, words); /* says that there is no such command */
		return EXIT_USAGE;
	}
	arguments_help(c, stdout);
	return EXIT_AS_EXPECTED;
}

int main(int argc, char **argv)
{
	static int (*const functions[])(const struct arguments *) = {
#define COMMAND_FUNCTION(name, arguments, text) command_##name,
		COMMANDS(COMMAND_FUNCTION)
#undef COMMAND_FUNCTION
	};
	struct arguments a;
	int status;

	if (!arguments_read(&a, argc, argv))
		return EXIT_USAGE;
	status = functions[a.command](&a);
	if (fflush(stdout) || ferror(stdout)) {
		perror("isolde: standard output");
		return EXIT_INTERNAL;
	}
	return status;
}
