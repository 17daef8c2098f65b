/* Planted faults and what became of them. */
#include "common.h"

#include <string.h>

static const char *const fates[] = {"verdict", "square", "equivalent", "survives", "undecided", NULL};
static const char *const words[] = {"changes a verdict", "breaks a square", "is equivalent: every instruction comes to the same from every state",
				    "is not noticed", "could not be compared within the budget"};

static const char *fate_words(const char *fate)
{
	for (unsigned i = 0; fates[i]; i++)
		if (!strcmp(fate, fates[i]))
			return words[i];
	return "";
}

static unsigned count_of(const json_t *result, const char *fate)
{
	const json_t *m;
	unsigned count = 0;
	size_t n;

	json_array_foreach(json_object_get(result, "mutants"), n, m)
		count += !strcmp(text_of(m, "fate"), fate);
	return count;
}

void report_mutate_text(const json_t *result, bool quiet, FILE *out)
{
	const json_t *m;
	bool judged = false;
	size_t n;

	json_array_foreach(json_object_get(result, "mutants"), n, m) {
		const char *fate = text_of(m, "fate");

		judged = judged || *fate;
		if (quiet && strcmp(fate, "survives") && strcmp(fate, "undecided"))
			continue;
		fprintf(out, "# %zu: %s\n%s", n + 1, text_of(m, "fault"), text_of(m, "diff"));
		if (*fate)
			fprintf(out, "# %s%s%s\n", fate_words(fate), *text_of(m, "why") ? ": " : "", text_of(m, "why"));
		fputc('\n', out);
	}
	if (!judged)
		return;
	fprintf(out, "%s: %zu faults:", text_of(result, "isa"), json_array_size(json_object_get(result, "mutants")));
	for (unsigned i = 0; fates[i]; i++)
		fprintf(out, "%s %u %s", i ? "," : "", count_of(result, fates[i]), fates[i]);
	fprintf(out, "; %lld more did not load\n", (long long)json_integer_value(json_object_get(result, "unloadable")));
}

int report_mutate_status(const json_t *result)
{
	return count_of(result, "survives") ? 1 : count_of(result, "undecided") ? 3 : 0;
}
