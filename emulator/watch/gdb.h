#ifndef ISOLDE_GDB_H
#define ISOLDE_GDB_H
/* The remote serial protocol of gdb ("Appendix E" of its manual). Internal to watch/. */
#include "debugger.h"

enum { PACKET_MAX = 0x4000 };

struct gdb_register {
	const struct reg *reg; /* NULL: one that gdb wants and the description does not have; it is 0 */
	unsigned element, bits, feature;
	char name[32];
};

struct gdb {
	struct debugger *d;
	int fd;
	bool silent;         /* no acknowledgements any more */
	bool break_word;     /* gdb knows stop reason swbreak */
	unsigned char in[4096];
	size_t in_at, in_end;
	char packet[PACKET_MAX + 1]; /* the last one received, unescaped, with a 0 behind it */
	size_t length;
	struct gdb_register *registers;
	unsigned count;
	struct buf xml;
	struct buf reply;
	char stop[64];       /* why it stands still */
	bool leaves, go_on;
};

/* gdb_wire.c. Waits for a connection; -1 after a message in error[256]. */
int gdb_accept(const char *where, FILE *out, char *error);
/* The next packet; a lone interrupt is the packet "\3". False: the connection has ended. */
bool gdb_receive(struct gdb *g);
void gdb_send(struct gdb *g, const char *text);
/* Whether gdb has interrupted, or gone, while the machine runs. */
bool gdb_interrupted(struct gdb *g);
/* Hexadecimal digits of bytes, and back: how many bytes there were. */
void gdb_hex(struct buf *out, const void *bytes, size_t count);
size_t gdb_unhex(const char *text, unsigned char *bytes, size_t room);

/* gdb_registers.c. Numbers the registers and writes the target description. */
void gdb_describe(struct gdb *g);
void gdb_get_register(const struct gdb *g, unsigned number, struct buf *out);
/* Returns how many digits it took; 0: none, malformed. */
size_t gdb_set_register(const struct gdb *g, unsigned number, const char *digits);
#endif
