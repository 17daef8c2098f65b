/* Connections and packets: $…#cc, acknowledged with + or -, } escapes. */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "gdb.h"

/* --- the connection --- */

static int listen_tcp(unsigned port, FILE *out)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (bind(fd, (struct sockaddr *)&a, sizeof a) || listen(fd, 1) || getsockname(fd, (struct sockaddr *)&a, &length)) {
		close(fd);
		return -1;
	}
	fprintf(out, "isolde: waiting for gdb: target remote localhost:%u\n", ntohs(a.sin_port));
	return fd;
}

static int listen_unix(const char *path, FILE *out)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd;

	if (strlen(path) >= sizeof a.sun_path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(a.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	if (bind(fd, (struct sockaddr *)&a, sizeof a) || listen(fd, 1)) {
		close(fd);
		return -1;
	}
	fprintf(out, "isolde: waiting for gdb: target remote %s\n", path);
	return fd;
}

int gdb_accept(const char *where, FILE *out, char *error)
{
	u128 port;
	bool tcp = !bits_parse(where, strlen(where), &port);
	int fd = tcp ? port < 65536 ? listen_tcp((unsigned)port, out) : (errno = EINVAL, -1) : listen_unix(where, out), got = -1;
	struct pollfd p = {.fd = fd, .events = POLLIN};

	fflush(out);
	if (fd >= 0 && poll(&p, 1, -1) > 0) /* a signal ends the waiting */
		got = accept(fd, NULL, NULL);
	if (got < 0)
		snprintf(error, 256, "%s", strerror(errno));
	if (fd >= 0)
		close(fd);
	if (fd >= 0 && !tcp)
		unlink(where);
	return got;
}

/* --- bytes --- */

/* The next byte; -1: the connection has ended. */
static int next(struct gdb *g)
{
	struct pollfd p = {.fd = g->fd, .events = POLLIN};
	ssize_t n;

	if (g->in_at < g->in_end)
		return g->in[g->in_at++];
	if (poll(&p, 1, -1) <= 0)
		return -1;
	n = read(g->fd, g->in, sizeof g->in);
	if (n <= 0)
		return -1;
	g->in_at = 0;
	g->in_end = (size_t)n;
	return g->in[g->in_at++];
}

static void put(struct gdb *g, const char *bytes, size_t count)
{
	while (count) {
		ssize_t n = send(g->fd, bytes, count, MSG_NOSIGNAL);

		if (n <= 0)
			return; /* the next read finds out */
		bytes += n;
		count -= (size_t)n;
	}
}

bool gdb_interrupted(struct gdb *g)
{
	struct pollfd p = {.fd = g->fd, .events = POLLIN};

	if (g->in_at == g->in_end && poll(&p, 1, 0) <= 0)
		return false;
	if (g->in_at < g->in_end && g->in[g->in_at] != 3)
		return true;
	next(g);
	return true;
}

/* --- packets --- */

static int digit(int c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

void gdb_hex(struct buf *out, const void *bytes, size_t count)
{
	const unsigned char *b = bytes;

	for (size_t i = 0; i < count; i++)
		buf_printf(out, "%02x", b[i]);
}

size_t gdb_unhex(const char *text, unsigned char *bytes, size_t room)
{
	size_t n = 0;

	while (n < room && digit((unsigned char)text[0]) >= 0 && digit((unsigned char)text[1]) >= 0) {
		bytes[n++] = (unsigned char)(digit((unsigned char)text[0]) << 4 | digit((unsigned char)text[1]));
		text += 2;
	}
	return n;
}

/* What follows `$`: content, `#`, check sum. 1: fine, 0: damaged or too long, -1: the end. */
static int content(struct gdb *g)
{
	unsigned sum = 0;
	bool fits = true, escaped = false;
	int c, high, low;

	g->length = 0;
	while ((c = next(g)) >= 0 && c != '#') {
		sum += (unsigned)c;
		if (c == '}' && !escaped) {
			escaped = true;
			continue;
		}
		fits = fits && g->length < PACKET_MAX;
		if (fits)
			g->packet[g->length++] = (char)(escaped ? c ^ 0x20 : c);
		escaped = false;
	}
	high = c < 0 ? -1 : next(g);
	low = high < 0 ? -1 : next(g);
	g->packet[g->length] = 0;
	if (low < 0)
		return -1;
	return fits && digit(high) >= 0 && digit(low) >= 0 && (unsigned)(digit(high) << 4 | digit(low)) == (sum & 0xff);
}

bool gdb_receive(struct gdb *g)
{
	for (;;) {
		int c = next(g), fine;

		if (c < 0)
			return false;
		if (c == 3) {
			g->packet[0] = 3;
			g->packet[1] = 0;
			g->length = 1;
			return true;
		}
		if (c != '$')
			continue; /* acknowledgements; connections do not lose anything */
		fine = content(g);
		if (fine < 0)
			return false;
		if (!g->silent)
			put(g, fine ? "+" : "-", 1);
		if (fine)
			return true;
	}
}

void gdb_send(struct gdb *g, const char *text)
{
	struct buf out = {0};
	unsigned sum = 0;

	buf_puts(&out, "$");
	for (const char *c = text; *c; c++) {
		char escaped[2] = {'}', (char)(*c ^ 0x20)};
		bool escape = strchr("#$}*", *c);

		buf_add(&out, escape ? escaped : c, escape ? 2 : 1);
	}
	for (size_t i = 1; i < out.length; i++)
		sum += (unsigned char)out.text[i];
	buf_printf(&out, "#%02x", sum & 0xff);
	put(g, out.text, out.length);
	buf_free(&out);
}
