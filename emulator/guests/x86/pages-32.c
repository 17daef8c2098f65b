/* Physical pages, given once, and address spaces: the kernel's 4 MByte as one large page, and what a process touches. */
#include "kernel.h"

enum { PRESENT = 1, WRITABLE = 2, USER = 4, LARGE = 0x80 };
static word next = 0x180000;

void *page_new(void)
{
	next += PAGE; /* storage is zero at reset, and no page is given twice */
	return (void *)(next - PAGE);
}

word *space_new(void)
{
	word *space = page_new();

	space[0] = PRESENT | WRITABLE | LARGE;
	return space;
}

void space_map(word *space, word va, word pa, int writable)
{
	word *entry = &space[va >> 22];

	if (!(*entry & PRESENT))
		*entry = (word)page_new() | PRESENT | WRITABLE | USER;
	((word *)(*entry & ~(PAGE - 1u)))[va >> 12 & 1023] = (pa & ~(PAGE - 1u)) | PRESENT | USER | (writable ? WRITABLE : 0);
}

void space_use(const word *space)
{
	__asm__ volatile("mov %0, %%cr3" : : "r"(space) : "memory");
}

word space_fault_address(void)
{
	word at;

	__asm__ volatile("mov %%cr2, %0" : "=r"(at));
	return at;
}

void pages_init(void)
{
	word cr;

	space_use(space_new());
	__asm__ volatile("mov %%cr4, %0\n\tor $0x10, %0\n\tmov %0, %%cr4" : "=&r"(cr));            /* PSE */
	__asm__ volatile("mov %%cr0, %0\n\tor $0x80010000, %0\n\tmov %0, %%cr0" : "=&r"(cr));      /* PG, WP */
}
