/* What the processor says of itself: Robin and Irvine's instructions, none of which traps in ring 3. On the bare machine, and under a monitor that
 * finds them, the kernel sees what it has set up. */
#include "kernel.h"

struct table { u16 limit; word base; } __attribute__((packed));

static void tell(const char *what, word value)
{
	print(what);
	print_hex(value);
}

static word interrupts(void)
{
	word flags;

	__asm__ volatile("sti\n\tpushf\n\tpop %0\n\tcli" : "=r"(flags));
	return flags >> 9 & 1;
}

static void selectors(void)
{
	word code, stack, task = 0, local = 0;

	__asm__ volatile("mov %%cs, %0\n\tmov %%ss, %1" : "=r"(code), "=r"(stack));
	__asm__ volatile("str %w0\n\tsldt %w1" : "+r"(task), "+r"(local));
	tell("ring ", code & 3);
	tell(" stack ", stack & 0xffff);
	tell(" task ", task);
	tell(" local ", local);
}

static void tables(void)
{
	struct table gdtr, idtr;

	__asm__ volatile("sgdt %0\n\tsidt %1" : "=m"(gdtr), "=m"(idtr));
	tell(" gdt ", gdtr.limit);
	tell(" idt ", idtr.limit);
}

/* Limit of the kernel's code segment in pages; whether a program of this level may read it. */
static void rights(void)
{
	word limit = 0;
	u8 readable;

	__asm__ volatile("lsl %k2, %k0\n\tverr %w2\n\tsete %1" : "+r"(limit), "=q"(readable) : "r"(KERNEL_CODE) : "cc");
	tell(" limit ", limit);
	tell(" readable ", readable);
}

void look(void)
{
	word status = 0;

	selectors();
	tables();
	rights();
	__asm__ volatile("smsw %0" : "=r"(status));
	tell(" paging ", status >> 31);
	tell(" interrupts ", interrupts());
	print("\n");
}
