# What both machines' ways into the kernel share: one entry for each vector, 16 bytes apart; those without an error code push a zero.
	.text
	.balign 16, 0x90
	.globl entries
entries:
	.set n, 0
	.rept 256
	.balign 16, 0x90
	.if n != 8 && (n < 10 || n > 14) && n != 17
	push $0
	.endif
	push $n
	jmp event
	.set n, n + 1
	.endr

# What runs when nothing else does.
	.globl idle
idle:	sti
	hlt
	jmp idle

	.bss
	.balign 16
	.space 4096
	.globl boot_stack
boot_stack:
