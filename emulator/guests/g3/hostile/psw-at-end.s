# A PSW is two words. Here the second lies behind the end of storage: nothing of the instruction must remain.
	.include "../lib.s"
	.org 0x90
	.entry start
start:	jal  X6, size
	addi X1, X0, -0x5a5
	store X1, X5, -1
	addi X1, X0, next1
	store X1, X0, resume
	spsw X5, -1
next1:	load X1, X5, -1             # not half a PSW
	jal  X6, hex8
	jal  X6, line
	addi X1, X0, next2
	store X1, X0, resume
	lpsw X5, -1                 # user mode, if half of it were done
next2:	addi X1, X0, next3
	store X1, X0, resume
	lpsw X0, -1                 # addresses are 16 bits: words 0xffff and 0
next3:	spsw X0, here               # still in supervisor mode
	load X1, X0, here
	addi X2, X0, 16
	shr  X1, X1, X2
	jal  X6, hex4
	jal  X6, line
	addi X1, X0, end_text
	jal  X6, print
	jal  X0, off
here:	.word 0, 0
end_text:	.asciz "psw-at-end: end\n"
