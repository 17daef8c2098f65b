#ifndef ISOLDE_ORACLES_UNICORN_H
#define ISOLDE_ORACLES_UNICORN_H
/* Debian's unicorn: programs, not machines. It runs in a process of its own, because some instructions make it crash or loop for ever; unicorn.c runs
 * that process, and each architecture stands in a file of its own. */
#include "../decode.h"
#include "kinds.h"
#include "worker.h"

#if __has_include(<unicorn/unicorn.h>)
#define HAVE_UNICORN 1
#include <unicorn/unicorn.h>

enum { UNICORN_SHARED = 4096 /* bytes that both processes see, before the storage */ };

struct unicorn_target;

struct oracle {
	const struct isa *isa;
	const struct unicorn_target *target;
	struct arena *arena; /* of the tree */
	struct tree *tree;
	void *shared;        /* the target's: the state before and after, at most UNICORN_SHARED bytes */
	unsigned char *storage;
	uint64_t at, size;
	struct worker worker; /* a byte asks for a step, a byte says that it is done */
	void *own;            /* of the target */
};

struct unicorn_target {
	const char *const *isas; /* descriptions, NULL-terminated */
	uint64_t storage;        /* units that `prepare` needs; 0: any size */
	/* Makes o->own; false: it cannot be. */
	bool (*make)(struct oracle *o);
	/* In the worker: each step begins with the engine as it was when it was made. An engine whose memory is o->storage; one step from the state in o->shared, which becomes the state after it. */
	bool (*engine)(struct oracle *o, uc_engine **uc);
	void (*one_step)(struct oracle *o, uc_engine *uc);
	/* As in struct oracle_kind; storage has been copied before `set`, and is copied after `get`. */
	void (*prepare)(struct oracle *o, struct machine *m, struct chance *c);
	bool (*set)(struct oracle *o, const struct machine *m);
	struct oracle_step (*step)(struct oracle *o);
	bool (*get)(struct oracle *o, struct machine *m);
	u128 (*sees)(const struct oracle *o, unsigned component, unsigned element);
};

extern const struct unicorn_target unicorn_m68k, unicorn_x86, unicorn_riscv;

/* Lets the worker make its step. False: it died or does not answer, and another one has been started. */
bool unicorn_ask(struct oracle *o);
/* uc_hook_add takes every callback as an object pointer. */
void *unicorn_callback(void (*f)(void));
void unicorn_put(uc_engine *uc, int which, uint64_t value);
uint64_t unicorn_reg(uc_engine *uc, int which);
#endif
#endif
