#ifndef ISOLDE_ORACLES_VIRTUAL_H
#define ISOLDE_ORACLES_VIRTUAL_H
/* A virtual machine of the description, under the monitor of one scenario, as the other side of a campaign: one step of the bare machine beside one
 * step of the same state on the virtual machine, interpreted or executed directly on the machine below it. This is the square of theory.md section 4, on
 * the machine that runs. It is no independent implementation, so it is not in the list of oracles. */
#include "../monitor.h"
#include "../oracle.h"

extern const struct oracle_kind virtual_kind; /* its `open` is virtual_open */

/* Units of storage of a guest, so that guest and monitor fit into the machine's addresses. */
uint64_t virtual_storage(const struct isa *isa, const struct scenario *scenario);
/* Storage of `size` units for the guest, as for oracle_kind.open; the monitor has its own beside it. `isa` and `scenario` must outlive it. */
struct oracle *virtual_open(const struct isa *isa, const struct scenario *scenario, enum technique technique, uint64_t size, char *error);
/* Instructions that were executed directly so far, and interpreted. */
const struct efficiency *virtual_efficiency(const struct oracle *o);
#endif
