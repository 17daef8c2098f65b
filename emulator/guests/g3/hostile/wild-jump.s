# Jumps to where no program is.
	.include "../lib.s"
	.org 0x90
	.entry start
start:	addi X1, X0, next1
	store X1, X0, resume
	jalr X5, X0, 0xffff         # nothing is there
next1:	addi X1, X0, next2
	store X1, X0, resume
	jalr X5, X0, 0x800          # zeros: no instruction
next2:	addi X1, X0, next3
	store X1, X0, resume
	load X1, X0, wild           # 16 bits of it count
	jalr X5, X1, 0x7fff
next3:	jal  X6, size               # over the end: an instruction in the last word, and none behind it
	addi X1, X0, next4
	store X1, X0, resume
	load X1, X0, word
	store X1, X5, -1
	add  X7, X0, X0
	jalr X0, X5, -1
next4:	add  X1, X7, X0             # that one was executed
	jal  X6, hex8
	jal  X6, line
	addi X1, X0, next5
	store X1, X0, resume
	addi X5, X0, -1
	jalr X5, X5, 0x803          # the target is made before the link: -1 + 0x803
next5:	add  X1, X5, X0
	jal  X6, hex8
	jal  X6, line
	addi X1, X0, end_text
	jal  X6, print
	jal  X0, off
wild:	.word 0x1234f001
word:	addi X7, X7, 0x77
end_text:	.asciz "wild-jump: end\n"
