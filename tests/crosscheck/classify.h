/* What both classifiers (enumerate.c, pairs.c) answer, and the tool is asked. */
#ifndef CROSSCHECK_CLASSIFY_H
#define CROSSCHECK_CLASSIFY_H

#include "machine.h"

enum profile { PROFILE_1974, PROFILE_EXTENDED, PROFILES };

/* In the order in which the tool reports them. */
enum kind {
    K_CONTROL = 1u << 0,
    K_LOCATION = 1u << 1,
    K_MODE = 1u << 2,
    K_BEHAVIOUR = 1u << 3,
    K_CONFIGURATION = 1u << 4,
    K_TIMING = 1u << 5,
    K_DEVICE = 1u << 6
};
enum { KINDS = 7 };

enum truth { NO, YES, NEVER };      /* NEVER: the hypotheses cannot be met; null in JSON */

struct answer {
    enum truth privileged;
    unsigned kinds, user_kinds;
    enum truth guarded;
};

/* In words, for reports: kinds as a set, truth as in JSON. */
extern const char *const kind_names[KINDS];
extern const char *const truth_names[3];
const char *profile_name(enum profile p);
void answer_print(FILE *out, const struct answer *a);
bool answer_equal(const struct answer *a, const struct answer *b);

/* kinds reported by convention: `behaviour` only where neither location nor mode alone is found */
unsigned kinds_reported(unsigned found);

/* enumerate.c: time proportional to the number of states */
struct answer enumerate_classify(const struct machine *m, const struct instruction *i, enum profile p);

/* pairs.c: the definitions with their two states in two nested loops; the check of the check */
struct answer pairs_classify(const struct machine *m, const struct instruction *i, enum profile p);

#endif
