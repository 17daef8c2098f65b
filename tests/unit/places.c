/* A place in a scalar's content is the place of the same character in the file: for | and plain scalars, exactly. */
#include "unit.h"

#include <string.h>

static const char *const documents[] = {
	"a: |\n  one\n  two\n",
	"a: |\n      deep\n        deeper\n      deep\n",
	"a: |\n\n\n  after blank lines\n\n  and between\n\n",
	"a:\n  b: |\n    x = 1;\n  c: |\n    y = 2;\n",
	"a: |-\n  no newline at the end\n",
	"a: |+\n  kept newlines\n\n\n",
	"a: | # a comment\n  text\n",
	"# gr\303\266\303\237er\na: |\n  gr\303\266\303\237er = 1;  # \342\202\254\n  x = 2;\n",
	"a: |\n  tab\there\n  \tand here\n",
	"a: |\r\n  one\r\n  two\r\n",
	"a: |\n  trailing blanks   \n  next\n",
	"- |\n in a list\n- |\n  second\n",
	"a: plain text\nb: gr\303\266\303\237er plain\n",
	"{a: plain, b: other}\n",
	"a: |\n  no newline at the end of the file",
	"a: \"in quotes\"\n",
	"a: 'in quotes'\n",
};

static unsigned check_node(const struct yaml *node, const char *text)
{
	unsigned count = 0;

	for (size_t i = 0; node->kind == YAML_LIST && i < node->count; i++)
		count += check_node(node->items[i], text);
	for (size_t i = 0; node->kind == YAML_MAP && i < node->count; i++)
		count += check_node(node->pairs[i].key, text) + check_node(node->pairs[i].value, text);
	for (size_t i = 0; node->kind == YAML_SCALAR && i < node->length; i++) {
		struct span place = yaml_place(node, i, 1);
		char in_file = text[place.offset];

		if (in_file == '\r' && node->text[i] == '\n') /* a line end of two characters is one in the content */
			continue;
		if (node->text[i] == '\n')
			continue; /* the next test looks at what follows it */
		cr_assert_eq(in_file, node->text[i], "'%c' for '%c' at %zu of '%s' in\n%s", in_file, node->text[i], i, node->text, text);
		count++;
	}
	return count;
}

UNIT(yaml, places_are_exact)
{
	unsigned count = 0;

	for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
		struct arena *arena = arena_new();
		struct diags *diags = diags_new(arena);
		struct source *s = source_from_text(arena, "document", documents[i], strlen(documents[i]));
		struct yaml *root = yaml_read(arena, s, diags);

		cr_assert(root, "document %zu does not read", i);
		count += check_node(root, documents[i]);
		arena_free(arena);
	}
	cr_assert_gt(count, 250, "%u", count);
}

/* The same over every scalar written as | in every description there is. */
UNIT(yaml, places_in_descriptions)
{
	struct arena *arena = arena_new();
	unsigned long count = 0;

	for (char **path = unit_specs(arena); *path; path++) {
		struct isa *isa = unit_load(arena, *path);

		for (const struct ir_function *f = isa->functions; f; f = f->next) {
			const struct yaml *o = f->origin;

			for (size_t i = 0; o && o->block && i < o->length; i++) {
				struct span place = yaml_place(o, i, 1);

				if (o->text[i] != '\n')
					cr_assert_eq(place.source->text[place.offset], o->text[i], "%s: %s", *path, f->name);
				count += o->text[i] != '\n';
			}
		}
	}
	cr_assert_gt(count, 10000);
	arena_free(arena);
}

UNIT(yaml, keys)
{
	struct arena *arena = arena_new();
	static const char text[] = "a: 1\nb: {c: 2}\n";
	struct source *s = source_from_text(arena, "x", text, strlen(text));
	struct yaml *root = yaml_read(arena, s, diags_new(arena));

	cr_assert(yaml_peek(root, "a") && !root->pairs[0].value->used);
	cr_assert(yaml_get(root, "a") && root->pairs[0].value->used);
	cr_assert(!yaml_get(root, "c") && !yaml_get(NULL, "a") && !yaml_peek(NULL, "a"));
	cr_assert_str_eq(yaml_get(yaml_get(root, "b"), "c")->text, "2");
	arena_free(arena);
}
