/* Devices that switch the machine off: the paper model, the virt board's test finisher, and the host-target interface of RISC-V's tests. */
#include "models.h"

static const char *const no_keys[] = {NULL};

static void power_write(struct device *d, uint64_t reg, unsigned width, uint64_t value)
{
	(void)width;
	if (reg == 0)
		device_off(d, (int)(value & 0xff));
}

const struct device_model power_model = {.name = "power", .text = "switches the machine off", .size = 1, .words = true, .keys = no_keys,
	.write = power_write};

/* --- sifive-test --- */

enum { PASS = 0x5555, FAIL = 0x3333, RESET = 0x7777 };

static void test_write(struct device *d, uint64_t offset, unsigned width, uint64_t value)
{
	(void)width;
	if (offset)
		return;
	if ((value & 0xffff) == FAIL)
		device_off(d, (int)(value >> 16 & 0xffff));
	else if ((value & 0xffff) == PASS || (value & 0xffff) == RESET)
		device_off(d, 0);
}

const struct device_model sifive_test_model = {.name = "sifive-test", .text = "switches the machine off (QEMU virt)", .size = 0x1000, .keys = no_keys,
	.write = test_write};

/* --- htif --- */

struct htif {
	unsigned char bytes[0x48]; /* tohost 0, fromhost 0x40 */
};

enum { TOHOST = 0, FROMHOST = 0x40 };

static void htif_reset(struct device *d)
{
	*(struct htif *)d->state = (struct htif){{0}};
}

static uint64_t htif_read(struct device *d, uint64_t offset, unsigned width)
{
	const struct htif *h = d->state;
	uint64_t value = 0;

	for (unsigned i = 0; i < width / 8 && offset + i < sizeof h->bytes; i++)
		value |= (uint64_t)h->bytes[offset + i] << 8 * i;
	return value;
}

static void put_value(struct htif *h, uint64_t offset, unsigned count, uint64_t value)
{
	for (unsigned i = 0; i < count && offset + i < sizeof h->bytes; i++)
		h->bytes[offset + i] = (unsigned char)(value >> 8 * i);
}

/* Bits 63-56: device, 55-48: command, 47-0: argument. */
static void htif_command(struct device *d, uint64_t v)
{
	struct htif *h = d->state;
	const struct outside *o = d->machine->outside;
	uint64_t device = v >> 56, command = v >> 48 & 0xff, argument = v & (((uint64_t)1 << 48) - 1);
	int byte = -1;

	if (device == 0 && argument & 1) {
		device_off(d, (int)(argument >> 1 & 0x7fffffff));
	} else if (device == 1 && command == 1) {
		if (o && o->console_put)
			o->console_put(o->context, (unsigned char)argument);
		put_value(h, FROMHOST, 8, v & ~(((uint64_t)1 << 48) - 1));
	} else if (device == 1 && command == 0) {
		if (o && o->console_get)
			byte = o->console_get(o->context);
		put_value(h, FROMHOST, 8, byte < 0 ? 0 : (uint64_t)1 << 56 | (uint64_t)(byte + 1));
	}
}

/* A doubleword is acted upon when it is written as a whole, or its upper half is. */
static void htif_write(struct device *d, uint64_t offset, unsigned width, uint64_t value)
{
	struct htif *h = d->state;
	uint64_t command;

	put_value(h, offset, width / 8, value);
	command = htif_read(d, TOHOST, 64);
	if (offset >= 8 || !command || (offset == 0 && width < 64 && !(command & 1)))
		return;
	put_value(h, TOHOST, 8, 0);
	htif_command(d, command);
}

const struct device_model htif_model = {.name = "htif", .text = "tohost and fromhost of RISC-V's test programs", .size = sizeof(struct htif),
	.over_storage = true, .keys = no_keys, .state = sizeof(struct htif), .reset = htif_reset, .read = htif_read, .write = htif_write};
