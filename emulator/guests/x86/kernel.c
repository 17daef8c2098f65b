/* A small operating system in 32-bit protected mode: processes in ring 3 with address spaces of their own, system calls through a gate, preemption by
 * the timer, storage on demand, and an end for programs that do what they may not. */
#include "calls.h"
#include "kernel.h"

enum { PROCESSES = PROCESS_COUNT, USER_CODE_AT = 0x40000000, USER_DATA_AT = 0x50000000, USER_DATA_SIZE = 0x10000, USER_STACK = 0x60000000, SLICE = 1000 };
enum state { READY, ASLEEP, OVER };

static struct process {
	enum state state;
	u32 until;
	u32 *space;
	struct frame *frame;
	u8 *stack;             /* top of its kernel stack */
} processes[PROCESSES], resting;
static struct process *running;
static u32 ticks;

extern char user_at[], user_size[];
void user_start(unsigned who);
void idle(void);

/* --- processes --- */

static void map_program(struct process *p)
{
	for (u32 at = 0; at < (u32)user_size; at += PAGE)
		space_map(p->space, USER_CODE_AT + at, (u32)user_at + at, 0);
	space_map(p->space, USER_STACK - PAGE, (u32)p->stack, 1);
}

/* The user stack holds who it is, below a return address that nobody uses. */
static void process_new(struct process *p, u32 who)
{
	u32 *user_stack = page_new();

	p->space = space_new();
	p->stack = (u8 *)user_stack;
	map_program(p);
	user_stack[PAGE / 4 - 1] = who;
	p->stack = (u8 *)page_new() + PAGE;
	p->frame = (struct frame *)p->stack - 1;
	*p->frame = (struct frame){.es = USER_DATA, .ds = USER_DATA, .eip = (u32)user_start, .cs = USER_CODE, .eflags = 0x202,
				   .esp = USER_STACK - 8, .ss = USER_DATA};
}

static void resting_new(void)
{
	resting.space = space_new();
	resting.stack = (u8 *)page_new() + PAGE;
	resting.frame = (struct frame *)(resting.stack - sizeof(struct frame));
	*resting.frame = (struct frame){.es = KERNEL_DATA, .ds = KERNEL_DATA, .eip = (u32)idle, .cs = KERNEL_CODE, .eflags = 2};
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
	machine_kernel_stack(running->stack);
	space_use(running->space);
	return running->frame;
}

/* --- events --- */

static void over(const char *why, u32 value)
{
	print("process ");
	print_number((u32)(running - processes));
	print(why);
	print_hex(value);
	print("\n");
	running->state = OVER;
}

static void write(const char *text, u32 count)
{
	while (count--)
		put_char(*text++);
}

static void call(struct frame *f)
{
	switch (f->eax) {
	case CALL_EXIT:
		over(" ends with ", f->ebx);
		break;
	case CALL_WRITE:
		write((const char *)f->ebx, f->ecx);
		break;
	case CALL_TICKS:
		f->eax = ticks;
		break;
	case CALL_SLEEP:
		running->state = ASLEEP;
		running->until = ticks + f->ebx;
		break;
	default:
		f->eax = ~0u;
	}
}

static void fault(void)
{
	u32 at = space_fault_address();

	if (at - USER_DATA_AT < USER_DATA_SIZE)
		space_map(running->space, at, (u32)page_new(), 1);
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
	machine_init();
	pages_init();
	look();
	for (u32 i = 0; i < PROCESSES; i++)
		process_new(&processes[i], i);
	resting_new();
	timer_every(SLICE);
	return turn();
}
