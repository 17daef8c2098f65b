/* The CRC-32 (IEEE 802.3) of the file `motd`, again and again: `rounds` times, chained, without the sign. */
#include "user.h"

static uint32_t crc(uint32_t sum, const unsigned char *bytes, int64_t n)
{
	for (int64_t i = 0; i < n; i++) {
		sum ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			sum = sum & 1 ? sum >> 1 ^ 0xedb88320 : sum >> 1;
	}
	return sum;
}

int main(int rounds)
{
	static unsigned char text[4096];
	int64_t n = call(CALL_READ, PTR("motd"), 0, PTR(text), sizeof text);
	uint32_t sum = ~(uint32_t)0;

	for (int i = 0; i < rounds; i++)
		sum = crc(sum, text, n);
	return (int)(~sum >> 1);
}
