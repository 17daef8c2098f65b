/* Watchpoints: loads and stores of some storage. They make the machine go one step at a time. */
#include "debugger.h"

#include <string.h>

/* The place in real storage, which a guest shares with the machines below it. */
static uint64_t place_of(const struct machine *m, uint64_t pa)
{
	return m->window + (pa - m->at);
}

bool debug_add_watch(struct debugger *d, uint64_t at, uint64_t count, unsigned kinds)
{
	struct machine *m = debug_machine(d);
	struct trap trap;
	uint64_t pa, unit;

	if (d->watch_count == WATCHES_MAX || !count || !machine_translate(m, machine_level(m), at, ACCESS_LOAD, &pa, &trap) ||
	    !machine_read(m, pa, &unit, 1))
		return false;
	d->watches[d->watch_count++] = (struct watch){at, place_of(m, pa), count, kinds};
	return true;
}

bool debug_delete_watch(struct debugger *d, uint64_t at, unsigned kinds)
{
	for (unsigned i = 0; i < d->watch_count; i++)
		if (d->watches[i].at == at && d->watches[i].kinds == kinds) {
			d->watches[i] = d->watches[--d->watch_count];
			return true;
		}
	return false;
}

void debug_notice(struct debugger *d, const struct machine *m, enum access access, uint64_t pa, unsigned units)
{
	unsigned kind = access == ACCESS_STORE ? WATCH_STORES : WATCH_LOADS;
	uint64_t place = place_of(m, pa);

	for (unsigned i = 0; i < d->watch_count; i++) {
		const struct watch *w = &d->watches[i];

		if (m->storage != debug_machine(d)->storage || !(w->kinds & kind) || place >= w->place + w->count || w->place >= place + units)
			continue;
		d->hit = *w;
		d->hits = true;
		machine_yield(debug_machine(d));
	}
}

void command_watch(struct debugger *d, const struct words *w)
{
	uint64_t at, count;

	if (w->count < 2)
		fprintf(d->out, "watch ADDRESS [COUNT]\n");
	else if (debug_address(d, w->word[1], &at) && debug_count(d, w, 2, 1, &count) && !debug_add_watch(d, at, count, WATCH_STORES))
		fprintf(d->out, "There is no storage at 0x%llx, or there are %u watchpoints already.\n", (unsigned long long)at, WATCHES_MAX);
}
