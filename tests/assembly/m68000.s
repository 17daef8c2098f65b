	.org 0x1000
	.entry start
start:	moveq #5, d0
	lea data(pc), a0           # not relative: a number
	move.l #0x12345678, d1
loop:	add.w (a0)+, d1
	subq.l #1, d0
	dbf d0, loop
	bne.s loop
	bra.w start
	movem.l #0xff, -(a7)
	asl.l #3, d1
	asl.l d2, d1
	btst #3, (a0)
	move.w d1, (data).l
	trap #15
data:	.half 1, 2
