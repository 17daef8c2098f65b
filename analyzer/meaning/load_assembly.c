/* `mnemonic:` and `assembly:`, of instructions and of the alternatives of decoders. */
#include <ctype.h>
#include <string.h>

#include "load.h"
#include "operand_kind.h"

/* What names in a template may mean. */
struct scope {
	const struct variable *variables;
	unsigned variable_count;
	const struct operand *operands;
	unsigned operand_count;
	struct operand_kind kinds[VARIABLES_MAX];
};

struct writing {
	struct loader *ld;
	const struct scope *scope;
	const struct yaml *node;
	const char *text;
	bool braces_only; /* a mnemonic */
	struct wording **end;
};

static void complain(struct writing *w, size_t at, size_t length, const char *what, const char *name)
{
	diag_add(w->ld->diags, E_NAME, yaml_place(w->node, at, length), what, name);
}

static struct wording *add(struct writing *w, struct wording piece)
{
	struct wording *p = ARENA_NEW(w->ld->arena, struct wording);

	*p = piece;
	*w->end = p;
	w->end = &p->next;
	return p;
}

static void add_text(struct writing *w, const char *text, size_t length)
{
	if (length)
		add(w, (struct wording){.kind = PIECE_TEXT, .text = arena_copy(w->ld->arena, text, length)});
}

/* --- names for values --- */

static bool new_names(struct arena *arena, struct wording *p, unsigned width)
{
	if (width > 16)
		return false;
	p->kind = PIECE_NAMES;
	p->name_count = 1u << width;
	p->names = ARENA_ARRAY(arena, const char *, p->name_count);
	return true;
}

static void names_of_file(struct loader *ld, struct wording *p, unsigned width, const struct component *file, const struct ir_expr *index)
{
	u128 variables[VARIABLES_MAX] = {0};

	if (width > 10 || !new_names(ld->arena, p, width))
		return;
	p->registers = true;
	if (file->names)
		p->others = ARENA_ARRAY(ld->arena, const char *, p->name_count);
	for (unsigned v = 0; v < p->name_count; v++) {
		u128 element = v;
		const char *plain;

		variables[p->index] = v;
		if (index)
			element = kind_value(ld->isa, index, variables, 0);
		if (element >= file->count)
			continue;
		plain = arena_printf(ld->arena, "%s%u", file->name, (unsigned)element);
		p->names[v] = file->names ? file->names[element] : plain;
		if (file->names)
			p->others[v] = plain;
	}
}

static void names_of_space(struct loader *ld, struct wording *p, unsigned width, const struct space *space)
{
	if (!new_names(ld->arena, p, width))
		return;
	for (const struct reg *r = ld->isa->registers; r; r = r->next)
		for (unsigned i = 0; r->space == space && (i == 0 || i < r->count) && r->address + i < p->name_count; i++)
			p->names[r->address + i] = r->names	? r->names[i]
						   : r->count ? arena_printf(ld->arena, "%s%u", r->name, i)
							      : r->name;
}

static void names_of_enum(struct loader *ld, struct wording *p, unsigned width, const struct enumeration *e)
{
	if (!new_names(ld->arena, p, width))
		return;
	p->registers = true;
	for (unsigned m = 0; m < e->count; m++)
		if (e->members[m].value < p->name_count)
			p->names[e->members[m].value] = e->members[m].name;
}

/* Words for the values 0, 1, 2 …; `-`: that value has none, `''`: nothing is written for it. One word for one bit: what is written if the bit is 1. */
static bool names_of_list(struct writing *w, struct wording *p, unsigned width, const char *text, size_t length)
{
	unsigned value = 0, words = 0;

	if (!new_names(w->ld->arena, p, width))
		return false;
	for (size_t i = 0, n; i < length; i += n) {
		n = strspn(text + i, " ");
		if (i + n >= length)
			break;
		i += n;
		n = strcspn(text + i, " }");
		if (value == p->name_count)
			return false;
		if (n == 2 && !memcmp(text + i, "''", 2))
			p->names[value] = "";
		else if (n != 1 || text[i] != '-')
			p->names[value] = arena_copy(w->ld->arena, text + i, n);
		value++;
		words++;
	}
	if (p->more_count && words == 1)
		return false; /* the name of a list that is not there */
	if (width == 1 && words == 1) {
		p->names[1] = p->names[0];
		p->names[0] = "";
	}
	return true;
}

static void derived_kind(struct loader *ld, const struct scope *scope, struct wording *p)
{
	const struct operand_kind *k = &scope->kinds[p->index];
	unsigned width = scope->variables[p->index].width;

	switch (k->kind) {
	case KIND_NUMBER: break;
	case KIND_FILE: names_of_file(ld, p, width, k->file, k->e); break;
	case KIND_SPACE: names_of_space(ld, p, width, k->space); break;
	case KIND_TARGET:
		p->kind = PIECE_TARGET;
		p->target = k->e;
		break;
	}
}

static bool is_word(const char *text, size_t length, const char *word)
{
	return strlen(word) == length && !memcmp(text, word, length);
}

/* `field`, or `field 20`. */
static bool field_kind(struct wording *p, const char *wide, unsigned width)
{
	u128 given = width;

	wide += strspn(wide, " ");
	if (*wide && (bits_parse(wide, strlen(wide), &given) || given < width || given > 64))
		return false;
	p->kind = PIECE_FIELD;
	p->width = (unsigned)given;
	return true;
}

static unsigned joint_width(const struct variable *variables, const struct wording *p)
{
	unsigned width = variables[p->index].width;

	for (unsigned i = 0; i < p->more_count; i++)
		width += variables[p->more[i]].width;
	return width;
}

unsigned piece_name(const struct wording *p, const struct variable *variables, const u128 *values)
{
	u128 name = values[p->index];

	for (unsigned i = 0; i < p->more_count; i++)
		name = name << variables[p->more[i]].width | values[p->more[i]];
	return (unsigned)name;
}

u128 piece_bits(const struct wording *p, const struct variable *variables, u128 number, unsigned place, unsigned *variable)
{
	for (unsigned i = p->more_count; i > place; i--)
		number >>= variables[p->more[i - 1]].width;
	*variable = place ? p->more[place - 1] : p->index;
	return number & bits_mask(variables[*variable].width);
}

/* The kind that a template gives: one of the known words, or a list of names. False: it makes no sense. */
static bool given_kind(struct writing *w, struct wording *p, const char *text, size_t length)
{
	const struct scope *scope = w->scope;
	struct loader *ld = w->ld;
	unsigned width = joint_width(scope->variables, p);
	char *word = arena_copy(ld->arena, text, length);
	const char *words = load_words(ld, word);

	if (words) {
		p->registers = p->closed = true;
		return names_of_list(w, p, width, words, strlen(words));
	}
	if (p->more_count)
		return names_of_list(w, p, width, text, length);
	if (is_word(text, length, "number"))
		return true;
	p->with_sign = is_word(text, length, "sign");
	if (p->with_sign)
		return true;
	if (is_word(text, length, "behind")) {
		p->kind = PIECE_BEHIND;
		return true;
	}
	if (length >= 5 && is_word(text, 5, "field"))
		return field_kind(p, word + 5, width);
	if (is_word(text, length, "target")) {
		derived_kind(ld, scope, p);
		return p->kind == PIECE_TARGET;
	}
	for (unsigned i = 0; i < ld->isa->component_count; i++)
		if (ld->isa->components[i].count && !strcmp(ld->isa->components[i].name, word))
			return names_of_file(ld, p, width, &ld->isa->components[i], NULL), true;
	for (const struct space *s = ld->isa->spaces; s; s = s->next)
		if (!strcmp(s->name, word))
			return names_of_space(ld, p, width, s), true;
	if (isa_enumeration(ld->isa, word))
		return names_of_enum(ld, p, width, isa_enumeration(ld->isa, word)), true;
	return names_of_list(w, p, width, text, length);
}

/* --- names in a template --- */

static bool find_variable(const struct scope *s, const char *name, size_t length, unsigned *index)
{
	for (*index = 0; *index < s->variable_count; ++*index)
		if (!s->variables[*index].is_operand && is_word(name, length, s->variables[*index].name))
			return true;
	return false;
}

/* By its own name; or by its decoder's, if no other operand has the same. */
static bool find_operand(const struct scope *s, const char *name, size_t length, unsigned *index)
{
	unsigned found = 0;

	for (unsigned i = 0; i < s->operand_count; i++)
		if (is_word(name, length, s->operands[i].name)) {
			*index = i;
			return true;
		}
	for (unsigned i = 0; i < s->operand_count; i++)
		if (is_word(name, length, s->operands[i].decoder->name)) {
			*index = i;
			found++;
		}
	return found == 1;
}

/* A place for NAME; false if it names nothing. */
static bool add_place(struct writing *w, const char *name, size_t length)
{
	unsigned index;

	if (find_variable(w->scope, name, length, &index))
		derived_kind(w->ld, w->scope, add(w, (struct wording){.kind = PIECE_NUMBER, .index = index}));
	else if (find_operand(w->scope, name, length, &index))
		add(w, (struct wording){.kind = PIECE_OPERAND, .index = index});
	else
		return false;
	return true;
}

/* One more variable of a place: the first, or one whose bits follow. */
static bool add_variable(struct writing *w, struct wording *p, bool *any, const char *name, size_t length)
{
	unsigned index;

	if (!find_variable(w->scope, name, length, &index) || (*any && p->more_count == sizeof p->more / sizeof *p->more))
		return false;
	if (*any)
		p->more[p->more_count++] = index;
	else
		p->index = index;
	return *any = true;
}

/* `o|w|r`: each a variable, or what `bits:` names so. */
static bool add_variables(struct writing *w, struct wording *p, bool *any, const char *text, size_t length, bool named)
{
	struct yaml *groups = yaml_get(w->ld->isa->root, "bits"), *group;

	for (size_t at = 0, n; at <= length; at += n + 1) {
		const char *part = text + at, *of;

		n = strcspn(part, "|");
		n = n < length - at ? n : length - at;
		if (add_variable(w, p, any, part, n))
			continue;
		group = groups && !named ? yaml_get(groups, arena_copy(w->ld->arena, part, n)) : NULL;
		of = group ? value_text(w->ld, group, "variables") : NULL;
		if (!of || !add_variables(w, p, any, of, strlen(of), true))
			return false;
	}
	return true;
}

static bool find_variables(struct writing *w, struct wording *p, const char *text, size_t length)
{
	bool any = false;

	return add_variables(w, p, &any, text, length, false);
}

/* {NAME} or {NAME: KIND}; returns its length. */
static size_t braces(struct writing *w, size_t at)
{
	const char *text = w->text + at + 1;
	size_t end = strcspn(text, "}"), name = strcspn(text, ":}"), from = name + 1;
	struct wording p = {.kind = PIECE_NUMBER};

	if (!text[end]) {
		complain(w, at, 1, "a brace that is not closed%s", "");
		return strlen(w->text + at);
	}
	if (name == end && !w->braces_only) {
		if (!add_place(w, text, name))
			complain(w, at + 1, name, "there is no variable or operand '%s'", arena_copy(w->ld->arena, text, name));
		return end + 2;
	}
	from += strspn(text + (from < end ? from : end), " ");
	if (!find_variables(w, &p, text, name))
		complain(w, at + 1, name, "there is no variable '%s'", arena_copy(w->ld->arena, text, name));
	else if (from >= end || !given_kind(w, &p, text + from, end - from) || (w->braces_only && p.kind != PIECE_NAMES))
		complain(w, at + 1, end, "'%s': number, sign, field, target, behind, a register file, a space, an enum or a list of names is expected",
			 arena_copy(w->ld->arena, text, end));
	else
		add(w, p);
	return end + 2;
}

static bool starts_name(const char *text, size_t at)
{
	return isalpha((unsigned char)text[at]) || text[at] == '_';
}

static size_t name_length(const char *text)
{
	size_t n = 0;

	while (isalnum((unsigned char)text[n]) || text[n] == '_')
		n++;
	return n;
}

static struct wording *read_template(struct loader *ld, const struct scope *scope, const struct yaml *node, const char *text, bool braces_only)
{
	struct wording *first = NULL;
	struct writing w = {ld, scope, node, text, braces_only, &first};
	size_t literal = 0, at = 0;

	while (text[at]) {
		size_t n = starts_name(text, at) ? name_length(text + at) : 1, before = at;
		struct wording **end = w.end;

		if (text[at] != '{' && (braces_only || !starts_name(text, at))) {
			at += braces_only ? 1 : n;
			continue;
		}
		add_text(&w, text + literal, before - literal);
		if (text[at] == '{') {
			at += braces(&w, at);
			literal = at;
		} else if (add_place(&w, text + at, n)) {
			literal = at += n;
		} else {
			w.end = end;
			*end = NULL;
			at += n;
		}
	}
	add_text(&w, text + literal, at - literal);
	return first;
}

/* --- where there is no template --- */

static bool feeds_operand(const struct scope *s, unsigned variable)
{
	for (unsigned o = 0; o < s->operand_count; o++)
		for (unsigned f = 0; f < s->operands[o].from_count; f++)
			if (!strcmp(s->operands[o].from[f], s->variables[variable].name))
				return true;
	return false;
}

/* All variables, then all operands, with commas. */
static void all_places(struct writing *w)
{
	const struct scope *s = w->scope;
	const char *comma = "";

	for (unsigned v = 0; v < s->variable_count; v++) {
		if (s->variables[v].is_operand || s->variables[v].is_prefix || feeds_operand(s, v))
			continue;
		add_text(w, comma, strlen(comma));
		add_place(w, s->variables[v].name, strlen(s->variables[v].name));
		comma = ", ";
	}
	for (unsigned o = 0; o < s->operand_count; o++) {
		add_text(w, comma, strlen(comma));
		add(w, (struct wording){.kind = PIECE_OPERAND, .index = o});
		comma = ", ";
	}
}

static struct wording *default_operands(struct loader *ld, const struct scope *scope, const char *name)
{
	struct wording *first = NULL;
	struct writing w = {.ld = ld, .scope = scope, .end = &first};

	if (name)
		add_text(&w, name, strlen(name));
	if (name)
		add_text(&w, "(", 1);
	all_places(&w);
	if (name)
		add_text(&w, ")", 1);
	return first;
}

static void load_alternative(struct loader *ld, const struct decoder *d, struct alternative *a)
{
	struct scope scope = {a->variables, a->variable_count, a->operands, a->operand_count, {{0}}};
	struct yaml *node = yaml_get(a->node, "assembly");
	const char *text = node ? value_text(ld, node, "assembly") : NULL;

	alternative_kinds(ld->arena, ld->isa, d, a, scope.kinds);
	a->assembly = text ? read_template(ld, &scope, node, text, false) : default_operands(ld, &scope, a->name);
}

static void load_written(struct loader *ld, struct instruction *i)
{
	struct scope scope = {i->variables, i->variable_count, i->operands, i->operand_count, {{0}}};
	struct yaml *node = yaml_get(i->node, "mnemonic");
	const char *text = node ? value_text(ld, node, "a mnemonic") : NULL;

	instruction_kinds(ld->arena, ld->isa, i, scope.kinds);
	i->mnemonic = read_template(ld, &scope, node, text ? text : i->name, true);
	i->written = i->assembly ? read_template(ld, &scope, yaml_get(i->node, "assembly"), i->assembly, false)
				 : default_operands(ld, &scope, NULL);
}

void load_assembly(struct loader *ld)
{
	for (struct decoder *d = ld->isa->decoders; d; d = d->next)
		for (unsigned i = 0; i < d->count; i++)
			load_alternative(ld, d, &d->alternatives[i]);
	for (struct instruction *i = ld->isa->instructions; i; i = i->next)
		load_written(ld, i);
}

u128 piece_target(const struct isa *isa, const struct wording *p, u128 pc, const u128 *variables)
{
	return kind_value(isa, p->target, variables, pc);
}
