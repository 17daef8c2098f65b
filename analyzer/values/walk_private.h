#ifndef ISOLDE_WALK_PRIVATE_H
#define ISOLDE_WALK_PRIVATE_H
/* Between the walker's own files: walk.c (functions, statements, ways out), walk_translation.c (where an access goes) and
 * walk_access.c (loads, stores, ports). Everything is allocated in the walker's arena. */
#include "walk.h"

/* One way out of the instruction or the function, under a condition. */
struct way_out {
	struct value guard, way, cause, value, result;
	bool is_fault;
	struct value *slots;
	struct way_out *next;
};

/* A store to what is no storage, kept until the instruction completes. */
struct sent {
	u128 at, value;
	unsigned width;
	bool port;
	struct sent *next;
};

struct walker {
	const struct walk_input *in;
	struct sent *sent, **sent_end;
	struct domain *d;
	const struct isa *isa;
	struct arena *arena;
	struct way_out *traps, **traps_end;
	struct way_out *completions;
	uint64_t path; /* which call of which loop round this is: names UNKNOWN values */
	bool keeps;    /* a trap keeps something: the slots of each trap matter */
	unsigned reads; /* of PHYSICAL_FREE */
};

/* What runs: the state under the condition that this point is reached. `way` is the same without the traps on the way, since the
 * function was entered: which branches were taken. It tells joined states apart, since where something trapped, nothing that is
 * joined is looked at; so what only decides about traps stays out of the values. */
struct flow {
	struct value guard, way;
	struct value *slots;
	struct value *locals;
};

struct frame {
	const struct ir_function *f;
	struct way_out *returns, **returns_end;
};

static inline unsigned extra(const struct walker *w, enum extra_slot slot)
{
	return w->isa->component_count + slot;
}

static inline bool dead(const struct flow *flow)
{
	return value_is(flow->guard, 0);
}

static inline struct value zero_of(unsigned width)
{
	return value_const(0, width);
}

static inline struct value *memory_slot(struct walker *w, struct flow *flow)
{
	return &flow->slots[extra(w, SLOT_MEMORY)];
}

/* --- walk.c --- */

/* The value of `e` where the flow is; a Boolean has width 0. */
struct value walker_eval(struct walker *w, const struct frame *frame, const struct flow *flow, const struct ir_expr *e);

struct value *walker_copy(struct walker *w, const struct value *values, unsigned count);

/* Leaves by a trap under `condition`: a fault of the access, or `cause` with what it reports. What follows goes on under its negation. */
void walker_leave(struct walker *w, struct flow *flow, struct value condition, bool is_fault, struct value cause, struct value value);

/* Leaves by `cause`, always: the flow is dead afterwards. Causes that the description marks as memory traps are faults. */
void walker_raise(struct walker *w, struct flow *flow, struct value cause, struct value value);

/* Runs `f` from the flow's state, which it changes; returns the result, zero where the function has none. */
struct value walker_run_function(struct walker *w, const struct ir_function *f, const struct value *args, struct flow *flow);

/* --- walk_translation.c --- */

/* The access, at the current level or at `named` (may be NULL), goes to real storage: the instruction has changed relocation or mode by
 * now, or it is the monitor's own. */
bool walker_reaches_real(const struct walker *w, const struct flow *flow, const struct value *named);

/* The physical address of va, `memory.address` bits, at the current level or at `named` (may be NULL). Faults leave; the flow may be dead. */
struct value walker_translate(struct walker *w, struct flow *flow, const struct value *named, struct value va, enum access access);

/* One unit by physical address, as walk_input.physical says. */
struct value walker_read(struct walker *w, struct flow *flow, struct value pa, unsigned unit);
void walker_write(struct walker *w, struct flow *flow, struct value pa, struct value value);

/* --- walk_access.c --- */

/* The statements that reach memory and ports. */
void walker_load(struct walker *w, const struct frame *frame, const struct ir_statement *s, struct flow *flow);
void walker_store(struct walker *w, const struct frame *frame, const struct ir_statement *s, struct flow *flow);
void walker_load_physical(struct walker *w, const struct frame *frame, const struct ir_statement *s, struct flow *flow);
void walker_store_physical(struct walker *w, const struct frame *frame, const struct ir_statement *s, struct flow *flow);
void walker_port(struct walker *w, const struct frame *frame, const struct ir_statement *s, struct flow *flow);

/* The instruction is complete: stores outside and port output happen, in order (walk_outside). */
void walker_hand_over(const struct walker *w);

#endif
