/* The dispatcher: every trap of direct execution comes here, and it decides who deals with it. */
#include <stdio.h>
#include <string.h>

#include "guest.h"

struct guest *guest_of(const struct machine *vm)
{
	struct monitor *m = vm->below;
	unsigned i = 0;

	while (m->guests[i]->vm != vm)
		i++;
	return m->guests[i];
}

static void count_trap(struct guest *g, const struct trap *trap)
{
	const struct isa *isa = g->vm->isa;
	unsigned cause = 0;

	g->efficiency.traps++;
	while (cause < isa->cause_count && isa->causes[cause].value != trap->cause)
		cause++;
	if (cause < isa->cause_count)
		g->efficiency.by_cause[cause]++;
	g->efficiency.by_instruction[instruction_at(g)]++;
}

/* Paravirtual guests only: is this trap a call of the monitor? */
static bool is_call(struct guest *g, const struct trap *trap)
{
	const struct scenario *s = g->monitor->scenario;
	u128 args[2] = {trap->cause, trap->value}, result = 0;

	return g->monitor->technique == TECHNIQUE_PARAVIRTUAL && s->hypercall && s->deprivileged[machine_level(g->vm)] &&
	       engine_call(g->vm, s->hypercall, args, &result, NULL) && result;
}

/* Whether the same fault came again with nothing done in between. */
static bool again(struct guest *g, const struct trap *trap, bool progress)
{
	bool same = !progress && g->last.pc == trap->pc && g->last.value == trap->value && g->last.cause == trap->cause;

	g->last = *trap;
	return same;
}

static enum engine_exit failed(struct machine *vm, const char *what)
{
	snprintf(vm->message, sizeof vm->message, "%s", what);
	return ENGINE_ERROR;
}

/* The guest gets the trap as the machine below took it: the instruction is complete, and must not be done again. That the virtual machine
 * takes this trap from this work is part of the square (commute.c). */
static enum engine_exit reflect(struct guest *g, const struct trap *real, struct trap *trap)
{
	*trap = *real;
	trap->target = machine_trap_target(g->vm, real->cause);
	machine_account(g->vm, 1, 0);
	g->efficiency.reflected++;
	return ENGINE_TRAP;
}

static enum engine_exit dispatch(struct guest *g, const struct trap *real, struct trap *trap)
{
	enum engine_exit exit = ENGINE_STEPS;
	struct patch *patch;

	count_trap(g, real);
	if (real->fault && allocator_fault(g, real->value)) {
		g->efficiency.hidden++;
		return ENGINE_STEPS;
	}
	if (g->monitor->below->message[0])
		return failed(g->vm, g->monitor->below->message);
	if (is_call(g, real))
		return interpret_call(g, trap);
	patch = patch_away(g);
	if (!patch && isa_complete(g->vm->isa, real->cause))
		return reflect(g, real, trap);
	exit = interpret(g, 1, trap);
	patch_back(g, patch);
	if (real->fault && exit != ENGINE_TRAP)
		g->efficiency.hidden++;
	return exit;
}

/* Whether the present state is not one for direct execution. */
static bool must_interpret(struct guest *g)
{
	const struct scenario *s = g->monitor->scenario;
	u128 result = 0;

	if (g->monitor->technique == TECHNIQUE_INTERPRET)
		return true;
	if (g->monitor->technique == TECHNIQUE_HYBRID && s->deprivileged[machine_level(g->vm)])
		return true;
	return s->interpret && engine_call(g->vm, s->interpret, NULL, &result, NULL) && result;
}

/* The guest has the processor until it traps, or for `budget` steps. *progress: whether it completed an instruction. */
static enum stop execute_directly(struct guest *g, uint64_t budget, bool *progress)
{
	struct machine *below = g->monitor->below;
	uint64_t steps = below->steps, completed = below->completed;
	enum stop stop;

	guard_storage(g, true);
	stop = machine_run(below, budget);
	guard_storage(g, false);
	steps = below->steps - steps;
	completed = below->completed - completed;
	if (stop == STOP_TRAP && !below->trap.interrupt)
		steps--; /* the trapping instruction will count when it is interpreted */
	machine_account(g->vm, steps, completed);
	g->efficiency.direct += completed;
	*progress = steps != 0;
	return stop;
}

static enum engine_exit go_on(struct guest *g, uint64_t budget, struct trap *trap)
{
	struct monitor *m = g->monitor;
	bool progress;
	enum stop stop;

	if (must_interpret(g))
		return interpret(g, m->technique == TECHNIQUE_HYBRID ? budget : 1, trap);
	if (!switch_in(g))
		return interpret(g, 1, trap);
	stop = execute_directly(g, budget, &progress);
	if (!switch_out(g))
		return failed(g->vm, m->message);
	switch (stop) {
	case STOP_STEPS:
	case STOP_YIELD:
	case STOP_STUCK: return ENGINE_STEPS;
	case STOP_TRAP:
		if (!m->below->trap.interrupt)
			return dispatch(g, &m->below->trap, trap);
		return progress || again(g, &m->below->trap, progress) ? ENGINE_STEPS : failed(g->vm, "an interrupt of the machine below that nobody serves");
	case STOP_OFF: return failed(g->vm, "the machine below was switched off");
	default: return failed(g->vm, m->below->message);
	}
}

enum engine_exit monitor_execute(struct machine *vm, uint64_t budget, uint64_t *steps, uint64_t *completed, struct trap *trap)
{
	struct guest *g = guest_of(vm);
	uint64_t end = vm->steps + budget;

	*steps = *completed = 0;
	while (vm->steps < end) {
		enum engine_exit exit = go_on(g, end - vm->steps, trap);

		if (exit != ENGINE_STEPS && exit != ENGINE_ATTENTION)
			return exit;
		if (vm->attention)
			return ENGINE_ATTENTION;
	}
	return ENGINE_STEPS;
}
