#ifndef BOARD_H
#define BOARD_H
/* Where things are: isa-specs/rv64/machine.yaml (platform). QEMU's virt board has them at the same addresses, but for the timer, which it lacks. */
enum {
	PAGE = 4096,
	MEGAPAGE = 512 * PAGE,
	POWER = 0x100000,       /* sifive-test */
	PLIC = 0xc000000,
	UART = 0x10000000,      /* ns16550a */
	VIRTIO = 0x10001000,    /* up to 8 slots, PAGE apart; their interrupts are 1 to 8 */
	VIRTIO_SLOTS = 8,
	TIMER = 0x10003000,     /* our timer, where QEMU has slot 2 */
	IRQ_TIMER = 3
};
#define RAM_START UINT64_C(0x80000000)
#define RAM_END (RAM_START + 16 * 1024 * 1024) /* as much as we use */
/* User programs have the second GiB of each address space; the first has the devices, the third storage. */
#define USER_START UINT64_C(0x40000000)
#define USER_END UINT64_C(0x80000000)
#define STACK_TOP (USER_END - 2 * PAGE)
#define STACK_ROOM (16 * PAGE)
#endif
