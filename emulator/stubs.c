/* TEMPORARY: weak definitions of what is being written. Removed before the issue ends. */
#include <stdio.h>
#include "engine_ops.h"
#include "device.h"
#include "image.h"
#include "trace.h"
#define W __attribute__((weak))
#pragma GCC diagnostic ignored "-Wunused-parameter"
W struct tree *decode_tree(struct arena *arena, const struct isa *isa) { return NULL; }
W bool decode(const struct tree *tree, bool (*parcel)(void *context, unsigned number, u128 *bits), void *context, struct decoded *out) { return false; }
W struct image *image_read(struct arena *arena, const struct isa *isa, const char *path, uint64_t at, struct diags *diags) { return NULL; }
W struct image *assemble(struct arena *arena, const struct isa *isa, const char *path, struct diags *diags) { return NULL; }
W bool image_write(const struct image *image, const struct isa *isa, const char *path) { return false; }
W bool image_load(const struct image *image, struct machine *m, char *error) { return false; }
W const struct symbol *image_symbol(const struct image *image, const char *name) { return NULL; }
W void disassemble(struct buf *out, const struct isa *isa, const struct decoded *d, uint64_t at, const struct symbol *symbols) {}
W struct tracer *trace_text(struct arena *arena, FILE *out, const char *what, const struct symbol *symbols) { return NULL; }
static struct engine *none(struct machine *m, char *error) { snprintf(error, 256, "this engine is not built in yet"); return NULL; }
W const struct engine_ops native_engine = {"native", none, 0, 0, 0, 0}, builtin_engine = {"built-in", none, 0, 0, 0, 0};
