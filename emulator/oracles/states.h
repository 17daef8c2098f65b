#ifndef ISOLDE_ORACLES_STATES_H
#define ISOLDE_ORACLES_STATES_H
/* Random states of any machine, for campaigns against what implements every description: the virtual machine of virtual.h. */
#include "../oracle.h"

/* Units of storage, from where the description's storage begins, that the states made here use. */
uint64_t states_storage(const struct isa *isa);
/* Makes a state at one of the `levels` (a flag for each) in a machine at reset whose storage is zero. The shipped machines also get states with tables, stacks
 * and handlers as their oracles know them; every machine gets states near reset, whose registers are addresses or values, and storage that is random. */
void states_prepare(struct machine *m, struct chance *c, const bool *levels);
#endif
