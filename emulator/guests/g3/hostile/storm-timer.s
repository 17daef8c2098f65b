# A timer of one step, again and again, a hundred times. A program hardly gets on; the machine does, and everybody can count.
	.include "../lib.s"
	.org 0x90
	.entry start
start:	load X1, X0, handler
	store X1, X0, 2
	add  X5, X0, X0             # interrupts
	add  X7, X0, X0             # what the program got done
	addi X1, X0, 1
	ldt  X1
	lpsw X0, program
program:	.word 0x41000000 | loop, ALL
handler:	.word KERNEL | count
count:	addi X5, X5, 1
	addi X1, X0, 100
	beq  X5, X1, enough
	addi X1, X5, 0              # the first time 1 step, then 2, …
	ldt  X1
	lpsw X0, 0
enough:	add  X1, X5, X0
	jal  X6, hex4
	jal  X6, line
	add  X1, X7, X0
	jal  X6, hex4
	jal  X6, line
	addi X1, X0, end_text
	jal  X6, print
	jal  X0, off
loop:	addi X7, X7, 1
	jal  X0, loop
end_text:	.asciz "storm-timer: end\n"
