/* scenarios:. */
#include "load.h"

#include <string.h>

static int named_level(struct loader *ld, const struct yaml *node)
{
	const char *name = value_text(ld, node, "a level");
	int level = name ? isa_level(ld->isa, name) : -1;

	if (name && level < 0)
		finding(ld, E_SCENARIO, node, "there is no level '%s'", name);
	return level;
}

static void read_map(struct loader *ld, struct scenario *s, struct yaml *node)
{
	if (!value_map(ld, node))
		return;
	for (size_t i = 0; i < node->count; i++) {
		int from = isa_level(ld->isa, node->pairs[i].key->text), to = named_level(ld, node->pairs[i].value);

		if (from < 0)
			finding(ld, E_SCENARIO, node->pairs[i].key, "there is no level '%s'", node->pairs[i].key->text);
		else if (to >= 0)
			s->map[from] = to;
		if (from >= 0 && to > from)
			finding(ld, E_SCENARIO, node->pairs[i].value, "a guest is not given more privilege than it has: %s to %s",
				ld->isa->levels[from].name, ld->isa->levels[to].name);
	}
}

/* All components of `name`: itself, or the fields of the register. Calls back with each; false if there is none. */
static bool each_component(struct isa *isa, const char *name, void (*each)(struct scenario *, unsigned, u128, unsigned, void *),
			   struct scenario *s, u128 value, void *context)
{
	size_t n = strlen(name);
	bool any = false;

	for (unsigned i = 0; i < isa->component_count; i++) {
		const char *c = isa->components[i].name;

		if (!strcmp(c, name) || (!strncmp(c, name, n) && c[n] == '.')) {
			each(s, i, value, (unsigned)n, context);
			any = true;
		}
	}
	return any;
}

static void add_host(struct scenario *s, unsigned component, u128 value, unsigned prefix, void *context)
{
	const struct isa *isa = context;
	const struct component *c = &isa->components[component];
	const struct reg *r;

	if (strlen(c->name) > prefix) { /* a whole register's value: the field's bits of it */
		char name[80];

		snprintf(name, sizeof name, "%.*s", (int)prefix, c->name);
		r = isa_register(isa, name);
		for (unsigned i = 0; r && i < r->field_count; i++)
			if (r->fields[i].component == component) {
				u128 bits = 0;

				for (unsigned p = 0; p < r->fields[i].location.count; p++)
					bits = bits << r->fields[i].location.pieces[p].width |
					       ((value >> r->fields[i].location.pieces[p].low) &
						bits_mask(r->fields[i].location.pieces[p].width));
				value = bits;
			}
	}
	s->host[s->host_count].component = component;
	s->host[s->host_count++].value = value & bits_mask(c->width);
}

/* The bits that a field or a register's fields can hold. */
static u128 host_bits(const struct isa *isa, const char *name)
{
	const struct component *c = isa_component(isa, name);
	const struct reg *r = isa_register(isa, name);
	u128 bits = 0;

	if (c)
		return bits_mask(c->width);
	for (unsigned i = 0; r && i < r->field_count; i++)
		for (unsigned p = 0; p < r->fields[i].location.count; p++)
			bits |= bits_mask(r->fields[i].location.pieces[p].width) << r->fields[i].location.pieces[p].low;
	return r ? bits : bits_mask(BITS_MAX);
}

static void read_host(struct loader *ld, struct scenario *s, struct yaml *node)
{
	if (!value_map(ld, node))
		return;
	s->host = arena_alloc(ld->arena, (ld->isa->component_count * (node->count + 1)) * sizeof *s->host);
	for (size_t i = 0; i < node->count; i++) {
		const char *name = node->pairs[i].key->text;
		u128 value;

		if (!value_number(ld, node->pairs[i].value, &value))
			continue;
		if (value & ~host_bits(ld->isa, name))
			finding(ld, E_VALUE, node->pairs[i].value, "the value has bits that '%s' does not hold", name);
		if (!each_component(ld->isa, name, add_host, s, value, ld->isa))
			finding(ld, E_SCENARIO, node->pairs[i].key, "there is no field or register '%s' with storage", name);
	}
}

static void add_component(struct scenario *s, unsigned component, u128 value, unsigned prefix, void *context)
{
	bool *set = context;

	(void)s;
	(void)value;
	(void)prefix;
	set[component] = true;
}

/* A list of registers and fields, into a flag per component. */
static void read_components(struct loader *ld, struct yaml *node, bool *set)
{
	unsigned count = 0;
	const char **names = value_texts(ld, node, &count);

	for (unsigned i = 0; i < count; i++)
		if (!each_component(ld->isa, names[i], add_component, NULL, 0, set))
			finding(ld, E_SCENARIO, node, "there is no field or register '%s' with storage", names[i]);
}

/* A `composition`: what of the relocation stays as it is. Its bodies are lowered later. NULL: nothing. */
static bool *read_keeps(struct loader *ld, struct yaml *node)
{
	static const char *const keys[] = {"relocate(", "use(", "map(", "keeps", NULL};
	bool *keeps;

	if (!node || !value_map(ld, node))
		return NULL;
	only_keys(ld, node, keys);
	keeps = ARENA_ARRAY(ld->arena, bool, ld->isa->component_count + 1);
	read_components(ld, yaml_get(node, "keeps"), keeps);
	for (unsigned i = 0; i < ld->isa->component_count; i++)
		if (keeps[i] && ld->isa->components[i].role != ROLE_RELOCATION)
			finding(ld, E_VALUE, yaml_peek(node, "keeps"), "'%s' is no relocation", ld->isa->components[i].name);
	return keeps;
}

static void default_deprivileged(const struct isa *isa, struct scenario *s)
{
	unsigned highest = 0;
	bool any = false;

	for (unsigned v = 0; v < isa->level_count; v++) {
		if (s->map[v] < 0)
			continue;
		highest = v;
		s->deprivileged[v] = s->map[v] != (int)v;
		any = any || s->deprivileged[v];
	}
	if (!any)
		s->deprivileged[highest] = true;
}

static struct scenario *new_scenario(struct loader *ld, const char *name)
{
	struct scenario *s = ARENA_NEW(ld->arena, struct scenario), **end = &ld->isa->scenarios;

	s->name = name;
	s->map = ARENA_ARRAY(ld->arena, int, ld->isa->level_count);
	s->deprivileged = ARENA_ARRAY(ld->arena, bool, ld->isa->level_count);
	s->pass_through = ARENA_ARRAY(ld->arena, bool, ld->isa->component_count + 1);
	s->controllable = ARENA_ARRAY(ld->arena, bool, ld->isa->component_count + 1);
	s->monitor = ld->isa->level_count - 1;
	for (unsigned v = 0; v < ld->isa->level_count; v++)
		s->map[v] = -1;
	while (*end)
		end = &(*end)->next;
	*end = s;
	return s;
}

static void read_scenario(struct loader *ld, struct yaml *key, struct yaml *node)
{
	static const char *const keys[] = {"map", "default", "monitor_level", "host", "host_controllable", "pass_through", "deprivileged", "description",
					   "expect", "source", "composition", "monitor", "interpret", "hypercall(", NULL};
	struct scenario *s;
	struct yaml *list;

	if (!value_name(ld, key) || !value_map(ld, node))
		return;
	only_keys(ld, node, keys);
	s = new_scenario(ld, key->text);
	s->where = key->where;
	s->node = node;
	s->composition.keeps = read_keeps(ld, yaml_get(node, "composition"));
	s->description = value_text(ld, yaml_get(node, "description"), "description");
	if (yaml_get(node, "default"))
		value_bool(ld, yaml_get(node, "default"), &s->is_default);
	read_map(ld, s, required(ld, node, "map"));
	if (yaml_peek(node, "map") && yaml_peek(node, "map")->kind == YAML_MAP && !yaml_peek(node, "map")->count)
		finding(ld, E_SCENARIO, yaml_peek(node, "map"), "a scenario maps at least one level");
	if (yaml_get(node, "monitor_level")) {
		int level = named_level(ld, yaml_get(node, "monitor_level"));

		s->monitor = level < 0 ? 0 : (unsigned)level;
	}
	read_host(ld, s, yaml_get(node, "host"));
	read_components(ld, yaml_get(node, "pass_through"), s->pass_through);
	read_components(ld, yaml_get(node, "host_controllable"), s->controllable);
	for (unsigned i = 0; i < s->host_count && !yaml_get(node, "host_controllable"); i++)
		s->controllable[s->host[i].component] = true;
	list = value_list(ld, yaml_get(node, "deprivileged"));
	for (size_t i = 0; list && i < list->count; i++) {
		int level = named_level(ld, list->items[i]);

		if (level >= 0 && s->map[level] >= 0)
			s->deprivileged[level] = true;
		else if (level >= 0)
			finding(ld, E_SCENARIO, list->items[i], "'%s' is not a level of the guest", list->items[i]->text);
	}
	if (!list)
		default_deprivileged(ld->isa, s);
}

/* theory.md section 2: a two-level machine has the paper's scenario by default. */
static void paper_scenario(struct loader *ld, const struct yaml *root)
{
	struct scenario *s;

	if (ld->isa->level_count != 2) {
		finding(ld, E_SCENARIO, root, "a machine of more than two levels needs scenarios");
		return;
	}
	s = new_scenario(ld, "paper");
	s->description = "The paper's: the supervisor runs in user mode";
	s->map[0] = s->map[1] = 0;
	s->is_default = true;
	default_deprivileged(ld->isa, s);
}

/* The instruction that stands in the place of critical ones: of one parcel, and nothing of it may vary. */
static void load_patch(struct loader *ld, const struct yaml *node)
{
	const char *name = node ? value_text(ld, node, "an instruction") : NULL;
	const struct instruction *i = ld->isa->instructions;

	while (i && name && strcmp(i->name, name))
		i = i->next;
	if (name && !i)
		finding(ld, E_NAME, node, "there is no instruction '%s'", name);
	else if (name && (i->pattern.width != ld->isa->parcel || i->pattern.mask != bits_mask(i->pattern.width) || i->operand_count))
		finding(ld, E_VALUE, node, "'%s' has more than one encoding, or one of more than %u bits", name, ld->isa->parcel);
	else if (name)
		ld->isa->patch = i;
}

void load_scenarios(struct loader *ld, struct yaml *root)
{
	struct yaml *node = value_map(ld, yaml_get(root, "scenarios"));
	bool *keeps = read_keeps(ld, yaml_get(root, "composition"));
	bool any = false;

	load_patch(ld, yaml_get(root, "patch"));
	for (size_t i = 0; node && i < node->count; i++)
		read_scenario(ld, node->pairs[i].key, node->pairs[i].value);
	if (!node)
		paper_scenario(ld, root);
	for (struct scenario *s = ld->isa->scenarios; s; s = s->next) {
		if (!s->node || !yaml_peek(s->node, "composition"))
			s->composition.keeps = keeps;
		if (any && s->is_default)
			diag_add(ld->diags, E_SCENARIO, s->where, "there is already a default scenario");
		any = any || s->is_default;
	}
	if (!any && ld->isa->scenarios)
		ld->isa->scenarios->is_default = true;
}
