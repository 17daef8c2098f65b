/* The reference engine: the plain walker over the concrete domain, one instruction after the other. Slow, and short enough to be read: the other
 * engines are held against it. */
#include "engine_ops.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../analyzer/values/concrete.h"
#include "../analyzer/values/walk.h"
#include "decode.h"
#include "device.h"
#include "trace.h"

struct walk {
	struct engine engine;
	struct arena *tree_arena;
	struct tree *tree;
	struct machine *machine;
};

enum { TAG_MEMORY = 1 << 20, TAG_OTHER };

/* One walk: the machine's state as the walker sees it. */
struct view {
	struct machine *m;
	struct arena *arena;
	struct concrete *concrete;
	struct walk_input input;
	struct walk_outside outside;
	struct value *slots;
};

static bool pa_in_storage(const struct machine *m, uint64_t pa)
{
	return pa >= m->at && pa - m->at < m->size;
}

static struct value v_mode(const struct view *v)
{
	return v->slots[v->m->isa->mode];
}

static bool is_storage(void *context, u128 pa, unsigned units)
{
	const struct machine *m = context;
	uint64_t offset;

	return !device_at((struct machine *)m, false, (uint64_t)pa, &offset) && pa >= m->at && pa - m->at < m->size &&
	       units <= m->size - (uint64_t)(pa - m->at);
}

static bool outside_load(void *context, u128 pa, unsigned width, bool big_endian, enum access access, u128 *value, u128 *cause)
{
	struct trap trap;
	bool there = machine_load_physical(context, (uint64_t)pa, width, big_endian, access, value, &trap);

	if (!there)
		*cause = trap.cause;
	return there;
}

static bool outside_can_store(void *context, u128 pa, u128 *cause)
{
	struct machine *m = context;
	int there = m->isa->platform.unmapped[ACCESS_STORE];
	uint64_t offset;

	*cause = there >= 0 ? m->isa->causes[there].value : 0;
	if (device_at(m, false, (uint64_t)pa, &offset))
		return true;
	if (there < 0)
		snprintf(m->message, sizeof m->message, "store to physical address 0x%llx, where nothing is", (unsigned long long)pa);
	return false;
}

static void outside_store(void *context, u128 pa, unsigned width, u128 value)
{
	struct trap trap;

	machine_store_physical(context, (uint64_t)pa, width, false, value, &trap);
}

static u128 outside_in(void *context, u128 port, unsigned width)
{
	return machine_port_in(context, (uint64_t)port, width);
}

static void outside_out(void *context, u128 port, unsigned width, u128 value)
{
	machine_port_out(context, (uint64_t)port, width, value);
}

/* Each access to storage as it is made, in translations too; an instruction that traps later has told of it all the same. */
static void outside_watch(void *context, enum access access, u128 pa, unsigned width, u128 value)
{
	struct machine *m = context;

	m->tracer->memory(m->tracer->context, m, access, (uint64_t)pa, width, value);
}

static u128 element(void *context, unsigned tag, u128 index)
{
	const struct machine *m = context;

	if (tag == TAG_MEMORY)
		return pa_in_storage(m, (uint64_t)index) ? storage_get(m->storage, m->window + ((uint64_t)index - m->at)) : 0;
	if (tag >= TAG_MEMORY || index >= m->isa->components[tag].count)
		return 0;
	return machine_get(m, tag, (unsigned)index);
}

static u128 no_function(void *context, enum uninterpreted f, const u128 *args, const unsigned *widths, unsigned count, unsigned width)
{
	(void)context, (void)f, (void)args, (void)widths, (void)count, (void)width;
	assert(false);
	return 0;
}

static u128 unknown(void *context, uint64_t key, unsigned width)
{
	const struct machine *m = context;

	(void)key;
	return m->unknown_ones ? bits_mask(width) : 0;
}

static u128 unknown_element(void *context, unsigned run, uint64_t key, u128 index, unsigned width)
{
	(void)run, (void)index;
	return unknown(context, key, width);
}

static unsigned only_run(void *context)
{
	(void)context;
	return 0;
}

static struct view *view_new(struct machine *m)
{
	const struct isa *isa = m->isa;
	struct arena *arena = arena_new();
	struct view *v = ARENA_NEW(arena, struct view);
	struct oracle oracle = {m, element, no_function, unknown, unknown_element, only_run};
	struct value *inputs = ARENA_ARRAY(arena, struct value, isa->input_count + 1);

	v->m = m;
	v->arena = arena;
	v->concrete = concrete_new(arena, &oracle);
	v->slots = ARENA_ARRAY(arena, struct value, slot_count(isa));
	for (unsigned i = 0; i < isa->component_count; i++)
		v->slots[i] = isa->components[i].count ? concrete_array(v->concrete, i, isa->components[i].width)
						       : value_const(machine_get(m, i, 0), isa->components[i].width);
	for (unsigned i = 0; i < SLOT_EXTRAS; i++)
		v->slots[isa->component_count + i] = value_const(0, 0);
	v->slots[isa->component_count + SLOT_MEMORY] = concrete_array(v->concrete, TAG_MEMORY, isa->memory.unit);
	v->slots[isa->component_count + SLOT_HOST] = concrete_array(v->concrete, TAG_OTHER, isa->memory.unit);
	v->slots[isa->component_count + SLOT_PORTS] = concrete_array(v->concrete, TAG_OTHER, 8);
	for (unsigned i = 0; i < isa->input_count; i++)
		inputs[i] = value_const(m->inputs ? m->inputs[i] : 0, isa->inputs[i].width);
	v->outside = (struct walk_outside){m, is_storage, outside_load, outside_can_store, outside_store, outside_in, outside_out,
					  m->tracer && m->tracer->memory ? outside_watch : NULL};
	v->input = (struct walk_input){.domain = concrete_domain(v->concrete), .isa = isa, .inputs = inputs, .run = value_const(0, 8),
				       .model = MEMORY_REAL, .start = v->slots, .outside = &v->outside};
	m->message[0] = 0;
	return v;
}

/* Writes back what the walk changed. An array changes in place: it knows itself which elements were written. */
static void keep_array(struct machine *m, unsigned component, struct value after)
{
	struct touched touched[4096];
	unsigned n = concrete_touched(after, touched, 4096);

	for (unsigned i = 0; i < n; i++) {
		if (!touched[i].written)
			continue;
		if (component == TAG_MEMORY)
			storage_set(m->storage, m->window + ((uint64_t)touched[i].index - m->at), (uint64_t)touched[i].now);
		else if (touched[i].index < m->isa->components[component].count)
			machine_set(m, component, (unsigned)touched[i].index, touched[i].now);
	}
}

static void keep_component(struct machine *m, unsigned i, struct value before, struct value after)
{
	if (m->isa->components[i].count)
		keep_array(m, i, after);
	else if (!value_same(before, after))
		machine_set(m, i, 0, after.bits);
}

static void keep(struct view *v, const struct value *after)
{
	for (unsigned i = 0; i < v->m->isa->component_count; i++)
		keep_component(v->m, i, v->slots[i], after[i]);
	keep_array(v->m, TAG_MEMORY, after[v->m->isa->component_count + SLOT_MEMORY]);
}

/* The outcome as a trap of the machine; false if it is none. */
static bool as_trap(struct view *v, const struct outcome *o, struct trap *trap)
{
	if (value_is(o->done, 1))
		return false;
	*trap = (struct trap){.cause = o->cause.bits, .value = (uint64_t)o->value.bits, .pc = machine_pc(v->m), .fault = value_is(o->fault, 1)};
	for (unsigned i = 0; i < v->m->isa->level_count; i++)
		if (v->m->isa->levels[i].value == o->target.bits)
			trap->target = i;
	return true;
}

/* --- fetching --- */

struct fetching {
	struct view *v;
	struct trap trap;
	bool nothing;
};

/* The register file that lies at this virtual address, if it holds parcels; NULL: none. */
static const struct component *aliased(const struct isa *isa, u128 at)
{
	for (unsigned i = 0; i < isa->component_count; i++) {
		const struct component *c = &isa->components[i];

		if (c->alias_memory && c->width == isa->parcel && at >= c->alias_at && at - c->alias_at < c->count)
			return c;
	}
	return NULL;
}

static bool fetch(void *context, unsigned number, u128 *bits)
{
	struct fetching *f = context;
	struct machine *m = f->v->m;
	const struct isa *isa = m->isa;
	u128 at = (machine_pc(m) + (u128)number * (isa->parcel / isa->memory.unit)) & bits_mask(isa->memory.virtual_address);
	const struct component *file = aliased(isa, at);
	struct value args[3] = {v_mode(f->v), value_const(at, isa->memory.virtual_address), value_const(ACCESS_FETCH, 2)};
	struct value pa = value_const(at, isa->memory.address);

	if (isa->has_instead && number == 0 && machine_get(m, isa->instead_valid, 0)) {
		*bits = machine_get(m, isa->instead_word, 0);
		return true;
	}
	if (file) {
		*bits = machine_get(m, (unsigned)(file - isa->components), (unsigned)(at - file->alias_at));
		return true;
	}
	if (isa->translate) {
		struct outcome o = walk_call(f->v->arena, &f->v->input, isa->translate, args, f->v->slots, &pa);

		if (as_trap(f->v, &o, &f->trap))
			return false;
	}
	if (machine_load_physical(m, (uint64_t)pa.bits, isa->parcel, isa->memory.big_endian, ACCESS_FETCH, bits, &f->trap))
		return true;
	f->trap.value = (uint64_t)at;
	f->nothing = f->trap.cause == ~(u128)0;
	return false;
}

/* --- one instruction --- */

static enum engine_exit finish(struct view *v, const struct outcome *o, struct trap *trap)
{
	enum engine_exit exit = ENGINE_STEPS;

	if (v->m->message[0]) {
		exit = ENGINE_ERROR;
	} else if (as_trap(v, o, trap)) {
		for (unsigned i = 0; i < v->m->isa->component_count; i++)
			if (v->m->isa->components[i].keeps || isa_complete(v->m->isa, trap->cause))
				keep_component(v->m, i, v->slots[i], o->kept[i]);
		exit = ENGINE_TRAP;
	} else {
		keep(v, o->slots);
	}
	return exit;
}

static enum engine_exit undecoded(struct view *v, uint64_t bits, struct trap *trap)
{
	struct value args[1] = {value_const(bits, 64)};
	struct outcome o;

	if (!v->m->isa->undecoded) {
		snprintf(v->m->message, sizeof v->m->message, "no instruction has the encoding 0x%llx at 0x%llx", (unsigned long long)bits,
			 (unsigned long long)machine_pc(v->m));
		return ENGINE_ERROR;
	}
	o = walk_call(v->arena, &v->input, v->m->isa->undecoded, args, v->slots, NULL);
	if (as_trap(v, &o, trap))
		return ENGINE_TRAP;
	snprintf(v->m->message, sizeof v->m->message, "the description's undecoded() raised nothing at 0x%llx", (unsigned long long)machine_pc(v->m));
	return ENGINE_ERROR;
}

static unsigned target_of(struct view *v, u128 cause)
{
	const struct isa *isa = v->m->isa;
	struct value args[2] = {value_const(cause, isa->cause_width), v_mode(v)}, level;
	unsigned target = isa->level_count - 1;

	if (!isa->trap_target)
		return target;
	level = walk_function(v->arena, &v->input, isa->trap_target, args, NULL);
	for (unsigned i = 0; i < isa->level_count; i++)
		if (isa->levels[i].value == level.bits)
			target = i;
	return target;
}

static enum engine_exit fetch_failed(struct fetching *f, struct trap *trap)
{
	if (f->nothing || f->v->m->message[0])
		return ENGINE_ERROR;
	*trap = f->trap;
	trap->pc = machine_pc(f->v->m);
	trap->target = target_of(f->v, trap->cause);
	return ENGINE_TRAP;
}

static const struct value *without_instead(struct view *v)
{
	unsigned count = slot_count(v->m->isa);
	struct value *start = ARENA_ARRAY(v->arena, struct value, count);

	memcpy(start, v->slots, count * sizeof *start);
	start[v->m->isa->instead_valid] = value_const(0, 1);
	return start;
}

static enum engine_exit step_in(struct view *v, const struct walk *w, struct trap *trap)
{
	struct fetching f = {.v = v};
	struct value variables[VARIABLES_MAX];
	struct decoded d;
	struct outcome o;

	if (!decode(w->tree, fetch, &f, &d))
		return fetch_failed(&f, trap);
	if (v->m->tracer && v->m->tracer->instruction)
		v->m->tracer->instruction(v->m->tracer->context, v->m, machine_pc(v->m), &d);
	if (!d.instruction)
		return undecoded(v, d.bits, trap);
	for (unsigned i = 0; i < d.instruction->variable_count; i++)
		variables[i] = value_const(d.variables[i], d.instruction->places[i].width);
	v->input.instruction = d.instruction;
	v->input.variables = variables;
	if (v->m->isa->has_instead) /* having executed what stood there instead is part of what the instruction does */
		v->input.start = without_instead(v);
	o = walk_instruction(v->arena, &v->input);
	return finish(v, &o, trap);
}

static bool has_breakpoint(const struct machine *m)
{
	for (unsigned i = 0; i < m->breakpoint_count; i++)
		if (m->breakpoints[i] == machine_pc(m))
			return true;
	return false;
}

static enum engine_exit walk_run(struct machine *m, uint64_t budget, bool ignore_break, uint64_t *steps, uint64_t *completed, struct trap *trap)
{
	struct walk *w = (struct walk *)m->engine;

	*steps = *completed = 0;
	for (uint64_t done = 0; done < budget; done++, ignore_break = false) {
		struct view *v;
		enum engine_exit exit;

		if (!ignore_break && m->breakpoint_count && has_breakpoint(m))
			return ENGINE_BREAK;
		machine_sync(m, *steps, *completed); /* counters are seen as they are between instructions */
		*steps = *completed = 0;
		v = view_new(m);
		exit = step_in(v, w, trap);
		arena_free(v->arena);
		if (exit == ENGINE_ERROR)
			return exit;
		*steps = 1;
		if (exit == ENGINE_TRAP)
			return exit;
		*completed = 1;
		if (m->attention)
			return ENGINE_ATTENTION;
	}
	return ENGINE_STEPS;
}

static bool walk_engine_call(struct machine *m, const struct ir_function *f, const u128 *args, u128 *result, struct trap *trap)
{
	struct view *v = view_new(m);
	struct value *values = ARENA_ARRAY(v->arena, struct value, f->param_count + 1), value = value_const(0, 0), *slots = ARENA_ARRAY(v->arena, struct value, slot_count(m->isa));
	struct outcome o;
	struct trap ignored;
	bool trapped;

	for (unsigned i = 0; i < slot_count(m->isa); i++)
		slots[i] = v->slots[i];
	for (unsigned i = 0; i < f->param_count; i++)
		values[i] = value_const(args[i], f->locals[i].width);
	o = walk_call(v->arena, &v->input, f, values, slots, &value);
	trapped = as_trap(v, &o, trap ? trap : &ignored);
	if (!trapped)
		keep(v, slots);
	if (result)
		*result = value.bits;
	arena_free(v->arena);
	return !trapped;
}

static struct engine *walk_create(struct machine *m, char *error)
{
	struct walk *w = calloc(1, sizeof *w);

	if (!w) {
		snprintf(error, 256, "no memory for the engine");
		return NULL;
	}
	w->engine.ops = &walk_engine;
	w->machine = m;
	w->tree_arena = arena_new();
	w->tree = decode_tree(w->tree_arena, m->isa);
	return &w->engine;
}

static void walk_free(struct engine *e)
{
	struct walk *w = (struct walk *)e;

	arena_free(w->tree_arena);
	free(w);
}

static void walk_state_changed(struct machine *m)
{
	(void)m; /* nothing is kept */
}

const struct engine_ops walk_engine = {"walk", walk_create, walk_free, walk_run, walk_engine_call, walk_state_changed, walk_state_changed};
