/* The host behind the devices: files and descriptors, good and bad. */
#include "unit.h"

#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../emulator/device.h"

static const struct host_options nothing = {.console_in = -1, .console_out = -1};

/* A file of its own with these bytes; removed by drop(). */
static char *keep(const void *bytes, size_t length)
{
	char *path = strdup("/tmp/isolde-unit-XXXXXX");
	int fd = mkstemp(path);

	cr_assert(fd >= 0 && write(fd, bytes, length) == (ssize_t)length);
	close(fd);
	return path;
}

static void drop(char *path)
{
	remove(path);
	free(path);
}

static size_t slurp(const char *path, unsigned char *bytes, size_t room)
{
	FILE *f = fopen(path, "rb");
	size_t n;

	cr_assert(f, "%s", path);
	n = fread(bytes, 1, room, f);
	fclose(f);
	return n;
}

static struct host *host(const struct host_options *o)
{
	char error[256];
	struct host *h = host_new(o, error);

	cr_assert(h, "%s", error);
	return h;
}

static void refused(const struct host_options *o, const char *says)
{
	char error[256] = "";
	struct host *h = host_new(o, error);

	cr_expect_not(h);
	cr_expect(strstr(error, says), "'%s' does not say '%s'", error, says);
	host_free(h);
}

UNIT(host, console_on_descriptors)
{
	struct host_options o = nothing;
	int in[2], out[2];
	struct host *h;
	struct outside *w;
	char got[8] = "";
	size_t length;

	cr_assert(!pipe(in) && !pipe(out));
	o.console_in = in[0];
	o.console_out = out[1];
	h = host(&o);
	w = host_outside(h);
	cr_expect_eq(w->console_get(w->context), -1, "none now");
	cr_assert_eq(write(in[1], "a\xff", 2), 2);
	w->console_wait(w->context);
	cr_expect_eq(w->console_get(w->context), 'a');
	cr_expect_eq(w->console_get(w->context), 0xff);
	cr_expect_eq(w->console_get(w->context), -1);
	close(in[1]);
	cr_expect_eq(w->console_get(w->context), -2, "ended");
	cr_expect_eq(w->console_get(w->context), -2);
	w->console_put(w->context, 'x');
	w->console_put(w->context, 0);
	cr_expect_eq(read(out[0], got, 8), 2);
	cr_expect_eq(got[0], 'x');
	host_console(h, &length);
	cr_expect_eq(length, 2);
	close(out[0]);
	signal(SIGPIPE, SIG_IGN);
	w->console_put(w->context, 'y'); /* nobody reads: no harm */
	cr_expect_eq(host_console(h, &length)[2], 'y');
	host_free(h);
}

UNIT(host, console_from_a_file)
{
	struct host_options o = nothing;
	char *path = keep("q\0r", 3);
	struct host *h;
	struct outside *w;

	o.input = path;
	h = host(&o);
	w = host_outside(h);
	cr_expect_eq(w->console_get(w->context), 'q');
	cr_expect_eq(w->console_get(w->context), 0);
	cr_expect_eq(w->console_get(w->context), 'r');
	cr_expect_eq(w->console_get(w->context), -2);
	host_free(h);
	drop(path);
	o.input = "/nonexistent/input";
	refused(&o, "No such file");
}

UNIT(host, disk_in_a_file)
{
	unsigned char bytes[1300], sector[512];
	struct host_options o = nothing;
	char *path;
	struct host *h;
	struct outside *w;

	for (unsigned i = 0; i < sizeof bytes; i++)
		bytes[i] = (unsigned char)(i * 3 + 1);
	path = keep(bytes, sizeof bytes);
	o.disk = path;
	o.disk_copy = true;
	h = host(&o);
	w = host_outside(h);
	cr_expect_eq(w->block_size(w->context), 3, "the last one is short");
	cr_assert(w->block_read(w->context, 1, sector));
	cr_expect(!memcmp(sector, bytes + 512, 512));
	cr_assert(w->block_read(w->context, 2, sector));
	cr_expect(!memcmp(sector, bytes + 1024, 276));
	cr_expect_eq(sector[276], 0, "filled with zeros");
	cr_expect_not(w->block_read(w->context, 3, sector));
	cr_expect_not(w->block_write(w->context, 3, sector));
	cr_expect_not(w->block_read(w->context, ~(uint64_t)0 / 512, sector));
	memset(sector, 0xcc, sizeof sector);
	cr_assert(w->block_write(w->context, 1, sector));
	memset(sector, 0xdd, sizeof sector);
	cr_assert(w->block_write(w->context, 1, sector));
	memset(sector, 0, sizeof sector);
	cr_assert(w->block_read(w->context, 1, sector));
	cr_expect_eq(sector[100], 0xdd);
	host_free(h);
	cr_expect_eq(slurp(path, bytes, sizeof bytes), 1300);
	cr_expect_eq(bytes[612], (unsigned char)(612 * 3 + 1), "the file is as it was");
	o.disk_copy = false;
	h = host(&o);
	w = host_outside(h);
	cr_assert(w->block_write(w->context, 1, sector));
	cr_expect_eq(truncate(path, 600), 0);
	cr_expect_not(w->block_read(w->context, 1, sector), "the file shrank");
	host_free(h);
	slurp(path, bytes, sizeof bytes);
	cr_expect_eq(bytes[590], 0xdd, "written through");
	drop(path);
}

UNIT(host, disks_that_are_none)
{
	struct host_options o = nothing;
	char *empty = keep("", 0);
	struct host *h;

	o.disk = "/nonexistent/disk";
	refused(&o, "No such file");
	o.disk = "/tmp";
	refused(&o, "Is a directory");
	o.disk = empty;
	h = host(&o);
	cr_expect_eq(host_outside(h)->block_size(host_outside(h)->context), 0);
	host_free(h);
	drop(empty);
}

/* --- network --- */

static uint32_t number(const unsigned char *at)
{
	uint32_t value;

	memcpy(&value, at, 4); /* a capture has the byte order of who wrote it, and so has this test */
	return value;
}

/* The classic format, read by its definition: draft-ietf-opsawg-pcap, section 4. */
UNIT(host, capture_is_a_pcap_file)
{
	struct host_options o = nothing;
	unsigned char bytes[4096], frame[100];
	char *path = keep("", 0);
	struct host *a, *b;
	struct outside *w;
	size_t length;

	o.capture = path;
	a = host(&o);
	b = host(&nothing);
	host_connect(a, b);
	w = host_outside(a);
	w->net_send(w->context, memset(frame, 0x11, 60), 60);
	w->net_send(w->context, memset(frame, 0x22, 61), 61);
	w = host_outside(b);
	cr_expect(w->net_listens(w->context));
	cr_expect_eq(w->net_receive(w->context, frame, sizeof frame), 60);
	cr_expect_eq(frame[59], 0x11);
	w->net_send(w->context, memset(frame, 0x33, 70), 70);
	w = host_outside(a);
	cr_expect_eq(w->net_receive(w->context, frame, 65), 65, "cut to the room");
	cr_expect_eq(w->net_receive(w->context, frame, 65), 0);
	host_free(a);
	w = host_outside(b);
	w->net_send(w->context, frame, 60); /* into the void */
	host_free(b);
	length = slurp(path, bytes, sizeof bytes);
	cr_assert_eq(length, 24 + 3 * 16 + 60 + 61 + 65);
	cr_expect_eq(number(bytes), 0xa1b2c3d4, "magic, microseconds");
	cr_expect_eq(number(bytes + 4), 4u << 16 | 2, "version 2.4");
	cr_expect_geq(number(bytes + 16), 1514, "snapshot length");
	cr_expect_eq(number(bytes + 20), 1, "LINKTYPE_ETHERNET");
	cr_expect_eq(number(bytes + 24), 0);
	cr_expect_eq(number(bytes + 28), 0, "the first stamp");
	cr_expect_eq(number(bytes + 32), 60);
	cr_expect_eq(number(bytes + 36), 60);
	cr_expect_eq(bytes[40], 0x11);
	cr_expect_eq(number(bytes + 100 + 4), 1, "the second");
	cr_expect_eq(number(bytes + 100 + 8), 61);
	cr_expect_eq(number(bytes + 177 + 8), 65, "what was received, too");
	cr_expect_eq(bytes[193], 0x33);
	drop(path);
}

UNIT(host, a_full_queue_loses_frames)
{
	struct host *a = host(&nothing), *b = host(&nothing);
	struct outside *w = host_outside(a), *v = host_outside(b);
	unsigned char frame[60] = {0};
	unsigned n = 0;

	host_connect(a, b);
	for (unsigned i = 0; i < 10000; i++)
		w->net_send(w->context, frame, sizeof frame);
	while (v->net_receive(v->context, frame, sizeof frame))
		n++;
	cr_expect_eq(n, 256);
	host_free(b);
	host_free(a);
}

/* A capture file: header for this link type, and frames of these lengths. */
static size_t make_capture(unsigned char *bytes, uint32_t link, const unsigned *lengths, unsigned count)
{
	uint32_t header[6] = {0xa1b2c3d4, 4u << 16 | 2, 0, 0, 65535, link};
	size_t at = sizeof header;

	memcpy(bytes, header, sizeof header);
	for (unsigned i = 0; i < count; i++) {
		uint32_t record[4] = {0, 0, lengths[i], lengths[i]};

		memcpy(bytes + at, record, 16);
		memset(bytes + at + 16, (int)('a' + i), lengths[i]);
		at += 16 + lengths[i];
	}
	return at;
}

UNIT(host, replies_come_one_after_each_frame)
{
	static const unsigned lengths[] = {60, 3000, 70};
	struct host_options o = nothing;
	unsigned char bytes[8192], frame[2000];
	char *path = keep(bytes, make_capture(bytes, 1, lengths, 3));
	struct host *h;
	struct outside *w;

	o.replies = path;
	h = host(&o);
	w = host_outside(h);
	cr_expect_eq(w->net_receive(w->context, frame, 2000), 0, "nothing was sent yet");
	w->net_send(w->context, frame, 60);
	cr_expect_eq(w->net_receive(w->context, frame, 2000), 60);
	cr_expect_eq(frame[0], 'a');
	cr_expect_eq(w->net_receive(w->context, frame, 2000), 0);
	w->net_send(w->context, frame, 60);
	w->net_send(w->context, frame, 60);
	w->net_send(w->context, frame, 60);
	cr_expect_eq(w->net_receive(w->context, frame, 2000), 1514, "cut to a frame");
	cr_expect_eq(w->net_receive(w->context, frame, 2000), 70);
	cr_expect_eq(frame[0], 'c');
	cr_expect_eq(w->net_receive(w->context, frame, 2000), 0, "no more");
	host_free(h);
	drop(path);
}

UNIT(host, captures_that_are_none)
{
	static const unsigned lengths[] = {60, 60};
	struct host_options o = nothing;
	unsigned char bytes[1000];
	size_t whole = make_capture(bytes, 1, lengths, 2);
	struct { size_t length; const char *says; } rows[] = {
		{0, "truncated"}, {10, "truncated"}, {30, "truncated"}, {whole - 1, "truncated"}, {whole - 70, "truncated"},
	};

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *path = keep(bytes, rows[i].length);

		o.replies = path;
		refused(&o, rows[i].says);
		drop(path);
	}
	o.replies = keep("this is no capture, but long enough", 35);
	refused(&o, "unknown file format");
	drop((char *)o.replies);
	o.replies = keep(bytes, make_capture(bytes, 101, lengths, 2));
	refused(&o, "not Ethernet");
	drop((char *)o.replies);
	o.replies = "/nonexistent/replies";
	refused(&o, "No such file");
	o.replies = NULL;
	o.capture = "/nonexistent/capture";
	refused(&o, "No such file");
}
