start:	mov eax, 5
	mov rax, 5
	mov rax, -5
	mov rax, 0x123456789abcdef0
	mov r10d, 0xfffffff0
	mov QWORD PTR [rbx+8], rax
	mov cx, WORD PTR [rsi-0x200]
	mov BYTE PTR [rsp], 0xff
	mov eax, DWORD PTR [rax+rcx*4+0x1000]
	mov r9, QWORD PTR [r12]
	mov r9, QWORD PTR [r13+0]
	mov r9b, BYTE PTR [r8+r15*8-1]
	mov spl, al
	mov ah, bl
	mov sil, r14b
	mov rdx, QWORD PTR fs:[0x28]
	mov edx, DWORD PTR [0x1000]
	mov edx, DWORD PTR [rcx*4+0x1000]
	mov eax, DWORD PTR [ecx+edx*2]
	mov r8d, DWORD PTR [r9d]
	lea rdi, [rip+0x1234]
	lea r11d, [rdi+rdi*8-1]
	mov ds, eax
	mov WORD PTR [rbp+0], cs
	mov cr3, rax
	mov r9, cr0
	mov rdx, dr7
	add rsp, 8
	add rax, 0x12345
	add eax, 0xfffff000
	sub BYTE PTR [rdi+0x1000], 3
	and WORD PTR [r10], 0x1ff0
	cmp rbx, r9
	lock xadd QWORD PTR [rcx], rax
	lock cmpxchg8b QWORD PTR [rsi]
	lock cmpxchg16b OWORD PTR [r12+rbx*2]
	test al, 1
	test r15, r15
	inc eax
	dec BYTE PTR [rcx+rcx*1+0x7f]
	neg rdx
	mul rcx
	idiv DWORD PTR gs:[rbx]
	imul rax, QWORD PTR [rbp-4], 100
	imul esi, edi, 0x1000
	shl rax, 1
	sar QWORD PTR [rax], 37
	rcr r8b, cl
	shld rax, rdx, cl
	bts QWORD PTR [rax], 63
	bsf rcx, rcx
	movzx eax, BYTE PTR [rsi]
	movzx r8d, dil
	movsx rcx, dx
	movsxd rcx, edx
	movsxd r8, DWORD PTR [rax]
	xchg rcx, rsi
	xchg r9, rax
	bswap r13
	cwde
	cdqe
	cqo
	cmovle rax, rbx
	sete r9b
	push 5
	push 0x12345
	push r12
	push QWORD PTR [rax]
	pop fs
	pop ax
	pop r8
	pushf
	popf
	leave
	enter 16, 1
	jne start
	jmp end
	call start
	call r11
	jmp QWORD PTR [rax*8+0x1000]
	jmp FWORD PTR [rax]
	ret 4
	retfw 8
	retfq
	iretw
	iretq
	loop 1f
1:	jrcxz 1b
	int 0x80
	int3
	rep movs QWORD PTR es:[rdi], QWORD PTR ds:[rsi]
	repne scas al, BYTE PTR es:[rdi]
	lods ax, WORD PTR ds:[rsi]
	stos QWORD PTR es:[rdi], rax
	in al, 0x60
	out dx, eax
	lgdt [rax+6]
	sidt [rsp]
	ltr ax
	lar eax, ecx
	verr WORD PTR [rax]
	rdfsbase r9
	wrgsbase eax
	swapgs
	hlt
end:	syscall
	sysretq
