# For tests/watch.sh: sends a frame of 20 bytes, waits for one, and puts out the letter that stands at its end.
	.equ CONSOLE, 0x00
	.equ NET, 0x20
	.equ POWER, 0x30
	.org 0x10
	.entry start
start:	addi X1, X0, frame
	out  X1, X0, NET
	addi X1, X0, 20
	out  X1, X0, NET + 1
	addi X1, X0, 1
	out  X1, X0, NET + 2
wait:	in   X1, X0, NET + 5
	beq  X1, X0, wait
	addi X1, X0, buffer
	out  X1, X0, NET
	addi X1, X0, 20
	out  X1, X0, NET + 1
	addi X1, X0, 2
	out  X1, X0, NET + 2
	load X2, X0, buffer + 4
	out  X2, X0, CONSOLE
	out  X0, X0, POWER
frame:	.word 0xffffffff, 0xffff0200, 0x00000001, 0x88b50000, LETTER
buffer:	.word 0, 0, 0, 0, 0
