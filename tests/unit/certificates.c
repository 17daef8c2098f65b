/* Refutations: Ackermann's reduction and the whole way to a checked proof against Z3, and the checker against broken proofs. */
#include "unit.h"

#include "../../analyzer/certify/certify.h"
#include "../../analyzer/certify/drat.h"
#include "../../analyzer/values/solver.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- random questions about arrays and functions --- */

enum { INDEX = 2, ELEMENT = 2 };

struct maker {
	struct solver *s;
	struct domain *d;
	uint64_t random;
};

static unsigned below(struct maker *m, unsigned n)
{
	return (unsigned)(unit_random(&m->random) >> 20) % n;
}

static struct value variable(struct maker *m, const char *prefix, unsigned count, unsigned width)
{
	char name[20];

	snprintf(name, sizeof name, "%s%u", prefix, below(m, count));
	return solver_constant(m->s, name, width);
}

static struct value make_boolean(struct maker *m, unsigned depth);
static struct value make_element(struct maker *m, unsigned depth);

static struct value make_index(struct maker *m, unsigned depth)
{
	struct value a = variable(m, "i", 3, INDEX);

	switch (depth ? below(m, 5) : 0) {
	case 0: return a;
	case 1: return value_const(below(m, 1 << INDEX), INDEX);
	case 2: return value_op2(m->d, OP_add, a, make_index(m, depth - 1));
	case 3: return make_element(m, depth - 1);
	default: return value_ite(m->d, make_boolean(m, depth - 1), a, make_index(m, depth - 1));
	}
}

static struct value make_array(struct maker *m, unsigned depth)
{
	char name[20];
	struct value a;

	snprintf(name, sizeof name, "m%u", below(m, 2));
	a = solver_array(m->s, name, INDEX, ELEMENT);
	switch (depth ? below(m, 4) : 0) {
	case 0: return a;
	case 1: return value_ite(m->d, make_boolean(m, depth - 1), make_array(m, depth - 1), make_array(m, depth - 1));
	default: return m->d->store(m->d, make_array(m, depth - 1), make_index(m, depth - 1), make_element(m, depth - 1));
	}
}

static struct value make_element(struct maker *m, unsigned depth)
{
	struct value args[2];

	switch (depth ? below(m, 4) : 0) {
	case 0: return variable(m, "e", 2, ELEMENT);
	case 1:
		args[0] = make_index(m, depth - 1);
		args[1] = make_element(m, depth - 1);
		return m->d->function(m->d, UF_INVERSE, args, 2, ELEMENT);
	default: return m->d->select(m->d, make_array(m, depth - 1), make_index(m, depth - 1), ELEMENT);
	}
}

static struct value make_boolean(struct maker *m, unsigned depth)
{
	struct value args[2];

	switch (depth ? below(m, 8) : 0) {
	case 0: return variable(m, "b", 2, 0);
	case 1: return value_not(m->d, make_boolean(m, depth - 1));
	case 2: return value_and(m->d, make_boolean(m, depth - 1), make_boolean(m, depth - 1));
	case 3: return value_or(m->d, make_boolean(m, depth - 1), make_boolean(m, depth - 1));
	case 4: return m->d->arrays_differ(m->d, make_array(m, depth - 1), make_array(m, depth - 1), INDEX, ELEMENT, false);
	case 5: return value_eq(m->d, make_index(m, depth - 1), make_index(m, depth - 1));
	case 6:
		args[0] = make_index(m, depth - 1);
		args[1] = make_element(m, depth - 1);
		return m->d->function(m->d, UF_VISIBLE, args, 2, 0);
	default: return value_eq(m->d, make_element(m, depth - 1), make_element(m, depth - 1));
	}
}

/* Conjunctions of disjunctions: many are unsatisfiable, and not for one conjunct alone. */
static struct value make_question(struct maker *m)
{
	struct value all = make_boolean(m, 4);

	for (unsigned n = 20 + below(m, 40); n; n--)
		all = value_and(m->d, all, value_or(m->d, make_boolean(m, 2), make_boolean(m, 2)));
	return all;
}

static void temporary(char *directory)
{
	strcpy(directory, "/tmp/isolde-unit-XXXXXX");
	cr_assert(mkdtemp(directory));
}

static void remove_temporary(const char *directory)
{
	static const char *const files[] = {"formula.cnf", "proof.drat", "output", "question.smt2"};
	char path[200];

	for (unsigned i = 0; i < sizeof files / sizeof *files; i++) {
		snprintf(path, sizeof path, "%s/%s", directory, files[i]);
		unlink(path);
	}
	rmdir(directory);
}

UNIT(certificates, arrays_and_functions_as_z3_says)
{
	unsigned unsat = 0, sat = 0, proofs = 0;
	char directory[60];

	temporary(directory);
	for (uint64_t seed = 1; seed <= 200; seed++) {
		struct arena *arena = arena_new();
		struct maker m = {.s = solver_new(0), .random = seed * 0x9e3779b97f4a7c15u};
		struct certificate_size size;
		struct model *model;
		struct value question;
		struct formula *f;
		enum certificate c;
		enum answer answer;

		m.d = solver_domain(m.s);
		question = make_question(&m);
		if (question.term) {
			answer = solver_check(m.s, question, &model);
			cr_assert_neq(answer, ANSWER_UNKNOWN);
			f = solver_formula(m.s, arena, question);
			cr_assert(f);
			c = certify(f, directory, 60, &size);
			if (answer == ANSWER_SAT)
				cr_assert_eq(c, CERTIFICATE_SATISFIABLE, "seed %u: satisfiable for Z3, %s here", (unsigned)seed, certificate_names[c]);
			else
				cr_assert(c == CERTIFICATE_CHECKED || c == CERTIFICATE_FOLDED, "seed %u: unsatisfiable for Z3, %s here",
					  (unsigned)seed, certificate_names[c]);
			sat += answer == ANSWER_SAT;
			unsat += answer == ANSWER_UNSAT;
			proofs += c == CERTIFICATE_CHECKED;
		}
		solver_free(m.s);
		arena_free(arena);
	}
	remove_temporary(directory);
	cr_assert_gt(sat, 50, "%u satisfiable, %u not, %u proofs", sat, unsat, proofs);
	cr_assert_gt(unsat, 50, "%u satisfiable, %u not, %u proofs", sat, unsat, proofs);
	cr_assert_gt(proofs, 30, "%u satisfiable, %u not, %u proofs", sat, unsat, proofs);
}

/* --- one operation at a time: the formula that is made of a term, what is written of it, and its clauses --- */

enum { SMALL = 3 };

/* op(a, b) is another value than the concrete column says, for some a and b. */
static struct value wrong_somewhere(struct domain *d, enum op op, const struct value *args, const unsigned *widths, unsigned width, unsigned low)
{
	struct value is = value_op(d, op, args, width, low), table = value_const(0, width);
	unsigned arity = op_table[op].arity;

	for (unsigned all = 0; all < 1u << (SMALL * arity); all++) {
		u128 operands[3] = {all & 7, all >> SMALL & 7, all >> (2 * SMALL) & 7};
		struct value here = value_const(1, 0);

		for (unsigned i = 0; i < arity; i++)
			here = value_and(d, here, value_eq(d, args[i], value_const(operands[i], widths[i])));
		table = value_ite(d, here, value_const(op_apply(op, operands, widths, width, low), width), table);
	}
	return value_not(d, value_eq(d, is, table));
}

static void said_of(const struct formula *f, const char *directory, const char *solver, char *line)
{
	char path[200], command[300];
	FILE *out, *in;

	snprintf(path, sizeof path, "%s/question.smt2", directory);
	out = fopen(path, "w");
	formula_write(f, "one operation", "unsat", out);
	fclose(out);
	snprintf(command, sizeof command, "%s %s 2>&1", solver, path);
	in = popen(command, "r");
	cr_assert(in && fgets(line, 20, in), "%s says nothing", solver);
	pclose(in);
	line[strcspn(line, "\n")] = 0;
}

UNIT(certificates, each_operation)
{
	char directory[60], line[20];
	unsigned asked = 0;

	temporary(directory);
	for (unsigned op = 0; op < OP_COUNT; op++) {
		struct arena *arena = arena_new();
		struct solver *s = solver_new(0);
		enum op_rule rule = op_table[op].rule;
		unsigned widths[3] = {SMALL, SMALL, SMALL}, width = rule == RULE_TEST ? 0 : rule == RULE_EXTEND ? 5 : rule == RULE_EXTRACT ? 2
			: rule == RULE_CONCAT ? 2 * SMALL : SMALL;
		struct value args[3] = {solver_constant(s, "a", SMALL), solver_constant(s, "and", SMALL), solver_constant(s, "c.", SMALL)};

		if (rule == RULE_SAME || rule == RULE_TEST || rule == RULE_EXTEND || rule == RULE_EXTRACT || rule == RULE_CONCAT) {
			struct value wrong = wrong_somewhere(solver_domain(s), (enum op)op, args, widths, width, 1);
			const struct formula *f = solver_formula(s, arena, wrong);
			struct certificate_size size;
			enum certificate c = certify(f, directory, 60, &size);

			cr_assert(c == CERTIFICATE_CHECKED || c == CERTIFICATE_FOLDED, "%s: %s", op_table[op].name, certificate_names[c]);
			said_of(f, directory, op % 2 ? "z3" : "cvc5", line);
			cr_assert_str_eq(line, "unsat", "%s: %s", op_table[op].name, line);
			asked++;
		}
		solver_free(s);
		arena_free(arena);
	}
	remove_temporary(directory);
	cr_assert_eq(asked, OP_COUNT - 5); /* the logical ones, ite and b2v stand in every formula */
}

/* --- broken proofs --- */

enum { VARIABLES = 7, CLAUSES_MAX = 400, WIDTH = 8 };

struct problem {
	int clauses[CLAUSES_MAX][WIDTH]; /* ended by 0 */
	bool deletes[CLAUSES_MAX];       /* a step of a proof */
	unsigned count;
};

static enum drat_verdict verdict_on(const struct problem *formula, const struct problem *proof)
{
	struct problem const *both[2] = {formula, proof};
	FILE *files[2];
	char *text[2];
	size_t size[2];
	enum drat_verdict v;

	for (unsigned k = 0; k < 2; k++) {
		files[k] = open_memstream(&text[k], &size[k]);
		if (!k)
			fprintf(files[k], "p cnf %d %u\n", VARIABLES, formula->count);
		for (unsigned i = 0; i < both[k]->count; i++) {
			fputs(both[k]->deletes[i] ? "d " : "", files[k]);
			for (const int *l = both[k]->clauses[i]; *l; l++)
				fprintf(files[k], "%d ", *l);
			fputs("0\n", files[k]);
		}
		fclose(files[k]);
		files[k] = fmemopen(text[k], size[k] ? size[k] : 1, "r");
	}
	v = drat_check(files[0], files[1]).verdict;
	for (unsigned k = 0; k < 2; k++) {
		fclose(files[k]);
		free(text[k]);
	}
	return v;
}

static bool holds(const int *clause, unsigned assignment)
{
	for (; *clause; clause++)
		if ((assignment >> (abs(*clause) - 1) & 1) == (*clause > 0))
			return true;
	return false;
}

static bool satisfiable(const struct problem *f)
{
	for (unsigned a = 0; a < 1u << VARIABLES; a++) {
		unsigned i = 0;

		while (i < f->count && holds(f->clauses[i], a))
			i++;
		if (i == f->count)
			return true;
	}
	return false;
}

/* Unit propagation by brute force: does it end in a conflict? */
static bool propagates_to_conflict(const struct problem *f, int *values)
{
	bool changed = true;

	while (changed) {
		changed = false;
		for (unsigned i = 0; i < f->count; i++) {
			int open = 0, count = 0;
			bool true_one = false;

			for (const int *l = f->clauses[i]; *l && !f->deletes[i]; l++) {
				int v = *l > 0 ? values[*l] : -values[-*l];

				true_one = true_one || v > 0;
				count += !v;
				open = v ? open : *l;
			}
			if (f->deletes[i] || true_one || count > 1)
				continue;
			if (!count)
				return true;
			values[abs(open)] = open > 0 ? 1 : -1;
			changed = true;
		}
	}
	return false;
}

/* Makes the clause's literals false, but for `but`; false if one is true already. */
static bool deny(int *values, const int *clause, int but)
{
	for (; *clause; clause++) {
		int v = *clause > 0 ? values[*clause] : -values[-*clause];

		if (*clause == but)
			continue;
		if (v > 0)
			return false;
		values[abs(*clause)] = *clause > 0 ? -1 : 1;
	}
	return true;
}

static bool naive_rup(const struct problem *f, const int *clause)
{
	int values[VARIABLES + 1] = {0};

	return !deny(values, clause, 0) || propagates_to_conflict(f, values);
}

static bool has(const int *clause, int literal)
{
	while (*clause && *clause != literal)
		clause++;
	return *clause;
}

static bool naive_rat(const struct problem *f, const int *clause)
{
	for (unsigned i = 0; *clause && i < f->count; i++) {
		int values[VARIABLES + 1] = {0};

		if (!f->deletes[i] && has(f->clauses[i], -*clause) && deny(values, clause, 0) && deny(values, f->clauses[i], -*clause) &&
		    !propagates_to_conflict(f, values))
			return false;
	}
	return *clause;
}

/* It is true by propagation, and but for one literal false: it may be what that was propagated from. */
static bool may_be_reason(const struct problem *f, const int *clause)
{
	int values[VARIABLES + 1] = {0};
	unsigned true_ones = 0, open = 0;

	if (propagates_to_conflict(f, values))
		return true;
	for (; *clause; clause++) {
		int v = *clause > 0 ? values[*clause] : -values[-*clause];

		true_ones += v > 0;
		open += !v;
	}
	return true_ones == 1 && !open;
}

static bool same_clause(const int *a, const int *b)
{
	unsigned n = 0, m = 0;

	for (; a[n]; n++) {
		unsigned k = 0;

		while (b[k] && b[k] != a[n])
			k++;
		if (!b[k])
			return false;
	}
	while (b[m])
		m++;
	return n == m;
}

/* Goes forward through the proof. strict: all lemmas must have RUP, with deletions as they stand. Else lemmas without RUP and RAT are
 * left out, and so are deletions of reasons and of what is not there: whether the rest still is a refutation. */
static bool naive_check(const struct problem *formula, const struct problem *proof, bool strict)
{
	static const int empty[] = {0};
	struct problem f = *formula;

	for (unsigned i = 0; i < proof->count; i++) {
		if (naive_rup(&f, empty))
			return true;
		if (!proof->deletes[i]) {
			bool good = naive_rup(&f, proof->clauses[i]);

			if (strict && !good)
				return false;
			good = good || naive_rat(&f, proof->clauses[i]);
			if (good && f.count < CLAUSES_MAX)
				memcpy(f.clauses[f.count++], proof->clauses[i], sizeof f.clauses[0]);
			continue;
		}
		for (unsigned k = 0;; k++) {
			if (k == f.count && strict)
				return false;
			if (k == f.count)
				break;
			if (!f.deletes[k] && same_clause(f.clauses[k], proof->clauses[i])) {
				f.deletes[k] = strict || !may_be_reason(&f, f.clauses[k]);
				break;
			}
		}
	}
	return naive_rup(&f, empty);
}

static void random_clause(uint64_t *random, int *clause)
{
	for (unsigned n = 0; n < 3;) {
		int v = 1 + (int)((unit_random(random) >> 9) % VARIABLES), l = unit_random(random) >> 5 & 1 ? v : -v;
		unsigned k = 0;

		while (k < n && abs(clause[k]) != v)
			k++;
		if (k == n)
			clause[n++] = l;
	}
	clause[3] = 0;
}

/* CaDiCaL's proof of the formula; false if there is none that fits. */
static bool proof_of(const struct problem *f, const char *directory, struct problem *proof)
{
	char path[200], command[500], line[400];
	FILE *out, *in;
	bool fits = true;

	snprintf(path, sizeof path, "%s/formula.cnf", directory);
	out = fopen(path, "w");
	fprintf(out, "p cnf %d %u\n", VARIABLES, f->count);
	for (unsigned i = 0; i < f->count; i++)
		fprintf(out, "%d %d %d 0\n", f->clauses[i][0], f->clauses[i][1], f->clauses[i][2]);
	fclose(out);
	snprintf(command, sizeof command, "cadical -q --no-binary %s %s/proof.drat >%s/output", path, directory, directory);
	cr_assert(system(command) != -1);
	snprintf(path, sizeof path, "%s/proof.drat", directory);
	in = fopen(path, "r");
	cr_assert(in, "CaDiCaL writes no proof");
	memset(proof, 0, sizeof *proof);
	while (fits && fgets(line, sizeof line, in)) {
		char *at = line + (*line == 'd');
		unsigned n = 0;
		long l;

		fits = proof->count < CLAUSES_MAX - 2;
		proof->deletes[proof->count] = *line == 'd';
		while (fits && (l = strtol(at, &at, 10)) && (fits = n < WIDTH - 1))
			proof->clauses[proof->count][n++] = (int)l;
		proof->count++;
	}
	fclose(in);
	return fits;
}

/* One step is left out, repeated elsewhere, loses, gains or negates a literal, or becomes a deletion (or the reverse). */
static void mutate(struct problem *p, uint64_t *random)
{
	unsigned at = (unsigned)(unit_random(random) >> 11) % p->count, to = (unsigned)(unit_random(random) >> 13) % p->count, n = 0;
	int *clause = p->clauses[at];

	while (clause[n])
		n++;
	switch (unit_random(random) >> 7 & 7) {
	case 0:
		p->count--;
		memmove(p->clauses[at], p->clauses[at + 1], (p->count - at) * sizeof p->clauses[0]);
		memmove(&p->deletes[at], &p->deletes[at + 1], (p->count - at) * sizeof p->deletes[0]);
		break;
	case 1: memcpy(p->clauses[to], clause, sizeof p->clauses[0]); break;
	case 2: p->deletes[at] = !p->deletes[at]; break;
	case 3: p->count = at + 1; break;
	case 4:
		if (n < WIDTH - 1)
			clause[n] = 1 + (int)(to % VARIABLES);
		break;
	case 5:
	case 6:
		if (n)
			memmove(clause + to % n, clause + to % n + 1, (n - to % n) * sizeof *clause);
		break;
	default:
		if (n)
			clause[to % n] = -clause[to % n];
	}
}

UNIT(certificates, broken_proofs)
{
	unsigned refused = 0, accepted = 0, satisfiable_refused = 0;
	uint64_t random = 4711;
	char directory[60];

	temporary(directory);
	for (unsigned round = 0; round < 60; round++) {
		static const int empty[] = {0};
		struct problem f = {.count = 45}, proof;

		for (unsigned i = 0; i < f.count; i++)
			random_clause(&random, f.clauses[i]);
		if (satisfiable(&f) || naive_rup(&f, empty) || !proof_of(&f, directory, &proof))
			continue;
		cr_assert_eq(verdict_on(&f, &proof), DRAT_VERIFIED, "round %u: CaDiCaL's own proof", round);
		for (unsigned n = 0; n < 60; n++) {
			struct problem broken = proof, weaker = f;
			enum drat_verdict v;

			mutate(&broken, &random);
			v = verdict_on(&f, &broken);
			cr_assert(v != DRAT_VERIFIED || naive_check(&f, &broken, false), "round %u, mutation %u: accepted", round, n);
			cr_assert(v == DRAT_VERIFIED || !naive_check(&f, &broken, true), "round %u, mutation %u: refused", round, n);
			*(v == DRAT_VERIFIED ? &accepted : &refused) += 1;
			weaker.count -= 1 + n % 16;
			if (!satisfiable(&weaker))
				continue;
			cr_assert_neq(verdict_on(&weaker, &proof), DRAT_VERIFIED, "round %u: a satisfiable formula is refuted", round);
			cr_assert_neq(verdict_on(&weaker, &broken), DRAT_VERIFIED, "round %u: a satisfiable formula is refuted", round);
			satisfiable_refused++;
		}
	}
	remove_temporary(directory);
	cr_assert(refused > 300 && accepted > 300 && satisfiable_refused > 100, "%u refused, %u accepted, %u about satisfiable formulas",
		  refused, accepted, satisfiable_refused);
}

/* -1 follows by RAT alone: all resolvents upon it are refuted, but it is not implied. */
UNIT(certificates, resolution_asymmetric_tautologies)
{
	static const struct problem f = {{{1, 2, -3}, {-1, -2, 3}, {2, 3, -4}, {-2, -3, 4}, {-1, -3, -4}, {1, 3, 4}, {-1, 2, 4}, {1, -2, -4}},
					 {false}, 8};
	struct problem proof = {{{-1}, {2}, {0}}, {false}, 3};

	cr_assert(!satisfiable(&f) && !naive_rup(&f, proof.clauses[0]));
	cr_assert_eq(verdict_on(&f, &proof), DRAT_VERIFIED);
	proof.clauses[0][0] = -2;
	cr_assert_eq(verdict_on(&f, &proof), DRAT_REFUSED);
	for (unsigned i = 0; i < f.count; i++) {
		struct problem weaker = f;

		proof.clauses[0][0] = -1;
		memcpy(weaker.clauses[i], weaker.clauses[--weaker.count], sizeof weaker.clauses[0]);
		if (satisfiable(&weaker))
			cr_assert_eq(verdict_on(&weaker, &proof), DRAT_REFUSED, "without clause %u", i);
	}
}

UNIT(certificates, unreadable_files)
{
	static const char *const formulas[] = {"", "p cnf 1", "c only\n", "p cnf 2 1\n1 2\n", "p cnf 2 1\n3 0\n", "p cnf 2 2\n1 0\n", "p cnf 1 1\n1x 0\n",
					       "p cnf 1 1\n- 0\n", "p cnf 99999999999 1\n1 0\n"};

	for (unsigned i = 0; i < sizeof formulas / sizeof *formulas; i++) {
		FILE *f = fmemopen((void *)(uintptr_t)formulas[i], strlen(formulas[i]) + !*formulas[i], "r"), *p = fmemopen((char[]){"0\n"}, 2, "r");

		cr_assert_eq(drat_check(f, p).verdict, DRAT_UNREADABLE, "formula %u", i);
		fclose(f);
		fclose(p);
	}
}
