#include "drat.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* 2v, or 2v + 1 for the negation of variable v. */
typedef unsigned literal;
enum { NONE = UINT_MAX, BUCKETS = 1 << 16, VARIABLE_MAX = 1 << 28 };

struct clause {
	unsigned size, next; /* next: with the same hash */
	size_t at;           /* its literals; the first two are watched */
	literal pivot;       /* the first as written */
	bool active, core;   /* core: a later step used it */
};

struct of_literal {
	signed char value; /* 1 true, -1 false, 0 open */
	struct watch { unsigned clause; literal other; } *watches; /* clauses that watch it; if `other` is true, nothing is to do */
	unsigned count, room;
};

struct of_variable {
	unsigned reason;   /* clause, or NONE */
	unsigned position; /* in the trail */
	bool seen;
};

struct checker {
	struct drat_result result;
	jmp_buf failed;
	literal *literals;
	size_t literal_count, literal_room;
	struct clause *clauses;
	unsigned clause_count, clause_room, buckets[BUCKETS]; /* clause + 1 */
	struct step { bool deletes; unsigned clause; } *steps;
	unsigned step_count, step_room;
	struct of_literal *l;
	struct of_variable *v;
	unsigned variables; /* 1 to this */
	literal *trail;
	unsigned trail_length, core_next, other_next; /* what is assigned; and looked at, in core clauses and in others */
	literal *line; /* the clause that is being read */
	unsigned line_length, line_room;
};

static void fail(struct checker *c, enum drat_verdict verdict, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(c->result.why, sizeof c->result.why, format, list);
	va_end(list);
	c->result.verdict = verdict;
	longjmp(c->failed, 1);
}

/* `count` elements, zero from `old` on. */
static void *resized(void *list, size_t old, size_t count, size_t size)
{
	char *new = realloc(list, count * size + 1);

	if (!new) {
		fputs("drat: memory exhausted\n", stderr);
		exit(5);
	}
	memset(new + old * size, 0, (count - old) * size);
	return new;
}

/* Room in the list for `more` elements after `count`. */
#define GROW(list, room, count, more) \
	if ((count) + (size_t)(more) > (room)) { \
		size_t old_ = (room); \
		(room) = 2 * (room) + (more) + 16; \
		(list) = resized((list), old_, (room), sizeof *(list)); \
	}

/* --- reading --- */

/* The next character that is no space. */
static int word(FILE *in)
{
	int next;

	while ((next = getc_unlocked(in)) == ' ' || next == '\n' || next == '\t' || next == '\r')
		;
	return next;
}

/* Reads literals up to the 0 into c->line, each once; false at the end of the file. */
static bool read_clause(struct checker *c, FILE *in, const char *what)
{
	for (c->line_length = 0;;) {
		int next = word(in);
		bool negative = next == '-';
		unsigned n = 0, i = 0;

		if (next == EOF && !c->line_length)
			return false;
		if (negative)
			next = getc_unlocked(in);
		if (next < '0' || next > '9')
			fail(c, DRAT_UNREADABLE, "%s: no number after clause %u", what, c->clause_count);
		for (; next >= '0' && next <= '9' && n < VARIABLE_MAX; next = getc_unlocked(in))
			n = 10 * n + (unsigned)(next - '0');
		if (n > c->variables || (next != EOF && next != ' ' && next != '\n' && next != '\t' && next != '\r'))
			fail(c, DRAT_UNREADABLE, "%s: a number ends badly, or is too high, after clause %u", what, c->clause_count);
		if (!n)
			return true;
		GROW(c->line, c->line_room, c->line_length, 1);
		c->line[c->line_length] = 2 * n + negative;
		while (c->line[i] != 2 * n + negative)
			i++;
		c->line_length += i == c->line_length;
	}
}

static unsigned *bucket_of(struct checker *c)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < c->line_length; i++)
		sum += (c->line[i] ^ c->line[i] << 16) * 0x9e3779b1u;
	return &c->buckets[(sum ^ sum >> 16) % BUCKETS];
}

/* Keeps c->line as a clause that is not active yet. */
static unsigned keep_clause(struct checker *c)
{
	unsigned n = c->line_length, *bucket = bucket_of(c);

	GROW(c->clauses, c->clause_room, c->clause_count, 1);
	GROW(c->literals, c->literal_room, c->literal_count, n);
	if (n)
		memcpy(c->literals + c->literal_count, c->line, n * sizeof *c->line);
	c->clauses[c->clause_count] = (struct clause){n, *bucket, c->literal_count, n ? c->line[0] : NONE, false, false};
	c->literal_count += n;
	*bucket = ++c->clause_count;
	return c->clause_count - 1;
}

static bool contains(const struct checker *c, const struct clause *k, literal l)
{
	for (unsigned i = 0; i < k->size; i++)
		if (c->literals[k->at + i] == l)
			return true;
	return false;
}

/* An active clause with the literals of c->line in any order; NONE if there is none. */
static unsigned find_clause(struct checker *c)
{
	for (unsigned i = *bucket_of(c); i; i = c->clauses[i - 1].next) {
		const struct clause *k = &c->clauses[i - 1];
		unsigned same = 0;

		if (!k->active || k->size != c->line_length)
			continue;
		while (same < k->size && contains(c, k, c->line[same]))
			same++;
		if (same == k->size)
			return i - 1;
	}
	return NONE;
}

/* --- assignments, watches and unit propagation --- */

static int value(const struct checker *c, literal l)
{
	return c->l[l].value;
}

static void assign(struct checker *c, literal l, unsigned reason)
{
	c->l[l].value = 1;
	c->l[l ^ 1].value = -1;
	c->v[l >> 1].reason = reason;
	c->v[l >> 1].position = c->trail_length;
	c->trail[c->trail_length++] = l;
}

/* Forgets all but the first `length` assignments, which were propagated. */
static void backtrack(struct checker *c, unsigned length)
{
	while (c->trail_length > length) {
		literal l = c->trail[--c->trail_length];

		c->l[l].value = c->l[l ^ 1].value = 0;
	}
	c->core_next = c->other_next = length;
}

static void add_watch(struct checker *c, literal l, unsigned clause, literal other)
{
	struct of_literal *w = &c->l[l];

	GROW(w->watches, w->room, w->count, 1);
	w->watches[w->count++] = (struct watch){clause, other};
}

/* Better to watch: true, then open, then what became false last. */
static bool better(const struct checker *c, literal a, literal b)
{
	if (value(c, a) != value(c, b))
		return value(c, a) > value(c, b);
	return value(c, a) < 0 && c->v[a >> 1].position > c->v[b >> 1].position;
}

static void activate(struct checker *c, unsigned clause)
{
	struct clause *k = &c->clauses[clause];
	literal *l = c->literals + k->at;

	k->active = true;
	for (unsigned i = 0; i < 2 && i < k->size; i++)
		for (unsigned j = i + 1; j < k->size; j++)
			if (better(c, l[j], l[i])) {
				literal swap = l[i];

				l[i] = l[j];
				l[j] = swap;
			}
	for (unsigned i = 0; i < 2 && k->size > 1; i++)
		add_watch(c, l[i], clause, l[1 - i]);
}

static void deactivate(struct checker *c, unsigned clause)
{
	struct clause *k = &c->clauses[clause];

	k->active = false;
	for (unsigned i = 0; i < 2 && k->size > 1; i++) {
		struct of_literal *w = &c->l[c->literals[k->at + i]];
		unsigned n = 0;

		while (w->watches[n].clause != clause)
			n++;
		w->watches[n] = w->watches[--w->count];
	}
}

/* The clause in watch i of a literal that became false: it watches another, or is a unit, or in conflict (true). */
static bool visit(struct checker *c, literal falsified, unsigned *i)
{
	struct of_literal *w = &c->l[falsified];
	unsigned clause = w->watches[*i].clause;
	literal *l = c->literals + c->clauses[clause].at;

	if (l[0] == falsified) {
		l[0] = l[1];
		l[1] = falsified;
	}
	w->watches[*i].other = l[0];
	for (unsigned n = 2; value(c, l[0]) != 1 && n < c->clauses[clause].size; n++)
		if (value(c, l[n]) >= 0) {
			l[1] = l[n];
			l[n] = falsified;
			w->watches[*i] = w->watches[--w->count];
			add_watch(c, l[1], clause, l[0]);
			return false;
		}
	++*i;
	if (!value(c, l[0]))
		assign(c, l[0], clause);
	return value(c, l[0]) < 0;
}

/* Core clauses first: the others are tried for one literal at a time, once the core has nothing more. The clause in conflict, or NONE. */
static unsigned propagate(struct checker *c)
{
	while (c->other_next < c->trail_length) {
		bool core = c->core_next < c->trail_length;
		literal falsified = c->trail[core ? c->core_next++ : c->other_next++] ^ 1;
		const struct of_literal *w = &c->l[falsified];

		for (unsigned i = 0; i < w->count;) {
			unsigned clause = w->watches[i].clause;

			if (c->clauses[clause].core != core || value(c, w->watches[i].other) == 1)
				i++;
			else if (visit(c, falsified, &i))
				return clause;
		}
	}
	return NONE;
}

static void use_clause(struct checker *c, unsigned clause)
{
	struct clause *k = &c->clauses[clause];

	k->core = true;
	for (unsigned i = 0; i < k->size; i++)
		c->v[c->literals[k->at + i] >> 1].seen = true;
}

/* Marks what assigned the variables that were seen, and so on. */
static void use_reasons(struct checker *c)
{
	for (unsigned i = c->trail_length; i--;) {
		struct of_variable *v = &c->v[c->trail[i] >> 1];

		if (v->seen && v->reason != NONE)
			use_clause(c, v->reason);
		v->seen = false;
	}
}

/* --- one lemma --- */

/* Assumes these literals false, but for `but`. True if that contradicts what is assigned, or propagates to a conflict. */
static bool refuted_by_units(struct checker *c, const struct clause *k, literal but)
{
	unsigned conflict = NONE;
	bool refuted = false;

	for (unsigned i = 0; i < k->size && !refuted; i++) {
		literal l = c->literals[k->at + i];

		if (l == but || value(c, l) < 0)
			continue;
		if (value(c, l) == 1)
			c->v[l >> 1].seen = refuted = true;
		else
			assign(c, l ^ 1, NONE);
	}
	if (!refuted && (conflict = propagate(c)) != NONE) {
		use_clause(c, conflict);
		refuted = true;
	}
	if (refuted)
		use_reasons(c);
	return refuted;
}

/* RAT on the pivot: with the lemma's literals false, so are all resolvents refuted. */
static bool resolvents_refuted(struct checker *c, literal pivot)
{
	unsigned base = c->trail_length;

	for (unsigned i = 0; pivot != NONE && i < c->clause_count; i++) {
		bool refuted;

		if (!c->clauses[i].active || !contains(c, &c->clauses[i], pivot ^ 1))
			continue;
		refuted = refuted_by_units(c, &c->clauses[i], pivot ^ 1);
		backtrack(c, base);
		if (!refuted)
			return false;
		c->clauses[i].core = true;
	}
	return pivot != NONE;
}

/* --- the proof as a whole --- */

/* The clause holds from now on. A clause in conflict, or NONE. */
static unsigned take(struct checker *c, unsigned clause)
{
	const struct clause *k = &c->clauses[clause];
	const literal *l = c->literals + k->at;

	activate(c, clause);
	if (!k->size || value(c, l[0]) < 0)
		return clause; /* its best literal is false */
	if (value(c, l[0]) || (k->size > 1 && value(c, l[1]) >= 0))
		return NONE;
	assign(c, l[0], clause);
	return propagate(c);
}

/* The trail's literal that this clause assigned, or NONE. */
static literal assigned_by(const struct checker *c, unsigned clause)
{
	const struct clause *k = &c->clauses[clause];

	for (unsigned i = 0; i < k->size; i++) {
		literal l = c->literals[k->at + i];

		if (value(c, l) == 1 && c->v[l >> 1].reason == clause)
			return l;
	}
	return NONE;
}

static unsigned read_formula(struct checker *c, FILE *in)
{
	unsigned conflict = NONE, announced;
	int next;

	while ((next = getc(in)) == 'c')
		while (next != '\n' && next != EOF)
			next = getc(in);
	if (next != 'p' || fscanf(in, " cnf %u %u", &c->variables, &announced) != 2 || c->variables >= VARIABLE_MAX)
		fail(c, DRAT_UNREADABLE, "the formula does not begin with 'p cnf'");
	c->l = resized(NULL, 0, 2 * ((size_t)c->variables + 1), sizeof *c->l);
	c->v = resized(NULL, 0, (size_t)c->variables + 1, sizeof *c->v);
	c->trail = resized(NULL, 0, (size_t)c->variables + 1, sizeof *c->trail);
	while (read_clause(c, in, "formula")) {
		unsigned clause = keep_clause(c);

		if (conflict == NONE)
			conflict = take(c, clause);
	}
	c->result.clauses = c->clause_count;
	if (announced != c->clause_count)
		fail(c, DRAT_UNREADABLE, "the formula announces %u clauses and has %u", announced, c->clause_count);
	return conflict;
}

/* Reads steps until there is a conflict, which it returns. */
static unsigned read_proof(struct checker *c, FILE *in)
{
	unsigned conflict = NONE, clause;

	while (conflict == NONE) {
		int first = word(in);

		if (first != 'd')
			ungetc(first, in);
		if (!read_clause(c, in, "proof"))
			fail(c, DRAT_REFUSED, "the proof ends without a conflict");
		if (first != 'd') {
			clause = keep_clause(c);
			c->result.lemmas++;
			conflict = take(c, clause);
		} else if ((clause = find_clause(c)) == NONE) {
			fail(c, DRAT_REFUSED, "after lemma %lu, a clause is deleted that is not there", c->result.lemmas);
		} else if (assigned_by(c, clause) == NONE) {
			deactivate(c, clause);
		} else {
			continue;
		}
		GROW(c->steps, c->step_room, c->step_count, 1);
		c->steps[c->step_count++] = (struct step){first == 'd', clause};
	}
	return conflict;
}

/* From the last step to the first, undoing each, so that a lemma is checked in the state before it. */
static void check_backwards(struct checker *c)
{
	while (c->step_count) {
		struct step s = c->steps[--c->step_count];
		literal unit = assigned_by(c, s.clause);
		unsigned base = unit == NONE ? c->trail_length : c->v[unit >> 1].position;

		if (s.deletes) {
			activate(c, s.clause);
			continue;
		}
		deactivate(c, s.clause);
		backtrack(c, base);
		if (!c->clauses[s.clause].core)
			continue;
		c->result.checked++;
		if (!refuted_by_units(c, &c->clauses[s.clause], NONE) && !resolvents_refuted(c, c->clauses[s.clause].pivot))
			fail(c, DRAT_REFUSED, "lemma %lu follows by neither RUP nor RAT", s.clause - c->result.clauses + 1);
		backtrack(c, base);
	}
}

static void free_all(struct checker *c)
{
	void *const lists[] = {c->literals, c->clauses, c->steps, c->l, c->v, c->trail, c->line, c};

	for (size_t l = 0; c->l && l < 2 * ((size_t)c->variables + 1); l++)
		free(c->l[l].watches);
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		free(lists[i]);
}

struct drat_result drat_check(FILE *formula, FILE *proof)
{
	struct checker *c = resized(NULL, 0, 1, sizeof *c);
	struct drat_result result;

	if (!setjmp(c->failed)) {
		unsigned conflict = read_formula(c, formula);

		if (conflict == NONE)
			conflict = read_proof(c, proof);
		use_clause(c, conflict);
		use_reasons(c);
		check_backwards(c);
		c->result.verdict = DRAT_VERIFIED;
	}
	result = c->result;
	free_all(c);
	return result;
}
