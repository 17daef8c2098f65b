/* What the words of a command mean. */
#include <string.h>

#include "debugger.h"

/* Takes "[n]" out of the text. */
static bool take_element(char *text, unsigned *element)
{
	char *open = strchr(text, '['), *close = open ? strchr(open, ']') : NULL;
	u128 number;

	*element = 0;
	if (!open)
		return true;
	if (!close || bits_parse(open + 1, (size_t)(close - open - 1), &number) || number > 0xffff)
		return false;
	*element = (unsigned)number;
	memmove(open, close + 1, strlen(close + 1) + 1);
	return true;
}

/* A field that is another register's storage. */
static bool find_alias(const struct isa *isa, const char *name, unsigned *component)
{
	const char *dot = strchr(name, '.');

	for (const struct reg *r = dot ? isa->registers : NULL; r; r = r->next)
		for (unsigned i = 0; strlen(r->name) == (size_t)(dot - name) && !strncmp(r->name, name, strlen(r->name)) && i < r->field_count; i++)
			if (r->fields[i].resolved && !strcmp(r->fields[i].name, dot + 1)) {
				*component = r->fields[i].component;
				return true;
			}
	return false;
}

/* An element with a name of its own: sp. */
static bool find_named(const struct isa *isa, const char *name, struct place *place)
{
	for (unsigned i = 0; i < isa->component_count; i++)
		for (unsigned e = 0; isa->components[i].names && e < isa->components[i].count; e++)
			if (!strcmp(isa->components[i].names[e], name)) {
				*place = (struct place){.component = i, .element = e};
				return true;
			}
	return false;
}

bool debug_place(const struct debugger *d, const char *text, struct place *place)
{
	const struct isa *isa = debug_machine(d)->isa;
	char name[128];
	const struct component *c;
	unsigned count;

	snprintf(name, sizeof name, "%s", text);
	*place = (struct place){0};
	if (find_named(isa, name, place))
		return true;
	if (!take_element(name, &place->element))
		return false;
	c = !strcmp(name, "pc") ? &isa->components[isa->pc] : isa_component(isa, name);
	if (c)
		place->component = (unsigned)(c - isa->components);
	else if (!find_alias(isa, name, &place->component) && !(place->reg = isa_register(isa, name)))
		return false;
	count = place->reg ? place->reg->count : isa->components[place->component].count;
	return place->element < (count ? count : 1);
}

u128 debug_get(const struct machine *m, const struct place *place)
{
	u128 value = 0;

	if (!place->reg)
		return machine_get(m, place->component, place->element);
	view_register(m, place->reg, place->element, &value);
	return value;
}

static bool simple_value(const struct debugger *d, const char *text, u128 *value)
{
	struct place place;

	if (!bits_parse(text, strlen(text), value))
		return true;
	for (const struct symbol *s = debug_view(d)->symbols; s; s = s->next)
		if (!strcmp(s->name, text)) {
			*value = s->value;
			return true;
		}
	if (!debug_place(d, text, &place))
		return false;
	*value = debug_get(debug_machine(d), &place);
	return true;
}

bool debug_value(struct debugger *d, const char *text, u128 *value)
{
	size_t n = strcspn(text, "+-");
	char name[128];
	u128 more = 0;

	snprintf(name, sizeof name, "%.*s", (int)(n < sizeof name ? n : sizeof name - 1), text);
	if (!simple_value(d, name, value) || (text[n] && bits_parse(text + n + 1, strlen(text + n + 1), &more))) {
		fprintf(d->out, "'%s' is no number, symbol or register.\n", text);
		return false;
	}
	*value = text[n] == '-' ? *value - more : *value + more;
	return true;
}

bool debug_address(struct debugger *d, const char *text, uint64_t *value)
{
	u128 whole;

	if (!debug_value(d, text, &whole))
		return false;
	*value = (uint64_t)(whole & bits_mask(debug_machine(d)->isa->memory.virtual_address));
	return true;
}

bool debug_count(struct debugger *d, const struct words *w, unsigned n, uint64_t otherwise, uint64_t *value)
{
	u128 number;

	*value = otherwise;
	if (w->count <= n)
		return true;
	if (bits_parse(w->word[n], strlen(w->word[n]), &number) || !number || number >> 63) {
		fprintf(d->out, "'%s' is no count.\n", w->word[n]);
		return false;
	}
	*value = (uint64_t)number;
	return true;
}
