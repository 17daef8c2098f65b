/* platform: the storage and the devices around the processor. What models there are is the emulator's affair. */
#include "load.h"

#include <stdlib.h>
#include <string.h>

static const u128 DEFAULT_UNITS = 1 << 20;

static u128 physical_units(const struct isa *isa)
{
	return (u128)1 << isa->memory.address;
}

static void load_storage(struct loader *ld, struct yaml *node)
{
	static const char *const keys[] = {"at", "size", NULL};
	struct platform *p = &ld->isa->platform;
	u128 all = physical_units(ld->isa);

	p->memory_size = DEFAULT_UNITS < all ? DEFAULT_UNITS : all;
	if (!value_map(ld, node))
		return;
	only_keys(ld, node, keys);
	if (yaml_get(node, "at"))
		value_number(ld, yaml_get(node, "at"), &p->memory_at);
	value_number(ld, required(ld, node, "size"), &p->memory_size);
	if (!p->memory_size || p->memory_at >= all || p->memory_size > all - p->memory_at)
		finding(ld, E_VALUE, node, "storage has at least one unit and lies within the physical addresses, which have %u bits", ld->isa->memory.address);
}

static int cause_number(struct loader *ld, const struct yaml *node)
{
	const char *name = value_text(ld, node, "a cause");

	for (unsigned i = 0; name && i < ld->isa->cause_count; i++)
		if (!strcmp(ld->isa->causes[i].name, name))
			return (int)i;
	if (name)
		finding(ld, E_NAME, node, "there is no cause '%s'", name);
	return -1;
}

static void load_unmapped(struct loader *ld, struct yaml *node)
{
	static const char *const keys[] = {"load", "store", "fetch", NULL}; /* in the order of enum access */
	int *unmapped = ld->isa->platform.unmapped;

	unmapped[0] = unmapped[1] = unmapped[2] = -1;
	if (!value_map(ld, node))
		return;
	only_keys(ld, node, keys);
	for (unsigned i = 0; i < 3; i++)
		if (yaml_get(node, keys[i]))
			unmapped[i] = cause_number(ld, yaml_get(node, keys[i]));
}

/* --- names of components --- */

static int component_number(const struct isa *isa, const char *name)
{
	const struct component *c = isa_component(isa, name);
	const char *dot = strchr(name, '.');

	if (c)
		return (int)(c - isa->components);
	for (const struct reg *r = dot ? isa->registers : NULL; r; r = r->next) /* an alias: the storage that it stands for */
		for (unsigned i = 0; strlen(r->name) == (size_t)(dot - name) && !strncmp(r->name, name, (size_t)(dot - name)) && i < r->field_count; i++)
			if (!strcmp(r->fields[i].name, dot + 1) && r->fields[i].resolved)
				return (int)r->fields[i].component;
	return -1;
}

/* --- devices --- */

static struct platform_device *device_named(const struct isa *isa, const char *name, size_t length)
{
	for (struct platform_device *d = isa->platform.devices; d; d = d->next)
		if (strlen(d->name) == length && !strncmp(d->name, name, length))
			return d;
	return NULL;
}

/* What a key's text names: a component, an input `device.number`, or a number. */
static void resolve_wire(struct loader *ld, struct wire *w, const struct yaml *node)
{
	const char *dot = strrchr(w->text, '.');
	u128 number;

	w->component = component_number(ld->isa, w->text);
	if (w->component >= 0 || !bits_parse(w->text, strlen(w->text), &number))
		return;
	w->device = dot ? device_named(ld->isa, w->text, (size_t)(dot - w->text)) : NULL;
	if (!w->device) {
		finding(ld, E_NAME, node, "there is no component or device '%s'", w->text);
	} else if (bits_parse(dot + 1, strlen(dot + 1), &number) || number > 4095) {
		finding(ld, E_VALUE, node, "an input of '%s' is a number from 0 to 4095", w->device->name);
		w->device = NULL;
	} else {
		w->number = (unsigned)number;
	}
}

static struct wire **add_wire(struct loader *ld, struct wire **end, const char *key, const struct yaml *node)
{
	struct wire *w = ARENA_NEW(ld->arena, struct wire);

	w->key = key;
	w->text = value_text(ld, node, "a component or an input of a device");
	w->component = -1;
	w->where = node->where;
	if (!w->text)
		return end;
	resolve_wire(ld, w, node);
	*end = w;
	return &w->next;
}

static void load_wires(struct loader *ld, struct platform_device *d, struct yaml *node)
{
	static const char *const own[] = {"model", "at", "port", "description"};
	struct wire **end = &d->wires;

	for (size_t i = 0; i < node->count; i++) {
		const char *key = node->pairs[i].key->text;
		struct yaml *value = node->pairs[i].value;
		bool mine = false;

		for (unsigned k = 0; k < sizeof own / sizeof *own; k++)
			mine = mine || !strcmp(key, own[k]);
		if (mine)
			continue;
		if (value->kind != YAML_LIST)
			end = add_wire(ld, end, key, value);
		for (size_t k = 0; value->kind == YAML_LIST && k < value->count; k++)
			end = add_wire(ld, end, key, value->items[k]);
	}
}

static void load_place(struct loader *ld, struct platform_device *d, struct yaml *node)
{
	struct yaml *at = yaml_get(node, "at"), *port = yaml_get(node, "port");
	u128 room = port ? (u128)1 << 16 : physical_units(ld->isa);

	if (!at == !port) {
		finding(ld, E_MISSING, node, "a device is either 'at' a physical address or at a 'port'");
		return;
	}
	d->by_port = port != NULL;
	if (value_number(ld, port ? port : at, &d->at) && d->at >= room)
		finding(ld, E_VALUE, port ? port : at, port ? "a port has 16 bits" : "beyond the last physical address");
}

static struct platform_device *load_device(struct loader *ld, struct yaml *key, struct yaml *node)
{
	struct platform_device *d = ARENA_NEW(ld->arena, struct platform_device);

	if (!value_name(ld, key) || !value_map(ld, node))
		return NULL;
	d->name = key->text;
	d->where = key->where;
	d->model = value_text(ld, required(ld, node, "model"), "a model");
	value_text(ld, yaml_get(node, "description"), "description");
	load_place(ld, d, node);
	return d;
}

/* In two passes: a device may be wired to one that is described later. */
static void load_devices(struct loader *ld, struct yaml *node)
{
	struct platform_device **end = &ld->isa->platform.devices, *d;

	if (!value_map(ld, node))
		return;
	for (size_t i = 0; i < node->count; i++) {
		*end = load_device(ld, node->pairs[i].key, node->pairs[i].value);
		if (*end)
			end = &(*end)->next;
	}
	for (size_t i = 0; i < node->count; i++) {
		d = device_named(ld->isa, node->pairs[i].key->text, strlen(node->pairs[i].key->text));
		if (d)
			load_wires(ld, d, node->pairs[i].value);
	}
}

/* --- start --- */

/* `X[10]` as "X" and 10, `R[2].l` as "R.l" and 2; element -1 without brackets. False: no such form. */
static bool split_element(struct loader *ld, const char *text, const char **name, int *element)
{
	const char *open = strchr(text, '['), *close = open ? strchr(open, ']') : NULL;
	u128 number;

	*name = text;
	*element = -1;
	if (!open)
		return true;
	if (!close || bits_parse(open + 1, (size_t)(close - open - 1), &number) || number > 0xffff)
		return false;
	*name = arena_printf(ld->arena, "%.*s%s", (int)(open - text), text, close + 1);
	*element = (int)number;
	return true;
}

static u128 field_bits(const struct field *f, u128 value)
{
	u128 bits = 0;

	for (unsigned p = 0; p < f->location.count; p++)
		bits = bits << f->location.pieces[p].width | (value >> f->location.pieces[p].low & bits_mask(f->location.pieces[p].width));
	return bits;
}

static bool start_value(struct loader *ld, const struct component *c, const struct yaml *node, u128 *value)
{
	const struct enumeration *e = c ? c->enumeration : NULL;

	for (unsigned i = 0; e && node->kind == YAML_SCALAR && i < e->count; i++)
		if (!strcmp(e->members[i].name, node->text)) {
			*value = e->members[i].value;
			return true;
		}
	return value_number(ld, node, value);
}

static void add_value(struct loader *ld, struct platform_start *s, unsigned component, int element, u128 value)
{
	void *old = s->values;

	if (!(s->count & (s->count - 1))) { /* a power of two: full */
		s->values = arena_alloc(ld->arena, (s->count ? 2 * s->count : 1) * sizeof *s->values);
		if (s->count)
			memcpy(s->values, old, s->count * sizeof *s->values);
	}
	s->values[s->count].component = component;
	s->values[s->count].element = element;
	s->values[s->count++].value = value;
}

static void start_register(struct loader *ld, struct platform_start *s, const struct reg *r, int element, const struct yaml *node)
{
	u128 value;

	if (!start_value(ld, NULL, node, &value))
		return;
	if (value & ~bits_mask(r->width))
		finding(ld, E_VALUE, node, "the value does not fit into %u bits", r->width);
	for (unsigned i = 0; i < r->field_count; i++)
		if (r->fields[i].resolved)
			add_value(ld, s, r->fields[i].component, element, field_bits(&r->fields[i], value));
}

static void start_component(struct loader *ld, struct platform_start *s, unsigned number, int element, const struct yaml *node)
{
	const struct component *c = &ld->isa->components[number];
	u128 value;

	if (!start_value(ld, c, node, &value))
		return;
	if (value & ~bits_mask(c->width))
		finding(ld, E_VALUE, node, "the value does not fit into %u bits", c->width);
	add_value(ld, s, number, element, value);
}

static void load_start_value(struct loader *ld, struct platform_start *s, const struct yaml *key, const struct yaml *node)
{
	const char *name;
	int element, component;
	const struct reg *r;
	unsigned count;

	if (!split_element(ld, key->text, &name, &element)) {
		finding(ld, E_VALUE, key, "an element of a register file is written X[3]");
		return;
	}
	component = component_number(ld->isa, name);
	r = isa_register(ld->isa, name);
	if (component < 0 && (!r || !r->field_count)) {
		finding(ld, E_NAME, key, "there is no register or field '%s'", name);
		return;
	}
	count = component >= 0 ? ld->isa->components[component].count : r->count;
	if (count && (element < 0 || (unsigned)element >= count))
		finding(ld, E_VALUE, key, "'%s' is a register file: name an element from 0 to %u", name, count - 1);
	else if (!count && element >= 0)
		finding(ld, E_VALUE, key, "'%s' is no register file", name);
	else if (component >= 0)
		start_component(ld, s, (unsigned)component, element, node);
	else
		start_register(ld, s, r, element, node);
}

static void load_starts(struct loader *ld, struct yaml *node)
{
	struct platform_start **end = &ld->isa->platform.starts;

	if (!value_map(ld, node))
		return;
	for (size_t i = 0; i < node->count; i++) {
		struct platform_start *s = ARENA_NEW(ld->arena, struct platform_start);
		struct yaml *values = value_map(ld, node->pairs[i].value);

		if (!value_name(ld, node->pairs[i].key) || !values)
			continue;
		s->name = node->pairs[i].key->text;
		for (size_t k = 0; k < values->count; k++)
			load_start_value(ld, s, values->pairs[k].key, values->pairs[k].value);
		*end = s;
		end = &s->next;
	}
}

static void load_gdb_names(struct loader *ld, struct yaml *node)
{
	struct gdb_name **end = &ld->isa->platform.gdb.names;
	struct yaml *map = value_map(ld, node);

	for (size_t i = 0; map && i < map->count; i++) {
		const struct yaml *key = map->pairs[i].key;
		struct gdb_name *n = ARENA_NEW(ld->arena, struct gdb_name);
		const char *name;
		int element;

		n->name = value_text(ld, map->pairs[i].value, "a register of gdb");
		n->reg = split_element(ld, key->text, &name, &element) ? isa_register(ld->isa, name) : NULL;
		n->element = element < 0 ? 0 : (unsigned)element;
		if (!n->reg || n->element >= (n->reg->count ? n->reg->count : 1)) {
			finding(ld, E_NAME, key, "there is no register '%s'", key->text);
			continue;
		}
		*end = n;
		end = &n->next;
	}
}

static void load_gdb(struct loader *ld, struct yaml *node)
{
	static const char *const keys[] = {"architecture", "general", "system", "names", "absent", NULL};
	struct platform *p = &ld->isa->platform;

	if (!value_map(ld, node))
		return;
	only_keys(ld, node, keys);
	p->gdb.architecture = value_text(ld, yaml_get(node, "architecture"), "an architecture of gdb");
	p->gdb.general = value_text(ld, yaml_get(node, "general"), "a feature of gdb's target descriptions");
	p->gdb.system = value_text(ld, yaml_get(node, "system"), "a feature of gdb's target descriptions");
	load_gdb_names(ld, yaml_get(node, "names"));
	p->gdb.absent = value_texts(ld, yaml_get(node, "absent"), &p->gdb.absent_count);
}

void load_platform(struct loader *ld, struct yaml *root)
{
	static const char *const keys[] = {"memory", "unmapped", "devices", "start", "gdb", "description", NULL};
	struct yaml *node = value_map(ld, yaml_get(root, "platform"));

	ld->isa->platform.given = node != NULL;
	load_storage(ld, yaml_get(node, "memory"));
	load_unmapped(ld, yaml_get(node, "unmapped"));
	if (!node)
		return;
	only_keys(ld, node, keys);
	value_text(ld, yaml_get(node, "description"), "description");
	load_devices(ld, yaml_get(node, "devices"));
	load_starts(ld, yaml_get(node, "start"));
	load_gdb(ld, yaml_get(node, "gdb"));
}
