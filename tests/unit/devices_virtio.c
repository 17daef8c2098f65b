/* The virtio models, driven as a driver drives them, well and badly. */
#include "board.h"

#include <string.h>

enum { BLOCK = 0x10001000, NET = 0x10002000, PLIC = 0xc000000 };
enum { RECEIVE, TRANSMIT };
enum { PER_QUEUE = 0x80000, SIZE = 8 };
static const uint64_t STORAGE = 0x80000000, DESC = 0x80010000, AVAIL = 0x80014000, USED = 0x80018000, BUFFERS = 0x80020000;
enum { NEXT = 1, WRITE = 2, INDIRECT = 4, DRIVER_OK = 4, FEATURES_OK = 8, NEEDS_RESET = 0x40 };

static uint64_t get(struct board *b, uint64_t base, uint64_t reg)
{
	return board_read(b, false, base + reg, 32);
}

static void set(struct board *b, uint64_t base, uint64_t reg, uint64_t value)
{
	board_write(b, false, base + reg, 32, value);
}

static void poke(struct board *b, uint64_t at, unsigned bytes, uint64_t value)
{
	unsigned char part[8];

	for (unsigned i = 0; i < bytes; i++)
		part[i] = (unsigned char)(value >> 8 * i);
	cr_assert(machine_write_bytes(b->m, at, part, bytes));
}

static uint64_t peek(struct board *b, uint64_t at, unsigned bytes)
{
	unsigned char part[8];
	uint64_t value = 0;

	cr_assert(machine_read_bytes(b->m, at, part, bytes));
	for (unsigned i = bytes; i--;)
		value = value << 8 | part[i];
	return value;
}

static void agree(struct board *b, uint64_t base, uint64_t features)
{
	set(b, base, 0x70, 0);
	set(b, base, 0x70, 1);
	set(b, base, 0x70, 3);
	for (unsigned i = 0; i < 2; i++) {
		set(b, base, 0x24, i);
		set(b, base, 0x20, features >> 32 * i);
	}
	set(b, base, 0x70, 3 | FEATURES_OK);
}

static void make_queue(struct board *b, uint64_t base, unsigned queue)
{
	uint64_t shift = (uint64_t)queue * PER_QUEUE;

	poke(b, AVAIL + shift, 4, 0);
	poke(b, USED + shift, 4, 0);
	set(b, base, 0x30, queue);
	set(b, base, 0x38, SIZE);
	set(b, base, 0x80, DESC + shift);
	set(b, base, 0x84, 0);
	set(b, base, 0x90, AVAIL + shift);
	set(b, base, 0x94, 0);
	set(b, base, 0xa0, USED + shift);
	set(b, base, 0xa4, 0);
	set(b, base, 0x44, 1);
}

static struct board *driven(uint64_t base, unsigned queues)
{
	struct board *b = board_new("isa-specs/rv64.yaml", NULL);

	agree(b, base, (uint64_t)1 << 32);
	for (unsigned q = 0; q < queues; q++)
		make_queue(b, base, q);
	set(b, base, 0x70, 3 | FEATURES_OK | DRIVER_OK);
	return b;
}

static void describe(struct board *b, unsigned queue, unsigned n, uint64_t at, uint32_t length, unsigned flags, unsigned next)
{
	uint64_t d = DESC + (uint64_t)queue * PER_QUEUE + 16 * n;

	poke(b, d, 8, at);
	poke(b, d + 8, 4, length);
	poke(b, d + 12, 2, flags);
	poke(b, d + 14, 2, next);
}

/* Offers the chain that begins with descriptor `head`, and says so. */
static void offer(struct board *b, uint64_t base, unsigned queue, unsigned head)
{
	uint64_t avail = AVAIL + (uint64_t)queue * PER_QUEUE, index = peek(b, avail + 2, 2);

	poke(b, avail + 4 + 2 * (index % SIZE), 2, head);
	poke(b, avail + 2, 2, index + 1);
	set(b, base, 0x50, queue);
}

static uint64_t used(struct board *b, unsigned queue)
{
	return peek(b, USED + (uint64_t)queue * PER_QUEUE + 2, 2);
}

static uint64_t used_length(struct board *b, unsigned queue, unsigned n)
{
	return peek(b, USED + (uint64_t)queue * PER_QUEUE + 4 + 8 * n + 4, 4);
}

/* A block request: header, data in two pieces, status. The status after it, 0xee if it was not written. */
static uint64_t request(struct board *b, uint32_t type, uint64_t sector, uint32_t first, uint32_t second)
{
	unsigned flags = type == 1 ? 0 : WRITE;

	poke(b, BUFFERS, 8, type);
	poke(b, BUFFERS + 8, 8, sector);
	poke(b, BUFFERS + 0x8000, 1, 0xee);
	describe(b, 0, 0, BUFFERS, 16, NEXT, 1);
	describe(b, 0, 1, BUFFERS + 0x1000, first, NEXT | flags, 2);
	describe(b, 0, 2, BUFFERS + 0x3000, second, NEXT | flags, 3);
	describe(b, 0, 3, BUFFERS + 0x8000, 1, WRITE, 0);
	offer(b, BLOCK, 0, 0);
	return peek(b, BUFFERS + 0x8000, 1);
}

UNIT(virtio, registers)
{
	struct board *b = board_new("isa-specs/rv64.yaml", NULL);

	cr_expect_eq(get(b, BLOCK, 0), 0x74726976);
	cr_expect_eq(get(b, BLOCK, 4), 2);
	cr_expect_eq(get(b, BLOCK, 8), 2);
	cr_expect_eq(get(b, NET, 8), 1);
	cr_expect_eq(get(b, BLOCK, 0x10), 1 << 2 | 1 << 6 | 1 << 9);
	set(b, BLOCK, 0x14, 1);
	cr_expect_eq(get(b, BLOCK, 0x10), 1);
	set(b, BLOCK, 0x14, 2);
	cr_expect_eq(get(b, BLOCK, 0x10), 0);
	cr_expect_eq(get(b, NET, 0x10), 1 << 3 | 1 << 5 | 1 << 16);
	cr_expect_eq(get(b, BLOCK, 0x34), 256);
	set(b, BLOCK, 0x30, 1);
	cr_expect_eq(get(b, BLOCK, 0x34), 0, "one queue");
	cr_expect_eq(board_read(b, false, BLOCK + 0x100, 64), BOARD_SECTORS);
	cr_expect_eq(get(b, BLOCK, 0x10c), 254);
	cr_expect_eq(get(b, BLOCK, 0x114), 512);
	cr_expect_eq(board_read(b, false, NET + 0x105, 8), 0x56);
	cr_expect_eq(board_read(b, false, NET + 0x106, 16), 1, "link up");
	cr_expect_eq(board_read(b, false, NET + 0x10a, 16), 1500);
	cr_expect_eq(get(b, BLOCK, 0xb0), 0xffffffff, "no shared memory");
	board_free(b);
}

UNIT(virtio, features_are_negotiated)
{
	static const struct { uint64_t features; bool fine; } rows[] = {
		{(uint64_t)1 << 32, true}, {(uint64_t)1 << 32 | 1 << 9, true}, {0, false}, {1 << 9, false}, {(uint64_t)1 << 32 | 1 << 5, false},
		{(uint64_t)3 << 32, false},
	};
	struct board *b = board_new("isa-specs/rv64.yaml", NULL);

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		agree(b, BLOCK, rows[i].features);
		cr_expect_eq((get(b, BLOCK, 0x70) & FEATURES_OK) != 0, rows[i].fine, "row %u", i);
	}
	board_free(b);
}

UNIT(virtio, block_reads_and_writes)
{
	struct board *b = driven(BLOCK, 1);
	unsigned char back[1024];

	for (unsigned i = 0; i < 1024; i++)
		b->disk[2 + i / 512][i % 512] = (unsigned char)(i * 13);
	cr_expect_eq(request(b, 0, 2, 300, 724), 0);
	cr_expect_eq(used(b, 0), 1);
	cr_expect_eq(peek(b, USED + 4, 4), 0, "the chain's head");
	cr_expect_eq(used_length(b, 0, 0), 1025);
	cr_assert(machine_read_bytes(b->m, BUFFERS + 0x1000, back, 300) && machine_read_bytes(b->m, BUFFERS + 0x3000, back + 300, 724));
	cr_expect(!memcmp(back, b->disk[2], 1024));
	cr_expect_eq(get(b, BLOCK, 0x60), 1);
	cr_expect_eq(board_read(b, false, PLIC + 0x1000, 32) & 2, 2, "source 1 is up");
	set(b, BLOCK, 0x64, 1);
	cr_expect_eq(get(b, BLOCK, 0x60), 0);
	cr_expect_eq(request(b, 1, 7, 300, 724), 0);
	cr_expect(!memcmp(b->disk[7], b->disk[2], 1024));
	cr_expect_eq(used_length(b, 0, 1), 1);
	board_free(b);
}

UNIT(virtio, block_requests_that_fail)
{
	static const struct { uint32_t type; uint64_t sector; uint32_t first, second; uint64_t status; } rows[] = {
		{0, 16, 256, 256, 1}, {0, 15, 512, 512, 1}, {1, 15, 512, 512, 1}, {0, ~(uint64_t)0, 256, 256, 1}, {0, (uint64_t)1 << 55, 256, 256, 1},
		{0, 1, 100, 100, 1}, {1, 1, 512, 1, 1}, {2, 0, 256, 256, 2}, {11, 0, 256, 256, 2}, {0xffffffff, 0, 256, 256, 2},
		{4, 0, 0, 0, 0}, {8, 0, 20, 0, 0}, {8, 0, 1, 2, 0}, {0, 1, 0, 0, 0},
	};
	struct board *b = driven(BLOCK, 1);
	unsigned char zeros[BOARD_SECTORS * 512] = {0};

	cr_assert(machine_write_bytes(b->m, BUFFERS + 0x1000, memset(zeros, 0x77, 512), 512));
	memset(zeros, 0, sizeof zeros);
	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
		cr_expect_eq(request(b, rows[i].type, rows[i].sector, rows[i].first, rows[i].second), rows[i].status, "row %u", i);
	cr_expect(!memcmp(b->disk, zeros, sizeof zeros), "nothing was written");
	request(b, 8, 0, 20, 0);
	cr_expect_eq(peek(b, BUFFERS + 0x1000, 6), 0x65646c6f7369, "isolde");
	b->disk_broken = true;
	cr_expect_eq(request(b, 0, 0, 256, 256), 1, "the host cannot read");
	cr_expect_eq(request(b, 1, 0, 256, 256), 1);
	cr_expect_eq(get(b, BLOCK, 0x70) & NEEDS_RESET, 0);
	board_free(b);
}

/* Each row spoils a sound request in one place. */
enum spoil { NO_STATUS_PLACE, LOOP, NEXT_OUT, HEAD_OUT, DATA_NOWHERE, DATA_WRAPS, DATA_TOO_LONG, READ_AFTER_WRITE, AN_INDIRECT, AVAIL_RUNS_AWAY, SPOILS };

static void spoil(struct board *b, enum spoil how)
{
	switch (how) {
	case NO_STATUS_PLACE: describe(b, 0, 3, 0x1000, 1, WRITE, 0); break;
	case LOOP: describe(b, 0, 3, BUFFERS + 0x8000, 1, WRITE | NEXT, 1); break;
	case NEXT_OUT:
		describe(b, 0, 2, BUFFERS + 0x3000, 256, WRITE | NEXT, SIZE);
		describe(b, 0, SIZE, BUFFERS + 0x8000, 1, WRITE, 0);
		break;
	case HEAD_OUT:
		describe(b, 0, SIZE, BUFFERS, 16, NEXT, 1);
		poke(b, AVAIL + 4, 2, SIZE);
		break;
	case DATA_NOWHERE: describe(b, 0, 1, STORAGE + 0x7ffff80, 256, WRITE | NEXT, 2); break;
	case DATA_WRAPS: describe(b, 0, 1, ~(uint64_t)0 - 8, 256, WRITE | NEXT, 2); break;
	case DATA_TOO_LONG: describe(b, 0, 1, STORAGE, 0x7f00000, WRITE | NEXT, 2); break;
	case READ_AFTER_WRITE: describe(b, 0, 2, BUFFERS + 0x3000, 256, NEXT, 3); break;
	case AN_INDIRECT: describe(b, 0, 1, BUFFERS + 0x1000, 16, INDIRECT, 0); break;
	case AVAIL_RUNS_AWAY: poke(b, AVAIL + 2, 2, SIZE + 1); break;
	case SPOILS: break;
	}
}

UNIT(virtio, malformed_chains_need_a_reset)
{
	for (enum spoil how = 0; how <= SPOILS; how++) {
		struct board *b = driven(BLOCK, 1);

		poke(b, BUFFERS, 8, 0);
		poke(b, BUFFERS + 8, 8, 0);
		describe(b, 0, 0, BUFFERS, 16, NEXT, 1);
		describe(b, 0, 1, BUFFERS + 0x1000, 256, NEXT | WRITE, 2);
		describe(b, 0, 2, BUFFERS + 0x3000, 256, NEXT | WRITE, 3);
		describe(b, 0, 3, BUFFERS + 0x8000, 1, WRITE, 0);
		poke(b, AVAIL + 4, 2, 0);
		poke(b, AVAIL + 2, 2, 1);
		spoil(b, how);
		set(b, BLOCK, 0x50, 0);
		if (how == SPOILS) { /* sound, for comparison */
			cr_expect_eq(used(b, 0), 1);
			cr_expect_eq(get(b, BLOCK, 0x70), 15);
			board_free(b);
			continue;
		}
		cr_expect_eq(get(b, BLOCK, 0x70), 15 | NEEDS_RESET, "spoilt in way %d", how);
		cr_expect_eq(get(b, BLOCK, 0x60), 2, "the driver is told");
		cr_expect_eq(used(b, 0), 0);
		set(b, BLOCK, 0x50, 0);
		cr_expect_eq(used(b, 0), 0, "nothing more happens");
		set(b, BLOCK, 0x70, 15);
		cr_expect_eq(get(b, BLOCK, 0x70), 15 | NEEDS_RESET, "only a reset helps");
		agree(b, BLOCK, (uint64_t)1 << 32);
		make_queue(b, BLOCK, 0);
		set(b, BLOCK, 0x70, 15);
		cr_expect_eq(request(b, 4, 0, 0, 0), 0, "it works again after way %d", how);
		board_free(b);
	}
}

UNIT(virtio, malformed_queues_need_a_reset)
{
	static const struct { uint64_t reg, value; const char *why; } rows[] = {
		{0x38, 0, "no size"}, {0x38, 7, "size is no power of two"}, {0x38, 512, "too large"}, {0x38, 0xffffffff, "far too large"},
		{0x80, 0x1000, "descriptors where no storage is"}, {0x84, 1, "descriptors far away"}, {0x90, 0x80000001, "not aligned"},
		{0xa0, 0x80000002, "not aligned"}, {0xa0, 0x87fffff0u, "the used ring leaves storage"}, {0x94, 0xffffffff, "far away"},
	};

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct board *b = board_new("isa-specs/rv64.yaml", NULL);

		agree(b, BLOCK, (uint64_t)1 << 32);
		make_queue(b, BLOCK, 0);
		set(b, BLOCK, 0x44, 0);
		set(b, BLOCK, rows[i].reg, rows[i].value);
		set(b, BLOCK, 0x44, 1);
		cr_expect_eq(get(b, BLOCK, 0x70) & NEEDS_RESET, NEEDS_RESET, "%s", rows[i].why);
		board_free(b);
	}
}

UNIT(virtio, nothing_happens_before_driver_ok)
{
	struct board *b = board_new("isa-specs/rv64.yaml", NULL);

	agree(b, BLOCK, (uint64_t)1 << 32);
	make_queue(b, BLOCK, 0);
	cr_expect_eq(request(b, 4, 0, 0, 0), 0xee);
	set(b, BLOCK, 0x50, 7); /* no such queue */
	set(b, BLOCK, 0x70, 15);
	set(b, BLOCK, 0x50, 0);
	cr_expect_eq(peek(b, BUFFERS + 0x8000, 1), 0);
	board_free(b);
}

UNIT(virtio, net_sends)
{
	struct board *b = driven(NET, 2);

	cr_assert(machine_write_bytes(b->m, BUFFERS, "\0\0\0\0\0\0\0\0\0\0\0\0Isolde", 18));
	describe(b, TRANSMIT, 0, BUFFERS, 12, NEXT, 1);
	describe(b, TRANSMIT, 1, BUFFERS + 12, 6, 0, 0);
	offer(b, NET, TRANSMIT, 0);
	cr_assert_eq(b->sent_count, 1);
	cr_expect_eq(b->sent_length[0], 6);
	cr_expect(!memcmp(b->sent[0], "Isolde", 6));
	cr_expect_eq(used(b, TRANSMIT), 1);
	describe(b, TRANSMIT, 0, BUFFERS, 12, 0, 0);
	offer(b, NET, TRANSMIT, 0);
	describe(b, TRANSMIT, 0, BUFFERS, 12 + 1515, 0, 0);
	offer(b, NET, TRANSMIT, 0);
	cr_expect_eq(used(b, TRANSMIT), 3, "given back");
	cr_expect_eq(b->sent_count, 1, "but no frame");
	poke(b, AVAIL + PER_QUEUE, 2, 1);
	set(b, NET, 0x64, 3);
	describe(b, TRANSMIT, 0, BUFFERS, 12 + 60, 0, 0);
	offer(b, NET, TRANSMIT, 0);
	cr_expect_eq(b->sent_count, 2);
	cr_expect_eq(get(b, NET, 0x60), 0, "the driver asked for silence");
	board_free(b);
}

UNIT(virtio, net_receives)
{
	struct board *b = driven(NET, 2);
	unsigned char got[17];

	b->listens = true;
	b->frames[0] = "hello";
	b->frames[1] = "too long for it";
	b->frames[2] = "third";
	b->frame_count = 3;
	describe(b, RECEIVE, 0, BUFFERS, 100, WRITE, 0);
	board_pass(b, DEVICE_POLL);
	cr_expect_eq(used(b, RECEIVE), 0, "no buffer yet: it waits");
	offer(b, NET, RECEIVE, 0);
	cr_expect_eq(used(b, RECEIVE), 1);
	cr_expect_eq(used_length(b, RECEIVE, 0), 17);
	cr_assert(machine_read_bytes(b->m, BUFFERS, got, 17));
	cr_expect(!memcmp(got, "\0\0\0\0\0\0\0\0\0\0\1\0hello", 17));
	describe(b, RECEIVE, 1, BUFFERS + 200, 20, WRITE, 0);
	offer(b, NET, RECEIVE, 1);
	cr_expect_eq(used_length(b, RECEIVE, 1), 0, "lost");
	offer(b, NET, RECEIVE, 1);
	cr_expect_eq(used_length(b, RECEIVE, 2), 17);
	cr_expect_eq(get(b, NET, 0x60), 1);
	board_free(b);
}

/* A driver out of its mind: nothing but the status tells. */
UNIT(virtio, wild_drivers)
{
	uint64_t random = 0x9e3779b97f4a7c15;
	unsigned broken = 0;

	for (unsigned round = 0; round < 300; round++) {
		struct board *b = driven(round & 1 ? NET : BLOCK, 1 + (round & 1));
		uint64_t base = round & 1 ? NET : BLOCK;

		for (unsigned i = 0; i < 200; i++) {
			uint64_t r = unit_random(&random);

			poke(b, DESC + (round & 1) * PER_QUEUE + r % 128, 1, r >> 32);
			if (r >> 60 == 1)
				poke(b, AVAIL + (round & 1) * PER_QUEUE + r % 24, 1, r >> 40);
			if (r >> 60 == 2)
				board_write(b, false, base + r % 0x200, 8u << (r >> 20) % 4, r >> 30);
			if (b->sent_count == 4)
				b->sent_count = 0;
			set(b, base, 0x50, round & 1);
		}
		broken += (get(b, base, 0x70) & NEEDS_RESET) != 0;
		board_free(b);
	}
	cr_expect_gt(broken, 100, "%u of 300", broken);
}
