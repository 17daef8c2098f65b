/*
 * The definitions with their two states in two nested loops, word for word.  Quadratic in the number of states, so
 * for machines of a dozen bits only; the self-test holds enumerate.c against it.
 *
 * Deliberately nothing is shared with enumerate.c but the interpreter.
 */
#include "classify.h"

#include <stdlib.h>

/* A state, and what the instruction makes of it. */
struct point {
    struct state before, after;
    enum outcome outcome;
    bool sensitive;             /* it acts sensitively in this state */
};

struct pairs {
    const struct machine *m;
    const struct instruction *i;
    enum profile profile;
    uint32_t count;
    struct point *point;
    bool named[LEVELS];
};

static bool equal(const struct state *a, const struct state *b, unsigned roles)
{
    for (enum field f = 0; f < FIELDS; f++)
        if (roles & field_role(f) && a->of[f] != b->of[f])
            return false;
    return true;
}

/* The memory that the program sees is the same, wherever it sees any in both: in a at level la, in b at level lb. */
static bool shows_same(const struct machine *m, const struct state *a, unsigned la, const struct state *b, unsigned lb)
{
    for (unsigned va = 0; va < WORDS; va++) {
        unsigned pa, pb;
        bool sees_a = machine_translate(m, a, la, va, &pa), sees_b = machine_translate(m, b, lb, va, &pb);
        if (sees_a && sees_b && a->of[F_W0 + pa] != b->of[F_W0 + pb])
            return false;
    }
    return true;
}

static bool moved_by(const struct machine *m, const struct state *a, const struct state *b, unsigned x)
{
    for (enum field f = 0; f < FIELDS; f++) {
        if (field_role(f) != RELOCATION || !m->width[f])
            continue;
        if (m->move[f] == MOVE_SAME && a->of[f] != b->of[f])
            return false;
        if (m->move[f] == MOVE_ADD && (a->of[f] + x) % WORDS != b->of[f])
            return false;
    }
    return true;
}

/* relocations r and r (+) x for some x */
static bool moved(const struct machine *m, const struct state *a, const struct state *b)
{
    for (unsigned x = 0; x < WORDS; x++)
        if (moved_by(m, a, b, x))
            return true;
    return false;
}

static bool agree(const struct pairs *t, const struct state *a, const struct state *b, bool with_control)
{
    unsigned roles = GENERAL | PC;
    if (with_control && t->profile == PROFILE_EXTENDED)
        roles |= CONTROL;
    return equal(a, b, roles) && shows_same(t->m, a, a->of[F_M], b, b->of[F_M]);
}

static bool keeps(const struct point *a)
{
    return equal(&a->before, &a->after, MODE | RELOCATION);
}

/* Kinds of behaviour-sensitivity for which the two states before are a pair that may be compared. */
static unsigned behaviour_pair(const struct pairs *t, const struct state *a, const struct state *b)
{
    unsigned la = a->of[F_M], lb = b->of[F_M];
    if (!equal(a, b, GENERAL | PC | CONTROL | TIMING | DEVICE) || !shows_same(t->m, a, la, b, lb) || !moved(t->m, a, b))
        return 0;
    for (unsigned level = 0; level < LEVELS; level++)
        if (t->named[level] && level != la && level != lb && !shows_same(t->m, a, level, b, level))
            return 0;
    unsigned kinds = K_BEHAVIOUR;
    if (la == lb)
        kinds |= K_LOCATION;
    if (la != lb && equal(a, b, RELOCATION))
        kinds |= K_MODE;
    return kinds;
}

static unsigned disagreement(const struct pairs *t, const struct point *a, const struct point *b)
{
    unsigned kinds = keeps(a) && keeps(b) ? behaviour_pair(t, &a->before, &b->before) : 0;
    if (kinds && agree(t, &a->after, &b->after, true))
        kinds = 0;
    if (t->profile == PROFILE_1974)
        return kinds;
    if (equal(&a->before, &b->before, ALL_ROLES & ~CONTROL) && !agree(t, &a->after, &b->after, false))
        kinds |= K_CONFIGURATION;
    if (equal(&a->before, &b->before, ALL_ROLES & ~TIMING) && !agree(t, &a->after, &b->after, true))
        kinds |= K_TIMING;
    if (equal(&a->before, &b->before, ALL_ROLES & ~DEVICE) && !agree(t, &a->after, &b->after, true))
        kinds |= K_DEVICE;
    return kinds;
}

static unsigned change(const struct pairs *t, const struct point *a)
{
    if (t->profile == PROFILE_1974)
        return keeps(a) ? 0 : K_CONTROL;
    return (equal(&a->before, &a->after, MODE | RELOCATION | CONTROL) ? 0 : K_CONTROL)
        | (equal(&a->before, &a->after, DEVICE) ? 0 : K_DEVICE);
}

static void compare(struct pairs *t, struct point *a, struct answer *answer)
{
    unsigned kinds = change(t, a);
    unsigned user = a->before.of[F_M] == USER ? kinds : 0;
    for (struct point *b = t->point; b < t->point + t->count; b++) {
        if (b->outcome != DONE)
            continue;
        unsigned found = disagreement(t, a, b);
        kinds |= found;
        if (a->before.of[F_M] == USER && b->before.of[F_M] == USER)
            user |= found;
    }
    a->sensitive = kinds != 0;
    answer->kinds |= kinds;
    answer->user_kinds |= user & ~(unsigned)(K_MODE | K_BEHAVIOUR);
}

/* `whenever` holds in every state at supervisor level so far, and there was one */
static void conjoin(enum truth *so_far, bool holds)
{
    if (*so_far != NO)
        *so_far = holds ? YES : NO;
}

static void conclude(const struct pairs *t, const struct point *a, struct answer *answer)
{
    if (a->before.of[F_M] != SUPERVISOR || a->outcome != DONE)
        return;
    struct state user = a->before;
    user.of[F_M] = USER;
    bool stopped = t->point[number_of_state(t->m, &user)].outcome != DONE;
    conjoin(&answer->privileged, stopped);
    if (a->sensitive)
        conjoin(&answer->guarded, stopped);
}

static void classify_encoding(struct pairs *t, unsigned operand, struct answer *answer)
{
    for (uint32_t n = 0; n < t->count; n++) {
        struct point *a = &t->point[n];
        a->before = a->after = state_number(t->m, n);
        a->outcome = machine_execute(t->m, t->i, operand, &a->after);
    }
    for (uint32_t n = 0; n < t->count; n++)
        if (t->point[n].outcome == DONE)
            compare(t, &t->point[n], answer);
    for (uint32_t n = 0; n < t->count; n++)
        conclude(t, &t->point[n], answer);
}

struct answer pairs_classify(const struct machine *m, const struct instruction *i, enum profile profile)
{
    struct pairs t = {.m = m, .i = i, .profile = profile, .count = 1u << machine_bits(m)};
    struct answer answer = {.privileged = NEVER, .guarded = NEVER};
    t.point = calloc(t.count, sizeof *t.point);
    if (!t.point)
        exit(2);
    for (enum level level = USER; level <= SUPERVISOR; level++)
        t.named[level] = tree_names_level(i->body, level);
    for (unsigned operand = 0; operand <= i->operand; operand++)
        classify_encoding(&t, operand, &answer);
    free(t.point);
    answer.kinds = kinds_reported(answer.kinds);
    return answer;
}
