# For tests/watch.sh: counts down, calls, stores the sum, and switches off with it; in protected mode and in 64-bit mode.
	.entry start
	.org 0x1000             # 64-bit mode's first tables
	.dword 0x2003
	.org 0x2000
	.dword 0x83
	.org 0x100000
start:	mov esp, 0x8000
	mov ecx, 3
	mov eax, 0
again:	call add
	dec ecx
	jne again
	mov DWORD PTR [sum], eax
	mov edx, 0x604
	out dx, eax
add:	add eax, ecx
	ret
	.org 0x101000
sum:	.dword 0
