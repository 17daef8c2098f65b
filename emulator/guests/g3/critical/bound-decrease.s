# sbnd sets the bound; in user mode it only makes it smaller. What a guest gives up of its real storage, its virtual bound does not know of.
	.include "../lib.s"
	.equ USER, 0x200
	.org 0x90
	.entry start
start:	addi X1, X0, next1
	store X1, X0, resume
	addi X1, X0, 0x180
	sbnd X1                         # critical
	spsw X0, here
	jal  X7, say
	load X1, X0, 0x180              # not the kernel's any more
	addi X1, X0, wrong
	jal  X6, print
	jal  X0, off
next1:	addi X1, X0, next2              # the trap has given the whole storage back
	store X1, X0, resume
	lpsw X0, psw
next2:	load X1, X0, 1                  # the user program's base and bound
	store X1, X0, here + 1
	jal  X7, say
	jal  X0, off
say:	addi X1, X0, text
	jal  X6, print
	load X1, X0, here + 1
	jal  X6, hex4
	jal  X6, line
	jalr X0, X7, 0
here:	.word 0, 0
psw:	.word 0, USER << 16 | 0x40
text:	.asciz "bound: "
wrong:	.asciz "beyond the bound\n"

	.org USER
	addi X1, X0, 0x20
	sbnd X1                         # critical in user mode, too
	addi X1, X0, 0x30
	sbnd X1                         # larger: ignored
	load X1, X0, 0x28               # not the program's any more
	svc  1
