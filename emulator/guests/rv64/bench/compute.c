/* Computing, for measurements: the sieve of Eratosthenes, a product of matrices and a CRC-32, ROUNDS times, in U-mode. About 10^9 instructions. */
#ifndef ROUNDS
#define ROUNDS 100
#endif
enum { LIMIT = 200000, N = 48 };

static unsigned char composite[LIMIT];
static unsigned a[N][N], b[N][N], product[N][N];

static unsigned sieve(void)
{
	unsigned count = 0;

	for (unsigned i = 0; i < LIMIT; i++)
		composite[i] = 0;
	for (unsigned i = 2; i < LIMIT; i++) {
		if (composite[i])
			continue;
		count++;
		for (unsigned k = 2 * i; k < LIMIT; k += i)
			composite[k] = 1;
	}
	return count;
}

static void multiply(unsigned seed)
{
	for (unsigned i = 0; i < N; i++)
		for (unsigned k = 0; k < N; k++) {
			a[i][k] = seed * i + k;
			b[i][k] = seed ^ (i * k);
		}
	for (unsigned i = 0; i < N; i++)
		for (unsigned k = 0; k < N; k++) {
			unsigned sum = 0;

			for (unsigned m = 0; m < N; m++)
				sum += a[i][m] * b[m][k];
			product[i][k] = sum;
		}
}

static unsigned crc(unsigned value, const unsigned char *bytes, unsigned length)
{
	for (unsigned i = 0; i < length; i++) {
		value ^= bytes[i];
		for (unsigned k = 0; k < 8; k++)
			value = value >> 1 ^ (0xedb88320u & -(value & 1));
	}
	return value;
}

unsigned long compute(void)
{
	unsigned value = ~0u, primes = 0;

	for (unsigned round = 0; round < ROUNDS; round++) {
		primes = sieve();
		value = crc(value, composite, 65536);
		multiply(value);
		value = crc(value, (const unsigned char *)product, sizeof product);
	}
	return (unsigned long)primes << 32 | value;
}
