/* Commands that run the machine. */
#include <stdlib.h>
#include <string.h>

#include "../engine.h"
#include "debugger.h"

enum { SHOWN = 20 };

/* --- what is noticed on the way --- */

static void name_of(struct debugger *d, const struct machine *m)
{
	if (m != debug_machine(d))
		fprintf(d->out, "    (%s)", m->name);
	fputs("    ", d->out);
}

static void tell_trap(struct debugger *d, struct machine *m, const struct trap *trap)
{
	struct view v = *debug_view(d);
	struct buf text = {0};

	v.m = m;
	view_trap(&text, &v, trap);
	name_of(d, m);
	fprintf(d->out, "%s: %s, to %s\n", trap->interrupt ? "interrupt" : "trap", buf_text(&text),
		m->monitor_level >= 0 && trap->target == (unsigned)m->monitor_level ? "the monitor" : m->isa->levels[trap->target].name);
	buf_free(&text);
}

static void keep_culprit(struct debugger *d, const struct machine *m, const struct trap *trap)
{
	d->culprit.length = 0;
	view_instruction(debug_view(d), &d->culprit, trap->pc);
	d->culprit_of = m->trap_count;
}

static void on_trap(void *context, struct machine *m, const struct trap *trap)
{
	struct debugger *d = context;
	bool right = d->break_on_cause < 0 || m->isa->causes[d->break_on_cause].value == trap->cause;

	if (d->tells)
		tell_trap(d, m, trap);
	if (m != debug_machine(d))
		return;
	d->trapped = true;
	d->caught = d->break_on_trap && right;
	if (d->caught)
		machine_yield(m);
	if (d->tells || d->caught)
		keep_culprit(d, m, trap);
}

static void on_memory(void *context, struct machine *m, enum access access, uint64_t pa, unsigned width, u128 value)
{
	struct debugger *d = context;
	char text[BITS_TEXT];

	if (access == ACCESS_FETCH)
		return;
	debug_notice(d, m, access, pa, width / m->isa->memory.unit);
	d->was_stored = d->was_stored || (access == ACCESS_STORE && value == d->stored);
	if (!d->tells)
		return;
	name_of(d, m);
	fprintf(d->out, "%s %u bits, physical 0x%llx: %s\n", access == ACCESS_LOAD ? "load" : "store", width, (unsigned long long)pa,
		bits_hex(value, text));
}

static void on_device(void *context, struct machine *m, const struct device *device, bool write, uint64_t offset, unsigned width, uint64_t value)
{
	struct debugger *d = context;

	if (!d->tells)
		return;
	name_of(d, m);
	fprintf(d->out, "%s: %s %u bits at +0x%llx: 0x%llx\n", device->described->name, write ? "write" : "read", width,
		(unsigned long long)offset, (unsigned long long)value);
	fflush(d->out); /* before what the device may put out */
}

void debug_watch(struct debugger *d)
{
	d->tracer = (struct tracer){.context = d, .trap = on_trap, .device = on_device};
	d->break_on_cause = -1;
	for (unsigned i = 0; i < d->count; i++)
		d->views[i]->m->tracer = &d->tracer;
}

/* --- running --- */

/* What the program wrote ends its line before the debugger speaks. */
static void end_line(struct debugger *d)
{
	size_t length = 0;
	const char *text = d->chosen < d->runnable ? host_console(d->session->hosts[d->chosen], &length) : "";

	if (length > d->console && text[length - 1] != '\n')
		fputs("\n", d->out);
	d->console = length;
}

enum stop debug_go(struct debugger *d, uint64_t steps)
{
	struct machine *m = debug_machine(d);
	uint64_t left = d->limit > m->steps ? d->limit - m->steps : 0;
	enum stop stop;

	fflush(d->out);
	d->caught = d->hits = false;
	d->tracer.memory = d->tells || d->watch_count ? on_memory : NULL;
	m->yielded = false;
	stop = machine_run(m, steps < left ? steps : left);
	machine_sync(m, 0, 0); /* counters are seen as they are now */
	if (stop == STOP_STEPS && (d->caught || d->hits))
		stop = STOP_YIELD; /* in the last of the steps */
	d->session->stops[d->chosen] = stop;
	return stop;
}

static bool can_run(struct debugger *d)
{
	if (d->chosen < d->runnable)
		return true;
	fprintf(d->out, "The machine below a monitor runs only for its guests: machine 0 goes back to the guest.\n");
	return false;
}

static void stopped_by_trap(struct debugger *d)
{
	struct buf text = {0};

	view_trap(&text, debug_view(d), &debug_machine(d)->trap);
	fprintf(d->out, "Stopped after a trap: %s\n", buf_text(&text));
	buf_free(&text);
}

void debug_stopped(struct debugger *d, enum stop stop)
{
	const struct machine *m = debug_machine(d);

	switch (stop) {
	case STOP_STEPS:
		if (m->steps >= d->limit)
			fprintf(d->out, "The limit of %llu steps is reached.\n", (unsigned long long)d->limit);
		break;
	case STOP_BREAK: fprintf(d->out, "Breakpoint.\n"); break;
	case STOP_OFF: fprintf(d->out, "The machine was switched off, exit code %d.\n", m->exit_code); break;
	case STOP_STUCK: fprintf(d->out, "The processor waits, and nothing can ever wake it.\n"); break;
	case STOP_ERROR: fprintf(d->out, "It cannot go on: %s\n", m->message); break;
	case STOP_TRAP: fprintf(d->out, "A trap to the monitor.\n"); break;
	case STOP_YIELD:
		if (d->caught)
			stopped_by_trap(d);
		else if (d->hits)
			fprintf(d->out, "Stopped after an access to 0x%llx, which is watched.\n", (unsigned long long)d->hit.at);
		else
			fprintf(d->out, "Interrupted.\n");
		break;
	}
}

void debug_where(struct debugger *d)
{
	const struct machine *m = debug_machine(d);
	uint64_t pc = machine_pc(m);
	struct buf text = {0};

	view_place(&text, debug_view(d)->symbols, pc);
	buf_puts(&text, "  ");
	view_instruction(debug_view(d), &text, pc);
	fprintf(d->out, "%s 0x%llx%s\n", m->isa->levels[machine_level(m)].name, (unsigned long long)pc, text.text);
	buf_free(&text);
}

static void ended(struct debugger *d, enum stop stop)
{
	end_line(d);
	debug_stopped(d, stop);
	if (stop != STOP_OFF)
		debug_where(d);
}

/* --- one step after the other --- */

/* What changed, but for the pc and what only counts time. */
static void tell_changes(struct debugger *d, const uint64_t *before)
{
	const struct machine *m = debug_machine(d);
	struct buf text = {0};

	for (unsigned i = 0; i < m->isa->component_count; i++) {
		const struct component *c = &m->isa->components[i];
		unsigned per = c->width > 64 ? 2 : 1, count = c->count ? c->count : 1;

		for (unsigned e = 0; e < count && i != m->isa->pc && c->role != ROLE_TIMING; e++) {
			const uint64_t *old = &before[m->word_of[i] + e * per];
			u128 value = per > 1 ? (u128)old[1] << 64 | old[0] : old[0];

			if (value == machine_get(m, i, e))
				continue;
			buf_puts(&text, "    ");
			view_component_name(&text, m->isa, i, e);
			buf_puts(&text, " = ");
			view_value(&text, c->enumeration, machine_get(m, i, e));
			buf_puts(&text, " (was ");
			view_value(&text, c->enumeration, value);
			buf_puts(&text, ")\n");
		}
	}
	fputs(buf_text(&text), d->out);
	buf_free(&text);
}

static enum stop shown_step(struct debugger *d)
{
	const struct machine *m = debug_machine(d);
	size_t bytes = (m->word_count + 1) * sizeof *m->words;
	uint64_t *before = memcpy(must_alloc(bytes), m->words, bytes - sizeof *m->words);
	enum stop stop;

	d->tells = true;
	stop = debug_go(d, 1);
	d->tells = false;
	end_line(d);
	tell_changes(d, before);
	free(before);
	return stop;
}

void command_step_one(struct debugger *d, const struct words *w)
{
	enum stop stop = STOP_STEPS;
	uint64_t count;

	if (!can_run(d) || !debug_count(d, w, 1, 1, &count))
		return;
	if (count > SHOWN) {
		ended(d, debug_go(d, count));
		return;
	}
	while (count-- && stop == STOP_STEPS) {
		stop = shown_step(d);
		ended(d, stop);
		if (stop == STOP_STEPS && debug_machine(d)->steps >= d->limit)
			return;
	}
}

static bool someone_knows(const struct debugger *d, uint64_t address)
{
	const struct machine *m = debug_machine(d);

	for (unsigned i = 0; i < m->isa->component_count; i++)
		for (unsigned e = 0; m->isa->components[i].role == ROLE_GENERAL && e < m->isa->components[i].count; e++)
			if (machine_get(m, i, e) == address)
				return true;
	return d->was_stored;
}

/* Runs until the pc is `to`, at `level` or at any (-1). */
static enum stop run_to(struct debugger *d, uint64_t to, int level)
{
	struct machine *m = debug_machine(d);
	bool had = view_has_break(m, to);
	enum stop stop;

	view_break(m, to);
	do {
		stop = debug_go(d, ~(uint64_t)0);
	} while (stop == STOP_BREAK && machine_pc(m) == to && level >= 0 && machine_level(m) != (unsigned)level && !had);
	if (!had)
		view_unbreak(m, to);
	return stop == STOP_BREAK && machine_pc(m) == to && !had ? STOP_STEPS : stop;
}

/* A call is what went elsewhere and left the address behind it where it can be found again: in a general register, or in
 * storage. A trap always returns, if its handler wants. */
void command_next(struct debugger *d, const struct words *w)
{
	struct machine *m = debug_machine(d);
	struct buf ignored = {0};
	uint64_t behind;
	unsigned level;
	enum stop stop;

	(void)w;
	if (!can_run(d))
		return;
	behind = machine_pc(m) + view_instruction(debug_view(d), &ignored, machine_pc(m));
	buf_free(&ignored);
	level = machine_level(m);
	d->trapped = d->was_stored = false;
	d->stored = behind;
	stop = shown_step(d);
	if (stop == STOP_STEPS && machine_pc(m) != behind && (d->trapped || someone_knows(d, behind)))
		stop = run_to(d, behind, (int)level);
	ended(d, stop);
}

void command_continue(struct debugger *d, const struct words *w)
{
	uint64_t steps;

	if (can_run(d) && debug_count(d, w, 1, ~(uint64_t)0, &steps))
		ended(d, debug_go(d, steps));
}

void command_until(struct debugger *d, const struct words *w)
{
	uint64_t to;

	if (!can_run(d))
		return;
	if (w->count < 2)
		fprintf(d->out, "until ADDRESS\n");
	else if (debug_address(d, w->word[1], &to))
		ended(d, run_to(d, to, -1));
}

void command_finish(struct debugger *d, const struct words *w)
{
	const struct machine *m = debug_machine(d);
	unsigned level = machine_level(m);
	enum stop stop = STOP_STEPS;

	(void)w;
	if (!can_run(d))
		return;
	if (!level) {
		fprintf(d->out, "The level is the lowest: there is no trap handler to finish.\n");
		return;
	}
	do {
		stop = debug_go(d, 1);
		if (stop == STOP_STEPS && view_has_break(m, machine_pc(m)))
			stop = STOP_BREAK;
	} while (stop == STOP_STEPS && machine_level(m) >= level && m->steps < d->limit);
	ended(d, stop);
}
