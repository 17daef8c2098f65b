/* Address spaces: three levels of tables (Volume II, "Sv39"), each of 512 entries in one page.
 *
 * The root's entry 0 (devices) and entry 2 (storage) lead to tables that all spaces share, so that the kernel is everywhere and a trap needs no
 * other address space. Entry 1 is the program's GiB. Its pages come into being when they are first used (space_fault). */
#include "kernel.h"

extern char text_start[], text_end[], rodata_end[], kernel_end[];

static pte *devices, *storage; /* second-level tables */

static pte entry_for(const void *page, uint64_t flags)
{
	return (uint64_t)page / PAGE << 10 | flags | PTE_V;
}

static void *page_of(pte e)
{
	return (void *)(e >> 10 << 12);
}

static unsigned index_at(uint64_t va, unsigned level)
{
	return va >> (12 + 9 * level) & 511;
}

static void *must(void *page)
{
	if (!page)
		panic("no storage for the kernel's own tables");
	return page;
}

/* --- the kernel's half --- */

enum { KERNEL_DATA = PTE_R | PTE_W | PTE_G | PTE_A | PTE_D };

/* 2 MiB with one entry of a second-level table. */
static void map_megapage(pte *table, uint64_t at)
{
	table[index_at(at, 1)] = entry_for((void *)at, KERNEL_DATA);
}

/* The kernel's own code cannot be written, its constants neither, and nothing else can be executed. */
static uint64_t kernel_rights(uint64_t at)
{
	if (at >= (uint64_t)text_start && at < (uint64_t)text_end)
		return PTE_R | PTE_X | PTE_G | PTE_A;
	if (at >= (uint64_t)text_end && at < (uint64_t)rodata_end)
		return PTE_R | PTE_G | PTE_A;
	return KERNEL_DATA;
}

static void map_kernel(uint64_t at)
{
	pte *pages = must(page_new());

	for (unsigned i = 0; i < 512; i++)
		pages[i] = entry_for((void *)(at + i * PAGE), kernel_rights(at + i * PAGE));
	storage[index_at(at, 1)] = entry_for(pages, 0);
}

void spaces_start(void)
{
	uint64_t kernel = (uint64_t)text_start;
	struct space s = {0};

	devices = must(page_new());
	storage = must(page_new());
	map_megapage(devices, POWER / MEGAPAGE * MEGAPAGE);
	for (uint64_t at = PLIC; at < PLIC + 3 * MEGAPAGE; at += MEGAPAGE)
		map_megapage(devices, at);
	map_megapage(devices, UART);
	map_kernel(kernel); /* firmware is below: not mapped at all */
	for (uint64_t at = kernel + MEGAPAGE; at < RAM_END; at += MEGAPAGE)
		map_megapage(storage, at);
	if (!space_new(&s))
		panic("no storage for the first address space");
	space_use(&s);
}

bool space_new(struct space *s)
{
	s->root = page_new();
	if (!s->root)
		return false;
	s->root[0] = entry_for(devices, 0);
	s->root[2] = entry_for(storage, 0);
	return true;
}

void space_use(const struct space *s)
{
	csr_write(satp, SATP_SV39 | (uint64_t)s->root / PAGE);
	fence_all_pages();
}

/* --- the program's half --- */

/* The entry of the last table for a program's address, and with `make` the tables on the way. NULL: there is none. */
static pte *find_entry(const struct space *s, uint64_t va, bool make)
{
	pte *table = s->root;

	for (unsigned level = 2; level; level--) {
		pte *e = &table[index_at(va, level)];

		if (!*e) {
			void *page = make ? page_new() : NULL;

			if (!page)
				return NULL;
			*e = entry_for(page, 0);
		}
		table = page_of(*e);
	}
	return &table[index_at(va, 0)];
}

static struct region *region_of(struct space *s, uint64_t va)
{
	for (unsigned i = 0; i < REGIONS; i++)
		if (va >= s->regions[i].from && va < s->regions[i].to)
			return &s->regions[i];
	return NULL;
}

static uint64_t flags_for(uint64_t rights)
{
	return rights | PTE_U | PTE_A | (rights & PTE_W ? PTE_D : 0);
}

static bool fill(const struct region *r, uint64_t va, void *page)
{
	uint64_t at = va - r->from;

	if (at >= r->file.size)
		return true;
	return file_read(&r->file, at, page, r->file.size - at < PAGE ? r->file.size - at : PAGE);
}

/* First use. The page is filled before anyone can see it. */
static bool bring_in(struct space *s, const struct region *r, uint64_t va)
{
	void *page = page_new();
	pte *e;

	if (!page)
		return false;
	e = fill(r, va, page) ? find_entry(s, va, true) : NULL;
	if (!e) {
		page_drop(page);
		return false;
	}
	*e = entry_for(page, flags_for(r->rights));
	fence_page(va);
	if (r->rights & PTE_X)
		fence_code();
	return true;
}

/* A write to a page that is shared since a fork. */
static bool make_own(pte *e, const struct region *r, uint64_t va)
{
	void *old = page_of(*e), *page = old;

	if (page_users(old) > 1) {
		page = page_new();
		if (!page)
			return false;
		memcpy(page, old, PAGE);
		page_drop(old);
	}
	*e = entry_for(page, flags_for(r->rights));
	fence_page(va);
	return true;
}

bool space_fault(struct space *s, uint64_t va, uint64_t right)
{
	struct region *r = region_of(s, va);
	pte *e;

	va = va / PAGE * PAGE;
	if (!r || !(r->rights & right))
		return false;
	e = find_entry(s, va, false);
	if (!e || !*e)
		return bring_in(s, r, va);
	if (right == PTE_W && *e & PTE_COPY)
		return make_own(e, r, va);
	return (*e & right) != 0;
}

/* --- a whole half --- */

/* Calls `one` for every page that a program has. False as soon as `one` says so. */
static bool each_page(struct space *s, bool (*one)(pte *e, uint64_t va, void *context), void *context)
{
	for (uint64_t va = USER_START; va < USER_END;) {
		pte *e = find_entry(s, va, false);

		if (!e) { /* the next that a table of the last level could be for */
			va = (va / MEGAPAGE + 1) * MEGAPAGE;
			continue;
		}
		if (*e && !one(e, va, context))
			return false;
		va += PAGE;
	}
	return true;
}

static bool drop_one(pte *e, uint64_t va, void *context)
{
	(void)va, (void)context;
	page_drop(page_of(*e));
	return true;
}

static bool share_one(pte *e, uint64_t va, void *context)
{
	pte *to = find_entry(context, va, true);

	if (!to)
		return false;
	if (*e & PTE_W)
		*e = (*e & ~(uint64_t)(PTE_W | PTE_D)) | PTE_COPY;
	*to = *e;
	page_share(page_of(*e));
	return true;
}

void space_free(struct space *s)
{
	pte *middle = s->root[1] ? page_of(s->root[1]) : NULL;

	each_page(s, drop_one, NULL);
	for (unsigned i = 0; middle && i < 512; i++)
		if (middle[i])
			page_drop(page_of(middle[i]));
	if (middle)
		page_drop(middle);
	page_drop(s->root);
	s->root = NULL;
}

bool space_copy(struct space *to, struct space *from)
{
	bool whole;

	if (!space_new(to))
		return false;
	memcpy(to->regions, from->regions, sizeof to->regions);
	whole = each_page(from, share_one, to);
	fence_all_pages(); /* rights were taken away from the one in use */
	if (!whole)
		space_free(to);
	return whole;
}

bool space_protect(struct space *s, uint64_t va, uint64_t size, uint64_t rights)
{
	struct region *r = region_of(s, va);

	if (!r || r->from != va || size > r->to - r->from)
		return false;
	r->rights = rights;
	for (uint64_t at = r->from; at < r->to; at += PAGE) {
		pte *e = find_entry(s, at, false);

		if (!e || !*e)
			continue;
		if (*e & PTE_COPY) /* writing waits for make_own */
			*e = entry_for(page_of(*e), flags_for(rights & ~(uint64_t)PTE_W) | PTE_COPY);
		else
			*e = entry_for(page_of(*e), flags_for(rights));
	}
	fence_all_pages();
	return true;
}

/* --- between kernel and program --- */

/* After this the kernel itself can use [va, va + size) without a fault. */
static bool make_ready(uint64_t va, uint64_t size, uint64_t right)
{
	if (size > USER_END || va > USER_END - size)
		return false;
	for (uint64_t at = va / PAGE * PAGE; size && at < va + size; at += PAGE) {
		pte *e = find_entry(&running->space, at, false);

		if ((!e || !(*e & right)) && !space_fault(&running->space, at, right))
			return false;
	}
	return true;
}

bool copy_in(void *to, uint64_t va, uint64_t size)
{
	if (!make_ready(va, size, PTE_R))
		return false;
	csr_set(sstatus, SSTATUS_SUM);
	memcpy(to, (const void *)va, size);
	csr_clear(sstatus, SSTATUS_SUM);
	return true;
}

bool copy_out(uint64_t va, const void *from, uint64_t size)
{
	if (!make_ready(va, size, PTE_W))
		return false;
	csr_set(sstatus, SSTATUS_SUM);
	memcpy((void *)va, from, size);
	csr_clear(sstatus, SSTATUS_SUM);
	return true;
}
