/* ELF, by libelf: what PT_LOAD says goes to the physical addresses that it names, and the symbol table becomes symbols. */
#include "images.h"

#include <gelf.h>
#include <string.h>

static struct image *refuse(struct diags *diags, const char *path, const char *why)
{
	diag_add(diags, E_IMAGE, (struct span){0}, "%s: %s", path, why);
	return NULL;
}

static bool load_segment(struct arena *arena, const struct isa *isa, struct image *image, const GElf_Phdr *h, const struct source *bytes)
{
	struct segment *s;

	if (h->p_offset > bytes->length || h->p_filesz > bytes->length - h->p_offset || h->p_filesz > h->p_memsz)
		return false;
	s = segment_add(arena, image, isa, h->p_paddr, h->p_filesz);
	memcpy(s->cells, bytes->text + h->p_offset, h->p_filesz);
	s->zeros = h->p_memsz - h->p_filesz;
	s->data = !(h->p_flags & PF_X);
	return s->zeros <= UINT64_MAX - s->count;
}

/* The entry is a virtual address: what is loaded there lies at a physical one. */
static uint64_t physical(Elf *elf, size_t count, uint64_t va)
{
	GElf_Phdr h;

	for (size_t i = 0; i < count; i++)
		if (gelf_getphdr(elf, (int)i, &h) && h.p_type == PT_LOAD && va >= h.p_vaddr && va - h.p_vaddr < h.p_memsz)
			return h.p_paddr + (va - h.p_vaddr);
	return va;
}

static const char *load_segments(struct arena *arena, const struct isa *isa, Elf *elf, struct image *image, const struct source *bytes)
{
	GElf_Ehdr head;
	GElf_Phdr h;
	size_t count;

	if (!gelf_getehdr(elf, &head) || elf_getphdrnum(elf, &count))
		return "the ELF header is damaged";
	if ((head.e_ident[EI_DATA] == ELFDATA2MSB) != isa->memory.big_endian)
		return "the other byte order than the machine's";
	for (size_t i = 0; i < count; i++) {
		if (!gelf_getphdr(elf, (int)i, &h))
			return "the program headers are damaged";
		if (h.p_type == PT_LOAD && h.p_memsz && !load_segment(arena, isa, image, &h, bytes))
			return "a segment is longer than the file, or than what it is loaded to";
	}
	if (!image->segments)
		return "nothing in it is to be loaded (an object file must be linked)";
	image->entry = physical(elf, count, head.e_entry);
	image->has_entry = true;
	return NULL;
}

/* Names that begin with `$` tell code from data; they are no labels. */
static void load_symbols(struct arena *arena, Elf *elf, struct image *image)
{
	for (Elf_Scn *section = elf_nextscn(elf, NULL); section; section = elf_nextscn(elf, section)) {
		Elf_Data *data;
		GElf_Shdr h;
		GElf_Sym s;

		if (!gelf_getshdr(section, &h) || h.sh_type != SHT_SYMTAB || !(data = elf_getdata(section, NULL)))
			continue;
		for (int i = 0; gelf_getsym(data, i, &s); i++) {
			const char *name = elf_strptr(elf, h.sh_link, s.st_name);
			unsigned type = GELF_ST_TYPE(s.st_info);

			if (name && *name && *name != '$' && s.st_shndx != SHN_UNDEF && type != STT_FILE && type != STT_SECTION)
				symbol_add(arena, image, name, s.st_value);
		}
	}
}

struct image *elf_read(struct arena *arena, const struct isa *isa, const char *path, const struct source *bytes, struct diags *diags)
{
	struct image *image = ARENA_NEW(arena, struct image);
	const char *wrong;
	Elf *elf;

	if (isa->memory.unit != 8)
		return refuse(diags, path, "ELF files are for machines that address bytes");
	elf_version(EV_CURRENT);
	elf = elf_memory((char *)bytes->text, bytes->length);
	if (!elf || elf_kind(elf) != ELF_K_ELF)
		return elf_end(elf), refuse(diags, path, "a damaged ELF file");
	wrong = load_segments(arena, isa, elf, image, bytes);
	if (!wrong)
		load_symbols(arena, elf, image);
	elf_end(elf);
	return wrong ? refuse(diags, path, wrong) : image;
}
