# A guest that knows of its monitor (paravirtual), for g3-jrst1, on which no guest that does not know can be run directly:
#     isolde run isa-specs/g3/jrst1.yaml emulator/guests/g3/para.s --monitor paravirtual
# jrst1 is critical: executed directly, in real user mode, it is a plain jump, and no trap tells the monitor that the guest's kernel wants to enter
# user mode. So the kernel calls its monitor: `svc 0x8000` traps, and means: interpret the next instruction for me (isa-specs/README.md,
# "Composition"). On the bare machine nobody answers; the call traps to the kernel itself, and lib.s goes on behind it, with the real jrst1.
	.include "lib.s"
	.org 0x90
	.entry start
start:	addi X5, X0, 3              # three times
	store X5, X0, turns
	addi X1, X0, 1
	store X1, X0, quiet
	addi X1, X0, called
	store X1, X0, resume
again:	addi X5, X0, user
	svc  0x8000                 # the one line that a port to this monitor needs
	jrst1 X5
called:	load X1, X0, 0              # from which mode, and why?
	addi X2, X0, 16
	shr  X1, X1, X2
	jal  X6, hex4
	jal  X6, line
	load X5, X0, turns
	addi X5, X5, -1
	store X5, X0, turns
	bne  X5, X0, again
	addi X1, X0, end_text
	jal  X6, print
	jal  X0, off
turns:	.word 0
user:	in   X1, X0, POWER          # not allowed: trap 2, from user mode
	jal  X0, off
end_text:	.asciz "para: end\n"
