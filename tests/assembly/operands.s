	.entry start
start:	mov_load X1, register(X2)
	mov_load X1, displaced(X2, -5) {byte=1}
	mov_store absolute(data), X3
	lea	X4, indirect(X7)
	mov_load {mod=1, reg=2, rm3=0, src.bits=0x1200}
	jmp_short start
data:	.half 0x1234
