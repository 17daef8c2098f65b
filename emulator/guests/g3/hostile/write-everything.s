# Writes wherever it can, the largest bound set, over other guests and the monitor if nothing stops it. Then it counts its marks. (Every 31st address.)
	.include "../lib.s"
	.org 0x90
	.entry start
start:	addi X1, X0, 1
	store X1, X0, quiet
	addi X1, X0, missing
	store X1, X0, resume
	addi X5, X0, 0x200          # from behind this program on
	add  X7, X0, X0             # how many were written
mark:	load X1, X0, pattern
	store X1, X5, 0
	addi X7, X7, 1
missing:	addi X5, X5, 31
	lui  X1, 1
	blt  X5, X1, mark
	add  X1, X7, X0
	jal  X6, hex8
	jal  X6, line

	addi X1, X0, lost
	store X1, X0, resume
	addi X5, X0, 0x200
	add  X7, X0, X0             # how many are there
find:	load X1, X5, 0
	load X2, X0, pattern
	bne  X1, X2, lost
	addi X7, X7, 1
lost:	addi X5, X5, 31
	lui  X1, 1
	blt  X5, X1, find
	add  X1, X7, X0
	jal  X6, hex8
	jal  X6, line
	addi X1, X0, end_text
	jal  X6, print
	jal  X0, off
pattern:	.word 0xdeadbeef
end_text:	.asciz "write-everything: end\n"
