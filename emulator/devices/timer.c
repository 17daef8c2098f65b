/* Paper model: counts steps, and can say when so many have passed. */
#include "models.h"

enum { COUNT, COUNT_HIGH, INTERVAL, CONTROL, MAGIC, STATUS, REGISTERS = 8 };

struct timer {
	uint64_t at;        /* step when it expires; 0: off */
	uint32_t interval, high;
	bool enabled, repeats, expired;
};

static void update(struct device *d)
{
	struct timer *t = d->state;
	uint64_t now = device_time(d);

	if (t->at && now >= t->at) {
		t->expired = true;
		t->at = t->repeats ? now - (now - t->at) % t->interval + t->interval : 0;
	}
	device_wire(d, "interrupt", t->enabled && t->expired);
}

static void reset(struct device *d)
{
	*(struct timer *)d->state = (struct timer){0};
	device_wire(d, "interrupt", false);
}

static uint64_t read(struct device *d, uint64_t reg, unsigned width)
{
	struct timer *t = d->state;

	(void)width;
	update(d);
	switch (reg) {
	case COUNT: t->high = (uint32_t)(device_time(d) >> 32); return (uint32_t)device_time(d);
	case COUNT_HIGH: return t->high;
	case INTERVAL: return t->at ? t->at - device_time(d) : 0;
	case CONTROL: return t->enabled | (uint64_t)t->repeats << 1;
	case MAGIC: return 0x49534f4c;
	case STATUS: return t->expired;
	default: return 0;
	}
}

static void write(struct device *d, uint64_t reg, unsigned width, uint64_t value)
{
	struct timer *t = d->state;

	(void)width;
	update(d);
	if (reg == INTERVAL) {
		t->interval = (uint32_t)value;
		t->at = value ? device_time(d) + value : 0;
	} else if (reg == CONTROL) {
		t->enabled = value & 1;
		t->repeats = value & 2;
	} else if (reg == STATUS && value & 1) {
		t->expired = false;
	}
	update(d);
}

static uint64_t quiet(struct device *d)
{
	const struct timer *t = d->state;
	uint64_t now = device_time(d);

	return !t->at ? ~(uint64_t)0 : t->at > now ? t->at - now : 1;
}

static const char *const keys[] = {"interrupt", NULL};

const struct device_model timer_model = {.name = "timer", .text = "counts steps, and interrupts after so many", .size = REGISTERS, .words = true,
	.keys = keys, .state = sizeof(struct timer), .reset = reset, .read = read, .write = write, .quiet = quiet, .update = update};
