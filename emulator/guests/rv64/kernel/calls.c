/* System calls: nothing that a program says is believed. */
#include "../calls.h"

#include "kernel.h"

enum { NAME_MAX = 32, FRAME_MAX = 1514 };

static bool copy_name(char *name, uint64_t va)
{
	for (unsigned i = 0; i < NAME_MAX; i++) {
		if (!copy_in(&name[i], va + i, 1))
			return false;
		if (!name[i])
			return true;
	}
	return false;
}

static int64_t call_write(uint64_t text, uint64_t size)
{
	char part[64];

	for (uint64_t done = 0; done < size;) {
		uint64_t n = size - done < sizeof part ? size - done : sizeof part;

		if (!copy_in(part, text + done, n))
			return -1;
		for (uint64_t i = 0; i < n; i++)
			console_put(part[i]);
		done += n;
	}
	return 0;
}

static int64_t call_exec(uint64_t name_at, uint64_t argument, struct frame *f)
{
	char name[NAME_MAX];

	if (!copy_name(name, name_at) || !program_load(name, argument, f))
		return -1;
	return (int64_t)argument;
}

static int64_t call_wait(uint64_t number, uint64_t result_at)
{
	int result = 0, who = process_wait((int)number, &result);

	if (who >= 0 && result_at && !copy_out(result_at, &result, sizeof result))
		return -1;
	return who;
}

static int64_t call_sleep(uint64_t ticks)
{
	running->wake_at = clock_ticks + ticks;
	while (clock_ticks < running->wake_at && !running->killed)
		process_sleep(&clock_ticks);
	return 0;
}

/* By the page, through one of the kernel's own. */
static int64_t read_part(const struct file *file, uint64_t at, uint64_t to, uint64_t size)
{
	unsigned char *page = page_new();
	uint64_t n = size < PAGE ? size : PAGE;
	bool good = page && file_read(file, at, page, n) && copy_out(to, page, n);

	if (page)
		page_drop(page);
	return good ? (int64_t)n : -1;
}

static int64_t call_read(uint64_t name_at, uint64_t at, uint64_t to, uint64_t size)
{
	struct file file;
	char name[NAME_MAX];
	int64_t done = 0;

	if (!copy_name(name, name_at) || !file_find(name, &file) || at % 512)
		return -1;
	if (at >= file.size)
		return 0;
	size = size < file.size - at ? size : file.size - at;
	while ((uint64_t)done < size) {
		int64_t n = read_part(&file, at + (uint64_t)done, to + (uint64_t)done, size - (uint64_t)done);

		if (n < 0)
			return -1;
		done += n;
	}
	return done;
}

static int64_t call_grow(uint64_t bytes)
{
	struct region *heap = &running->space.regions[HEAP];
	uint64_t before = heap->to, room = STACK_TOP - STACK_ROOM - PAGE - before;

	if (bytes > room)
		return -1;
	heap->to = before + (bytes + PAGE - 1) / PAGE * PAGE;
	return (int64_t)before;
}

static int64_t call_protect(uint64_t from, uint64_t size, uint64_t rights)
{
	uint64_t flags = (rights & 4 ? PTE_R : 0) | (rights & 2 ? PTE_W : 0) | (rights & 1 ? PTE_X : 0);

	if (from != running->space.regions[HEAP].from || !(flags & PTE_R))
		return -1;
	if (!space_protect(&running->space, from, size, flags))
		return -1;
	fence_code();
	return 0;
}

static int64_t call_send(uint64_t frame, uint64_t size)
{
	unsigned char bytes[FRAME_MAX];

	if (!size || size > sizeof bytes || !copy_in(bytes, frame, size))
		return -1;
	network_send(bytes, (unsigned)size);
	return 0;
}

static int64_t call_receive(uint64_t frame, uint64_t room)
{
	unsigned char bytes[FRAME_MAX];
	unsigned size = network_receive(bytes, room < sizeof bytes ? (unsigned)room : sizeof bytes);

	return copy_out(frame, bytes, size) ? (int64_t)size : -1;
}

void system_call(struct frame *f)
{
	const uint64_t *x = f->x;
	int64_t result = -1;

	switch (x[A7]) {
	case CALL_EXIT: process_exit((int)x[A0]);
	case CALL_WRITE: result = call_write(x[A0], x[A1]); break;
	case CALL_FORK: result = process_fork(f); break;
	case CALL_EXEC: result = call_exec(x[A0], x[A1], f); break;
	case CALL_WAIT: result = call_wait(x[A0], x[A1]); break;
	case CALL_KILL: result = process_kill((int)x[A0]) ? 0 : -1; break;
	case CALL_NUMBER: result = running->number; break;
	case CALL_SLEEP: result = call_sleep(x[A0]); break;
	case CALL_READ: result = call_read(x[A0], x[A1], x[A2], x[A3]); break;
	case CALL_GROW: result = call_grow(x[A0]); break;
	case CALL_PROTECT: result = call_protect(x[A0], x[A1], x[A2]); break;
	case CALL_STATION: result = copy_out(x[A0], network_station, sizeof network_station) ? 0 : -1; break;
	case CALL_SEND: result = call_send(x[A0], x[A1]); break;
	case CALL_RECEIVE: result = call_receive(x[A0], x[A1]); break;
	}
	f->x[A0] = (uint64_t)result;
}
