#include "cli.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum option_kind { KIND_text, KIND_number, KIND_flag };

static const struct option_row {
	const char *name, *argument, *commands, *text;
	enum option_kind kind;
	size_t offset;
} rows[] = {
#define OPTION_ROW(name, kind, argument, initial, commands, text) \
	{#name, argument, commands, text, KIND_##kind, offsetof(struct arguments, name)},
	OPTIONS(OPTION_ROW)
#undef OPTION_ROW
};
enum { ROWS = sizeof rows / sizeof *rows };

static const struct { const char *name, *arguments, *text; } commands[] = {
#define COMMAND_ROW(name, arguments, text) {#name, arguments, text},
	COMMANDS(COMMAND_ROW)
#undef COMMAND_ROW
};

/* no_cache is written --no-cache. */
static bool named(const char *name, const char *word, size_t length)
{
	if (strlen(name) != length)
		return false;
	for (size_t i = 0; i < length; i++)
		if (name[i] != word[i] && !(name[i] == '_' && word[i] == '-'))
			return false;
	return true;
}

static const char *dashed(const char *name, char *text)
{
	strcpy(text, name);
	for (char *c = text; *c; c++)
		if (*c == '_')
			*c = '-';
	return text;
}

static bool has_word(const char *list, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = strstr(list, word); at; at = strstr(at + 1, word))
		if ((at == list || at[-1] == ' ') && (at[n] == ' ' || !at[n]))
			return true;
	return false;
}

static const char *next_option(void *context)
{
	unsigned *i = context;

	return *i < ROWS ? rows[(*i)++].name : NULL;
}

static const char *next_command(void *context)
{
	unsigned *i = context;

	return *i < COMMAND_COUNT ? commands[(*i)++].name : NULL;
}

static bool wrong(const char *format, const char *word, const char *near)
{
	fputs("isolde: ", stderr);
	fprintf(stderr, format, word);
	if (near)
		fprintf(stderr, "; did you mean '%s'?", near);
	fputs("\ntry 'isolde help'\n", stderr);
	return false;
}

static bool set(struct arguments *a, const struct option_row *row, const char *value)
{
	void *member = (char *)a + row->offset;
	u128 number;

	if (row->kind == KIND_flag) {
		*(bool *)member = true;
	} else if (row->kind == KIND_text) {
		*(const char **)member = value;
	} else {
		if (bits_parse(value, strlen(value), &number) || number > 0xffffffffu)
			return wrong("'%s' is not a number", value, NULL);
		*(unsigned *)member = (unsigned)number;
	}
	return true;
}

static bool read_option(struct arguments *a, int argc, char **argv, int *at)
{
	const char *word = argv[*at] + 2, *equals = strchr(word, '=');
	size_t length = equals ? (size_t)(equals - word) : strlen(word);
	unsigned i = 0;

	for (i = 0; i < ROWS && !named(rows[i].name, word, length); i++)
		;
	if (i == ROWS) {
		unsigned start = 0;

		return wrong("there is no option '%s'", argv[*at], nearest_name(word, next_option, &start));
	}
	if (!has_word(rows[i].commands, commands[a->command].name)) {
		fprintf(stderr, "isolde: '%s' takes no option '%s'\n", commands[a->command].name, argv[*at]);
		return false;
	}
	if (rows[i].kind == KIND_flag)
		return equals ? wrong("'%s' takes no value", argv[*at], NULL) : set(a, &rows[i], NULL);
	if (equals)
		return set(a, &rows[i], equals + 1);
	if (++*at == argc)
		return wrong("'%s' needs a value", argv[*at - 1], NULL);
	return set(a, &rows[i], argv[*at]);
}

static bool one_of(const char *option, const char *value, const char *const *words)
{
	for (; *words; words++)
		if (!value || !strcmp(value, *words))
			return true;
	fprintf(stderr, "isolde: --%s cannot be '%s'\ntry 'isolde help'\n", option, value);
	return false;
}

static bool check_values(const struct arguments *a)
{
	static const char *const formats[] = {"text", "json", "markdown", "sarif", "junit", "baseline", NULL}, *const profiles[] = {"1974", "extended", NULL};

	static const char *const of_check[] = {"sarif", "junit", "baseline"};

	for (unsigned i = 0; i < sizeof of_check / sizeof *of_check; i++)
		if (!strcmp(a->format, of_check[i]) && a->command != COMMAND_check)
			return wrong("only 'check' has the format '%s'", a->format, NULL);
	if (a->jobs < 1 || a->jobs > 64)
		return wrong("%s", "--jobs is 1 to 64", NULL);
	return one_of("format", a->format, formats) && one_of("profile", a->profile, profiles);
}

bool command_named(const char *word, enum command *command)
{
	for (unsigned i = 0; i < COMMAND_COUNT; i++)
		if (named(commands[i].name, word, strlen(word))) {
			*command = (enum command)i;
			return true;
		}
	return false;
}

static bool read_command(struct arguments *a, const char *word)
{
	unsigned start = 0;

	if (!strcmp(word, "--help") || !strcmp(word, "-h"))
		word = "help";
	if (!strcmp(word, "--version"))
		word = "version";
	if (command_named(word, &a->command))
		return true;
	return wrong("there is no command '%s'", word, nearest_name(word, next_command, &start));
}

static bool enough_words(const struct arguments *a)
{
	static const struct { enum command command; unsigned least, most; } needs[] = {
		{COMMAND_check, 1, 1}, {COMMAND_explain, 2, 2}, {COMMAND_prove, 0, 1}, {COMMAND_advise, 1, 1}, {COMMAND_lint, 0, 16}, {COMMAND_list, 0, 1},
		{COMMAND_new, 1, 1}, {COMMAND_mutate, 1, 1}, {COMMAND_ir, 1, 2}, {COMMAND_run, 2, 16}, {COMMAND_asm, 2, 2}, {COMMAND_disasm, 2, 2},
		{COMMAND_validate, 0, 1}, {COMMAND_step, 2, 16},
		{COMMAND_compare, 0, 16}, {COMMAND_man, 0, 0}, {COMMAND_completion, 0, 0}, {COMMAND_help, 0, 1}, {COMMAND_version, 0, 0},
		{COMMAND_export_tests, 1, 1}, {COMMAND_report, 1, 64}, {COMMAND_diff, 2, 2}};

	for (unsigned i = 0; i < sizeof needs / sizeof *needs; i++)
		if (needs[i].command == a->command && (a->count < needs[i].least || a->count > needs[i].most)) {
			fprintf(stderr, "isolde: usage: isolde %s %s\n", commands[a->command].name, commands[a->command].arguments);
			return false;
		}
	if (a->command == COMMAND_prove && a->count == a->theorem) {
		fputs("isolde: usage: isolde prove SPEC, or isolde prove --theorem\n", stderr);
		return false;
	}
	if (a->command == COMMAND_lint && !a->count && !a->codes) {
		fputs("isolde: usage: isolde lint SPEC...\n", stderr);
		return false;
	}
	return true;
}

bool arguments_read(struct arguments *a, int argc, char **argv)
{
	bool words_only = false;

	*a = (struct arguments){
#define OPTION_DEFAULT(name, kind, argument, initial, commands, text) .name = initial,
		OPTIONS(OPTION_DEFAULT)
#undef OPTION_DEFAULT
	};
	if (argc < 2) {
		arguments_help(COMMAND_COUNT, stderr);
		return false;
	}
	if (!read_command(a, argv[1]))
		return false;
	for (int i = 2; i < argc; i++) {
		if (!words_only && !strcmp(argv[i], "-o"))
			argv[i] = "--output";
		if (!words_only && !strcmp(argv[i], "--")) {
			words_only = true;
		} else if (!words_only && !strncmp(argv[i], "--", 2)) {
			if (!read_option(a, argc, argv, &i))
				return false;
		} else if (a->count == sizeof a->words / sizeof *a->words) {
			return wrong("too many words: '%s'", argv[i], NULL);
		} else {
			a->words[a->count++] = argv[i];
		}
	}
	return check_values(a) && enough_words(a);
}

static void help_options(enum command command, FILE *out)
{
	char text[40];

	for (unsigned i = 0; i < ROWS; i++) {
		if (command != COMMAND_COUNT && !has_word(rows[i].commands, commands[command].name))
			continue;
		fprintf(out, "  --%s%s%-*s %s\n", dashed(rows[i].name, text), rows[i].argument ? " " : "",
			(int)(30 - strlen(rows[i].name) - (rows[i].argument ? 1 : 0)), rows[i].argument ? rows[i].argument : "",
			rows[i].text);
	}
}

static const char exit_text[] = "Exit status: 0 as expected, 1 refuted or not as expected, 2 usage, 3 undecided, 4 bad input, 5 internal error\n";

void arguments_help(enum command command, FILE *out)
{
	char text[40];

	if (command != COMMAND_COUNT) {
		fprintf(out, "isolde %s %s\n  %s\n", dashed(commands[command].name, text), commands[command].arguments, commands[command].text);
		help_options(command, out);
		return;
	}
	fputs("isolde: can this instruction set be virtualized? (Popek and Goldberg, 1974)\n\n", out);
	for (unsigned i = 0; i < COMMAND_COUNT; i++)
		fprintf(out, "  isolde %-12s %-18s %s\n", dashed(commands[i].name, text), commands[i].arguments, commands[i].text);
	fputs("\nOptions\n", out);
	help_options(COMMAND_COUNT, out);
	fprintf(out, "\n%s", exit_text);
}

void arguments_manual(FILE *out)
{
	char text[40];

	fputs(".TH ISOLDE 1\n.SH NAME\nisolde \\- decide whether an instruction set can be virtualized\n.SH SYNOPSIS\n", out);
	for (unsigned i = 0; i < COMMAND_COUNT; i++)
		fprintf(out, ".B isolde %s\n.I %s\n.br\n", dashed(commands[i].name, text), *commands[i].arguments ? commands[i].arguments : "\\&");
	fputs(".SH DESCRIPTION\nIsolde reads the description of an instruction set, with the semantics of every instruction, "
	      "classifies each instruction by the definitions of Popek and Goldberg (1974), with a proof or a replayed witness, and "
	      "decides their theorems.\n.SH COMMANDS\n", out);
	for (unsigned i = 0; i < COMMAND_COUNT; i++)
		fprintf(out, ".TP\n.B %s\n%s.\n", dashed(commands[i].name, text), commands[i].text);
	fputs(".SH OPTIONS\n", out);
	for (unsigned i = 0; i < ROWS; i++)
		fprintf(out, ".TP\n.BI \\-\\-%s \" %s\"\n%s (%s).\n", dashed(rows[i].name, text), rows[i].argument ? rows[i].argument : "",
			rows[i].text, rows[i].commands);
	fprintf(out, ".SH ENVIRONMENT\n.TP\n.B NO_COLOR\nno colour.\n.TP\n.B XDG_CACHE_HOME\nwhere results are kept.\n"
		     ".SH EXIT STATUS\n%s", exit_text);
}

void arguments_completion(FILE *out)
{
	char text[40];

	fputs("# bash completion for isolde\n_isolde() {\n  local word=${COMP_WORDS[COMP_CWORD]}\n  if [ \"$COMP_CWORD\" = 1 ]; then\n"
	      "    COMPREPLY=($(compgen -W '", out);
	for (unsigned i = 0; i < COMMAND_COUNT; i++)
		fprintf(out, "%s%s", i ? " " : "", dashed(commands[i].name, text));
	fputs("' -- \"$word\"))\n    return\n  fi\n  case ${COMP_WORDS[1]} in\n", out);
	for (unsigned c = 0; c < COMMAND_COUNT; c++) {
		fprintf(out, "  %s) words='", dashed(commands[c].name, text));
		for (unsigned i = 0; i < ROWS; i++)
			if (has_word(rows[i].commands, commands[c].name))
				fprintf(out, "--%s ", dashed(rows[i].name, text));
		fputs("' ;;\n", out);
	}
	fputs("  *) words= ;;\n  esac\n  COMPREPLY=($(compgen -W \"$words\" -- \"$word\") $(compgen -f -X '!*.yaml' -- \"$word\"))\n"
	      "}\ncomplete -o filenames -F _isolde isolde\n", out);
}

bool use_colour(FILE *out)
{
	const char *off = getenv("NO_COLOR");

	return (!off || !*off) && isatty(fileno(out));
}
