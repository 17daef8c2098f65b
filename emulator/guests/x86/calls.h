/* System calls. 32-bit mode: INT 0x80, the number in EAX, arguments in EBX and ECX. 64-bit mode: SYSCALL, the number in RAX, arguments in RDI and RSI.
 * The result is where the number was. */
enum { CALL_EXIT, CALL_WRITE, CALL_WHO, CALL_TICKS, CALL_SLEEP };
