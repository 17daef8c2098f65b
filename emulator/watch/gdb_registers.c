/* Registers as gdb numbers and names them: general ones and the pc, then those with an address (CSRs), then the others. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "gdb.h"

enum { GENERAL, SYSTEM, OTHERS, FEATURES };

static bool is_pc(const struct isa *isa, const struct reg *r)
{
	return r->component == (int)isa->pc;
}

/* What gdb calls it; NULL: nothing of its own. */
static const char *own_name(const struct isa *isa, const struct reg *r, unsigned element)
{
	for (const struct gdb_name *n = isa->platform.gdb.names; n; n = n->next)
		if (n->reg == r && n->element == element)
			return n->name;
	return NULL;
}

static unsigned feature_of(const struct isa *isa, const struct reg *r, unsigned element)
{
	if (is_pc(isa, r) || own_name(isa, r, element) || (view_role(isa, r) == ROLE_GENERAL && r->component >= 0))
		return GENERAL;
	return r->space ? SYSTEM : OTHERS;
}

static bool named(const struct gdb *g, const char *name)
{
	for (unsigned i = 0; i < g->count; i++)
		if (!strcmp(g->registers[i].name, name))
			return true;
	return false;
}

/* In small letters, as gdb knows registers; files with the element's number: x5. */
static void name(const struct gdb *g, struct gdb_register *r)
{
	const struct isa *isa = debug_machine(g->d)->isa;
	const char *named_so = own_name(isa, r->reg, r->element), *own = !named_so && is_pc(isa, r->reg) ? "pc" : named_so;
	size_t n = 0;

	for (const char *c = own ? own : r->reg->name; *c && n < sizeof r->name - 8; c++)
		r->name[n++] = (char)tolower((unsigned char)*c);
	if (r->reg->count && !own)
		n += (size_t)snprintf(r->name + n, sizeof r->name - n, "%u", r->element);
	while (named(g, r->name) && n + 1 < sizeof r->name)
		r->name[n++] = '_';
}

static void append(struct gdb *g, const struct gdb_register *new)
{
	g->registers = must_realloc(g->registers, (g->count + 1) * sizeof *g->registers);
	g->registers[g->count++] = *new;
}

static void add(struct gdb *g, const struct reg *r, unsigned element, unsigned feature)
{
	struct gdb_register new = {.reg = r, .element = element, .bits = 8, .feature = feature};

	while (new.bits < r->width) /* gdb has types for 8, 16, 32, 64 and 128 bits */
		new.bits *= 2;
	name(g, &new);
	append(g, &new);
}

static void add_absent(struct gdb *g)
{
	const struct isa *isa = debug_machine(g->d)->isa;

	for (unsigned i = 0; i < isa->platform.gdb.absent_count; i++) {
		struct gdb_register new = {.bits = 32, .feature = GENERAL};

		snprintf(new.name, sizeof new.name, "%s", isa->platform.gdb.absent[i]);
		append(g, &new);
	}
}

static void add_feature(struct gdb *g, unsigned feature)
{
	const struct isa *isa = debug_machine(g->d)->isa;
	u128 ignored;

	for (int pc = 0; pc <= (feature == GENERAL); pc++) /* the pc comes after the general registers */
		for (const struct reg *r = isa->registers; r; r = r->next)
			for (unsigned e = 0; e < (r->count ? r->count : 1); e++)
				if (feature_of(isa, r, e) == feature && is_pc(isa, r) == pc && view_register(debug_machine(g->d), r, e, &ignored))
					add(g, r, e, feature);
}

static const char *type_of(const struct isa *isa, const struct gdb_register *r)
{
	return r->reg && is_pc(isa, r->reg) ? "code_ptr" : r->bits == 128 ? "uint128" : "int";
}

static void describe_feature(struct gdb *g, unsigned feature)
{
	const struct isa *isa = debug_machine(g->d)->isa;
	const char *const names[FEATURES] = {isa->platform.gdb.general, isa->platform.gdb.system, NULL};
	static const char *const own[FEATURES] = {"org.isolde.general", "org.isolde.system", "org.isolde.others"};

	buf_printf(&g->xml, "<feature name=\"%s\">\n", names[feature] ? names[feature] : own[feature]);
	for (unsigned i = 0; i < g->count; i++)
		if (g->registers[i].feature == feature)
			buf_printf(&g->xml, "<reg name=\"%s\" bitsize=\"%u\" regnum=\"%u\" type=\"%s\"/>\n", g->registers[i].name,
				   g->registers[i].bits, i, type_of(isa, &g->registers[i]));
	buf_puts(&g->xml, "</feature>\n");
}

void gdb_describe(struct gdb *g)
{
	const char *architecture = debug_machine(g->d)->isa->platform.gdb.architecture;

	for (unsigned f = 0; f < FEATURES; f++)
		add_feature(g, f);
	add_absent(g);
	buf_puts(&g->xml, "<?xml version=\"1.0\"?>\n<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n<target version=\"1.0\">\n");
	if (architecture)
		buf_printf(&g->xml, "<architecture>%s</architecture>\n", architecture);
	for (unsigned f = 0; f < FEATURES; f++)
		describe_feature(g, f);
	buf_puts(&g->xml, "</target>\n");
}

/* --- values, in the byte order of the target --- */

static bool is_big(const struct gdb *g)
{
	const struct memory *memory = &debug_machine(g->d)->isa->memory;

	return memory->big_endian || memory->unit > 8;
}

void gdb_get_register(const struct gdb *g, unsigned number, struct buf *out)
{
	const struct gdb_register *r = &g->registers[number];
	unsigned count = r->bits / 8;
	unsigned char bytes[16];
	u128 value = 0;

	if (r->reg)
		view_register(debug_machine(g->d), r->reg, r->element, &value);
	for (unsigned i = 0; i < count; i++)
		bytes[is_big(g) ? count - 1 - i : i] = (unsigned char)(value >> 8 * i);
	gdb_hex(out, bytes, count);
}

size_t gdb_set_register(const struct gdb *g, unsigned number, const char *digits)
{
	const struct gdb_register *r = &g->registers[number];
	unsigned count = r->bits / 8;
	unsigned char bytes[16];
	u128 value = 0;

	if (gdb_unhex(digits, bytes, count) != count)
		return 0;
	for (unsigned i = count; i--;)
		value = value << 8 | bytes[is_big(g) ? count - 1 - i : i];
	if (r->reg)
		view_set_register(debug_machine(g->d), r->reg, r->element, value);
	return 2 * (size_t)count;
}
