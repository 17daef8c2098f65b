# What the guests of hostile/ and critical/ share: a trap handler that says what has happened, and printing. Programs begin at 0x90; X5 and X7 are
# theirs alone. (Bit 24 of a PSW is not used. Here it is 1, so that the word does not look like an `lpsw`: a monitor that patches the image
# cannot tell instructions from data.)
	.equ KERNEL,  0x81000000    # first word of a PSW: supervisor mode, interrupts off
	.equ ALL,     0xffff        # second word: base 0, the largest bound
	.equ CONSOLE, 0x00
	.equ DISK,    0x10
	.equ NET,     0x20
	.equ POWER,   0x30

	.org 0
	.word 0, 0, KERNEL | trap, ALL, 0

# A trap prints its cause, where it was, and the address that was refused (or the number of the svc), unless `quiet` is 1. Then the program goes on
# where `resume` says, in supervisor mode.
	.org 0x10
resume:	.word 0
quiet:	.word 0
kept:	.word 0, 0
trap:	store X1, X0, kept
	store X2, X0, kept + 1
	load X1, X0, 0              # from supervisor mode, and an svc?
	lui  X2, 0x80ff
	and  X1, X1, X2
	lui  X2, 0x8004
	bne  X1, X2, tell
	load X1, X0, 4
	addi X2, X0, 0x7fff
	blt  X2, X1, call
tell:	load X1, X0, quiet
	bne  X1, X0, trap1
	addi X1, X0, trap_text
	jal  X6, print
	load X1, X0, 0              # bits 23-16
	addi X2, X0, 16
	shr  X1, X1, X2
	addi X2, X0, 4
	jal  X6, hex
	addi X1, X0, at_text
	jal  X6, print
	load X1, X0, 0              # bits 15-0
	jal  X6, hex4
	addi X1, X0, info_text
	jal  X6, print
	load X1, X0, 4
	jal  X6, hex4
	jal  X6, line
trap1:	load X1, X0, resume
	jalr X0, X1, 0

# A hypercall that came here, so there is no monitor that answers such calls: go on after it, to the instruction that it stands before. X6 is lost.
call:	load X6, X0, 0
	addi X6, X6, 1
	store X6, X0, 0
	load X1, X0, kept
	load X2, X0, kept + 1
	lpsw X0, 0
	jalr X0, X6, 0              # for machines whose lpsw does not load the pc

# X1: a text with a zero at its end.
print:	load X2, X1, 0
	beq  X2, X0, return
	out  X2, X0, CONSOLE
	addi X1, X1, 1
	jal  X0, print
# X1 in hexadecimal: four digits; all eight; from the digit at bit X2 on.
hex4:	addi X2, X0, 12
	jal  X0, hex
hex8:	addi X2, X0, 28
hex:	addi X3, X0, 15
	shr  X4, X1, X2
	and  X4, X4, X3
	load X4, X4, figures
	out  X4, X0, CONSOLE
	addi X2, X2, -4
	blt  X2, X0, return
	jal  X0, hex
line:	addi X4, X0, '\n'
	out  X4, X0, CONSOLE
return:	jalr X0, X6, 0

# X5: how much storage there is.
size:	addi X1, X0, 1
	store X1, X0, quiet
	addi X1, X0, size1
	store X1, X0, resume
	addi X5, X0, 0x100
	lui  X2, 1
size0:	load X1, X5, 0
	addi X5, X5, 0x10
	bne  X5, X2, size0
size1:	store X0, X0, quiet
	jalr X0, X6, 0

# The end.
off:	out  X0, X0, POWER

figures:	.ascii "0123456789abcdef"
trap_text:	.asciz "trap "
at_text:	.asciz " at "
info_text:	.asciz ": "
