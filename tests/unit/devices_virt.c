/* The models of the virt board but virtio, on the RISC-V machine that has them. */
#include "board.h"

#include <string.h>

enum { UART = 0x10000000, CLINT = 0x2000000, PLIC = 0xc000000, TEST = 0x100000 };
static const uint64_t STORAGE = 0x80000000;
enum { UART_SOURCE = 10, TIMER_SOURCE = 3, TIMER = 0x10003000 };

static uint64_t uart(struct board *b, unsigned reg)
{
	return board_read(b, false, UART + reg, 8);
}

static void set_uart(struct board *b, unsigned reg, unsigned value)
{
	board_write(b, false, UART + reg, 8, value);
}

static uint64_t plic(struct board *b, uint64_t at)
{
	return board_read(b, false, PLIC + at, 32);
}

static void set_plic(struct board *b, uint64_t at, uint64_t value)
{
	board_write(b, false, PLIC + at, 32, value);
}

static uint64_t machine_line(const struct board *b)
{
	return board_component(b, "mip.MEIP");
}

/* The source goes to context 0 with this priority. */
static void route(struct board *b, unsigned source, unsigned priority)
{
	set_plic(b, 4 * source, priority);
	set_plic(b, 0x2000, plic(b, 0x2000) | (uint64_t)1 << source);
}

static bool up(struct board *b)
{
	return plic(b, 0x1000) >> UART_SOURCE & 1;
}

/* --- ns16550a --- */

UNIT(virt, uart_puts_and_gets)
{
	struct board *b = board_new("isa-specs/rv64.yaml", NULL);

	b->more = true;
	cr_expect_eq(uart(b, 5), 0x60, "empty");
	cr_expect_eq(uart(b, 2), 1, "no interrupt, no FIFO");
	set_uart(b, 0, 'o');
	set_uart(b, 0, 'k');
	cr_expect_str_eq(b->output, "ok");
	set_uart(b, 3, 0x83);
	set_uart(b, 0, 3);
	set_uart(b, 1, 1);
	cr_expect_eq(uart(b, 0), 3, "divisor");
	cr_expect_eq(uart(b, 1), 1);
	set_uart(b, 3, 3);
	cr_expect_eq(uart(b, 3), 3);
	cr_expect_eq(uart(b, 1), 0, "IER again");
	cr_expect_str_eq(b->output, "ok", "the divisor is not output");
	set_uart(b, 7, 0xa5);
	cr_expect_eq(uart(b, 7), 0xa5);
	b->input = "ab";
	cr_expect_eq(uart(b, 5), 0x61);
	cr_expect_eq(uart(b, 0), 'a');
	cr_expect_eq(uart(b, 0), 'b');
	cr_expect_eq(uart(b, 5), 0x60);
	cr_expect_eq(uart(b, 0), 0);
	cr_expect_eq(uart(b, 9), 0, "beyond the registers");
	board_free(b);
}

UNIT(virt, uart_fifo_levels_and_time_out)
{
	struct board *b = board_new("isa-specs/rv64.yaml", NULL);

	b->more = true;
	set_uart(b, 2, 0x41); /* FIFO on, trigger at 4 */
	set_uart(b, 1, 1);
	cr_expect_eq(uart(b, 2), 0xc1);
	b->input = "abcdefghijklmnopqrst";
	cr_expect_eq(uart(b, 2), 0xc4, "received");
	cr_expect_str_eq(b->input, "qrst", "16 bytes have room");
	set_uart(b, 2, 0x43); /* clearing loses nothing */
	for (char c = 'a'; c < 'r'; c++)
		cr_expect_eq(uart(b, 0), (uint64_t)c);
	cr_expect_eq(uart(b, 2), 0xcc, "three are left: time-out");
	uart(b, 0), uart(b, 0), uart(b, 0);
	cr_expect_eq(uart(b, 2), 0xc1);
	board_free(b);
}

UNIT(virt, uart_interrupts)
{
	struct board *b = board_new("isa-specs/rv64.yaml", NULL);

	b->more = true;
	cr_expect_not(up(b));
	set_uart(b, 1, 3);
	cr_expect(up(b), "output is empty");
	cr_expect_eq(uart(b, 2), 2);
	cr_expect_eq(uart(b, 2), 1, "reading IIR takes it back");
	b->input = "z";
	board_pass(b, DEVICE_POLL);
	cr_expect_eq(uart(b, 2), 4, "a byte is more urgent");
	set_uart(b, 0, '!');
	cr_expect_eq(uart(b, 2), 4);
	cr_expect_eq(uart(b, 0), 'z');
	cr_expect_eq(uart(b, 2), 2, "it has become empty again");
	set_uart(b, 1, 0);
	cr_expect_eq(uart(b, 2), 1);
	board_free(b);
}

UNIT(virt, uart_loops_back)
{
	struct board *b = board_new("isa-specs/rv64.yaml", NULL);

	cr_expect_eq(uart(b, 6), 0xb0, "connected");
	set_uart(b, 1, 0xc);
	set_uart(b, 4, 0x1a); /* loop, OUT2, RTS */
	cr_expect_eq(uart(b, 2), 0, "modem status");
	cr_expect_eq(uart(b, 6), 0x92, "DCD and CTS are up; DSR has changed");
	cr_expect_eq(uart(b, 6), 0x90, "reading takes the change back");
	cr_expect_eq(uart(b, 2), 1);
	set_uart(b, 0, 'L');
	cr_expect_str_eq(b->output, "");
	set_uart(b, 0, 'M'); /* no FIFO: no room */
	cr_expect_eq(uart(b, 2), 6, "overrun");
	cr_expect_eq(uart(b, 5), 0x63);
	cr_expect_eq(uart(b, 5), 0x61, "reading takes it back");
	cr_expect_eq(uart(b, 0), 'L');
	set_uart(b, 2, 1);
	set_uart(b, 0, 'N');
	set_uart(b, 2, 3);
	cr_expect_eq(uart(b, 5), 0x60, "cleared");
	set_uart(b, 4, 0xff);
	cr_expect_eq(uart(b, 4), 0x1f);
	set_uart(b, 4, 0);
	cr_expect_eq(uart(b, 6) & 4, 4, "RI went away");
	board_free(b);
}

/* --- plic --- */

UNIT(virt, plic_claims_by_priority)
{
	struct board *b = board_new("isa-specs/rv64.yaml", NULL);

	b->more = true;
	b->input = "x";
	set_uart(b, 1, 1);
	board_write(b, false, TIMER + 12, 32, 1);
	board_write(b, false, TIMER + 8, 32, 10);
	board_pass(b, 10);
	cr_expect_eq(plic(b, 0x1000), 1u << UART_SOURCE | 1u << TIMER_SOURCE, "pending");
	cr_expect_eq(machine_line(b), 0, "nothing is enabled");
	cr_expect_eq(plic(b, 0x200004), 0, "nothing to claim");
	route(b, UART_SOURCE, 2);
	route(b, TIMER_SOURCE, 2);
	cr_expect_eq(machine_line(b), 1);
	cr_expect_eq(board_component(b, "LINES.SEI"), 0, "the other context has nothing enabled");
	cr_expect_eq(plic(b, 0x200004), TIMER_SOURCE, "the least number among equals");
	cr_expect_eq(plic(b, 0x1000), 1u << UART_SOURCE, "claimed: pending no more");
	cr_expect_eq(machine_line(b), 1);
	cr_expect_eq(plic(b, 0x200004), UART_SOURCE);
	cr_expect_eq(machine_line(b), 0);
	cr_expect_eq(plic(b, 0x200004), 0);
	set_plic(b, 0x200004, UART_SOURCE);
	cr_expect_eq(plic(b, 0x1000), 1u << UART_SOURCE, "completed, and still up: pending again");
	uart(b, 0);
	cr_expect_eq(plic(b, 0x1000), 1u << UART_SOURCE, "a request stays when the line goes down");
	cr_expect_eq(plic(b, 0x200004), UART_SOURCE);
	set_plic(b, 0x200004, UART_SOURCE);
	cr_expect_eq(plic(b, 0x1000), 0);
	board_free(b);
}

UNIT(virt, plic_thresholds_and_contexts)
{
	struct board *b = board_new("isa-specs/rv64.yaml", NULL);

	b->more = true;
	b->input = "x";
	set_uart(b, 1, 1);
	set_plic(b, 4 * UART_SOURCE, 0xff);
	cr_expect_eq(plic(b, 4 * UART_SOURCE), 7);
	set_plic(b, 4 * UART_SOURCE, 3);
	set_plic(b, 0x2080, ~0u);
	cr_expect_eq(plic(b, 0x2080), ~1u, "there is no source 0");
	cr_expect_eq(plic(b, 0x2000), 0);
	cr_expect_eq(board_component(b, "LINES.SEI"), 1);
	cr_expect_eq(machine_line(b), 0);
	set_plic(b, 0x201000, 3);
	cr_expect_eq(plic(b, 0x201000), 3);
	cr_expect_eq(board_component(b, "LINES.SEI"), 0, "not above the threshold");
	cr_expect_eq(plic(b, 0x201004), UART_SOURCE, "which a claim does not ask for");
	set_plic(b, 0x2080, 0);
	set_plic(b, 0x201004, UART_SOURCE);
	cr_expect_eq(plic(b, 0x1000), 0, "a completion of what is not enabled is ignored");
	set_plic(b, 0x2080, 1u << UART_SOURCE);
	set_plic(b, 0x201004, UART_SOURCE);
	cr_expect_eq(plic(b, 0x1000), 1u << UART_SOURCE);
	set_plic(b, 4 * UART_SOURCE, 0);
	set_plic(b, 0x201000, 0);
	cr_expect_eq(board_component(b, "LINES.SEI"), 0, "priority 0 never interrupts");
	machine_reset(b->m, NULL);
	cr_expect_eq(plic(b, 0x2080), 0);
	board_free(b);
}

UNIT(virt, plic_wild_accesses)
{
	struct board *b = board_new("isa-specs/rv64.yaml", NULL);
	uint64_t random = 88172645463325252;

	for (unsigned i = 0; i < 200000; i++) {
		uint64_t at = unit_random(&random) % 0x600000;

		if (i & 1)
			board_write(b, false, PLIC + (i & 2 ? at : at % 0x3000), 8u << (i % 4), unit_random(&random));
		else
			board_read(b, false, PLIC + (i & 2 ? at : at % 0x3000), 8u << (i % 4));
	}
	cr_expect_eq(plic(b, 0x202004), 0, "there is no third context");
	cr_expect_eq(plic(b, 0), 0, "source 0 has no priority");
	board_free(b);
}

/* --- clint --- */

UNIT(virt, clint_timer_and_software)
{
	struct board *b = board_new("isa-specs/rv64.yaml", NULL);

	cr_expect_eq(board_read(b, false, CLINT + 0x4000, 64), ~(uint64_t)0);
	board_pass(b, 50);
	cr_expect_eq(board_read(b, false, CLINT + 0xbff8, 64), 50);
	board_write(b, false, CLINT + 0x4000, 32, 80);
	board_write(b, false, CLINT + 0x4004, 32, 0);
	cr_expect_eq(devices_quiet(b->m), 30);
	board_pass(b, 29);
	cr_expect_eq(board_component(b, "mip.MTIP"), 0);
	board_pass(b, 1);
	cr_expect_eq(board_component(b, "mip.MTIP"), 1);
	board_write(b, false, CLINT + 0x4000, 64, (uint64_t)1 << 40);
	cr_expect_eq(board_component(b, "mip.MTIP"), 0);
	board_write(b, false, CLINT + 0xbff8, 64, (uint64_t)1 << 40);
	cr_expect_eq(board_component(b, "mip.MTIP"), 1);
	cr_expect_eq(board_component(b, "mtime"), (uint64_t)1 << 40, "mtime is the component");
	cr_expect_eq(board_read(b, false, CLINT + 0xbffc, 32), 1u << 8);
	board_write(b, false, CLINT, 32, 0xffffffff);
	cr_expect_eq(board_component(b, "mip.MSIP"), 1);
	cr_expect_eq(board_read(b, false, CLINT, 32), 1, "one bit");
	board_write(b, false, CLINT, 32, 0);
	cr_expect_eq(board_component(b, "mip.MSIP"), 0);
	cr_expect_eq(board_read(b, false, CLINT + 0x8000, 32), 0);
	board_free(b);
}

/* Without a component that is mtime, it counts steps. */
UNIT(virt, clint_without_clock)
{
	static const struct wire timer = {.key = "timer", .text = "PENDING.timer", .component = -1};
	static struct platform_device described = {.name = "late", .model = "clint", .at = 0x4000000};
	struct board *b = board_new("isa-specs/rv64.yaml", NULL);
	struct wire wire = timer;
	char error[256];

	wire.component = (int)(isa_component(b->m->isa, "mip.MTIP") - b->m->isa->components);
	described.wires = &wire;
	board_pass(b, 70);
	cr_assert(devices_add(b->m, &described, error), "%s", error);
	cr_expect_eq(board_read(b, false, 0x4000000 + 0xbff8, 64), 70);
	board_write(b, false, 0x4000000 + 0xbff8, 64, 1000);
	board_pass(b, 5);
	cr_expect_eq(board_read(b, false, 0x4000000 + 0xbff8, 64), 1005);
	board_write(b, false, 0x4000000 + 0x4000, 64, 1010);
	cr_expect_eq(devices_quiet(b->m), 5);
	board_pass(b, 5);
	cr_expect_eq(board_component(b, "mip.MTIP"), 1);
	board_free(b);
}

/* --- power --- */

UNIT(virt, sifive_test)
{
	static const struct { uint64_t value; bool off; int code; } rows[] = {
		{0x5555, true, 0}, {0x7777, true, 0}, {0x3333 | 42 << 16, true, 42}, {0x1234, false, 0}, {0, false, 0},
	};

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct board *b = board_new("isa-specs/rv64.yaml", NULL);

		board_write(b, false, TEST + 4, 32, 0x5555);
		cr_expect_not(b->m->off, "another register");
		board_write(b, false, TEST, 32, rows[i].value);
		cr_expect_eq(b->m->off, rows[i].off, "row %u", i);
		cr_expect_eq(b->m->exit_code, rows[i].code, "row %u", i);
		board_free(b);
	}
}

static void put_tohost(struct board *b, uint64_t value)
{
	cr_assert(machine_write_bytes(b->m, STORAGE + 0x1000, &value, sizeof value));
	board_pass(b, 1000); /* the host looks from time to time */
}

static uint64_t doubleword(struct board *b, uint64_t offset)
{
	uint64_t value = 0;

	cr_assert(machine_read_bytes(b->m, STORAGE + offset, &value, sizeof value));
	return value;
}

/* The program's own storage stays storage; no address is the device's. */
UNIT(virt, htif_in_storage)
{
	static const struct platform_device htif = {.name = "htif", .model = "htif", .at = 0x80001000};
	struct board *b = board_new("isa-specs/rv64.yaml", NULL);
	char error[256];
	uint64_t offset;

	cr_assert(devices_add(b->m, &htif, error), "%s", error);
	cr_expect_null(device_at(b->m, false, STORAGE + 0x1000, &offset));
	put_tohost(b, (uint64_t)0x0101 << 48 | 'h');
	cr_expect_str_eq(b->output, "h");
	cr_expect_eq(doubleword(b, 0x1000), 0, "taken");
	cr_expect_eq(doubleword(b, 0x1040), (uint64_t)0x0101 << 48);
	b->input = "i";
	put_tohost(b, (uint64_t)0x0100 << 48);
	cr_expect_eq(doubleword(b, 0x1040), (uint64_t)1 << 56 | ('i' + 1));
	cr_expect_not(b->m->off);
	put_tohost(b, 2 * 5 + 1);
	cr_expect(b->m->off);
	cr_expect_eq(b->m->exit_code, 5);
	board_free(b);
}
