#ifndef ISOLDE_ORACLES_QEMU_H
#define ISOLDE_ORACLES_QEMU_H
/* QEMU's system emulators behind their gdb stub. qemu.c runs the process; each architecture stands in a file of its own and says how a state
 * becomes registers. Storage is shared memory: it is written and read in place; only where code is must qemu be told (qemu_code). */
#include "../decode.h"
#include "gdb_client.h"
#include "kinds.h"

struct qemu_target;

struct oracle {
	const struct isa *isa;
	const struct qemu_target *target;
	uint64_t at, size;      /* the description's storage, in bytes */
	unsigned char *storage; /* target->room bytes more than that */
	int memory;             /* its file */
	int pid;                /* 0: not running */
	struct gdb_client *gdb;
	bool stale;             /* to be started anew before the next state */
	int log;                /* a file: qemu's messages of accesses where nothing is */
	int64_t log_size;       /* before the step */
	struct arena *arena;    /* of the tree */
	struct tree *tree;
	void *own;              /* of the target */
};

struct qemu_target {
	const char *program;        /* "qemu-system-…" */
	const char *const *isas;    /* descriptions, NULL-terminated */
	const char *const *models;  /* -cpu, for each */
	const char *const *options; /* further arguments, NULL-terminated */
	const char *machine;        /* -machine */
	bool big_endian;
	uint64_t storage;           /* bytes that `prepare` needs */
	uint64_t room;              /* bytes behind it, for the oracle's own programs */
	/* Once: makes o->own, which free() ends; false: it cannot. */
	bool (*make)(struct oracle *o);
	/* After each start of qemu: register numbers and the like. */
	bool (*learn)(struct oracle *o);
	/* As in struct oracle_kind; qemu runs, and storage has been copied before `set` and is copied after `get`. A `set` that fails may
	 * leave half a state only if it sets `stale`. */
	void (*prepare)(struct oracle *o, struct machine *m, struct chance *c);
	bool (*set)(struct oracle *o, const struct machine *m);
	struct oracle_step (*step)(struct oracle *o);
	bool (*get)(struct oracle *o, struct machine *m);
	u128 (*sees)(const struct oracle *o, unsigned component, unsigned element);
};

extern const struct qemu_target qemu_m68k, qemu_riscv, qemu_x86_32, qemu_x86_64;

/* Queues that `count` bytes of code at physical address `at` are written as they are in storage: what qemu kept of them translated is dropped. */
void qemu_code(struct oracle *o, uint64_t at, unsigned count);
/* Executes one instruction of the oracle's own, of at most 16 bytes, at physical address `at`, where the pc is; what is in storage there is put back.
 * False: it did not end in `wait` milliseconds. */
bool qemu_run(struct oracle *o, uint64_t at, const unsigned char *code, unsigned bytes, int wait);
/* Makes one step at `pc`, which `wait` milliseconds must suffice for unless it waits for an interrupt; then *waited, and qemu is started anew for the
 * next state if the target does not say otherwise. `pc_number`: its register. */
struct oracle_step qemu_step(struct oracle *o, int pc_number, uint64_t pc, int wait, bool *waited);
/* Whether the last step has accessed a physical address where nothing is. */
bool qemu_reached_beyond(const struct oracle *o);
#endif
