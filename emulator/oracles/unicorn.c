/* Unicorn (Debian's libunicorn-dev), the user's view of an MC68000: registers, condition codes, storage, and which trap is taken. It knows neither address errors
 * nor a bus of 24 lines, and does not enter exceptions itself: such steps are ORACLE_CANNOT or ORACLE_TRAPPED. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../decode.h"
#include "m68k_state.h"

#if __has_include(<unicorn/unicorn.h>)
#include <unicorn/unicorn.h>

enum { REGISTERS = M68K_REGISTERS, CODE = 32 /* bytes in which an instruction and what follows it lie */, PATIENCE = 500 /* ms */,
       SERVICES = 0xf00000 };

/* What both processes see, with the storage behind it. */
struct shared {
	uint32_t d[REGISTERS], a[REGISTERS], other_sp, sr, pc; /* before, then after */
	uint32_t end; /* where the instruction ends: unicorn keeps condition codes to itself if it is stopped within a block */
	uint32_t cause;
	bool trapped, odd, outside, failed;
};

/* Unicorn runs in a process of its own: some instructions make it crash or loop for ever. */
struct oracle {
	struct m68k_state m68k;
	struct arena *arena; /* of the tree */
	struct tree *tree;
	struct shared *shared;
	unsigned char *storage;
	uint64_t size;
	pid_t worker;
	int to, from; /* pipes: a byte asks for a step, a byte says that it is done */
};

static const char *absent(void)
{
	return NULL;
}

static const char *refuses(const struct isa *isa)
{
	return strcmp(isa->name, "m68000") ? "of Debian's unicorn, only the MC68000 is used here" : NULL;
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
}

static bool on_nothing(uc_engine *uc, uc_mem_type type, uint64_t at, int size, int64_t value, void *context)
{
	struct shared *s = context;

	(void)uc, (void)type, (void)at, (void)size, (void)value;
	s->outside = true;
	return false;
}

/* uc_hook_add takes every callback as an object pointer. */
static void *callback(void (*f)(void))
{
	void *p;

	memcpy(&p, &f, sizeof p);
	return p;
}

static bool services_written(uc_engine *uc);

static bool engine_open(struct oracle *o, uc_engine **uc)
{
	struct shared *s = o->shared;
	uc_hook hook;

	return uc_open(UC_ARCH_M68K, UC_MODE_BIG_ENDIAN, uc) == UC_ERR_OK && uc_ctl_set_cpu_model(*uc, UC_CPU_M68K_M68000) == UC_ERR_OK &&
	       uc_mem_map_ptr(*uc, 0, o->size, UC_PROT_ALL, o->storage) == UC_ERR_OK && uc_mem_map(*uc, SERVICES, 4096, UC_PROT_ALL) == UC_ERR_OK &&
	       services_written(*uc) &&
	       uc_hook_add(*uc, &hook, UC_HOOK_INTR, callback((void (*)(void))on_trap), s, 1, 0) == UC_ERR_OK &&
	       uc_hook_add(*uc, &hook, UC_HOOK_MEM_READ | UC_HOOK_MEM_WRITE, callback((void (*)(void))on_access), s, 1, 0) == UC_ERR_OK &&
	       uc_hook_add(*uc, &hook, UC_HOOK_MEM_UNMAPPED, callback((void (*)(void))on_nothing), s, 1, 0) == UC_ERR_OK;
}

static void put(uc_engine *uc, int which, uint32_t value)
{
	uc_reg_write(uc, which, &value);
}

static uint32_t reg(uc_engine *uc, int which)
{
	uint32_t value = 0;

	uc_reg_read(uc, which, &value);
	return value;
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
	put(uc, UC_M68K_REG_SR, 0x2700);
	serve(uc, SUPERVISOR);
}

static void set_state(uc_engine *uc, const struct shared *s)
{
	bool supervisor = s->sr >> 13 & 1;

	become_supervisor(uc);
	put(uc, UC_M68K_REG_A7, supervisor ? s->a[7] : s->other_sp);
	put(uc, UC_M68K_REG_A0, supervisor ? s->other_sp : s->a[7]);
	serve(uc, SET_USP);
	put(uc, UC_M68K_REG_D7, s->sr);
	serve(uc, SET_SR);
	for (int k = 0; k < REGISTERS; k++) {
		put(uc, UC_M68K_REG_D0 + k, s->d[k]);
		put(uc, UC_M68K_REG_A0 + k, s->a[k]);
	}
}

static void get_state(uc_engine *uc, struct shared *s)
{
	for (int k = 0; k < REGISTERS; k++) {
		s->d[k] = reg(uc, UC_M68K_REG_D0 + k);
		s->a[k] = reg(uc, UC_M68K_REG_A0 + k);
	}
	s->pc = reg(uc, UC_M68K_REG_PC);
	serve(uc, GET_SR);
	s->sr = reg(uc, UC_M68K_REG_D0);
	if (s->sr >> 13 & 1)
		serve(uc, GET_USP);
	else
		become_supervisor(uc);
	s->other_sp = reg(uc, s->sr >> 13 & 1 ? UC_M68K_REG_A0 : UC_M68K_REG_A7);
}

static void one_step(uc_engine *uc, struct shared *s)
{
	struct shared after;

	set_state(uc, s);
	s->trapped = s->odd = s->outside = false;
	uc_ctl_remove_cache(uc, s->pc, s->pc + CODE);
	s->failed = uc_emu_start(uc, s->pc, s->end, 0, 1) != UC_ERR_OK;
	after = *s;
	get_state(uc, s);
	s->trapped = after.trapped, s->odd = after.odd, s->outside = after.outside, s->cause = after.cause;
}

static void work(struct oracle *o, int in, int out)
{
	uc_engine *uc;
	char byte;

	if (!engine_open(o, &uc))
		_exit(1);
	while (read(in, &byte, 1) == 1) {
		one_step(uc, o->shared);
		if (write(out, &byte, 1) != 1)
			break;
	}
	_exit(0);
}

static bool worker_start(struct oracle *o)
{
	int down[2], up[2];

	if (pipe(down))
		return false;
	if (pipe(up)) {
		close(down[0]), close(down[1]);
		return false;
	}
	o->worker = fork();
	if (!o->worker) {
		close(down[1]), close(up[0]);
		work(o, down[0], up[1]);
	}
	close(down[0]), close(up[1]);
	o->to = down[1], o->from = up[0];
	return o->worker > 0;
}

static void worker_end(struct oracle *o)
{
	if (o->worker <= 0)
		return;
	close(o->to), close(o->from);
	kill(o->worker, SIGKILL);
	waitpid(o->worker, NULL, 0);
	o->worker = 0;
}

/* --- making --- */

static void unicorn_close(struct oracle *o)
{
	worker_end(o);
	if (o->arena)
		arena_free(o->arena);
	if (o->shared)
		munmap(o->shared, 4096 + o->size);
	free(o);
}

static struct oracle *unicorn_open(const struct isa *isa, uint64_t at, uint64_t size, char *error)
{
	struct oracle *o = calloc(1, sizeof *o);
	void *room = mmap(NULL, 4096 + size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	snprintf(error, 256, "unicorn does not start");
	if (!o || room == MAP_FAILED || at) {
		free(o);
		return NULL;
	}
	signal(SIGPIPE, SIG_IGN); /* a worker that died is started again */
	*o = (struct oracle){.size = size, .shared = room, .storage = (unsigned char *)room + 4096, .arena = arena_new()};
	o->tree = decode_tree(o->arena, isa);
	m68k_state_new(&o->m68k, isa);
	if (worker_start(o))
		return o;
	unicorn_close(o);
	return NULL;
}

/* --- states --- */

static void prepare(struct oracle *o, struct machine *m, struct chance *c)
{
	m68k_prepare(&o->m68k, m, c, 8);
}

static bool unicorn_set(struct oracle *o, const struct machine *m)
{
	struct shared *s = o->shared;

	if (!m68k_is_plain(&o->m68k, m))
		return false;
	memcpy(o->storage, m->storage->cells, o->size);
	*s = (struct shared){.sr = m68k_status(&o->m68k, m), .other_sp = m68k_get(m, o->m68k.other_sp, 0), .pc = (uint32_t)machine_pc(m)};
	for (unsigned k = 0; k < REGISTERS; k++) {
		s->d[k] = m68k_get(m, o->m68k.d, k);
		s->a[k] = m68k_get(m, o->m68k.a, k);
	}
	return true;
}

static bool parcel(void *context, unsigned n, u128 *bits)
{
	const struct oracle *o = context;
	const unsigned char *at = o->storage + o->shared->pc + 2 * n;

	*bits = (u128)at[0] << 8 | at[1];
	return true;
}

/* Known, and not worth the wait: operands that do not exist make it loop for ever, and so does STOP. */
static bool beyond(struct oracle *o)
{
	struct decoded d;

	if (!decode(o->tree, parcel, o, &d) || !d.instruction || !strcmp(d.instruction->name, "stop"))
		return true;
	o->shared->end = o->shared->pc + d.length;
	return m68k_index_bits(o->storage + o->shared->pc, d.length) & 7; /* a later processor scales by them */
}

/* False: the worker died or does not answer, and another one has been started. */
static bool ask_worker(struct oracle *o)
{
	struct pollfd answer = {.fd = o->from, .events = POLLIN};
	char byte = 0;

	if (write(o->to, &byte, 1) == 1 && poll(&answer, 1, PATIENCE) == 1 && read(o->from, &byte, 1) == 1)
		return true;
	worker_end(o);
	worker_start(o);
	return false;
}

static struct oracle_step unicorn_step(struct oracle *o)
{
	const struct shared *s = o->shared;

	if (beyond(o))
		return (struct oracle_step){ORACLE_CANNOT, .why = "unicorn loops for ever on STOP and on operands that do not exist, and scales indices"};
	if (!ask_worker(o))
		return (struct oracle_step){ORACLE_CANNOT, .why = "unicorn crashed or did not answer"};
	if (s->outside)
		return (struct oracle_step){ORACLE_CANNOT, .why = "an address beyond its storage"};
	if (s->odd || s->pc % 2)
		return (struct oracle_step){ORACLE_CANNOT, .why = "unicorn knows no address errors"};
	if (s->trapped && s->cause > 0xff)
		return (struct oracle_step){ORACLE_CANNOT, .why = "unicorn leaves RTE to its user"};
	if (s->trapped)
		return (struct oracle_step){ORACLE_TRAPPED, .knows_cause = true, .cause = s->cause};
	if (s->failed)
		return (struct oracle_step){ORACLE_CANNOT, .why = "unicorn ended in an error of its own"};
	return (struct oracle_step){ORACLE_DONE};
}

static bool unicorn_get(struct oracle *o, struct machine *m)
{
	const struct shared *s = o->shared;

	for (unsigned k = 0; k < REGISTERS; k++) {
		machine_set(m, o->m68k.d, k, s->d[k]);
		machine_set(m, o->m68k.a, k, s->a[k]);
	}
	machine_set(m, m->isa->pc, 0, s->pc);
	machine_set(m, o->m68k.other_sp, 0, s->other_sp);
	m68k_set_status(&o->m68k, m, s->sr);
	memcpy(m->storage->cells, o->storage, o->size);
	return true;
}

static u128 sees(const struct oracle *o, unsigned component, unsigned element)
{
	(void)element;
	return m68k_has(&o->m68k, component) ? ~(u128)0 : 0;
}

const struct oracle_kind oracle_unicorn = {.name = "unicorn", .absent = absent, .refuses = refuses, .open = unicorn_open, .close = unicorn_close,
	.prepare = prepare, .set = unicorn_set, .step = unicorn_step, .get = unicorn_get, .sees = sees};

#else
static const char *absent(void)
{
	return "not built in: libunicorn-dev";
}

const struct oracle_kind oracle_unicorn = {.name = "unicorn", .absent = absent};
#endif
