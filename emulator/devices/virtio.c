#include "virtio.h"

#include <string.h>

enum { MAGIC = 0x00, VERSION = 0x04, DEVICE_ID = 0x08, VENDOR = 0x0c, DEVICE_FEATURES = 0x10, DEVICE_SELECT = 0x14, DRIVER_FEATURES = 0x20,
       DRIVER_SELECT = 0x24, QUEUE_SELECT = 0x30, QUEUE_SIZE_MAX = 0x34, QUEUE_SIZE = 0x38, QUEUE_READY = 0x44, QUEUE_NOTIFY = 0x50,
       INTERRUPT_STATUS = 0x60, INTERRUPT_ACK = 0x64, STATUS = 0x70, QUEUE_DESCRIPTORS = 0x80, QUEUE_DRIVER = 0x90, QUEUE_DEVICE = 0xa0,
       SHARED_LENGTH = 0xb0, SHARED_END = 0xc0, CONFIG = 0x100 };
enum { DRIVER_OK = 4, FEATURES_OK = 8, NEEDS_RESET = 0x40 };
enum { INTERRUPT_USED = 1, INTERRUPT_CONFIG = 2 };
enum { FLAG_NEXT = 1, FLAG_WRITE = 2, FLAG_INDIRECT = 4, NO_INTERRUPT = 1 };
enum { DESCRIPTOR = 16, RING = 4, USED = 8 };

static void drive(struct device *d)
{
	const struct virtio *v = d->state;

	device_wire(d, "interrupt", v->interrupts != 0);
}

void virtio_reset(struct device *d, const struct virtio_kind *kind)
{
	*(struct virtio *)d->state = (struct virtio){.kind = kind};
	drive(d);
}

/* --- storage as the queues see it: little-endian whatever the machine is (virtio 1.2, section 2.7.3) --- */

static bool get_number(struct device *d, uint64_t at, unsigned bytes, uint64_t *value)
{
	unsigned char part[8];

	if (!device_dma_read(d, at, part, bytes))
		return false;
	*value = 0;
	for (unsigned i = 0; i < bytes; i++)
		*value |= (uint64_t)part[i] << 8 * i;
	return true;
}

static bool put_number(struct device *d, uint64_t at, unsigned bytes, uint64_t value)
{
	unsigned char part[8];

	for (unsigned i = 0; i < bytes; i++)
		part[i] = (unsigned char)(value >> 8 * i);
	return device_dma_write(d, at, part, bytes);
}

static bool is_there(struct device *d, uint64_t at, uint64_t count)
{
	uint64_t unit;

	return !count || (count - 1 <= ~at && machine_read(d->machine, at, &unit, 1) && machine_read(d->machine, at + (count - 1), &unit, 1));
}

/* Malformed: nothing more happens until the driver resets the device, and it is told so. */
static void needs_reset(struct device *d)
{
	struct virtio *v = d->state;

	v->status |= NEEDS_RESET;
	if (v->status & DRIVER_OK)
		v->interrupts |= INTERRUPT_CONFIG;
	drive(d);
}

/* --- queues --- */

/* Sizes are powers of two, the parts are aligned and exist (section 2.7). */
static bool queue_is_sound(struct device *d, const struct virtqueue *q)
{
	uint64_t n = q->size;

	return n && n <= VIRTIO_QUEUE_MAX && !(n & (n - 1)) && !(q->descriptors % 16) && !(q->driver % 2) && !(q->device % 4) &&
	       is_there(d, q->descriptors, DESCRIPTOR * n) && is_there(d, q->driver, RING + 2 * n) && is_there(d, q->device, RING + USED * n);
}

static bool add_piece(struct device *d, struct chain *c, uint64_t at, uint32_t length, bool write)
{
	if (!is_there(d, at, length) || (!write && c->readable != c->count))
		return false;
	c->pieces[c->count++] = (struct piece){at, length};
	*(write ? &c->to_write : &c->to_read) += length;
	c->readable += !write;
	return c->to_read + c->to_write <= VIRTIO_CHAIN_MAX;
}

/* A chain has no more descriptors than the queue: a loop is too long. */
static bool follow(struct device *d, const struct virtqueue *q, struct chain *c)
{
	uint64_t next = c->head, at = 0, length = 0, flags = FLAG_NEXT;

	c->count = c->readable = 0;
	c->to_read = c->to_write = 0;
	while (flags & FLAG_NEXT) {
		uint64_t descriptor = q->descriptors + DESCRIPTOR * next;

		if (next >= q->size || c->count == q->size || !get_number(d, descriptor, 8, &at) || !get_number(d, descriptor + 8, 4, &length) ||
		    !get_number(d, descriptor + 12, 2, &flags) || !get_number(d, descriptor + 14, 2, &next) || flags & FLAG_INDIRECT ||
		    !add_piece(d, c, at, (uint32_t)length, flags & FLAG_WRITE))
			return false;
	}
	return true;
}

bool virtio_take(struct device *d, unsigned queue, struct chain *chain)
{
	struct virtio *v = d->state;
	struct virtqueue *q = &v->queues[queue];
	uint64_t index, head;

	if ((v->status & (DRIVER_OK | NEEDS_RESET)) != DRIVER_OK || !q->ready)
		return false;
	if (!queue_is_sound(d, q) || !get_number(d, q->driver + 2, 2, &index) || (uint16_t)(index - q->taken) > q->size)
		goto malformed;
	if ((uint16_t)index == q->taken)
		return false;
	if (!get_number(d, q->driver + RING + 2 * (q->taken % q->size), 2, &head))
		goto malformed;
	chain->head = (uint16_t)head;
	if (!follow(d, q, chain))
		goto malformed;
	q->taken++;
	return true;
malformed:
	needs_reset(d);
	return false;
}

void virtio_give(struct device *d, unsigned queue, const struct chain *chain, uint64_t written)
{
	struct virtio *v = d->state;
	struct virtqueue *q = &v->queues[queue];
	uint64_t entry = q->device + RING + USED * (q->used % q->size), flags;

	if (!queue_is_sound(d, q) || !put_number(d, entry, 4, chain->head) || !put_number(d, entry + 4, 4, written) ||
	    !put_number(d, q->device + 2, 2, ++q->used) || !get_number(d, q->driver, 2, &flags)) {
		needs_reset(d);
		return;
	}
	if (!(flags & NO_INTERRUPT))
		v->interrupts |= INTERRUPT_USED;
	drive(d);
}

/* Calls `move` for each part of the bytes from `offset` on, in the pieces from `first` on. */
static void move(struct device *d, const struct chain *c, unsigned first, uint64_t offset, unsigned char *bytes, uint64_t count, bool write)
{
	for (unsigned i = first; count && i < c->count; i++) {
		const struct piece *p = &c->pieces[i];
		uint64_t here = offset < p->length ? p->length - offset : 0;

		here = here < count ? here : count;
		if (here && write)
			device_dma_write(d, p->at + offset, bytes, here);
		else if (here)
			device_dma_read(d, p->at + offset, bytes, here);
		offset -= offset < p->length ? offset : p->length;
		bytes += here;
		count -= here;
	}
}

void virtio_get(struct device *d, const struct chain *chain, uint64_t offset, void *bytes, uint64_t count)
{
	move(d, chain, 0, offset, bytes, count, false);
}

void virtio_put(struct device *d, const struct chain *chain, uint64_t offset, const void *bytes, uint64_t count)
{
	move(d, chain, chain->readable, offset, (unsigned char *)(uintptr_t)bytes, count, true);
}

/* --- registers --- */

static const struct virtqueue *selected(const struct virtio *v)
{
	return v->queue_select < v->kind->queues ? &v->queues[v->queue_select] : NULL;
}

static uint32_t half(uint64_t value, uint32_t which)
{
	return which > 1 ? 0 : (uint32_t)(value >> 32 * which);
}

static uint32_t read_register(const struct virtio *v, uint64_t at)
{
	const struct virtqueue *q = selected(v);

	switch (at) {
	case MAGIC: return 0x74726976;
	case VERSION: return 2;
	case DEVICE_ID: return v->kind->id;
	case VENDOR: return 0x4c4f5349;
	case DEVICE_FEATURES: return half(v->kind->features, v->device_select);
	case QUEUE_SIZE_MAX: return q ? VIRTIO_QUEUE_MAX : 0;
	case QUEUE_READY: return q && q->ready;
	case INTERRUPT_STATUS: return v->interrupts;
	case STATUS: return v->status;
	default: return at >= SHARED_LENGTH && at < SHARED_END ? ~(uint32_t)0 : 0; /* no shared memory (section 4.2.2) */
	}
}

/* Registers have 32 bits; what a narrower access sees is cut out of them. The config space is read byte by byte. */
uint64_t virtio_read(struct device *d, uint64_t offset, unsigned width)
{
	const struct virtio *v = d->state;
	uint64_t value = 0;

	if (offset < CONFIG)
		return read_register(v, offset / 4 * 4) >> 8 * (offset % 4);
	for (unsigned i = 0; i < width / 8; i++)
		value |= (uint64_t)v->kind->config(d, offset - CONFIG + i) << 8 * i;
	return value;
}

/* Features may be chosen only among those offered, VERSION_1 with them (sections 2.2 and 6.1). */
static bool features_are_fine(const struct virtio *v)
{
	return !(v->driver_features & ~v->kind->features) && v->driver_features & VIRTIO_VERSION_1;
}

static void write_status(struct device *d, uint32_t value)
{
	struct virtio *v = d->state;

	if (!value) {
		d->model->reset(d);
		return;
	}
	if (!(v->status & FEATURES_OK) && !features_are_fine(v))
		value &= ~(uint32_t)(FEATURES_OK | DRIVER_OK);
	v->status = (value & 0xff & ~(uint32_t)NEEDS_RESET) | (v->status & NEEDS_RESET);
}

static void set_half(uint64_t *whole, unsigned which, uint32_t value)
{
	if (which <= 1)
		*whole = (*whole & ~((uint64_t)0xffffffff << 32 * which)) | (uint64_t)value << 32 * which;
}

static void make_ready(struct device *d, struct virtqueue *q, bool ready)
{
	if (ready && !q->ready)
		q->taken = q->used = 0;
	q->ready = ready;
	if (ready && !queue_is_sound(d, q))
		needs_reset(d);
}

/* Of the selected queue; a queue that is ready does not change. */
static void write_queue(struct device *d, uint64_t at, uint32_t value)
{
	struct virtio *v = d->state;
	struct virtqueue *q = v->queue_select < v->kind->queues ? &v->queues[v->queue_select] : NULL;

	if (q && at == QUEUE_READY)
		make_ready(d, q, value & 1);
	if (!q || q->ready)
		return;
	switch (at) {
	case QUEUE_SIZE: q->size = value; break;
	case QUEUE_DESCRIPTORS:
	case QUEUE_DESCRIPTORS + 4: set_half(&q->descriptors, at != QUEUE_DESCRIPTORS, value); break;
	case QUEUE_DRIVER:
	case QUEUE_DRIVER + 4: set_half(&q->driver, at != QUEUE_DRIVER, value); break;
	case QUEUE_DEVICE:
	case QUEUE_DEVICE + 4: set_half(&q->device, at != QUEUE_DEVICE, value); break;
	default: break;
	}
}

/* Writes that are no whole register are ignored. */
void virtio_write(struct device *d, uint64_t offset, unsigned width, uint64_t value)
{
	struct virtio *v = d->state;
	uint32_t word = (uint32_t)value;

	if (offset % 4 || width < 32)
		return;
	switch (offset) {
	case DEVICE_SELECT: v->device_select = word; break;
	case DRIVER_SELECT: v->driver_select = word; break;
	case DRIVER_FEATURES:
		if (!(v->status & FEATURES_OK))
			set_half(&v->driver_features, v->driver_select, word);
		break;
	case QUEUE_SELECT: v->queue_select = word; break;
	case QUEUE_NOTIFY:
		if (word < v->kind->queues)
			v->kind->notified(d, word);
		break;
	case INTERRUPT_ACK: v->interrupts &= ~word; break;
	case STATUS: write_status(d, word); break;
	default: write_queue(d, offset, word); break;
	}
	drive(d);
}
