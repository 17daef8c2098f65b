/* The user's view of an MC68000 in unicorn: registers, condition codes, storage, and which trap is taken. It knows neither address errors nor a bus of
 * 24 lines, and does not enter exceptions itself: such steps are ORACLE_CANNOT or ORACLE_TRAPPED. */
#include "unicorn.h"

#ifdef HAVE_UNICORN
#include <stdlib.h>
#include <string.h>

#include "m68k_state.h"

enum { REGISTERS = M68K_REGISTERS, CODE = 32 /* bytes in which an instruction and what follows it lie */, SERVICES = 0xf00000 };

/* What both processes see, with the storage behind it. */
struct shared {
	uint32_t d[REGISTERS], a[REGISTERS], other_sp, sr, pc; /* before, then after */
	uint32_t end; /* where the instruction ends: unicorn keeps condition codes to itself if it is stopped within a block */
	uint32_t cause;
	bool trapped, odd, outside, failed;
};

static bool make(struct oracle *o)
{
	struct m68k_state *m68k = o->own = calloc(1, sizeof *m68k);

	if (!m68k || o->at)
		return false;
	m68k_state_new(m68k, o->isa);
	return true;
}

/* --- the worker --- */

static void on_trap(uc_engine *uc, uint32_t cause, void *context)
{
	struct shared *s = context;

	(void)uc;
	if (!s->trapped)
		s->cause = cause;
	s->trapped = true;
}

static void on_access(uc_engine *uc, uc_mem_type type, uint64_t at, int size, int64_t value, void *context)
{
	struct shared *s = context;

	(void)uc, (void)type, (void)value;
	s->odd = s->odd || (size > 1 && at % 2);
	s->outside = s->outside || at >= SERVICES; /* which do not access storage themselves */
}

static bool on_nothing(uc_engine *uc, uc_mem_type type, uint64_t at, int size, int64_t value, void *context)
{
	struct shared *s = context;

	(void)uc, (void)type, (void)at, (void)size, (void)value;
	s->outside = true;
	return false;
}

static bool services_written(uc_engine *uc);

static bool engine(struct oracle *o, uc_engine **uc)
{
	struct shared *s = o->shared;
	uc_hook hook;

	return uc_open(UC_ARCH_M68K, UC_MODE_BIG_ENDIAN, uc) == UC_ERR_OK && uc_ctl_set_cpu_model(*uc, UC_CPU_M68K_M68000) == UC_ERR_OK &&
	       uc_mem_map_ptr(*uc, 0, o->size, UC_PROT_ALL, o->storage) == UC_ERR_OK && uc_mem_map(*uc, SERVICES, 4096, UC_PROT_ALL) == UC_ERR_OK &&
	       services_written(*uc) &&
	       uc_hook_add(*uc, &hook, UC_HOOK_INTR, unicorn_callback((void (*)(void))on_trap), s, 1, 0) == UC_ERR_OK &&
	       uc_hook_add(*uc, &hook, UC_HOOK_MEM_READ | UC_HOOK_MEM_WRITE, unicorn_callback((void (*)(void))on_access), s, 1, 0) == UC_ERR_OK &&
	       uc_hook_add(*uc, &hook, UC_HOOK_MEM_UNMAPPED, unicorn_callback((void (*)(void))on_nothing), s, 1, 0) == UC_ERR_OK;
}

/* Unicorn's SR has neither condition codes nor does writing it exchange the stack pointers: the processor's own instructions do both, from a
 * page beyond the storage. */
enum service { SUPERVISOR, SET_USP, SET_SR, GET_SR, GET_USP };
static const unsigned char services[][4] = {
	[SUPERVISOR] = {0x46, 0xfc, 0x27, 0x00}, /* MOVE #$2700,SR */
	[SET_USP] = {0x4e, 0x60},                /* MOVE A0,USP */
	[SET_SR] = {0x46, 0xc7},                 /* MOVE D7,SR */
	[GET_SR] = {0x40, 0xc0},                 /* MOVE SR,D0 */
	[GET_USP] = {0x4e, 0x68},                /* MOVE USP,A0 */
};

static bool services_written(uc_engine *uc)
{
	for (unsigned i = 0; i < sizeof services / sizeof *services; i++)
		if (uc_mem_write(uc, SERVICES + 16 * i, services[i], sizeof *services) != UC_ERR_OK)
			return false;
	return true;
}

static void serve(uc_engine *uc, enum service service)
{
	uint64_t at = SERVICES + 16 * (uint64_t)service;

	uc_emu_start(uc, at, at + (service == SUPERVISOR ? 4 : 2), 0, 1);
}

/* To the supervisor's bank, wherever it is. */
static void become_supervisor(uc_engine *uc)
{
	unicorn_put(uc, UC_M68K_REG_SR, 0x2700);
	serve(uc, SUPERVISOR);
}

static void set_state(uc_engine *uc, const struct shared *s)
{
	bool supervisor = s->sr >> 13 & 1;

	become_supervisor(uc);
	unicorn_put(uc, UC_M68K_REG_A7, supervisor ? s->a[7] : s->other_sp);
	unicorn_put(uc, UC_M68K_REG_A0, supervisor ? s->other_sp : s->a[7]);
	serve(uc, SET_USP);
	unicorn_put(uc, UC_M68K_REG_D7, s->sr);
	serve(uc, SET_SR);
	for (int k = 0; k < REGISTERS; k++) {
		unicorn_put(uc, UC_M68K_REG_D0 + k, s->d[k]);
		unicorn_put(uc, UC_M68K_REG_A0 + k, s->a[k]);
	}
}

static void get_state(uc_engine *uc, struct shared *s)
{
	for (int k = 0; k < REGISTERS; k++) {
		s->d[k] = (uint32_t)unicorn_reg(uc, UC_M68K_REG_D0 + k);
		s->a[k] = (uint32_t)unicorn_reg(uc, UC_M68K_REG_A0 + k);
	}
	s->pc = (uint32_t)unicorn_reg(uc, UC_M68K_REG_PC);
	serve(uc, GET_SR);
	s->sr = (uint32_t)unicorn_reg(uc, UC_M68K_REG_D0);
	if (s->sr >> 13 & 1)
		serve(uc, GET_USP);
	else
		become_supervisor(uc);
	s->other_sp = (uint32_t)unicorn_reg(uc, s->sr >> 13 & 1 ? UC_M68K_REG_A0 : UC_M68K_REG_A7);
}

static void one_step(struct oracle *o, uc_engine *uc)
{
	struct shared *s = o->shared, after;

	set_state(uc, s);
	s->trapped = s->odd = s->outside = false;
	uc_ctl_remove_cache(uc, s->pc, s->pc + CODE);
	s->failed = uc_emu_start(uc, s->pc, s->end, 0, 1) != UC_ERR_OK;
	after = *s;
	get_state(uc, s);
	s->trapped = after.trapped, s->odd = after.odd, s->outside = after.outside, s->cause = after.cause;
}

/* --- states --- */

static void prepare(struct oracle *o, struct machine *m, struct chance *c)
{
	m68k_prepare(o->own, m, c, 8);
}

static bool set(struct oracle *o, const struct machine *m)
{
	const struct m68k_state *m68k = o->own;
	struct shared *s = o->shared;

	if (!m68k_is_plain(o->own, m))
		return false;
	*s = (struct shared){.sr = m68k_status(o->own, m), .other_sp = m68k_get(m, m68k->other_sp, 0), .pc = (uint32_t)machine_pc(m)};
	for (unsigned k = 0; k < REGISTERS; k++) {
		s->d[k] = m68k_get(m, m68k->d, k);
		s->a[k] = m68k_get(m, m68k->a, k);
	}
	return true;
}

static bool parcel(void *context, unsigned n, u128 *bits)
{
	const struct oracle *o = context;
	const struct shared *s = o->shared;
	const unsigned char *at = o->storage + s->pc + 2 * n;

	*bits = (u128)at[0] << 8 | at[1];
	return true;
}

/* Known, and not worth the wait: operands that do not exist make it loop for ever, and so does STOP. */
static bool beyond(struct oracle *o)
{
	struct shared *s = o->shared;
	struct decoded d;

	if (!decode(o->tree, parcel, o, &d) || !d.instruction || !strcmp(d.instruction->name, "stop"))
		return true;
	s->end = s->pc + d.length;
	return m68k_index_bits(o->storage + s->pc, d.length) & 7; /* a later processor scales by them */
}

static struct oracle_step step(struct oracle *o)
{
	const struct shared *s = o->shared;

	if (beyond(o))
		return oracle_cannot("unicorn loops for ever on STOP and on operands that do not exist, and scales indices");
	if (!unicorn_ask(o))
		return oracle_cannot("unicorn crashed or did not answer");
	if (s->outside)
		return oracle_cannot("an address beyond its storage");
	if (s->odd || s->pc % 2)
		return oracle_cannot("unicorn knows no address errors");
	if (s->trapped && s->cause > 0xff)
		return oracle_cannot("unicorn leaves RTE to its user");
	if (s->trapped)
		return (struct oracle_step){.result = ORACLE_TRAPPED, .knows_cause = true, .cause = s->cause};
	if (s->failed)
		return oracle_cannot("unicorn ended in an error of its own");
	return (struct oracle_step){.result = ORACLE_DONE};
}

static bool get(struct oracle *o, struct machine *m)
{
	const struct m68k_state *m68k = o->own;
	const struct shared *s = o->shared;

	for (unsigned k = 0; k < REGISTERS; k++) {
		machine_set(m, m68k->d, k, s->d[k]);
		machine_set(m, m68k->a, k, s->a[k]);
	}
	machine_set(m, m->isa->pc, 0, s->pc);
	machine_set(m, m68k->other_sp, 0, s->other_sp);
	m68k_set_status(o->own, m, s->sr);
	return true;
}

static u128 sees(const struct oracle *o, unsigned component, unsigned element)
{
	(void)element;
	return m68k_has(o->own, component) ? ~(u128)0 : 0;
}

static const char *const isas[] = {"m68000", NULL};

const struct unicorn_target unicorn_m68k = {.isas = isas, .make = make, .engine = engine, .one_step = one_step, .prepare = prepare, .set = set,
	.step = step, .get = get, .sees = sees};
#endif
