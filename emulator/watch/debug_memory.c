/* Memory, as numbers and as instructions, and what addresses mean. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "../device.h"
#include "debugger.h"

enum { UNITS_MAX = 4096, INSTRUCTIONS = 8, INSTRUCTIONS_MAX = 1000 };

/* --- numbers --- */

static unsigned per_row(const struct isa *isa)
{
	return isa->memory.unit <= 8 ? 16 : isa->memory.unit <= 16 ? 8 : 4;
}

static void row(struct debugger *d, uint64_t at, const uint64_t *units, uint64_t count)
{
	const struct isa *isa = debug_machine(d)->isa;
	unsigned per = per_row(isa);
	int digits = (int)(isa->memory.unit + 3) / 4;

	fprintf(d->out, "0x%llx:", (unsigned long long)at);
	for (uint64_t i = 0; i < per; i++)
		if (i < count)
			fprintf(d->out, " %0*llx", digits, (unsigned long long)units[i]);
		else if (isa->memory.unit == 8)
			fprintf(d->out, " %*s", digits, "");
	if (isa->memory.unit == 8)
		fputs("  ", d->out);
	for (uint64_t i = 0; i < count && isa->memory.unit == 8; i++)
		fputc(units[i] < 128 && isprint((int)units[i]) ? (int)units[i] : '.', d->out);
	fputs("\n", d->out);
}

static void rows(struct debugger *d, uint64_t at, const uint64_t *units, uint64_t count)
{
	unsigned per = per_row(debug_machine(d)->isa);

	for (uint64_t i = 0; i < count; i += per)
		row(d, at + i, units + i, count - i < per ? count - i : per);
}

static void show(struct debugger *d, const struct words *w, uint64_t (*get)(const struct view *, uint64_t, uint64_t *, uint64_t), const char *end)
{
	uint64_t at, count, got, *units;

	if (w->count < 2) {
		fprintf(d->out, "%s ADDRESS [COUNT]\n", w->word[0]);
		return;
	}
	if (!debug_address(d, w->word[1], &at) || !debug_count(d, w, 2, 4 * per_row(debug_machine(d)->isa), &count))
		return;
	count = count < UNITS_MAX ? count : UNITS_MAX;
	units = must_alloc(count * sizeof *units);
	got = get(debug_view(d), at, units, count);
	rows(d, at, units, got);
	if (got < count)
		fprintf(d->out, "0x%llx: %s\n", (unsigned long long)(at + got), end);
	free(units);
}

void command_memory(struct debugger *d, const struct words *w)
{
	show(d, w, view_read, "no storage, or not to be reached from this level (translate says why)");
}

void command_physical(struct debugger *d, const struct words *w)
{
	show(d, w, view_read_physical, "no storage");
}

/* --- instructions --- */

void command_disassemble(struct debugger *d, const struct words *w)
{
	struct machine *m = debug_machine(d);
	uint64_t at = machine_pc(m), count;
	struct buf text = {0};
	unsigned length = 1;

	if ((w->count > 1 && !debug_address(d, w->word[1], &at)) || !debug_count(d, w, 2, INSTRUCTIONS, &count))
		return;
	for (uint64_t i = 0; i < count && i < INSTRUCTIONS_MAX && length; i++) {
		text.length = 0;
		view_place(&text, debug_view(d)->symbols, at);
		buf_puts(&text, "  ");
		length = view_instruction(debug_view(d), &text, at);
		fprintf(d->out, "%s 0x%llx%s%s\n", at == machine_pc(m) ? "=>" : "  ", (unsigned long long)at,
			view_has_break(m, at) ? " *" : "", text.text);
		at = (uint64_t)((at + (u128)length) & bits_mask(m->isa->memory.virtual_address));
	}
	buf_free(&text);
}

/* --- what addresses mean --- */

static void where_is(struct debugger *d, uint64_t pa)
{
	struct machine *m = debug_machine(d);
	uint64_t offset;
	const struct device *device = device_at(m, false, pa, &offset);

	fprintf(d->out, "0x%llx", (unsigned long long)pa);
	if (device)
		fprintf(d->out, " (%s +0x%llx)", device->described->name, (unsigned long long)offset);
	else if (!machine_read(m, pa, &offset, 1))
		fputs(" (nothing is there)", d->out);
}

static void translate_one(struct debugger *d, unsigned level, uint64_t va, enum access access)
{
	static const char *const names[] = {"load", "store", "fetch"};
	struct trap trap;
	uint64_t pa;

	fprintf(d->out, "%s%s ", access ? ", " : "", names[access]);
	if (machine_translate(debug_machine(d), level, va, access, &pa, &trap))
		where_is(d, pa);
	else
		fputs(view_cause(debug_machine(d)->isa, trap.cause), d->out);
}

void command_translate(struct debugger *d, const struct words *w)
{
	const struct machine *m = debug_machine(d);
	uint64_t va;

	if (w->count < 2)
		fprintf(d->out, "translate ADDRESS\n");
	else if (debug_address(d, w->word[1], &va))
		for (unsigned level = 0; level < m->isa->level_count; level++) {
			fprintf(d->out, "%s %-12s ", level == machine_level(m) ? "=>" : "  ", m->isa->levels[level].name);
			for (unsigned access = ACCESS_LOAD; access <= ACCESS_FETCH; access++)
				translate_one(d, level, va, (enum access)access);
			fputs("\n", d->out);
		}
}

void command_symbols(struct debugger *d, const struct words *w)
{
	const char *prefix = w->count > 1 ? w->word[1] : "";

	for (const struct symbol *s = debug_view(d)->symbols; s; s = s->next)
		if (!strncmp(s->name, prefix, strlen(prefix)))
			fprintf(d->out, "0x%-16llx %s\n", (unsigned long long)s->value, s->name);
}
