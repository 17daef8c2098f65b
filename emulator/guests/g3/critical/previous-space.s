# Relocation per mode; lpu loads through the user's in either. In real user mode, a kernel's own storage is the user's.
	.include "../lib.s"
	.equ USER, 0x200
	.org 0x90
	.entry start
start:	addi X1, X0, next
	store X1, X0, resume
	load X1, X0, relocation
	lrbu X1                         # the program's storage
	lpsw X0, psw
next:	add  X1, X7, X0                 # what it has read itself
	jal  X6, hex8
	jal  X6, line
	lpu  X5, X0, 0x10               # critical
	add  X1, X5, X0
	jal  X6, hex8
	jal  X6, line
	jal  X0, off
relocation:	.word USER << 16 | 0x20
psw:	.word 0, ALL                    # the second word is the kernel's own relocation
	.org USER
	lpu  X7, X0, 0x10               # harmless in user mode: a load
	svc  1
	.org USER + 0x10
	.word 0x00c0ffee
