/* Paper model: a disk with DMA and, for those who do without, a buffer behind a port. Commands take no time. */
#include "models.h"

#include <string.h>

enum { SECTOR_NUMBER, ADDRESS, COUNT, COMMAND, STATUS, CONTROL, DATA, SIZE, POSITION, REGISTERS = 16 };
enum { READ_DMA = 1, WRITE_DMA, READ_BUFFER, WRITE_BUFFER, COUNT_MAX = 65536 };

struct disk {
	uint32_t sector, address, count;
	bool failed, done, enabled;
	unsigned position;
	unsigned char buffer[SECTOR];
};

static uint64_t sectors(const struct device *d)
{
	const struct outside *o = d->machine->outside;

	return o && o->block_size ? o->block_size(o->context) : 0;
}

static bool get(struct device *d, uint64_t sector, void *bytes)
{
	const struct outside *o = d->machine->outside;

	return sector < sectors(d) && o->block_read && o->block_read(o->context, sector, bytes);
}

static bool put(struct device *d, uint64_t sector, const void *bytes)
{
	const struct outside *o = d->machine->outside;

	return sector < sectors(d) && o->block_write && o->block_write(o->context, sector, bytes);
}

static uint64_t units_per_sector(const struct device *d)
{
	unsigned bytes = d->machine->isa->memory.unit / 8;

	return bytes ? (SECTOR + bytes - 1) / bytes : 0;
}

/* Whether all of it exists is asked first: a command is carried out as a whole or not at all, but for the host's own errors. */
static bool possible(struct device *d, const struct disk *k)
{
	uint64_t per = units_per_sector(d), unit;

	return per && k->count && k->count <= COUNT_MAX && (uint64_t)k->sector + k->count <= sectors(d) &&
	       machine_read(d->machine, k->address, &unit, 1) && machine_read(d->machine, k->address + per * k->count - 1, &unit, 1);
}

static bool transfer(struct device *d, struct disk *k, bool to_disk)
{
	unsigned char bytes[SECTOR];
	bool fine = possible(d, k);

	for (uint32_t i = 0; fine && i < k->count; i++) {
		uint64_t at = k->address + i * units_per_sector(d), sector = (uint64_t)k->sector + i;

		fine = to_disk ? device_dma_read(d, at, bytes, SECTOR) && put(d, sector, bytes)
			       : get(d, sector, bytes) && device_dma_write(d, at, bytes, SECTOR);
	}
	return fine;
}

static void command(struct device *d, struct disk *k, uint64_t what)
{
	bool fine = false;

	if (what == READ_DMA || what == WRITE_DMA)
		fine = transfer(d, k, what == WRITE_DMA);
	else if (what == READ_BUFFER)
		fine = get(d, k->sector, k->buffer);
	else if (what == WRITE_BUFFER)
		fine = put(d, k->sector, k->buffer);
	if (what == READ_BUFFER || what == WRITE_BUFFER)
		k->position = 0;
	k->failed = !fine;
	k->done = true;
}

/* How many bytes an access to DATA moves. */
static unsigned data_bytes(unsigned width)
{
	return width >= 32 ? 4 : width >= 8 ? width / 8 : 1;
}

static bool first_is_high(const struct device *d)
{
	return d->machine->isa->memory.big_endian || d->machine->isa->memory.unit > 8;
}

static uint64_t data_read(const struct device *d, struct disk *k, unsigned width)
{
	unsigned n = data_bytes(width);
	uint64_t value = 0;

	for (unsigned i = 0; i < n; i++) {
		value |= (uint64_t)k->buffer[k->position] << 8 * (first_is_high(d) ? n - 1 - i : i);
		k->position = (k->position + 1) % SECTOR;
	}
	return value;
}

static void data_write(const struct device *d, struct disk *k, unsigned width, uint64_t value)
{
	unsigned n = data_bytes(width);

	for (unsigned i = 0; i < n; i++) {
		k->buffer[k->position] = (unsigned char)(value >> 8 * (first_is_high(d) ? n - 1 - i : i));
		k->position = (k->position + 1) % SECTOR;
	}
}

static void reset(struct device *d)
{
	memset(d->state, 0, sizeof(struct disk));
	((struct disk *)d->state)->count = 1;
	device_wire(d, "interrupt", false);
}

static uint64_t read(struct device *d, uint64_t reg, unsigned width)
{
	struct disk *k = d->state;
	uint64_t size = sectors(d);

	switch (reg) {
	case SECTOR_NUMBER: return k->sector;
	case ADDRESS: return k->address;
	case COUNT: return k->count;
	case STATUS: return 1u | (uint64_t)k->failed << 1 | (uint64_t)k->done << 2;
	case CONTROL: return k->enabled;
	case DATA: return data_read(d, k, width);
	case SIZE: return size > UINT32_MAX ? UINT32_MAX : size;
	case POSITION: return k->position;
	default: return 0;
	}
}

static void write(struct device *d, uint64_t reg, unsigned width, uint64_t value)
{
	struct disk *k = d->state;

	switch (reg) {
	case SECTOR_NUMBER: k->sector = (uint32_t)value; break;
	case ADDRESS: k->address = (uint32_t)value; break;
	case COUNT: k->count = (uint32_t)value; break;
	case COMMAND: command(d, k, value); break;
	case STATUS: k->done = k->done && !(value & 4); break;
	case CONTROL: k->enabled = value & 1; break;
	case DATA: data_write(d, k, width, value); break;
	case POSITION: k->position = value % SECTOR; break;
	default: break;
	}
	device_wire(d, "interrupt", k->enabled && k->done);
}

static const char *const keys[] = {"interrupt", NULL};

const struct device_model disk_model = {.name = "disk", .text = "sectors of 512 bytes, by DMA or through a port", .size = REGISTERS,
	.words = true, .keys = keys, .state = sizeof(struct disk), .reset = reset, .read = read, .write = write};
