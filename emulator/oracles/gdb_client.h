#ifndef ISOLDE_ORACLES_GDB_CLIENT_H
#define ISOLDE_ORACLES_GDB_CLIENT_H
/* The other end of gdb's remote protocol (gdb's manual, appendix "GDB Remote Serial Protocol"): asks a stub, such as qemu's, for registers
 * and single steps. Commands are queued and sent together, so that a state costs one exchange. A stub that ends, or is silent for longer than
 * `patience` milliseconds, is dead from then on: every function says so and none waits again. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gdb_client;

/* A client on a connected stream socket, which it owns. NULL: no memory. */
struct gdb_client *gdb_client_new(int fd, bool big_endian, int patience);
void gdb_client_free(struct gdb_client *g);

/* Queues a command. */
void gdb_put(struct gdb_client *g, const char *form, ...) __attribute__((format(printf, 2, 3)));
/* Sends what is queued; the answer to the oldest command that is not answered yet, valid until the next call. NULL: the stub is dead. */
const char *gdb_take(struct gdb_client *g);
/* Takes all answers that are due; whether each was OK. */
bool gdb_settle(struct gdb_client *g);

/* The number of a register by the stub's target description, -1: it has none of that name. The first call fetches the description. */
int gdb_register(struct gdb_client *g, const char *name);
/* Queues the writing of a register of `bytes` bytes; gdb_settle. */
void gdb_put_register(struct gdb_client *g, int number, uint64_t value, unsigned bytes);
/* Queues the reading; gdb_take_register. */
void gdb_ask_register(struct gdb_client *g, int number);
/* The answer to gdb_ask_register. False: the stub refused, or is dead. */
bool gdb_take_register(struct gdb_client *g, uint64_t *value);
/* The same for the stub's registers from number 0 on, in one exchange each. */
struct gdb_value {
	uint64_t value;
	unsigned bytes;
};
void gdb_put_all(struct gdb_client *g, const struct gdb_value *values, unsigned count);
void gdb_ask_all(struct gdb_client *g);
/* `bytes` of `values` say how wide each is. */
bool gdb_take_all(struct gdb_client *g, struct gdb_value *values, unsigned count);
/* Queues the writing of storage; gdb_settle. */
void gdb_put_bytes(struct gdb_client *g, uint64_t at, const unsigned char *bytes, size_t count);

/* Sends what is queued (answers that are due are taken, and must be OK), and makes one step. GDB_WAITED: it did not end in `wait` milliseconds
 * and was interrupted. */
enum gdb_stop { GDB_STEPPED, GDB_WAITED, GDB_DEAD } gdb_step(struct gdb_client *g, int wait);
/* The same until the stub stops by itself: at a breakpoint. */
enum gdb_stop gdb_continue(struct gdb_client *g, int wait);
/* A command of qemu's monitor (qRcmd), and what it prints, cut to `room` - 1 characters. False: the stub is dead or refuses. */
bool gdb_monitor(struct gdb_client *g, const char *command, char *text, size_t room);
#endif
