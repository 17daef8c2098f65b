#include "plan.h"

#include <string.h>

unsigned plan_words(const struct component *c)
{
	return c->width > 64 ? 2 : 1;
}

/* --- what functions do --- */

/* What was done so far on the way to a statement. */
struct way {
	bool put, store;
};

static void expr_deeds(const struct plan *p, struct deeds *d, const struct ir_expr *e)
{
	if (!e)
		return;
	if (e->kind == IR_COMPONENT) {
		d->reads_pc = d->reads_pc || e->index == p->isa->pc;
		d->ticked = d->ticked || p->ticked[e->index];
	}
	for (unsigned i = 0; i < e->count; i++)
		expr_deeds(p, d, e->args[i]);
}

static void raising(struct deeds *d, const struct way *way)
{
	d->raises = true;
	d->raises_after_put = d->raises_after_put || way->put;
	d->raises_after_store = d->raises_after_store || way->store;
}

static void put(const struct plan *p, struct deeds *d, struct way *way, unsigned component)
{
	if (component == p->isa->pc) {
		d->puts_pc = true;
		return;
	}
	d->puts[component] = true;
	d->ticked = d->ticked || p->ticked[component];
	way->put = way->put || !p->isa->components[component].keeps;
}

static void called(const struct plan *p, struct deeds *d, struct way *way, const struct deeds *callee)
{
	if (callee->raises)
		raising(d, way);
	d->raises_after_put = d->raises_after_put || callee->raises_after_put;
	d->raises_after_store = d->raises_after_store || callee->raises_after_store;
	d->unpredictable = d->unpredictable || callee->unpredictable;
	d->accesses = d->accesses || callee->accesses;
	d->stores = d->stores || callee->stores;
	d->translates = d->translates || callee->translates;
	d->reads_pc = d->reads_pc || callee->reads_pc;
	d->puts_pc = d->puts_pc || callee->puts_pc;
	d->syncs = d->syncs || callee->syncs;
	d->size += callee->size;
	way->store = way->store || callee->stores;
	for (unsigned i = 0; i < p->isa->component_count; i++) {
		d->puts[i] = d->puts[i] || callee->puts[i];
		way->put = way->put || (callee->puts[i] && !p->isa->components[i].keeps);
	}
}

static void access_deeds(struct deeds *d, const struct ir_statement *s, struct way *way)
{
	d->accesses = true;
	d->translates = d->translates || s->kind == IR_LOAD || s->kind == IR_STORE;
	if (s->kind != IR_PORT_IN && s->kind != IR_PORT_OUT)
		raising(d, way);
	if (s->kind == IR_STORE || s->kind == IR_STORE_PHYSICAL || s->kind == IR_PORT_OUT)
		d->stores = way->store = true;
}

static struct way body_deeds(const struct plan *p, struct deeds *d, const struct ir_statement *s, struct way way);

static void statement_deeds(const struct plan *p, struct deeds *d, const struct ir_statement *s, struct way *way)
{
	struct way other;

	switch (s->kind) {
	case IR_PUT:
	case IR_PUT_ELEMENT: put(p, d, way, s->index); break;
	case IR_CALL: called(p, d, way, &p->deeds[s->callee->number]); break;
	case IR_UNPREDICTABLE: d->unpredictable = true; raising(d, way); break;
	case IR_RAISE:
	case IR_FAULT: raising(d, way); break;
	case IR_IF:
		other = body_deeds(p, d, s->other, *way);
		*way = body_deeds(p, d, s->body, *way);
		way->put = way->put || other.put;
		way->store = way->store || other.store;
		break;
	case IR_FOR: *way = body_deeds(p, d, s->body, body_deeds(p, d, s->body, *way)); break;
	case IR_LOAD:
	case IR_STORE:
	case IR_LOAD_PHYSICAL:
	case IR_STORE_PHYSICAL:
	case IR_PORT_IN:
	case IR_PORT_OUT: access_deeds(d, s, way); break;
	case IR_SET:
	case IR_RETURN:
	case IR_ASSERT:
	case IR_STATEMENT_COUNT: break;
	}
}

static struct way body_deeds(const struct plan *p, struct deeds *d, const struct ir_statement *s, struct way way)
{
	for (; s; s = s->next) {
		expr_deeds(p, d, s->a);
		expr_deeds(p, d, s->b);
		expr_deeds(p, d, s->c);
		for (unsigned i = 0; i < s->arg_count; i++)
			expr_deeds(p, d, s->args[i]);
		d->size++;
		statement_deeds(p, d, s, &way);
	}
	return way;
}

/* Callees stand before their callers. */
static void all_deeds(struct plan *p)
{
	p->deeds = ARENA_ARRAY(p->arena, struct deeds, p->isa->function_count + 1);
	for (const struct ir_function *f = p->isa->functions; f; f = f->next) {
		struct deeds *d = &p->deeds[f->number];

		d->puts = ARENA_ARRAY(p->arena, bool, p->isa->component_count + 1);
		body_deeds(p, d, f->body, (struct way){false, false});
		d->syncs = d->syncs || d->ticked;
	}
}

/* --- how decoded instructions are laid out --- */

/* Puts the widest zeros behind a variable that its uses have in common, and its sign in front if some use extends it. */
static void uses_of(const struct ir_expr *e, struct slot *slots)
{
	const struct ir_expr *inner;

	if (!e)
		return;
	for (unsigned i = 0; i < e->count; i++)
		uses_of(e->args[i], slots);
	if (e->kind != IR_OP || !e->count)
		return;
	inner = e->args[0];
	if (e->op == OP_concat && inner->kind == IR_VARIABLE && e->args[1]->kind == IR_CONST && !e->args[1]->value && e->width <= 64)
		slots[inner->index].shift = e->args[1]->width;
	if (e->op != OP_sext || e->width > 64)
		return;
	if (inner->kind == IR_OP && inner->op == OP_concat && inner->args[1]->kind == IR_CONST && !inner->args[1]->value)
		inner = inner->args[0];
	if (inner->kind == IR_VARIABLE)
		slots[inner->index].is_signed = true;
}

static void body_uses(const struct ir_statement *s, struct slot *slots)
{
	for (; s; s = s->next) {
		uses_of(s->a, slots);
		uses_of(s->b, slots);
		uses_of(s->c, slots);
		for (unsigned i = 0; i < s->arg_count; i++)
			uses_of(s->args[i], slots);
		body_uses(s->body, slots);
		body_uses(s->other, slots);
	}
}

static unsigned bytes_for(unsigned width)
{
	unsigned bytes = 1;

	while (bytes * 8 < width)
		bytes *= 2;
	return bytes;
}

/* The largest first would waste the two bytes after `length`: each goes where it fits first. */
static unsigned place(struct slot *slots, const struct instruction *i)
{
	unsigned char taken[512] = {0};
	unsigned end = NATIVE_VARIABLES;

	for (unsigned bytes = 16; bytes; bytes /= 2)
		for (unsigned v = 0; v < i->variable_count; v++) {
			unsigned step = bytes > 8 ? 8 : bytes, at = (NATIVE_VARIABLES + step - 1) / step * step;

			if (slots[v].bytes != bytes)
				continue;
			while (memchr(taken + at, 1, bytes))
				at += step;
			memset(taken + at, 1, bytes);
			slots[v].offset = at;
			end = at + bytes > end ? at + bytes : end;
		}
	return end;
}

static void lay_out(struct plan *p)
{
	unsigned n = 0;

	p->insn = NATIVE_BITS + 8;
	p->slots = ARENA_ARRAY(p->arena, struct slot *, p->isa->instruction_count + 1);
	for (const struct instruction *i = p->isa->instructions; i; i = i->next, n++) {
		struct slot *slots = p->slots[n] = ARENA_ARRAY(p->arena, struct slot, i->variable_count + 1);
		unsigned end, length = i->length;

		body_uses(i->operation->body, slots);
		for (unsigned v = 0; v < i->variable_count; v++) {
			slots[v].bytes = bytes_for(i->places[v].width + slots[v].shift);
			length += i->variables[v].is_prefix && !i->variables[v].location.count ? p->isa->prefixes[i->variables[v].prefix].pattern.width / p->isa->memory.unit : 0;
			length += i->variables[v].is_operand ? i->variables[v].width / p->isa->memory.unit : 0;
		}
		end = place(slots, i);
		p->insn = end > p->insn ? end : p->insn;
		p->longest = length > p->longest ? length : p->longest;
	}
	p->insn = (p->insn + 7) / 8 * 8;
}

void plan_pack(const struct plan *p, unsigned number, const struct instruction *i, const u128 *variables, struct native_insn *out)
{
	for (unsigned v = 0; v < i->variable_count; v++) {
		const struct slot *s = &p->slots[number][v];
		u128 value = variables[v] << s->shift;

		if (s->is_signed)
			value = (u128)bits_signed(value, i->places[v].width + s->shift);
		memcpy((unsigned char *)out + s->offset, &value, s->bytes); /* little-endian hosts: native.c */
	}
}

/* --- */

static void list_causes(struct plan *p)
{
	p->faults = ARENA_ARRAY(p->arena, u128, p->isa->cause_count + 1);
	p->complete = ARENA_ARRAY(p->arena, u128, p->isa->cause_count + 1);
	for (unsigned i = 0; i < p->isa->cause_count; i++) {
		if (p->isa->causes[i].fault)
			p->faults[p->fault_count++] = p->isa->causes[i].value;
		if (p->isa->causes[i].complete)
			p->complete[p->complete_count++] = p->isa->causes[i].value;
	}
}

struct plan *plan_new(struct arena *arena, const struct isa *isa, const unsigned *word_of, unsigned page)
{
	struct plan *p = ARENA_NEW(arena, struct plan);
	bool *ignored = ARENA_ARRAY(arena, bool, isa->component_count + 1);

	p->arena = arena;
	p->isa = isa;
	p->word_of = word_of;
	p->page = page;
	p->parcel = isa->parcel / isa->memory.unit;
	for (unsigned i = 0; i < isa->component_count; i++)
		p->has_files = p->has_files || isa->components[i].alias_memory;
	while ((1u << p->page_bits) < page)
		p->page_bits++;
	p->uniform = !isa->translate || (isa->memory.page && page >= 64);
	p->timed = ARENA_ARRAY(arena, bool, isa->component_count + 1);
	p->watched = ARENA_ARRAY(arena, bool, isa->component_count + 1);
	p->ticked = ARENA_ARRAY(arena, bool, isa->component_count + 1);
	p->moving = ARENA_ARRAY(arena, bool, isa->component_count + 1);
	machine_watched(isa, p->watched, p->timed, p->ticked);
	ir_uses(isa, isa->translate, p->moving, ignored);
	p->moving[isa->mode] = true;
	if (isa->has_instead)
		p->moving[isa->instead_valid] = true; /* the next instruction is to be found anew */
	list_causes(p);
	all_deeds(p);
	lay_out(p);
	return p;
}
