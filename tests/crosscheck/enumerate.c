/*
 * Classification by exhaustive enumeration of states (theory.md, section 3; quoted below).
 *
 * The comparisons of two states are done without a loop over pairs: states that may be compared are those that
 * share something (a key), so each state enters its observation under its key, and then has a partner whose result
 * does not agree exactly if under the partner's key stands an observation other than its own.  pairs.c does the
 * same with two nested loops, and the self-test compares the two.
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

/* The memory that the program sees at a level: for each virtual address, whether it may be used, and the word there. */
static void push_view(const struct machine *m, struct word *w, const struct state *s, enum level level)
{
    for (unsigned va = 0; va < WORDS; va++) {
        unsigned pa;
        bool visible = machine_translate(m, s, level, va, &pa);
        push(w, visible, 1);
        push(w, visible ? s->of[F_W0 + pa] : 0, machine_unit(m));
    }
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

/* Observations under a key: none, one, or several different ones. */
struct cell {
    uint64_t key, observation;
    bool used, several;
};

struct study {
    const struct machine *m;
    const struct instruction *i;
    enum profile profile;
    uint32_t states;
    uint8_t *outcome;           /* by state number */
    uint32_t *result;           /* S', if done */
    uint8_t *acts;              /* kinds in which the state is, or has a partner which makes it, an example */
    struct cell *cells;         /* 2 * states of them */
};

/*
 * "Two states agree when general, pc and the memory that the program sees are equal (extended profile: control
 * too)."  Two results agree exactly if their observations are equal.
 */
static uint64_t observation(const struct study *t, const struct relation *r, uint32_t n)
{
    struct state s = state_number(t->m, t->result[n]);
    struct word w = {0};
    push_roles(t->m, &w, &s, GENERAL | PC);
    if (r->control_seen && t->profile == PROFILE_EXTENDED)
        push_roles(t->m, &w, &s, CONTROL);
    push_view(t->m, &w, &s, s.of[F_M]);
    return w.bits;
}

/*
 * What the compared states share.  The memory at a level that the instruction names, and that is not the current
 * one, is the same in both runs of a location comparison; with two levels a mode comparison has no such level.
 */
static uint64_t shared(const struct study *t, const struct relation *r, uint32_t n, bool of_partner)
{
    struct state s = state_number(t->m, n);
    enum level level = s.of[F_M], other = level == USER ? SUPERVISOR : USER;
    struct word w = {0};
    if (r->crossing)
        push(&w, of_partner ? other : level, 1);
    push_roles(t->m, &w, &s, r->same);
    if (r->moved)
        push_shape(t->m, &w, &s);
    if (r->view)
        push_view(t->m, &w, &s, level);
    if (r->view && !r->crossing && tree_names_level(t->i->body, other))
        push_view(t->m, &w, &s, other);
    return w.bits;
}

/* The cell of a key; an unused one if nothing stands under the key. */
static struct cell *cell_of(const struct study *t, uint64_t key)
{
    uint32_t mask = 2 * t->states - 1;
    uint32_t at = (uint32_t)((key * 0x9e3779b97f4a7c15u) >> 32) & mask;
    while (t->cells[at].used && t->cells[at].key != key)
        at = (at + 1) & mask;
    return &t->cells[at];
}

static void enter(struct study *t, uint64_t key, uint64_t seen)
{
    struct cell *c = cell_of(t, key);
    if (!c->used)
        *c = (struct cell){.key = key, .observation = seen, .used = true};
    else if (c->observation != seen)
        c->several = true;
}

static bool stands_another(const struct study *t, uint64_t key, uint64_t seen)
{
    const struct cell *c = cell_of(t, key);
    return c->used && (c->several || c->observation != seen);
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
    memset(t->cells, 0, 2 * t->states * sizeof *t->cells);
    for (uint32_t n = 0; n < t->states; n++)
        if (takes_part(t, r, n))
            enter(t, shared(t, r, n, false), observation(t, r, n));
    for (uint32_t n = 0; n < t->states; n++)
        if (takes_part(t, r, n) && stands_another(t, shared(t, r, n, true), observation(t, r, n)))
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
    t.cells = allocate(2 * (size_t)states, sizeof *t.cells);
    for (unsigned operand = 0; operand <= i->operand; operand++) {
        execute_all(&t, operand);
        mark_all(&t);
        for (uint32_t n = 0; n < states; n++)
            conclude_state(&t, n, &f);
    }
    free(t.outcome);
    free(t.result);
    free(t.acts);
    free(t.cells);
    return answer_of(&f);
}
