/* Interpreter routines: the description's semantics of an instruction, on the virtual state. */
#include <string.h>

#include "../decode.h"
#include "guest.h"

/* The virtual machine's own engine executes it: on its state, its storage, its devices. */
enum engine_exit interpret(struct guest *g, uint64_t budget, struct trap *trap)
{
	struct machine *vm = g->vm;
	uint64_t steps, completed, before = vm->completed;
	enum engine_exit exit = engine_run(vm, budget, true, &steps, &completed, trap);

	machine_account(vm, steps, completed);
	g->efficiency.interpreted += vm->completed - before + (exit == ENGINE_TRAP);
	g->efficiency.reflected += exit == ENGINE_TRAP;
	return exit;
}

struct fetching {
	struct machine *m;
	uint64_t at;
};

static bool parcel(void *context, unsigned number, u128 *bits)
{
	struct fetching *f = context;
	const struct isa *isa = f->m->isa;
	uint64_t at = (f->at + (uint64_t)number * (isa->parcel / isa->memory.unit)) & (uint64_t)bits_mask(isa->memory.virtual_address), pa;
	struct trap trap;

	return machine_translate(f->m, machine_level(f->m), at, ACCESS_FETCH, &pa, &trap) &&
	       machine_load_physical(f->m, pa, isa->parcel, isa->memory.big_endian, ACCESS_FETCH, bits, &trap);
}

static bool decode_at(struct guest *g, uint64_t pc, struct decoded *d)
{
	struct fetching f = {g->vm, pc};

	return decode(g->tree, parcel, &f, d);
}

unsigned instruction_at(struct guest *g)
{
	uint64_t pc = machine_pc(g->vm), slot = (pc / 2 ^ pc >> 9) % (sizeof g->names / sizeof *g->names);
	unsigned n = 0;
	struct decoded d;

	if (g->names[slot].known && g->names[slot].pc == pc && g->names[slot].generation == g->vm->storage->generation)
		return g->names[slot].instruction;
	if (!decode_at(g, pc, &d) || !d.instruction)
		n = g->vm->isa->instruction_count;
	else
		for (const struct instruction *i = g->vm->isa->instructions; i != d.instruction; i = i->next)
			n++;
	g->names[slot].pc = pc;
	g->names[slot].generation = g->vm->storage->generation;
	g->names[slot].instruction = n;
	g->names[slot].known = true;
	return n;
}

enum engine_exit interpret_call(struct guest *g, struct trap *trap)
{
	struct machine *vm = g->vm;
	uint64_t pc = machine_pc(vm);
	struct decoded d;

	if (!decode_at(g, pc, &d))
		return interpret(g, 1, trap);
	machine_set(vm, vm->isa->pc, 0, pc + d.length);
	return interpret(g, 1, trap);
}
