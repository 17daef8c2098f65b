/* Storage by the page: a list of free pages, linked through their first words, and a count of users for each. */
#include "kernel.h"

extern char kernel_end[];

struct free_page {
	struct free_page *next;
};
static struct free_page *first_free;
static uint64_t untouched;        /* from here on no page was ever given away */
static uint16_t users[(RAM_END - RAM_START) / PAGE];

static uint16_t *count_of(const void *page)
{
	return &users[((uint64_t)page - RAM_START) / PAGE];
}

void pages_start(void)
{
	untouched = (uint64_t)kernel_end;
}

void *page_new(void)
{
	void *page = first_free;

	if (page) {
		first_free = first_free->next;
	} else if (untouched < RAM_END) {
		page = (void *)untouched;
		untouched += PAGE;
	} else {
		return NULL;
	}
	memset(page, 0, PAGE);
	*count_of(page) = 1;
	return page;
}

void page_share(void *page)
{
	(*count_of(page))++;
}

void page_drop(void *page)
{
	struct free_page *f = page;

	if (--*count_of(page))
		return;
	f->next = first_free;
	first_free = f;
}

unsigned page_users(const void *page)
{
	return *count_of(page);
}
