# For the hostile guests: they begin in S-mode, untranslated, at the kernel's place, and have a trap handler that skips.
#
# Every trap is counted in s10, its cause added to s11 (so that s11 tells which came, and in which order), and the program goes on behind the instruction, or
# where `resume` says if that is not 0. Interrupts never come: sie is 0. t0 to t2 belong to the handler and to `put`.
	.equ	UART, 0x10000000
	.equ	POWER, 0x100000
	.equ	RAM, 0x80000000

	.text
	.globl	_start
_start:
	la	sp, stack_end
	la	t0, handler
	csrw	stvec, t0
	csrw	sie, zero
	li	s10, 0
	li	s11, 0
	j	begin

	.align	2
handler:
	csrw	sscratch, sp
	la	sp, handler_room
	sd	t0, 0(sp)
	sd	t1, 8(sp)
	addi	s10, s10, 1
	csrr	t0, scause
	slli	t1, s11, 5
	srli	s11, s11, 59
	or	s11, s11, t1
	add	s11, s11, t0
	la	t1, resume
	ld	t1, 0(t1)
	bnez	t1, 2f
	csrr	t1, sepc
	lhu	t0, 0(t1)
	andi	t0, t0, 3
	addi	t0, t0, -3
	addi	t1, t1, 2
	bnez	t0, 2f
	addi	t1, t1, 2
2:	csrw	sepc, t1
	li	t1, 0x100			# back to S-mode, whatever it was
	csrs	sstatus, t1
	ld	t0, 0(sp)
	ld	t1, 8(sp)
	csrr	sp, sscratch
	sret

# Puts a1 as sixteen digits and a new line behind the text at a0.
put:
1:	lbu	t0, 0(a0)
	beqz	t0, 2f
	li	t1, UART
	sb	t0, 0(t1)
	addi	a0, a0, 1
	j	1b
2:	li	t2, 60
3:	srl	t0, a1, t2
	andi	t0, t0, 15
	addi	t0, t0, '0'
	li	t1, '9'
	ble	t0, t1, 4f
	addi	t0, t0, 'a' - '9' - 1
4:	li	t1, UART
	sb	t0, 0(t1)
	addi	t2, t2, -4
	bgez	t2, 3b
	li	t0, '\n'
	sb	t0, 0(t1)
	ret

# What was counted, and the end.
finish:
	la	a0, traps_text
	mv	a1, s10
	call	put
	la	a0, causes_text
	mv	a1, s11
	call	put
	li	t0, 0x5555
	li	t1, POWER
	sw	t0, 0(t1)
1:	wfi
	j	1b

	.section .rodata
traps_text:	.asciz "traps  "
causes_text:	.asciz "causes "
	.data
	.align	3
resume:	.dword	0
handler_room:
	.space	16
	.bss
	.align	4
	.space	4096
stack_end:
