/* What the parts of the kernel share. */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;

/* What boot.s and the processor save; esp and ss only where the level changes. */
struct frame {
	u32 es, ds, edi, esi, ebp, unused, ebx, edx, ecx, eax, vector, code, eip, cs, eflags, esp, ss;
};

/* machine.c: descriptor tables, ports, the console. */
enum { KERNEL_CODE = 0x08, KERNEL_DATA = 0x10, USER_CODE = 0x1b, USER_DATA = 0x23, TASK = 0x28 };
enum { TIMER_EVENT = 32, CALL_EVENT = 0x80 };
void machine_init(void);
void machine_kernel_stack(void *top);
void timer_every(u32 steps);
void timer_served(void);
void power_off(u8 code);
void put_char(char c);
void print(const char *text);
void print_number(u32 n);
void print_hex(u32 n);

/* look.c: what the processor says of itself. */
void look(void);

/* pages.c: physical pages and address spaces. */
enum { PAGE = 4096 };
void pages_init(void);
void *page_new(void);
u32 *space_new(void);
/* 1: writable; user pages all. */
void space_map(u32 *space, u32 va, u32 pa, int writable);
void space_use(const u32 *space);
u32 space_fault_address(void);
