/* Block device (virtio 1.2, section 5.2). Requests take no time. */
#include <string.h>

#include "virtio.h"

enum { FEATURE_SEG_MAX = 1 << 2, FEATURE_BLK_SIZE = 1 << 6, FEATURE_FLUSH = 1 << 9 };
enum { TYPE_IN = 0, TYPE_OUT = 1, TYPE_FLUSH = 4, TYPE_GET_ID = 8 };
enum { STATUS_OK = 0, STATUS_IOERR = 1, STATUS_UNSUPP = 2 };
enum { HEADER = 16, ID_BYTES = 20 };

static uint64_t sectors(const struct device *d)
{
	const struct outside *o = d->machine->outside;

	return o && o->block_size ? o->block_size(o->context) : 0;
}

/* struct virtio_blk_config: capacity 0, seg_max 12, blk_size 20. */
static uint8_t config(struct device *d, uint64_t offset)
{
	if (offset < 8)
		return (uint8_t)(sectors(d) >> 8 * offset);
	if (offset >= 12 && offset < 16)
		return (uint8_t)((VIRTIO_QUEUE_MAX - 2) >> 8 * (offset - 12));
	if (offset >= 20 && offset < 24)
		return (uint8_t)(SECTOR >> 8 * (offset - 20));
	return 0;
}

static uint64_t number(const unsigned char *bytes, unsigned count)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < count; i++)
		value |= (uint64_t)bytes[i] << 8 * i;
	return value;
}

/* The data is whole sectors, and all of them exist. */
static bool fits(const struct device *d, uint64_t sector, uint64_t bytes)
{
	uint64_t all = sectors(d), count = bytes / SECTOR;

	return !(bytes % SECTOR) && sector <= all && count <= all - sector;
}

static uint8_t read_sectors(struct device *d, const struct chain *c, uint64_t sector, uint64_t *written)
{
	const struct outside *o = d->machine->outside;
	unsigned char bytes[SECTOR];
	uint64_t room = c->to_write - 1;

	if (!fits(d, sector, room))
		return STATUS_IOERR;
	for (uint64_t at = 0; at < room; at += SECTOR, *written = at) {
		if (!o->block_read || !o->block_read(o->context, sector++, bytes))
			return STATUS_IOERR;
		virtio_put(d, c, at, bytes, SECTOR);
	}
	return STATUS_OK;
}

static uint8_t write_sectors(struct device *d, const struct chain *c, uint64_t sector)
{
	const struct outside *o = d->machine->outside;
	unsigned char bytes[SECTOR];

	if (!fits(d, sector, c->to_read - HEADER))
		return STATUS_IOERR;
	for (uint64_t at = HEADER; at < c->to_read; at += SECTOR) {
		virtio_get(d, c, at, bytes, SECTOR);
		if (!o->block_write || !o->block_write(o->context, sector++, bytes))
			return STATUS_IOERR;
	}
	return STATUS_OK;
}

static uint8_t name(struct device *d, const struct chain *c, uint64_t *written)
{
	static const char id[ID_BYTES] = "isolde";
	uint64_t room = c->to_write - 1;

	*written = room < ID_BYTES ? room : ID_BYTES;
	virtio_put(d, c, 0, id, *written);
	return STATUS_OK;
}

/* The last byte that the device writes is the status. A request without header or room for it is returned as it is. */
static uint64_t serve(struct device *d, const struct chain *c)
{
	unsigned char header[HEADER];
	uint64_t written = 0, sector;
	uint8_t status;

	if (c->to_read < HEADER || !c->to_write)
		return 0;
	virtio_get(d, c, 0, header, HEADER);
	sector = number(header + 8, 8);
	switch (number(header, 4)) {
	case TYPE_IN: status = read_sectors(d, c, sector, &written); break;
	case TYPE_OUT: status = write_sectors(d, c, sector); break;
	case TYPE_FLUSH: status = STATUS_OK; break; /* nothing is kept back */
	case TYPE_GET_ID: status = name(d, c, &written); break;
	default: status = STATUS_UNSUPP; break;
	}
	virtio_put(d, c, c->to_write - 1, &status, 1);
	return written + 1;
}

static void notified(struct device *d, unsigned queue)
{
	struct chain chain;

	for (unsigned n = 0; n < VIRTIO_QUEUE_MAX && virtio_take(d, queue, &chain); n++)
		virtio_give(d, queue, &chain, serve(d, &chain));
}

static const struct virtio_kind kind = {.id = 2, .queues = 1, .features = VIRTIO_VERSION_1 | FEATURE_SEG_MAX | FEATURE_BLK_SIZE | FEATURE_FLUSH,
	.config = config, .notified = notified};

static void reset(struct device *d)
{
	virtio_reset(d, &kind);
}

static const char *const keys[] = {"interrupt", NULL};

const struct device_model virtio_block_model = {.name = "virtio-block", .text = "block device on virtio-mmio (QEMU virt)", .size = VIRTIO_SIZE,
	.keys = keys, .state = sizeof(struct virtio), .reset = reset, .read = virtio_read, .write = virtio_write};
