/* `words:`: lists of words that templates of assembly name. */
#include <string.h>

#include "load.h"

enum { NAMES_MAX = 1 << 16, WORD_MAX = 64, SPELLED_MAX = 512 };

/* `r{8,9}d` is r8d r9d. Words of one list; false: too many, or a brace that is not closed. */
static bool spell(struct buf *out, const char *before, const char *rest, unsigned *count)
{
	size_t open = strcspn(rest, "{"), close = strcspn(rest, "}");
	char word[WORD_MAX];

	if (!rest[open] && !rest[close]) {
		buf_printf(out, "%s%s ", before, rest);
		return ++*count < NAMES_MAX;
	}
	if (!rest[close] || open > close)
		return false;
	for (size_t at = open + 1, n; at <= close; at += n + 1) {
		n = strcspn(rest + at, ",}");
		if ((size_t)snprintf(word, sizeof word, "%s%.*s%.*s", before, (int)open, rest, (int)n, rest + at) >= sizeof word ||
		    !spell(out, word, rest + close + 1, count))
			return false;
	}
	return true;
}

static void spell_list(struct loader *ld, struct buf *out, const struct yaml *node)
{
	const char *text = value_text(ld, node, "a list of words");
	unsigned count = 0;

	for (size_t i = 0, n; text && text[i]; i += n) {
		i += strspn(text + i, " ");
		n = strcspn(text + i, " ");
		if (n > SPELLED_MAX || (n && !spell(out, "", arena_copy(ld->arena, text + i, n), &count))) {
			finding(ld, E_VALUE, node, "'%.*s' stands for too much, or a brace is not closed", (int)(n < 64 ? n : 64), text + i);
			return;
		}
	}
}

const char *load_words(struct loader *ld, const char *name)
{
	struct yaml *lists = yaml_get(ld->isa->root, "words"), *node = lists ? yaml_get(lists, name) : NULL;
	struct buf all = {0};
	const char *text;

	if (!node)
		return NULL;
	for (size_t i = 0; node->kind == YAML_LIST && i < node->count; i++) {
		const char *part = value_text(ld, node->items[i], "the name of a list of words");
		const struct yaml *list = part ? yaml_get(lists, part) : NULL;

		if (list)
			spell_list(ld, &all, list);
		else if (part)
			finding(ld, E_NAME, node->items[i], "there is no list of words '%s'", part);
	}
	if (node->kind != YAML_LIST)
		spell_list(ld, &all, node);
	text = arena_copy(ld->arena, buf_text(&all), strlen(buf_text(&all)));
	buf_free(&all);
	return text;
}
