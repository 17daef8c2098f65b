/* Differences that the manual explains, from a file: a list of
 *   - {isa: x86-32, instruction: bsf, component: X, section: "SDM Vol. 2, BSF", why: "the destination is undefined for 0"} */
#include <string.h>
#include <unistd.h>

#include "campaign.h"

static const char *text_of(struct yaml *item, const char *key)
{
	struct yaml *node = yaml_get(item, key);

	return node && node->kind == YAML_SCALAR ? node->text : NULL;
}

static bool is_about(struct yaml *item, const char *name)
{
	struct yaml *node = yaml_get(item, "isa");

	if (node && node->kind == YAML_SCALAR)
		return !strcmp(node->text, name);
	for (size_t i = 0; node && node->kind == YAML_LIST && i < node->count; i++)
		if (node->items[i]->kind == YAML_SCALAR && !strcmp(node->items[i]->text, name))
			return true;
	return false;
}

static bool names_component(const struct isa *isa, const char *name)
{
	return !strcmp(name, "trap") || !strcmp(name, "storage") || isa_component(isa, name);
}

static void read_item(struct arena *arena, struct yaml *item, const struct isa *isa, struct diags *diags, struct explained ***end)
{
	struct explained *e = ARENA_NEW(arena, struct explained);

	if (item->kind != YAML_MAP) {
		diag_add(diags, E_VALUE, item->where, "a known difference is a map");
		return;
	}
	if (!is_about(item, isa->name))
		return;
	*e = (struct explained){text_of(item, "instruction"), text_of(item, "component"), text_of(item, "section"), text_of(item, "why"), NULL};
	if (!e->component || !e->section || !e->why)
		diag_add(diags, E_MISSING, item->where, "a known difference has a component, the section of the manual that explains it, and why");
	else if (!names_component(isa, e->component))
		diag_add(diags, E_NAME, item->where, "%s has no component '%s'", isa->name, e->component);
	else if (e->instruction && !isa_instruction(isa, e->instruction))
		diag_add(diags, E_NAME, item->where, "%s has no instruction '%s'", isa->name, e->instruction);
	else {
		**end = e;
		*end = &e->next;
	}
}

struct explained *explained_read(struct arena *arena, const char *path, const struct isa *isa, struct diags *diags, bool *ok)
{
	struct explained *first = NULL, **end = &first;
	struct source *s;
	struct yaml *root;

	*ok = true;
	if (access(path, F_OK))
		return NULL;
	s = source_read(arena, path, YAML_FILE_LIMIT, diags, (struct span){0});
	root = s ? yaml_read(arena, s, diags) : NULL;
	if (root && root->kind != YAML_LIST)
		diag_add(diags, E_VALUE, root->where, "known differences are a list");
	for (size_t i = 0; root && root->kind == YAML_LIST && i < root->count; i++)
		read_item(arena, root->items[i], isa, diags, &end);
	*ok = root && !diag_errors(diags);
	return first;
}
