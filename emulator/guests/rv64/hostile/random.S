# Executes words that nobody wrote: 3000 pseudo-random instructions, one at a time, each with registers from the same generator. A trap ends one, so does coming
# out at the other end. What all of them left in the registers is summed up.
#include "lib.S"
	.equ	COUNT, 3000
	.text
begin:
	la	t0, again
	la	t1, resume
	sd	t0, 0(t1)
	la	t0, state
	li	t1, 0x9e3779b97f4a7c15
	sd	t1, 0(t0)
	sd	zero, 8(t0)
	li	t1, COUNT
	sd	t1, 16(t0)

loop:
	la	sp, stack_end
	la	t1, handler		# it may have been changed
	csrw	stvec, t1
	csrw	satp, zero
	csrw	sie, zero
	csrci	sstatus, 2
	la	s0, state
	ld	s1, 16(s0)
	beqz	s1, end
	addi	s1, s1, -1
	sd	s1, 16(s0)
	call	next
	la	t1, place
	mv	t2, a0
	andi	t0, t2, 3		# nothing that jumps: it might come back for ever
	addi	a1, t0, -3
	beqz	a1, 4f
	slli	t2, t2, 48
	srli	t2, t2, 48
	li	a1, 1 << 16		# and a c.nop
	or	t2, t2, a1
	srli	a1, t2, 15		# compressed: quadrant 0, quadrant 1 up to c.addi16sp or arithmetic, quadrant 2 up to c.ldsp
	andi	a1, a1, 1
	beqz	t0, 1f
	beqz	a1, 1f
	li	a1, 0x6000
	addi	t0, t0, -1
	beqz	t0, 3f
	li	a1, 0x8000
3:	not	a1, a1
	and	t2, t2, a1
	j	1f
4:	srli	t0, t2, 40
	andi	t0, t0, 15
	la	a1, opcodes
	add	a1, a1, t0
	lbu	t0, 0(a1)
	andi	t2, t2, ~0x7f
	or	t2, t2, t0
1:	sw	t2, 0(t1)
	fence.i
	la	s1, values		# all registers but x0 and those of the handler's
	li	s2, 31
2:	call	next
	andi	t0, a0, 3		# addresses of storage, small numbers, and anything
	bnez	t0, 3f
	la	t0, window
	slli	a0, a0, 52
	srli	a0, a0, 52
	add	a0, a0, t0
	j	4f
3:	addi	t0, t0, -1
	bnez	t0, 4f
	srai	a0, a0, 56
4:	sd	a0, 0(s1)
	addi	s1, s1, 8
	addi	s2, s2, -1
	bnez	s2, 2b
	la	x31, values
	.irp	n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,28,29,30
	ld	x\n, \n*8-8(x31)
	.endr
	ld	x31, 240(x31)
	.align	2
	.option	push
	.option	norvc
place:	nop
	.option	pop
again:
	csrw	satp, zero
	csrw	sscratch, x31
	la	x31, values
	.irp	n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,28,29,30
	sd	x\n, \n*8-8(x31)
	.endr
	csrr	t0, sscratch
	la	x31, values
	sd	t0, 240(x31)
	la	s0, state
	ld	a0, 8(s0)
	la	s1, values
	li	s2, 31
5:	ld	t0, 0(s1)
	li	t1, 0x100000001b3
	xor	a0, a0, t0
	mul	a0, a0, t1
	addi	s1, s1, 8
	addi	s2, s2, -1
	bnez	s2, 5b
	sd	a0, 8(s0)
	j	loop

end:
	la	a0, text
	la	s0, state
	ld	a1, 8(s0)
	call	put
	li	a1, 0			# and what was stored
	la	t0, window
	li	t1, 4096
6:	ld	t2, 0(t0)
	slli	a0, a1, 3
	srli	a1, a1, 61
	or	a1, a1, a0
	add	a1, a1, t2
	addi	t0, t0, 8
	addi	t1, t1, -8
	bnez	t1, 6b
	la	a0, text
	call	put
	j	finish

# xorshift64*; the next number in a0. Uses t0.
next:
	la	t0, state
	ld	a0, 0(t0)
	srli	a1, a0, 12
	xor	a0, a0, a1
	slli	a1, a0, 25
	xor	a0, a0, a1
	srli	a1, a0, 27
	xor	a0, a0, a1
	sd	a0, 0(t0)
	li	a1, 0x2545f4914f6cdd1d
	mul	a0, a0, a1
	ret
	.section .rodata
text:	.asciz "state  "
opcodes:	.byte	0x13, 0x33, 0x1b, 0x3b, 0x03, 0x23, 0x2f, 0x73, 0x0f, 0x37, 0x17, 0x13, 0x33, 0x03, 0x2f, 0x73
	.data
	.align	3
state:	.dword	0, 0, 0
values:	.space	31 * 8
	.bss
	.align	12
window:	.space	8192
