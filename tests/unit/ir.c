/* The IR prints, reads back and prints the same; the verifier takes what the lowering makes, and refuses what is wrong. */
#include "unit.h"

#include <string.h>

static struct ir_context context_of(const struct isa *isa, const struct ir_function *f)
{
	for (const struct instruction *i = isa->instructions; i; i = i->next)
		if (i->operation == f || i->valid == f)
			return isa_context(isa, i);
	return isa->context;
}

UNIT(ir, print_read_print)
{
	unsigned functions = 0, specs = 0;
	struct arena *all = arena_new();

	for (char **path = unit_specs(all); *path; path++, specs++) {
		struct arena *arena = arena_new();
		struct isa *isa = unit_load(arena, *path);

		for (const struct ir_function *f = isa->functions; f; f = f->next, functions++) {
			struct ir_context context = context_of(isa, f);
			struct buf first = {0}, second = {0};
			struct ir_function *back;
			const char *error = NULL;

			cr_assert_null(ir_verify(arena, f, &context), "%s: %s", *path, f->name);
			ir_print(&first, f, &context);
			back = ir_read(arena, first.text, &context, isa->functions, &error);
			cr_assert(back, "%s: %s: %s\n%s", *path, f->name, error, first.text);
			cr_assert_null(ir_verify(arena, back, &context), "%s: %s, read back", *path, f->name);
			ir_print(&second, back, &context);
			cr_assert_str_eq(first.text, second.text, "%s: %s", *path, f->name);
			buf_free(&first);
			buf_free(&second);
		}
		arena_free(arena);
	}
	cr_assert_gt(specs, 30);
	cr_assert_gt(functions, 500, "%u", functions);
	arena_free(all);
}

/* A machine of its own: components a (8 bits), f (4 of 8 bits), b (1 bit); input i (4 bits); variable v (3 bits). */
static struct ir_place components[] = {{"a", 8, 0}, {"f", 8, 4}, {"b", 1, 0}}, inputs[] = {{"i", 4, 0}};
static const struct ir_place variables[] = {{"v", 3, 0}};
static const struct ir_context machine = {components, inputs, 3, 1, variables, 1};

#define FUNCTION(body) "(function f (params 1) (locals (p 8) (x 8) (y 1)) (result 8) (unknowns 8) (statements " body "))"

/* How often reading or verifying refuses it. */
static const char *refused(struct arena *arena, const char *text)
{
	const char *error = NULL;
	struct ir_function *f = ir_read(arena, text, &machine, NULL, &error);

	return f ? ir_verify(arena, f, &machine) : error ? error : "nothing said";
}

UNIT(ir, good_by_hand)
{
	static const char *const bodies[] = {
		"(return (a $0))", "(return (a 0xff:8))", "(set $1 (a @a)) (return (a $1))", "(return (a (@f 0x3:2)))",
		"(put @a (a $0)) (return (a (add $0 @a)))", "(put-element @f (a $0) (b 0x1:2)) (return (a $0))",
		"(if (a (eq $0 0x0:8)) (body (return (a $0)))) (return (a @a))", "(return (a (zext:8 %v)))", "(return (a (sext:8 !i)))",
		"(return (a ?0))", "(return (a (concat !i (extract:2+4 $0))))", "(return (a (ite true $0 $1)))",
		"(raise (a 0x1:4) (b $0)) (return (a $0))", "(load $1 (bits 8) (access load) (a $0)) (return (a $1))",
		"(store (bits 8) (access store) (a $0) (c $1)) (return (a $1))", "(assert (a (ult $0 $1))) (return (a $0))",
		"(for $1 (first 0x0) (step 0x1) (rounds 4) (body (put @a (a $1)))) (return (a $0))", "(fault) (return (a $0))",
	};
	struct arena *arena = arena_new();

	for (unsigned i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		char text[400];

		snprintf(text, sizeof text, FUNCTION("%s"), bodies[i]);
		cr_expect_null(refused(arena, text), "%s: %s", bodies[i], refused(arena, text));
	}
	arena_free(arena);
}

UNIT(ir, bad_by_hand)
{
	static const char *const bodies[] = {
		/* widths */
		"(return (a @b))", "(return (a 0x1:9))", "(return)", "(set $1 (a @b)) (return (a $0))", "(set $2 (a $0)) (return (a $0))",
		"(put @a (a @b)) (return (a $0))", "(put @b (a $0)) (return (a $0))", "(return (a (add $0 @b)))", "(return (a (eq $0 $1)))",
		"(return (a (zext:8 $0)))", "(return (a (zext:4 $0)))", "(return (a (extract:1+8 $0)))", "(return (a (concat $0 $1)))",
		"(return (a (ite $2 $0 $1)))", "(return (a (ite true $0 $2)))", "(return (a (land $0 $1)))", "(return (a (b2v true)))",
		"(return (a 0x100:8))", "(if (a $0) (body (return (a $0)))) (return (a $0))", "(assert (a $0)) (return (a $0))",
		"(store (bits 8) (access store) (a $0) (c @b)) (return (a $0))", "(load $2 (bits 8) (access load) (a $0)) (return (a $0))",
		"(raise (a true) (b $0)) (return (a $0))",
		/* numbers and structure */
		"(return (a $3))", "(set $3 (a $0)) (return (a $0))", "(return (a ?1))", "(return (a @nothing))", "(return (a %w))",
		"(return (a !j))", "(return (a @f))", "(return (a (@a 0x0:2)))", "(return (a (@f 0x0:3)))", "(put @f (a $0)) (return (a $0))",
		"(put-element @a (a $0) (b 0x0:2)) (return (a $0))", "(put-element @f (a $0) (b 0x0:8)) (return (a $0))",
		"(put-element @f (a $0)) (return (a $0))", "(call (callee nobody)) (return (a $0))", "(return (a (add $0)))",
		"(return (a (add $0 $0 $0)))", "(return (a (frobnicate $0)))", "(jump (a $0))", "(set $1) (return (a $0))",
		"(if (body (return (a $0)))) (return (a $0))", "(raise (b $0)) (return (a $0))", "(raise (a 0x1:4)) (return (a $0))",
		"(for $7 (first 0x0) (step 0x1) (rounds 4)) (return (a $0))", "(for $1 (first 0x0) (step 0x1) (rounds 5000)) (return (a $0))",
		"(load $1 (bits 8) (access load)) (return (a $0))", "(store (bits 8) (access store) (a $0)) (return (a $0))",
		/* text */
		"(return (a $0)", "return", "()", "(return (a $))", "(return (a 0x:8))", "(return (a 0xg:8))", "((((",
		"(return (a $99999999999))",
	};
	struct arena *arena = arena_new();

	for (unsigned i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		char text[400];

		snprintf(text, sizeof text, FUNCTION("%s"), bodies[i]);
		cr_expect(refused(arena, text), "accepted: %s", bodies[i]);
	}
	cr_expect(refused(arena, ""), "an empty text");
	cr_expect(refused(arena, "(function f (params 2) (locals (p 8)) (unknowns) (statements))"), "more parameters than locals");
	cr_expect(refused(arena, "(function f (params 0) (locals) (unknowns) (statements (return (a 0x1:8))))"), "a value from nothing");
	arena_free(arena);
}
