#ifndef ISOLDE_DEVICE_H
#define ISOLDE_DEVICE_H
/* Devices around a machine, as `platform:` in the description places them, and the world outside that they reach. The monitor gives a
 * virtual machine devices of the same models, with itself as their outside. */
#include "machine.h"

/* What devices reach. Every function may be NULL: nothing is there. */
struct outside {
	void *context;
	void (*console_put)(void *context, unsigned char byte);
	int (*console_get)(void *context);                        /* the next byte, or -1: none now */
	uint64_t (*block_size)(void *context);                    /* sectors of 512 bytes */
	bool (*block_read)(void *context, uint64_t sector, void *bytes);
	bool (*block_write)(void *context, uint64_t sector, const void *bytes);
	void (*net_send)(void *context, const void *frame, unsigned length);
	unsigned (*net_receive)(void *context, void *frame, unsigned room); /* 0: none now */
};

struct device_model {
	const char *name;              /* model: in the description */
	uint64_t size;                 /* address units, or ports, that it takes */
	const char *const *keys;       /* wires that it knows; NULL-terminated */
	size_t state;                  /* bytes of its own state */
	void (*reset)(struct device *);
	uint64_t (*read)(struct device *, uint64_t offset, unsigned width);               /* width in bits */
	void (*write)(struct device *, uint64_t offset, unsigned width, uint64_t value);
	uint64_t (*quiet)(struct device *);  /* steps until it changes a line by itself; NULL: never */
	void (*update)(struct device *);     /* time has passed, or the outside may have something: set lines. NULL: nothing to do */
	void (*line)(struct device *, unsigned number, bool level); /* interrupt controllers: an input changes */
};

struct device {
	const struct device_model *model;
	const struct platform_device *described;
	struct machine *machine;
	void *state;
	uint64_t reads, writes;
	struct device *next;
};

/* Makes the devices of the platform; false after a message in error[256]. */
bool devices_new(struct machine *m, char *error);
void devices_free(struct machine *m);
/* The device at a physical address or port, with *offset in it; NULL if none. */
struct device *device_at(struct machine *m, bool port, uint64_t at, uint64_t *offset);
/* Access, traced. */
uint64_t device_read(struct device *d, uint64_t offset, unsigned width);
void device_write(struct device *d, uint64_t offset, unsigned width, uint64_t value);
/* For models: drives the wire `key` (`interrupt`, `timer`, …): sets the component, or the interrupt controller's input. */
void device_wire(struct device *d, const char *key, bool level);
/* Reads or writes the component that the wire `key` names (clock: mtime). */
uint64_t device_component(struct device *d, const char *key);
void device_set_component(struct device *d, const char *key, uint64_t value);
uint64_t devices_quiet(struct machine *m);
void devices_update(struct machine *m);
const struct device_model *device_model(const char *name);

/* outside.c: the host: console on file descriptors, block device in a file, network into a capture file or to another machine. */
struct host;
struct host_options {
	int console_in, console_out;    /* file descriptors; -1: none */
	const char *input;              /* NULL, or a file that is the console's input, all of it (deterministic) */
	const char *disk;               /* NULL, or a file */
	bool disk_copy;                 /* writes are kept in memory: the file stays as it was */
	const char *capture;            /* NULL, or a pcap file to write: every frame sent and received */
	const char *replies;            /* NULL, or a pcap file whose frames are received in order, one after each frame sent */
};
/* NULL after a message in error[256]. */
struct host *host_new(const struct host_options *options, char *error);
struct outside *host_outside(struct host *h);
/* Connects two hosts: what one sends the other receives. */
void host_connect(struct host *a, struct host *b);
/* Everything written to the console so far (for comparison), owned by the host. */
const char *host_console(const struct host *h, size_t *length);
void host_free(struct host *h);
#endif
