# What both measurements share: a supervisor of the least kind, and a program in U-mode. The program calls it with ECALL: a7 = 0, nothing but the
# way there and back (three CSR accesses and SRET); a7 = 1, the end: a0 is printed.
#
# Sv39, with pages of 2^30 bytes: devices and storage where they are, for S-mode; storage once more 2^30 bytes further up, for U-mode.
	.equ	UP, 0x40000000
	.equ	UART, 0x10000000
	.equ	TEST, 0x100000

	.section .text.entry, "ax"
	.globl	_start
_start:
	la	sp, stack_end
	la	t0, root
	li	t1, 0x00000000 << 0 | 0xc7	# physical 0: V R W A D
	sd	t1, 0*8(t0)
	li	t1, 0x80000000 >> 2 | 0xcf	# and X
	sd	t1, 2*8(t0)
	li	t1, 0x80000000 >> 2 | 0xdf	# and U
	sd	t1, 3*8(t0)
	srli	t0, t0, 12
	li	t1, 8 << 60
	or	t0, t0, t1
	csrw	satp, t0
	sfence.vma
	la	t0, trap
	csrw	stvec, t0
	li	t0, 0x100			# SPP: to U-mode
	csrc	sstatus, t0
	li	t1, UP
	la	t0, program
	add	t0, t0, t1
	csrw	sepc, t0
	add	sp, sp, t1
	sret
program:
	call	compute
	li	a7, 1
	ecall

	.align	2
trap:
	csrr	t0, sepc
	bnez	a7, end
	addi	t0, t0, 4
	csrw	sepc, t0
	csrr	t0, scause
	sret
end:	li	t0, UART
	li	t1, 60				# the highest of the 16 digits
digit:	srl	t2, a0, t1
	andi	t2, t2, 15
	addi	t2, t2, '0'
	li	t3, '9'
	ble	t2, t3, put
	addi	t2, t2, 'a' - '0' - 10
put:	sb	t2, 0(t0)
	addi	t1, t1, -4
	bgez	t1, digit
	li	t2, '\n'
	sb	t2, 0(t0)
	li	t0, TEST
	li	t1, 0x5555
	sw	t1, 0(t0)
1:	j	1b

	.bss
	.align	12
root:	.space	4096
	.space	16384
stack_end:
