/* The command line itself: words, the table of commands, help. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "debugger.h"

static debug_function command_help;

/* In the order in which an abbreviation finds them. */
static const struct {
	const char *name, *arguments, *text;
	debug_function *function;
} commands[] = {
	{"help", "[COMMAND]", "this list; names may be cut short", command_help},
	{"step", "[N]", "execute one instruction, or N; shows what changed, traps, loads and stores", command_step_one},
	{"next", "", "the same, but a call or a trap is executed until it has returned", command_next},
	{"continue", "[STEPS]", "run to a breakpoint, to the end, or for so many steps", command_continue},
	{"until", "ADDRESS", "run until the processor is there", command_until},
	{"finish", "", "run until the level is lower than now: a trap handler returns", command_finish},
	{"break", "[ADDRESS | trap [CAUSE]]", "stop before this instruction, or when a trap has entered; without a word: list", command_break},
	{"watch", "ADDRESS [COUNT]", "stop after a store to memory there", command_watch},
	{"registers", "[NAME | ROLE | all]", "general registers and pc; one register with its fields; those of a role", command_registers},
	{"set", "NAME VALUE | memory ADDRESS VALUE", "change a register, a field, or a unit of memory", command_set},
	{"memory", "ADDRESS [COUNT]", "memory at a virtual address, as the present level sees it", command_memory},
	{"physical", "ADDRESS [COUNT]", "the same at a physical address", command_physical},
	{"disassemble", "[ADDRESS] [COUNT]", "instructions; without a word: from the pc", command_disassemble},
	{"delete", "[ADDRESS | trap]", "forget a breakpoint or watchpoint; without a word: all", command_delete},
	{"where", "", "the next instruction, time, and whether the processor waits", command_where},
	{"trap", "", "explain the last trap", command_trap},
	{"translate", "ADDRESS", "what a virtual address is, for each level and kind of access", command_translate},
	{"level", "", "the privilege levels, and the present one", command_level},
	{"devices", "", "the devices, where they are, and their lines", command_devices},
	{"monitor", "", "what the monitor has done for this guest", command_monitor},
	{"machine", "[NUMBER]", "list the machines, or look at another one", command_machine},
	{"symbols", "[PREFIX]", "list the program's symbols", command_symbols},
};
enum { COMMANDS = sizeof commands / sizeof *commands };

static int find(const char *word)
{
	for (unsigned i = 0; i < COMMANDS; i++)
		if (!strncmp(commands[i].name, word, strlen(word)))
			return (int)i;
	return -1;
}

static void command_help(struct debugger *d, const struct words *w)
{
	int only = w->count > 1 ? find(w->word[1]) : -1;
	char usage[64];

	for (unsigned i = 0; i < COMMANDS; i++) {
		if (only >= 0 && (unsigned)only != i)
			continue;
		snprintf(usage, sizeof usage, "%s %s", commands[i].name, commands[i].arguments);
		fprintf(d->out, "%-38s %s\n", usage, commands[i].text);
	}
	if (only < 0)
		fprintf(d->out, "%-38s %s\n\nADDRESS: a number, a symbol or a register, and +N or -N behind it: 0x100, loop+4, X[2]\n", "quit",
			"leave");
}

static void split(struct arena *arena, const char *line, struct words *w)
{
	char *copy = arena_copy(arena, line, strlen(line));

	w->count = 0;
	for (char *word = strtok_r(copy, " \t\r\n", &copy); word && w->count < WORDS_MAX; word = strtok_r(NULL, " \t\r\n", &copy))
		w->word[w->count++] = word;
}

bool debug_command(struct debugger *d, const char *line, FILE *out)
{
	struct arena *arena = arena_new();
	struct words w;
	bool stays = true;
	int found;

	d->out = out;
	split(arena, line, &w);
	found = w.count ? find(w.word[0]) : -1;
	if (found >= 0)
		commands[found].function(d, &w);
	else if (w.count && !strncmp("quit", w.word[0], strlen(w.word[0])))
		stays = false;
	else if (w.count && w.word[0][0] != '#')
		fprintf(out, "There is no command '%s'; help lists them.\n", w.word[0]);
	fflush(out);
	arena_free(arena);
	return stays;
}

const char *debug_command_name(unsigned number)
{
	return number < COMMANDS ? commands[number].name : number == COMMANDS ? "quit" : NULL;
}

/* On a terminal, an empty line is the last command again. */
static bool type_command(struct debugger *d, char **last, FILE *out)
{
	char *line = debug_terminal_line(d);
	bool stays;

	if (!line)
		return false;
	if (*line) {
		free(*last);
		*last = strdup(line);
	}
	stays = debug_command(d, *line || !*last ? line : *last, out);
	free(line);
	return stays;
}

/* From elsewhere, commands are echoed. */
static bool read_command(struct debugger *d, char **line, FILE *in, FILE *out)
{
	size_t room = 0;

	fputs(DEBUG_PROMPT, out);
	fflush(out);
	free(*line);
	*line = NULL;
	if (getline(line, &room, in) < 0)
		return false;
	fprintf(out, "%s%s", *line, strchr(*line, '\n') ? "" : "\n");
	return debug_command(d, *line, out);
}

void debug_loop(struct debugger *d, FILE *in, FILE *out)
{
	bool terminal = isatty(fileno(in)) && isatty(fileno(out));
	char *line = NULL;

	d->out = out;
	debug_where(d);
	fflush(out);
	while (terminal ? type_command(d, &line, out) : read_command(d, &line, in, out))
		;
	free(line);
}

static void add_machine(struct debugger *d, struct machine *m, const struct symbol *symbols)
{
	d->views[d->count++] = view_new(d->arena, m, symbols);
}

struct debugger *debug_new(struct session *s, const struct symbol *symbols, uint64_t limit)
{
	struct arena *arena = arena_new();
	struct debugger *d = ARENA_NEW(arena, struct debugger);

	*d = (struct debugger){.session = s, .arena = arena, .limit = limit, .out = stdout};
	for (unsigned i = 0; i < s->options.count; i++)
		add_machine(d, s->machines[i], symbols);
	d->runnable = d->count;
	for (unsigned i = s->options.depth; session_monitor(s) && i--;)
		add_machine(d, s->monitors[i]->below, symbols);
	debug_watch(d);
	return d;
}

void debug_free(struct debugger *d)
{
	if (!d)
		return;
	for (unsigned i = 0; i < d->count; i++)
		d->views[i]->m->tracer = NULL;
	buf_free(&d->culprit);
	arena_free(d->arena);
}
