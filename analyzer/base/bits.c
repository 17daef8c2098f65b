#include "bits.h"

#include <stdio.h>

char *bits_hex(u128 value, char *text)
{
	uint64_t high = (uint64_t)(value >> 64), low = (uint64_t)value;

	if (high)
		snprintf(text, BITS_TEXT, "0x%llx%016llx", (unsigned long long)high, (unsigned long long)low);
	else
		snprintf(text, BITS_TEXT, "0x%llx", (unsigned long long)low);
	return text;
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 99;
}

int bits_parse(const char *text, size_t length, u128 *value)
{
	unsigned base = 10;
	int digits = 0;

	*value = 0;
	if (length > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'b' || text[1] == 'o')) {
		base = text[1] == 'x' ? 16 : text[1] == 'b' ? 2 : 8;
		text += 2;
		length -= 2;
	}
	for (size_t i = 0; i < length; i++) {
		int d;

		if (text[i] == '_' && digits)
			continue;
		d = digit_value(text[i]);
		if (d >= (int)base || *value > (~(u128)0 - (u128)d) / base)
			return -1;
		*value = *value * base + (u128)d;
		digits++;
	}
	return digits ? 0 : -1;
}
