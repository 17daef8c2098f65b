# Every kind of finding of the assembler, one a line.
	.org 0x10
start:	addi X1, X0, 0x8000      # too large for 16 bits with a sign
	addi X1, X0
	addi X1, 5, X0
	addi X1, X0, X2
	add  X1, X0, X9
	ad   X1, X0, X2
	beq  X1, X2, nowhere
	beq  X1, X2, 0x1ffff
	load X1, X0, 1 2
	jal  X0, 1f
	.nonsense 5
	.word 1 << 32
	.word (1 + 2
	.word 1 / 0
	.word 0xfg
	.word 'ab'
	.byte 1
	.ascii hello
	.ascii "hello
	.ascii "\q"
	.equ
	.equ X1, 5
	.equ twice, 1
	.equ twice, 2
start:	.align 0
	.space -1
	.org 0x10
	.word 1
	.org 0xffff
	.word 1, 2
X3:	.word {1}
	jal {d=9}
	jal {e=1}
	.include missing.s
