# The first program.   isolde run isa-specs/g3.yaml emulator/guests/g3/hello.s
	.org 0x10               # below: the words that a trap needs
	.entry start
start:	addi X1, X0, text       # X0 is always zero
next:	load X2, X1, 0
	beq  X2, X0, end
	out  X2, X0, 0x00       # the console
	addi X1, X1, 1
	jal  X0, next
end:	out  X0, X0, 0x30       # power off; the exit code is 0
text:	.asciz "Hello from the machine of Popek and Goldberg.\n"
