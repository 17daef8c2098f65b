/* The list of oracles, and where random values come from. */
#include "../oracle.h"

#include <string.h>

#include "kinds.h"

const struct oracle_kind *const oracles[] = {&oracle_host, &oracle_kvm, &oracle_unicorn, &oracle_qemu, &oracle_simh, NULL};

const struct oracle_kind *oracle_named(const char *name)
{
	for (unsigned i = 0; oracles[i]; i++)
		if (!strcmp(oracles[i]->name, name))
			return oracles[i];
	return NULL;
}

struct oracle_step oracle_cannot(const char *why)
{
	return (struct oracle_step){.result = ORACLE_CANNOT, .why = why};
}

/* splitmix64: every state gives another number, and neighbouring seeds give unrelated runs. */
uint64_t chance_bits(struct chance *c)
{
	uint64_t z = c->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

unsigned chance_below(struct chance *c, unsigned count)
{
	return count ? (unsigned)(chance_bits(c) % count) : 0;
}

bool chance_one_in(struct chance *c, unsigned n)
{
	return chance_below(c, n) == 0;
}

u128 chance_value(struct chance *c, unsigned width)
{
	u128 all = (u128)chance_bits(c) << 64 | chance_bits(c), top = width ? (u128)1 << (width - 1) : 0;
	int near = (int)chance_below(c, 5) - 2;

	switch (chance_below(c, 8)) {
	case 0: all = (u128)near; break;                          /* around 0 */
	case 1: all = top + (u128)near; break;                    /* around the sign's change */
	case 2: all = (u128)1 << chance_below(c, width ? width : 1); break;
	case 3: all &= 0xff; break;
	case 4: all = (u128)(s128)(signed char)all; break;
	default: break;
	}
	return all & bits_mask(width);
}
