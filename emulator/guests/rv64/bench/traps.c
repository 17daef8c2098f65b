/* Traps, for measurements: ROUNDS system calls, which come back at once (start.S). */
#ifndef ROUNDS
#define ROUNDS 1000000l
#endif

unsigned long compute(void)
{
	for (long n = 0; n < ROUNDS; n++) {
		register unsigned long call __asm__("a7") = 0;

		__asm__ volatile("ecall" : : "r"(call) : "t0", "memory");
	}
	return ROUNDS;
}
