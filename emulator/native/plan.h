#ifndef ISOLDE_NATIVE_PLAN_H
#define ISOLDE_NATIVE_PLAN_H
/* What is found out about a description before it is written out as C: what functions do, and how decoded instructions are laid out. */
#include "../engine.h"
#include "abi.h"

/* What a function, with all that it calls, may do. Sets are per component. */
struct deeds {
	bool *puts;
	bool raises;          /* or is unpredictable: leaves before its end */
	bool unpredictable;
	bool accesses;        /* memory or ports */
	bool stores;          /* memory or ports */
	bool translates;
	bool reads_pc;        /* the component, not the instruction's address */
	bool puts_pc;
	bool ticked;          /* it itself, without what it calls, reads or writes what tick does */
	bool syncs;           /* it or what it calls is ticked */
	bool raises_after_put, raises_after_store;
	unsigned size;        /* statements, with those of callees but without loop rounds */
};

/* How a variable stands in a decoded instruction: extended by sign if `is_signed`, after `shift` zeros were put behind it. */
struct slot {
	unsigned offset, bytes; /* 1, 2, 4, 8 or 16 */
	unsigned shift;
	bool is_signed;
};

struct plan {
	struct arena *arena;
	const struct isa *isa;
	const unsigned *word_of;
	bool uniform;           /* translations are the same for all addresses of a page: they may be kept */
	unsigned page, parcel;  /* units */
	unsigned page_bits;     /* page is 2 to this power */
	bool has_files;         /* register files lie at addresses */
	bool *watched, *timed, *ticked; /* machine_watched */
	bool *moving;           /* what translation reads, the mode included */
	u128 *faults;           /* causes that are memory traps */
	unsigned fault_count;
	u128 *complete;         /* causes that come when the instruction is complete: components are not rolled back */
	unsigned complete_count;
	struct deeds *deeds;    /* per function number */
	struct slot **slots;    /* per instruction, per variable */
	unsigned insn;          /* bytes of a decoded instruction */
	unsigned longest;       /* address units of the longest instruction */
};

/* Everything is owned by the arena. word_of as in struct machine. */
struct plan *plan_new(struct arena *arena, const struct isa *isa, const unsigned *word_of, unsigned page);
/* Writes decoded variables into the instruction. `number` counts instructions in the order of the description. */
void plan_pack(const struct plan *p, unsigned number, const struct instruction *i, const u128 *variables, struct native_insn *out);
/* Words of one element. */
unsigned plan_words(const struct component *c);
#endif
