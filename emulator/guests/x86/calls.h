/* System calls: INT 0x80, the number in EAX, arguments in EBX and ECX, the result in EAX. */
enum { CALL_EXIT, CALL_WRITE, CALL_TICKS, CALL_SLEEP };
