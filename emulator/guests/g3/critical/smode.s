# smode reads the mode: 1 for the kernel, 0 for its user program. A kernel in real user mode reads 0.
	.include "../lib.s"
	.org 0x90
	.entry start
start:	addi X1, X0, next
	store X1, X0, resume
	smode X5                        # critical
	addi X1, X0, kernel
	jal  X6, print
	add  X1, X5, X0
	jal  X6, hex4
	jal  X6, line
	lpsw X0, psw
user:	smode X5                        # harmless in user mode
	svc  1
next:	addi X1, X0, program
	jal  X6, print
	add  X1, X5, X0
	jal  X6, hex4
	jal  X6, line
	jal  X0, off
psw:	.word user, ALL
kernel:	.asciz "kernel: "
program:	.asciz "user: "
