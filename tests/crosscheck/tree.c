/* Trees of machines: construction and the few questions about them. */
#include "machine.h"

#include <assert.h>
#include <string.h>

static const struct {
    const char *name;
    enum role role;
} fields[FIELDS] = {
    [F_M] = {"M", MODE},        [F_P] = {"P", PC},          [F_X0] = {"X[0]", GENERAL}, [F_X1] = {"X[1]", GENERAL},
    [F_L] = {"R.l", RELOCATION}, [F_B] = {"R.b", RELOCATION}, [F_K] = {"R.k", RELOCATION},
    [F_IE] = {"IE", CONTROL},   [F_C] = {"C", CONTROL},     [F_T] = {"T", TIMING},      [F_D] = {"D", DEVICE},
    [F_W0] = {"word 0", MEMORY}, [F_W1] = {"word 1", MEMORY}, [F_W2] = {"word 2", MEMORY}, [F_W3] = {"word 3", MEMORY},
};

enum role field_role(enum field f)
{
    return fields[f].role;
}

const char *field_name(enum field f)
{
    return fields[f].name;
}

void machine_init(struct machine *m, const char *name)
{
    memset(m, 0, sizeof *m);
    snprintf(m->name, sizeof m->name, "%s", name);
    m->width[F_M] = 1;
    m->width[F_P] = m->width[F_L] = m->width[F_B] = ADDRESS_BITS;
    m->width[F_X0] = 2;
    for (enum field f = F_W0; f <= F_W3; f++)
        m->width[f] = 1;
    m->parcel = 1;
    m->move[F_L] = m->move[F_K] = MOVE_ADD;
    m->move[F_B] = MOVE_SAME;
}

unsigned machine_bits(const struct machine *m)
{
    unsigned bits = 0;
    for (enum field f = 0; f < FIELDS; f++)
        bits += m->width[f];
    return bits;
}

unsigned machine_unit(const struct machine *m)
{
    return m->width[F_W0];
}

unsigned machine_length(const struct machine *m)
{
    return m->parcel / machine_unit(m);
}

const struct expr *tree_expr(struct machine *m, struct expr e)
{
    assert(m->exprs < MAX_NODES);
    m->expr[m->exprs] = e;
    return &m->expr[m->exprs++];
}

struct stmt *tree_stmt(struct machine *m, struct stmt s)
{
    assert(m->stmts < MAX_NODES);
    m->stmt[m->stmts] = s;
    return &m->stmt[m->stmts++];
}

const struct expr *tree_literal(struct machine *m, unsigned width, unsigned value)
{
    return tree_expr(m, (struct expr){.op = E_LITERAL, .width = width, .value = value & ((1u << width) - 1)});
}

const struct expr *tree_field(struct machine *m, enum field f)
{
    return tree_expr(m, (struct expr){.op = E_FIELD, .width = m->width[f], .value = f});
}

const struct expr *tree_unary(struct machine *m, enum expr_op op, unsigned width, unsigned value, const struct expr *a)
{
    return tree_expr(m, (struct expr){.op = op, .width = width, .value = value, .arg = {a}});
}

const struct expr *tree_binary(struct machine *m, enum expr_op op, const struct expr *a, const struct expr *b)
{
    assert(a->width == b->width);
    return tree_expr(m, (struct expr){.op = op, .width = op >= E_EQ ? 0 : a->width, .arg = {a, b}});
}

/* e as a value of exactly `width` bits */
const struct expr *tree_fit(struct machine *m, unsigned width, const struct expr *e)
{
    if (e->width == width)
        return e;
    return tree_unary(m, e->width < width ? E_EXTEND : E_LOW, width, 0, e);
}

const struct expr *tree_is_level(struct machine *m, enum level level)
{
    return tree_expr(m, (struct expr){.op = E_IS_LEVEL, .value = level});
}

struct stmt *tree_raise(struct machine *m, enum cause cause)
{
    return tree_stmt(m, (struct stmt){.op = T_RAISE, .target = cause});
}

struct stmt *tree_if(struct machine *m, const struct expr *c, const struct stmt *yes, const struct stmt *no)
{
    return tree_stmt(m, (struct stmt){.op = T_IF, .e = c, .yes = yes, .no = no});
}

static bool expr_names_level(const struct expr *e, enum level level)
{
    if (!e)
        return false;
    if ((e->op == E_LOAD || e->op == E_TRANSLATE) && e->value == level)
        return true;
    return expr_names_level(e->arg[0], level) || expr_names_level(e->arg[1], level) || expr_names_level(e->arg[2], level);
}

/* Does the instruction translate at this level by naming it? */
bool tree_names_level(const struct stmt *s, enum level level)
{
    for (; s; s = s->next) {
        if (s->op == T_STORE && s->target == level)
            return true;
        if (expr_names_level(s->e, level) || expr_names_level(s->va, level))
            return true;
        if (tree_names_level(s->yes, level) || tree_names_level(s->no, level))
            return true;
    }
    return false;
}
