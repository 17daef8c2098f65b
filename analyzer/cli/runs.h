#ifndef ISOLDE_RUNS_H
#define ISOLDE_RUNS_H
/* What the forms of `isolde run` share. Internal to analyzer/cli/. */
#include "../../emulator/image.h"
#include "../../emulator/session.h"
#include "cli.h"

/* The command line of a run, understood. */
struct order {
	const struct arguments *a;
	const struct isa *isa;
	struct arena *arena;
	struct session_options options;
	const struct image **images[GUESTS_MAX]; /* per machine, NULL-terminated; the first says where it begins */
	uint64_t limit;
	unsigned trap_cost, emulation_cost; /* cycles */
	struct bytes { uint64_t at; const char *path; struct bytes *next; } *more;
	struct setting_of { unsigned component, element; u128 value; struct setting_of *next; } *settings;
	bool *critical;           /* per instruction, where it was asked for; NULL if not */
	json_t *check;            /* the analysis behind it; NULL if not */
};

/* False after a message on standard error; *status is the exit status then. */
bool order_read(struct order *o, int *status);
/* Classifies the instructions in `only` (a flag for each; NULL: all). False after a message. */
bool order_analyse(struct order *o, const bool *only);
/* The same for one instruction, and for those in the order's programs, of which the critical ones are to be patched. */
bool order_analyse_one(struct order *o, const struct instruction *instruction);
bool order_find_critical(struct order *o);
/* The row of the analysis for an instruction in the order's scenario, extended profile; NULL if there is none. Borrowed. */
const json_t *order_row(const struct order *o, const char *instruction);
/* Theorems 1 and 3 of that profile, by name; the caller owns it. */
json_t *order_theorems(const struct order *o);
/* A run with its programs loaded, and patched if that is the technique. NULL after a message. */
struct session *order_session(const struct order *o, const struct session_options *options);
/* The virtual machine of a comparison, and the bare machine beside it: as large, in the same world. NULL after a message. */
struct session *order_virtual(const struct order *o);
struct session *order_bare(const struct order *o, const struct session *virtual);
/* record.c: both, step by step (reports/recording.schema.json); the caller owns it. NULL after a message. */
json_t *order_recording(struct order *o);
/* Writes a recording as a page, or as JSON if the name ends so; false after a message. */
bool write_recording(const json_t *recording, const char *path);
/* A run under the debugger, or under gdb. Returns the exit status. */
int order_watch(struct order *o);

#endif
