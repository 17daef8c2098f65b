# sie does nothing in user mode. On the bare machine the kernel enables interrupts and the timer comes; a user program can not disable it.
	.include "../lib.s"
	.org 0x90
	.entry start
start:	addi X1, X0, 1
	store X1, X0, quiet             # where the timer interrupts is of no interest
	addi X1, X0, first
	store X1, X0, resume
	addi X1, X0, 20
	ldt  X1
	addi X1, X0, 1
	addi X5, X0, 100
	sie  X1                         # critical
wait:	addi X5, X5, -1                 # long enough for the timer
	bne  X5, X0, wait
	addi X1, X0, wrong
	jal  X6, print
	jal  X0, off
first:	addi X1, X0, kernel
	jal  X6, print
	addi X1, X0, second
	store X1, X0, resume
	addi X1, X0, 20
	ldt  X1
	addi X5, X0, 100
	lpsw X0, psw
user:	sie  X0                         # harmless in user mode: ignored
wait1:	addi X5, X5, -1
	bne  X5, X0, wait1
	svc  1
second:	load X1, X0, 0                  # the cause
	addi X2, X0, 16
	shr  X1, X1, X2
	addi X2, X0, 0xff
	and  X1, X1, X2
	addi X2, X0, 6
	addi X5, X0, program
	beq  X1, X2, end
	addi X5, X0, wrong
end:	add  X1, X5, X0
	jal  X6, print
	jal  X0, off
psw:	.word 0x41000000 | user, ALL    # interrupts enabled
kernel:	.asciz "sie: the timer has interrupted the kernel\n"
program:	.asciz "sie: and the user program\n"
wrong:	.asciz "sie: no interrupt came\n"
