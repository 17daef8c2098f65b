/*
 * The tiny machines of the independent check.
 *
 * Nothing here comes from the analyzer: the machines have their own tree, their own interpreter and
 * their own classifier, which enumerates states instead of asking a solver.  What the two programs
 * share is the YAML text (print.c) and the definitions (theory.md, section 3).
 *
 *     generate.c, rows.c -> tree -> { print.c -> YAML -> isolde -> JSON | interpret.c -> enumerate.c } -> crosscheck.c
 */
#ifndef CROSSCHECK_MACHINE_H
#define CROSSCHECK_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* ---- State ---------------------------------------------------------------------------------- */

/* Every component that a machine may have.  A component of width 0 is absent and always 0. */
enum field {
    F_M,                        /* mode: level */
    F_P,                        /* pc */
    F_X0, F_X1,                 /* general registers */
    F_L, F_B,                   /* relocation: base and bound */
    F_K,                        /* relocation: a second base */
    F_IE, F_C,                  /* control: interrupt enable, and another control field */
    F_T,                        /* timing */
    F_D,                        /* device */
    F_W0, F_W1, F_W2, F_W3,     /* physical memory, four words */
    FIELDS
};

enum role {
    GENERAL = 1u << 0,
    PC = 1u << 1,
    MODE = 1u << 2,
    RELOCATION = 1u << 3,
    CONTROL = 1u << 4,
    TIMING = 1u << 5,
    DEVICE = 1u << 6,
    MEMORY = 1u << 7,
    ALL_ROLES = (1u << 8) - 1
};

enum level { USER, SUPERVISOR, LEVELS, CURRENT = LEVELS };

enum {
    ADDRESS_BITS = 2,           /* of virtual and physical addresses, and of all registers but flags */
    WORDS = 1 << ADDRESS_BITS   /* size of physical memory and of the virtual address space */
};

struct state {
    uint8_t of[FIELDS];
};

/* What becomes of a relocation field when the program is moved by a distance x. */
enum move { MOVE_ADD, MOVE_SAME, MOVE_FREE };

/* ---- Semantics ------------------------------------------------------------------------------ */

enum expr_op {
    /* values of `width` bits */
    E_LITERAL,                  /* value */
    E_FIELD,                    /* value: a field */
    E_X_OPERAND,                /* X[r], r from the encoding */
    E_PC,                       /* this instruction's address */
    E_MODE,                     /* the level's number */
    E_LOAD,                     /* arg 0: virtual address; value: level */
    E_LOAD_PHYSICAL,            /* arg 0: physical address */
    E_TRANSLATE,                /* arg 0: virtual address; value: level */
    E_ADD, E_SUB, E_AND, E_OR, E_XOR, E_NOT,
    E_EXTEND,                   /* zero-extended to width */
    E_LOW,                      /* the low bits of arg 0 */
    E_CHOOSE,                   /* arg 0 ? arg 1 : arg 2 */
    /* conditions */
    E_EQ, E_NE, E_LT, E_GE,
    E_IS_LEVEL,                 /* mode() == value */
    E_BOTH, E_EITHER, E_NEGATE
};

struct expr {
    enum expr_op op;
    unsigned width;             /* 0: a condition */
    unsigned value;
    const struct expr *arg[3];
};

enum cause { BOUNDS, PRIVILEGED, CALL };    /* BOUNDS is the memory trap */

enum stmt_op {
    T_SET,                      /* field `target` = e */
    T_SET_X_OPERAND,            /* X[r] = e */
    T_SET_PC,
    T_SET_MODE,                 /* e of one bit */
    T_STORE,                    /* [va] = e at level `target` */
    T_STORE_PHYSICAL,
    T_RAISE,                    /* cause `target` */
    T_IF                        /* if (e) yes else no */
};

struct stmt {
    enum stmt_op op;
    unsigned target;
    const struct expr *e, *va;
    const struct stmt *yes, *no;
    struct stmt *next;
};

struct instruction {
    char name[16];
    bool operand;               /* the encoding has a variable r, one bit, that names a register */
    const struct stmt *body;
};

/* The translations.  In all of them a virtual address beyond the bound is refused, but as noted. */
enum translation {
    BASE_BOUND,                 /* l + va at both levels */
    SUPERVISOR_REAL,            /* va at supervisor level, l + va at user level */
    TWO_BASES,                  /* k + va at supervisor level, l + va at user level */
    SUPERVISOR_UNBOUND,         /* supervisor level: l + va without a bound */
    SUPERVISOR_FREE             /* supervisor level: va without a bound */
};

enum { MAX_INSTRUCTIONS = 4, MAX_NODES = 512 };

struct machine {
    char name[32];
    unsigned width[FIELDS];
    enum move move[FIELDS];     /* of relocation fields */
    enum translation translation;
    bool inclusive;             /* the bound is the last address, not the number of words */
    bool ends;                  /* an address beyond the end of storage is refused (g3), and does not wrap */
    unsigned parcel;            /* bits of an encoding */
    unsigned instructions;
    struct instruction instruction[MAX_INSTRUCTIONS];
    struct expr expr[MAX_NODES];
    struct stmt stmt[MAX_NODES];
    unsigned exprs, stmts;
};

/* tree.c: a machine without optional parts; nodes, which the machine owns */
void machine_init(struct machine *m, const char *name);
unsigned machine_bits(const struct machine *m);
unsigned machine_unit(const struct machine *m);        /* bits of a word */
unsigned machine_length(const struct machine *m);      /* of an instruction, in words */
enum role field_role(enum field f);
const char *field_name(enum field f);
const struct expr *tree_expr(struct machine *m, struct expr e);
struct stmt *tree_stmt(struct machine *m, struct stmt s);
const struct expr *tree_literal(struct machine *m, unsigned width, unsigned value);
const struct expr *tree_field(struct machine *m, enum field f);
const struct expr *tree_unary(struct machine *m, enum expr_op op, unsigned width, unsigned value, const struct expr *a);
const struct expr *tree_binary(struct machine *m, enum expr_op op, const struct expr *a, const struct expr *b);
const struct expr *tree_fit(struct machine *m, unsigned width, const struct expr *e);
const struct expr *tree_is_level(struct machine *m, enum level level);
struct stmt *tree_raise(struct machine *m, enum cause cause);
struct stmt *tree_if(struct machine *m, const struct expr *c, const struct stmt *yes, const struct stmt *no);
bool tree_names_level(const struct stmt *body, enum level level);

/* What makes an instruction hard to judge; differences are reported with it, and --without leaves it out. */
enum feature {
    PHYSICAL = 1u << 0,         /* untranslated accesses */
    SPACES = 1u << 1,           /* accesses at a named level that has a space of its own */
    LATE = 1u << 2,             /* translations after mode or relocation has been written */
    WINDOWS = 1u << 3,          /* levels or bases with different numbers of usable addresses */
    TABLES = 1u << 4,           /* results with different translations: mode or relocation computed from a resource */
    FIXED = 1u << 5             /* accesses at a named level, where the levels' spaces do not move together */
};
enum { FEATURES = 6 };
extern const char *const feature_names[FEATURES];
unsigned machine_features(const struct machine *m, const struct instruction *i);

/* interpret.c */
enum outcome { DONE, FAULT, TRAP };

struct state state_number(const struct machine *m, uint32_t n);
uint32_t number_of_state(const struct machine *m, const struct state *s);
bool machine_translate(const struct machine *m, const struct state *s, enum level level, unsigned va, unsigned *pa);
enum outcome machine_execute(const struct machine *m, const struct instruction *i, unsigned operand, struct state *s);

/* print.c */
void machine_print(FILE *out, const struct machine *m);

/* generate.c */
void machine_generate(struct machine *m, uint64_t seed, unsigned without);    /* instructions without these features */

/* rows.c: the answer table of theory.md */
unsigned row_count(void);
const char *row_make(struct machine *m, unsigned row);
const char *row_expected(unsigned row);

#endif
