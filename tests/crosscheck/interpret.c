/* Executes one instruction of a tiny machine on a concrete state. */
#include "machine.h"

#include <assert.h>

/* States are numbered: a number's bits, from the least significant, are the fields in order. */
struct state state_number(const struct machine *m, uint32_t n)
{
    struct state s;
    for (enum field f = 0; f < FIELDS; f++) {
        s.of[f] = n & ((1u << m->width[f]) - 1);
        n >>= m->width[f];
    }
    return s;
}

uint32_t number_of_state(const struct machine *m, const struct state *s)
{
    uint32_t n = 0;
    unsigned at = 0;
    for (enum field f = 0; f < FIELDS; f++) {
        n |= (uint32_t)s->of[f] << at;
        at += m->width[f];
    }
    return n;
}

/* The translation; false: refused.  Where storage has no end, l + va is taken modulo four. */
bool machine_translate(const struct machine *m, const struct state *s, enum level level, unsigned va, unsigned *pa)
{
    bool supervisor = level == SUPERVISOR;
    bool bound = !supervisor || (m->translation != SUPERVISOR_UNBOUND && m->translation != SUPERVISOR_FREE);
    if (bound && (m->inclusive ? va > s->of[F_B] : va >= s->of[F_B]))
        return false;
    unsigned base = s->of[F_L];
    if (supervisor && (m->translation == SUPERVISOR_REAL || m->translation == SUPERVISOR_FREE))
        base = 0;
    if (supervisor && m->translation == TWO_BASES)
        base = s->of[F_K];
    *pa = (base + va) % WORDS;
    return !m->ends || base + va < WORDS;
}

/* An instruction under way.  The first thing that stops it decides the outcome. */
struct run {
    const struct machine *m;
    unsigned operand;
    struct state s;
    unsigned pc;                /* this instruction's address */
    bool pc_written;
    enum outcome outcome;
};

static unsigned real_address(struct run *r, unsigned level, unsigned va)
{
    unsigned pa = 0;
    if (level == CURRENT)
        level = r->s.of[F_M];
    if (!machine_translate(r->m, &r->s, level, va, &pa) && r->outcome == DONE)
        r->outcome = FAULT;
    return pa;
}

static unsigned binary(enum expr_op op, unsigned a, unsigned b)
{
    switch (op) {
    case E_ADD: return a + b;
    case E_SUB: return a - b;
    case E_AND: return a & b;
    case E_OR: return a | b;
    case E_XOR: return a ^ b;
    case E_EQ: return a == b;
    case E_NE: return a != b;
    case E_LT: return a < b;
    case E_GE: return a >= b;
    case E_BOTH: return a && b;
    case E_EITHER: return a || b;
    default: assert(!"binary operator"); return 0;
    }
}

static unsigned eval(struct run *r, const struct expr *e);

static unsigned eval_any(struct run *r, const struct expr *e)
{
    switch (e->op) {
    case E_LITERAL: return e->value;
    case E_FIELD: return r->s.of[e->value];
    case E_X_OPERAND: return r->s.of[F_X0 + r->operand];
    case E_PC: return r->pc;
    case E_MODE: return r->s.of[F_M];
    case E_LOAD: return r->s.of[F_W0 + real_address(r, e->value, eval(r, e->arg[0]))];
    case E_LOAD_PHYSICAL: return r->s.of[F_W0 + eval(r, e->arg[0])];
    case E_TRANSLATE: return real_address(r, e->value, eval(r, e->arg[0]));
    case E_NOT: return ~eval(r, e->arg[0]);
    case E_EXTEND:
    case E_LOW: return eval(r, e->arg[0]);
    case E_CHOOSE: return eval(r, e->arg[0]) ? eval(r, e->arg[1]) : eval(r, e->arg[2]);
    case E_IS_LEVEL: return r->s.of[F_M] == e->value;
    case E_NEGATE: return !eval(r, e->arg[0]);
    default: break;
    }
    unsigned a = eval(r, e->arg[0]);
    return binary(e->op, a, eval(r, e->arg[1]));
}

static unsigned eval(struct run *r, const struct expr *e)
{
    unsigned mask = e->width ? (1u << e->width) - 1 : 1;
    return eval_any(r, e) & mask;
}

static void set(struct run *r, enum field f, unsigned value)
{
    if (r->outcome == DONE)
        r->s.of[f] = value & ((1u << r->m->width[f]) - 1);
}

static void store(struct run *r, const struct stmt *s)
{
    unsigned va = eval(r, s->va), value = eval(r, s->e);
    unsigned pa = s->op == T_STORE ? real_address(r, s->target, va) : va;
    set(r, F_W0 + pa, value);
}

static void execute(struct run *r, const struct stmt *s);

static void step(struct run *r, const struct stmt *s)
{
    switch (s->op) {
    case T_SET: set(r, s->target, eval(r, s->e)); break;
    case T_SET_X_OPERAND: set(r, F_X0 + r->operand, eval(r, s->e)); break;
    case T_SET_PC:
        set(r, F_P, eval(r, s->e));
        r->pc_written = true;
        break;
    case T_SET_MODE: set(r, F_M, eval(r, s->e)); break;
    case T_STORE:
    case T_STORE_PHYSICAL: store(r, s); break;
    case T_RAISE: r->outcome = s->target == BOUNDS ? FAULT : TRAP; break;
    case T_IF: execute(r, eval(r, s->e) ? s->yes : s->no); break;
    }
}

static void execute(struct run *r, const struct stmt *s)
{
    for (; s && r->outcome == DONE; s = s->next)
        step(r, s);
}

/* "Executing instruction i in S has exactly one outcome": done(S'), and then *s is S'; fault; trap. */
enum outcome machine_execute(const struct machine *m, const struct instruction *i, unsigned operand, struct state *s)
{
    struct run r = {.m = m, .operand = operand, .s = *s, .pc = s->of[F_P], .outcome = DONE};
    execute(&r, i->body);
    if (r.outcome != DONE)
        return r.outcome;
    if (!r.pc_written)
        set(&r, F_P, r.pc + machine_length(m));
    *s = r.s;
    return DONE;
}
