#ifndef ISOLDE_ORACLES_QEMU_X86_LOAD_H
#define ISOLDE_ORACLES_QEMU_X86_LOAD_H
/* What gdb's stub cannot write in an x86 is written by the processor's own instructions: small programs of ours behind the storage. They begin
 * in real-address mode, so that they can be started whatever state the processor was left in. */
#include "qemu.h"
#include "x86_state.h"

enum { X86_ROOM = 0x100000 - X86_STORAGE /* bytes behind the storage */ };

struct x86_msr {
	uint32_t number;
	uint64_t value;
};

struct x86_load {
	bool wide;
	int cr0, cr4, efer, cs, ss, ip, flags; /* the stub's registers; efer only if wide */
};

/* The stub's number of a register behind the selectors: its description lists three bases, of SS, DS and ES, that it then does not count. -1: none
 * of that name. */
int x86_register_behind(struct oracle *o, const char *name);
/* After each start of qemu. False: the stub does not know the registers. */
bool x86_load_learn(struct x86_load *l, struct oracle *o, bool wide);
/* Loads GDTR, IDTR, LDTR, TR, DR0 to DR3, DR6, DR7 and these MSRs as `m` has them; ends in protected mode (long mode if wide) without paging
 * (with all storage mapped as it is), at CPL 0. False: LDTR or TR cannot be as they are, or the stub is dead. */
bool x86_load(const struct x86_load *l, struct oracle *o, const struct x86_state *x, const struct machine *m, const struct x86_msr *msrs,
	      unsigned count);
/* Reads these MSRs; everything else that the processor held is lost. */
bool x86_load_read_msrs(const struct x86_load *l, struct oracle *o, struct x86_msr *msrs, unsigned count);
/* The descriptor that makes a segment register what `v` is. False: none does. */
bool x86_load_descriptor(const struct x86_segment *v, uint64_t *descriptor);
/* Why the instruction is not executed: what qemu does otherwise than the manual says, in some cases of an instruction that it does well in others.
 * NULL: nothing is known. */
const char *qemu_x86_refusal(const struct x86_state *x, struct machine *m, const struct x86_opcode *o);
#endif
