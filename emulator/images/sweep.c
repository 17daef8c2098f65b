/* Instructions one after the other, from the start of a stretch of storage on. */
#include "../decode.h"

struct stretch {
	const struct isa *isa;
	const uint64_t *units;
	uint64_t count;
};

static bool parcel(void *context, unsigned number, u128 *bits)
{
	const struct stretch *s = context;
	unsigned per = s->isa->parcel / s->isa->memory.unit;

	*bits = 0;
	for (unsigned i = 0; i < per; i++) {
		uint64_t at = (uint64_t)number * per + (s->isa->memory.big_endian ? i : per - 1 - i);

		if (at >= s->count)
			return false;
		*bits = *bits << s->isa->memory.unit | s->units[at];
	}
	return true;
}

void decode_sweep(const struct tree *tree, const struct isa *isa, const uint64_t *units, uint64_t count,
		  void (*each)(void *context, uint64_t at, const struct decoded *d), void *context)
{
	uint64_t step;

	for (uint64_t at = 0; at < count; at += step) {
		struct stretch s = {isa, units + at, count - at};
		struct decoded d;

		step = isa->parcel / isa->memory.unit;
		if (!decode(tree, parcel, &s, &d) || !d.instruction)
			continue;
		each(context, at, &d);
		step = d.length ? d.length : step;
	}
}
