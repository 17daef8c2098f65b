#include "unit.h"

#include <glob.h>
#include <string.h>

char **unit_specs(struct arena *arena)
{
	static const char *const patterns[] = {"isa-specs/*.yaml", "isa-specs/g3/*.yaml", "tests/isas/*.yaml"};
	glob_t found = {0};
	char **paths;
	size_t count = 0;

	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
		cr_assert(!glob(patterns[i], i ? GLOB_APPEND : 0, NULL, &found), "no file %s", patterns[i]);
	paths = ARENA_ARRAY(arena, char *, found.gl_pathc + 1);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct diags *diags = diags_new(arena);
		struct source *s = source_read(arena, found.gl_pathv[i], YAML_FILE_LIMIT, diags, (struct span){0});
		struct yaml *root = s ? yaml_read(arena, s, diags) : NULL, *kind = yaml_peek(root, "kind");

		if (!kind || strcmp(kind->text, "part"))
			paths[count++] = arena_copy(arena, found.gl_pathv[i], strlen(found.gl_pathv[i]));
	}
	globfree(&found);
	return paths;
}

struct isa *unit_load(struct arena *arena, const char *path)
{
	struct diags *diags = diags_new(arena);
	struct isa *isa = isa_load(arena, path, NULL, diags);

	if (!isa)
		diag_print(diags, stderr, false);
	cr_assert(isa, "%s does not load", path);
	return isa;
}

uint64_t unit_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}
