/* What all devices share: where they are, how they are reached, and the wires between them. */
#include "models.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../trace.h"

static const uint64_t FOR_EVER = ~(uint64_t)0;

static const struct device_model *const models[] = {&console_model, &disk_model, &net_model, &timer_model, &power_model, &ns16550a_model,
	&clint_model, &plic_model, &sifive_test_model, &virtio_block_model, &virtio_net_model, &htif_model};

const struct device_model *device_model_number(unsigned number)
{
	return number < sizeof models / sizeof *models ? models[number] : NULL;
}

const struct device_model *device_model(const char *name)
{
	for (unsigned i = 0; i < sizeof models / sizeof *models; i++)
		if (!strcmp(models[i]->name, name))
			return models[i];
	return NULL;
}

/* --- making --- */

static bool complain(char *error, struct span where, const char *what, const char *name)
{
	size_t line = 0, column = 0;

	if (where.source)
		source_position(where.source, where.offset, &line, &column);
	snprintf(error, 256, "%.100s:%zu:%zu: %s '%.64s'", where.source ? where.source->path : "", line, column, what, name);
	return false;
}

static bool knows_key(const struct device_model *model, const char *key)
{
	for (const char *const *k = model->keys; *k; k++)
		if (!strcmp(*k, key))
			return true;
	return false;
}

/* Address units, or ports, of one register of a model with `words`. */
static uint64_t units_per_word(const struct device *d)
{
	unsigned unit = d->machine->isa->memory.unit;

	return d->described->by_port || unit >= 32 ? 1 : (32 + unit - 1) / unit;
}

static uint64_t units_taken(const struct device *d)
{
	unsigned unit = d->machine->isa->memory.unit;
	uint64_t units = d->model->size;

	if (d->model->words)
		return units * units_per_word(d);
	return d->described->by_port || unit == 8 ? units : (units * 8 + unit - 1) / unit;
}

static bool overlaps(const struct device *a, const struct device *b)
{
	u128 from = a->described->at, other = b->described->at;

	return a->described->by_port == b->described->by_port && from < other + b->size && other < from + a->size;
}

static bool place_is_free(const struct device *d, char *error)
{
	const struct machine *m = d->machine;
	u128 at = d->described->at, room = d->described->by_port ? (u128)1 << 16 : (u128)1 << m->isa->memory.address;

	if (at > room || d->size > room - at)
		return complain(error, d->described->where, "there are too few addresses for device", d->described->name);
	for (const struct device *other = m->devices; other; other = other->next)
		if (other != d && overlaps(d, other))
			return complain(error, d->described->where, "the device lies on another one,", other->described->name);
	if (!d->described->by_port && d->size && at < (u128)m->at + m->size && m->at < at + d->size)
		return complain(error, d->described->where, "storage covers device", d->described->name);
	return true;
}

static struct device *device_of(const struct machine *m, const struct platform_device *described)
{
	for (struct device *d = m->devices; d; d = d->next)
		if (d->described == described)
			return d;
	return NULL;
}

static bool connect(struct device *d, char *error)
{
	unsigned i = 0;

	for (const struct wire *w = d->described->wires; w; w = w->next, i++) {
		struct line *line = &d->lines[i];

		if (!knows_key(d->model, w->key))
			return complain(error, w->where, "the device's model has no key", w->key);
		line->wire = w;
		line->controller = w->device ? device_of(d->machine, w->device) : NULL;
		if (w->device && (!line->controller || !line->controller->model->line))
			return complain(error, w->where, "no inputs has device", w->device->name);
		if (w->component < 0 && !w->device)
			return complain(error, w->where, "not a component, nor an input of a device:", w->text);
		if (w->component >= 0 && d->machine->isa->components[w->component].count)
			return complain(error, w->where, "a register file cannot be wired:", w->text);
	}
	return true;
}

static void release(struct device *d)
{
	if (!d)
		return;
	free(d->state);
	free(d->lines);
	free(d);
}

/* The device, linked in at the end; not yet connected, since it may be wired to one that comes later. */
static struct device *create(struct machine *m, const struct platform_device *described, char *error)
{
	const struct device_model *model = device_model(described->model);
	struct device **end = &m->devices, *d;
	unsigned number = 0;

	if (!model) {
		complain(error, described->where, "there is no device model (isolde list --devices)", described->model);
		return NULL;
	}
	for (; *end; end = &(*end)->next)
		number += (*end)->model == model;
	d = calloc(1, sizeof *d);
	if (!d)
		goto failed;
	*d = (struct device){.model = model, .described = described, .machine = m, .number = number};
	for (const struct wire *w = described->wires; w; w = w->next)
		d->line_count++;
	d->lines = calloc(d->line_count + 1, sizeof *d->lines);
	d->state = calloc(1, model->state + 1);
	if (!d->lines || !d->state)
		goto failed;
	d->size = units_taken(d);
	*end = d;
	return d;
failed:
	release(d);
	snprintf(error, 256, "no memory for devices");
	return NULL;
}

static void reset(struct device *d)
{
	if (d->model->reset)
		d->model->reset(d);
}

bool devices_new(struct machine *m, char *error)
{
	for (const struct platform_device *p = m->isa->platform.devices; p; p = p->next)
		if (!create(m, p, error))
			return false;
	for (struct device *d = m->devices; d; d = d->next)
		if (!place_is_free(d, error) || !connect(d, error))
			return false;
	for (struct device *d = m->devices; d; d = d->next)
		reset(d);
	return true;
}

bool devices_add(struct machine *m, const struct platform_device *described, char *error)
{
	struct device *d = create(m, described, error);
	struct device **at = &m->devices;

	if (!d)
		return false;
	if (place_is_free(d, error) && connect(d, error)) {
		reset(d);
		m->attention = m->unsettled = true;
		m->storage->generation++; /* it may hide storage that engines reach directly */
		return true;
	}
	while (*at != d)
		at = &(*at)->next;
	*at = NULL;
	release(d);
	return false;
}

void devices_free(struct machine *m)
{
	while (m->devices) {
		struct device *next = m->devices->next;

		release(m->devices);
		m->devices = next;
	}
}

/* --- access --- */

struct device *device_at(struct machine *m, bool port, uint64_t at, uint64_t *offset)
{
	for (struct device *d = m->devices; d; d = d->next) {
		uint64_t from = (uint64_t)d->described->at;

		if (d->described->by_port == port && at >= from && at - from < d->size) {
			*offset = at - from;
			return d;
		}
	}
	return NULL;
}

static uint64_t low_bits(uint64_t value, unsigned width)
{
	return width < 64 ? value & (((uint64_t)1 << width) - 1) : value;
}

static void watch(struct device *d, bool write, uint64_t offset, unsigned width, uint64_t value)
{
	const struct tracer *t = d->machine->tracer;

	if (t && t->device)
		t->device(t->context, d->machine, d, write, offset, width, value);
}

/* The offset as the model knows it: its register's number, or bytes. False: between two registers. */
static bool model_offset(const struct device *d, uint64_t *offset)
{
	uint64_t per = units_per_word(d);
	unsigned unit = d->machine->isa->memory.unit;

	if (!d->model->words) {
		*offset = d->described->by_port || unit == 8 ? *offset : *offset * unit / 8;
		return true;
	}
	if (*offset % per)
		return false;
	*offset /= per;
	return true;
}

uint64_t device_read(struct device *d, uint64_t offset, unsigned width)
{
	uint64_t value = 0, at = offset;

	d->reads++;
	width = width > 64 ? 64 : width;
	if (d->model->read && model_offset(d, &at))
		value = low_bits(d->model->read(d, at, width), width);
	watch(d, false, offset, width, value);
	return value;
}

void device_write(struct device *d, uint64_t offset, unsigned width, uint64_t value)
{
	uint64_t at = offset;

	d->writes++;
	width = width > 64 ? 64 : width;
	value = low_bits(value, width);
	watch(d, true, offset, width, value);
	if (d->model->write && model_offset(d, &at))
		d->model->write(d, at, width, d->model->words ? (uint32_t)value : value);
	device_attend(d);
}

void device_attend(struct device *d)
{
	d->machine->attention = d->machine->unsettled = true;
}

void device_off(struct device *d, int exit_code)
{
	d->machine->off = true;
	d->machine->exit_code = exit_code;
	device_attend(d);
}

uint64_t device_time(const struct device *d)
{
	return d->machine->steps;
}

uint64_t device_until_poll(const struct device *d, uint64_t next)
{
	uint64_t now = device_time(d);

	return next > now ? next - now : 1;
}

bool device_poll(const struct device *d, uint64_t *next)
{
	uint64_t now = device_time(d);

	if (now < *next)
		return false;
	*next = now - now % DEVICE_POLL + DEVICE_POLL;
	return true;
}

/* --- wires --- */

/* The OR of all that drive the same thing. */
static bool driven(const struct machine *m, const struct line *line)
{
	for (const struct device *d = m->devices; d; d = d->next)
		for (unsigned i = 0; i < d->line_count; i++) {
			const struct line *l = &d->lines[i];

			if (l->level && l->controller == line->controller && l->wire->component == line->wire->component &&
			    l->wire->number == line->wire->number)
				return true;
		}
	return false;
}

/* Only a change is driven: what software has written to the component meanwhile stays. */
static void drive(struct device *d, struct line *line, bool level)
{
	if (line->level == level)
		return;
	line->level = level;
	level = driven(d->machine, line);
	if (line->controller)
		line->controller->model->line(line->controller, line->wire->number, level);
	else
		machine_set(d->machine, (unsigned)line->wire->component, 0, level);
}

static struct line *line_of(const struct device *d, const char *key, unsigned n)
{
	for (unsigned i = 0; i < d->line_count; i++)
		if (!strcmp(d->lines[i].wire->key, key) && !n--)
			return &d->lines[i];
	return NULL;
}

void device_wire_of(struct device *d, const char *key, unsigned n, bool level)
{
	struct line *line = line_of(d, key, n);

	if (line)
		drive(d, line, level);
}

void device_wire(struct device *d, const char *key, bool level)
{
	device_wire_of(d, key, 0, level);
}

unsigned device_wires(const struct device *d, const char *key)
{
	unsigned n = 0;

	while (line_of(d, key, n))
		n++;
	return n;
}

uint64_t device_component(struct device *d, const char *key)
{
	struct line *line = line_of(d, key, 0);

	if (!line || line->controller)
		return 0;
	machine_sync(d->machine, 0, 0);
	return (uint64_t)machine_get(d->machine, (unsigned)line->wire->component, 0);
}

void device_set_component(struct device *d, const char *key, uint64_t value)
{
	struct line *line = line_of(d, key, 0);

	if (!line || line->controller)
		return;
	machine_sync(d->machine, 0, 0);
	machine_set(d->machine, (unsigned)line->wire->component, 0, value);
}

/* --- time --- */

uint64_t devices_quiet(struct machine *m)
{
	uint64_t least = FOR_EVER;

	for (struct device *d = m->devices; d; d = d->next) {
		uint64_t quiet = d->model->quiet ? d->model->quiet(d) : FOR_EVER;

		least = quiet < least ? quiet : least;
	}
	return least;
}

void devices_update(struct machine *m)
{
	for (struct device *d = m->devices; d; d = d->next)
		if (d->model->update)
			d->model->update(d);
}
