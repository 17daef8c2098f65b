/* Where the processor's values stand in the components of m68000 and m68010, and random states. */
#include "m68k_state.h"

enum { MARGIN = 0x2000, VECTORS = 64, ALL_PAGES = 0x1000 };

static unsigned number(const struct isa *isa, const char *name)
{
	return (unsigned)(isa_component(isa, name) - isa->components);
}

void m68k_state_new(struct m68k_state *s, const struct isa *isa)
{
	*s = (struct m68k_state){.isa = isa, .controls = isa_component(isa, "VBR")};
	s->d = number(isa, "D"), s->a = number(isa, "A"), s->other_sp = number(isa, "OTHER_SP");
	s->t = number(isa, "SR.T"), s->i = number(isa, "SR.I");
	s->x = number(isa, "SR.X"), s->n = number(isa, "SR.N"), s->z = number(isa, "SR.Z"), s->v = number(isa, "SR.V"), s->c = number(isa, "SR.C");
	s->r_l = number(isa, "R.l"), s->r_b = number(isa, "R.b");
	if (s->controls)
		s->vbr = number(isa, "VBR"), s->sfc = number(isa, "SFC"), s->dfc = number(isa, "DFC");
}

uint32_t m68k_get(const struct machine *m, unsigned component, unsigned element)
{
	return (uint32_t)machine_get(m, component, element);
}

uint32_t m68k_status(const struct m68k_state *s, const struct machine *m)
{
	return m68k_get(m, s->t, 0) << 15 | m68k_get(m, m->isa->mode, 0) << 13 | m68k_get(m, s->i, 0) << 8 | m68k_get(m, s->x, 0) << 4 |
	       m68k_get(m, s->n, 0) << 3 | m68k_get(m, s->z, 0) << 2 | m68k_get(m, s->v, 0) << 1 | m68k_get(m, s->c, 0);
}

void m68k_set_status(const struct m68k_state *s, struct machine *m, uint32_t sr)
{
	machine_set(m, m->isa->mode, 0, sr >> 13 & 1);
	machine_set(m, s->t, 0, sr >> 15 & 1);
	machine_set(m, s->i, 0, sr >> 8 & 7);
	machine_set(m, s->x, 0, sr >> 4 & 1);
	machine_set(m, s->n, 0, sr >> 3 & 1);
	machine_set(m, s->z, 0, sr >> 2 & 1);
	machine_set(m, s->v, 0, sr >> 1 & 1);
	machine_set(m, s->c, 0, sr & 1);
}

bool m68k_is_plain(const struct m68k_state *s, const struct machine *m)
{
	return !m68k_get(m, s->t, 0) && !m68k_get(m, s->r_l, 0) && m68k_get(m, s->r_b, 0) == ALL_PAGES;
}

bool m68k_has(const struct m68k_state *s, unsigned c)
{
	return c == s->d || c == s->a || c == s->other_sp || c == s->t || c == s->i || c == s->x || c == s->n || c == s->z || c == s->v || c == s->c ||
	       c == s->isa->mode || c == s->isa->pc || (s->controls && (c == s->vbr || c == s->sfc || c == s->dfc));
}

unsigned m68k_index_bits(const unsigned char *at, unsigned length)
{
	unsigned op = (unsigned)at[0] << 8 | at[1], all = 0;
	bool indexed = (op >> 3 & 7) == 6 || (op & 0x3f) == 0x3b || (op < 0x4000 && (op >> 6 & 7) == 6);

	if (op >> 4 == 0x4e7) /* STOP, RTD, MOVEC: no operand */
		return 0;
	for (unsigned n = 2; n < length && indexed; n += 2)
		all |= at[n] & 7;
	return all;
}

/* --- states --- */

static uint32_t address(const struct machine *m, struct chance *c, unsigned odd)
{
	uint32_t at = (uint32_t)(MARGIN + chance_below(c, (unsigned)m->size - 2 * MARGIN));

	return chance_one_in(c, odd) ? at : at & ~1u;
}

static void put_word(struct machine *m, uint32_t at, uint32_t word)
{
	storage_set(m->storage, at, word >> 8 & 255);
	storage_set(m->storage, at + 1, word & 255);
}

static void put_long(struct machine *m, uint32_t at, uint32_t value)
{
	put_word(m, at, value >> 16);
	put_word(m, at + 2, value);
}

/* UM 6.4, 6.3.9: something that RTE may find on the stack; on the MC68010 with a format. */
static void put_frame(const struct m68k_state *s, struct machine *m, struct chance *c, uint32_t at)
{
	put_word(m, at, (uint32_t)chance_bits(c) & 0x271f);
	put_long(m, at + 2, address(m, c, 16));
	if (s->controls)
		put_word(m, at + 6, ((uint32_t)chance_bits(c) & 0xfff) | (chance_one_in(c, 4) ? (uint32_t)chance_bits(c) & 0xf000 : 0));
}

static void set_controls(const struct m68k_state *s, struct machine *m, struct chance *c)
{
	uint32_t table = chance_one_in(c, 2) ? 0 : address(m, c, 16);

	machine_set(m, s->vbr, 0, table);
	machine_set(m, s->sfc, 0, chance_below(c, 8));
	machine_set(m, s->dfc, 0, chance_below(c, 8));
	for (uint32_t v = 0; v < VECTORS; v++)
		put_long(m, table + 4 * v, M68K_HANDLERS + 16 * v);
}

void m68k_prepare(const struct m68k_state *s, struct machine *m, struct chance *c, unsigned odd)
{
	for (unsigned k = 0; k < M68K_REGISTERS; k++) {
		uint32_t at = address(m, c, odd);

		machine_set(m, s->d, k, chance_one_in(c, 3) ? chance_value(c, 8) : chance_value(c, 32));
		machine_set(m, s->a, k, at);
		for (uint32_t u = (at & ~1u) - 16; u < (at & ~1u) + 16; u++)
			storage_set(m->storage, u, chance_value(c, 8));
	}
	machine_set(m, s->a, 7, address(m, c, odd) & ~1u);
	machine_set(m, s->other_sp, 0, address(m, c, odd) & ~1u);
	m68k_set_status(s, m, (uint32_t)chance_bits(c) & 0x271f);
	machine_set(m, s->r_l, 0, 0);
	machine_set(m, s->r_b, 0, ALL_PAGES);
	machine_set(m, m->isa->pc, 0, m->size / 2 + 2 * chance_below(c, 64));
	put_frame(s, m, c, m68k_get(m, s->a, 7));
	for (uint32_t v = 0; v < VECTORS; v++)
		put_long(m, 4 * v, M68K_HANDLERS + 16 * v);
	if (s->controls)
		set_controls(s, m, c);
}
