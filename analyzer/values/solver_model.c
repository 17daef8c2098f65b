/* Models: values in them, and earlier ones that answer a new question. */
#include "solver_private.h"

bool answered_by_model(struct solver *s, Z3_ast formula, struct model *model)
{
	for (unsigned i = 0; i < RECENT_MODELS && i < s->recent_count; i++) {
		Z3_model m = s->recent[(s->recent_count - 1 - i) % RECENT_MODELS];
		Z3_ast value = NULL;

		if (Z3_model_eval(s->z, m, formula, true, &value) && Z3_get_bool_value(s->z, value) == Z3_L_TRUE) {
			Z3_model_inc_ref(s->z, m);
			model->z3 = m;
			return true;
		}
	}
	return false;
}

u128 decimal(const char *text)
{
	u128 v = 0;

	for (; *text >= '0' && *text <= '9'; text++)
		v = v * 10 + (u128)(*text - '0');
	return v;
}

u128 solver_eval(struct solver *s, struct model *model, struct value v)
{
	Z3_ast result = NULL;
	uint64_t bits;

	if (!v.term)
		return v.bits;
	if (!Z3_model_eval(s->z, model->z3, v.term, true, &result))
		return 0;
	if (v.width == 0)
		return Z3_get_bool_value(s->z, result) == Z3_L_TRUE;
	if (!Z3_is_numeral_ast(s->z, result))
		return 0;
	if (v.width <= 64 && Z3_get_numeral_uint64(s->z, result, &bits))
		return bits;
	return decimal(Z3_get_numeral_string(s->z, result));
}
