#ifndef VIRTIO_H
#define VIRTIO_H
/* Devices of the Virtual I/O standard, version 1.2 (its sections are named in virtio.c), with the registers of "Virtio Over MMIO". */
#include <stdbool.h>
#include <stdint.h>

enum { QUEUE = 8 }; /* entries of each queue */

struct descriptor { /* a piece of storage */
	uint64_t at;
	uint32_t size;
	uint16_t flags, next;
};
enum { DESCRIPTOR_NEXT = 1, DESCRIPTOR_WRITE = 2 /* the device writes it */ };

struct available { /* chains for the device, by their first descriptor */
	uint16_t flags, count, ring[QUEUE];
};

struct used { /* and those it is done with */
	uint16_t flags, count;
	struct { uint32_t first, size; } ring[QUEUE];
};

struct queue {
	struct descriptor *descriptors;
	volatile struct available *available;
	volatile struct used *used;
	uint16_t seen; /* of used->count */
};

struct virtio {
	uint64_t at;
	unsigned source; /* of interrupts */
};

/* Looks at the slots and starts the drivers of what it finds. */
void virtio_start(void);
/* Begins: the features that are wanted besides VERSION_1 must be on offer. False: the device cannot be used. */
bool virtio_begin(struct virtio *v, uint32_t features);
bool virtio_queue(struct virtio *v, unsigned number, struct queue *q);
void virtio_end(struct virtio *v, void (*interrupt)(void));
/* Tells the device that the chain of descriptor `first` is there for it. */
void virtio_offer(struct virtio *v, unsigned number, struct queue *q, unsigned first);
/* A chain that the device is done with: its first descriptor, and the bytes that were written. False: there is none. */
bool virtio_take(struct queue *q, unsigned *first, unsigned *size);
void virtio_acknowledge(struct virtio *v);
uint32_t virtio_config(const struct virtio *v, unsigned offset);
#endif
