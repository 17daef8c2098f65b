/* Traces in lines of text: what the machine executes, and what comes of it. */
#include "../trace.h"

#include <stdlib.h>
#include <string.h>

#include "../device.h"
#include "view.h"

struct text {
	struct tracer tracer;
	FILE *out;
	const struct symbol *symbols;
};

/* Which machine, if there are several, and its level. */
static void begin(struct buf *line, const struct machine *m)
{
	if (m->name != m->isa->name)
		buf_printf(line, "%-8s ", m->name);
	buf_printf(line, "%-10s ", m->isa->levels[machine_level(m)].name);
}

static void end(const struct text *t, struct buf *line)
{
	fprintf(t->out, "%s\n", buf_text(line));
	buf_free(line);
}

static int digits(const struct machine *m)
{
	return (int)(m->isa->memory.virtual_address + 3) / 4;
}

static void instruction(void *context, struct machine *m, uint64_t pc, const struct decoded *d)
{
	const struct text *t = context;
	struct buf line = {0};

	begin(&line, m);
	buf_printf(&line, "%0*llx", digits(m), (unsigned long long)pc);
	view_place(&line, t->symbols, pc);
	buf_puts(&line, "  ");
	view_decoded(&line, m->isa, d, pc, t->symbols);
	end(t, &line);
}

static void trap(void *context, struct machine *m, const struct trap *trap)
{
	const struct text *t = context;
	struct view v = {.m = m, .symbols = t->symbols};
	bool monitors = m->monitor_level >= 0 && trap->target == (unsigned)m->monitor_level;
	struct buf line = {0};

	begin(&line, m);
	buf_puts(&line, trap->interrupt ? "  interrupt: " : "  trap: ");
	view_trap(&line, &v, trap);
	buf_printf(&line, ", to %s", monitors ? "the monitor" : m->isa->levels[trap->target].name);
	end(t, &line);
}

/* Fetches are what `instructions` tells. */
static void memory(void *context, struct machine *m, enum access access, uint64_t pa, unsigned width, u128 value)
{
	const struct text *t = context;
	struct buf line = {0};
	char text[BITS_TEXT];

	if (access == ACCESS_FETCH)
		return;
	begin(&line, m);
	buf_printf(&line, "    %s %u bits, physical 0x%llx: %s", access == ACCESS_LOAD ? "load" : "store", width, (unsigned long long)pa,
		   bits_hex(value, text));
	end(t, &line);
}

static void device(void *context, struct machine *m, const struct device *d, bool write, uint64_t offset, unsigned width, uint64_t value)
{
	const struct text *t = context;
	struct buf line = {0};

	begin(&line, m);
	buf_printf(&line, "    %s: %s %u bits at +0x%llx: 0x%llx", d->described->name, write ? "write" : "read", width,
		   (unsigned long long)offset, (unsigned long long)value);
	end(t, &line);
}

static const char *const kinds[] = {"instructions", "traps", "memory", "devices"};
enum { KINDS = sizeof kinds / sizeof *kinds };

static bool choose(struct tracer *t, const char *word, size_t length)
{
	static const struct tracer each = {NULL, instruction, trap, memory, device};
	bool all = length == 3 && !strncmp(word, "all", 3), any = false, wanted[KINDS];

	for (unsigned i = 0; i < KINDS; i++) {
		wanted[i] = all || (strlen(kinds[i]) == length && !strncmp(word, kinds[i], length));
		any = any || wanted[i];
	}
	t->instruction = wanted[0] ? each.instruction : t->instruction;
	t->trap = wanted[1] ? each.trap : t->trap;
	t->memory = wanted[2] ? each.memory : t->memory;
	t->device = wanted[3] ? each.device : t->device;
	return any;
}

struct tracer *trace_text(struct arena *arena, FILE *out, const char *what, const struct symbol *symbols)
{
	struct text *t = ARENA_NEW(arena, struct text);

	*t = (struct text){.tracer = {.context = t}, .out = out, .symbols = symbols};
	for (const char *word = what; word; word = strchr(word, ',') ? strchr(word, ',') + 1 : NULL)
		if (!choose(&t->tracer, word, strcspn(word, ",")))
			return NULL;
	return &t->tracer;
}
