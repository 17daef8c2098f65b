# Traps without end: the PSW for traps is one of user mode, and what it finds there is a supervisor call. (--limit)
	.include "../lib.s"
	.org 0x90
	.entry start
start:	addi X1, X0, text
	jal  X6, print
	addi X1, X0, forever
	store X1, X0, 2
forever:	svc  1
text:	.asciz "a storm of supervisor calls\n"
