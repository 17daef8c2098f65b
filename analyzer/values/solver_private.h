#ifndef ISOLDE_SOLVER_PRIVATE_H
#define ISOLDE_SOLVER_PRIVATE_H
/* What the solver's files share; nobody else includes this, or z3.h. */
#include "solver.h"

#include <z3.h>

struct model {
	Z3_model z3;
};

struct answered {
	Z3_ast formula;
	enum answer answer;
	struct model model;
	bool brief; /* that only a brief try was made */
	struct answered *same; /* what the formula was simplified to; NULL: it is that itself */
	struct answered *next;
};

enum { RECENT_MODELS = 6, TABLE = 1024, SET_RANGES_MAX = 256, UNKNOWNS_MAX = 512, TOPIC_MAX = 400, PREMISES_MAX = 16 };

/* The set of the variable's values for which a condition holds, once found. */
struct known_set {
	unsigned id;
	bool depends_on_variable_only, has_set;
	struct ranges set;
	struct known_set *next;
};

/* Terms that were looked at, by their numbers: a hash table; free(ids) in the end. */
struct seen_terms {
	unsigned *ids, count, room;
};
/* Supposed of a walk: a Boolean, and all terms in it. */
struct premise_of_walk {
	struct value holds;
	struct seen_terms terms;
};

/* Constants and the values that they mostly have. */
struct usual_value {
	Z3_ast constant, value;
	bool encoding, free; /* of the instruction's encoding; free to have another value in the search at hand */
};
struct usual {
	struct usual_value *items;
	unsigned count, room;
	struct seen_terms known;
};

struct solver {
	struct domain domain; /* first: a struct domain * is a struct solver * */
	Z3_context z;
	Z3_solver solver, splitter, sampler, brief;
	unsigned rlimit;
	struct usual usual;
	struct seen_terms open; /* conditions that no simplification decides */
	struct premise_of_walk premises[PREMISES_MAX];
	unsigned premise_count;
	struct seen_terms unfixed; /* values that they leave open */
	Z3_ast one, zero;
	Z3_func_decl functions[UF_COUNT];
	struct arena *arena;
	struct answered *answers[TABLE];
	struct known_set *sets[TABLE];
	struct { uint64_t key; struct value term; unsigned index_width; } unknowns[UNKNOWNS_MAX];
	unsigned unknown_count;
	Z3_model recent[RECENT_MODELS]; /* owned by answers */
	unsigned recent_count;
	Z3_ast variable; /* split on; NULL: none */
	unsigned variable_width;
	struct arena *split_arena;
	struct ranges region, rest;
	struct solver_counts counts;
	FILE *record;
	const struct solver_listener *listener;
	char topic[TOPIC_MAX];
	Z3_ast *decided; /* conditions that the walk took for true since the last split, for the listener */
	unsigned decided_count, decided_room;
};

/* --- solver_terms.c: values and Z3's terms --- */
Z3_sort sort_of(struct solver *s, unsigned width);
Z3_ast numeral(struct solver *s, u128 bits, unsigned width);
/* Any value, arrays with their overlay. */
Z3_ast term(struct solver *s, struct value v);
struct value wrap(Z3_ast ast, unsigned width);
/* A term that came out as a literal is a constant again. */
struct value literal(struct solver *s, Z3_ast ast, unsigned width);
struct value solver_op(struct domain *d, enum op op, const struct value *args, unsigned width, unsigned low);
struct value solver_function(struct domain *d, enum uninterpreted f, const struct value *args, unsigned count, unsigned width);
struct value solver_make_unknown(struct domain *d, uint64_t key, unsigned width, unsigned index_width);

/* --- solver_arrays.c --- */
/* An array whose elements at some constant indices are known: `base` but for those. Registers that are files of a few elements,
 * chosen by number in the text, would otherwise become towers of stores. In a struct value: term is the base, bits the overlay. */
struct overlay {
	unsigned count;
	struct { u128 index; struct value element; } items[]; /* sorted by index */
};
struct overlay *overlay_of(struct value array);
Z3_ast materialize(struct solver *s, struct value array);
/* Two arrays over one base are joined element by element. */
struct value join_overlays(struct solver *s, struct value c, struct value a, struct value b);
struct value solver_select(struct domain *d, struct value array, struct value index, unsigned width);
struct value solver_store(struct domain *d, struct value array, struct value index, struct value element);
struct value solver_copy(struct domain *d, struct value array);
struct value solver_arrays_differ(struct domain *d, struct value a, struct value b, unsigned index_width, unsigned width, bool somewhere);

/* --- solver_split.c --- */
int solver_decide(struct domain *d, struct value condition);

/* --- solver_suppose.c --- */
void solver_suppose(struct domain *d, struct value premise);
/* Whether one of the premises gives v one value, and which. That it does is a question like any other, and heard as one. */
bool solver_fixed(struct solver *s, struct value v, u128 *bits);

/* --- solver_listen.c --- */
void tell(struct solver *s, struct value formula, enum answer answer);
/* The walk goes on as if the condition had this value. */
void took_for(struct solver *s, Z3_ast condition, bool value);
/* Tells what was decided since the last call, where `where` holds. */
void tell_decisions(struct solver *s, struct value where);

/* --- solver_settle.c: what a question becomes before it is solved --- */
/* Whether this one was looked at; from now on it was. */
bool seen_before(struct seen_terms *t, unsigned id);
bool is_seen(const struct seen_terms *t, unsigned id);
/* `a` and all terms below, each once. */
void see_all(struct solver *s, struct seen_terms *seen, Z3_ast a);
/* What becomes of differ(a, b) for unlike a and b: it stays; a[i] != b[i] for a free i; or that, but false for memories, which
 * asks for a state that is easier to find. */
enum settle { SETTLE_NOT, SETTLE_ALL, SETTLE_SMALL };
/* Replaces differ(a, a) by false, and the others as `how` says. */
Z3_ast settle_differs(struct solver *s, Z3_ast f, enum settle how);
/* Simplifies, and puts what top-level conjuncts fix into the rest, so that two runs that do the same become the same term.
 * The fixing conjuncts stay: a model still gives those constants their values. */
Z3_ast propagate(struct solver *s, Z3_ast f);

/* --- solver.c --- */
/* A solver whose every check may cost that part of the budget: rlimit / share. Owned by the caller. */
Z3_solver new_solver(struct solver *s, unsigned share);
/* A model is owned by the caller. */
enum answer check_with(struct solver *s, Z3_solver solver, Z3_ast formula, struct model *model);

/* --- solver_usual.c --- */
/* Solves it; if it is large, states near the usual one are tried first. Brief: a small part of the budget, and no search. */
enum answer search(struct solver *s, Z3_ast formula, bool brief, struct model *model);

/* --- solver_model.c --- */
/* A state found for an earlier question often answers this one too; to evaluate is cheaper than to search. */
bool answered_by_model(struct solver *s, Z3_ast formula, struct model *model);
u128 decimal(const char *text);
#endif
