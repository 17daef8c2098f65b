# A user program tries everything that it is not allowed to, and calls with large numbers, which are hypercalls if a supervisor makes them. Every attempt
# ends in a trap to this guest's own kernel.
	.include "../lib.s"
	.equ USER, 0x200
	.org 0x90
	.entry start
start:	addi X1, X0, next
	store X1, X0, resume
	addi X5, X0, first - USER   # the attempt: an address of the user program
	addi X7, X0, last - USER
next:	beq  X5, X7, done
	store X5, X0, psw           # user mode, interrupts off
	addi X5, X5, 1
	lpsw X0, psw
done:	addi X1, X0, end_text
	jal  X6, print
	jal  X0, off
psw:	.word 0, USER << 16 | 0x40
end_text:	.asciz "privileged: end\n"

	.org USER
first:	lpsw X0, 0x20
	spsw X0, 0x20
	lrb  X0
	sie  X0
	ldt  X0
	in   X1, X0, POWER
	out  X0, X0, POWER
	idle
	svc  0x8000
	svc  0xffff
	load X1, X0, 0x40
	store X1, X0, -1
	.word 0
	.word -1
last:
