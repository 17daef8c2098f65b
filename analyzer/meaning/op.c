#include "op.h"

#include <string.h>

const struct op_row op_table[OP_COUNT] = {
#define OP(name, arity, rule, concrete, solver) {#name, arity, RULE_##rule},
#include "ops.def"
#undef OP
};

#define OP(name, arity, rule, concrete, solver)
#define OP_HELPER(...) __VA_ARGS__
#include "ops.def"
#undef OP_HELPER
#undef OP

u128 op_apply(enum op op, const u128 *args, const unsigned *arg_width, unsigned width, unsigned low)
{
	u128 a = args[0];
	u128 b = op_table[op].arity > 1 ? args[1] : 0;
	u128 c = op_table[op].arity > 2 ? args[2] : 0;
	unsigned w = arg_width[0];
	unsigned wb = op_table[op].arity > 1 ? arg_width[1] : 0;
	u128 result = 0;

	switch (op) {
#define OP(name, arity, rule, concrete, solver) \
	case OP_##name: result = (u128)(concrete); break;
#include "ops.def"
#undef OP
	case OP_COUNT: break;
	}
	return result & (width ? bits_mask(width) : 1);
}

int op_result_width(enum op op, const unsigned *aw, unsigned width, unsigned low)
{
	bool two = op_table[op].arity == 2;

	switch (op_table[op].rule) {
	case RULE_SAME: return aw[0] && (!two || aw[0] == aw[1]) ? (int)aw[0] : -1;
	case RULE_TEST: return aw[0] == aw[1] && (aw[0] || op == OP_eq) ? 0 : -1;
	case RULE_LOGIC: return !aw[0] && (!two || !aw[1]) ? 0 : -1;
	case RULE_ITE: return !aw[0] && aw[1] == aw[2] ? (int)aw[1] : -1;
	case RULE_B2V: return aw[0] ? -1 : 1;
	case RULE_EXTEND: return aw[0] && width > aw[0] && width <= BITS_MAX ? (int)width : -1;
	case RULE_EXTRACT: return width && low + width <= aw[0] ? (int)width : -1;
	case RULE_CONCAT: return aw[0] && aw[1] && aw[0] + aw[1] <= BITS_MAX ? (int)(aw[0] + aw[1]) : -1;
	}
	return -1;
}

enum op op_find(const char *name)
{
	for (unsigned i = 0; i < OP_COUNT; i++)
		if (!strcmp(op_table[i].name, name))
			return (enum op)i;
	return OP_COUNT;
}
