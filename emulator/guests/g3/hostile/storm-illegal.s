# Traps without end: the PSW for traps points to a word that is no instruction. Not one instruction completes any more. (--limit)
	.include "../lib.s"
	.org 0x90
	.entry start
start:	addi X1, X0, text
	jal  X6, print
	load X1, X0, storm
	store X1, X0, 2
	svc  1
nothing:	.word 0
storm:	.word KERNEL | nothing
text:	.asciz "a storm of illegal instructions\n"
