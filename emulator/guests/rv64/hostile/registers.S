# Every control and status register by number, written with ones, with zeros, and with bits set and cleared, and what it then holds. Those that would end
# the program are put right at once: stvec, satp, sie, sstatus.
#include "lib.S"
	.text
begin:
	li	s0, 0			# sum of all that was read
	li	s1, 0			# number
1:	la	a0, table
	li	a1, 6
2:	lw	t0, 0(a0)
	slli	t1, s1, 20
	or	t0, t0, t1
	la	t1, place
	sw	t0, 0(t1)
	fence.i
	li	a3, -1
	li	a2, 0
	.align	2
	.option	push
	.option	norvc
place:	nop
	.option	pop
	csrw	satp, zero		# untranslated again
	la	t0, handler
	csrw	stvec, t0
	csrw	sie, zero
	li	t0, 0xc00
	sub	t0, s1, t0		# counters do not count the same everywhere
	sltiu	t0, t0, 0x20
	bnez	t0, 3f
	slli	t1, s0, 7
	srli	s0, s0, 57
	or	s0, s0, t1
	add	s0, s0, a2
3:	addi	a0, a0, 4
	addi	a1, a1, -1
	bnez	a1, 2b
	addi	s1, s1, 1
	li	t0, 4096
	bne	s1, t0, 1b
	la	a0, text
	mv	a1, s0
	call	put
	j	finish
	.section .rodata
	.align	2
table:	.word	0x00069073		# csrrw zero, N, a3
	.word	0x00002673		# csrrs a2, N, zero
	.word	0x00001673		# csrrw a2, N, zero
	.word	0x0006a673		# csrrs a2, N, a3
	.word	0x0006b673		# csrrc a2, N, a3
	.word	0x000fd673		# csrrwi a2, N, 31
text:	.asciz "read   "
