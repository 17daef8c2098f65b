#ifndef DIFFER_H
#define DIFFER_H
/* Random differential test of an engine against the plain walker: the same random state, storage and program on two machines, as many steps,
 * and everything is compared. */
#include "../../emulator/engine_ops.h"

struct random {
	uint64_t state;
};
uint64_t random_next(struct random *r);
/* Below n. */
uint64_t random_below(struct random *r, uint64_t n);
/* Numbers at which something happens: small, all ones, powers of two, or within [at, at + size). */
u128 random_value(struct random *r, unsigned width, uint64_t at, uint64_t size);

/* What a machine is before a run; owned by the caller (case_free). */
struct test_case {
	uint64_t *words, *units;
	uint64_t budget;
	bool enter; /* a trap is entered, and the run goes on */
};

struct pair {
	struct machine *walk, *fast;
	const struct isa *isa;
};

/* Makes both machines; exits with a message if that fails. */
struct pair pair_new(const struct isa *isa, enum engine_kind kind);
void pair_free(struct pair *p);
struct test_case case_random(const struct pair *p, struct random *r);
void case_free(struct test_case *c);
/* What of the two states or storages differs first, allocated by malloc; NULL if nothing does. */
char *pair_difference(const struct pair *p);
/* Both run the program in FILE for `steps` steps, interrupts and devices included, and are compared from time to time. Returns whether they
 * stayed the same; if not, it says where. */
bool program_run(const struct isa *isa, enum engine_kind kind, const char *file, const char *start, uint64_t seed, uint64_t steps);
/* Runs it on both; returns the steps that were made. *different: what differs first, allocated by malloc; NULL if nothing does. */
uint64_t case_run(const struct pair *p, const struct test_case *c, char **different);
/* Makes it as simple as it can be while it differs, and prints it. */
void case_shrink(const struct pair *p, struct test_case *c, FILE *out);
#endif
