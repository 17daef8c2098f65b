/* Fields to a register's bits and back. */
#include "registers.h"

u128 location_place(const struct location *at, u128 value)
{
	unsigned rest = at->width;
	u128 out = 0;

	for (unsigned p = 0; p < at->count; p++) {
		rest -= at->pieces[p].width;
		out |= (value >> rest & bits_mask(at->pieces[p].width)) << at->pieces[p].low;
	}
	return out;
}

static u128 taken_out(const struct location *at, u128 image)
{
	u128 value = 0;

	for (unsigned p = 0; p < at->count; p++)
		value = value << at->pieces[p].width | (image >> at->pieces[p].low & bits_mask(at->pieces[p].width));
	return value;
}

u128 register_get(const struct machine *m, const struct reg *r, unsigned element)
{
	u128 image = 0;

	if (!r->field_count)
		return machine_get(m, (unsigned)r->component, element);
	for (unsigned f = 0; f < r->field_count; f++)
		image |= location_place(&r->fields[f].location, machine_get(m, r->fields[f].component, element));
	return image;
}

void register_set(struct machine *m, const struct reg *r, unsigned element, u128 value)
{
	if (!r->field_count)
		machine_set(m, (unsigned)r->component, element, value);
	for (unsigned f = 0; f < r->field_count; f++)
		machine_set(m, r->fields[f].component, element, taken_out(&r->fields[f].location, value));
}
