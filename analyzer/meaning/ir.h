#ifndef ISOLDE_IR_H
#define ISOLDE_IR_H
/* The typed intermediate form that solver, evaluator and native code all read. Expressions are pure; everything that
 * can trap or change state is a statement. A width of 0 means Boolean. */
#include "../base/diag.h"
#include "op.h"

enum ir_kind {
	IR_CONST,     /* value */
	IR_LOCAL,     /* local number `index` of the function */
	IR_COMPONENT, /* component number `index`; for a register file args[0] chooses the element */
	IR_VARIABLE,  /* encoding variable number `index` of the instruction */
	IR_INPUT,     /* input number `index` of the ISA */
	IR_ADDRESS,   /* the address of the instruction: the pc before it */
	IR_UNKNOWN,   /* UNKNOWN value number `index` of the function */
	IR_OP         /* op(args) */
};

struct ir_expr {
	enum ir_kind kind;
	unsigned width;
	enum op op;
	unsigned index, low;
	u128 value;
	unsigned count;
	struct ir_expr *args[3];
};

enum access { ACCESS_LOAD, ACCESS_STORE, ACCESS_FETCH };

/* kind: name in the printed form, and which members it uses */
#define IR_STATEMENTS(X) \
	X(SET, "set")               /* local `index` = a */ \
	X(PUT, "put")               /* component `index` = a */ \
	X(PUT_ELEMENT, "put-element") /* component `index`[b] = a */ \
	X(LOAD, "load")             /* local `index` = memory at virtual address a, at level b if any */ \
	X(STORE, "store")           /* memory at virtual address a, at level b if any, = c */ \
	X(LOAD_PHYSICAL, "load-physical") /* local `index` = memory at physical address a */ \
	X(STORE_PHYSICAL, "store-physical") /* memory at physical address a = c */ \
	X(PORT_IN, "port-in")       /* local `index` = device port a */ \
	X(PORT_OUT, "port-out")     /* device port a = c */ \
	X(CALL, "call")             /* local `index` (if `has_target`) = callee(args) */ \
	X(IF, "if")                 /* if a: body, else other */ \
	X(FOR, "for")               /* local `index` from first by step, `rounds` times: body */ \
	X(RAISE, "raise")           /* trap with cause a, value b */ \
	X(FAULT, "fault")           /* the translation refuses, without a cause */ \
	X(RETURN, "return")         /* from the function, with value a if any */ \
	X(UNPREDICTABLE, "unpredictable") /* see theory.md section 1 */ \
	X(ASSERT, "assert")         /* the author claims a; lint proves it */

enum ir_statement_kind {
#define IR_ENUM(kind, name) IR_##kind,
	IR_STATEMENTS(IR_ENUM)
#undef IR_ENUM
	IR_STATEMENT_COUNT
};

struct ir_function;

struct ir_statement {
	enum ir_statement_kind kind;
	struct ir_statement *next;
	unsigned index;
	bool has_target, big_endian, split; /* split: every unit is translated on its own */
	unsigned width;                     /* bits moved by memory and port accesses */
	enum access access;
	struct ir_expr *a, *b, *c;
	struct ir_function *callee;
	struct ir_expr **args;
	unsigned arg_count;
	u128 first, step;
	unsigned rounds;
	struct ir_statement *body, *other;
	struct span where; /* for messages and for "the lines that matter"; not part of the printed form */
};

struct ir_local {
	const char *name;
	unsigned width;
};

struct ir_function {
	const char *name;
	struct ir_function *next;
	struct ir_local *locals; /* the parameters first */
	unsigned local_count, param_count;
	bool has_result;
	unsigned result; /* width */
	unsigned unknowns; /* how many UNKNOWN values it makes */
	unsigned *unknown_widths;
	struct ir_statement *body;
	unsigned size;   /* statements, with those of callees and loop rounds: bounded */
	unsigned number; /* position in the program */
	const struct yaml *origin; /* the scalar it was written in, or NULL */
};

/* What the IR refers to by number; the verifier and the printer need the widths and names. */
struct ir_context {
	struct ir_place {
		const char *name;
		unsigned width, count; /* count 0: no file */
	} *components, *inputs;
	unsigned component_count, input_count;
	const struct ir_place *variables; /* of the instruction that the function belongs to */
	unsigned variable_count;
};

struct ir_expr *ir_const(struct arena *arena, u128 value, unsigned width);
struct ir_expr *ir_ref(struct arena *arena, enum ir_kind kind, unsigned index, unsigned width);
/* op(args), folded when all args are constants, with the usual identities for constants (x&0, ite(true…), …).
 * The widths must obey the operation's rule. */
struct ir_expr *ir_op1(struct arena *arena, enum op op, struct ir_expr *a);
struct ir_expr *ir_op2(struct arena *arena, enum op op, struct ir_expr *a, struct ir_expr *b);
struct ir_expr *ir_ite(struct arena *arena, struct ir_expr *c, struct ir_expr *a, struct ir_expr *b);
/* a extended (or cut) to `width`. */
struct ir_expr *ir_resize(struct arena *arena, struct ir_expr *a, unsigned width, bool is_signed);
struct ir_expr *ir_extract(struct arena *arena, struct ir_expr *a, unsigned low, unsigned width);

/* Prints a function in the form that ir_read reads. */
void ir_print(struct buf *out, const struct ir_function *function, const struct ir_context *context);
void ir_print_expr(struct buf *out, const struct ir_expr *e, const struct ir_function *f, const struct ir_context *context);
/* Reads one printed function; callees are found by name in `known` (linked by next). NULL and *error on bad text. */
struct ir_function *ir_read(struct arena *arena, const char *text, const struct ir_context *context,
			    struct ir_function *known, const char **error);
/* Checks widths, numbers and structure. Returns NULL, or what is wrong (allocated in the arena). */
const char *ir_verify(struct arena *arena, const struct ir_function *function, const struct ir_context *context);
#endif
