#ifndef ISOLDE_TRACE_H
#define ISOLDE_TRACE_H
/* Watching a machine: whoever wants to know sets machine->tracer. Callbacks may be NULL; with `instruction` or `memory` set, the machine
 * goes one step at a time. */
#include "decode.h"
#include "machine.h"

struct tracer {
	void *context;
	void (*instruction)(void *context, struct machine *m, uint64_t pc, const struct decoded *d); /* before it */
	void (*trap)(void *context, struct machine *m, const struct trap *trap);                     /* before trap entry */
	void (*memory)(void *context, struct machine *m, enum access access, uint64_t pa, unsigned width, u128 value); /* ENGINE_WALK
	                                           tells each; other engines tell what goes the slow way, and all of it while memory is set */
	void (*device)(void *context, struct machine *m, const struct device *d, bool write, uint64_t offset, unsigned width, uint64_t value);
};

/* A tracer that writes lines to `out`; `what` is a list of instructions,traps,memory,devices or all. Owned by the arena; NULL if `what` has
 * another word. `symbols` (may be NULL) names addresses. */
struct symbol;
struct tracer *trace_text(struct arena *arena, FILE *out, const char *what, const struct symbol *symbols);
#endif
