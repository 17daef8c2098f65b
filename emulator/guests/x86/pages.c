/* Physical pages, given once, and address spaces: the kernel's 4 MByte in large pages, and what a process touches. */
#include "kernel.h"

/* Levels of tables, and the bits of an address that choose an entry of one. */
#ifdef __x86_64__
enum { LEVELS = 4, INDEX = 9 };
#define NO_EXECUTE ((word)1 << 63)
#else
enum { LEVELS = 2, INDEX = 10 };
#define NO_EXECUTE 0
#endif
enum { PRESENT = 1, WRITABLE = 2, USER = 4, LARGE = 0x80, LARGE_PAGE = PAGE << INDEX, KERNEL = 0x400000 };
static word next = 0x180000;

void *page_new(void)
{
	next += PAGE; /* storage is zero at reset, and no page is given twice */
	return (void *)(next - PAGE);
}

/* The entry for va in the table of this level, of which 0 tells the page. Tables in between are made where there is none. */
static word *entry_of(word *table, word va, unsigned level)
{
	for (unsigned l = LEVELS - 1;; l--) {
		word *e = &table[va >> (12 + INDEX * l) & ((1u << INDEX) - 1)];

		if (l == level)
			return e;
		if (!(*e & PRESENT))
			*e = (word)page_new() | PRESENT | WRITABLE | USER;
		table = (word *)(*e & ~(PAGE - 1ul));
	}
}

word *space_new(void)
{
	word *space = page_new();

	for (word at = 0; at < KERNEL; at += LARGE_PAGE)
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
#ifndef __x86_64__
	__asm__ volatile("mov %%cr4, %0\n\tor $0x10, %0\n\tmov %0, %%cr4" : "=&r"(cr)); /* PSE */
#endif
	__asm__ volatile("mov %%cr0, %0" : "=r"(cr));
	__asm__ volatile("mov %0, %%cr0" : : "r"(cr | 0x80010000) : "memory"); /* PG, which 64-bit mode has anyway, and WP */
}
