/* isa_load: the order in which a description is understood. */
#include "load.h"

#include "lower.h"

#include <string.h>

static const char *const role_names[] = {"general", "pc", "mode", "relocation", "control", "timing", "device", "processor", "choice"};

const char *role_name(enum role role)
{
	return role_names[role];
}

static struct enumeration *add_enumeration(struct loader *ld, const char *name)
{
	struct enumeration *e = ARENA_NEW(ld->arena, struct enumeration);

	e->name = name;
	e->next = ld->isa->enumerations;
	ld->isa->enumerations = e;
	return e;
}

static void finish_enumeration(struct loader *ld, struct enumeration *e, const struct yaml *node)
{
	unsigned need = 1;

	for (unsigned i = 0; i < e->count; i++) {
		if (bits_needed(e->members[i].value) > need)
			need = bits_needed(e->members[i].value);
		for (unsigned k = 0; k < i; k++)
			if (!strcmp(e->members[k].name, e->members[i].name))
				finding(ld, E_DUPLICATE, node, "'%s' is named twice", e->members[i].name);
			else if (e->members[k].value == e->members[i].value)
				finding(ld, E_DUPLICATE, node, "'%s' and '%s' have the same value", e->members[k].name,
					e->members[i].name);
	}
	if (!e->width)
		e->width = need;
	else if (e->width < need)
		finding(ld, E_VALUE, node, "a member does not fit into %u bits", e->width);
}

/* A list numbers its names from 0; a map gives each a number. */
static void read_members(struct loader *ld, struct enumeration *e, struct yaml *node)
{
	e->members = arena_alloc(ld->arena, (node->count + 1) * sizeof *e->members);
	if (node->kind == YAML_SCALAR) {
		finding(ld, E_VALUE, node, "a list of names, or a map from names to values, is needed here");
		return;
	}
	for (size_t i = 0; i < node->count; i++) {
		struct yaml *name = node->kind == YAML_LIST ? node->items[i] : node->pairs[i].key;
		u128 value = i;

		if (name->kind != YAML_SCALAR || !value_name(ld, name))
			continue;
		if (node->kind == YAML_MAP && !value_number(ld, node->pairs[i].value, &value))
			continue;
		e->members[e->count].name = name->text;
		e->members[e->count++].value = value;
	}
}

static void load_levels(struct loader *ld, struct yaml *root)
{
	struct isa *isa = ld->isa;
	struct yaml *node = required(ld, root, "levels");
	struct enumeration *e;

	if (!node)
		return;
	e = add_enumeration(ld, "Level");
	read_members(ld, e, node);
	finish_enumeration(ld, e, node);
	isa->level_enum = e;
	isa->level_width = e->width;
	isa->level_count = e->count;
	isa->levels = arena_alloc(ld->arena, (e->count + 1) * sizeof *isa->levels);
	for (unsigned i = 0; i < e->count; i++) {
		isa->levels[i].name = e->members[i].name;
		isa->levels[i].value = e->members[i].value;
	}
	if (e->count < 2)
		finding(ld, E_VALUE, node, "a machine that can be virtualized has at least two levels");
}

static void load_causes(struct loader *ld, struct yaml *root)
{
	static const char *const keys[] = {"value", "fault", "privileged", "complete", "description", NULL};
	struct isa *isa = ld->isa;
	struct yaml *node = value_map(ld, yaml_get(root, "causes"));
	struct enumeration *e = add_enumeration(ld, "Cause");

	isa->cause_enum = e;
	if (node) {
		isa->causes = ARENA_ARRAY(ld->arena, struct cause, node->count + 1);
		e->members = arena_alloc(ld->arena, (node->count + 1) * sizeof *e->members);
	}
	for (size_t i = 0; node && i < node->count; i++) {
		struct yaml *value = node->pairs[i].value;
		struct cause *c = &isa->causes[isa->cause_count];

		c->name = node->pairs[i].key->text;
		if (value->kind == YAML_MAP) {
			only_keys(ld, value, keys);
			value_bool(ld, yaml_get(value, "fault"), &c->fault);
			value_bool(ld, yaml_get(value, "privileged"), &c->privileged);
			value_bool(ld, yaml_get(value, "complete"), &c->complete);
			value = required(ld, value, "value");
		}
		if (!value || !value_name(ld, node->pairs[i].key) || !value_number(ld, value, &c->value))
			continue;
		isa->cause_count++;
		e->members[e->count].name = c->name;
		e->members[e->count++].value = c->value;
	}
	if (node)
		finish_enumeration(ld, e, node);
	isa->cause_width = e->width ? e->width : 1;
	e->width = isa->cause_width;
}

static void load_enums(struct loader *ld, struct yaml *root)
{
	struct yaml *node = value_map(ld, yaml_get(root, "enums"));
	struct enumeration *access = add_enumeration(ld, "Access");
	static const char *const names[] = {"load", "store", "fetch"};

	access->members = arena_alloc(ld->arena, 3 * sizeof *access->members);
	for (unsigned i = 0; i < 3; i++) {
		access->members[i].name = names[i];
		access->members[i].value = i;
	}
	access->count = 3;
	access->width = 2;
	for (size_t i = 0; node && i < node->count; i++) {
		struct yaml *value = node->pairs[i].value;
		struct enumeration *e;

		if (!value_name(ld, node->pairs[i].key))
			continue;
		if (isa_enumeration(ld->isa, node->pairs[i].key->text)) {
			finding(ld, E_DUPLICATE, node->pairs[i].key, "enumeration '%s' exists already", node->pairs[i].key->text);
			continue;
		}
		e = add_enumeration(ld, node->pairs[i].key->text);
		if (value->kind == YAML_MAP && yaml_peek(value, "members")) {
			static const char *const keys[] = {"width", "members", "description", NULL};

			only_keys(ld, value, keys);
			value_small(ld, yaml_get(value, "width"), 1, BITS_MAX, &e->width);
			value = yaml_get(value, "members");
		}
		read_members(ld, e, value);
		finish_enumeration(ld, e, value);
	}
}

static void load_constants(struct loader *ld, struct yaml *root)
{
	struct yaml *node = value_map(ld, yaml_get(root, "constants"));

	for (size_t i = 0; node && i < node->count; i++) {
		struct constant *c = ARENA_NEW(ld->arena, struct constant);

		c->name = node->pairs[i].key->text;
		if (!value_name(ld, node->pairs[i].key) || !value_number(ld, node->pairs[i].value, &c->value))
			continue;
		c->next = ld->isa->constants;
		ld->isa->constants = c;
	}
}

static void load_spaces(struct loader *ld, struct yaml *root)
{
	struct yaml *node = value_map(ld, yaml_get(root, "spaces"));

	for (size_t i = 0; node && i < node->count; i++) {
		struct space *s = ARENA_NEW(ld->arena, struct space);
		const struct enumeration *ignored;

		s->name = node->pairs[i].key->text;
		if (!value_name(ld, node->pairs[i].key) || !value_type(ld, node->pairs[i].value, &s->width, &ignored))
			continue;
		s->next = ld->isa->spaces;
		ld->isa->spaces = s;
	}
}

static const char *known_cause(struct loader *ld, const struct yaml *node)
{
	const char *name = node ? value_text(ld, node, "a cause") : NULL;

	for (unsigned i = 0; name && i < ld->isa->cause_count; i++)
		if (!strcmp(ld->isa->causes[i].name, name))
			return name;
	if (name)
		finding(ld, E_NAME, node, "there is no cause '%s'", name);
	return NULL;
}

static void load_memory(struct loader *ld, struct yaml *root)
{
	static const char *const keys[] = {"unit", "address", "virtual_address", "endian", "alignment", "misaligned", "page", "frame", NULL};
	static const char *const endians[] = {"little", "big", NULL}, *const alignments[] = {"any", "natural", NULL};
	struct memory *m = &ld->isa->memory;
	struct yaml *node = value_map(ld, required(ld, root, "memory")), *misaligned;

	*m = (struct memory){.unit = 8, .address = 32, .virtual_address = 32};
	if (!node)
		return;
	only_keys(ld, node, keys);
	value_small(ld, required(ld, node, "unit"), 1, BITS_MAX, &m->unit);
	value_small(ld, required(ld, node, "address"), 1, 64, &m->address);
	m->virtual_address = m->address;
	value_small(ld, yaml_get(node, "virtual_address"), 1, 64, &m->virtual_address);
	if (value_small(ld, yaml_get(node, "page"), 1, 1u << 24, &m->page) && m->page & (m->page - 1))
		finding(ld, E_VALUE, yaml_get(node, "page"), "a page is a power of two of address units");
	m->frame = m->page;
	if (value_small(ld, yaml_get(node, "frame"), 1, 1u << 24, &m->frame) && (m->frame & (m->frame - 1) || m->frame < m->page))
		finding(ld, E_VALUE, yaml_get(node, "frame"), "a frame is a power of two of address units, and no smaller than a page");
	if (yaml_get(node, "endian"))
		m->big_endian = value_word(ld, yaml_get(node, "endian"), endians) == 1;
	if (yaml_get(node, "alignment"))
		m->natural = value_word(ld, yaml_get(node, "alignment"), alignments) == 1;
	misaligned = value_map(ld, yaml_get(node, "misaligned"));
	if (misaligned) {
		static const char *const kinds[] = {"load", "store", NULL};

		only_keys(ld, misaligned, kinds);
		m->misaligned_load = known_cause(ld, yaml_get(misaligned, "load"));
		m->misaligned_store = known_cause(ld, yaml_get(misaligned, "store"));
	}
	if (m->natural && !misaligned)
		finding(ld, E_MISSING, node, "alignment: natural needs misaligned: {load: Cause, store: Cause}");
}

static void load_fetch(struct loader *ld, struct yaml *root)
{
	static const char *const keys[] = {"parcel", "first", "instead", NULL}, *const ends[] = {"left", "right", NULL};
	static const char *const numberings[] = {"lsb0", "msb0", NULL};
	struct isa *isa = ld->isa;
	struct yaml *node = value_map(ld, yaml_get(root, "fetch"));

	isa->parcel = isa->memory.unit;
	if (node) {
		only_keys(ld, node, keys);
		value_small(ld, yaml_get(node, "parcel"), 1, BITS_MAX, &isa->parcel);
		if (yaml_get(node, "first"))
			isa->first_right = value_word(ld, yaml_get(node, "first"), ends) == 1;
		if (isa->parcel % isa->memory.unit)
			finding(ld, E_VALUE, node, "a parcel is a multiple of the memory unit, %u bits", isa->memory.unit);
	}
	if (yaml_get(root, "bit_numbering"))
		isa->msb0 = value_word(ld, yaml_get(root, "bit_numbering"), numberings) == 1;
}

void load_names(struct loader *ld, struct yaml *root)
{
	load_constants(ld, root);
	load_levels(ld, root);
	load_causes(ld, root);
	load_enums(ld, root);
	ld->isa->types = value_map(ld, yaml_get(root, "types"));
	load_spaces(ld, root);
	load_memory(ld, root);
	load_fetch(ld, root);
}

static void load_head(struct loader *ld, struct yaml *root)
{
	static const char *const keys[] = {
		"kind", "name", "long_name", "description", "source", "omits", "include", "bit_numbering", "fetch", "levels", "memory",
		"causes", "enums", "constants", "types", "spaces", "state", "inputs", "invariants", "functions", "translate(",
		"trap_target(", "trap_entry(", "traps", "decoders", "prefixes", "instructions", "scenarios", "expect", "of", "remove",
		"platform", "composition", "monitor", "patch", "words", "bits", "undecoded(", "interrupt(", "wakes(", "tick(", "quiet(", "tests", NULL};
	static const char *const texts[] = {"before", "test", "after", "build", NULL};
	struct isa *isa = ld->isa;
	struct yaml *name = required(ld, root, "name");

	only_keys(ld, root, keys);
	isa->tests = value_map(ld, yaml_get(root, "tests"));
	for (const char *const *t = texts; isa->tests && *t; t++)
		value_text(ld, required(ld, isa->tests, *t), "text of a test program");
	if (isa->tests)
		only_keys(ld, isa->tests, texts);
	isa->name = name && value_text(ld, name, "the name") && value_name(ld, name) ? name->text : "";
	isa->long_name = value_text(ld, yaml_get(root, "long_name"), "long_name");
	isa->description = value_text(ld, yaml_get(root, "description"), "description");
	isa->source = value_text(ld, yaml_get(root, "source"), "source");
	isa->omits = value_texts(ld, yaml_get(root, "omits"), &isa->omit_count);
}

static struct isa *load(struct arena *arena, const char *path, const char *const overlays[], struct diags *diags)
{
	struct loader ld = {.isa = ARENA_NEW(arena, struct isa), .arena = arena, .diags = diags};
	struct yaml *root = load_document(&ld, path, overlays);

	if (!root)
		return NULL;
	ld.isa->arena = arena;
	ld.isa->path = arena_printf(arena, "%s", path);
	ld.isa->root = root;
	load_head(&ld, root);
	load_names(&ld, root);
	if (diag_errors(diags)) /* what follows would only repeat it */
		return NULL;
	load_state(&ld, root);
	load_platform(&ld, root);
	load_instructions(&ld, root);
	load_scenarios(&ld, root);
	load_expectations(&ld, root);
	if (ld.isa->component_count && !diag_errors(diags))
		lower_all(ld.isa, diags);
	if (!diag_errors(diags))
		load_assembly(&ld);
	if (!diag_errors(diags))
		load_mnemonics(&ld);
	return diag_errors(diags) ? NULL : ld.isa;
}

struct isa *isa_load(struct arena *arena, const char *path, const char *overlay, struct diags *diags)
{
	struct isa *isa = load(arena, path, (const char *const[]){overlay, NULL}, diags);

	if (isa)
		isa->overlay = overlay ? arena_printf(arena, "%s", overlay) : NULL;
	return isa;
}

struct isa *isa_vary(struct arena *arena, const struct isa *isa, const char *path, struct diags *diags)
{
	return isa->overlay ? load(arena, isa->path, (const char *const[]){isa->overlay, path, NULL}, diags) : isa_load(arena, isa->path, path, diags);
}
