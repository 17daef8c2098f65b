/* Where the processor's values stand in the components of x86-32 and x86-64. */
#include "x86_state.h"

#include <string.h>

#include "registers.h"

static const char *const needed[] = {"R", "S", "GDTR.base", "IDTR.base", "TR.base", "CR2"};

bool x86_state_new(struct x86_state *x, const struct isa *isa)
{
	*x = (struct x86_state){.isa = isa, .wide = !strcmp(isa->name, "x86-64")};
	for (unsigned i = 0; i < sizeof needed / sizeof *needed; i++)
		if (!isa_component(isa, needed[i]))
			return false;
	x->registers = isa_component(isa, "R")->count;
	return true;
}

bool x86_has(const struct x86_state *x, const char *name)
{
	return isa_component(x->isa, name) != NULL;
}

uint64_t x86_element(const struct x86_state *x, const struct machine *m, const char *name, unsigned element)
{
	const struct component *c = isa_component(x->isa, name);

	return c ? (uint64_t)machine_get(m, (unsigned)(c - x->isa->components), element) : 0;
}

uint64_t x86_get(const struct x86_state *x, const struct machine *m, const char *name)
{
	return x86_element(x, m, name, 0);
}

void x86_set_element(const struct x86_state *x, struct machine *m, const char *name, unsigned element, uint64_t value)
{
	const struct component *c = isa_component(x->isa, name);

	if (c)
		machine_set(m, (unsigned)(c - x->isa->components), element, value);
}

void x86_set(const struct x86_state *x, struct machine *m, const char *name, uint64_t value)
{
	x86_set_element(x, m, name, 0, value);
}

/* Volume 4. */
const struct x86_msr_name x86_msrs[X86_MSRS] = {
	{"SYSENTER_CS", 0x174}, {"SYSENTER_ESP", 0x175}, {"SYSENTER_EIP", 0x176}, {"STAR", 0xc0000081},
	{"LSTAR", 0xc0000082}, {"FMASK", 0xc0000084}, {"KERNEL_GS_BASE", 0xc0000102}, {"TSC_AUX", 0xc0000103}};

bool x86_knows_msr(const struct x86_state *x, uint32_t number)
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

/* --- registers with fields --- */

uint64_t x86_packed(const struct x86_state *x, const struct machine *m, const char *reg)
{
	const struct reg *r = isa_register(x->isa, reg);

	return r ? (uint64_t)register_get(m, r, 0) : 0;
}

void x86_unpack(const struct x86_state *x, struct machine *m, const char *reg, uint64_t value)
{
	const struct reg *r = isa_register(x->isa, reg);

	if (r)
		register_set(m, r, 0, value);
}

/* --- segments --- */

enum { TYPE_LDT = 2, TYPE_BUSY_TSS = 11 };

static struct x86_segment system_segment(const struct x86_state *x, const struct machine *m, bool task)
{
	struct x86_segment v = {.type = task ? TYPE_BUSY_TSS : TYPE_LDT, .present = task || x86_get(x, m, "LDTR.present")};

	v.selector = (uint16_t)x86_get(x, m, task ? "TR.selector" : "LDTR.selector");
	v.base = x86_get(x, m, task ? "TR.base" : "LDTR.base");
	v.limit = (uint32_t)x86_get(x, m, task ? "TR.limit" : "LDTR.limit");
	return v;
}

/* In 64-bit mode only the bases of FS and GS, and the attributes that loads look at, are described. */
struct x86_segment x86_segment(const struct x86_state *x, const struct machine *m, unsigned s)
{
	unsigned cpl = (unsigned)machine_get(m, x->isa->mode, 0);
	struct x86_segment v = {.is_segment = true};

	if (s >= 6)
		return system_segment(x, m, s == 7);
	v.selector = (uint16_t)x86_element(x, m, "S", s);
	v.selector |= s == 1 || s == 2 ? cpl : 0;
	v.base = x86_element(x, m, "CACHE.base", s);
	v.limit = (uint32_t)x86_element(x, m, "CACHE.limit", s);
	v.present = x86_element(x, m, "CACHE.present", s);
	v.dpl = s == 1 || s == 2 ? (unsigned char)cpl : (unsigned char)x86_element(x, m, "CACHE.dpl", s);
	if (s == 1 && x86_element(x, m, "CACHE.down", s)) /* conforming */
		v.dpl = (unsigned char)x86_element(x, m, "CACHE.dpl", s);
	v.big = x86_element(x, m, "CACHE.big", s);
	v.type = (unsigned char)(x86_element(x, m, "CACHE.code", s) << 3 | x86_element(x, m, "CACHE.down", s) << 2 |
				 x86_element(x, m, "CACHE.access", s) << 1 | 1);
	if (x->wide) {
		v.wide = s == 1;
		v.big = s != 1;
		v.limit = 0xffffffff;
		v.base = s == 4 ? x86_get(x, m, "FS_BASE") : s == 5 ? x86_get(x, m, "GS_BASE") : 0;
		v.type = s == 1 ? 11 : 3;
		v.dpl = s == 1 || s == 2 ? (unsigned char)cpl : 3;
		v.present = s == 1 || v.selector >= 4;
	}
	return v;
}

static void set_system_segment(const struct x86_state *x, struct machine *m, bool task, const struct x86_segment *v)
{
	x86_set(x, m, task ? "TR.selector" : "LDTR.selector", v->selector);
	if (!task)
		x86_set(x, m, "LDTR.present", v->present);
	if (!task && !v->present)
		return; /* what an unusable register holds is nobody's business */
	x86_set(x, m, task ? "TR.base" : "LDTR.base", v->base);
	x86_set(x, m, task ? "TR.limit" : "LDTR.limit", v->limit);
}

void x86_set_segment(const struct x86_state *x, struct machine *m, unsigned s, const struct x86_segment *v)
{
	if (s >= 6) {
		set_system_segment(x, m, s == 7, v);
		return;
	}
	x86_set_element(x, m, "S", s, s == 1 || s == 2 ? v->selector & ~3u : v->selector);
	if (x->wide && (s == 4 || s == 5))
		x86_set(x, m, s == 4 ? "FS_BASE" : "GS_BASE", v->base);
	x86_set_element(x, m, "CACHE.present", s, v->present);
	if (x->wide || !v->present)
		return;
	x86_set_element(x, m, "CACHE.base", s, v->base);
	x86_set_element(x, m, "CACHE.limit", s, v->limit);
	x86_set_element(x, m, "CACHE.dpl", s, v->dpl);
	x86_set_element(x, m, "CACHE.big", s, v->big);
	x86_set_element(x, m, "CACHE.code", s, v->type >> 3 & 1);
	x86_set_element(x, m, "CACHE.down", s, v->type >> 2 & 1);
	x86_set_element(x, m, "CACHE.access", s, v->type >> 1 & 1);
}

void x86_set_level(const struct x86_state *x, struct machine *m, unsigned cpl)
{
	machine_set(m, x->isa->mode, 0, cpl);
}

/* --- what single-stepping disturbs --- */

static bool is_prefix(const struct x86_state *x, unsigned char byte)
{
	static const unsigned char all[] = {0x66, 0x67, 0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0xf0, 0xf2, 0xf3};

	return memchr(all, byte, sizeof all) || (x->wide && (byte & 0xf0) == 0x40);
}

unsigned char x86_code_byte(struct machine *m, uint64_t at)
{
	uint64_t pa;
	struct trap trap;
	unsigned char byte = 0;

	if (machine_translate(m, machine_level(m), at & (uint64_t)bits_mask(m->isa->memory.virtual_address), ACCESS_FETCH, &pa, &trap))
		machine_read_bytes(m, pa, &byte, 1);
	return byte;
}

struct x86_opcode x86_opcode(const struct x86_state *x, struct machine *m)
{
	struct x86_opcode o = {.at = machine_pc(m)};

	o.byte = x86_code_byte(m, o.at);
	for (unsigned i = 0; i < 14 && is_prefix(x, o.byte); i++) {
		o.small_operand = o.small_operand || o.byte == 0x66;
		o.small_address = o.small_address || o.byte == 0x67;
		o.rex = x->wide && (o.byte & 0xf0) == 0x40 ? o.byte : 0;
		o.from_code = o.from_code || o.byte == 0x2e;
		o.repeats = o.repeats || (o.byte & 0xfe) == 0xf2;
		o.byte = x86_code_byte(m, ++o.at);
	}
	o.next = x86_code_byte(m, o.at + 1);
	return o;
}

static bool parcel(void *context, unsigned n, u128 *bits)
{
	struct machine *m = context;

	*bits = x86_code_byte(m, machine_pc(m) + n);
	return true;
}

const struct instruction *x86_decode(struct tree *tree, struct machine *m, struct decoded *d)
{
	return decode(tree, parcel, m, d) ? d->instruction : NULL;
}

enum x86_kind x86_kind(const struct x86_opcode *o)
{
	if (o->byte == 0x0f && (o->next & 0xfd) == 0x30)
		return o->next == 0x30 ? X86_WRMSR : X86_RDMSR;
	if (o->byte == 0x17 || (o->byte == 0x8e && (o->next >> 3 & 7) == 2))
		return X86_LOADS_SS;
	if ((o->byte & 0xfc) == 0x6c || (o->byte >= 0xa4 && o->byte <= 0xaf && (o->byte & 0xfe) != 0xa8))
		return X86_STRING;
	if (o->byte == 0x9c)
		return X86_PUSHF;
	return o->byte == 0xf4 ? X86_HLT : o->byte == 0xcf ? X86_IRET : X86_OTHER;
}

struct x86_input x86_input(const struct x86_state *x, const struct machine *m, const struct x86_opcode *o)
{
	uint64_t mask = !o->small_address ? ~(uint64_t)0 : x->wide ? 0xffffffff : 0xffff;
	uint64_t to = x86_element(x, m, "R", 7) & mask, count = x86_element(x, m, "R", 1) & mask; /* ES is number 0 */
	bool string = (o->byte & 0xfe) == 0x6c;

	if ((!string && (o->byte & 0xf6) != 0xe4) || (string && o->repeats && !count))
		return (struct x86_input){0};
	return (struct x86_input){.bytes = o->byte & 1 ? o->small_operand && !(o->rex & 8) ? 2 : 4 : 1, .to_memory = o->byte < 0x70, .at = to};
}

bool x86_is_near_branch(const struct x86_opcode *o)
{
	unsigned how = o->next >> 3 & 7;

	return (o->byte == 0x0f && (o->next & 0xf0) == 0x80) || (o->byte & 0xf0) == 0x70 || (o->byte & 0xfc) == 0xe0 || (o->byte & 0xfe) == 0xe8 ||
	       o->byte == 0xeb || (o->byte & 0xfe) == 0xc2 || (o->byte == 0xff && (how == 2 || how == 4));
}

bool x86_repeats_no_port(const struct x86_state *x, const struct machine *m, const struct x86_opcode *o)
{
	uint64_t count = x86_element(x, m, "R", 1);

	if (o->small_address || !x->wide)
		count &= o->small_address && !x->wide ? 0xffff : 0xffffffff;
	return (o->byte & 0xfc) == 0x6c && o->repeats && !count;
}

/* The byte at `sp` of the stack, physically: by its linear address (segment 7 of x86-32), as ring 0 finds it. */
static bool stack_byte(const struct x86_state *x, struct machine *m, uint64_t sp, uint64_t *pa)
{
	struct trap trap;

	if (!x->wide) {
		sp &= x86_element(x, m, "CACHE.big", 2) ? 0xffffffff : 0xffff;
		sp = (uint64_t)7 << 32 | ((sp + x86_element(x, m, "CACHE.base", 2)) & 0xffffffff);
	}
	return machine_translate(m, m->isa->level_count - 1, sp, ACCESS_LOAD, pa, &trap);
}

uint64_t x86_stack_word(const struct x86_state *x, struct machine *m, uint64_t sp)
{
	unsigned char bytes[8] = {0};
	uint64_t word = 0, pa;

	for (unsigned i = 0; i < (x->wide ? 8u : 4u); i++)
		if (stack_byte(x, m, sp + i, &pa))
			machine_read_bytes(m, pa, bytes + i, 1);
	memcpy(&word, bytes, sizeof word);
	return word;
}

bool x86_fault_flags(const struct x86_state *x, struct machine *m, uint64_t pc, unsigned code, uint64_t *at)
{
	unsigned word = x->wide ? 8 : 4;
	uint64_t sp = x86_element(x, m, "R", 4);

	for (unsigned error = 0; error < 2; error++, sp += word)
		if (x86_stack_word(x, m, sp) == pc && (x86_stack_word(x, m, sp + word) & 0xffff) == code) {
			*at = sp + 2 * word;
			return true;
		}
	return false;
}

void x86_change_byte(const struct x86_state *x, struct machine *m, uint64_t sp, unsigned char clear, unsigned char set)
{
	unsigned char byte;
	uint64_t pa;

	if (stack_byte(x, m, sp, &pa) && machine_read_bytes(m, pa, &byte, 1)) {
		byte = (unsigned char)((byte & ~clear) | set);
		machine_write_bytes(m, pa, &byte, 1);
	}
}

void x86_without_step(const struct x86_state *x, struct machine *m, uint64_t pc, unsigned code, bool entered, enum x86_kind kind)
{
	uint64_t flags = x86_element(x, m, "R", 4);

	if (entered && !x86_fault_flags(x, m, pc, code, &flags))
		flags += x->wide ? 16 : 8; /* INT n: no error code */
	if (entered || kind == X86_PUSHF)
		x86_change_byte(x, m, flags + 1, 1, 0); /* TF is bit 8 */
}

u128 x86_seen(const struct x86_state *x, unsigned component, unsigned element)
{
	static const char *const unseen[] = {"TSC", "EFLAGS.TF", "DR6", "CACHE.dpl"};
	const char *name = x->isa->components[component].name;

	(void)element;
	for (unsigned i = 0; i < sizeof unseen / sizeof *unseen; i++)
		if (!strcmp(name, unseen[i]))
			return 0;
	return ~(u128)0;
}
