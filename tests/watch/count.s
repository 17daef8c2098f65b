# For tests/watch.sh: counts down, calls, stores the sum, and switches off.
	.entry start
	.org 0x1000
start:	moveq #3, d0
	moveq #0, d1
again:	bsr.w add
	subq.l #1, d0
	bne.w again
	move.w d1, (sum).l
	move.w d1, (0xf00300).l    # the power switch
end:	bra.w end
add:	add.l d0, d1
	rts
sum:	.word 0
