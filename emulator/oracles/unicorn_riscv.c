/* RISC-V programs in unicorn: the integer registers, storage, and which exception stops them. They run in machine mode without translation and protection,
 * where nothing but CSRs and returns from traps tells it from user mode; these are left out. */
#include "unicorn.h"

#ifdef HAVE_UNICORN
#include <stdlib.h>
#include <string.h>

enum { REGISTERS = 32, STORAGE = 0x20000, MARGIN = 0x1000, AROUND = 16, MACHINE = 3 };

struct shared {
	uint64_t x[REGISTERS], pc; /* before, then after */
	uint64_t end;              /* where the instruction ends */
	uint32_t cause;
	bool trapped;
	uc_mem_type outside; /* 0: no access where nothing is */
	uc_err error;
};

struct own {
	unsigned x; /* component */
	struct decoded decoded;
};

static bool make(struct oracle *o)
{
	struct own *own = o->own = calloc(1, sizeof *own);
	const struct component *x = isa_component(o->isa, "X");

	if (!own || !x || x->count != REGISTERS)
		return false;
	own->x = (unsigned)(x - o->isa->components);
	return true;
}

/* --- the worker --- */

static void on_trap(uc_engine *uc, uint32_t cause, void *context)
{
	struct shared *s = context;

	if (!s->trapped)
		s->cause = cause;
	s->trapped = true;
	uc_emu_stop(uc);
}

static bool on_nothing(uc_engine *uc, uc_mem_type type, uint64_t at, int size, int64_t value, void *context)
{
	struct shared *s = context;

	(void)uc, (void)size, (void)value;
	if (type != UC_MEM_FETCH_UNMAPPED || (at >= s->pc && at < s->end))
		s->outside = type; /* else it is where the instruction has led to */
	return false;
}

static bool engine(struct oracle *o, uc_engine **uc)
{
	uc_hook hook;

	return uc_open(UC_ARCH_RISCV, UC_MODE_RISCV64, uc) == UC_ERR_OK &&
	       uc_mem_map_ptr(*uc, o->at, o->size, UC_PROT_ALL, o->storage) == UC_ERR_OK &&
	       uc_hook_add(*uc, &hook, UC_HOOK_INTR, unicorn_callback((void (*)(void))on_trap), o->shared, 1, 0) == UC_ERR_OK &&
	       uc_hook_add(*uc, &hook, UC_HOOK_MEM_UNMAPPED, unicorn_callback((void (*)(void))on_nothing), o->shared, 1, 0) == UC_ERR_OK;
}

static void one_step(struct oracle *o, uc_engine *uc)
{
	struct shared *s = o->shared;

	for (int i = 1; i < REGISTERS; i++)
		unicorn_put(uc, UC_RISCV_REG_X0 + i, s->x[i]);
	s->trapped = false;
	s->outside = 0;
	uc_ctl_remove_cache(uc, s->pc, s->pc + 4);
	s->error = uc_emu_start(uc, s->pc, s->end, 0, 1);
	for (int i = 1; i < REGISTERS; i++)
		s->x[i] = unicorn_reg(uc, UC_RISCV_REG_X0 + i);
	s->pc = unicorn_reg(uc, UC_RISCV_REG_PC);
}

/* --- states --- */

static void prepare(struct oracle *o, struct machine *m, struct chance *c)
{
	const struct own *own = o->own;

	for (unsigned i = 1; i < REGISTERS; i++) {
		uint64_t at = m->at + MARGIN + chance_below(c, (unsigned)m->size - 2 * MARGIN);
		bool pointer = chance_one_in(c, 2);

		at &= chance_one_in(c, 8) ? ~(uint64_t)0 : ~(uint64_t)7;
		machine_set(m, own->x, i, pointer ? at : chance_value(c, 64));
		for (uint64_t u = at - AROUND; u < at + AROUND; u++)
			storage_set(m->storage, u - m->at, chance_value(c, 8));
	}
	machine_set(m, m->isa->mode, 0, MACHINE);
	machine_set(m, m->isa->pc, 0, m->at + m->size / 2 + 2 * chance_below(c, 64));
}

static bool parcel(void *context, unsigned n, u128 *bits)
{
	struct machine *m = context;
	unsigned char bytes[2] = {0};

	machine_read_bytes(m, machine_pc(m) + 2 * n, bytes, 2);
	*bits = (u128)bytes[1] << 8 | bytes[0];
	return true;
}

static bool set(struct oracle *o, const struct machine *m)
{
	struct own *own = o->own;
	struct shared *s = o->shared;

	if (machine_get(m, m->isa->mode, 0) != MACHINE)
		return false;
	if (!decode(o->tree, parcel, (struct machine *)m, &own->decoded))
		own->decoded.instruction = NULL;
	*s = (struct shared){.pc = machine_pc(m), .end = machine_pc(m) + own->decoded.length};
	for (unsigned i = 0; i < REGISTERS; i++)
		s->x[i] = (uint64_t)machine_get(m, own->x, i);
	return true;
}

/* --- the step --- */

static bool is_system(const char *name)
{
	static const char *const all[] = {"mret", "sret", "wfi", "sfence.vma"};

	for (unsigned i = 0; i < sizeof all / sizeof *all; i++)
		if (!strcmp(all[i], name))
			return true;
	return !strncmp(name, "csr", 3);
}

/* What begins with a load, and faults as a store. */
static bool is_store(const char *name)
{
	return !strncmp(name, "amo", 3) || !strncmp(name, "sc.", 3);
}

static struct oracle_step trapped(unsigned cause)
{
	return (struct oracle_step){.result = ORACLE_TRAPPED, .knows_cause = true, .cause = cause};
}

static struct oracle_step step(struct oracle *o)
{
	enum { FETCH_FAULT = 1, ILLEGAL = 2, BREAKPOINT = 3, LOAD_FAULT = 5, STORE_FAULT = 7, USER_CALL = 8, MACHINE_CALL = 11 };
	const struct own *own = o->own;
	const struct shared *s = o->shared;

	if (!own->decoded.instruction)
		return oracle_cannot("the description leaves out what unicorn's processor may have");
	if (is_system(own->decoded.instruction->name))
		return oracle_cannot("only programs are compared: neither CSRs nor returns from traps");
	if (!unicorn_ask(o))
		return oracle_cannot("unicorn crashed or did not answer");
	if (s->outside)
		return trapped(s->outside == UC_MEM_READ_UNMAPPED && !is_store(own->decoded.instruction->name) ? LOAD_FAULT : s->outside != UC_MEM_FETCH_UNMAPPED ? STORE_FAULT : FETCH_FAULT);
	if (s->trapped && s->cause == USER_CALL)
		return trapped(MACHINE_CALL); /* unicorn does not say which */
	if (s->trapped)
		return trapped(s->cause);
	if (s->error == UC_ERR_INSN_INVALID || s->error == UC_ERR_EXCEPTION)
		return strstr(own->decoded.instruction->name, "ebreak") ? trapped(BREAKPOINT) : trapped(ILLEGAL);
	return s->error == UC_ERR_OK || s->error == UC_ERR_FETCH_UNMAPPED ? (struct oracle_step){.result = ORACLE_DONE} : oracle_cannot("unicorn ended in an error of its own");
}

static bool get(struct oracle *o, struct machine *m)
{
	const struct own *own = o->own;
	const struct shared *s = o->shared;

	for (unsigned i = 1; i < REGISTERS; i++)
		machine_set(m, own->x, i, s->x[i]);
	machine_set(m, m->isa->pc, 0, s->pc);
	return true;
}

static u128 sees(const struct oracle *o, unsigned component, unsigned element)
{
	const struct own *own = o->own;

	(void)element;
	return component == own->x || component == o->isa->pc ? ~(u128)0 : 0;
}

static const char *const isas[] = {"rv64", NULL};

const struct unicorn_target unicorn_riscv = {.isas = isas, .storage = STORAGE, .make = make, .engine = engine, .one_step = one_step, .prepare = prepare,
	.set = set, .step = step, .get = get, .sees = sees};
#endif
