/* The parts of the driver. */
#ifndef CROSSCHECK_CROSSCHECK_H
#define CROSSCHECK_CROSSCHECK_H

#include "classify.h"

/* sample.c: how often each verdict occurred, so that a test of nothing is seen to be one */
struct sample {
    unsigned privileged[PROFILES][3], guarded[PROFILES][3];
    unsigned kinds[PROFILES][KINDS], user_kinds[PROFILES][KINDS];
    unsigned innocuous[PROFILES];
};

void sample_count(struct sample *s, enum profile p, const struct answer *a);
void sample_print(const struct sample *s);
unsigned sample_absent(const struct sample *s);    /* prints what never occurred; how many */

/* tool.c: one run of `isolde check FILE --format json` */
struct tool;

struct tool *tool_start(const char *isolde, const char *file, const char *messages);
bool tool_finish(struct tool *t);                  /* false: it did not give a report; said so on stdout */
/* NULL, or what is wrong with the report of this instruction */
const char *tool_answer(const struct tool *t, const char *instruction, enum profile p, struct answer *a);
void tool_free(struct tool *t);

/* selftest.c: number of differences; the machines of these seeds are cut down */
unsigned self_test(uint64_t first, uint64_t last);

#endif
