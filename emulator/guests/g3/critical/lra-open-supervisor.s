# As lra-open.s, but only the kernel asks for real addresses: who interprets supervisors is not affected.
	.include "../lib.s"
	.org 0x90
	.entry start
start:	lra  X5, X0, start              # critical
	jal  X7, say
	jal  X0, off
say:	addi X1, X0, text
	jal  X6, print
	add  X1, X5, X0
	jal  X6, hex4
	jal  X6, line
	jalr X0, X7, 0
text:	.asciz "real address: "
