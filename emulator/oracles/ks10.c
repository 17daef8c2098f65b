/* States of a KA10 that a KS10 can be in, and how it is told of them. */
#include "ks10.h"

#include <string.h>

enum { PLACES = 6 /* words of interest in each page */, PLACE = 0700, CODE = 0500, PAGE = 02000 /* words of a KA10's page */ };

const struct ks10_flag ks10_flags[8] = {{"FLAGS.OV", 0}, {"FLAGS.CRY0", 1}, {"FLAGS.CRY1", 2}, {"FLAGS.FOV", 3}, {"FLAGS.BIS", 4},
	{"FLAGS.IOT", 6}, {"FLAGS.FXU", 11}, {"FLAGS.DCK", 12}};
const struct ks10_register ks10_pi[KS10_PI_COUNT] = {{"PI.on", "PION"}, {"PI.held", "PIACT"}, {"PI.enabled", "PIENB"}, {"PI.requested", "PIPRQ"}};

enum { USER_FLAG = 1 << (17 - 5) };

static unsigned number(const struct isa *isa, const char *name)
{
	return (unsigned)(isa_component(isa, name) - isa->components);
}

void ks10_new(struct ks10 *k, const struct isa *isa)
{
	static const char *const pr[] = {"PR.PL", "PR.PH", "PR.W", "PR.RL", "PR.RH"};

	*k = (struct ks10){.isa = isa, .ac = number(isa, "AC"), .pushdown = number(isa, "APR.pushdown"), .protection = number(isa, "APR.protection"),
			   .no_memory = number(isa, "APR.no_memory")};
	for (unsigned i = 0; i < 5; i++)
		k->pr[i] = number(isa, pr[i]);
	for (unsigned i = 0; i < 8; i++)
		k->flags[i] = number(isa, ks10_flags[i].name);
	for (unsigned i = 0; i < KS10_PI_COUNT; i++)
		k->pi[i] = number(isa, ks10_pi[i].component);
}

static bool is_user(const struct machine *m)
{
	return !machine_get(m, m->isa->mode, 0);
}

unsigned ks10_flags_of(const struct ks10 *k, const struct machine *m)
{
	unsigned flags = is_user(m) ? USER_FLAG : 0;

	for (unsigned i = 0; i < 8; i++)
		flags |= (unsigned)machine_get(m, k->flags[i], 0) << (17 - ks10_flags[i].bit);
	return flags;
}

void ks10_set_flags(const struct ks10 *k, struct machine *m, unsigned flags)
{
	machine_set(m, m->isa->mode, 0, !(flags & USER_FLAG));
	for (unsigned i = 0; i < 8; i++)
		machine_set(m, k->flags[i], 0, flags >> (17 - ks10_flags[i].bit) & 1);
}

u128 ks10_sees(const struct ks10 *k, unsigned component)
{
	const struct isa *isa = k->isa;
	bool seen = component == k->ac || component == isa->pc || component == isa->mode || component == isa->waiting || component == k->pushdown ||
		    component == k->protection || component == k->no_memory;

	for (unsigned i = 0; i < 8; i++)
		seen = seen || component == k->flags[i];
	for (unsigned i = 0; i < KS10_PI_COUNT; i++)
		seen = seen || component == k->pi[i];
	return seen ? ~(u128)0 : 0;
}

/* --- pages --- */

unsigned ks10_entry(unsigned page)
{
	return (page & PAG_PAGE) < KS10_STORAGE / 512 ? page : 0;
}

unsigned ks10_exec_page(unsigned page)
{
	return PAG_ACCESS | PAG_WRITE | page;
}

/* System Reference Manual, "Time Sharing": a page of the KA10 is two of the KS10. */
unsigned ks10_user_page(const struct ks10 *k, const struct machine *m, unsigned page)
{
	unsigned r[5], high = page >= KS10_PAGES / 2, block = page / 2;

	for (unsigned i = 0; i < 5; i++)
		r[i] = (unsigned)machine_get(m, k->pr[i], 0);
	if (block <= r[0])
		return PAG_ACCESS | PAG_WRITE | (((block + r[3]) & 0377) * 2 + page % 2);
	if (!high || block > r[1])
		return 0;
	return PAG_ACCESS | (r[2] ? 0 : PAG_WRITE) | (((block + r[4]) & 0377) * 2 + page % 2);
}

/* --- traps --- */

enum { JSR = 0264, FLAGS_SHIFT = 18, ADDRESS = 0777777 };

static uint64_t shared_flags(void)
{
	unsigned flags = USER_FLAG;

	for (unsigned i = 0; i < 8; i++)
		flags |= 1u << (17 - ks10_flags[i].bit);
	return flags;
}

static const unsigned bis = 4; /* in ks10_flags */

bool ks10_is_jsr(uint64_t instruction)
{
	unsigned e = instruction & ADDRESS;

	return instruction >> 27 == JSR && !(instruction >> 18 & 037) && e >= KS10_ACS && e < KS10_STORAGE;
}

void ks10_enter_call(const struct ks10 *k, struct machine *m, unsigned at, uint64_t uuo, uint64_t pc_word)
{
	unsigned e = (unsigned)storage_get(m->storage, at + 1) & ADDRESS;

	storage_set(m->storage, at, uuo);
	storage_set(m->storage, e, pc_word & (shared_flags() << FLAGS_SHIFT | ADDRESS));
	ks10_set_flags(k, m, pc_word >> FLAGS_SHIFT & ~(uint64_t)USER_FLAG & ADDRESS);
	machine_set(m, k->flags[bis], 0, 0);
	machine_set(m, m->isa->pc, 0, (e + 1) & ADDRESS);
}

void ks10_enter_failure(const struct ks10 *k, struct machine *m, bool protected, uint64_t pc_word)
{
	ks10_set_flags(k, m, pc_word >> FLAGS_SHIFT & ADDRESS);
	machine_set(m, protected ? k->protection : k->no_memory, 0, 1);
	machine_set(m, m->isa->pc, 0, (pc_word + 1) & ADDRESS);
}

/* --- random states --- */

/* Few addresses, so that operands meet: accumulators, the UUO's locations, some words of each page. */
static unsigned address(const struct machine *m, struct chance *c)
{
	unsigned high = is_user(m) && chance_one_in(c, 8) ? 0400000 : 0, at = chance_below(c, 8);

	if (at == 0)
		return chance_below(c, KS10_ACS);
	if (at == 1 && chance_one_in(c, 4))
		return chance_one_in(c, 2) ? 040 + chance_below(c, 2) : (unsigned)chance_value(c, 18);
	return high + chance_below(c, KS10_STORAGE / PAGE) * PAGE + PLACE + chance_below(c, PLACES);
}

static uint64_t field(uint64_t word, unsigned first, unsigned width, uint64_t value)
{
	unsigned shift = 36 - first - width;
	uint64_t mask = ((1ull << width) - 1) << shift;

	return (word & ~mask) | (value << shift & mask);
}

uint64_t ks10_aim(const struct machine *m, struct chance *c, uint64_t w)
{
	bool indexed = chance_one_in(c, 3);

	w = field(w, 13, 1, chance_one_in(c, 5));
	w = field(w, 14, 4, indexed ? chance_bits(c) : 0);
	if (!chance_one_in(c, 8))
		w = field(w, 18, 18, indexed ? chance_below(c, 6) - 2ull : address(m, c));
	if (w >> 33 == 7 && chance_one_in(c, 2))
		w = field(w, 3, 7, 1); /* the interrupt system */
	if ((w >> 27 == 0256 || w >> 27 == 0133) && !chance_one_in(c, 8))
		w = field(w, 9, 4, 0); /* with an accumulator, a KS10's XCT and IBP are others */
	return w;
}

static uint64_t some_instruction(const struct machine *m, struct chance *c)
{
	const struct instruction *i = m->isa->instructions;

	for (unsigned n = chance_below(c, m->isa->instruction_count); n; n--)
		i = i->next;
	return ks10_aim(m, c, (uint64_t)(i->pattern.match | (chance_bits(c) & ~i->pattern.mask & KS10_WORD)));
}

/* What words hold: numbers, stack pointers and PC words, pairs of addresses, byte pointers, instructions. */
static uint64_t word(const struct machine *m, struct chance *c)
{
	switch (chance_below(c, 6)) {
	case 0: return (uint64_t)chance_value(c, 18) << 18 | address(m, c);
	case 1: return (uint64_t)address(m, c) << 18 | address(m, c);
	case 2: return field(field(ks10_aim(m, c, 0), 0, 6, chance_below(c, 44)), 6, 6, chance_below(c, 44));
	case 3: return some_instruction(m, c);
	default: return (uint64_t)chance_value(c, 36);
	}
}

/* As the monitor has it where its UUOs lead. */
static uint64_t jsr(struct chance *c)
{
	return (uint64_t)JSR << 27 | (chance_below(c, KS10_STORAGE / PAGE) * PAGE + PLACE + chance_below(c, PLACES));
}

/* All of storage for the user; now and then two segments of some pages. */
static void prepare_segments(const struct ks10 *k, struct machine *m, struct chance *c)
{
	bool all = !chance_one_in(c, 8);
	unsigned r[] = {all ? 0377 : chance_below(c, 4), all ? 0 : chance_below(c, 5) + 0177, all ? 0 : chance_below(c, 2),
			all ? 0 : chance_below(c, 5), all ? 0 : chance_below(c, 5) + 0200};

	for (unsigned i = 0; i < 5; i++)
		machine_set(m, k->pr[i], 0, r[i]);
}

/* No interrupt is due. */
static void prepare_interrupts(const struct ks10 *k, struct machine *m, struct chance *c)
{
	bool on = chance_one_in(c, 2);

	machine_set(m, k->pi[0], 0, on);
	machine_set(m, k->pi[1], 0, chance_value(c, 7));
	machine_set(m, k->pi[2], 0, chance_value(c, 7));
	machine_set(m, k->pi[3], 0, on ? 0 : chance_value(c, 7));
}

void ks10_prepare(const struct ks10 *k, struct machine *m, struct chance *c)
{
	ks10_set_flags(k, m, (unsigned)chance_bits(c) & 0777777);
	prepare_segments(k, m, c);
	prepare_interrupts(k, m, c);
	for (unsigned i = 0; i < KS10_ACS; i++)
		machine_set(m, k->ac, i, word(m, c));
	for (unsigned page = 0; page < KS10_STORAGE / PAGE; page++)
		for (unsigned i = 0; i < PLACES; i++)
			storage_set(m->storage, page * PAGE + PLACE + i, word(m, c));
	storage_set(m->storage, 040, word(m, c));
	storage_set(m->storage, 041, chance_one_in(c, 2) ? word(m, c) : jsr(c));
	storage_set(m->storage, 061, jsr(c));
	machine_set(m, m->isa->pc, 0, chance_below(c, is_user(m) ? 2 : KS10_STORAGE / PAGE) * PAGE + CODE + 2 * chance_below(c, 4));
	if (is_user(m) && chance_one_in(c, 16))
		machine_set(m, m->isa->pc, 0, 0400000 + CODE);
}
