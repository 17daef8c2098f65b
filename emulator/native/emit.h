#ifndef ISOLDE_NATIVE_EMIT_H
#define ISOLDE_NATIVE_EMIT_H
/* Writes a description out as C. Every IR function becomes a C function, or is written into its caller if it is small; every
 * instruction becomes a handler that goes on to the next one. Values of up to 64 bits are uint64_t, wider ones W; a Boolean is 0 or 1.
 *
 * In the text: e is the struct native, w the words of the state, pc the address of the instruction, left the steps of the budget that are not done,
 * i the decoded instruction; `out` is the label of the way out when something was raised. */
#include "../../analyzer/base/arena.h"
#include "plan.h"

/* A function is written out once for each manner that is asked for. */
enum manner {
	MANNER_PLAIN,
	MANNER_LOG,   /* stores are logged: the instruction may trap after them */
	MANNER_TABLE, /* part of the translation: its loads mark pages */
	MANNER_COUNT
};

struct emitter {
	const struct plan *plan;
	struct buf *out;
	const struct instruction *instruction; /* whose handler is written; NULL: a function */
	unsigned number;                       /* of the instruction */
	enum manner manner;
	bool local_pc;     /* the handler keeps the pc component in a variable */
	unsigned scope;    /* numbers of names: locals of the function being written into the text are l<scope>_<index> */
	unsigned scopes;
	bool *wanted[MANNER_COUNT]; /* per function number: is called */
};

/* The whole C text. Owned by the caller (buf_free). */
void emit_description(const struct plan *plan, struct buf *out);

/* Prelude: the shared declarations, the operations from ops.def, the memory macros. */
void emit_prelude(const struct plan *plan, struct buf *out);
/* A value, as a C expression. */
void emit_expr(struct emitter *em, const struct ir_expr *e);
/* A constant of that width. */
void emit_constant(struct buf *out, u128 value, unsigned width);
const char *emit_type(unsigned width);
/* Statements of a function; its locals are declared by the caller. `result`: RETURN assigns to r<scope> and goes to done<scope>. */
void emit_body(struct emitter *em, const struct ir_function *f, const struct ir_statement *s);
/* Declarations of the locals from `first` on. */
void emit_locals(struct emitter *em, const struct ir_function *f, unsigned first);
/* Whether the function is written into its callers. */
bool emit_inlines(const struct plan *plan, const struct ir_function *f);
/* Name of the function in this manner; notes that it is wanted. */
void emit_function_name(struct emitter *em, const struct ir_function *f);
/* Memory and port accesses. */
void emit_access(struct emitter *em, const struct ir_statement *s);
#endif
