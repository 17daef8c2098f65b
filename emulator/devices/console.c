/* Paper model: a console of bytes. */
#include "models.h"

enum { DATA, STATUS, CONTROL, REGISTERS = 16 };

struct console {
	int input; /* the byte that waits, or what console_get said */
	bool enabled;
	uint64_t poll;
};

enum { NOT_NOW = -1, NEVER = -2 };

static void look(struct device *d)
{
	struct console *c = d->state;
	const struct outside *o = d->machine->outside;

	if (c->input < 0)
		c->input = o && o->console_get ? o->console_get(o->context) : NEVER;
	device_wire(d, "interrupt", c->enabled && c->input >= 0);
}

static void reset(struct device *d)
{
	struct console *c = d->state;
	int input = c->poll ? c->input : NOT_NOW; /* a byte that has been taken from the outside is not lost */

	*c = (struct console){.input = input, .poll = DEVICE_POLL};
	device_wire(d, "interrupt", false);
}

static uint64_t read(struct device *d, uint64_t reg, unsigned width)
{
	struct console *c = d->state;
	uint64_t value = 0;

	(void)width;
	look(d);
	if (reg == DATA && c->input >= 0) {
		value = (unsigned char)c->input;
		c->input = NOT_NOW;
		look(d);
		device_attend(d);
	} else if (reg == STATUS) {
		value = (c->input >= 0) | 2u | (uint64_t)(c->input == NEVER) << 2;
	} else if (reg == CONTROL) {
		value = c->enabled;
	}
	return value;
}

static void write(struct device *d, uint64_t reg, unsigned width, uint64_t value)
{
	struct console *c = d->state;
	const struct outside *o = d->machine->outside;

	(void)width;
	if (reg == DATA && o && o->console_put)
		o->console_put(o->context, (unsigned char)value);
	if (reg == CONTROL)
		c->enabled = value & 1;
	look(d);
}

static uint64_t quiet(struct device *d)
{
	const struct console *c = d->state;

	if (!c->enabled || c->input != NOT_NOW)
		return ~(uint64_t)0;
	return device_until_poll(d, c->poll);
}

static void update(struct device *d)
{
	struct console *c = d->state;
	const struct machine *m = d->machine;

	if (!c->enabled || c->input != NOT_NOW || !device_poll(d, &c->poll))
		return;
	if (m->outside && m->outside->console_wait && machine_get(m, m->isa->waiting, 0))
		m->outside->console_wait(m->outside->context);
	look(d);
}

static const char *const keys[] = {"interrupt", NULL};

const struct device_model console_model = {.name = "console", .text = "a console of bytes", .size = REGISTERS, .words = true, .keys = keys,
	.state = sizeof(struct console), .reset = reset, .read = read, .write = write, .quiet = quiet, .update = update};
