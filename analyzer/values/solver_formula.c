/* Z3's terms as formulas without Z3's types. */
#include "solver_private.h"

#include <stdlib.h>
#include <string.h>

static const struct { Z3_decl_kind kind; enum op op; bool nests; } kinds[] = { /* nests: op(a, b, c) is op(op(a, b), c) */
	{Z3_OP_BADD, OP_add, true}, {Z3_OP_BSUB, OP_sub, false}, {Z3_OP_BMUL, OP_mul, true}, {Z3_OP_BUDIV, OP_udiv, false},
	{Z3_OP_BUREM, OP_urem, false}, {Z3_OP_BSDIV, OP_sdiv, false}, {Z3_OP_BSREM, OP_srem, false}, {Z3_OP_BAND, OP_and, true},
	{Z3_OP_BOR, OP_or, true}, {Z3_OP_BXOR, OP_xor, true}, {Z3_OP_BSHL, OP_shl, false}, {Z3_OP_BLSHR, OP_lshr, false},
	{Z3_OP_BASHR, OP_ashr, false}, {Z3_OP_BNEG, OP_neg, false}, {Z3_OP_BNOT, OP_not, false}, {Z3_OP_EQ, OP_eq, false},
	{Z3_OP_ULT, OP_ult, false}, {Z3_OP_ULEQ, OP_ule, false}, {Z3_OP_SLT, OP_slt, false}, {Z3_OP_SLEQ, OP_sle, false},
	{Z3_OP_AND, OP_land, true}, {Z3_OP_OR, OP_lor, true}, {Z3_OP_NOT, OP_lnot, false}, {Z3_OP_ITE, OP_ite, false},
	{Z3_OP_ZERO_EXT, OP_zext, false}, {Z3_OP_SIGN_EXT, OP_sext, false}, {Z3_OP_EXTRACT, OP_extract, false},
	{Z3_OP_CONCAT, OP_concat, true}};

/* The walk over a term: which of its parts have a number already, and what is still to do. */
struct conversion {
	struct solver *s;
	struct formula *f;
	struct seen { Z3_ast ast; unsigned number; } *seen;
	unsigned seen_count, seen_room;
	Z3_ast *todo;
	unsigned todo_count, todo_room;
};

static struct seen *seen_slot(const struct conversion *c, Z3_ast ast)
{
	unsigned i = Z3_get_ast_id(c->s->z, ast) * 2654435761u & (c->seen_room - 1);

	while (c->seen[i].ast && c->seen[i].ast != ast)
		i = (i + 1) & (c->seen_room - 1);
	return &c->seen[i];
}

static void make_room(struct conversion *c)
{
	struct seen *old = c->seen;
	unsigned room = c->seen_room;

	c->seen_room = room ? 4 * room : 1024;
	c->seen = must_alloc(c->seen_room * sizeof *c->seen);
	memset(c->seen, 0, c->seen_room * sizeof *c->seen);
	for (unsigned i = 0; i < room; i++)
		if (old[i].ast)
			*seen_slot(c, old[i].ast) = old[i];
	free(old);
}

static void remember(struct conversion *c, Z3_ast ast, unsigned number)
{
	if (2 * ++c->seen_count > c->seen_room)
		make_room(c);
	*seen_slot(c, ast) = (struct seen){ast, number};
}

static void later(struct conversion *c, Z3_ast ast)
{
	if (c->todo_count == c->todo_room) {
		c->todo_room = c->todo_room ? 2 * c->todo_room : 256;
		c->todo = must_realloc(c->todo, c->todo_room * sizeof *c->todo);
	}
	c->todo[c->todo_count++] = ast;
}

/* Width and index width of a sort; false if it is none of ours. */
static bool read_sort(struct solver *s, Z3_sort sort, unsigned *width, unsigned *index_width)
{
	*width = *index_width = 0;
	switch (Z3_get_sort_kind(s->z, sort)) {
	case Z3_BOOL_SORT: return true;
	case Z3_BV_SORT: *width = Z3_get_bv_sort_size(s->z, sort); return *width <= BITS_MAX;
	case Z3_ARRAY_SORT:
		if (Z3_get_sort_kind(s->z, Z3_get_array_sort_domain(s->z, sort)) != Z3_BV_SORT ||
		    Z3_get_sort_kind(s->z, Z3_get_array_sort_range(s->z, sort)) != Z3_BV_SORT)
			return false;
		*index_width = Z3_get_bv_sort_size(s->z, Z3_get_array_sort_domain(s->z, sort));
		*width = Z3_get_bv_sort_size(s->z, Z3_get_array_sort_range(s->z, sort));
		return true;
	default: return false;
	}
}

/* The number that argument i has; it was converted before. */
static unsigned argument(const struct conversion *c, Z3_app app, unsigned i)
{
	return seen_slot(c, Z3_get_app_arg(c->s->z, app, i))->number;
}

static bool convert_op(struct conversion *c, Z3_app app, const struct node *n, enum op op, bool nests, unsigned *number)
{
	unsigned args[3], arity = op_table[op].arity, width = n->width;

	if (n->count == 1 && nests) {
		*number = argument(c, app, 0);
		return true;
	}
	if (n->count < arity || (n->count > arity && !nests))
		return false;
	for (unsigned i = 0; i < arity; i++)
		args[i] = argument(c, app, i);
	for (unsigned next = arity; next <= n->count; next++) {
		if (op == OP_concat)
			width = c->f->nodes[args[0]].width + c->f->nodes[args[1]].width;
		args[0] = *number = formula_op(c->f, op, width, n->low, arity, args);
		args[1] = next < n->count ? argument(c, app, next) : 0;
	}
	return true;
}

static bool convert_kind(struct conversion *c, Z3_app app, Z3_decl_kind kind, const struct node *n, unsigned *number)
{
	for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (kinds[i].kind == kind)
			return convert_op(c, app, n, kinds[i].op, kinds[i].nests, number);
	return false;
}

/* differ(a, b) is what solver_settle.c makes of it, said with extensionality. */
static unsigned not_equal(struct conversion *c, const struct node *n)
{
	unsigned equal = formula_op(c->f, OP_eq, 0, 0, 2, n->args);

	return formula_op(c->f, OP_lnot, 0, 0, 1, &equal);
}

static bool convert_application(struct conversion *c, Z3_app app, struct node *n, unsigned *number)
{
	struct solver *s = c->s;
	Z3_func_decl decl = Z3_get_app_decl(s->z, app);
	Z3_decl_kind kind = Z3_get_decl_kind(s->z, decl);

	switch (kind) {
	case Z3_OP_TRUE:
	case Z3_OP_FALSE: *number = formula_const(c->f, kind == Z3_OP_TRUE, 0); return true;
	case Z3_OP_SELECT:
	case Z3_OP_STORE:
		n->kind = kind == Z3_OP_SELECT ? NODE_SELECT : NODE_STORE;
		*number = formula_add(c->f, n);
		return n->count == (kind == Z3_OP_SELECT ? 2 : 3);
	case Z3_OP_UNINTERPRETED:
		if (n->count > NODE_ARGS)
			return false;
		n->name = Z3_get_symbol_string(s->z, Z3_get_decl_name(s->z, decl));
		n->kind = n->count ? NODE_FUNCTION : NODE_VARIABLE;
		if (n->count == 2 && c->f->nodes[n->args[0]].index_width)
			*number = not_equal(c, n);
		else
			*number = formula_add(c->f, n);
		return true;
	case Z3_OP_DISTINCT: *number = n->count == 2 ? not_equal(c, n) : 0; return n->count == 2;
	case Z3_OP_EXTRACT: n->low = (unsigned)Z3_get_decl_int_parameter(s->z, decl, 1); break;
	default: break;
	}
	return convert_kind(c, app, kind, n, number);
}

static u128 read_number(struct solver *s, Z3_ast ast)
{
	uint64_t bits;

	return Z3_get_numeral_uint64(s->z, ast, &bits) ? bits : decimal(Z3_get_numeral_string(s->z, ast));
}

/* 1: *number is set; 0: arguments come first; -1: not in the fragment. */
static int convert(struct conversion *c, Z3_ast ast, unsigned *number)
{
	struct node n = {0};
	bool ready = true;
	Z3_app app;

	if (!read_sort(c->s, Z3_get_sort(c->s->z, ast), &n.width, &n.index_width))
		return -1;
	if (n.width && !n.index_width && Z3_is_numeral_ast(c->s->z, ast)) {
		*number = formula_const(c->f, read_number(c->s, ast), n.width);
		return 1;
	}
	if (Z3_get_ast_kind(c->s->z, ast) != Z3_APP_AST)
		return -1;
	app = Z3_to_app(c->s->z, ast);
	n.count = Z3_get_app_num_args(c->s->z, app);
	for (unsigned i = 0; i < n.count; i++) {
		Z3_ast arg = Z3_get_app_arg(c->s->z, app, i);

		if (!seen_slot(c, arg)->ast) {
			later(c, arg);
			ready = false;
		}
	}
	if (!ready)
		return 0;
	for (unsigned i = 0; i < n.count && i < NODE_ARGS; i++)
		n.args[i] = argument(c, app, i);
	return convert_application(c, app, &n, number) ? 1 : -1;
}

struct formula *solver_formula(struct solver *s, struct arena *arena, struct value v)
{
	struct conversion c = {.s = s, .f = formula_new(arena)};
	int converted = 1;

	make_room(&c);
	later(&c, term(s, v));
	while (c.todo_count && converted >= 0) {
		Z3_ast ast = c.todo[c.todo_count - 1];
		unsigned number = 0;

		if (seen_slot(&c, ast)->ast) {
			c.todo_count--;
			continue;
		}
		converted = convert(&c, ast, &number);
		if (converted > 0) {
			remember(&c, ast, number);
			c.f->root = number;
			c.todo_count--;
		}
	}
	free(c.seen);
	free(c.todo);
	return converted < 0 ? NULL : c.f;
}
