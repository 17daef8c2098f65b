#ifndef ISOLDE_NATIVE_H
#define ISOLDE_NATIVE_H
/* The parts of the fast engines among themselves. */
#include "../decode.h"
#include "../engine_ops.h"
#include "plan.h"

/* A compiled description, kept until the process ends: decoded instructions in storage point into it. */
struct compiled {
	char key[65]; /* of the text and of how it was compiled */
	const struct native_module *module;
	struct compiled *next;
};

/* compile.c: by the system's compiler, into the cache. NULL after a message in error[256]. */
const struct compiled *compile_native(const struct buf *text, char *error);
/* tcc.c: by libtcc, in this process. */
const struct compiled *compile_builtin(const struct buf *text, char *error);
/* compile.c: modules of this process. compiled_find: NULL if there is none of this key. */
const struct compiled *compiled_find(const char *key);
const struct compiled *compiled_add(const char *key, const struct native_module *module);

/* cache.c: the file with this key, checked; NULL if there is none or it is damaged (then it has been removed). Allocated. */
char *module_cached(const char *key);
/* A name for a file that is to become the one with this key: in the cache, or, if that cannot be written, in a new temporary directory.
 * NULL after a message in error[256]. Allocated. */
char *module_temporary(const char *key, bool *in_cache, char *error);
/* Seals the temporary file and, if it is in the cache, gives it its final name; returns the name to load from, allocated; NULL if that fails. */
char *module_keep(const char *key, char *temporary, bool in_cache);

enum { CONTEXTS = 8 };

/* Translations under one value of everything that the translation reads, one set per level. */
struct context {
	uint64_t *words;
	struct kept {
		struct native_tlb tlb;
		uint64_t generation;
	} **levels;
	uint64_t used;
};

/* A store that may be undone, or one to a device or port that is still to be made. */
struct logged {
	uint64_t index, old;       /* storage: unit number and what it held */
	bool outside, port;
	uint64_t at, lo;
	unsigned width;
};

struct native_engine {
	struct engine engine;
	struct native n;
	struct machine *machine;
	struct arena *arena;
	const struct plan *plan;
	const struct native_module *module;
	struct tree *tree;
	struct native_tlb nothing;
	/* contexts */
	struct context contexts[CONTEXTS], *present; /* NULL: none yet */
	struct range { unsigned at, count; } *moving; /* words that the translation reads, the mode apart */
	unsigned moving_count, moving_words;
	uint64_t clock;
	uint64_t generation; /* of storage, when translations were looked at last */
	bool filling;        /* the translation that is being asked will be kept */
	bool walked_device;  /* it has read a device, and must not be */
	bool instead;        /* the present instruction stands in a register, which is empty again unless it traps */
	bool careful;        /* someone watches: nothing is kept, every instruction is decoded anew */
	struct logged *log;
	unsigned log_count, log_room;
	struct native_insn *scratch; /* an instruction that is not kept, then slots that lead to the next one */
};

struct native_engine *native_of(struct native *n);

/* contexts.c */
bool contexts_new(struct native_engine *ne);
void contexts_free(struct native_engine *ne);
/* The kept translations for a level under the present state; n.tlb is set to them if it is the current level. */
struct native_tlb *contexts_select(struct native_engine *ne, unsigned level);
/* To be called where storage's generation may have changed: forgets what is stale, and has the next instruction's address translated anew. */
void contexts_check(struct native_engine *ne);

/* memory.c */
extern const struct native_host native_host;
/* The described translation; false if it raised (n.raised). Fills in a kept translation if that is possible. */
bool memory_translate(struct native_engine *ne, uint64_t level, uint64_t va, enum access access, uint64_t *pa);
/* Whether a device lies over some of these units. */
bool memory_hidden(const struct native_engine *ne, uint64_t pa, uint64_t count);
void memory_raise(struct native_engine *ne, const struct trap *trap, uint64_t value);

/* code.c: decoded instructions */
const struct native_insn *code_lookup(struct native *n, uint64_t pc, uint64_t left);
const struct native_insn *code_decode(struct native *n, const struct native_insn *i, uint64_t pc, uint64_t left);
bool code_new(struct native_engine *ne);
void code_free(struct native_engine *ne);
/* storage->drop_code */
void code_drop(struct storage *s, uint64_t page);
#endif
