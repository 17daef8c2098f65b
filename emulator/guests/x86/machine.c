/* Ports and the console. */
#include "kernel.h"

enum { TIMER = 0x40, CONSOLE = 0x3f8, POWER = 0x604 }; /* emulator/devices/README.md; register n is at + n */

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
	word flags;

	__asm__ volatile("pushf\n\tpop %0\n\tcli" : "=r"(flags) : : "memory");
	while (*text)
		put_char(*text++);
	__asm__ volatile("push %0\n\tpopf" : : "r"(flags) : "memory", "cc");
}

void print_number(word n)
{
	if (n >= 10)
		print_number(n / 10);
	put_char((char)('0' + n % 10));
}

void print_hex(word n)
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
