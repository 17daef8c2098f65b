/* Debian's simh 3.8, its PDP-10: a KS10, driven by its own commands, which it reads from a pipe as from a file. It is told what changes
 * from one state to the next, and asked for what an instruction may have changed; now and then for all of storage. */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kinds.h"
#include "ks10.h"
#include "worker.h"

enum {
	UPT = 020000, EPT = 030000, /* process tables, beyond the storage that is compared */
	MUUO_AT = UPT + 0424, MUUO_PC = 0123456, FAIL_AT = UPT + 0500, FAIL_PC = KS10_FAIL_PAGE << 9 | 0321, FAIL_CODE = 040000,
	ADDRESS = 0777777, PATIENCE = 3000 /* ms */, ROOM = 1 << 18, SWEEP = 256 /* steps between two looks at all of storage */
};

struct oracle {
	struct ks10 ks10;
	struct ks10_path path;
	struct worker worker;
	char out[ROOM]; /* commands */
	size_t length;
	uint64_t storage[KS10_STORAGE]; /* what simh has there; the accumulators at 0 to 17 */
	unsigned user_page[KS10_PAGES];
	uint64_t muuo, muuo_pc, fail, fail_pc; /* as read after a step */
	uint64_t pi[KS10_PI_COUNT];
	unsigned pc, flags, steps;
	enum { WENT_ON, CALLED, FAILED } how; /* what the last step came to */
	bool halted, stopped; /* after HALT; by an error of its own */
};

/* --- is it there? --- */

static bool in_path(const char *name)
{
	const char *path = getenv("PATH");
	char file[1024];

	for (size_t n; path && *path; path += n + (path[n] == ':')) {
		n = strcspn(path, ":");
		if (snprintf(file, sizeof file, "%.*s/%s", (int)n, path, name) < (int)sizeof file && !access(file, X_OK))
			return true;
	}
	return false;
}

static const char *absent(void)
{
	return in_path("pdp10") && in_path("stdbuf") ? NULL : "there is no pdp10: Debian's simh";
}

static const char *refuses(const struct isa *isa)
{
	return strcmp(isa->name, "pdp10") ? "of Debian's simh, only the PDP-10 is used here" : NULL;
}

/* --- commands --- */

static void say(struct oracle *o, const char *form, ...) __attribute__((format(printf, 2, 3)));
static void say(struct oracle *o, const char *form, ...)
{
	size_t room = ROOM - o->length;
	va_list args;
	int n;

	va_start(args, form);
	n = vsnprintf(o->out + o->length, room, form, args);
	va_end(args);
	if (n > 0 && (size_t)n < room)
		o->length += (size_t)n;
}

static bool send_commands(struct oracle *o)
{
	for (size_t done = 0; done < o->length;) {
		ssize_t n = write(o->worker.to, o->out + done, o->length - done);

		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	o->length = 0;
	return true;
}

/* --- answers --- */

static void hear_register(struct oracle *o, const char *name, uint64_t value)
{
	if (!strcmp(name, "PC"))
		o->pc = (unsigned)value;
	else if (!strcmp(name, "FLAGS"))
		o->flags = (unsigned)value;
	for (unsigned i = 0; i < KS10_PI_COUNT; i++)
		if (!strcmp(name, ks10_pi[i].name))
			o->pi[i] = value;
}

static void hear_word(struct oracle *o, unsigned at, uint64_t value)
{
	if (at < KS10_STORAGE)
		o->storage[at] = value;
	else if (at == MUUO_AT)
		o->muuo = value;
	else if (at == MUUO_AT + 1)
		o->muuo_pc = value;
	else if (at == FAIL_AT)
		o->fail = value;
	else if (at == FAIL_AT + 1)
		o->fail_pc = value;
}

/* "NAME:\tVALUE", or why it stopped: "Step expired, PC: …", "HALT instruction, PC: …". */
static void hear(struct oracle *o, char *line)
{
	char *colon = strstr(line, ":\t"), *end;

	if (!colon) {
		o->halted = o->halted || !strncmp(line, "HALT instruction", 16);
		o->stopped = o->stopped || (strstr(line, ", PC: ") && strncmp(line, "Step expired", 12) && strncmp(line, "HALT", 4));
		return;
	}
	*colon = '\0';
	unsigned at = (unsigned)strtoul(line, &end, 8);
	uint64_t value = strtoull(colon + 2, NULL, 8);

	if (*end)
		hear_register(o, line, value);
	else
		hear_word(o, at, value);
}

/* Sends the commands and hears the answers, up to the echo of a point. False: it died, or says nothing. */
static bool converse(struct oracle *o)
{
	char in[4096], *line;
	size_t have = 0;

	say(o, "echo .\n");
	if (!send_commands(o))
		return false;
	for (;;) {
		struct pollfd answer = {.fd = o->worker.from, .events = POLLIN};
		ssize_t n = poll(&answer, 1, PATIENCE) == 1 ? read(o->worker.from, in + have, sizeof in - 1 - have) : 0;
		char *end;

		if (n <= 0)
			return false;
		have += (size_t)n;
		in[have] = '\0';
		for (line = in; (end = strchr(line, '\n')); line = end + 1) {
			*end = '\0';
			if (!strcmp(line, "."))
				return true;
			hear(o, line);
		}
		have -= (size_t)(line - in);
		memmove(in, line, have);
	}
}

/* --- the process --- */

static void work(void *context, int in, int out)
{
	char script[32];
	int nothing = open("/dev/null", O_RDWR);

	(void)context;
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* at the end of its commands it asks for ever */
	dup2(nothing, 0), dup2(out, 1), dup2(nothing, 2);
	snprintf(script, sizeof script, "/dev/fd/%d", in);
	execlp("stdbuf", "stdbuf", "-oL", "pdp10", script, (char *)NULL);
	_exit(1);
}

static unsigned exec_entry(unsigned page)
{
	return page == KS10_FAIL_PAGE ? PAG_ACCESS | FAIL_CODE >> 9 : ks10_entry(ks10_exec_page(page));
}

/* Exec mode sees storage as it is. Monitor calls and page failures lead to where nothing else does; a fetch that fails is no step for simh, so
 * there is an instruction there, which jumps to itself. */
static void say_tables(struct oracle *o)
{
	say(o, "dep ebr %o\ndep pgon 1\ndep ubr %o\n", EPT >> 9, UPT >> 9);
	for (unsigned page = 0; page < KS10_PAGES; page += 2) {
		unsigned at = page < 0340 ? EPT + 0600 + page / 2 : page < 0400 ? UPT + 0400 + (page - 0340) / 2 : EPT + 0200 + (page - 0400) / 2;

		say(o, "dep %o %o%06o\n", at, exec_entry(page), exec_entry(page + 1));
	}
	for (unsigned i = 0; i < 8; i++)
		say(o, "dep %o %o\n", UPT + 0430 + i, MUUO_PC);
	say(o, "dep %o 254000%06o\n", FAIL_CODE | (FAIL_PC & 0777), FAIL_PC);
	say(o, "dep %o %o\ndep %o 0\ndep %o 0\n", FAIL_AT + 2, FAIL_PC, MUUO_AT + 1, FAIL_AT + 1);
}

static bool start(struct oracle *o)
{
	memset(o->storage, 0, sizeof o->storage);
	memset(o->user_page, 0, sizeof o->user_page);
	o->length = 0;
	o->muuo_pc = o->fail_pc = 0;
	if (!worker_start(&o->worker, work, NULL))
		return false;
	say_tables(o);
	return converse(o);
}

static void simh_close(struct oracle *o)
{
	worker_end(&o->worker);
	free(o);
}

static struct oracle *simh_open(const struct isa *isa, uint64_t at, uint64_t size, char *error)
{
	struct oracle *o = at || size != KS10_STORAGE ? NULL : calloc(1, sizeof *o);

	snprintf(error, 256, "simh's pdp10 does not start");
	if (!o)
		return NULL;
	signal(SIGPIPE, SIG_IGN); /* a worker that died is started again */
	ks10_new(&o->ks10, isa);
	if (start(o))
		return o;
	simh_close(o);
	return NULL;
}

/* --- states --- */

static void prepare(struct oracle *o, struct machine *m, struct chance *c)
{
	ks10_prepare(&o->ks10, m, c);
}

/* What is behind the instruction is no part of it. */
static void aim(struct oracle *o, struct machine *m, struct chance *c, uint64_t *units, unsigned count)
{
	(void)o;
	units[0] = ks10_aim(m, c, units[0]);
	for (unsigned i = 1; i < count; i++)
		units[i] = 0;
}

static void say_word(struct oracle *o, unsigned at, uint64_t value)
{
	if (o->storage[at] == value)
		return;
	say(o, "dep %o %llo\n", at, (unsigned long long)value);
	o->storage[at] = value;
}

static void say_pages(struct oracle *o, const struct machine *m)
{
	bool changed = false;

	for (unsigned page = 0; page < KS10_PAGES; page += 2) {
		unsigned left = ks10_user_page(&o->ks10, m, page), right = ks10_user_page(&o->ks10, m, page + 1);

		if (left == o->user_page[page] && right == o->user_page[page + 1])
			continue;
		changed = true;
		say(o, "dep %o %o%06o\n", UPT + page / 2, ks10_entry(left), ks10_entry(right));
		o->user_page[page] = left, o->user_page[page + 1] = right;
	}
	if (changed)
		say(o, "reset pag\n"); /* what it keeps of the tables */
}

static bool simh_set(struct oracle *o, const struct machine *m)
{
	if (machine_get(m, o->ks10.pushdown, 0) || machine_get(m, m->isa->instead_valid, 0))
		return false;
	say_pages(o, m);
	for (unsigned i = 0; i < KS10_STORAGE; i++)
		say_word(o, i, i < KS10_ACS ? (uint64_t)machine_get(m, o->ks10.ac, i) : storage_get(m->storage, i));
	for (unsigned i = 0; i < KS10_PI_COUNT; i++) {
		uint64_t value = (uint64_t)machine_get(m, o->ks10.pi[i], 0);

		if (value != o->pi[i])
			say(o, "dep %s %llo\n", ks10_pi[i].name, (unsigned long long)value);
		o->pi[i] = value;
	}
	say(o, "dep pc %llo\ndep flags %o\n", (unsigned long long)machine_pc(m), ks10_flags_of(&o->ks10, m));
	ks10_follow(&o->ks10, m, &o->path);
	return true;
}

static void say_questions(struct oracle *o)
{
	say(o, "ex pc,flags,0-17,%o-%o,%o-%o\n", MUUO_AT, MUUO_AT + 1, FAIL_AT, FAIL_AT + 1);
	if (o->path.interrupts)
		say(o, "ex pion,piact,pienb,piprq\n");
	for (unsigned i = 0; i < o->path.count; i++)
		say(o, "ex %o\n", o->path.touched[i]);
	if (++o->steps % SWEEP == 0)
		say(o, "ex %o-%o\n", KS10_ACS, KS10_STORAGE - 1);
}

static u128 cause_named(const struct isa *isa, const char *name)
{
	for (unsigned i = 0; i < isa->cause_count; i++)
		if (!strcmp(isa->causes[i].name, name))
			return isa->causes[i].value;
	return ~(u128)0;
}

/* Where the KA10 has its UUO word (SRM 2.10): 40, or 60 for codes that are unassigned. */
static unsigned call_at(const struct oracle *o)
{
	unsigned op = o->muuo >> 27 & 0777;

	return op < 0100 || op == 0254 || op >= 0700 ? 040 : 060;
}

/* The instruction that a monitor call of the KS10 has stored: SRM 2.10, "Unimplemented Operations", and 2.14, "Time Sharing". */
static struct oracle_step call(const struct oracle *o)
{
	unsigned op = o->muuo >> 27 & 0777, at = call_at(o);
	const char *name = at == 060 ? "Unassigned" : op == 0254 || op >= 0700 ? "Privileged" : "Muuo";

	return (struct oracle_step){.result = ks10_is_jsr(o->storage[at + 1]) ? ORACLE_ENTERED : ORACLE_TRAPPED, .knows_cause = true,
				    .cause = cause_named(o->ks10.isa, name), .knows_pc = true, .pc = (o->muuo_pc - 1) & ADDRESS,
				    .knows_value = true, .value = o->muuo & ADDRESS};
}

/* What the KS10's tables lack: whether the registers of the KA10 refuse it, or its storage. */
static bool refused(const struct oracle *o, unsigned entry)
{
	return !(entry & PAG_ACCESS) || (o->fail >> 30 & 1 && !(entry & PAG_WRITE));
}

static unsigned failed_entry(const struct oracle *o)
{
	unsigned page = o->fail >> 9 & 0777;

	return o->fail >> 35 ? o->user_page[page] : ks10_exec_page(page);
}

static struct oracle_step failure(const struct oracle *o)
{
	unsigned entry = failed_entry(o);
	bool protected = refused(o, entry), either = protected && entry & PAG_ACCESS && !ks10_entry(entry); /* an operand that is read and written */

	if (protected && entry & PAG_ACCESS && o->path.divides)
		return oracle_cannot("division (SRM 2.5): refused for a store that may not come");
	return (struct oracle_step){.result = either ? ORACLE_TRAPPED : ORACLE_ENTERED, .knows_cause = !either,
				    .cause = cause_named(o->ks10.isa, protected ? "MemoryProtection" : "NoMemory"), .knows_pc = true,
				    .pc = o->fail_pc & ADDRESS, .knows_value = true, .value = o->fail & ADDRESS};
}

static struct oracle_step simh_step(struct oracle *o)
{
	if (o->path.cannot)
		return oracle_cannot(o->path.cannot);
	o->halted = o->stopped = false;
	say(o, "step\n");
	say_questions(o);
	if (!converse(o)) {
		worker_end(&o->worker);
		start(o);
		return oracle_cannot("simh crashed or did not answer");
	}
	o->how = o->muuo_pc && o->pc == MUUO_PC ? CALLED : o->fail_pc && o->pc == FAIL_PC ? FAILED : WENT_ON;
	if (o->muuo_pc || o->fail_pc)
		say(o, "dep %o 0\ndep %o 0\n", MUUO_AT + 1, FAIL_AT + 1);
	if (o->stopped)
		return oracle_cannot("simh stopped with an error of its own");
	return o->how == CALLED ? call(o) : o->how == FAILED ? failure(o) : (struct oracle_step){.result = ORACLE_DONE};
}

static bool simh_get(struct oracle *o, struct machine *m)
{
	for (unsigned i = 0; i < KS10_ACS; i++)
		machine_set(m, o->ks10.ac, i, o->storage[i]);
	for (unsigned i = KS10_ACS; i < KS10_STORAGE; i++)
		if (storage_get(m->storage, i) != o->storage[i])
			storage_set(m->storage, i, o->storage[i]);
	machine_set(m, m->isa->pc, 0, o->pc);
	machine_set(m, m->isa->waiting, 0, o->halted);
	ks10_set_flags(&o->ks10, m, o->flags);
	machine_set(m, o->ks10.pushdown, 0, o->path.stack && o->flags & KS10_PUSHDOWN);
	for (unsigned i = 0; i < KS10_PI_COUNT; i++)
		machine_set(m, o->ks10.pi[i], 0, o->pi[i]);
	if (o->how == CALLED)
		ks10_enter_call(&o->ks10, m, call_at(o), o->muuo, o->muuo_pc);
	if (o->how == FAILED)
		ks10_enter_failure(&o->ks10, m, refused(o, failed_entry(o)), o->fail_pc);
	return true;
}

static uint64_t storage(const struct isa *isa)
{
	(void)isa;
	return KS10_STORAGE;
}

static u128 sees(const struct oracle *o, unsigned component, unsigned element)
{
	(void)element;
	return ks10_sees(&o->ks10, component);
}

const struct oracle_kind oracle_simh = {.name = "simh", .storage = storage, .absent = absent, .refuses = refuses, .open = simh_open,
	.close = simh_close, .prepare = prepare, .aim = aim, .set = simh_set, .step = simh_step, .get = simh_get, .sees = sees};
