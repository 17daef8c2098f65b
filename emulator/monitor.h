#ifndef ISOLDE_MONITOR_H
#define ISOLDE_MONITOR_H
/* The virtual machine monitor (the paper, section 3): a dispatcher, which every trap to the monitor's level enters; an allocator, which
 * composes the real relocation; and interpreter routines, which are the description's own semantics on the virtual state.
 *
 * The monitor is software at the monitor's level of the machine below it. Here it is C: the machine stops where the trap would give control to
 * that software (machine->monitor_level). A guest is a struct machine whose instructions are executed by monitor_execute instead of an engine, so a virtual
 * machine offers what a machine offers, and another monitor may run on it. */
#include "machine.h"
#include "engine.h"

enum technique {
	TECHNIQUE_NONE,             /* the bare machine */
	TECHNIQUE_INTERPRET,        /* trap on every instruction: nothing is executed directly */
	TECHNIQUE_TRAP_AND_EMULATE, /* direct execution at reduced privilege, Theorem 1 */
	TECHNIQUE_HYBRID,           /* deprivileged levels are interpreted, the others executed directly, Theorem 3 */
	TECHNIQUE_PATCH,            /* as trap-and-emulate; critical instructions of the image were replaced by traps */
	TECHNIQUE_PARAVIRTUAL,      /* as trap-and-emulate; the guest calls the monitor (scenario: hypercall) */
	TECHNIQUE_COUNT
};
const char *technique_name(enum technique t);
/* TECHNIQUE_COUNT if there is none of that name. */
enum technique technique_named(const char *name);

/* Where a guest's instructions went; the measures of efficiency. */
struct efficiency {
	uint64_t direct;       /* completed on the machine below without the monitor */
	uint64_t interpreted;  /* by interpreter routines */
	uint64_t traps;        /* from direct execution to the monitor */
	uint64_t hidden;       /* of these, memory traps that the guest does not see */
	uint64_t reflected;    /* traps that the guest got, synchronous */
	uint64_t injected;     /* interrupts that it got */
	uint64_t composed;     /* times that the real relocation was made anew */
	uint64_t mapped;       /* pages that the allocator mapped */
	uint64_t dropped;      /* times that it threw its tables away */
	uint64_t *by_cause;        /* per cause of the description */
	uint64_t *by_instruction;  /* per instruction of the description, in order; the last: no instruction could be fetched */
};

struct guest;
struct patches;

/* Words of a state, in runs. */
struct stretches {
	struct stretch { unsigned at, count; } *list;
	unsigned count;
};

struct monitor {
	struct machine *below;            /* the machine it runs on */
	const struct scenario *scenario;
	enum technique technique;
	struct guest **guests;
	unsigned guest_count, guest_room;
	struct guest *running;            /* whose state is in the machine below */
	struct guest *composed_for;       /* whose relocation stands there */
	uint64_t *expected;               /* words of the machine below that direct execution must not change */
	uint64_t expected_steps, expected_completed; /* of the machine below, that `expected` has seen */
	bool *guarded;                    /* per component: is it one of those? */
	struct stretches guarded_words, shared_words; /* those; what is the same in a guest and in the machine below */
	struct stretches watched_words, timed_words;  /* of what is shared: what machine->watched and timed say */
	bool shares_moves;                /* the translation reads some of what is shared */
	bool interrupts_pass;             /* a component that interrupts depend on passes through */
	uint64_t area, area_size;         /* the monitor's own storage: physical addresses of the machine below */
	uint64_t violations;              /* of resource control: mode, relocation or control changed, or storage of others */
	bool protects;                    /* storage outside the running guest is write-protected by the host while it runs (slow) */
	char message[256];                /* of the first violation */
};

/* A monitor with `count` guests of `size` units each (0: what is there, shared evenly) on `below`, which it takes over: from now on nobody
 * else may run or change it. Guests are at reset, or at `start`. `outsides`: per guest; NULL: they have no devices. NULL after a message in
 * error[256]. */
struct monitor *monitor_new(struct machine *below, const struct scenario *scenario, enum technique technique, unsigned count,
			    uint64_t size, const char *start, struct outside *const *outsides, enum engine_kind engine, char *error);
/* Frees its guests too, not the machine below. */
void monitor_free(struct monitor *monitor);
/* Whether guests of this scenario find their storage where it would be on the bare machine: their relocation passes through, and there is one guest. */
bool monitor_in_place(const struct isa *isa, const struct scenario *scenario);
/* Units of a machine with room for `count` guests of `size` units each and a monitor's area: an eighth of the whole, 64 pages at least. ~0: there is none. */
uint64_t monitor_room(const struct isa *isa, const struct scenario *scenario, unsigned count, uint64_t size);
/* The virtual machine: used like any machine, owned by the monitor. */
struct machine *monitor_guest(struct monitor *monitor, unsigned number);
const struct efficiency *monitor_efficiency(const struct monitor *monitor, unsigned number);

/* Executes up to `budget` instructions of a virtual machine; the contract of engine_run, on the virtual state. */
enum engine_exit monitor_execute(struct machine *vm, uint64_t budget, uint64_t *steps, uint64_t *completed, struct trap *trap);

/* Replaces critical instructions in a loaded guest: between [from, from + count) of its physical storage. critical: per instruction of the description.
 * Returns how many were replaced; -1 after a message in error[256]: no encoding that traps is short enough. */
int monitor_patch(struct monitor *monitor, unsigned guest, uint64_t from, uint64_t count, const bool *critical, char *error);
/* Takes all patches out of a virtual machine's storage, and puts them back: for those who look at it from outside. */
void monitor_unpatched(struct machine *vm, bool away);

/* Lockstep: the bare machine and a virtual machine, instruction by instruction. */
struct difference {
	uint64_t step;                 /* instructions that agreed */
	uint64_t pc;                   /* of the instruction after which they differ */
	const struct instruction *instruction; /* NULL: none could be decoded */
	const char *text;              /* disassembled, in the caller's arena; NULL */
	struct { unsigned component, element; u128 bare, virtual; } *components; /* in the caller's arena */
	unsigned component_count;
	struct { uint64_t address, bare, virtual; } storage[16];
	unsigned storage_count;
	bool different_end;            /* one stopped and the other did not, or for other reasons */
	enum stop bare_stop, virtual_stop;
};
/* Runs both up to `limit` steps. True: no difference (*end: how they stopped). */
bool lockstep(struct arena *arena, struct machine *bare, struct machine *virtual, uint64_t limit, enum stop *end, struct difference *difference);
#endif
