/* engines-test [--seed N] [--steps N] [--engine native|built-in] [--program FILE [--start NAME]] SPEC…: N steps of each description, of random cases or of
 * a program. A seed gives the same cases on every machine. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../analyzer/base/diag.h"
#include "differ.h"

static unsigned long differences;

static void all_cases(const struct pair *p, uint64_t seed, uint64_t steps)
{
	uint64_t done = 0, cases = 0;

	while (done < steps) {
		struct random r = {seed + cases};
		struct test_case c = case_random(p, &r);
		char *different;

		done += case_run(p, &c, &different) + 1;
		cases++;
		if (different) {
			differences++;
			printf("FAILED: %s, seed %llu: %s\n", p->isa->name, (unsigned long long)(seed + cases - 1), different);
			case_shrink(p, &c, stdout);
			case_free(&c);
			free(different);
			break;
		}
		case_free(&c);
	}
	printf("%-20s %-9s seeds %llu to %llu, %llu steps\n", p->isa->name, engine_name(p->fast->engine), (unsigned long long)seed,
	       (unsigned long long)(seed + cases - 1), (unsigned long long)(done - cases));
	fflush(stdout);
}

static const char *program, *start;

static bool test(const char *path, enum engine_kind kind, uint64_t seed, uint64_t steps)
{
	struct arena *arena = arena_new();
	struct diags *diags = diags_new(arena);
	struct isa *isa = isa_load(arena, path, NULL, diags);
	struct pair p;

	if (!isa) {
		printf("FAILED: %s cannot be loaded\n", path);
		arena_free(arena);
		return false;
	}
	if (program) {
		bool same = program_run(isa, kind, program, start, seed, steps);

		arena_free(arena);
		return same;
	}
	p = pair_new(isa, kind);
	all_cases(&p, seed, steps);
	pair_free(&p);
	arena_free(arena);
	return true;
}

int main(int argc, char **argv)
{
	enum engine_kind kind = ENGINE_NATIVE;
	uint64_t seed = 1, steps = 10000;
	bool good = true;
	int i = 1;

	for (; i + 1 < argc && !strncmp(argv[i], "--", 2); i += 2) {
		if (!strcmp(argv[i], "--seed"))
			seed = strtoull(argv[i + 1], NULL, 0);
		else if (!strcmp(argv[i], "--steps"))
			steps = strtoull(argv[i + 1], NULL, 0);
		else if (!strcmp(argv[i], "--program"))
			program = argv[i + 1];
		else if (!strcmp(argv[i], "--start"))
			start = argv[i + 1];
		else if (!strcmp(argv[i], "--engine"))
			kind = !strcmp(argv[i + 1], "built-in") ? ENGINE_BUILTIN : ENGINE_NATIVE;
	}
	for (; i < argc; i++)
		good = test(argv[i], kind, seed, steps) && good;
	return good && !differences ? 0 : 1;
}
