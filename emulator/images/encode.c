/* From the variables of an instruction to storage units. */
#include <string.h>

#include "assembler.h"

enum { PARCELS_MAX = 128 };

struct stream {
	u128 parcels[PARCELS_MAX];
	unsigned count;
};

/* The low `width` bits, parcel by parcel, the first one most significant. */
static bool add_bits(struct assembler *a, struct stream *s, u128 bits, unsigned width)
{
	unsigned parcel = a->isa->parcel;

	for (; width; width -= parcel) {
		if (s->count == PARCELS_MAX)
			return false;
		s->parcels[s->count++] = bits >> (width - parcel) & bits_mask(parcel);
	}
	return true;
}

static u128 placed(const struct location *at, u128 value)
{
	unsigned rest = at->width;
	u128 bits = 0;

	for (unsigned p = 0; p < at->count; p++) {
		rest -= at->pieces[p].width;
		bits |= (value >> rest & bits_mask(at->pieces[p].width)) << at->pieces[p].low;
	}
	return bits;
}

static u128 pattern_bits(const struct pattern *p, const struct variable *variables, unsigned count, const u128 *values)
{
	u128 bits = p->match;

	for (unsigned v = 0; v < count; v++)
		if (!variables[v].is_operand && !variables[v].is_prefix)
			bits |= placed(&variables[v].location, values[v]);
	return bits;
}

/* Values that belong to another instruction, or to another alternative. */
static bool allowed(struct assembler *a, const struct variable *variables, unsigned count, const u128 *values)
{
	for (unsigned v = 0; v < count; v++)
		for (unsigned k = 0; k < variables[v].not_count; k++)
			if (values[v] == variables[v].not_values[k]) {
				trouble(a, E_RANGE, 0, 1, "with '%s' %llu this would be another instruction, or none", variables[v].name,
					(unsigned long long)values[v]);
				return false;
			}
	return true;
}

/* All of the text was understood: this is trouble behind it. */
static size_t behind_all(const struct assembler *a)
{
	return a->lines && a->lines[a->current].to ? a->lines[a->current].to - 1 : 0;
}

/* An operand says bits of a variable; what the text has said of it already must be the same. */
static bool take(struct assembler *a, struct chosen *c, const struct variable *variables, unsigned v, u128 bits, u128 mask)
{
	mask &= bits_mask(variables[v].width);
	if ((c->variables[v] ^ bits) & mask & c->known[v]) {
		trouble(a, E_ASSEMBLY, behind_all(a), 1, "these operands do not go together: they differ in '%s'", variables[v].name);
		return false;
	}
	c->variables[v] = (c->variables[v] & ~mask) | (bits & mask);
	c->known[v] |= mask;
	return true;
}

/* Gives the bits that an operand takes from the instruction, of which those in `mask` are known, to the variables that feed it. */
static bool feed(struct assembler *a, const struct operand *o, u128 bits, u128 mask, const struct variable *variables, unsigned count, struct chosen *c)
{
	for (unsigned i = o->from_count; i--;) {
		unsigned width;
		u128 fixed;

		if (operand_fixed(o->from[i], &width, &fixed)) {
			if ((bits ^ fixed) & mask & bits_mask(width))
				return false;
			bits >>= width;
			mask >>= width;
			continue;
		}
		for (unsigned v = 0; v < count; v++) {
			if (strcmp(variables[v].name, o->from[i]))
				continue;
			width = variables[v].width + variables[v].left_shift;
			if (bits & mask & bits_mask(variables[v].left_shift) ||
			    !take(a, c, variables, v, bits >> variables[v].left_shift, mask >> variables[v].left_shift))
				return false;
			bits = width < BITS_MAX ? bits >> width : 0;
			mask = width < BITS_MAX ? mask >> width : 0;
		}
	}
	return true;
}

/* What the text says of an operand, and its match, goes to the variables that feed it. */
static bool collect(struct assembler *a, const struct operand *o, struct chosen *c, const struct variable *variables, unsigned count,
		    struct chosen *feeding)
{
	const struct alternative *alt = c->alternative;
	u128 bits = alt->pattern.match, mask = alt->pattern.mask;
	unsigned tail = alt->pattern.width - o->decoder->from;

	for (unsigned i = 0; i < alt->operand_count; i++)
		if (!collect(a, &alt->operands[i], c->operands[i], alt->variables, alt->variable_count, c))
			return false;
	for (unsigned v = 0; v < alt->variable_count; v++) {
		if (alt->variables[v].is_operand)
			continue;
		bits |= placed(&alt->variables[v].location, c->variables[v]);
		mask |= placed(&alt->variables[v].location, c->known[v]);
	}
	return feed(a, o, bits >> tail, mask >> tail, variables, count, feeding);
}

/* What the text does not say of an operand is what its feeding variables hold. */
static void distribute(const struct operand *o, struct chosen *c, const struct variable *variables, unsigned count, const struct chosen *feeding)
{
	const struct alternative *alt = c->alternative;
	unsigned tail = alt->pattern.width - o->decoder->from;
	u128 from = fed_bits(o, variables, count, feeding->variables) << tail, fed = bits_mask(o->decoder->from) << tail;

	for (unsigned v = 0; v < alt->variable_count; v++) {
		u128 mask = alt->variables[v].is_operand ? 0 : alternative_value(alt, v, fed) & ~c->known[v];

		c->variables[v] = (c->variables[v] & ~mask) | (alternative_value(alt, v, from) & mask);
	}
	for (unsigned i = 0; i < alt->operand_count; i++)
		distribute(&alt->operands[i], c->operands[i], alt->variables, alt->variable_count, c);
}

/* An operand's own parcels. */
static bool encode_operand(struct assembler *a, const struct operand *o, const struct chosen *c, struct stream *s)
{
	const struct alternative *alt = c->alternative;
	u128 bits = pattern_bits(&alt->pattern, alt->variables, alt->variable_count, c->variables);

	if (!allowed(a, alt->variables, alt->variable_count, c->variables) || !add_bits(a, s, bits, alt->pattern.width - o->decoder->from))
		return false;
	for (unsigned i = 0; i < alt->operand_count; i++)
		if (!encode_operand(a, &alt->operands[i], c->operands[i], s))
			return false;
	return true;
}

/* An operand that is given as its bits: as many of them as its specifier takes. */
static bool copy_operand(struct assembler *a, const struct instruction *i, const struct operand *o, const struct chosen *c, struct stream *s)
{
	u128 from = fed_bits(o, i->variables, i->variable_count, c->variables), tail = o->variable == ~0u ? 0 : c->variables[o->variable];
	int parcels = operand_parcels(a->isa, o->decoder, from, tail);
	unsigned width = parcels < 0 ? 0 : (unsigned)parcels * a->isa->parcel;

	if (parcels < 0 || (width < o->decoder->tail && tail & bits_mask(o->decoder->tail - width))) {
		trouble(a, E_RANGE, 0, 1, "these are not the bits of an operand '%s'", o->name);
		return false;
	}
	return add_bits(a, s, tail >> (o->decoder->tail - width), width);
}

static bool add_prefix(struct assembler *a, const struct instruction *i, unsigned number, const struct chosen *c, struct stream *s)
{
	const struct prefix *p = &a->isa->prefixes[number];

	for (unsigned v = 0; v < i->variable_count; v++) {
		const struct variable *var = &i->variables[v];

		if (var->is_prefix && !var->location.count && var->prefix == number && c->variables[v]) /* its own variables follow it */
			return add_bits(a, s, pattern_bits(&p->pattern, p->variables, p->variable_count, c->variables + v + 1), p->pattern.width);
	}
	return true;
}

/* In the order in which the description has them. */
static bool add_prefixes(struct assembler *a, const struct instruction *i, const struct chosen *c, struct stream *s)
{
	for (unsigned p = 0; p < a->isa->prefix_count; p++)
		if (!add_prefix(a, i, p, c, s))
			return false;
	return true;
}

/* The instruction itself: in `match` the last parcel may come first. */
static bool add_instruction(struct assembler *a, const struct instruction *i, const struct chosen *c, struct stream *s)
{
	u128 bits = pattern_bits(&i->pattern, i->variables, i->variable_count, c->variables);

	if (!a->isa->first_right)
		return add_bits(a, s, bits, i->pattern.width);
	for (unsigned done = 0; done < i->pattern.width; done += a->isa->parcel)
		if (!add_bits(a, s, bits >> done & bits_mask(a->isa->parcel), a->isa->parcel))
			return false;
	return true;
}

static bool to_units(const struct isa *isa, const struct stream *s, struct encoded *out)
{
	unsigned each = isa->parcel / isa->memory.unit;

	out->count = 0;
	if (s->count * each > LINE_UNITS)
		return false;
	for (unsigned p = 0; p < s->count; p++)
		for (unsigned u = 0; u < each; u++) {
			unsigned part = isa->memory.big_endian ? each - 1 - u : u;

			out->units[out->count++] = (uint64_t)(s->parcels[p] >> (part * isa->memory.unit) & bits_mask(isa->memory.unit));
		}
	return true;
}

/* Forgets what operands have said in an earlier try. */
static void start(struct chosen *c, unsigned operands)
{
	for (unsigned v = 0; v < VARIABLES_MAX; v++) {
		c->known[v] = c->said[v];
		c->variables[v] &= c->said[v];
	}
	for (unsigned o = 0; o < operands; o++)
		if (c->operands[o])
			start(c->operands[o], c->operands[o]->alternative->operand_count);
}

/* A prefix stands there if one of its variables is not zero. */
static bool settle_prefixes(struct assembler *a, const struct instruction *i, struct chosen *c)
{
	for (unsigned v = 0; v < i->variable_count; v++) {
		const struct variable *var = &i->variables[v];
		const struct prefix *p = var->is_prefix && !var->location.count ? &a->isa->prefixes[var->prefix] : NULL;
		u128 any = 0;

		for (unsigned k = 0; p && k < p->variable_count; k++)
			any |= c->variables[v + 1 + k];
		if (any && !take(a, c, i->variables, v, 1, 1))
			return false;
	}
	return true;
}

static bool settle(struct assembler *a, const struct instruction *i, struct chosen *c)
{
	start(c, i->operand_count);
	for (unsigned o = 0; o < i->operand_count; o++)
		if (c->operands[o] && !collect(a, &i->operands[o], c->operands[o], i->variables, i->variable_count, c))
			return false;
	if (!settle_prefixes(a, i, c))
		return false;
	for (unsigned o = 0; o < i->operand_count; o++)
		if (c->operands[o])
			distribute(&i->operands[o], c->operands[o], i->variables, i->variable_count, c);
	return allowed(a, i->variables, i->variable_count, c->variables);
}

static bool put_together(struct assembler *a, const struct instruction *i, const struct chosen *c, struct encoded *out)
{
	struct stream all = {.count = 0};

	if (!add_prefixes(a, i, c, &all) || !add_instruction(a, i, c, &all))
		return false;
	for (unsigned o = 0; o < i->operand_count; o++)
		if (c->operands[o] ? !encode_operand(a, &i->operands[o], c->operands[o], &all) : !copy_operand(a, i, &i->operands[o], c, &all))
			return false;
	return to_units(a->isa, &all, out);
}

/* Addresses that are told from the end of the instruction, whose length is known now. False: one is too far away. *any: there are some. */
static bool lead(struct assembler *a, const struct variable *variables, unsigned operands, struct chosen *c, u128 end, bool *any)
{
	unsigned n = c->behind - 1, pc = a->isa->components[a->isa->pc].width;

	if (c->behind) {
		s128 distance = bits_signed((c->target - end) & bits_mask(pc), pc);

		*any = true;
		c->variables[n] = (u128)distance & bits_mask(variables[n].width);
		if (bits_signed(c->variables[n], variables[n].width) != distance) {
			trouble(a, E_RANGE, behind_all(a), 1, "'%s' has %u bits: it does not lead to 0x%llx", variables[n].name, variables[n].width, (unsigned long long)c->target);
			return false;
		}
	}
	for (unsigned o = 0; o < operands; o++) {
		struct chosen *inner = c->operands[o];

		if (inner && !lead(a, inner->alternative->variables, inner->alternative->operand_count, inner, end, any))
			return false;
	}
	return true;
}

bool encode(struct assembler *a, const struct instruction *i, struct chosen *c, struct encoded *out)
{
	bool any = false;

	if (!settle(a, i, c) || !put_together(a, i, c, out) || !lead(a, i->variables, i->operand_count, c, a->here + out->count, &any))
		return false;
	return !any || put_together(a, i, c, out);
}

/* Of the bits that stand for operands, those behind what an operand takes mean nothing. */
static void cut_operands(const struct isa *isa, const struct instruction *i, u128 *variables)
{
	for (unsigned n = 0; n < i->operand_count; n++) {
		const struct operand *o = &i->operands[n];
		u128 *tail = o->variable == ~0u ? NULL : &variables[o->variable];
		int parcels = tail ? operand_parcels(isa, o->decoder, fed_bits(o, i->variables, i->variable_count, variables), *tail) : -1;

		if (parcels >= 0 && (unsigned)parcels * isa->parcel < o->decoder->tail)
			*tail &= ~bits_mask(o->decoder->tail - (unsigned)parcels * isa->parcel);
	}
}

bool encode_instruction(struct arena *arena, const struct isa *isa, const struct instruction *i, const u128 *variables, struct encoded *out)
{
	struct assembler *a = ARENA_NEW(arena, struct assembler);
	struct chosen *c = ARENA_NEW(arena, struct chosen);

	a->arena = arena;
	a->isa = isa;
	memcpy(c->variables, variables, i->variable_count * sizeof *variables);
	memset(c->said, 0xff, sizeof c->said);
	cut_operands(isa, i, c->variables);
	return encode(a, i, c, out);
}
