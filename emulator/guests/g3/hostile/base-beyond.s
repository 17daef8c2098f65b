# Relocation bases beyond the end of storage, and bounds of nothing. Each PSW must end in a memory trap before one instruction has been executed.
	.include "../lib.s"
	.org 0x90
	.entry start
start:	jal  X6, size
	addi X1, X0, size_text
	jal  X6, print
	add  X1, X5, X0
	jal  X6, hex8
	jal  X6, line

	addi X1, X0, 16             # base: the first word that does not exist
	shl  X1, X5, X1
	addi X2, X0, 0x100
	or   X1, X1, X2
	store X1, X0, beyond + 1
	addi X1, X0, next1
	store X1, X0, resume
	lpsw X0, beyond
next1:	addi X1, X0, next2
	store X1, X0, resume
	lpsw X0, last
next2:	addi X1, X0, next3          # 0xfff0 + 0x90 is more than 16 bits hold: it must not become 0x80, which is `start`
	store X1, X0, resume
	lpsw X0, wrapped
next3:	addi X1, X0, next4          # no storage at all
	store X1, X0, resume
	lpsw X0, none
next4:	addi X1, X0, next5          # the same by lrb: the next instruction cannot be fetched
	store X1, X0, resume
	lrb  X0
	jal  X0, off
next5:	addi X1, X0, next6          # a trap's own PSW is not relocated
	store X1, X0, resume
	lui  X1, 0xf000
	lrb  X1
	jal  X0, off
next6:	addi X1, X0, end_text
	jal  X6, print
	jal  X0, off
beyond:	.word KERNEL | 0x10, 0
last:	.word KERNEL | 0x10, 0xffffffff
wrapped:	.word KERNEL | 0x90, 0xfff0ffff
none:	.word KERNEL | start, 0
size_text:	.asciz "storage: "
end_text:	.asciz "base-beyond: end\n"
