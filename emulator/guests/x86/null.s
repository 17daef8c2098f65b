# A null selector in a segment register: nothing traps until the segment is used, in ring 3 as little as in ring 0. In protected mode what is loaded
# relocates: a monitor that executes this directly has not seen its machine's relocation change (finding 10 at the end of x86-32.yaml). In 64-bit mode
# segments relocate nothing.
	.org 0x1000             # 64-bit mode's first tables: the first GByte, in one page
	.dword 0x2003
	.org 0x2000
	.dword 0x83
	.org 0x100000
	.entry start
start:	mov eax, 0
	mov es, eax
	mov edx, 0x604          # the power: off, with 0
	out dx, eax
