/* state:, inputs: and the components they make. */
#include "load.h"

#include <string.h>

static const char *const roles[] = {"general", "pc", "mode", "relocation", "control", "timing", "device", NULL};
static const char *const input_roles[] = {"timing", "device", "choice", NULL};
static const char *const moves[] = {"any", "add", "same", NULL};
static const char *const field_types[] = {"RO", "RO-H", "RW", "RW-R", "RW-H", "RW-RH", NULL};

static unsigned add_component(struct loader *ld, struct component c)
{
	struct isa *isa = ld->isa;
	struct component *old = isa->components;

	if (isa->component_count == isa->component_room) {
		isa->component_room = isa->component_room ? 2 * isa->component_room : 32;
		isa->components = ARENA_ARRAY(ld->arena, struct component, isa->component_room);
		if (isa->component_count)
			memcpy(isa->components, old, isa->component_count * sizeof *old);
	}
	isa->components[isa->component_count] = c;
	return isa->component_count++;
}

/* What the register's and the field's map may both say of storage. */
static void read_storage(struct loader *ld, struct yaml *node, struct component *c)
{
	int word;

	if (yaml_get(node, "role")) {
		word = value_word(ld, yaml_get(node, "role"), roles);
		if (word >= 0)
			c->role = (enum role)word;
	}
	if (yaml_get(node, "move")) {
		word = value_word(ld, yaml_get(node, "move"), moves);
		if (word >= 0)
			c->move = (enum move)word;
	}
	if (yaml_get(node, "reset_value") && strncmp(yaml_get(node, "reset_value")->text ? yaml_get(node, "reset_value")->text : "",
						       "UNDEFINED_LEGAL", 15)) {
		if (value_number(ld, yaml_get(node, "reset_value"), &c->reset) && c->reset > bits_mask(c->width))
			finding(ld, E_VALUE, yaml_get(node, "reset_value"), "the reset value does not fit into %u bits", c->width);
	}
}

static void read_zero(struct loader *ld, struct yaml *node, struct component *c)
{
	struct yaml *list = value_list(ld, yaml_get(node, "zero"));

	if (!list)
		return;
	if (!c->count) {
		finding(ld, E_VALUE, list, "only a register with count has elements that are zero");
		return;
	}
	c->zero = ARENA_ARRAY(ld->arena, bool, c->count + 1);
	for (size_t i = 0; i < list->count; i++) {
		unsigned element;

		if (value_small(ld, list->items[i], 0, c->count ? c->count - 1 : 0, &element))
			c->zero[element] = true;
	}
}

static void read_alias_memory(struct loader *ld, struct yaml *node, struct component *c)
{
	static const char *const keys[] = {"at", NULL};
	struct yaml *alias = value_map(ld, yaml_get(node, "alias_memory"));

	if (!alias)
		return;
	only_keys(ld, alias, keys);
	c->alias_memory = value_number(ld, required(ld, alias, "at"), &c->alias_at);
	if (c->width != ld->isa->memory.unit || !c->count)
		finding(ld, E_VALUE, alias, "a file in memory has elements of %u bits, the memory unit", ld->isa->memory.unit);
}

static bool role_given(const struct yaml *reg, const struct yaml *field)
{
	return yaml_peek(reg, "role") || (field && yaml_peek(field, "role"));
}

static void read_field_type(struct loader *ld, struct field *f, unsigned width)
{
	struct yaml *type = yaml_get(f->node, "type");
	unsigned enum_width;

	if (!type)
		return;
	if (type->kind == YAML_SCALAR && isa_enumeration(ld->isa, type->text)) {
		if (value_type(ld, type, &enum_width, &f->enumeration) && enum_width != width)
			finding(ld, E_TYPE, type, "'%s' has %u bits, the field %u", type->text, enum_width, width);
	} else {
		f->read_only = value_word(ld, type, field_types) >= 0 && !strncmp(type->text, "RO", 2);
	}
}

static void read_field(struct loader *ld, struct reg *r, struct field *f, struct yaml *key, struct yaml *node)
{
	static const char *const keys[] = {"location", "type", "role", "move", "reset_value", "description", "long_name", "alias",
					   "sw_write(", "source", NULL};
	struct component c = {0};

	f->name = key->text;
	f->node = node;
	if (!value_name(ld, key) || !value_map(ld, node))
		return;
	only_keys(ld, node, keys);
	if (!value_location(ld, required(ld, node, "location"), r->width, &f->location))
		return;
	for (size_t i = 0; i < node->count; i++)
		if (!strncmp(node->pairs[i].key->text, "sw_write(", 9))
			f->sw_write = node->pairs[i].value;
	read_field_type(ld, f, f->location.width);
	if (yaml_get(node, "alias"))
		return; /* resolved when all registers are known */
	c.name = arena_printf(ld->arena, "%s.%s", r->name, f->name);
	c.width = f->location.width;
	c.count = r->count;
	c.enumeration = f->enumeration;
	c.where = key->where;
	read_storage(ld, r->node, &c);
	read_storage(ld, node, &c);
	if (!role_given(r->node, node))
		finding(ld, E_MISSING, key, "field '%s' has no role, and neither has its register", f->name);
	f->component = add_component(ld, c);
	f->resolved = true;
}

static void check_overlap(struct loader *ld, const struct reg *r)
{
	u128 taken = 0;

	for (unsigned i = 0; i < r->field_count; i++) {
		u128 bits = 0;

		for (unsigned p = 0; p < r->fields[i].location.count; p++)
			bits |= bits_mask(r->fields[i].location.pieces[p].width) << r->fields[i].location.pieces[p].low;
		if (taken & bits)
			finding(ld, E_VALUE, r->fields[i].node, "field '%s' overlaps another field", r->fields[i].name);
		taken |= bits;
	}
}

static void read_fields(struct loader *ld, struct reg *r, struct yaml *fields)
{
	if (!yaml_get(r->node, "length")) {
		unsigned top = 0;

		for (size_t i = 0; i < fields->count; i++) {
			unsigned t = location_top(yaml_peek(fields->pairs[i].value, "location"));

			top = t > top ? t : top;
		}
		r->width = top + 1;
	}
	if (r->width > BITS_MAX) {
		finding(ld, E_LIMIT, fields, "a register has at most 128 bits");
		return;
	}
	r->fields = ARENA_ARRAY(ld->arena, struct field, fields->count);
	for (size_t i = 0; i < fields->count; i++)
		read_field(ld, r, &r->fields[r->field_count++], fields->pairs[i].key, fields->pairs[i].value);
	check_overlap(ld, r);
}

static void read_plain(struct loader *ld, struct reg *r)
{
	struct component c = {.name = r->name, .count = r->count, .names = r->names, .where = r->where};

	if (yaml_get(r->node, "type"))
		value_type(ld, yaml_get(r->node, "type"), &r->width, &r->enumeration);
	else if (!r->width)
		required(ld, r->node, "type");
	c.width = r->width ? r->width : 1;
	c.enumeration = r->enumeration;
	if (r->view)
		return;
	if (!role_given(r->node, NULL))
		finding(ld, E_MISSING, r->node, "register '%s' has no role", r->name);
	read_storage(ld, r->node, &c);
	read_zero(ld, r->node, &c);
	read_alias_memory(ld, r->node, &c);
	r->component = (int)add_component(ld, c);
}

static void read_address(struct loader *ld, struct reg *r)
{
	struct yaml *address = yaml_get(r->node, "address"), *space = yaml_get(r->node, "space"), *level = yaml_get(r->node, "priv_mode");

	r->writable = true;
	if (yaml_get(r->node, "writable"))
		value_bool(ld, yaml_get(r->node, "writable"), &r->writable);
	if (level && value_text(ld, level, "a level")) {
		int i = isa_level(ld->isa, level->text);

		if (i < 0)
			finding(ld, E_NAME, level, "there is no level '%s'", level->text);
		else
			r->priv_mode = ld->isa->levels[i].value;
	}
	if (!address || !value_number(ld, address, &r->address))
		return;
	for (r->space = ld->isa->spaces; r->space && space; r->space = r->space->next)
		if (!strcmp(r->space->name, value_text(ld, space, "a space") ? space->text : ""))
			break;
	if (!r->space)
		finding(ld, E_NAME, space ? space : address, "there is no such register space");
	else if (r->address + (r->count ? r->count - 1 : 0) > bits_mask(r->space->width))
		finding(ld, E_VALUE, address, "the number does not fit into the %u bits of %s", r->space->width, r->space->name);
	else if (r->width > r->space->data)
		r->space->data = r->width;
}

/* What assembly calls the elements: a list, or the number of the first. */
static void read_names(struct loader *ld, struct reg *r)
{
	struct yaml *node = yaml_get(r->node, "names");
	unsigned count = r->count, first;

	if (!node)
		return;
	if (node->kind == YAML_LIST) {
		r->names = value_texts(ld, node, &count);
	} else if (value_small(ld, node, 0, 65535, &first)) {
		r->names = ARENA_ARRAY(ld->arena, const char *, count + 1);
		for (unsigned i = 0; i < count; i++)
			r->names[i] = arena_printf(ld->arena, "%s%u", r->name, first + i);
	}
	if (count != r->count || !count)
		finding(ld, E_VALUE, node, "%u names for %u elements", count, r->count);
}

static void read_register(struct loader *ld, struct yaml *key, struct yaml *node)
{
	static const char *const keys[] = {"type", "length", "count", "role", "fields", "zero", "reset_value", "move", "address",
					   "space", "priv_mode", "writable", "alias_memory", "names", "sw_read()", "sw_write(", "view", "long_name",
					   "description", "source", "definedBy", NULL};
	struct reg *r = ARENA_NEW(ld->arena, struct reg), **end = &ld->isa->registers;

	if (!value_name(ld, key) || !value_map(ld, node))
		return;
	only_keys(ld, node, keys);
	r->name = key->text;
	r->node = node;
	r->where = key->where;
	r->component = -1;
	value_small(ld, yaml_get(node, "count"), 1, 4096, &r->count);
	value_small(ld, yaml_get(node, "length"), 1, BITS_MAX, &r->width);
	read_names(ld, r);
	if (yaml_get(node, "view"))
		value_bool(ld, yaml_get(node, "view"), &r->view);
	if (value_map(ld, yaml_get(node, "fields")))
		read_fields(ld, r, yaml_get(node, "fields"));
	else
		read_plain(ld, r);
	read_address(ld, r);
	while (*end)
		end = &(*end)->next;
	*end = r;
	for (const struct reg *o = ld->isa->registers; r->space && o != r; o = o->next)
		if (o->space == r->space && r->address < o->address + (o->count ? o->count : 1) &&
		    o->address < r->address + (r->count ? r->count : 1))
			finding(ld, E_DUPLICATE, yaml_peek(node, "address"), "'%s' has this number already", o->name);
}

static void resolve_alias(struct loader *ld, struct reg *r, struct field *f)
{
	struct yaml *alias = yaml_peek(f->node, "alias");
	const char *text = alias ? value_text(ld, alias, "an alias") : NULL;
	struct component *c = text ? isa_component(ld->isa, text) : NULL;

	if (!text || f->resolved)
		return;
	if (!c)
		finding(ld, E_NAME, alias, "'%s' is not a field that has storage", text);
	else if (c->width != f->location.width)
		finding(ld, E_TYPE, alias, "'%s' has %u bits, field '%s' has %u", text, c->width, f->name, f->location.width);
	else if (c->count && c->count != r->count)
		finding(ld, E_TYPE, alias, "'%s' is a file of %u elements", text, c->count);
	else
		f->component = (unsigned)(c - ld->isa->components);
	f->resolved = true;
	if (c && !f->enumeration)
		f->enumeration = c->enumeration;
}

static void find_special(struct loader *ld, struct yaml *state)
{
	struct isa *isa = ld->isa;
	unsigned modes = 0, pcs = 0;

	for (unsigned i = 0; i < isa->component_count; i++) {
		if (isa->components[i].role == ROLE_MODE) {
			isa->mode = i;
			modes++;
			if (isa->components[i].width != isa->level_width)
				diag_add(ld->diags, E_TYPE, isa->components[i].where, "the mode is of type Level (%u bits)", isa->level_width);
		}
		if (isa->components[i].role == ROLE_PC) {
			isa->pc = i;
			pcs++;
		}
	}
	if (modes != 1)
		finding(ld, E_MISSING, state, "a machine has one component of role mode; here are %u", modes);
	if (pcs != 1)
		finding(ld, E_MISSING, state, "a machine has one component of role pc; here are %u", pcs);
	isa->waiting = add_component(ld, (struct component){.name = "$waiting", .width = 1, .role = ROLE_PROCESSOR});
}

static void read_inputs(struct loader *ld, struct yaml *node)
{
	static const char *const keys[] = {"type", "role", "description", "source", NULL};
	struct isa *isa = ld->isa;

	isa->inputs = ARENA_ARRAY(ld->arena, struct component, node->count + 1);
	for (size_t i = 0; i < node->count; i++) {
		struct yaml *value = value_map(ld, node->pairs[i].value);
		struct component *c = &isa->inputs[isa->input_count];
		int role;

		if (!value || !value_name(ld, node->pairs[i].key))
			continue;
		only_keys(ld, value, keys);
		role = value_word(ld, required(ld, value, "role"), input_roles);
		c->name = node->pairs[i].key->text;
		c->where = node->pairs[i].key->where;
		c->role = role == 0 ? ROLE_TIMING : role == 1 ? ROLE_DEVICE : ROLE_CHOICE;
		if (value_type(ld, required(ld, value, "type"), &c->width, &c->enumeration))
			isa->input_count++;
	}
}

/* `fetch: {instead: EXECUTE}`: a register with the fields `valid` (one bit) and `word` (a parcel). */
static void read_instead(struct loader *ld, struct yaml *node)
{
	struct isa *isa = ld->isa;
	const char *name = node ? value_text(ld, node, "a register") : NULL;
	const struct component *valid, *word;

	if (!name)
		return;
	valid = isa_component(isa, arena_printf(ld->arena, "%s.valid", name));
	word = isa_component(isa, arena_printf(ld->arena, "%s.word", name));
	if (!valid || !word || valid->width != 1 || word->width != isa->parcel) {
		finding(ld, E_NAME, node, "'%s' is no register with the fields valid, 1 bit, and word, %u bits", name, isa->parcel);
		return;
	}
	isa->has_instead = true;
	isa->instead_valid = (unsigned)(valid - isa->components);
	isa->instead_word = (unsigned)(word - isa->components);
}

/* What the IR needs to know of components and inputs. */
static void fill_context(struct loader *ld)
{
	struct isa *isa = ld->isa;
	struct ir_context *c = &isa->context;

	c->component_count = isa->component_count;
	c->components = ARENA_ARRAY(ld->arena, struct ir_place, isa->component_count + 1);
	for (unsigned i = 0; i < isa->component_count; i++)
		c->components[i] = (struct ir_place){isa->components[i].name, isa->components[i].width, isa->components[i].count};
	c->input_count = isa->input_count;
	c->inputs = ARENA_ARRAY(ld->arena, struct ir_place, isa->input_count + 1);
	for (unsigned i = 0; i < isa->input_count; i++)
		c->inputs[i] = (struct ir_place){isa->inputs[i].name, isa->inputs[i].width, 0};
}

/* The component itself, or the register that it is a field of. */
static bool names(const struct component *c, const char *name)
{
	size_t n = strlen(name);

	return !strncmp(c->name, name, n) && (c->name[n] == '.' || !c->name[n]);
}

/* Sets `flag` in every component that the list names. */
static void mark_named(struct loader *ld, struct yaml *list, bool *(*flag)(struct component *))
{
	unsigned count = 0;
	const char **texts = value_texts(ld, list, &count);

	for (unsigned k = 0; k < count; k++) {
		bool any = false;

		for (unsigned i = 0; i < ld->isa->component_count; i++) {
			struct component *c = &ld->isa->components[i];

			if (!names(c, texts[k]))
				continue;
			*flag(c) = any = true;
		}
		if (!any)
			finding(ld, E_NAME, list, "there is no register '%s' with storage", texts[k]);
	}
}

static bool *keeps_flag(struct component *c)
{
	return &c->keeps;
}

static bool *saved_flag(struct component *c)
{
	return &c->saved;
}

static void read_traps(struct loader *ld, struct yaml *traps)
{
	static const char *const keys[] = {"rollback", "keeps", "saves", "recover(", NULL}, *const words[] = {"all", "none", NULL};
	bool none;

	if (!traps)
		return;
	only_keys(ld, traps, keys);
	none = yaml_get(traps, "rollback") && value_word(ld, yaml_get(traps, "rollback"), words) == 1;
	for (unsigned i = 0; i < ld->isa->component_count; i++)
		ld->isa->components[i].keeps = none;
	mark_named(ld, yaml_get(traps, "keeps"), keeps_flag);
	mark_named(ld, yaml_get(traps, "saves"), saved_flag);
}

void load_state(struct loader *ld, struct yaml *root)
{
	struct yaml *state = value_map(ld, required(ld, root, "state"));
	struct yaml *inputs = value_map(ld, yaml_get(root, "inputs"));

	if (!state)
		return;
	for (size_t i = 0; i < state->count; i++)
		read_register(ld, state->pairs[i].key, state->pairs[i].value);
	for (struct reg *r = ld->isa->registers; r; r = r->next)
		for (unsigned i = 0; i < r->field_count; i++)
			resolve_alias(ld, r, &r->fields[i]);
	find_special(ld, state);
	if (inputs)
		read_inputs(ld, inputs);
	read_instead(ld, yaml_get(value_map(ld, yaml_get(root, "fetch")), "instead"));
	fill_context(ld);
	read_traps(ld, value_map(ld, yaml_get(root, "traps")));
	ld->isa->function_nodes = value_map(ld, yaml_get(root, "functions"));
}
