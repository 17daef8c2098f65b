/* What a program may not do. The kernel kills it each time, with a line on the console. */
#include "user.h"

static const int constant = 1;

static void __attribute__((noinline)) commit(int crime)
{
	static int data[2];
	volatile int *anywhere;

	switch (crime) {
	case 0: /* write the kernel */
		anywhere = (int *)UINT64_C(0x80200000);
		*anywhere = 1;
		break;
	case 1: /* read a device */
		anywhere = (int *)UINT64_C(0x10000000);
		(void)*anywhere;
		break;
	case 2: /* write a constant */
		anywhere = (int *)&constant;
		*anywhere = 2;
		break;
	case 3: /* write itself */
		*(volatile int *)PTR(commit) = 0;
		break;
	case 4: /* execute data */
		data[0] = 0x00008067;
		((void (*)(void))PTR(data))();
		break;
	case 5: /* an instruction of the kernel's */
		__asm__ volatile("csrw satp, zero");
		break;
	case 6: /* a return from a trap that never came */
		__asm__ volatile("sret");
		break;
	case 7: /* an address that no table can hold */
		anywhere = (int *)UINT64_C(0x1234567800000000);
		(void)*anywhere;
		break;
	}
}

int main(int crime)
{
	commit(crime);
	return 0;
}
