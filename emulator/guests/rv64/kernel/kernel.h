#ifndef KERNEL_H
#define KERNEL_H
/* The kernel in one page. A trap from a program enters at `trap_vector` (entry.S), which saves the registers in a struct frame and calls
 * trap_from_user (trap.c). That is where everything begins: system calls (calls.c), page faults (space.c), interrupts (devices.c). The way
 * back is the same in reverse. In the kernel, interrupts are off: nothing here needs a lock, and a trap from the kernel is a mistake. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "board.h"
#include "riscv.h"

/* The registers of a program in the kernel's keeping, at the top of its kernel stack. entry.S knows this layout. */
struct frame {
	uint64_t pc;     /* sepc; x0 needs no room */
	uint64_t x[31];  /* x1 to x31: x[n - 1] */
	uint64_t status; /* sstatus */
	uint64_t unused; /* stacks are aligned to 16 */
};
enum { A0 = 9, A1, A2, A3, A4, A5, A6, A7, SP = 1 }; /* indices in x */

/* Registers that a function must keep, of a process that is in the kernel and not running (switch_to). */
struct context {
	uint64_t ra, sp, s[12];
};

/* A file: sectors of 512 bytes on the disk, one after the other. */
struct file {
	uint64_t sector, size;
};

/* A range of a program's addresses, and what its pages hold when they are first used. */
struct region {
	uint64_t from, to;     /* whole pages; to == 0: no region */
	uint64_t rights;       /* PTE_R, PTE_W, PTE_X */
	struct file file;      /* the bytes from `from` on, then zeros */
};
enum { REGIONS = 6, HEAP = 4, STACK = 5 }; /* those of the file come first */

struct space {
	pte *root;
	struct region regions[REGIONS];
};

enum state { FREE, READY, RUNNING, ASLEEP, ENDED };
struct process {
	enum state state;
	int number;               /* from 1 on */
	struct process *parent;
	const void *waits_for;    /* ASLEEP: whatever wake is called with */
	uint64_t wake_at;         /* of clock_ticks, for those that wait for the clock */
	int result;               /* ENDED: what it ended with */
	bool killed;              /* it ends before it is back in its program */
	struct space space;
	struct context context;
	unsigned char *stack;     /* of the kernel, one page */
};
enum { PROCESSES = 16 };

/* entry.S */
extern char trap_vector[];
void return_to_user(void);
void switch_to(struct context *from, const struct context *to);

/* trap.c */
void trap_from_user(struct frame *f);
void trap_from_kernel(void) __attribute__((noreturn));

/* pages.c: pages of storage, each with a count of its users. */
void pages_start(void);
void *page_new(void);              /* zeroed, one user; NULL: there is none left */
void page_share(void *page);       /* one user more */
void page_drop(void *page);        /* one less; without any, it is free */
unsigned page_users(const void *page);

/* space.c: address spaces. Kernel and devices are in each of them, at the addresses that they have in storage. */
void spaces_start(void);
bool space_new(struct space *s);
void space_free(struct space *s);
void space_use(const struct space *s);
/* Another with the same contents; pages that may be written are shared until one of the two writes. */
bool space_copy(struct space *to, struct space *from);
/* A program used va in this way (PTE_R, PTE_W or PTE_X) and faulted. True: now it may. Can sleep. */
bool space_fault(struct space *s, uint64_t va, uint64_t right);
/* Pages of [va, va + size) get these rights, region and all. False: that is not one region. */
bool space_protect(struct space *s, uint64_t va, uint64_t size, uint64_t rights);
/* Between the kernel and the running program. False: the program may not use these addresses. Can sleep. */
bool copy_in(void *to, uint64_t va, uint64_t size);
bool copy_out(uint64_t va, const void *from, uint64_t size);

/* process.c */
extern struct process *running;
void processes_start(void) __attribute__((noreturn));
void process_sleep(const void *what);
void process_wake(const void *what);
void process_yield(void);
void process_exit(int result) __attribute__((noreturn));
int process_fork(const struct frame *f);
int process_wait(int number, int *result);
bool process_kill(int number);
void process_wake_by_clock(uint64_t ticks);
struct frame *process_frame(const struct process *p);

/* program.c: replaces the running process's program. False: there is none of that name, or it is not one. */
bool program_load(const char *name, uint64_t argument, struct frame *f);

/* calls.c */
void system_call(struct frame *f);

/* devices.c: console, interrupts, clock, power. */
void devices_start(bool firmware);
void console_put(char c);
bool serve_interrupts(void);       /* true: a slice of time is over */
void interrupt_enable(unsigned source, void (*handler)(void));
extern uint64_t clock_ticks;
void power_off(int code) __attribute__((noreturn));

/* virtio.c, block.c, network.c */
struct virtio;
void block_start(struct virtio *v);
/* `count` sectors to storage; sleeps. False: the disk could not. */
bool block_read(uint64_t sector, void *to, unsigned count);
void network_start(struct virtio *v);
extern unsigned char network_station[6];
void network_send(const void *frame, unsigned size);
unsigned network_receive(void *frame, unsigned room); /* sleeps until there is one */

/* files.c: a ustar archive on the disk. */
bool file_find(const char *name, struct file *out);
/* Bytes from `at` on, of which there are at least so many; `at` is a multiple of 512. Sleeps. */
bool file_read(const struct file *f, uint64_t at, void *to, uint64_t size);

/* main.c */
void kernel_main(uint64_t board) __attribute__((noreturn));

/* print.c: %d %u %s %c and %lx, nothing else. */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
void panic(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
void *memset(void *to, int byte, size_t n);
void *memcpy(void *to, const void *from, size_t n);
int memcmp(const void *a, const void *b, size_t n);
#endif
