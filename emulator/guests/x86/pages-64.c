/* Physical pages, given once, and address spaces: the kernel's 4 MByte as two large pages, and what a process touches. */
#include "kernel.h"

enum { PRESENT = 1, WRITABLE = 2, USER = 4, LARGE = 0x80, LARGE_PAGE = 0x200000 };
static const word NO_EXECUTE = (word)1 << 63;
static word next = 0x180000;

void *page_new(void)
{
	next += PAGE; /* storage is zero at reset, and no page is given twice */
	return (void *)(next - PAGE);
}

/* The entry for va in the table of this level: 3 is the root, 0 tells the page. Tables in between are made where there is none. */
static word *entry_of(word *table, word va, unsigned level)
{
	for (unsigned l = 3; l > level; l--) {
		word *e = &table[va >> (12 + 9 * l) & 511];

		if (!(*e & PRESENT))
			*e = (word)page_new() | PRESENT | WRITABLE | USER;
		table = (word *)(*e & ~(PAGE - 1ul));
	}
	return &table[va >> (12 + 9 * level) & 511];
}

word *space_new(void)
{
	word *space = page_new();

	for (word at = 0; at < 2 * LARGE_PAGE; at += LARGE_PAGE)
		*entry_of(space, at, 1) = at | PRESENT | WRITABLE | LARGE;
	return space;
}

void space_map(word *space, word va, word pa, int writable)
{
	*entry_of(space, va, 0) = (pa & ~(PAGE - 1ul)) | PRESENT | USER | (writable ? WRITABLE | NO_EXECUTE : 0);
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
	__asm__ volatile("mov %%cr0, %0\n\tor $0x10000, %0\n\tmov %0, %%cr0" : "=&r"(cr));        /* WP */
}
