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

/* Gives the bits that an operand takes from the instruction to the variables that feed it. */
static bool feed(const struct operand *o, u128 bits, const struct variable *variables, unsigned count, u128 *values)
{
	for (unsigned i = o->from_count; i--;) {
		unsigned fixed_width;
		u128 fixed;

		if (operand_fixed(o->from[i], &fixed_width, &fixed)) {
			if ((bits & bits_mask(fixed_width)) != fixed)
				return false;
			bits >>= fixed_width;
			continue;
		}
		for (unsigned v = 0; v < count; v++) {
			unsigned width = variables[v].width + variables[v].left_shift;

			if (strcmp(variables[v].name, o->from[i]))
				continue;
			if (bits & bits_mask(variables[v].left_shift))
				return false;
			values[v] = bits >> variables[v].left_shift & bits_mask(variables[v].width);
			bits = width < BITS_MAX ? bits >> width : 0;
		}
	}
	return true;
}

/* An operand's own parcels; feeds the variables that it takes bits from. */
static bool encode_operand(struct assembler *a, const struct operand *o, struct chosen *c, const struct variable *variables,
			   unsigned count, u128 *values, struct stream *s)
{
	const struct alternative *alt = c->alternative;
	struct stream nested = {.count = 0};
	u128 bits;

	for (unsigned i = 0; i < alt->operand_count; i++)
		if (!encode_operand(a, &alt->operands[i], c->operands[i], alt->variables, alt->variable_count, c->variables, &nested))
			return false;
	bits = pattern_bits(&alt->pattern, alt->variables, alt->variable_count, c->variables);
	if (!allowed(a, alt->variables, alt->variable_count, c->variables) || !add_bits(a, s, bits, alt->pattern.width - o->decoder->from) ||
	    !feed(o, bits >> (alt->pattern.width - o->decoder->from), variables, count, values))
		return false;
	for (unsigned i = 0; i < nested.count; i++)
		if (!add_bits(a, s, nested.parcels[i], a->isa->parcel))
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

static bool add_prefixes(struct assembler *a, const struct instruction *i, const struct chosen *c, struct stream *s)
{
	for (unsigned v = 0; v < i->variable_count; v++) {
		const struct variable *var = &i->variables[v];
		const struct prefix *p = var->is_prefix ? &a->isa->prefixes[var->prefix] : NULL;

		if (!p || var->location.count || !c->variables[v])
			continue;
		/* its own variables follow it */
		if (!add_bits(a, s, pattern_bits(&p->pattern, p->variables, p->variable_count, c->variables + v + 1), p->pattern.width))
			return false;
	}
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

bool encode(struct assembler *a, const struct instruction *i, struct chosen *c, struct encoded *out)
{
	struct stream all = {.count = 0}, operands = {.count = 0};

	for (unsigned o = 0; o < i->operand_count; o++)
		if (c->operands[o] ? !encode_operand(a, &i->operands[o], c->operands[o], i->variables, i->variable_count, c->variables, &operands)
				   : !copy_operand(a, i, &i->operands[o], c, &operands))
			return false;
	if (!allowed(a, i->variables, i->variable_count, c->variables) || !add_prefixes(a, i, c, &all) || !add_instruction(a, i, c, &all))
		return false;
	for (unsigned p = 0; p < operands.count; p++)
		if (!add_bits(a, &all, operands.parcels[p], a->isa->parcel))
			return false;
	return to_units(a->isa, &all, out);
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
	cut_operands(isa, i, c->variables);
	return encode(a, i, c, out);
}
