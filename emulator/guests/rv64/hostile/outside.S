# The disk is told to move sectors to where no storage is, and to a queue beyond it: the device refuses, and nothing is written.
#include "lib.S"
	.equ	DISK, 0x10001000
	.text
begin:
	li	s0, DISK
	la	s1, queue
	li	s2, 0			# sum of what the device says
	li	s3, 5
1:	la	t0, places		# where the data would go
	slli	t1, s3, 3
	add	t0, t0, t1
	ld	s4, -8(t0)
	sw	zero, 0x70(s0)		# reset; acknowledge, driver; VERSION_1; features ok
	li	t0, 3
	sw	t0, 0x70(s0)
	li	t0, 1
	sw	t0, 0x24(s0)
	sw	t0, 0x20(s0)
	li	t0, 11
	sw	t0, 0x70(s0)
	sw	zero, 0x30(s0)
	li	t0, 4
	sw	t0, 0x38(s0)
	sw	s1, 0x80(s0)		# descriptors, available, used
	srli	t1, s1, 32
	sw	t1, 0x84(s0)
	addi	t0, s1, 256
	sw	t0, 0x90(s0)
	sw	t1, 0x94(s0)
	addi	t0, s1, 512
	sw	t0, 0xa0(s0)
	sw	t1, 0xa4(s0)
	li	t0, 1
	sw	t0, 0x44(s0)
	li	t0, 15
	sw	t0, 0x70(s0)
	la	t0, request
	sd	t0, 0(s1)
	li	t0, 16 | 1 << 32 | 1 << 48
	sd	t0, 8(s1)
	sd	s4, 16(s1)
	li	t0, 512 | 3 << 32 | 2 << 48
	sd	t0, 24(s1)
	addi	t0, s1, 1024
	sd	t0, 32(s1)
	li	t0, 1 | 2 << 32
	sd	t0, 40(s1)
	li	t0, 1 << 16		# one is available: the first
	sw	t0, 256(s1)
	sh	zero, 260(s1)
	sh	zero, 514(s1)
	li	t0, 255
	sb	t0, 1024(s1)
	sw	zero, 0x50(s0)
	lw	t0, 0x70(s0)
	slli	s2, s2, 8
	add	s2, s2, t0
	lbu	t0, 1024(s1)
	add	s2, s2, t0
	lhu	t0, 514(s1)
	add	s2, s2, t0
	addi	s3, s3, -1
	bnez	s3, 1b
	la	a0, text
	mv	a1, s2
	call	put
	j	finish
	.section .rodata
text:	.asciz "device "
	.align	3
places:	.dword	0x7ffffff0, 0x90000000, 0x0, 0xfffffffffffffe00, 0x10001000
	.data
	.align	3
request:	.dword	0, 0
	.bss
	.align	12
queue:	.space	4096
