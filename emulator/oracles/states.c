#include "states.h"

#include <string.h>

#include "m68k_state.h"
#include "riscv_prepare.h"
#include "x86_state.h"

enum { STORAGE = 0x20000, TRIES = 40 };

uint64_t states_storage(const struct isa *isa)
{
	return isa->platform.memory_size < STORAGE ? (uint64_t)isa->platform.memory_size : STORAGE;
}

/* --- states of the machines that are known --- */

static void prepare_riscv(struct machine *m, struct chance *c)
{
	static const uint64_t no_devices[] = {0};
	struct riscv_limits limits = {.locks = true, .devices = no_devices};

	riscv_prepare(m, c, &limits);
}

static void prepare_x86(struct machine *m, struct chance *c)
{
	struct x86_state x;

	if (!x86_state_new(&x, m->isa))
		return;
	x.paging = x.alignment = x.bad_gates = x.bad_exceptions = true;
	x86_prepare(&x, m, c);
}

static void prepare_m68k(struct machine *m, struct chance *c)
{
	struct m68k_state s;

	m68k_state_new(&s, m->isa);
	m68k_prepare(&s, m, c, 8);
}

static const struct known {
	const char *isa; /* the beginning of its name */
	void (*prepare)(struct machine *m, struct chance *c);
} known[] = {{"rv64", prepare_riscv}, {"x86-", prepare_x86}, {"m680", prepare_m68k}};

static const struct known *known_as(const struct isa *isa)
{
	for (unsigned i = 0; i < sizeof known / sizeof *known; i++)
		if (!strncmp(isa->name, known[i].isa, strlen(known[i].isa)))
			return &known[i];
	return NULL;
}

/* --- states of any machine --- */

static unsigned level_among(const struct isa *isa, struct chance *c, const bool *levels)
{
	unsigned found = 0, seen = 0;

	for (unsigned i = 0; i < isa->level_count; i++)
		if (levels[i] && chance_one_in(c, ++seen))
			found = i;
	return found;
}

static u128 some_address(struct machine *m, struct chance *c)
{
	uint64_t at = m->at + chance_below(c, (unsigned)m->size);

	return chance_one_in(c, 4) ? at : at & ~(uint64_t)7;
}

/* What an element holds: relocation mostly what it held at reset, so that addresses lead somewhere; the rest half the time. */
static u128 some_value(struct machine *m, struct chance *c, unsigned component, unsigned element)
{
	const struct component *k = &m->isa->components[component];

	if (k->role == ROLE_GENERAL && chance_one_in(c, 2))
		return some_address(m, c);
	if (k->role != ROLE_GENERAL && !chance_one_in(c, k->role == ROLE_RELOCATION ? 6 : 2))
		return machine_get(m, component, element);
	return chance_value(c, k->width);
}

static void prepare_any(struct machine *m, struct chance *c, const bool *levels)
{
	const struct isa *isa = m->isa;

	for (unsigned i = 0; i < isa->component_count; i++)
		for (unsigned e = 0; e == 0 || e < isa->components[i].count; e++)
			machine_set(m, i, e, some_value(m, c, i, e));
	machine_set(m, isa->mode, 0, isa->levels[level_among(isa, c, levels)].value);
	machine_set(m, isa->waiting, 0, 0);
	machine_set(m, isa->pc, 0, some_address(m, c) & ~(u128)7);
	for (uint64_t i = 0; i < m->size; i++)
		if (chance_one_in(c, 8))
			storage_set(m->storage, i, (uint64_t)chance_value(c, m->storage->unit));
}

void states_prepare(struct machine *m, struct chance *c, const bool *levels)
{
	const struct known *k = chance_one_in(c, 2) ? known_as(m->isa) : NULL;

	for (unsigned i = 0; k && i < TRIES; i++) {
		k->prepare(m, c);
		if (levels[machine_level(m)])
			return;
		machine_reset(m, NULL);
		memset(m->storage->cells, 0, m->storage->size * m->storage->cell);
	}
	prepare_any(m, c, levels);
}
