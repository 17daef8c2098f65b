#ifndef ISOLDE_DEBUGGER_H
#define ISOLDE_DEBUGGER_H
/* What the parts of the debugger share. Internal to watch/. */
#include "../trace.h"
#include "debug.h"
#include "view.h"

enum { MACHINES_MAX = GUESTS_MAX + DEPTH_MAX, WORDS_MAX = 8, WATCHES_MAX = 16 };
enum { WATCH_LOADS = 1, WATCH_STORES = 2 };

struct watch {
	uint64_t at, place, count; /* virtual address, place in real storage, units */
	unsigned kinds;
};

struct debugger {
	struct session *session;
	struct arena *arena;
	struct view *views[MACHINES_MAX]; /* machines that programs run on, then those below them */
	unsigned count, runnable;         /* of these; how many can be run: the first ones */
	unsigned chosen;
	uint64_t limit;
	FILE *out;                        /* of the present command */
	size_t console;                   /* of what the program had written when this was last looked at */
	struct tracer tracer;             /* of every machine */
	bool tells;                       /* traps and accesses are told as they happen */
	bool trapped;                     /* the chosen machine trapped since this was set to false */
	uint64_t stored;                  /* a value to be noticed when it is stored, and whether it was */
	bool was_stored;
	bool break_on_trap, caught;
	struct buf culprit;               /* the instruction of trap number culprit_of of the chosen machine, as it was seen before trap entry */
	uint64_t culprit_of;
	int break_on_cause;               /* index into causes; -1: any */
	struct watch watches[WATCHES_MAX];
	unsigned watch_count;
	bool hits;                        /* the present run has come to this one */
	struct watch hit;
};

#define DEBUG_PROMPT "(isolde) "

struct words {
	unsigned count;
	const char *word[WORDS_MAX];
};

static inline struct view *debug_view(const struct debugger *d)
{
	return d->views[d->chosen];
}

static inline struct machine *debug_machine(const struct debugger *d)
{
	return d->views[d->chosen]->m;
}

/* A component's element, or a register of several fields. */
struct place {
	const struct reg *reg;   /* NULL: the component */
	unsigned component, element;
};

/* debug.c. The commands by number; NULL after the last. */
const char *debug_command_name(unsigned number);
/* debug_terminal.c. A line that the user typed, freed by the caller; NULL at the end. */
char *debug_terminal_line(const struct debugger *d);

/* debug_words.c. NAME, NAME[n], NAME.FIELD, NAME[n].FIELD, an element's own name; false without a message. */
bool debug_place(const struct debugger *d, const char *text, struct place *place);
u128 debug_get(const struct machine *m, const struct place *place);
/* A number, a symbol or a place, with +N or -N behind it; false after a message. */
bool debug_value(struct debugger *d, const char *text, u128 *value);
/* The same as an address. */
bool debug_address(struct debugger *d, const char *text, uint64_t *value);
/* The n-th word as a count; `otherwise` if it is not there; false after a message. */
bool debug_count(struct debugger *d, const struct words *w, unsigned n, uint64_t otherwise, uint64_t *value);

/* debug_run.c. Puts the debugger's tracer into every machine. */
void debug_watch(struct debugger *d);
/* Runs the chosen machine for at most `steps` steps, never beyond the limit. */
enum stop debug_go(struct debugger *d, uint64_t steps);
/* Says why it stopped, if there is something to say. */
void debug_stopped(struct debugger *d, enum stop stop);
/* Where the chosen machine stands: level, address, symbol, instruction. */
void debug_where(struct debugger *d);

/* debug_watch.c. False: there is no storage at the virtual address, or there are too many. */
bool debug_add_watch(struct debugger *d, uint64_t at, uint64_t count, unsigned kinds);
/* False if there was none. */
bool debug_delete_watch(struct debugger *d, uint64_t at, unsigned kinds);
/* Stops the chosen machine if this access of a machine is watched. */
void debug_notice(struct debugger *d, const struct machine *m, enum access access, uint64_t pa, unsigned units);

typedef void debug_function(struct debugger *d, const struct words *w);
debug_function command_step_one, command_next, command_continue, command_until, command_finish;                  /* debug_run.c */
debug_function command_break, command_delete;                                                                /* debug_break.c */
debug_function command_watch;                                                                                /* debug_watch.c */
debug_function command_registers, command_set, command_level;                                                /* debug_state.c */
debug_function command_memory, command_physical, command_disassemble, command_translate, command_symbols;    /* debug_memory.c */
debug_function command_trap, command_devices, command_monitor, command_machine, command_where;               /* debug_about.c */
#endif
