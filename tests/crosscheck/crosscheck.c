/*
 * The independent check: random tiny machines, classified by the tool and by enumeration of all their states.
 *
 *     crosscheck [--isolde PATH] [--seeds A..B] [--without FEATURE]... [--rows] [--keep DIR]
 *     crosscheck --self-test [--seeds A..B]
 *     crosscheck [--without FEATURE]... --print SEED
 *
 * Exit status: 0 the two agree, 1 they differ or the sample lacks some verdict, 2 the check could not be made.
 */
#define _POSIX_C_SOURCE 200809L
#include "crosscheck.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct options {
    const char *isolde;
    const char *keep;           /* directory that keeps the files; NULL: a temporary one */
    uint64_t first, last;
    unsigned without;           /* features */
    bool rows;                  /* the answer table's machines too */
    bool self_test, print;
};

struct tally {
    unsigned machines, instructions, differences;
    struct sample sample;
};

/* A sample of fewer machines is not expected to contain every verdict. */
enum { FULL_SAMPLE = 60 };

static void fail(const char *what)
{
    perror(what);
    exit(2);
}

/* ---- One machine --------------------------------------------------------------------------------- */

static void write_machine(const struct machine *m, const char *path)
{
    FILE *f = fopen(path, "w");
    if (!f)
        fail(path);
    machine_print(f, m);
    if (fclose(f) != 0)
        fail(path);
}

static void print_features(const struct machine *m, const struct instruction *i)
{
    unsigned features = machine_features(m, i);
    for (unsigned f = 0; f < FEATURES; f++)
        if (features & 1u << f)
            printf(", %s", feature_names[f]);
}

static void print_difference(const struct instruction *i, enum profile p, const char *trouble, const struct answer *tool, const struct answer *own)
{
    printf("difference: instruction %s, profile %s\n  enumeration: ", i->name, profile_name(p));
    answer_print(stdout, own);
    printf("\n  isolde:      ");
    if (trouble)
        fputs(trouble, stdout);
    else
        answer_print(stdout, tool);
    putchar('\n');
}

static unsigned compare(const struct tool *t, const struct machine *m, const struct instruction *i, struct answer own[PROFILES])
{
    unsigned differences = 0;
    for (enum profile p = 0; p < PROFILES; p++) {
        struct answer answer;
        const char *trouble = tool_answer(t, i->name, p, &answer);
        if (!trouble && answer_equal(&answer, &own[p]))
            continue;
        differences++;
        print_difference(i, p, trouble, &answer, &own[p]);
    }
    if (differences) {
        printf("  features:    %s", i->name);
        print_features(m, i);
        putchar('\n');
    }
    return differences;
}

static void classify(const struct machine *m, struct answer own[][PROFILES], struct tally *tally)
{
    for (unsigned k = 0; k < m->instructions; k++)
        for (enum profile p = 0; p < PROFILES; p++) {
            own[k][p] = enumerate_classify(m, &m->instruction[k], p);
            sample_count(&tally->sample, p, &own[k][p]);
        }
}

static void check_machine(const struct machine *m, const struct options *o, const char *directory, struct tally *tally)
{
    char file[512], messages[512];
    struct answer own[MAX_INSTRUCTIONS][PROFILES];
    unsigned differences = 0;
    snprintf(file, sizeof file, "%s/%s.yaml", directory, m->name);
    snprintf(messages, sizeof messages, "%s/messages", directory);
    write_machine(m, file);
    struct tool *t = tool_start(o->isolde, file, messages);
    classify(m, own, tally);
    if (tool_finish(t))
        for (unsigned k = 0; k < m->instructions; k++)
            differences += compare(t, m, &m->instruction[k], own[k]);
    else
        differences++;
    tool_free(t);
    if (differences) {
        printf("in %s:\n", m->name);
        machine_print(stdout, m);
        putchar('\n');
    }
    tally->machines++;
    tally->instructions += m->instructions;
    tally->differences += differences;
    if (!o->keep)
        unlink(file);
    unlink(messages);
}

/* ---- All of them --------------------------------------------------------------------------------- */

static void check_all(const struct options *o, const char *directory, struct tally *tally)
{
    static struct machine m;
    for (unsigned row = 0; o->rows && row < row_count(); row++) {
        row_make(&m, row);
        check_machine(&m, o, directory, tally);
    }
    for (uint64_t seed = o->first; seed <= o->last; seed++) {
        machine_generate(&m, seed, o->without);
        check_machine(&m, o, directory, tally);
    }
}

static int crosscheck(const struct options *o)
{
    char temporary[] = "/tmp/crosscheck.XXXXXX";
    const char *directory = o->keep ? o->keep : mkdtemp(temporary);
    struct tally tally = {0};
    if (!directory)
        fail("crosscheck: temporary directory");
    if (access(o->isolde, X_OK) != 0)
        fail(o->isolde);
    check_all(o, directory, &tally);
    if (!o->keep)
        rmdir(directory);
    sample_print(&tally.sample);
    unsigned absent = tally.machines >= FULL_SAMPLE ? sample_absent(&tally.sample) : 0;
    printf("crosscheck: %u ISAs, %u instructions, %u differences\n", tally.machines, tally.instructions, tally.differences);
    return tally.differences || absent;
}

static int usage(void)
{
    fputs("usage: crosscheck [--isolde PATH] [--seeds A..B] [--without FEATURE]... [--rows] [--keep DIR]\n"
          "       crosscheck --self-test [--seeds A..B]\n"
          "       crosscheck [--without FEATURE]... --print SEED\n"
          "features: physical spaces late windows tables fixed\n", stderr);
    return 2;
}

static bool read_seeds(const char *text, struct options *o)
{
    char *end;
    o->first = o->last = strtoull(text, &end, 10);
    if (end == text)
        return false;
    if (!strncmp(end, "..", 2)) {
        text = end + 2;
        o->last = strtoull(text, &end, 10);
    }
    return !*end && o->first <= o->last;
}

static bool read_feature(const char *text, struct options *o)
{
    for (unsigned f = 0; f < FEATURES; f++)
        if (!strcmp(text, feature_names[f])) {
            o->without |= 1u << f;
            return true;
        }
    return false;
}

static bool read_options(int argc, char **argv, struct options *o)
{
    for (int a = 1; a < argc; a++) {
        bool more = a + 1 < argc;
        if (!strcmp(argv[a], "--self-test"))
            o->self_test = true;
        else if (!strcmp(argv[a], "--rows"))
            o->rows = true;
        else if (!strcmp(argv[a], "--isolde") && more)
            o->isolde = argv[++a];
        else if (!strcmp(argv[a], "--keep") && more)
            o->keep = argv[++a];
        else if (!strcmp(argv[a], "--without") && more && read_feature(argv[a + 1], o))
            a++;
        else if (!strcmp(argv[a], "--seeds") && more && read_seeds(argv[a + 1], o))
            a++;
        else if (!strcmp(argv[a], "--print") && more && read_seeds(argv[a + 1], o)) {
            a++;
            o->print = true;
        } else
            return false;
    }
    return true;
}

/* The machine as YAML, and the enumeration's answers as comments. */
static void print_seed(uint64_t seed, unsigned without)
{
    static struct machine m;
    machine_generate(&m, seed, without);
    machine_print(stdout, &m);
    for (unsigned k = 0; k < m.instructions; k++)
        for (enum profile p = 0; p < PROFILES; p++) {
            struct answer a = enumerate_classify(&m, &m.instruction[k], p);
            printf("# %s, %s: ", m.instruction[k].name, profile_name(p));
            answer_print(stdout, &a);
            putchar('\n');
        }
}

int main(int argc, char **argv)
{
    struct options o = {.isolde = "build/isolde", .first = 1, .last = 1000};
    if (!read_options(argc, argv, &o))
        return usage();
    if (o.self_test)
        return self_test(o.first, o.last) != 0;
    if (!o.print)
        return crosscheck(&o);
    print_seed(o.first, o.without);
    return 0;
}
