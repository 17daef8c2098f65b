# Entry, and the way into the kernel and out of it. As a boot loader leaves the processor: 64-bit mode, addresses mapped to themselves, no interrupts.
	.equ KERNEL_CODE, 0x08
	.equ KERNEL_DATA, 0x10
	.equ USER_DATA, 0x1b
	.equ USER_CODE, 0x23
	.equ CALL_EVENT, 0x80
	.equ FRAME_VECTOR, 15 * 8

# The tables that the processor begins with, at 0x1000: the first GByte, in one page.
	.section .tables, "a"
	.quad 0x2003
	.fill 511, 8, 0
	.quad 0x83
	.fill 511, 8, 0

	.text
	.globl start
start:	mov $boot_stack, %esp
	lgdt gdt_register
	pushq $KERNEL_CODE
	pushq $1f
	lretq
1:	mov $KERNEL_DATA, %eax
	mov %eax, %ds
	mov %eax, %es
	mov %eax, %ss
	call main               # returns the frame of what runs first
	jmp resume

# SYSCALL leaves the program's stack pointer where it is, RIP in RCX and RFLAGS in R11. GS leads to the running process's kernel stack.
	.globl fast_entry
fast_entry:
	swapgs
	mov %rsp, %gs:8
	mov %gs:0, %rsp
	pushq $USER_DATA
	pushq %gs:8
	swapgs
	push %r11
	pushq $USER_CODE
	push %rcx
	pushq $0
	pushq $CALL_EVENT

# Every event comes here with a struct frame (kernel.h) on the stack, but for what is saved now.
	.globl event
event:	.irp register, rax, rbx, rcx, rdx, rdi, rsi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
	push %\register
	.endr
	mov %rsp, %rdi
	cld
	call dispatch           # returns the frame that goes on
resume:	mov %rax, %rsp
	cmpq $CALL_EVENT, FRAME_VECTOR(%rsp)
	.irp register, r15, r14, r13, r12, r11, r10, r9, r8, rbp, rsi, rdi, rdx, rcx, rbx, rax
	pop %\register
	.endr
	je 1f
	add $16, %rsp           # vector and error code
	iretq
1:	mov 16(%rsp), %rcx      # a call returns as it came
	mov 32(%rsp), %r11
	mov 40(%rsp), %rsp
	sysretq

	.data
gdt_register:
	.word 7 * 8 - 1
	.quad gdt
	.globl gdt
	.balign 8
gdt:	.quad 0
	.quad 0x00af9b000000ffff        # kernel: code, data
	.quad 0x00cf93000000ffff
	.quad 0x00cff3000000ffff        # user: data, code
	.quad 0x00affb000000ffff
	.quad 0, 0                      # the TSS, filled in by tables_init
