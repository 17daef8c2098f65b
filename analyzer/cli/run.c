/* run: the machine, and the machine under a monitor. */
#include "cli.h"

int command_run(const struct arguments *a)
{
	(void)a;
	return EXIT_INTERNAL;
}
