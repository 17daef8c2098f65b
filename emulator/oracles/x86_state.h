#ifndef ISOLDE_ORACLES_X86_STATE_H
#define ISOLDE_ORACLES_X86_STATE_H
/* What the x86 oracles need to know about the descriptions x86-32 and x86-64: where a value of the processor stands in their components, and
 * states in which instructions do something. Addresses of tables and stacks in the states made here are this file's own. */
#include "../decode.h"
#include "kinds.h"

enum { X86_STORAGE = 0x20000 }; /* bytes, from physical address 0 */

struct x86_state {
	const struct isa *isa;
	bool wide;          /* x86-64 */
	unsigned registers; /* general ones */
	bool paging;        /* states may have paging on */
	bool alignment;     /* … and alignment checks */
	bool bad_gates;     /* … and gates that refuse */
	bool bad_exceptions; /* … those of exceptions too */
};

struct x86_segment {
	uint64_t base;
	uint32_t limit; /* in bytes */
	uint16_t selector;
	unsigned char type, dpl;
	bool present, big, wide, is_segment;
};

bool x86_state_new(struct x86_state *x, const struct isa *isa);
/* Components by name; one that the description does not have reads 0 and is not set. */
bool x86_has(const struct x86_state *x, const char *name);
uint64_t x86_get(const struct x86_state *x, const struct machine *m, const char *name);
uint64_t x86_element(const struct x86_state *x, const struct machine *m, const char *name, unsigned element);
void x86_set(const struct x86_state *x, struct machine *m, const char *name, uint64_t value);
void x86_set_element(const struct x86_state *x, struct machine *m, const char *name, unsigned element, uint64_t value);
/* A register with fields, with its fields in place. */
uint64_t x86_packed(const struct x86_state *x, const struct machine *m, const char *reg);
void x86_unpack(const struct x86_state *x, struct machine *m, const char *reg, uint64_t value);
/* The model-specific registers that are components of their own (of x86-64 those behind the third). */
enum { X86_MSRS = 8 };
extern const struct x86_msr_name {
	const char *name;
	uint32_t number;
} x86_msrs[X86_MSRS];
/* Whether RDMSR and WRMSR are described for this number. */
bool x86_knows_msr(const struct x86_state *x, uint32_t number);
/* 0 to 5 as in the Sreg field, 6: LDTR, 7: TR. */
struct x86_segment x86_segment(const struct x86_state *x, const struct machine *m, unsigned s);
void x86_set_segment(const struct x86_state *x, struct machine *m, unsigned s, const struct x86_segment *v);
void x86_set_level(const struct x86_state *x, struct machine *m, unsigned cpl);

/* A random state with tables, stacks and handlers that halt. */
void x86_prepare(const struct x86_state *x, struct machine *m, struct chance *c);
/* … of a program in ring 3 as Linux has them: flat segments, interrupts enabled, EFLAGS.ID clear, the upper half of storage its own. */
enum { X86_PROGRAM = 0x10000 };
void x86_prepare_program(const struct x86_state *x, struct machine *m, struct chance *c);
/* Whether a state is still such a one. */
bool x86_is_program(const struct x86_state *x, const struct machine *m);
/* The vector whose handler begins there, or -1. */
int x86_handler(const struct x86_state *x, uint64_t pc);
/* A byte of code at a virtual address; 0 if it cannot be fetched. */
unsigned char x86_code_byte(struct machine *m, uint64_t at);
/* The opcode at the pc, behind the prefixes, and the byte behind it. */
struct x86_opcode {
	uint64_t at;
	unsigned char byte, next;
	bool small_operand, small_address, repeats, from_code; /* the prefixes 66, 67, F2 or F3, 2E */
	unsigned char rex;                          /* 0: none */
};
struct x86_opcode x86_opcode(const struct x86_state *x, struct machine *m);
/* What the description decodes at the pc; NULL: no instruction. `tree`: the description's. */
const struct instruction *x86_decode(struct tree *tree, struct machine *m, struct decoded *d);
/* Instructions that oracles must know: after a load of SS traps are inhibited; PUSHF pushes TF; … */
enum x86_kind { X86_OTHER, X86_LOADS_SS, X86_PUSHF, X86_HLT, X86_STRING, X86_RDMSR, X86_WRMSR, X86_IRET };
enum x86_kind x86_kind(const struct x86_opcode *o);
/* What IN and INS read from a port; 0 bytes: it is another instruction. It goes to the accumulator, or to memory at a virtual address. */
struct x86_input {
	unsigned bytes;
	bool to_memory;
	uint64_t at;
};
struct x86_input x86_input(const struct x86_state *x, const struct machine *m, const struct x86_opcode *o);
/* JMP, CALL, RET, Jcc, LOOP, JCXZ within the segment. */
bool x86_is_near_branch(const struct x86_opcode *o);
/* INS or OUTS, to be repeated no time. */
bool x86_repeats_no_port(const struct x86_state *x, const struct machine *m, const struct x86_opcode *o);
/* A word of the stack, of 4 or 8 bytes, whoever may read it; where nothing is, 0. */
uint64_t x86_stack_word(const struct x86_state *x, struct machine *m, uint64_t sp);
/* After a fault of the instruction at `pc`, in the code segment `code` (with CPL): *at is the stack pointer's value at which the image of EFLAGS stands.
 * False: what lies on the stack is no fault's frame. */
bool x86_fault_flags(const struct x86_state *x, struct machine *m, uint64_t pc, unsigned code, uint64_t *at);
/* Changes bits of a byte on the stack. */
void x86_change_byte(const struct x86_state *x, struct machine *m, uint64_t sp, unsigned char clear, unsigned char set);
/* Takes out of the state what single-stepping put in: TF in the image of EFLAGS that was pushed, by an event if one was `entered`. */
void x86_without_step(const struct x86_state *x, struct machine *m, uint64_t pc, unsigned code, bool entered, enum x86_kind kind);
/* The bits of a component that single-stepping and emulation leave alone. */
u128 x86_seen(const struct x86_state *x, unsigned component, unsigned element);
#endif
