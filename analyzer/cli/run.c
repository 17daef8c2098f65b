/* isolde run: programs on the described machine, or under a monitor on it. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../emulator/engine.h"
#include "../../emulator/trace.h"
#include "../../emulator/watch/view.h"
#include "../../reports/report.h"
#include "runs.h"

static const char *const stop_names[] = {
	[STOP_STEPS] = "limit", [STOP_TRAP] = "trap", [STOP_OFF] = "off", [STOP_STUCK] = "waiting",
	[STOP_BREAK] = "breakpoint", [STOP_YIELD] = "interrupted", [STOP_ERROR] = "error",
};

/* --- how it went, as JSON --- */

static json_t *hexadecimal(u128 value)
{
	char text[64];

	snprintf(text, sizeof text, value >> 64 ? "0x%llx%016llx" : "0x%.0llx%llx", (unsigned long long)(value >> 64), (unsigned long long)value);
	if (!(value >> 64))
		snprintf(text, sizeof text, "0x%llx", (unsigned long long)value);
	return json_string(text);
}

static json_t *integer(uint64_t n)
{
	return json_integer((json_int_t)n);
}

static json_t *by_cause(const struct isa *isa, const struct efficiency *e)
{
	json_t *list = json_object();

	for (unsigned i = 0; i < isa->cause_count; i++)
		if (e->by_cause[i])
			json_object_set_new(list, isa->causes[i].name, integer(e->by_cause[i]));
	return list;
}

static json_t *by_instruction(const struct isa *isa, const struct efficiency *e)
{
	json_t *list = json_object();
	unsigned n = 0;

	for (const struct instruction *i = isa->instructions; i; i = i->next, n++)
		if (e->by_instruction[n])
			json_object_set_new(list, i->name, integer(e->by_instruction[n]));
	if (e->by_instruction[n])
		json_object_set_new(list, "not fetched", integer(e->by_instruction[n]));
	return list;
}

/* Cycles by the cost model: an instruction executed directly takes one. */
static uint64_t cycles(const struct order *o, const struct session *r, const struct machine *m, const struct efficiency *e)
{
	uint64_t traps = e ? e->traps : 0;

	if (!e)
		return m->completed + m->trap_count - m->interrupt_count; /* an instruction that traps takes its cycle too */
	if (r->options.technique == TECHNIQUE_INTERPRET)
		traps = e->interpreted; /* trap on every instruction */
	return e->direct + traps * o->trap_cost + (e->interpreted + e->hidden) * o->emulation_cost;
}

static json_t *efficiency_json(const struct order *o, const struct session *r, unsigned number)
{
	const struct efficiency *e = monitor_efficiency(session_monitor(r), number);
	uint64_t all = e->direct + e->interpreted;
	json_t *j = json_object();

	json_object_set_new(j, "direct", integer(e->direct));
	json_object_set_new(j, "interpreted", integer(e->interpreted));
	json_object_set_new(j, "direct_fraction", json_real(all ? (double)e->direct / (double)all : 0));
	json_object_set_new(j, "traps", integer(e->traps));
	json_object_set_new(j, "emulated_per_trap", json_real(e->traps ? (double)e->interpreted / (double)e->traps : 0));
	json_object_set_new(j, "hidden", integer(e->hidden));
	json_object_set_new(j, "reflected", integer(e->reflected));
	json_object_set_new(j, "injected", integer(e->injected));
	json_object_set_new(j, "composed", integer(e->composed));
	json_object_set_new(j, "mapped", integer(e->mapped));
	json_object_set_new(j, "dropped", integer(e->dropped));
	json_object_set_new(j, "by_cause", by_cause(o->isa, e));
	json_object_set_new(j, "by_instruction", by_instruction(o->isa, e));
	return j;
}

static json_t *console_json(const struct host *h)
{
	size_t length;
	const char *text = host_console(h, &length);
	json_t *j = json_stringn(text, length);

	return j ? j : json_string("(not UTF-8)"); /* the bytes themselves went to the console */
}

static json_t *machine_json(const struct order *o, const struct session *r, unsigned number)
{
	const struct machine *m = r->machines[number];
	const struct efficiency *e = session_monitor(r) ? monitor_efficiency(session_monitor(r), number) : NULL;
	json_t *j = json_object();

	json_object_set_new(j, "stop", json_string(stop_names[r->stops[number]]));
	json_object_set_new(j, "exit_code", json_integer(m->exit_code));
	if (r->stops[number] == STOP_ERROR)
		json_object_set_new(j, "message", json_string(m->message));
	json_object_set_new(j, "pc", hexadecimal(machine_pc(m)));
	json_object_set_new(j, "level", json_string(o->isa->levels[machine_level(m)].name));
	json_object_set_new(j, "memory", integer(m->size));
	json_object_set_new(j, "steps", integer(m->steps));
	json_object_set_new(j, "completed", integer(m->completed));
	json_object_set_new(j, "traps", integer(m->trap_count - m->interrupt_count));
	json_object_set_new(j, "interrupts", integer(m->interrupt_count));
	json_object_set_new(j, "cycles", integer(cycles(o, r, m, e)));
	json_object_set_new(j, "console", console_json(r->hosts[number]));
	if (e)
		json_object_set_new(j, "efficiency", efficiency_json(o, r, number));
	return j;
}

static json_t *run_result(const struct order *o, const struct session *r)
{
	json_t *j = json_object(), *machines = json_array();
	uint64_t violations = 0;

	for (unsigned i = 0; i < r->options.count; i++)
		json_array_append_new(machines, machine_json(o, r, i));
	for (unsigned d = 0; session_monitor(r) && d < r->options.depth; d++) {
		if (!violations && r->monitors[d]->violations)
			json_object_set_new(j, "violation", json_string(r->monitors[d]->message));
		violations += r->monitors[d]->violations;
	}
	json_object_set_new(j, "isa", json_string(o->isa->name));
	json_object_set_new(j, "technique", json_string(technique_name(r->options.technique)));
	json_object_set_new(j, "depth", json_integer(session_monitor(r) ? r->options.depth : 0));
	if (session_monitor(r))
		json_object_set_new(j, "scenario", json_string(r->options.scenario->name));
	json_object_set_new(j, "engine", json_string(engine_name(r->real[0]->engine)));
	json_object_set_new(j, "violations", integer(violations));
	json_object_set_new(j, "costs", json_pack("{s:I, s:I}", "trap", (json_int_t)o->trap_cost, "emulate", (json_int_t)o->emulation_cost));
	json_object_set_new(j, "machines", machines);
	return j;
}

/* --- lockstep --- */

static json_t *place_name(const struct isa *isa, unsigned component, unsigned element)
{
	const struct component *c = &isa->components[component];

	return c->count ? json_sprintf("%s[%u]", c->name, element) : json_string(c->name);
}

static json_t *difference_json(const struct order *o, const struct difference *d)
{
	json_t *j = json_object(), *components = json_array(), *storage = json_array();

	for (unsigned i = 0; i < d->component_count; i++)
		json_array_append_new(components, json_pack("{s:o, s:o, s:o}", "name",
			place_name(o->isa, d->components[i].component, d->components[i].element), "bare", hexadecimal(d->components[i].bare),
			"virtual", hexadecimal(d->components[i].virtual)));
	for (unsigned i = 0; i < d->storage_count; i++)
		json_array_append_new(storage, json_pack("{s:o, s:o, s:o}", "address", hexadecimal(d->storage[i].address), "bare",
			hexadecimal(d->storage[i].bare), "virtual", hexadecimal(d->storage[i].virtual)));
	json_object_set_new(j, "pc", hexadecimal(d->pc));
	json_object_set_new(j, "instruction", d->instruction ? json_string(d->instruction->name) : json_null());
	json_object_set_new(j, "text", d->text ? json_string(d->text) : json_null());
	json_object_set_new(j, "components", components);
	json_object_set_new(j, "storage", storage);
	if (d->different_end)
		json_object_set_new(j, "ends", json_pack("{s:s, s:s}", "bare", stop_names[d->bare_stop], "virtual", stop_names[d->virtual_stop]));
	return j;
}

struct session *order_bare(const struct order *o, const struct session *virtual)
{
	struct session_options options = o->options;

	options.technique = TECHNIQUE_NONE;
	options.count = 1;
	options.memory = virtual->machines[0]->size;
	options.hosts[0].capture = NULL;
	options.hosts[0].disk_copy = true;
	return order_session(o, &options);
}

struct session *order_virtual(const struct order *o)
{
	struct session_options options = o->options;

	options.hosts[0].disk_copy = true;
	options.count = 1;
	return order_session(o, &options);
}

static json_t *compare(struct order *o, struct session *virtual, struct session *bare)
{
	struct difference d;
	bool same = lockstep(o->arena, bare->machines[0], virtual->machines[0], o->limit, &bare->stops[0], &d);
	json_t *j;

	virtual->stops[0] = d.virtual_stop;
	j = run_result(o, virtual);
	json_object_set_new(j, "lockstep", json_pack("{s:b, s:I, s:s}", "same", same, "agreed", (json_int_t)d.step, "excluded",
		"time is counted in steps, which are equal in both; the bare machine has as much storage as the guest"));
	if (same)
		return j;
	json_object_set_new(json_object_get(j, "lockstep"), "difference", difference_json(o, &d));
	if (d.instruction && order_analyse_one(o, d.instruction))
		json_object_set(json_object_get(j, "lockstep"), "analysis", (json_t *)order_row(o, d.instruction->name));
	return j;
}

static json_t *lockstep_result(struct order *o)
{
	bool ready = o->options.technique != TECHNIQUE_PATCH || order_find_critical(o);
	struct session *virtual = ready ? order_virtual(o) : NULL, *bare = virtual ? order_bare(o, virtual) : NULL;
	json_t *j = bare ? compare(o, virtual, bare) : NULL;

	session_free(bare);
	session_free(virtual);
	return j;
}

/* --- all techniques, one after the other, on the same guest --- */

static bool same_text(const json_t *a, const json_t *b, const char *key)
{
	return json_equal(json_object_get(a, key), json_object_get(b, key));
}

static const json_t *first_machine(const json_t *result)
{
	return json_array_get(json_object_get(result, "machines"), 0);
}

/* Same output, same end, after the same number of steps; a paravirtual guest knows its monitor, and may take other steps. */
static bool same_outcome(const json_t *result, const json_t *bare, enum technique t)
{
	const json_t *m = first_machine(result), *b = first_machine(bare);

	return same_text(m, b, "console") && same_text(m, b, "stop") && same_text(m, b, "exit_code") &&
	       (t == TECHNIQUE_PARAVIRTUAL || same_text(m, b, "steps"));
}

static json_t *plain_result(const struct order *o, const struct session_options *options)
{
	struct session *r = order_session(o, options);
	json_t *j = NULL;

	if (r) {
		session_run(r, o->limit);
		j = run_result(o, r);
	}
	session_free(r);
	return j;
}

static json_t *technique_result(struct order *o, enum technique t, uint64_t memory)
{
	struct order one = *o;
	json_t *j;

	one.options.technique = t;
	one.options.memory = memory;
	one.options.count = 1;
	one.options.hosts[0].disk_copy = true;
	if (o->a->lockstep && t != TECHNIQUE_NONE && t != TECHNIQUE_PARAVIRTUAL)
		j = lockstep_result(&one);
	else
		j = plain_result(&one, &one.options);
	o->check = one.check;
	o->critical = one.critical;
	return j;
}

/* What a guest gets of the machine when nobody asks for a size. */
static uint64_t guest_size(const struct order *o)
{
	struct session_options options = o->options;
	struct session *r;
	char error[256];
	uint64_t size;

	if (o->options.memory)
		return o->options.memory;
	options.technique = TECHNIQUE_INTERPRET;
	options.hosts[0].capture = NULL;
	options.count = 1;
	r = session_new(&options, error);
	size = r ? r->machines[0]->size : 0;
	session_free(r);
	return size;
}

static json_t *techniques_result(struct order *o)
{
	uint64_t memory = guest_size(o);
	json_t *j = json_object(), *rows = json_array(), *bare = NULL;

	if (!order_analyse(o, NULL))
		return NULL;
	for (unsigned t = TECHNIQUE_NONE; t < TECHNIQUE_COUNT; t++) {
		json_t *row = technique_result(o, (enum technique)t, memory);

		if (!row)
			row = json_pack("{s:s, s:b}", "technique", technique_name((enum technique)t), "impossible", true);
		else if (bare)
			json_object_set_new(row, "same", json_boolean(same_outcome(row, bare, (enum technique)t)));
		if (t == TECHNIQUE_NONE)
			bare = row;
		json_array_append_new(rows, row);
	}
	json_object_set_new(j, "isa", json_string(o->isa->name));
	json_object_set_new(j, "scenario", json_string(o->options.scenario->name));
	json_object_set_new(j, "costs", json_pack("{s:I, s:I}", "trap", (json_int_t)o->trap_cost, "emulate", (json_int_t)o->emulation_cost));
	json_object_set_new(j, "techniques", rows);
	json_object_set_new(j, "theorems", order_theorems(o));
	return j;
}

/* --- one run, for its own sake --- */

static struct session *running;

static void on_interrupt(int number)
{
	(void)number;
	session_yield(running);
}

static void watch(struct order *o, struct session *r, FILE *out)
{
	struct tracer *t = trace_text(o->arena, out, o->a->trace, view_symbols(o->arena, o->images[0]));

	for (unsigned i = 0; i < GUESTS_MAX; i++) {
		if (r->real[i])
			r->real[i]->tracer = t;
		if (r->machines[i])
			r->machines[i]->tracer = t;
	}
	for (unsigned d = 0; session_monitor(r) && d < r->options.depth; d++)
		monitor_guest(r->monitors[d], 0)->tracer = t;
}

static bool open_trace(const struct order *o, FILE **out)
{
	*out = stderr;
	if (!o->a->trace)
		return true;
	if (!trace_text(o->arena, stderr, o->a->trace, NULL)) {
		fprintf(stderr, "isolde: --trace %s: it is a list of instructions, traps, memory, devices, or all\n", o->a->trace);
		return false;
	}
	if (o->a->trace_file && !(*out = fopen(o->a->trace_file, "w"))) {
		perror(o->a->trace_file);
		return false;
	}
	return true;
}

/* With one machine and text, its console is the terminal. */
static void use_terminal(struct order *o)
{
	if (o->options.count > 1 || strcmp(o->a->format, "text"))
		return;
	o->options.hosts[0].console_out = STDOUT_FILENO;
	o->options.hosts[0].console_in = o->a->input ? -1 : STDIN_FILENO;
}

static json_t *simple_result(struct order *o)
{
	FILE *out;
	json_t *j = NULL;

	use_terminal(o);
	if ((o->options.technique == TECHNIQUE_PATCH && !order_find_critical(o)) || !open_trace(o, &out))
		return NULL;
	running = order_session(o, &o->options);
	if (running) {
		if (o->a->trace)
			watch(o, running, out);
		signal(SIGINT, on_interrupt);
		session_run(running, o->limit);
		signal(SIGINT, SIG_DFL);
		j = run_result(o, running);
	}
	session_free(running);
	if (out != stderr)
		fclose(out);
	return j;
}

/* With --record the run is the recording: its console is in the page. Returns the exit status. */
static int record_run(struct order *o)
{
	json_t *recording = order_recording(o);
	int status = EXIT_INPUT;

	if (recording && write_recording(recording, o->a->record)) {
		if (!o->a->quiet)
			report_recording_text(recording, stdout);
		status = report_recording_status(recording);
	}
	json_decref(recording);
	return status;
}

int command_run(const struct arguments *a)
{
	struct order o = {.a = a, .arena = arena_new()};
	struct report_style style = {.colour = use_colour(stdout), .all = a->statistics, .quiet = a->quiet};
	bool table = !strcmp(a->monitor, "all");
	json_t *result = NULL;
	int status;

	if (!order_read(&o, &status))
		goto out;
	status = EXIT_USAGE;
	if (a->lockstep && !table && o.options.technique == TECHNIQUE_NONE) {
		fputs("isolde: --lockstep needs --monitor: it compares a virtual machine with the bare one\n", stderr);
		goto out;
	}
	if (a->record && (table || o.options.technique == TECHNIQUE_NONE)) {
		fputs("isolde: --record needs --monitor with one technique: it shows a virtual machine beside the bare one\n", stderr);
		goto out;
	}
	if (a->debug || a->gdb) {
		status = order_watch(&o);
		goto out;
	}
	status = EXIT_INPUT;
	if (a->record) {
		status = record_run(&o);
		goto out;
	}
	result = table ? techniques_result(&o) : a->lockstep ? lockstep_result(&o) : simple_result(&o);
	if (!result)
		goto out;
	if (!strcmp(a->format, "json"))
		report_json(result, stdout);
	else
		report_run_text(result, &style, table || a->lockstep ? stdout : stderr);
	status = report_run_status(result);
out:
	json_decref(result);
	json_decref(o.check);
	arena_free(o.arena);
	return status;
}
