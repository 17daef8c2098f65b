#ifndef ISOLDE_IMAGE_H
#define ISOLDE_IMAGE_H
/* Programs: ELF (by libelf), raw bytes, and assembly for any description that has `assembly:` templates. */
#include "decode.h"
#include "machine.h"

struct symbol {
	const char *name;
	uint64_t value;
	struct symbol *next;
};

struct segment {
	uint64_t at;           /* physical address */
	uint64_t *units;       /* address units */
	uint64_t count, zeros; /* zero units that follow */
	struct segment *next;
};

struct image {
	struct segment *segments;
	struct symbol *symbols;
	uint64_t entry;
	bool has_entry;
};

/* Reads FILE: ELF by its magic number, assembly if its name ends in .s, else raw bytes to be placed at `at` (an image of `isolde asm` begins
 * with its own magic line). All owned by `arena`. NULL after findings in `diags` (assembly: file, line, column). */
struct image *image_read(struct arena *arena, const struct isa *isa, const char *path, uint64_t at, struct diags *diags);
/* Assembles a source text. */
struct image *assemble(struct arena *arena, const struct isa *isa, const char *path, struct diags *diags);
/* Writes what image_read reads again; false and errno. */
bool image_write(const struct image *image, const struct isa *isa, const char *path);
/* Copies segments to storage; false after a message in error[256] (an address where no storage is). Sets no register. */
bool image_load(const struct image *image, struct machine *m, char *error);
/* Symbol with this name, or NULL. */
const struct symbol *image_symbol(const struct image *image, const char *name);

/* One instruction as assembly text, into out: mnemonic and operands, as `assemble` reads it back. `at`: its address, for
 * pc-relative targets; `symbols` (may be NULL) names targets. */
void disassemble(struct buf *out, const struct isa *isa, const struct decoded *d, uint64_t at, const struct symbol *symbols);
#endif
