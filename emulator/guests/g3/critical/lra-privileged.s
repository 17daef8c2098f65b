# lra as it was: privileged. It traps in user mode, real or virtual, and every technique can run this guest.
	.include "../lib.s"
	.equ USER, 0x200
	.org 0x90
	.entry start
start:	addi X1, X0, next
	store X1, X0, resume
	lra  X5, X0, start
	addi X1, X0, text
	jal  X6, print
	add  X1, X5, X0
	jal  X6, hex4
	jal  X6, line
	lpsw X0, psw
next:	jal  X0, off
psw:	.word 0, USER << 16 | 0x20
text:	.asciz "real address: "

	.org USER
	lra  X5, X0, 0x10
	svc  1
