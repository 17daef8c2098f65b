/* Descriptor tables of the 32-bit machine. */
#include "kernel.h"

extern u32 gdt[];
extern char entries[];
static struct { u32 low, high; } idt[256] __attribute__((aligned(8)));
static struct { u32 link, esp0, ss0, more[23]; } task;

/* An interrupt gate to entry `vector`, which programs of level `dpl` may ask for. */
static void gate(int vector, u32 dpl)
{
	u32 at = (u32)entries + 16 * (u32)vector;

	idt[vector].low = (u32)KERNEL_CODE << 16 | (at & 0xffff);
	idt[vector].high = (at & 0xffff0000) | 0x8e00 | dpl << 13;
}

void tables_kernel_stack(void *top)
{
	task.esp0 = (u32)top;
}

void tables_init(void)
{
	struct { u16 limit; u32 base; } __attribute__((packed)) table = {sizeof idt - 1, (u32)idt};
	u32 base = (u32)&task;

	for (int i = 0; i < 256; i++)
		gate(i, i == CALL_EVENT ? 3 : 0);
	__asm__ volatile("lidt %0" : : "m"(table));
	task.ss0 = KERNEL_DATA;
	task.more[22] = sizeof task << 16; /* the I/O map begins behind the limit: no port is open */
	gdt[TASK / 4] = (base & 0xffff) << 16 | (sizeof task - 1);
	gdt[TASK / 4 + 1] = (base & 0xff000000) | 0x8900 | (base >> 16 & 0xff);
	__asm__ volatile("ltr %w0" : : "r"(TASK));
}
