#ifndef ISOLDE_BLAST_H
#define ISOLDE_BLAST_H
/* The operations of ops.def as circuits. A value of width w is w literals, the least significant first; a Boolean is one. */
#include "../meaning/op.h"
#include "circuit.h"

static inline unsigned blast_bits(unsigned width)
{
	return width ? width : 1;
}

/* op(args) into out, which has blast_bits(width) literals; widths, width and low as in op_apply. */
void blast_op(struct circuit *c, enum op op, const lit *const *args, const unsigned *widths, unsigned width, unsigned low, lit *out);
/* Whether two vectors of n literals are equal. */
lit blast_equal(struct circuit *c, const lit *a, const lit *b, unsigned n);
#endif
