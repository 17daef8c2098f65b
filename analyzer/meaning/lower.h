#ifndef ISOLDE_LOWER_H
#define ISOLDE_LOWER_H
/* From syntax to IR: names, types and widths are resolved here, and effects are put in order. Internal to meaning/;
 * the functions that load.c calls are at the end. */
#include "isa.h"

/* What an expression is worth. `e` NULL means that a finding was already made: nothing more is said about it. */
struct typed {
	struct ir_expr *e;
	bool is_signed;
	bool flexible;                     /* a literal without a width: a constant of 128 bits that adapts */
	const struct reg *image;           /* a whole register's value: .field works on it */
	const struct space *handle;        /* the number of a register in a space */
	const struct enumeration *enumeration;
};

struct name {
	const char *text;
	struct typed value; /* locals: an IR_LOCAL; else any expression */
	bool is_local, assigned, is_constant;
	struct name *next;
};

/* A function as declared; instances are made when they are called. */
struct declaration {
	struct signature signature;
	struct yaml *key, *body;
	bool in_progress, used;
	struct declaration *next;
};

struct lowering {
	struct isa *isa;
	struct arena *arena;
	struct diags *diags;
	struct ir_function *function;
	const struct instruction *instruction; /* its variables are visible; may be NULL */
	bool by_parameter;                     /* … as the function's parameters, in their order: a condition about it */
	const struct reg *written;             /* in a field's sw_write: its register, for UNDEFINED_LEGAL_DETERMINISTIC */
	const struct field *written_field;
	struct ir_expr *written_index;
	struct name *names;
	struct ir_statement **tail;
	bool unreachable, warned_unreachable, uses_physical;
	unsigned local_room, unknown_room, rounds, loop_factor;
	struct name *block_names; /* names from here on belong to outer blocks */
	const struct syntax *at;               /* the statement being lowered */
	const struct alternative *alternative; /* in an operand's method: its own operands are visible */
	struct ir_expr *alternative_bits;      /* and where their bits are */
	struct ir_expr *length;                /* in an operand's method: the instruction's length; NULL if it was not asked for */
};

/* A parameter given by code. */
struct parameter {
	const char *name;
	unsigned width;
	bool is_signed;
	const struct reg *image;
	const struct enumeration *enumeration;
};

/* lower_expr.c: names, numbers, bits and fields of a value */
struct typed lower_expr(struct lowering *l, const struct syntax *n);
/* $length: of the instruction, in its operation and in methods of decoders that ask for it. */
struct typed instruction_length(struct lowering *l, const struct syntax *n);
bool lower_type(struct lowering *l, const struct syntax *n, struct parameter *out);
struct ir_expr *field_of(struct lowering *l, struct ir_expr *image, const struct location *location);

/* lower_operator.c */
struct typed lower_unary(struct lowering *l, const struct syntax *n);
struct typed lower_binary(struct lowering *l, const struct syntax *n);
struct typed lower_ternary(struct lowering *l, const struct syntax *n);

/* lower_value.c */
/* The value as exactly `width` bits, extended or cut as an assignment does. */
struct ir_expr *lower_as(struct lowering *l, struct typed t, unsigned width, const struct syntax *n);
struct ir_expr *lower_bits(struct lowering *l, const struct syntax *n, unsigned width);
struct ir_expr *lower_condition(struct lowering *l, const struct syntax *n);
/* A constant; false after a finding. */
bool lower_constant(struct lowering *l, const struct syntax *n, u128 *value);
struct typed bad(struct lowering *l, enum diag_code code, const struct syntax *n, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
struct typed good(struct ir_expr *e);
/* A literal without a width. */
struct typed flexible(struct lowering *l, u128 value);
bool has_component(const struct ir_expr *e);
/* The expression itself if it is a leaf, else a local that holds it: what is used twice must not be written twice. */
struct ir_expr *leaf(struct lowering *l, struct ir_expr *e);
/* Evaluates `value` here and keeps it: a statement emitted after `mark` may change what it reads. */
struct typed hold(struct lowering *l, struct typed value, struct ir_statement **mark);

/* lower_place.c: registers, fields, elements */
struct typed read_register(struct lowering *l, const struct reg *r, struct ir_expr *index);
struct typed read_field(struct lowering *l, const struct reg *r, const struct field *f, struct ir_expr *index);
void write_register(struct lowering *l, const struct reg *r, struct ir_expr *index, struct ir_expr *value);
void write_component(struct lowering *l, unsigned component, struct ir_expr *index, struct ir_expr *value);
const struct field *reg_field(const struct reg *r, const char *name);
struct ir_expr *lower_index(struct lowering *l, const struct reg *r, const struct syntax *n);
/* CSR[name], X[i], R: the register that an expression names, with its index; NULL if it names none. */
const struct reg *named_register(struct lowering *l, const struct syntax *n, struct ir_expr **index);
struct ir_function *register_read(struct lowering *l, const struct reg *r);
struct ir_function *register_write(struct lowering *l, const struct reg *r);
struct ir_function *space_function(struct lowering *l, const struct space *s, const char *what);

/* lower_call.c */
struct typed lower_call(struct lowering *l, const struct syntax *n);
struct typed lower_method(struct lowering *l, const struct syntax *n);
/* Lowers a function that nothing calls, for its findings. */
void check_uncalled(struct lowering *l, struct declaration *d);
struct typed emit_call(struct lowering *l, struct ir_function *callee, struct ir_expr **args, unsigned count);

/* lower_statement.c */
void lower_block(struct lowering *l, const struct syntax *n);
struct ir_statement *emit(struct lowering *l, enum ir_statement_kind kind);
unsigned new_local(struct lowering *l, const char *name, unsigned width);
void add_name(struct lowering *l, const char *text, struct typed value, bool is_local, bool assigned);
/* Makes a family's numbers visible as constants. */
void add_constants(struct lowering *l, const struct constant *constants);
struct name *find_name(struct lowering *l, const char *text);
void start_function(struct lowering *l, const struct lowering *parent, const char *name);
struct ir_function *finish_function(struct lowering *l);
/* Lowers a body with these parameters; result_width -1: none. */
struct ir_function *lower_body(const struct lowering *parent, const char *name, const struct parameter *params,
			       unsigned param_count, const struct parameter *result, const struct yaml *body,
			       const struct lowering *settings);

/* lower_operand.c */
/* Variable `number` of the instruction, `width` bits. */
struct ir_expr *variable_ref(struct lowering *l, unsigned number, unsigned width);
struct ir_function *operand_method(struct lowering *l, const struct decoder *d, const char *method, const struct syntax *n);
struct ir_expr *operand_bits(struct lowering *l, const struct operand *o);
struct ir_function *decoder_function(struct lowering *l, struct decoder *d, bool length);

/* For load.c. */
void lower_all(struct isa *isa, struct diags *diags);
#endif
