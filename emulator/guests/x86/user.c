/* The program that every process runs, in ring 3. What it does depends on its number. */
#include "calls.h"

#define USER __attribute__((section(".user")))

USER static long call(long number, long first, long second)
{
	long result;

#ifdef __x86_64__
	__asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(first), "S"(second) : "memory", "rcx", "r11");
#else
	__asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(first), "c"(second) : "memory");
#endif
	return result;
}

USER static void write(const char *text, int count)
{
	call(CALL_WRITE, (long)text, count);
}

USER static void put(char c)
{
	write(&c, 1);
}

USER static void number(unsigned n)
{
	if (n >= 10)
		number(n / 10);
	put((char)('0' + n % 10));
}

/* Primes below `limit`, in storage that appears when it is touched, and is this process's alone. */
USER static unsigned primes(unsigned limit)
{
	volatile char *composite = (volatile char *)0x50000000;
	unsigned count = 0;

	for (unsigned i = 2; i < limit; i++) {
		count += !composite[i];
		for (unsigned k = 2 * i; k < limit; k += i)
			composite[k] = 1;
	}
	return count;
}

USER static void count_primes(unsigned limit)
{
	unsigned found = primes(limit);

	number(limit);
	put(':');
	number(found);
	put('\n');
}

/* Whether it may be interrupted, as the flags say. The one critical instruction of this program. */
USER static void curious(void)
{
	unsigned long flags;

	__asm__ volatile("pushf\n\tpop %0" : "=r"(flags));
	put(flags >> 9 & 1 ? 'I' : 'i');
	put('\n');
}

USER void user_start(void)
{
	long who = call(CALL_WHO, 0, 0);

	if (who == 0)
		count_primes(1000);
	if (who == 1)
		count_primes(700);
	if (who == 2) {
		call(CALL_SLEEP, 3, 0);
		__asm__ volatile("cli");        /* the kernel is told */
	}
	if (who == 3)
		curious();
	call(CALL_EXIT, who, 0);
}
