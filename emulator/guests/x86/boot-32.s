# Entry, and the way into the kernel and out of it. As a boot loader leaves the processor: protected mode, flat segments, no paging, no interrupts.
	.equ KERNEL_CODE, 0x08
	.equ KERNEL_DATA, 0x10

	.text
	.globl start
start:	mov $boot_stack, %esp
	lgdt gdt_register
	ljmp $KERNEL_CODE, $1f
1:	mov $KERNEL_DATA, %eax
	mov %eax, %ds
	mov %eax, %es
	mov %eax, %ss
	call main               # returns the frame of what runs first
	jmp resume

# Every event comes here with a struct frame (kernel.h) on the stack, but for what is saved now.
event:	pusha
	push %ds
	push %es
	mov $KERNEL_DATA, %eax
	mov %eax, %ds
	mov %eax, %es
	push %esp
	call dispatch           # returns the frame that goes on
resume:	mov %eax, %esp
	pop %es
	pop %ds
	popa
	add $8, %esp            # vector and error code
	iret

# What runs when nothing else does.
	.globl idle
idle:	sti
	hlt
	jmp idle

# One entry for each vector, 16 bytes apart; those without an error code push a zero.
	.macro entry vector, has_code
	.balign 16, 0x90
	.if \has_code == 0
	pushl $0
	.endif
	pushl $\vector
	jmp event
	.endm
	.balign 16, 0x90
	.globl entries
entries:
	.set n, 0
	.rept 256
	.if n == 8 || (n >= 10 && n <= 14) || n == 17
	entry n, 1
	.else
	entry n, 0
	.endif
	.set n, n + 1
	.endr

	.data
gdt_register:
	.word 6 * 8 - 1
	.long gdt
	.globl gdt
	.balign 8
gdt:	.quad 0
	.quad 0x00cf9b000000ffff        # kernel: code, data
	.quad 0x00cf93000000ffff
	.quad 0x00cff3000000ffff        # user: data, code
	.quad 0x00cffb000000ffff
	.quad 0                         # the TSS, filled in by main

	.bss
	.balign 16
	.space 4096
boot_stack:
