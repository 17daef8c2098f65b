/*
 * The check of the check: the enumeration gives the answers of theory.md's table, and agrees with the definitions
 * written as two nested loops (pairs.c).
 */
#include "crosscheck.h"

#include <string.h>

/* ---- The answer table -------------------------------------------------------------------------- */

static void letters(char *out, unsigned kinds)
{
    static const char letter[KINDS + 1] = "clmbgtd";
    char *at = out;
    for (unsigned k = 0; k < KINDS; k++)
        if (kinds & 1u << k)
            *at++ = letter[k];
    if (at == out)
        *at++ = '-';
    *at = '\0';
}

/* Theorem 1: every sensitive instruction is privileged.  Theorem 3: every user-sensitive instruction is. */
static const char *theorem(unsigned kinds, enum truth privileged)
{
    return !kinds || privileged == YES ? "ok" : "breaks";
}

static void row_answer(char *out, size_t size, const struct answer *a, const struct answer *b)
{
    char kinds[PROFILES][KINDS + 1], user[PROFILES][KINDS + 1];
    letters(kinds[0], a->kinds);
    letters(kinds[1], b->kinds);
    letters(user[0], a->user_kinds);
    letters(user[1], b->user_kinds);
    snprintf(out, size, "%s %s/%s %s/%s %s,%s/%s,%s", b->privileged == YES ? "yes" : "no", kinds[0], kinds[1], user[0], user[1],
             theorem(a->kinds, a->privileged), theorem(a->user_kinds, a->privileged),
             theorem(b->kinds, b->privileged), theorem(b->user_kinds, b->privileged));
}

static unsigned check_row(unsigned row)
{
    static struct machine m;
    char found[128];
    const char *name = row_make(&m, row);
    struct answer a = enumerate_classify(&m, &m.instruction[0], PROFILE_1974);
    struct answer b = enumerate_classify(&m, &m.instruction[0], PROFILE_EXTENDED);
    row_answer(found, sizeof found, &a, &b);
    if (!strcmp(found, row_expected(row)))
        return 0;
    printf("row %s: expected %s, found %s\n", name, row_expected(row), found);
    return 1;
}

/* ---- Against the pairs ------------------------------------------------------------------------- */

enum { PAIR_BITS = 9 };

/*
 * Makes the machine small enough for pairs, by narrowing one field after the other.  Its instructions stay as they
 * are; values that do not fit are cut.
 */
static void cut(struct machine *m, uint64_t seed)
{
    const struct {
        enum field field;
        unsigned width;
    } cuts[] = {{F_P, 0}, {F_X0, 1}, {F_X1, 1}, {F_X1, 0}, {seed % 2 ? F_L : F_B, 1}, {F_K, 1}, {F_C, 0}, {F_B, 1}, {F_L, 1}, {F_IE, 0}};
    for (enum field f = F_W0; f <= F_W3; f++)
        m->width[f] = 1;
    for (size_t k = 0; k < sizeof cuts / sizeof *cuts && machine_bits(m) > PAIR_BITS; k++)
        if (m->width[cuts[k].field] > cuts[k].width)
            m->width[cuts[k].field] = cuts[k].width;
}

static unsigned check_pairs(const struct machine *m, const struct instruction *i, struct sample *sample)
{
    unsigned differences = 0;
    for (enum profile p = 0; p < PROFILES; p++) {
        struct answer a = enumerate_classify(m, i, p), b = pairs_classify(m, i, p);
        sample_count(sample, p, &a);
        if (answer_equal(&a, &b))
            continue;
        differences++;
        printf("%s %s, profile %s\n  enumeration: ", m->name, i->name, profile_name(p));
        answer_print(stdout, &a);
        printf("\n  pairs:       ");
        answer_print(stdout, &b);
        putchar('\n');
    }
    return differences;
}

unsigned self_test(uint64_t first, uint64_t last)
{
    static struct machine m;
    unsigned differences = 0, compared = 0;
    struct sample sample = {0};
    for (unsigned row = 0; row < row_count(); row++)
        differences += check_row(row);
    for (uint64_t seed = first; seed <= last; seed++) {
        machine_generate(&m, seed, 0);
        cut(&m, seed);
        if (machine_bits(&m) > PAIR_BITS + 1)
            continue;
        compared += m.instructions;
        for (unsigned k = 0; k < m.instructions; k++)
            differences += check_pairs(&m, &m.instruction[k], &sample);
    }
    sample_print(&sample);
    printf("self-test: %u rows of the answer table, %u instructions by pairs, %u differences\n", row_count(), compared, differences);
    return differences;
}
