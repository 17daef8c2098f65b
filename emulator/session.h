#ifndef ISOLDE_SESSION_H
#define ISOLDE_SESSION_H
/* A session: machines with worlds around them, bare, or virtual under one or more monitors on one real machine. */
#include "device.h"
#include "monitor.h"

enum { GUESTS_MAX = 16, DEPTH_MAX = 8 };

struct session_options {
	const struct isa *isa;
	const struct scenario *scenario; /* not for TECHNIQUE_NONE */
	enum technique technique;        /* of every monitor */
	unsigned depth;                  /* monitors inside each other, 1 to DEPTH_MAX; the innermost has the guests */
	unsigned count;                  /* machines that programs run on, 1 to GUESTS_MAX */
	uint64_t memory;                 /* units of each of them; 0: the platform's, or what a real machine of that size leaves */
	const char *start;               /* NULL: reset */
	enum engine_kind engine;
	struct host_options hosts[GUESTS_MAX];
};

struct session {
	struct session_options options;
	struct machine *real[GUESTS_MAX];     /* one under a monitor, `count` without */
	struct monitor *monitors[DEPTH_MAX];  /* outermost first */
	struct machine *machines[GUESTS_MAX]; /* that programs run on */
	struct host *hosts[GUESTS_MAX];
	enum stop stops[GUESTS_MAX];
	char names[GUESTS_MAX + DEPTH_MAX][16]; /* of the machines */
	unsigned name_count;
};

/* NULL after a message in error[256]. Networks of several machines are connected in a ring of two: 0 with 1, 2 with 3. */
struct session *session_new(const struct session_options *options, char *error);
void session_free(struct session *s);
/* Runs all machines in turn, until each has stopped or done `limit` steps since reset. s->stops says how. */
void session_run(struct session *s, uint64_t limit);
/* The monitor that runs the programs' machines; NULL for bare ones. */
struct monitor *session_monitor(const struct session *s);
/* Asks every machine of the session to stop; safe in a signal handler. */
void session_yield(struct session *s);
#endif
