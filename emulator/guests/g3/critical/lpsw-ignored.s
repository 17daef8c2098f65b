# lpsw loads mode and relocation (not the pc), and does nothing in user mode. On the bare machine the kernel becomes a user program with it.
	.include "../lib.s"
	.org 0x90
	.entry start
start:	addi X1, X0, next
	store X1, X0, resume
	lpsw X0, psw                    # critical
	lpsw X0, lib                    # harmless in user mode: it stays there
	sie  X0                         # not allowed
	addi X1, X0, wrong
	jal  X6, print
	jal  X0, off
next:	addi X1, X0, right
	jal  X6, print
	jal  X0, off
psw:	.word 0, ALL                    # user mode
	.equ lib, 2                     # supervisor mode
right:	.asciz "lpsw: user mode\n"
wrong:	.asciz "lpsw: still in supervisor mode\n"
