/* isolde run --debug and --gdb: a run that someone looks at. */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "../../emulator/watch/debug.h"
#include "../../emulator/watch/view.h"
#include "runs.h"

static struct session *watched;

static void on_interrupt(int number)
{
	(void)number;
	session_yield(watched);
}

static bool can_watch(const struct arguments *a)
{
	const char *other = a->lockstep ? "lockstep" : !strcmp(a->monitor, "all") ? "monitor all" : a->trace ? "trace" : NULL;

	if (other)
		fprintf(stderr, "isolde: --%s does not go together with --debug and --gdb\n", other);
	else if (a->debug && a->gdb)
		fprintf(stderr, "isolde: one of --debug and --gdb\n");
	return !other && !(a->debug && a->gdb);
}

/* The debugger has the standard input; a program whose console is the terminal shares the output. */
static void share_terminal(struct order *o)
{
	if (o->options.count > 1)
		return;
	o->options.hosts[0].console_out = STDOUT_FILENO;
	o->options.hosts[0].console_in = o->a->debug || o->a->input ? -1 : STDIN_FILENO;
}

static bool serve(struct order *o, struct debugger *d)
{
	char error[256];
	bool go_on = false;

	if (!o->a->gdb) {
		debug_loop(d, stdin, stdout);
		return true;
	}
	if (!gdb_serve(d, o->a->gdb, stderr, &go_on, error)) {
		fprintf(stderr, "isolde: --gdb %s: %s\n", o->a->gdb, error);
		return false;
	}
	if (go_on)
		session_run(watched, o->limit);
	return true;
}

int order_watch(struct order *o)
{
	int status = EXIT_INPUT;
	struct debugger *d;

	if (!can_watch(o->a))
		return EXIT_USAGE;
	share_terminal(o);
	if (o->options.technique == TECHNIQUE_PATCH && !order_find_critical(o))
		return status;
	watched = order_session(o, &o->options);
	if (!watched)
		return status;
	d = debug_new(watched, view_symbols(o->arena, o->images[0]), o->limit);
	signal(SIGINT, on_interrupt);
	if (serve(o, d))
		status = EXIT_AS_EXPECTED;
	signal(SIGINT, SIG_DFL);
	debug_free(d);
	session_free(watched);
	return status;
}
