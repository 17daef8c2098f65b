/* A small operating system for 32-bit protected mode and 64-bit mode: processes in ring 3 with address spaces of their own, system calls through a gate or
 * by SYSCALL, preemption by the timer, storage on demand, and an end for programs that do what they may not. */
#include "calls.h"
#include "kernel.h"

enum { PROCESSES = PROCESS_COUNT, USER_CODE_AT = 0x40000000, USER_DATA_AT = 0x50000000, USER_DATA_SIZE = 0x10000, USER_STACK = 0x60000000, SLICE = 1000 };
enum state { READY, ASLEEP, OVER };

static struct process {
	enum state state;
	u32 until;
	word *space;
	struct frame *frame;
	u8 *stack;             /* top of its kernel stack */
} processes[PROCESSES], resting;
static struct process *running;
static u32 ticks;

extern char user_at[], user_size[];
void user_start(void);
void idle(void);

/* --- processes --- */

static void map_program(struct process *p)
{
	for (word at = 0; at < (word)user_size; at += PAGE)
		space_map(p->space, USER_CODE_AT + at, (word)user_at + at, 0);
	space_map(p->space, USER_STACK - PAGE, (word)page_new(), 1);
}

/* What a frame begins as, at the top of a kernel stack of its own. */
static void frame_new(struct process *p, struct frame first)
{
	p->stack = (u8 *)page_new() + PAGE;
	p->frame = (struct frame *)p->stack - 1;
	*p->frame = first;
}

static void process_new(struct process *p)
{
	p->space = space_new();
	map_program(p);
	frame_new(p, (struct frame){.pc = (word)user_start, .cs = USER_CODE, .flags = 0x202, .sp = USER_STACK - 8, .ss = USER_DATA});
	frame_data(p->frame, USER_DATA);
}

static void resting_new(void)
{
	resting.space = space_new();
	frame_new(&resting, (struct frame){.pc = (word)idle, .cs = KERNEL_CODE, .flags = 2, .ss = KERNEL_DATA});
	resting.frame->sp = (word)resting.stack;
	frame_data(resting.frame, KERNEL_DATA);
}

static void wake(void)
{
	for (int i = 0; i < PROCESSES; i++)
		if (processes[i].state == ASLEEP && ticks >= processes[i].until)
			processes[i].state = READY;
}

/* The next one in turn. Without any left, the machine is switched off. */
static struct process *choose(void)
{
	int from = running && running != &resting ? (int)(running - processes) : PROCESSES - 1, alive = 0;

	for (int i = 1; i <= PROCESSES; i++) {
		struct process *p = &processes[(from + i) % PROCESSES];

		if (p->state == READY)
			return p;
		alive += p->state != OVER;
	}
	if (!alive) {
		print("all over\n");
		power_off(0);
	}
	return &resting;
}

static struct frame *turn(void)
{
	running = choose();
	tables_kernel_stack(running->stack);
	space_use(running->space);
	return running->frame;
}

/* --- events --- */

static void over(const char *why, word value)
{
	print("process ");
	print_number((word)(running - processes));
	print(why);
	print_hex(value);
	print("\n");
	running->state = OVER;
}

static void write(const char *text, word count)
{
	while (count--)
		put_char(*text++);
}

static void call(struct frame *f)
{
	switch (f->number) {
	case CALL_EXIT:
		over(" ends with ", f->first);
		break;
	case CALL_WRITE:
		write((const char *)f->first, f->second);
		break;
	case CALL_WHO:
		f->number = (word)(running - processes);
		break;
	case CALL_TICKS:
		f->number = ticks;
		break;
	case CALL_SLEEP:
		running->state = ASLEEP;
		running->until = ticks + (u32)f->first;
		break;
	default:
		f->number = ~(word)0;
	}
}

static void fault(void)
{
	word at = space_fault_address();

	if (at - USER_DATA_AT < USER_DATA_SIZE)
		space_map(running->space, at, (word)page_new(), 1);
	else
		over(" refused: page fault at ", at);
}

struct frame *dispatch(struct frame *f)
{
	running->frame = f;
	if (f->vector == TIMER_EVENT) {
		timer_served();
		ticks++;
		wake();
		return turn();
	}
	if (!(f->cs & 3)) {
		print("kernel: exception ");
		print_number(f->vector);
		power_off(1);
	}
	if (f->vector == CALL_EVENT)
		call(f);
	else if (f->vector == 14)
		fault();
	else
		over(" refused: exception ", f->vector);
	return running->state == READY ? f : turn();
}

struct frame *main(void)
{
	tables_init();
	pages_init();
	look();
	for (int i = 0; i < PROCESSES; i++)
		process_new(&processes[i]);
	resting_new();
	timer_every(SLICE);
	return turn();
}
