#ifndef ISOLDE_ASSEMBLER_H
#define ISOLDE_ASSEMBLER_H
/* Internal to images/: the assembler. It reads all lines again and again, until no symbol's value changes any more; a last time with findings
 * and with what is put out. So a symbol may be used before it is defined, and decide about the length of instructions. */
#include "images.h"

enum { PASSES_MAX = 64, INCLUDES_MAX = 16, LINES_MAX = 1 << 20, UNITS_MAX = 1 << 24, NESTING_MAX = 64, TRIES_MAX = 20000 };

struct definition {
	const char *name;
	u128 value;
	unsigned pass;           /* in which it was defined last; 0: never */
	struct span where;
	struct definition *next; /* in the same slot */
};

struct line {
	const struct source *source;
	size_t from, to;         /* without the comment */
	unsigned least;          /* units: shorter meanings of it were too short */
};

/* Numeric labels, in the order of the program. */
struct local {
	unsigned number, line;
	u128 value;
};

struct assembler {
	struct arena *arena;
	const struct isa *isa;
	struct diags *diags;     /* NULL: nobody wants to know */
	struct line *lines;
	unsigned line_count, line_room, current;
	struct definition *slots[1024];
	struct local *locals;
	unsigned local_count, local_room, locals_seen;
	unsigned pass;
	bool changed, last;      /* a symbol has changed in this pass; this is the pass that reports and puts out */
	uint64_t here;
	struct image *image;
	struct run *runs;        /* output.c */
	uint64_t put;            /* units put out */
	const struct symbol *known; /* of disassembly: NULL */
	bool hash_is_text, semicolon_is_text; /* templates use these: they begin a comment only where a blank follows */
	/* The trouble that is told if a line cannot be understood: the one that stands farthest right. */
	struct { enum diag_code code; size_t at, length; char text[160]; bool any; } trouble;
	unsigned tries;
};

/* A place in the text of a line. */
struct cursor {
	const char *text;
	size_t at, end;
};

struct number {
	u128 value; /* two's complement */
	bool known; /* false: a symbol has no value yet */
};

/* --- expression.c --- */
void skip_blanks(struct cursor *c);
bool name_part(char c);
/* The length of the symbol's name at c; 0 if there is none. */
size_t symbol_length(const struct cursor *c);
/* Reads an expression as far as it goes; false: trouble noted. */
bool expression(struct assembler *a, struct cursor *c, struct number *out);
/* The characters of a string or of 'x' after its first quote, one a call; -1 at the closing quote (which is taken), -2: trouble noted. */
int quoted(struct assembler *a, struct cursor *c, char quote);
void trouble(struct assembler *a, enum diag_code code, size_t at, size_t length, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
/* Whether a value of `width` bits may be written so: as a number from -2^(width-1) to 2^width - 1, or, signed, to 2^(width-1) - 1. */
bool fits(u128 value, unsigned width, bool is_signed);
/* Some operand takes this name for a register's: no symbol may have it. */
bool register_name(const struct isa *isa, const char *name, size_t length);

/* --- symbols.c --- */
struct definition *symbol_find(struct assembler *a, const char *name, size_t length);
/* Defines it in this pass; a second definition is a finding. */
void symbol_define(struct assembler *a, const char *name, size_t length, u128 value, struct span where);
void local_define(struct assembler *a, unsigned number);
bool local_find(struct assembler *a, unsigned number, bool forward, u128 *value);

/* --- match.c --- */
/* An instruction as it will be encoded. */
/* Assembles one instruction: words of prefixes, mnemonic and operands. Of the meanings that fit, the shortest with at least *least units is taken, and *least
 * becomes its length. False: trouble noted. */
bool assemble_instruction(struct assembler *a, struct cursor *c, unsigned *least, struct encoded *out);

/* --- encode.c --- */
/* What was chosen for the operands of an instruction or of an alternative. */
struct chosen {
	const struct alternative *alternative; /* NULL: the instruction itself */
	u128 variables[VARIABLES_MAX];
	u128 said[VARIABLES_MAX];  /* bits of them that the text says of this very place */
	u128 known[VARIABLES_MAX]; /* encode.c: these, and those that operands say */
	struct chosen *operands[16];
	unsigned behind;           /* number of a variable + 1 that is to lead from the end of the instruction to `target`; 0: none */
	u128 target;
};
/* From variables (and what was chosen for operands; without a choice, from the operand's own bits) to units. False: trouble noted. */
bool encode(struct assembler *a, const struct instruction *i, struct chosen *c, struct encoded *out);

/* --- directive.c --- */
/* One directive, from its dot on. */
void directive(struct assembler *a, struct cursor *c);

/* --- output.c --- */
void put_unit(struct assembler *a, uint64_t unit);
/* `count` zero units. */
void put_zeros(struct assembler *a, uint64_t count);
/* Ends the run of units that follow each other: the next one goes to a->here. */
void put_elsewhere(struct assembler *a);
/* All that was put out becomes segments; overlaps are findings. */
void put_end(struct assembler *a);

/* --- assemble.c --- */
struct span place_in_line(const struct assembler *a, size_t at, size_t length);
/* A finding in this line, if this is the last pass. */
void complain(struct assembler *a, enum diag_code code, size_t at, size_t length, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
/* The noted trouble becomes a finding. */
void complain_trouble(struct assembler *a);
void assembler_init(struct assembler *a, struct arena *arena, const struct isa *isa, struct diags *diags);
/* Appends the lines of a file and of those that it includes. */
bool read_lines(struct assembler *a, const char *path, struct span from, unsigned depth);
#endif
