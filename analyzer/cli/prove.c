/* isolde prove. */
#include "cli.h"

#include "../../reports/report.h"

#include <string.h>

static void print_result(const struct jobs *w, json_t *result, int *status)
{
	const struct arguments *a = w->a;
	struct report_style style = {use_colour(stdout), NULL, a->instruction, a->all, a->quiet};

	(void)status;
	if (!strcmp(a->format, "json"))
		report_json(result, stdout);
	else if (!strcmp(a->format, "markdown"))
		report_prove_markdown(result, &style, stdout);
	else
		report_prove_text(result, &style, stdout);
}

/* The squares of all instructions, what does not depend on one, and the classes for comparison. NULL after a message. */
static json_t *prove(struct jobs *w, struct arena *arena, int *status)
{
	json_t *list = jobs_results(w, arena, status), *machine, *check, *result;
	struct solver_counts counts;

	if (!list)
		return NULL;
	machine = prove_machine(w->isa, &w->options, w->scenario, &w->internal, &counts);
	solver_counts_add(&w->counts, counts);
	jobs_take_evidence(w);
	check = w->a->instruction ? NULL : check_all(w->isa, w->a, w->scenario, NULL);
	result = prove_result(w->isa, list, machine, check, &w->options, w->scenario);
	json_decref(check);
	json_decref(machine);
	json_decref(list);
	*status = jobs_status(w, result, report_prove_status(result));
	return result;
}

static const struct job_kind proving = {"prove", prove_instruction, prove, print_result};

json_t *prove_all(const struct isa *isa, const struct arguments *a, const struct scenario *scenario, int *status)
{
	struct arena *arena = arena_new();
	struct jobs w = jobs_of(a, isa, scenario, &proving);
	json_t *result = NULL;

	*status = EXIT_INPUT;
	if (jobs_open(&w))
		result = prove(&w, arena, status);
	jobs_close(&w);
	arena_free(arena);
	return result;
}

static int prove_theorem(const struct arguments *a)
{
	json_t *result = theorem_result(a->rlimit);

	if (!strcmp(a->format, "json"))
		report_json(result, stdout);
	else
		report_theorem_text(result, use_colour(stdout), stdout);
	json_decref(result);
	return report_theorem_status(result);
}

int command_prove(const struct arguments *a)
{
	return a->theorem ? prove_theorem(a) : jobs_command(a, &proving);
}
