#ifndef ISOLDE_DOMAIN_H
#define ISOLDE_DOMAIN_H
/* What the walker computes with. One walker over a domain, two domains: concrete (concrete.h) and the solver's
 * (solver.h). Constants are folded here, with the concrete column of the operation table, before a domain is asked. */
#include "../meaning/isa.h"

/* A value of `width` bits (0: Boolean). `term` NULL: the constant `bits`. Else what the domain made of it; arrays (register
 * files, memory) are always terms. */
struct value {
	u128 bits;
	void *term;
	unsigned width;
};

/* Functions that the analysis leaves uninterpreted (theory.md section 4). */
enum uninterpreted {
	UF_TRANSLATE, /* (level, va, access) -> guest-physical address */
	UF_FAULT,     /* (level, va, access) -> Boolean: the translation refuses */
	UF_VISIBLE,   /* (run, pa) -> Boolean: real address pa holds a word that the program sees */
	UF_INVERSE,   /* (run, pa) -> the guest-physical address of that word */
	UF_COUNT
};

struct domain {
	/* An operation with at least one operand that is no constant; `width` and `low` as in op_apply. */
	struct value (*op)(struct domain *, enum op, const struct value *args, unsigned width, unsigned low);
	/* Whether a Boolean is true (1), false (0) or open (-1). */
	int (*decide)(struct domain *, struct value condition);
	/* One more premise of the walks to come: what follows from it alone is decided. What comes out of them holds where the premises do. True:
	 * nothing is supposed any more. */
	void (*suppose)(struct domain *, struct value premise);
	struct value (*select)(struct domain *, struct value array, struct value index, unsigned width);
	struct value (*store)(struct domain *, struct value array, struct value index, struct value element);
	struct value (*function)(struct domain *, enum uninterpreted, const struct value *args, unsigned count, unsigned width);
	/* The UNKNOWN value of the place `key`; the same key gives the same value. index_width 0: no array. */
	struct value (*unknown)(struct domain *, uint64_t key, unsigned width, unsigned index_width);
	/* Whether two arrays differ. With `somewhere` the answer may depend on an index that is chosen freely, which is cheaper
	 * and right wherever the answer is only asked for being true. */
	struct value (*arrays_differ)(struct domain *, struct value a, struct value b, unsigned index_width, unsigned width,
				      bool somewhere);
	/* An array of its own with the same contents, where stores change arrays in place. */
	struct value (*copy)(struct domain *, struct value array);
};

static inline struct value value_const(u128 bits, unsigned width)
{
	return (struct value){bits & (width ? bits_mask(width) : 1), NULL, width};
}

static inline bool value_is(struct value v, u128 bits)
{
	return !v.term && v.bits == bits;
}

static inline bool value_same(struct value a, struct value b)
{
	return a.term == b.term && a.bits == b.bits && a.width == b.width;
}

struct value value_op(struct domain *d, enum op op, const struct value *args, unsigned width, unsigned low);
struct value value_op1(struct domain *d, enum op op, struct value a);
struct value value_op2(struct domain *d, enum op op, struct value a, struct value b);
struct value value_ite(struct domain *d, struct value c, struct value a, struct value b);
struct value value_and(struct domain *d, struct value a, struct value b);
struct value value_or(struct domain *d, struct value a, struct value b);
struct value value_not(struct domain *d, struct value a);
struct value value_eq(struct domain *d, struct value a, struct value b);
/* Zero-extended or cut. */
struct value value_resize(struct domain *d, struct value a, unsigned width);
#endif
