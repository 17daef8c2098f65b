# Where a program begins: a0 is the argument of its exec; what main returns is its result.
#include "../calls.h"

	.section .text.entry, "ax"
	.globl	_start
_start:
	call	main
	li	a7, CALL_EXIT
	ecall

# int64_t call(number, a, b, c, d): a system call.
	.text
	.globl	call
call:
	mv	a7, a0
	mv	a0, a1
	mv	a1, a2
	mv	a2, a3
	mv	a3, a4
	ecall
	ret
