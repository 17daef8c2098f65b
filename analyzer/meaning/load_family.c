/* `each:`: one entry of instructions: or decoders: that stands for a family. It is replaced by its members before anything else
 * looks at it, so that parts, variations and overlays meet ordinary entries. */
#include "load.h"

#include <ctype.h>
#include <string.h>

enum { DIMENSIONS_MAX = 8, MEMBERS_MAX = 1024 };

/* What one member chose: per dimension a name, and that choice's attributes. */
struct choice {
	const struct yaml *dimension, *name, *attributes;
};

struct member {
	struct loader *ld;
	struct choice choices[DIMENSIONS_MAX];
	unsigned count;
};

/* What `{name}` stands for: a dimension's chosen name, or an attribute of a choice. NULL: nothing. */
static const struct yaml *parameter(const struct member *m, const char *name)
{
	for (unsigned i = 0; i < m->count; i++) {
		const struct yaml *attribute = yaml_peek(m->choices[i].attributes, name);

		if (!strcmp(m->choices[i].dimension->text, name))
			return m->choices[i].name;
		if (attribute)
			return attribute;
	}
	return NULL;
}

/* The length of `{name}` at text; 0 if there is none. */
static size_t placeholder(const char *text)
{
	size_t n = 1;

	if (text[0] != '{' || !(isalpha((unsigned char)text[1]) || text[1] == '_'))
		return 0;
	while (isalnum((unsigned char)text[n]) || text[n] == '_')
		n++;
	return text[n] == '}' ? n + 1 : 0;
}

static struct yaml *filled_text(const struct member *m, struct yaml *scalar)
{
	struct arena *arena = m->ld->arena;
	struct yaml *copy = ARENA_NEW(arena, struct yaml);
	struct buf text = {0};
	size_t n;

	for (const char *t = scalar->text; *t; t += n) {
		const struct yaml *value;
		char *name;

		n = placeholder(t);
		if (!n) {
			buf_add(&text, t, n = 1);
			continue;
		}
		name = arena_copy(arena, t + 1, n - 2);
		value = parameter(m, name);
		if (value && !strncmp(value->text, "0b", 2)) /* bits, as a match has them */
			buf_puts(&text, value->text + 2);
		else if (value)
			buf_add(&text, value->text, value->length);
		else
			finding(m->ld, E_NAME, scalar, "'{%s}' is no dimension of this family and no attribute of its choices", name);
	}
	*copy = *scalar;
	copy->text = arena_copy(arena, buf_text(&text), text.length);
	copy->length = text.length;
	buf_free(&text);
	return copy;
}

/* The text with its parameters filled in; bodies of operations stay as they are, their parameters are constants. */
static struct yaml *filled(const struct member *m, struct yaml *node)
{
	struct arena *arena = m->ld->arena;
	struct yaml *copy;

	if (node->kind == YAML_SCALAR)
		return strchr(node->text, '{') ? filled_text(m, node) : node;
	copy = ARENA_NEW(arena, struct yaml);
	*copy = *node;
	if (node->kind == YAML_LIST) {
		copy->items = ARENA_ARRAY(arena, struct yaml *, node->count + 1);
		for (size_t i = 0; i < node->count; i++)
			copy->items[i] = filled(m, node->items[i]);
		return copy;
	}
	copy->pairs = ARENA_ARRAY(arena, struct yaml_pair, node->count + 1);
	for (size_t i = 0; i < node->count; i++) {
		bool body = strchr(node->pairs[i].key->text, '(') != NULL;

		copy->pairs[i] = node->pairs[i];
		if (!body)
			copy->pairs[i].value = filled(m, node->pairs[i].value);
	}
	return copy;
}

/* All attributes of a member, in one map: load_constants_of makes constants of those that are numbers. */
static struct yaml *flat(const struct member *m, const struct yaml *each)
{
	struct yaml *map = ARENA_NEW(m->ld->arena, struct yaml);
	size_t room = 0;

	for (unsigned i = 0; i < m->count; i++)
		room += m->choices[i].attributes->count;
	*map = (struct yaml){.kind = YAML_MAP, .where = each->where, .used = true};
	map->pairs = ARENA_ARRAY(m->ld->arena, struct yaml_pair, room + 1);
	for (unsigned i = 0; i < m->count; i++)
		for (size_t k = 0; k < m->choices[i].attributes->count; k++)
			map->pairs[map->count++] = m->choices[i].attributes->pairs[k];
	return map;
}

static void add_member(struct member *m, struct yaml_pair family, struct yaml *each, struct yaml *out)
{
	struct yaml *value = filled(m, family.value);
	struct yaml_pair pair = {filled(m, family.key), value};

	for (size_t i = 0; i < value->count; i++)
		if (!strcmp(value->pairs[i].key->text, "each"))
			value->pairs[i].value = flat(m, each);
	for (size_t i = 0; i < out->count; i++)
		if (!strcmp(out->pairs[i].key->text, pair.key->text))
			finding(m->ld, E_DUPLICATE, pair.key, "'%s' is given twice", pair.key->text);
	out->pairs[out->count++] = pair;
}

/* The members that agree in the dimensions before number m->count, the last dimension varying fastest. */
static void add_members(struct member *m, struct yaml_pair family, struct yaml *each, struct yaml *out)
{
	struct yaml_pair *dimension = &each->pairs[m->count];

	if (m->count == each->count) {
		add_member(m, family, each, out);
		return;
	}
	for (size_t i = 0; i < dimension->value->count; i++) {
		m->choices[m->count++] = (struct choice){dimension->key, dimension->value->pairs[i].key, dimension->value->pairs[i].value};
		add_members(m, family, each, out);
		m->count--;
	}
}

/* Dimensions with choices, choices with attributes, attributes that are texts; every name once. The number of members; 0 after a
 * finding. */
static size_t check_dimensions(struct loader *ld, struct yaml *each)
{
	unsigned before = diag_errors(ld->diags);
	size_t members = 1;

	if (!value_map(ld, each))
		return 0;
	if (!each->count || each->count > DIMENSIONS_MAX)
		finding(ld, E_VALUE, each, "a family has 1 to %d dimensions", DIMENSIONS_MAX);
	for (size_t d = 0; d < each->count && diag_errors(ld->diags) == before; d++) {
		struct yaml *choices = value_map(ld, each->pairs[d].value);

		for (size_t c = 0; choices && c < choices->count; c++) {
			struct yaml *attributes = value_map(ld, choices->pairs[c].value);

			for (size_t a = 0; attributes && a < attributes->count; a++)
				if (value_name(ld, attributes->pairs[a].key))
					value_text(ld, attributes->pairs[a].value, "an attribute");
		}
		if (choices && !choices->count)
			finding(ld, E_VALUE, choices, "a dimension has choices");
		members *= choices ? choices->count : 1;
		if (members > MEMBERS_MAX)
			finding(ld, E_LIMIT, each, "a family of more than %d members", MEMBERS_MAX);
	}
	return diag_errors(ld->diags) == before ? members : 0;
}

static size_t family_size(struct loader *ld, const struct yaml_pair *pair)
{
	struct yaml *each = pair->value->kind == YAML_MAP ? yaml_get(pair->value, "each") : NULL;

	return each ? check_dimensions(ld, each) : 1;
}

static void expand_section(struct loader *ld, struct yaml *section)
{
	struct yaml out = {.kind = YAML_MAP};
	size_t room = 0;

	for (size_t i = 0; i < section->count; i++)
		room += family_size(ld, &section->pairs[i]);
	out.pairs = ARENA_ARRAY(ld->arena, struct yaml_pair, room + 1);
	if (diag_errors(ld->diags))
		return;
	for (size_t i = 0; i < section->count; i++) {
		struct yaml *each = section->pairs[i].value->kind == YAML_MAP ? yaml_get(section->pairs[i].value, "each") : NULL;
		struct member m = {.ld = ld};

		if (each)
			add_members(&m, section->pairs[i], each, &out);
		else
			out.pairs[out.count++] = section->pairs[i];
	}
	section->pairs = out.pairs;
	section->count = out.count;
}

void load_families(struct loader *ld, struct yaml *root)
{
	static const char *const sections[] = {"decoders", "instructions"};

	for (unsigned i = 0; i < 2; i++) {
		struct yaml *section = yaml_get(root, sections[i]);

		if (section && section->kind == YAML_MAP)
			expand_section(ld, section);
	}
}

struct constant *load_constants_of(struct loader *ld, struct yaml *node)
{
	struct yaml *each = yaml_get(node, "each");
	struct constant *list = NULL;
	u128 value;

	for (size_t i = 0; each && each->kind == YAML_MAP && i < each->count; i++) {
		const struct yaml *text = each->pairs[i].value;
		struct constant *c;

		if (text->kind != YAML_SCALAR || bits_parse(text->text, text->length, &value))
			continue;
		c = ARENA_NEW(ld->arena, struct constant);
		*c = (struct constant){each->pairs[i].key->text, value, list};
		list = c;
	}
	return list;
}
