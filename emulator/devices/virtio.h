#ifndef ISOLDE_VIRTIO_H
#define ISOLDE_VIRTIO_H
/* What the virtio models share: the registers of virtio-mmio (virtio 1.2, section 4.2) and split queues (section 2.7). Internal to devices/. */
#include "models.h"

enum { VIRTIO_QUEUES = 2, VIRTIO_QUEUE_MAX = 256, VIRTIO_SIZE = 0x200, VIRTIO_CHAIN_MAX = 1 << 22 };
#define VIRTIO_VERSION_1 ((uint64_t)1 << 32)

struct virtqueue {
	uint64_t descriptors, driver, device; /* addresses of its three parts */
	uint32_t size;
	bool ready;
	uint16_t taken, used; /* chains so far */
};

struct virtio_kind {
	uint32_t id;
	unsigned queues;
	uint64_t features;
	/* The byte of the config space. */
	uint8_t (*config)(struct device *d, uint64_t offset);
	/* The driver has put chains into this queue. */
	void (*notified)(struct device *d, unsigned queue);
};

/* The first member of the state of every virtio model. */
struct virtio {
	const struct virtio_kind *kind;
	uint64_t driver_features;
	uint32_t device_select, driver_select, queue_select, status, interrupts;
	struct virtqueue queues[VIRTIO_QUEUES];
};

/* Descriptors of a request: first those that the device reads, then those that it writes. */
struct chain {
	uint16_t head;
	unsigned count, readable; /* descriptors; the first `readable` of them are read */
	struct piece { uint64_t at; uint32_t length; } pieces[VIRTIO_QUEUE_MAX];
	uint64_t to_read, to_write; /* bytes */
};

void virtio_reset(struct device *d, const struct virtio_kind *kind);
uint64_t virtio_read(struct device *d, uint64_t offset, unsigned width);
void virtio_write(struct device *d, uint64_t offset, unsigned width, uint64_t value);
/* The next chain of a queue, wholly in storage; false: there is none, or the queue is malformed (then the device needs a reset), or the
 * driver is not ready. */
bool virtio_take(struct device *d, unsigned queue, struct chain *chain);
/* Bytes at `offset` of what the device reads, or writes; they must be there. */
void virtio_get(struct device *d, const struct chain *chain, uint64_t offset, void *bytes, uint64_t count);
void virtio_put(struct device *d, const struct chain *chain, uint64_t offset, const void *bytes, uint64_t count);
/* Gives the chain back: `written` bytes of it were written. Interrupts the driver unless it asked for silence. */
void virtio_give(struct device *d, unsigned queue, const struct chain *chain, uint64_t written);
#endif
