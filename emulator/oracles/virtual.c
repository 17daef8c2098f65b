#include "virtual.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../engine.h"
#include "states.h"

enum { CHAIN = 16 };

struct oracle {
	const struct isa *isa;
	bool *levels; /* that the scenario gives to guests */
	struct machine *below, *vm;
	struct monitor *monitor;
	char message[256]; /* of the step that failed */
};

static const char *always_there(void)
{
	return NULL;
}

static const char *refuses_none(const struct isa *isa)
{
	(void)isa;
	return NULL;
}

static void virtual_close(struct oracle *o)
{
	monitor_free(o->monitor);
	machine_free(o->below);
	free(o->levels);
	free(o);
}

/* The start of the platform that begins at this level, where reset does not. */
static const char *start_at(const struct isa *isa, unsigned level)
{
	if (isa->components[isa->mode].reset == isa->levels[level].value)
		return NULL;
	for (const struct platform_start *s = isa->platform.starts; s; s = s->next)
		for (unsigned i = 0; i < s->count; i++)
			if (s->values[i].component == isa->mode && s->values[i].value == isa->levels[level].value)
				return s->name;
	return NULL;
}

uint64_t virtual_storage(const struct isa *isa, const struct scenario *scenario)
{
	uint64_t size = states_storage(isa), last = (uint64_t)(bits_mask(isa->memory.address) - isa->platform.memory_at);

	while (size > 1 && monitor_room(isa, scenario, 1, size) - 1 > last)
		size /= 2;
	return size;
}

struct oracle *virtual_open(const struct isa *isa, const struct scenario *scenario, enum technique technique, uint64_t size, char *error)
{
	struct machine_options real = {.engine = ENGINE_WALK, .memory = monitor_room(isa, scenario, 1, size), .without_devices = true,
				       .start = start_at(isa, scenario->monitor)};
	struct oracle *o = calloc(1, sizeof *o);

	snprintf(error, 256, "out of memory");
	if (!o)
		return NULL;
	o->isa = isa;
	o->levels = calloc(isa->level_count, sizeof *o->levels);
	for (unsigned i = 0; o->levels && i < isa->level_count; i++)
		o->levels[i] = scenario->map[i] >= 0;
	o->below = o->levels ? machine_new(isa, &real, NULL, error) : NULL;
	if (o->below)
		o->monitor = monitor_new(o->below, scenario, technique, 1, size, NULL, NULL, ENGINE_WALK, error);
	if (!o->monitor) {
		virtual_close(o);
		return NULL;
	}
	o->vm = monitor_guest(o->monitor, 0);
	return o;
}

static void prepare(struct oracle *o, struct machine *m, struct chance *c)
{
	states_prepare(m, c, o->levels);
}

static bool set(struct oracle *o, const struct machine *m)
{
	struct machine *vm = o->vm;

	if (!o->levels[machine_level(m)])
		return false;
	storage_written(vm->storage, vm->window, vm->size);
	memcpy(vm->storage->cells + vm->window * vm->storage->cell, m->storage->cells, vm->size * vm->storage->cell);
	memcpy(vm->words, m->words, vm->word_count * sizeof *vm->words);
	vm->unticked_steps = vm->unticked_completed = 0;
	vm->interrupted_at = ~(uint64_t)0;
	vm->attention = vm->unsettled = true;
	engine_state_changed(vm);
	o->monitor->violations = 0;
	o->monitor->message[0] = o->below->message[0] = vm->message[0] = '\0';
	return true;
}

static struct oracle_step step(struct oracle *o)
{
	enum stop stop = machine_run(o->vm, 1);

	for (unsigned i = 0; o->isa->has_instead && i < CHAIN && stop == STOP_STEPS && machine_get(o->vm, o->isa->instead_valid, 0); i++)
		stop = machine_run(o->vm, 1);
	machine_sync(o->vm, 0, 0);
	if (stop == STOP_STEPS || stop == STOP_STUCK)
		return (struct oracle_step){.result = ORACLE_DONE};
	snprintf(o->message, sizeof o->message, "%s", o->vm->message);
	return (struct oracle_step){.result = ORACLE_FAILED, .why = o->message};
}

static bool get(struct oracle *o, struct machine *m)
{
	const struct machine *vm = o->vm;

	memcpy(m->words, vm->words, vm->word_count * sizeof *vm->words);
	memcpy(m->storage->cells, vm->storage->cells + vm->window * vm->storage->cell, vm->size * vm->storage->cell);
	return true;
}

const struct efficiency *virtual_efficiency(const struct oracle *o)
{
	return monitor_efficiency(o->monitor, 0);
}

const struct oracle_kind virtual_kind = {.name = "virtual", .absent = always_there, .refuses = refuses_none,
	.close = virtual_close, .prepare = prepare, .set = set, .step = step, .get = get};
