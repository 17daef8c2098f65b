/* Which files make up a description: parts that it includes, the base that it varies, an overlay on top. */
#include "load.h"

#include <string.h>

enum { BASES_MAX = 16 };

static const char *beside(struct loader *ld, const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');

	if (name[0] == '/' || !slash)
		return arena_printf(ld->arena, "%s", name);
	return arena_printf(ld->arena, "%.*s/%s", (int)(slash - path), path, name);
}

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && !strcmp(text + n - m, end);
}

static void add_source(struct loader *ld, struct source *s)
{
	struct isa *isa = ld->isa;
	struct source **old = isa->sources;

	isa->sources = ARENA_ARRAY(ld->arena, struct source *, isa->source_count + 1);
	if (isa->source_count)
		memcpy(isa->sources, old, isa->source_count * sizeof *old);
	isa->sources[isa->source_count++] = s;
}

static struct yaml *read_file(struct loader *ld, const char *path, struct span from)
{
	struct source *s = source_read(ld->arena, path, YAML_FILE_LIMIT, ld->diags, from);
	struct yaml *root = s ? yaml_read(ld->arena, s, ld->diags) : NULL;

	if (s)
		add_source(ld, s);
	if (root && root->kind != YAML_MAP) {
		finding(ld, E_VALUE, root, "a description is a map that begins with kind:");
		return NULL;
	}
	if (root)
		load_families(ld, root);
	return root;
}

static struct yaml_pair *find_pair(struct yaml *map, const char *key)
{
	for (size_t i = 0; i < map->count; i++)
		if (!strcmp(map->pairs[i].key->text, key))
			return &map->pairs[i];
	return NULL;
}

static void append_pair(struct loader *ld, struct yaml *map, struct yaml_pair pair)
{
	struct yaml_pair *old = map->pairs;

	map->pairs = ARENA_ARRAY(ld->arena, struct yaml_pair, map->count + 1);
	if (map->count)
		memcpy(map->pairs, old, map->count * sizeof *old);
	map->pairs[map->count++] = pair;
}

/* A variation's keys replace the base's; maps are merged key by key. */
static void vary(struct loader *ld, struct yaml *base, struct yaml *over)
{
	for (size_t i = 0; i < over->count; i++) {
		struct yaml_pair *have = find_pair(base, over->pairs[i].key->text);

		if (have && have->value->kind == YAML_MAP && over->pairs[i].value->kind == YAML_MAP)
			vary(ld, have->value, over->pairs[i].value);
		else if (have)
			*have = over->pairs[i];
		else
			append_pair(ld, base, over->pairs[i]);
	}
}

/* A part's sections join the including file's; a name stands in one of them only. */
static void join(struct loader *ld, struct yaml *base, struct yaml *part, unsigned depth)
{
	for (size_t i = 0; i < part->count; i++) {
		struct yaml *key = part->pairs[i].key;
		struct yaml_pair *have = find_pair(base, key->text);
		bool head = depth == 0 && (!strcmp(key->text, "kind") || !strcmp(key->text, "name") || !strcmp(key->text, "of") ||
					   !strcmp(key->text, "long_name") || !strcmp(key->text, "description") ||
					   !strcmp(key->text, "source"));

		if (head)
			continue;
		if (!have)
			append_pair(ld, base, part->pairs[i]);
		else if (depth == 0 && have->value->kind == YAML_MAP && part->pairs[i].value->kind == YAML_MAP)
			join(ld, have->value, part->pairs[i].value, 1);
		else
			finding(ld, E_DUPLICATE, key, "'%s' is already given in the including file or another part", key->text);
	}
}

static const char *kind_of(struct loader *ld, struct yaml *root)
{
	struct yaml *kind = required(ld, root, "kind");

	return kind ? value_text(ld, kind, "kind") : NULL;
}

static void remove_path(struct loader *ld, struct yaml *root, const struct yaml *path)
{
	struct yaml *map = root;
	const char *rest = path->text;

	while (map) {
		size_t n = strcspn(rest, ".");
		char *key = arena_copy(ld->arena, rest, n);
		struct yaml_pair *pair;

		if (map->kind != YAML_MAP)
			break;
		pair = find_pair(map, rest); /* names may hold dots: the longest match first */
		if (!pair)
			pair = find_pair(map, key);
		else
			n = strlen(rest);
		if (!pair)
			break;
		if (!rest[n]) {
			size_t i = (size_t)(pair - map->pairs);

			memmove(pair, pair + 1, (map->count - i - 1) * sizeof *pair);
			map->count--;
			return;
		}
		map = pair->value;
		rest += n + 1;
	}
	finding(ld, E_NAME, path, "there is nothing called '%s' to remove", path->text);
}

static void include_parts(struct loader *ld, struct yaml *root, const char *path)
{
	struct yaml *list = value_list(ld, yaml_get(root, "include"));

	for (size_t i = 0; list && i < list->count; i++) {
		const char *name = value_text(ld, list->items[i], "a file's name");
		struct yaml *part = name ? read_file(ld, beside(ld, path, name), list->items[i]->where) : NULL;
		const char *kind = part ? kind_of(ld, part) : NULL;

		if (kind && strcmp(kind, "part"))
			finding(ld, E_VALUE, yaml_peek(part, "kind"), "an included file is of kind: part");
		else if (kind)
			join(ld, root, part, 0);
	}
}

static struct yaml *load_tree(struct loader *ld, const char *path, struct span from, unsigned depth);

static struct yaml *apply_variation(struct loader *ld, struct yaml *base, struct yaml *over)
{
	struct yaml *list = value_list(ld, yaml_get(over, "remove"));

	for (size_t i = 0; list && i < list->count; i++)
		if (value_text(ld, list->items[i], "a path"))
			remove_path(ld, base, list->items[i]);
	vary(ld, base, over);
	return base;
}

static struct yaml *load_variation(struct loader *ld, struct yaml *over, const char *path, unsigned depth)
{
	struct yaml *of = required(ld, over, "of");
	const char *name = of ? value_text(ld, of, "the base's name") : NULL;
	struct yaml *base;

	if (!name)
		return NULL;
	if (depth == BASES_MAX) {
		finding(ld, E_RECURSION, of, "more than %d variations on top of each other", BASES_MAX);
		return NULL;
	}
	if (!ends_with(name, ".yaml"))
		name = arena_printf(ld->arena, "%s.yaml", name);
	base = load_tree(ld, beside(ld, path, name), of->where, depth + 1);
	return base ? apply_variation(ld, base, over) : NULL;
}

static struct yaml *load_tree(struct loader *ld, const char *path, struct span from, unsigned depth)
{
	struct yaml *root = read_file(ld, path, from);
	const char *kind = root ? kind_of(ld, root) : NULL;

	if (!kind)
		return NULL;
	if (!strcmp(kind, "variation")) {
		include_parts(ld, root, path);
		return load_variation(ld, root, path, depth);
	}
	if (!strcmp(kind, "isa")) {
		if (find_pair(root, "of") || find_pair(root, "remove"))
			finding(ld, E_KEY, root, "'of' and 'remove' belong to kind: variation");
		include_parts(ld, root, path);
		return root;
	}
	finding(ld, E_VALUE, yaml_peek(root, "kind"), "kind is isa or variation (a part cannot stand alone), not '%s'", kind);
	return NULL;
}

struct yaml *load_document(struct loader *ld, const char *path, const char *const overlays[])
{
	struct yaml *root = load_tree(ld, path, (struct span){0}, 0), *over;

	for (; root && *overlays; overlays++) {
		over = read_file(ld, *overlays, (struct span){0});
		root = over ? apply_variation(ld, root, over) : NULL;
	}
	return root;
}
