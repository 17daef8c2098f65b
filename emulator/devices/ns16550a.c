/* The serial port of PCs and of QEMU's virt board: National Semiconductor's 16550A. */
#include "models.h"

#include <string.h>

enum { RBR_THR, IER, IIR_FCR, LCR, MCR, LSR, MSR, SCR, SIZE = 0x100 };
enum { FIFO = 16 };
enum { IER_RECEIVED = 1, IER_EMPTY = 2, IER_LINE = 4, IER_MODEM = 8 };
enum { IIR_NONE = 1, IIR_MODEM = 0, IIR_EMPTY = 2, IIR_RECEIVED = 4, IIR_LINE = 6, IIR_TIMEOUT = 12, IIR_FIFO = 0xc0 };
enum { FCR_ENABLE = 1, FCR_CLEAR = 2 };
enum { LCR_DIVISOR = 0x80 };
enum { MCR_DTR = 1, MCR_RTS = 2, MCR_OUT1 = 4, MCR_OUT2 = 8, MCR_LOOP = 0x10, MCR_ALL = 0x1f };
enum { LSR_READY = 1, LSR_OVERRUN = 2, LSR_EMPTY = 0x60 };
enum { MSR_CTS = 0x10, MSR_DSR = 0x20, MSR_RI = 0x40, MSR_DCD = 0x80, MSR_CHANGES = 0x0f };
enum { NOT_NOW = -1, NEVER = -2 };

struct uart {
	unsigned char fifo[FIFO];
	unsigned count;
	int input;     /* what the outside said last, when there was no byte: NOT_NOW or NEVER; 0: nothing yet */
	bool overrun, emptied; /* emptied: output has become empty, and IIR has not told it */
	uint8_t ier, fcr, lcr, mcr, msr, scr, divisor[2];
	uint64_t poll;
};

static bool loops(const struct uart *u)
{
	return u->mcr & MCR_LOOP;
}

static unsigned room(const struct uart *u)
{
	return u->fcr & FCR_ENABLE ? FIFO : 1;
}

static unsigned trigger(const struct uart *u)
{
	static const unsigned levels[] = {1, 4, 8, 14};

	return u->fcr & FCR_ENABLE ? levels[u->fcr >> 6] : 1;
}

/* Input comes from the outside while there is room: the line never overruns. */
static void look(struct device *d)
{
	struct uart *u = d->state;
	const struct outside *o = d->machine->outside;

	while (!loops(u) && u->count < room(u) && u->input != NEVER) {
		int byte = o && o->console_get ? o->console_get(o->context) : NEVER;

		u->input = byte < 0 ? byte : 0;
		if (byte < 0)
			return;
		u->fifo[u->count++] = (unsigned char)byte;
	}
}

/* What interrupts, most urgent first. */
static unsigned identify(const struct uart *u)
{
	if (u->ier & IER_LINE && u->overrun)
		return IIR_LINE;
	if (u->ier & IER_RECEIVED && u->count)
		return u->count >= trigger(u) ? IIR_RECEIVED : IIR_TIMEOUT; /* less than the trigger level: no more comes, at once */
	if (u->ier & IER_EMPTY && u->emptied)
		return IIR_EMPTY;
	if (u->ier & IER_MODEM && u->msr & MSR_CHANGES)
		return IIR_MODEM;
	return IIR_NONE;
}

static void drive(struct device *d)
{
	device_wire(d, "interrupt", identify(d->state) != IIR_NONE);
}

static uint8_t modem_lines(const struct uart *u)
{
	if (!loops(u))
		return MSR_CTS | MSR_DSR | MSR_DCD;
	return (uint8_t)((u->mcr & MCR_RTS ? MSR_CTS : 0) | (u->mcr & MCR_DTR ? MSR_DSR : 0) | (u->mcr & MCR_OUT1 ? MSR_RI : 0) |
			 (u->mcr & MCR_OUT2 ? MSR_DCD : 0));
}

/* Bits 3-0 of MSR tell what has changed since it was read; RI tells only that it went away. */
static void set_modem(struct uart *u, uint8_t lines)
{
	uint8_t changed = (uint8_t)((u->msr ^ lines) & ~(lines & MSR_RI)) & (MSR_CTS | MSR_DSR | MSR_RI | MSR_DCD);

	u->msr = (uint8_t)(lines | (u->msr & MSR_CHANGES) | changed >> 4);
}

/* Input that was taken from the outside is not lost. */
static void reset(struct device *d)
{
	struct uart *u = d->state;
	struct uart fresh = {.count = loops(u) ? 0 : u->count, .input = u->input, .emptied = true, .msr = MSR_CTS | MSR_DSR | MSR_DCD,
			     .poll = DEVICE_POLL};

	memcpy(fresh.fifo, u->fifo, FIFO);
	*u = fresh;
	device_wire(d, "interrupt", false);
}

static unsigned char receive(struct device *d)
{
	struct uart *u = d->state;
	unsigned char byte = u->fifo[0];

	if (!u->count)
		return 0;
	memmove(u->fifo, u->fifo + 1, --u->count);
	look(d);
	device_attend(d);
	return byte;
}

static void transmit(struct device *d, unsigned char byte)
{
	struct uart *u = d->state;
	const struct outside *o = d->machine->outside;

	u->emptied = true;
	if (!loops(u)) {
		if (o && o->console_put)
			o->console_put(o->context, byte);
	} else if (u->count < room(u)) {
		u->fifo[u->count++] = byte;
	} else {
		u->overrun = true;
	}
}

static uint8_t read_iir(struct uart *u)
{
	unsigned what = identify(u);

	if (what == IIR_EMPTY)
		u->emptied = false;
	return (uint8_t)(what | (u->fcr & FCR_ENABLE ? IIR_FIFO : 0));
}

static uint8_t read_lsr(struct uart *u)
{
	uint8_t value = (uint8_t)((u->count ? LSR_READY : 0) | (u->overrun ? LSR_OVERRUN : 0) | LSR_EMPTY);

	u->overrun = false;
	return value;
}

static uint8_t read_msr(struct uart *u)
{
	uint8_t value = u->msr;

	u->msr &= (uint8_t)~MSR_CHANGES;
	return value;
}

static uint8_t read_register(struct device *d, uint64_t offset)
{
	struct uart *u = d->state;

	if (u->lcr & LCR_DIVISOR && offset <= IER)
		return u->divisor[offset];
	switch (offset) {
	case RBR_THR: return receive(d);
	case IER: return u->ier;
	case IIR_FCR: return read_iir(u);
	case LCR: return u->lcr;
	case MCR: return u->mcr;
	case LSR: return read_lsr(u);
	case MSR: return read_msr(u);
	case SCR: return u->scr;
	default: return 0;
	}
}

static uint64_t read(struct device *d, uint64_t offset, unsigned width)
{
	uint8_t value;

	(void)width;
	look(d);
	value = read_register(d, offset);
	drive(d);
	return value;
}

static void write_fcr(struct uart *u, uint8_t value)
{
	if (value & FCR_CLEAR && loops(u))
		u->count = 0; /* otherwise the bytes are the outside's, which sends them again */
	u->fcr = value & FCR_ENABLE ? value & ~FCR_CLEAR : 0;
}

static void write_mcr(struct uart *u, uint8_t value)
{
	u->mcr = value & MCR_ALL;
	set_modem(u, modem_lines(u));
}

static void write_ier(struct uart *u, uint8_t value)
{
	u->emptied = u->emptied || (value & IER_EMPTY && !(u->ier & IER_EMPTY)); /* it is always empty */
	u->ier = value & 0x0f;
}

static void write_register(struct device *d, uint64_t offset, uint8_t value)
{
	struct uart *u = d->state;

	if (u->lcr & LCR_DIVISOR && offset <= IER) {
		u->divisor[offset] = value;
		return;
	}
	switch (offset) {
	case RBR_THR: transmit(d, value); break;
	case IER: write_ier(u, value); break;
	case IIR_FCR: write_fcr(u, value); break;
	case LCR: u->lcr = value; break;
	case MCR: write_mcr(u, value); break;
	case SCR: u->scr = value; break;
	default: break;
	}
}

static void write(struct device *d, uint64_t offset, unsigned width, uint64_t value)
{
	(void)width;
	write_register(d, offset, (uint8_t)value);
	look(d);
	drive(d);
}

static bool listens(const struct uart *u)
{
	return u->ier & IER_RECEIVED && !u->count && u->input != NEVER && !loops(u);
}

static uint64_t quiet(struct device *d)
{
	const struct uart *u = d->state;

	if (!listens(u))
		return ~(uint64_t)0;
	return device_until_poll(d, u->poll);
}

static void update(struct device *d)
{
	struct uart *u = d->state;
	const struct machine *m = d->machine;

	if (!listens(u) || !device_poll(d, &u->poll))
		return;
	if (m->outside && m->outside->console_wait && machine_get(m, m->isa->waiting, 0))
		m->outside->console_wait(m->outside->context);
	look(d);
	drive(d);
}

static const char *const keys[] = {"interrupt", NULL};

const struct device_model ns16550a_model = {.name = "ns16550a", .text = "serial port (QEMU virt, PCs)", .size = SIZE, .keys = keys,
	.state = sizeof(struct uart), .reset = reset, .read = read, .write = write, .quiet = quiet, .update = update};
