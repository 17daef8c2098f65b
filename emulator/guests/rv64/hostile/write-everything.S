# Writes and reads at every power of two and beside it, and around the ends of its storage, untranslated: what is not its own must not be there.
#include "lib.S"
	.text
begin:
	li	s0, 0			# how many of the writes are found again
	li	s1, 1
1:	mv	a0, s1
	call	try
	addi	a0, s1, -8
	call	try
	addi	a0, s1, 8
	call	try
	slli	s1, s1, 1
	bnez	s1, 1b
	li	s1, RAM
	li	s2, 0x10000		# by this distance through the first 512 MiB of storage, of which only some are there
	li	s3, RAM + 0x20000000
	li	a0, RAM + 0x200000	# but not over this program
2:	mv	a0, s1
	call	try
	add	s1, s1, s2
	bltu	s1, s3, 2b
	la	a0, text
	mv	a1, s0
	call	put
	j	finish

# Writes a mark to a0, unless it is ours, and looks.
try:
	andi	a0, a0, -8
	li	t0, RAM + 0x200000
	sub	t0, a0, t0
	srli	t0, t0, 21
	beqz	t0, 1f
	li	t0, 0x1000000		# devices: they may do anything
	li	t1, 0x20000000
	bltu	a0, t0, 1f
	bltu	a0, t1, 1f
	li	t0, 0x5a5a5a5a
	li	t1, 0
	sd	t0, 0(a0)
	ld	t1, 0(a0)
	bne	t0, t1, 1f
	addi	s0, s0, 1
1:	ret
	.section .rodata
text:	.asciz "found  "
