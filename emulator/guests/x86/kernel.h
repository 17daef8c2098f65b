/* What the parts of the kernel share. Files whose name ends in -32 or -64 are for one of the two machines. */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long word; /* a register */

/* What boot-32.s, boot-64.s and the processor save. The kernel knows a call's number, which is where its result goes, and its arguments. */
struct frame {
#ifdef __x86_64__
	word r15, r14, r13, r12, r11, r10, r9, r8, rbp, second, first, rdx, rcx, rbx, number;
#else
	word es, ds, edi, esi, ebp, unused, first, edx, second, number;
#endif
	word vector, code, pc, cs, flags, sp, ss; /* without 64-bit mode, sp and ss only where the level changes */
};

/* The segments of data that a frame begins with; 64-bit mode has none. */
static inline void frame_data(struct frame *f, word selector)
{
#ifdef __x86_64__
	(void)f, (void)selector;
#else
	f->ds = f->es = selector;
#endif
}

/* tables-32.c, tables-64.c: the processor's tables. The order of the segments is SYSRET's. */
enum { KERNEL_CODE = 0x08, KERNEL_DATA = 0x10, USER_DATA = 0x1b, USER_CODE = 0x23, TASK = 0x28 };
enum { TIMER_EVENT = 32, CALL_EVENT = 0x80 };
void tables_init(void);
void tables_kernel_stack(void *top);

/* machine.c: ports, the console. */
void timer_every(u32 steps);
void timer_served(void);
void power_off(u8 code);
void put_char(char c);
void print(const char *text);
void print_number(word n);
void print_hex(word n);

/* look.c: what the processor says of itself. */
void look(void);

/* pages.c: physical pages and address spaces. */
enum { PAGE = 4096 };
void pages_init(void);
void *page_new(void);
word *space_new(void);
/* 1: writable; user pages all. */
void space_map(word *space, word va, word pa, int writable);
void space_use(const word *space);
word space_fault_address(void);
