/* Differences that the manual explains, from a file. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../engine.h"
#include "campaign.h"

static const char no_instruction[] = "(no instruction)";

static const char *text_of(struct yaml *item, const char *key)
{
	struct yaml *node = yaml_get(item, key);

	return node && node->kind == YAML_SCALAR ? node->text : NULL;
}

/* A name, a list of names, or a map from names to conditions: the number of them, and the n-th. */
static size_t count_of(const struct yaml *names)
{
	return !names ? 0 : names->kind == YAML_SCALAR ? 1 : names->count;
}

static const struct yaml *name_at(const struct yaml *names, size_t n)
{
	return names->kind == YAML_LIST ? names->items[n] : names->kind == YAML_MAP ? names->pairs[n].key : names;
}

static bool has_name(const struct yaml *names, const char *name)
{
	for (size_t i = 0; i < count_of(names); i++)
		if (!strcmp(name_at(names, i)->text, name))
			return true;
	return false;
}

/* --- reading --- */

/* A component, or one of its elements: NAME[N]. *element -1: any. NULL: there is none. */
static const struct component *component_of(const struct isa *isa, const char *text, int *element)
{
	size_t length = strcspn(text, "[");
	const struct component *c = NULL;
	int end = 0;

	*element = -1;
	for (unsigned i = 0; i < isa->component_count && !c; i++)
		if (strlen(isa->components[i].name) == length && !strncmp(isa->components[i].name, text, length))
			c = &isa->components[i];
	if (!c || !text[length])
		return c;
	return sscanf(text + length, "[%4d]%n", element, &end) == 1 && !text[length + (size_t)end] && *element >= 0 && (unsigned)*element < c->count ? c : NULL;
}

static bool knows_component(const struct isa *isa, const char *name)
{
	int element;

	return !strcmp(name, "trap") || !strcmp(name, "trap pc") || !strcmp(name, "trap value") || !strcmp(name, "storage") ||
	       component_of(isa, name, &element);
}

static bool knows_instruction(const struct isa *isa, const char *name)
{
	return !strcmp(name, no_instruction) || isa_instruction(isa, name);
}

static bool knows_cause(const struct isa *isa, const char *name)
{
	for (unsigned i = 0; i < isa->cause_count; i++)
		if (!strcmp(isa->causes[i].name, name))
			return true;
	return false;
}

static bool check_names(const struct yaml *names, const char *what, bool (*knows)(const struct isa *, const char *), const struct isa *isa,
			struct diags *diags)
{
	for (size_t i = 0; i < count_of(names); i++) {
		const struct yaml *n = name_at(names, i);

		if (n->kind == YAML_SCALAR && (!knows || knows(isa, n->text)))
			continue;
		diag_add(diags, E_NAME, n->where, "%s has no %s '%s'", isa->name, what, n->kind == YAML_SCALAR ? n->text : "?");
		return false;
	}
	return true;
}

static void check_keys(struct yaml *item, struct diags *diags)
{
	static const char *const keys[] = {"isa", "instructions", "components", "encodings", "cause", "when", "instead", "section", "why"};
	bool known;

	for (size_t i = 0; i < item->count; i++) {
		known = false;
		for (unsigned k = 0; k < sizeof keys / sizeof *keys; k++)
			known = known || !strcmp(keys[k], item->pairs[i].key->text);
		if (!known)
			diag_add(diags, E_KEY, item->pairs[i].key->where, "a known difference has no key '%s'", item->pairs[i].key->text);
	}
}

static bool read_encodings(struct arena *arena, struct explained *e, struct yaml *list, struct isa *isa, struct diags *diags)
{
	e->encoding_count = count_of(list);
	e->encodings = list ? ARENA_ARRAY(arena, struct pattern, e->encoding_count) : NULL;
	for (size_t i = 0; i < e->encoding_count; i++)
		if (!isa_pattern(isa, name_at(list, i), diags, &e->encodings[i]))
			return false;
	if (!list || has_name(e->instructions, no_instruction))
		return true;
	diag_add(diags, E_VALUE, list->where, "'encodings' tells which '%s' is meant", no_instruction);
	return false;
}

/* Each instruction has variables of its own, and may have a condition of its own. */
static bool read_when(struct arena *arena, struct explained *e, struct yaml *all, struct isa *isa, struct diags *diags)
{
	bool map = e->instructions && e->instructions->kind == YAML_MAP;
	size_t count = e->instructions ? count_of(e->instructions) : 1;

	if (!all && !map)
		return true;
	e->when = ARENA_ARRAY(arena, struct ir_function *, count);
	for (size_t i = 0; i < count; i++) {
		struct yaml *text = map ? e->instructions->pairs[i].value : all;
		const struct instruction *about = e->instructions ? isa_instruction(isa, name_at(e->instructions, i)->text) : NULL;

		e->when[i] = isa_condition(isa, about, text, diags);
		if (!e->when[i])
			return false;
	}
	return true;
}

/* Whether machines of both have the same components. */
static bool alike(const struct isa *a, const struct isa *b)
{
	bool same = a->component_count == b->component_count;

	for (unsigned i = 0; same && i < a->component_count; i++)
		same = !strcmp(a->components[i].name, b->components[i].name) && a->components[i].width == b->components[i].width &&
		       a->components[i].count == b->components[i].count;
	return same;
}

static bool read_instead(struct arena *arena, struct explained *e, struct yaml *file, const char *path, const struct isa *isa, struct diags *diags)
{
	const char *slash = strrchr(path, '/');

	if (!file)
		return true;
	if (file->kind != YAML_SCALAR || e->components) {
		diag_add(diags, E_VALUE, file->where, "'instead' is the file of a variation, about all components");
		return false;
	}
	e->instead = isa_vary(arena, isa, arena_printf(arena, "%.*s%s", slash ? (int)(slash - path + 1) : 0, path, file->text), diags);
	if (!e->instead || alike(e->instead, isa))
		return e->instead != NULL;
	diag_add(diags, E_VALUE, file->where, "what is compared instead has the description's state, and no other");
	return false;
}

static void read_item(struct arena *arena, struct yaml *item, const char *path, struct isa *isa, struct diags *diags, struct explained ***end)
{
	struct explained *e = ARENA_NEW(arena, struct explained);

	if (item->kind != YAML_MAP) {
		diag_add(diags, E_VALUE, item->where, "a known difference is a map");
		return;
	}
	check_keys(item, diags);
	if (!check_names(yaml_get(item, "isa"), "name", NULL, isa, diags) || !has_name(yaml_get(item, "isa"), isa->name))
		return;
	*e = (struct explained){.instructions = yaml_get(item, "instructions"), .components = yaml_get(item, "components"),
				.causes = yaml_get(item, "cause"), .section = text_of(item, "section"), .why = text_of(item, "why")};
	if (!(e->components || e->causes || yaml_get(item, "when") || yaml_get(item, "encodings") || yaml_get(item, "instead")) || !e->section || !e->why) {
		diag_add(diags, E_MISSING, item->where,
			 "a known difference has components, a cause, a condition or a variation, the section of the manual that explains it, and why");
		return;
	}
	if (!check_names(e->instructions, "instruction", knows_instruction, isa, diags) ||
	    !check_names(e->components, "component", knows_component, isa, diags) || !check_names(e->causes, "cause", knows_cause, isa, diags) ||
	    !read_encodings(arena, e, yaml_get(item, "encodings"), isa, diags) ||
	    !read_when(arena, e, yaml_get(item, "when"), isa, diags) || !read_instead(arena, e, yaml_get(item, "instead"), path, isa, diags))
		return;
	**end = e;
	*end = &e->next;
}

struct explained *explained_read(struct arena *arena, const char *path, struct isa *isa, struct diags *diags, bool *ok)
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
		read_item(arena, root->items[i], path, isa, diags, &end);
	*ok = root && !diag_errors(diags);
	return first;
}

/* --- asking --- */

static const char *cause_of(const struct machine *ours)
{
	for (unsigned i = 0; ours->trap_count && i < ours->isa->cause_count; i++)
		if (ours->isa->causes[i].value == ours->trap.cause)
			return ours->isa->causes[i].name;
	return "";
}

/* The parcels that were looked at, or the first of them. */
static bool begins(const struct isa *isa, const struct decoded *d, const struct pattern *p)
{
	unsigned looked = d->length * isa->memory.unit;

	if (p->width > looked)
		return false;
	return (((isa->first_right ? d->bits : d->bits >> (looked - p->width)) ^ p->match) & p->mask) == 0;
}

static bool is_meant(const struct explained *e, const struct isa *isa, const struct decoded *d)
{
	for (size_t i = 0; i < e->encoding_count; i++)
		if (d && !d->instruction && begins(isa, d, &e->encodings[i]))
			return true;
	return !e->encodings || (d && d->instruction);
}

static bool is_about(const struct explained *e, const struct isa *isa, const struct unlike *place)
{
	const char *name;
	bool found = !e->components;
	int element;

	for (size_t n = 0; n < count_of(e->components) && !found; n++) {
		name = name_at(e->components, n)->text;
		if (place->component < 0)
			found = !strcmp(name, unlike_names[-place->component - 1]);
		else
			found = component_of(isa, name, &element) == &isa->components[place->component] &&
				(element < 0 || (unsigned)element == place->element);
	}
	return found;
}

static bool holds(const struct explained *e, const struct decoded *d, struct machine *start, const struct machine *ours, const struct unlike *place)
{
	const struct instruction *i = d ? d->instruction : NULL;
	unsigned count = i && e->instructions ? i->variable_count : 0;
	u128 result = 0, args[CONDITION_PARAMETERS];
	size_t at = 0;

	if (!e->when)
		return true;
	while (e->instructions && strcmp(name_at(e->instructions, at)->text, i ? i->name : no_instruction))
		at++;
	for (unsigned v = 0; v < count; v++)
		args[v] = d->variables[v];
	args[count] = ours->trap_count ? ours->trap.value : 0;
	args[count + 1] = place->component == -1 ? place->address : 0;
	return engine_call(start, e->when[at], args, &result, NULL) && result;
}

/* Whether it is about such a step, and at this place. */
static bool applies(const struct explained *e, const struct decoded *d, struct machine *start, const struct machine *ours, const struct unlike *place)
{
	const char *name = d && d->instruction ? d->instruction->name : no_instruction;

	return (!e->instructions || has_name(e->instructions, name)) && is_about(e, ours->isa, place) &&
	       (!e->causes || has_name(e->causes, cause_of(ours))) && is_meant(e, ours->isa, d) && holds(e, d, start, ours, place);
}

const struct explained *explained_find(const struct explained *first, const struct decoded *d, struct machine *start, const struct machine *ours,
				       const struct unlike *place)
{
	for (const struct explained *e = first; e; e = e->next)
		if (!e->instead && applies(e, d, start, ours, place))
			return e;
	return NULL;
}

bool explained_instead(const struct explained *e, const struct decoded *d, struct machine *start, const struct machine *ours)
{
	static const struct unlike anywhere = {.component = -2};

	return applies(e, d, start, ours, &anywhere);
}
