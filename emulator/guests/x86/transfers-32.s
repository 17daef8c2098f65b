# What transfers between levels do besides, in protected mode: null selectors, a stack of 16 bits, the TSS's limit, what is refused in CR0. The number of the
# check that failed is what the machine is switched off with.
	.equ ESP0, 0x200
	.equ STACK16, 0x130000
	.org 0x100000
	.entry start
start:	mov esp, stack
	lgdt [gdt_register]
	lidt [idt_register]
	mov eax, 0x10
	mov ss, eax
	mov eax, 0x28           # a TSS of 10 bytes: ESP0 and SS0 are in it, and no more
	ltr ax
	mov ebx, 1
	mov eax, 0x20000000     # CR0: NW without CD, and no PE
	mov cr0, eax
refused:
	jmp failed
next:	mov ebx, 2
	mov eax, 3              # a null selector, with an RPL
	mov ds, eax
	push 0x23
	push 0x180100
	pushf
	push 0x1b
	push outer
	iret
outer:	mov eax, ds             # 2: it has become 0
	test eax, eax
	jne failed
	mov eax, 0x23
	mov ds, eax
	mov ebx, 3
	call 0x3b:0
back:	mov ebx, 6
	cmp esp, 0x180100
	jne failed
	mov ebx, 0
failed:	int 0x40                # in ring 0 and in ring 3
# Through a call gate to a stack of 16 bits: SP comes from the TSS, the rest of ESP stays.
gate:	mov eax, esp
	cmp eax, 0x180000 + ESP0 - 16
	jne failed
	mov ebx, 4
	cmp dword ptr [STACK16 + ESP0 - 16], back
	jne failed
	mov ebx, 5
	cmp dword ptr [STACK16 + ESP0 - 8], 0x180100
	jne failed
	retf
protection:
	cmp dword ptr [esp], 0
	jne failed
	cmp dword ptr [esp+4], refused - 3
	jne failed
	add esp, 16
	jmp next
off:	mov eax, ebx
	mov edx, 0x604
	out dx, eax
	.align 8
gdt:	.dword 0, 0x00cf9b000000ffff, 0x00cf93000000ffff, 0x00cffb000000ffff, 0x00cff3000000ffff
	.half 9, tss & 0xffff
	.byte tss >> 16, 0x89, 0, 0
	.half 0xffff, STACK16 & 0xffff
	.byte STACK16 >> 16, 0x93, 0, 0
	.half gate & 0xffff, 8, 0xec00, gate >> 16
gdt_register:
	.half 8 * 8 - 1
	.word gdt
idt_register:
	.half 0x41 * 8 - 1
	.word idt
	.align 8
idt:	.space 13 * 8
	.half protection & 0xffff, 8, 0x8e00, protection >> 16
	.space (0x40 - 14) * 8
	.half off & 0xffff, 8, 0xee00, off >> 16
tss:	.word 0, ESP0
	.half 0x30
	.space 512
stack:
