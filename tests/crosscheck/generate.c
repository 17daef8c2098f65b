/*
 * Random tiny machines.
 *
 * Uniformly random statements would nearly all be control-sensitive.  So each instruction draws a palette (which
 * resources its values come from and go to; often none but the program's own) and a form (how it treats the two
 * levels: alike, trap in user mode, ignore, trap in supervisor mode, ...), and random statements fill the form.
 */
#include "machine.h"

#include <assert.h>

/* What an instruction may read and write. */
enum palette {
    LOAD = 1u << 0,
    LOAD_REAL = 1u << 1,        /* load_physical */
    LOAD_NAMED = 1u << 2,       /* load at a level that the instruction names */
    ADDRESS = 1u << 3,          /* translate() as a value */
    READ_RELOCATION = 1u << 4,
    READ_MODE = 1u << 5,
    READ_CONTROL = 1u << 6,
    READ_TIMING = 1u << 7,
    READ_DEVICE = 1u << 8,
    STORE = 1u << 9,
    STORE_REAL = 1u << 10,
    STORE_NAMED = 1u << 11,
    WRITE_RELOCATION = 1u << 12,
    WRITE_MODE = 1u << 13,
    WRITE_CONTROL = 1u << 14,
    WRITE_TIMING = 1u << 15,
    WRITE_DEVICE = 1u << 16,
    RAISE = 1u << 17
};

struct generator {
    struct machine *m;
    uint64_t random;
    unsigned palette;
    unsigned without;           /* features */
    bool operand;
};

/* ---- Choices (splitmix64).  Never two in one expression: C leaves the order of operands open. -------- */

static unsigned below(struct generator *g, unsigned n)
{
    uint64_t z = (g->random += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (unsigned)(((z ^ (z >> 31)) >> 32) % n);
}

static bool percent(struct generator *g, unsigned p)
{
    return below(g, 100) < p;
}

static bool may(const struct generator *g, unsigned palette)
{
    return (g->palette & palette) != 0;
}

/* One of the given fields that the machine has; `otherwise` if it has none of them. */
static enum field one_field(struct generator *g, enum field first, enum field last, enum field otherwise)
{
    enum field have[FIELDS];
    unsigned count = 0;
    for (enum field f = first; f <= last; f++)
        if (g->m->width[f])
            have[count++] = f;
    return count ? have[below(g, count)] : otherwise;
}

/* ---- Values ------------------------------------------------------------------------------------ */

static const struct expr *value(struct generator *g, unsigned width, int depth);

static const struct expr *x_value(struct generator *g)
{
    if (g->operand && percent(g, 60))
        return tree_expr(g->m, (struct expr){.op = E_X_OPERAND, .width = 2});
    return tree_field(g->m, one_field(g, F_X0, F_X1, F_X0));
}

/* A value that comes from the program's own resources and reads no memory. */
static const struct expr *plain(struct generator *g, unsigned width)
{
    struct machine *m = g->m;
    switch (below(g, 5)) {
    case 0: return tree_literal(m, width, below(g, 4));
    case 1: return tree_fit(m, width, tree_expr(m, (struct expr){.op = E_PC, .width = 2}));
    default: return tree_fit(m, width, x_value(g));
    }
}

static enum level named_level(struct generator *g)
{
    return percent(g, 50) ? USER : SUPERVISOR;
}

/* A value that its palette entry, one bit of g->palette, allows. */
static const struct expr *resource(struct generator *g, unsigned entry)
{
    struct machine *m = g->m;
    unsigned unit = machine_unit(m);
    enum level level = entry == ADDRESS && percent(g, 70) ? CURRENT : named_level(g);
    switch (entry) {
    case LOAD: return tree_unary(m, E_LOAD, unit, CURRENT, plain(g, 2));
    case LOAD_REAL: return tree_unary(m, E_LOAD_PHYSICAL, unit, 0, plain(g, 2));
    case LOAD_NAMED: return tree_unary(m, E_LOAD, unit, level, plain(g, 2));
    case ADDRESS: return tree_unary(m, E_TRANSLATE, 2, level, plain(g, 2));
    case READ_RELOCATION: return tree_field(m, one_field(g, F_L, F_K, F_L));
    case READ_MODE: return tree_expr(m, (struct expr){.op = E_MODE, .width = 1});
    case READ_CONTROL: return tree_field(m, one_field(g, F_IE, F_C, F_X0));
    case READ_TIMING: return tree_field(m, one_field(g, F_T, F_T, F_X0));
    case READ_DEVICE: return tree_field(m, one_field(g, F_D, F_D, F_X0));
    default: assert(!"palette entry"); return NULL;
    }
}

static unsigned one_entry(struct generator *g, unsigned entries)
{
    unsigned have[32], count = 0;
    for (unsigned b = 0; b < 32; b++)
        if (g->palette & entries & 1u << b)
            have[count++] = 1u << b;
    return count ? have[below(g, count)] : 0;
}

static const struct expr *leaf(struct generator *g, unsigned width)
{
    unsigned entry = percent(g, 65) ? one_entry(g, STORE - 1) : 0;
    return entry ? tree_fit(g->m, width, resource(g, entry)) : plain(g, width);
}

/* Conditions and the arms of ?: read no memory, so that it does not matter whether they are evaluated lazily. */
static const struct expr *register_leaf(struct generator *g, unsigned width)
{
    unsigned registers = READ_RELOCATION | READ_MODE | READ_CONTROL | READ_TIMING | READ_DEVICE;
    unsigned entry = percent(g, 60) ? one_entry(g, registers) : 0;
    return entry ? tree_fit(g->m, width, resource(g, entry)) : plain(g, width);
}

static const struct expr *condition(struct generator *g, int depth)
{
    static const enum expr_op compare[] = {E_EQ, E_EQ, E_NE, E_LT, E_GE};
    if (depth > 0 && percent(g, 20)) {
        const struct expr *a = condition(g, depth - 1), *b = condition(g, depth - 1);
        return tree_binary(g->m, percent(g, 50) ? E_BOTH : E_EITHER, a, b);
    }
    if (percent(g, 10))
        return tree_unary(g->m, E_NEGATE, 0, 0, condition(g, depth - 1));
    if (may(g, READ_MODE) && percent(g, 40))
        return tree_is_level(g->m, named_level(g));
    unsigned width = 1 + below(g, 2);
    const struct expr *a = register_leaf(g, width);
    const struct expr *b = percent(g, 60) ? tree_literal(g->m, width, below(g, 4)) : register_leaf(g, width);
    enum expr_op op = compare[below(g, 5)];
    return tree_binary(g->m, op, a, b);
}

static const struct expr *value(struct generator *g, unsigned width, int depth)
{
    struct machine *m = g->m;
    if (depth == 0 || percent(g, 40))
        return leaf(g, width);
    if (percent(g, 10))
        return tree_unary(m, E_NOT, width, 0, value(g, width, depth - 1));
    if (percent(g, 15)) {
        const struct expr *c = condition(g, 1), *yes = register_leaf(g, width), *no = register_leaf(g, width);
        return tree_expr(m, (struct expr){.op = E_CHOOSE, .width = width, .arg = {c, yes, no}});
    }
    enum expr_op op = E_ADD + below(g, E_XOR - E_ADD + 1);
    const struct expr *a = value(g, width, depth - 1);
    return tree_binary(m, op, a, value(g, width, depth - 1));
}

/* ---- Statements -------------------------------------------------------------------------------- */

static struct stmt *set(struct generator *g, enum field f)
{
    return tree_stmt(g->m, (struct stmt){.op = T_SET, .target = f, .e = value(g, g->m->width[f], 2)});
}

static struct stmt *set_mode(struct generator *g)
{
    const struct expr *e = percent(g, 60) ? tree_literal(g->m, 1, below(g, 2)) : value(g, 1, 1);
    return tree_stmt(g->m, (struct stmt){.op = T_SET_MODE, .e = e});
}

static struct stmt *store(struct generator *g, enum stmt_op op, unsigned level)
{
    const struct expr *va = plain(g, 2);
    return tree_stmt(g->m, (struct stmt){.op = op, .target = level, .va = va, .e = value(g, machine_unit(g->m), 1)});
}

/* A write to the program's own resources. */
static struct stmt *plain_write(struct generator *g)
{
    if (percent(g, 20))
        return tree_stmt(g->m, (struct stmt){.op = T_SET_PC, .e = value(g, 2, 2)});
    if (g->operand && percent(g, 60))
        return tree_stmt(g->m, (struct stmt){.op = T_SET_X_OPERAND, .e = value(g, 2, 2)});
    return set(g, one_field(g, F_X0, F_X1, F_X0));
}

static struct stmt *write_one(struct generator *g, unsigned entry)
{
    switch (entry) {
    case STORE: return store(g, T_STORE, CURRENT);
    case STORE_REAL: return store(g, T_STORE_PHYSICAL, 0);
    case STORE_NAMED: return store(g, T_STORE, named_level(g));
    case WRITE_RELOCATION: return set(g, one_field(g, F_L, F_K, F_L));
    case WRITE_MODE: return set_mode(g);
    case WRITE_CONTROL: return set(g, one_field(g, F_IE, F_C, F_X0));
    case WRITE_TIMING: return set(g, one_field(g, F_T, F_T, F_X0));
    case WRITE_DEVICE: return set(g, one_field(g, F_D, F_D, F_X0));
    case RAISE: return tree_raise(g->m, below(g, 3));
    default: return plain_write(g);
    }
}

static struct stmt *statement(struct generator *g, int depth);

static struct stmt *statements(struct generator *g, int depth)
{
    unsigned count = 1 + below(g, 2);
    struct stmt *first = NULL;
    while (count-- > 0) {
        struct stmt *s = statement(g, depth);
        s->next = first;
        first = s;
    }
    return first;
}

static struct stmt *statement(struct generator *g, int depth)
{
    if (depth > 0 && percent(g, 25)) {
        const struct expr *c = condition(g, 1);
        struct stmt *yes = statements(g, depth - 1);
        return tree_if(g->m, c, yes, percent(g, 40) ? statements(g, depth - 1) : NULL);
    }
    unsigned entry = percent(g, 70) ? one_entry(g, ~(STORE - 1u)) : 0;
    if (entry == RAISE)
        return tree_if(g->m, condition(g, 1), write_one(g, RAISE), NULL);
    return write_one(g, entry);
}

/* ---- Forms: how the instruction treats the two levels ----------------------------------------- */

static struct stmt *body(struct generator *g)
{
    return statements(g, 2);
}

static struct stmt *before(struct stmt *first, struct stmt *then)
{
    first->next = then;
    return first;
}

/* Mostly a trap; sometimes a fault, which makes an instruction neither more nor less privileged. */
static struct stmt *refuse(struct generator *g)
{
    return tree_raise(g->m, percent(g, 80) ? PRIVILEGED : BOUNDS);
}

/* if (level) raise(Privileged); body */
static struct stmt *trap_at(struct generator *g, enum level level)
{
    struct stmt *s = tree_if(g->m, tree_is_level(g->m, level), refuse(g), NULL);
    return before(s, body(g));
}

/* if (user && condition) raise(Privileged); body */
static struct stmt *partly_privileged(struct generator *g)
{
    const struct expr *c = tree_binary(g->m, E_BOTH, tree_is_level(g->m, USER), condition(g, 1));
    return before(tree_if(g->m, c, refuse(g), NULL), body(g));
}

/* if (condition) { if (user) raise(Privileged); body }: guarded, and not privileged */
static struct stmt *trap_where_it_acts(struct generator *g)
{
    const struct expr *c = condition(g, 1);
    return tree_if(g->m, c, trap_at(g, USER), NULL);
}

/* silently ignored in user mode */
static struct stmt *ignored(struct generator *g)
{
    return tree_if(g->m, tree_is_level(g->m, SUPERVISOR), body(g), NULL);
}

static struct stmt *two_meanings(struct generator *g)
{
    const struct expr *c = tree_is_level(g->m, USER);
    struct stmt *yes = body(g);
    return tree_if(g->m, c, yes, body(g));
}

/*
 * Done only at one base for each level, with results that differ by level: where the two bases differ, neither
 * location nor mode alone can be found.
 */
static struct stmt *joint_half(struct generator *g, unsigned base, unsigned result)
{
    const struct expr *other = tree_binary(g->m, E_NE, tree_field(g->m, F_L), tree_literal(g->m, 2, base));
    struct stmt *trap = tree_if(g->m, other, tree_raise(g->m, CALL), NULL);
    return before(trap, tree_stmt(g->m, (struct stmt){.op = T_SET, .target = F_X0, .e = tree_literal(g->m, 2, result)}));
}

static struct stmt *joint(struct generator *g)
{
    unsigned base = below(g, 4), result = below(g, 4);
    struct stmt *yes = joint_half(g, base, result);
    base += below(g, 4);
    result += below(g, 4);
    return tree_if(g->m, tree_is_level(g->m, USER), yes, joint_half(g, base, result));
}

static struct stmt *form(struct generator *g)
{
    unsigned n = below(g, 100);
    if (n < 38)
        return body(g);
    if (n < 58)
        return trap_at(g, USER);
    if (n < 66)
        return partly_privileged(g);
    if (n < 74)
        return trap_where_it_acts(g);
    if (n < 82)
        return ignored(g);
    if (n < 90)
        return two_meanings(g);
    if (n < 94)
        return trap_at(g, SUPERVISOR);
    if (n < 96)
        return tree_raise(g->m, CALL);
    return joint(g);
}

/* ---- Machines ----------------------------------------------------------------------------------- */

/* Entries of the palette that the machine's state gives a meaning. */
static unsigned meaningful(const struct machine *m)
{
    unsigned p = LOAD_REAL | ADDRESS | READ_RELOCATION | READ_MODE | STORE_REAL | WRITE_RELOCATION | WRITE_MODE;
    if (m->translation != BASE_BOUND)
        p |= LOAD_NAMED | STORE_NAMED;
    if (m->width[F_IE])
        p |= READ_CONTROL | WRITE_CONTROL;
    if (m->width[F_T])
        p |= READ_TIMING | WRITE_TIMING;
    if (m->width[F_D])
        p |= READ_DEVICE | WRITE_DEVICE;
    return p;
}

static void draw_palette(struct generator *g)
{
    g->palette = meaningful(g->m);
    unsigned chosen = 0;
    if (percent(g, 55))
        chosen |= one_entry(g, STORE - 1);
    if (percent(g, 25))
        chosen |= one_entry(g, READ_CONTROL | READ_TIMING | READ_DEVICE);
    if (percent(g, 20))
        chosen |= one_entry(g, STORE_REAL | STORE_NAMED);
    if (percent(g, 30))
        chosen |= one_entry(g, WRITE_RELOCATION | WRITE_MODE);
    if (percent(g, 15))
        chosen |= one_entry(g, WRITE_CONTROL | WRITE_TIMING | WRITE_DEVICE);
    if (!chosen || percent(g, 40))
        chosen |= LOAD;
    if (!chosen || percent(g, 30))
        chosen |= STORE;
    if (percent(g, 15))
        chosen |= RAISE;
    g->palette = chosen;
}

static void draw_instruction(struct generator *g, unsigned number)
{
    struct instruction *i = &g->m->instruction[number];
    unsigned exprs = g->m->exprs, stmts = g->m->stmts;
    snprintf(i->name, sizeof i->name, "i%u", number);
    i->operand = g->operand = g->m->width[F_X1] && percent(g, 50);
    do {
        g->m->exprs = exprs;
        g->m->stmts = stmts;
        draw_palette(g);
        i->body = form(g);
    } while (machine_features(g->m, i) & g->without);
}

/* Gives the machine a part if its states remain few enough to be enumerated. */
static void grant(struct generator *g, enum field f, unsigned width, unsigned chance, unsigned limit)
{
    if (percent(g, chance) && machine_bits(g->m) + width <= limit)
        g->m->width[f] = width;
}

enum { STATE_BITS = 16 };

static void draw_state(struct generator *g)
{
    static const enum translation kinds[] = {
        BASE_BOUND, BASE_BOUND, BASE_BOUND, BASE_BOUND, SUPERVISOR_REAL, SUPERVISOR_REAL, TWO_BASES, TWO_BASES,
        SUPERVISOR_UNBOUND, SUPERVISOR_FREE,
    };
    struct machine *m = g->m;
    m->translation = kinds[below(g, (sizeof kinds / sizeof *kinds) - (g->without & WINDOWS ? 2 : 0))];
    if (m->translation == TWO_BASES) {
        m->width[F_K] = ADDRESS_BITS;
        m->move[F_K] = percent(g, 60) ? MOVE_ADD : percent(g, 50) ? MOVE_SAME : MOVE_FREE;
    }
    m->inclusive = percent(g, 40);
    m->ends = percent(g, 20) && !(g->without & WINDOWS);
    grant(g, F_IE, 1, 70, STATE_BITS);
    if (percent(g, 25) && machine_bits(m) + WORDS <= STATE_BITS + 1)
        for (enum field f = F_W0; f <= F_W3; f++)
            m->width[f] = 2;
    grant(g, F_T, 1, 30, STATE_BITS);
    grant(g, F_D, 1, 30, STATE_BITS);
    if (m->width[F_IE])
        grant(g, F_C, 1, 20, STATE_BITS);
    grant(g, F_X1, 2, 40, STATE_BITS);
}

void machine_generate(struct machine *m, uint64_t seed, unsigned without)
{
    char name[32];
    snprintf(name, sizeof name, "tiny-%u", (unsigned)seed);
    machine_init(m, name);
    struct generator g = {.m = m, .random = seed * 0x2545f4914f6cdd1du, .without = without};
    draw_state(&g);
    m->parcel = percent(&g, 60) ? 2 : machine_unit(m);
    /* an instruction with an operand takes two encodings of the 2^parcel */
    m->instructions = m->parcel == 1 ? 1 : 1 + below(&g, 2);
    for (unsigned k = 0; k < m->instructions; k++)
        draw_instruction(&g, k);
}
