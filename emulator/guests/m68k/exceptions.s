# Exceptions out of exceptions (UM 6.3.8, 6.3.10, 6.3.9.1). Prints
#   THT  a traced TRAP: the trace's handler comes before the trap's; the instruction behind, which ends tracing, is traced once more
#   E    TRAP #1, whose vector is odd: an address error, which has saved the vector's address as the pc, and with it the odd address
# and halts in TRAP #2, whose vector is odd too, and so is that of address errors by now: the double fault that only a reset ends.
	.equ CONSOLE, 0xf00000
	.equ POWER,   0xf00300

	.org 0x0c                   # vector 3: address error
	.word odd
	.org 0x24                   # vector 9: trace
	.word traced
	.org 0x80                   # vectors 32 to 34: TRAP #0 to #2
	.word called, odd + 1, odd + 1

	.org 0x1000
	.entry boot
boot:	lea     (0x8000).l, a7
	move_to_sr #0xa700
	trap    #0
	move_to_sr #0x2700
	trap    #1
	move.l  #odd + 1, (0x0c).l
	trap    #2
	move.b  #'!', (CONSOLE).l
	move.b  #1, (POWER).l

traced: move.b  #'T', (CONSOLE).l
	rte
called: move.b  #'H', (CONSOLE).l
	rte

odd:	cmpi.w  #0x16, (a7)         # read, an instruction or group 2, supervisor program
	bne.s   wrong
	cmpi.l  #odd + 1, 2(a7)
	bne.s   wrong
	cmpi.l  #0x84, 10(a7)       # the vector's address
	bne.s   wrong
	lea     14(a7), a7          # to the frame of TRAP #1
	move.b  #'E', (CONSOLE).l
	rte
wrong:	move.b  #'?', (CONSOLE).l
	move.b  #2, (POWER).l
