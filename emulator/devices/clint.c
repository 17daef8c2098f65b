/* The core-local interruptor of SiFive's chips and QEMU's virt board, for one hart. */
#include "models.h"

enum { MSIP = 0, MTIMECMP = 0x4000, MTIME = 0xbff8, SIZE = 0x10000 };

struct clint {
	uint64_t compare, offset;
	uint32_t software;
};

static uint64_t now(struct device *d)
{
	const struct clint *c = d->state;

	return device_wires(d, "clock") ? device_component(d, "clock") : device_time(d) + c->offset;
}

static void set_now(struct device *d, uint64_t value)
{
	struct clint *c = d->state;

	c->offset = value - device_time(d);
	device_set_component(d, "clock", value);
}

static void update(struct device *d)
{
	const struct clint *c = d->state;

	device_wire(d, "timer", now(d) >= c->compare);
	device_wire(d, "software", c->software);
}

static void reset(struct device *d)
{
	*(struct clint *)d->state = (struct clint){.compare = ~(uint64_t)0};
	device_wire(d, "timer", false);
	device_wire(d, "software", false);
}

/* Part of a register of 64 bits, from byte `at` of it. */
static uint64_t part(uint64_t value, uint64_t at)
{
	return value >> 8 * at;
}

static uint64_t with_part(uint64_t old, uint64_t at, unsigned width, uint64_t value)
{
	uint64_t mask = (width < 64 ? ((uint64_t)1 << width) - 1 : ~(uint64_t)0) << 8 * at;

	return (old & ~mask) | (value << 8 * at & mask);
}

static uint64_t read(struct device *d, uint64_t offset, unsigned width)
{
	const struct clint *c = d->state;

	(void)width;
	if (offset < MSIP + 4)
		return part(c->software, offset - MSIP);
	if (offset >= MTIMECMP && offset < MTIMECMP + 8)
		return part(c->compare, offset - MTIMECMP);
	if (offset >= MTIME && offset < MTIME + 8)
		return part(now(d), offset - MTIME);
	return 0;
}

static void write(struct device *d, uint64_t offset, unsigned width, uint64_t value)
{
	struct clint *c = d->state;

	if (offset < MSIP + 4)
		c->software = with_part(c->software, offset - MSIP, width, value) & 1;
	else if (offset >= MTIMECMP && offset < MTIMECMP + 8)
		c->compare = with_part(c->compare, offset - MTIMECMP, width, value);
	else if (offset >= MTIME && offset < MTIME + 8)
		set_now(d, with_part(now(d), offset - MTIME, width, value));
	update(d);
}

/* The clock advances by at most 1 per step. */
static uint64_t quiet(struct device *d)
{
	const struct clint *c = d->state;
	uint64_t time = now(d);

	return time >= c->compare ? ~(uint64_t)0 : c->compare - time;
}

static const char *const keys[] = {"clock", "timer", "software", NULL};

const struct device_model clint_model = {.name = "clint", .text = "core-local interruptor, one hart: timer and software interrupts (QEMU virt)",
	.size = SIZE, .keys = keys, .state = sizeof(struct clint), .reset = reset, .read = read, .write = write, .quiet = quiet, .update = update};
