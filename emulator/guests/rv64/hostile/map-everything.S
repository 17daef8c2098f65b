# Tables that map all of 512 GiB with the largest pages, everything allowed: then it reads and writes through them what untranslated accesses do not
# reach. A table cannot lead out of the machine's storage either.
#include "lib.S"
	.text
begin:
	la	a0, root
	li	t0, 0			# entry i: GiB i, readable, writable, executable, accessed, dirty
	li	t1, 512
	li	t2, 0xcf
1:	sd	t2, 0(a0)
	addi	a0, a0, 8
	li	a1, 1 << 28
	add	t2, t2, a1
	addi	t0, t0, 1
	bne	t0, t1, 1b
	la	t0, root
	srli	t0, t0, 12
	li	t1, 8 << 60
	or	t0, t0, t1
	csrw	satp, t0		# no sfence.vma: nothing was translated before
	li	s0, 0
	li	s1, 1 << 20		# every MiB of the first 16 GiB that is not a device or this program
	li	s2, 0x40000000
	li	s3, 0x400000000
2:	li	t0, RAM + 0x200000
	sub	t0, s2, t0
	srli	t0, t0, 22
	beqz	t0, 3f
	li	t0, 0x0123456789abcdef
	sd	t0, 24(s2)
	li	t1, 0
	ld	t1, 24(s2)
	bne	t0, t1, 3f
	addi	s0, s0, 1
3:	add	s2, s2, s1
	bltu	s2, s3, 2b
	la	a0, text
	mv	a1, s0
	call	put
	csrw	satp, zero
	j	finish
	.section .rodata
text:	.asciz "found  "
	.bss
	.align	12
root:	.space	4096
