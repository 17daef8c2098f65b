/* Recursion: the stack grows by page faults, up to its room. */
#include "user.h"

static int __attribute__((noinline)) depth(volatile int n)
{
	return n ? depth(n - 1) + 1 : 0;
}

int main(int n)
{
	return depth(n);
}
