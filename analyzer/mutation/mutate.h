#ifndef ISOLDE_MUTATE_H
#define ISOLDE_MUTATE_H
/* Planted faults: changes of one place in a description's text, of the kinds that break protection, and what becomes of them. What an
 * instruction computes is not touched: with other operands or constants it is another machine, and one that can be virtualized as well. */
#include "../verdicts/analysis.h"

/* X(name, weight, what the author got wrong) */
#define FAULTS(X) \
	X(trap, 6, "a trap is forgotten") \
	X(level, 6, "a check names another privilege level") \
	X(bound, 4, "a check is off by one") \
	X(condition, 4, "a check forgets one of several conditions") \
	X(negated, 4, "a check is the wrong way round") \
	X(field, 4, "a check looks at another field") \
	X(leak, 5, "a result shows what is privileged") \
	X(attribute, 4, "a register is open to a lower level, or to writes") \
	X(number, 1, "a number is another") \
	X(statement, 1, "a statement is missing")

enum fault {
#define FAULT_ENUM(name, weight, text) FAULT_##name,
	FAULTS(FAULT_ENUM)
#undef FAULT_ENUM
	FAULT_COUNT
};
extern const char *const fault_names[FAULT_COUNT], *const fault_texts[FAULT_COUNT];

/* The text at `where` becomes `text`. */
struct mutation {
	enum fault fault;
	struct span where;
	const char *text;
};

struct mutations {
	struct mutation *items;
	unsigned count, room;
};

/* sites.c: every mutation of what instructions execute, in the order of the text; not of a translation that reads memory. */
struct mutations mutation_sites(struct arena *arena, const struct isa *isa);
/* The next of them, chosen by *random (which moves on), each fault as often as its weight says; it is taken out of the list. False if
 * none is left. */
bool mutation_choose(struct mutations *sites, uint64_t *random, struct mutation *chosen);

/* edit.c */
/* A unified diff without context. */
void mutation_diff(const struct mutation *m, FILE *out);
/* Writes all of the description's files below `directory`, changed. The new path of the description, in the arena; NULL after a
 * message (a file cannot be written, or its path leads out of the directory). */
const char *mutation_write(struct arena *arena, const struct isa *isa, const struct mutation *m, const char *directory);

/* equivalent.c */
enum equivalence { EQUIVALENT, DIFFERENT, EQUIVALENCE_UNKNOWN };
/* Does this instruction come to the same in both descriptions, from every state that either allows? `other` has the same state and
 * encodings. Where it differs, *how says in the arena what does, in a state of the model. */
enum equivalence equivalent(const struct isa *isa, const struct isa *other, const char *instruction, const struct options *options,
			    struct arena *arena, const char **how);
/* The same for the translation of every address, at every level, through any tables in memory. */
enum equivalence equivalent_translation(const struct isa *isa, const struct isa *other, const struct options *options);
#endif
