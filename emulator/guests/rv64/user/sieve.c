/* The sieve of Eratosthenes: how many primes there are below the argument. Its table comes into being page by page. */
#include "user.h"

int main(int below)
{
	unsigned char *composite = (unsigned char *)call(CALL_GROW, (uint64_t)below, 0, 0, 0);
	int count = 0;

	for (int i = 2; i < below; i++) {
		if (composite[i])
			continue;
		count++;
		for (int j = 2 * i; j < below; j += i)
			composite[j] = 1;
	}
	return count;
}
