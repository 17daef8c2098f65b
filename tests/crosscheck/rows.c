/* The answer table of theory.md as tiny machines. */
#include "machine.h"

static const struct expr *x0(struct machine *m)
{
    return tree_field(m, F_X0);
}

static const struct expr *x1(struct machine *m)
{
    return tree_field(m, F_X1);
}

static struct stmt *set(struct machine *m, enum field f, const struct expr *e)
{
    return tree_stmt(m, (struct stmt){.op = T_SET, .target = f, .e = tree_fit(m, m->width[f], e)});
}

static struct stmt *jump(struct machine *m, const struct expr *e)
{
    return tree_stmt(m, (struct stmt){.op = T_SET_PC, .e = e});
}

static struct stmt *set_mode(struct machine *m, const struct expr *e)
{
    return tree_stmt(m, (struct stmt){.op = T_SET_MODE, .e = e});
}

static struct stmt *then(struct stmt *first, struct stmt *second)
{
    first->next = second;
    return first;
}

static struct stmt *user_traps(struct machine *m, struct stmt *body)
{
    return then(tree_if(m, tree_is_level(m, USER), tree_raise(m, PRIVILEGED), NULL), body);
}

static struct stmt *supervisor_only(struct machine *m, struct stmt *body)
{
    return tree_if(m, tree_is_level(m, SUPERVISOR), body, NULL);
}

static struct stmt *add(struct machine *m)
{
    return set(m, F_X0, tree_binary(m, E_ADD, x0(m), x1(m)));
}

static struct stmt *load(struct machine *m)
{
    return set(m, F_X0, tree_unary(m, E_LOAD, machine_unit(m), CURRENT, x1(m)));
}

static struct stmt *store(struct machine *m)
{
    return tree_stmt(m, (struct stmt){.op = T_STORE, .target = CURRENT, .va = x1(m), .e = tree_fit(m, machine_unit(m), x0(m))});
}

static struct stmt *jump_indirect(struct machine *m)
{
    return jump(m, x0(m));
}

static struct stmt *pc_relative(struct machine *m)
{
    return jump(m, tree_binary(m, E_ADD, tree_expr(m, (struct expr){.op = E_PC, .width = 2}), x0(m)));
}

static struct stmt *supervisor_call(struct machine *m)
{
    return tree_raise(m, CALL);
}

static struct stmt *add_trapping(struct machine *m)
{
    const struct expr *sum = tree_binary(m, E_ADD, x0(m), x1(m));
    return then(tree_if(m, tree_binary(m, E_LT, sum, x0(m)), tree_raise(m, CALL), NULL), add(m));
}

/* mode, pc and relocation at once */
static struct stmt *load_psw_with_pc(struct machine *m)
{
    struct stmt *base = then(set(m, F_L, x0(m)), set(m, F_B, x1(m)));
    base->next->next = jump(m, x1(m));
    return then(set_mode(m, tree_fit(m, 1, x0(m))), base);
}

static struct stmt *load_psw_without_pc(struct machine *m)
{
    return then(set_mode(m, tree_fit(m, 1, x0(m))), then(set(m, F_L, x0(m)), set(m, F_B, x1(m))));
}

static struct stmt *load_psw_trapping(struct machine *m)
{
    return user_traps(m, load_psw_with_pc(m));
}

static struct stmt *load_base_trapping(struct machine *m)
{
    return user_traps(m, set(m, F_L, x0(m)));
}

static struct stmt *load_psw_no_op(struct machine *m)
{
    return supervisor_only(m, load_psw_with_pc(m));
}

static struct stmt *load_psw_no_op_without_pc(struct machine *m)
{
    return supervisor_only(m, load_psw_without_pc(m));
}

static struct stmt *jrst1(struct machine *m)
{
    return then(set_mode(m, tree_literal(m, 1, USER)), jump(m, x0(m)));
}

static struct stmt *load_real_address(struct machine *m)
{
    return set(m, F_X0, tree_unary(m, E_TRANSLATE, 2, CURRENT, x1(m)));
}

static struct stmt *load_real_address_privileged(struct machine *m)
{
    return user_traps(m, load_real_address(m));
}

/* Where the levels have spaces of their own; everywhere else in the table there is one, as in g3. */
static struct stmt *load_previous_space(struct machine *m)
{
    m->width[F_K] = ADDRESS_BITS;
    m->translation = TWO_BASES;
    return set(m, F_X0, tree_unary(m, E_LOAD, machine_unit(m), USER, x1(m)));
}

static struct stmt *store_mode(struct machine *m)
{
    return set(m, F_X0, tree_expr(m, (struct expr){.op = E_MODE, .width = 1}));
}

static struct stmt *store_control(struct machine *m)
{
    return set(m, F_X0, tree_field(m, F_IE));
}

static struct stmt *set_control_ignored(struct machine *m)
{
    return supervisor_only(m, set(m, F_IE, x0(m)));
}

static struct stmt *set_bound_decreasing(struct machine *m)
{
    const struct expr *less = tree_binary(m, E_LT, x0(m), tree_field(m, F_B));
    return tree_if(m, tree_binary(m, E_EITHER, tree_is_level(m, SUPERVISOR), less), set(m, F_B, x0(m)), NULL);
}

static struct stmt *enter_supervisor(struct machine *m)
{
    struct stmt *trap = tree_if(m, tree_is_level(m, SUPERVISOR), tree_raise(m, CALL), NULL);
    return then(trap, set_mode(m, tree_literal(m, 1, SUPERVISOR)));
}

/*
 * privileged; kinds in 1974 / kinds in extended; user kinds in 1974 / extended; theorems 1, 3 in 1974 / 1, 3 in
 * extended.  c control, l location, m mode, g configuration.  `no` includes an instruction that is never done at
 * supervisor level.
 */
#define INNOCUOUS "no -/- -/- ok,ok/ok,ok"
static const struct {
    const char *name;
    struct stmt *(*make)(struct machine *m);
    const char *expected;
} rows[] = {
    {"add", add, INNOCUOUS},
    {"load", load, INNOCUOUS},
    {"store", store, INNOCUOUS},
    {"jump", jump_indirect, INNOCUOUS},
    {"pc-relative", pc_relative, INNOCUOUS},
    {"supervisor-call", supervisor_call, INNOCUOUS},
    {"add-trapping", add_trapping, INNOCUOUS},
    {"load-psw", load_psw_trapping, "yes c/c -/- ok,ok/ok,ok"},
    {"load-base", load_base_trapping, "yes c/c -/- ok,ok/ok,ok"},
    /* The table says control; but a PSW that holds M and R as they are, and another pc, keeps both and jumps. */
    {"load-psw-no-op", load_psw_no_op, "no cm/cm -/- breaks,ok/breaks,ok"},
    {"load-psw-no-op-without-pc", load_psw_no_op_without_pc, "no c/c -/- breaks,ok/breaks,ok"},
    {"jrst1", jrst1, "no c/c -/- breaks,ok/breaks,ok"},
    {"load-real-address-privileged", load_real_address_privileged, "yes l/l -/- ok,ok/ok,ok"},
    {"load-real-address", load_real_address, "no l/l l/l breaks,breaks/breaks,breaks"},
    {"load-previous-space", load_previous_space, "no m/m -/- breaks,ok/breaks,ok"},
    {"store-mode", store_mode, "no m/m -/- breaks,ok/breaks,ok"},
    {"store-control", store_control, "no -/g -/g ok,ok/breaks,breaks"},
    {"set-control-ignored", set_control_ignored, "no -/cm -/- ok,ok/breaks,ok"},
    {"set-bound-decreasing", set_bound_decreasing, "no c/c c/c breaks,breaks/breaks,breaks"},
    {"enter-supervisor", enter_supervisor, "no c/c c/c breaks,breaks/breaks,breaks"},
};

unsigned row_count(void)
{
    return sizeof rows / sizeof *rows;
}

/* The row's machine: g3 with one control field. */
const char *row_make(struct machine *m, unsigned row)
{
    machine_init(m, rows[row].name);
    m->width[F_X1] = 2;
    m->width[F_IE] = 1;
    m->instructions = 1;
    m->instruction[0] = (struct instruction){.name = "i0", .body = rows[row].make(m)};
    return rows[row].name;
}

const char *row_expected(unsigned row)
{
    return rows[row].expected;
}
