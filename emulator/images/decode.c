/* The decision tree. Bits are read parcel by parcel, the first parcel most significant, and no parcel is fetched before an instruction that
 * needs it is still possible. */
#include "images.h"

#include <string.h>

enum { PARCELS_MAX = 256, SWITCH_BITS = 6, TRY_MAX = 3 };

/* An encoding with its first parcel in the most significant bits. */
struct ordered {
	u128 mask, match;
	unsigned width;
	const struct instruction *instruction;
};

struct node {
	enum { NODE_SWITCH, NODE_TRY } kind;
	unsigned low, width;           /* SWITCH: which of the bits read so far choose the child */
	struct node **children;
	struct ordered *list;          /* TRY: complete ones first, then those that go on */
	unsigned complete, count;
	struct node *more;             /* behind the next parcel; NULL if none goes on */
};

struct tree {
	const struct isa *isa;
	struct arena *arena;
	struct node *root;
	struct ordered prefixes[64];
	unsigned prefix_count;
};

/* Turns the order of parcels round if the description writes the first one right. */
static u128 first_left(const struct isa *isa, u128 bits, unsigned width)
{
	u128 out = 0;

	if (!isa->first_right || width == isa->parcel)
		return bits;
	for (unsigned done = 0; done < width; done += isa->parcel)
		out = out << isa->parcel | (bits >> done & bits_mask(isa->parcel));
	return out;
}

static struct ordered ordered(const struct isa *isa, const struct pattern *p, const struct instruction *i)
{
	return (struct ordered){first_left(isa, p->mask, p->width), first_left(isa, p->match, p->width), p->width, i};
}

/* --- making it --- */

/* The mask and match of an encoding among the first `width` bits. */
static u128 cut(u128 bits, unsigned from, unsigned width)
{
	return from >= width ? bits >> (from - width) : bits << (width - from);
}

struct choice {
	unsigned low, width;
};

/* Bits that all fix; else the bit that most of them fix. False: no bit tells them apart. */
static bool choose_bits(const struct ordered *list, unsigned count, unsigned width, u128 tested, struct choice *c)
{
	u128 all = bits_mask(width) & ~tested;
	unsigned best = 0;

	for (unsigned i = 0; i < count; i++)
		all &= cut(list[i].mask, list[i].width, width);
	if (all) {
		*c = (struct choice){0, 0};
		while (!(all >> c->low & 1))
			c->low++;
		while (c->width < SWITCH_BITS && c->low + c->width < width && (all >> (c->low + c->width) & 1))
			c->width++;
		return true;
	}
	for (unsigned b = 0; b < width; b++) {
		unsigned fixed = 0;

		for (unsigned i = 0; i < count && !(tested >> b & 1); i++)
			fixed += cut(list[i].mask, list[i].width, width) >> b & 1;
		if (fixed > best) {
			best = fixed;
			*c = (struct choice){b, 1};
		}
	}
	return best > count / 2;
}

static struct node *build(const struct tree *t, const struct ordered *list, unsigned count, unsigned width, u128 tested);

static struct node *build_try(const struct tree *t, const struct ordered *list, unsigned count, unsigned width, u128 tested)
{
	struct node *n = ARENA_NEW(t->arena, struct node);
	unsigned longer = 0;

	n->kind = NODE_TRY;
	n->list = ARENA_ARRAY(t->arena, struct ordered, count + 1);
	for (unsigned i = 0; i < count; i++)
		if (list[i].width <= width)
			n->list[n->complete++] = list[i];
	for (unsigned i = 0; i < count; i++)
		if (list[i].width > width)
			n->list[n->complete + longer++] = list[i];
	n->count = count;
	if (longer)
		n->more = build(t, n->list + n->complete, longer, width + t->isa->parcel, tested << t->isa->parcel);
	return n;
}

static struct node *build(const struct tree *t, const struct ordered *list, unsigned count, unsigned width, u128 tested)
{
	struct node *n;
	struct ordered *part;
	struct choice c;

	if (!count)
		return NULL;
	if (count <= TRY_MAX || !choose_bits(list, count, width, tested, &c))
		return build_try(t, list, count, width, tested);
	n = ARENA_NEW(t->arena, struct node);
	part = ARENA_ARRAY(t->arena, struct ordered, count);
	*n = (struct node){.kind = NODE_SWITCH, .low = c.low, .width = c.width};
	n->children = ARENA_ARRAY(t->arena, struct node *, (size_t)1 << c.width);
	for (u128 v = 0; v < (u128)1 << c.width; v++) {
		unsigned some = 0;

		for (unsigned i = 0; i < count; i++) {
			u128 mask = cut(list[i].mask, list[i].width, width) >> c.low & bits_mask(c.width);

			if (((cut(list[i].match, list[i].width, width) >> c.low ^ v) & mask) == 0)
				part[some++] = list[i];
		}
		n->children[v] = build(t, part, some, width, tested | bits_mask(c.width) << c.low);
	}
	return n;
}

struct tree *decode_tree(struct arena *arena, const struct isa *isa)
{
	struct tree *t = ARENA_NEW(arena, struct tree);
	struct ordered *all = ARENA_ARRAY(arena, struct ordered, isa->instruction_count + 1);
	unsigned count = 0;

	t->isa = isa;
	t->arena = arena;
	for (const struct instruction *i = isa->instructions; i; i = i->next)
		all[count++] = ordered(isa, &i->pattern, i);
	for (unsigned p = 0; p < isa->prefix_count && p < 64; p++)
		t->prefixes[t->prefix_count++] = ordered(isa, &isa->prefixes[p].pattern, NULL);
	t->root = build(t, all, count, isa->parcel, 0);
	return t;
}

/* --- using it --- */

struct reader {
	const struct isa *isa;
	bool (*parcel)(void *context, unsigned number, u128 *bits);
	void *context;
	u128 parcels[PARCELS_MAX];
	unsigned fetched;
	bool failed; /* a parcel could not be fetched */
};

/* Parcel `number`; false if it cannot be fetched. */
static bool parcel_at(struct reader *r, unsigned number, u128 *bits)
{
	while (!r->failed && r->fetched <= number) {
		r->failed = r->fetched == PARCELS_MAX || !r->parcel(r->context, r->fetched, &r->parcels[r->fetched]);
		r->fetched += !r->failed;
	}
	*bits = number < r->fetched ? r->parcels[number] : 0;
	return number < r->fetched;
}

/* Appends parcel `number` to *bits. */
static bool append(struct reader *r, unsigned number, u128 *bits)
{
	u128 next;

	if (!parcel_at(r, number, &next))
		return false;
	*bits = (r->isa->parcel == BITS_MAX ? 0 : *bits << r->isa->parcel) | next;
	return true;
}

static bool begins(const struct ordered *o, u128 bits, unsigned width)
{
	return ((cut(o->match, o->width, width) ^ bits) & cut(o->mask, o->width, width)) == 0;
}

/* The pieces of `location` in bits that are written as the match is. */
static u128 pieces_of(const struct location *at, u128 bits)
{
	u128 value = 0;

	for (unsigned p = 0; p < at->count; p++)
		value = value << at->pieces[p].width | (bits >> at->pieces[p].low & bits_mask(at->pieces[p].width));
	return value;
}

static bool excluded(const struct variable *variables, unsigned count, u128 bits)
{
	for (unsigned v = 0; v < count; v++)
		for (unsigned k = 0; k < variables[v].not_count; k++)
			if (pieces_of(&variables[v].location, bits) == variables[v].not_values[k])
				return true;
	return false;
}

static bool has_prefixes(const struct isa *isa, const struct instruction *i, uint64_t seen)
{
	for (unsigned p = 0; p < isa->prefix_count && p < 64; p++) {
		bool allowed = !(seen >> p & 1);

		for (unsigned v = 0; v < i->variable_count && !allowed; v++)
			allowed = i->variables[v].is_prefix && i->variables[v].prefix == p;
		if (!allowed)
			return false;
	}
	return true;
}

static const struct instruction *try_complete(const struct isa *isa, const struct node *n, u128 bits, unsigned width, uint64_t seen)
{
	for (unsigned i = 0; i < n->complete; i++) {
		const struct instruction *found = n->list[i].instruction;

		if (begins(&n->list[i], bits, width) &&
		    !excluded(found->variables, found->variable_count, first_left(isa, bits, width)) && has_prefixes(isa, found, seen))
			return found;
	}
	return NULL;
}

static bool goes_on(const struct node *n, u128 bits, unsigned width)
{
	for (unsigned i = n->complete; i < n->count; i++)
		if (begins(&n->list[i], bits, width))
			return true;
	return false;
}

/* The instruction that begins at parcel `from` behind these prefixes; *bits: its own, first parcel most significant. */
static const struct instruction *find(const struct tree *t, struct reader *r, unsigned from, uint64_t seen, u128 *bits)
{
	const struct node *n = t->root;
	unsigned parcels = 1;

	*bits = 0;
	if (!append(r, from, bits))
		return NULL;
	while (n) {
		const struct instruction *found;

		if (n->kind == NODE_SWITCH) {
			n = n->children[*bits >> n->low & bits_mask(n->width)];
			continue;
		}
		found = try_complete(t->isa, n, *bits, parcels * t->isa->parcel, seen);
		if (found || !n->more || !goes_on(n, *bits, parcels * t->isa->parcel))
			return found;
		if (!append(r, from + parcels++, bits))
			return NULL;
		n = n->more;
	}
	return NULL;
}

/* The prefix at parcel `from`, or -1; *found gets its bits. */
static int find_prefix(const struct tree *t, struct reader *r, unsigned from, uint64_t seen, u128 *found)
{
	for (unsigned p = 0; p < t->prefix_count; p++) {
		u128 bits = 0;
		bool there = !(seen >> p & 1);

		for (unsigned k = 0; there && k < t->prefixes[p].width / t->isa->parcel; k++)
			there = append(r, from + k, &bits) && begins(&t->prefixes[p], bits, (k + 1) * t->isa->parcel);
		*found = bits;
		if (there)
			return (int)p;
	}
	return -1;
}

/* --- operands --- */

static bool read_operand(struct reader *r, const struct decoder *d, u128 from, unsigned *at, u128 *tail);

u128 fed_bits(const struct operand *o, const struct variable *variables, unsigned count, const u128 *values)
{
	u128 bits = 0;

	for (unsigned i = 0; i < o->from_count; i++) {
		unsigned width;
		u128 fixed;

		if (operand_fixed(o->from[i], &width, &fixed))
			bits = bits << width | fixed;
		for (unsigned v = 0; v < count; v++)
			if (!strcmp(variables[v].name, o->from[i]))
				bits = bits << (variables[v].width + variables[v].left_shift) | values[v] << variables[v].left_shift;
	}
	return bits;
}

/* The operands inside an alternative; *tail has room for all of them, left-aligned each in its own part. */
static bool read_nested(struct reader *r, const struct alternative *a, u128 bits, unsigned *at, u128 *tail)
{
	u128 values[VARIABLES_MAX];

	*tail = 0;
	for (unsigned v = 0; v < a->variable_count && v < VARIABLES_MAX; v++)
		values[v] = pieces_of(&a->variables[v].location, bits);
	for (unsigned o = 0; o < a->operand_count; o++) {
		const struct decoder *d = a->operands[o].decoder;
		u128 own;

		if (!read_operand(r, d, fed_bits(&a->operands[o], a->variables, a->variable_count, values), at, &own))
			return false;
		*tail = d->tail ? *tail << (d->tail % BITS_MAX) | own : *tail;
	}
	return true;
}

static bool alternative_begins(const struct alternative *a, u128 bits, unsigned width)
{
	struct ordered o = {a->pattern.mask, a->pattern.match, a->pattern.width, NULL};

	return a->pattern.width >= width && begins(&o, bits, width);
}

/* Reads one operand from parcel *at on: *tail is what stands behind the instruction, left-aligned in d->tail bits. */
static bool read_operand(struct reader *r, const struct decoder *d, u128 from, unsigned *at, u128 *tail)
{
	u128 bits = from, nested;
	unsigned width = d->from, own;

	for (;;) {
		bool more = false;

		for (unsigned i = 0; i < d->count; i++) {
			const struct alternative *a = &d->alternatives[i];

			if (!alternative_begins(a, bits, width))
				continue;
			if (a->pattern.width > width) {
				more = true;
				continue;
			}
			if (excluded(a->variables, a->variable_count, bits))
				continue;
			own = width - d->from;
			if (!read_nested(r, a, bits, at, &nested))
				return false;
			*tail = own ? (bits & bits_mask(own)) << (d->tail - own) : 0;
			if (a->tail)
				*tail |= nested << (d->tail - own - a->tail);
			return true;
		}
		if (!more || !append(r, (*at)++, &bits))
			return false;
		width += r->isa->parcel;
	}
}

static bool read_operands(struct reader *r, const struct instruction *i, unsigned at, struct decoded *out)
{
	for (unsigned o = 0; o < i->operand_count; o++) {
		const struct operand *operand = &i->operands[o];
		u128 tail;

		if (!read_operand(r, operand->decoder, fed_bits(operand, i->variables, i->variable_count, out->variables), &at, &tail))
			return false;
		if (operand->variable != ~0u)
			out->variables[operand->variable] = tail;
	}
	out->length = at * (r->isa->parcel / r->isa->memory.unit);
	return true;
}

const struct alternative *operand_alternative(const struct decoder *d, u128 from, u128 tail, u128 *bits)
{
	u128 all = (d->tail < BITS_MAX ? from << d->tail : 0) | tail;

	for (unsigned i = 0; i < d->count; i++) {
		const struct alternative *a = &d->alternatives[i];

		*bits = all >> (d->from + d->tail - a->pattern.width) & bits_mask(a->pattern.width);
		if (((*bits ^ a->pattern.match) & a->pattern.mask) == 0 && !excluded(a->variables, a->variable_count, *bits))
			return a;
	}
	return NULL;
}

u128 alternative_value(const struct alternative *a, unsigned v, u128 bits)
{
	return pieces_of(&a->variables[v].location, bits);
}

u128 nested_tail(const struct decoder *d, const struct alternative *a, unsigned operand, u128 tail)
{
	unsigned left = d->tail - (a->pattern.width - d->from);

	for (unsigned o = 0; o <= operand; o++)
		left -= a->operands[o].decoder->tail;
	return tail >> left & bits_mask(a->operands[operand].decoder->tail);
}

int operand_parcels(const struct isa *isa, const struct decoder *d, u128 from, u128 tail)
{
	u128 bits, values[VARIABLES_MAX];
	const struct alternative *a = operand_alternative(d, from, tail, &bits);
	int parcels;

	if (!a)
		return -1;
	parcels = (int)((a->pattern.width - d->from) / isa->parcel);
	for (unsigned v = 0; v < a->variable_count; v++)
		values[v] = alternative_value(a, v, bits);
	for (unsigned o = 0; o < a->operand_count; o++) {
		u128 fed = fed_bits(&a->operands[o], a->variables, a->variable_count, values);
		int more = operand_parcels(isa, a->operands[o].decoder, fed, nested_tail(d, a, o, tail));

		if (more < 0)
			return -1;
		parcels += more;
	}
	return parcels;
}

/* --- all of it --- */

/* What was looked at, as `undecoded` takes it. */
static uint64_t looked_at(const struct reader *r)
{
	unsigned parcel = r->isa->parcel;
	u128 bits = 0;

	for (unsigned n = 0; n < r->fetched && (n + 1) * parcel <= 64; n++)
		bits = r->isa->first_right ? bits | r->parcels[n] << (n * parcel) : bits << parcel | r->parcels[n];
	return (uint64_t)bits;
}

/* Whether a prefix stands there, or a variable of it, which is 0 where it does not. */
static u128 prefix_value(const struct isa *isa, const struct variable *v, uint64_t seen, const u128 *prefixes)
{
	if (v->prefix >= 64 || !(seen >> v->prefix & 1))
		return 0;
	return v->location.count ? pieces_of(&v->location, first_left(isa, prefixes[v->prefix], isa->prefixes[v->prefix].pattern.width)) : 1;
}

static void set_variables(const struct isa *isa, const struct instruction *i, u128 bits, uint64_t seen, const u128 *prefixes,
			  struct decoded *out)
{
	bits = first_left(isa, bits, i->pattern.width);
	for (unsigned v = 0; v < i->variable_count; v++) {
		const struct variable *var = &i->variables[v];

		out->variables[v] = var->is_prefix ? prefix_value(isa, var, seen, prefixes) : var->is_operand ? 0 : pieces_of(&var->location, bits);
	}
}

bool decode(const struct tree *t, bool (*parcel)(void *context, unsigned number, u128 *bits), void *context, struct decoded *out)
{
	struct reader r = {.isa = t->isa, .parcel = parcel, .context = context};
	const struct instruction *found;
	unsigned at = 0;
	uint64_t seen = 0;
	u128 bits, prefixes[64], own;
	int prefix;

	while (!(found = find(t, &r, at, seen, &bits)) && (prefix = find_prefix(t, &r, at, seen, &own)) >= 0) {
		prefixes[prefix] = own;
		seen |= (uint64_t)1 << prefix;
		at += t->prefixes[prefix].width / t->isa->parcel;
		r.failed = false; /* what stands behind the prefix may be shorter */
	}
	if (found) {
		set_variables(t->isa, found, bits, seen, prefixes, out);
		if (!read_operands(&r, found, at + found->pattern.width / t->isa->parcel, out))
			found = NULL;
	}
	if (r.failed)
		return false;
	out->instruction = found;
	out->bits = looked_at(&r);
	if (!found)
		out->length = r.fetched * (t->isa->parcel / t->isa->memory.unit);
	return true;
}
