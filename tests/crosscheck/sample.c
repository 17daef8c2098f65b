/* Counts of verdicts in a sample. */
#include "crosscheck.h"

void sample_count(struct sample *s, enum profile p, const struct answer *a)
{
    s->privileged[p][a->privileged]++;
    s->guarded[p][a->guarded]++;
    s->innocuous[p] += !a->kinds;
    for (unsigned k = 0; k < KINDS; k++) {
        s->kinds[p][k] += a->kinds >> k & 1;
        s->user_kinds[p][k] += a->user_kinds >> k & 1;
    }
}

static void print_row(const char *what, const char *which, unsigned a, unsigned b)
{
    printf("  %-10s %-14s %6u %9u\n", what, which, a, b);
}

void sample_print(const struct sample *s)
{
    printf("  %-25s %6s %9s\n", "instructions that are", "1974", "extended");
    for (unsigned t = 0; t < 3; t++)
        print_row("privileged", truth_names[t], s->privileged[0][t], s->privileged[1][t]);
    for (unsigned t = 0; t < 3; t++)
        print_row("guarded", truth_names[t], s->guarded[0][t], s->guarded[1][t]);
    print_row("innocuous", "", s->innocuous[0], s->innocuous[1]);
    for (unsigned k = 0; k < KINDS; k++)
        print_row("sensitive", kind_names[k], s->kinds[0][k], s->kinds[1][k]);
    for (unsigned k = 0; k < KINDS; k++)
        print_row("user", kind_names[k], s->user_kinds[0][k], s->user_kinds[1][k]);
}

static unsigned absent(unsigned count, enum profile p, const char *what, const char *which)
{
    if (count)
        return 0;
    printf("crosscheck: profile %s: no instruction is %s %s: the sample does not test it\n", profile_name(p), what, which);
    return 1;
}

/* The kinds that a profile knows; mode and behaviour are never user kinds. */
unsigned sample_absent(const struct sample *s)
{
    unsigned missing = 0;
    for (enum profile p = 0; p < PROFILES; p++) {
        unsigned known = p == PROFILE_1974 ? 4 : KINDS;
        for (unsigned t = 0; t < 3; t++) {
            missing += absent(s->privileged[p][t], p, "privileged", truth_names[t]);
            missing += absent(s->guarded[p][t], p, "guarded", truth_names[t]);
        }
        missing += absent(s->innocuous[p], p, "innocuous", "");
        for (unsigned k = 0; k < known; k++) {
            missing += absent(s->kinds[p][k], p, "sensitive", kind_names[k]);
            if ((1u << k) & ~(unsigned)(K_MODE | K_BEHAVIOUR))
                missing += absent(s->user_kinds[p][k], p, "user-sensitive", kind_names[k]);
        }
    }
    return missing;
}
