# As gate.s, but only the kernel executes gate, which is illegal there: who interprets supervisors is not affected.
	.include "../lib.s"
	.org 0x90
	.entry start
start:	addi X1, X0, next
	store X1, X0, resume
	gate X5                         # critical: illegal here
next:	addi X1, X0, text
	jal  X6, print
	jal  X0, off
text:	.asciz "gate: end\n"
