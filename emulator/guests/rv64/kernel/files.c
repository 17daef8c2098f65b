/* Files: the disk is a ustar archive, as tar makes it. A header of one sector, then the file in whole sectors, then the next header. */
#include "kernel.h"

enum { NAME = 100, SIZE_AT = 124, SIZE_DIGITS = 11 };

static uint64_t octal(const unsigned char *digits, unsigned count)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < count; i++)
		n = n * 8 + (digits[i] & 7);
	return n;
}

static bool has_name(const unsigned char *header, const char *name)
{
	unsigned i = 0;

	while (i < NAME && name[i] && header[i] == (unsigned char)name[i])
		i++;
	return i < NAME && !name[i] && !header[i];
}

static bool search(unsigned char *header, const char *name, struct file *out)
{
	uint64_t sector = 0;

	while (block_read(sector, header, 1) && header[0]) {
		*out = (struct file){sector + 1, octal(header + SIZE_AT, SIZE_DIGITS)};
		if (has_name(header, name))
			return true;
		sector += 1 + (out->size + 511) / 512;
	}
	return false;
}

bool file_find(const char *name, struct file *out)
{
	unsigned char *header = page_new();
	bool found = header && search(header, name, out);

	if (header)
		page_drop(header);
	return found;
}

/* The last sector may hold more than is asked for: through a page of our own. */
static bool read_page(const struct file *f, uint64_t at, unsigned char *to, uint64_t size)
{
	unsigned char *page = page_new();
	bool good = page && block_read(f->sector + at / 512, page, (unsigned)((size + 511) / 512));

	if (good)
		memcpy(to, page, size);
	if (page)
		page_drop(page);
	return good;
}

bool file_read(const struct file *f, uint64_t at, void *to, uint64_t size)
{
	for (uint64_t done = 0; done < size; done += PAGE)
		if (!read_page(f, at + done, (unsigned char *)to + done, size - done < PAGE ? size - done : PAGE))
			return false;
	return true;
}
