/* instructions:, decoders: and prefixes:, as far as they are bits. */
#include "load.h"

#include <string.h>
#include <strings.h>

enum { OPERANDS_MAX = 16, METHODS_GIVEN = 4, METHODS_MAX = 8 };

static bool read_pattern(struct loader *ld, const struct yaml *node, unsigned parcel, unsigned from, struct pattern *out)
{
	const char *text = node ? value_text(ld, node, "a match") : NULL;
	struct buf bits = {0};
	bool good = true;

	*out = (struct pattern){0};
	if (!text)
		return false;
	for (; *text && good; text++) {
		if (*text == ' ' || *text == '_')
			continue;
		good = *text == '0' || *text == '1' || *text == '-';
		buf_add(&bits, text, 1);
		out->mask = out->mask << 1 | (*text != '-');
		out->match = out->match << 1 | (*text == '1');
		out->width++;
	}
	if (!good)
		finding(ld, E_ENCODING, node, "a match is written with 0, 1 and -");
	else if (out->width < 1 || out->width > BITS_MAX)
		finding(ld, E_ENCODING, node, "a match has 1 to 128 bits");
	else if (out->width < from || (out->width - from) % parcel)
		finding(ld, E_ENCODING, node, "a match of %u bits is no multiple of %u", out->width - (from < out->width ? from : 0), parcel);
	else {
		out->text = arena_copy(ld->arena, bits.text, bits.length);
		buf_free(&bits);
		return true;
	}
	buf_free(&bits);
	return false;
}

bool isa_pattern(struct isa *isa, const struct yaml *text, struct diags *diags, struct pattern *out)
{
	struct loader ld = {isa, isa->arena, diags};

	return read_pattern(&ld, text, isa->parcel, 0, out);
}

static void read_not(struct loader *ld, struct yaml *node, struct variable *v)
{
	size_t count = node->kind == YAML_LIST ? node->count : 1;

	v->not_values = ARENA_ARRAY(ld->arena, u128, count);
	for (size_t i = 0; i < count; i++) {
		struct yaml *item = node->kind == YAML_LIST ? node->items[i] : node;
		u128 value;

		if (!value_number(ld, item, &value))
			continue;
		if (value > bits_mask(v->location.width))
			finding(ld, E_ENCODING, item, "'%s' has only %u bits", v->name, v->location.width);
		else
			v->not_values[v->not_count++] = value;
	}
}

static bool read_variable(struct loader *ld, struct yaml *node, const struct pattern *pattern, struct variable *v, u128 *taken)
{
	static const char *const keys[] = {"name", "location", "left_shift", "sign_extend", "not", "alias", NULL};
	struct yaml *name;
	u128 bits = 0;

	if (!value_map(ld, node))
		return false;
	only_keys(ld, node, keys);
	name = required(ld, node, "name");
	if (!name || name->kind != YAML_SCALAR || !value_name(ld, name) ||
	    !value_location(ld, required(ld, node, "location"), pattern->width, &v->location))
		return false;
	v->name = name->text;
	v->where = name->where;
	v->width = v->location.width;
	value_small(ld, yaml_get(node, "left_shift"), 0, 64, &v->left_shift);
	if (yaml_get(node, "sign_extend"))
		value_bool(ld, yaml_get(node, "sign_extend"), &v->sign_extend);
	if (yaml_get(node, "not"))
		read_not(ld, yaml_get(node, "not"), v);
	for (unsigned p = 0; p < v->location.count; p++)
		bits |= bits_mask(v->location.pieces[p].width) << v->location.pieces[p].low;
	if (bits & pattern->mask)
		finding(ld, E_ENCODING, node, "variable '%s' covers bits that the match fixes", v->name);
	if (bits & *taken)
		finding(ld, E_ENCODING, node, "variable '%s' covers bits of another variable", v->name);
	*taken |= bits;
	return true;
}

static struct variable *read_variables(struct loader *ld, struct yaml *list, const struct pattern *pattern, unsigned extra,
				       unsigned *count)
{
	struct variable *v = ARENA_ARRAY(ld->arena, struct variable, (list ? list->count : 0) + extra + 1);

	u128 taken = 0;

	*count = 0;
	for (size_t i = 0; list && i < list->count; i++) {
		if (!read_variable(ld, list->items[i], pattern, &v[*count], &taken))
			continue;
		for (unsigned k = 0; k < *count; k++)
			if (!strcmp(v[k].name, v[*count].name))
				finding(ld, E_DUPLICATE, list->items[i], "variable '%s' is given twice", v[k].name);
		++*count;
	}
	return v;
}

static struct decoder *find_decoder(struct loader *ld, const char *name)
{
	for (struct decoder *d = ld->isa->decoders; d; d = d->next)
		if (!strcmp(d->name, name))
			return d;
	return NULL;
}

static struct decoder *read_decoder(struct loader *ld, struct yaml *key, struct yaml *node);

static struct decoder *use_decoder(struct loader *ld, const struct yaml *name)
{
	struct yaml *all = yaml_peek(ld->isa->root, "decoders");
	struct decoder *d = find_decoder(ld, name->text);

	if (d && d->state == 1) {
		finding(ld, E_RECURSION, name, "decoder '%s' contains itself", name->text);
		return NULL;
	}
	for (size_t i = 0; !d && all && all->kind == YAML_MAP && i < all->count; i++)
		if (!strcmp(all->pairs[i].key->text, name->text))
			d = read_decoder(ld, all->pairs[i].key, all->pairs[i].value);
	if (!d)
		finding(ld, E_NAME, name, "there is no decoder '%s'", name->text);
	return d;
}

static unsigned variable_bits(const struct variable *variables, unsigned count, const char *name)
{
	for (unsigned i = 0; i < count; i++)
		if (!strcmp(variables[i].name, name))
			return variables[i].width + variables[i].left_shift;
	return 0;
}

static const struct prefix *prefix_named(const struct isa *isa, const char *name, unsigned *width)
{
	for (unsigned p = 0; p < isa->prefix_count; p++) {
		*width = 1;
		if (!strcmp(isa->prefixes[p].name, name))
			return &isa->prefixes[p];
		for (unsigned v = 0; v < isa->prefixes[p].variable_count; v++) {
			*width = isa->prefixes[p].variables[v].width;
			if (!strcmp(isa->prefixes[p].variables[v].name, name))
				return &isa->prefixes[p];
		}
	}
	return NULL;
}

/* Puts the decoder's prefixes before what the instruction feeds; returns how many bits these are. */
static unsigned prefix_bits(struct loader *ld, struct operand *o)
{
	unsigned n = o->decoder->prefix_count, bits = 0, width;
	const char **from = ARENA_ARRAY(ld->arena, const char *, n + o->from_count + 1);

	for (unsigned i = 0; i < n; i++) {
		from[i] = o->decoder->prefixes[i];
		if (prefix_named(ld->isa, from[i], &width))
			bits += width;
	}
	if (o->from_count)
		memcpy(from + n, o->from, o->from_count * sizeof *from);
	o->from = from;
	o->from_count += n;
	return bits;
}

static bool read_operand(struct loader *ld, struct yaml *node, const struct variable *variables, unsigned count,
			 struct operand *o)
{
	static const char *const keys[] = {"name", "decoder", "from", NULL};
	struct yaml *name, *decoder;
	unsigned bits = 0;

	if (!value_map(ld, node))
		return false;
	only_keys(ld, node, keys);
	name = required(ld, node, "name");
	decoder = required(ld, node, "decoder");
	if (!name || !decoder || name->kind != YAML_SCALAR || !value_name(ld, name) || !value_text(ld, decoder, "a decoder"))
		return false;
	o->name = name->text;
	o->where = name->where;
	o->decoder = use_decoder(ld, decoder);
	o->from = value_texts(ld, yaml_get(node, "from"), &o->from_count);
	o->variable = ~0u;
	bits = o->decoder ? prefix_bits(ld, o) : 0;
	for (unsigned i = o->decoder ? o->decoder->prefix_count : 0; i < o->from_count; i++) {
		unsigned width = variable_bits(variables, count, o->from[i]);
		u128 fixed;

		if (!width && !operand_fixed(o->from[i], &width, &fixed))
			finding(ld, E_NAME, node, "there is no variable '%s'", o->from[i]);
		bits += width;
	}
	if (o->decoder && bits != o->decoder->from)
		finding(ld, E_ENCODING, node, "decoder '%s' takes %u bits from the instruction, not %u", o->decoder->name,
			o->decoder->from, bits);
	return o->decoder != NULL;
}

static struct operand *read_operands(struct loader *ld, struct yaml *list, const struct variable *variables, unsigned variable_count,
				     unsigned *count)
{
	struct operand *o;

	*count = 0;
	if (!value_list(ld, list))
		return NULL;
	o = ARENA_ARRAY(ld->arena, struct operand, list->count + 1);
	for (size_t i = 0; i < list->count && i < OPERANDS_MAX; i++)
		if (read_operand(ld, list->items[i], variables, variable_count, &o[*count]))
			++*count;
	return o;
}

static void read_alternative(struct loader *ld, struct decoder *d, struct yaml *key, struct yaml *node)
{
	static const char *const keys[] = {"match", "variables", "operands", "read()", "write(", "address()", "enter()", "description",
					   "assembly", NULL};
	struct alternative *a = &d->alternatives[d->count];

	const char *all[sizeof keys / sizeof *keys + METHODS_MAX] = {NULL};
	unsigned known = sizeof keys / sizeof *keys - 1;

	if (!value_map(ld, node))
		return;
	memcpy(all, keys, sizeof keys);
	for (unsigned m = METHODS_GIVEN; m < d->method_count; m++)
		all[known++] = arena_printf(ld->arena, "%s()", d->methods[m].name);
	only_keys(ld, node, all);
	a->name = key->text;
	a->where = key->where;
	a->node = node;
	if (!read_pattern(ld, required(ld, node, "match"), ld->isa->parcel, d->from, &a->pattern))
		return;
	a->variables = read_variables(ld, value_list(ld, yaml_get(node, "variables")), &a->pattern, 0, &a->variable_count);
	if (a->variable_count > VARIABLES_MAX)
		finding(ld, E_LIMIT, node, "an alternative has at most %u variables", VARIABLES_MAX);
	a->operands = read_operands(ld, yaml_get(node, "operands"), a->variables, a->variable_count, &a->operand_count);
	for (unsigned i = 0; i < a->operand_count; i++)
		a->tail += a->operands[i].decoder->tail;
	if (a->pattern.width - d->from + a->tail > d->tail)
		d->tail = a->pattern.width - d->from + a->tail;
	d->count++;
}

static bool patterns_meet(const struct pattern *a, const struct pattern *b)
{
	unsigned width = a->width < b->width ? a->width : b->width; /* compared from the most significant bit */
	u128 ma = a->mask >> (a->width - width), va = a->match >> (a->width - width);
	u128 mb = b->mask >> (b->width - width), vb = b->match >> (b->width - width);

	return ((va ^ vb) & ma & mb) == 0;
}

/* An alternative with `not:` leaves something to others. */
static bool excludes(const struct alternative *a)
{
	for (unsigned v = 0; v < a->variable_count; v++)
		if (a->variables[v].not_count)
			return true;
	return false;
}

/* read, write, address and enter, and the decoder's own (`methods:`), which return a value. */
static void read_methods(struct loader *ld, struct decoder *d, struct yaml *node)
{
	unsigned address = ld->isa->memory.virtual_address;
	struct method given[METHODS_GIVEN] = {{"read", d->value, NULL}, {"write", ~0u, NULL}, {"address", address, NULL}, {"enter", ~0u, NULL}};
	const struct enumeration *ignored;

	d->methods = ARENA_ARRAY(ld->arena, struct method, METHODS_GIVEN + METHODS_MAX);
	memcpy(d->methods, given, sizeof given);
	d->method_count = METHODS_GIVEN;
	for (size_t i = 0; node && value_map(ld, node) && i < node->count; i++) {
		struct method *m = &d->methods[d->method_count];

		if (d->method_count == METHODS_GIVEN + METHODS_MAX) {
			finding(ld, E_LIMIT, node, "a decoder has at most %u methods of its own", (unsigned)METHODS_MAX);
			return;
		}
		m->name = node->pairs[i].key->text;
		if (value_name(ld, node->pairs[i].key) && value_type(ld, node->pairs[i].value, &m->width, &ignored))
			d->method_count++;
	}
}

/* The prefixes that decide what a decoder does: their bits come before those that the instruction feeds. */
static void read_decoder_prefixes(struct loader *ld, struct decoder *d, struct yaml *node)
{
	unsigned width;

	if (!node)
		return;
	d->prefixes = value_texts(ld, node, &d->prefix_count);
	for (unsigned i = 0; i < d->prefix_count; i++)
		if (prefix_named(ld->isa, d->prefixes[i], &width))
			d->from += width;
		else
			finding(ld, E_NAME, node, "there is no prefix '%s'", d->prefixes[i]);
}

static struct decoder *read_decoder(struct loader *ld, struct yaml *key, struct yaml *node)
{
	static const char *const keys[] = {"from", "prefixes", "type", "methods", "length", "alternatives", "description", "each", NULL};
	struct decoder *d = find_decoder(ld, key->text);
	const struct enumeration *ignored;
	struct yaml *list;

	if (d || !value_name(ld, key) || !value_map(ld, node))
		return d;
	only_keys(ld, node, keys);
	d = ARENA_NEW(ld->arena, struct decoder);
	d->name = key->text;
	d->where = key->where;
	d->state = 1;
	d->next = ld->isa->decoders;
	ld->isa->decoders = d;
	d->constants = load_constants_of(ld, node);
	value_small(ld, yaml_get(node, "from"), 0, 64, &d->from);
	if (yaml_get(node, "type"))
		value_type(ld, yaml_get(node, "type"), &d->value, &ignored);
	if (yaml_get(node, "length"))
		value_bool(ld, yaml_get(node, "length"), &d->measures);
	read_decoder_prefixes(ld, d, yaml_get(node, "prefixes"));
	read_methods(ld, d, yaml_get(node, "methods"));
	list = value_map(ld, required(ld, node, "alternatives"));
	d->alternatives = ARENA_ARRAY(ld->arena, struct alternative, (list ? list->count : 0) + 1);
	for (size_t i = 0; list && i < list->count; i++)
		read_alternative(ld, d, list->pairs[i].key, list->pairs[i].value);
	for (unsigned i = 0; i < d->count; i++)
		for (unsigned k = 0; k < i; k++)
			if (patterns_meet(&d->alternatives[i].pattern, &d->alternatives[k].pattern) &&
			    !excludes(&d->alternatives[i]) && !excludes(&d->alternatives[k]))
				diag_add(ld->diags, E_OVERLAP, d->alternatives[i].where, "'%s' overlaps '%s'", d->alternatives[i].name,
					 d->alternatives[k].name);
	if (d->from + d->tail > BITS_MAX)
		finding(ld, E_LIMIT, key, "an operand of decoder '%s' takes more than 128 bits", d->name);
	d->state = 2;
	return d;
}

static void read_prefixes(struct loader *ld, struct yaml *node)
{
	struct isa *isa = ld->isa;

	if (!value_map(ld, node))
		return;
	isa->prefixes = arena_alloc(ld->arena, (node->count + 1) * sizeof *isa->prefixes);
	for (size_t i = 0; i < node->count; i++) {
		struct yaml *value = value_map(ld, node->pairs[i].value);
		struct prefix *p = &isa->prefixes[isa->prefix_count];
		static const char *const keys[] = {"match", "variables", "assembly", "description", NULL};

		if (!value || !value_name(ld, node->pairs[i].key))
			continue;
		only_keys(ld, value, keys);
		p->name = node->pairs[i].key->text;
		if (!read_pattern(ld, required(ld, value, "match"), isa->parcel, 0, &p->pattern))
			continue;
		p->variables = read_variables(ld, value_list(ld, yaml_get(value, "variables")), &p->pattern, 0, &p->variable_count);
		p->word = yaml_get(value, "assembly") ? value_text(ld, yaml_get(value, "assembly"), "a word") : NULL;
		isa->prefix_count++;
	}
}

/* A prefix is a variable of one bit, whether it stands there, and its own variables, which are 0 where it does not. */
static void add_prefix(const struct isa *isa, struct instruction *i, const struct prefix *p, struct span where)
{
	unsigned number = (unsigned)(p - isa->prefixes);

	for (unsigned v = 0; v < i->variable_count; v++)
		if (i->variables[v].is_prefix && i->variables[v].prefix == number)
			return;
	i->variables[i->variable_count++] =
		(struct variable){.name = p->name, .width = 1, .is_prefix = true, .prefix = number, .where = where};
	for (unsigned v = 0; v < p->variable_count; v++) {
		struct variable *own = &i->variables[i->variable_count++];

		*own = p->variables[v];
		own->is_prefix = true;
		own->prefix = number;
	}
}

static unsigned prefix_variables(const struct isa *isa)
{
	unsigned count = isa->prefix_count;

	for (unsigned p = 0; p < isa->prefix_count; p++)
		count += isa->prefixes[p].variable_count;
	return count;
}

static void add_prefixes(struct loader *ld, struct instruction *i, struct yaml *list)
{
	unsigned count = 0, width;
	const char **names = list ? value_texts(ld, list, &count) : NULL;

	for (unsigned k = 0; k < count; k++) {
		const struct prefix *p = prefix_named(ld->isa, names[k], &width);

		if (p)
			add_prefix(ld->isa, i, p, list->where);
		else
			finding(ld, E_NAME, list, "there is no prefix '%s'", names[k]);
	}
	for (unsigned o = 0; o < i->operand_count; o++)
		for (unsigned k = 0; k < i->operands[o].decoder->prefix_count; k++) {
			const struct prefix *p = prefix_named(ld->isa, i->operands[o].decoder->prefixes[k], &width);

			if (p)
				add_prefix(ld->isa, i, p, i->operands[o].where);
		}
}

static void add_operand_variables(struct loader *ld, struct instruction *i)
{
	for (unsigned k = 0; k < i->operand_count; k++) {
		struct operand *o = &i->operands[k];

		if (!o->decoder->tail)
			continue;
		o->variable = i->variable_count;
		i->variables[i->variable_count++] = (struct variable){
			.name = arena_printf(ld->arena, "%s.bits", o->name), .width = o->decoder->tail, .is_operand = true, .where = o->where};
	}
}

static void read_encoding(struct loader *ld, struct instruction *i, struct yaml *node)
{
	static const char *const keys[] = {"match", "variables", "operands", "prefixes", NULL};
	struct yaml *operands, *prefixes;
	unsigned extra;

	if (!value_map(ld, node))
		return;
	only_keys(ld, node, keys);
	if (!read_pattern(ld, required(ld, node, "match"), ld->isa->parcel, 0, &i->pattern))
		return;
	operands = yaml_get(node, "operands");
	prefixes = yaml_get(node, "prefixes");
	i->length = i->pattern.width / ld->isa->memory.unit;
	extra = OPERANDS_MAX + prefix_variables(ld->isa);
	i->variables = read_variables(ld, value_list(ld, yaml_get(node, "variables")), &i->pattern, extra, &i->variable_count);
	i->operands = read_operands(ld, operands, i->variables, i->variable_count, &i->operand_count);
	add_operand_variables(ld, i);
	add_prefixes(ld, i, prefixes);
	if (i->variable_count > VARIABLES_MAX)
		finding(ld, E_LIMIT, node, "an instruction has at most %u variables, operands and prefixes together", VARIABLES_MAX);
	i->places = ARENA_ARRAY(ld->arena, struct ir_place, i->variable_count + 1);
	for (unsigned v = 0; v < i->variable_count; v++)
		i->places[v] = (struct ir_place){i->variables[v].name, i->variables[v].width, 0};
}

static int level_in_any_case(const struct isa *isa, const char *name)
{
	for (unsigned i = 0; i < isa->level_count; i++)
		if (!strcasecmp(isa->levels[i].name, name))
			return (int)i;
	return -1;
}

static void read_claims(struct loader *ld, struct instruction *i, struct yaml *node)
{
	static const char *const words[] = {"always", "sometimes", "never", NULL};

	if (!value_map(ld, node))
		return;
	i->claims = ARENA_ARRAY(ld->arena, struct claim, node->count);
	for (size_t k = 0; k < node->count; k++) {
		int level = level_in_any_case(ld->isa, node->pairs[k].key->text);
		int word = value_word(ld, node->pairs[k].value, words);

		if (level < 0 || word < 0)
			continue; /* a level of the manual that this machine does not have (vs, vu) */
		i->claims[i->claim_count++] = (struct claim){(unsigned)level, words[word], node->pairs[k].value->where};
	}
}

static void read_instruction(struct loader *ld, struct instruction *i, struct yaml *key, struct yaml *node)
{
	static const char *const keys[] = {"long_name", "description", "mnemonic", "assembly", "encoding", "variants", "access", "access_detail",
					   "operation()", "expect", "definedBy", "source", "data_independent_timing", "pseudoinstructions",
					   "kind", "name", "base", "each", NULL};

	i->name = key->text;
	i->where = key->where;
	i->node = node;
	only_keys(ld, node, keys);
	i->constants = load_constants_of(ld, node);
	i->long_name = value_text(ld, yaml_get(node, "long_name"), "long_name");
	i->description = value_text(ld, yaml_get(node, "description"), "description");
	i->assembly = value_text(ld, yaml_get(node, "assembly"), "assembly");
	i->source = value_text(ld, yaml_get(node, "source"), "source");
	read_encoding(ld, i, required(ld, node, "encoding"));
	i->variants = value_texts(ld, yaml_get(node, "variants"), &i->variant_count);
	for (unsigned v = 0; v < i->variant_count; v++)
		if (!variable_bits(i->variables, i->variable_count, i->variants[v]))
			finding(ld, E_NAME, yaml_get(node, "variants"), "there is no variable '%s'", i->variants[v]);
	read_claims(ld, i, yaml_get(node, "access"));
	if (!yaml_get(node, "operation()"))
		finding(ld, E_MISSING, key, "'operation()' is missing");
}

void load_instructions(struct loader *ld, struct yaml *root)
{
	struct yaml *decoders = value_map(ld, yaml_get(root, "decoders"));
	struct yaml *list = value_map(ld, required(ld, root, "instructions"));
	struct instruction **end = &ld->isa->instructions;

	read_prefixes(ld, yaml_get(root, "prefixes"));
	for (size_t i = 0; decoders && i < decoders->count; i++)
		read_decoder(ld, decoders->pairs[i].key, decoders->pairs[i].value);
	for (size_t i = 0; list && i < list->count; i++) {
		struct instruction *new = ARENA_NEW(ld->arena, struct instruction);

		if (!value_name(ld, list->pairs[i].key) || !value_map(ld, list->pairs[i].value))
			continue;
		read_instruction(ld, new, list->pairs[i].key, list->pairs[i].value);
		*end = new;
		end = &new->next;
		ld->isa->instruction_count++;
	}
	if (list && !list->count)
		finding(ld, E_MISSING, list, "a machine has instructions");
}
