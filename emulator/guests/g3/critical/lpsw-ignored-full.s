# lpsw loads the whole PSW, and does nothing in user mode. On the bare machine the kernel starts a user program with it, elsewhere.
	.include "../lib.s"
	.equ USER, 0x200
	.org 0x90
	.entry start
start:	addi X1, X0, next
	store X1, X0, resume
	lpsw X0, psw                    # critical
	addi X1, X0, wrong
	jal  X6, print
	jal  X0, off
next:	addi X1, X0, right
	jal  X6, print
	jal  X0, off
psw:	.word 0, USER << 16 | 0x20      # user mode at address 0 of its storage
right:	.asciz "lpsw: the user program has called\n"
wrong:	.asciz "lpsw: ignored\n"

	.org USER
	lpsw X0, 0x10                   # harmless in user mode: ignored
	svc  1
	.org USER + 0x10
	.word KERNEL, ALL
