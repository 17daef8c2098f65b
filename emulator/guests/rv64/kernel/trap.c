/* Why the processor came into the kernel, and who deals with it. */
#include "kernel.h"

static const char *cause_name(uint64_t cause)
{
	static const char *const names[16] = {
		[CAUSE_FETCH_ACCESS] = "fetch access fault", [CAUSE_ILLEGAL] = "illegal instruction", [CAUSE_BREAKPOINT] = "breakpoint",
		[CAUSE_LOAD_MISALIGNED] = "misaligned load", [CAUSE_LOAD_ACCESS] = "load access fault",
		[CAUSE_STORE_MISALIGNED] = "misaligned store", [CAUSE_STORE_ACCESS] = "store access fault",
		[CAUSE_FETCH_PAGE] = "fetch page fault", [CAUSE_LOAD_PAGE] = "load page fault", [CAUSE_STORE_PAGE] = "store page fault",
	};
	const char *name = cause < 16 ? names[cause] : NULL;

	return name ? name : "unknown cause";
}

/* The right that a page fault missed; 0: the cause is not a page fault. */
static uint64_t missing_right(uint64_t cause)
{
	switch (cause) {
	case CAUSE_FETCH_PAGE: return PTE_X;
	case CAUSE_LOAD_PAGE: return PTE_R;
	case CAUSE_STORE_PAGE: return PTE_W;
	default: return 0;
	}
}

/* The program did something that it may not, or that its page was not ready for. */
static void exception(const struct frame *f, uint64_t cause, uint64_t value)
{
	uint64_t right = missing_right(cause);

	if (right && space_fault(&running->space, value, right))
		return; /* the instruction is tried again */
	print("[%d] %s at 0x%lx, pc 0x%lx: killed\n", running->number, cause_name(cause), value, f->pc);
	process_exit(-1);
}

void trap_from_user(struct frame *f)
{
	uint64_t cause = csr_read(scause), value = csr_read(stval); /* both are lost at the next trap */

	if (cause & CAUSE_INTERRUPT) {
		if (serve_interrupts())
			process_yield();
	} else if (cause == CAUSE_SYSTEM_CALL) {
		f->pc += 4; /* goes on after the ECALL */
		system_call(f);
	} else {
		exception(f, cause, value);
	}
	if (running->killed)
		process_exit(-1);
}

void trap_from_kernel(void)
{
	panic("%s at 0x%lx, pc 0x%lx", cause_name(csr_read(scause)), csr_read(stval), csr_read(sepc));
}
