#ifndef ISOLDE_DEBUG_H
#define ISOLDE_DEBUG_H
/* A small command line for learners, around a session that has been loaded; and the same for gdb. */
#include <stdio.h>

#include "../image.h"
#include "../session.h"

struct debugger;

/* `symbols` (may be NULL) names addresses. `limit`: steps since reset at which everything ends. The session and the symbols must outlive it. */
struct debugger *debug_new(struct session *s, const struct symbol *symbols, uint64_t limit);
void debug_free(struct debugger *d);
/* Executes one command line; what it says goes to `out`. False: the user wants to leave. */
bool debug_command(struct debugger *d, const char *line, FILE *out);
/* Reads commands until the input ends or the user leaves. Commands that do not come from a terminal are echoed. */
void debug_loop(struct debugger *d, FILE *in, FILE *out);

/* Waits for gdb on a TCP port of localhost (`where` is a number) or on a Unix socket, and serves it until it leaves; says so on `out`.
 * False after a message in error[256]. If gdb detached, *go_on: the machines are to run on without it. */
bool gdb_serve(struct debugger *d, const char *where, FILE *out, bool *go_on, char *error);
#endif
