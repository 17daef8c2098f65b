#include "load.h"

#include <ctype.h>
#include <string.h>

void finding(struct loader *ld, enum diag_code code, const struct yaml *node, const char *format, ...)
{
	va_list args;
	char text[300];

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	diag_add(ld->diags, code, node->where, "%s", text);
}

const char *value_text(struct loader *ld, const struct yaml *node, const char *what)
{
	if (!node)
		return NULL;
	if (node->kind == YAML_SCALAR)
		return node->text;
	finding(ld, E_VALUE, node, "%s is a text", what);
	return NULL;
}

bool value_number(struct loader *ld, const struct yaml *node, u128 *value)
{
	if (!node)
		return false;
	if (node->kind == YAML_SCALAR && !bits_parse(node->text, node->length, value))
		return true;
	if (node->kind == YAML_SCALAR)
		for (struct constant *c = ld->isa->constants; c; c = c->next)
			if (!strcmp(c->name, node->text)) {
				*value = c->value;
				return true;
			}
	finding(ld, E_VALUE, node, "a number is needed here, such as 12 or 0x1f");
	return false;
}

bool value_small(struct loader *ld, const struct yaml *node, unsigned least, unsigned most, unsigned *value)
{
	u128 number;

	if (!node || !value_number(ld, node, &number))
		return false;
	if (number < least || number > most) {
		finding(ld, E_VALUE, node, "a number from %u to %u is needed here", least, most);
		return false;
	}
	*value = (unsigned)number;
	return true;
}

bool value_bool(struct loader *ld, const struct yaml *node, bool *value)
{
	if (!node)
		return false;
	if (node->kind == YAML_SCALAR && (!strcmp(node->text, "true") || !strcmp(node->text, "false"))) {
		*value = node->text[0] == 't';
		return true;
	}
	finding(ld, E_VALUE, node, "true or false is needed here");
	return false;
}

static const char *next_word(void *context)
{
	const char *const **words = context;

	return **words ? *(*words)++ : NULL;
}

static void hint_words(struct loader *ld, const char *const *words)
{
	struct buf all = {0};

	for (; *words; words++)
		buf_printf(&all, "%s%s", all.length ? ", " : "", *words);
	diag_hint(ld->diags, "possible are %s", all.text);
	buf_free(&all);
}

int value_word(struct loader *ld, const struct yaml *node, const char *const *words)
{
	const char *const *rest = words;
	const char *near;

	if (!node)
		return -1;
	if (node->kind == YAML_SCALAR) {
		for (int i = 0; words[i]; i++)
			if (!strcmp(words[i], node->text))
				return i;
		finding(ld, E_VALUE, node, "'%s' is not one of the words that are possible here", node->text);
		near = nearest_name(node->text, next_word, &rest);
		if (near)
			diag_hint(ld->diags, "did you mean '%s'?", near);
		else
			hint_words(ld, words);
		return -1;
	}
	finding(ld, E_VALUE, node, "a word is needed here");
	return -1;
}

struct yaml *value_map(struct loader *ld, struct yaml *node)
{
	if (!node || node->kind == YAML_MAP)
		return node;
	finding(ld, E_VALUE, node, "a map (key: value) is needed here");
	return NULL;
}

struct yaml *value_list(struct loader *ld, struct yaml *node)
{
	if (!node || node->kind == YAML_LIST)
		return node;
	finding(ld, E_VALUE, node, "a list is needed here");
	return NULL;
}

const char **value_texts(struct loader *ld, struct yaml *node, unsigned *count)
{
	const char **texts;
	unsigned n = 0;

	if (!node) {
		if (count)
			*count = 0;
		return NULL;
	}
	texts = ARENA_ARRAY(ld->arena, const char *, (node->kind == YAML_LIST ? node->count : 1) + 1);
	if (node->kind == YAML_SCALAR) {
		texts[n++] = node->text;
	} else if (value_list(ld, node)) {
		for (size_t i = 0; i < node->count; i++)
			if (value_text(ld, node->items[i], "an item"))
				texts[n++] = node->items[i]->text;
	}
	if (count)
		*count = n;
	return texts;
}

struct yaml *required(struct loader *ld, struct yaml *map, const char *key)
{
	struct yaml *value = yaml_get(map, key);

	if (!value)
		finding(ld, E_MISSING, map, "'%s' is missing", key);
	return value;
}

static bool allowed(const char *key, const char *const *keys)
{
	for (; *keys; keys++) {
		size_t n = strlen(*keys);

		if (!strcmp(key, *keys) || ((*keys)[n - 1] == '(' && !strncmp(key, *keys, n)))
			return true;
	}
	return false;
}

void only_keys(struct loader *ld, const struct yaml *map, const char *const *keys)
{
	for (size_t i = 0; i < map->count; i++) {
		const char *const *rest = keys;
		const char *near;

		if (allowed(map->pairs[i].key->text, keys))
			continue;
		finding(ld, E_KEY, map->pairs[i].key, "'%s' is not a key here", map->pairs[i].key->text);
		near = nearest_name(map->pairs[i].key->text, next_word, &rest);
		if (near)
			diag_hint(ld->diags, "did you mean '%s'?", near);
	}
}

bool value_name(struct loader *ld, const struct yaml *key)
{
	const char *t = key->text;
	bool good = isalpha((unsigned char)t[0]) || t[0] == '_';

	for (; *t; t++)
		good = good && (isalnum((unsigned char)*t) || *t == '_' || *t == '.' || *t == '-');
	if (!good || t - key->text > 64)
		finding(ld, E_VALUE, key, "a name is a letter and then letters, digits, '_', '.' or '-', at most 64");
	return good;
}

static const char *location_number(const char *t, unsigned *value)
{
	unsigned n = 0, digits = 0;

	while (*t >= '0' && *t <= '9' && digits++ < 4)
		n = n * 10 + (unsigned)(*t++ - '0');
	*value = n;
	return digits ? t : NULL;
}

/* The next piece `31-16` or `3`; NULL at a wrong character. */
static const char *location_piece(const char *t, unsigned *first, unsigned *last)
{
	t = location_number(t, first);
	*last = *first;
	if (t && *t == '-')
		t = location_number(t + 1, last);
	return t && (*t == '|' || *t == '\0') ? t : NULL;
}

unsigned location_top(const struct yaml *node)
{
	unsigned top = 0, first, last;
	const char *t = node && node->kind == YAML_SCALAR ? node->text : NULL;

	while (t && *t) {
		t = location_piece(t, &first, &last);
		if (!t)
			return 0;
		top = first > top ? first : top;
		top = last > top ? last : top;
		if (*t == '|')
			t++;
	}
	return top;
}

bool value_location(struct loader *ld, const struct yaml *node, unsigned width, struct location *out)
{
	const char *t = node ? value_text(ld, node, "a location") : NULL;
	unsigned first, last;
	u128 taken = 0;

	*out = (struct location){0};
	if (!t)
		return false;
	do {
		t = location_piece(t, &first, &last);
		if (t && out->count == PIECES_MAX) {
			finding(ld, E_LIMIT, node, "a location has at most %d pieces", PIECES_MAX);
			return false;
		}
		if (!t) {
			finding(ld, E_VALUE, node, "a location is written like 31-16, 3 or 31|7|30-25");
			return false;
		}
		if (first >= width || last >= width) {
			finding(ld, E_VALUE, node, "bit %u is outside of the %u bits", first > last ? first : last, width);
			return false;
		}
		if (ld->isa->msb0) {
			first = width - 1 - first;
			last = width - 1 - last;
		}
		if (first < last) {
			finding(ld, E_VALUE, node, "the most significant bit of a location is written first");
			return false;
		}
		if (taken & bits_mask(first - last + 1) << last) {
			finding(ld, E_VALUE, node, "a bit is named twice");
			return false;
		}
		taken |= bits_mask(first - last + 1) << last;
		out->pieces[out->count].low = last;
		out->pieces[out->count++].width = first - last + 1;
		out->width += first - last + 1;
	} while (*t++ == '|');
	if (out->width > BITS_MAX) {
		finding(ld, E_LIMIT, node, "more than 128 bits");
		return false;
	}
	return true;
}

bool value_type(struct loader *ld, const struct yaml *node, unsigned *width, const struct enumeration **enumeration)
{
	struct syntax *n = node ? syntax_type(ld->arena, node, ld->diags) : NULL;
	const struct yaml *alias;
	u128 bits;

	*enumeration = NULL;
	if (!n)
		return false;
	if (!strcmp(n->text, "Boolean")) {
		*width = 1;
		return true;
	}
	if (!strcmp(n->text, "Bits") && n->count == 1 && (n->children[0]->kind == SYN_NUMBER || n->children[0]->kind == SYN_NAME)) {
		bits = n->children[0]->value;
		if (n->children[0]->kind == SYN_NAME)
			for (struct constant *c = ld->isa->constants; c; c = c->next)
				if (!strcmp(c->name, n->children[0]->text))
					bits = c->value;
		if (bits < 1 || bits > BITS_MAX) {
			finding(ld, E_TYPE, node, "a width is 1 to 128 bits");
			return false;
		}
		*width = (unsigned)bits;
		return true;
	}
	*enumeration = isa_enumeration(ld->isa, n->text);
	if (*enumeration) {
		*width = (*enumeration)->width;
		return true;
	}
	alias = yaml_peek(ld->isa->types, n->text);
	if (alias && alias->kind == YAML_SCALAR && !yaml_peek(ld->isa->types, alias->text))
		return value_type(ld, alias, width, enumeration);
	if (alias) {
		finding(ld, E_TYPE, alias, "a type's name stands for Bits<...> or an enumeration, not for another name");
		return false;
	}
	finding(ld, E_NAME, node, "there is no type '%s'", n->text);
	return false;
}
