/* Decoded instructions, kept per page of storage: one slot per parcel, and some behind the last that lead to the next page. A slot that holds no
 * instruction has the handler that decodes. */
#include "native.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../trace.h"

static void *slot(struct native_code *c, unsigned n)
{
	return c->insns + (size_t)n * c->insn;
}

static void empty(struct native_code *c)
{
	for (unsigned i = 0; i < c->slots; i++)
		((struct native_insn *)slot(c, i))->run = c->decode;
	c->used = false;
}

/* Nothing is freed while storage lives: an instruction that overwrites its own page goes on in it. */
void code_drop(struct storage *s, uint64_t page)
{
	struct native_code *c = s->code[page];

	if (!s->users) {
		free(c);
		s->code[page] = NULL;
	} else if (c && c->used) {
		empty(c);
	}
}

static unsigned parcel_units(const struct native_engine *ne)
{
	return ne->plan->parcel;
}

static struct native_code *new_page(const struct native_engine *ne)
{
	unsigned beyond = ne->plan->longest / parcel_units(ne) + 1, slots = ne->plan->page / parcel_units(ne);
	struct native_code *c = malloc(sizeof *c + (size_t)(slots + beyond) * ne->plan->insn);

	if (!c)
		return NULL;
	c->decode = ne->module->decode;
	c->far = ne->module->far;
	c->slots = slots;
	c->insn = ne->plan->insn;
	empty(c);
	for (unsigned i = slots; i < slots + beyond; i++)
		((struct native_insn *)slot(c, i))->run = c->far;
	return c;
}

/* The page for this unit of storage, marked. NULL if there is no memory for it. */
static struct native_code *page_of(struct native_engine *ne, uint64_t index)
{
	struct storage *s = ne->machine->storage;
	void **at = &s->code[index / s->page];
	struct native_code *c = *at;

	if (c && c->decode != ne->module->decode) { /* another engine's */
		free(c);
		c = *at = NULL;
		s->generation++;
	}
	if (!c)
		c = *at = new_page(ne);
	if (c) {
		s->drop_code = code_drop;
		storage_mark(s, index, MARK_CODE);
	}
	return c;
}

/* --- fetching --- */

struct fetching {
	struct native_engine *ne;
	uint64_t pc, first, extent; /* physical address of the first parcel; units looked at */
	bool together;              /* they lie one behind the other */
	bool elsewhere;             /* the first is not in storage */
};

/* The register file that lies at this virtual address, if it holds parcels; NULL: none. */
static const struct component *file_at(const struct isa *isa, uint64_t at)
{
	for (unsigned i = 0; i < isa->component_count; i++) {
		const struct component *c = &isa->components[i];

		if (c->alias_memory && c->width == isa->parcel && at >= c->alias_at && at - c->alias_at < c->count)
			return c;
	}
	return NULL;
}

static bool stands_instead(const struct native_engine *ne)
{
	const struct isa *isa = ne->plan->isa;

	return isa->has_instead && ne->machine->words[ne->machine->word_of[isa->instead_valid]];
}

/* A parcel that is not fetched from storage. */
static bool from_registers(const struct native_engine *ne, uint64_t at, unsigned number, u128 *bits)
{
	const struct isa *isa = ne->plan->isa;
	const struct component *file = file_at(isa, at);

	if (!number && stands_instead(ne))
		*bits = machine_get(ne->machine, isa->instead_word, 0);
	else if (file)
		*bits = machine_get(ne->machine, (unsigned)(file - isa->components), (unsigned)(at - file->alias_at));
	else
		return false;
	return true;
}

static uint64_t virtual(const struct native_engine *ne, uint64_t va)
{
	return va & (uint64_t)bits_mask(ne->plan->isa->memory.virtual_address);
}

static uint64_t mode(const struct native_engine *ne)
{
	return ne->machine->words[ne->machine->word_of[ne->plan->isa->mode]];
}

static const struct native_insn *leave(struct native *n, uint64_t pc, uint64_t left)
{
	struct native_engine *ne = native_of(n);

	n->pc = ne->machine->words[ne->machine->word_of[ne->plan->isa->pc]] = pc;
	n->mode = mode(ne);
	n->left = left;
	return NULL;
}

static bool fetch(void *context, unsigned number, u128 *bits)
{
	struct fetching *f = context;
	struct native_engine *ne = f->ne;
	const struct isa *isa = ne->plan->isa;
	uint64_t units = parcel_units(ne), offset = number * units, at = virtual(ne, f->pc + offset), pa;
	bool same_page = ne->plan->uniform && number && f->pc / ne->plan->page == at / ne->plan->page;
	struct trap trap;

	if (from_registers(ne, at, number, bits)) {
		f->elsewhere = true;
		return true;
	}
	same_page = same_page && !f->elsewhere;
	if (same_page)
		pa = f->first + offset;
	else if (!memory_translate(ne, mode(ne), at, ACCESS_FETCH, &pa))
		return false;
	if (!number)
		f->first = pa;
	f->together = f->together && (same_page || !number);
	f->extent = offset + units > f->extent ? offset + units : f->extent;
	if (machine_load_physical(ne->machine, pa, isa->parcel, isa->memory.big_endian, ACCESS_FETCH, bits, &trap))
		return true;
	memory_raise(ne, &trap, at);
	return false;
}

/* --- decoding --- */

static unsigned number_of(const struct native_engine *ne, const struct instruction *wanted)
{
	unsigned n = 0;

	for (const struct instruction *i = ne->plan->isa->instructions; i != wanted; i = i->next)
		n++;
	return n;
}

static void fill(struct native_engine *ne, struct native_insn *out, const struct decoded *d)
{
	unsigned n;

	if (!d->instruction) {
		memcpy((unsigned char *)out + NATIVE_BITS, &d->bits, sizeof d->bits);
		out->run = ne->module->undecoded;
		return;
	}
	n = number_of(ne, d->instruction);
	out->length = (uint16_t)d->length;
	plan_pack(ne->plan, n, d->instruction, d->variables, out);
	out->run = ne->module->handlers[n];
}

/* Having executed what stood there instead is part of what the instruction does; native.c puts it back if it traps. */
static void empty_instead(struct native_engine *ne)
{
	struct machine *m = ne->machine;

	m->words[m->word_of[m->isa->instead_valid]] = 0;
	m->attention = m->attention || m->watched[m->isa->instead_valid];
	ne->instead = true;
	ne->n.look = 1;
}

const struct native_insn *code_decode(struct native *n, const struct native_insn *i, uint64_t pc, uint64_t left)
{
	struct native_engine *ne = native_of(n);
	struct machine *m = ne->machine;
	struct fetching f = {.ne = ne, .pc = pc, .together = true};
	struct native_insn *out = ne->scratch;
	struct decoded d;

	if (!decode(ne->tree, fetch, &f, &d))
		return leave(n, pc, left);
	if (ne->careful && m->tracer && m->tracer->instruction) {
		m->words[m->word_of[m->isa->pc]] = pc;
		m->tracer->instruction(m->tracer->context, m, pc, &d);
	}
	if (i != ne->scratch && f.together && !f.elsewhere) {
		struct native_code *c = page_of(ne, m->window + (f.first - m->at));

		contexts_check(ne);
		n->look = 0; /* this instruction has been looked up */
		out = (struct native_insn *)(uintptr_t)i;
		c->used = true;
	}
	fill(ne, out, &d);
	if (d.instruction && stands_instead(ne))
		empty_instead(ne);
	return out;
}

/* --- finding --- */

/* Where an instruction may be kept: in storage, all of its page, no device over it, a whole number of parcels from its beginning. */
static bool may_keep(const struct native_engine *ne, uint64_t pc, uint64_t pa)
{
	const struct machine *m = ne->machine;
	uint64_t page = ne->plan->page, first = pa - pa % page;

	if (ne->careful || m->storage->page != page || (m->window - m->at) % page || (ne->plan->uniform && (pc - pa) % page))
		return false;
	return pa % parcel_units(ne) == 0 && first >= m->at && first - m->at < m->size && m->size - (first - m->at) >= page &&
	       !memory_hidden(ne, first, page);
}

static const struct native_insn *unkept(struct native_engine *ne)
{
	ne->scratch->run = ne->module->decode;
	return ne->scratch;
}

/* By a translation that is kept: after a change of mode or relocation, the one for the new state. */
static const struct native_insn *kept(struct native_engine *ne, uint64_t va)
{
	const struct plan *p = ne->plan;
	const struct native_tlb *t = ne->n.tlb != ne->n.none ? ne->n.tlb : contexts_select(ne, machine_level(ne->machine));
	const struct native_entry *entry = &t->fetch[(va >> p->page_bits) % NATIVE_FETCH];
	unsigned offset = va & (p->page - 1);

	if (entry->tag != va - offset || offset % p->parcel)
		return NULL;
	return (const struct native_insn *)(uintptr_t)(entry->add + (uint64_t)(offset / p->parcel) * p->insn);
}

/* A register file lies in the page of va: jumps into the page must look where they go. */
static bool file_in_page(const struct native_engine *ne, uint64_t va)
{
	const struct isa *isa = ne->plan->isa;
	uint64_t page = ne->plan->page, first = va - va % page;

	for (unsigned i = 0; ne->plan->has_files && i < isa->component_count; i++) {
		const struct component *c = &isa->components[i];

		if (c->alias_memory && c->alias_at < (u128)first + page && first < c->alias_at + c->count)
			return true;
	}
	return false;
}

/* The instruction at va is not in storage, or one of those that follow it in its page is not. */
static bool is_elsewhere(const struct native_engine *ne, uint64_t va)
{
	const struct isa *isa = ne->plan->isa;

	if (stands_instead(ne))
		return true;
	for (unsigned i = 0; file_in_page(ne, va) && i < isa->component_count; i++)
		if (isa->components[i].alias_memory && va < isa->components[i].alias_at + isa->components[i].count)
			return true;
	return false;
}

const struct native_insn *code_lookup(struct native *n, uint64_t pc, uint64_t left)
{
	struct native_engine *ne = native_of(n);
	struct machine *m = ne->machine;
	uint64_t va = virtual(ne, pc), pa, page = ne->plan->page;
	const struct native_insn *i;
	struct native_code *c;

	n->look = 0;
	ne->instead = false;
	if (ne->careful || is_elsewhere(ne, va))
		return unkept(ne);
	if (ne->plan->uniform && (i = kept(ne, va)))
		return i;
	if (!memory_translate(ne, mode(ne), va, ACCESS_FETCH, &pa))
		return leave(n, pc, left);
	if (!may_keep(ne, va, pa) || !(c = page_of(ne, m->window + (pa - m->at))))
		return unkept(ne);
	contexts_check(ne);
	n->look = 0;
	if (ne->plan->uniform) {
		struct native_tlb *t = contexts_select(ne, machine_level(m));

		if (t != &ne->nothing && !ne->walked_device && !file_in_page(ne, va))
			t->fetch[va / page % NATIVE_FETCH] = (struct native_entry){va - va % page, (uint64_t)(uintptr_t)slot(c, 0)};
	}
	return slot(c, (unsigned)(pa % page / parcel_units(ne)));
}

bool code_new(struct native_engine *ne)
{
	unsigned beyond = ne->plan->longest / parcel_units(ne) + 1;

	ne->scratch = calloc(1 + beyond, ne->plan->insn);
	for (unsigned i = 1; ne->scratch && i <= beyond; i++)
		((struct native_insn *)((unsigned char *)ne->scratch + (size_t)i * ne->plan->insn))->run = ne->module->far;
	return ne->scratch != NULL;
}

void code_free(struct native_engine *ne)
{
	free(ne->scratch);
}
