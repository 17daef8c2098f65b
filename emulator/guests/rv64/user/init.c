/* The first program: a tour of what the kernel can do. What it prints does not depend on time: results are awaited in a fixed order. */
#include "user.h"

static void show_file(const char *name)
{
	char text[512];
	int64_t n = call(CALL_READ, PTR(name), 0, PTR(text), sizeof text);

	print("init: %s has %d bytes:\n", name, (int)n);
	if (n > 0)
		call(CALL_WRITE, PTR(text), (uint64_t)n, 0, 0);
}

/* Both run at the same time, a slice of it each. */
static void compute(void)
{
	int sieve = start("sieve", 20000), crc = start("crc", 7), primes = 0, sum = 0;

	wait_for(sieve, &primes);
	wait_for(crc, &sum);
	print("init: %d primes below 20000, checksum %d\n", primes, sum);
}

/* After a fork both have the same storage, until one of them writes. */
static void copy_on_write(void)
{
	static int shared = 1;
	int child = fork(), result = 0;

	if (!child) {
		shared += 41;
		call(CALL_EXIT, (uint64_t)shared, 0, 0, 0);
	}
	wait_for(child, &result);
	print("init: the child counts %d, the parent %d\n", result, shared);
}

/* It makes no system call: only the clock takes the processor from it. */
static void preempt(void)
{
	int child = fork(), result = 0;

	if (!child)
		for (;;)
			__asm__ volatile("");
	sleep(2);
	call(CALL_KILL, (uint64_t)child, 0, 0, 0);
	wait_for(child, &result);
	print("init: a program that never stops was stopped: %d\n", result);
}

int main(int argument)
{
	(void)argument;
	print("init: process %d\n", (int)call(CALL_NUMBER, 0, 0, 0, 0));
	show_file("motd");
	compute();
	copy_on_write();
	print("init: recursion to depth %d\n", run("deep", 500));
	print("init: code made at run time gives %d\n", run("code", 100));
	for (int i = 0; i < 8; i++)
		run("crimes", i);
	run("deep", 100000);
	preempt();
	print("init: ping ended with %d\n", run("ping", 3));
	return 0;
}
