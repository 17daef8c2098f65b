/* Paper model: a station on an Ethernet, one frame at a time. */
#include "models.h"

#include <string.h>

enum { ADDRESS, LENGTH, COMMAND, STATUS, CONTROL, RECEIVED, MAC_HIGH, MAC_LOW, REGISTERS = 16 };
enum { SEND = 1, TAKE, DROP };

struct net {
	uint32_t address, length;
	bool failed, enabled;
	unsigned received; /* bytes of the frame that waits */
	uint64_t poll;
	unsigned char frame[FRAME_MAX];
};

static void look(struct device *d)
{
	struct net *n = d->state;

	if (!n->received)
		n->received = outside_receive(d->machine, n->frame, FRAME_MAX);
	device_wire(d, "interrupt", n->enabled && n->received);
}

static bool send(struct device *d, const struct net *n)
{
	unsigned char frame[FRAME_MAX];
	const struct outside *o = d->machine->outside;

	if (!n->length || n->length > FRAME_MAX || !device_dma_read(d, n->address, frame, n->length))
		return false;
	if (o && o->net_send)
		o->net_send(o->context, frame, n->length);
	return true;
}

static bool take(struct device *d, struct net *n)
{
	uint32_t length = n->length < n->received ? n->length : n->received;

	if (!n->received || !device_dma_write(d, n->address, n->frame, length))
		return false;
	n->received = 0;
	return true;
}

static void command(struct device *d, struct net *n, uint64_t what)
{
	bool fine = false;

	if (what == SEND) {
		fine = send(d, n);
	} else if (what == TAKE) {
		fine = take(d, n);
	} else if (what == DROP) {
		fine = true;
		n->received = 0;
	}
	n->failed = !fine;
}

static void reset(struct device *d)
{
	memset(d->state, 0, sizeof(struct net));
	((struct net *)d->state)->poll = DEVICE_POLL;
	device_wire(d, "interrupt", false);
}

static uint64_t read(struct device *d, uint64_t reg, unsigned width)
{
	struct net *n = d->state;
	unsigned char mac[6];

	(void)width;
	station_address(d->number, mac);
	switch (reg) {
	case ADDRESS: return n->address;
	case LENGTH: return n->length;
	case STATUS: return (n->received != 0) | (uint64_t)n->failed << 1;
	case CONTROL: return n->enabled;
	case RECEIVED: return n->received;
	case MAC_HIGH: return (uint64_t)mac[0] << 8 | mac[1];
	case MAC_LOW: return (uint64_t)mac[2] << 24 | (uint64_t)mac[3] << 16 | (uint64_t)mac[4] << 8 | mac[5];
	default: return 0;
	}
}

static void write(struct device *d, uint64_t reg, unsigned width, uint64_t value)
{
	struct net *n = d->state;

	(void)width;
	if (reg == ADDRESS)
		n->address = (uint32_t)value;
	else if (reg == LENGTH)
		n->length = (uint32_t)value;
	else if (reg == COMMAND)
		command(d, n, value);
	else if (reg == CONTROL)
		n->enabled = value & 1;
	look(d);
}

static bool listens(const struct device *d)
{
	const struct net *n = d->state;
	const struct outside *o = d->machine->outside;

	return !n->received && o && o->net_listens && o->net_listens(o->context);
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

const struct device_model net_model = {.name = "net", .text = "an Ethernet station, one frame at a time", .size = REGISTERS, .words = true,
	.keys = keys, .state = sizeof(struct net), .reset = reset, .read = read, .write = write, .quiet = quiet, .update = update};
