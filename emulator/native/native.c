/* The fast engines: the description as C, compiled (native) or translated in this process (built-in). They differ in nothing else. */
#include "native.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../trace.h"
#include "emit.h"

_Static_assert(sizeof(uint64_t) == sizeof(unsigned long), "the types of the generated C (prelude.c)");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "decoded variables and cells are read as the host's integers");

static struct native_engine *native(const struct machine *m)
{
	return (struct native_engine *)m->engine;
}

/* --- making --- */

static void native_free(struct engine *e)
{
	struct native_engine *ne = (struct native_engine *)e;

	contexts_free(ne);
	code_free(ne);
	free(ne->n.undo);
	free(ne->log);
	arena_free(ne->arena);
	free(ne);
}

/* What does not change while the machine lives. */
static void wire(struct native_engine *ne)
{
	struct machine *m = ne->machine;
	struct native *n = &ne->n;

	n->attention = (uint8_t *)&m->attention;
	n->unsettled = (uint8_t *)&m->unsettled;
	n->cells = m->storage->cells + m->window * m->storage->cell;
	n->at = m->at;
	n->size = m->size;
	n->marks = m->storage->marks;
	n->window = m->window;
	n->code = m->storage->code;
	n->host = &native_host;
	ne->generation = ~m->storage->generation;
}

static bool prepare(struct native_engine *ne, const struct compiled *(*compile)(const struct buf *, char *), char *error)
{
	struct machine *m = ne->machine;
	struct buf text = {0};
	const struct compiled *c;

	ne->arena = arena_new();
	ne->plan = plan_new(ne->arena, m->isa, m->word_of, m->storage->page);
	emit_description(ne->plan, &text);
	c = compile(&text, error);
	buf_free(&text);
	if (!c)
		return false;
	ne->module = c->module;
	ne->tree = decode_tree(ne->arena, m->isa);
	wire(ne);
	ne->n.undo = calloc(m->word_count + 1, sizeof *ne->n.undo);
	snprintf(error, 256, "no memory for the engine");
	wire(ne);
	return ne->tree && ne->n.undo && contexts_new(ne) && code_new(ne);
}

static struct engine *create(struct machine *m, const struct engine_ops *ops, const struct compiled *(*compile)(const struct buf *, char *),
			     char *error)
{
	struct native_engine *ne = calloc(1, sizeof *ne);

	if (!ne) {
		snprintf(error, 256, "no memory for the engine");
		return NULL;
	}
	ne->engine.ops = ops;
	ne->machine = m;
	if (prepare(ne, compile, error))
		return &ne->engine;
	native_free(&ne->engine);
	return NULL;
}

static struct engine *native_create(struct machine *m, char *error)
{
	return create(m, &native_engine, compile_native, error);
}

static struct engine *builtin_create(struct machine *m, char *error)
{
	return create(m, &builtin_engine, compile_builtin, error);
}

/* --- running --- */

/* What the machine, or those around it, may have changed since the last time. */
static void enter(struct native_engine *ne, uint64_t base)
{
	static const uint64_t zeros[2 * 256];
	struct machine *m = ne->machine;
	struct native *n = &ne->n;
	bool careful = m->tracer && (m->tracer->instruction || m->tracer->memory);

	n->inputs = m->inputs ? (const uint64_t *)(const void *)m->inputs : zeros;
	n->base = base;
	n->raised = NATIVE_NOT_RAISED;
	if (careful != ne->careful) {
		ne->careful = careful;
		ne->generation = ~m->storage->generation;
	}
	contexts_check(ne);
	n->look = 0;
}

static unsigned target_of(struct native_engine *ne, const struct trap *trap)
{
	const struct isa *isa = ne->plan->isa;
	uint64_t args[4] = {(uint64_t)trap->cause, (uint64_t)(trap->cause >> 64), ne->n.mode, 0}, level[2];

	if (!isa->trap_target)
		return isa->level_count - 1;
	ne->module->functions[isa->trap_target->number](&ne->n, ne->machine->words, args, level);
	for (unsigned i = 0; i < isa->level_count; i++)
		if (isa->levels[i].value == level[0])
			return i;
	return isa->level_count - 1;
}

static struct trap trap_of(const struct native_engine *ne)
{
	const struct native *n = &ne->n;
	struct trap trap = {.cause = (u128)n->cause_high << 64 | n->cause, .value = n->value, .pc = n->pc, .fault = n->refused};

	for (unsigned i = 0; i < ne->plan->fault_count; i++)
		trap.fault = trap.fault || ne->plan->faults[i] == trap.cause;
	return trap;
}

static enum engine_exit chunk(struct native_engine *ne, uint64_t budget, uint64_t *steps, uint64_t *completed, struct trap *trap)
{
	struct machine *m = ne->machine;
	struct native *n = &ne->n;
	uint64_t pc = machine_pc(m);
	const struct native_insn *i;

	m->message[0] = 0;
	enter(ne, m->attention ? 1 : budget);
	i = code_lookup(n, pc, n->base);
	if (i)
		ne->module->enter(n, m->words, i, pc, n->base);
	*steps = *completed = n->base - n->left;
	if (n->raised == NATIVE_ERROR)
		return ENGINE_ERROR;
	if (!n->raised)
		return m->attention ? ENGINE_ATTENTION : ENGINE_STEPS;
	++*steps;
	if (ne->instead)
		m->words[m->word_of[m->isa->instead_valid]] = 1;
	*trap = trap_of(ne);
	n->raised = NATIVE_NOT_RAISED;
	trap->target = target_of(ne, trap);
	return ENGINE_TRAP;
}

static bool has_breakpoint(const struct machine *m)
{
	for (unsigned i = 0; i < m->breakpoint_count; i++)
		if (m->breakpoints[i] == machine_pc(m))
			return true;
	return false;
}

/* Step by step, as long as someone wants to look in between. */
static enum engine_exit by_steps(struct native_engine *ne, uint64_t budget, bool ignore_break, uint64_t *steps, uint64_t *completed, struct trap *trap)
{
	enum engine_exit exit = ENGINE_STEPS;

	for (uint64_t done = 0; done < budget && exit == ENGINE_STEPS; done++, ignore_break = false) {
		if (!ignore_break && has_breakpoint(ne->machine))
			return ENGINE_BREAK;
		machine_sync(ne->machine, *steps, *completed);
		exit = chunk(ne, 1, steps, completed, trap);
	}
	return exit;
}

static enum engine_exit native_run(struct machine *m, uint64_t budget, bool ignore_break, uint64_t *steps, uint64_t *completed, struct trap *trap)
{
	struct native_engine *ne = native(m);

	*steps = *completed = 0;
	if (m->breakpoint_count || (m->tracer && m->tracer->instruction))
		return by_steps(ne, budget, ignore_break, steps, completed, trap);
	return chunk(ne, budget, steps, completed, trap);
}

static bool native_call(struct machine *m, const struct ir_function *f, const u128 *args, u128 *result, struct trap *trap)
{
	struct native_engine *ne = native(m);
	uint64_t words[2 * 16], value[2] = {0, 0};
	uint64_t base = ne->n.base;
	uint8_t look = ne->n.look; /* of the instruction in which time passes */

	if (!ne->module->functions[f->number])
		return walk_engine.call(m, f, args, result, trap);
	for (unsigned i = 0; i < f->param_count; i++) {
		words[2 * i] = (uint64_t)args[i];
		words[2 * i + 1] = (uint64_t)(args[i] >> 64);
	}
	enter(ne, base);
	ne->module->functions[f->number](&ne->n, m->words, words, value);
	ne->n.look |= look;
	if (result)
		*result = (u128)value[1] << 64 | value[0];
	if (!ne->n.raised)
		return true;
	if (trap) {
		*trap = trap_of(ne);
		trap->pc = 0;
	}
	ne->n.raised = NATIVE_NOT_RAISED;
	return false;
}

static void native_mode_changed(struct machine *m)
{
	struct native_engine *ne = native(m);

	ne->n.tlb = ne->n.none;
	ne->n.look = 1;
}

static void native_state_changed(struct machine *m)
{
	native_mode_changed(m);
	native(m)->n.moved = 1;
}

const struct engine_ops native_engine = {"native", native_create, native_free, native_run, native_call,
					    native_state_changed, native_mode_changed};
const struct engine_ops builtin_engine = {"built-in", builtin_create, native_free, native_run, native_call,
					    native_state_changed, native_mode_changed};
