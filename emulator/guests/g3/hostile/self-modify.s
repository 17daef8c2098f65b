# Changes its own instructions: the next one, one in a loop that has run already, an ordinary one into a privileged one, and a copy elsewhere.
	.include "../lib.s"
	.org 0x90
	.entry start
start:	load X1, X0, five           # 1: the very next instruction
	add  X7, X0, X0
	store X1, X0, here
here:	addi X7, X7, 1
	add  X1, X7, X0
	jal  X6, hex4
	jal  X6, line

	add  X7, X0, X0             # 2: ten times `+ 1`, ten times `+ 5`
	addi X5, X0, 20
again:	addi X7, X7, 1
	addi X5, X5, -1
	addi X1, X0, 10
	bne  X5, X1, again1
	load X1, X0, five
	store X1, X0, again
again1:	bne  X5, X0, again
	add  X1, X7, X0
	jal  X6, hex4
	jal  X6, line

	load X1, X0, star           # 3: an addition becomes an output; twice, so that it is executed before and after
	addi X5, X0, 2
	addi X7, X0, '*'
change:	add  X2, X0, X0
	store X1, X0, change
	addi X5, X5, -1
	bne  X5, X0, change
	jal  X6, line

	addi X5, X0, 0              # 4: a copy, in storage that was never executed, twice with different contents
copy:	load X1, X5, five
	store X1, X0, elsewhere
	load X1, X0, back
	store X1, X0, elsewhere + 1
	add  X7, X0, X0
	jal  X6, elsewhere
	add  X1, X7, X0
	jal  X6, hex4
	jal  X6, line
	addi X5, X5, 1
	addi X1, X0, 2
	bne  X5, X1, copy
	addi X1, X0, end_text
	jal  X6, print
	jal  X0, off
five:	addi X7, X7, 5
six:	addi X7, X7, 6
star:	out  X7, X0, CONSOLE
back:	jalr X0, X6, 0
end_text:	.asciz "self-modify: end\n"
	.org 0x400
elsewhere:	.space 2
