# For tests/watch.sh: sums the words of a table in a subroutine, waits for gdb to change one, and switches off with the sum.
	.globl	_start
_start:	la	a0, table
	li	a1, 4
	call	sum
after:	la	t0, result
	sd	a0, 0(t0)
	slli	a0, a0, 16
	li	t1, 0x3333
	or	a0, a0, t1
	li	t0, 0x100000
end:	sw	a0, 0(t0)
	j	end

sum:	li	t0, 0
1:	lw	t1, 0(a0)
	add	t0, t0, t1
	addi	a0, a0, 4
	addi	a1, a1, -1
	bnez	a1, 1b
	mv	a0, t0
	ret

	.data
	.balign	8
table:	.word	1, 2, 3, 4
result:	.dword	0
