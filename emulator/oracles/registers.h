#ifndef ISOLDE_ORACLES_REGISTERS_H
#define ISOLDE_ORACLES_REGISTERS_H
/* Registers of a description as a processor holds them: their fields in place, zeros between. */
#include "../machine.h"

/* A value at its place among zeros. */
u128 location_place(const struct location *at, u128 value);
/* `element` of a register that is no view. */
u128 register_get(const struct machine *m, const struct reg *r, unsigned element);
void register_set(struct machine *m, const struct reg *r, unsigned element, u128 value);
#endif
