/* The order in which the kernel comes to life. */
#include "kernel.h"
#include "virtio.h"

/* `board`: where firmware says the description of the board is. 0: there is no firmware. */
void kernel_main(uint64_t board)
{
	csr_write(stvec, trap_vector);
	csr_write(sscratch, 0); /* we are the kernel (entry.S) */
	pages_start();
	spaces_start();
	print("kernel: address translation is on\n");
	devices_start(board != 0);
	virtio_start();
	processes_start();
}
