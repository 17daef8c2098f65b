#include "session.h"

#include <stdio.h>
#include <stdlib.h>

#include "engine.h"

enum { QUANTUM = 20000 };

static bool make_hosts(struct session *s, char *error)
{
	for (unsigned i = 0; i < s->options.count; i++)
		if (!(s->hosts[i] = host_new(&s->options.hosts[i], error)))
			return false;
	for (unsigned i = 0; i + 1 < s->options.count; i += 2)
		host_connect(s->hosts[i], s->hosts[i + 1]);
	return true;
}

/* Names for those who look at several machines at once; a lone one keeps its description's. */
static const char *name(struct session *s, const char *what, unsigned number)
{
	char *text = s->names[s->name_count++];

	snprintf(text, sizeof s->names[0], "%s %u", what, number);
	return text;
}

static bool make_bare(struct session *s, char *error)
{
	for (unsigned i = 0; i < s->options.count; i++) {
		struct machine_options o = {.engine = s->options.engine, .memory = s->options.memory, .start = s->options.start};

		if (!(s->real[i] = machine_new(s->options.isa, &o, host_outside(s->hosts[i]), error)))
			return false;
		s->machines[i] = s->real[i];
		if (s->options.count > 1)
			s->real[i]->name = name(s, "machine", i);
	}
	return true;
}

/* Units of the real machine, so that the innermost guests have what was asked for. */
static uint64_t real_size(const struct session *s)
{
	uint64_t size = s->options.memory, least = (uint64_t)s->options.isa->platform.memory_size;

	if (!size)
		return 0;
	for (unsigned d = s->options.depth; d; d--)
		size = monitor_room(s->options.isa, s->options.scenario, d == s->options.depth ? s->options.count : 1, size);
	return size > least ? size : least;
}

/* The level that the monitor takes must be where traps go: below the highest level, only a started machine is so. */
static const char *real_start(const struct session *s)
{
	return s->options.scenario->monitor == s->options.isa->level_count - 1 ? NULL : s->options.start;
}

static bool starts_inside(const struct session *s, const struct machine *m, char *error)
{
	const struct scenario *scenario = s->options.scenario;
	unsigned level = machine_level(m);

	if (scenario->map[level] >= 0)
		return true;
	snprintf(error, 256, "scenario %s gives its guests no level %s, where %s begins: start the guest elsewhere (--start)", scenario->name,
		 s->options.isa->levels[level].name, s->options.start ? s->options.start : "reset");
	return false;
}

static bool make_virtual(struct session *s, char *error)
{
	const struct session_options *o = &s->options;
	struct machine_options real = {.engine = o->engine, .memory = real_size(s), .start = real_start(s), .without_devices = true};
	struct outside *outsides[GUESTS_MAX];
	struct machine *below;

	below = s->real[0] = machine_new(o->isa, &real, NULL, error);
	if (below)
		below->name = "real";
	for (unsigned i = 0; i < o->count; i++)
		outsides[i] = host_outside(s->hosts[i]);
	for (unsigned d = 0; below && d < o->depth; d++) {
		bool last = d + 1 == o->depth;

		s->monitors[d] = monitor_new(below, o->scenario, o->technique, last ? o->count : 1, last ? o->memory : 0, o->start,
					     outsides, o->engine, error);
		if (!s->monitors[d])
			return false;
		below = monitor_guest(s->monitors[d], 0);
		if (!last)
			below->name = name(s, "monitor", d + 1);
	}
	for (unsigned i = 0; below && i < o->count; i++) {
		s->machines[i] = monitor_guest(s->monitors[o->depth - 1], i);
		s->machines[i]->name = name(s, "guest", i);
	}
	return below && starts_inside(s, below, error);
}

struct session *session_new(const struct session_options *options, char *error)
{
	struct session *s = calloc(1, sizeof *s);

	snprintf(error, 256, "out of memory");
	if (!s)
		return NULL;
	s->options = *options;
	if (make_hosts(s, error) && (options->technique == TECHNIQUE_NONE ? make_bare(s, error) : make_virtual(s, error)))
		return s;
	session_free(s);
	return NULL;
}

void session_free(struct session *s)
{
	if (!s)
		return;
	for (unsigned d = DEPTH_MAX; d--;)
		monitor_free(s->monitors[d]);
	for (unsigned i = 0; i < GUESTS_MAX; i++) {
		machine_free(s->real[i]);
		host_free(s->hosts[i]);
	}
	free(s);
}

/* A machine that waits may still be sent something by another one. */
static bool over(enum stop stop)
{
	return stop != STOP_STEPS && stop != STOP_STUCK;
}

/* The scheduler. Virtual machines are run like real ones: which one stands in the real machine is the switch's affair. */
void session_run(struct session *s, uint64_t limit)
{
	bool any = true;

	for (unsigned i = 0; i < s->options.count; i++)
		s->stops[i] = STOP_STEPS;
	while (any) {
		any = false;
		for (unsigned i = 0; i < s->options.count; i++) {
			struct machine *m = s->machines[i];
			uint64_t left = limit > m->steps ? limit - m->steps : 0;

			if (over(s->stops[i]) || !left)
				continue;
			s->stops[i] = machine_run(m, s->options.count > 1 && left > QUANTUM ? QUANTUM : left);
			any = any || s->stops[i] != STOP_STUCK;
		}
	}
}

struct monitor *session_monitor(const struct session *s)
{
	return s->options.technique == TECHNIQUE_NONE ? NULL : s->monitors[s->options.depth - 1];
}

void session_yield(struct session *s)
{
	for (unsigned i = 0; i < s->options.count; i++)
		if (s->machines[i])
			machine_yield(s->machines[i]);
	for (unsigned d = 0; session_monitor(s) && d < s->options.depth; d++)
		machine_yield(s->monitors[d]->below); /* who executes a guest directly */
}
