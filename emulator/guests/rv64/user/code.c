/* Code that changes: a function of two instructions is written, executed, and written again with another constant, each time in the same place. */
#include "user.h"

int main(int rounds)
{
	uint32_t *code = (uint32_t *)call(CALL_GROW, 4096, 0, 0, 0);
	int (*function)(void) = (int (*)(void))PTR(code);
	int sum = 0;

	call(CALL_PROTECT, PTR(code), 4096, 7, 0);
	for (int i = 1; i <= rounds; i++) {
		code[0] = (uint32_t)i << 20 | 0x00000513; /* li a0, i */
		code[1] = 0x00008067;                     /* ret */
		__asm__ volatile("fence.i" : : : "memory");
		sum += function();
	}
	return sum;
}
