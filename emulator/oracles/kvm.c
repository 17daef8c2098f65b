/* The processor itself, through /dev/kvm. */
#include "kinds.h"

static const char *absent(void)
{
	return "not written yet";
}

const struct oracle_kind oracle_kvm = {.name = "kvm", .absent = absent};
