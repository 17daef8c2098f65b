/* What all Virtio devices have in common: setting one up ("Device Initialization"), and its queues ("Split Virtqueues"). */
#include "virtio.h"

#include "kernel.h"

enum register_offset {
	MAGIC = 0x0, VERSION = 0x4, DEVICE = 0x8, FEATURES = 0x10, FEATURES_WORD = 0x14, WANTED = 0x20, WANTED_WORD = 0x24, QUEUE_NUMBER = 0x30,
	QUEUE_MOST = 0x34, QUEUE_SIZE = 0x38, QUEUE_READY = 0x44, NOTIFY = 0x50, INTERRUPTS = 0x60, INTERRUPTS_SEEN = 0x64, STATUS = 0x70,
	DESCRIPTORS = 0x80, AVAILABLE = 0x90, USED = 0xa0, CONFIG = 0x100
};
enum { ACKNOWLEDGE = 1, DRIVER = 2, DRIVER_OK = 4, FEATURES_OK = 8 };
enum { NETWORK = 1, BLOCK = 2, VERSION_1 = 1 /* bit 32 */ };

static volatile uint32_t *reg(const struct virtio *v, unsigned offset)
{
	return (volatile uint32_t *)(v->at + offset);
}

static void set_address(struct virtio *v, unsigned offset, const volatile void *at)
{
	*reg(v, offset) = (uint32_t)(uint64_t)at;
	*reg(v, offset + 4) = (uint32_t)((uint64_t)at >> 32);
}

bool virtio_begin(struct virtio *v, uint32_t features)
{
	*reg(v, STATUS) = 0;
	*reg(v, STATUS) = ACKNOWLEDGE;
	*reg(v, STATUS) = ACKNOWLEDGE | DRIVER;
	*reg(v, WANTED_WORD) = 0;
	*reg(v, WANTED) = features;
	*reg(v, WANTED_WORD) = 1;
	*reg(v, WANTED) = VERSION_1;
	*reg(v, STATUS) = ACKNOWLEDGE | DRIVER | FEATURES_OK;
	return (*reg(v, STATUS) & FEATURES_OK) != 0;
}

bool virtio_queue(struct virtio *v, unsigned number, struct queue *q)
{
	unsigned char *page = page_new();

	*reg(v, QUEUE_NUMBER) = number;
	if (!page || *reg(v, QUEUE_MOST) < QUEUE)
		return false;
	q->descriptors = (struct descriptor *)page;
	q->available = (struct available *)(page + 1024);
	q->used = (struct used *)(page + 2048);
	*reg(v, QUEUE_SIZE) = QUEUE;
	set_address(v, DESCRIPTORS, q->descriptors);
	set_address(v, AVAILABLE, q->available);
	set_address(v, USED, q->used);
	*reg(v, QUEUE_READY) = 1;
	return true;
}

void virtio_end(struct virtio *v, void (*interrupt)(void))
{
	*reg(v, STATUS) = ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK;
	interrupt_enable(v->source, interrupt);
}

/* The ring before its count, the count before the notification: the device may look as soon as it can see one of them. */
void virtio_offer(struct virtio *v, unsigned number, struct queue *q, unsigned first)
{
	q->available->ring[q->available->count % QUEUE] = (uint16_t)first;
	__sync_synchronize();
	q->available->count++;
	__sync_synchronize();
	*reg(v, NOTIFY) = number;
}

bool virtio_take(struct queue *q, unsigned *first, unsigned *size)
{
	if (q->seen == q->used->count)
		return false;
	__sync_synchronize();
	*first = q->used->ring[q->seen % QUEUE].first;
	*size = q->used->ring[q->seen % QUEUE].size;
	q->seen++;
	return true;
}

void virtio_acknowledge(struct virtio *v)
{
	*reg(v, INTERRUPTS_SEEN) = *reg(v, INTERRUPTS);
}

uint32_t virtio_config(const struct virtio *v, unsigned offset)
{
	return *reg(v, CONFIG + offset);
}

void virtio_start(void)
{
	static struct virtio block, network;

	for (unsigned i = 0; i < VIRTIO_SLOTS && !(block.at && network.at); i++) {
		struct virtio v = {VIRTIO + (uint64_t)i * PAGE, i + 1};

		if (*reg(&v, MAGIC) != 0x74726976 || *reg(&v, VERSION) != 2)
			continue;
		if (*reg(&v, DEVICE) == BLOCK && !block.at) {
			block = v;
			block_start(&block);
		} else if (*reg(&v, DEVICE) == NETWORK && !network.at) {
			network = v;
			network_start(&network);
		}
	}
	if (!block.at || !network.at)
		panic("there is no disk, or no network");
	print("kernel: disk and network are there\n");
}
