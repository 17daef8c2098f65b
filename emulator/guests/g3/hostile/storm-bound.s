# Traps without end: the PSW for traps has no storage, so that the first instruction of the handler cannot be fetched, and neither can ... (--limit)
	.include "../lib.s"
	.org 0x90
	.entry start
start:	addi X1, X0, text
	jal  X6, print
	store X0, X0, 3             # base 0, bound 0
	svc  1
text:	.asciz "a storm of memory traps\n"
