/* The host's own processor, in ring 3: a child process whose memory is the description's storage and nothing else executes one instruction at a time
 * under ptrace. A trap is the kernel's signal. What would show the kernel's tables or call the kernel is refused. */
#include "x86_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__linux__) && defined(__x86_64__) && __has_include(<sys/rseq.h>)
#include <cpuid.h>
#include <errno.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/rseq.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CODE_32 = 0x23, CODE_64 = 0x33, DATA = 0x2b, SINGLE_STEP = TRAP_TRACE, FSGSBASE = 2 /* HWCAP2 */, ID = 0x200000 };
#define USER_END 0x7ffffffff000ull

struct oracle {
	struct x86_state x;
	struct arena *arena; /* of the tree */
	struct tree *tree;
	int memory;          /* the storage's file */
	unsigned char *storage;
	uint64_t size;
	pid_t child;
	struct user_regs_struct idle, registers; /* when it was started; of the step */
	const char *refusal;
	struct x86_opcode opcode;
	uint64_t pc;
};

static bool is_intel(void)
{
	unsigned a, b, c, d;

	return __get_cpuid(0, &a, &b, &c, &d) && b == signature_INTEL_ebx && c == signature_INTEL_ecx && d == signature_INTEL_edx;
}

static bool can_trace(void)
{
	int status = 1;
	pid_t child = fork();

	if (!child)
		_exit(ptrace(PTRACE_TRACEME, 0, NULL, NULL) ? 1 : 0);
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && !WEXITSTATUS(status);
}

static const char *absent(void)
{
	if (!is_intel())
		return "the host's processor is not Intel's, whose manual the descriptions follow";
	return can_trace() ? NULL : "a process cannot be traced here";
}

static const char *refuses(const struct isa *isa)
{
	return strcmp(isa->name, "x86-32") && strcmp(isa->name, "x86-64") ? "it implements x86-32 and x86-64" : NULL;
}

static uint64_t storage(const struct isa *isa)
{
	(void)isa;
	return X86_STORAGE;
}

/* --- the child --- */

static void be_child(const struct oracle *o)
{
	void *own = mmap((void *)(uintptr_t)X86_PROGRAM, o->size - X86_PROGRAM, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_SHARED | MAP_FIXED, o->memory,
			 X86_PROGRAM);

	syscall(SYS_rseq, (char *)__builtin_thread_pointer() + __rseq_offset, 32, RSEQ_FLAG_UNREGISTER, RSEQ_SIG); /* the kernel would look for it */
	if (own != (void *)(uintptr_t)X86_PROGRAM || ptrace(PTRACE_TRACEME, 0, NULL, NULL))
		_exit(1);
	raise(SIGSTOP);
	_exit(1);
}

/* Runs to the next stop. False: the child has ended. */
static bool resume(struct oracle *o, siginfo_t *why)
{
	int status;

	if (ptrace(PTRACE_SINGLESTEP, o->child, NULL, NULL) || waitpid(o->child, &status, 0) != o->child)
		return false;
	return WIFSTOPPED(status) && !ptrace(PTRACE_GETSIGINFO, o->child, NULL, why);
}

/* A system call made by the child. */
static bool call(struct oracle *o, unsigned long number, unsigned long a, unsigned long b)
{
	static const unsigned char syscall_code[] = {0x0f, 0x05};
	struct user_regs_struct r = o->idle;
	siginfo_t why;

	memcpy(o->storage + X86_PROGRAM, syscall_code, sizeof syscall_code);
	r.rip = X86_PROGRAM;
	r.orig_rax = ~0ull;
	r.rax = number, r.rdi = a, r.rsi = b;
	return !ptrace(PTRACE_SETREGS, o->child, NULL, &r) && resume(o, &why) && !ptrace(PTRACE_GETREGS, o->child, NULL, &r) && r.rax == 0;
}

static void end_child(struct oracle *o)
{
	if (o->child <= 0)
		return;
	kill(o->child, SIGKILL);
	waitpid(o->child, NULL, 0);
	o->child = 0;
}

static bool start_child(struct oracle *o)
{
	int status;

	end_child(o);
	o->child = fork();
	if (!o->child)
		be_child(o);
	if (o->child > 0 && waitpid(o->child, &status, 0) == o->child && WIFSTOPPED(status) && !ptrace(PTRACE_GETREGS, o->child, NULL, &o->idle) &&
	    !ptrace(PTRACE_SETOPTIONS, o->child, NULL, PTRACE_O_EXITKILL) && call(o, SYS_munmap, o->size, USER_END - o->size) &&
	    call(o, SYS_munmap, 0, X86_PROGRAM))
		return true;
	end_child(o);
	return false;
}

static void close_host(struct oracle *o)
{
	end_child(o);
	if (o->storage && o->storage != MAP_FAILED)
		munmap(o->storage, o->size);
	if (o->memory >= 0)
		close(o->memory);
	arena_free(o->arena);
	free(o);
}

static struct oracle *open_host(const struct isa *isa, uint64_t at, uint64_t size, char *error)
{
	struct oracle *o = calloc(1, sizeof *o);

	(void)at;
	if (!o)
		return NULL;
	o->size = size;
	o->arena = arena_new();
	o->tree = decode_tree(o->arena, isa);
	o->memory = memfd_create("isolde-storage", MFD_CLOEXEC);
	if (o->memory >= 0 && !ftruncate(o->memory, (off_t)size))
		o->storage = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, o->memory, 0);
	if (x86_state_new(&o->x, isa) && o->storage && o->storage != MAP_FAILED && start_child(o)) {
		o->x.paging = true;
		return o;
	}
	snprintf(error, 256, "host: the process does not start: %s", strerror(errno));
	close_host(o);
	return NULL;
}

/* --- states --- */

static bool has_fsgsbase(void)
{
	return getauxval(AT_HWCAP2) & FSGSBASE;
}

static void prepare(struct oracle *o, struct machine *m, struct chance *c)
{
	x86_prepare_program(&o->x, m, c);
	x86_set(&o->x, m, "CR4.FSGSBASE", has_fsgsbase());
}

/* These show tables that are the kernel's, or go through them. */
static bool reads_tables(const char *name)
{
	static const char *const all[] = {"sgdt", "sidt", "sldt", "str", "smsw", "lar", "lsl", "verr", "verw", "mov_to_sreg", "pop_sreg", "pop_fsgs", "les",
					  "lds", "lss", "lfs", "lgs", "jmp_far", "jmp_far_mem", "call_far", "call_far_mem", "ret_far", "ret_far_imm", "iret"};

	for (unsigned i = 0; i < sizeof all / sizeof *all; i++)
		if (!strcmp(all[i], name))
			return true;
	return false;
}

static const char *refusal(struct oracle *o, struct machine *m)
{
	struct decoded d;

	if (!x86_decode(o->tree, m, &d))
		return "the description leaves out what the host's processor may have";
	if (!strcmp(d.instruction->name, "int_n") || !strcmp(d.instruction->name, "syscall") || !strcmp(d.instruction->name, "sysenter"))
		return "it would call the host's kernel";
	if (reads_tables(d.instruction->name))
		return "it would show the host's tables";
	if (x86_repeats_no_port(&o->x, m, &o->opcode))
		return "the processor asks for the right to a port where INS and OUTS are repeated no time (Vol. 2, REP)";
	if (o->x.wide && o->opcode.repeats && o->opcode.small_address && x86_kind(&o->opcode) == X86_STRING && !(uint32_t)x86_element(&o->x, m, "R", 1))
		return "the processor clears the upper half of RCX where ECX counts and is 0, of which nothing is said (Vol. 2, REP)";
	if (o->opcode.from_code && !o->x.wide)
		return "it is not said which fault comes first where a code segment is read to be written";
	return NULL;
}

static void general(struct user_regs_struct *r, unsigned long long **order)
{
	unsigned long long *const all[] = {&r->rax, &r->rcx, &r->rdx, &r->rbx, &r->rsp, &r->rbp, &r->rsi, &r->rdi,
					   &r->r8, &r->r9, &r->r10, &r->r11, &r->r12, &r->r13, &r->r14, &r->r15};

	memcpy(order, all, sizeof all);
}

static bool set(struct oracle *o, const struct machine *m)
{
	struct user_regs_struct *r = &o->registers;
	unsigned long long *order[16];

	if (!x86_is_program(&o->x, m) || x86_get(&o->x, m, "CR4.FSGSBASE") != (o->x.wide && has_fsgsbase()))
		return false;
	if (o->registers.eflags & ID)
		end_child(o); /* ptrace cannot clear it */
	if (!o->child && !start_child(o))
		return false;
	o->opcode = x86_opcode(&o->x, (struct machine *)m);
	o->refusal = refusal(o, (struct machine *)m);
	o->pc = machine_pc(m);
	*r = o->idle;
	general(r, order);
	for (unsigned i = 0; i < o->x.registers; i++)
		*order[i] = x86_element(&o->x, m, "R", i);
	r->rip = machine_pc(m);
	r->eflags = x86_packed(&o->x, m, "EFLAGS") | 2;
	r->orig_rax = ~0ull;
	r->cs = o->x.wide ? CODE_64 : CODE_32;
	r->ss = DATA;
	r->ds = r->es = o->x.wide ? 0 : DATA;
	r->fs = r->gs = 0;
	r->fs_base = x86_get(&o->x, m, "FS_BASE");
	r->gs_base = x86_get(&o->x, m, "GS_BASE");
	memcpy(o->storage, m->storage->cells, o->size);
	return !ptrace(PTRACE_SETREGS, o->child, NULL, r);
}

/* --- the step --- */

/* Signals do not tell all vectors apart: those of INT3, INTO and BOUND are not known. -1: unknown. */
static int vector_of(const struct oracle *o, const siginfo_t *why)
{
	enum { BOUND = 0x62, INTO = 0xce };

	if (why->si_signo == SIGTRAP || o->opcode.byte == BOUND || o->opcode.byte == INTO)
		return -1;
	switch (why->si_signo) {
	case SIGFPE: return 0;
	case SIGILL: return 6;
	case SIGBUS: return why->si_code == BUS_ADRALN ? 17 : 12;
	case SIGSEGV: return why->si_code == SI_KERNEL ? 13 : 14;
	default: return -1;
	}
}

static struct oracle_step step(struct oracle *o)
{
	siginfo_t why;
	int vector;

	if (o->refusal)
		return oracle_cannot(o->refusal);
	if (!resume(o, &why) || ptrace(PTRACE_GETREGS, o->child, NULL, &o->registers)) {
		end_child(o);
		return oracle_cannot("the process ended");
	}
	if (why.si_signo == SIGTRAP && why.si_code == SINGLE_STEP)
		return o->opcode.repeats && (o->opcode.byte & 0xf6) == 0xa6 && o->registers.rip == o->pc
			       ? oracle_cannot("the flags after an iteration that is not the last are not said (Vol. 2, REP)")
			       : (struct oracle_step){.result = ORACLE_DONE};
	vector = vector_of(o, &why);
	return (struct oracle_step){.result = ORACLE_TRAPPED, .knows_cause = vector >= 0, .cause = (u128)(vector & 0xff), .unknown = ~(u128)0xff};
}

/* --- reading the state --- */

static bool get(struct oracle *o, struct machine *m)
{
	struct user_regs_struct *r = &o->registers;
	unsigned long long *order[16];

	general(r, order);
	for (unsigned i = 0; i < o->x.registers; i++)
		x86_set_element(&o->x, m, "R", i, *order[i]);
	machine_set(m, m->isa->pc, 0, r->rip);
	x86_unpack(&o->x, m, "EFLAGS", r->eflags);
	x86_set(&o->x, m, "FS_BASE", r->fs_base);
	x86_set(&o->x, m, "GS_BASE", r->gs_base);
	memcpy(m->storage->cells, o->storage, o->size);
	x86_without_step(&o->x, m, 0, 0, false, x86_kind(&o->opcode));
	return true;
}

/* What a program can change. */
static u128 sees(const struct oracle *o, unsigned component, unsigned element)
{
	const char *name = o->x.isa->components[component].name;

	(void)element;
	if (!strcmp(name, "EFLAGS.TF") || !strcmp(name, "EFLAGS.RF"))
		return 0;
	return !strncmp(name, "EFLAGS.", 7) || !strcmp(name, "R") || !strcmp(name, "FS_BASE") || !strcmp(name, "GS_BASE") || component == o->x.isa->pc ? ~(u128)0
																	  : 0;
}

const struct oracle_kind oracle_host = {.name = "host", .storage = storage, .absent = absent, .refuses = refuses, .open = open_host, .close = close_host,
	.prepare = prepare, .set = set, .step = step, .get = get, .sees = sees};

#else

static const char *absent(void)
{
	return "not built in: the host is not Linux on x86-64";
}

const struct oracle_kind oracle_host = {.name = "host", .absent = absent};

#endif
