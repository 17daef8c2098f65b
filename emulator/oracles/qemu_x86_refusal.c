/* Where qemu 7.2 departs from the manual in some cases only: they are not compared, and counted with their reason. */
#include "qemu_x86_load.h"

static bool knows_msr(const struct x86_state *x, uint32_t number)
{
	static const uint32_t others[] = {0x10 /* TSC */, 0xc0000080 /* EFER */, 0xc0000100, 0xc0000101 /* bases of FS and GS */};

	for (unsigned i = 0; i < X86_MSRS; i++)
		if (x86_msrs[i].number == number)
			return x86_has(x, x86_msrs[i].name);
	for (unsigned i = 0; i < (x->wide ? 4 : 1); i++)
		if (others[i] == number)
			return true;
	return false;
}

/* MOV to or from a control register that does not exist. */
static bool names_no_register(struct machine *m, const struct x86_opcode *o)
{
	unsigned number = x86_code_byte(m, o->at + 2) >> 3 & 7;

	return o->byte == 0x0f && (o->next & 0xfd) == 0x20 && number != 0 && (number < 2 || number > 4);
}

/* MOV to CR4 of a bit that the description does not have. */
static bool sets_unknown_control(const struct x86_state *x, struct machine *m, const struct x86_opcode *o)
{
	unsigned char modrm = x86_code_byte(m, o->at + 2);
	uint64_t value = x86_element(x, m, "R", (modrm & 7u) | (o->rex & 1u) << 3);

	return o->byte == 0x0f && o->next == 0x22 && (modrm >> 3 & 7) == 4 && (value & ~(x->wide ? (uint64_t)0x10824 : 0x14));
}

static bool is_near_branch(const struct x86_opcode *o)
{
	unsigned how = o->next >> 3 & 7;

	return (o->byte == 0x0f && (o->next & 0xf0) == 0x80) || (o->byte & 0xf0) == 0x70 || (o->byte & 0xfc) == 0xe0 || (o->byte & 0xfe) == 0xe8 ||
	       o->byte == 0xeb || (o->byte & 0xfe) == 0xc2 || (o->byte == 0xff && (how == 2 || how == 4));
}

const char *qemu_x86_refusal(const struct x86_state *x, struct machine *m, const struct x86_opcode *o)
{
	enum { VM = 0x20000 };
	enum x86_kind kind = x86_kind(o);
	uint64_t cpl = x86_get(x, m, "CPL"), sp = x86_element(x, m, "R", 4);

	if ((kind == X86_RDMSR || kind == X86_WRMSR) && !cpl && !knows_msr(x, (uint32_t)x86_element(x, m, "R", 1)))
		return "qemu ignores accesses to MSRs that do not exist (Vol. 2, RDMSR: #GP)";
	if (kind == X86_IRET && cpl && !x->wide && (x86_stack_word(x, m, sp + 8) & VM))
		return "qemu's IRET goes to virtual-8086 mode from every level (Vol. 2, IRET: from 0)";
	if ((o->byte == 0xc2 || o->byte == 0xca) && x86_code_byte(m, o->at + 2) & 0x80)
		return "qemu extends the immediate of RET by its sign (Vol. 2, RET: it is unsigned)";
	if (cpl && names_no_register(m, o))
		return "qemu asks for CPL 0 before it looks at the number of a control register (Vol. 3, Priority Among Concurrent Events)";
	if (x->wide && o->small_operand && is_near_branch(o))
		return "qemu heeds the operand size of near branches in 64-bit mode, as AMD's processors do (Vol. 2, JMP: it is 64 bits)";
	if (!cpl && sets_unknown_control(x, m, o))
		return "qemu sets bits of CR4 whose feature the processor does not have, or exits to a hypervisor (Vol. 2, MOV: #GP)";
	return NULL;
}
