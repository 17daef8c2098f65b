# Looks for the monitor, or for other guests: reads every 16th address that there can be, with the largest bound. What can be read is as
# much as the machine is said to have, and all of it is this program's own: the sum is always the same.
	.include "../lib.s"
	.org 0x90
	.entry start
start:	addi X1, X0, 1
	store X1, X0, quiet
	addi X1, X0, missing
	store X1, X0, resume
	addi X5, X0, 0x100          # from behind this program on
	add  X7, X0, X0
look:	load X1, X5, 0
	add  X7, X7, X1             # the sum of everything
	load X1, X0, count
	addi X1, X1, 1
	store X1, X0, count
missing:	addi X5, X5, 0x10
	lui  X1, 1
	bne  X5, X1, look
	load X1, X0, count
	jal  X6, hex8
	jal  X6, line
	add  X1, X7, X0
	jal  X6, hex8
	jal  X6, line
	addi X1, X0, end_text
	jal  X6, print
	jal  X0, off
count:	.word 0
end_text:	.asciz "read-everything: end\n"
