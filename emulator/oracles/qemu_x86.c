/* The x86 of qemu 7.2 (TCG), at all levels with its system state. The stub writes the general registers, selectors and control registers; what it cannot
 * write is loaded by a program of ours (qemu_x86_load.c). What the monitor prints about the registers shows the hidden parts too. */
#include "qemu_x86_load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT = 8192, WAIT = 5, PATIENCE = 2000 /* ms */, LONGEST = 15 /* bytes: an instruction */, FIRST_MAX = 24, GD = 0x2000 /* in DR7 */ };

struct own {
	struct x86_state x;
	struct x86_load load;
	int general[16], segments[6], fs_base, gs_base, k_gs_base, cr2, cr3;
	uint64_t pc; /* before the step */
	unsigned code; /* CS, with CPL */
	enum x86_kind kind;
	struct x86_input input;
	uint64_t input_at[4]; /* physical, of INS; ~0: none */
	const char *refusal;
	bool waited;
	char text[TEXT]; /* of the monitor, after the step */
};

static bool make(struct oracle *o)
{
	struct own *own = o->own = calloc(1, sizeof *own);

	if (!own || !x86_state_new(&own->x, o->isa))
		return false;
	own->x.paging = own->x.bad_gates = true; /* alignment checks are not in TCG */
	return true;
}

static bool is_first(const struct own *own, int number)
{
	return number >= 0 && number < (int)own->x.registers + 8;
}

static bool learn(struct oracle *o)
{
	static const char *const names[2][16] = {
		{"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"},
		{"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"}};
	static const char *const segments[] = {"es", "cs", "ss", "ds", "fs", "gs"};
	struct own *own = o->own;
	bool known = x86_load_learn(&own->load, o, own->x.wide);

	for (unsigned i = 0; i < own->x.registers; i++)
		known = is_first(own, own->general[i] = gdb_register(o->gdb, names[own->x.wide][i])) && known;
	for (unsigned i = 0; i < 6; i++)
		known = is_first(own, own->segments[i] = gdb_register(o->gdb, segments[i])) && known;
	known = is_first(own, own->load.ip) && is_first(own, own->load.flags) && own->segments[1] == (int)own->x.registers + 2 && known;
	own->fs_base = x86_register_behind(o, "fs_base");
	own->gs_base = x86_register_behind(o, "gs_base");
	own->k_gs_base = x86_register_behind(o, "k_gs_base");
	own->cr2 = x86_register_behind(o, "cr2");
	own->cr3 = x86_register_behind(o, "cr3");
	return known && own->cr2 >= 0 && own->cr3 >= 0;
}

static void prepare(struct oracle *o, struct machine *m, struct chance *c)
{
	const struct own *own = o->own;

	x86_prepare(&own->x, m, c);
}

/* --- setting the state --- */

static const unsigned order[6] = {1, 2, 0, 3, 4, 5}; /* CS first: it tells how wide the others are */

/* The stub loads a segment register from the descriptor in the table that GDTR is about, without a check. So what we want stands there for a
 * while, in place of what the storage holds. */
static bool put_descriptors(struct oracle *o, const struct machine *m)
{
	const struct own *own = o->own;
	uint64_t base = x86_get(&own->x, m, "GDTR.base"), limit = x86_get(&own->x, m, "GDTR.limit"), all[6];
	unsigned selectors[6];

	for (unsigned i = 0; i < 6; i++) {
		struct x86_segment v = x86_segment(&own->x, m, order[i]);
		unsigned index = v.selector & ~7u;

		selectors[i] = index;
		if (!own->x.wide && v.present && v.dpl != x86_element(&own->x, m, "CACHE.dpl", order[i]))
			return false; /* the level of CS and of SS is CPL */
		v.base = own->x.wide ? 0 : v.base; /* those of FS and GS are written by themselves */
		if ((v.selector & 4) || index + 7 > limit || base > o->size || base + index + 8 > o->size || v.present != (v.selector >= 4) ||
		    (!v.present && order[i] == 2 && x86_get(&own->x, m, "CPL")) || !x86_load_descriptor(&v, &all[i]))
			return false;
		if (!v.present)
			all[i] = 0;
		for (unsigned before = 0; before < i; before++)
			if (selectors[before] == index && own->x.wide)
				all[i] = all[before]; /* nothing is described of what the others have */
			else if (selectors[before] == index && all[before] != all[i])
				return false;
		memcpy(o->storage + base + index, &all[i], 8);
	}
	return true;
}

/* General registers, pc, flags and segments, which are the stub's first (CS before the others, as above). */
static void put_first(struct oracle *o, const struct machine *m)
{
	const struct own *own = o->own;
	unsigned bytes = own->x.wide ? 8 : 4;
	struct gdb_value all[FIRST_MAX];

	for (unsigned i = 0; i < own->x.registers; i++)
		all[own->general[i]] = (struct gdb_value){x86_element(&own->x, m, "R", i), bytes};
	all[own->load.ip] = (struct gdb_value){machine_pc(m), bytes};
	all[own->load.flags] = (struct gdb_value){x86_packed(&own->x, m, "EFLAGS") | 2, 4};
	for (unsigned i = 0; i < 6; i++)
		all[own->segments[i]] = (struct gdb_value){x86_segment(&own->x, m, i).selector, 4};
	gdb_put_all(o->gdb, all, own->x.registers + 8);
}

static void put_registers(struct oracle *o, const struct machine *m)
{
	const struct own *own = o->own;
	unsigned bytes = own->x.wide ? 8 : 4;

	put_first(o, m);
	if (own->x.wide) {
		gdb_put_register(o->gdb, own->fs_base, x86_get(&own->x, m, "FS_BASE"), 8);
		gdb_put_register(o->gdb, own->gs_base, x86_get(&own->x, m, "GS_BASE"), 8);
		gdb_put_register(o->gdb, own->load.efer, x86_packed(&own->x, m, "EFER"), bytes);
	}
	gdb_put_register(o->gdb, own->load.cr4, x86_packed(&own->x, m, "CR4"), bytes);
	gdb_put_register(o->gdb, own->cr2, x86_get(&own->x, m, "CR2"), bytes);
	gdb_put_register(o->gdb, own->cr3, x86_packed(&own->x, m, "CR3"), bytes);
	gdb_put_register(o->gdb, own->load.cr0, x86_packed(&own->x, m, "CR0"), bytes);
}

static bool translated(struct machine *m, uint64_t at, enum access access, uint64_t *pa)
{
	struct trap trap;

	return machine_translate(m, machine_level(m), at, access, pa, &trap);
}

/* Where INS writes: of x86-32 by the linear address (segment 7), since qemu looks at no limit. */
static uint64_t in_es(const struct x86_state *x, const struct machine *m, uint64_t at)
{
	return x->wide ? at : (uint64_t)7 << 32 | ((at + x86_element(x, m, "CACHE.base", 0)) & 0xffffffff);
}

/* MMX, SSE and later ones, x87, hints: the opcode map of Volume 2. */
static bool is_vector(const struct x86_opcode *o)
{
	unsigned char n = o->next;

	if ((o->byte & 0xf8) == 0xd8 || (o->byte & 0xfe) == 0xc4)
		return true;
	return o->byte == 0x0f && ((n >= 0x10 && n <= 0x1f) || (n >= 0x28 && n <= 0x2f) || (n >= 0x50 && n <= 0x7f) || n == 0x77 || n == 0xae || n == 0xc2 ||
				   (n >= 0xc4 && n <= 0xc6) || n >= 0xd0);
}

/* What the descriptions do not decode need not be undefined. */
static const char *left_out(struct tree *tree, struct machine *m, const struct x86_opcode *o)
{
	struct decoded d;

	if (x86_decode(tree, m, &d))
		return NULL;
	if (o->at != machine_pc(m))
		return "the description leaves out redundant and reserved prefixes";
	return is_vector(o) ? "the description leaves out x87, vectors and hints" : NULL;
}

static void note_instruction(struct own *own, struct tree *tree, struct machine *m)
{
	struct x86_opcode opcode = x86_opcode(&own->x, m);

	own->pc = machine_pc(m);
	own->code = x86_segment(&own->x, m, 1).selector;
	own->kind = x86_kind(&opcode);
	own->input = x86_input(&own->x, m, &opcode);
	own->refusal = left_out(tree, m, &opcode);
	if (!own->refusal)
		own->refusal = qemu_x86_refusal(&own->x, m, &opcode);
	for (unsigned i = 0; i < own->input.bytes && own->input.to_memory; i++)
		if (!translated(m, in_es(&own->x, m, own->input.at + i), ACCESS_STORE, &own->input_at[i]))
			own->input_at[i] = ~(uint64_t)0;
}

static bool set(struct oracle *o, const struct machine *m)
{
	struct own *own = o->own;
	struct x86_msr values[X86_MSRS];
	unsigned count = 0;
	uint64_t code;

	note_instruction(own, o->tree, (struct machine *)m);
	for (unsigned i = 0; i < X86_MSRS; i++)
		if (x86_has(&own->x, x86_msrs[i].name))
			values[count++] = (struct x86_msr){x86_msrs[i].number, x86_get(&own->x, m, x86_msrs[i].name)};
	if (!put_descriptors(o, m) || !x86_load(&own->load, o, &own->x, m, values, count))
		return false;
	put_registers(o, m);
	if (!gdb_settle(o->gdb))
		return false;
	memcpy(o->storage, m->storage->cells, o->size);
	if (translated((struct machine *)m, machine_pc(m), ACCESS_FETCH, &code))
		qemu_code(o, code, 1);
	return true;
}

/* --- the step --- */

/* The value behind "NAME=" in what the monitor printed, which stands at the beginning of a word. */
static const char *field(const struct own *own, const char *key)
{
	for (const char *at = own->text; (at = strstr(at, key)); at++)
		if (at == own->text || at[-1] == ' ' || at[-1] == '\n')
			return at + strlen(key);
	return "";
}

static uint64_t number(const struct own *own, const char *key)
{
	return strtoull(field(own, key), NULL, 16);
}

/* Ports without a device read as ones in qemu, and as zeros here: that is the board's matter. */
static void forget_input(struct oracle *o, struct machine *m)
{
	const struct own *own = o->own;

	if (own->input.bytes && !own->input.to_memory)
		x86_set_element(&own->x, m, "R", 0, x86_element(&own->x, m, "R", 0) & ~bits_mask(8 * own->input.bytes));
	for (unsigned i = 0; i < own->input.bytes && own->input.to_memory; i++)
		if (own->input_at[i] < o->size)
			o->storage[own->input_at[i]] = 0;
}

static struct oracle_step step(struct oracle *o)
{
	struct own *own = o->own;
	struct oracle_step s;

	if (own->refusal)
		return oracle_cannot(own->refusal);
	s = qemu_step(o, own->load.ip, own->pc, own->kind == X86_HLT ? WAIT : PATIENCE, &own->waited);
	if (s.result != ORACLE_DONE)
		return s;
	if (!gdb_monitor(o->gdb, "info registers", own->text, sizeof own->text))
		return oracle_cannot("qemu ended or did not answer");
	o->stale = o->stale || number(own, "DR7=") & GD; /* MOV DR would fault in our own program */
	if (own->waited && !number(own, "HLT="))
		return oracle_cannot("qemu did not end the step");
	if (!(number(own, "CR0=") & 1) && strtoul(field(own, "CS ="), NULL, 16) == 0xf000)
		return (struct oracle_step){.result = ORACLE_TRAPPED}; /* shut down, and reset */
	return s;
}

/* --- reading the state --- */

static void get_segment(const struct own *own, struct machine *m, unsigned s)
{
	static const char *const keys[] = {"ES =", "CS =", "SS =", "DS =", "FS =", "GS =", "LDT=", "TR ="};
	unsigned selector = 0, limit = 0, flags = 0;
	unsigned long long base = 0;
	struct x86_segment v;

	sscanf(field(own, keys[s]), "%x %llx %x %x", &selector, &base, &limit, &flags);
	v = (struct x86_segment){.selector = (uint16_t)selector, .base = base, .limit = limit, .type = flags >> 8 & 15, .dpl = flags >> 13 & 3,
				 .present = selector >= 4, .big = flags >> 22 & 1, .wide = flags >> 21 & 1};
	x86_set_segment(&own->x, m, s, &v);
}

static void get_table(const struct own *own, struct machine *m, const char *key, const char *base_name, const char *limit_name)
{
	unsigned long long base = 0;
	unsigned limit = 0;

	sscanf(field(own, key), "%llx %x", &base, &limit);
	x86_set(&own->x, m, base_name, base);
	x86_set(&own->x, m, limit_name, limit);
}

static void get_system(const struct own *own, struct machine *m)
{
	static const char *const debug[] = {"DR0=", "DR1=", "DR2=", "DR3="};

	x86_set_level(&own->x, m, (unsigned)number(own, "CPL="));
	for (unsigned s = 0; s < 8; s++)
		get_segment(own, m, s);
	get_table(own, m, "GDT=", "GDTR.base", "GDTR.limit");
	get_table(own, m, "IDT=", "IDTR.base", "IDTR.limit");
	x86_unpack(&own->x, m, "CR0", number(own, "CR0="));
	x86_set(&own->x, m, "CR2", number(own, "CR2="));
	x86_unpack(&own->x, m, "CR3", number(own, "CR3="));
	x86_unpack(&own->x, m, "CR4", number(own, "CR4="));
	x86_unpack(&own->x, m, "EFER", number(own, "EFER="));
	for (unsigned i = 0; i < 4; i++)
		x86_set_element(&own->x, m, "DR", i, number(own, debug[i]));
	x86_set(&own->x, m, "DR6", number(own, "DR6="));
	x86_set(&own->x, m, "DR7", number(own, "DR7="));
}

static void get_general(const struct own *own, struct machine *m)
{
	static const char *const keys[2][16] = {
		{"EAX=", "ECX=", "EDX=", "EBX=", "ESP=", "EBP=", "ESI=", "EDI="},
		{"RAX=", "RCX=", "RDX=", "RBX=", "RSP=", "RBP=", "RSI=", "RDI=", "R8 =", "R9 =", "R10=", "R11=", "R12=", "R13=", "R14=", "R15="}};

	for (unsigned i = 0; i < own->x.registers; i++)
		x86_set_element(&own->x, m, "R", i, number(own, keys[own->x.wide][i]));
	x86_unpack(&own->x, m, "EFLAGS", number(own, own->x.wide ? "RFL=" : "EFL="));
	machine_set(m, m->isa->pc, 0, number(own, own->x.wide ? "RIP=" : "EIP="));
	machine_set(m, m->isa->waiting, 0, own->waited);
}

/* The monitor does not print them; nothing but WRMSR and SWAPGS changes them. */
static bool get_msrs(struct oracle *o, struct machine *m)
{
	const struct own *own = o->own;
	struct x86_msr values[X86_MSRS];
	unsigned count = 0, n = 0;
	uint64_t base;

	if (own->x.wide) {
		gdb_ask_register(o->gdb, own->k_gs_base);
		if (!gdb_take_register(o->gdb, &base))
			return false;
		x86_set(&own->x, m, "KERNEL_GS_BASE", base);
	}
	if (own->kind != X86_WRMSR)
		return true;
	for (unsigned i = 0; i < X86_MSRS; i++)
		if (x86_has(&own->x, x86_msrs[i].name))
			values[count++] = (struct x86_msr){x86_msrs[i].number, 0};
	if (!x86_load_read_msrs(&own->load, o, values, count))
		return false;
	for (unsigned i = 0; i < X86_MSRS; i++)
		if (x86_has(&own->x, x86_msrs[i].name))
			x86_set(&own->x, m, x86_msrs[i].name, values[n++].value);
	return true;
}

/* TCG pushes RF as it was; every fault pushes it set (Volume 3, "Instruction-Breakpoint Exception Condition"). In long mode it counts 16 to a gate in
 * error codes, which hold the vector (Volume 3, "Error Code"). */
static void correct_frame(struct oracle *o, struct machine *m)
{
	const struct own *own = o->own;
	uint64_t flags, sp = x86_element(&own->x, m, "R", 4), code;

	memcpy(m->storage->cells, o->storage, o->size);
	if (x86_fault_flags(&own->x, m, own->pc, own->code, &flags)) {
		x86_change_byte(&own->x, m, flags + 2, 0, 1); /* bit 16 */
		code = x86_stack_word(&own->x, m, sp);
		if (own->x.wide && flags - sp == 24 && (code & 2)) {
			code = (code & ~(uint64_t)7) / 2 | (code & 7);
			x86_change_byte(&own->x, m, sp, 0xff, (unsigned char)code);
			x86_change_byte(&own->x, m, sp + 1, 0xff, (unsigned char)(code >> 8));
		}
	}
	memcpy(o->storage, m->storage->cells, o->size);
}

static bool get(struct oracle *o, struct machine *m)
{
	const struct own *own = o->own;

	get_system(own, m);
	get_general(own, m);
	if (machine_pc(m) - own->pc <= LONGEST)
		forget_input(o, m);
	else
		correct_frame(o, m);
	return get_msrs(o, m);
}

static u128 sees(const struct oracle *o, unsigned component, unsigned element)
{
	const char *name = o->isa->components[component].name;

	(void)element;
	if (!strcmp(name, "DR6"))
		return ~(u128)0x1000; /* qemu keeps bits that are always 0 */
	if (!strcmp(name, "DR7"))
		return ~(u128)0xd000;
	return strcmp(name, "TSC") ? ~(u128)0 : 0;
}

static const char *const isas_32[] = {"x86-32", NULL}, *const isas_64[] = {"x86-64", NULL};
/* What the descriptions have and no more. */
static const char *const models_32[] = {"base,vendor=GenuineIntel,apic-id=0,+tsc,+msr,+cx8,+cmov,+pse,+sep"};
static const char *const models_64[] = {
	"base,vendor=GenuineIntel,apic-id=0,+lm,+syscall,+nx,+pae,+pse,+tsc,+msr,+cx8,+cx16,+cmov,+fsgsbase,+umip,+pdpe1gb,+lahf_lm"};

const struct qemu_target qemu_x86_32 = {.program = "qemu-system-i386", .isas = isas_32, .models = models_32, .machine = "none,memory-backend=ram",
	.storage = X86_STORAGE, .room = X86_ROOM, .make = make, .learn = learn, .prepare = prepare, .set = set, .step = step,
	.get = get, .sees = sees};
const struct qemu_target qemu_x86_64 = {.program = "qemu-system-x86_64", .isas = isas_64, .models = models_64, .machine = "none,memory-backend=ram",
	.storage = X86_STORAGE, .room = X86_ROOM, .make = make, .learn = learn, .prepare = prepare, .set = set, .step = step,
	.get = get, .sees = sees};
