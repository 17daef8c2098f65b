/* What happens between instructions: time, devices, interrupts, trap entry. Instructions are the engine's affair. */
#include "machine.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "engine.h"
#include "monitor.h"
#include "trace.h"

static const uint64_t FOR_EVER = ~(uint64_t)0;

/* --- state --- */

static unsigned words_of(const struct component *c)
{
	return c->width > 64 ? 2 : 1;
}

static bool layout(struct machine *m)
{
	const struct isa *isa = m->isa;

	m->word_of = calloc(isa->component_count + 1, sizeof *m->word_of);
	m->watched = calloc(isa->component_count + 1, sizeof *m->watched);
	m->timed = calloc(isa->component_count + 1, sizeof *m->timed);
	for (unsigned i = 0; m->word_of && i < isa->component_count; i++) {
		m->word_of[i] = m->word_count;
		m->word_count += words_of(&isa->components[i]) * (isa->components[i].count ? isa->components[i].count : 1);
	}
	m->words = calloc(m->word_count + 1, sizeof *m->words);
	return m->word_of && m->watched && m->timed && m->words;
}

u128 machine_get(const struct machine *m, unsigned component, unsigned element)
{
	const struct component *c = &m->isa->components[component];
	const uint64_t *word = &m->words[m->word_of[component] + element * words_of(c)];

	return c->width > 64 ? (u128)word[1] << 64 | word[0] : word[0];
}

void machine_set(struct machine *m, unsigned component, unsigned element, u128 value)
{
	const struct component *c = &m->isa->components[component];
	uint64_t *word = &m->words[m->word_of[component] + element * words_of(c)];

	value &= bits_mask(c->width);
	if (c->zero && c->zero[element])
		value = 0;
	if (machine_get(m, component, element) == value)
		return;
	word[0] = (uint64_t)value;
	if (c->width > 64)
		word[1] = (uint64_t)(value >> 64);
	m->attention = m->attention || m->watched[component];
	m->unsettled = m->unsettled || m->timed[component];
	engine_state_changed(m);
}

uint64_t machine_pc(const struct machine *m)
{
	return m->words[m->word_of[m->isa->pc]];
}

unsigned machine_level(const struct machine *m)
{
	uint64_t mode = m->words[m->word_of[m->isa->mode]];

	for (unsigned i = 0; i < m->isa->level_count; i++)
		if ((uint64_t)m->isa->levels[i].value == mode)
			return i;
	return 0; /* a mode that is no level: the least */
}

bool machine_reset(struct machine *m, const char *start)
{
	const struct isa *isa = m->isa;
	const struct platform_start *s = isa->platform.starts;

	while (s && strcmp(s->name, start ? start : "reset"))
		s = s->next;
	if (start && !s)
		return false;
	for (unsigned i = 0; i < isa->component_count; i++)
		for (unsigned e = 0; e == 0 || e < isa->components[i].count; e++)
			machine_set(m, i, e, isa->components[i].reset);
	for (unsigned i = 0; s && i < s->count; i++)
		machine_set(m, s->values[i].component, s->values[i].element < 0 ? 0 : (unsigned)s->values[i].element, s->values[i].value);
	m->steps = m->completed = m->unticked_steps = m->unticked_completed = 0;
	m->deadline = 0;
	m->interrupted_at = FOR_EVER;
	m->off = m->yielded = false;
	m->attention = true;
	for (struct device *d = m->devices; d; d = d->next)
		if (d->model->reset)
			d->model->reset(d);
	engine_state_changed(m);
	return true;
}

/* --- making --- */

static bool make_storage(struct machine *m, const struct machine_options *o, char *error)
{
	const struct isa *isa = m->isa;
	u128 room = bits_mask(isa->memory.address) - isa->platform.memory_at;

	m->at = (uint64_t)isa->platform.memory_at;
	m->size = o->memory ? o->memory : (uint64_t)isa->platform.memory_size;
	m->window = o->window;
	if (!m->size || m->size - 1 > room) {
		snprintf(error, 256, "storage of %llu units does not fit into the physical addresses of %s", (unsigned long long)m->size, isa->name);
		return false;
	}
	m->storage = o->storage ? storage_share(o->storage) : storage_new(isa->memory.unit, isa->memory.frame, m->size);
	if (!m->storage)
		snprintf(error, 256, "there is no memory for %llu units of storage", (unsigned long long)m->size);
	else if (m->window > m->storage->size || m->size > m->storage->size - m->window)
		snprintf(error, 256, "the storage window is too small");
	else
		return true;
	return false;
}

struct machine *machine_new(const struct isa *isa, const struct machine_options *options, struct outside *outside, char *error)
{
	struct machine *m = calloc(1, sizeof *m);
	bool *ticked = calloc(isa->component_count + 1, sizeof *ticked);

	snprintf(error, 256, "out of memory");
	if (!m || !ticked)
		goto failed;
	m->isa = isa;
	m->name = isa->name;
	m->outside = outside;
	m->monitor_level = -1;
	if (!layout(m) || !make_storage(m, options, error))
		goto failed;
	machine_watched(isa, m->watched, m->timed, ticked);
	if (!options->without_devices && !devices_new(m, error))
		goto failed;
	m->engine = engine_new(m, options->engine, error);
	if (!m->engine)
		goto failed;
	if (!machine_reset(m, options->start)) {
		snprintf(error, 256, "%s has no start '%s'", isa->name, options->start);
		goto failed;
	}
	free(ticked);
	return m;
failed:
	free(ticked);
	machine_free(m);
	return NULL;
}

void machine_free(struct machine *m)
{
	if (!m)
		return;
	engine_free(m->engine);
	devices_free(m);
	storage_free(m->storage);
	free(m->words);
	free(m->word_of);
	free(m->watched);
	free(m->timed);
	free(m->breakpoints);
	free(m);
}

/* --- storage, as others see it --- */

static bool inside(const struct machine *m, uint64_t pa, uint64_t count)
{
	return pa >= m->at && pa - m->at <= m->size && count <= m->size - (pa - m->at);
}

bool machine_read(const struct machine *m, uint64_t pa, uint64_t *units, uint64_t count)
{
	if (!inside(m, pa, count))
		return false;
	for (uint64_t i = 0; i < count; i++)
		units[i] = storage_get(m->storage, m->window + (pa - m->at) + i);
	return true;
}

bool machine_write(struct machine *m, uint64_t pa, const uint64_t *units, uint64_t count)
{
	if (!inside(m, pa, count))
		return false;
	for (uint64_t i = 0; i < count; i++)
		storage_set(m->storage, m->window + (pa - m->at) + i, units[i] & (uint64_t)bits_mask(m->storage->unit));
	return true;
}

bool machine_read_bytes(const struct machine *m, uint64_t pa, void *bytes, uint64_t count)
{
	if (m->storage->cell != 1 || !inside(m, pa, count))
		return false;
	memcpy(bytes, m->storage->cells + m->window + (pa - m->at), count);
	return true;
}

bool machine_write_bytes(struct machine *m, uint64_t pa, const void *bytes, uint64_t count)
{
	if (m->storage->cell != 1 || !inside(m, pa, count))
		return false;
	storage_written(m->storage, m->window + (pa - m->at), count);
	memcpy(m->storage->cells + m->window + (pa - m->at), bytes, count);
	return true;
}

bool machine_translate(struct machine *m, unsigned level, uint64_t va, enum access access, uint64_t *pa, struct trap *trap)
{
	u128 args[3] = {m->isa->levels[level].value, va, access}, result = va;

	if (m->isa->translate && !engine_call(m, m->isa->translate, args, &result, trap)) {
		trap->pc = machine_pc(m);
		return false;
	}
	*pa = (uint64_t)(result & bits_mask(m->isa->memory.address));
	return true;
}

/* --- time --- */

static void tick(struct machine *m)
{
	u128 args[2] = {m->unticked_steps, m->unticked_completed};
	bool attention = m->attention, unsettled = m->unsettled;
	char message[sizeof m->message];

	if (!m->unticked_steps && !m->unticked_completed)
		return;
	m->unticked_steps = m->unticked_completed = 0;
	memcpy(message, m->message, sizeof message);
	if (m->isa->tick)
		engine_call(m, m->isa->tick, args, NULL, NULL);
	if (message[0]) /* why a run ended, until the next one */
		memcpy(m->message, message, sizeof message);
	m->attention = m->attention || attention;
	m->unsettled = unsettled; /* the deadline counts on tick */
}

void machine_account(struct machine *m, uint64_t steps, uint64_t completed)
{
	m->steps += steps;
	m->completed += completed;
	m->unticked_steps += steps;
	m->unticked_completed += completed;
}

void machine_sync(struct machine *m, uint64_t steps, uint64_t completed)
{
	machine_account(m, steps, completed);
	tick(m);
}

/* Brings everything up to date and finds out when that will be necessary again. */
static void settle(struct machine *m)
{
	uint64_t quiet;

	tick(m);
	devices_update(m);
	quiet = machine_quiet(m);
	m->unsettled = false;
	m->deadline = quiet > FOR_EVER - m->steps ? FOR_EVER : m->steps + quiet;
}

void machine_pass(struct machine *m, uint64_t steps, uint64_t completed)
{
	machine_account(m, steps, completed);
	settle(m);
}

uint64_t machine_quiet(struct machine *m)
{
	uint64_t devices = devices_quiet(m);
	u128 own = FOR_EVER;

	tick(m);
	if (m->isa->quiet && !engine_call(m, m->isa->quiet, NULL, &own, NULL))
		own = 1;
	if (own > devices)
		own = devices;
	return own ? (uint64_t)own : 1;
}

/* --- interrupts and traps --- */

unsigned machine_trap_target(struct machine *m, u128 cause)
{
	u128 args[2] = {cause, machine_get(m, m->isa->mode, 0)}, level = 0;
	unsigned i = 0;

	if (!m->isa->trap_target || !engine_call(m, m->isa->trap_target, args, &level, NULL))
		return m->isa->level_count - 1;
	while (i < m->isa->level_count - 1 && m->isa->levels[i].value != level)
		i++;
	return i;
}

bool machine_interrupt(struct machine *m, struct trap *trap)
{
	if (!m->isa->interrupt || engine_call(m, m->isa->interrupt, NULL, NULL, trap))
		return false;
	trap->target = machine_trap_target(m, trap->cause);
	trap->pc = machine_pc(m);
	trap->interrupt = true;
	trap->fault = false;
	return true;
}

void machine_enter_trap(struct machine *m, const struct trap *trap)
{
	u128 args[3] = {trap->cause, trap->pc, trap->value};
	struct trap again;

	if (m->isa->trap_entry && !engine_call(m, m->isa->trap_entry, args, NULL, &again) && !m->message[0])
		snprintf(m->message, sizeof m->message, "trap entry at 0x%llx trapped itself", (unsigned long long)trap->pc);
	m->attention = true;
}

static void watch_trap(struct machine *m)
{
	m->trap_count++;
	m->interrupt_count += m->trap.interrupt;
	if (m->tracer && m->tracer->trap)
		m->tracer->trap(m->tracer->context, m, &m->trap);
}

/* True: the trap is the monitor's, and the run ends. */
static bool deliver(struct machine *m)
{
	watch_trap(m);
	if (m->monitor_level >= 0 && m->trap.target == (unsigned)m->monitor_level)
		return true;
	m->message[0] = 0;
	machine_enter_trap(m, &m->trap);
	return false;
}

static bool is_waiting(const struct machine *m)
{
	return m->words[m->word_of[m->isa->waiting]] != 0;
}

static void wake(struct machine *m)
{
	m->words[m->word_of[m->isa->waiting]] = 0;
	engine_state_changed(m);
}

static bool wakes(struct machine *m)
{
	u128 result = 0;

	return m->isa->wakes && engine_call(m, m->isa->wakes, NULL, &result, NULL) && result;
}

enum between { GO_ON, ENTERED, IDLE, END };

/* Everything that may be due before the next instruction. */
static enum between look(struct machine *m, enum stop *stop)
{
	m->attention = false;
	if (m->unsettled || m->steps >= m->deadline)
		settle(m);
	m->attention = false; /* what settling changed is looked at now */
	if (m->off || m->yielded) {
		*stop = m->off ? STOP_OFF : STOP_YIELD;
		m->yielded = false;
		m->attention = true;
		return END;
	}
	if (machine_interrupt(m, &m->trap)) {
		if (is_waiting(m))
			wake(m);
		*stop = STOP_TRAP;
		return deliver(m) ? END : ENTERED;
	}
	if (!is_waiting(m))
		return GO_ON;
	if (wakes(m)) {
		wake(m);
		return GO_ON;
	}
	return IDLE;
}

/* While the processor waits, time passes to the next event. False: there will be none. */
static bool idle(struct machine *m, uint64_t *left)
{
	uint64_t quiet = m->deadline == FOR_EVER ? FOR_EVER : m->deadline - m->steps, n = quiet < *left ? quiet : *left;

	m->attention = true;
	if (quiet == FOR_EVER)
		return false;
	machine_account(m, n, 0);
	*left -= n;
	return true;
}

static bool has_breakpoint(const struct machine *m)
{
	for (unsigned i = 0; i < m->breakpoint_count; i++)
		if (m->breakpoints[i] == machine_pc(m))
			return true;
	return false;
}

/* Interrupts take no steps, but for those that follow another one at once: a handler that never begins must not run for ever. */
static uint64_t steps_of_interrupt(struct machine *m)
{
	bool repeated = m->interrupted_at == m->steps;

	machine_account(m, repeated, 0);
	m->interrupted_at = m->steps;
	return repeated;
}

/* Engines know breakpoints; a monitor does not, and is asked for one instruction after the other. */
static enum engine_exit execute_virtual(struct machine *m, uint64_t budget, bool ignore_break, uint64_t *steps, uint64_t *completed)
{
	*steps = *completed = 0;
	if (!ignore_break && has_breakpoint(m))
		return ENGINE_BREAK;
	return monitor_execute(m, m->breakpoint_count ? 1 : budget, steps, completed, &m->trap);
}

static enum engine_exit execute(struct machine *m, uint64_t budget, bool ignore_break)
{
	uint64_t steps, completed;
	enum engine_exit exit;

	if (m->tracer && (m->tracer->instruction || m->tracer->memory))
		budget = 1;
	if (m->below)
		exit = execute_virtual(m, budget, ignore_break, &steps, &completed);
	else
		exit = engine_run(m, budget, ignore_break, &steps, &completed, &m->trap);
	machine_account(m, steps, completed);
	return exit;
}

enum stop machine_run(struct machine *m, uint64_t steps)
{
	uint64_t left = steps;
	bool first = true;
	enum stop stop = STOP_STEPS;

	m->message[0] = 0;
	while (left) {
		uint64_t before = m->steps, horizon;

		if (m->attention || m->steps >= m->deadline) {
			enum between b = look(m, &stop);

			if (m->message[0])
				return STOP_ERROR;
			if (b == END)
				return stop;
			if (b == IDLE && !idle(m, &left))
				return STOP_STUCK;
			if (b == ENTERED)
				left -= steps_of_interrupt(m);
			first = first && b == GO_ON;
			if (b != GO_ON)
				continue;
		}
		horizon = m->deadline - m->steps;
		switch (execute(m, left < horizon ? left : horizon, first)) {
		case ENGINE_TRAP:
			left -= m->steps - before;
			first = false;
			if (deliver(m))
				return STOP_TRAP;
			if (m->message[0])
				return STOP_ERROR;
			continue;
		case ENGINE_BREAK: return STOP_BREAK;
		case ENGINE_ERROR: return STOP_ERROR;
		case ENGINE_ATTENTION:
		case ENGINE_STEPS: break;
		}
		first = false;
		left -= m->steps - before;
	}
	if (m->off)
		return STOP_OFF;
	return STOP_STEPS;
}

void machine_yield(struct machine *m)
{
	m->yielded = true;
	m->attention = true;
}

/* The interpreter routine. The instruction is executed by the machine's own engine, never by the one below it. */
enum step machine_step(struct machine *m, struct trap *trap, enum stop *stop)
{
	uint64_t steps, completed;
	enum engine_exit exit;

	m->message[0] = 0;
	exit = engine_run(m, 1, true, &steps, &completed, trap);
	machine_account(m, steps, completed);
	if (exit == ENGINE_ERROR) {
		*stop = STOP_ERROR;
		return STEP_STOP;
	}
	return exit == ENGINE_TRAP ? STEP_TRAP : STEP_DONE;
}
