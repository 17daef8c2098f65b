/* Where qemu 7.2 departs from the manual in some cases only: they are not compared, and counted with their reason. */
#include "qemu_x86_load.h"

#define EFER 0xc0000080u

/* MOV to or from a control register that does not exist. */
static bool names_no_register(struct machine *m, const struct x86_opcode *o)
{
	unsigned number = x86_code_byte(m, o->at + 2) >> 3 & 7;

	return o->byte == 0x0f && (o->next & 0xfd) == 0x20 && number != 0 && (number < 2 || number > 4);
}

/* What a MOV to control register `number` writes. */
static bool writes_control(const struct x86_state *x, struct machine *m, const struct x86_opcode *o, unsigned number, uint64_t *value)
{
	unsigned char modrm = x86_code_byte(m, o->at + 2);

	*value = x86_element(x, m, "R", (modrm & 7u) | (o->rex & 1u) << 3);
	return o->byte == 0x0f && o->next == 0x22 && (modrm >> 3 & 7) == number;
}

static bool is_canonical(uint64_t at)
{
	return at >> 47 == 0 || at >> 47 == 0x1ffff;
}

static const char *of_msrs(const struct x86_state *x, struct machine *m, enum x86_kind kind)
{
	uint32_t number = (uint32_t)x86_element(x, m, "R", 1);
	uint64_t value = x86_element(x, m, "R", 2) << 32 | (uint32_t)x86_element(x, m, "R", 0);

	if (!x86_knows_msr(x, number))
		return "qemu ignores accesses to MSRs that do not exist (Vol. 2, RDMSR: #GP)";
	if (kind == X86_WRMSR && number == EFER)
		return value & ~(uint64_t)0xd01 || !(value & 0x100) ? "qemu ignores changes of EFER that cannot be (Vol. 2, WRMSR: #GP)" : NULL;
	if (x->wide && kind == X86_WRMSR && number != 0x10 && number != 0x174 && !is_canonical(value))
		return "qemu does not look whether an MSR is given a canonical address (Vol. 2, WRMSR: #GP)";
	return NULL;
}

static const char *of_control_registers(const struct x86_state *x, struct machine *m, const struct x86_opcode *o)
{
	enum { PAE = 0x20, PE = 1, CD = 0x40000000, NW = 0x20000000 };
	const uint64_t pg = 0x80000000;
	uint64_t value;

	if (writes_control(x, m, o, 0, &value) && ((value & NW && !(value & CD)) || (value & pg && !(value & PE)) ||
					      (x->wide && (value >> 32 || !(value & pg)))))
		return "qemu does not look whether CR0 can be as it is to be (Vol. 2, MOV: #GP)";
	if (writes_control(x, m, o, 4, &value) && (value & ~(x->wide ? (uint64_t)0x10824 : 0x14) || (x->wide && !(value & PAE))))
		return "qemu changes bits of CR4 that cannot be changed, or exits to a hypervisor (Vol. 2, MOV: #GP)";
	if (x->wide && writes_control(x, m, o, 3, &value) && value >> 40)
		return "qemu's physical addresses have 40 bits, and it exits to a hypervisor for more (Vol. 2, MOV: #GP)";
	return NULL;
}

/* The stack's words of IRET have 4 or 8 bytes. */
static bool returns_to_virtual_8086(const struct x86_state *x, struct machine *m)
{
	enum { VM = 0x20000 };
	uint64_t sp = x86_element(x, m, "R", 4);

	return (x86_stack_word(x, m, sp + 8) | x86_stack_word(x, m, sp + 16)) & VM;
}

/* A far return whose stack selector is null: SS is the fourth word, behind the immediate, and the fifth of IRET. */
static bool returns_to_no_stack(const struct x86_state *x, struct machine *m, const struct x86_opcode *o)
{
	unsigned bytes = o->rex & 8 ? 8 : o->small_operand ? 2 : 4;
	unsigned release = o->byte == 0xca ? o->next | (unsigned)x86_code_byte(m, o->at + 2) << 8 : 0;
	uint64_t sp = x86_element(x, m, "R", 4) + bytes * (o->byte == 0xcf ? 4 : 3) + release;

	return (o->byte == 0xca || o->byte == 0xcb || o->byte == 0xcf) && !(x86_stack_word(x, m, sp) & 0xfffc);
}

static const char *of_64_bit_mode(const struct x86_state *x, struct machine *m, const struct x86_opcode *o)
{
	enum { TF = 0x100 };

	if (o->byte == 0x0f && o->next == 0x07 && x86_element(x, m, "R", 11) & TF)
		return "the description leaves out the traps of TF";
	if (o->byte == 0x0f && o->next == 0x01 && o->small_operand)
		return "qemu's LGDT and LIDT heed the operand size in 64-bit mode (Vol. 2, LGDT: the base has 8 bytes)";
	if (o->small_operand && x86_is_near_branch(o))
		return "qemu heeds the operand size of near branches in 64-bit mode, as AMD's processors do (Vol. 2, JMP: it is 64 bits)";
	if (o->byte == 0x0f && (o->next == 0xa4 || o->next == 0xac) && (x86_code_byte(m, o->at + 2) & 0xc7) == 5)
		return "qemu forgets the immediate of SHLD and SHRD in the length that RIP is relative to (Vol. 2, RIP-Relative Addressing)";
	if (returns_to_no_stack(x, m, o))
		return "qemu does not compare the RPL of a null stack selector with that of CS (Vol. 2, RET: #GP)";
	return NULL;
}

const char *qemu_x86_refusal(const struct x86_state *x, struct machine *m, const struct x86_opcode *o)
{
	enum x86_kind kind = x86_kind(o);
	uint64_t cpl = x86_get(x, m, "CPL");
	const char *why = NULL;

	if (!cpl)
		why = kind == X86_RDMSR || kind == X86_WRMSR ? of_msrs(x, m, kind) : of_control_registers(x, m, o);
	if (!why && x->wide)
		why = of_64_bit_mode(x, m, o);
	if (!why && kind == X86_IRET && (cpl || x->wide) && returns_to_virtual_8086(x, m))
		why = "qemu's IRET goes to virtual-8086 mode from everywhere (Vol. 2, IRET: at CPL 0 of a 32-bit mode)";
	if (!why && (o->byte == 0xc2 || o->byte == 0xca) && x86_code_byte(m, o->at + 2) & 0x80)
		why = "qemu extends the immediate of RET by its sign (Vol. 2, RET: it is unsigned)";
	if (!why && !x->wide && o->byte == 0x63 && o->next < 0xc0 && x86_get(x, m, "CR0.PG"))
		why = "qemu writes the destination of ARPL though it does not change (Vol. 2, ARPL), which a page may refuse";
	if (!why && cpl && names_no_register(m, o))
		why = "qemu asks for CPL 0 before it looks at the number of a control register (Vol. 3, Priority Among Concurrent Events)";
	if (!why && x86_repeats_no_port(x, m, o))
		why = "qemu asks for the right to a port where INS and OUTS are repeated no time (Vol. 2, REP)";
	return why;
}
