/* isolde explain. */
#include "cli.h"

#include "../../reports/report.h"

#include <string.h>

static const char *next_instruction(void *context)
{
	const struct instruction **i = context, *this = *i;

	if (this)
		*i = this->next;
	return this ? this->name : NULL;
}

static const struct instruction *find(const struct isa *isa, const char *name)
{
	const struct instruction *i = isa_instruction(isa, name), *first = isa->instructions;
	const char *near;

	if (i)
		return i;
	near = nearest_name(name, next_instruction, &first);
	fprintf(stderr, "isolde: %s has no instruction '%s'%s%s%s\n", isa->name, name, near ? "; did you mean '" : "", near ? near : "",
		near ? "'?" : "");
	return NULL;
}

int command_explain(const struct arguments *a)
{
	struct arena *arena = arena_new();
	struct options options = analysis_options(a);
	struct report_style style = {use_colour(stdout), a->profile, NULL, true, a->quiet};
	struct isa *isa = load_spec(arena, a, a->words[0], NULL);
	const struct instruction *i = isa ? find(isa, a->words[1]) : NULL;
	const struct scenario *only = NULL;
	unsigned internal = 0;
	int status = isa ? EXIT_USAGE : EXIT_INPUT;

	if (i && find_scenario(isa, a, &only)) {
		json_t *result = explain_instruction(isa, i, &options, only, &internal);

		if (!strcmp(a->format, "json"))
			report_json(result, stdout);
		else if (!strcmp(a->format, "markdown"))
			report_explain_markdown(result, &style, stdout);
		else
			report_explain_text(result, &style, stdout);
		json_decref(result);
		status = internal ? EXIT_INTERNAL : EXIT_AS_EXPECTED;
	}
	arena_free(arena);
	return status;
}
