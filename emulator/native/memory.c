/* The slow way of memory accesses: what generated code does not find in the kept translations. */
#include "native.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "../device.h"
#include "../trace.h"

struct native_engine *native_of(struct native *n)
{
	return (struct native_engine *)((char *)n - offsetof(struct native_engine, n));
}

static unsigned units_of(const struct native_engine *ne, unsigned how)
{
	return (how & HOW_WIDTH) / ne->plan->isa->memory.unit;
}

static unsigned width_of(unsigned how)
{
	return how & HOW_WIDTH;
}

static enum access access_of(unsigned how)
{
	return (enum access)(how >> HOW_ACCESS & 3);
}

/* Time up to the present instruction, for devices and ticked components. */
static void catch_up(struct native_engine *ne, uint64_t left)
{
	uint64_t done = ne->n.base - left;

	ne->n.base = left;
	machine_sync(ne->machine, done, done); /* also what was accounted for before the engine was entered */
}

static void look_at_attention(struct native_engine *ne)
{
	if (ne->machine->attention)
		ne->n.look = 1;
}

void memory_raise(struct native_engine *ne, const struct trap *trap, uint64_t value)
{
	if (trap->cause == ~(u128)0) {
		ne->n.raised = NATIVE_ERROR;
		return;
	}
	ne->n.raised = NATIVE_TRAP;
	ne->n.refused = 0;
	ne->n.cause = (uint64_t)trap->cause;
	ne->n.cause_high = (uint64_t)(trap->cause >> 64);
	ne->n.value = value & (uint64_t)bits_mask(isa_trap_value(ne->plan->isa));
}

/* --- where an access goes --- */

bool memory_hidden(const struct native_engine *ne, uint64_t pa, uint64_t count)
{
	for (const struct device *d = ne->machine->devices; d; d = d->next) {
		uint64_t at = (uint64_t)d->described->at;

		if (!d->described->by_port && pa < at + d->size && at < pa + count)
			return true;
	}
	return false;
}

static bool is_storage(const struct native_engine *ne, uint64_t pa, uint64_t count)
{
	const struct machine *m = ne->machine;
	uint64_t offset;

	return pa >= m->at && pa - m->at < m->size && count <= m->size - (pa - m->at) && !device_at((struct machine *)m, false, pa, &offset);
}

/* Keeps the translation of the page, if all of it is storage, and may be written without anybody being told if it is for stores. */
static void keep(struct native_engine *ne, unsigned level, uint64_t va, enum access access, uint64_t pa)
{
	const struct machine *m = ne->machine;
	const struct storage *s = m->storage;
	uint64_t page = ne->plan->page, first = pa - pa % page, index = m->window + (first - m->at);
	struct native_tlb *t;
	struct native_entry *entry;

	if (access == ACCESS_FETCH || (va - pa) % page || first < m->at || first - m->at >= m->size || m->size - (first - m->at) < page)
		return;
	if (s->page != page || index % page || memory_hidden(ne, first, page) || (access == ACCESS_STORE && s->marks[index / page]))
		return;
	t = contexts_select(ne, level);
	if (t == &ne->nothing)
		return;
	entry = access == ACCESS_LOAD ? &t->load[va / page % NATIVE_TLB] : &t->store[va / page % NATIVE_TLB];
	entry->tag = va - va % page;
	entry->add = (uint64_t)(uintptr_t)s->cells + (index - entry->tag) * s->cell;
}

static unsigned level_index(const struct native_engine *ne, uint64_t level)
{
	unsigned i = 0;

	while (i < ne->plan->isa->level_count - 1 && ne->plan->isa->levels[i].value != level)
		i++;
	return i;
}

bool memory_translate(struct native_engine *ne, uint64_t level, uint64_t va, enum access access, uint64_t *pa)
{
	const struct isa *isa = ne->plan->isa;
	uint64_t args[6] = {level, 0, va, 0, access, 0}, result[2];

	*pa = va & (uint64_t)bits_mask(isa->memory.address);
	ne->walked_device = false;
	if (isa->translate) {
		ne->filling = ne->plan->uniform && !ne->careful;
		ne->module->functions[isa->translate->number](&ne->n, ne->machine->words, args, result);
		ne->filling = false;
		contexts_check(ne);
		if (ne->n.raised)
			return false;
		*pa = result[0];
	}
	if (ne->plan->uniform && !ne->careful && !ne->walked_device && isa->levels[level_index(ne, level)].value == level)
		keep(ne, level_index(ne, level), va, access, *pa);
	return true;
}

/* --- loads --- */

static void loaded(struct native *n, u128 value)
{
	n->lo = (uint64_t)value;
	n->hi = (uint64_t)(value >> 64);
}

/* `reported`: the address that a trap tells. */
static void load_physical(struct native_engine *ne, uint64_t left, uint64_t pa, uint64_t reported, unsigned how)
{
	unsigned units = units_of(ne, how);
	struct trap trap;
	u128 value;

	if (is_storage(ne, pa, units)) {
		if (how & HOW_TABLE && ne->filling)
			for (unsigned i = 0; i < units; i++)
				storage_mark(ne->machine->storage, ne->machine->window + (pa + i - ne->machine->at), MARK_TABLE);
	} else {
		ne->walked_device = true;
		catch_up(ne, left);
	}
	if (machine_load_physical(ne->machine, pa, width_of(how), how & HOW_BIG, access_of(how), &value, &trap))
		loaded(&ne->n, value);
	else
		memory_raise(ne, &trap, reported);
	look_at_attention(ne);
}

/* Every unit's address, as far as the access translates them one by one. False: refused. */
static bool addresses(struct native_engine *ne, uint64_t va, uint64_t level, unsigned how, uint64_t *pa)
{
	unsigned units = units_of(ne, how);

	for (unsigned i = 0; i < units; i++) {
		uint64_t at = (va + i) & (uint64_t)bits_mask(ne->plan->isa->memory.virtual_address);

		if (i && !(how & HOW_SPLIT))
			pa[i] = (pa[0] + i) & (uint64_t)bits_mask(ne->plan->isa->memory.address);
		else if (!memory_translate(ne, level, at, access_of(how), &pa[i]))
			return false;
	}
	return true;
}

/* The units of a split access that lie one behind the other after all are one access. */
static bool together(const uint64_t *pa, unsigned units)
{
	for (unsigned i = 1; i < units; i++)
		if (pa[i] != pa[0] + i)
			return false;
	return true;
}

static void load_units(struct native_engine *ne, uint64_t left, const uint64_t *pa, uint64_t va, unsigned how)
{
	unsigned units = units_of(ne, how), unit = ne->plan->isa->memory.unit, one = (how & ~(unsigned)HOW_WIDTH) | unit;
	u128 value = 0;

	for (unsigned i = 0; i < units && !ne->n.raised; i++) {
		load_physical(ne, left, pa[i], va + i, one);
		value |= (u128)ne->n.lo << (how & HOW_BIG ? units - 1 - i : i) * unit;
	}
	loaded(&ne->n, value);
}

static uint64_t level_of(const struct native_engine *ne, uint64_t level, unsigned how)
{
	return how & HOW_LEVEL ? level : ne->machine->words[ne->machine->word_of[ne->plan->isa->mode]];
}

static void host_load(struct native *n, uint64_t pc, uint64_t left, uint64_t address, uint64_t level, unsigned how)
{
	struct native_engine *ne = native_of(n);
	uint64_t pa[BITS_MAX];

	(void)pc;
	if (how & HOW_PORT) {
		catch_up(ne, left);
		loaded(n, machine_port_in(ne->machine, address, width_of(how)) & bits_mask(width_of(how)));
		look_at_attention(ne);
	} else if (how & HOW_PHYSICAL) {
		load_physical(ne, left, address, level, how);
	} else if (addresses(ne, address, level_of(ne, level, how), how, pa)) {
		if (how & HOW_SPLIT && !together(pa, units_of(ne, how)))
			load_units(ne, left, pa, address, how);
		else
			load_physical(ne, left, pa[0], address, how);
	}
}

/* --- stores --- */

static struct logged *log_add(struct native_engine *ne)
{
	if (ne->log_count == ne->log_room) {
		ne->log_room = 2 * ne->log_room + 16;
		ne->log = must_realloc(ne->log, ne->log_room * sizeof *ne->log);
	}
	ne->log[ne->log_count] = (struct logged){0};
	return &ne->log[ne->log_count++];
}

static void write_unit(struct native_engine *ne, uint64_t pa, uint64_t value, bool log)
{
	struct machine *m = ne->machine;
	uint64_t index = m->window + (pa - m->at);

	if (log) {
		struct logged *l = log_add(ne);

		l->index = index;
		l->old = storage_get(m->storage, index);
	}
	storage_set(m->storage, index, value & (uint64_t)bits_mask(m->storage->unit));
}

static void write_units(struct native_engine *ne, const uint64_t *pa, u128 value, unsigned how)
{
	unsigned units = units_of(ne, how), unit = ne->plan->isa->memory.unit;

	for (unsigned i = 0; i < units; i++)
		write_unit(ne, pa[i], (uint64_t)(value >> ((how & HOW_BIG ? units - 1 - i : i) * unit)), how & HOW_LOG);
	contexts_check(ne);
}

static bool can_store(struct native_engine *ne, uint64_t pa, uint64_t reported)
{
	struct machine *m = ne->machine;
	int cause = m->isa->platform.unmapped[ACCESS_STORE];
	struct trap trap = {.cause = ~(u128)0};
	uint64_t offset;

	if (device_at(m, false, pa, &offset))
		return true;
	if (cause >= 0)
		trap.cause = m->isa->causes[cause].value;
	else
		snprintf(m->message, sizeof m->message, "store to physical address 0x%llx, where nothing is", (unsigned long long)pa);
	memory_raise(ne, &trap, reported);
	return false;
}

static void send(struct native_engine *ne, bool port, uint64_t at, unsigned width, uint64_t value)
{
	struct trap ignored;

	if (port)
		machine_port_out(ne->machine, at, width, value);
	else
		machine_store_physical(ne->machine, at, width, false, value, &ignored);
	look_at_attention(ne);
	contexts_check(ne);
}

static void send_or_log(struct native_engine *ne, uint64_t left, uint64_t at, uint64_t value, unsigned how)
{
	catch_up(ne, left);
	if (how & HOW_LOG) {
		struct logged *l = log_add(ne);

		*l = (struct logged){.outside = true, .port = how & HOW_PORT, .at = at, .lo = value, .width = width_of(how)};
		return;
	}
	send(ne, how & HOW_PORT, at, width_of(how), value);
}

static void watch_store(struct native_engine *ne, uint64_t pa, unsigned how, u128 value)
{
	const struct tracer *t = ne->machine->tracer;

	if (t && t->memory)
		t->memory(t->context, ne->machine, ACCESS_STORE, pa, width_of(how), value);
}

static void store_physical(struct native_engine *ne, uint64_t left, const uint64_t *pa, uint64_t reported, u128 value, unsigned how)
{
	if (is_storage(ne, pa[0], units_of(ne, how))) {
		write_units(ne, pa, value, how);
		watch_store(ne, pa[0], how, value);
	} else if (can_store(ne, pa[0], reported)) {
		send_or_log(ne, left, pa[0], (uint64_t)value, how);
	}
}

/* Units apart: nothing is written before it is certain that all can be. */
static void store_units(struct native_engine *ne, uint64_t left, const uint64_t *pa, uint64_t va, u128 value, unsigned how)
{
	unsigned units = units_of(ne, how), unit = ne->plan->isa->memory.unit, one = (how & ~(unsigned)HOW_WIDTH) | unit;

	for (unsigned i = 0; i < units; i++)
		if (!is_storage(ne, pa[i], 1) && !can_store(ne, pa[i], va + i))
			return;
	for (unsigned i = 0; i < units; i++)
		store_physical(ne, left, &pa[i], va + i, value >> (how & HOW_BIG ? units - 1 - i : i) * unit & bits_mask(unit), one);
}

static void host_store(struct native *n, uint64_t pc, uint64_t left, uint64_t address, uint64_t level, unsigned how, uint64_t lo, uint64_t hi)
{
	struct native_engine *ne = native_of(n);
	u128 value = (u128)hi << 64 | lo;
	uint64_t pa[BITS_MAX];

	(void)pc;
	if (how & HOW_PORT) {
		send_or_log(ne, left, address, lo, how);
	} else if (how & HOW_PHYSICAL) {
		for (unsigned i = 0; i < units_of(ne, how); i++)
			pa[i] = (address + i) & (uint64_t)bits_mask(ne->plan->isa->memory.address);
		store_physical(ne, left, pa, level, value, how);
	} else if (addresses(ne, address, level_of(ne, level, how), how, pa)) {
		if (how & HOW_SPLIT && !together(pa, units_of(ne, how)))
			store_units(ne, left, pa, address, value, how);
		else
			store_physical(ne, left, pa, address, value, how);
	}
}

/* --- the end of an instruction that logs --- */

static void host_commit(struct native *n)
{
	struct native_engine *ne = native_of(n);

	for (unsigned i = 0; i < ne->log_count; i++)
		if (ne->log[i].outside)
			send(ne, ne->log[i].port, ne->log[i].at, ne->log[i].width, ne->log[i].lo);
	ne->log_count = 0;
}

static void host_undo(struct native *n)
{
	struct native_engine *ne = native_of(n);

	while (ne->log_count) {
		const struct logged *l = &ne->log[--ne->log_count];

		if (!l->outside)
			storage_set(ne->machine->storage, l->index, l->old);
	}
	contexts_check(ne);
}

/* --- the rest --- */

static void host_sync(struct native *n, uint64_t left)
{
	struct native_engine *ne = native_of(n);

	catch_up(ne, left);
	look_at_attention(ne);
}

static void host_wide(unsigned op, const uint64_t *a, const uint64_t *b, const uint64_t *c, unsigned w, unsigned wb, unsigned low, unsigned width,
		      uint64_t *result)
{
	u128 args[3] = {(u128)a[1] << 64 | a[0], (u128)b[1] << 64 | b[0], (u128)c[1] << 64 | c[0]}, r;
	unsigned widths[3] = {w, wb, wb};

	r = op_apply((enum op)op, args, widths, width, low);
	result[0] = (uint64_t)r;
	result[1] = (uint64_t)(r >> 64);
}

static void host_undecoded(struct native *n, uint64_t pc, uint64_t bits)
{
	struct native_engine *ne = native_of(n);
	struct machine *m = ne->machine;

	if (ne->plan->isa->undecoded)
		snprintf(m->message, sizeof m->message, "the description's undecoded() raised nothing at 0x%llx", (unsigned long long)pc);
	else
		snprintf(m->message, sizeof m->message, "no instruction has the encoding 0x%llx at 0x%llx", (unsigned long long)bits,
			 (unsigned long long)pc);
	n->raised = NATIVE_ERROR;
}

const struct native_host native_host = {host_load, host_store, host_sync, code_lookup, code_decode, host_undecoded, host_commit, host_undo, host_wide};
