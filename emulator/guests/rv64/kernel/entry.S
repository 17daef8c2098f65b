# The only code that is not C: the first instructions, the way into the kernel and out of it, and the switch between two processes.

# ---- The beginning. Firmware, or `isolde run --start S`, leaves the processor here in S-mode, untranslated. a1 is where the description of the
# board is; 0: nothing is below us, and nobody will answer an ECALL.
	.section .text.entry, "ax"
	.globl	_start
_start:
	la	sp, boot_stack_end
	mv	a0, a1
	call	kernel_main

# ---- The trap vector. The processor has done this much: sepc is where the program was, scause and stval say why, sstatus.SPP is the level it was
# at, interrupts are off, and it is in S-mode, in the same address space. All of x1 to x31 are still the program's.
#
# sscratch is ours. While a program runs it holds the top of the kernel stack of its process; while the kernel runs it is 0. So one exchange
# gives a stack, and tells where the trap came from.
	.text
	.align	2
	.globl	trap_vector
trap_vector:
	csrrw	sp, sscratch, sp
	beqz	sp, from_kernel
	addi	sp, sp, -272			# struct frame
	sd	x1, 1*8(sp)
	.irp	n, 3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	sd	x\n, \n*8(sp)
	.endr
	csrrw	t0, sscratch, zero		# the program's sp; and from here on we are the kernel
	sd	t0, 2*8(sp)
	csrr	t0, sepc
	sd	t0, 0*8(sp)
	csrr	t0, sstatus
	sd	t0, 32*8(sp)
	mv	a0, sp
	call	trap_from_user

# ---- And back. sp is at the frame, where it was above, though perhaps of another process: a new one begins here. Order matters: once sscratch
# holds the stack, a trap would be taken for one of a program, so nothing from there on may trap. sepc and sstatus (SPP, SPIE) are what
# SRET restores.
	.globl	return_to_user
return_to_user:
	ld	t0, 32*8(sp)
	csrw	sstatus, t0
	ld	t0, 0*8(sp)
	csrw	sepc, t0
	addi	t0, sp, 272
	csrw	sscratch, t0
	.irp	n, 1,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	ld	x\n, \n*8(sp)
	.endr
	ld	sp, 2*8(sp)
	sret

# A trap from the kernel: a mistake of ours. sp may be anything, so another stack.
from_kernel:
	la	sp, boot_stack_end
	call	trap_from_kernel

# ---- void switch_to(struct context *from, const struct context *to): the caller goes on when somebody switches to `from`. Registers that a call may
# change need no keeping.
	.globl	switch_to
switch_to:
	sd	ra, 0(a0)
	sd	sp, 8(a0)
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11
	sd	s\n, 16+\n*8(a0)
	.endr
	ld	ra, 0(a1)
	ld	sp, 8(a1)
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11
	ld	s\n, 16+\n*8(a1)
	.endr
	ret

	.bss
	.align	4
	.space	4096
boot_stack_end:
