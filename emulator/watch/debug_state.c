/* Registers: values, roles, fields. */
#include <string.h>

#include "../../analyzer/text/yaml.h"
#include "debugger.h"

enum { COLUMNS = 4 };

static const char *prose(const struct yaml *node)
{
	const struct yaml *text = yaml_peek(node, "description");

	text = text ? text : yaml_peek(node, "long_name");
	return text && text->kind == YAML_SCALAR ? text->text : "";
}

static const char *element_name(struct buf *name, const struct reg *r, unsigned element)
{
	name->length = 0;
	buf_puts(name, r->name);
	if (r->count)
		buf_printf(name, "[%u]", element);
	if (r->names)
		buf_printf(name, " %s", r->names[element]);
	return name->text;
}

/* --- lists --- */

/* A file without fields, in columns. */
static void list_file(struct debugger *d, const struct reg *r)
{
	const struct machine *m = debug_machine(d);
	struct buf name = {0}, value = {0};

	for (unsigned e = 0; e < r->count; e++) {
		value.length = 0;
		view_value(&value, r->enumeration, machine_get(m, (unsigned)r->component, e));
		fprintf(d->out, "%-*s ", r->names ? 10 : 6, element_name(&name, r, e));
		if (e % COLUMNS == COLUMNS - 1 || e + 1 == r->count)
			fprintf(d->out, "%s\n", value.text);
		else
			fprintf(d->out, "%-18s  ", value.text);
	}
	buf_free(&name);
	buf_free(&value);
}

/* Value, and those fields that are not zero. */
static void list_element(struct debugger *d, const struct reg *r, unsigned element)
{
	const struct machine *m = debug_machine(d);
	struct buf name = {0}, text = {0};
	u128 value;

	if (!view_register(m, r, element, &value))
		return;
	view_value(&text, r->enumeration, value);
	for (unsigned i = 0; i < r->field_count; i++) {
		u128 part = r->fields[i].resolved ? machine_get(m, r->fields[i].component, element) : 0;

		if (!part)
			continue;
		buf_printf(&text, "  %s ", r->fields[i].name);
		view_value(&text, m->isa->components[r->fields[i].component].enumeration, part);
	}
	fprintf(d->out, "%-10s %s\n", element_name(&name, r, element), text.text);
	buf_free(&name);
	buf_free(&text);
}

static bool is_zero(const struct machine *m, const struct reg *r, unsigned element)
{
	u128 value;

	return !view_register(m, r, element, &value) || !value;
}

/* Of files that are not general registers, elements that are not zero. */
static void list_register(struct debugger *d, const struct reg *r)
{
	unsigned zeros = 0;

	if (r->count && r->component >= 0 && view_role(debug_machine(d)->isa, r) == ROLE_GENERAL) {
		list_file(d, r);
		return;
	}
	for (unsigned e = 0; e < (r->count ? r->count : 1); e++)
		if (r->count && is_zero(debug_machine(d), r, e))
			zeros++;
		else
			list_element(d, r, e);
	if (zeros)
		fprintf(d->out, "%-10s %u of %u elements are 0\n", r->name, zeros, r->count);
}

static void list_role(struct debugger *d, enum role role)
{
	const struct isa *isa = debug_machine(d)->isa;
	bool any = false;

	for (const struct reg *r = isa->registers; r; r = r->next) {
		if (view_role(isa, r) != role)
			continue;
		if (!any)
			fprintf(d->out, "-- %s\n", role_name(role));
		any = true;
		list_register(d, r);
	}
}

/* --- one of them --- */

static void explain_field(struct debugger *d, const struct field *f, unsigned element)
{
	const struct machine *m = debug_machine(d);
	const struct component *c = &m->isa->components[f->component];
	struct buf value = {0};

	if (!f->resolved)
		return;
	view_value(&value, c->enumeration, machine_get(m, f->component, element));
	fprintf(d->out, "    %-12s %-12s bits %u-%u%s, %s%s%s%s\n", f->name, value.text,
		f->location.pieces[0].low + f->location.pieces[0].width - 1, f->location.pieces[f->location.count - 1].low,
		f->location.count > 1 ? " (in pieces)" : "", role_name(c->role), f->read_only ? ", read-only" : "", *prose(f->node) ? "  " : "", prose(f->node));
	buf_free(&value);
}

static void explain_register(struct debugger *d, const struct reg *r, unsigned element)
{
	const struct isa *isa = debug_machine(d)->isa;
	enum role role = view_role(isa, r);
	u128 value;

	if (!view_register(debug_machine(d), r, element, &value))
		fprintf(d->out, "%s is computed when it is read: it stores nothing.\n", r->name);
	else
		list_element(d, r, element);
	fprintf(d->out, "    %u bits%s%s%s", r->width, role != ROLE_COUNT ? ", " : "", role != ROLE_COUNT ? role_name(role) : "",
		r->view ? ", a view of other registers" : "");
	if (r->space)
		fprintf(d->out, ", %s 0x%llx", r->space->name, (unsigned long long)r->address + element);
	fprintf(d->out, "%s%s\n", *prose(r->node) ? "  " : "", prose(r->node));
	for (unsigned i = 0; i < r->field_count; i++)
		explain_field(d, &r->fields[i], element);
}

static bool is_part_of(const struct reg *r, unsigned component)
{
	bool part = r->component == (int)component;

	for (unsigned i = 0; !r->view && i < r->field_count; i++)
		part = part || r->fields[i].component == component;
	return part;
}

/* A register, a file, an element, or a field. */
static bool explain(struct debugger *d, const char *word)
{
	const struct isa *isa = debug_machine(d)->isa;
	const struct reg *r = isa_register(isa, word);
	struct place place;
	struct buf text = {0};

	if (r && r->count) {
		list_register(d, r);
		return true;
	}
	if (!debug_place(d, word, &place))
		return false;
	for (r = place.reg ? place.reg : isa->registers; r && r != place.reg && !is_part_of(r, place.component);)
		r = r->next;
	if (r && !strchr(word, '.')) {
		explain_register(d, r, place.element);
		return true;
	}
	view_value(&text, isa->components[place.component].enumeration, debug_get(debug_machine(d), &place));
	fprintf(d->out, "%s = %s, %s\n", word, text.text, role_name(isa->components[place.component].role));
	buf_free(&text);
	return true;
}

void command_registers(struct debugger *d, const struct words *w)
{
	const char *word = w->count > 1 ? w->word[1] : NULL;
	bool role = false;

	for (unsigned i = 0; i < ROLE_COUNT; i++)
		if (word ? !strcmp(word, role_name((enum role)i)) || !strcmp(word, "all") : i == ROLE_GENERAL || i == ROLE_PC || i == ROLE_MODE) {
			role = true;
			list_role(d, (enum role)i);
		}
	if (!role && !explain(d, word))
		fprintf(d->out, "There is no register '%s' here, and no role of that name.\n", word);
}

/* --- changing --- */

static void set_memory(struct debugger *d, const struct words *w)
{
	uint64_t at, unit;
	u128 value;

	if (!debug_address(d, w->word[2], &at) || !debug_value(d, w->word[3], &value))
		return;
	unit = (uint64_t)value;
	if (!view_write(debug_view(d), at, &unit, 1))
		fprintf(d->out, "There is no storage at 0x%llx.\n", (unsigned long long)at);
}

void command_set(struct debugger *d, const struct words *w)
{
	struct machine *m = debug_machine(d);
	struct place place;
	u128 value;

	if (d->chosen >= d->runnable)
		fprintf(d->out, "The machine below is the monitor's: it is not changed.\n");
	else if (w->count > 3 && !strcmp(w->word[1], "memory"))
		set_memory(d, w);
	else if (w->count != 3)
		fprintf(d->out, "set NAME VALUE, or set memory ADDRESS VALUE\n");
	else if (!debug_place(d, w->word[1], &place))
		fprintf(d->out, "There is no register '%s' here.\n", w->word[1]);
	else if (!debug_value(d, w->word[2], &value))
		return;
	else if (place.reg)
		view_set_register(m, place.reg, place.element, value);
	else
		machine_set(m, place.component, place.element, value);
}

void command_level(struct debugger *d, const struct words *w)
{
	const struct machine *m = debug_machine(d);

	(void)w;
	for (unsigned i = 0; i < m->isa->level_count; i++)
		fprintf(d->out, "%s %-12s encoded %llu%s\n", i == machine_level(m) ? "=>" : "  ", m->isa->levels[i].name,
			(unsigned long long)m->isa->levels[i].value, i ? i + 1 == m->isa->level_count ? ", most privileged" : "" : ", least privileged");
}
