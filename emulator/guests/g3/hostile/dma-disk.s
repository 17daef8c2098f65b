# Lets the disk read and write where there is no storage (--disk with at least one sector). For each command: its status. Bit 1 is `failed`.
	.include "../lib.s"
	.org 0x90
	.entry start
start:	jal  X6, size
	addi X1, X0, -0x5a5         # the last word: must stay
	store X1, X5, -1
	addi X2, X5, -64            # 1: half a sector over the end
	jal  X6, try
	add  X2, X5, X0             # 2: just behind it
	jal  X6, try
	addi X2, X5, 0x100          # 3: where a neighbour or the monitor might be
	jal  X6, try
	lui  X2, 1                  # 4: more than 16 bits
	jal  X6, try
	addi X2, X0, -1             # 5: the sum overflows
	jal  X6, try
	lui  X2, 0x8000
	jal  X6, try
	addi X1, X0, 64             # 6: many sectors, the last ones beyond the end
	out  X1, X0, DISK + 2
	addi X2, X0, 0x400
	jal  X6, try
	addi X1, X0, -1             # 7: too many sectors
	out  X1, X0, DISK + 2
	jal  X6, try
	out  X0, X0, DISK + 2       # 8: none
	jal  X6, try
	addi X1, X0, 1              # 9: a sector that the disk does not have
	out  X1, X0, DISK + 2
	addi X1, X0, -1
	out  X1, X0, DISK + 0
	jal  X6, try
	out  X0, X0, DISK + 0       # 10: the last sector of storage, to see that it works at all
	addi X2, X5, -129
	jal  X6, try
	load X1, X5, -1
	jal  X6, hex8
	jal  X6, line
	addi X1, X0, end_text
	jal  X6, print
	jal  X0, off

# Read to X2, and write from there.
try:	store X6, X0, link
	out  X2, X0, DISK + 1
	addi X1, X0, 1
	out  X1, X0, DISK + 3
	in   X1, X0, DISK + 4
	addi X7, X2, 0
	addi X2, X0, 0
	jal  X6, hex
	addi X1, X0, 2
	out  X1, X0, DISK + 3
	in   X1, X0, DISK + 4
	addi X2, X0, 0
	jal  X6, hex
	jal  X6, line
	add  X2, X7, X0
	load X6, X0, link
	jalr X0, X6, 0
link:	.word 0
end_text:	.asciz "dma-disk: end\n"
