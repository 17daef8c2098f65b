/* A question in SMT-LIB 2 text, with sorts and quantifiers that the domain does not have. */
#include "solver_private.h"

#include <stdlib.h>
#include <string.h>

static void quiet(Z3_context z, Z3_error_code code)
{
	(void)z, (void)code; /* looked at after each call */
}

static char *model_text(Z3_context z, Z3_solver solver)
{
	Z3_model model = Z3_solver_get_model(z, solver);
	char *text;

	if (!model)
		return NULL;
	Z3_model_inc_ref(z, model);
	text = strdup(Z3_model_to_string(z, model));
	Z3_model_dec_ref(z, model);
	return text;
}

enum answer solver_script(const char *text, unsigned rlimit, char **model)
{
	Z3_config config = Z3_mk_config();
	Z3_context z = Z3_mk_context(config);
	Z3_solver solver;
	Z3_params params;
	Z3_lbool answer;

	Z3_set_error_handler(z, quiet);
	solver = Z3_mk_solver(z);
	Z3_solver_inc_ref(z, solver);
	params = Z3_mk_params(z);
	Z3_params_inc_ref(z, params);
	Z3_params_set_uint(z, params, Z3_mk_string_symbol(z, "rlimit"), rlimit);
	Z3_solver_set_params(z, solver, params);
	Z3_solver_from_string(z, solver, text);
	answer = Z3_get_error_code(z) == Z3_OK ? Z3_solver_check(z, solver) : Z3_L_UNDEF;
	if (model)
		*model = answer == Z3_L_TRUE ? model_text(z, solver) : NULL;
	Z3_params_dec_ref(z, params);
	Z3_solver_dec_ref(z, solver);
	Z3_del_context(z);
	Z3_del_config(config);
	return answer == Z3_L_TRUE ? ANSWER_SAT : answer == Z3_L_FALSE ? ANSWER_UNSAT : ANSWER_UNKNOWN;
}
