# Changes its own code: the next instruction, one in a loop, one seen at another address, and a page that stops being code.
#include "lib.S"
	.text
begin:
	li	s0, 0
	li	s1, 200
1:	la	t0, next		# addi s0, s0, s1 & 1023
	andi	t1, s1, 1023
	slli	t1, t1, 20
	li	t2, 0x00040413
	or	t1, t1, t2
	sw	t1, 0(t0)
	fence.i
	.align	2
	.option	push
	.option	norvc
next:	addi	s0, s0, 0
	.option	pop
	addi	s1, s1, -1
	bnez	s1, 1b

	# The same page at two addresses: written at one, executed at the other.
	la	a0, root
	la	t0, middle
	srli	t0, t0, 2
	ori	t0, t0, 1
	sd	t0, 8(a0)
	la	t1, last
	srli	t0, t1, 2
	ori	t0, t0, 1
	la	t2, middle
	sd	t0, 0(t2)
	la	t0, page
	srli	t0, t0, 2
	ori	t0, t0, 0xc9		# execute
	sd	t0, 0(t1)
	xori	t0, t0, 0x0e		# read and write
	sd	t0, 8(t1)
	li	t0, 0xcf
	sd	t0, 0(a0)
	li	t0, (RAM >> 2) + 0xcf
	sd	t0, 16(a0)
	srli	t0, a0, 12
	li	t1, 8 << 60
	or	t0, t0, t1
	csrw	satp, t0
	li	s2, 0x40000000
	li	s3, 0x40001000
	li	t0, 0x00008067		# jalr zero, 0(ra)
	sw	t0, 4(s3)
	li	s1, 200
2:	slli	t1, s1, 20
	li	t2, 0x00040413
	or	t1, t1, t2
	sw	t1, 0(s3)
	fence.i
	jalr	s2
	addi	s1, s1, -1
	bnez	s1, 2b
	la	t0, 3f			# fetching what is not executable
	la	t1, resume
	sd	t0, 0(t1)
	jalr	s3
3:	csrw	satp, zero
	la	t1, resume
	sd	zero, 0(t1)
	la	a0, text
	mv	a1, s0
	call	put
	j	finish
	.section .rodata
text:	.asciz "sum    "
	.bss
	.align	12
root:	.space	4096
middle:	.space	4096
last:	.space	4096
page:	.space	4096
