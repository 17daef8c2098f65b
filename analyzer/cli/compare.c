/* isolde compare: verdicts beside the published ones. */
#include "cli.h"

int command_compare(const struct arguments *a)
{
	(void)a;
	return EXIT_INTERNAL;
}
