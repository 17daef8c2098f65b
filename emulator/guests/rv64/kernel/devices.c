/* Console, interrupt controller, clock and power switch. */
#include "kernel.h"

/* --- registers in memory --- */

static volatile uint32_t *word(uint64_t at)
{
	return (volatile uint32_t *)at;
}

static volatile unsigned char *byte(uint64_t at)
{
	return (volatile unsigned char *)at;
}

/* --- the console: a 16550. Output is polled, nothing is read. --- */

enum { UART_DATA = 0, UART_STATUS = 5, UART_ROOM = 1 << 5 };

void console_put(char c)
{
	while (!(*byte(UART + UART_STATUS) & UART_ROOM))
		;
	*byte(UART + UART_DATA) = (unsigned char)c;
}

/* --- the interrupt controller: context 1 is our hart in S-mode --- */

enum { PLIC_ENABLE = 0x2080, PLIC_THRESHOLD = 0x201000, PLIC_CLAIM = 0x201004, SOURCES = 16 };

static void (*handlers[SOURCES])(void);

void interrupt_enable(unsigned source, void (*handler)(void))
{
	handlers[source] = handler;
	*word(PLIC + 4 * source) = 1; /* priority above the threshold */
	*word(PLIC + PLIC_ENABLE) |= UINT32_C(1) << source;
}

static void serve_external(void)
{
	for (uint32_t source; (source = *word(PLIC + PLIC_CLAIM));) {
		if (source < SOURCES && handlers[source])
			handlers[source]();
		*word(PLIC + PLIC_CLAIM) = source; /* complete */
	}
}

/* --- the clock: firmware's, or without firmware the board's timer --- */

enum { SLICE = 20000, SBI_SET_TIMER = 0x54494d45 };
enum { TIMER_INTERVAL = 8, TIMER_CONTROL = 12, TIMER_MAGIC = 16, TIMER_STATUS = 20, TIMER_ENABLED = 3 };

static bool by_firmware, slice_over;
uint64_t clock_ticks;

/* The SBI's call "set timer": it also takes back the interrupt that is pending. */
static void ask_firmware(uint64_t time)
{
	register uint64_t a0 __asm__("a0") = time;
	register uint64_t a1 __asm__("a1");
	register uint64_t a6 __asm__("a6") = 0;
	register uint64_t a7 __asm__("a7") = SBI_SET_TIMER;

	__asm__ volatile("ecall" : "+r"(a0), "=r"(a1) : "r"(a6), "r"(a7) : "memory");
}

static void tick(void)
{
	clock_ticks++;
	slice_over = true;
	process_wake_by_clock(clock_ticks);
}

static void timer_interrupt(void)
{
	*word(TIMER + TIMER_STATUS) = 1; /* it has been seen */
	tick();
}

static void start_clock(void)
{
	if (by_firmware) {
		ask_firmware(csr_read(time) + SLICE);
		csr_set(sie, SIE_TIMER);
		return;
	}
	if (*word(TIMER + TIMER_MAGIC) != 0x49534f4c)
		panic("there is neither firmware nor a timer");
	*word(TIMER + TIMER_CONTROL) = TIMER_ENABLED; /* interrupts; again and again */
	*word(TIMER + TIMER_INTERVAL) = SLICE;
	interrupt_enable(IRQ_TIMER, timer_interrupt);
}

bool serve_interrupts(void)
{
	uint64_t due = csr_read(sip) & csr_read(sie);
	bool over;

	if (due & SIE_TIMER) {
		ask_firmware(csr_read(time) + SLICE);
		tick();
	}
	if (due & SIE_EXTERNAL)
		serve_external();
	over = slice_over;
	slice_over = false;
	return over;
}

void devices_start(bool firmware)
{
	by_firmware = firmware;
	*word(PLIC + PLIC_THRESHOLD) = 0;
	csr_set(sie, SIE_EXTERNAL);
	start_clock();
}

void power_off(int code)
{
	*word(POWER) = code ? (uint32_t)code << 16 | 0x3333 : 0x5555;
	for (;;)
		wait_for_interrupt();
}
