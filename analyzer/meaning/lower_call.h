#ifndef ISOLDE_LOWER_CALL_H
#define ISOLDE_LOWER_CALL_H
/* What the files of calls share; internal to lower_call.c, lower_access.c and lower_builtin.c. */
#include "lower.h"

/* --- lower_call.c: the arguments of a call --- */
/* How many stand before the named ones. */
unsigned call_positional(const struct syntax *n);
/* So many of them, from `least` to `most`; false after a finding. */
bool call_arity(struct lowering *l, const struct syntax *n, unsigned least, unsigned most);
/* The value of the named argument; NULL if it is not given. */
const struct syntax *call_option(const struct syntax *n, const char *name);
/* No named argument but those of an access; false after a finding. */
bool call_known_options(struct lowering *l, const struct syntax *n);
/* The width that a type argument gives an access, a multiple of `unit`; 0 after a finding. */
unsigned call_width(struct lowering *l, const struct syntax *n, unsigned unit);

/* --- lower_access.c --- */
struct typed lower_load(struct lowering *l, const struct syntax *n);
struct typed lower_store(struct lowering *l, const struct syntax *n);
struct typed lower_load_physical(struct lowering *l, const struct syntax *n);
struct typed lower_store_physical(struct lowering *l, const struct syntax *n);
struct typed lower_port_in(struct lowering *l, const struct syntax *n);
struct typed lower_port_out(struct lowering *l, const struct syntax *n);
struct typed lower_translate(struct lowering *l, const struct syntax *n);
struct typed lower_trap_target(struct lowering *l, const struct syntax *n);

/* --- lower_builtin.c --- */
struct typed lower_mode(struct lowering *l, const struct syntax *n);
struct typed lower_set_mode(struct lowering *l, const struct syntax *n);
struct typed lower_raise(struct lowering *l, const struct syntax *n);
struct typed lower_fault(struct lowering *l, const struct syntax *n);
struct typed lower_wait(struct lowering *l, const struct syntax *n);
struct typed lower_assert(struct lowering *l, const struct syntax *n);
struct typed lower_unpredictable(struct lowering *l, const struct syntax *n);
struct typed lower_unknown(struct lowering *l, const struct syntax *n);
struct typed lower_signed(struct lowering *l, const struct syntax *n);
struct typed lower_bits_of(struct lowering *l, const struct syntax *n);
struct typed lower_lookup(struct lowering *l, const struct syntax *n);
struct typed lower_csr_read(struct lowering *l, const struct syntax *n);
struct typed lower_csr_write(struct lowering *l, const struct syntax *n);
/* Writes register `number` of the space as software does: through its fields' sw_write. */
struct typed lower_software_write(struct lowering *l, const struct space *s, struct ir_expr *number, const struct syntax *value);
#endif
