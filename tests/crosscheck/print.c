/* Prints a tiny machine in the ISA format (isa-specs/README.md). */
#include "machine.h"

#include <assert.h>

static const char *const level_names[] = {"Level::user", "Level::supervisor"};
static const char *const cause_names[] = {[BOUNDS] = "Bounds", [PRIVILEGED] = "Privileged", [CALL] = "Call"};

/* ---- Expressions: fully parenthesised, and of exactly the width that they are used with ------- */

static void print_field(FILE *out, const struct machine *m, enum field f)
{
    if (f == F_X0 && !m->width[F_X1])
        fputs("X", out);
    else
        fputs(field_name(f), out);
}

static void print_expr(FILE *out, const struct machine *m, const struct expr *e);

static void print_infix(FILE *out, const struct machine *m, const struct expr *e, const char *operator)
{
    putc('(', out);
    print_expr(out, m, e->arg[0]);
    fprintf(out, " %s ", operator);
    print_expr(out, m, e->arg[1]);
    putc(')', out);
}

static void print_level_argument(FILE *out, unsigned level)
{
    if (level != CURRENT)
        fprintf(out, ", level = %s", level_names[level]);
}

static void print_access(FILE *out, const struct machine *m, const struct expr *e)
{
    if (e->op == E_TRANSLATE)
        fprintf(out, "translate(%s, ", e->value == CURRENT ? "mode()" : level_names[e->value]);
    else
        fprintf(out, "%s<%u>(", e->op == E_LOAD ? "load" : "load_physical", machine_unit(m));
    print_expr(out, m, e->arg[0]);
    if (e->op == E_LOAD)
        print_level_argument(out, e->value);
    fputs(e->op == E_TRANSLATE ? ", Access::load)" : ")", out);
}

static void print_choose(FILE *out, const struct machine *m, const struct expr *e)
{
    putc('(', out);
    print_expr(out, m, e->arg[0]);
    fputs(" ? ", out);
    print_expr(out, m, e->arg[1]);
    fputs(" : ", out);
    print_expr(out, m, e->arg[2]);
    putc(')', out);
}

static void print_around(FILE *out, const struct machine *m, const char *before, const struct expr *e, const char *after)
{
    fputs(before, out);
    print_expr(out, m, e);
    fputs(after, out);
}

static void print_low(FILE *out, const struct machine *m, const struct expr *e)
{
    print_around(out, m, "(", e->arg[0], ")");
    fprintf(out, "[%u:0]", e->width - 1);
}

static void print_extend(FILE *out, const struct machine *m, const struct expr *e)
{
    fprintf(out, "{%u'd0, ", e->width - e->arg[0]->width);
    print_around(out, m, "", e->arg[0], "}");
}

static void print_expr(FILE *out, const struct machine *m, const struct expr *e)
{
    static const char *const infix[] = {
        [E_ADD] = "+", [E_SUB] = "-", [E_AND] = "&", [E_OR] = "|", [E_XOR] = "^", [E_EQ] = "==", [E_NE] = "!=",
        [E_LT] = "<", [E_GE] = ">=", [E_BOTH] = "&&", [E_EITHER] = "||",
    };
    switch (e->op) {
    case E_LITERAL: fprintf(out, "%u'd%u", e->width, e->value); break;
    case E_FIELD: print_field(out, m, e->value); break;
    case E_X_OPERAND: fputs("X[r]", out); break;
    case E_PC: fputs("$pc", out); break;
    case E_MODE: fputs("((mode() == Level::supervisor) ? 1'd1 : 1'd0)", out); break;
    case E_LOAD:
    case E_LOAD_PHYSICAL:
    case E_TRANSLATE: print_access(out, m, e); break;
    case E_NOT: print_around(out, m, "(~", e->arg[0], ")"); break;
    case E_NEGATE: print_around(out, m, "(!", e->arg[0], ")"); break;
    case E_EXTEND: print_extend(out, m, e); break;
    case E_LOW: print_low(out, m, e); break;
    case E_CHOOSE: print_choose(out, m, e); break;
    case E_IS_LEVEL: fprintf(out, "(mode() == %s)", level_names[e->value]); break;
    default: print_infix(out, m, e, infix[e->op]); break;
    }
}

/* ---- Statements ------------------------------------------------------------------------------- */

static void print_body(FILE *out, const struct machine *m, const struct stmt *s, int depth);

static void print_store(FILE *out, const struct machine *m, const struct stmt *s)
{
    fprintf(out, "%s<%u>(", s->op == T_STORE ? "store" : "store_physical", machine_unit(m));
    print_expr(out, m, s->va);
    print_around(out, m, ", ", s->e, "");
    if (s->op == T_STORE)
        print_level_argument(out, s->target);
    fputs(");\n", out);
}

static void print_if(FILE *out, const struct machine *m, const struct stmt *s, int depth)
{
    print_around(out, m, "if (", s->e, ") {\n");
    print_body(out, m, s->yes, depth + 1);
    if (s->no) {
        fprintf(out, "%*s} else {\n", 6 + 2 * depth, "");
        print_body(out, m, s->no, depth + 1);
    }
    fprintf(out, "%*s}\n", 6 + 2 * depth, "");
}

static void print_set_mode(FILE *out, const struct machine *m, const struct expr *e)
{
    if (e->op == E_LITERAL)
        fprintf(out, "set_mode(%s);\n", level_names[e->value]);
    else
        print_around(out, m, "set_mode((", e, " == 1'd1) ? Level::supervisor : Level::user);\n");
}

static void print_set_field(FILE *out, const struct machine *m, const struct stmt *s)
{
    assert(m->width[s->target] == s->e->width);
    print_field(out, m, s->target);
    print_around(out, m, " = ", s->e, ";\n");
}

static void print_stmt(FILE *out, const struct machine *m, const struct stmt *s, int depth)
{
    fprintf(out, "%*s", 6 + 2 * depth, "");
    switch (s->op) {
    case T_SET: print_set_field(out, m, s); break;
    case T_SET_X_OPERAND: print_around(out, m, "X[r] = ", s->e, ";\n"); break;
    case T_SET_PC: print_around(out, m, "$pc = ", s->e, ";\n"); break;
    case T_SET_MODE: print_set_mode(out, m, s->e); break;
    case T_STORE:
    case T_STORE_PHYSICAL: print_store(out, m, s); break;
    case T_RAISE: fprintf(out, "raise(Cause::%s);\n", cause_names[s->target]); break;
    case T_IF: print_if(out, m, s, depth); break;
    }
}

static void print_body(FILE *out, const struct machine *m, const struct stmt *s, int depth)
{
    for (; s; s = s->next)
        print_stmt(out, m, s, depth);
}

/* ---- The document ------------------------------------------------------------------------------ */

static void print_relocation(FILE *out, const struct machine *m)
{
    static const char *const moves[] = {[MOVE_ADD] = ", move: add", [MOVE_SAME] = ", move: same", [MOVE_FREE] = ""};
    fputs("  R:\n    role: relocation\n    fields:\n", out);
    unsigned at = 0;
    for (enum field f = F_L; f <= F_K; f++)
        if (m->width[f]) {
            fprintf(out, "      %c: {location: %u-%u%s}\n", "lbk"[f - F_L], at + 1, at, moves[m->move[f]]);
            at += 2;
        }
}

static void print_flag(FILE *out, const struct machine *m, enum field f, const char *role)
{
    if (m->width[f])
        fprintf(out, "  %s: {type: Bits<%u>, role: %s}\n", field_name(f), m->width[f], role);
}

static void print_state(FILE *out, const struct machine *m)
{
    fputs("state:\n  M: {type: Level, role: mode}\n  P: {type: Bits<2>, role: pc}\n", out);
    print_relocation(out, m);
    fprintf(out, "  X: {type: Bits<2>, %srole: general}\n", m->width[F_X1] ? "count: 2, " : "");
    print_flag(out, m, F_IE, "control");
    print_flag(out, m, F_C, "control");
    print_flag(out, m, F_T, "timing");
    print_flag(out, m, F_D, "device");
}

static void print_translation(FILE *out, const struct machine *m)
{
    static const char *const base[] = {
        [BASE_BOUND] = "R.l", [SUPERVISOR_UNBOUND] = "R.l", [TWO_BASES] = "((level == Level::supervisor) ? R.k : R.l)",
        [SUPERVISOR_REAL] = "((level == Level::supervisor) ? 2'd0 : R.l)",
        [SUPERVISOR_FREE] = "((level == Level::supervisor) ? 2'd0 : R.l)",
    };
    bool free = m->translation == SUPERVISOR_UNBOUND || m->translation == SUPERVISOR_FREE;
    fputs("translate(level, va, access): |\n", out);
    fprintf(out, "  if (%sva %s R.b) { fault(); }\n", free ? "level == Level::user && " : "", m->inclusive ? ">" : ">=");
    if (!m->ends) {
        fprintf(out, "  return %s + va;\n", base[m->translation]);
        return;
    }
    fprintf(out, "  Bits<3> real = %s `+ va;\n", base[m->translation]);
    fputs("  if (real[2] == 1) { fault(); }\n  return real[1:0];\n", out);
}

/*
 * Encodings are one parcel long; every instruction has its number in the most significant bits.
 * With an operand the last bit is r.
 */
static void print_encoding(FILE *out, const struct machine *m, unsigned number, bool operand)
{
    unsigned bits = m->parcel - operand;
    fputs("    encoding:\n      match: \"", out);
    for (unsigned b = bits; b-- > 0;)
        putc(number >> (b + operand) & 1 ? '1' : '0', out);
    fputs(operand ? "-\"\n      variables: [{name: r, location: 0}]\n" : "\"\n", out);
}

static void print_instruction(FILE *out, const struct machine *m, const struct instruction *i, unsigned number)
{
    fprintf(out, "  %s:\n", i->name);
    print_encoding(out, m, number, i->operand);
    fputs("    operation(): |\n", out);
    if (!i->body)
        fputs("      # nothing\n", out);
    print_body(out, m, i->body, 0);
}

void machine_print(FILE *out, const struct machine *m)
{
    fprintf(out, "kind: isa\nname: %s\nlevels: [user, supervisor]\n", m->name);
    fprintf(out, "memory: {unit: %u, address: %d}\n", machine_unit(m), ADDRESS_BITS);
    fprintf(out, "fetch: {parcel: %u}\n", m->parcel);
    fputs("causes: {Bounds: {value: 0, fault: true}, Privileged: 1, Call: 2}\n", out);
    print_state(out, m);
    print_translation(out, m);
    fputs("trap_entry(cause, pc, value): |\n  set_mode(Level::supervisor);\n", out);
    fputs("instructions:\n", out);
    unsigned number = 0;
    for (unsigned k = 0; k < m->instructions; k++) {
        number += m->instruction[k].operand && number % 2;
        print_instruction(out, m, &m->instruction[k], number);
        number += 1u + m->instruction[k].operand;
    }
}
