/* System calls, for the kernel and for programs: the number is in a7, arguments from a0 on, the result in a0; -1: it could not be done. */
#define CALL_EXIT 1     /* result */
#define CALL_WRITE 2    /* text, size: to the console */
#define CALL_FORK 3     /* the child's number; 0 in the child */
#define CALL_EXEC 4     /* name, argument: only comes back if there is no such program */
#define CALL_WAIT 5     /* number or 0 for any child, where its result goes: the child's number */
#define CALL_KILL 6     /* number */
#define CALL_NUMBER 7   /* the caller's */
#define CALL_SLEEP 8    /* ticks of the clock */
#define CALL_READ 9     /* name of a file, from which byte on (a multiple of 512), to where, size: bytes read */
#define CALL_GROW 10    /* bytes more of heap: its end before */
#define CALL_PROTECT 11 /* from, size, rights (4 read, 2 write, 1 execute): the pages of the heap, from its beginning */
#define CALL_STATION 12 /* where the 6 bytes of the network address go */
#define CALL_SEND 13    /* frame, size */
#define CALL_RECEIVE 14 /* frame, room: its size */
