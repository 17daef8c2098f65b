/* The platform-level interrupt controller (RISC-V PLIC specification 1.0), at the addresses of SiFive's chips and QEMU's virt board. */
#include "models.h"

enum { SOURCES = 96, WORDS = SOURCES / 32, CONTEXTS = 16, PRIORITY_MAX = 7 };
enum { PRIORITY = 0, PENDING = 0x1000, ENABLE = 0x2000, ENABLE_STRIDE = 0x80, CONTEXT = 0x200000, CONTEXT_STRIDE = 0x1000, SIZE = 0x600000 };
enum { THRESHOLD = 0, CLAIM = 4 };

struct plic {
	bool level[SOURCES];   /* the input's line */
	bool claimed[SOURCES]; /* the gateway waits for completion */
	uint32_t pending[WORDS], enabled[CONTEXTS][WORDS];
	uint8_t priority[SOURCES], threshold[CONTEXTS];
};

static bool bit(const uint32_t *words, unsigned n)
{
	return words[n / 32] >> n % 32 & 1;
}

static void set_bit(uint32_t *words, unsigned n, bool value)
{
	words[n / 32] = (words[n / 32] & ~((uint32_t)1 << n % 32)) | (uint32_t)value << n % 32;
}

static unsigned contexts(const struct device *d)
{
	unsigned n = device_wires(d, "lines");

	return n < CONTEXTS ? n : CONTEXTS;
}

/* The pending and enabled source of the highest priority, the least number among equals; 0: none. A priority of 0 never interrupts. */
static unsigned best(const struct plic *p, unsigned context)
{
	unsigned found = 0;

	for (unsigned i = 1; i < SOURCES; i++)
		if (bit(p->pending, i) && bit(p->enabled[context], i) && p->priority[i] > p->priority[found])
			found = i;
	return found; /* source 0 has priority 0 for ever */
}

/* The gateways: a level that is up asks once, until it is completed. */
static void forward(struct plic *p)
{
	for (unsigned i = 1; i < SOURCES; i++)
		if (p->level[i] && !p->claimed[i])
			set_bit(p->pending, i, true);
}

static void drive(struct device *d)
{
	struct plic *p = d->state;

	forward(p);
	for (unsigned c = 0; c < contexts(d); c++)
		device_wire_of(d, "lines", c, p->priority[best(p, c)] > p->threshold[c]);
}

static void reset(struct device *d)
{
	*(struct plic *)d->state = (struct plic){0};
	drive(d);
}

static void line(struct device *d, unsigned number, bool level)
{
	struct plic *p = d->state;

	if (!number || number >= SOURCES)
		return;
	p->level[number] = level;
	drive(d);
}

/* A claim does not ask for the threshold (specification, "Interrupt Claim Process"). */
static unsigned claim(struct device *d, unsigned context)
{
	struct plic *p = d->state;
	unsigned source = best(p, context);

	if (source) {
		set_bit(p->pending, source, false);
		p->claimed[source] = true;
		drive(d);
		device_attend(d);
	}
	return source;
}

static void complete(struct plic *p, unsigned context, uint64_t source)
{
	if (source < SOURCES && bit(p->enabled[context], (unsigned)source))
		p->claimed[source] = false;
}

static uint32_t read_context(struct device *d, uint64_t at)
{
	const struct plic *p = d->state;
	uint64_t context = at / CONTEXT_STRIDE;

	if (context >= contexts(d))
		return 0;
	switch (at % CONTEXT_STRIDE) {
	case THRESHOLD: return p->threshold[context];
	case CLAIM: return claim(d, (unsigned)context);
	default: return 0;
	}
}

static uint32_t read_word(struct device *d, uint64_t at)
{
	const struct plic *p = d->state;
	uint64_t context = (at - ENABLE) / ENABLE_STRIDE, word = (at - ENABLE) % ENABLE_STRIDE / 4;

	if (at >= CONTEXT)
		return read_context(d, at - CONTEXT);
	if (at >= ENABLE)
		return context < contexts(d) && word < WORDS ? p->enabled[context][word] : 0;
	if (at >= PENDING)
		return at < PENDING + 4 * WORDS ? p->pending[(at - PENDING) / 4] : 0;
	return at / 4 < SOURCES ? p->priority[at / 4] : 0;
}

/* Registers have 32 bits; a part of one is cut out of it. */
static uint64_t read(struct device *d, uint64_t offset, unsigned width)
{
	uint64_t value = read_word(d, offset / 4 * 4) >> 8 * (offset % 4);

	if (width == 64 && offset % 4 == 0)
		value |= (uint64_t)read_word(d, offset + 4) << 32;
	return value;
}

static void write_context(struct device *d, uint64_t at, uint32_t value)
{
	struct plic *p = d->state;
	uint64_t context = at / CONTEXT_STRIDE;

	if (context >= contexts(d))
		return;
	if (at % CONTEXT_STRIDE == THRESHOLD)
		p->threshold[context] = value & PRIORITY_MAX;
	else if (at % CONTEXT_STRIDE == CLAIM)
		complete(p, (unsigned)context, value);
}

static void write_word(struct device *d, uint64_t at, uint32_t value)
{
	struct plic *p = d->state;
	uint64_t context = (at - ENABLE) / ENABLE_STRIDE, word = (at - ENABLE) % ENABLE_STRIDE / 4;

	if (at >= CONTEXT)
		write_context(d, at - CONTEXT, value);
	else if (at >= ENABLE && context < contexts(d) && word < WORDS)
		p->enabled[context][word] = word ? value : value & ~(uint32_t)1; /* there is no source 0 */
	else if (at >= PRIORITY + 4 && at / 4 < SOURCES)
		p->priority[at / 4] = value & PRIORITY_MAX;
}

/* Writes of a part of a register are ignored. */
static void write(struct device *d, uint64_t offset, unsigned width, uint64_t value)
{
	if (offset % 4 || width < 32)
		return;
	write_word(d, offset, (uint32_t)value);
	if (width == 64)
		write_word(d, offset + 4, (uint32_t)(value >> 32));
	drive(d);
}

static const char *const keys[] = {"lines", NULL};

const struct device_model plic_model = {.name = "plic", .text = "platform-level interrupt controller: inputs 1 to 95 (QEMU virt)", .size = SIZE,
	.keys = keys, .state = sizeof(struct plic), .reset = reset, .read = read, .write = write, .line = line};
