/* What makes an instruction hard to judge. */
#include "machine.h"

const char *const feature_names[FEATURES] = {"physical", "spaces", "late", "windows", "tables", "fixed"};

/* ---- What occurs in expressions and statements -------------------------------------------------- */

typedef bool expr_question(const struct expr *e);

static bool somewhere(const struct expr *e, expr_question *asked)
{
    if (!e)
        return false;
    return asked(e) || somewhere(e->arg[0], asked) || somewhere(e->arg[1], asked) || somewhere(e->arg[2], asked);
}

static bool is_physical(const struct expr *e)
{
    return e->op == E_LOAD_PHYSICAL;
}

static bool is_translated(const struct expr *e)
{
    return e->op == E_LOAD || e->op == E_TRANSLATE;
}

static bool is_other_resource(const struct expr *e)
{
    return e->op == E_FIELD && field_role(e->value) & (CONTROL | TIMING | DEVICE);
}

static bool uses_physical(const struct stmt *s)
{
    for (; s; s = s->next)
        if (s->op == T_STORE_PHYSICAL || somewhere(s->e, is_physical) || uses_physical(s->yes) || uses_physical(s->no))
            return true;
    return false;
}

static bool uses_resource(const struct stmt *s)
{
    for (; s; s = s->next)
        if (somewhere(s->e, is_other_resource) || uses_resource(s->yes) || uses_resource(s->no))
            return true;
    return false;
}

static bool writes_tables(const struct stmt *s)
{
    return s->op == T_SET_MODE || (s->op == T_SET && field_role(s->target) == RELOCATION);
}

static bool ever_writes_tables(const struct stmt *s)
{
    for (; s; s = s->next)
        if (writes_tables(s) || ever_writes_tables(s->yes) || ever_writes_tables(s->no))
            return true;
    return false;
}

/* Is memory translated after a write to mode or relocation?  *written: there has been one. */
static bool translates_late(const struct stmt *s, bool *written)
{
    for (; s; s = s->next) {
        bool yes = *written, no = *written;
        bool translates = s->op == T_STORE || somewhere(s->e, is_translated) || somewhere(s->va, is_translated);
        if ((translates && *written) || translates_late(s->yes, &yes) || translates_late(s->no, &no))
            return true;
        *written = yes || no || writes_tables(s);
    }
    return false;
}

/* ---- Of a machine --------------------------------------------------------------------------------- */

static bool own_spaces(const struct machine *m)
{
    return m->translation != BASE_BOUND && m->translation != SUPERVISOR_UNBOUND;
}

static bool moves_together(const struct machine *m)
{
    return m->translation == TWO_BASES && m->move[F_K] == MOVE_ADD;
}

static bool different_windows(const struct machine *m)
{
    return m->ends || m->translation == SUPERVISOR_FREE || m->translation == SUPERVISOR_UNBOUND;
}

unsigned machine_features(const struct machine *m, const struct instruction *i)
{
    bool names = tree_names_level(i->body, USER) || tree_names_level(i->body, SUPERVISOR), written = false;
    unsigned f = 0;
    if (uses_physical(i->body))
        f |= PHYSICAL;
    if (names && own_spaces(m))
        f |= SPACES | (moves_together(m) ? 0 : FIXED);
    if (translates_late(i->body, &written))
        f |= LATE;
    if (different_windows(m))
        f |= WINDOWS;
    if (ever_writes_tables(i->body) && uses_resource(i->body))
        f |= TABLES;
    return f;
}
