# gate makes a user program a supervisor, at address 8 of its own storage; in supervisor mode it is an illegal instruction. Executed directly, it would
# give the guest the real machine.
	.include "../lib.s"
	.equ USER, 0x200
	.org 0x90
	.entry start
start:	addi X1, X0, next
	store X1, X0, resume
	lpsw X0, psw
next:	load X1, X0, 1                  # base and bound of whoever called: still the user program's
	jal  X6, hex8
	jal  X6, line
	load X1, X0, 0                  # its mode
	jal  X6, hex8
	jal  X6, line
	addi X1, X0, next1
	store X1, X0, resume
	gate X5                         # critical: illegal here
next1:	jal  X0, off
psw:	.word 0, USER << 16 | 0x20

	.org USER
	addi X1, X0, '!'
	gate X5                         # critical in user mode, too
	svc  1                          # not reached
	.org USER + 8
	out  X1, X0, CONSOLE            # only supervisors can
	addi X1, X0, '\n'
	out  X1, X0, CONSOLE
	svc  2
