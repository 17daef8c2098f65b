# Waits for ever: nothing can wake it. The machine says so, and others go on.
	.include "../lib.s"
	.org 0x90
	.entry start
start:	addi X1, X0, text
	jal  X6, print
	idle
	addi X1, X0, never
	jal  X6, print
	jal  X0, off
text:	.asciz "waiting for nothing\n"
never:	.asciz "something came\n"
