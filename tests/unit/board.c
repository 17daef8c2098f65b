#include "board.h"

#include <string.h>

static void put(void *context, unsigned char byte)
{
	struct board *b = context;

	if (b->put < sizeof b->output - 1)
		b->output[b->put++] = (char)byte;
}

static int get(void *context)
{
	struct board *b = context;

	if (b->input && *b->input)
		return (unsigned char)*b->input++;
	return b->more ? -1 : -2;
}

static uint64_t size(void *context)
{
	return BOARD_SECTORS;
}

static bool block_read(void *context, uint64_t sector, void *bytes)
{
	struct board *b = context;

	cr_assert_lt(sector, BOARD_SECTORS);
	memcpy(bytes, b->disk[sector], 512);
	return !b->disk_broken;
}

static bool block_write(void *context, uint64_t sector, const void *bytes)
{
	struct board *b = context;

	cr_assert_lt(sector, BOARD_SECTORS);
	if (!b->disk_broken)
		memcpy(b->disk[sector], bytes, 512);
	return !b->disk_broken;
}

static void send(void *context, const void *frame, unsigned length)
{
	struct board *b = context;

	cr_assert_leq(length, 1514);
	cr_assert_lt(b->sent_count, 4);
	memcpy(b->sent[b->sent_count], frame, length);
	b->sent_length[b->sent_count++] = length;
}

static unsigned receive(void *context, void *frame, unsigned room)
{
	struct board *b = context;
	const char *text = b->frames[0];
	unsigned length;

	if (!b->frame_count)
		return 0;
	length = (unsigned)strlen(text);
	length = length < room ? length : room;
	memcpy(frame, text, length);
	memmove(b->frames, b->frames + 1, --b->frame_count * sizeof *b->frames);
	return length;
}

static bool listens(void *context)
{
	return ((struct board *)context)->listens;
}

struct board *board_new(const char *path, const char *overlay)
{
	struct arena *arena = arena_new();
	struct board *b = ARENA_NEW(arena, struct board);
	struct machine_options options = {.engine = ENGINE_WALK};
	struct diags *diags = diags_new(arena);
	struct isa *isa = isa_load(arena, path, overlay, diags);
	char error[256];

	if (!isa)
		diag_print(diags, stderr, false);
	cr_assert(isa, "%s does not load", path);
	b->arena = arena;
	b->outside = (struct outside){b, put, get, NULL, size, block_read, block_write, send, receive, listens};
	b->m = machine_new(isa, &options, &b->outside, error);
	cr_assert(b->m, "%s", error);
	return b;
}

void board_free(struct board *b)
{
	machine_free(b->m);
	arena_free(b->arena);
}

uint64_t board_read(struct board *b, bool port, uint64_t at, unsigned width)
{
	uint64_t offset;
	struct device *d = device_at(b->m, port, at, &offset);

	cr_assert(d, "nothing at 0x%llx", (unsigned long long)at);
	return device_read(d, offset, width);
}

void board_write(struct board *b, bool port, uint64_t at, unsigned width, uint64_t value)
{
	uint64_t offset;
	struct device *d = device_at(b->m, port, at, &offset);

	cr_assert(d, "nothing at 0x%llx", (unsigned long long)at);
	device_write(d, offset, width, value);
}

uint64_t board_component(const struct board *b, const char *name)
{
	const struct component *c = isa_component(b->m->isa, name);

	cr_assert(c, "no component %s", name);
	return (uint64_t)machine_get(b->m, (unsigned)(c - b->m->isa->components), 0);
}

void board_pass(struct board *b, uint64_t steps)
{
	machine_pass(b->m, steps, steps);
}
