/* The MC68000 and MC68010, with their exceptions. qemu 7.2 knows neither address errors nor bus errors nor the 24 lines of their bus. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../decode.h"
#include "m68k_state.h"
#include "qemu.h"

/* The stub's registers begin with D0 to D7, A0 to A7. */
enum { A7 = 15, GENERAL = 16, CODE = 24 /* bytes that may belong to an instruction */, WAIT = 5, PATIENCE = 2000 /* ms */ };
enum { SUPERVISOR = 0x2700, USER = 0, STOP_BYTES = 4 };

enum { CONTROLS = 3, MOVEC = 0xf00 /* its place */, MOVEC_BYTES = 4 };

struct own {
	struct m68k_state m68k;
	int sr, pc;          /* the stub's numbers */
	uint32_t start;      /* the pc before the step */
	bool waited, moves_control, controls_known;
	uint32_t controls[CONTROLS]; /* VBR, SFC, DFC as qemu has them, if known */
};

/* MOVEC between D0 and a control register, by code of our own: what is in storage there is put back. */
static const unsigned control_numbers[CONTROLS] = {0x801, 0, 1}; /* VBR, SFC, DFC (PRM section 6, MOVEC) */

static unsigned control(const struct own *own, unsigned n)
{
	return n == 0 ? own->m68k.vbr : n == 1 ? own->m68k.sfc : own->m68k.dfc;
}

static bool movec(struct oracle *o, unsigned n, bool to)
{
	const struct own *own = o->own;
	unsigned char code[MOVEC_BYTES] = {0x4e, (unsigned char)(0x7a + to), (unsigned char)(control_numbers[n] >> 8), (unsigned char)control_numbers[n]};

	gdb_put_register(o->gdb, own->sr, SUPERVISOR, 4);
	gdb_put_register(o->gdb, own->pc, MOVEC, 4);
	return qemu_run(o, MOVEC, code, sizeof code, PATIENCE);
}

static bool make(struct oracle *o)
{
	struct own *own = o->own = calloc(1, sizeof *own);

	if (!own)
		return false;
	m68k_state_new(&own->m68k, o->isa);
	return true;
}

static bool learn(struct oracle *o)
{
	struct own *own = o->own;

	own->controls_known = false;
	own->sr = gdb_register(o->gdb, "ps");
	own->pc = gdb_register(o->gdb, "pc");
	return gdb_register(o->gdb, "d0") == 0 && gdb_register(o->gdb, "sp") == A7 && own->sr == GENERAL && own->pc == GENERAL + 1;
}

static void prepare(struct oracle *o, struct machine *m, struct chance *c)
{
	const struct own *own = o->own;

	m68k_prepare(&own->m68k, m, c, 64);
}

/* --- setting the state --- */

static void put(struct oracle *o, int number, uint32_t value)
{
	gdb_put_register(o->gdb, number, value, 4);
}

static bool set_controls(struct oracle *o, const struct machine *m)
{
	struct own *own = o->own;

	for (unsigned n = 0; n < CONTROLS; n++) {
		uint32_t value = m68k_get(m, control(own, n), 0);

		if (own->controls_known && own->controls[n] == value)
			continue;
		put(o, 0, value);
		if (!movec(o, n, true)) {
			o->stale = true;
			return false;
		}
		own->controls[n] = value;
	}
	return own->controls_known = true;
}

/* Writing SR exchanges the stack pointers, as the processor does. */
static bool set(struct oracle *o, const struct machine *m)
{
	struct own *own = o->own;
	uint32_t sr = m68k_status(&own->m68k, m), other = m68k_get(m, own->m68k.other_sp, 0);
	bool supervisor = sr >> 13 & 1;
	struct gdb_value all[GENERAL + 2];

	if (!m68k_is_plain(&own->m68k, m) || (own->m68k.controls && !set_controls(o, m)))
		return false;
	put(o, own->sr, supervisor ? USER : SUPERVISOR);
	put(o, A7, other);
	put(o, own->sr, sr);
	own->start = (uint32_t)machine_pc(m);
	for (unsigned k = 0; k < GENERAL; k++)
		all[k] = (struct gdb_value){m68k_get(m, k < M68K_REGISTERS ? own->m68k.d : own->m68k.a, k % M68K_REGISTERS), 4};
	all[GENERAL] = (struct gdb_value){sr, 4};
	all[GENERAL + 1] = (struct gdb_value){own->start, 4};
	gdb_put_all(o->gdb, all, GENERAL + 2);
	qemu_code(o, own->start, CODE);
	return true;
}

/* --- the step --- */

static bool parcel(void *context, unsigned n, u128 *bits)
{
	const struct oracle *o = context;
	const struct own *own = o->own;
	const unsigned char *at = o->storage + own->start + 2 * n;

	*bits = (u128)at[0] << 8 | at[1];
	return own->start + 2 * n + 2 <= o->size;
}

static struct oracle_step step(struct oracle *o)
{
	struct own *own = o->own;
	struct decoded d;
	bool known = decode(o->tree, parcel, o, &d) && d.instruction, stops = known && !strcmp(d.instruction->name, "stop");
	struct oracle_step s;

	own->moves_control = known && !strncmp(d.instruction->name, "movec", 5);
	if (known && m68k_index_bits(o->storage + own->start, d.length) & 1)
		return oracle_cannot("qemu takes an index word with bit 8 for a later processor's");
	s = qemu_step(o, own->pc, own->start, stops ? WAIT : PATIENCE, &own->waited);
	if (s.result == ORACLE_DONE && qemu_reached_beyond(o))
		return oracle_cannot("an address beyond its storage");
	return s;
}

/* --- reading the state --- */

static bool take(struct oracle *o, struct machine *m, unsigned component, unsigned element)
{
	uint64_t value;

	if (!gdb_take_register(o->gdb, &value))
		return false;
	machine_set(m, component, element, value);
	return true;
}

static bool get_general(struct oracle *o, struct machine *m)
{
	const struct own *own = o->own;
	struct gdb_value all[GENERAL + 2];

	for (unsigned k = 0; k < GENERAL + 2; k++)
		all[k].bytes = 4;
	gdb_ask_all(o->gdb);
	if (!gdb_take_all(o->gdb, all, GENERAL + 2))
		return false;
	for (unsigned k = 0; k < GENERAL; k++)
		machine_set(m, k < M68K_REGISTERS ? own->m68k.d : own->m68k.a, k % M68K_REGISTERS, all[k].value);
	machine_set(m, m->isa->pc, 0, all[GENERAL + 1].value);
	m68k_set_status(&own->m68k, m, (uint32_t)all[GENERAL].value);
	put(o, own->sr, all[GENERAL].value >> 13 & 1 ? USER : SUPERVISOR);
	gdb_ask_register(o->gdb, A7);
	return gdb_take(o->gdb) && take(o, m, own->m68k.other_sp, 0);
}

/* Only MOVEC changes them. */
static bool get_controls(struct oracle *o, struct machine *m)
{
	struct own *own = o->own;

	for (unsigned n = 0; n < CONTROLS; n++) {
		if (!movec(o, n, false))
			return false;
		gdb_ask_register(o->gdb, 0);
		if (!take(o, m, control(own, n), 0))
			return false;
		own->controls[n] = m68k_get(m, control(own, n), 0);
	}
	return true;
}

static bool get(struct oracle *o, struct machine *m)
{
	struct own *own = o->own;

	if (!get_general(o, m))
		return false;
	own->controls_known = own->controls_known && !own->waited;
	machine_set(m, m->isa->waiting, 0, own->waited && machine_pc(m) == own->start + STOP_BYTES); /* else it trapped as it was interrupted */
	return !own->m68k.controls || own->waited || !own->moves_control || get_controls(o, m);
}

static u128 sees(const struct oracle *o, unsigned component, unsigned element)
{
	const struct own *own = o->own;

	(void)element;
	return m68k_has(&own->m68k, component) || component == o->isa->waiting ? ~(u128)0 : 0;
}

static const char *const isas[] = {"m68000", "m68000-masked", "m68010", NULL};
static const char *const models[] = {"m68000", "m68000", "m68010"};

const struct qemu_target qemu_m68k = {.program = "qemu-system-m68k", .isas = isas, .models = models, .machine = "none,memory-backend=ram",
	.big_endian = true, .storage = 0x40000, .make = make, .learn = learn, .prepare = prepare, .set = set,
	.step = step, .get = get, .sees = sees};
