#ifndef ISOLDE_OPERAND_KIND_H
#define ISOLDE_OPERAND_KIND_H
/* What the variables of an encoding stand for, found in the semantics, so that assembly text can name it. Internal to meaning/. */
#include "isa.h"

struct operand_kind {
	enum { KIND_NUMBER, KIND_FILE, KIND_SPACE, KIND_TARGET } kind;
	const struct component *file; /* FILE: which element is `e` of the variable */
	const struct space *space;    /* SPACE: the variable is a register's number */
	const struct ir_expr *e;      /* TARGET: where the pc-relative variable leads to */
};

/* kinds[VARIABLES_MAX], by the number of the variable. FILE: every index of a register file that depends on this variable alone;
 * SPACE: it is handed to the functions of a register space; TARGET: the pc becomes a function of it and the instruction's own address. */
void instruction_kinds(struct arena *arena, const struct isa *isa, const struct instruction *i, struct operand_kind *kinds);
/* The same for the variables of an alternative of a decoder; TARGET: its address() is such a function. */
void alternative_kinds(struct arena *arena, const struct isa *isa, const struct decoder *d, const struct alternative *a,
		       struct operand_kind *kinds);
/* The value of an expression over variables and the instruction's address; components have their reset values. */
u128 kind_value(const struct isa *isa, const struct ir_expr *e, const u128 *variables, u128 pc);
#endif
