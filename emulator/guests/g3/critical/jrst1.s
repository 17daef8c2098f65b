# jrst1 enters user mode if it is executed in supervisor mode, and is a plain jump otherwise. On the bare machine the kernel's jrst1 starts a user program, which
# is then not allowed to use the console. Executed directly in real user mode, it leaves the virtual machine in supervisor mode.
	.include "../lib.s"
	.org 0x90
	.entry start
start:	addi X1, X0, next
	store X1, X0, resume
	addi X5, X0, user
	jrst1 X5                        # critical
user:	jal  X7, plain                  # in user mode now
	sie  X0                         # not allowed
	addi X1, X0, wrong
	jal  X6, print
	jal  X0, off
next:	addi X1, X0, right
	jal  X6, print
	jal  X0, off
plain:	addi X5, X0, back               # the user's own jrst1: a jump
	jrst1 X5                        # harmless in user mode
	svc  1
back:	jalr X0, X7, 0
right:	.asciz "jrst1: user mode\n"
wrong:	.asciz "jrst1: still in supervisor mode\n"
