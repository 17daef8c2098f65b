#ifndef ISOLDE_WALK_H
#define ISOLDE_WALK_H
/* The one walker: executes IR over a domain. In the concrete domain it is the evaluator; in the solver's it follows
 * both branches of an open condition and joins them, so that one walk gives the instruction's whole behaviour. */
#include "domain.h"

/* Where memory accesses go. */
enum memory_model {
	MEMORY_VIEW, /* the analysis: memory as the program sees it, translation over the view (theory.md section 4) */
	MEMORY_REAL  /* a machine: the described translation and one physical memory */
};

/* MEMORY_VIEW: what an untranslated access reaches. */
enum physical {
	PHYSICAL_SEEN,  /* classification: a word that the program sees, where the run's own relocation shows it, else the host's */
	PHYSICAL_GUEST, /* a virtual machine: the address is guest-physical, and names SLOT_MEMORY */
	PHYSICAL_HOST,  /* the real machine under a monitor: SLOT_HOST alone, unrelated to the guest's memory */
	PHYSICAL_MONITOR, /* trap entry for the monitor: as PHYSICAL_HOST, and what is translated at the monitor's level is in SLOT_HOST too */
	PHYSICAL_FREE   /* coverage: each unit that is read is a value of its own, UNKNOWN number WALK_READ + n */
};
enum { WALK_READ = 0x7ead0000 };

/* State slots: the components by number, then these. */
enum extra_slot {
	SLOT_MEMORY,     /* what the program sees, by guest-physical address; in MEMORY_REAL all of memory */
	SLOT_HOST,       /* memory that the program does not see, by real address */
	SLOT_PORTS,      /* device space, by port, 8 bits each */
	SLOT_PC_WRITTEN, /* Boolean */
	SLOT_DEVICE_WRITTEN, /* Boolean: a device was written to */
	SLOT_VIOLATED,   /* Boolean: an assert failed */
	SLOT_EXTRAS
};

struct machine_state {
	struct value *slots; /* isa->component_count + SLOT_EXTRAS */
};

static inline unsigned slot_count(const struct isa *isa)
{
	return isa->component_count + SLOT_EXTRAS;
}

/* MEMORY_REAL in the concrete domain: what is no storage. Loads happen when they are executed; stores and port output are
 * handed over in order by walk_instruction and walk_call when they complete (an instruction that traps does nothing). */
struct walk_outside {
	void *context;
	bool (*is_storage)(void *context, u128 pa, unsigned units);
	/* False: nothing is there, and *cause is raised, which is that of `access`. */
	bool (*load)(void *context, u128 pa, unsigned width, bool big_endian, enum access access, u128 *value, u128 *cause);
	bool (*can_store)(void *context, u128 pa, u128 *cause);
	void (*store)(void *context, u128 pa, unsigned width, u128 value);
	u128 (*port_in)(void *context, u128 port, unsigned width);
	void (*port_out)(void *context, u128 port, unsigned width, u128 value);
	/* NULL, or told of what is read and written in storage; `pa` is the first unit's address. */
	void (*watch)(void *context, enum access access, u128 pa, unsigned width, u128 value);
};

struct walk_input {
	struct domain *domain;
	const struct isa *isa;
	const struct instruction *instruction; /* NULL: a function alone */
	const struct value *variables;         /* of the instruction */
	const struct value *inputs;            /* of the ISA */
	struct value run;                      /* 8 bits: which of two runs this is */
	enum memory_model model;
	enum physical physical;
	struct value monitor;                  /* PHYSICAL_MONITOR: the monitor's level. It maps its own addresses one to one */
	const struct value *view;              /* MEMORY_VIEW: components that the translation reads; else NULL */
	const struct value *start;             /* slots before */
	const struct walk_outside *outside;    /* NULL: all addresses are storage, ports are an array */
	bool exact_inverse;                    /* walk_inverse_candidate's are all virtual addresses that may name a real one */
};

/* Virtual addresses at which a real address may be seen, when the translation adds a relocation component or nothing:
 * number 0 is pa itself, number i+1 is pa less component i. False if there is no such candidate. */
bool walk_inverse_candidate(const struct walk_input *input, const struct value *slots, struct value pa, unsigned number,
			    struct value *va);

/* What executing an instruction comes to (theory.md section 1): exactly one of done, fault and trap. */
struct outcome {
	struct value done, fault, trap; /* Boolean */
	struct value cause, target, value; /* of the trap */
	struct value *slots;            /* after, if done */
	struct value *kept;             /* after a trap or fault: the slots before, but for those components that it keeps (in the concrete domain,
					 * nothing else is there). NULL: nothing is kept, or nothing traps */
};

/* Boolean: it is a trap that comes when the instruction is complete (causes: complete). */
struct value walk_complete(struct domain *d, const struct isa *isa, const struct outcome *o);
/* Executes the instruction of `input`. The outcome's slots are allocated in `arena`. */
struct outcome walk_instruction(struct arena *arena, const struct walk_input *input);
/* Calls a function that has no effects worth keeping (a predicate); its traps count as false in *completes. */
struct value walk_function(struct arena *arena, const struct walk_input *input, const struct ir_function *f,
			   const struct value *args, struct value *completes);
/* Calls a function with its effects on `slots`, in place (trap entry, tick, a monitor's `map`). The outcome's slots are `slots`;
 * *result (may be NULL) is what it returns. */
struct outcome walk_call(struct arena *arena, const struct walk_input *input, const struct ir_function *f, const struct value *args,
			 struct value *slots, struct value *result);
/* Executes the description's trap entry on `slots`, in place. */
void walk_trap_entry(struct arena *arena, const struct walk_input *input, struct value *slots, struct value cause, struct value pc,
		     struct value value);
#endif
