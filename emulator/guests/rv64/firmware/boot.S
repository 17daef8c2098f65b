# Firmware of the least kind: what stands between reset, in M-mode, and a kernel in S-mode. It hands the processor over and then does one thing
# for the kernel, which S-mode cannot do for itself: the clock. (Firmware of the usual kind, OpenSBI, does the same and much more.)
#
# The kernel asks by ECALL, as the RISC-V Supervisor Binary Interface says: extension in a7, function in a6, argument in a0; the answer is an error
# in a0 and a value in a1.
	.equ	KERNEL, 0x80200000
	.equ	MTIMECMP, 0x2004000
	.equ	SET_TIMER, 0x54494d45		# extension TIME, function 0
	.equ	NOT_SUPPORTED, -2
	.equ	MTI, 1 << 7			# bits of mie and mip
	.equ	STI, 1 << 5
	.equ	MPP_S, 1 << 11			# mstatus
	.equ	MPP, 3 << 11

	.section .text
	.globl	_start
_start:
	la	sp, stack_end
	csrw	mscratch, sp
	la	t0, trap
	csrw	mtvec, t0

	# All of the addresses are the kernel's as well, but for this page: the lowest PMP entry that matches decides.
	la	t0, _start
	srli	t0, t0, 2
	ori	t0, t0, 0x1ff			# naturally aligned, 4096 bytes
	csrw	pmpaddr0, t0
	li	t0, -1
	csrw	pmpaddr1, t0
	li	t0, 0x1f18			# entry 1: all, read, write, execute; entry 0: none
	csrw	pmpcfg0, t0

	# What the kernel can serve goes to it directly: everything that programs do, and supervisor interrupts.
	li	t0, 0xb1ff
	csrw	medeleg, t0
	li	t0, 0x222
	csrw	mideleg, t0
	csrw	mcounteren, 7			# it may read the time
	li	t0, -1
	li	t1, MTIMECMP
	sd	t0, 0(t1)			# not yet
	csrw	mie, zero

	li	t0, MPP
	csrc	mstatus, t0
	li	t0, MPP_S
	csrs	mstatus, t0
	li	t0, KERNEL
	csrw	mepc, t0
	li	a0, 0				# the hart
	la	a1, board
	mret

# A call of the kernel's, or the machine's timer. Only t0 and t1 are used, and kept for whoever was interrupted.
	.align	2
trap:
	csrrw	sp, mscratch, sp
	sd	t0, -8(sp)
	sd	t1, -16(sp)
	csrr	t0, mcause
	bltz	t0, timer			# bit 63: an interrupt, and only one is ever enabled
	addi	t0, t0, -9			# an ECALL from S-mode
	bnez	t0, stop
	csrr	t0, mepc
	addi	t0, t0, 4
	csrw	mepc, t0
	li	t0, SET_TIMER
	bne	a7, t0, refuse
	bnez	a6, refuse
	li	t0, MTIMECMP
	sd	a0, 0(t0)
	li	t0, STI				# the last one has been seen
	csrc	mip, t0
	li	t0, MTI
	csrs	mie, t0
	li	a0, 0
	li	a1, 0
out:
	ld	t0, -8(sp)
	ld	t1, -16(sp)
	csrrw	sp, mscratch, sp
	mret

refuse:
	li	a0, NOT_SUPPORTED
	li	a1, 0
	j	out

# It stays pending until the kernel asks anew: not for us any more, but for the kernel.
timer:
	li	t0, MTI
	csrc	mie, t0
	li	t0, STI
	csrs	mip, t0
	j	out

# Anything else is a mistake.
stop:
	li	t0, 0x100000			# sifive-test: off, with code 254
	li	t1, 254 << 16 | 0x3333
	sw	t1, 0(t0)
1:	wfi
	j	1b

	.balign	16
	.space	64
stack_end:
	.balign	8
board:
	.incbin	BOARD
