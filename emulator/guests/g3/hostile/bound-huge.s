# The largest bound on a base in the middle of storage: reads and writes at the end of what exists, behind it, and where the sum overflows.
	.include "../lib.s"
	.equ BASE, 0x100
	.org 0x90
	.entry start
start:	jal  X6, size
	addi X7, X5, -BASE          # this address is the first beyond
	addi X1, X0, next1
	store X1, X0, resume
	lpsw X0, first
next1:	addi X1, X0, next2
	store X1, X0, resume
	lpsw X0, second
next2:	addi X1, X0, next3
	store X1, X0, resume
	lpsw X0, third
next3:	addi X1, X0, next4
	store X1, X0, resume
	lpsw X0, fourth
next4:	add  X1, X5, X0             # what the first has read
	jal  X6, hex8
	jal  X6, line
	load X1, X0, 0x10           # word 0x10 + 0x10000 = BASE + 0xff10: has it been written?
	addi X2, X0, next4
	xor  X1, X1, X2             # `resume` is there: zero if nothing else is
	jal  X6, hex8
	jal  X6, line
	addi X1, X0, end_text
	jal  X6, print
	jal  X0, off
first:	.word KERNEL | first1 - BASE, BASE << 16 | 0xffff
second:	.word KERNEL | second1 - BASE, BASE << 16 | 0xffff
third:	.word KERNEL | third1 - BASE, BASE << 16 | 0xffff
fourth:	.word KERNEL | fourth1 - BASE, BASE << 16 | 0xffff
end_text:	.asciz "bound-huge: end\n"

	.org 0x180                  # executed with this base
first1:	addi X1, X0, 0x5a5
	store X1, X7, -1            # the last word there is
	load X5, X7, -1
	svc  1
second1:	load X1, X7, 0
	svc  2
third1:	addi X1, X0, -1
	store X1, X0, 0xff10
	svc  3
fourth1:	store X1, X0, 0xffff
	svc  4
