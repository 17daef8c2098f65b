/*
 * Classification by exhaustive enumeration of states (theory.md, section 3; quoted below).
 *
 * Comparing every state with every other would take too long.  So, for each kind: states that may be compared share
 * something (a key) and form a group; of the members of a group only what the definition looks at is kept (an
 * exhibit), which many of them have in common; and every two different exhibits of a group are compared.  pairs.c
 * compares every state with every other, and the self-test holds the two against each other.
 *
 * The scenario is the paper's: supervisor -> user, user -> user, monitor at supervisor level.  So v is the
 * supervisor level, phi(v) is the user level, and the levels with phi(v) = v are the user level alone.
 */
#include "classify.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- Packing parts of states into words ------------------------------------------------------ */

struct word {
    uint64_t bits;
    unsigned used;
};

static void push(struct word *w, unsigned value, unsigned width)
{
    assert(w->used + width <= 64);
    w->bits |= (uint64_t)value << w->used;
    w->used += width;
}

static void push_roles(const struct machine *m, struct word *w, const struct state *s, unsigned roles)
{
    for (enum field f = 0; f < FIELDS; f++)
        if (roles & field_role(f))
            push(w, s->of[f], m->width[f]);
}

/* What r and r (+) x have in common: fields that do not move, and distances between those that move together. */
static void push_shape(const struct machine *m, struct word *w, const struct state *s)
{
    for (enum field f = 0; f < FIELDS; f++) {
        if (field_role(f) != RELOCATION || !m->width[f])
            continue;
        if (m->move[f] == MOVE_SAME)
            push(w, s->of[f], m->width[f]);
        if (m->move[f] == MOVE_ADD)
            push(w, (s->of[f] - s->of[F_L]) & 3u, ADDRESS_BITS);
    }
}

/* ---- Which states are compared, for each kind ------------------------------------------------- */

struct relation {
    enum kind kind;
    unsigned same;              /* roles that the two states share */
    bool moved;                 /* the relocations are r and r (+) x */
    bool view;                  /* they show the program the same memory */
    bool crossing;              /* their levels differ */
    bool keeps;                 /* each must keep its own mode and relocation */
    bool in_1974;
    bool control_seen;          /* results that differ in control do not agree (extended profile) */
};

#define PROGRAM (GENERAL | PC | CONTROL | TIMING | DEVICE)

/*
 * "behaviour-sensitive: some S1, S2 that show the program the same memory, with levels m1, m2 and relocations
 * r, r (+) x (moved, same bound), both done, each keeping its own mode and relocation, whose results do not agree.
 * Location-sensitive: with m1 = m2.  Mode-sensitive: with x = 0."
 * The joint relation is the union of the location relation and of the one below with differing levels.
 *
 * "configuration-sensitive: two states that differ only in control, both done, whose results do not agree.
 * timing-, device-sensitive: the same for those roles."
 */
static const struct relation relations[] = {
    {.kind = K_LOCATION, .same = PROGRAM | MODE, .moved = true, .view = true, .keeps = true, .in_1974 = true, .control_seen = true},
    {.kind = K_MODE, .same = PROGRAM | RELOCATION, .view = true, .crossing = true, .keeps = true, .in_1974 = true, .control_seen = true},
    {.kind = K_BEHAVIOUR, .same = PROGRAM, .moved = true, .view = true, .crossing = true, .keeps = true, .in_1974 = true, .control_seen = true},
    {.kind = K_CONFIGURATION, .same = ALL_ROLES & ~CONTROL},
    {.kind = K_TIMING, .same = ALL_ROLES & ~TIMING, .control_seen = true},
    {.kind = K_DEVICE, .same = ALL_ROLES & ~DEVICE, .control_seen = true},
};

/* ---- One instruction, with one encoding, on all states ---------------------------------------- */

/* The memory that the program sees: for each virtual address, whether it may be used, and the word there. */
struct view {
    uint8_t visible[WORDS], word[WORDS];
};

/* What a definition looks at in a state and in what the instruction makes of it. */
struct exhibit {
    uint8_t level;
    struct view now;            /* at the current level */
    struct view named;          /* at the other level, if the instruction names it */
    uint64_t result;            /* general, pc, perhaps control */
    struct view after;
};

struct member {
    struct exhibit e;
    bool partner;               /* a state that it may be compared with has a result that does not agree */
    uint32_t next;              /* in the group, plus 1; 0: the last */
};

struct group {
    uint64_t key;
    uint32_t first;             /* member, plus 1; 0: no group here */
};

enum { NOT_A_MEMBER = UINT32_MAX };

struct study {
    const struct machine *m;
    const struct instruction *i;
    enum profile profile;
    uint32_t states;
    uint8_t *outcome;           /* by state number */
    uint32_t *result;           /* S', if done */
    uint8_t *acts;              /* kinds in which the state is, or has a partner that makes it, an example */
    uint32_t *member_of;        /* its member, or NOT_A_MEMBER */
    struct member *members;
    uint32_t count;             /* of members */
    struct group *groups;       /* 2 * states places, by hash */
};

static struct view view_of(const struct machine *m, const struct state *s, enum level level)
{
    struct view v = {0};
    for (unsigned va = 0; va < WORDS; va++) {
        unsigned pa;
        v.visible[va] = machine_translate(m, s, level, va, &pa);
        v.word[va] = v.visible[va] ? s->of[F_W0 + pa] : 0;
    }
    return v;
}

/* Wherever both see memory, they see the same. */
static bool same_view(const struct view *a, const struct view *b)
{
    for (unsigned va = 0; va < WORDS; va++)
        if (a->visible[va] && b->visible[va] && a->word[va] != b->word[va])
            return false;
    return true;
}

/*
 * The memory at a level that the instruction names, and that is not the current one, is the same in both runs of a
 * location comparison; with two levels a mode comparison has no such level.
 */
static void exhibit(const struct study *t, const struct relation *r, uint32_t n, struct exhibit *e)
{
    struct state before = state_number(t->m, n), after = state_number(t->m, t->result[n]);
    enum level level = before.of[F_M], other = level == USER ? SUPERVISOR : USER;
    struct word result = {0};
    memset(e, 0, sizeof *e);    /* exhibits are compared by their bytes */
    e->level = level;
    if (r->view)
        e->now = view_of(t->m, &before, level);
    if (r->view && !r->crossing && tree_names_level(t->i->body, other))
        e->named = view_of(t->m, &before, other);
    push_roles(t->m, &result, &after, GENERAL | PC);
    if (r->control_seen && t->profile == PROFILE_EXTENDED)
        push_roles(t->m, &result, &after, CONTROL);
    e->result = result.bits;
    e->after = view_of(t->m, &after, after.of[F_M]);
}

/* Members of one group are compared if they show the program the same memory ... */
static bool comparable(const struct relation *r, const struct exhibit *a, const struct exhibit *b)
{
    if (r->crossing && a->level == b->level)
        return false;
    return same_view(&a->now, &b->now) && same_view(&a->named, &b->named);
}

/*
 * ... and "two states agree when general, pc and the memory that the program sees are equal (extended profile: control
 * too)."
 */
static bool agree(const struct exhibit *a, const struct exhibit *b)
{
    return a->result == b->result && same_view(&a->after, &b->after);
}

/* What the compared states share, but for memory as a program sees it. */
static uint64_t key_of(const struct study *t, const struct relation *r, uint32_t n)
{
    struct state s = state_number(t->m, n);
    struct word w = {0};
    push_roles(t->m, &w, &s, r->same);
    if (r->moved)
        push_shape(t->m, &w, &s);
    return w.bits;
}

static struct group *group_of(const struct study *t, uint64_t key)
{
    uint32_t mask = 2 * t->states - 1;
    uint32_t at = (uint32_t)((key * 0x9e3779b97f4a7c15u) >> 32) & mask;
    while (t->groups[at].first && t->groups[at].key != key)
        at = (at + 1) & mask;
    return &t->groups[at];
}

/* The member of the group with this exhibit, a new one if there is none. */
static uint32_t enter(struct study *t, uint64_t key, const struct exhibit *e)
{
    struct group *g = group_of(t, key);
    for (uint32_t k = g->first; k; k = t->members[k - 1].next)
        if (!memcmp(&t->members[k - 1].e, e, sizeof *e))
            return k - 1;
    t->members[t->count] = (struct member){.next = g->first};
    memcpy(&t->members[t->count].e, e, sizeof *e);
    *g = (struct group){.key = key, .first = t->count + 1};
    return t->count++;
}

static void find_partners(struct study *t, const struct relation *r, const struct group *g)
{
    for (uint32_t a = g->first; a; a = t->members[a - 1].next)
        for (uint32_t b = g->first; b && !t->members[a - 1].partner; b = t->members[b - 1].next) {
            const struct exhibit *ea = &t->members[a - 1].e, *eb = &t->members[b - 1].e;
            t->members[a - 1].partner = comparable(r, ea, eb) && !agree(ea, eb);
        }
}

static bool same_roles(const struct study *t, uint32_t n, unsigned roles)
{
    struct state before = state_number(t->m, n), after = state_number(t->m, t->result[n]);
    for (enum field f = 0; f < FIELDS; f++)
        if (roles & field_role(f) && before.of[f] != after.of[f])
            return false;
    return true;
}

static bool takes_part(const struct study *t, const struct relation *r, uint32_t n)
{
    return t->outcome[n] == DONE && (!r->keeps || same_roles(t, n, MODE | RELOCATION));
}

static void mark_pairs(struct study *t, const struct relation *r)
{
    struct exhibit e;
    t->count = 0;
    memset(t->groups, 0, 2 * (size_t)t->states * sizeof *t->groups);
    for (uint32_t n = 0; n < t->states; n++) {
        t->member_of[n] = NOT_A_MEMBER;
        if (!takes_part(t, r, n))
            continue;
        exhibit(t, r, n, &e);
        t->member_of[n] = enter(t, key_of(t, r, n), &e);
    }
    for (uint32_t g = 0; g < 2 * t->states; g++)
        find_partners(t, r, &t->groups[g]);
    for (uint32_t n = 0; n < t->states; n++)
        if (t->member_of[n] != NOT_A_MEMBER && t->members[t->member_of[n]].partner)
            t->acts[n] |= r->kind;
}

/*
 * "control-sensitive: some S, at any level, gives done(S') with another mode or relocation (extended: or control)."
 * "device-sensitive: ... writing a device counts."
 */
static void mark_changes(struct study *t)
{
    bool extended = t->profile == PROFILE_EXTENDED;
    unsigned resources = MODE | RELOCATION | (extended ? CONTROL : 0);
    for (uint32_t n = 0; n < t->states; n++) {
        if (t->outcome[n] != DONE)
            continue;
        if (!same_roles(t, n, resources))
            t->acts[n] |= K_CONTROL;
        if (extended && !same_roles(t, n, DEVICE))
            t->acts[n] |= K_DEVICE;
    }
}

static void execute_all(struct study *t, unsigned operand)
{
    for (uint32_t n = 0; n < t->states; n++) {
        struct state s = state_number(t->m, n);
        t->outcome[n] = machine_execute(t->m, t->i, operand, &s);
        t->result[n] = number_of_state(t->m, &s);
    }
}

static void mark_all(struct study *t)
{
    memset(t->acts, 0, t->states);
    mark_changes(t);
    for (size_t k = 0; k < sizeof relations / sizeof *relations; k++)
        if (relations[k].in_1974 || t->profile == PROFILE_EXTENDED)
            mark_pairs(t, &relations[k]);
}

/* ---- Conclusions ------------------------------------------------------------------------------ */

/* What has been seen over all encodings of an instruction. */
struct findings {
    bool done;                  /* some S[v] gives done */
    bool slips;                 /* some S[v] gives done where S[phi(v)] gives done */
    bool sensitive;             /* some S[v] acts sensitively */
    bool unguarded;             /* ... where S[phi(v)] gives done */
    unsigned kinds, user_kinds;
};

static uint32_t at_user_level(const struct study *t, uint32_t n)
{
    struct state s = state_number(t->m, n);
    s.of[F_M] = USER;
    return number_of_state(t->m, &s);
}

static void conclude_state(const struct study *t, uint32_t n, struct findings *f)
{
    f->kinds |= t->acts[n];
    if (state_number(t->m, n).of[F_M] == USER) {
        f->user_kinds |= t->acts[n];
        return;
    }
    bool slips = t->outcome[at_user_level(t, n)] == DONE;
    f->done |= t->outcome[n] == DONE;
    f->slips |= t->outcome[n] == DONE && slips;
    f->sensitive |= t->acts[n] != 0;
    f->unguarded |= t->acts[n] != 0 && slips;
}

/*
 * "privileged: some S[v] gives done; and whenever S[v] gives done and S[phi(v)] does not fault, S[phi(v)] traps to
 * the monitor's level."  "guarded: in every state in which it acts sensitively at v, it traps at phi(v)", where a
 * fault at phi(v) is as good as a trap.
 * "user-sensitive: control- or location-sensitive (extended: or configuration-, timing-, device-) with all states at
 * levels where phi(v) = v.  Mode-sensitivity alone does not count."
 */
static struct answer answer_of(const struct findings *f)
{
    return (struct answer){
        .privileged = !f->done ? NEVER : f->slips ? NO : YES,
        .kinds = kinds_reported(f->kinds),
        .user_kinds = f->user_kinds & ~(unsigned)(K_MODE | K_BEHAVIOUR),
        .guarded = !f->sensitive ? NEVER : f->unguarded ? NO : YES,
    };
}

static void *allocate(size_t count, size_t size)
{
    void *p = calloc(count, size);
    if (!p) {
        fputs("crosscheck: out of memory\n", stderr);
        exit(2);
    }
    return p;
}

struct answer enumerate_classify(const struct machine *m, const struct instruction *i, enum profile profile)
{
    uint32_t states = 1u << machine_bits(m);
    struct study t = {.m = m, .i = i, .profile = profile, .states = states};
    struct findings f = {0};
    t.outcome = allocate(states, sizeof *t.outcome);
    t.result = allocate(states, sizeof *t.result);
    t.acts = allocate(states, sizeof *t.acts);
    t.member_of = allocate(states, sizeof *t.member_of);
    t.members = allocate(states, sizeof *t.members);
    t.groups = allocate(2 * (size_t)states, sizeof *t.groups);
    for (unsigned operand = 0; operand <= i->operand; operand++) {
        execute_all(&t, operand);
        mark_all(&t);
        for (uint32_t n = 0; n < states; n++)
            conclude_state(&t, n, &f);
    }
    free(t.outcome);
    free(t.result);
    free(t.acts);
    free(t.member_of);
    free(t.members);
    free(t.groups);
    return answer_of(&f);
}
