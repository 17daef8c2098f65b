/* Processes, and who runs. Each has a stack in the kernel; while it does not run, its `context` is where it stands in the kernel. */
#include "kernel.h"

static struct process table[PROCESSES];
struct process *running;
static struct context scheduler; /* where `processes_start` stands while a process runs */
static int last_number;

struct frame *process_frame(const struct process *p)
{
	return (struct frame *)(p->stack + PAGE) - 1;
}

static struct process *new_process(void)
{
	for (struct process *p = table; p < table + PROCESSES; p++) {
		if (p->state != FREE)
			continue;
		*p = (struct process){.stack = page_new()};
		if (!p->stack)
			return NULL;
		p->number = ++last_number;
		p->parent = running;
		p->context.ra = (uint64_t)return_to_user; /* as if it had trapped */
		p->context.sp = (uint64_t)process_frame(p);
		return p;
	}
	return NULL;
}

/* --- the scheduler: in turn --- */

/* Without anybody to run, the processor waits. Interrupts are off in the kernel, but WFI ends when one is pending all the same: then it is served
 * here, without a trap. */
static struct process *next_ready(const struct process *after)
{
	for (;;) {
		for (unsigned i = 1; i <= PROCESSES; i++) {
			struct process *p = &table[((size_t)(after - table) + i) % PROCESSES];

			if (p->state == READY)
				return p;
		}
		wait_for_interrupt();
		serve_interrupts();
	}
}

static void run(struct process *p)
{
	p->state = RUNNING;
	running = p;
	space_use(&p->space);
	switch_to(&scheduler, &p->context);
}

/* The running process leaves the processor; it comes back here when it is its turn again. */
static void leave(enum state state)
{
	running->state = state;
	switch_to(&running->context, &scheduler);
}

void process_yield(void)
{
	leave(READY);
}

void process_sleep(const void *what)
{
	running->waits_for = what;
	leave(ASLEEP);
}

void process_wake(const void *what)
{
	for (struct process *p = table; p < table + PROCESSES; p++)
		if (p->state == ASLEEP && p->waits_for == what)
			p->state = READY;
}

void process_wake_by_clock(uint64_t ticks)
{
	for (struct process *p = table; p < table + PROCESSES; p++)
		if (p->state == ASLEEP && p->waits_for == &clock_ticks && p->wake_at <= ticks)
			p->state = READY;
}

/* --- their lives --- */

int process_fork(const struct frame *f)
{
	struct process *p = new_process();

	if (!p)
		return -1;
	if (!space_copy(&p->space, &running->space)) {
		page_drop(p->stack);
		return -1;
	}
	*process_frame(p) = *f;
	process_frame(p)->x[A0] = 0; /* what the child gets from its fork */
	p->state = READY;
	return p->number;
}

/* The stack it stands on, and its address space, are still in use: the parent frees them (process_wait). */
void process_exit(int result)
{
	running->result = result;
	for (struct process *p = table; p < table + PROCESSES; p++)
		if (p->parent == running)
			p->parent = &table[0]; /* the first process; it waits for what is left in the end */
	process_wake(running->parent);
	if (running == &table[0]) {
		print("kernel: the first process has ended with %d\n", result);
		power_off(result);
	}
	leave(ENDED);
	panic("an ended process ran");
}

static void bury(struct process *p)
{
	space_free(&p->space);
	page_drop(p->stack);
	p->state = FREE;
}

int process_wait(int number, int *result)
{
	for (;;) {
		bool any = false;

		for (struct process *p = table; p < table + PROCESSES; p++) {
			if (p->state == FREE || p->parent != running || (number && p->number != number))
				continue;
			any = true;
			if (p->state != ENDED)
				continue;
			*result = p->result;
			number = p->number;
			bury(p);
			return number;
		}
		if (!any)
			return -1;
		process_sleep(running);
	}
}

bool process_kill(int number)
{
	for (struct process *p = table; p < table + PROCESSES; p++) {
		if (p->number != number || p->state == FREE || p->state == ENDED)
			continue;
		p->killed = true; /* it ends on its way back to its program */
		return true;
	}
	return false;
}

/* --- the first one --- */

/* Begins in the kernel: reading the program needs a process that can sleep. */
static void first_process(void)
{
	struct frame *f = process_frame(running);

	if (!program_load("init", 0, f))
		panic("there is no program 'init' on the disk");
	__asm__ volatile("mv sp, %0; j return_to_user" : : "r"(f) : "memory");
}

void processes_start(void)
{
	struct process *p = new_process();

	if (!p || !space_new(&p->space))
		panic("no storage for the first process");
	p->context.ra = (uint64_t)first_process;
	p->state = READY;
	for (;;) {
		p = next_ready(p);
		run(p);
	}
}
