/* What the generated C and the engine share. The engine includes this file; the same text stands at the head of all generated C, behind
 * typedefs for uint8_t … uint64_t (prelude.c). So the two cannot disagree. */
#ifndef ISOLDE_NATIVE_ABI_H
#define ISOLDE_NATIVE_ABI_H
#ifndef ISOLDE_GENERATED
#include <stdint.h>
#endif

enum { NATIVE_TLB = 256, NATIVE_FETCH = 256 };

/* Why generated code left an instruction or function before its end. */
enum native_raised {
	NATIVE_NOT_RAISED,
	NATIVE_TRAP,          /* cause, value, refused */
	NATIVE_UNPREDICTABLE, /* the instruction completes */
	NATIVE_ERROR          /* machine->message */
};

/* How an access is made, as one number. */
enum native_how {
	HOW_WIDTH = 0xff,         /* bits */
	HOW_ACCESS = 8,           /* shift of enum access */
	HOW_BIG = 1 << 10,        /* first unit most significant */
	HOW_SPLIT = 1 << 11,      /* every unit is translated on its own */
	HOW_LEVEL = 1 << 12,      /* at the level given, not the current one */
	HOW_PHYSICAL = 1 << 13,   /* untranslated */
	HOW_PORT = 1 << 14,
	HOW_LOG = 1 << 15,        /* a store that a trap may undo: kept in the log until the instruction completes */
	HOW_TABLE = 1 << 16       /* a load of the translation: the page is marked if the translation is kept */
};

/* A page of storage as virtual addresses see it: `tag` is the address of its first unit, NATIVE_NO_TAG if nothing is kept. */
struct native_entry {
	uint64_t tag;
	uint64_t add; /* load, store: address of the cell of va, less va * cell; fetch: address of the page's instructions */
};
#define NATIVE_NO_TAG (~(uint64_t)0)

struct native_tlb {
	struct native_entry load[NATIVE_TLB], store[NATIVE_TLB], fetch[NATIVE_FETCH];
};

/* An instruction, decoded: its handler, its length in address units, then its variables, packed as layout.c says. */
struct native_insn {
	void *run;
	uint16_t length;
};
enum { NATIVE_VARIABLES = 10, NATIVE_BITS = 8 }; /* offsets of the variables; of what undecoded is given */

/* The decoded instructions of a page of storage, one slot per parcel, then some that lead to the next page. */
struct native_code {
	void *decode, *far; /* handlers of the module that fills it */
	uint32_t slots, insn;
	uint8_t used;
	uint8_t insns[] __attribute__((aligned(8)));
};

struct native;

/* What generated code asks of the engine. Results of loads are left in lo and hi. `left` as in the handlers: steps of the budget that are
 * not done yet, the present one included. */
struct native_host {
	void (*load)(struct native *e, uint64_t pc, uint64_t left, uint64_t address, uint64_t level, unsigned how);
	void (*store)(struct native *e, uint64_t pc, uint64_t left, uint64_t address, uint64_t level, unsigned how, uint64_t lo, uint64_t hi);
	void (*sync)(struct native *e, uint64_t left);
	const struct native_insn *(*lookup)(struct native *e, uint64_t pc, uint64_t left);                              /* NULL: leave */
	const struct native_insn *(*decode)(struct native *e, const struct native_insn *i, uint64_t pc, uint64_t left); /* NULL: leave */
	void (*undecoded)(struct native *e, uint64_t pc, uint64_t bits); /* the message, if the description raises nothing */
	void (*commit)(struct native *e);
	void (*undo)(struct native *e);
	/* An operation on operands wider than 64 bits, each two words, least significant first (compilers without such integers). */
	void (*wide)(unsigned op, const uint64_t *a, const uint64_t *b, const uint64_t *c, unsigned w, unsigned wb, unsigned low, unsigned width,
		     uint64_t *result);
};

/* An engine at work. */
struct native {
	uint8_t look;      /* before the next instruction: attention, or its address is to be translated anew */
	uint8_t raised;    /* enum native_raised */
	uint8_t refused;   /* the trap is a fault without a cause */
	uint8_t jumped;    /* a function wrote the pc component */
	uint8_t moved;     /* what the translation reads has changed, the mode apart */
	uint8_t plain;     /* storage may be reached directly: no device lies over it, nobody watches */
	uint8_t *attention, *unsettled; /* of the machine */
	struct native_tlb *tlb, *none; /* the kept translations for the present level and relocation; none at all */
	uint64_t cause, cause_high, value;
	uint64_t lo, hi;
	uint8_t *cells;    /* of the machine's first unit of storage */
	uint64_t at, size; /* of the machine's storage: first physical address, units */
	const uint8_t *marks; /* of the storage, by page; `window` units before the machine's first */
	void *const *code;    /* struct native_code, likewise */
	uint64_t window;
	uint64_t base;     /* `left` when steps were counted last */
	uint64_t left;     /* when the handlers returned */
	uint64_t pc;       /* of the instruction that trapped; between handlers that return */
	uint64_t mode;     /* before the instruction that trapped */
	uint64_t *undo;    /* room for all words of the state */
	const uint64_t *inputs; /* two words each */
	const struct native_host *host;
};

/* What a compiled description offers: the symbol isolde_module. */
struct native_module {
	/* Runs from i, which is the instruction at pc, until a handler returns nothing: at most `left` steps. */
	void (*enter)(struct native *e, uint64_t *w, const struct native_insn *i, uint64_t pc, uint64_t left);
	void *const *handlers; /* per instruction of the description, in order */
	void *decode, *far, *undecoded;
	/* Functions by number in the program, NULL for those that nobody outside calls: two words per argument and for the result. */
	void (*const *functions)(struct native *e, uint64_t *w, const uint64_t *args, uint64_t *result);
};
#endif
