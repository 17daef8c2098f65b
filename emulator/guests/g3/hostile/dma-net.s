# Lets the network send what is not this program's, and receive into it. For each command: the status (bit 0: a frame waits, bit 1: failed). With
# --replies, one frame comes after the one that can be sent.
	.include "../lib.s"
	.org 0x90
	.entry start
start:	jal  X6, size
	addi X1, X0, -0x5a5         # the last word: must stay
	store X1, X5, -1
	addi X7, X0, 64             # send 64 bytes: 16 words
	addi X2, X5, -8             # 1: half of it over the end
	jal  X6, send
	add  X2, X5, X0             # 2: just behind it
	jal  X6, send
	lui  X2, 1                  # 3: more than 16 bits
	jal  X6, send
	addi X2, X0, -1             # 4: the sum overflows
	jal  X6, send
	addi X2, X0, 0x100
	add  X7, X0, X0             # 5: nothing
	jal  X6, send
	addi X7, X0, 1515           # 6: too long for a frame
	jal  X6, send
	addi X7, X0, -1             # 7
	jal  X6, send
	addi X7, X0, 64             # 8: this one goes out
	jal  X6, send
	addi X2, X5, -4             # 9: the answer, over the end of storage
	jal  X6, take
	addi X2, X0, -1             # 10
	jal  X6, take
	lui  X2, 1                  # 11
	jal  X6, take
	addi X2, X0, 0x100          # 12: as it should be
	jal  X6, take
	addi X2, X0, 0x100          # 13: there is no other
	jal  X6, take
	load X1, X5, -1
	jal  X6, hex8
	jal  X6, line
	addi X1, X0, end_text
	jal  X6, print
	jal  X0, off

# X7 bytes at X2: send them; take a frame of 64 bytes there.
send:	addi X1, X0, 1
	jal  X0, both
take:	addi X7, X0, 64
	addi X1, X0, 2
both:	store X6, X0, link
	out  X2, X0, NET + 0
	out  X7, X0, NET + 1
	out  X1, X0, NET + 2
	in   X1, X0, NET + 3
	store X2, X0, saved
	addi X2, X0, 0
	jal  X6, hex
	jal  X6, line
	load X2, X0, saved
	load X6, X0, link
	jalr X0, X6, 0
link:	.word 0
saved:	.word 0
end_text:	.asciz "dma-net: end\n"
