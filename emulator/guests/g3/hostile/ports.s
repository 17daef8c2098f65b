# Ports where this machine has no device: reads are zero, writes go nowhere. (A monitor that has devices there must not lend them.)
	.include "../lib.s"
	.org 0x90
	.entry start
start:	addi X5, X0, 0x31           # behind the power switch
	add  X7, X0, X0
	addi X3, X0, 0x400
	addi X2, X0, -1
try:	in   X1, X5, 0
	or   X7, X7, X1
	out  X2, X5, 0
	in   X1, X5, 0
	or   X7, X7, X1
	addi X5, X5, 1
	bne  X5, X3, try
	in   X1, X0, 0x8000
	or   X7, X7, X1
	out  X2, X0, 0xffff
	in   X1, X0, 0xffff
	or   X7, X7, X1
	lui  X5, 0x1234             # a port is 16 bits of a register
	in   X1, X5, 0xfffe
	or   X1, X7, X1
	jal  X6, hex8
	jal  X6, line
	addi X1, X0, end_text
	jal  X6, print
	jal  X0, off
end_text:	.asciz "ports: end\n"
