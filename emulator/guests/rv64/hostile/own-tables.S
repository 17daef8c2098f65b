# Writes its own tables while they are in use, through a mapping of the tables themselves, mostly without a fence: this machine keeps no translation that a
# program could see, so what is written counts at once.
#include "lib.S"
	.equ	VIEW, 0x40000000	# a page that is mapped here and there
	.equ	TABLE, 0x40001000	# the last table, which maps both
	.text
begin:
	la	a0, root
	la	a1, middle
	la	a2, last
	srli	t0, a1, 2		# root[1] -> middle[0] -> last
	ori	t0, t0, 1
	sd	t0, 8(a0)
	srli	t0, a2, 2
	ori	t0, t0, 1
	sd	t0, 0(a1)
	srli	t0, a2, 2		# last[1] = last
	ori	t0, t0, 0xc7
	sd	t0, 8(a2)
	li	t0, 0xcf		# root[0], root[2]: devices and storage as they are
	sd	t0, 0(a0)
	li	t0, (RAM >> 2) + 0xcf
	sd	t0, 16(a0)
	la	t0, a_page		# two pages to tell apart
	li	t1, 0xaaaa
	sd	t1, 0(t0)
	la	t0, b_page
	li	t1, 0xbbbb
	sd	t1, 0(t0)
	srli	t0, a0, 12
	li	t1, 8 << 60
	or	t0, t0, t1
	csrw	satp, t0

	la	s2, a_page
	srli	s2, s2, 2
	la	s3, b_page
	srli	s3, s3, 2
	li	s4, TABLE
	li	s5, VIEW
	li	s0, 0			# what was seen, summed up
	li	s1, 300
1:	ori	t0, s2, 0xc7		# A, readable and writable
	sd	t0, 0(s4)
	ld	t1, 0(s5)
	add	s0, s0, t1
	ori	t0, s3, 0xc7		# B
	sd	t0, 0(s4)
	ld	t1, 0(s5)
	slli	s0, s0, 1
	add	s0, s0, t1
	ori	t0, s3, 0xc3		# not writable any more: a trap
	sd	t0, 0(s4)
	sd	s0, 8(s5)
	ori	t0, s3, 0x87		# not accessed: a trap, since this machine does not set A
	sd	t0, 0(s4)
	ld	t1, 0(s5)
	ori	t0, s3, 0x47		# not dirty: reading is fine, writing traps
	sd	t0, 0(s4)
	ld	t1, 0(s5)
	add	s0, s0, t1
	sd	s0, 16(s5)
	ori	t0, s3, 0xd7		# a page of U-mode: a trap, unless SUM
	sd	t0, 0(s4)
	ld	t1, 0(s5)
	li	t2, 1 << 18
	csrs	sstatus, t2
	ld	t1, 0(s5)
	sd	s1, 24(s5)
	csrc	sstatus, t2
	ld	t1, 0(s5)		# and a trap again
	add	s0, s0, t1
	ori	t0, s2, 0xc9		# executable only: a trap, unless MXR
	sd	t0, 0(s4)
	ld	t1, 0(s5)
	li	t2, 1 << 19
	csrs	sstatus, t2
	ld	t1, 0(s5)
	add	s0, s0, t1
	csrc	sstatus, t2
	sd	zero, 0(s4)		# nothing
	ld	t1, 0(s5)
	ori	t0, s2, 0xc7		# and with the physical address of the table instead of the mapped one
	la	t1, last
	sd	t0, 0(t1)
	ld	t1, 0(s5)
	add	s0, s0, t1
	sfence.vma
	addi	s1, s1, -1
	bnez	s1, 1b
	csrw	satp, zero
	la	a0, text
	mv	a1, s0
	call	put
	la	a0, text
	la	t0, b_page
	ld	a1, 24(t0)
	call	put
	j	finish
	.section .rodata
text:	.asciz "seen   "
	.bss
	.align	12
root:	.space	4096
middle:	.space	4096
last:	.space	4096
a_page:	.space	4096
b_page:	.space	4096
