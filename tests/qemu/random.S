# Random instructions in M-mode, for two machines to be compared: what each leaves in the registers, or how it traps, goes into a sum that is printed after
# every EVERY of them. -DSEED=… -DCOUNT=… -DEVERY=… come from tests/qemu.sh. Nothing is generated whose result the manual leaves open or that takes the
# program away: accesses are aligned and inside a window, jumps lead to the next but one instruction, and CSRs are those that hold what was written.
	.equ	UART, 0x10000000
	.equ	POWER, 0x100000

	.macro	each, op
	.irp	n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
	\op	x\n, \n*8-8(x31)
	.endr
	.endm
	.macro	save
	csrw	mscratch, x31
	la	x31, values
	each	sd
	csrr	t0, mscratch
	sd	t0, 240(x31)
	la	sp, stack_end
	.endm

	.text
	.globl	_start
_start:
	la	t0, handler
	csrw	mtvec, t0
	csrw	mie, zero
	la	s0, state
	li	t0, SEED
	sd	t0, 0(s0)
	sd	zero, 8(s0)
	sd	zero, 16(s0)

loop:
	la	sp, stack_end
	la	s0, state
	call	next
	mv	s1, a0			# the word to come
	srli	s2, a0, 32
	call	next
	mv	s3, a0			# and what decides about it
	la	s4, values
	li	s5, 31
1:	call	next
	andi	t0, a0, 7		# every other one of a few special values
	la	t1, special
	slli	t0, t0, 3
	add	t1, t1, t0
	slli	t0, a0, 10
	bltz	t0, 2f
	ld	a0, 0(t1)
2:	sd	a0, 0(s4)
	addi	s4, s4, 8
	addi	s5, s5, -1
	bnez	s5, 1b

	andi	t0, s3, 15
	slli	t0, t0, 2
	la	t1, kinds
	add	t1, t1, t0
	lw	t0, 0(t1)
	la	t1, kinds
	add	t0, t0, t1
	jr	t0

	.align	2
kinds:	.word	immediate - kinds, immediate - kinds, register - kinds, register - kinds, word_immediate - kinds, word_register - kinds
	.word	upper - kinds, loads - kinds, stores - kinds, amo - kinds, branch - kinds, jump - kinds
	.word	compressed - kinds, compressed - kinds, csr - kinds, system - kinds

immediate:	li	t0, 0x13
	j	major
register:	li	t0, 0x33
	andi	t1, s2, 3		# three in four with a funct7 that means something
	beqz	t1, major
	li	t2, 0x01ffffff
	and	s1, s1, t2
	andi	t1, s2, 12
	slli	t1, t1, 23		# 0x02000000 or 0x04000000, or both
	or	s1, s1, t1
	j	major
word_immediate:	li	t0, 0x1b
	j	major
word_register:	li	t0, 0x3b
	andi	t1, s2, 3
	beqz	t1, major
	li	t2, 0x03ffffff
	and	s1, s1, t2
	j	major
upper:	li	t0, 0x17
	andi	t1, s2, 1
	beqz	t1, major
	li	t0, 0x37
	j	major
loads:	call	bases
	li	t2, ~0x007f8000		# rs1 = x8; offset a multiple of 8
	and	s1, s1, t2
	li	t2, 8 << 15
	or	s1, s1, t2
	li	t0, 0x03
	j	major
stores:	call	bases
	li	t2, ~0x000f8f80
	and	s1, s1, t2
	li	t2, 8 << 15
	or	s1, s1, t2
	li	t0, 0x23
	j	major
amo:	call	bases
	li	t2, ~0x100f8000		# no LR and SC: when SC fails is left open
	and	s1, s1, t2
	li	t2, 8 << 15
	or	s1, s1, t2
	li	t0, 0x2f
	j	major
branch:	li	t2, 0x01fff000		# eight further on
	and	s1, s1, t2
	ori	s1, s1, 0x400
	li	t0, 0x63
	j	major
jump:	andi	t1, s2, 1
	beqz	t1, 1f
	li	t2, 0xf80
	and	s1, s1, t2
	li	t2, 4 << 21
	or	s1, s1, t2
	li	t0, 0x6f
	j	major
1:	la	t1, values		# x9 is where it is
	la	t0, place
	sd	t0, 64(t1)
	li	t2, 0xf80
	and	s1, s1, t2
	li	t2, 8 << 20 | 9 << 15
	or	s1, s1, t2
	li	t0, 0x67
	j	major
csr:	li	t0, 0x73
	li	t2, 0x000fffff
	and	s1, s1, t2
	andi	t1, s2, 15
	slli	t1, t1, 1
	la	t2, csrs
	add	t2, t2, t1
	lhu	t1, 0(t2)
	slli	t1, t1, 20
	or	s1, s1, t1
	j	major
system:	andi	t1, s2, 3
	slli	t1, t1, 2
	la	t2, systems
	add	t2, t2, t1
	lw	s1, 0(t2)
	j	ready
major:	andi	s1, s1, ~0x7f
	or	s1, s1, t0
	j	ready

# Sixteen bits and a c.nop. Quadrant 1 without jumps and branches, quadrant 2 without c.jr, c.jalr and c.ebreak.
compressed:
	call	bases
	slli	s1, s1, 48
	srli	s1, s1, 48
	andi	t0, s1, 3
	addi	t1, t0, -3
	bnez	t1, 1f
	andi	s1, s1, ~3
	li	t0, 0
1:	srli	t1, s1, 15
	beqz	t1, 3f
	addi	t1, t0, -1
	bnez	t1, 2f
	li	t1, ~0x6000
	and	s1, s1, t1
2:	addi	t1, t0, -2
	bnez	t1, 3f
	ori	s1, s1, 4
3:	li	t1, 1 << 16
	or	s1, s1, t1

ready:
	la	t0, place
	sw	s1, 0(t0)
	fence.i
	la	x31, values
	each	ld
	ld	x31, 240(x31)
	.align	2
	.option	push
	.option	norvc
place:	nop
	xori	x7, x7, 1		# jumps leave this out
	.option	pop
	save
	li	a0, 0
	j	common

	.align	2
handler:
	save
	csrr	a0, mcause
	slli	a0, a0, 8
	csrr	t0, mtval
	add	a0, a0, t0
	csrr	t0, mepc
	la	t1, place
	sub	t0, t0, t1
	slli	t0, t0, 32
	add	a0, a0, t0
	addi	a0, a0, 1

common:
	la	s0, state
	ld	a1, 8(s0)
	call	mix
	la	s1, values
	li	s2, 31
1:	ld	a0, 0(s1)
	call	mix
	addi	s1, s1, 8
	addi	s2, s2, -1
	bnez	s2, 1b
	sd	a1, 8(s0)
	ld	t0, 16(s0)
	addi	t0, t0, 1
	sd	t0, 16(s0)
	li	t1, EVERY
	remu	t2, t0, t1
	bnez	t2, loop
	call	window_sum
	call	put
	ld	t0, 16(s0)
	li	t1, COUNT
	bltu	t0, t1, loop
	li	t0, POWER
	li	t1, 0x5555
	sw	t1, 0(t0)
1:	j	1b

# The number that stands for a1 and a0.
mix:
	li	t1, 0x100000001b3
	xor	a1, a1, a0
	mul	a1, a1, t1
	srli	t1, a1, 29
	xor	a1, a1, t1
	ret

# x2 and x8 to x15 become addresses in the window, multiples of 16; not for the first instruction that looks at them alone.
bases:
	la	t0, values
	la	t1, window + 2048
	sd	t1, 8(t0)
	addi	t0, t0, 56
	li	t2, 8
1:	sd	t1, 0(t0)
	addi	t1, t1, 16
	addi	t0, t0, 8
	addi	t2, t2, -1
	bnez	t2, 1b
	ret

window_sum:
	mv	s3, ra
	ld	a1, 8(s0)
	la	s1, window
	li	s2, 512 + 64
1:	ld	a0, 0(s1)
	call	mix
	addi	s1, s1, 8
	addi	s2, s2, -1
	bnez	s2, 1b
	jr	s3

# a1 as sixteen digits and a new line
put:
	li	t2, 60
1:	srl	t0, a1, t2
	andi	t0, t0, 15
	addi	t0, t0, '0'
	li	t1, '9'
	ble	t0, t1, 2f
	addi	t0, t0, 'a' - '9' - 1
2:	li	t1, UART
	sb	t0, 0(t1)
	addi	t2, t2, -4
	bgez	t2, 1b
	li	t0, '\n'
	sb	t0, 0(t1)
	ret

# xorshift64*
next:
	ld	a0, 0(s0)
	srli	a1, a0, 12
	xor	a0, a0, a1
	slli	a1, a0, 25
	xor	a0, a0, a1
	srli	a1, a0, 27
	xor	a0, a0, a1
	sd	a0, 0(s0)
	li	a1, 0x2545f4914f6cdd1d
	mul	a0, a0, a1
	ret

	.section .rodata
	.align	3
special:	.dword	0, 1, -1, 0x8000000000000000, 0x7fffffffffffffff, 0x80000000, 0xffffffff80000000, 63
	# mscratch, mcause, mtval, sscratch, scause, stval, and some that are not there. Not mepc and sepc, of
	# which QEMU 7.2 keeps bit 0, and not mcounteren and scounteren, of which it keeps 64 bits instead of 32; and no read-only one, which
	# it lets CSRRS and CSRRC write from a register that is not x0 but holds 0.
csrs:	.half	0x340, 0x340, 0x342, 0x343, 0x140, 0x140, 0x142, 0x143, 0x342, 0x143, 0x340, 0x001, 0x5c0, 0x800, 0xbc0, 0xf10
	.align	2
systems:	.word	0x00000073, 0x0000000f, 0x0000100f, 0x12000073 # ecall, fence, fence.i, sfence.vma
	.data
	.align	3
state:	.dword	0, 0, 0
values:	.space	31 * 8
	.bss
	.align	12
window:	.space	8192
	.space	256
stack_end:
