/* The disk ("Block Device"). One request at a time; whoever wants another one waits. */
#include "kernel.h"
#include "virtio.h"

static struct virtio *device;
static struct queue queue;
static bool busy, done;
static struct {
	uint32_t type, reserved;
	uint64_t sector;
} request;
static volatile unsigned char status;

static void interrupt(void)
{
	unsigned first, size;

	virtio_acknowledge(device);
	while (virtio_take(&queue, &first, &size))
		done = true;
	process_wake(&done);
}

void block_start(struct virtio *v)
{
	device = v;
	if (!virtio_begin(v, 0) || !virtio_queue(v, 0, &queue))
		panic("the disk cannot be used");
	virtio_end(v, interrupt);
}

bool block_read(uint64_t sector, void *to, unsigned count)
{
	bool good;

	while (busy)
		process_sleep(&busy);
	busy = true;
	done = false;
	request.type = 0; /* a read */
	request.sector = sector;
	status = 255;
	queue.descriptors[0] = (struct descriptor){(uint64_t)&request, sizeof request, DESCRIPTOR_NEXT, 1};
	queue.descriptors[1] = (struct descriptor){(uint64_t)to, count * 512, DESCRIPTOR_NEXT | DESCRIPTOR_WRITE, 2};
	queue.descriptors[2] = (struct descriptor){(uint64_t)&status, 1, DESCRIPTOR_WRITE, 0};
	virtio_offer(device, 0, &queue, 0);
	while (!done)
		process_sleep(&done);
	good = status == 0;
	busy = false;
	process_wake(&busy);
	return good;
}
