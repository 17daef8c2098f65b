# Fills storage word by word, over its end if nothing stops it: a table that grows and grows. The trap tells where the end is.
	.include "../lib.s"
	.org 0x90
	.entry start
start:	addi X1, X0, full
	store X1, X0, resume
	addi X5, X0, table
	addi X1, X0, -1
more:	store X1, X5, 0
	addi X5, X5, 1
	jal  X0, more
full:	add  X1, X5, X0             # the first address that did not take it
	jal  X6, hex4
	jal  X6, line
	load X1, X5, -1             # the last that did
	jal  X6, hex8
	jal  X6, line
	addi X1, X0, end_text
	jal  X6, print
	jal  X0, off
end_text:	.asciz "overflow: end\n"
table:
