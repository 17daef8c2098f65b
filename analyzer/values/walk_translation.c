/* Where an access goes: translation, as the model has it, and the words of real storage. */
#include "walk_private.h"

#include <string.h>

static struct value current_mode(const struct walker *w, const struct flow *flow)
{
	return flow->slots[w->isa->mode];
}

/* The described translation, on these slots. Its way out is a fault of the access. */
static struct value described(struct walker *w, struct flow *flow, struct value *slots, struct value level, struct value va,
			      enum access access)
{
	struct value args[3] = {level, va, value_const(access, 2)};
	struct flow inner = {flow->guard, value_const(1, 0), slots, NULL};
	struct way_out **before = w->traps_end;
	struct value pa;

	if (!w->isa->translate)
		return value_resize(w->d, va, w->isa->memory.address);
	pa = walker_run_function(w, w->isa->translate, args, &inner);
	flow->guard = inner.guard;
	for (struct way_out *t = *before; t && w->keeps; t = t->next) /* what a trap keeps is the instruction's state */
		t->slots = walker_copy(w, flow->slots, slot_count(w->isa));
	return pa;
}

/* What the translation reads: the view, but for what the instruction has changed by now. */
static struct value seen_component(const struct walker *w, const struct flow *flow, unsigned i)
{
	return value_same(flow->slots[i], w->in->start[i]) ? w->in->view[i] : flow->slots[i];
}

/* The instruction has changed relocation or mode by now: its accesses go where its own state says, in real storage. */
static bool moved(const struct walker *w, const struct flow *flow)
{
	for (unsigned i = 0; i < w->isa->component_count; i++)
		if ((w->isa->components[i].role == ROLE_RELOCATION || w->isa->components[i].role == ROLE_MODE) &&
		    !value_same(flow->slots[i], w->in->start[i]))
			return w->in->model == MEMORY_VIEW && w->isa->pure_translation;
	return false;
}

/* An access of the monitor: it goes to real storage, one to one where tables would say so, whatever the guest's say. */
static bool monitors(const struct walker *w, struct value level)
{
	return w->in->physical == PHYSICAL_MONITOR && value_same(level, w->in->monitor);
}

bool walker_reaches_real(const struct walker *w, const struct flow *flow, const struct value *named)
{
	return moved(w, flow) || monitors(w, named ? *named : current_mode(w, flow));
}

/* theory.md section 4: the access goes through the tables that the program sees at its current level. Where the instruction
 * names a level, that is the current level's tables if it is the real level, and that level's own otherwise. */
struct value walker_translate(struct walker *w, struct flow *flow, const struct value *named, struct value va, enum access access)
{
	struct value level = named ? *named : current_mode(w, flow), args[3], fault, value;

	if (w->in->model == MEMORY_REAL || moved(w, flow) || (w->isa->pure_translation && monitors(w, level)))
		return described(w, flow, walker_copy(w, flow->slots, slot_count(w->isa)), level, va, access);
	if (monitors(w, level))
		return value_resize(w->d, va, w->isa->memory.address);
	if (named)
		level = value_ite(w->d, value_eq(w->d, *named, current_mode(w, flow)), seen_component(w, flow, w->isa->mode), *named);
	else
		level = seen_component(w, flow, w->isa->mode);
	if (w->isa->pure_translation) {
		struct value *slots = walker_copy(w, flow->slots, slot_count(w->isa));

		for (unsigned i = 0; i < w->isa->component_count; i++)
			slots[i] = seen_component(w, flow, i);
		if (w->isa->translate) /* its own translation may refuse what the view allows */
			described(w, flow, walker_copy(w, flow->slots, slot_count(w->isa)), named ? *named : current_mode(w, flow), va,
				  access);
		if (dead(flow))
			return value_const(0, w->isa->memory.address);
		return described(w, flow, slots, level, va, access);
	}
	args[0] = level;
	args[1] = va;
	args[2] = value_const(access, 2);
	fault = w->d->function(w->d, UF_FAULT, args, 3, 0);
	value = value_resize(w->d, va, isa_trap_value(w->isa));
	walker_leave(w, flow, fault, true, value_const(0, w->isa->cause_width), value);
	return w->d->function(w->d, UF_TRANSLATE, args, 3, w->isa->memory.address);
}

bool walk_inverse_candidate(const struct walk_input *input, const struct value *slots, struct value pa, unsigned number,
			    struct value *va)
{
	const struct isa *isa = input->isa;
	const struct component *c = number ? &isa->components[number - 1] : NULL;
	unsigned width = isa->memory.virtual_address;

	if (c && (c->role != ROLE_RELOCATION || c->count || c->width > width))
		return false;
	*va = value_resize(input->domain, pa, width);
	if (c)
		*va = value_op2(input->domain, OP_sub, *va, value_resize(input->domain, slots[number - 1], width));
	return true;
}

/* The run's own translation of va, on its own state: the real address, and whether it allows a load. */
static struct value own_translation(struct walker *w, const struct value *slots, struct value va, struct value *allowed)
{
	struct value args[3] = {slots[w->isa->mode], va, value_const(ACCESS_LOAD, 2)};
	struct walk_input input = *w->in;

	input.start = slots;
	if (!w->isa->translate) {
		*allowed = value_const(1, 0);
		return value_resize(w->d, va, w->isa->memory.address);
	}
	return walk_function(w->arena, &input, w->isa->translate, args, allowed);
}

/* Where the program sees real address pa, before the instruction: *visible says whether it does; the result is the guest-physical address. Candidates
 * that the run's own translation takes to pa are certain; what else there may be is left open, unless the candidates are all. */
static struct value seen_at(struct walker *w, struct value pa, struct value *visible)
{
	struct value args[2] = {w->in->run, pa}, va, inverse;

	*visible = w->in->exact_inverse ? value_const(0, 0) : w->d->function(w->d, UF_VISIBLE, args, 2, 0);
	inverse = w->in->exact_inverse ? pa : w->d->function(w->d, UF_INVERSE, args, 2, pa.width);
	for (unsigned i = 0; w->isa->pure_translation && i <= w->isa->component_count; i++) {
		struct value *view, allowed, hit, at;

		if (!walk_inverse_candidate(w->in, w->in->start, pa, i, &va))
			continue;
		hit = value_eq(w->d, own_translation(w, w->in->start, va, &allowed), pa);
		hit = value_and(w->d, hit, allowed);
		view = walker_copy(w, w->in->start, slot_count(w->isa));
		memcpy(view, w->in->view, w->isa->component_count * sizeof *view);
		at = own_translation(w, view, va, &allowed);
		hit = value_and(w->d, hit, allowed); /* a word that the view refuses is not one that both runs share */
		inverse = value_ite(w->d, hit, at, inverse);
		*visible = value_or(w->d, *visible, hit);
	}
	return inverse;
}

/* The array that every untranslated access reaches, if it is one; NULL where the program's view decides. */
static struct value *physical_slot(struct walker *w, struct flow *flow)
{
	if (w->in->model == MEMORY_REAL || w->in->physical == PHYSICAL_GUEST)
		return memory_slot(w, flow);
	return w->in->physical == PHYSICAL_HOST || w->in->physical == PHYSICAL_MONITOR ? &flow->slots[extra(w, SLOT_HOST)] : NULL;
}

/* Untranslated: in the view, an address either holds a word that the program sees, or one of the host's. */
struct value walker_read(struct walker *w, struct flow *flow, struct value pa, unsigned unit)
{
	struct value visible, inverse, *only = physical_slot(w, flow);

	if (w->in->physical == PHYSICAL_FREE)
		return w->d->unknown(w->d, WALK_READ + w->reads++, unit, 0);
	if (only)
		return w->d->select(w->d, *only, pa, unit);
	inverse = seen_at(w, pa, &visible);
	return value_ite(w->d, visible, w->d->select(w->d, *memory_slot(w, flow), inverse, unit),
			 w->d->select(w->d, flow->slots[extra(w, SLOT_HOST)], pa, unit));
}

void walker_write(struct walker *w, struct flow *flow, struct value pa, struct value value)
{
	struct value visible, inverse, *seen = memory_slot(w, flow);
	struct value *host = &flow->slots[extra(w, SLOT_HOST)], *only = physical_slot(w, flow);

	if (only) {
		*only = w->d->store(w->d, *only, pa, value);
		return;
	}
	inverse = seen_at(w, pa, &visible);
	switch (w->d->decide(w->d, visible)) {
	case 1: *seen = w->d->store(w->d, *seen, inverse, value); break;
	case 0: *host = w->d->store(w->d, *host, pa, value); break;
	default:
		*seen = value_ite(w->d, visible, w->d->store(w->d, *seen, inverse, value), *seen);
		*host = value_ite(w->d, visible, *host, w->d->store(w->d, *host, pa, value));
	}
}
