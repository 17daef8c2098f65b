/* Two descriptions of one thing: what `isolde mutate` calls equivalent. */
#include "unit.h"

#include "../../analyzer/mutation/mutate.h"

#include <stdlib.h>
#include <string.h>

static const struct options plain = {.rlimit = 3000000};

/* g3 with `old`, found once from `after` on, written as `new`. */
static const struct isa *rewritten(struct arena *arena, const struct isa *isa, const char *after, const char *old, const char *new,
				   const char *directory)
{
	const struct source *s = isa->sources[0];
	const char *from = strstr(s->text, after), *at = from ? strstr(from, old) : NULL;
	struct mutation m = {FAULT_statement, {s, 0, strlen(old)}, new};

	cr_assert(at, "'%s' after '%s'", old, after);
	m.where.offset = (size_t)(at - s->text);
	return unit_load(arena, mutation_write(arena, isa, &m, directory));
}

UNIT(mutation, equivalent)
{
	static const struct { const char *instruction, *old, *new; enum equivalence expected; const char *how; } rows[] = {
		{"add", "X[s] + X[t]", "X[t] + X[s]", EQUIVALENT, NULL},
		{"sub", "X[s] - X[t]", "X[t] - X[s]", DIFFERENT, "X"},
		{"xor", "X[s] ^ X[t]", "(X[s] | X[t]) & ~(X[s] & X[t])", EQUIVALENT, NULL},
		{"xor", "X[s] ^ X[t]", "(X[s] | X[t]) & ~X[t]", DIFFERENT, "X"},
		{"lrb", "supervisor_only();", "if (mode() == Level::user) { raise(Cause::Privileged); }", EQUIVALENT, NULL},
		{"lrb", "supervisor_only();", "if (mode() == Level::user) { raise(Cause::Illegal); }", DIFFERENT, "the cause"},
		{"lrb", "supervisor_only();", "", DIFFERENT, "whether it completes"},
		{"lrb", "R.l = X[s][31:16];", "R.l = X[s][31:17];", DIFFERENT, "R.l"},
		{"jalr", "P = target;", "P = target; P = target;", EQUIVALENT, NULL},
		{"beq", "X[s] == X[t]", "X[s] != X[t]", DIFFERENT, "P"},
		{"store", "imm, X[d]", "imm, X[d] + 1", DIFFERENT, "memory"},
		{"out", "port_out<32>(X[s][15:0] + imm, X[d]);", "wait();", DIFFERENT, "a device"},
	};
	char directory[] = "/tmp/isolde-unit-XXXXXX", command[100];
	struct arena *arena = arena_new();
	const struct isa *isa = unit_load(arena, "isa-specs/g3.yaml");

	cr_assert(mkdtemp(directory));
	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		char after[40];
		const struct isa *other;
		const char *how = "";

		snprintf(after, sizeof after, "\n  %s:\n", rows[i].instruction);
		other = rewritten(arena, isa, after, rows[i].old, rows[i].new, directory);
		cr_assert_eq(equivalent(isa, other, rows[i].instruction, &plain, arena, &how), rows[i].expected, "row %u", i);
		cr_assert_eq(equivalent(other, isa, rows[i].instruction, &plain, arena, &how), rows[i].expected, "row %u, the other way", i);
		cr_assert(!rows[i].how || strstr(how, rows[i].how), "row %u differs in '%s'", i, how);
		cr_assert_eq(equivalent_translation(isa, other, &plain), EQUIVALENT);
	}
	snprintf(command, sizeof command, "rm -rf %s", directory);
	cr_assert(!system(command));
	arena_free(arena);
}

UNIT(mutation, equivalent_translation)
{
	static const struct { const char *old, *new; enum equivalence expected; } rows[] = {
		{"va >= R.b", "!(va < R.b)", EQUIVALENT},
		{"va >= R.b", "va > R.b", DIFFERENT},
		{"raise(Cause::Memory, va);", "raise(Cause::Memory, va + 1);", DIFFERENT},
		{"R.l `+ va", "va `+ R.l", EQUIVALENT},
		{"R.l `+ va", "R.b `+ va", DIFFERENT},
	};
	char directory[] = "/tmp/isolde-unit-XXXXXX", command[100];
	struct arena *arena = arena_new();
	const struct isa *isa = unit_load(arena, "isa-specs/g3.yaml");

	cr_assert(mkdtemp(directory));
	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct isa *other = rewritten(arena, isa, "\ntranslate(", rows[i].old, rows[i].new, directory);

		cr_assert_eq(equivalent_translation(isa, other, &plain), rows[i].expected, "row %u", i);
	}
	snprintf(command, sizeof command, "rm -rf %s", directory);
	cr_assert(!system(command));
	arena_free(arena);
}

/* Every place where a fault is planted is in the description, and the fault changes it. */
UNIT(mutation, sites)
{
	struct arena *arena = arena_new();
	const struct isa *isa = unit_load(arena, "isa-specs/rv64.yaml");
	struct mutations list = mutation_sites(arena, isa);
	unsigned of[FAULT_COUNT] = {0};

	for (unsigned i = 0; i < list.count; i++) {
		const struct mutation *m = &list.items[i];
		bool known = false;

		for (unsigned s = 0; s < isa->source_count; s++)
			known = known || isa->sources[s] == m->where.source;
		cr_assert(known && m->where.offset + m->where.length <= m->where.source->length);
		cr_assert(strncmp(m->where.source->text + m->where.offset, m->text, m->where.length) || strlen(m->text) != m->where.length);
		of[m->fault]++;
	}
	for (unsigned f = 0; f < FAULT_COUNT; f++)
		cr_assert_gt(of[f], 0, "no place for: %s", fault_texts[f]);
	arena_free(arena);
}
