/* Physical pages, given once, and address spaces: the kernel's 4 MByte as one large page, and what a process touches. */
#include "kernel.h"

enum { PRESENT = 1, WRITABLE = 2, USER = 4, LARGE = 0x80 };
static u32 next = 0x180000;

void *page_new(void)
{
	next += PAGE; /* storage is zero at reset, and no page is given twice */
	return (void *)(next - PAGE);
}

u32 *space_new(void)
{
	u32 *space = page_new();

	space[0] = PRESENT | WRITABLE | LARGE;
	return space;
}

void space_map(u32 *space, u32 va, u32 pa, int writable)
{
	u32 *entry = &space[va >> 22];

	if (!(*entry & PRESENT))
		*entry = (u32)page_new() | PRESENT | WRITABLE | USER;
	((u32 *)(*entry & ~(PAGE - 1u)))[va >> 12 & 1023] = (pa & ~(PAGE - 1u)) | PRESENT | USER | (writable ? WRITABLE : 0);
}

void space_use(const u32 *space)
{
	__asm__ volatile("mov %0, %%cr3" : : "r"(space) : "memory");
}

u32 space_fault_address(void)
{
	u32 at;

	__asm__ volatile("mov %%cr2, %0" : "=r"(at));
	return at;
}

void pages_init(void)
{
	u32 cr;

	space_use(space_new());
	__asm__ volatile("mov %%cr4, %0\n\tor $0x10, %0\n\tmov %0, %%cr4" : "=&r"(cr));            /* PSE */
	__asm__ volatile("mov %%cr0, %0\n\tor $0x80010000, %0\n\tmov %0, %%cr0" : "=&r"(cr));      /* PG, WP */
}
