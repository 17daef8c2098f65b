/* Where one instruction leads on a KS10: what it may change, and what the KA10 does otherwise. */
#include "ks10.h"

enum { LEVELS = 5 /* of indirection, as the description */, CHAIN = 6 /* of XCT and LUUO */, HALF = 0777777 };

static bool is_user(const struct machine *m)
{
	return !machine_get(m, m->isa->mode, 0);
}

static void touch(struct ks10_path *p, unsigned real)
{
	if (p->count < KS10_TOUCHED_MAX)
		p->touched[p->count++] = real;
}

/* The word at a program's address, which is touched. False: it is not to be had. */
static bool look(const struct ks10 *k, const struct machine *m, struct ks10_path *p, unsigned at, uint64_t *word)
{
	unsigned entry, real;

	if (at < KS10_ACS) {
		*word = (uint64_t)machine_get(m, k->ac, at);
		return true;
	}
	if (at >> 9 == KS10_FAIL_PAGE && !is_user(m))
		p->cannot = "where page failures lead";
	entry = is_user(m) ? ks10_user_page(k, m, at >> 9) : ks10_exec_page(at >> 9);
	real = (entry & PAG_PAGE) << 9 | (at & 0777);
	if (!(entry & PAG_ACCESS) || real >= KS10_STORAGE)
		return false;
	if (real < KS10_ACS)
		p->cannot = "storage behind the accumulators";
	touch(p, real);
	*word = (int)real == p->uuo ? p->uuo_word : storage_get(m->storage, real);
	return true;
}

static bool effective(const struct ks10 *k, const struct machine *m, struct ks10_path *p, uint64_t w, unsigned *e)
{
	for (unsigned level = 0; level < LEVELS; level++) {
		unsigned x = w >> 18 & 017;

		*e = (unsigned)(w + (x ? (uint64_t)machine_get(m, k->ac, x) : 0)) & HALF;
		if (!(w >> 22 & 1))
			return true;
		if (level < LEVELS - 1 && !look(k, m, p, *e, &w))
			return false;
	}
	p->cannot = "indirect addresses without end";
	return false;
}

/* --- what differs --- */

/* Bits of its accumulator field: System Reference Manual, "Program Control"; on a KS10 a number. */
static bool jrst_differs(unsigned a, bool user, bool iot)
{
	if (user && !iot)
		return a == 3 || a == 5 || a == 13;
	return !(a <= 2 || a == 8 || a == 10 || (a == 4 && !user));
}

static const char *jumps(unsigned op, unsigned a, bool user, bool iot)
{
	if (op == 0254 && jrst_differs(a, user, iot))
		return "JRST (SRM 2.9): functions are numbers, not bits";
	if (op == 0256 && a && !user)
		return "XCT (SRM 2.9): an accumulator is the previous context's";
	return NULL;
}

static bool of_interrupts(uint64_t w)
{
	return (w >> 26 & 0177) == 1 && (w >> 23 & 7) >= 4;
}

/* CONI shows requests too; CONO takes more bits. */
static const char *input_output(const struct ks10 *k, const struct machine *m, uint64_t w, unsigned e)
{
	unsigned function = w >> 23 & 7;

	if (!of_interrupts(w))
		return "I/O (SRM 2.12): alike for the interrupt system alone";
	if (function == 5 && machine_get(m, k->pi[3], 0))
		return "CONI PI (SRM 2.13): shows requests too";
	if (function == 4 && e & 0770000)
		return "CONO PI (SRM 2.13): more bits";
	return NULL;
}

/* What an accumulator holds that is both a pointer and an operand. */
static const char *own(unsigned op, unsigned a, uint64_t ac, unsigned e)
{
	if (op == 0251 && (ac & HALF) > e)
		return "BLT (SRM 2.2): moves nothing to a destination beyond the end";
	if (op == 0251 && (ac >> 18 == a || (ac & HALF) == a))
		return "BLT (SRM 2.2): of its own accumulator";
	return op == 0262 && e == a ? "POP (SRM 2.2): into its own accumulator" : NULL;
}

static const char *codes(unsigned op, unsigned a)
{
	if (op == 0133 && a)
		return "IBP (SRM 2.3): with an accumulator it adjusts";
	if ((op >= 0100 && op < 0133) || (op >= 0140 && op < 0200) || op == 0247 || op == 0257)
		return "codes that the description leaves out, or a KA10 lacks";
	return NULL;
}

static const char *differs(const struct ks10 *k, const struct machine *m, uint64_t w, unsigned e)
{
	unsigned op = w >> 27 & 0777, a = w >> 23 & 017;
	bool user = is_user(m), iot = ks10_flags_of(k, m) >> 11 & 1;
	uint64_t ac = (uint64_t)machine_get(m, k->ac, a);
	const char *why = codes(op, a);

	why = why ? why : jumps(op, a, user, iot);
	why = why ? why : own(op, a, ac, e);
	if (!why && op >= 0700 && (!user || iot))
		why = input_output(k, m, w, e);
	return why;
}

/* --- what is changed --- */

/* Of stacks, BLT and JRA. */
static void stack(const struct ks10 *k, const struct machine *m, struct ks10_path *p, unsigned op, unsigned a)
{
	uint64_t pointer = (uint64_t)machine_get(m, k->ac, a), ignored;

	p->stack = op >= 0260 && op <= 0263;
	if (p->stack)
		look(k, m, p, (unsigned)(pointer + 1) & HALF, &ignored);
	if (p->stack || op == 0251)
		look(k, m, p, (unsigned)pointer & HALF, &ignored);
	if (op == 0251 || op == 0267)
		look(k, m, p, (unsigned)(pointer >> 18), &ignored);
}

/* ILDB 134, LDB 135, IDPB 136, DPB 137. IBP, 133, has no second address. */
static void bytes(const struct ks10 *k, const struct machine *m, struct ks10_path *p, unsigned op, unsigned e)
{
	bool counts = op == 0133 || (!(op & 1) && !(ks10_flags_of(k, m) >> 13 & 1));
	unsigned position, size, at;
	uint64_t pointer;

	if (!look(k, m, p, e, &pointer))
		return;
	position = pointer >> 30 & 077, size = pointer >> 24 & 077;
	if (counts && position < size) {
		if ((pointer & HALF) == HALF)
			p->cannot = "byte pointers (SRM 2.3): no carry out of the address";
		pointer = (pointer & ~(uint64_t)HALF) | ((pointer + 1) & HALF);
	}
	if (op != 0133 && effective(k, m, p, pointer, &at))
		look(k, m, p, at, &pointer);
}

/* An LUUO goes to 40, and what is at 41 comes next. */
static bool local(const struct ks10 *k, const struct machine *m, struct ks10_path *p, uint64_t *w, unsigned e)
{
	uint64_t ignored;

	if (!look(k, m, p, 040, &ignored))
		return false;
	p->uuo = (int)p->touched[p->count - 1];
	p->uuo_word = (*w & 0777740000000) | e;
	return look(k, m, p, 041, w);
}

static bool leads_on(unsigned op)
{
	return op == 0256 || (op > 0 && op < 040);
}

/* What is explained, in isa-specs/oracles/simh.yaml, of the instruction itself: LDB, DPB, BLT, SETCA, JRST 1, and pointers without a carry between their halves, or
 * that are pushed upon. */
static bool is_explained(const struct ks10 *k, const struct machine *m, uint64_t w)
{
	unsigned op = w >> 27 & 0777, a = w >> 23 & 017;
	uint64_t ac = (uint64_t)machine_get(m, k->ac, a);
	bool up = op == 0252 || op == 0253 || op == 0260 || op == 0261, down = op == 0262 || op == 0263;

	return op == 0135 || op == 0137 || op == 0251 || op == 0450 || (op == 0254 && a == 1) || (up && (ac & HALF) == HALF) || (down && !(ac & HALF)) ||
	       (up && op >= 0260 && ((ac + 1) & HALF) == a);
}

/* To the instruction at the end of XCTs and LUUOs. False: it is not to be had, or *p says why not. */
static bool last(const struct ks10 *k, const struct machine *m, struct ks10_path *p, uint64_t *w, unsigned *e)
{
	for (unsigned chain = 0; chain < CHAIN; chain++) {
		unsigned op = *w >> 27 & 0777;

		if (!effective(k, m, p, *w, e))
			return false;
		p->cannot = p->cannot ? p->cannot : differs(k, m, *w, *e);
		if (!p->cannot && chain && is_explained(k, m, *w))
			p->cannot = "what differs by itself, executed by XCT or LUUO";
		if (p->cannot || !leads_on(op))
			return !p->cannot;
		if (op == 0256 ? !look(k, m, p, *e, w) : !local(k, m, p, w, *e))
			return false;
	}
	p->cannot = "a long chain of XCT";
	return false;
}

void ks10_follow(const struct ks10 *k, const struct machine *m, struct ks10_path *p)
{
	unsigned e, op, a;
	uint64_t w, ignored;

	*p = (struct ks10_path){.uuo = -1};
	if (!look(k, m, p, (unsigned)machine_pc(m), &w) || !last(k, m, p, &w, &e))
		return;
	op = w >> 27 & 0777, a = w >> 23 & 017;
	look(k, m, p, e, &ignored);
	stack(k, m, p, op, a);
	if (op >= 0133 && op <= 0137)
		bytes(k, m, p, op, e);
	p->divides = op >= 0230 && op <= 0237;
	p->interrupts = op >= 0700 || op == 0254;
}
