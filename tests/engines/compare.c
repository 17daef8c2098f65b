#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "differ.h"

static struct machine *machine_of(const struct isa *isa, enum engine_kind kind)
{
	unsigned page = isa->memory.page ? isa->memory.page : 256;
	uint64_t size = (uint64_t)isa->platform.memory_size < 4 * page ? (uint64_t)isa->platform.memory_size : 4 * page;
	struct machine_options o = {.engine = kind, .memory = size};
	char error[256];
	struct machine *m = machine_new(isa, &o, NULL, error);

	if (!m) {
		fprintf(stderr, "%s: %s\n", isa->name, error);
		exit(2);
	}
	return m;
}

struct pair pair_new(const struct isa *isa, enum engine_kind kind)
{
	return (struct pair){machine_of(isa, ENGINE_WALK), machine_of(isa, kind), isa};
}

void pair_free(struct pair *p)
{
	machine_free(p->walk);
	machine_free(p->fast);
}

static void set_up(struct machine *m, const struct test_case *c)
{
	machine_reset(m, NULL);
	machine_write(m, m->at, c->units, m->size);
	memcpy(m->words, c->words, m->word_count * sizeof *m->words);
	engine_state_changed(m);
	m->attention = false;
}

/* --- what came of it --- */

struct result {
	enum engine_exit exit;
	uint64_t steps, completed;
	struct trap trap;
	char message[256];
};

static struct result run(struct machine *m, const struct test_case *c)
{
	struct result r = {0};

	while (m->steps < c->budget) {
		uint64_t steps, completed, quiet = machine_quiet(m), left = c->budget - m->steps; /* a machine lets no more pass at once */

		m->attention = false;
		r.exit = engine_run(m, left < quiet ? left : quiet, false, &steps, &completed, &r.trap);
		machine_account(m, steps, completed);
		if (r.exit == ENGINE_ERROR || (r.exit == ENGINE_TRAP && !c->enter))
			break;
		if (r.exit == ENGINE_TRAP)
			machine_enter_trap(m, &r.trap);
		if (m->message[0])
			break;
	}
	if (r.exit == ENGINE_ATTENTION) /* asked for by every tick, where every step is ticked by itself */
		r.exit = ENGINE_STEPS;
	snprintf(r.message, sizeof r.message, "%s", m->message);
	machine_sync(m, 0, 0);
	r.steps = m->steps;
	r.completed = m->completed;
	return r;
}

static char *text(const char *what, u128 walk, u128 fast)
{
	char *s = malloc(256), a[BITS_TEXT], b[BITS_TEXT];

	snprintf(s, 256, "%s: walk %s, fast %s", what, bits_hex(walk, a), bits_hex(fast, b));
	return s;
}

static char *different_trap(const struct trap *a, const struct trap *b)
{
	if (a->cause != b->cause)
		return text("cause", a->cause, b->cause);
	if (a->value != b->value)
		return text("value", a->value, b->value);
	if (a->pc != b->pc)
		return text("pc of the trap", a->pc, b->pc);
	if (a->fault != b->fault || a->target != b->target)
		return text("fault, target", (u128)a->fault << 8 | a->target, (u128)b->fault << 8 | b->target);
	return NULL;
}

static char *different_result(const struct result *a, const struct result *b)
{
	if (a->exit != b->exit)
		return text("exit", a->exit, b->exit);
	if (a->steps != b->steps)
		return text("steps", a->steps, b->steps);
	if (a->completed != b->completed)
		return text("completed", a->completed, b->completed);
	if (strcmp(a->message, b->message)) {
		char *s = malloc(600);

		snprintf(s, 600, "message: walk '%s', fast '%s'", a->message, b->message);
		return s;
	}
	return a->exit == ENGINE_TRAP ? different_trap(&a->trap, &b->trap) : NULL;
}

static char *different_state(const struct pair *p)
{
	for (unsigned i = 0; i < p->isa->component_count; i++)
		for (unsigned e = 0; e == 0 || e < p->isa->components[i].count; e++) {
			u128 a = machine_get(p->walk, i, e), b = machine_get(p->fast, i, e);
			char name[128];

			if (a == b)
				continue;
			snprintf(name, sizeof name, "%s[%u]", p->isa->components[i].name, e);
			return text(name, a, b);
		}
	return NULL;
}

static char *different_storage(const struct pair *p)
{
	size_t bytes = p->walk->size * p->walk->storage->cell;
	char name[64];

	if (!memcmp(p->walk->storage->cells, p->fast->storage->cells, bytes))
		return NULL;
	for (uint64_t i = 0; i < p->walk->size; i++) {
		uint64_t a = storage_get(p->walk->storage, i), b = storage_get(p->fast->storage, i);

		snprintf(name, sizeof name, "storage 0x%llx", (unsigned long long)(p->walk->at + i));
		if (a != b)
			return text(name, a, b);
	}
	return NULL;
}

char *pair_difference(const struct pair *p)
{
	char *different = different_state(p);

	return different ? different : different_storage(p);
}

uint64_t case_run(const struct pair *p, const struct test_case *c, char **different)
{
	struct result walk, fast;

	set_up(p->walk, c);
	set_up(p->fast, c);
	walk = run(p->walk, c);
	fast = run(p->fast, c);
	*different = different_result(&walk, &fast);
	if (!*different && walk.message[0]) /* it cannot go on: what the instruction had done by then does not matter */
		return walk.steps;
	if (!*different)
		*different = pair_difference(p);
	return walk.steps;
}
