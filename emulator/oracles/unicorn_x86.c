/* Programs of the x86 in unicorn, in the states that Linux gives them (x86_prepare_program): general registers, EFLAGS, storage, and which fault stops them.
 * Its processor is always in ring 0, so instructions that ring 3 is refused are left out. */
#include "unicorn.h"

#ifdef HAVE_UNICORN
#include <stdlib.h>
#include <string.h>

#include "x86_state.h"

struct shared {
	uint64_t r[16], pc, flags, fs_base, gs_base; /* before, then after */
	uint64_t end; /* where the instruction ends: unicorn keeps condition codes to itself if it is stopped within a block */
	uint32_t vector;
	bool trapped, outside;
	uc_err error;
};

struct own {
	struct x86_state x;
	struct decoded decoded;
	struct x86_opcode opcode;
	uint64_t pc;
	unsigned char returned; /* the upper byte of RET's immediate */
};

static const int general[16] = {UC_X86_REG_RAX, UC_X86_REG_RCX, UC_X86_REG_RDX, UC_X86_REG_RBX, UC_X86_REG_RSP, UC_X86_REG_RBP,
	UC_X86_REG_RSI, UC_X86_REG_RDI, UC_X86_REG_R8, UC_X86_REG_R9, UC_X86_REG_R10, UC_X86_REG_R11, UC_X86_REG_R12, UC_X86_REG_R13,
	UC_X86_REG_R14, UC_X86_REG_R15};
static const int general_32[8] = {UC_X86_REG_EAX, UC_X86_REG_ECX, UC_X86_REG_EDX, UC_X86_REG_EBX, UC_X86_REG_ESP, UC_X86_REG_EBP, UC_X86_REG_ESI, UC_X86_REG_EDI};

static bool make(struct oracle *o)
{
	struct own *own = o->own = calloc(1, sizeof *own);

	if (!own || o->at || !x86_state_new(&own->x, o->isa))
		return false;
	own->x.paging = true;
	return true;
}

/* --- the worker --- */

static void on_trap(uc_engine *uc, uint32_t vector, void *context)
{
	struct shared *s = context;

	if (!s->trapped)
		s->vector = vector;
	s->trapped = true;
	uc_emu_stop(uc);
}

/* Where the instruction has led to is fetched already; that is no fault of its own. */
static bool on_nothing(uc_engine *uc, uc_mem_type type, uint64_t at, int size, int64_t value, void *context)
{
	struct shared *s = context;

	(void)uc, (void)size, (void)value;
	s->outside = s->outside || type != UC_MEM_FETCH_UNMAPPED || (at >= s->pc && at < s->end);
	return false;
}

static bool engine(struct oracle *o, uc_engine **uc)
{
	const struct own *own = o->own;
	uc_hook hook;

	return uc_open(UC_ARCH_X86, own->x.wide ? UC_MODE_64 : UC_MODE_32, uc) == UC_ERR_OK &&
	       uc_mem_map_ptr(*uc, X86_PROGRAM, o->size - X86_PROGRAM, UC_PROT_ALL, o->storage + X86_PROGRAM) == UC_ERR_OK &&
	       uc_hook_add(*uc, &hook, UC_HOOK_INTR, unicorn_callback((void (*)(void))on_trap), o->shared, 1, 0) == UC_ERR_OK &&
	       uc_hook_add(*uc, &hook, UC_HOOK_MEM_UNMAPPED, unicorn_callback((void (*)(void))on_nothing), o->shared, 1, 0) == UC_ERR_OK;
}

static void one_step(struct oracle *o, uc_engine *uc)
{
	const struct own *own = o->own;
	const int *numbers = own->x.wide ? general : general_32;
	struct shared *s = o->shared;

	for (unsigned i = 0; i < own->x.registers; i++)
		unicorn_put(uc, numbers[i], s->r[i]);
	unicorn_put(uc, UC_X86_REG_EFLAGS, s->flags);
	if (own->x.wide) {
		unicorn_put(uc, UC_X86_REG_FS_BASE, s->fs_base);
		unicorn_put(uc, UC_X86_REG_GS_BASE, s->gs_base);
	}
	s->trapped = s->outside = false;
	uc_ctl_remove_cache(uc, s->pc, s->pc + 16);
	s->error = uc_emu_start(uc, s->pc, s->end, 0, 1);
	for (unsigned i = 0; i < own->x.registers; i++)
		s->r[i] = unicorn_reg(uc, numbers[i]);
	s->pc = unicorn_reg(uc, own->x.wide ? UC_X86_REG_RIP : UC_X86_REG_EIP);
	s->flags = unicorn_reg(uc, UC_X86_REG_EFLAGS);
	if (own->x.wide) {
		s->fs_base = unicorn_reg(uc, UC_X86_REG_FS_BASE);
		s->gs_base = unicorn_reg(uc, UC_X86_REG_GS_BASE);
	}
}

/* --- states --- */

static void prepare(struct oracle *o, struct machine *m, struct chance *c)
{
	const struct own *own = o->own;

	x86_prepare_program(&own->x, m, c);
	x86_set(&own->x, m, "EFLAGS.AC", 0);
	x86_set(&own->x, m, "CR4.FSGSBASE", 1);
}

static bool set(struct oracle *o, const struct machine *m)
{
	struct own *own = o->own;
	struct shared *s = o->shared;
	struct machine *reads = (struct machine *)m;

	if (!x86_is_program(&own->x, m) || x86_get(&own->x, m, "EFLAGS.AC"))
		return false;
	if (!x86_decode(o->tree, reads, &own->decoded))
		own->decoded.instruction = NULL;
	own->opcode = x86_opcode(&own->x, reads);
	own->pc = machine_pc(m);
	own->returned = x86_code_byte(reads, own->opcode.at + 2);
	*s = (struct shared){.pc = own->pc, .flags = x86_packed(&own->x, m, "EFLAGS") | 2, .fs_base = x86_get(&own->x, m, "FS_BASE"),
			     .gs_base = x86_get(&own->x, m, "GS_BASE"), .end = own->pc + own->decoded.length};
	for (unsigned i = 0; i < own->x.registers; i++)
		s->r[i] = x86_element(&own->x, m, "R", i);
	return true;
}

/* --- the step --- */

/* Instructions that look at the ring, at tables, or at what unicorn's user is to do. */
static bool is_system(const char *name)
{
	static const char *const all[] = {"cli", "sti", "sgdt", "sidt", "sldt", "str", "smsw", "lgdt", "lidt", "lldt", "ltr", "lmsw", "clts", "lar", "lsl", "verr",
					  "verw", "mov_from_sreg", "mov_to_sreg", "push_sreg", "push_fsgs", "pop_sreg", "pop_fsgs", "les", "lds", "lss", "lfs", "lgs",
					  "mov_from_cr", "mov_to_cr", "mov_from_dr", "mov_to_dr", "hlt", "invlpg", "invd", "wbinvd", "rdmsr", "wrmsr", "swapgs",
					  "in_imm", "in_dx", "out_imm", "out_dx", "ins", "outs", "jmp_far", "jmp_far_mem", "call_far", "call_far_mem", "ret_far",
					  "ret_far_imm", "iret", "popf", "pushf", "sysenter", "sysexit", "syscall", "sysret", "rdfsbase", "rdgsbase", "wrfsbase", "wrgsbase"};

	for (unsigned i = 0; i < sizeof all / sizeof *all; i++)
		if (!strcmp(all[i], name))
			return true;
	return false;
}

static struct oracle_step trapped(unsigned vector)
{
	return (struct oracle_step){.result = ORACLE_TRAPPED, .knows_cause = true, .cause = vector, .unknown = ~(u128)0xff};
}

static struct oracle_step step(struct oracle *o)
{
	enum { INVALID_OPCODE = 6, PAGE_FAULT = 14, FIRST_INTERRUPT = 32 };
	const struct own *own = o->own;
	const struct shared *s = o->shared;

	if (!own->decoded.instruction)
		return oracle_cannot("the description leaves out what unicorn's processor may have");
	if (is_system(own->decoded.instruction->name))
		return oracle_cannot("unicorn's programs run in ring 0");
	if (!strncmp(own->decoded.instruction->name, "int", 3))
		return oracle_cannot("unicorn leaves interrupts to its user");
	if (own->opcode.repeats && x86_kind(&own->opcode) == X86_STRING)
		return oracle_cannot("unicorn repeats a string instruction within one step");
	if (own->x.wide && own->opcode.small_operand && x86_is_near_branch(&own->opcode))
		return oracle_cannot("unicorn heeds the operand size of near branches in 64-bit mode, as AMD's processors do (Vol. 2, JMP: it is 64 bits)");
	if (own->opcode.byte == 0xc2 && own->returned & 0x80)
		return oracle_cannot("unicorn extends the immediate of RET by its sign (Vol. 2, RET: it is unsigned)");
	if (!unicorn_ask(o))
		return oracle_cannot("unicorn crashed or did not answer");
	if (s->outside)
		return trapped(PAGE_FAULT);
	if (s->trapped)
		return s->vector < FIRST_INTERRUPT ? trapped(s->vector) : oracle_cannot("unicorn leaves interrupts to its user");
	if (s->error == UC_ERR_INSN_INVALID)
		return trapped(INVALID_OPCODE);
	if (s->pc == own->pc)
		return oracle_cannot("unicorn stops before instructions that write to their own page, or jump to themselves");
	return s->error == UC_ERR_OK || s->error == UC_ERR_FETCH_UNMAPPED ? (struct oracle_step){.result = ORACLE_DONE}
									   : oracle_cannot("unicorn ended in an error of its own");
}

static bool get(struct oracle *o, struct machine *m)
{
	const struct own *own = o->own;
	const struct shared *s = o->shared;

	for (unsigned i = 0; i < own->x.registers; i++)
		x86_set_element(&own->x, m, "R", i, s->r[i]);
	machine_set(m, m->isa->pc, 0, s->pc);
	x86_unpack(&own->x, m, "EFLAGS", s->flags);
	x86_set(&own->x, m, "FS_BASE", s->fs_base);
	x86_set(&own->x, m, "GS_BASE", s->gs_base);
	return true;
}

static u128 sees(const struct oracle *o, unsigned component, unsigned element)
{
	static const char *const all[] = {"R", "EFLAGS.CF", "EFLAGS.PF", "EFLAGS.AF", "EFLAGS.ZF", "EFLAGS.SF", "EFLAGS.OF", "EFLAGS.DF", "FS_BASE", "GS_BASE"};
	const char *name = o->isa->components[component].name;

	(void)element;
	for (unsigned i = 0; i < sizeof all / sizeof *all; i++)
		if (!strcmp(all[i], name))
			return ~(u128)0;
	return component == o->isa->pc ? ~(u128)0 : 0;
}

static const char *const isas[] = {"x86-32", "x86-64", NULL};

const struct unicorn_target unicorn_x86 = {.isas = isas, .storage = X86_STORAGE, .make = make, .engine = engine, .one_step = one_step, .prepare = prepare,
	.set = set, .step = step, .get = get, .sees = sees};
#endif
