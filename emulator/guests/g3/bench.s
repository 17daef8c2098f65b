# Computing, for measurements: the sieve of Eratosthenes and a CRC-32 of it, ROUNDS times, in user mode. A round is about 88,000 instructions.
	.equ ROUNDS, 100
	.equ N,      3000           # the sieve: one word for each number below
	.equ WORDS,  256            # of which so many go into the CRC

	.org 0
	.word 0, 0, 0x80000000 | trap, 0xffff, 0

# The kernel: any trap is the end. svc prints X1 (how many primes) and X2 (the CRC); anything else is a failure.
	.org 0x10
	.entry boot
boot:	lpsw X0, user
user:	.word start - U, U << 16 | SIZE
trap:	load X3, X0, 0
	lui  X4, 0x00ff             # bits 23-16: the cause
	and  X3, X3, X4
	lui  X4, 4
	bne  X3, X4, wrong
	jal  X6, digits
	add  X1, X2, X0
	jal  X6, digits
	out  X0, X0, 0x30
wrong:	addi X1, X0, 1
	out  X1, X0, 0x30

digits:	addi X3, X0, 28
	addi X4, X0, 15
digit:	shr  X5, X1, X3
	and  X5, X5, X4
	load X5, X5, figures
	out  X5, X0, 0x00
	addi X3, X3, -4
	blt  X3, X0, digits1
	jal  X0, digit
digits1:	addi X5, X0, '\n'
	out  X5, X0, 0x00
	jalr X0, X6, 0
figures:	.ascii "0123456789abcdef"

# The user program: its storage begins at U.
	.equ SIZE, 0xf00
	.org 0x100
U:
	.equ rounds, 0              # its addresses: words 0 to 3
	.equ crc,    1
	.equ primes, 2
	.equ poly,   3
	.equ flags,  0x80
	.word ROUNDS, 0xffffffff, 0, 0xedb88320

start:
round:	addi X2, X0, N              # the sieve
	addi X5, X0, 1
	add  X1, X0, X0
clear:	store X0, X1, flags
	addi X1, X1, 1
	bne  X1, X2, clear
	add  X6, X0, X0             # how many primes
	addi X1, X0, 2
number:	load X3, X1, flags
	bne  X3, X0, composite
	addi X6, X6, 1
	add  X4, X1, X1
	jal  X0, strike1
strike:	store X5, X4, flags
	add  X4, X4, X1
strike1:	blt  X4, X2, strike
composite:	addi X1, X1, 1
	bne  X1, X2, number
	store X6, X0, primes

	load X1, X0, crc            # the CRC goes on from round to round
	load X2, X0, poly
	addi X4, X0, 1
	add  X6, X0, X0
	addi X7, X0, WORDS
word:	load X3, X6, flags
	xor  X1, X1, X3
	addi X5, X0, 32
bit:	and  X3, X1, X4
	shr  X1, X1, X4
	beq  X3, X0, bit1
	xor  X1, X1, X2
bit1:	addi X5, X5, -1
	bne  X5, X0, bit
	addi X6, X6, 1
	bne  X6, X7, word
	store X1, X0, crc

	load X1, X0, rounds
	addi X1, X1, -1
	store X1, X0, rounds
	bne  X1, X0, round
	load X1, X0, primes
	load X2, X0, crc
	svc  0
