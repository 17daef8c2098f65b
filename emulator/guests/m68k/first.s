# A kernel and its user program: system calls, the timer, a privileged instruction in user mode.
# Prints "user" by system calls, "tick" when the timer has interrupted, "refused" for the user program's STOP, and switches off with 0.
	.equ CONSOLE, 0xf00000
	.equ TIMER,   0xf00100      # register n is at + 4n
	.equ POWER,   0xf00300

	.org 0x20                   # vector 8: privilege violation
	.word refused
	.org 0x78                   # vector 30: level 6
	.word ticked
	.org 0x80                   # vector 32: TRAP #0
	.word call

	.org 0x1000
	.entry boot
boot:	lea     (0x8000).l, a7
	lea     (0x9000).l, a0
	move_to_usp a0
	lea     (TIMER).l, a5
	move.w  #300, 8(a5)         # INTERVAL
	move.w  #1, 12(a5)          # CONTROL: interrupt
	move.l  #user, -(a7)
	move.w  #0, -(a7)           # the user's status: every interrupt
	rte

call:	move.b  d0, (CONSOLE).l     # TRAP #0: put out the byte in D0
	rte

ticked:	move.w  #1, 20(a5)          # STATUS: expired := 0
	lea     (tick).l, a1
	bsr.w   text
	moveq   #1, d7              # the user program waits for this
	rte

refused: lea    (refusal).l, a1
	bsr.w   text
	move.b  #0, (POWER).l

text:	move.b  (a1)+, d1
	beq.s   done
	move.b  d1, (CONSOLE).l
	bra.s   text
done:	rts
tick:	.asciz "tick\n"
refusal: .asciz "refused\n"

	.org 0x2000
user:	moveq   #0, d7
	lea     (name).l, a2
next:	move.b  (a2)+, d0
	beq.s   wait
	trap    #0
	bra.s   next
wait:	tst.l   d7
	beq.s   wait
	stop    0x2000
name:	.asciz "user\n"
