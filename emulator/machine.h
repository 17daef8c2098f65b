#ifndef ISOLDE_MACHINE_H
#define ISOLDE_MACHINE_H
/* The reference machine: a description made to run. A machine has a state, storage, devices and an engine that executes
 * the typed IR. Real and virtual machines are the same type and are used through the same calls (monitor.h). */
#include "../analyzer/meaning/isa.h"

struct device;   /* device.h */
struct engine;   /* engine.h */
struct outside;  /* device.h */
struct tracer;   /* trace.h */
struct monitor;

/* Storage of the real machine, which the virtual machines inside it share. One cell holds one address unit, in the low bits of
 * the least of 1, 2, 4, 8 bytes that holds it (host byte order). */
struct storage {
	uint64_t size;       /* units */
	unsigned unit;       /* bits */
	unsigned cell;       /* bytes of a cell: 1, 2, 4 or 8 */
	unsigned page;       /* units per page of `marks`, a power of two */
	unsigned char *cells;
	unsigned char *marks; /* per page: enum mark */
	unsigned *changes;    /* per page: how often a write found marks on it; a write takes them away */
	uint64_t generation; /* counted up whenever what engines keep about translations may have become wrong */
	void **code;         /* per page: what an engine keeps about the instructions in it (engine.h); NULL if nothing */
	void (*drop_code)(struct storage *, uint64_t page); /* set by the engine that fills `code` */
	unsigned users;
};
enum mark {
	MARK_CODE = 1,  /* instructions of this page are kept decoded: a write must drop them */
	MARK_TABLE = 2  /* a translation that is kept has read this page: a write must drop what is kept */
};

/* `size` units of `unit` bits; NULL if there is no memory for them. Freed by the last storage_free. */
struct storage *storage_new(unsigned unit, unsigned page, uint64_t size);
struct storage *storage_share(struct storage *s);
void storage_free(struct storage *s);
uint64_t storage_get(const struct storage *s, uint64_t index);
/* Writes a unit and drops what was kept about it. */
void storage_set(struct storage *s, uint64_t index, uint64_t value);
/* Must be called before units of these pages are written behind storage_set's back. */
void storage_written(struct storage *s, uint64_t index, uint64_t count);
/* Marks the page of `index`; a mark that is new counts up the generation, so that write permissions are asked for again. */
void storage_mark(struct storage *s, uint64_t index, enum mark mark);

/* A trap or an interrupt, as it reaches trap_entry (isa-specs/README.md, "Traps"). */
struct trap {
	u128 cause;
	uint64_t value, pc;
	bool fault;       /* a memory trap: the translation refused (theory.md section 1) */
	bool interrupt;   /* it came between instructions */
	unsigned target;  /* level (index) that it goes to */
};

enum stop {
	STOP_STEPS, /* the steps asked for are done */
	STOP_TRAP,  /* a trap went to the level of a monitor: machine->trap; trap_entry has not been executed */
	STOP_OFF,   /* a device switched the machine off: machine->exit_code */
	STOP_STUCK, /* it waits, and nothing can ever wake it */
	STOP_BREAK, /* a breakpoint, before the instruction */
	STOP_YIELD, /* machine_yield was called (by a device or another thread of control) */
	STOP_ERROR  /* it cannot go on: machine->message */
};

struct machine {
	const struct isa *isa;
	const char *name;
	/* The state: each component element is one word, or two (least significant first) if it is wider than 64 bits. */
	uint64_t *words;
	unsigned word_count;
	unsigned *word_of;       /* per component: its first word */
	struct storage *storage;
	uint64_t window;         /* unit of `storage` where this machine's storage begins */
	uint64_t at, size;       /* its physical addresses: at … at + size - 1 */
	struct device *devices;
	struct outside *outside;
	struct engine *engine;
	struct tracer *tracer;   /* NULL: nobody watches */
	const u128 *inputs;      /* of the ISA, by number */
	bool unknown_ones;       /* ENGINE_WALK: UNKNOWN bits are ones instead of zeros */
	int monitor_level;       /* traps that go to this level (index) stop the machine; -1: none does */
	struct monitor *below;   /* of a virtual machine: the monitor that runs it; NULL: a real machine */
	bool attention;          /* an interrupt may be due, or it waits, or it was switched off: look before the next instruction */
	bool unsettled;          /* the deadline may be wrong: looking asks devices and tick too */
	bool off, yielded;
	int exit_code;
	uint64_t steps, completed; /* since reset: instructions begun (with those that trapped, interrupts right after another, and time spent waiting), and completed */
	uint64_t unticked_steps, unticked_completed; /* of these, those that the description's tick has not been told yet */
	uint64_t interrupted_at; /* `steps` when the last interrupt was taken; ~0: none was */
	uint64_t deadline;       /* of `steps`: here devices and tick are to be asked again */
	bool *watched, *timed;   /* per component: a change of it sets attention; unsettled too */
	struct trap trap;        /* the last one */
	uint64_t trap_count, interrupt_count;
	uint64_t *breakpoints;   /* addresses (virtual), unordered */
	unsigned breakpoint_count;
	char message[256];
};

/* Which way of executing. */
enum engine_kind { ENGINE_BEST, ENGINE_NATIVE, ENGINE_BUILTIN, ENGINE_WALK };

struct machine_options {
	enum engine_kind engine;
	uint64_t memory;             /* units; 0: as the platform says */
	const char *start;           /* name of a `start:` of the platform; NULL: reset */
	struct storage *storage;     /* NULL: its own */
	uint64_t window;             /* with `storage` */
	bool without_devices;
};

/* A machine at reset. `isa` must outlive it. NULL after a message in error[256]. */
struct machine *machine_new(const struct isa *isa, const struct machine_options *options, struct outside *outside, char *error);
void machine_free(struct machine *m);
/* Reset values, then `start`'s; NULL: none. False if there is no such start. */
bool machine_reset(struct machine *m, const char *start);

/* Component `component`, element `element` (0 if it is no file). */
u128 machine_get(const struct machine *m, unsigned component, unsigned element);
/* Sets it, and tells the engine and the interrupt logic what they need to know. */
void machine_set(struct machine *m, unsigned component, unsigned element, u128 value);
uint64_t machine_pc(const struct machine *m);
unsigned machine_level(const struct machine *m); /* index into isa->levels */

/* Physical storage, `count` units at `pa`, as numbers. False if some unit is no storage (nothing is moved then). Devices are not
 * reached by these. */
bool machine_read(const struct machine *m, uint64_t pa, uint64_t *units, uint64_t count);
bool machine_write(struct machine *m, uint64_t pa, const uint64_t *units, uint64_t count);
/* The same for byte-addressed machines, as bytes. */
bool machine_read_bytes(const struct machine *m, uint64_t pa, void *bytes, uint64_t count);
bool machine_write_bytes(struct machine *m, uint64_t pa, const void *bytes, uint64_t count);
/* The described translation on the present state, without other effect: true and *pa, or false and *trap. */
bool machine_translate(struct machine *m, unsigned level, uint64_t va, enum access access, uint64_t *pa, struct trap *trap);

/* Runs at most `steps` steps. Deterministic: the same state, storage and outside give the same run, for any division into calls. */
enum stop machine_run(struct machine *m, uint64_t steps);
/* Asks a running machine to stop after the present instruction; safe in a signal handler. */
void machine_yield(struct machine *m);
/* The level (index) that a trap goes to from the present state, by the description's trap_target. */
unsigned machine_trap_target(struct machine *m, u128 cause);
/* Executes the described trap entry. */
void machine_enter_trap(struct machine *m, const struct trap *trap);
/* Executes one instruction, or takes one interrupt, by the description's semantics on this machine's own state, whether it is real
 * or virtual: the interpreter routine of the paper. *trap is set if it trapped; the trap has not been entered. */
enum step { STEP_DONE, STEP_TRAP, STEP_STOP } machine_step(struct machine *m, struct trap *trap, enum stop *stop);
/* Lets time pass for `steps` steps, `completed` of them completed instructions: tick, devices. */
void machine_pass(struct machine *m, uint64_t steps, uint64_t completed);
/* Steps from now on for which no interrupt can become pending by itself. */
uint64_t machine_quiet(struct machine *m);
/* Whether an interrupt is to be taken now; sets *trap. */
bool machine_interrupt(struct machine *m, struct trap *trap);
#endif
