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

/* Takes no addresses: the program writes its own storage, and the host looks there from time to time. */
struct htif {
	uint64_t next; /* time of the next look */
};

enum { FROMHOST = 0x40, PERIOD = 256 };

static void htif_reset(struct device *d)
{
	((struct htif *)d->state)->next = 0;
}

static uint64_t htif_quiet(struct device *d)
{
	const struct htif *h = d->state;

	return h->next > device_time(d) ? h->next - device_time(d) : 1;
}

/* Doublewords in storage, in the machine's byte order. */
static bool get_doubleword(struct device *d, unsigned offset, uint64_t *value)
{
	unsigned char bytes[8];

	*value = 0;
	if (!device_dma_read(d, (uint64_t)d->described->at + offset, bytes, sizeof bytes))
		return false;
	for (unsigned i = 0; i < 8; i++)
		*value |= (uint64_t)bytes[i] << 8 * (d->machine->isa->memory.big_endian ? 7 - i : i);
	return true;
}

static void put_doubleword(struct device *d, unsigned offset, uint64_t value)
{
	unsigned char bytes[8];

	for (unsigned i = 0; i < 8; i++)
		bytes[i] = (unsigned char)(value >> 8 * (d->machine->isa->memory.big_endian ? 7 - i : i));
	device_dma_write(d, (uint64_t)d->described->at + offset, bytes, sizeof bytes);
}

/* Bits 63-56: device, 55-48: command, 47-0: argument. */
static void htif_command(struct device *d, uint64_t v)
{
	const struct outside *o = d->machine->outside;
	uint64_t device = v >> 56, command = v >> 48 & 0xff, argument = v & (((uint64_t)1 << 48) - 1);
	int byte = -1;

	if (device == 0 && argument & 1) {
		device_off(d, (int)(argument >> 1 & 0x7fffffff));
	} else if (device == 1 && command == 1) {
		if (o && o->console_put)
			o->console_put(o->context, (unsigned char)argument);
		put_doubleword(d, FROMHOST, v & ~(((uint64_t)1 << 48) - 1));
	} else if (device == 1 && command == 0) {
		if (o && o->console_get)
			byte = o->console_get(o->context);
		put_doubleword(d, FROMHOST, byte < 0 ? 0 : (uint64_t)1 << 56 | (uint64_t)(byte + 1));
	}
}

static void htif_update(struct device *d)
{
	struct htif *h = d->state;
	uint64_t command;

	if (device_time(d) < h->next)
		return;
	h->next = device_time(d) + PERIOD;
	if (!get_doubleword(d, 0, &command) || !command)
		return;
	put_doubleword(d, 0, 0);
	htif_command(d, command);
}

const struct device_model htif_model = {.name = "htif", .text = "looks at tohost and fromhost of RISC-V's test programs, in storage", .keys = no_keys,
	.state = sizeof(struct htif), .reset = htif_reset, .quiet = htif_quiet, .update = htif_update};
