#ifndef ISOLDE_GUEST_H
#define ISOLDE_GUEST_H
/* What the monitor's parts share about a guest. Internal to emulator/monitor/. */
#include "../monitor.h"

enum { CONTEXTS = 16, SOURCES_MAX = 4096, READS_MAX = 64, WRITES_BEFORE_DATA = 64, UNSEEN_MAX = 4 };

/* One virtual address space: the values of everything that the guest's translation depends on, and the shadow tables that stand for it. */
struct context {
	uint64_t *key;  /* level, then the words that `translate` reads */
	uint64_t root;  /* real address of the tables */
	uint64_t used;  /* by number of compositions: the oldest goes first */
	bool valid;
};

/* A page of the guest's storage that the shadows were derived from. */
struct table_page {
	uint64_t page;           /* of storage */
	unsigned changes;        /* of it, when it was last looked at */
	unsigned contexts;       /* those that were derived from it, by bit */
	unsigned writes;         /* by the guest, since something was last derived */
	unsigned char *copy;     /* what it held when it was last looked at */
	unsigned char *read;     /* per unit, a bit: something was derived from it */
};

/* What one translation has read. */
struct reads {
	struct read { uint64_t gpa; unsigned count; } list[READS_MAX];
	unsigned count;
	bool too_many;
};

/* Which shadows let the guest write a page. */
struct writer {
	uint64_t va;
	uint16_t contexts;       /* by bit */
	unsigned char rights;    /* that all of them grant */
	bool several;            /* at other addresses than va, too */
};

/* Storage for shadow tables, and what they were derived from. */
struct tables {
	struct context contexts[CONTEXTS];
	uint64_t from, size;        /* the guest's share of the monitor's storage, real addresses */
	unsigned char *owners;      /* per page of it: number of the context whose tables it holds + 1; 0: free */
	uint64_t first_free;        /* no page before this one is free */
	uint64_t spare;             /* a zeroed page not yet linked; 0: none */
	struct table_page *sources;
	unsigned source_count;
	unsigned *source_of;        /* per page of the guest: number of the source + 1, or 0 */
	struct reads reads;
	uint64_t generation;        /* of the storage, when the sources were last looked at */
	struct writer *writers;     /* per page of the guest */
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
	unsigned unseen[UNSEEN_MAX], unseen_count; /* bits that pass through and that it depends on: they change without a trap */
	struct stretches depends_words, tables_words; /* those of its words; of these, what shadow tables depend on: not what stays as it is */
	struct stretches kept_words; /* composition.keeps */
	uint64_t *key, *composed;  /* of the state at hand, and of the relocation that stands; composed[0] ~0: none */
	struct context *current;   /* the tables in use */
	struct trap last;          /* the last hidden fault, to see whether mapping helped */
	struct { uint64_t pc, generation; unsigned instruction; bool known; } names[256];
	struct tree *tree;
	unsigned char *edges[2];   /* guard.c: copies of what lies beside its storage in the host's pages */
	bool ready;
	struct arena *arena;
};

/* switch.c: the VM map f (theory.md section 4) on the way in, its inverse on the way out. */
bool switch_plan(struct monitor *m, char *error);
/* The state that a machine had, or is to have for a moment, in place of the one that it has. */
void exchange_state(struct machine *m, uint64_t *words);
/* What stands in the machine below is what direct execution must leave there. */
void switch_expect(struct monitor *m);
/* The guest's state goes into the machine below. False: the relocation cannot be composed now; interpret. */
bool switch_in(struct guest *g);
/* And comes back. False after a violation of resource control. */
bool switch_out(struct guest *g);

/* stretches.c: the words of the components in `set`; false: no memory. s->list is the caller's. */
bool stretches_new(struct stretches *s, const struct machine *m, const bool *set);
bool stretches_equal(const struct stretches *s, const uint64_t *a, const uint64_t *b);
void stretches_copy(const struct stretches *s, uint64_t *to, const uint64_t *from);

/* allocator.c */
bool allocator_new(struct guest *g, uint64_t from, uint64_t size, char *error);
void allocator_free(struct guest *g);
/* Composes the real relocation for the guest's present state. False: it cannot be; interpret. */
bool allocator_compose(struct guest *g);
/* A memory trap of direct execution at `va`. True: the guest may go on, its tables allow more than before. False: the guest's own
 * translation refuses, the address is not storage, or the guest must not write there unseen: interpret. */
bool allocator_fault(struct guest *g, uint64_t va);
/* Throws all shadows away. */
void allocator_drop(struct guest *g);

/* shadow.c: the shadow tables themselves, for scenarios that compose by tables. */
bool shadow_new(struct guest *g, uint64_t from, uint64_t size);
void shadow_free(struct guest *g);
bool shadows_used(const struct guest *g);
/* The tables for the key at hand become the current ones, made if there are none. False: there is no storage for their root. */
bool shadow_choose(struct guest *g);
/* What they allow at va now (bit 0 load, 1 store, 2 fetch) of what leads to gpa and the guest's own translation allows; false, after a message in the machine
 * below, if that leads elsewhere. */
bool shadow_rights(struct guest *g, uint64_t va, uint64_t gpa, unsigned *granted);
/* Whether they allow something at va now that the guest's own translation refuses. */
bool shadow_exceeds(struct guest *g, uint64_t va);
/* One mapping more, by the description's composition.map. False: the tables' storage is full. */
bool shadow_map(struct guest *g, uint64_t va, uint64_t gpa, unsigned rights);
/* No shadow lets the guest write this page from now on; the current tables may have been dropped for it. */
void shadow_forbid_writes(struct guest *g, uint64_t gpa);
void shadow_drop_context(struct guest *g, unsigned number);
void shadow_drop(struct guest *g);
static inline uint64_t page_size(const struct guest *g)
{
	return g->vm->isa->memory.frame;
}
static inline bool in_guest(const struct guest *g, uint64_t gpa)
{
	return gpa >= g->vm->at && gpa - g->vm->at < g->vm->size;
}
static inline uint64_t guest_page(const struct guest *g, uint64_t gpa)
{
	return (gpa - g->vm->at) / page_size(g);
}

/* sources.c */
bool sources_new(struct guest *g);
void sources_free(struct guest *g);
/* The guest's own translation; what it reads is added to tables.reads. */
bool sources_translate(struct guest *g, uint64_t va, enum access access, uint64_t *gpa);
/* What was read becomes what the current shadows are derived from. False: it is too much. */
bool sources_keep(struct guest *g);
bool is_source(const struct guest *g, uint64_t gpa);
/* The guest is about to write a source: whether it has done so often without anything being derived. Then it holds tables no longer. */
bool sources_written_often(struct guest *g, uint64_t gpa);
/* Drops the shadows whose sources have changed since the last look. */
void sources_look(struct guest *g);
void sources_forget(struct guest *g);

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
