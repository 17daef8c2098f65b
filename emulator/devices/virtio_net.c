/* Network device (virtio 1.2, section 5.1): Ethernet frames without checksum, as they are. */
#include <string.h>

#include "virtio.h"

enum { FEATURE_MTU = 1 << 3, FEATURE_MAC = 1 << 5, FEATURE_STATUS = 1 << 16 };
enum { RECEIVE = 0, TRANSMIT = 1, LINK_UP = 1, MTU = 1500 };
enum { HEADER = 12, HEADER_BUFFERS = 10 }; /* struct virtio_net_hdr, num_buffers in it */

struct net {
	struct virtio virtio;
	unsigned received; /* bytes of the frame that waits */
	uint64_t poll;
	unsigned char frame[FRAME_MAX];
};

/* struct virtio_net_config: mac 0, status 6, max_virtqueue_pairs 8, mtu 10. */
static uint8_t config(struct device *d, uint64_t offset)
{
	unsigned char bytes[12] = {[6] = LINK_UP, [8] = 1, [10] = MTU & 0xff, [11] = MTU >> 8};

	station_address(d->number, bytes);
	return offset < sizeof bytes ? bytes[offset] : 0;
}

/* A frame that is too long for its buffer is lost; the buffer comes back empty. */
static void deliver(struct device *d, const struct chain *c)
{
	struct net *n = d->state;
	static const unsigned char header[HEADER] = {[HEADER_BUFFERS] = 1};
	bool fits = c->to_write >= HEADER + n->received;

	if (fits) {
		virtio_put(d, c, 0, header, HEADER);
		virtio_put(d, c, HEADER, n->frame, n->received);
	}
	virtio_give(d, RECEIVE, c, fits ? HEADER + n->received : 0);
	n->received = 0;
}

static void look(struct device *d)
{
	struct net *n = d->state;
	struct chain chain;

	for (unsigned i = 0; i < VIRTIO_QUEUE_MAX; i++) {
		if (!n->received)
			n->received = outside_receive(d->machine, n->frame, FRAME_MAX);
		if (!n->received || !virtio_take(d, RECEIVE, &chain))
			return;
		deliver(d, &chain);
	}
}

/* What is no frame is not sent. */
static void send(struct device *d, const struct chain *c)
{
	unsigned char frame[FRAME_MAX];
	const struct outside *o = d->machine->outside;

	if (c->to_read <= HEADER || c->to_read > HEADER + FRAME_MAX)
		return;
	virtio_get(d, c, HEADER, frame, c->to_read - HEADER);
	if (o && o->net_send)
		o->net_send(o->context, frame, (unsigned)(c->to_read - HEADER));
}

static void notified(struct device *d, unsigned queue)
{
	struct chain chain;

	for (unsigned n = 0; queue == TRANSMIT && n < VIRTIO_QUEUE_MAX && virtio_take(d, queue, &chain); n++) {
		send(d, &chain);
		virtio_give(d, queue, &chain, 0);
	}
	look(d);
}

static const struct virtio_kind kind = {.id = 1, .queues = 2, .features = VIRTIO_VERSION_1 | FEATURE_MTU | FEATURE_MAC | FEATURE_STATUS,
	.config = config, .notified = notified};

static void reset(struct device *d)
{
	struct net *n = d->state;

	virtio_reset(d, &kind);
	n->received = 0;
	n->poll = DEVICE_POLL;
}

static bool listens(const struct device *d)
{
	const struct net *n = d->state;
	const struct outside *o = d->machine->outside;

	return !n->received && n->virtio.queues[RECEIVE].ready && o && o->net_listens && o->net_listens(o->context);
}

static uint64_t quiet(struct device *d)
{
	const struct net *n = d->state;

	if (!listens(d))
		return ~(uint64_t)0;
	return device_until_poll(d, n->poll);
}

static void update(struct device *d)
{
	if (listens(d) && device_poll(d, &((struct net *)d->state)->poll))
		look(d);
}

static const char *const keys[] = {"interrupt", NULL};

const struct device_model virtio_net_model = {.name = "virtio-net", .text = "network device on virtio-mmio (QEMU virt)", .size = VIRTIO_SIZE,
	.keys = keys, .state = sizeof(struct net), .reset = reset, .read = virtio_read, .write = virtio_write, .quiet = quiet, .update = update};
