#ifndef ISOLDE_ENGINE_H
#define ISOLDE_ENGINE_H
/* How a machine executes: by C that is written out from the typed IR and compiled once (native: the system's compiler, kept by
 * content; built-in: libtcc), or by the plain walker (the reference, slow). All give the same states; `make crosscheck` holds
 * them against each other. An engine never takes interrupts, enters traps or lets time pass: machine.c does. */
#include "machine.h"

enum engine_exit {
	ENGINE_STEPS,     /* the budget is used up */
	ENGINE_TRAP,      /* the last step trapped: *trap; the state is what the trap leaves (rolled back but for what it keeps),
			     trap_entry is not executed, trap->target is set */
	ENGINE_ATTENTION, /* after a completed instruction: it changed a component that interrupt, wakes, tick or quiet reads, or waits,
			     or machine->attention was set (by a device, by machine_yield) */
	ENGINE_BREAK,     /* the next instruction has a breakpoint */
	ENGINE_ERROR      /* machine->message */
};

/* NULL after a message in error[256]. ENGINE_BEST: native if there is a compiler, else built-in; the walker if libtcc fails too. */
struct engine *engine_new(struct machine *m, enum engine_kind kind, char *error);
void engine_free(struct engine *e);
const char *engine_name(const struct engine *e); /* "native", "built-in", "walk" */

/* Executes up to `budget` instructions. *steps: instructions begun, the trapping one included; *completed: those that completed;
 * both without those that machine_sync was told of.
 * `ignore_break`: the first instruction is executed even if it has a breakpoint. */
enum engine_exit engine_run(struct machine *m, uint64_t budget, bool ignore_break, uint64_t *steps, uint64_t *completed, struct trap *trap);
/* Calls a function of the description (translate, tick, trap_entry, composition.map …) on the machine's state. Arguments and result by
 * the function's widths. False if it raised: *trap (may be NULL) has cause, value, fault (pc and target are not set); the state is then unspecified
 * in what f had already written (functions that write do not raise). */
bool engine_call(struct machine *m, const struct ir_function *f, const u128 *args, u128 *result, struct trap *trap);
/* What the engine keeps (translations, pc) is to be read from machine->words anew. */
void engine_state_changed(struct machine *m);
/* The same, if of what the translation reads only the mode has changed. */
void engine_mode_changed(struct machine *m);

/* For engines. Time that has passed since the engine was entered is made known to the description: call before an instruction that reads or
 * writes a component that tick reads or writes, with what was executed since the last call: *steps and *completed of
 * engine_run count only what came after. */
/* Only counts them; tick comes later. */
void machine_account(struct machine *m, uint64_t steps, uint64_t completed);
void machine_sync(struct machine *m, uint64_t steps, uint64_t completed);
/* The component elements that a function reads or writes, with what it calls: one flag per component. */
void ir_uses(const struct isa *isa, const struct ir_function *f, bool *reads, bool *writes);
/* Components that decide about what happens between instructions: a change of one must end a run (ENGINE_ATTENTION); of these, those on which the
 * deadline depends (machine->unsettled); and those that tick reads or writes. One flag per component. */
void machine_watched(const struct isa *isa, bool *attention, bool *timed, bool *ticked);
/* The memory side of a machine that is not fast. `width` bits (whole units), at physical address pa; storage or device. A load whose `access` is a store is one that is about
 * to be followed by it (an atomic operation): where nothing is, it fails as that does.
 * False: nothing is there: *trap is the platform's `unmapped` cause with value pa (the engine puts the virtual address there if the access
 * had one), or, without such a cause, machine->message is set and trap->cause is ~0: the run ends with ENGINE_ERROR. */
bool machine_load_physical(struct machine *m, uint64_t pa, unsigned width, bool big_endian, enum access access, u128 *value, struct trap *trap);
bool machine_store_physical(struct machine *m, uint64_t pa, unsigned width, bool big_endian, u128 value, struct trap *trap);
u128 machine_port_in(struct machine *m, uint64_t port, unsigned width);
void machine_port_out(struct machine *m, uint64_t port, unsigned width, u128 value);
#endif
