#ifndef ISOLDE_SYNTAX_H
#define ISOLDE_SYNTAX_H
/* The operation language as a tree, straight from the text: no names resolved, no types. isa-specs/README.md
 * describes the language. */
#include "../base/bits.h"
#include "yaml.h"

/* kind, meaning of text/value and of the children */
#define SYNTAX_KINDS(X) \
	X(NUMBER, "value; width in `width`, 0 if it adapts; children: a constant that gives the width, if any") \
	X(BOOL, "value 0 or 1") \
	X(NAME, "text") \
	X(ENUM, "text::member; member in `member`") \
	X(STRING, "text") \
	X(UNARY, "text is the operator; 1 child") \
	X(BINARY, "text is the operator; 2 children") \
	X(TERNARY, "3 children") \
	X(INDEX, "2 children: what, index") \
	X(SLICE, "3 children: what, first, last") \
	X(FIELD, "text is the field; 1 child") \
	X(CALL, "text is the function; children: arguments; `types`: the <…> arguments") \
	X(METHOD, "text is the method; children: the object, arguments") \
	X(NAMED, "text = 1 child, in an argument list") \
	X(CONCAT, "children") \
	X(REPEAT, "2 children: count, what") \
	X(TYPE, "text; children: the width of Bits<…>") \
	X(DECLARE, "text is the name; children: TYPE, the initial value if any") \
	X(ASSIGN, "2 children: place, value") \
	X(IF, "children: condition, then BLOCK, else BLOCK if any") \
	X(FOR, "text is the variable; children: TYPE, first value, condition, BLOCK; `value` is the step") \
	X(RETURN, "children: the value if any") \
	X(EXPRESSION, "1 child, a CALL or METHOD") \
	X(BLOCK, "children")

enum syntax_kind {
#define SYNTAX_ENUM(name, text) SYN_##name,
	SYNTAX_KINDS(SYNTAX_ENUM)
#undef SYNTAX_ENUM
};

struct syntax {
	enum syntax_kind kind;
	const struct yaml *origin; /* the scalar that this is in, and where */
	size_t offset, length;
	const char *text, *member;
	u128 value;
	unsigned width;
	struct syntax **children, **types;
	unsigned count, type_count;
};

/* A function signature: `Bits<N> f<N>(XReg a, b)`; children of params are as written. */
struct signature {
	const char *name;
	struct syntax *returns; /* TYPE, or NULL if the key gives none */
	const char **families;  /* names of width parameters */
	unsigned family_count;
	struct {
		struct syntax *type; /* TYPE or NULL */
		const char *name;
	} *params;
	unsigned param_count;
};

enum { SYNTAX_DEPTH_LIMIT = 64 };

/* Parses the statements of a scalar into a BLOCK. NULL after findings. */
struct syntax *syntax_statements(struct arena *arena, const struct yaml *scalar, struct diags *diags);
/* Parses one expression. NULL after findings. */
struct syntax *syntax_expression(struct arena *arena, const struct yaml *scalar, struct diags *diags);
/* Parses a type such as Bits<32>. NULL after findings. */
struct syntax *syntax_type(struct arena *arena, const struct yaml *scalar, struct diags *diags);
/* Parses a key such as `Bits<64> f(Bits<32> v)`. False after findings. */
bool syntax_signature(struct arena *arena, const struct yaml *key, struct signature *out, struct diags *diags);
/* The place of a node in the file. */
struct span syntax_place(const struct syntax *node);
#endif
