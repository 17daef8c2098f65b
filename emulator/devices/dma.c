/* Bytes in storage whose units may be wider than a byte: README.md, "DMA". */
#include "models.h"

#include <string.h>

enum { CHUNK = 64 };

static bool all_there(const struct device *d, uint64_t pa, uint64_t units)
{
	uint64_t first;

	return !units || (units - 1 <= ~pa && machine_read(d->machine, pa, &first, 1) &&
			  machine_read(d->machine, pa + (units - 1), &first, 1)); /* storage is one piece */
}

static uint64_t pack(const unsigned char *bytes, unsigned per, uint64_t count)
{
	uint64_t unit = 0;

	for (unsigned i = 0; i < per; i++)
		unit = unit << 8 | (i < count ? bytes[i] : 0);
	return unit;
}

bool device_dma_write(struct device *d, uint64_t pa, const void *bytes, uint64_t count)
{
	unsigned per = d->machine->isa->memory.unit / 8;
	const unsigned char *from = bytes;
	uint64_t units[CHUNK];

	if (per == 1)
		return machine_write_bytes(d->machine, pa, bytes, count);
	if (!per || !all_there(d, pa, (count + per - 1) / per))
		return false;
	while (count) {
		unsigned n = 0;

		for (; n < CHUNK && count; n++) {
			units[n] = pack(from, per, count);
			from += count < per ? count : per;
			count -= count < per ? count : per;
		}
		if (!machine_write(d->machine, pa, units, n))
			return false;
		pa += n;
	}
	return true;
}

bool device_dma_read(struct device *d, uint64_t pa, void *bytes, uint64_t count)
{
	unsigned per = d->machine->isa->memory.unit / 8;
	unsigned char *to = bytes;
	uint64_t unit;

	if (per == 1)
		return machine_read_bytes(d->machine, pa, bytes, count);
	if (!per || !all_there(d, pa, (count + per - 1) / per))
		return false;
	for (uint64_t i = 0; i < count; i++) {
		if (!(i % per) && !machine_read(d->machine, pa + i / per, &unit, 1))
			return false;
		to[i] = (unsigned char)(unit >> 8 * (per - 1 - i % per));
	}
	return true;
}
