#ifndef ISOLDE_ORACLES_M68K_STATE_H
#define ISOLDE_ORACLES_M68K_STATE_H
/* What the oracles of the m68k need to know about the descriptions m68000 and m68010: where a value of the processor stands in their components,
 * and states in which instructions do something. */
#include "kinds.h"

enum { M68K_REGISTERS = 8 /* of each kind */, M68K_HANDLERS = 0x1000 /* where the vectors point to, 16 bytes each */ };

struct m68k_state {
	const struct isa *isa;
	/* Component numbers. */
	unsigned d, a, other_sp, t, i, x, n, z, v, c, r_l, r_b;
	bool controls; /* the MC68010's: vbr, sfc and dfc count */
	unsigned vbr, sfc, dfc;
};

/* `isa` must be one of m68000, m68010 and their variations. */
void m68k_state_new(struct m68k_state *s, const struct isa *isa);
/* A random state, T and the board's relocation off: registers are addresses in storage, or small enough to index by, or anything; storage is random
 * around them; vectors lead to even addresses. One in `odd` addresses may be odd. */
void m68k_prepare(const struct m68k_state *s, struct machine *m, struct chance *c, unsigned odd);
/* Whether the present state is without what no oracle knows: relocation on the bus, tracing. */
bool m68k_is_plain(const struct m68k_state *s, const struct machine *m);
uint32_t m68k_get(const struct machine *m, unsigned component, unsigned element);
/* The status register with its bits in place. */
uint32_t m68k_status(const struct m68k_state *s, const struct machine *m);
void m68k_set_status(const struct m68k_state *s, struct machine *m, uint32_t sr);
/* PRM 2.2: bits 10 to 8 of the extension words of an instruction with an index, which mean nothing on these processors and more on later ones;
 * 0: there are none. All words behind the first are taken together. */
unsigned m68k_index_bits(const unsigned char *instruction, unsigned length);
/* Whether a component belongs to the processor: neither to the board nor to what happens between instructions. */
bool m68k_has(const struct m68k_state *s, unsigned component);
#endif
