# The processor's own clock, on channel 1: puts out a point at each tick, and switches off after three.
	.equ CONSOLE, 0o120 / 4
	.equ POWER, 0o360 / 4

	.org 0o42                       # channel 1
	jsr   tick(0)

	.org 0o1000
	.entry boot
boot:	movei 3, 3(0)
	cono  0, 0o3001(0)              # the clock: flag cleared, interrupts on channel 1
	cono  1, 0o12300(0)             # channel 1, on
wait:	jumpa 0, wait(0)

tick:	.word 0
	cono  0, 0o1001(0)              # flag cleared
	datao CONSOLE, point(0)
	sosg  0, 3(0)
	datao POWER, zero(0)
	jrst  0o12, @tick(0)
point:	.word '.'
zero:	.word 0
