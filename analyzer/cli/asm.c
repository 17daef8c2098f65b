/* asm and disasm. */
#include "cli.h"

int command_asm(const struct arguments *a)
{
	(void)a;
	return EXIT_INTERNAL;
}

int command_disasm(const struct arguments *a)
{
	(void)a;
	return EXIT_INTERNAL;
}
