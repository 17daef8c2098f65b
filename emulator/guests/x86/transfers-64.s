# What transfers between levels do besides, in 64-bit mode: interrupt stacks, the TSS's limit, descriptors of 16 bytes, what is refused in CR0. The number of
# the check that failed is what the machine is switched off with.
	.org 0x1000             # the first tables: the first GByte, in one page
	.dword 0x2003
	.org 0x2000
	.dword 0x83
	.equ IST1, 0x130100
	.org 0x100000
	.entry start
start:	mov esp, stack
	lgdt [gdt_register]
	lidt [idt_register]
	mov eax, 0x10
	mov ss, eax
	push 8                  # CS is null so far
	mov eax, code
	push rax
	retfq
code:	mov eax, 0x18           # a TSS of 44 bytes: IST1 is in it, IST2 is not
	ltr ax
	mov ebx, 1
	int 0x41
	cmp ebx, 2
	jne failed
	mov ebp, 10             # the vector that is expected, and
	mov esi, 0x18           # its error code
	mov edi, after_int
	int 0x42
	jmp failed
after_int:
	mov ebx, 3
	mov ebp, 13
	mov esi, 0
	mov edi, after_cr0
	mov eax, 0x11           # CR0: PG cannot be cleared here
	mov cr0, rax
	jmp failed
after_cr0:
	mov ebx, 4
	mov esi, 0x28           # the upper half of an LDT's descriptor is beyond the GDT
	mov edi, after_lldt
	mov eax, 0x28
	lldt ax
	jmp failed
after_lldt:
	mov ebx, 5
	mov esi, 0x10           # data is no target
	mov edi, after_jmp
	jmp fword ptr [pointer]
	jmp failed
after_jmp:
	mov ebx, 0
failed:	mov eax, ebx
	mov edx, 0x604
	out dx, eax
# Through IST1: the same level keeps its SS, and its own stack is in the frame.
inner:	mov eax, ss
	cmp eax, 0x10
	jne failed
	cmp rsp, IST1 - 40
	jne failed
	mov eax, stack
	cmp qword ptr [rsp+24], rax
	jne failed
	mov ebx, 2
	iretq
invalid:
	cmp ebp, 10
	jne failed
	jmp fault
protection:
	cmp ebp, 13
	jne failed
fault:	cmp qword ptr [rsp], rsi
	jne failed
	add rsp, 8
	mov qword ptr [rsp], rdi
	iretq
pointer:
	.word failed
	.half 0x10
	.align 8
gdt:	.dword 0, 0x00af9b000000ffff, 0x00cf93000000ffff
	.half 43, tss & 0xffff
	.byte tss >> 16, 0x89, 0, 0
	.dword 0
	.dword 0x000082000000000f       # an LDT at 0
gdt_register:
	.half 6 * 8 - 1
	.dword gdt
idt_register:
	.half 0x43 * 16 - 1
	.dword idt
	.align 8
idt:	.space 10 * 16
	.half invalid & 0xffff, 8, 0x8e00, invalid >> 16
	.dword 0
	.space 2 * 16
	.half protection & 0xffff, 8, 0x8e00, protection >> 16
	.dword 0
	.space (0x41 - 14) * 16
	.half inner & 0xffff, 8, 0x8e01, inner >> 16
	.dword 0
	.half inner & 0xffff, 8, 0x8e02, inner >> 16
	.dword 0
tss:	.space 36
	.dword IST1
	.space 512
stack:
