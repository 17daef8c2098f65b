#include "riscv_prepare.h"

#include <string.h>

#include "registers.h"

/* Offsets in storage, in pages of 4 KBytes. */
enum { PAGE = 0x1000, PAGES = RISCV_STORAGE / PAGE, ROOT = 1, MIDDLE, LEAVES, OTHER_MIDDLE, OTHER_LEAVES, CODE, DATA = CODE + 4 };
/* Bits of a page-table entry (Volume II, "Sv39"). */
enum { V = 1, R = 2, W = 4, X = 8, U = 16, G = 32, A = 64, D = 128 };
enum { REACH = 0x800 /* of an instruction from a register */, HIGH = 64 /* entry of the root: no board has anything at such a physical address */ };
enum { NAPOT = 3, TOR = 1, PMP_ENTRIES = 16 };
enum { LEVEL_U, LEVEL_S, LEVEL_M = 3 };

struct setup {
	struct machine *m;
	struct chance *c;
	const struct riscv_limits *limits;
	uint64_t level;
};

static void set(struct setup *s, const char *name, unsigned element, uint64_t value)
{
	register_set(s->m, isa_register(s->m->isa, name), element, value);
}

static void set_field(struct setup *s, const char *name, uint64_t value)
{
	machine_set(s->m, (unsigned)(isa_component(s->m->isa, name) - s->m->isa->components), 0, value);
}

static uint64_t bits(struct setup *s)
{
	return chance_bits(s->c);
}

static bool one_in(struct setup *s, unsigned n)
{
	return chance_one_in(s->c, n);
}

/* --- addresses --- */

static uint64_t physical(struct setup *s)
{
	return s->m->at + DATA * PAGE + chance_below(s->c, (PAGES - DATA) * PAGE);
}

/* The virtual addresses that fill_tables maps: the storage itself, a large page of it, a huge one, and pages with all kinds of entries. */
static uint64_t virtual(struct setup *s, uint64_t at)
{
	uint64_t offset = at - s->m->at;

	switch (chance_below(s->c, 6)) {
	case 0: return (uint64_t)HIGH << 30 | chance_below(s->c, 16) * 0x200000 | offset;
	case 1: return (uint64_t)(HIGH + chance_below(s->c, 8)) << 30 | offset;
	case 2: return ~(uint64_t)0 << 38 | (uint64_t)chance_below(s->c, 4) << 30 | offset;
	default: return at;
	}
}

static uint64_t aligned(struct setup *s, uint64_t at)
{
	return one_in(s, 32) ? at : at & ~(uint64_t)7;
}

static bool at_device(const struct setup *s, uint64_t value)
{
	for (const uint64_t *d = s->limits->devices; d && d[1]; d += 2)
		if (value >= d[0] - REACH && value <= d[1] + REACH)
			return true;
	return false;
}

static uint64_t anything(struct setup *s)
{
	uint64_t value = (uint64_t)chance_value(s->c, 64);

	return at_device(s, value) ? value << 40 : value;
}

/* --- storage --- */

static void put(struct setup *s, unsigned page, unsigned entry, uint64_t pte)
{
	uint64_t at = s->m->at + page * PAGE + 8 * (uint64_t)entry;

	machine_write_bytes(s->m, at, &pte, 8);
}

static uint64_t pointer(const struct setup *s, unsigned page)
{
	return (s->m->at + page * PAGE) >> 12 << 10 | V;
}

/* An entry that maps the storage from `page` on, mostly with what the level needs. */
static uint64_t leaf(struct setup *s, unsigned page)
{
	static const unsigned sets[] = {R, R | W, X, R | X, R | W | X, R | W | X, R | W | X, W, W | X};
	uint64_t pte = pointer(s, page) | A | D | sets[chance_below(s->c, sizeof sets / sizeof *sets)] | (bits(s) & G);

	if (one_in(s, 2) || s->level == LEVEL_U)
		pte |= U;
	if (s->level == LEVEL_S && one_in(s, 2))
		pte &= ~(uint64_t)U;
	if (!s->limits->sets_bits && one_in(s, 16))
		pte &= ~(bits(s) & (A | D));
	if (one_in(s, 24))
		pte ^= (uint64_t)1 << (54 + chance_below(s->c, 10)); /* reserved */
	return one_in(s, 24) ? pte & ~(uint64_t)V : pte;
}

/* Something else than a pointer to the next table. */
static uint64_t strange(struct setup *s, unsigned page)
{
	switch (chance_below(s->c, 5)) {
	case 0: return pointer(s, page) | (U << chance_below(s->c, 4));
	case 1: return leaf(s, page);                         /* a misaligned large page, unless page is 0 */
	case 2: return pointer(s, page) | W;
	case 3: return pointer(s, chance_below(s->c, PAGES)); /* another page taken for a table */
	default: return 0;
	}
}

static void fill_tables(struct setup *s)
{
	unsigned first = (unsigned)(s->m->at >> 30 & 511), middle = (unsigned)(s->m->at >> 21 & 511);

	for (unsigned page = 0; page < PAGES; page++) {
		put(s, LEAVES, (unsigned)(s->m->at >> 12 & 511) + page, leaf(s, page));
		put(s, OTHER_LEAVES, page, leaf(s, chance_below(s->c, PAGES)));
	}
	for (unsigned entry = 0; entry < 512; entry++)
		if ((entry >= HIGH && entry < HIGH + 8) || entry > 504)
			put(s, ROOT, entry, one_in(s, 2) ? leaf(s, 0) : strange(s, OTHER_MIDDLE));
	for (unsigned entry = 0; entry < 16; entry++)
		put(s, OTHER_MIDDLE, entry, entry % 4 == 0 ? pointer(s, OTHER_LEAVES) : one_in(s, 2) ? leaf(s, 0) : strange(s, OTHER_LEAVES));
	put(s, ROOT, HIGH, one_in(s, 8) ? strange(s, OTHER_MIDDLE) : pointer(s, OTHER_MIDDLE));
	put(s, ROOT, first, one_in(s, 16) ? strange(s, MIDDLE) : pointer(s, MIDDLE));
	put(s, MIDDLE, middle, one_in(s, 16) ? strange(s, LEAVES) : one_in(s, 3) ? leaf(s, 0) : pointer(s, LEAVES));
}

static void fill_around(struct setup *s, uint64_t at)
{
	uint64_t offset = at & (RISCV_STORAGE - 1) & ~(uint64_t)7, value;

	for (int i = -2; i < 3; i++) {
		uint64_t pa = s->m->at + ((offset + (uint64_t)(8 * i)) & (RISCV_STORAGE - 1));

		value = anything(s);
		if (pa >= s->m->at + DATA * PAGE)
			machine_write_bytes(s->m, pa, &value, 8);
	}
}

/* --- registers --- */

static void set_general(struct setup *s)
{
	for (unsigned r = 1; r < 32; r++) {
		uint64_t value = one_in(s, 2) ? anything(s) : aligned(s, virtual(s, physical(s)));

		set(s, "X", r, value);
		fill_around(s, value);
	}
	if (one_in(s, 3)) { /* a reservation where registers point */
		uint64_t at = physical(s) & ~(uint64_t)7;

		for (unsigned r = 1; r < 32; r++)
			if (one_in(s, 4))
				set(s, "X", r, one_in(s, 8) ? at | 4 : at);
		set_field(s, "RES.granule", at >> 3);
		set_field(s, "RES.valid", 1);
	}
}

static void set_status(struct setup *s)
{
	static const unsigned levels[] = {LEVEL_U, LEVEL_S, LEVEL_M};
	uint64_t all = bits(s) & 0x7c01aa; /* without MPRV and MPP */

	set(s, "mstatus", 0, all | (uint64_t)levels[chance_below(s->c, 3)] << 11 | (uint64_t)2 << 34 | (uint64_t)2 << 32);
	set_field(s, "mstatus.MPRV", s->level == LEVEL_M && one_in(s, 3));
}

static void set_traps(struct setup *s)
{
	set(s, "medeleg", 0, one_in(s, 3) ? ~(uint64_t)0 : one_in(s, 3) ? 0 : bits(s));
	set(s, "mideleg", 0, bits(s));
	set(s, "mtvec", 0, (one_in(s, 2) ? virtual(s, physical(s)) : bits(s)) & ~(uint64_t)2);
	set(s, "stvec", 0, (one_in(s, 2) ? virtual(s, physical(s)) : bits(s)) & ~(uint64_t)2);
	set(s, "mepc", 0, one_in(s, 2) ? virtual(s, physical(s)) : anything(s));
	set(s, "sepc", 0, one_in(s, 2) ? virtual(s, physical(s)) : anything(s));
	set(s, "mcause", 0, anything(s));
	set(s, "scause", 0, anything(s));
	set(s, "mtval", 0, anything(s));
	set(s, "stval", 0, anything(s));
	set(s, "mscratch", 0, anything(s));
	set(s, "sscratch", 0, anything(s));
}

static void set_interrupts(struct setup *s)
{
	struct trap trap;

	set(s, "mie", 0, bits(s));
	set(s, "mip", 0, bits(s) & 0x222); /* others are lines of devices */
	while (machine_interrupt(s->m, &trap))
		if (one_in(s, 2))
			set(s, "mip", 0, bits(s) & bits(s) & 0x222);
		else
			set(s, "mie", 0, bits(s) & bits(s));
}

static void set_counters(struct setup *s)
{
	set(s, "mcounteren", 0, one_in(s, 2) ? ~(uint64_t)0 : bits(s));
	set(s, "scounteren", 0, one_in(s, 2) ? ~(uint64_t)0 : bits(s));
	set(s, "mcountinhibit", 0, bits(s));
	set(s, "mhpmcounter", chance_below(s->c, 29), anything(s));
	set(s, "mhpmevent", chance_below(s->c, 29), bits(s) << 20); /* no event that anybody counts */
	set(s, "menvcfg", 0, bits(s));
	set(s, "senvcfg", 0, bits(s));
}

/* --- PMP --- */

static void set_pmp(struct setup *s, unsigned entry, unsigned how, uint64_t address, unsigned rights)
{
	set(s, "pmpaddr", entry, address);
	set(s, "PMP", entry, how << 3 | rights);
}

static unsigned rights(struct setup *s)
{
	static const unsigned legal[] = {0, 1, 3, 4, 5, 7, 7, 7}; /* R, W, X from bit 0 on; W without R is reserved */

	return legal[chance_below(s->c, sizeof legal / sizeof *legal)] | (s->limits->locks && one_in(s, 256) ? 0x80 : 0);
}

/* Regions of whole pages (the description's grain); a top of range follows an entry that ends at a page. */
static void set_regions(struct setup *s)
{
	bool whole = true; /* the entry before */

	for (unsigned entry = 0; entry < PMP_ENTRIES - 1; entry++) {
		uint64_t page = (s->m->at >> 2) + (uint64_t)chance_below(s->c, PAGES + 1) * (PAGE / 4);
		unsigned kind = chance_below(s->c, 8);

		if (kind == 0 && whole) {
			set_pmp(s, entry, TOR, page, rights(s));
		} else if (kind == 1) {
			set_pmp(s, entry, NAPOT, page | (((uint64_t)PAGE / 8 << chance_below(s->c, 4)) - 1), rights(s));
			whole = false;
			continue;
		} else if (kind == 2) {
			set_pmp(s, entry, 0, page, rights(s));
		}
		whole = true;
	}
}

static void set_protection(struct setup *s)
{
	if (one_in(s, 3))
		set_regions(s);
	if (!one_in(s, 16))
		set_pmp(s, PMP_ENTRIES - 1, NAPOT, ((uint64_t)1 << 54) - 1, one_in(s, 8) ? rights(s) : 7);
}

static void set_translation(struct setup *s)
{
	uint64_t root = (s->m->at >> 12) + ROOT;

	set(s, "satp", 0, (one_in(s, 3) ? 0 : (uint64_t)8 << 60) | (bits(s) & 0xffff) << 44 | (one_in(s, 64) ? root + chance_below(s->c, PAGES - ROOT) : root));
}

/* Mostly where something can be fetched. */
static void set_pc(struct setup *s)
{
	struct trap trap;
	uint64_t at, pa;

	for (unsigned tries = one_in(s, 16) ? 1 : 20; tries; tries--) {
		at = s->m->at + CODE * PAGE + 2 * (uint64_t)chance_below(s->c, (DATA - CODE) * PAGE / 2);
		machine_set(s->m, s->m->isa->pc, 0, s->level == LEVEL_M ? at : virtual(s, at));
		if (machine_translate(s->m, machine_level(s->m), machine_pc(s->m), ACCESS_FETCH, &pa, &trap) && pa - s->m->at < s->m->size)
			break;
	}
}

void riscv_prepare(struct machine *m, struct chance *c, const struct riscv_limits *limits)
{
	static const unsigned levels[] = {LEVEL_U, LEVEL_S, LEVEL_M};
	struct setup s = {m, c, limits, levels[chance_below(c, 3)]};

	machine_set(m, m->isa->mode, 0, s.level);
	fill_tables(&s);
	set_general(&s);
	set_status(&s);
	set_traps(&s);
	set_interrupts(&s);
	set_counters(&s);
	set_protection(&s);
	set_translation(&s);
	set_pc(&s);
}
