#include "view.h"

#include <stdlib.h>
#include <string.h>

#include "../device.h"
#include "../engine.h"
#include "../monitor.h"

enum { NEAR = 1 << 16 };

struct view *view_new(struct arena *arena, struct machine *m, const struct symbol *symbols)
{
	struct view *v = ARENA_NEW(arena, struct view);

	*v = (struct view){m, arena, decode_tree(arena, m->isa), symbols};
	return v;
}

const struct symbol *view_symbols(struct arena *arena, const struct image *const *images)
{
	struct symbol *first = NULL, **end = &first;

	for (; images && *images; images++)
		for (const struct symbol *s = (*images)->symbols; s; s = s->next) {
			*end = ARENA_NEW(arena, struct symbol);
			**end = *s;
			end = &(*end)->next;
			*end = NULL;
		}
	return first;
}

void view_place(struct buf *out, const struct symbol *symbols, uint64_t at)
{
	const struct symbol *best = NULL;

	for (const struct symbol *s = symbols; s; s = s->next)
		if (s->value <= at && at - s->value < NEAR && (!best || s->value > best->value))
			best = s;
	if (best && best->value == at)
		buf_printf(out, " <%s>", best->name);
	else if (best)
		buf_printf(out, " <%s+0x%llx>", best->name, (unsigned long long)(at - best->value));
}

/* --- instructions --- */

struct fetching {
	const struct view *v;
	uint64_t at;
	struct trap *trap;
};

static bool fetch(void *context, unsigned number, u128 *bits)
{
	struct fetching *f = context;
	struct machine *m = f->v->m;
	unsigned count = m->isa->parcel / m->isa->memory.unit;
	uint64_t units[16], pa, at = (uint64_t)((f->at + (u128)number * count) & bits_mask(m->isa->memory.virtual_address));

	if (!machine_translate(m, machine_level(m), at, ACCESS_FETCH, &pa, f->trap))
		return false;
	*f->trap = (struct trap){.cause = ~(u128)0, .value = at};
	if (count > 16 || view_read_physical(f->v, pa, units, count) != count)
		return false;
	*bits = 0;
	for (unsigned i = 0; i < count; i++)
		*bits |= (u128)units[i] << m->isa->memory.unit * (m->isa->memory.big_endian ? count - 1 - i : i);
	return true;
}

bool view_decode(const struct view *v, uint64_t at, struct decoded *d, struct trap *trap)
{
	struct fetching f = {v, at, trap};

	return decode(v->tree, fetch, &f, d);
}

void view_decoded(struct buf *out, const struct isa *isa, const struct decoded *d, uint64_t at, const struct symbol *symbols)
{
	if (d->instruction)
		disassemble(out, isa, d, at, symbols);
	else
		buf_printf(out, "(no instruction: 0x%llx)", (unsigned long long)d->bits);
}

unsigned view_instruction(const struct view *v, struct buf *out, uint64_t at)
{
	struct decoded d;
	struct trap trap;

	if (view_decode(v, at, &d, &trap)) {
		view_decoded(out, v->m->isa, &d, at, v->symbols);
		return d.length ? d.length : 1;
	}
	buf_printf(out, "(cannot be fetched: %s)", trap.cause == ~(u128)0 ? "no storage" : view_cause(v->m->isa, trap.cause));
	return 0;
}

/* --- registers --- */

static u128 gather(const struct location *l, u128 value)
{
	u128 bits = 0;

	for (unsigned p = 0; p < l->count; p++)
		bits = bits << l->pieces[p].width | (value >> l->pieces[p].low & bits_mask(l->pieces[p].width));
	return bits;
}

static u128 scatter(const struct location *l, u128 bits)
{
	unsigned left = l->width;
	u128 value = 0;

	for (unsigned p = 0; p < l->count; p++) {
		left -= l->pieces[p].width;
		value |= (bits >> left & bits_mask(l->pieces[p].width)) << l->pieces[p].low;
	}
	return value;
}

bool view_register(const struct machine *m, const struct reg *r, unsigned element, u128 *value)
{
	*value = 0;
	if (r->component >= 0)
		*value = machine_get(m, (unsigned)r->component, element);
	for (unsigned i = 0; i < r->field_count; i++)
		if (r->fields[i].resolved)
			*value |= scatter(&r->fields[i].location, machine_get(m, r->fields[i].component, element));
	return r->component >= 0 || r->field_count;
}

bool view_set_register(struct machine *m, const struct reg *r, unsigned element, u128 value)
{
	if (r->component >= 0)
		machine_set(m, (unsigned)r->component, element, value);
	for (unsigned i = 0; i < r->field_count; i++)
		if (r->fields[i].resolved)
			machine_set(m, r->fields[i].component, element, gather(&r->fields[i].location, value));
	return r->component >= 0 || r->field_count;
}

enum role view_role(const struct isa *isa, const struct reg *r)
{
	if (r->component >= 0)
		return isa->components[r->component].role;
	return r->field_count && r->fields[0].resolved && !r->view ? isa->components[r->fields[0].component].role : ROLE_COUNT;
}

void view_component_name(struct buf *out, const struct isa *isa, unsigned component, unsigned element)
{
	const struct component *c = &isa->components[component];

	if (c->names)
		buf_puts(out, c->names[element]);
	else if (c->count)
		buf_printf(out, "%s[%u]", c->name, element);
	else
		buf_puts(out, c->name);
}

void view_value(struct buf *out, const struct enumeration *e, u128 value)
{
	char text[BITS_TEXT];

	buf_puts(out, value < 10 ? bits_hex(value, text) + 2 : bits_hex(value, text));
	for (unsigned i = 0; e && i < e->count; i++)
		if (e->members[i].value == value)
			buf_printf(out, " %s", e->members[i].name);
}

const char *view_cause(const struct isa *isa, u128 cause)
{
	for (unsigned i = 0; i < isa->cause_count; i++)
		if (isa->causes[i].value == cause)
			return isa->causes[i].name;
	return "(a cause without name)";
}

void view_trap(struct buf *out, const struct view *v, const struct trap *trap)
{
	buf_puts(out, view_cause(v->m->isa, trap->cause));
	if (!trap->interrupt || trap->value)
		buf_printf(out, ", value 0x%llx", (unsigned long long)trap->value);
	buf_printf(out, ", at 0x%llx", (unsigned long long)trap->pc);
	view_place(out, v->symbols, trap->pc);
}

/* --- storage --- */

uint64_t view_read_physical(const struct view *v, uint64_t pa, uint64_t *units, uint64_t count)
{
	uint64_t n = 0;

	if (v->m->below)
		monitor_unpatched(v->m, true);
	while (n < count && machine_read(v->m, pa + n, &units[n], 1))
		n++;
	if (v->m->below)
		monitor_unpatched(v->m, false);
	return n;
}

static bool find(const struct view *v, uint64_t va, uint64_t *pa)
{
	struct trap trap;
	unsigned level = machine_level(v->m);

	return machine_translate(v->m, level, va, ACCESS_LOAD, pa, &trap) || machine_translate(v->m, level, va, ACCESS_FETCH, pa, &trap);
}

/* How many units from `va` on, at most `most`, are moved alike. */
static uint64_t together(const struct view *v, uint64_t va, uint64_t most)
{
	const struct isa *isa = v->m->isa;
	uint64_t page = isa->memory.page, n = !isa->translate ? most : page ? page - va % page : 1;

	return n < most ? n : most;
}

uint64_t view_read(const struct view *v, uint64_t va, uint64_t *units, uint64_t count)
{
	uint64_t n = 0, pa, here, got;

	while (n < count && find(v, va + n, &pa)) {
		here = together(v, va + n, count - n);
		got = view_read_physical(v, pa, units + n, here);
		n += got;
		if (got < here)
			break;
	}
	return n;
}

bool view_write(const struct view *v, uint64_t va, const uint64_t *units, uint64_t count)
{
	for (uint64_t n = 0, pa, here; n < count; n += here) {
		here = together(v, va + n, count - n);
		if (!find(v, va + n, &pa) || !machine_write(v->m, pa, units + n, here))
			return false;
	}
	return true;
}

/* --- breakpoints --- */

bool view_has_break(const struct machine *m, uint64_t at)
{
	for (unsigned i = 0; i < m->breakpoint_count; i++)
		if (m->breakpoints[i] == at)
			return true;
	return false;
}

void view_break(struct machine *m, uint64_t at)
{
	if (view_has_break(m, at))
		return;
	m->breakpoints = must_realloc(m->breakpoints, (m->breakpoint_count + 1) * sizeof *m->breakpoints);
	m->breakpoints[m->breakpoint_count++] = at;
	engine_state_changed(m);
}

bool view_unbreak(struct machine *m, uint64_t at)
{
	for (unsigned i = 0; i < m->breakpoint_count; i++)
		if (m->breakpoints[i] == at) {
			m->breakpoints[i] = m->breakpoints[--m->breakpoint_count];
			engine_state_changed(m);
			return true;
		}
	return false;
}
