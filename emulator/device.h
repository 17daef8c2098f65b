#ifndef ISOLDE_DEVICE_H
#define ISOLDE_DEVICE_H
/* Devices around a machine, as `platform:` in the description places them, and the world outside that they reach. The monitor gives a
 * virtual machine devices of the same models, with itself as their outside. */
#include "machine.h"

/* What devices reach. Every function may be NULL: nothing is there. */
struct outside {
	void *context;
	void (*console_put)(void *context, unsigned char byte);
	int (*console_get)(void *context);                        /* the next byte; -1: none now; -2: none now and never again */
	void (*console_wait)(void *context);                      /* nothing happens before a byte comes: may sleep a moment */
	uint64_t (*block_size)(void *context);                    /* sectors of 512 bytes */
	bool (*block_read)(void *context, uint64_t sector, void *bytes);
	bool (*block_write)(void *context, uint64_t sector, const void *bytes);
	void (*net_send)(void *context, const void *frame, unsigned length);
	/* A frame, cut to `room` bytes; 0: none now. Asked after each frame that was sent, and from time to time if net_listens. */
	unsigned (*net_receive)(void *context, void *frame, unsigned room);
	bool (*net_listens)(void *context);                       /* frames may come although none was sent */
};

struct device_model {
	const char *name, *text;       /* model: in the description; what it is, in one line */
	uint64_t size;                 /* bytes, or ports, that it takes; of a model with `words`: registers */
	bool words;                    /* registers of 32 bits, numbered: `offset` below is the number (devices/README.md, "Paper models") */
	const char *const *keys;       /* wires that it knows; NULL-terminated */
	size_t state;                  /* bytes of its own state */
	void (*reset)(struct device *);
	uint64_t (*read)(struct device *, uint64_t offset, unsigned width);               /* width in bits */
	void (*write)(struct device *, uint64_t offset, unsigned width, uint64_t value);
	uint64_t (*quiet)(struct device *);  /* steps until it changes a line by itself; NULL: never */
	void (*update)(struct device *);     /* time has passed, or the outside may have something: set lines. NULL: nothing to do */
	void (*line)(struct device *, unsigned number, bool level); /* interrupt controllers: an input changes */
};

/* One end of a wire: what this device drives. */
struct line {
	const struct wire *wire;
	struct device *controller; /* NULL: a component */
	bool level;
};

struct device {
	const struct device_model *model;
	const struct platform_device *described;
	struct machine *machine;
	void *state;
	uint64_t size;         /* address units or ports */
	unsigned number;       /* among the devices of this model, from 0 */
	struct line *lines;    /* as described->wires */
	unsigned line_count;
	uint64_t reads, writes;
	struct device *next;
};

/* Makes the devices of the platform; false after a message in error[256], with the place in the description. */
bool devices_new(struct machine *m, char *error);
void devices_free(struct machine *m);
/* One device more, at reset (htif at the symbol tohost). `described` must outlive the machine. */
bool devices_add(struct machine *m, const struct platform_device *described, char *error);
/* The device at a physical address or port, with *offset in it; NULL if none. */
struct device *device_at(struct machine *m, bool port, uint64_t at, uint64_t *offset);
/* Access, traced. */
uint64_t device_read(struct device *d, uint64_t offset, unsigned width);
void device_write(struct device *d, uint64_t offset, unsigned width, uint64_t value);
/* For models: drives the wire `key` (`interrupt`, `timer`, …): sets the component, or the interrupt controller's input. */
void device_wire(struct device *d, const char *key, bool level);
/* The same for the n-th (from 0) of several wires with this key (plic: lines). */
void device_wire_of(struct device *d, const char *key, unsigned n, bool level);
/* For models: how many wires have this key. */
unsigned device_wires(const struct device *d, const char *key);
/* For models: a read has changed when the device is to be asked again. After writes the framework does it. */
void device_attend(struct device *d);
/* For models: switches the machine off. */
void device_off(struct device *d, int exit_code);
/* For models: the time, in steps since reset. */
uint64_t device_time(const struct device *d);
/* For models that ask the outside from time to time: *next is the step when it is due. True if it is due now. */
enum { DEVICE_POLL = 1 << 14 };
bool device_poll(const struct device *d, uint64_t *next);
/* Steps until then, 1 at least: what quiet() answers. */
uint64_t device_until_poll(const struct device *d, uint64_t next);
/* Reads or writes the component that the wire `key` names (clock: mtime). */
uint64_t device_component(struct device *d, const char *key);
void device_set_component(struct device *d, const char *key, uint64_t value);
uint64_t devices_quiet(struct machine *m);
void devices_update(struct machine *m);
/* The model of this name, NULL if there is none; the models by number, NULL after the last. */
const struct device_model *device_model(const char *name);
const struct device_model *device_model_number(unsigned number);
/* For models: bytes between the device and physical storage, packed as devices/README.md says ("DMA"). `pa` in address units. False if some
 * of the storage does not exist (nothing is moved then). */
bool device_dma_read(struct device *d, uint64_t pa, void *bytes, uint64_t count);
bool device_dma_write(struct device *d, uint64_t pa, const void *bytes, uint64_t count);

/* host.c: the host: console on file descriptors, block device in a file, network into a capture file or to another machine. */
struct host;
struct host_options {
	int console_in, console_out;    /* file descriptors; -1: none */
	const char *input;              /* NULL, or a file that is the console's input, all of it (deterministic) */
	const char *disk;               /* NULL, or a file */
	bool disk_copy;                 /* writes are kept in memory: the file stays as it was */
	const char *capture;            /* NULL, or a pcap file to write: every frame sent and received */
	const char *replies;            /* NULL, or a pcap or pcapng file whose frames are received in order, one after each frame sent */
};
/* NULL after a message in error[256]. */
struct host *host_new(const struct host_options *options, char *error);
struct outside *host_outside(struct host *h);
/* Connects two hosts: what one sends the other receives. */
void host_connect(struct host *a, struct host *b);
/* Everything written to the console so far, up to 2^24 bytes (for comparison), owned by the host. */
const char *host_console(const struct host *h, size_t *length);
void host_free(struct host *h);
#endif
