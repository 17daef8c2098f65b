# As bound-decrease.s, but only the kernel executes sbnd: who interprets supervisors is not affected.
	.include "../lib.s"
	.org 0x90
	.entry start
start:	addi X1, X0, next
	store X1, X0, resume
	addi X1, X0, 0x180
	sbnd X1                         # critical
	spsw X0, here
	addi X1, X0, text
	jal  X6, print
	load X1, X0, here + 1
	jal  X6, hex4
	jal  X6, line
	load X1, X0, 0x180              # not the kernel's any more
	addi X1, X0, wrong
	jal  X6, print
next:	jal  X0, off
here:	.word 0, 0
text:	.asciz "bound: "
wrong:	.asciz "beyond the bound\n"
