/* isolde step: a recording, walked through in the terminal. */
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "../../reports/report.h"
#include "runs.h"

enum key { KEY_NONE, KEY_FORWARD, KEY_BACK, KEY_TRAP, KEY_DIFFERENCE, KEY_FIRST, KEY_LAST, KEY_QUIT };

/* A key of a terminal, or a character of a file: an arrow is ESC [ C or D. */
static enum key read_key(bool terminal)
{
	int c = getchar();

	if (c == '\033' && getchar() == '[')
		c = getchar();
	switch (c) {
	case 'n': case ' ': case 'C': return KEY_FORWARD;
	case 'b': case 'D': return KEY_BACK;
	case 't': return KEY_TRAP;
	case 'd': return KEY_DIFFERENCE;
	case '0': return KEY_FIRST;
	case '$': return KEY_LAST;
	case 'q': case EOF: return KEY_QUIT;
	case '\n': return terminal ? KEY_FORWARD : KEY_NONE;
	default: return KEY_NONE;
	}
}

static bool passes_dispatcher(const json_t *step)
{
	const json_t *part;
	size_t n;

	json_array_foreach(json_object_get(step, "path"), n, part)
		if (!strcmp(json_string_value(json_object_get(part, "part")), "dispatcher"))
			return true;
	return false;
}

/* The next step from `at` on that is of interest: a trap, or a difference; the last if there is none. */
static size_t seek(const json_t *steps, size_t at, enum key key)
{
	size_t count = json_array_size(steps);

	for (at++; at < count; at++) {
		const json_t *step = json_array_get(steps, at);

		if (key == KEY_TRAP ? passes_dispatcher(step) : json_array_size(json_object_get(step, "differs")) > 0)
			return at;
	}
	return count ? count - 1 : 0;
}

static size_t move(const json_t *steps, size_t at, enum key key)
{
	size_t count = json_array_size(steps);

	switch (key) {
	case KEY_FORWARD: return at + 1 < count ? at + 1 : at;
	case KEY_BACK: return at ? at - 1 : 0;
	case KEY_TRAP:
	case KEY_DIFFERENCE: return seek(steps, at, key);
	case KEY_FIRST: return 0;
	case KEY_LAST: return count ? count - 1 : 0;
	default: return at;
	}
}

static void walk(const json_t *recording, bool terminal)
{
	const json_t *steps = json_object_get(recording, "steps");
	struct report_style style = {.colour = use_colour(stdout)};
	enum key key = KEY_NONE;
	size_t at = 0;

	report_step_text(recording, at, &style, stdout);
	while (fflush(stdout), (key = read_key(terminal)) != KEY_QUIT)
		if (key != KEY_NONE) {
			at = move(steps, at, key);
			if (terminal)
				fputs("\033[H\033[J", stdout);
			report_step_text(recording, at, &style, stdout);
		}
}

static void interactive(const json_t *recording)
{
	struct termios before, raw;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || tcgetattr(STDIN_FILENO, &before)) {
		walk(recording, false);
		return;
	}
	raw = before;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	fputs("\033[H\033[J", stdout);
	walk(recording, true);
	tcsetattr(STDIN_FILENO, TCSANOW, &before);
}

int command_step(const struct arguments *given)
{
	struct arguments a = *given;
	struct order o = {.a = &a, .arena = arena_new()};
	json_t *recording = NULL;
	int status;

	if (!strcmp(a.monitor, "none"))
		a.monitor = "trap-and-emulate";
	if (!order_read(&o, &status))
		goto out;
	status = EXIT_INPUT;
	recording = order_recording(&o);
	if (!recording)
		goto out;
	interactive(recording);
	status = EXIT_AS_EXPECTED;
out:
	json_decref(recording);
	json_decref(o.check);
	arena_free(o.arena);
	return status;
}
