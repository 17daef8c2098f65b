# sdtb reads a register of the kernel's. In a virtual machine it reads the real one, which is the monitor's.
	.include "../lib.s"
	.org 0x90
	.entry start
start:	addi X1, X0, next
	store X1, X0, resume
	addi X1, X0, 0x123
	ldtb X1
	sdtb X5                         # critical
	jal  X7, say
	lpsw X0, psw
user:	sdtb X5                         # critical in user mode, too
	svc  1
next:	jal  X7, say
	jal  X0, off
say:	addi X1, X0, text
	jal  X6, print
	add  X1, X5, X0
	jal  X6, hex4
	jal  X6, line
	jalr X0, X7, 0
psw:	.word user, ALL
text:	.asciz "descriptor table: "
