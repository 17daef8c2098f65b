/* Which engine, and what all engines ask of a machine. */
#include "engine_ops.h"

#include <stdio.h>
#include <string.h>

#include "device.h"
#include "trace.h"

static const struct engine_ops *const by_kind[] = {
	[ENGINE_NATIVE] = &native_engine, [ENGINE_BUILTIN] = &builtin_engine, [ENGINE_WALK] = &walk_engine,
};

struct engine *engine_new(struct machine *m, enum engine_kind kind, char *error)
{
	struct engine *e;

	if (kind != ENGINE_BEST)
		return by_kind[kind]->create(m, error);
	e = native_engine.create(m, error);
	if (!e)
		e = builtin_engine.create(m, error);
	return e ? e : walk_engine.create(m, error);
}

void engine_free(struct engine *e)
{
	if (e)
		e->ops->free(e);
}

const char *engine_name(const struct engine *e)
{
	return e->ops->name;
}

enum engine_exit engine_run(struct machine *m, uint64_t budget, bool ignore_break, uint64_t *steps, uint64_t *completed, struct trap *trap)
{
	return m->engine->ops->run(m, budget, ignore_break, steps, completed, trap);
}

bool engine_call(struct machine *m, const struct ir_function *f, const u128 *args, u128 *result, struct trap *trap)
{
	return m->engine->ops->call(m, f, args, result, trap);
}

void engine_state_changed(struct machine *m)
{
	if (m->engine)
		m->engine->ops->state_changed(m);
}

void engine_mode_changed(struct machine *m)
{
	m->engine->ops->mode_changed(m);
}

/* --- what functions use --- */

static void expr_uses(const struct ir_expr *e, bool *reads)
{
	if (!e)
		return;
	if (e->kind == IR_COMPONENT)
		reads[e->index] = true;
	for (unsigned i = 0; i < e->count; i++)
		expr_uses(e->args[i], reads);
}

static void body_uses(const struct isa *isa, const struct ir_statement *s, bool *reads, bool *writes)
{
	for (; s; s = s->next) {
		expr_uses(s->a, reads);
		expr_uses(s->b, reads);
		expr_uses(s->c, reads);
		for (unsigned i = 0; i < s->arg_count; i++)
			expr_uses(s->args[i], reads);
		if (s->kind == IR_PUT || s->kind == IR_PUT_ELEMENT)
			writes[s->index] = true;
		if ((s->kind == IR_LOAD || s->kind == IR_STORE) && isa->translate) {
			reads[isa->mode] = true;
			body_uses(isa, isa->translate->body, reads, writes);
		}
		body_uses(isa, s->body, reads, writes);
		body_uses(isa, s->other, reads, writes);
		if (s->callee)
			body_uses(isa, s->callee->body, reads, writes);
	}
}

void ir_uses(const struct isa *isa, const struct ir_function *f, bool *reads, bool *writes)
{
	if (f)
		body_uses(isa, f->body, reads, writes);
}

void machine_watched(const struct isa *isa, bool *attention, bool *timed, bool *ticked)
{
	bool *ignored = attention; /* what these write, they also read or do not depend on */

	memset(attention, 0, isa->component_count * sizeof *attention);
	memset(timed, 0, isa->component_count * sizeof *timed);
	memset(ticked, 0, isa->component_count * sizeof *ticked);
	ir_uses(isa, isa->tick, ticked, ticked);
	ir_uses(isa, isa->interrupt, attention, ignored);
	ir_uses(isa, isa->wakes, attention, ignored);
	ir_uses(isa, isa->quiet, attention, ignored);
	ir_uses(isa, isa->quiet, timed, timed);
	if (isa->waiting)
		attention[isa->waiting] = true;
	attention[isa->pc] = timed[isa->pc] = ticked[isa->pc] = false;
}

/* --- memory, the slow way --- */

static uint64_t unit_mask(const struct storage *s)
{
	return s->unit == 64 ? ~(uint64_t)0 : ((uint64_t)1 << s->unit) - 1;
}

static bool in_storage(const struct machine *m, uint64_t pa, uint64_t count)
{
	return pa >= m->at && pa - m->at < m->size && count <= m->size - (pa - m->at);
}

static bool nothing_there(struct machine *m, uint64_t pa, enum access access, struct trap *trap)
{
	static const char *const what[] = {"load from", "store to", "fetch from"};
	int cause = m->isa->platform.unmapped[access];

	*trap = (struct trap){.cause = ~(u128)0, .value = pa};
	if (cause >= 0) {
		trap->cause = m->isa->causes[cause].value;
		trap->fault = m->isa->causes[cause].fault;
		return false;
	}
	snprintf(m->message, sizeof m->message, "%s physical address 0x%llx, where nothing is", what[access], (unsigned long long)pa);
	return false;
}

static void watch_memory(struct machine *m, enum access access, uint64_t pa, unsigned width, u128 value)
{
	if (m->tracer && m->tracer->memory)
		m->tracer->memory(m->tracer->context, m, access, pa, width, value);
}

bool machine_load_physical(struct machine *m, uint64_t pa, unsigned width, bool big_endian, enum access access, u128 *value, struct trap *trap)
{
	unsigned unit = m->isa->memory.unit, count = width / unit;
	uint64_t offset;
	struct device *d = device_at(m, false, pa, &offset);

	*value = 0;
	if (d && access != ACCESS_FETCH) {
		*value = device_read(d, offset, width);
		return true;
	}
	if (d || !in_storage(m, pa, count))
		return nothing_there(m, pa, access, trap);
	for (unsigned i = 0; i < count; i++) {
		u128 part = storage_get(m->storage, m->window + (pa - m->at) + (big_endian ? i : count - 1 - i)) & unit_mask(m->storage);

		*value = unit == BITS_MAX ? part : *value << unit | part;
	}
	watch_memory(m, access == ACCESS_FETCH ? ACCESS_FETCH : ACCESS_LOAD, pa, width, *value);
	return true;
}

bool machine_store_physical(struct machine *m, uint64_t pa, unsigned width, bool big_endian, u128 value, struct trap *trap)
{
	unsigned unit = m->isa->memory.unit, count = width / unit;
	uint64_t offset;
	struct device *d = device_at(m, false, pa, &offset);

	if (d) {
		device_write(d, offset, width, (uint64_t)value);
		return true;
	}
	if (!in_storage(m, pa, count))
		return nothing_there(m, pa, ACCESS_STORE, trap);
	for (unsigned i = 0; i < count; i++) {
		unsigned part = big_endian ? count - 1 - i : i;

		storage_set(m->storage, m->window + (pa - m->at) + i, (uint64_t)(value >> (part * unit)) & unit_mask(m->storage));
	}
	watch_memory(m, ACCESS_STORE, pa, width, value);
	return true;
}

u128 machine_port_in(struct machine *m, uint64_t port, unsigned width)
{
	uint64_t offset;
	struct device *d = device_at(m, true, port, &offset);

	return d ? device_read(d, offset, width) : 0; /* nothing there reads zero */
}

void machine_port_out(struct machine *m, uint64_t port, unsigned width, u128 value)
{
	uint64_t offset;
	struct device *d = device_at(m, true, port, &offset);

	if (d)
		device_write(d, offset, width, (uint64_t)value);
}
