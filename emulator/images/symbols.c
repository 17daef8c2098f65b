/* Symbols and numeric labels of a source text. */
#include <string.h>

#include "assembler.h"

static unsigned slot_of(const char *name, size_t length)
{
	unsigned h = 5381;

	for (size_t i = 0; i < length; i++)
		h = h * 33 + (unsigned char)name[i];
	return h % 1024;
}

static struct definition *look_up(struct assembler *a, const char *name, size_t length)
{
	struct definition *d = a->slots[slot_of(name, length)];

	while (d && (strncmp(d->name, name, length) || d->name[length]))
		d = d->next;
	return d;
}

struct definition *symbol_find(struct assembler *a, const char *name, size_t length)
{
	struct definition *d = look_up(a, name, length);

	return d && d->pass ? d : NULL;
}

void symbol_define(struct assembler *a, const char *name, size_t length, u128 value, struct span where)
{
	struct definition *d = look_up(a, name, length), **slot = &a->slots[slot_of(name, length)];

	if (!d) {
		d = ARENA_NEW(a->arena, struct definition);
		*d = (struct definition){.name = arena_copy(a->arena, name, length), .next = *slot};
		*slot = d;
	}
	if (d->pass == a->pass) {
		size_t line, column;

		source_position(d->where.source, d->where.offset, &line, &column);
		if (a->last && a->diags)
			diag_add(a->diags, E_DUPLICATE, where, "'%s' is defined already, in line %zu of %s", d->name, line, d->where.source->path);
		return;
	}
	a->changed = a->changed || !d->pass || d->value != value;
	d->value = value;
	d->pass = a->pass;
	d->where = where;
}

/* Numeric labels keep their numbers from pass to pass: only their addresses change. */
void local_define(struct assembler *a, unsigned number)
{
	struct local *l;

	if (a->pass > 1) {
		l = &a->locals[a->locals_seen++];
		a->changed = a->changed || l->value != a->here;
		l->value = a->here;
		return;
	}
	if (a->local_count == a->local_room) {
		struct local *old = a->locals;

		a->local_room = a->local_room ? 2 * a->local_room : 64;
		a->locals = ARENA_ARRAY(a->arena, struct local, a->local_room);
		if (old)
			memcpy(a->locals, old, a->local_count * sizeof *old);
	}
	a->locals[a->local_count++] = (struct local){number, a->current, a->here};
	a->locals_seen++;
	a->changed = true;
}

bool local_find(struct assembler *a, unsigned number, bool forward, u128 *value)
{
	unsigned i = a->locals_seen;

	if (forward) {
		while (i < a->local_count && a->locals[i].number != number)
			i++;
		if (i == a->local_count)
			return false;
	} else {
		while (i && a->locals[i - 1].number != number)
			i--;
		if (!i--)
			return false;
	}
	*value = a->locals[i].value;
	return true;
}

bool image_can_name(const struct isa *isa, const char *name)
{
	struct cursor c = {name, 0, strlen(name)};

	return c.end && symbol_length(&c) == c.end && strcmp(name, ".") && !register_name(isa, name, c.end);
}
