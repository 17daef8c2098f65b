# rie reads the interrupt enable. In a virtual machine it reads the real one, which is the monitor's.
	.include "../lib.s"
	.org 0x90
	.entry start
start:	rie  X5                         # critical
	jal  X7, say
	addi X1, X0, 1
	sie  X1
	rie  X5                         # critical
	jal  X7, say
	addi X1, X0, next1
	store X1, X0, resume
	lpsw X0, off_psw
next1:	jal  X7, say
	addi X1, X0, next2
	store X1, X0, resume
	lpsw X0, on_psw
next2:	jal  X7, say
	jal  X0, off
user:	rie  X5                         # critical in user mode, too
	svc  1
say:	addi X1, X0, text
	jal  X6, print
	add  X1, X5, X0
	jal  X6, hex4
	jal  X6, line
	jalr X0, X7, 0
off_psw:	.word user, ALL
on_psw:	.word 0x41000000 | user, ALL
text:	.asciz "interrupt enable: "
