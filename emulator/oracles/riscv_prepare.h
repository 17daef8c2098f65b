#ifndef ISOLDE_ORACLES_RISCV_PREPARE_H
#define ISOLDE_ORACLES_RISCV_PREPARE_H
/* Random states of rv64 in which instructions do something: all levels, page tables with every kind of entry, PMP, delegation, every field of
 * mstatus. */
#include "kinds.h"

enum { RISCV_STORAGE = 0x20000 /* bytes, from where the description's storage begins */ };

/* What an implementation chooses differently, and where its states must therefore stay away from. */
struct riscv_limits {
	bool sets_bits;     /* it sets A and D bits in page tables itself: all leaves have them set */
	bool locks;         /* PMP entries may be locked */
	const uint64_t *devices; /* pages of physical addresses where it has devices, first and last in turn, 0 at the end: no register points there */
};

/* `m`: at reset, with `isa` rv64. No interrupt is to be taken in the state. */
void riscv_prepare(struct machine *m, struct chance *c, const struct riscv_limits *limits);
#endif
