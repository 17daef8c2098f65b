/* The process that unicorn runs in, and the oracle that it makes. */
#include "unicorn.h"

#ifdef HAVE_UNICORN
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE = 500 /* ms */ };

static const struct unicorn_target *const targets[] = {&unicorn_m68k, &unicorn_x86, &unicorn_riscv};
enum { TARGETS = sizeof targets / sizeof *targets };

static const struct unicorn_target *target_of(const struct isa *isa)
{
	for (unsigned t = 0; t < TARGETS; t++)
		for (unsigned i = 0; targets[t]->isas[i]; i++)
			if (!strcmp(targets[t]->isas[i], isa->name))
				return targets[t];
	return NULL;
}

static const char *absent(void)
{
	return NULL;
}

static const char *refuses(const struct isa *isa)
{
	return target_of(isa) ? NULL : "no processor of unicorn's is set up for it";
}

static uint64_t storage(const struct isa *isa)
{
	return target_of(isa)->storage;
}

/* --- the worker --- */

static void work(void *context, int in, int out)
{
	struct oracle *o = context;
	uc_engine *uc;
	uc_context *fresh;
	char byte;

	if (!o->target->engine(o, &uc) || uc_context_alloc(uc, &fresh) != UC_ERR_OK || uc_context_save(uc, fresh) != UC_ERR_OK)
		_exit(1);
	while (read(in, &byte, 1) == 1) {
		uc_context_restore(uc, fresh); /* an exception is remembered, and makes the next one a double fault */
		o->target->one_step(o, uc);
		if (write(out, &byte, 1) != 1)
			break;
	}
	_exit(0);
}

bool unicorn_ask(struct oracle *o)
{
	struct pollfd answer = {.fd = o->worker.from, .events = POLLIN};
	char byte = 0;

	if (write(o->worker.to, &byte, 1) == 1 && poll(&answer, 1, PATIENCE) == 1 && read(o->worker.from, &byte, 1) == 1)
		return true;
	worker_end(&o->worker);
	worker_start(&o->worker, work, o);
	return false;
}

/* --- for targets --- */

void *unicorn_callback(void (*f)(void))
{
	void *p;

	memcpy(&p, &f, sizeof p);
	return p;
}

void unicorn_put(uc_engine *uc, int which, uint64_t value)
{
	uc_reg_write(uc, which, &value);
}

uint64_t unicorn_reg(uc_engine *uc, int which)
{
	uint64_t value = 0;

	uc_reg_read(uc, which, &value);
	return value;
}

/* --- the oracle --- */

static void close_unicorn(struct oracle *o)
{
	worker_end(&o->worker);
	if (o->arena)
		arena_free(o->arena);
	if (o->shared)
		munmap(o->shared, UNICORN_SHARED + o->size);
	free(o->own);
	free(o);
}

static struct oracle *open_unicorn(const struct isa *isa, uint64_t at, uint64_t size, char *error)
{
	struct oracle *o = calloc(1, sizeof *o);
	void *room = mmap(NULL, UNICORN_SHARED + size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	snprintf(error, 256, "unicorn does not start");
	if (!o || room == MAP_FAILED) {
		free(o);
		return NULL;
	}
	signal(SIGPIPE, SIG_IGN); /* a worker that died is started again */
	*o = (struct oracle){.isa = isa, .target = target_of(isa), .at = at, .size = size, .shared = room,
			     .storage = (unsigned char *)room + UNICORN_SHARED, .arena = arena_new()};
	o->tree = decode_tree(o->arena, isa);
	if (o->target->make(o) && worker_start(&o->worker, work, o))
		return o;
	close_unicorn(o);
	return NULL;
}

static void prepare(struct oracle *o, struct machine *m, struct chance *c)
{
	o->target->prepare(o, m, c);
}

static bool set(struct oracle *o, const struct machine *m)
{
	memcpy(o->storage, m->storage->cells, o->size);
	return o->target->set(o, m);
}

static struct oracle_step step(struct oracle *o)
{
	return o->target->step(o);
}

static bool get(struct oracle *o, struct machine *m)
{
	memcpy(m->storage->cells, o->storage, o->size);
	return o->target->get(o, m);
}

static u128 sees(const struct oracle *o, unsigned component, unsigned element)
{
	return o->target->sees(o, component, element);
}

const struct oracle_kind oracle_unicorn = {.name = "unicorn", .storage = storage, .absent = absent, .refuses = refuses, .open = open_unicorn,
	.close = close_unicorn, .prepare = prepare, .set = set, .step = step, .get = get, .sees = sees};

#else
static const char *absent(void)
{
	return "not built in: libunicorn-dev";
}

const struct oracle_kind oracle_unicorn = {.name = "unicorn", .absent = absent};
#endif
