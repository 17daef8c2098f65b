#ifndef ISOLDE_UNIT_H
#define ISOLDE_UNIT_H
/* For the unit tests. Criterion forks for every test, so a test loops over its table, and asserts how much it compared. */
#include "../../analyzer/verdicts/analysis.h"

#include <criterion/criterion.h>

#define UNIT(suite, name) Test(suite, name, .timeout = 120)

/* Every description that is shipped or kept for its features (not parts), sorted; NULL-terminated. */
char **unit_specs(struct arena *arena);
/* Loads it; the test fails with its findings if it does not load. */
struct isa *unit_load(struct arena *arena, const char *path);
/* Numbers that are the same in every run. */
uint64_t unit_random(uint64_t *state);
#endif
