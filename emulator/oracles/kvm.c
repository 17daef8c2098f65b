/* The processor itself, through /dev/kvm: a guest of one processor, whose state is set, which executes one instruction, and whose state is read.
 * The step is KVM's single step. What traps goes through the guest's own IDT to a handler that halts, so trap entry is the processor's too. */
#include "x86_state.h"

#include <stdlib.h>
#include <string.h>

#if defined(__linux__) && defined(__x86_64__)
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

enum { CPUID_MAX = 128 };

struct oracle {
	struct x86_state x;
	int kvm, vm, cpu;
	unsigned char *memory;
	uint64_t at, size;
	struct kvm_run *run;
	size_t run_size;
	int entered;          /* the vector whose handler was reached in the last step, or -1 */
	bool emulated;        /* the host has no virtualization of its own (kvm_pvm): KVM's emulator runs 32-bit guests */
	unsigned beyond;      /* bytes that the pc is behind the handler's first */
	bool waited;
	struct arena *arena;  /* of the tree */
	struct tree *tree;
	uint64_t pc;          /* of the instruction */
	bool decodes, prefixed, branches, unknown_msr; /* … which the description decodes, has prefixes, is a transfer within its segment, is about an MSR that
								 * the description does not have */
	unsigned code;        /* … and its code segment */
	enum x86_kind kind;
};

static const char *absent(void)
{
	static char why[100];
	int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	if (fd < 0) {
		snprintf(why, sizeof why, "/dev/kvm: %s", strerror(errno));
		return why;
	}
	close(fd);
	return NULL;
}

static const char *refuses(const struct isa *isa)
{
	return strcmp(isa->name, "x86-32") && strcmp(isa->name, "x86-64") ? "it implements x86-32 and x86-64" : NULL;
}

/* --- the guest --- */

/* The features that the descriptions have and no more: the others' control bits are reserved then. */
static void keep_features(const struct x86_state *x, struct kvm_cpuid_entry2 *e)
{
	enum { PSE = 1 << 3, TSC = 1 << 4, MSR = 1 << 5, PAE = 1 << 6, CX8 = 1 << 8, SEP = 1 << 11, CMOV = 1 << 15 };       /* 1, EDX */
	enum { CX16 = 1 << 13, FSGSBASE = 1, UMIP = 1 << 2, LAHF = 1 };                                                       /* 1, ECX; 7, EBX, ECX; 80000001, ECX */
	enum { SYSCALL = 1 << 11, NX = 1 << 20, PAGES_1G = 1 << 26, RDTSCP = 1 << 27, LM = 1 << 29 };                         /* 80000001, EDX */

	if (e->function == 1) {
		e->edx &= PSE | TSC | MSR | CX8 | SEP | CMOV | (x->wide ? PAE : 0);
		e->ecx &= x->wide ? CX16 : 0;
	} else if (e->function == 7) {
		e->ebx &= x->wide && e->index == 0 ? FSGSBASE : 0;
		e->ecx &= x->wide && e->index == 0 ? UMIP : 0;
		e->edx = e->eax = 0;
	} else if (e->function == 0x80000001) {
		e->edx &= x->wide ? SYSCALL | NX | PAGES_1G | RDTSCP | LM : 0;
		e->ecx &= x->wide ? LAHF : 0;
	}
}

static bool set_cpuid(struct oracle *o)
{
	struct kvm_cpuid2 *c = calloc(1, sizeof *c + CPUID_MAX * sizeof c->entries[0]);
	bool good;

	if (!c)
		return false;
	c->nent = CPUID_MAX;
	good = ioctl(o->kvm, KVM_GET_SUPPORTED_CPUID, c) >= 0;
	for (unsigned i = 0; good && i < c->nent; i++)
		keep_features(&o->x, &c->entries[i]);
	good = good && ioctl(o->cpu, KVM_SET_CPUID2, c) >= 0;
	free(c);
	return good;
}

static bool make_guest(struct oracle *o)
{
	struct kvm_userspace_memory_region region = {.guest_phys_addr = o->at, .memory_size = o->size};
	int size;

	o->kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	o->vm = o->kvm < 0 ? -1 : ioctl(o->kvm, KVM_CREATE_VM, 0);
	o->memory = mmap(NULL, o->size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (o->vm < 0 || o->memory == MAP_FAILED)
		return false;
	region.userspace_addr = (uint64_t)(uintptr_t)o->memory;
	ioctl(o->vm, KVM_SET_TSS_ADDR, 0xfffbd000);
	if (ioctl(o->vm, KVM_SET_USER_MEMORY_REGION, &region) < 0)
		return false;
	o->cpu = ioctl(o->vm, KVM_CREATE_VCPU, 0);
	size = ioctl(o->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	if (o->cpu < 0 || size < 0)
		return false;
	o->run_size = (size_t)size;
	o->run = mmap(NULL, o->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, o->cpu, 0);
	return o->run != MAP_FAILED && set_cpuid(o);
}

/* Some hosts run 32-bit guests only without paging (kvm_pvm): a NOP, with a 4-MByte page under it, tells. */
static bool runs_with_paging(struct oracle *o)
{
	struct kvm_segment code = {.limit = 0xffffffff, .selector = 8, .type = 11, .present = 1, .db = 1, .s = 1, .g = 1}, data = code;
	struct kvm_guest_debug debug = {.control = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP};
	struct kvm_regs r = {.rip = 0x100, .rflags = 2};
	struct kvm_sregs s;
	uint32_t page = 0xe7; /* from address 0 on, for everybody, to be written, of 4 MByte */

	data.type = 3;
	data.selector = 16;
	if (ioctl(o->cpu, KVM_GET_SREGS, &s) < 0)
		return false;
	s.cs = code;
	s.ds = s.es = s.fs = s.gs = s.ss = data;
	s.cr0 = 0x80000031;
	s.cr3 = 0x1000;
	s.cr4 = 0x10;
	memcpy(o->memory + 0x1000, &page, sizeof page);
	o->memory[0x100] = 0x90;
	return ioctl(o->cpu, KVM_SET_SREGS, &s) >= 0 && ioctl(o->cpu, KVM_SET_REGS, &r) >= 0 && ioctl(o->cpu, KVM_SET_GUEST_DEBUG, &debug) >= 0 &&
	       ioctl(o->cpu, KVM_RUN, 0) >= 0 && o->run->exit_reason == KVM_EXIT_DEBUG;
}

static void close_guest(struct oracle *o)
{
	if (o->run && o->run != MAP_FAILED)
		munmap(o->run, o->run_size);
	if (o->memory && o->memory != MAP_FAILED)
		munmap(o->memory, o->size);
	if (o->cpu >= 0)
		close(o->cpu);
	if (o->vm >= 0)
		close(o->vm);
	if (o->kvm >= 0)
		close(o->kvm);
	arena_free(o->arena);
	free(o);
}

static struct oracle *open_guest(const struct isa *isa, uint64_t at, uint64_t size, char *error)
{
	struct oracle *o = calloc(1, sizeof *o);

	if (!o)
		return NULL;
	o->kvm = o->vm = o->cpu = -1;
	o->arena = arena_new();
	o->tree = decode_tree(o->arena, isa);
	o->at = at;
	o->size = size;
	if (!x86_state_new(&o->x, isa)) {
		snprintf(error, 256, "%s lacks a component that the x86 has", isa->name);
	} else if (!make_guest(o)) {
		snprintf(error, 256, "kvm: %s", strerror(errno));
	} else {
		o->emulated = !runs_with_paging(o);
		o->x.paging = o->x.alignment = o->x.bad_gates = o->x.bad_exceptions = !o->emulated;
		if (!o->emulated || !o->x.wide)
			return o;
		snprintf(error, 256, "kvm: this host's KVM (without virtualization of the processor's) does not single-step 64-bit guests");
	}
	close_guest(o);
	return NULL;
}

static void prepare(struct oracle *o, struct machine *m, struct chance *c)
{
	x86_prepare(&o->x, m, c);
}

/* --- setting the state --- */

static void set_segment(const struct x86_state *x, const struct machine *m, unsigned s, struct kvm_segment *out)
{
	struct x86_segment v = x86_segment(x, m, s);

	*out = (struct kvm_segment){.base = v.base, .limit = v.limit, .selector = v.selector, .type = v.type, .present = v.present, .dpl = v.dpl,
				    .db = v.big, .s = v.is_segment, .l = v.wide, .g = v.limit > 0xfffff, .unusable = !v.present};
}

static bool set_system(struct oracle *o, const struct machine *m)
{
	struct kvm_sregs s;
	struct kvm_segment *order[] = {&s.es, &s.cs, &s.ss, &s.ds, &s.fs, &s.gs, &s.ldt, &s.tr};

	if (ioctl(o->cpu, KVM_GET_SREGS, &s) < 0)
		return false;
	for (unsigned i = 0; i < 8; i++) {
		set_segment(&o->x, m, i, order[i]);
		if (order[i]->g && (order[i]->limit & 0xfff) != 0xfff)
			return false; /* no descriptor has such a limit */
	}
	s.gdt = (struct kvm_dtable){.base = x86_get(&o->x, m, "GDTR.base"), .limit = (uint16_t)x86_get(&o->x, m, "GDTR.limit")};
	s.idt = (struct kvm_dtable){.base = x86_get(&o->x, m, "IDTR.base"), .limit = (uint16_t)x86_get(&o->x, m, "IDTR.limit")};
	s.cr0 = x86_packed(&o->x, m, "CR0");
	s.cr2 = x86_get(&o->x, m, "CR2");
	s.cr3 = x86_packed(&o->x, m, "CR3");
	s.cr4 = x86_packed(&o->x, m, "CR4");
	s.efer = o->x.wide ? x86_packed(&o->x, m, "EFER") : 0;
	memset(s.interrupt_bitmap, 0, sizeof s.interrupt_bitmap);
	return ioctl(o->cpu, KVM_SET_SREGS, &s) >= 0;
}

static void registers_in_order(struct kvm_regs *r, __u64 **order)
{
	__u64 *const all[] = {&r->rax, &r->rcx, &r->rdx, &r->rbx, &r->rsp, &r->rbp, &r->rsi, &r->rdi,
			      &r->r8, &r->r9, &r->r10, &r->r11, &r->r12, &r->r13, &r->r14, &r->r15};

	memcpy(order, all, sizeof all);
}

static bool set_debug(struct oracle *o, const struct machine *m)
{
	struct kvm_debugregs d = {.dr6 = 0xffff0ff0, .dr7 = x86_get(&o->x, m, "DR7")};

	for (unsigned i = 0; i < 4; i++)
		d.db[i] = x86_element(&o->x, m, "DR", i);
	return ioctl(o->cpu, KVM_SET_DEBUGREGS, &d) >= 0;
}

struct msrs {
	struct kvm_msrs head;
	struct kvm_msr_entry entries[X86_MSRS];
};

static bool set_msrs(struct oracle *o, const struct machine *m)
{
	struct msrs all = {.head = {.nmsrs = 0}};

	for (unsigned i = 0; i < X86_MSRS; i++)
		if (x86_has(&o->x, x86_msrs[i].name))
			all.entries[all.head.nmsrs++] = (struct kvm_msr_entry){.index = x86_msrs[i].number, .data = x86_get(&o->x, m, x86_msrs[i].name)};
	return ioctl(o->cpu, KVM_SET_MSRS, &all) == (int)all.head.nmsrs;
}

static bool set_state(struct oracle *o, const struct machine *m)
{
	struct kvm_regs r = {.rflags = x86_packed(&o->x, m, "EFLAGS") | 2, .rip = machine_pc(m)};
	struct kvm_vcpu_events events = {.flags = 0};
	struct kvm_mp_state running = {.mp_state = KVM_MP_STATE_RUNNABLE};
	struct kvm_guest_debug debug = {.control = KVM_GUESTDBG_ENABLE | KVM_GUESTDBG_SINGLESTEP};
	struct x86_opcode opcode;
	struct decoded decoded;
	__u64 *order[16];

	registers_in_order(&r, order);
	for (unsigned i = 0; i < o->x.registers; i++)
		*order[i] = x86_element(&o->x, m, "R", i);
	memcpy(o->memory, m->storage->cells, o->size);
	o->pc = machine_pc(m);
	o->code = x86_segment(&o->x, m, 1).selector;
	opcode = x86_opcode(&o->x, (struct machine *)m);
	o->kind = x86_kind(&opcode);
	o->decodes = x86_decode(o->tree, (struct machine *)m, &decoded);
	o->prefixed = opcode.at != o->pc;
	o->unknown_msr = (o->kind == X86_RDMSR || o->kind == X86_WRMSR) && !(o->code & 3) && !x86_knows_msr(&o->x, (uint32_t)x86_element(&o->x, m, "R", 1));
	o->branches = x86_is_near_branch(&opcode);
	ioctl(o->cpu, KVM_SET_MP_STATE, &running);
	return ioctl(o->cpu, KVM_SET_VCPU_EVENTS, &events) >= 0 && set_system(o, m) && ioctl(o->cpu, KVM_SET_REGS, &r) >= 0 &&
	       set_debug(o, m) && set_msrs(o, m) && ioctl(o->cpu, KVM_SET_GUEST_DEBUG, &debug) >= 0; /* at this pc: the last call */
}

/* --- the step --- */

static struct oracle_step done(const struct oracle *o)
{
	return (struct oracle_step){.result = o->entered >= 0 ? ORACLE_ENTERED : ORACLE_DONE};
}

/* What was begun outside is finished when the guest is entered again; nothing else is executed. */
static void settle(struct oracle *o)
{
	o->run->immediate_exit = 1;
	for (unsigned i = 0; i < 16 && ioctl(o->cpu, KVM_RUN, 0) >= 0; i++)
		;
	o->run->immediate_exit = 0;
}

/* Ports read 0, as in a machine without devices. The instruction is completed when the guest is entered again. */
static struct oracle_step finish_port(struct oracle *o)
{
	struct kvm_run *r = o->run;

	if (r->io.direction == KVM_EXIT_IO_IN)
		memset((char *)r + r->io.data_offset, 0, (size_t)r->io.size * r->io.count);
	settle(o);
	return done(o);
}

/* The step ends behind the instruction, or at a handler, or behind the handler's HLT. */
static struct oracle_step stepped(struct oracle *o)
{
	enum { INVALID_OPCODE = 6 };
	struct kvm_regs r;

	if (ioctl(o->cpu, KVM_GET_REGS, &r) < 0)
		return oracle_cannot("its registers cannot be read");
	for (o->beyond = 0; o->beyond < 2 && o->entered < 0; o->beyond += o->entered < 0)
		o->entered = x86_handler(&o->x, r.rip - o->beyond);
	if (o->entered >= 0 && o->branches)
		return oracle_cannot("it may have jumped to where the handlers are");
	if (o->emulated && o->entered == INVALID_OPCODE)
		return oracle_cannot("KVM emulates such guests on this host, and its emulator lacks instructions");
	o->waited = o->entered < 0 && o->kind == X86_HLT;
	return done(o);
}

/* Where KVM emulates the guest, a step that an exception ends may leave the pc as it was, and the exception is lost. */
static bool lost(struct oracle *o)
{
	struct kvm_regs r;

	return o->emulated && ioctl(o->cpu, KVM_GET_REGS, &r) >= 0 && r.rip == o->pc;
}

static struct oracle_step step(struct oracle *o)
{
	unsigned again = 0;

	o->entered = -1;
	o->waited = false;
	if (!o->decodes && o->prefixed)
		return oracle_cannot("the description leaves out redundant and reserved prefixes");
	if (o->unknown_msr)
		return oracle_cannot("KVM has MSRs that the description leaves out");
	if (o->kind == X86_STRING && o->emulated)
		return oracle_cannot("KVM's emulator repeats a string instruction within one step");
	if (o->kind == X86_LOADS_SS)
		return oracle_cannot("traps are inhibited after it, and with them the step");
	do { /* a halt of the last step's may be due still: nothing has been executed then */
		o->run->exit_reason = KVM_EXIT_UNKNOWN;
		if (ioctl(o->cpu, KVM_RUN, 0) < 0)
			return oracle_cannot(strerror(errno));
	} while (o->run->exit_reason == KVM_EXIT_HLT && lost(o) && !again++);
	switch (o->run->exit_reason) {
	case KVM_EXIT_DEBUG:
		return lost(o) ? oracle_cannot("KVM emulates such guests on this host, and loses exceptions in single steps") : stepped(o);
	case KVM_EXIT_HLT: return lost(o) ? oracle_cannot("KVM halts where it should not") : stepped(o);
	case KVM_EXIT_IO: return finish_port(o);
	case KVM_EXIT_SHUTDOWN: return (struct oracle_step){.result = ORACLE_TRAPPED};
	case KVM_EXIT_MMIO:
		settle(o);
		return oracle_cannot("it reaches beyond its storage");
	case KVM_EXIT_FAIL_ENTRY: return oracle_cannot("the processor refuses the state");
	case KVM_EXIT_INTERNAL_ERROR: return oracle_cannot("KVM cannot emulate it");
	default: return oracle_cannot("an exit that the oracle does not know");
	}
}

/* --- reading the state --- */

static void get_segment(const struct x86_state *x, struct machine *m, unsigned s, const struct kvm_segment *v)
{
	struct x86_segment out = {.base = v->base, .limit = v->limit, .selector = v->selector, .type = v->type, .present = !v->unusable && v->present,
				  .dpl = v->dpl, .big = v->db, .wide = v->l};

	x86_set_segment(x, m, s, &out);
}

static bool get_system(struct oracle *o, struct machine *m)
{
	struct kvm_sregs s;
	const struct kvm_segment *order[] = {&s.es, &s.cs, &s.ss, &s.ds, &s.fs, &s.gs, &s.ldt, &s.tr};

	if (ioctl(o->cpu, KVM_GET_SREGS, &s) < 0)
		return false;
	x86_set_level(&o->x, m, s.ss.dpl);
	for (unsigned i = 0; i < 8; i++)
		get_segment(&o->x, m, i, order[i]);
	x86_set(&o->x, m, "GDTR.base", s.gdt.base);
	x86_set(&o->x, m, "GDTR.limit", s.gdt.limit);
	x86_set(&o->x, m, "IDTR.base", s.idt.base);
	x86_set(&o->x, m, "IDTR.limit", s.idt.limit);
	x86_unpack(&o->x, m, "CR0", s.cr0);
	x86_set(&o->x, m, "CR2", s.cr2);
	x86_unpack(&o->x, m, "CR3", s.cr3);
	x86_unpack(&o->x, m, "CR4", s.cr4);
	if (o->x.wide)
		x86_unpack(&o->x, m, "EFER", s.efer);
	return true;
}

static bool get_rest(struct oracle *o, struct machine *m)
{
	struct msrs all = {.head = {.nmsrs = 0}};
	struct kvm_debugregs d;
	unsigned n = 0;

	for (unsigned i = 0; i < X86_MSRS; i++)
		if (x86_has(&o->x, x86_msrs[i].name))
			all.entries[all.head.nmsrs++].index = x86_msrs[i].number;
	if (ioctl(o->cpu, KVM_GET_MSRS, &all) != (int)all.head.nmsrs || ioctl(o->cpu, KVM_GET_DEBUGREGS, &d) < 0)
		return false;
	for (unsigned i = 0; i < X86_MSRS; i++)
		if (x86_has(&o->x, x86_msrs[i].name))
			x86_set(&o->x, m, x86_msrs[i].name, all.entries[n++].data);
	for (unsigned i = 0; i < 4; i++)
		x86_set_element(&o->x, m, "DR", i, d.db[i]);
	x86_set(&o->x, m, "DR7", d.dr7);
	return true;
}

static bool get_state(struct oracle *o, struct machine *m)
{
	struct kvm_regs r;
	__u64 *order[16];

	if (ioctl(o->cpu, KVM_GET_REGS, &r) < 0 || !get_system(o, m) || !get_rest(o, m))
		return false;
	registers_in_order(&r, order);
	for (unsigned i = 0; i < o->x.registers; i++)
		x86_set_element(&o->x, m, "R", i, *order[i]);
	x86_unpack(&o->x, m, "EFLAGS", r.rflags);
	machine_set(m, m->isa->pc, 0, o->entered >= 0 ? r.rip - o->beyond : r.rip);
	machine_set(m, m->isa->waiting, 0, o->waited);
	memcpy(m->storage->cells, o->memory, o->size);
	x86_without_step(&o->x, m, o->pc, o->code, o->entered >= 0, o->kind);
	return true;
}

static u128 sees(const struct oracle *o, unsigned component, unsigned element)
{
	const char *name = o->x.isa->components[component].name;

	if (o->emulated && !strcmp(name, "EFLAGS.AC"))
		return 0; /* its emulator clears it where it delivers an exception */
	return x86_seen(&o->x, component, element);
}

static uint64_t storage(const struct isa *isa)
{
	(void)isa;
	return X86_STORAGE;
}

const struct oracle_kind oracle_kvm = {.name = "kvm", .storage = storage, .absent = absent, .refuses = refuses, .open = open_guest,
	.close = close_guest, .prepare = prepare, .set = set_state, .step = step, .get = get_state, .sees = sees};

#else

static const char *absent(void)
{
	return "not built in: KVM is Linux on x86-64";
}

const struct oracle_kind oracle_kvm = {.name = "kvm", .absent = absent};

#endif
