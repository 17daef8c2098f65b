#ifndef ISOLDE_ENGINE_OPS_H
#define ISOLDE_ENGINE_OPS_H
/* What an engine is made of; engine.h has the contracts. */
#include "engine.h"

struct engine {
	const struct engine_ops *ops;
};

struct engine_ops {
	const char *name;
	struct engine *(*create)(struct machine *m, char *error); /* NULL after a message in error[256] */
	void (*free)(struct engine *e);
	enum engine_exit (*run)(struct machine *m, uint64_t budget, bool ignore_break, uint64_t *steps, uint64_t *completed,
				struct trap *trap);
	bool (*call)(struct machine *m, const struct ir_function *f, const u128 *args, u128 *result, struct trap *trap);
	void (*state_changed)(struct machine *m);
	void (*mode_changed)(struct machine *m);
};

extern const struct engine_ops walk_engine, native_engine, builtin_engine;
#endif
