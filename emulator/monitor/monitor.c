/* Making a monitor and its guests. */
#include "../monitor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../decode.h"
#include "../device.h"
#include "guest.h"

static const char *const names[] = {"none", "interpret", "trap-and-emulate", "hybrid", "patch", "paravirtual"};

const char *technique_name(enum technique t)
{
	return names[t];
}

enum technique technique_named(const char *name)
{
	unsigned t = 0;

	while (t < TECHNIQUE_COUNT && strcmp(names[t], name))
		t++;
	return (enum technique)t;
}

/* A guest whose relocation passes through finds its storage where it would be on the bare machine. */
bool monitor_in_place(const struct isa *isa, const struct scenario *s)
{
	for (unsigned i = 0; i < isa->component_count; i++)
		if (isa->components[i].role == ROLE_RELOCATION && s->pass_through[i])
			return true;
	return false;
}

uint64_t monitor_room(const struct isa *isa, const struct scenario *scenario, unsigned count, uint64_t size)
{
	uint64_t page = isa->memory.frame ? isa->memory.frame : 16, guests, area;

	if (monitor_in_place(isa, scenario))
		return size * 2;
	if (__builtin_mul_overflow(size, (uint64_t)count, &guests) || guests > ~(uint64_t)0 / 8)
		return ~(uint64_t)0;
	area = guests / 7 > page * 64 ? guests / 7 : page * 64;
	return (area + guests + page - 1) / page * page;
}

/* The monitor's own storage: one unit in eight, or what the guests leave. */
static bool share(struct monitor *m, unsigned count, uint64_t *size, char *error)
{
	uint64_t all = m->below->size, page = m->below->isa->memory.frame ? m->below->isa->memory.frame : 16;

	if (!*size && !monitor_in_place(m->below->isa, m->scenario))
		*size = (all - all / 8) / count;
	else if (!*size)
		*size = all / 2;
	*size = *size / page * page;
	m->area_size = *size && all / *size >= count ? all - *size * count : 0;
	m->area_size = m->area_size / page * page;
	if (*size && m->area_size >= page)
		return true;
	snprintf(error, 256, "%u guests of %llu units and a monitor do not fit into %llu units of storage", count, (unsigned long long)*size,
		 (unsigned long long)all);
	return false;
}

static bool new_efficiency(struct guest *g)
{
	const struct isa *isa = g->vm->isa;

	g->efficiency.by_cause = calloc(isa->cause_count + 1, sizeof *g->efficiency.by_cause);
	g->efficiency.by_instruction = calloc(isa->instruction_count + 1, sizeof *g->efficiency.by_instruction);
	return g->efficiency.by_cause && g->efficiency.by_instruction;
}

static struct guest *guest_new(struct monitor *m, unsigned number, uint64_t at, uint64_t size, const char *start, struct outside *outside,
			       enum engine_kind engine, char *error)
{
	struct machine *below = m->below;
	struct machine_options options = {.engine = engine, .memory = size, .start = start, .storage = below->storage,
					  .window = below->window + (at - below->at), .without_devices = !outside};
	uint64_t page = below->isa->memory.frame ? below->isa->memory.frame : 1, room = m->area_size / m->guest_room / page * page;
	struct guest *g = calloc(1, sizeof *g);

	if (!g)
		return NULL;
	g->monitor = m;
	g->number = number;
	g->base = at;
	g->vm = machine_new(below->isa, &options, outside, error);
	if (!g->vm)
		return g;
	g->vm->below = m;
	g->vm->watched[g->vm->isa->mode] = true; /* the technique may change with the level */
	g->arena = arena_new();
	g->tree = decode_tree(g->arena, below->isa);
	if (!new_efficiency(g))
		return g;
	g->ready = allocator_new(g, m->area + room * number, room, error);
	return g;
}

static void guest_free(struct guest *g)
{
	if (!g)
		return;
	if (g->key)
		allocator_free(g);
	guard_free(g);
	machine_free(g->vm);
	free(g->efficiency.by_cause);
	free(g->efficiency.by_instruction);
	free(g->patches);
	arena_free(g->arena);
	free(g);
}

static bool can_compose(const struct monitor *m, char *error)
{
	const struct composition *c = &m->scenario->composition;

	if (m->technique == TECHNIQUE_INTERPRET || c->relocate || (c->use && c->map && m->below->isa->memory.frame))
		return true;
	snprintf(error, 256, "%s does not say how a monitor composes the relocation (composition:): only interpret is possible",
		 m->below->isa->name);
	return false;
}

/* The state of the machine below while guests run: the monitor's own. */
static void host_state(struct monitor *m)
{
	for (unsigned i = 0; i < m->scenario->host_count; i++)
		machine_set(m->below, m->scenario->host[i].component, 0, m->scenario->host[i].value);
	machine_set(m->below, m->below->isa->mode, 0, m->below->isa->levels[m->scenario->monitor].value);
	m->below->monitor_level = (int)m->scenario->monitor;
}

struct monitor *monitor_new(struct machine *below, const struct scenario *scenario, enum technique technique, unsigned count,
			    uint64_t size, const char *start, struct outside *const *outsides, enum engine_kind engine, char *error)
{
	struct monitor *m = calloc(1, sizeof *m);
	bool here = monitor_in_place(below->isa, scenario);

	snprintf(error, 256, "out of memory");
	if (!m)
		return NULL;
	m->below = below;
	m->scenario = scenario;
	m->technique = technique;
	m->guest_room = count;
	if (!can_compose(m, error) || !switch_plan(m, error) || !share(m, count, &size, error))
		goto failed;
	if (here && count > 1) {
		snprintf(error, 256, "scenario %s passes relocation through: it has room for one guest", scenario->name);
		goto failed;
	}
	m->area = here ? below->at + size : below->at;
	m->guests = calloc(count, sizeof *m->guests);
	for (unsigned i = 0; m->guests && i < count; i++) {
		uint64_t at = here ? below->at : below->at + m->area_size + i * size;

		m->guests[i] = guest_new(m, i, at, size, start, outsides ? outsides[i] : NULL, engine, error);
		m->guest_count = i + 1;
		if (!m->guests[i] || !m->guests[i]->ready)
			goto failed;
	}
	if (!m->guests)
		goto failed;
	host_state(m);
	return m;
failed:
	monitor_free(m);
	return NULL;
}

void monitor_free(struct monitor *m)
{
	if (!m)
		return;
	for (unsigned i = 0; i < m->guest_count; i++)
		guest_free(m->guests[i]);
	free(m->guests);
	free(m->expected);
	free(m->guarded);
	free(m->guarded_words.list);
	free(m->shared_words.list);
	free(m->watched_words.list);
	free(m->timed_words.list);
	free(m);
}

struct machine *monitor_guest(struct monitor *m, unsigned number)
{
	return m->guests[number]->vm;
}

const struct efficiency *monitor_efficiency(const struct monitor *m, unsigned number)
{
	struct guest *g = m->guests[number];

	g->efficiency.injected = g->vm->interrupt_count;
	return &g->efficiency;
}

