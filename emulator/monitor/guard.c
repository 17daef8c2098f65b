/* Resource control over storage: the host protects what is not the running guest's, so that a write there is seen at once. Slow; for tests
 * and lockstep. */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guest.h"

static struct { unsigned char *from, *to; } guarded;

/* The only way out of a write that must not happen. The exit status is that of a refuted claim. */
static void on_write(int number, siginfo_t *info, void *context)
{
	static const char message[] = "isolde: resource control violated: direct execution wrote storage outside the guest's allocation\n";
	unsigned char *at = info->si_addr;

	(void)context;
	if (at >= guarded.from && at < guarded.to && write(STDERR_FILENO, message, sizeof message - 1) > 0)
		_exit(1);
	signal(number, SIG_DFL);
}

static void watch(void)
{
	struct sigaction action = {.sa_sigaction = on_write, .sa_flags = SA_SIGINFO};
	static bool watching;

	if (watching)
		return;
	watching = true;
	sigaction(SIGSEGV, &action, NULL);
}

static void protect(unsigned char *from, unsigned char *to, int how)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), a = ((uintptr_t)from + page - 1) / page * page, b = (uintptr_t)to / page * page;

	if (a < b)
		mprotect((void *)a, b - a, how);
}

void guard_storage(struct guest *g, bool on)
{
	const struct storage *s = g->vm->storage;
	unsigned char *end = s->cells + s->size * s->cell, *own = s->cells + g->vm->window * s->cell;

	if (!g->monitor->protects || g->monitor->below->below) /* a monitor below guards more narrowly */
		return;
	watch();
	guarded.from = s->cells;
	guarded.to = end;
	protect(s->cells, own, on ? PROT_READ : PROT_READ | PROT_WRITE);
	protect(own + g->vm->size * s->cell, end, on ? PROT_READ : PROT_READ | PROT_WRITE);
}
