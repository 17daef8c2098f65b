# MOVE from SR, the one critical instruction of the MC68000: a kernel looks which mode it is in. "S" on the bare machine and under a monitor that
# interprets it (hybrid); "U" where it is executed directly in user mode.
	.equ CONSOLE, 0xf00000
	.equ POWER,   0xf00300

	.org 0x1000
	.entry boot
boot:	lea     (0x8000).l, a7
	move_from_sr d0
	moveq   #'S', d1
	andi.w  #0x2000, d0
	bne.w   shown
	moveq   #'U', d1
shown:	move.b  d1, (CONSOLE).l
	move.b  #0, (POWER).l
