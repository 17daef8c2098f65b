# Traps, for measurements: ROUNDS times a supervisor call from user mode; the supervisor executes three privileged instructions and returns.
	.equ ROUNDS, 20000          # below 0x8000

	.org 0
	.word 0, 0, 0x80000000 | trap, 0xffff, 0

	.org 0x10
	.entry boot
boot:	lpsw X0, user
user:	.word start - U, U << 16 | 0x40

# X6 and X7 are the kernel's. Word 0 is the PSW of the program, word 4 the number of the svc.
trap:	sie  X0
	ldt  X0
	spsw X0, here
	load X6, X0, 4
	beq  X6, X0, end
	load X6, X0, 0              # behind the svc
	addi X6, X6, 1
	store X6, X0, 0
	lpsw X0, 0
end:	addi X7, X0, text
print:	load X6, X7, 0
	beq  X6, X0, off
	out  X6, X0, 0x00
	addi X7, X7, 1
	jal  X0, print
off:	out  X0, X0, 0x30
here:	.word 0, 0
text:	.asciz "trapbench: done\n"

	.org 0x100
U:
start:	addi X1, X0, ROUNDS
again:	svc  1
	addi X1, X1, -1
	bne  X1, X0, again
	svc  0
