/* The command line on a terminal: editing, history and completion (libedit). */
#include <editline/readline.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "debugger.h"

static const struct debugger *completed; /* libedit asks a function without context */

static char *command_that_begins(const char *text, int state)
{
	static unsigned n;
	const char *name;

	n = state ? n : 0;
	while ((name = debug_command_name(n++)))
		if (!strncmp(name, text, strlen(text)))
			return strdup(name);
	return NULL;
}

static char *symbol_that_begins(const char *text, int state)
{
	static const struct symbol *s;
	const struct symbol *found;

	for (s = state ? s : debug_view(completed)->symbols; s; s = s->next)
		if (!strncmp(s->name, text, strlen(text))) {
			found = s;
			s = s->next;
			return strdup(found->name);
		}
	return NULL;
}

static char **complete(const char *text, int start, int end)
{
	(void)end;
	rl_attempted_completion_over = 1;
	return rl_completion_matches(text, start ? symbol_that_begins : command_that_begins);
}

char *debug_terminal_line(const struct debugger *d)
{
	void (*interrupt)(int) = signal(SIGINT, SIG_IGN); /* there is nothing to interrupt */
	char *line;

	completed = d;
	rl_readline_name = "isolde";
	rl_catch_signals = 0;
	rl_attempted_completion_function = complete;
	line = readline(DEBUG_PROMPT);
	if (line && *line)
		add_history(line);
	signal(SIGINT, interrupt);
	return line;
}
