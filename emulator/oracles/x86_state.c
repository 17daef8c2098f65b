/* Where the processor's values stand in the components of x86-32 and x86-64. */
#include "x86_state.h"

#include <string.h>

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

/* --- registers with fields --- */

static u128 packed(const struct x86_state *x, const struct machine *m, const char *name, unsigned element)
{
	const struct reg *r = isa_register(x->isa, name);
	u128 value = 0;

	for (unsigned f = 0; r && f < r->field_count; f++) {
		const struct location *at = &r->fields[f].location;
		u128 own = machine_get(m, r->fields[f].component, element);
		unsigned rest = at->width;

		for (unsigned p = 0; p < at->count; p++) {
			rest -= at->pieces[p].width;
			value |= (own >> rest & bits_mask(at->pieces[p].width)) << at->pieces[p].low;
		}
	}
	return value;
}

static void unpack(const struct x86_state *x, struct machine *m, const char *name, unsigned element, u128 value)
{
	const struct reg *r = isa_register(x->isa, name);

	for (unsigned f = 0; r && f < r->field_count; f++) {
		const struct location *at = &r->fields[f].location;
		u128 own = 0;

		for (unsigned p = 0; p < at->count; p++)
			own = own << at->pieces[p].width | (value >> at->pieces[p].low & bits_mask(at->pieces[p].width));
		machine_set(m, r->fields[f].component, element, own);
	}
}

uint64_t x86_packed(const struct x86_state *x, const struct machine *m, const char *reg)
{
	return (uint64_t)packed(x, m, reg, 0);
}

void x86_unpack(const struct x86_state *x, struct machine *m, const char *reg, uint64_t value)
{
	unpack(x, m, reg, 0, value);
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

static unsigned char byte_at(struct machine *m, uint64_t at)
{
	uint64_t pa;
	struct trap trap;
	unsigned char byte = 0;

	if (machine_translate(m, machine_level(m), at & (uint64_t)bits_mask(m->isa->memory.virtual_address), ACCESS_FETCH, &pa, &trap))
		machine_read_bytes(m, pa, &byte, 1);
	return byte;
}

enum x86_kind x86_kind(const struct x86_state *x, struct machine *m)
{
	uint64_t at = machine_pc(m);
	unsigned char opcode = byte_at(m, at);

	for (unsigned i = 0; i < 14 && is_prefix(x, opcode); i++)
		opcode = byte_at(m, ++at);
	if (opcode == 0x17 || (opcode == 0x8e && (byte_at(m, at + 1) >> 3 & 7) == 2))
		return X86_LOADS_SS;
	if ((opcode & 0xfc) == 0x6c || ((opcode & 0xf4) == 0xa4 && (opcode & 0xfe) != 0xa8))
		return X86_STRING;
	if (opcode == 0x9c || opcode == 0xf4)
		return opcode == 0x9c ? X86_PUSHF : X86_HLT;
	return opcode == 0xcd || opcode == 0xcc || opcode == 0xce ? X86_INT : X86_OTHER;
}

static bool pushes_code(int vector)
{
	return vector == 8 || (vector >= 10 && vector <= 14) || vector == 17;
}

void x86_without_step(const struct x86_state *x, struct machine *m, int vector, enum x86_kind kind)
{
	unsigned word = x->wide ? 8 : 4;
	uint64_t sp = x86_element(x, m, "R", 4), pa;
	struct trap trap;
	unsigned char byte;

	if (vector >= 0)
		sp += 2 * word + (pushes_code(vector) && kind != X86_INT ? word : 0);
	else if (kind != X86_PUSHF)
		return;
	sp++; /* TF is bit 8 */
	if (!x->wide)
		sp = (uint64_t)2 << 32 | (sp & 0xffffffff);
	if (machine_translate(m, machine_level(m), sp, ACCESS_LOAD, &pa, &trap) && machine_read_bytes(m, pa, &byte, 1)) {
		byte &= 0xfe;
		machine_write_bytes(m, pa, &byte, 1);
	}
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
