/* The process, and the oracle that it makes. */
#include "qemu.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE = 20000 /* ms: an answer, on a busy host */, WORDS_MAX = 48, TRIES = 50 };

static const struct qemu_target *const targets[] = {&qemu_m68k, &qemu_riscv, &qemu_x86_32, &qemu_x86_64};
enum { TARGETS = sizeof targets / sizeof *targets };

static int position(const struct qemu_target *t, const char *isa)
{
	for (int i = 0; t->isas[i]; i++)
		if (!strcmp(t->isas[i], isa))
			return i;
	return -1;
}

static const struct qemu_target *target_of(const struct isa *isa)
{
	for (unsigned i = 0; i < TARGETS; i++)
		if (position(targets[i], isa->name) >= 0)
			return targets[i];
	return NULL;
}

static bool installed(const char *program)
{
	const char *at = getenv("PATH");
	char path[4096];

	while (at && *at) {
		size_t length = strcspn(at, ":");

		snprintf(path, sizeof path, "%.*s/%s", (int)length, at, program);
		if (!access(path, X_OK))
			return true;
		at += length + (at[length] == ':');
	}
	return false;
}

static const char *absent(void)
{
	for (unsigned i = 0; i < TARGETS; i++)
		if (installed(targets[i]->program))
			return NULL;
	return "not installed: qemu-system-misc";
}

static const char *refuses(const struct isa *isa)
{
	const struct qemu_target *t = target_of(isa);
	static char why[64];

	if (!t)
		return "no machine of qemu's is set up for it";
	snprintf(why, sizeof why, "not installed: %s", t->program);
	return installed(t->program) ? NULL : why;
}

static uint64_t storage(const struct isa *isa)
{
	return target_of(isa)->storage;
}

static uint64_t memory_size(const struct oracle *o)
{
	return o->size + o->target->room;
}

/* --- the process --- */

/* It says where it crashes, which is counted already. */
static void be_silent(void)
{
	int nothing = open("/dev/null", O_RDWR);

	for (int fd = 0; fd < 3 && nothing >= 0; fd++)
		dup2(nothing, fd);
}

static void become_qemu(struct oracle *o, int socket)
{
	const struct qemu_target *t = o->target;
	const char *words[WORDS_MAX], *first[] = {t->program, "-machine", t->machine, "-cpu", t->models[position(t, o->isa->name)], "-S", "-display", "none",
						   "-serial", "none", "-monitor", "none", "-nodefaults", "-gdb", "chardev:g", "-d", "guest_errors"};
	char stub[40], memory[120], size[32], log[40];
	unsigned n = sizeof first / sizeof *first;

	snprintf(stub, sizeof stub, "socket,id=g,fd=%d", socket);
	snprintf(memory, sizeof memory, "memory-backend-file,id=ram,size=%llu,mem-path=/proc/self/fd/%d,share=on",
		 (unsigned long long)memory_size(o), o->memory);
	snprintf(size, sizeof size, "%lluk", (unsigned long long)memory_size(o) / 1024);
	memcpy(words, first, sizeof first);
	snprintf(log, sizeof log, "/proc/self/fd/%d", o->log);
	words[n++] = "-D", words[n++] = log;
	words[n++] = "-chardev", words[n++] = stub;
	words[n++] = "-object", words[n++] = memory;
	words[n++] = "-m", words[n++] = size;
	for (unsigned i = 0; t->options && t->options[i]; i++)
		words[n++] = t->options[i];
	words[n] = NULL;
	execvp(t->program, (char *const *)(uintptr_t)words);
	_exit(127);
}

static void stop(struct oracle *o)
{
	gdb_client_free(o->gdb);
	o->gdb = NULL;
	if (o->pid <= 0)
		return;
	kill(o->pid, SIGKILL);
	waitpid(o->pid, NULL, 0);
	o->pid = 0;
}

/* Steps without interrupts and without timers (qemu's ENABLE, NOIRQ, NOTIMER); addresses of storage are physical. */
static bool greet(struct oracle *o)
{
	gdb_register(o->gdb, ""); /* the stub has single registers only for those who have read its description */
	gdb_put(o->gdb, "Qqemu.sstep=7");
	gdb_put(o->gdb, "Qqemu.PhyMemMode:1");
	return gdb_settle(o->gdb) && o->target->learn(o);
}

static bool start(struct oracle *o)
{
	int ends[2];

	stop(o);
	o->stale = false;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		return false;
	o->pid = fork();
	if (!o->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		be_silent();
		close(ends[0]);
		become_qemu(o, ends[1]);
	}
	close(ends[1]);
	o->gdb = o->pid > 0 ? gdb_client_new(ends[0], o->target->big_endian, PATIENCE) : NULL;
	if (!o->gdb)
		close(ends[0]);
	if (o->gdb && greet(o))
		return true;
	stop(o);
	return false;
}

/* --- the oracle --- */

static void close_qemu(struct oracle *o)
{
	stop(o);
	if (o->storage && o->storage != MAP_FAILED)
		munmap(o->storage, memory_size(o));
	if (o->memory >= 0)
		close(o->memory);
	if (o->log >= 0)
		close(o->log);
	arena_free(o->arena);
	free(o->own);
	free(o);
}

static struct oracle *open_qemu(const struct isa *isa, uint64_t at, uint64_t size, char *error)
{
	struct oracle *o = calloc(1, sizeof *o);

	if (!o)
		return NULL;
	*o = (struct oracle){.isa = isa, .target = target_of(isa), .at = at, .size = size, .memory = memfd_create("isolde-storage", 0),
			     .log = memfd_create("isolde-log", 0), .arena = arena_new()};
	o->tree = decode_tree(o->arena, isa);
	if (o->memory >= 0 && o->log >= 0 && !ftruncate(o->memory, (off_t)memory_size(o)))
		o->storage = mmap(NULL, memory_size(o), PROT_READ | PROT_WRITE, MAP_SHARED, o->memory, 0);
	if (o->storage && o->storage != MAP_FAILED && o->target->make(o) && start(o))
		return o;
	snprintf(error, 256, "%s does not start", o->target->program);
	close_qemu(o);
	return NULL;
}

static void prepare(struct oracle *o, struct machine *m, struct chance *c)
{
	o->target->prepare(o, m, c);
}

static bool set(struct oracle *o, const struct machine *m)
{
	if (o->pid && !gdb_settle(o->gdb)) /* of a state whose step was not made */
		o->stale = true;
	if ((o->stale || !o->pid) && !start(o))
		return false;
	memcpy(o->storage, m->storage->cells, o->size);
	if (o->target->set(o, m))
		return true;
	o->stale = o->stale || !gdb_settle(o->gdb);
	return false;
}

static struct oracle_step step(struct oracle *o)
{
	return o->target->step(o);
}

static bool get(struct oracle *o, struct machine *m)
{
	if (!o->target->get(o, m)) {
		o->stale = true;
		return false;
	}
	memcpy(m->storage->cells, o->storage, o->size);
	return true;
}

static u128 sees(const struct oracle *o, unsigned component, unsigned element)
{
	return o->target->sees(o, component, element);
}

/* --- for targets --- */

void qemu_code(struct oracle *o, uint64_t at, unsigned count)
{
	if (at >= o->at && at - o->at + count <= memory_size(o))
		gdb_put_bytes(o->gdb, at, o->storage + (at - o->at), count);
}

static int64_t log_size(const struct oracle *o)
{
	struct stat s;

	return fstat(o->log, &s) ? 0 : (int64_t)s.st_size;
}

bool qemu_reached_beyond(const struct oracle *o)
{
	return log_size(o) != o->log_size;
}

bool qemu_run(struct oracle *o, uint64_t at, const unsigned char *code, unsigned bytes, int wait)
{
	enum { ROOM = 16 };
	unsigned char kept[ROOM], *place = o->storage + (at - o->at);
	bool good;

	memcpy(kept, place, bytes);
	memcpy(place, code, bytes);
	qemu_code(o, at, bytes);
	good = gdb_step(o->gdb, wait) == GDB_STEPPED;
	memcpy(place, kept, bytes);
	return good;
}

/* Interrupted before it has begun, on a busy host: the pc is what it was. */
static bool has_begun(struct oracle *o, int pc_number, uint64_t pc)
{
	uint64_t now = pc;

	gdb_ask_register(o->gdb, pc_number);
	return gdb_take_register(o->gdb, &now) && now != pc;
}

struct oracle_step qemu_step(struct oracle *o, int pc_number, uint64_t pc, int wait, bool *waited)
{
	enum gdb_stop how = GDB_DEAD;
	bool begun = false;

	o->log_size = log_size(o);
	for (int i = 1; i <= TRIES && i * wait <= PATIENCE && !begun; i++) {
		how = gdb_step(o->gdb, i * wait);
		begun = how != GDB_WAITED || has_begun(o, pc_number, pc);
	}
	*waited = how == GDB_WAITED;
	o->stale = o->stale || how != GDB_STEPPED;
	if (how == GDB_DEAD || !begun)
		return oracle_cannot("qemu ended or did not answer");
	return (struct oracle_step){.result = ORACLE_DONE};
}

const struct oracle_kind oracle_qemu = {.name = "qemu", .storage = storage, .absent = absent, .refuses = refuses, .open = open_qemu,
	.close = close_qemu, .prepare = prepare, .set = set, .step = step, .get = get, .sees = sees};
