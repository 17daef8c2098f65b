#ifndef ISOLDE_IMAGE_H
#define ISOLDE_IMAGE_H
/* Programs: ELF (by libelf), raw bytes, and assembly for any description (isa-specs/README.md, "Assembly"). */
#include "decode.h"
#include "machine.h"

/* Kinds of findings: E_FILE (cannot be read), E_IMAGE (a file that is no program for this machine), E_ASSEMBLY, E_RANGE, E_NAME, E_DUPLICATE
 * and E_LIMIT (a source text). */

struct symbol {
	const char *name;
	uint64_t value;
	struct symbol *next;
};

struct segment {
	uint64_t at;           /* physical address of the first unit */
	uint64_t count, zeros; /* units with contents, and zero units that follow */
	unsigned cell;         /* bytes that a unit takes in `cells`, in host order, as in struct storage */
	bool data;             /* the file says that nothing of it is executed */
	unsigned char *cells;
	struct segment *next;
};
uint64_t segment_unit(const struct segment *s, uint64_t number);

struct image {
	struct segment *segments, *last;
	struct symbol *symbols;
	uint64_t entry;
	bool has_entry;
};

/* Reads FILE: ELF by its magic number, what `isolde asm` wrote by its first line, a source text if the name ends in .s, else raw: bytes to be
 * placed at `at` (units that are no byte: each takes the least bytes that hold it, the most significant one first). All owned by
 * `arena`, source texts and warnings too. NULL after findings in `diags`. */
struct image *image_read(struct arena *arena, const struct isa *isa, const char *path, uint64_t at, struct diags *diags);
/* Assembles a source text. NULL after findings. */
struct image *assemble(struct arena *arena, const struct isa *isa, const char *path, struct diags *diags);
/* Writes what image_read reads again; false and errno. */
bool image_write(const struct image *image, const struct isa *isa, const char *path);
/* Copies segments to storage; false after a message in error[256] (an address where no storage is). Sets no register. */
bool image_load(const struct image *image, struct machine *m, char *error);
/* Whether a source text can define a symbol of this name: those of other tools' files may be strange, or be a register's. */
bool image_can_name(const struct isa *isa, const char *name);
/* Symbol with this name, or NULL. */
const struct symbol *image_symbol(const struct image *image, const char *name);

/* What a statement may put out, in units. */
enum { LINE_UNITS = 512 };
struct encoded {
	unsigned count;
	uint64_t units[LINE_UNITS];
};
/* The encoding that has these variables, by number: those of operands as the bits behind the instruction. False: they are none. */
bool encode_instruction(struct arena *arena, const struct isa *isa, const struct instruction *i, const u128 *variables, struct encoded *out);

/* One instruction as assembly text, into out: mnemonic and operands. Assembled at the same address, the text gives the same bits.
 * `at`: its address, for pc-relative targets; `symbols` (may be NULL) names targets. d->instruction is not NULL. */
void disassemble(struct buf *out, const struct isa *isa, const struct decoded *d, uint64_t at, const struct symbol *symbols);
#endif
