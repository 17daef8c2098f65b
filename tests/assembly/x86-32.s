start:	mov eax, 5
	mov DWORD PTR [ebx+8], eax
	mov cx, WORD PTR [esi-0x200]
	mov BYTE PTR [esp], 0xff
	mov eax, DWORD PTR [eax+ecx*4+0x1000]
	mov DWORD PTR fs:[0x28], edx
	mov ds, eax
	mov WORD PTR [ebp+0], cs
	mov cr3, eax
	mov edx, dr7
	add esp, 8
	add eax, 0x12345
	sub BYTE PTR [edi+0x1000], 3
	and WORD PTR [eax], 0x1ff0
	cmp ebx, ecx
	lock xadd DWORD PTR [ecx], eax
	lock cmpxchg8b QWORD PTR [esi]
	test al, 1
	inc eax
	dec BYTE PTR [ecx+ecx*1+0x7f]
	neg edx
	mul ecx
	idiv DWORD PTR es:[ebx]
	imul eax, DWORD PTR [ebp-4], 100
	imul esi, edi, 0x1000
	shl eax, 1
	sar DWORD PTR [eax], 5
	rcr bl, cl
	shld eax, edx, cl
	bts DWORD PTR [eax], 31
	bsf ecx, ecx
	movzx eax, BYTE PTR [esi]
	movsx cx, dl
	lea edi, [edi+edi*8-1]
	xchg ecx, esi
	bswap ebp
	cwde
	cdq
	cmovle eax, ebx
	sete al
	push 5
	push 0x12345
	push es
	push DWORD PTR [eax]
	pop fs
	pop ax
	pushf
	popf
	leave
	enter 16, 1
	jne start
	jmp end
	call start
	call eax
	jmp DWORD PTR [eax*4+0x1000]
	jmp FWORD PTR [eax]
	jmp 8:0x1234
	ret 4
	retf
	iret
	loop 1f
1:	jecxz 1b
	int 0x80
	int3
	rep movs DWORD PTR es:[edi], DWORD PTR ds:[esi]
	repne scas al, BYTE PTR es:[edi]
	lods ax, WORD PTR ds:[esi]
	stos BYTE PTR es:[edi], al
	in al, 0x60
	out dx, eax
	lgdt [eax+6]
	sidt [esp]
	ltr ax
	lar eax, ecx
	verr WORD PTR [eax]
	arpl WORD PTR [eax], bx
	les eax, FWORD PTR [eax]
	bound ecx, QWORD PTR [eax]
	hlt
end:	sysenter
