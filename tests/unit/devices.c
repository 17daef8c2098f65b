/* The paper models, on the paper machine: each sentence of emulator/devices/README.md that a program can notice. */
#include "board.h"

#include <string.h>

enum { CONSOLE = 0x00, DISK = 0x10, NET = 0x20, POWER = 0x30 };

static uint64_t in(struct board *b, uint64_t port)
{
	return board_read(b, true, port, 32);
}

static void out(struct board *b, uint64_t port, uint64_t value)
{
	board_write(b, true, port, 32, value);
}

static uint64_t line(const struct board *b)
{
	return board_component(b, "PENDING.device");
}

static uint64_t word(const struct board *b, uint64_t at)
{
	uint64_t value;

	cr_assert(machine_read(b->m, at, &value, 1));
	return value;
}

UNIT(devices, console_registers_and_line)
{
	struct board *b = board_new("isa-specs/g3.yaml", NULL);

	b->input = "hi";
	b->more = true;
	out(b, CONSOLE, 'A');
	out(b, CONSOLE, 0x1142);
	cr_expect_str_eq(b->output, "AB", "only bits 7-0 count: %s", b->output);
	cr_expect_eq(in(b, CONSOLE + 1), 3, "a byte waits, output is ready");
	cr_expect_eq(line(b), 0, "interrupts are off");
	out(b, CONSOLE + 2, 1);
	cr_expect_eq(in(b, CONSOLE + 2), 1);
	cr_expect_eq(line(b), 1);
	cr_expect_eq(in(b, CONSOLE), 'h');
	cr_expect_eq(line(b), 1, "another byte waits");
	cr_expect_eq(in(b, CONSOLE), 'i');
	cr_expect_eq(line(b), 0);
	cr_expect_eq(in(b, CONSOLE), 0, "no byte");
	cr_expect_eq(in(b, CONSOLE + 1), 2, "none now, but the input has not ended");
	b->input = "!";
	board_pass(b, DEVICE_POLL);
	cr_expect_eq(line(b), 1, "the outside is asked from time to time");
	cr_expect_eq(in(b, CONSOLE), '!');
	b->more = false;
	cr_expect_eq(in(b, CONSOLE + 1), 6, "the input has ended");
	cr_expect_eq(in(b, CONSOLE + 7), 0, "no such register");
	board_free(b);
}

UNIT(devices, console_reset_keeps_input)
{
	struct board *b = board_new("isa-specs/g3.yaml", NULL);

	b->input = "xy";
	out(b, CONSOLE + 2, 1);
	cr_expect_eq(line(b), 1);
	machine_reset(b->m, NULL);
	cr_expect_eq(line(b), 0);
	cr_expect_eq(in(b, CONSOLE + 2), 0);
	cr_expect_eq(in(b, CONSOLE), 'x');
	cr_expect_eq(in(b, CONSOLE), 'y');
	board_free(b);
}

UNIT(devices, lines_are_ored)
{
	struct board *b = board_new("isa-specs/g3.yaml", NULL);

	b->input = "x";
	out(b, CONSOLE + 2, 1);
	out(b, DISK + 5, 1);
	out(b, DISK + 3, 3); /* ends at once: done */
	cr_expect_eq(line(b), 1);
	cr_expect_eq(in(b, CONSOLE), 'x');
	cr_expect_eq(line(b), 1, "the disk's line is still up");
	out(b, DISK + 4, 4);
	cr_expect_eq(line(b), 0);
	board_free(b);
}

UNIT(devices, disk_moves_sectors_by_dma)
{
	struct board *b = board_new("isa-specs/g3.yaml", NULL);

	for (unsigned i = 0; i < 1024; i++)
		b->disk[3 + i / 512][i % 512] = (unsigned char)(i * 7);
	cr_expect_eq(in(b, DISK + 7), BOARD_SECTORS);
	cr_expect_eq(in(b, DISK + 2), 1, "COUNT after reset");
	out(b, DISK, 3);
	out(b, DISK + 1, 0x1000);
	out(b, DISK + 2, 2);
	out(b, DISK + 3, 1);
	cr_expect_eq(in(b, DISK + 4), 5, "ready and done");
	for (unsigned i = 0; i < 256; i++) /* a word holds four bytes, the first in the most significant place */
		cr_assert_eq(word(b, 0x1000 + i), ((i * 28) & 0xff) << 24 | ((i * 28 + 7) & 0xff) << 16 | ((i * 28 + 14) & 0xff) << 8 | ((i * 28 + 21) & 0xff));
	cr_expect_eq(word(b, 0x1100), 0);
	out(b, DISK + 4, 4);
	cr_expect_eq(in(b, DISK + 4), 1);
	cr_expect_eq(in(b, DISK), 3, "a command leaves SECTOR as it was");
	out(b, DISK, 9);
	out(b, DISK + 3, 2);
	cr_expect_eq(in(b, DISK + 4), 5);
	cr_expect_arr_eq(b->disk[9], b->disk[3], 1024);
	board_free(b);
}

UNIT(devices, disk_moves_sectors_through_its_buffer)
{
	struct board *b = board_new("isa-specs/g3.yaml", NULL);

	memcpy(b->disk[5], "\x12\x34\x56\x78\x9a", 5);
	out(b, DISK, 5);
	out(b, DISK + 3, 3);
	cr_expect_eq(in(b, DISK + 6), 0x12345678);
	cr_expect_eq(board_read(b, true, DISK + 6, 8), 0x9a);
	cr_expect_eq(in(b, DISK + 8), 5);
	out(b, DISK + 8, 511);
	board_write(b, true, DISK + 6, 16, 0xabcd); /* the last byte, and the first */
	cr_expect_eq(in(b, DISK + 8), 1);
	out(b, DISK, 6);
	out(b, DISK + 3, 4);
	cr_expect_eq(b->disk[6][511], 0xab);
	cr_expect_eq(b->disk[6][0], 0xcd);
	cr_expect_eq(b->disk[6][1], 0x34);
	board_free(b);
}

/* Wild DMA and commands that cannot be: they fail, and nothing has moved. */
UNIT(devices, disk_refuses)
{
	static const struct { uint64_t sector, address, count, command; const char *why; } rows[] = {
		{0, 0x1000, 0, 1, "COUNT 0"}, {0, 0x1000, 65537, 1, "COUNT too large"}, {15, 0x1000, 2, 1, "beyond the end"},
		{16, 0x1000, 1, 2, "beyond the end"}, {0xffffffff, 0x1000, 1, 1, "sector wraps"}, {0, 0xffc0, 1, 1, "no storage at the end"},
		{0, 0xffffffff, 1, 1, "no storage"}, {0, 0x10000, 1, 2, "no storage"}, {16, 0, 1, 3, "no sector"}, {16, 0, 1, 4, "no sector"},
		{0, 0x1000, 1, 0, "no command"}, {0, 0x1000, 1, 5, "no command"},
	};
	struct board *b = board_new("isa-specs/g3.yaml", NULL);
	unsigned char before[BOARD_SECTORS][512];

	memset(b->disk, 0x5a, sizeof b->disk);
	memcpy(before, b->disk, sizeof before);
	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		out(b, DISK, rows[i].sector);
		out(b, DISK + 1, rows[i].address);
		out(b, DISK + 2, rows[i].count);
		out(b, DISK + 3, rows[i].command);
		cr_expect_eq(in(b, DISK + 4), 7, "%s", rows[i].why);
		cr_expect(!memcmp(b->disk, before, sizeof before), "%s", rows[i].why);
	}
	for (uint64_t at = 0; at < 0x10000; at++)
		cr_assert_eq(word(b, at), 0);
	out(b, DISK, 0);
	out(b, DISK + 1, 0x1000);
	out(b, DISK + 2, 1);
	b->disk_broken = true;
	out(b, DISK + 3, 1);
	cr_expect_eq(in(b, DISK + 4), 7, "the host cannot read");
	b->outside.block_size = NULL;
	cr_expect_eq(in(b, DISK + 7), 0, "no disk");
	board_free(b);
}

UNIT(devices, net_sends_takes_and_drops)
{
	struct board *b = board_new("isa-specs/g3.yaml", NULL);
	uint64_t words[2] = {0x68656c6c, 0x6f21ffff};

	cr_assert(machine_write(b->m, 0x200, words, 2));
	cr_expect_eq(in(b, NET + 6), 0x5254);
	cr_expect_eq(in(b, NET + 7), 0x00123456);
	out(b, NET, 0x200);
	out(b, NET + 1, 6);
	out(b, NET + 2, 1);
	cr_assert_eq(b->sent_count, 1);
	cr_expect_eq(b->sent_length[0], 6);
	cr_expect(!memcmp(b->sent[0], "hello!", 6));
	b->frames[0] = "abcde";
	b->frames[1] = "second";
	b->frames[2] = "third";
	b->frame_count = 3;
	out(b, NET + 4, 1);
	cr_expect_eq(in(b, NET + 3), 1, "a frame waits");
	cr_expect_eq(in(b, NET + 5), 5);
	cr_expect_eq(line(b), 1);
	out(b, NET, 0x300);
	out(b, NET + 1, 100);
	out(b, NET + 2, 2);
	cr_expect_eq(word(b, 0x300), 0x61626364);
	cr_expect_eq(word(b, 0x301), 0x65000000, "the rest of a word is zero");
	cr_expect_eq(in(b, NET + 5), 6, "the next one waits at once");
	out(b, NET + 2, 3);
	cr_expect_eq(in(b, NET + 5), 5);
	out(b, NET, 0xffffffff);
	out(b, NET + 2, 2);
	cr_expect_eq(in(b, NET + 3), 3, "no storage there: failed, and the frame waits still");
	out(b, NET, 0x300);
	out(b, NET + 1, 2);
	out(b, NET + 2, 2);
	cr_expect_eq(word(b, 0x300), 0x74680000, "cut to LENGTH");
	cr_expect_eq(line(b), 0);
	out(b, NET + 2, 2);
	cr_expect_eq(in(b, NET + 3), 2, "no frame");
	board_free(b);
}

UNIT(devices, net_refuses_to_send)
{
	static const struct { uint64_t address, length, command; } rows[] = {
		{0x200, 0, 1}, {0x200, 1515, 1}, {0xffff, 8, 1}, {0xffffffff, 1, 1}, {0x200, 4, 9}, {0x200, 0xffffffff, 1},
	};
	struct board *b = board_new("isa-specs/g3.yaml", NULL);

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		out(b, NET, rows[i].address);
		out(b, NET + 1, rows[i].length);
		out(b, NET + 2, rows[i].command);
		cr_expect_eq(in(b, NET + 3), 2, "row %u", i);
	}
	cr_expect_eq(b->sent_count, 0);
	board_free(b);
}

UNIT(devices, net_asks_while_it_listens)
{
	struct board *b = board_new("isa-specs/g3.yaml", NULL);

	out(b, NET + 4, 1);
	cr_expect_eq(devices_quiet(b->m), ~(uint64_t)0, "nothing can come");
	b->listens = true;
	cr_expect_leq(devices_quiet(b->m), DEVICE_POLL);
	b->frames[0] = "late";
	b->frame_count = 1;
	board_pass(b, DEVICE_POLL - 1);
	cr_expect_eq(line(b), 0);
	board_pass(b, 1);
	cr_expect_eq(line(b), 1);
	board_free(b);
}

UNIT(devices, power_switches_off)
{
	struct board *b = board_new("isa-specs/g3.yaml", NULL);

	cr_expect_eq(in(b, POWER), 0);
	cr_expect_not(b->m->off);
	out(b, POWER, 0x1fe);
	cr_expect(b->m->off);
	cr_expect_eq(b->m->exit_code, 0xfe);
	board_free(b);
}

/* On a byte-addressed machine: registers at +4n, and a narrower or wider access. */
UNIT(devices, timer)
{
	enum { TIMER = 0x10003000 };
	struct board *b = board_new("isa-specs/rv64.yaml", NULL);

	board_pass(b, ((uint64_t)5 << 32) + 77);
	cr_expect_eq(board_read(b, false, TIMER, 32), 77);
	cr_expect_eq(board_read(b, false, TIMER + 4, 32), 5);
	cr_expect_eq(board_read(b, false, TIMER + 0x10, 32), 0x49534f4c);
	cr_expect_eq(board_read(b, false, TIMER + 0x10, 8), 0x4c);
	cr_expect_eq(board_read(b, false, TIMER + 0x10, 64), 0x49534f4c);
	cr_expect_eq(board_read(b, false, TIMER + 0x11, 8), 0, "between two registers");
	board_write(b, false, TIMER + 12, 32, 3); /* interrupt, and again */
	board_write(b, false, TIMER + 8, 32, 100);
	cr_expect_eq(devices_quiet(b->m), 100);
	board_pass(b, 60);
	cr_expect_eq(board_read(b, false, TIMER + 8, 32), 40);
	board_pass(b, 39);
	cr_expect_eq(board_read(b, false, TIMER + 20, 32), 0);
	board_pass(b, 1);
	cr_expect_eq(board_read(b, false, TIMER + 20, 32), 1, "expired");
	cr_expect_eq(board_read(b, false, TIMER + 8, 32), 100, "starts anew");
	board_write(b, false, TIMER + 20, 32, 1);
	cr_expect_eq(board_read(b, false, TIMER + 20, 32), 0);
	board_write(b, false, TIMER + 8, 32, 0);
	board_pass(b, 1000);
	cr_expect_eq(board_read(b, false, TIMER + 20, 32), 0, "off");
	board_free(b);
}

/* --- platforms that cannot be --- */

static const char *refusal(const char *devices, char *error)
{
	char path[] = "/tmp/isolde-unit-XXXXXX";
	int fd = mkstemp(path);
	FILE *f = fdopen(fd, "w");
	struct arena *arena = arena_new();
	struct machine_options options = {.engine = ENGINE_WALK};
	struct isa *isa;
	struct machine *m;

	fprintf(f, "kind: overlay\nplatform:\n  memory: {at: 0, size: 0x8000}\n  devices:\n%s", devices);
	fclose(f);
	isa = isa_load(arena, "isa-specs/g3.yaml", path, diags_new(arena));
	remove(path);
	cr_assert(isa, "does not load: %s", devices);
	*error = 0;
	m = machine_new(isa, &options, NULL, error);
	cr_expect_not(m, "%s", devices);
	machine_free(m);
	arena_free(arena);
	return error;
}

UNIT(devices, platforms_that_cannot_be)
{
	static const struct { const char *devices, *says; } rows[] = {
		{"    a: {model: console, port: 0x40}\n    b: {model: console, port: 0x4f}\n", "lies on another one, 'b'"},
		{"    a: {model: nothing, port: 0x40}\n", "no device model (isolde list --devices) 'nothing'"},
		{"    a: {model: console, at: 0x7ff8}\n", "storage covers device 'a'"},
		{"    a: {model: console, at: 0xfff8}\n", "too few addresses for device 'a'"},
		{"    a: {model: console, port: 0xfff8}\n", "too few addresses for device 'a'"},
		{"    a: {model: console, port: 0x40, clock: PENDING.device}\n", "has no key 'clock'"},
		{"    a: {model: console, port: 0x40, interrupt: X}\n", "cannot be wired: 'X'"},
		{"    a: {model: console, port: 0x40, interrupt: 5}\n", "not a component, nor an input of a device: '5'"},
		{"    a: {model: console, port: 0x40, interrupt: b.1}\n    b: {model: power, port: 0x50}\n", "no inputs has device 'b'"},
	};
	char error[256];

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
		cr_expect(strstr(refusal(rows[i].devices, error), rows[i].says), "%s: %s", rows[i].devices, error);
}

UNIT(devices, models_have_names_and_keys)
{
	unsigned n = 0;

	for (const struct device_model *m; (m = device_model_number(n)); n++) {
		cr_expect_eq(device_model(m->name), m);
		cr_expect(m->keys && m->text && (m->size || m->update), "%s", m->name);
	}
	cr_expect_eq(n, 12);
	cr_expect_null(device_model("nothing"));
}
