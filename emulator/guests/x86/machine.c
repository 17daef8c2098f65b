/* Descriptor tables, ports and the console. */
#include "kernel.h"

enum { TIMER = 0x40, CONSOLE = 0x3f8, POWER = 0x604 }; /* emulator/devices/README.md; register n is at + n */

extern u32 gdt[];
extern char entries[];
static struct { u32 low, high; } idt[256] __attribute__((aligned(8)));
static struct { u32 link, esp0, ss0, more[23]; } task;

static void out(u16 port, u32 value)
{
	__asm__ volatile("outl %0, %1" : : "a"(value), "d"(port));
}

void put_char(char c)
{
	out(CONSOLE, (u8)c);
}

/* A line comes out in one piece: flags are saved, and restored, as kernels do it. */
void print(const char *text)
{
	u32 flags;

	__asm__ volatile("pushf\n\tpop %0\n\tcli" : "=r"(flags) : : "memory");
	while (*text)
		put_char(*text++);
	__asm__ volatile("push %0\n\tpopf" : : "r"(flags) : "memory", "cc");
}

void print_number(u32 n)
{
	if (n >= 10)
		print_number(n / 10);
	put_char((char)('0' + n % 10));
}

void print_hex(u32 n)
{
	if (n >= 16)
		print_hex(n / 16);
	put_char("0123456789abcdef"[n % 16]);
}

void timer_every(u32 steps)
{
	out(TIMER + 3, 3);      /* CONTROL: interrupt, and again */
	out(TIMER + 2, steps);  /* INTERVAL */
}

void timer_served(void)
{
	out(TIMER + 5, 1);      /* STATUS: expired := 0 */
}

void power_off(u8 code)
{
	out(POWER, code);
	for (;;)
		;
}

/* An interrupt gate to entry `vector`, which programs of level `dpl` may ask for. */
static void gate(int vector, u32 dpl)
{
	u32 at = (u32)entries + 16 * (u32)vector;

	idt[vector].low = (u32)KERNEL_CODE << 16 | (at & 0xffff);
	idt[vector].high = (at & 0xffff0000) | 0x8e00 | dpl << 13;
}

void machine_kernel_stack(void *top)
{
	task.esp0 = (u32)top;
}

void machine_init(void)
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
