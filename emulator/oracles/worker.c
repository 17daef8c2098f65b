/* A process that an implementation runs in. */
#include "worker.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

bool worker_start(struct worker *w, void (*work)(void *context, int in, int out), void *context)
{
	int down[2], up[2];

	if (pipe(down))
		return false;
	if (pipe(up)) {
		close(down[0]), close(down[1]);
		return false;
	}
	w->pid = fork();
	if (!w->pid) {
		close(down[1]), close(up[0]);
		work(context, down[0], up[1]);
	}
	close(down[0]), close(up[1]);
	w->to = down[1], w->from = up[0];
	return w->pid > 0;
}

void worker_end(struct worker *w)
{
	if (w->pid <= 0)
		return;
	close(w->to), close(w->from);
	kill(w->pid, SIGKILL);
	waitpid(w->pid, NULL, 0);
	w->pid = 0;
}
