/* Descriptor tables of the 64-bit machine, and what SYSCALL needs. */
#include "kernel.h"

enum { EFER = 0xc0000080, STAR = 0xc0000081, LSTAR = 0xc0000082, FMASK = 0xc0000084, KERNEL_GS_BASE = 0xc0000102 };
enum { CALLS = 1, NO_EXECUTE = 0x800 };                 /* EFER: SYSCALL works; pages may forbid execution */
enum { CLEARED = 0x47700 };                             /* FMASK: AC, NT, DF, IF, TF, and OF, which is the program's */

extern word gdt[];
extern char entries[], fast_entry[];
static struct { word low, high; } idt[256] __attribute__((aligned(16)));
static struct { u32 unused; word rsp[3], more[9]; u16 none, map; } __attribute__((packed)) task;
static struct { word kernel_stack, user_stack; } own;   /* at %gs, between two SWAPGS (boot-64.s) */

/* An interrupt gate to entry `vector`. */
static void gate(int vector)
{
	word at = (word)entries + 16 * (word)vector;

	idt[vector].low = (at >> 16 & 0xffff) << 48 | (word)0x8e00 << 32 | (word)KERNEL_CODE << 16 | (at & 0xffff);
	idt[vector].high = at >> 32;
}

static void write_msr(u32 number, word value)
{
	__asm__ volatile("wrmsr" : : "c"(number), "a"((u32)value), "d"((u32)(value >> 32)));
}

static void calls_init(void)
{
	write_msr(EFER, 0x500 | CALLS | NO_EXECUTE);    /* LMA, LME: 64-bit mode */
	write_msr(STAR, (word)KERNEL_DATA << 48 | (word)KERNEL_CODE << 32);
	write_msr(LSTAR, (word)fast_entry);
	write_msr(FMASK, CLEARED);
	write_msr(KERNEL_GS_BASE, (word)&own);
}

void tables_kernel_stack(void *top)
{
	task.rsp[0] = own.kernel_stack = (word)top;
}

void tables_init(void)
{
	struct { u16 limit; word base; } __attribute__((packed)) table = {sizeof idt - 1, (word)idt};
	word base = (word)&task;

	for (int i = 0; i < 256; i++)
		gate(i);
	__asm__ volatile("lidt %0" : : "m"(table));
	task.map = sizeof task;                         /* the I/O map begins behind the limit: no port is open */
	gdt[TASK / 8] = (base >> 24 & 0xff) << 56 | (word)0x89 << 40 | (base & 0xffffff) << 16 | (sizeof task - 1);
	gdt[TASK / 8 + 1] = base >> 32;
	__asm__ volatile("ltr %w0" : : "r"(TASK));
	calls_init();
}
