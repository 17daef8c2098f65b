# lra tells where an address lies in real storage. In a virtual machine it tells where it really lies.
	.include "../lib.s"
	.equ USER, 0x200
	.org 0x90
	.entry start
start:	addi X1, X0, next
	store X1, X0, resume
	lra  X5, X0, start              # critical
	jal  X7, say
	lpsw X0, psw
next:	jal  X7, say
	jal  X0, off
say:	addi X1, X0, text
	jal  X6, print
	add  X1, X5, X0
	jal  X6, hex4
	jal  X6, line
	jalr X0, X7, 0
psw:	.word 0, USER << 16 | 0x20
text:	.asciz "real address: "

	.org USER
	lra  X5, X0, 0x10               # critical in user mode, too
	svc  1
