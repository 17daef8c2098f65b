#ifndef ISOLDE_ORACLE_H
#define ISOLDE_ORACLE_H
/* Independent implementations of an instruction set, to hold a description against: `isolde validate SPEC --oracle NAME`. An oracle
 * knows nothing of our semantics: it takes a state and storage, executes one instruction, and gives state and storage back. A
 * struct machine of the description serves as the container for both; its engine is never used by an oracle. */
#include "machine.h"

struct oracle;

/* A source of random numbers: the same seed gives the same run everywhere. */
struct chance {
	uint64_t state;
};
uint64_t chance_bits(struct chance *c);
/* 0 to count - 1. */
unsigned chance_below(struct chance *c, unsigned count);
/* True in one of `n` cases. */
bool chance_one_in(struct chance *c, unsigned n);
/* A value of `width` bits as tests need them: all bits random, few bits, 0, 1, -1, the extremes, and their neighbours. */
u128 chance_value(struct chance *c, unsigned width);

/* What became of one step. */
enum oracle_result {
	ORACLE_DONE,    /* the instruction completed: the whole observed state counts */
	ORACLE_ENTERED, /* it trapped, and the trap entry was executed: the whole observed state counts */
	ORACLE_TRAPPED, /* it trapped, and the oracle stopped there: only that, and the cause if it knows it */
	ORACLE_FAILED,  /* it stopped where there is always a way on: a difference by itself; `why` says what */
	ORACLE_CANNOT   /* it cannot execute this one (a limit of its own): counted apart, never as compared; `why` says what */
};

struct oracle_step {
	enum oracle_result result;
	bool knows_cause;
	u128 cause;      /* as in the description's causes */
	u128 unknown;    /* bits of it that it does not know */
	bool knows_pc, knows_value;
	u128 pc, value;  /* where the instruction is that trapped, and what the trap reports, as in `raise` */
	const char *why; /* of ORACLE_CANNOT: a constant text; of ORACLE_FAILED: until the next step */
};

/* The step that an oracle cannot do; `why` is a constant text. */
struct oracle_step oracle_cannot(const char *why);

struct oracle_kind {
	const char *name;
	uint64_t (*storage)(const struct isa *isa); /* units that `prepare` needs; NULL, or 0: any size. Of a description that is not refused */
	/* NULL if it can be used here; else why not ("not built in: libunicorn-dev", "/dev/kvm: Permission denied"). */
	const char *(*absent)(void);
	/* NULL if it implements this description's machine (by name: rv64, x86-32, …); else why not. */
	const char *(*refuses)(const struct isa *isa);
	/* An oracle for storage of `size` units from physical address `at` on. NULL after a message in error[256]. */
	struct oracle *(*open)(const struct isa *isa, uint64_t at, uint64_t size, char *error);
	void (*close)(struct oracle *o);
	/* Makes a random state that the oracle can take, in a machine at reset whose storage is zero: components and storage (tables,
	 * stacks, vectors). NULL: every component is random, and the storage around the pc holds the instruction alone.
	 * Invariants are checked by the caller, who asks again where they do not hold, and who then puts the instruction at the pc. */
	void (*prepare)(struct oracle *o, struct machine *m, struct chance *c);
	/* Changes free bits of an encoding that is about to be put at the pc, `count` units with what comes behind it, so that its addresses lead
	 * somewhere in the state that `prepare` has made. NULL: they stay as they are. */
	void (*aim)(struct oracle *o, struct machine *m, struct chance *c, uint64_t *units, unsigned count);
	/* Takes the state and storage of m. False: it cannot be in such a state (counted as ORACLE_CANNOT). */
	bool (*set)(struct oracle *o, const struct machine *m);
	/* Executes one instruction. */
	struct oracle_step (*step)(struct oracle *o);
	/* Writes state and storage into m, which holds what `set` was given; components that it does not know stay as they are. */
	bool (*get)(struct oracle *o, struct machine *m);
	/* The bits of a component element that it sees: they are compared. NULL: all bits of all components. */
	u128 (*sees)(const struct oracle *o, unsigned component, unsigned element);
};

/* All oracles, also those that are not built in; NULL-terminated. */
extern const struct oracle_kind *const oracles[];
/* NULL if there is none of that name. */
const struct oracle_kind *oracle_named(const char *name);
#endif
