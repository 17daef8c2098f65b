#ifndef ISOLDE_ISA_H
#define ISOLDE_ISA_H
/* What a description means: components with roles, encodings, scenarios, and every operation as IR.
 * Everything is owned by the arena that isa_load was given. */
#include "../text/syntax.h"
#include "ir.h"

enum role { ROLE_GENERAL, ROLE_PC, ROLE_MODE, ROLE_RELOCATION, ROLE_CONTROL, ROLE_TIMING, ROLE_DEVICE, ROLE_PROCESSOR,
	    ROLE_CHOICE, ROLE_COUNT };
const char *role_name(enum role role);

/* What a move of the program in real storage does to a relocation component. */
enum move { MOVE_ANY, MOVE_ADD, MOVE_SAME };

struct enumeration {
	const char *name;
	unsigned width;
	struct { const char *name; u128 value; } *members;
	unsigned count;
	struct enumeration *next;
};

/* A component of the state (theory.md section 1): a register, a register file, or a field of either. */
struct component {
	const char *name; /* X, R.l, mstatus.SIE */
	unsigned width, count; /* count 0: not a file */
	enum role role;
	enum move move;
	u128 reset;
	bool *zero;        /* per element: reads 0 and ignores writes; NULL if none */
	bool alias_memory; /* loads and stores at virtual address alias_at + i see element i */
	u128 alias_at;
	bool keeps;        /* a trap does not roll it back */
	const char **names; /* in assembly, of the elements; NULL: the file's name and the number */
	bool saved;        /* trap entry overwrites it, having saved it where the monitor finds it */
	const struct enumeration *enumeration;
	struct span where;
};

enum { PIECES_MAX = 16, VARIABLES_MAX = 32 /* of an instruction, with operand bits and prefixes */ };
/* Bits of a container, most significant piece first; positions count from the least significant bit, 0. */
struct location {
	struct { unsigned low, width; } pieces[PIECES_MAX];
	unsigned count, width;
};

struct field {
	const char *name;
	struct location location;
	unsigned component; /* number of the component that stores it */
	bool resolved;      /* an alias is resolved when all registers are known */
	bool read_only;
	struct yaml *node, *sw_write;
	struct ir_function *write; /* from sw_write: (csr_value [, index]) -> the field's new value */
	const struct enumeration *enumeration;
};

struct space {
	const char *name;
	unsigned width; /* of a register number */
	unsigned data;  /* widest register */
	struct ir_function *read, *write, *valid, *mode, *writable;
	struct space *next;
};

struct reg {
	const char *name;
	unsigned width, count;
	struct field *fields;
	unsigned field_count;
	int component;      /* of a register without fields; -1 otherwise */
	bool view;
	struct space *space;
	u128 address;
	u128 priv_mode;     /* level's encoding; 0 if none was given */
	bool writable;
	struct yaml *node;
	struct ir_function *read, *write;
	bool reading, writing; /* while their bodies are lowered */
	struct reg *next;
	const char **names;    /* of its elements, in assembly; NULL if not given */
	const struct enumeration *enumeration;
	struct span where;
};

struct variable {
	const char *name;
	struct location location;
	unsigned width;      /* bits in the encoding, without left_shift */
	unsigned left_shift;
	bool sign_extend, is_operand;
	bool is_prefix;      /* of prefix number `prefix`: its bits at `location`; without a location: whether it stands there */
	unsigned prefix;
	u128 *not_values;
	unsigned not_count;
	struct span where;
};

struct constant {
	const char *name;
	u128 value;
	struct constant *next;
};

/* How operands are written: literal text and places for values (isa-specs/README.md, "Assembly"). */
enum piece_kind {
	PIECE_TEXT,
	PIECE_NUMBER,  /* the variable's value, with left_shift and sign */
	PIECE_FIELD,   /* the variable's bits as they stand in the encoding, extended to `width` bits */
	PIECE_TARGET,  /* an address that the pc-relative variable leads to */
	PIECE_BEHIND,  /* the address that lies so many units behind the end of the instruction */
	PIECE_NAMES,   /* a name for the value, or a number where it has none */
	PIECE_OPERAND  /* an operand with a decoder: as its alternatives say */
};

struct wording {
	enum piece_kind kind;
	const char *text;       /* TEXT */
	unsigned index;         /* number of the variable, or of the operand */
	unsigned more[7], more_count; /* NAMES: variables whose bits follow those of `index` */
	bool with_sign;         /* NUMBER: +8, -8 */
	unsigned width;         /* FIELD */
	const char **names;     /* NAMES: by the variable's bits; NULL: that value has no name */
	const char **others;    /* a second name for the same value, or NULL; may be NULL as a whole */
	unsigned name_count;
	bool closed;            /* NAMES: a list of `words:`: numbers never stand for them */
	bool registers;         /* NAMES: of a register file or an enum: nothing else may have these names, and numbers do not stand for them */
	const struct ir_expr *target; /* TARGET: the address, from the pc and the variables */
	struct wording *next;
};

/* A word that a line of assembly may begin with. */
enum { MNEMONIC_PLACES = 6, MNEMONIC_SLOTS = 4096 };
struct mnemonic {
	const char *text;
	const struct instruction *instruction;
	bool exact; /* the instruction's own name, for the form that names every variable: NAME {a=1, b=2} */
	struct { unsigned variable; u128 value; } set[MNEMONIC_PLACES]; /* what the word says of variables */
	unsigned set_count;
	struct mnemonic *next; /* in the same slot: shorter instructions first */
};
/* The slot of a word; letters' case does not matter. */
unsigned mnemonic_slot(const char *text, size_t length);

struct decoder;
struct operand {
	const char *name;
	const struct decoder *decoder;
	unsigned variable;       /* index of the variable that holds the bits after the instruction; ~0u if none */
	const char **from;       /* variables that feed it, or fixed bits, 0b… */
	unsigned from_count;
	struct span where;
};

/* A bit pattern over `width` bits, the first parcel in the most significant bits. */
struct pattern {
	u128 mask, match;
	unsigned width;
	const char *text; /* 0, 1 and - only */
};

struct alternative {
	const char *name;
	struct pattern pattern;
	struct variable *variables;
	unsigned variable_count;
	struct operand *operands;
	unsigned operand_count;
	struct wording *assembly;
	unsigned tail; /* bits after the match: the nested operands' */
	struct yaml *node;
	struct span where;
};

struct decoder {
	const char *name;
	struct constant *constants; /* the numbers among a family's attributes */
	unsigned from;  /* bits fed by the instruction, those of prefixes included */
	const char **prefixes; /* prefixes, or their variables, whose bits come first */
	unsigned prefix_count;
	bool measures;  /* its methods know the instruction's length */
	unsigned tail;  /* greatest number of bits taken from the stream */
	unsigned value; /* width of read and write; 0 if not given */
	struct alternative *alternatives;
	unsigned count;
	struct decoder *next;
	struct ir_function *valid, *length; /* (bits) -> Boolean; (bits) -> address units beyond the instruction */
	struct method {
		const char *name;
		unsigned width; /* of the result; ~0u: none */
		struct ir_function *function;
	} *methods; /* read write address enter, then its own; functions are made when used */
	unsigned method_count;
	struct span where;
	int state; /* 0 unread, 1 being read, 2 read */
};

enum claimed {
	EXPECT_CLASS, EXPECT_KINDS, EXPECT_USER_KINDS,                             /* of an instruction */
	EXPECT_THEOREM1, EXPECT_THEOREM3, EXPECT_EQUIVALENCE, EXPECT_HYBRID, /* of the machine */
	EXPECT_COUNT
};
extern const char *const expected_names[EXPECT_COUNT]; /* as descriptions and results write them */

/* What somebody has said, which is compared with verdicts and never used for one. Lists have the one that counts most in front:
 * of those that speak of a scenario and a profile, the first that says something about `what`. */
struct expectation {
	const char *scenario; /* NULL: every one */
	const char *profile;
	const char **says[EXPECT_COUNT]; /* NULL: nothing; else words, NULL-terminated: one, or some kinds */
	const char *source; /* NULL: nobody is named */
	unsigned rank; /* the less, the more it counts */
	struct span where;
	struct expectation *next;
};

struct claim {
	unsigned level; /* index into levels */
	const char *claim;
	struct span where;
};

struct instruction {
	const char *name, *long_name, *description, *assembly, *source;
	struct wording *mnemonic, *written; /* the first word of a line of assembly, and the operands */
	struct pattern pattern;
	struct variable *variables; /* encoding variables, then operand bits, then prefixes */
	unsigned variable_count;
	struct ir_place *places;    /* the same, for the IR */
	struct operand *operands;
	unsigned operand_count;
	unsigned length;            /* address units, without operands and prefixes */
	const char **variants;
	unsigned variant_count;
	struct constant *constants; /* the numbers among a family's attributes */
	struct claim *claims;
	unsigned claim_count;
	struct expectation *expect;
	struct ir_function *operation;
	struct ir_function *valid;  /* whether the operand bits are operands at all; NULL: always */
	struct yaml *node;
	struct span where;
	struct instruction *next;
};

/* How a monitor composes the real relocation (theory.md section 4). Bodies that run on the real machine. */
struct composition {
	struct ir_function *relocate; /* (level, base, size): turns the guest's relocation, in place, into the real one */
	struct ir_function *use;      /* (table): translate through the table at this real address */
	struct ir_function *map;      /* (table, spare, va, pa, rights) -> Boolean: `spare` was linked in, call again */
	bool *keeps;                  /* per component: relocation that the real machine has as the guest has it; NULL: none */
};

/* What holds of the monitor's own tables whenever a trap is delivered to it: a hypothesis of `prove` (theory.md section 4, trap
 * transparency), in the author's words and as a predicate (cause, value) -> Boolean of the real state. */
struct premise {
	const char *sentence;
	struct ir_function *holds;
	struct span where;
	struct premise *next;
};

struct scenario {
	const char *name, *description;
	bool is_default;
	int *map;            /* per level index: index of the real level, or -1 */
	unsigned monitor;    /* level index */
	bool *deprivileged;  /* per level index */
	struct { unsigned component; u128 value; } *host;
	unsigned host_count;
	bool *pass_through;  /* per component */
	bool *controllable;  /* per component: `isolde advise` may choose its real value; by default those of `host` */
	struct composition composition;    /* the scenario's own, or the machine's */
	struct ir_function *hypercall;     /* NULL, or (cause, value) -> Boolean: this trap is a guest's call of the monitor */
	struct ir_function *interpret;     /* NULL, or: virtual states in which the monitor executes nothing directly */
	struct premise *tables;         /* the scenario's own, or the machine's; NULL: nothing is said */
	struct yaml *node;
	struct span where;
	struct scenario *next;
};

struct cause {
	const char *name;
	u128 value;
	bool fault, privileged;
	bool complete; /* comes when the instruction is complete: what it did to registers is kept */
};

struct memory {
	unsigned unit, address, virtual_address;
	unsigned page; /* address units that the translation treats alike; 0: not said */
	unsigned frame; /* address units that an entry of a translation's tables maps; 0: not said */
	bool big_endian, natural;
	const char *misaligned_load, *misaligned_store;
};

struct invariant {
	const char *name;
	struct ir_function *predicate;
	struct span where;
	struct invariant *next;
};

/* `platform:`: the storage and the devices around the processor. What the keys of a device mean is its model's affair
 * (emulator/device.h). */
struct wire {
	const char *key, *text; /* as written: `timer: mip.MTIP`, `interrupt: plic.10`, `clock: mtime` */
	int component;          /* the text names this component; -1 if it does not */
	struct platform_device *device; /* the text is `device.number`; NULL if it is not */
	unsigned number;
	struct span where;
	struct wire *next;
};

struct platform_device {
	const char *name, *model;
	bool by_port; /* `port:` instead of `at:` */
	u128 at;      /* physical address or port */
	struct wire *wires;
	struct span where;
	struct platform_device *next;
};

/* `start:` by name: what the state is when a program is started there instead of at reset. */
struct platform_start {
	const char *name;
	struct { unsigned component; int element; u128 value; } *values; /* element -1: not of a file */
	unsigned count;
	struct platform_start *next;
};

struct platform {
	bool given;
	u128 memory_at, memory_size; /* address units; without `platform:` all of the physical space up to 2^20 units */
	int unmapped[3];             /* by enum access: index into causes, or -1: the machine stops */
	struct platform_device *devices;
	struct platform_start *starts;
	struct {
		const char *architecture, *general, *system; /* names that gdb knows, for its target description; NULL if not given */
		struct gdb_name {
			const struct reg *reg;
			unsigned element;
			const char *name;
			struct gdb_name *next;
		} *names; /* registers that gdb calls otherwise; they belong to `general` */
		const char **absent; /* registers that gdb must be told of there, and that are not described */
		unsigned absent_count;
	} gdb;
};

struct isa {
	struct arena *arena;
	const char *name, *long_name, *description, *source, *path, *overlay; /* overlay: NULL if it was loaded without */
	const char **omits;
	unsigned omit_count;
	bool msb0, first_right;
	unsigned parcel;
	bool has_instead; /* `fetch: {instead: R}`: while R.valid is 1, R.word is executed in place of what is at the pc */
	unsigned instead_valid, instead_word; /* component numbers */
	struct enumeration *enumerations, *level_enum, *cause_enum;
	unsigned level_count;
	struct { const char *name; u128 value; } *levels; /* lowest privilege first */
	unsigned level_width, cause_width;
	struct cause *causes;
	unsigned cause_count;
	struct memory memory;
	struct constant *constants;
	struct space *spaces;
	struct reg *registers;
	struct component *components;
	unsigned component_count, component_room;
	unsigned mode, pc, waiting; /* component numbers */
	struct component *inputs;
	unsigned input_count;
	struct invariant *invariants;
	struct decoder *decoders;
	struct prefix {
		const char *name;
		struct pattern pattern;
		struct variable *variables;
		unsigned variable_count;
		const char *word; /* stands before the mnemonic; NULL: the prefix is not written so */
	} *prefixes;
	unsigned prefix_count;
	struct instruction *instructions;
	unsigned instruction_count;
	struct mnemonic **mnemonics; /* MNEMONIC_SLOTS of them */
	const struct instruction *patch; /* stands in the place of critical instructions; NULL: an encoding that no instruction has */
	struct scenario *scenarios;
	struct expectation *expect; /* of the machine, in every scenario */
	struct ir_function *translate, *trap_target, *trap_entry;
	struct ir_function *recover; /* NULL, or (cause, value): the way back from trap entry, run in the state after it */
	bool pure_translation; /* translate reads no memory */
	/* What happens between instructions; each may be NULL (isa-specs/README.md, "Between instructions"). */
	struct ir_function *undecoded, *interrupt, *wakes, *tick, *quiet;
	struct platform platform;
	struct ir_function *functions; /* every function made, callees before callers */
	unsigned function_count;
	struct ir_context context; /* without variables */
	struct declaration *declarations; /* functions as declared, lower.h */
	/* what the lowering needs of the text */
	struct yaml *root, *types, *function_nodes;
	struct yaml *tests; /* how a test program for real implementations looks (isa-specs/README.md, "Tests"); NULL if not said */
	struct source **sources;
	unsigned source_count;
};

/* Loads a description with its parts, bases and overlay. `overlay` may be NULL. NULL if there were errors. */
struct isa *isa_load(struct arena *arena, const char *path, const char *overlay, struct diags *diags);
/* The same description, with its overlay, and one more variation on top. NULL if there were errors. */
struct isa *isa_vary(struct arena *arena, const struct isa *isa, const char *path, struct diags *diags);
/* A condition of a description's user, outside it: `text` in the operation language about a state, about instruction `i` (NULL: none) that is
 * executed there, with its operands, about the `value` that the trap carries which it takes, and about a physical `address`. The function's parameters
 * are i's variables, as struct decoded has them, the value and the address; it changes nothing. It is added to the description's functions: call it
 * before a machine is made. NULL after a finding. */
enum { CONDITION_PARAMETERS = VARIABLES_MAX + 2 };
struct ir_function *isa_condition(struct isa *isa, const struct instruction *i, struct yaml *text, struct diags *diags);
/* A match of whole parcels, 0, 1 and -, as encodings have them. False after a finding. */
bool isa_pattern(struct isa *isa, const struct yaml *text, struct diags *diags, struct pattern *out);
struct component *isa_component(const struct isa *isa, const char *name);
struct reg *isa_register(const struct isa *isa, const char *name);
struct instruction *isa_instruction(const struct isa *isa, const char *name);
struct enumeration *isa_enumeration(const struct isa *isa, const char *name);
int isa_level(const struct isa *isa, const char *name);
/* The IR context for functions of `instruction` (NULL: of none). */
struct ir_context isa_context(const struct isa *isa, const struct instruction *instruction);
/* Of a piece of kind TARGET: the address, for an instruction at `pc` with these variables. */
u128 piece_target(const struct isa *isa, const struct wording *p, u128 pc, const u128 *variables);
/* NAMES: the number of the name, from the variables' bits. */
unsigned piece_name(const struct wording *p, const struct variable *variables, const u128 *values);
/* NAMES: the bits of this name's number that belong to `index` (place 0) or to more[place - 1]; *variable: which one that is. */
u128 piece_bits(const struct wording *p, const struct variable *variables, u128 number, unsigned place, unsigned *variable);
/* The bits of an item of `from` that is written 0b…; false: it names a variable. */
bool operand_fixed(const char *from, unsigned *width, u128 *value);
/* Width of the value that a trap carries: an address, of the program's or of an instruction. */
unsigned isa_trap_value(const struct isa *isa);
/* Whether a trap with this cause comes when the instruction is complete (causes: complete). */
bool isa_complete(const struct isa *isa, u128 cause);
/* Number of bits that index a register file of `count` elements. */
unsigned index_width(unsigned count);
#endif
