/* Resource control over storage: while a guest is executed directly, the host write-protects what is not the guest's, so that a write there is
 * seen at once. Of the host's pages at the edges, which are partly the guest's, a copy is compared instead. Slow; for tests and lockstep. */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
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

static uintptr_t host_page(void)
{
	return (uintptr_t)sysconf(_SC_PAGESIZE);
}

/* Whole pages inside [from, to). */
static void protect(unsigned char *from, unsigned char *to, int how)
{
	uintptr_t page = host_page(), a = ((uintptr_t)from + page - 1) / page * page, b = (uintptr_t)to / page * page;

	if (a < b)
		mprotect((void *)a, b - a, how);
}

/* What of the page of `edge` lies before it, or from it on, within [from, to): `before` says which. */
static size_t edge_of(unsigned char *edge, unsigned char *from, unsigned char *to, bool before, unsigned char **start)
{
	uintptr_t page = host_page(), whole = (uintptr_t)edge / page * page;
	unsigned char *low = before ? (unsigned char *)whole : edge, *high = before ? edge : (unsigned char *)(whole + page);

	low = low < from ? from : low;
	high = high > to ? to : high;
	*start = low;
	return (uintptr_t)edge == whole || high < low ? 0 : (size_t)(high - low);
}

static void keep_or_compare(struct guest *g, unsigned number, const unsigned char *at, size_t n, bool keep)
{
	struct monitor *m = g->monitor;

	if (!g->edges[number])
		g->edges[number] = must_alloc(host_page());
	if (keep)
		memcpy(g->edges[number], at, n);
	else if (memcmp(g->edges[number], at, n) && !m->violations++)
		snprintf(m->message, sizeof m->message, "resource control: direct execution wrote storage beside the guest's allocation");
}

static void guard_window(struct guest *g, bool on)
{
	const struct storage *s = g->vm->storage;
	unsigned char *from = s->cells, *to = s->cells + s->size * s->cell, *own = from + g->vm->window * s->cell;
	unsigned char *end = own + g->vm->size * s->cell, *at;
	size_t n;

	watch();
	guarded.from = from;
	guarded.to = to;
	n = edge_of(own, from, to, true, &at);
	keep_or_compare(g, 0, at, n, on);
	n = edge_of(end, from, to, false, &at);
	keep_or_compare(g, 1, at, n, on);
	protect(from, own, on ? PROT_READ : PROT_READ | PROT_WRITE);
	protect(end, to, on ? PROT_READ : PROT_READ | PROT_WRITE);
}

/* Of nested monitors, the innermost one's guest runs, and only the outermost one lets it run on a real machine: those in between, and the monitors' own
 * work, must be free to write. */
void guard_storage(struct guest *g, bool on)
{
	static struct guest *innermost;

	if (!g->monitor->protects)
		return;
	if (on && !innermost)
		innermost = g;
	if (!g->monitor->below->below)
		guard_window(innermost, on);
	if (!on && innermost == g)
		innermost = NULL;
}

void guard_free(struct guest *g)
{
	free(g->edges[0]);
	free(g->edges[1]);
}
