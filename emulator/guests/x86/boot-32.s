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
	.globl event
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
