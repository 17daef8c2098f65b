/* A stub for gdb: what its packets ask for. */
#include "gdb.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SLICE = 10000, OUTPUT_PART = 1000 };

static bool starts(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

static void answer(struct gdb *g, const char *text)
{
	gdb_send(g, text);
}

/* --- running --- */

static void tell(struct gdb *g, const char *text)
{
	size_t left = strlen(text);

	while (left) {
		size_t n = left < OUTPUT_PART ? left : OUTPUT_PART;

		g->reply.length = 0;
		buf_puts(&g->reply, "O");
		gdb_hex(&g->reply, text, n);
		gdb_send(g, g->reply.text);
		text += n;
		left -= n;
	}
}

/* In words, as the debugger says it. */
static void tell_stop(struct gdb *g, enum stop stop)
{
	char *text = NULL;
	size_t length;
	FILE *old = g->d->out, *f = open_memstream(&text, &length);

	if (!f)
		return;
	g->d->out = f;
	debug_stopped(g->d, stop);
	g->d->out = old;
	fclose(f);
	tell(g, text);
	free(text);
}

/* Signals: 2 interrupted, 5 trap, 6 aborted. */
static void stopped(struct gdb *g, enum stop stop, bool interrupted)
{
	const struct machine *m = debug_machine(g->d);
	static const char *const watches[] = {"", "rwatch", "watch", "awatch"}; /* by kinds */
	unsigned signal = interrupted || (stop == STOP_YIELD && !g->d->caught) ? 2 : stop == STOP_ERROR ? 6 : 5;

	snprintf(g->stop, sizeof g->stop, "T%02xthread:1;%s", signal, stop == STOP_BREAK && g->break_word ? "swbreak:;" : "");
	if (stop == STOP_YIELD && g->d->hits)
		snprintf(g->stop, sizeof g->stop, "T05%s:%llx;thread:1;", watches[g->d->hit.kinds], (unsigned long long)g->d->hit.at);
	if (stop == STOP_OFF)
		snprintf(g->stop, sizeof g->stop, "W%02x", (unsigned)m->exit_code & 0xff);
	else if (stop != STOP_BREAK && !interrupted && !g->d->hits)
		tell_stop(g, stop);
	gdb_send(g, g->stop);
}

/* In slices, to hear an interrupt. Each slice would pass over a breakpoint at its first instruction. */
static void go_on(struct gdb *g)
{
	const struct machine *m = debug_machine(g->d);
	enum stop stop;
	bool interrupted = false;

	do {
		stop = debug_go(g->d, SLICE);
		if (stop == STOP_STEPS && view_has_break(m, machine_pc(m)))
			stop = STOP_BREAK;
		interrupted = stop == STOP_STEPS && gdb_interrupted(g);
	} while (stop == STOP_STEPS && !interrupted && m->steps < g->d->limit);
	stopped(g, stop, interrupted);
}

/* c, s, C, S, with an address behind it or a signal, which nobody gets. */
static void resume(struct gdb *g, const char *action)
{
	bool step = *action == 's' || *action == 'S';

	if (g->d->chosen >= g->d->runnable)
		stopped(g, STOP_STEPS, false);
	else if (step)
		stopped(g, debug_go(g->d, 1), false);
	else
		go_on(g);
}

static void resume_at(struct gdb *g)
{
	struct machine *m = debug_machine(g->d);

	if (g->packet[1] && (g->packet[0] == 'c' || g->packet[0] == 's'))
		machine_set(m, m->isa->pc, 0, strtoull(g->packet + 1, NULL, 16));
	resume(g, g->packet);
}

/* --- registers --- */

static void read_all(struct gdb *g)
{
	g->reply.length = 0;
	for (unsigned i = 0; i < g->count; i++)
		gdb_get_register(g, i, &g->reply);
	answer(g, buf_text(&g->reply));
}

static void write_all(struct gdb *g)
{
	const char *at = g->packet + 1;
	size_t n = 1;

	for (unsigned i = 0; i < g->count && n; i++) {
		n = gdb_set_register(g, i, at);
		at += n;
	}
	answer(g, n ? "OK" : "E01");
}

static void read_one(struct gdb *g)
{
	unsigned long n = strtoul(g->packet + 1, NULL, 16);

	g->reply.length = 0;
	if (n < g->count)
		gdb_get_register(g, (unsigned)n, &g->reply);
	answer(g, n < g->count ? g->reply.text : "E01");
}

static void write_one(struct gdb *g)
{
	char *end;
	unsigned long n = strtoul(g->packet + 1, &end, 16);

	answer(g, n < g->count && *end == '=' && gdb_set_register(g, (unsigned)n, end + 1) ? "OK" : "E01");
}

/* --- memory: virtual addresses, units as bytes, the most significant first where a unit has several --- */

static bool range(const char *text, uint64_t *at, uint64_t *count, const char **rest)
{
	char *end;

	*at = strtoull(text, &end, 16);
	if (*end != ',')
		return false;
	*count = strtoull(end + 1, &end, 16);
	*rest = end;
	return true;
}

static unsigned bytes_per_unit(const struct gdb *g)
{
	return (debug_machine(g->d)->isa->memory.unit + 7) / 8;
}

static void read_memory(struct gdb *g)
{
	uint64_t at, count, units[PACKET_MAX / 2], got;
	const char *rest;

	if (!range(g->packet + 1, &at, &count, &rest)) {
		answer(g, "E01");
		return;
	}
	count = count < PACKET_MAX / 2 / bytes_per_unit(g) ? count : PACKET_MAX / 2 / bytes_per_unit(g);
	got = view_read(debug_view(g->d), at, units, count);
	g->reply.length = 0;
	for (uint64_t i = 0; i < got; i++)
		buf_printf(&g->reply, "%0*llx", 2 * (int)bytes_per_unit(g), (unsigned long long)units[i]);
	answer(g, got || !count ? buf_text(&g->reply) : "E14");
}

static void write_memory(struct gdb *g)
{
	uint64_t at, count, unit = 0;
	const char *digits;
	unsigned char bytes[8];
	bool fine = range(g->packet + 1, &at, &count, &digits) && *digits++ == ':';

	for (uint64_t i = 0; fine && i < count; i++, digits += 2 * bytes_per_unit(g)) {
		fine = gdb_unhex(digits, bytes, bytes_per_unit(g)) == bytes_per_unit(g);
		unit = 0;
		for (unsigned k = 0; fine && k < bytes_per_unit(g); k++)
			unit = unit << 8 | bytes[k];
		fine = fine && view_write(debug_view(g->d), at + i, &unit, 1);
	}
	answer(g, fine ? "OK" : "E14");
}

/* Z0 and Z1 are the same here; Z2 watches stores, Z3 loads, Z4 both. */
static bool set_point(struct gdb *g, bool set, unsigned type, uint64_t at, uint64_t count)
{
	static const unsigned kinds[] = {WATCH_STORES, WATCH_LOADS, WATCH_STORES | WATCH_LOADS};
	struct machine *m = debug_machine(g->d);

	if (type < 2 && set)
		view_break(m, at);
	else if (type < 2)
		view_unbreak(m, at);
	else if (set)
		return debug_add_watch(g->d, at, count, kinds[type - 2]);
	else
		debug_delete_watch(g->d, at, kinds[type - 2]);
	return true;
}

static void point(struct gdb *g)
{
	unsigned type = (unsigned)(g->packet[1] - '0');
	uint64_t at, kind;
	const char *rest;

	if (type > 4)
		answer(g, "");
	else if (g->packet[2] != ',' || !range(g->packet + 3, &at, &kind, &rest))
		answer(g, "E01");
	else
		answer(g, set_point(g, g->packet[0] == 'Z', type, at, kind) ? "OK" : "E14");
}

/* --- questions --- */

static void read_description(struct gdb *g, const char *rest)
{
	uint64_t at, count;
	const char *end;

	if (!range(rest, &at, &count, &end) || at > g->xml.length) {
		answer(g, "E01");
		return;
	}
	count = count < PACKET_MAX / 2 ? count : PACKET_MAX / 2;
	count = count < g->xml.length - at ? count : g->xml.length - at;
	g->reply.length = 0;
	buf_puts(&g->reply, at + count < g->xml.length ? "m" : "l");
	buf_add(&g->reply, g->xml.text + at, count);
	answer(g, g->reply.text);
}

/* gdb's `monitor LINE` is a line of the debugger. */
static void command(struct gdb *g, const char *digits)
{
	unsigned char line[1024];
	size_t n = gdb_unhex(digits, line, sizeof line - 1), length;
	char *text = NULL;
	FILE *f = open_memstream(&text, &length);

	line[n] = 0;
	if (!f) {
		answer(g, "E01");
		return;
	}
	debug_command(g->d, (const char *)line, f);
	fclose(f);
	tell(g, text);
	free(text);
	answer(g, "OK");
}

static void supported(struct gdb *g)
{
	g->break_word = strstr(g->packet, "swbreak+");
	answer(g, "PacketSize=3fff;qXfer:features:read+;QStartNoAckMode+;vContSupported+;swbreak+");
}

static void question(struct gdb *g)
{
	static const struct { const char *asks, *says; } simple[] = {
		{"qAttached", "1"}, {"qC", "QC1"}, {"qfThreadInfo", "m1"}, {"qsThreadInfo", "l"}, {"qSymbol", "OK"},
	};

	if (starts(g->packet, "qSupported"))
		supported(g);
	else if (starts(g->packet, "qXfer:features:read:target.xml:"))
		read_description(g, g->packet + strlen("qXfer:features:read:target.xml:"));
	else if (starts(g->packet, "qRcmd,"))
		command(g, g->packet + strlen("qRcmd,"));
	else {
		const char *says = "";

		for (unsigned i = 0; i < sizeof simple / sizeof *simple; i++)
			if (!strncmp(g->packet, simple[i].asks, strcspn(g->packet, ":,")) && g->packet[1])
				says = simple[i].says;
		answer(g, says);
	}
}

static void leave(struct gdb *g, bool runs_on)
{
	g->leaves = true;
	g->go_on = runs_on;
	answer(g, "OK");
}

static void several(struct gdb *g)
{
	if (!strcmp(g->packet, "vCont?"))
		answer(g, "vCont;c;C;s;S");
	else if (starts(g->packet, "vCont;") && g->packet[6] && strchr("cCsS", g->packet[6]))
		resume(g, g->packet + 6);
	else if (starts(g->packet, "vKill"))
		leave(g, false);
	else
		answer(g, "");
}

static void set_silent(struct gdb *g)
{
	bool silent = !strcmp(g->packet, "QStartNoAckMode");

	answer(g, silent ? "OK" : "");
	g->silent = g->silent || silent;
}

static void serve(struct gdb *g)
{
	switch (g->packet[0]) {
	case '?': answer(g, g->stop); break;
	case 'g': read_all(g); break;
	case 'G': write_all(g); break;
	case 'p': read_one(g); break;
	case 'P': write_one(g); break;
	case 'm': read_memory(g); break;
	case 'M': write_memory(g); break;
	case 'Z':
	case 'z': point(g); break;
	case 'c':
	case 's':
	case 'C':
	case 'S': resume_at(g); break;
	case 'v': several(g); break;
	case 'q': question(g); break;
	case 'Q': set_silent(g); break;
	case 'H':
	case 'T': answer(g, "OK"); break;
	case 'D': leave(g, true); break;
	case 'k': g->leaves = true; break;
	case 3: answer(g, g->stop); break;
	default: answer(g, ""); break;
	}
}

bool gdb_serve(struct debugger *d, const char *where, FILE *out, bool *go_on_after, char *error)
{
	struct gdb *g = must_alloc(sizeof *g);

	memset(g, 0, sizeof *g);
	g->d = d;
	g->fd = gdb_accept(where, out, error);
	if (g->fd < 0) {
		free(g);
		return false;
	}
	snprintf(g->stop, sizeof g->stop, "T05thread:1;");
	gdb_describe(g);
	while (!g->leaves && gdb_receive(g))
		serve(g);
	*go_on_after = g->go_on;
	while (g->go_on && debug_machine(d)->breakpoint_count)
		view_unbreak(debug_machine(d), debug_machine(d)->breakpoints[0]);
	d->watch_count = 0;
	d->tracer.memory = NULL;
	close(g->fd);
	free(g->registers);
	buf_free(&g->xml);
	buf_free(&g->reply);
	free(g);
	return true;
}
