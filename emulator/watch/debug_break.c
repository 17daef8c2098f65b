/* Breakpoints. */
#include <string.h>

#include "debugger.h"

static void list(struct debugger *d)
{
	const struct machine *m = debug_machine(d);
	struct buf text = {0};

	for (unsigned i = 0; i < m->breakpoint_count; i++) {
		buf_printf(&text, "0x%llx", (unsigned long long)m->breakpoints[i]);
		view_place(&text, debug_view(d)->symbols, m->breakpoints[i]);
		buf_puts(&text, "\n");
	}
	for (unsigned i = 0; i < d->watch_count; i++) {
		buf_printf(&text, "watched: %llu at 0x%llx", (unsigned long long)d->watches[i].count, (unsigned long long)d->watches[i].at);
		view_place(&text, debug_view(d)->symbols, d->watches[i].at);
		buf_puts(&text, "\n");
	}
	if (d->break_on_trap)
		buf_printf(&text, "trap %s\n", d->break_on_cause < 0 ? "(any)" : m->isa->causes[d->break_on_cause].name);
	fputs(text.length ? text.text : "No breakpoints.\n", d->out);
	buf_free(&text);
}

static void break_on_trap(struct debugger *d, const struct words *w)
{
	const struct isa *isa = debug_machine(d)->isa;
	int cause = -1;

	for (unsigned i = 0; w->count > 2 && i < isa->cause_count; i++)
		if (!strcmp(isa->causes[i].name, w->word[2]))
			cause = (int)i;
	if (w->count > 2 && cause < 0) {
		fprintf(d->out, "There is no cause '%s'. There are:", w->word[2]);
		for (unsigned i = 0; i < isa->cause_count; i++)
			fprintf(d->out, " %s", isa->causes[i].name);
		fputs("\n", d->out);
		return;
	}
	d->break_on_trap = true;
	d->break_on_cause = cause;
}

void command_break(struct debugger *d, const struct words *w)
{
	uint64_t at;

	if (w->count < 2)
		list(d);
	else if (!strcmp(w->word[1], "trap"))
		break_on_trap(d, w);
	else if (debug_address(d, w->word[1], &at))
		view_break(debug_machine(d), at);
}

void command_delete(struct debugger *d, const struct words *w)
{
	struct machine *m = debug_machine(d);
	uint64_t at;

	if (w->count < 2) {
		while (m->breakpoint_count)
			view_unbreak(m, m->breakpoints[0]);
		d->watch_count = 0;
	}
	if (w->count < 2 || !strcmp(w->word[1], "trap"))
		d->break_on_trap = false;
	else if (debug_address(d, w->word[1], &at) && !view_unbreak(m, at) && !debug_delete_watch(d, at, WATCH_STORES))
		fprintf(d->out, "There is no breakpoint at 0x%llx.\n", (unsigned long long)at);
}
