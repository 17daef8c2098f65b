/* Packets are $content#sum. The stub takes a command as the acknowledgement of its last answer, so none is sent. */
#include "gdb_client.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { ROOM = 1 << 16, NAME = 32, REGISTERS_MAX = 4096, DEPTH = 4, ALL_MAX = 64 };

struct named {
	char name[NAME];
	int number;
};

struct gdb_client {
	int fd, patience;
	bool big_endian, dead;
	unsigned due; /* answers */
	char out[ROOM], in[ROOM], answer[ROOM];
	size_t out_length, in_at, in_end;
	struct named *registers; /* of the target description; NULL: not fetched */
	unsigned register_count;
};

struct gdb_client *gdb_client_new(int fd, bool big_endian, int patience)
{
	struct gdb_client *g = calloc(1, sizeof *g);
	struct timeval most = {patience / 1000, patience % 1000 * 1000};

	if (!g)
		return NULL;
	g->fd = fd;
	g->patience = patience;
	g->big_endian = big_endian;
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof most);
	return g;
}

void gdb_client_free(struct gdb_client *g)
{
	if (!g)
		return;
	close(g->fd);
	free(g->registers);
	free(g);
}

/* --- packets --- */

static void flush(struct gdb_client *g)
{
	for (size_t at = 0; at < g->out_length && !g->dead;) {
		ssize_t n = send(g->fd, g->out + at, g->out_length - at, MSG_NOSIGNAL);

		g->dead = n <= 0;
		at += n > 0 ? (size_t)n : 0;
	}
	g->out_length = 0;
}

void gdb_put(struct gdb_client *g, const char *form, ...)
{
	unsigned char sum = 0;
	va_list rest;
	int length;
	char *at;

	if (g->out_length > ROOM / 2)
		flush(g);
	at = g->out + g->out_length;
	va_start(rest, form);
	length = vsnprintf(at + 1, ROOM - g->out_length - 8, form, rest);
	va_end(rest);
	if (length < 0 || (size_t)length >= ROOM - g->out_length - 8) {
		g->dead = true; /* no command of ours is so long */
		return;
	}
	*at = '$';
	for (int i = 1; i <= length; i++)
		sum += (unsigned char)at[i];
	g->out_length += (size_t)length + 1 + (size_t)snprintf(at + 1 + length, 4, "#%02x", sum);
	g->due++;
}

/* The next byte within `wait` milliseconds; -1: none. */
static int next(struct gdb_client *g, int wait)
{
	struct pollfd p = {.fd = g->fd, .events = POLLIN};
	ssize_t n;

	if (g->in_at == g->in_end) {
		if (poll(&p, 1, wait) <= 0)
			return -1;
		n = read(g->fd, g->in, sizeof g->in);
		if (n <= 0) {
			g->dead = true;
			return -1;
		}
		g->in_at = 0;
		g->in_end = (size_t)n;
	}
	return (unsigned char)g->in[g->in_at++];
}

/* Whether a packet begins within `wait` milliseconds; its $ has been read then. */
static bool begins(struct gdb_client *g, int wait)
{
	int c;

	while ((c = next(g, wait)) >= 0 && c != '$')
		;
	return c == '$';
}

/* The rest of a packet. */
static const char *content(struct gdb_client *g)
{
	size_t length = 0;
	int c;

	while ((c = next(g, g->patience)) >= 0 && c != '#' && length + 1 < sizeof g->answer)
		g->answer[length++] = (char)c;
	g->dead = c != '#' || next(g, g->patience) < 0 || next(g, g->patience) < 0;
	g->answer[length] = 0;
	return g->dead ? NULL : g->answer;
}

const char *gdb_take(struct gdb_client *g)
{
	flush(g);
	if (g->dead || !g->due)
		return NULL;
	g->due--;
	if (begins(g, g->patience))
		return content(g);
	g->dead = true;
	return NULL;
}

bool gdb_settle(struct gdb_client *g)
{
	bool good = true;

	while (g->due && !g->dead) {
		const char *answer = gdb_take(g);

		good = good && answer && !strcmp(answer, "OK");
	}
	return good && !g->dead;
}

/* --- registers --- */

static unsigned place(const struct gdb_client *g, unsigned byte, unsigned bytes)
{
	return 8 * (g->big_endian ? bytes - 1 - byte : byte);
}

static void write_byte(char *hex, unsigned byte)
{
	static const char digits[] = "0123456789abcdef";

	hex[0] = digits[byte >> 4 & 15];
	hex[1] = digits[byte & 15];
	hex[2] = 0;
}

/* As the stub's memory has it, at most 8 bytes; what is behind them. */
static char *write_value(const struct gdb_client *g, char *hex, uint64_t value, unsigned bytes)
{
	for (unsigned b = 0; b < bytes && b < 8; b++, hex += 2)
		write_byte(hex, (unsigned)(value >> place(g, b, bytes) & 255));
	return hex;
}

/* -1: no digit. */
static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* What is behind it; NULL: these are no digits. */
static const char *read_value(const struct gdb_client *g, const char *hex, uint64_t *value, unsigned bytes)
{
	*value = 0;
	for (unsigned b = 0; b < bytes; b++, hex += 2) {
		if (digit(hex[0]) < 0 || digit(hex[1]) < 0)
			return NULL;
		*value |= (uint64_t)(digit(hex[0]) << 4 | digit(hex[1])) << place(g, b, bytes);
	}
	return hex;
}

void gdb_put_register(struct gdb_client *g, int number, uint64_t value, unsigned bytes)
{
	char hex[17] = "";

	write_value(g, hex, value, bytes);
	gdb_put(g, "P%x=%s", (unsigned)number, hex);
}

void gdb_put_all(struct gdb_client *g, const struct gdb_value *values, unsigned count)
{
	char hex[16 * ALL_MAX + 1] = "", *at = hex;

	for (unsigned i = 0; i < count && i < ALL_MAX; i++)
		at = write_value(g, at, values[i].value, values[i].bytes);
	gdb_put(g, "G%s", hex);
}

void gdb_ask_all(struct gdb_client *g)
{
	gdb_put(g, "g");
}

bool gdb_take_all(struct gdb_client *g, struct gdb_value *values, unsigned count)
{
	const char *at = gdb_take(g);

	for (unsigned i = 0; i < count && at; i++)
		at = read_value(g, at, &values[i].value, values[i].bytes);
	return at;
}

void gdb_ask_register(struct gdb_client *g, int number)
{
	gdb_put(g, "p%x", (unsigned)number);
}

bool gdb_take_register(struct gdb_client *g, uint64_t *value)
{
	const char *answer = gdb_take(g);
	size_t length = answer ? strlen(answer) : 0;

	return length && length <= 16 && length % 2 == 0 && read_value(g, answer, value, (unsigned)length / 2);
}

void gdb_put_bytes(struct gdb_client *g, uint64_t at, const unsigned char *bytes, size_t count)
{
	enum { PIECE = 512 };
	char hex[2 * PIECE + 1];

	for (size_t done = 0; done < count; done += PIECE) {
		size_t n = count - done < PIECE ? count - done : PIECE;

		for (size_t i = 0; i < n; i++)
			write_byte(hex + 2 * i, bytes[done + i]);
		gdb_put(g, "M%llx,%zx:%s", (unsigned long long)(at + done), n, hex);
	}
}

/* --- the target description --- */

/* A whole annex; freed by the caller. */
static char *fetch(struct gdb_client *g, const char *annex)
{
	char *text = calloc(1, 1), *more;
	size_t length = 0, n;
	const char *answer;

	do {
		gdb_put(g, "qXfer:features:read:%s:%zx,7f0", annex, length);
		answer = gdb_take(g);
		n = answer && *answer ? strlen(answer + 1) : 0;
		more = text && answer && (*answer == 'm' || *answer == 'l') && length < 1 << 20 ? realloc(text, length + n + 1) : NULL;
		if (!more) {
			free(text);
			return NULL;
		}
		text = more;
		memcpy(text + length, answer + 1, n + 1);
		length += n;
	} while (*answer == 'm' && n);
	return text;
}

/* The value of an attribute in the element that begins at `at`. */
static bool attribute(const char *at, const char *name, char *value, size_t room)
{
	const char *end = strchr(at, '>'), *found = strstr(at, name);
	size_t length;

	if (!end || !found || found > end)
		return false;
	found += strlen(name);
	length = strcspn(found, "\"");
	if (length >= room)
		return false;
	memcpy(value, found, length);
	value[length] = 0;
	return true;
}

static void add_register(struct gdb_client *g, const char *element)
{
	struct named *r = &g->registers[g->register_count];
	char number[NAME];
	int last = g->register_count ? r[-1].number : -1;

	if (g->register_count == REGISTERS_MAX || !attribute(element, "name=\"", r->name, sizeof r->name))
		return;
	r->number = attribute(element, "regnum=\"", number, sizeof number) ? atoi(number) : last + 1;
	g->register_count++;
}

/* Registers and included annexes, in their order: a register without a number has that of the one before it and one more. */
static void read_annex(struct gdb_client *g, const char *annex, unsigned depth)
{
	char *text = depth < DEPTH ? fetch(g, annex) : NULL, included[100];

	for (const char *at = text; at && (at = strchr(at, '<')); at++)
		if (!strncmp(at, "<reg ", 5))
			add_register(g, at);
		else if (!strncmp(at, "<xi:include ", 12) && attribute(at, "href=\"", included, sizeof included))
			read_annex(g, included, depth + 1);
	free(text);
}

int gdb_register(struct gdb_client *g, const char *name)
{
	if (!g->registers) {
		g->registers = calloc(REGISTERS_MAX + 1, sizeof *g->registers);
		if (!g->registers)
			return -1;
		read_annex(g, "target.xml", 0);
	}
	for (unsigned i = 0; i < g->register_count; i++)
		if (!strcmp(g->registers[i].name, name))
			return g->registers[i].number;
	return -1;
}

/* --- steps --- */

/* The answer tells whether an interruption came in time: signal 2, not 5. */
static enum gdb_stop resume(struct gdb_client *g, const char *how, int wait)
{
	static const char interrupt = 3;
	unsigned before = g->due;
	const char *stop;

	gdb_put(g, "%s", how);
	flush(g);
	for (; before; before--) {
		const char *answer = gdb_take(g);

		if (!answer || strcmp(answer, "OK"))
			g->dead = true;
	}
	g->due = 0;
	if (g->dead)
		return GDB_DEAD;
	if (!begins(g, wait) && !g->dead)
		g->dead = send(g->fd, &interrupt, 1, MSG_NOSIGNAL) != 1 || !begins(g, g->patience);
	stop = g->dead ? NULL : content(g);
	return !stop ? GDB_DEAD : strncmp(stop, "T02", 3) ? GDB_STEPPED : GDB_WAITED;
}

enum gdb_stop gdb_step(struct gdb_client *g, int wait)
{
	return resume(g, "s", wait);
}

enum gdb_stop gdb_continue(struct gdb_client *g, int wait)
{
	return resume(g, "c", wait);
}

/* --- the monitor --- */

/* Appends the text that hexadecimal digits stand for. */
static size_t append_text(const char *hex, char *text, size_t length, size_t room)
{
	for (; digit(hex[0]) >= 0 && digit(hex[1]) >= 0 && length + 1 < room; hex += 2)
		text[length++] = (char)(digit(hex[0]) << 4 | digit(hex[1]));
	text[length] = 0;
	return length;
}

bool gdb_monitor(struct gdb_client *g, const char *command, char *text, size_t room)
{
	char hex[2 * 128 + 1] = "";
	const char *answer;
	size_t length = 0;

	for (size_t i = 0; command[i] && i < 128; i++)
		write_byte(hex + 2 * i, (unsigned char)command[i]);
	gdb_put(g, "qRcmd,%s", hex);
	text[0] = 0;
	while ((answer = gdb_take(g)) && answer[0] == 'O' && strcmp(answer, "OK")) {
		length = append_text(answer + 1, text, length, room);
		g->due++; /* another one */
	}
	return answer && !strcmp(answer, "OK");
}
