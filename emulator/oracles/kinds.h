#ifndef ISOLDE_ORACLES_KINDS_H
#define ISOLDE_ORACLES_KINDS_H
/* The oracles there are. Each stands in a file of its own, which says what is missing where it cannot be built. */
#include "../oracle.h"

extern const struct oracle_kind oracle_kvm; /* the processor itself, through /dev/kvm: x86 */
extern const struct oracle_kind oracle_unicorn; /* Debian's libunicorn: programs of the m68000, x86 and RISC-V */
extern const struct oracle_kind oracle_qemu; /* QEMU over its gdb stub: m68000, m68010, rv64, x86 */
extern const struct oracle_kind oracle_simh; /* Debian's simh: pdp10 */
extern const struct oracle_kind oracle_host; /* the host's processor, in ring 3: x86 */
#endif
