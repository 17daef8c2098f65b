# A small time-sharing monitor for the KA10: two jobs, each in a page of its own behind the relocation register; monitor calls, preemption by a
# timer, and what happens to jobs that do what they may not. Job A prints "a"s and then reaches beyond its page; job B prints "b"s and
# then tries an I/O instruction. The machine is switched off when both are gone.
#
# The monitor returns to jobs by JEN, which a user program may not execute, and starts the first by JRST 1, which it may: there, a jump. It calls no
# subroutines by PUSHJ, JSP or JSR, which store the mode.
	.equ CONSOLE, 0o120 / 4         # DATAO: put out a byte
	.equ INTERVAL, 0o74 / 4         # the timer: DATAO: interval; CONO: control
	.equ STATUS, 0o100 / 4          # CONO: expired := 0
	.equ POWER, 0o360 / 4           # DATAO: switch off

	.equ ACS, 0                     # a job: its accumulators
	.equ PC, 0o20                   # PC word
	.equ PR, 0o21                   # protection and relocation
	.equ OTHER, 0o22                # the other job
	.equ ALIVE, 0o23

	.equ O, 13                      # accumulators of the timer's service: another job,
	.equ J, 14                      # the job's block,
	.equ T, 15                      # anything

	.org 0o1000
	.entry boot
boot:	movsi 1, 0o264000(0)            # JSR
	hrri  1, call(0)
	movem 1, 0o41(0)                # calls of the monitor, and what is not allowed
	hrri  1, violation(0)
	movem 1, 0o42(0)                # channel 1: the processor
	hrri  1, tick(0)
	movem 1, 0o46(0)                # channel 3: the timer
	cono  0, 0o400001(0)            # the processor's flags on channel 1
	cono  1, 0o12320(0)             # channels 1 and 3, on
	datao INTERVAL, interval(0)
	cono  INTERVAL, 3(0)            # interrupts, again and again
	datao 0, a + PR(0)
	jrst  1, 0o100(0)               # job A, at its address 100

# MUUO 40 puts out the byte that is its address; MUUO 41 ends the job; anything else was an instruction that users may not execute.
call:	.word 0
	movem 1, kept(0)
	move  1, 0o40(0)
	lsh   1, -27(0)
	caie  1, 0o40(0)
	jumpa 0, other(0)
	datao CONSOLE, 0o40(0)
	move  1, kept(0)
	jrst  0o12, @call(0)       # JEN
other:	cain  1, 0o41(0)
	jumpa 0, kill(0)
	movei 1, refused(0)
print:	skipn 2, 0(1)
	jumpa 0, kill(0)
	datao CONSOLE, 2(0)
	aoja  1, print(0)

# The current job is no more. The timer's channel finds another one.
kill:	move  1, current(0)
	setzm 0, ALIVE(1)
	cono  1, 0o4020(0)              # as if the timer had asked
	jumpa 0, .(0)

# Channel 1 comes before channel 3, and may interrupt it: not while a job runs.
violation: .word 0
	cono  0, 0o20001(0)             # the flag is cleared
	movei 1, protected(0)
next:	skipn 2, 0(1)
	jumpa 0, ended(0)
	datao CONSOLE, 2(0)
	aoja  1, next(0)
ended:	move  1, current(0)
	setzm 0, ALIVE(1)
	cono  1, 0o4020(0)
	jrst  0o12, @violation(0)

# The monitor goes on where it was interrupted; of jobs, the other one.
tick:	.word 0
	cono  STATUS, 1(0)
	movem J, keptj(0)
	movem T, keptt(0)
	move  J, current(0)
	skipn 0, ALIVE(J)
	jumpa 0, choose(0)
	move  T, tick(0)
	tlne  T, 0o10000(0)            # USER
	jumpa 0, save(0)
	move  J, keptj(0)
	move  T, keptt(0)
	jrst  0o12, @tick(0)
save:	movem T, PC(J)
	movei T, ACS(J)               # 0,,the job's block
	blt   T, ACS + 13(J)
	move  T, keptj(0)
	movem T, ACS + 14(J)
	move  T, keptt(0)
	movem T, ACS + 15(J)
choose:	move  O, OTHER(J)
	skipe 0, ALIVE(O)
	move  J, O(0)
	skipn 0, ALIVE(J)
	datao POWER, zero(0)
	movem J, current(0)
	datao 0, PR(J)
	move  T, PC(J)
	movem T, tick(0)
	movsi T, ACS(J)               # the job's block,,0
	blt   T, 13(0)
	move  T, ACS + 15(J)
	move  J, ACS + 14(J)
	jrst  0o12, @tick(0)

kept:	.word 0
keptj:	.word 0
keptt:	.word 0
zero:	.word 0
interval: .word 150
current: .word a
refused: .asciz "refused\n"
protected: .asciz "protected\n"

a:	.space 16
	.word 0, 4 << 10, b, 1          # one page, the fifth
b:	.space 16
	.word 0o10000000100, 5 << 10, a, 1   # USER, at 100; the sixth

# Job A: addresses are its own.
	.org 0o10000 + 0o100
joba:	movei 15, -0o10000 + stacka - 1(0)
	movei 3, 5(0)
loopa:	pushj 15, -0o10000 + puta(0)
	sojg  3, -0o10000 + loopa(0)
	movem 3, 0o2000(0)              # beyond its page
	jumpa 0, -0o10000 + joba(0)
puta:	muuo  0, 0, 'a'(0)
	movei 4, 100(0)
spina:	sojg  4, -0o10000 + spina(0)
	popj  15
stacka:	.space 8

# Job B.
	.org 0o12000 + 0o100
jobb:	movei 3, 4(0)
loopb:	muuo  0, 0, 'b'(0)
	movei 4, 100(0)
spinb:	sojg  4, -0o12000 + spinb(0)
	sojg  3, -0o12000 + loopb(0)
	datao CONSOLE, 3(0)             # not allowed
	muuo  1, 0, 0(0)
