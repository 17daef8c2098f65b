#ifndef ISOLDE_GUEST_H
#define ISOLDE_GUEST_H
/* What the monitor's parts share about a guest. Internal to emulator/monitor/. */
#include "../monitor.h"

enum { CONTEXTS = 16, TABLE_PAGES = 4096 };

/* One virtual address space: the values of everything that the guest's translation depends on, and the shadow tables that stand for it. */
struct context {
	uint64_t *key;  /* level, then the words that `translate` reads */
	uint64_t root;  /* real address of the tables */
	uint64_t used;  /* by number of compositions: the oldest goes first */
	bool valid;
};

/* Storage for shadow tables, and what they were derived from. */
struct tables {
	struct context contexts[CONTEXTS];
	uint64_t from, size, next;  /* the guest's share of the monitor's storage (real addresses), and what of it is free */
	uint64_t spare;             /* a zeroed page not yet linked; 0: none */
	uint64_t *sources;          /* storage pages of the guest that hold its own tables; marked MARK_TABLE */
	unsigned source_count;
	uint64_t generation;        /* of the storage, when the sources were last looked at */
	unsigned char *writable;    /* per page of the guest: some shadow lets it be written */
};

/* An instruction that was replaced by a trap. */
struct patch {
	uint64_t at; /* guest-physical */
	unsigned count;
	uint64_t original[16], trap[16];
};

struct guest {
	struct monitor *monitor;
	struct machine *vm;
	unsigned number;
	uint64_t base;             /* real address of its storage */
	struct efficiency efficiency;
	struct tables tables;
	struct patch *patches;
	unsigned patch_count;
	bool *depends;             /* per component: the relocation depends on it */
	uint64_t *key, *composed;  /* of the state at hand, and of the relocation that stands; composed[0] ~0: none */
	struct context *current;   /* the tables in use */
	bool stale;                /* shadows may be wrong: drop them */
	struct trap last;          /* the last hidden fault, to see whether mapping helped */
	struct { uint64_t pc, generation; unsigned instruction; bool known; } names[256];
	struct tree *tree;
	unsigned char *edges[2];   /* guard.c: copies of what lies beside its storage in the host's pages */
	bool ready;
	struct arena *arena;
};

/* switch.c: the VM map f (theory.md section 4) on the way in, its inverse on the way out. */
bool switch_plan(struct monitor *m, char *error);
/* The guest's state goes into the machine below. False: the relocation cannot be composed now; interpret. */
bool switch_in(struct guest *g);
/* And comes back. False after a violation of resource control. */
bool switch_out(struct guest *g);

/* allocator.c */
bool allocator_new(struct guest *g, uint64_t from, uint64_t size, char *error);
void allocator_free(struct guest *g);
/* Composes the real relocation for the guest's present state. False: it cannot be; interpret. */
bool allocator_compose(struct guest *g);
/* A memory trap of direct execution at `va`; `again`: the last mapping for it did not help. True: the guest may go on, its tables allow more than before. False: the guest's own
 * translation refuses, or the address is not storage: interpret. */
bool allocator_fault(struct guest *g, uint64_t va, bool again);
void allocator_drop(struct guest *g);

/* interpreter.c: one instruction, by its semantics, on the virtual state. */
enum engine_exit interpret(struct guest *g, uint64_t budget, struct trap *trap);
/* The instruction after the one that called the monitor. */
enum engine_exit interpret_call(struct guest *g, struct trap *trap);
/* Number of the instruction at the guest's pc; isa->instruction_count if none can be fetched. */
unsigned instruction_at(struct guest *g);

/* patch.c: takes the patch at the guest's pc away while the monitor interprets that instruction, and puts it back. */
struct patch *patch_away(struct guest *g);
void patch_back(struct guest *g, const struct patch *p);
/* dispatcher.c */
struct guest *guest_of(const struct machine *vm);
/* guard.c: while a guest runs directly, storage outside [base, base + size) is write-protected by the host. */
void guard_storage(struct guest *g, bool on);
void guard_free(struct guest *g);
#endif
