#ifndef USER_H
#define USER_H
/* What programs have: system calls, and text. */
#include <stddef.h>
#include <stdint.h>

#include "../calls.h"

int main(int argument);
int64_t call(uint64_t number, uint64_t a, uint64_t b, uint64_t c, uint64_t d);
#define PTR(p) ((uint64_t)(p))

static inline int fork(void) { return (int)call(CALL_FORK, 0, 0, 0, 0); }
static inline void exec(const char *name, int argument) { call(CALL_EXEC, PTR(name), (uint64_t)argument, 0, 0); }
static inline int wait_for(int number, int *result) { return (int)call(CALL_WAIT, (uint64_t)number, PTR(result), 0, 0); }
static inline void sleep(unsigned ticks) { call(CALL_SLEEP, ticks, 0, 0, 0); }

/* %d and %s; the text leaves in one call. */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Starts a program; its number, or -1. */
int start(const char *name, int argument);
/* Starts one and waits for it: its result. */
int run(const char *name, int argument);
void *memset(void *to, int byte, size_t n);
void *memcpy(void *to, const void *from, size_t n);
#endif
