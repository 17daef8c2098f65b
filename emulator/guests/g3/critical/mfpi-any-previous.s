# As mfpi.s, but a program can have any previous mode. Here it is `supervisor`: the program reads the kernel's storage, on the bare machine; in a virtual
# machine the previous mode is whatever the real machine's is.
	.include "../lib.s"
	.equ USER, 0x200
	.org 0x90
	.entry start
start:	addi X1, X0, next
	store X1, X0, resume
	load X1, X0, relocation
	lrbu X1                         # the program's storage
	lpsw X0, psw
next:	add  X1, X7, X0                 # what it has read
	jal  X6, hex8
	jal  X6, line
	mfpi X5, X0, 0x1c               # critical; the previous mode is `user` now
	add  X1, X5, X0
	jal  X6, hex8
	jal  X6, line
	jal  X0, off
relocation:	.word USER << 16 | 0x140
psw:	.word 0x20000000, ALL           # user mode, but the previous mode is `supervisor`
	.org 0x11c
secret:	.word 0x0005ec2e
	.org USER
	mfpi X7, X0, 0x11c              # critical in user mode, too: the kernel's word or the program's own
	svc  1
	.org USER + 0x1c
	.word 0x00c0ffee
	.org USER + 0x11c
	.word 0x0000000d
