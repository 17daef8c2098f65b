/* The network ("Network Device"): frames as they are, no protocol; those are a program's affair (user/ping.c). */
#include "kernel.h"
#include "virtio.h"

enum { RECEIVE, TRANSMIT, HEADER = 12, FEATURE_MAC = 1 << 5, ROOM = PAGE / 2 };

static struct virtio *device;
static struct queue queues[2];
static unsigned char *buffers[QUEUE]; /* for receiving */
static unsigned char *outgoing;
static bool sending;
unsigned char network_station[6];

static void interrupt(void)
{
	unsigned first, size;

	virtio_acknowledge(device);
	while (virtio_take(&queues[TRANSMIT], &first, &size))
		sending = false;
	process_wake(&sending);
	process_wake(&queues[RECEIVE]);
}

static void offer_buffer(unsigned i)
{
	queues[RECEIVE].descriptors[i] = (struct descriptor){(uint64_t)buffers[i], ROOM, DESCRIPTOR_WRITE, 0};
	virtio_offer(device, RECEIVE, &queues[RECEIVE], i);
}

void network_start(struct virtio *v)
{
	device = v;
	if (!virtio_begin(v, FEATURE_MAC) || !virtio_queue(v, RECEIVE, &queues[RECEIVE]) || !virtio_queue(v, TRANSMIT, &queues[TRANSMIT]))
		panic("the network cannot be used");
	virtio_end(v, interrupt);
	for (unsigned i = 0; i < QUEUE; i++) {
		buffers[i] = page_new();
		offer_buffer(i);
	}
	outgoing = page_new();
	for (unsigned i = 0; i < 6; i++)
		network_station[i] = (unsigned char)(virtio_config(v, i & 4) >> (8 * (i & 3)));
}

void network_send(const void *frame, unsigned size)
{
	while (sending)
		process_sleep(&sending);
	sending = true;
	memset(outgoing, 0, HEADER);
	memcpy(outgoing + HEADER, frame, size);
	queues[TRANSMIT].descriptors[0] = (struct descriptor){(uint64_t)outgoing, HEADER + size, 0, 0};
	virtio_offer(device, TRANSMIT, &queues[TRANSMIT], 0);
	while (sending)
		process_sleep(&sending);
}

unsigned network_receive(void *frame, unsigned room)
{
	unsigned first, size;

	while (!virtio_take(&queues[RECEIVE], &first, &size))
		process_sleep(&queues[RECEIVE]);
	size = size < HEADER ? 0 : size - HEADER;
	size = size < room ? size : room;
	memcpy(frame, buffers[first] + HEADER, size);
	offer_buffer(first);
	return size;
}
