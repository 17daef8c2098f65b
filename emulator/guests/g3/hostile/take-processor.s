# Takes the processor for good: interrupts off, the timer off, an endless loop. Alone it runs for ever (--limit); beside other guests they do not notice.
	.include "../lib.s"
	.org 0x90
	.entry start
start:	addi X1, X0, text
	jal  X6, print
	sie  X0
	ldt  X0
mine:	jal  X0, mine
text:	.asciz "the processor is mine\n"
