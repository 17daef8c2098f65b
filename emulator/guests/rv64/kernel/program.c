/* A program file (ELF) becomes the program of the running process. Nothing of it is read here but its headers: pages come when they are used. */
#include "kernel.h"

struct elf_header {
	unsigned char magic[16];
	uint16_t type, machine;
	uint32_t version;
	uint64_t entry, segments_at, sections_at;
	uint32_t flags;
	uint16_t size, segment_size, segment_count, rest[3];
};
struct elf_segment {
	uint32_t type, flags;
	uint64_t offset, va, pa, file_size, size, align;
};
enum { SEGMENT_LOAD = 1, SEGMENT_X = 1, SEGMENT_W = 2, MACHINE_RISCV = 243 };

static uint64_t whole_pages(uint64_t n)
{
	return (n + PAGE - 1) / PAGE * PAGE;
}

/* Pages and sectors of a file must fit onto each other, and nobody may have more than a program's addresses. */
static bool is_sound(const struct elf_segment *s, const struct file *f)
{
	return s->va % PAGE == 0 && s->offset % 512 == 0 && s->va >= USER_START && s->size < STACK_TOP - STACK_ROOM - USER_START &&
	       s->va <= STACK_TOP - STACK_ROOM - PAGE - s->size && s->file_size <= s->size && s->offset <= f->size &&
	       s->file_size <= f->size - s->offset;
}

static struct region as_region(const struct elf_segment *s, const struct file *f)
{
	return (struct region){
		.from = s->va, .to = s->va + whole_pages(s->size),
		.rights = PTE_R | (s->flags & SEGMENT_W ? PTE_W : 0) | (s->flags & SEGMENT_X ? PTE_X : 0),
		.file = {f->sector + s->offset / 512, s->file_size},
	};
}

static bool read_segments(const struct file *f, const unsigned char *page, struct region *regions)
{
	const struct elf_header *h = (const struct elf_header *)page;
	const struct elf_segment *s = (const struct elf_segment *)(page + sizeof *h);
	unsigned count = 0;
	uint64_t end = USER_START;

	if (memcmp(h->magic, "\177ELF\2\1", 6) || h->machine != MACHINE_RISCV || h->segments_at != sizeof *h || h->segment_count > 8)
		return false;
	for (unsigned i = 0; i < h->segment_count; i++) {
		if (s[i].type != SEGMENT_LOAD || !s[i].size)
			continue;
		if (count == HEAP || !is_sound(&s[i], f))
			return false;
		regions[count] = as_region(&s[i], f);
		end = regions[count].to > end ? regions[count].to : end;
		count++;
	}
	regions[HEAP] = (struct region){.from = end + PAGE, .to = end + PAGE, .rights = PTE_R | PTE_W}; /* empty; grows by a call */
	regions[STACK] = (struct region){.from = STACK_TOP - STACK_ROOM, .to = STACK_TOP, .rights = PTE_R | PTE_W};
	return count != 0;
}

bool program_load(const char *name, uint64_t argument, struct frame *f)
{
	unsigned char *page = page_new();
	struct space new = {0};
	struct file file;
	bool good = page && file_find(name, &file) && file_read(&file, 0, page, file.size < PAGE ? file.size : PAGE) &&
		    read_segments(&file, page, new.regions) && space_new(&new);

	if (good) {
		struct space old = running->space;

		running->space = new;
		space_use(&new); /* before the tables in use are freed */
		space_free(&old);
		*f = (struct frame){.pc = ((struct elf_header *)page)->entry, .status = SSTATUS_SPIE};
		f->x[SP] = STACK_TOP;
		f->x[A0] = argument;
	}
	if (page)
		page_drop(page);
	return good;
}
