/* Random states of the x86 in which instructions do something: tables with every type of descriptor, pages with every right, handlers that halt. */
#include <string.h>

#include "x86_state.h"

enum {
	GDT = 0x1000, IDT = 0x2000, LDT = 0x3000, TSS = 0x3400, HANDLERS = 0x5000, STACKS = 0x6000, /* of rings 0 to 2: a page each */
	DIRECTORY = 0x9000, TABLE = 0xa000, LEVEL3 = 0xb000, LEVEL4 = 0xc000, PROGRAM = 0x10000, PAGE = 0x1000,
	TSS_LIMIT = 0x0fff, DESCRIPTORS = 32
};

struct setup {
	const struct x86_state *x;
	struct machine *m;
	struct chance *c;
	unsigned cpl;
};

/* Behind the engine's back: x86_prepare says so once. What would lie beyond storage is left out. */
static void put(struct setup *s, uint64_t at, uint64_t value, unsigned bytes)
{
	if (at + bytes <= s->m->storage->size)
		memcpy(s->m->storage->cells + at, &value, bytes);
}

/* --- tables --- */

/* Volume 3, "Segment Descriptors". `access`: P, DPL, S, type; `flags`: G, D/B, L, AVL. */
static uint64_t descriptor(uint32_t base, uint32_t limit, unsigned access, unsigned flags)
{
	return (uint64_t)(base >> 24) << 56 | (uint64_t)(flags & 15) << 52 | (uint64_t)(limit >> 16 & 15) << 48 | (uint64_t)(access & 255) << 40 |
	       (uint64_t)(base & 0xffffff) << 16 | (limit & 0xffff);
}

static uint64_t gate(unsigned selector, uint32_t offset, unsigned access)
{
	return (uint64_t)(offset >> 16) << 48 | (uint64_t)(access & 255) << 40 | (uint64_t)(selector & 0xffff) << 16 | (offset & 0xffff);
}

/* Any descriptor but 16-bit code, which the descriptions leave out. */
static uint64_t random_descriptor(struct setup *s)
{
	uint32_t base = chance_below(s->c, 16) * PAGE, limit = (uint32_t)chance_bits(s->c) & 0xfffff;
	unsigned access = (unsigned)chance_bits(s->c), flags = (unsigned)chance_bits(s->c);

	return descriptor(base, limit, access, !s->x->wide && (access & 0x18) == 0x18 ? flags | 4 : flags);
}

/* In long mode system descriptors take two places. */
static unsigned ldt_place(const struct setup *s)
{
	return s->x->wide ? 30 : 15;
}

static void fill_gdt(struct setup *s)
{
	unsigned code = s->x->wide ? 0xa : 0xc; /* L or D, and G */

	for (unsigned ring = 0; ring < 4; ring++) {
		put(s, GDT + 8 * (1 + 2 * ring), descriptor(0, 0xfffff, 0x9b | ring << 5, code), 8);
		put(s, GDT + 8 * (2 + 2 * ring), descriptor(0, 0xfffff, 0x93 | ring << 5, 0xc), 8);
	}
	put(s, GDT + 8 * 9, descriptor(0, 0xfffff, 0x9e, code), 8);             /* conforming, not accessed */
	put(s, GDT + 8 * 10, descriptor(PROGRAM, 0xfff, 0xf1, 4), 8);            /* read-only */
	put(s, GDT + 8 * 11, descriptor(0, 0x100, 0xf7, 4), 8);                  /* expand-down */
	put(s, GDT + 8 * 12, descriptor(0, 0xfffff, 0xf9, code), 8);             /* execute-only */
	put(s, GDT + 8 * 13, gate(8, HANDLERS, 0xec), 8);                        /* call gates */
	put(s, GDT + 8 * 14, gate(chance_below(s->c, DESCRIPTORS) * 8, PROGRAM, 0x8c | chance_below(s->c, 4) << 5), 8);
	if (s->x->wide) {
		put(s, GDT + 8 * 14, 0, 8); /* upper half of a gate */
		put(s, GDT + 8 * 17, 0, 8);
	}
	put(s, GDT + 8 * 16, descriptor(TSS, TSS_LIMIT, s->x->wide ? 0x89 : chance_one_in(s->c, 2) ? 0x89 : 0x8b, 0), 8);
	put(s, GDT + 8 * 18, descriptor(0, 0xfffff, 0x73, 0xc), 8);              /* not present */
	put(s, GDT + 8 * 19, descriptor(PROGRAM, 0x7fff, 0xf3, 0), 8);           /* a 16-bit stack */
	for (unsigned i = 20; i < DESCRIPTORS; i++)
		put(s, GDT + 8 * i, random_descriptor(s), 8);
	put(s, GDT + 8 * ldt_place(s), descriptor(LDT, 0xff, 0x82, 0), 8);
	if (s->x->wide)
		put(s, GDT + 8 * (ldt_place(s) + 1), 0, 8);
	for (unsigned i = 0; i < 16; i++)
		put(s, LDT + 8 * i, i < 9 ? descriptor(0, 0xfffff, (i & 1 ? 0x9au : 0x92u) | (chance_bits(s->c) & 0x60), i & 1 ? code : 0xc)
					  : random_descriptor(s), 8);
}

static void put_gate(struct setup *s, unsigned vector)
{
	uint64_t random = chance_bits(s->c);
	unsigned access = 0x8e | (random & 1 ? 0x60 : 0) | ((random & 6) == 0);

	if (s->x->bad_gates && (vector >= 32 || s->x->bad_exceptions) && (random & 0x3f0) == 0)
		access = (unsigned)(random >> 16);
	if ((access & 0x1f) >= 5 && (access & 0x1f) <= 7)
		access |= 8; /* task gates and 16-bit gates are left out */
	if (s->x->wide) {
		put(s, IDT + 16 * vector, gate(8, HANDLERS + 16 * vector, access), 8);
		put(s, IDT + 16 * vector + 8, 0, 8);
	} else {
		put(s, IDT + 8 * vector, gate(8, HANDLERS + 16 * vector, access), 8);
	}
}

static void fill_idt(struct setup *s)
{
	static const unsigned char halt = 0xf4;

	for (unsigned vector = 0; vector < 256; vector++) {
		put_gate(s, vector);
		put(s, HANDLERS + 16 * vector, halt, 1);
	}
}

static void fill_tss(struct setup *s)
{
	for (unsigned ring = 0; ring < 3; ring++) {
		uint64_t top = STACKS + (ring + 1) * PAGE - 16 * chance_below(s->c, 8);

		if (s->x->wide) {
			put(s, TSS + 4 + 8 * ring, top, 8);
		} else {
			put(s, TSS + 4 + 8 * ring, top, 4);
			put(s, TSS + 8 + 8 * ring, 8 * (2 + 2 * ring) | ring, 2);
		}
	}
	put(s, TSS + 0x66, 0x68, 2);
	for (unsigned i = 0; i < 0x400; i += 8)
		put(s, TSS + 0x68 + i, chance_one_in(s->c, 2) ? chance_bits(s->c) : 0, 8);
}

/* The kernel's pages belong to it; the program's have all kinds of rights. Accessed and dirty are set (the files say so). */
static uint64_t page_entry(struct setup *s, uint64_t at)
{
	uint64_t rights = 0x63; /* present, writable, accessed, dirty */

	if (at >= PROGRAM) {
		rights |= 4;
		if (chance_one_in(s->c, 24))
			rights &= ~(uint64_t)(1u << chance_below(s->c, 3));
		if (s->x->wide && chance_one_in(s->c, 24))
			rights |= (uint64_t)1 << 63; /* no code */
	}
	return at | rights;
}

static void fill_pages(struct setup *s)
{
	unsigned entry = s->x->wide ? 8 : 4;

	for (uint64_t at = 0; at < X86_STORAGE; at += PAGE)
		put(s, TABLE + at / PAGE * entry, page_entry(s, at), entry);
	put(s, DIRECTORY, TABLE | 0x67, entry);
	if (s->x->wide) {
		put(s, LEVEL3, DIRECTORY | 0x67, 8);
		put(s, LEVEL4, LEVEL3 | 0x67, 8);
	} else if (chance_one_in(s->c, 4)) {
		put(s, DIRECTORY + 4, 0xe3 | (chance_one_in(s->c, 2) ? 4 : 0), 4); /* a 4-MByte page */
	}
}

/* --- registers --- */

static uint64_t pointer(struct setup *s)
{
	uint64_t at = PROGRAM + chance_below(s->c, X86_STORAGE - PROGRAM);

	return chance_one_in(s->c, 4) ? at : at & ~(uint64_t)7;
}

static void set_general(struct setup *s)
{
	for (unsigned i = 0; i < s->x->registers; i++)
		x86_set_element(s->x, s->m, "R", i, chance_one_in(s->c, 2) ? pointer(s) : (uint64_t)chance_value(s->c, s->x->wide ? 64 : 32));
	x86_set_element(s->x, s->m, "R", 4, s->cpl == 3 || chance_one_in(s->c, 3) ? pointer(s) : STACKS + s->cpl * PAGE + 0x800);
	if (chance_one_in(s->c, 2))
		x86_set_element(s->x, s->m, "R", 1, chance_below(s->c, 40)); /* a count */
	if (chance_one_in(s->c, 8)) {
		static const uint32_t msrs[] = {0x10, 0x174, 0x175, 0x176, 0xc0000080, 0xc0000081, 0xc0000082, 0xc0000084, 0xc0000100, 0xc0000101, 0xc0000102};

		x86_set_element(s->x, s->m, "R", 1, msrs[chance_below(s->c, s->x->wide ? sizeof msrs / sizeof *msrs : 4)]);
	}
	if (chance_one_in(s->c, 3)) { /* something that may be a selector */
		unsigned r = chance_below(s->c, 8);

		if (r != 4)
			x86_set_element(s->x, s->m, "R", r, chance_below(s->c, DESCRIPTORS + 2) * 8 | chance_below(s->c, 8));
	}
}

static void set_flags(struct setup *s)
{
	uint64_t flags = chance_bits(s->c) & 0x243ed5; /* without TF, NT, RF, VM, VIF, VIP */

	x86_unpack(s->x, s->m, "EFLAGS", flags & (chance_one_in(s->c, 2) ? ~(uint64_t)0x40000 : ~(uint64_t)0));
	x86_set(s->x, s->m, "EFLAGS.TF", 0);
	x86_set(s->x, s->m, "EFLAGS.RF", 0);
	x86_set(s->x, s->m, "EFLAGS.NT", chance_one_in(s->c, 50));
}

static void use_descriptor(struct setup *s, unsigned sreg, unsigned selector)
{
	uint64_t d = 0;
	struct x86_segment v = {.selector = (uint16_t)selector};

	if (selector >= 4)
		machine_read_bytes(s->m, GDT + (selector & ~7u), &d, 8);
	v.present = selector >= 4;
	v.base = (d >> 56 & 255) << 24 | (d >> 16 & 0xffffff);
	v.limit = (uint32_t)((d >> 48 & 15) << 16 | (d & 0xffff));
	if (d >> 55 & 1)
		v.limit = v.limit << 12 | 0xfff;
	v.type = d >> 40 & 15;
	v.dpl = d >> 45 & 3;
	v.big = d >> 54 & 1;
	x86_set_segment(s->x, s->m, sreg, &v);
	if (!v.present)
		x86_set_element(s->x, s->m, "CACHE.present", sreg, 0);
}

static void set_segments(struct setup *s)
{
	static const unsigned data[] = {8 * 8 | 3, 8 * 8 | 3, 8 * 8 | 3, 8 * 8, 0, 10 * 8 | 3, 11 * 8 | 3, 12 * 8 | 3, 19 * 8 | 3, 7 * 8 | 3};

	x86_set_level(s->x, s->m, s->cpl);
	use_descriptor(s, 1, 8 * (1 + 2 * s->cpl) | s->cpl);
	use_descriptor(s, 2, s->cpl == 3 && !s->x->wide && chance_one_in(s->c, 8) ? 19 * 8 | 3 : 8 * (2 + 2 * s->cpl) | s->cpl);
	for (unsigned i = 0; i < 6; i++)
		if (i != 1 && i != 2)
			use_descriptor(s, i, data[chance_one_in(s->c, 3) ? chance_below(s->c, sizeof data / sizeof *data) : 0]);
	if (s->x->wide) {
		x86_set(s->x, s->m, "FS_BASE", pointer(s) & 0xfff);
		x86_set(s->x, s->m, "GS_BASE", pointer(s) & 0xfff);
	}
}

static void set_tables(struct setup *s)
{
	bool ldt = chance_one_in(s->c, 2);

	x86_set(s->x, s->m, "GDTR.base", GDT);
	x86_set(s->x, s->m, "GDTR.limit", 8 * DESCRIPTORS - 1);
	x86_set(s->x, s->m, "IDTR.base", IDT);
	x86_set(s->x, s->m, "IDTR.limit", s->x->wide ? 0xfff : 0x7ff);
	x86_set(s->x, s->m, "LDTR.selector", ldt ? 8 * ldt_place(s) : 0);
	x86_set(s->x, s->m, "LDTR.present", ldt);
	x86_set(s->x, s->m, "LDTR.base", ldt ? LDT : 0);
	x86_set(s->x, s->m, "LDTR.limit", ldt ? 0x7f : 0);
	x86_set(s->x, s->m, "TR.selector", 16 * 8);
	x86_set(s->x, s->m, "TR.base", TSS);
	x86_set(s->x, s->m, "TR.limit", chance_one_in(s->c, 8) ? 0x67 : TSS_LIMIT);
}

static void set_control(struct setup *s)
{
	uint64_t random = chance_bits(s->c);
	bool paging = s->x->paging && (s->x->wide || !chance_one_in(s->c, 8));

	x86_unpack(s->x, s->m, "CR0", 0x31 | (paging ? 0x80000000 : 0) | (random & 0x5000e) | (chance_one_in(s->c, 8) ? 0x40000000 : 0));
	if (!s->x->alignment)
		x86_set(s->x, s->m, "CR0.AM", 0);
	x86_set(s->x, s->m, "CR2", (uint64_t)chance_value(s->c, s->x->wide ? 47 : 32));
	x86_unpack(s->x, s->m, "CR3", (s->x->wide ? LEVEL4 : DIRECTORY) | (random >> 32 & 0x18));
	x86_unpack(s->x, s->m, "CR4", (random >> 40 & 0x14) | (s->x->wide ? 0x20 | (random >> 8 & 0x10800) : 0));
	for (unsigned i = 0; i < 4; i++)
		x86_set_element(s->x, s->m, "DR", i, (uint64_t)chance_value(s->c, s->x->wide ? 47 : 32));
	x86_set(s->x, s->m, "DR6", 0xffff0ff0);
	x86_set(s->x, s->m, "DR7", 0x400);
	x86_set(s->x, s->m, "SYSENTER_CS", chance_one_in(s->c, 4) ? 0 : 8);
	x86_set(s->x, s->m, "SYSENTER_ESP", STACKS + 0x800);
	x86_set(s->x, s->m, "SYSENTER_EIP", HANDLERS + 0x188);
}

static void set_long_mode(struct setup *s)
{
	if (!s->x->wide)
		return;
	x86_set(s->x, s->m, "EFER.SCE", !chance_one_in(s->c, 4));
	x86_set(s->x, s->m, "EFER.NXE", 1);
	x86_set(s->x, s->m, "STAR", (uint64_t)0x002b << 48 | (uint64_t)8 << 32);
	x86_set(s->x, s->m, "LSTAR", HANDLERS + 0x188);
	x86_set(s->x, s->m, "FMASK", (uint64_t)chance_value(s->c, 32) & 0x243fd5);
	x86_set(s->x, s->m, "KERNEL_GS_BASE", pointer(s));
	x86_set(s->x, s->m, "TSC_AUX", chance_below(s->c, 100));
}

/* 64 bits of a program's storage: anything, or two pointers into it. */
static uint64_t program_word(uint64_t random)
{
	return random >> 63 ? random : (random & 0xfff80000ffff) | (uint64_t)PROGRAM << 32 | PROGRAM;
}

/* Words on the stack that a return may take: an address, a selector, flags. */
static void fill_program(struct setup *s)
{
	unsigned word = s->x->wide ? 8 : 4;

	for (uint64_t at = PROGRAM; at < X86_STORAGE; at += 8)
		put(s, at, program_word(chance_bits(s->c)), 8);
	if (chance_one_in(s->c, 2)) {
		uint64_t sp = x86_element(s->x, s->m, "R", 4);
		unsigned ring = chance_below(s->c, 4), code = chance_below(s->c, 4) ? 8 * (1 + 2 * ring) | ring : (unsigned)chance_bits(s->c) & 0xff;

		put(s, sp, pointer(s), word);
		put(s, sp + word, code, word);
		put(s, sp + 2 * word, chance_bits(s->c) & (chance_one_in(s->c, 2) ? 0x244fd5 : 0x240ed5), word);
		put(s, sp + 3 * word, pointer(s), word);
		put(s, sp + 4 * word, chance_below(s->c, 4) ? 8 * (2 + 2 * ring) | ring : (unsigned)chance_bits(s->c) & 0xff, word);
	}
}

void x86_prepare(const struct x86_state *x, struct machine *m, struct chance *c)
{
	struct setup s = {x, m, c, 0};

	storage_written(m->storage, 0, m->storage->size);
	s.cpl = chance_one_in(c, 2) ? 3 : chance_below(c, 4);
	fill_gdt(&s);
	fill_idt(&s);
	fill_tss(&s);
	fill_pages(&s);
	set_general(&s);
	set_flags(&s);
	set_tables(&s);
	set_segments(&s);
	set_control(&s);
	set_long_mode(&s);
	fill_program(&s);
	machine_set(m, m->isa->pc, 0, pointer(&s) & ~(uint64_t)3);
}

/* --- programs under Linux --- */

enum { USER_PAGE = 0x67, LINUX_CODE_32 = 0x20, LINUX_DATA = 0x28, LINUX_CODE_64 = 0x30 }; /* with RPL 3, which CS and SS do not show here */

static unsigned linux_selector(const struct x86_state *x, unsigned s)
{
	if (s == 1)
		return x->wide ? LINUX_CODE_64 : LINUX_CODE_32;
	if (s == 2)
		return LINUX_DATA;
	return x->wide || s > 3 ? 0 : LINUX_DATA | 3;
}

static uint64_t page_address(const struct x86_state *x, uint64_t at)
{
	return TABLE + at / PAGE * (x->wide ? 8 : 4);
}

void x86_prepare_program(const struct x86_state *x, struct machine *m, struct chance *c)
{
	struct setup s = {x, m, c, 3};

	x86_prepare(x, m, c);
	x86_set_level(x, m, 3);
	for (unsigned n = 0; n < 6; n++) {
		unsigned selector = linux_selector(x, n);
		struct x86_segment v = {.selector = (uint16_t)selector, .limit = 0xffffffff, .type = n == 1 ? 11 : 3, .dpl = 3, .present = selector != 0, .big = true};
		uint64_t base = n == 4 ? x86_get(x, m, "FS_BASE") : n == 5 ? x86_get(x, m, "GS_BASE") : 0;

		v.base = x->wide ? base : 0;
		x86_set_segment(x, m, n, &v);
	}
	for (uint64_t at = PROGRAM; at < X86_STORAGE; at += PAGE)
		put(&s, page_address(x, at), at | USER_PAGE, x->wide ? 8 : 4);
	put(&s, DIRECTORY + (x->wide ? 8 : 4), 0, 4); /* no page of 4 MByte */
	x86_set_element(x, m, "R", 4, pointer(&s));
	x86_unpack(x, m, "CR0", 0x80050033);
	x86_set(x, m, "CR4.TSD", 0);
	x86_set(x, m, "EFER.SCE", 1);
	x86_set(x, m, "EFLAGS.IOPL", 0);
	x86_set(x, m, "EFLAGS.IF", 1);
	x86_set(x, m, "EFLAGS.NT", 0);
	x86_set(x, m, "EFLAGS.ID", 0);
	x86_set(x, m, "TR.limit", 0x67);
}

bool x86_is_program(const struct x86_state *x, const struct machine *m)
{
	static const char *const clear[] = {"EFLAGS.IOPL", "EFLAGS.NT", "EFLAGS.TF", "EFLAGS.RF", "EFLAGS.ID", "CR4.TSD"};
	uint64_t entry = 0;
	bool plain = x86_get(x, m, "CPL") == 3 && x86_packed(x, m, "CR0") == 0x80050033 && x86_get(x, m, "EFLAGS.IF") && x86_get(x, m, "TR.limit") == 0x67;

	for (unsigned i = 0; i < sizeof clear / sizeof *clear; i++)
		plain = plain && !x86_get(x, m, clear[i]);
	for (unsigned n = 0; n < 6; n++)
		plain = plain && x86_element(x, m, "S", n) == linux_selector(x, n) &&
			(!linux_selector(x, n) || x86_element(x, m, "CACHE.base", n) == 0);
	for (uint64_t at = PROGRAM; at < X86_STORAGE && plain; at += PAGE) {
		machine_read_bytes(m, page_address(x, at), &entry, x->wide ? 8 : 4);
		plain = entry == (at | USER_PAGE);
	}
	return plain;
}

int x86_handler(const struct x86_state *x, uint64_t pc)
{
	(void)x;
	return pc >= HANDLERS && pc < HANDLERS + 16 * 256 && pc % 16 == 0 ? (int)(pc - HANDLERS) / 16 : -1;
}
