#ifndef ISOLDE_OP_H
#define ISOLDE_OP_H
/* The table of primitive operations: names, arities, typing rules and concrete meaning. */
#include "../base/bits.h"

#include <stdbool.h>

enum op_rule { RULE_SAME, RULE_TEST, RULE_LOGIC, RULE_ITE, RULE_B2V, RULE_EXTEND, RULE_EXTRACT, RULE_CONCAT };

enum op {
#define OP(name, arity, rule, concrete, solver) OP_##name,
#include "ops.def"
#undef OP
	OP_COUNT
};

struct op_row {
	const char *name;
	unsigned arity;
	enum op_rule rule;
};
extern const struct op_row op_table[OP_COUNT];

/* Applies an operation to constants. `arg_width[i]` is the width of args[i] in bits, 0 for Boolean (values 0 and 1);
 * `width` the result's width; `low` the lowest bit that extract takes. Returns the result, masked to `width`. */
u128 op_apply(enum op op, const u128 *args, const unsigned *arg_width, unsigned width, unsigned low);
/* The width of the result for operands of these widths, or -1 if they break the operation's rule. For zext, sext and
 * extract `width` is the wanted width. */
int op_result_width(enum op op, const unsigned *arg_width, unsigned width, unsigned low);
/* The operation of that name, or OP_COUNT. */
enum op op_find(const char *name);
#endif
