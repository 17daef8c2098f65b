#ifndef ISOLDE_VIEW_H
#define ISOLDE_VIEW_H
/* What there is to see of a machine, in words: shared by traces, the debugger and the stub for gdb. Nothing here changes how the
 * machine goes on, but for the functions that say so. */
#include "../image.h"

struct view {
	struct machine *m;
	struct arena *arena;
	struct tree *tree;
	const struct symbol *symbols; /* NULL: none */
};

/* Owned by the arena. */
struct view *view_new(struct arena *arena, struct machine *m, const struct symbol *symbols);
/* All symbols of some images (NULL-terminated), as one list in the arena. */
const struct symbol *view_symbols(struct arena *arena, const struct image *const *images);
/* The last symbol at or before the address, and how far it is: " <main+0x10>"; nothing if there is none near. */
void view_place(struct buf *out, const struct symbol *symbols, uint64_t at);

/* The instruction at a virtual address, as the processor would fetch it now; false and *trap if it cannot be fetched (trap->cause
 * is all ones where nothing is). */
bool view_decode(const struct view *v, uint64_t at, struct decoded *d, struct trap *trap);
/* The same as text: the instruction, or why there is none. Returns its length in address units; 0: it cannot be fetched. */
unsigned view_instruction(const struct view *v, struct buf *out, uint64_t at);
/* A decoded instruction, or its encoding where no instruction has it. */
void view_decoded(struct buf *out, const struct isa *isa, const struct decoded *d, uint64_t at, const struct symbol *symbols);

/* A register's value: the whole of its fields. False: it has no storage (a view that is computed). */
bool view_register(const struct machine *m, const struct reg *r, unsigned element, u128 *value);
/* Changes it, fields that software cannot write as well. */
bool view_set_register(struct machine *m, const struct reg *r, unsigned element, u128 value);
/* The role of a register, of its first field if it has several; ROLE_COUNT if it has none of its own. */
enum role view_role(const struct isa *isa, const struct reg *r);
/* "X[3]", "mstatus.MPP", "sp" where elements have names */
void view_component_name(struct buf *out, const struct isa *isa, unsigned component, unsigned element);
/* In hexadecimal, with the name of the enumeration's member if there is one: "3 M", "0x1f". */
void view_value(struct buf *out, const struct enumeration *e, u128 value);
const char *view_cause(const struct isa *isa, u128 cause);
/* "Cause, value 0x…, at 0x… <main>" */
void view_trap(struct buf *out, const struct view *v, const struct trap *trap);

/* Units of storage at a virtual address, by the translation for loads (where that refuses, for fetches): how many could be read.
 * Devices are not read. Patches of a monitor are not seen. */
uint64_t view_read(const struct view *v, uint64_t va, uint64_t *units, uint64_t count);
/* Changes storage at a virtual address; false if some of it is none (what came before may have changed). */
bool view_write(const struct view *v, uint64_t va, const uint64_t *units, uint64_t count);
/* The same at physical addresses. */
uint64_t view_read_physical(const struct view *v, uint64_t pa, uint64_t *units, uint64_t count);

/* Breakpoints of the machine itself; it takes them by its own way of executing. */
bool view_has_break(const struct machine *m, uint64_t at);
void view_break(struct machine *m, uint64_t at);
/* False if there was none. */
bool view_unbreak(struct machine *m, uint64_t at);
#endif
