#ifndef ISOLDE_ORACLES_WORKER_H
#define ISOLDE_ORACLES_WORKER_H
/* A process of ours that an implementation runs in, with a pipe to it and one from it: it may die, and another one is started. */
#include <stdbool.h>
#include <sys/types.h>

struct worker {
	pid_t pid; /* 0: none */
	int to, from;
};

/* Starts one, in which work(context, in, out) is called, which does not return. False: there is none. */
bool worker_start(struct worker *w, void (*work)(void *context, int in, int out), void *context);
/* Ends it, if there is one. */
void worker_end(struct worker *w);
#endif
