#ifndef ISOLDE_BITS_H
#define ISOLDE_BITS_H
/* Bit-vectors of 1 to 128 bits, held in the low bits of a u128 (bits above the width are zero). */
#include <stddef.h>
#include <stdint.h>

__extension__ typedef unsigned __int128 u128;
__extension__ typedef __int128 s128;

enum { BITS_MAX = 128 };

#define BITS(...) __VA_ARGS__
#include "bits.def"
#undef BITS

/* Least number of bits that can hold `value`; at least 1. */
static inline unsigned bits_needed(u128 value)
{
	unsigned n = 1;

	while (value >>= 1)
		n++;
	return n;
}

enum { BITS_TEXT = 40 };
/* Writes `value` as 0x… (no leading zeros) into `text`, which has BITS_TEXT bytes; returns text. */
char *bits_hex(u128 value, char *text);
/* Reads decimal, 0x, 0b or 0o digits with optional `_`; returns 0, or -1 if `text` is no such number or exceeds 128 bits. */
int bits_parse(const char *text, size_t length, u128 *value);
#endif
