/* The host as the world outside of a machine: terminal, files, and a cable to another machine. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../analyzer/base/arena.h"
#include "capture.h"
#include "models.h"

enum { CONSOLE_MAX = 1 << 24, COPY_MAX = 1 << 21, QUEUE_MAX = 256, WAIT_MS = 20 };
enum { NOT_NOW = -1, NEVER = -2 };

struct written {
	uint64_t sector;
	unsigned char bytes[SECTOR];
};

struct host {
	struct outside outside;
	int in, out;            /* file descriptors, not owned; -1: none */
	FILE *input;            /* NULL: from `in` */
	unsigned char typed[4096];
	size_t typed_at, typed_end;
	struct buf console;
	int disk;               /* -1: none */
	bool disk_copy;
	uint64_t sectors, copied;
	void *copies;           /* tsearch's tree of struct written */
	struct capture *capture;
	struct frame *replies;  /* in order, one after each frame sent */
	struct frame *queue;    /* frames that arrived, first first */
	unsigned queued;
	struct host *other;     /* at the other end of the cable; NULL */
};

/* --- console --- */

/* What cannot be written goes nowhere: the machine must not care. */
static void write_byte(struct host *h, unsigned char byte)
{
	struct pollfd p = {.fd = h->out, .events = POLLOUT};

	while (h->out >= 0 && write(h->out, &byte, 1) != 1) {
		if (errno == EAGAIN)
			poll(&p, 1, -1);
		else if (errno != EINTR)
			h->out = -1;
	}
}

static void console_put(void *context, unsigned char byte)
{
	struct host *h = context;
	char c = (char)byte;

	if (h->console.length < CONSOLE_MAX)
		buf_add(&h->console, &c, 1);
	write_byte(h, byte);
}

static int typed_byte(struct host *h)
{
	struct pollfd p = {.fd = h->in, .events = POLLIN};
	ssize_t n;

	if (h->typed_at < h->typed_end)
		return h->typed[h->typed_at++];
	if (h->in < 0)
		return NEVER;
	if (poll(&p, 1, 0) <= 0)
		return NOT_NOW;
	n = read(h->in, h->typed, sizeof h->typed);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return NOT_NOW;
	h->typed_at = 0;
	h->typed_end = n > 0 ? (size_t)n : 0;
	if (n > 0)
		return h->typed[h->typed_at++];
	h->in = -1;
	return NEVER;
}

static int console_get(void *context)
{
	struct host *h = context;
	int byte;

	if (!h->input)
		return typed_byte(h);
	byte = getc(h->input);
	return byte == EOF ? NEVER : byte;
}

static void console_wait(void *context)
{
	struct host *h = context;
	struct pollfd p = {.fd = h->in, .events = POLLIN};

	if (h->in >= 0 && h->typed_at == h->typed_end)
		poll(&p, 1, WAIT_MS);
}

/* --- disk --- */

static int by_sector(const void *a, const void *b)
{
	uint64_t x = ((const struct written *)a)->sector, y = ((const struct written *)b)->sector;

	return x < y ? -1 : x > y;
}

static struct written *copy_of(struct host *h, uint64_t sector)
{
	struct written key = {.sector = sector};
	struct written **found = tfind(&key, &h->copies, by_sector);

	return found ? *found : NULL;
}

static bool copy_write(struct host *h, uint64_t sector, const void *bytes)
{
	struct written *w = copy_of(h, sector);

	if (!w) {
		w = h->copied < COPY_MAX ? malloc(sizeof *w) : NULL;
		if (!w)
			return false;
		w->sector = sector;
		if (!tsearch(w, &h->copies, by_sector)) {
			free(w);
			return false;
		}
		h->copied++;
	}
	memcpy(w->bytes, bytes, SECTOR);
	return true;
}

static uint64_t block_size(void *context)
{
	return ((struct host *)context)->sectors;
}

/* The last sector of a file may be short; the rest of it is zeros. */
static bool block_read(void *context, uint64_t sector, void *bytes)
{
	struct host *h = context;
	const struct written *w = copy_of(h, sector);
	ssize_t n;

	if (w) {
		memcpy(bytes, w->bytes, SECTOR);
		return true;
	}
	memset(bytes, 0, SECTOR);
	n = sector < h->sectors ? pread(h->disk, bytes, SECTOR, (off_t)(sector * SECTOR)) : -1;
	return n == SECTOR || (n > 0 && sector + 1 == h->sectors);
}

static bool block_write(void *context, uint64_t sector, const void *bytes)
{
	struct host *h = context;

	if (sector >= h->sectors)
		return false;
	if (h->disk_copy)
		return copy_write(h, sector, bytes);
	return pwrite(h->disk, bytes, SECTOR, (off_t)(sector * SECTOR)) == SECTOR;
}

static bool open_disk(struct host *h, const char *path, bool copy, char *error)
{
	off_t size;

	h->disk_copy = copy;
	h->disk = open(path, (copy ? O_RDONLY : O_RDWR) | O_CLOEXEC | O_NONBLOCK);
	size = h->disk >= 0 ? lseek(h->disk, 0, SEEK_END) : -1;
	if (size < 0) {
		snprintf(error, 256, "disk %.180s: %.50s", path, strerror(errno));
		return false;
	}
	if ((uint64_t)size > (uint64_t)INT64_MAX / 2) {
		snprintf(error, 256, "disk %.200s: not a file of a definite size", path);
		return false;
	}
	h->sectors = ((uint64_t)size + SECTOR - 1) / SECTOR;
	return true;
}

/* --- network --- */

static void enqueue(struct host *h, struct frame *f)
{
	struct frame **end = &h->queue;

	if (!f || h->queued == QUEUE_MAX) {
		free(f); /* lost, as frames may be */
		return;
	}
	while (*end)
		end = &(*end)->next;
	*end = f;
	f->next = NULL;
	h->queued++;
}

static void net_send(void *context, const void *bytes, unsigned length)
{
	struct host *h = context;
	struct frame *reply = h->replies;

	if (h->capture)
		capture_frame(h->capture, bytes, length);
	if (h->other)
		enqueue(h->other, frame_new(bytes, length));
	if (reply) {
		h->replies = reply->next;
		enqueue(h, reply);
	}
}

static unsigned net_receive(void *context, void *bytes, unsigned room)
{
	struct host *h = context;
	struct frame *f = h->queue;
	unsigned length;

	if (!f)
		return 0;
	h->queue = f->next;
	h->queued--;
	length = f->length < room ? f->length : room;
	memcpy(bytes, f->bytes, length);
	free(f);
	if (h->capture)
		capture_frame(h->capture, bytes, length);
	return length;
}

static bool net_listens(void *context)
{
	const struct host *h = context;

	return h->other || h->queue;
}

void host_connect(struct host *a, struct host *b)
{
	a->other = b;
	b->other = a;
}

/* --- making --- */

struct host *host_new(const struct host_options *o, char *error)
{
	struct host *h = calloc(1, sizeof *h);

	snprintf(error, 256, "out of memory");
	if (!h)
		return NULL;
	h->outside = (struct outside){h, console_put, console_get, console_wait, block_size, block_read, block_write, net_send, net_receive,
				      net_listens};
	h->in = o->console_in;
	h->out = o->console_out;
	h->disk = -1;
	if (o->input && !(h->input = fopen(o->input, "rb"))) {
		snprintf(error, 256, "input %.180s: %.50s", o->input, strerror(errno));
		goto failed;
	}
	if (o->disk && !open_disk(h, o->disk, o->disk_copy, error))
		goto failed;
	if (o->replies && !capture_read(o->replies, &h->replies, error))
		goto failed;
	if (o->capture && !(h->capture = capture_new(o->capture, error)))
		goto failed;
	return h;
failed:
	host_free(h);
	return NULL;
}

struct outside *host_outside(struct host *h)
{
	return &h->outside;
}

const char *host_console(const struct host *h, size_t *length)
{
	*length = h->console.length;
	return buf_text(&h->console);
}

void host_free(struct host *h)
{
	if (!h)
		return;
	if (h->other)
		h->other->other = NULL;
	if (h->input)
		fclose(h->input);
	if (h->disk >= 0)
		close(h->disk);
	tdestroy(h->copies, free);
	if (h->capture && !capture_free(h->capture))
		fprintf(stderr, "isolde: the capture file is incomplete: it could not be written\n");
	frames_free(h->replies);
	frames_free(h->queue);
	buf_free(&h->console);
	free(h);
}
