/* What a report tells about a description beyond the verdicts: state, encodings, the text of every operation. */
#include "../../emulator/engine.h"
#include "cli.h"

#include <stdlib.h>
#include <string.h>

static void set_text(json_t *o, const char *key, const char *text)
{
	if (text)
		json_object_set_new(o, key, json_string(text));
}

static void set_place(json_t *o, struct span where)
{
	size_t line, column;

	if (!where.source)
		return;
	source_position(where.source, where.offset, &line, &column);
	json_object_set_new(o, "file", json_string(where.source->path));
	json_object_set_new(o, "line", json_integer((json_int_t)line));
}

static json_t *hexadecimal(u128 value)
{
	char text[BITS_TEXT];

	return json_string(bits_hex(value, text));
}

/* [[low, width], …], most significant piece first. */
static json_t *pieces(const struct location *l)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < l->count; i++)
		json_array_append_new(list, json_pack("[i,i]", (int)l->pieces[i].low, (int)l->pieces[i].width));
	return list;
}

/* --- state --- */

static const char *yaml_text(const struct yaml *node, const char *key)
{
	struct yaml *text = node && node->kind == YAML_MAP ? yaml_peek(node, key) : NULL;

	return text && text->kind == YAML_SCALAR ? text->text : NULL;
}

/* Where the description speaks of the component: its field, or its register. */
static const struct yaml *component_node(const struct isa *isa, unsigned number)
{
	for (const struct reg *r = isa->registers; r; r = r->next) {
		if (r->component == (int)number)
			return r->node;
		for (unsigned f = 0; f < r->field_count; f++)
			if (r->fields[f].component == number && !r->view)
				return r->fields[f].node;
	}
	return NULL;
}

static json_t *users(const struct isa *isa, const bool *const *uses, unsigned component)
{
	json_t *list = json_array();
	unsigned n = 0;

	for (const struct instruction *i = isa->instructions; i; i = i->next, n++)
		if (uses[n][component])
			json_array_append_new(list, json_string(i->name));
	return list;
}

static json_t *component_json(const struct isa *isa, unsigned number)
{
	const struct component *c = &isa->components[number];
	json_t *o = json_object();

	set_text(o, "name", c->name);
	set_text(o, "role", role_name(c->role));
	json_object_set_new(o, "width", json_integer(c->width));
	json_object_set_new(o, "count", json_integer(c->count));
	json_object_set_new(o, "reset", hexadecimal(c->reset));
	set_text(o, "description", yaml_text(component_node(isa, number), "description"));
	set_place(o, c->where);
	return o;
}

static json_t *register_json(const struct isa *isa, const struct reg *r)
{
	json_t *o = json_object(), *fields = json_array();

	set_text(o, "name", r->name);
	json_object_set_new(o, "width", json_integer(r->width));
	json_object_set_new(o, "count", json_integer(r->count));
	json_object_set_new(o, "view", json_boolean(r->view));
	if (r->component >= 0)
		set_text(o, "component", isa->components[r->component].name);
	for (unsigned f = 0; f < r->field_count; f++)
		json_array_append_new(fields, json_pack("{s:s, s:s, s:o}", "name", r->fields[f].name, "component",
							isa->components[r->fields[f].component].name, "pieces", pieces(&r->fields[f].location)));
	json_object_set_new(o, "fields", fields);
	return o;
}

/* --- instructions --- */

static json_t *variables_json(const struct instruction *i)
{
	json_t *list = json_array();

	for (unsigned v = 0; v < i->variable_count; v++) {
		const struct variable *x = &i->variables[v];

		if (!x->is_prefix && !x->is_operand)
			json_array_append_new(list, json_pack("{s:s, s:o, s:i, s:b}", "name", x->name, "pieces", pieces(&x->location),
							      "shift", (int)x->left_shift, "signed", x->sign_extend));
	}
	return list;
}

static json_t *names_used(const struct isa *isa, const bool *uses)
{
	json_t *list = json_array();

	for (unsigned c = 0; c < isa->component_count; c++)
		if (uses[c])
			json_array_append_new(list, json_string(isa->components[c].name));
	return list;
}

static json_t *instruction_json(const struct isa *isa, const struct instruction *i, const bool *reads, const bool *writes)
{
	json_t *o = json_object();

	set_text(o, "name", i->name);
	set_text(o, "long_name", i->long_name);
	set_text(o, "description", i->description);
	set_text(o, "source", i->source);
	set_text(o, "assembly", i->assembly ? i->assembly : "");
	set_text(o, "encoding", i->pattern.text);
	json_object_set_new(o, "variables", variables_json(i));
	json_object_set_new(o, "operation", operation_json(isa, i));
	json_object_set_new(o, "reads", names_used(isa, reads));
	json_object_set_new(o, "writes", names_used(isa, writes));
	set_place(o, i->where);
	return o;
}

static bool **flags(struct arena *arena, const struct isa *isa)
{
	bool **rows = ARENA_ARRAY(arena, bool *, isa->instruction_count + 1);

	for (unsigned n = 0; n < isa->instruction_count; n++)
		rows[n] = ARENA_ARRAY(arena, bool, isa->component_count + 1);
	return rows;
}

static void describe_parts(json_t *o, struct arena *arena, const struct isa *isa)
{
	bool **reads = flags(arena, isa), **writes = flags(arena, isa);
	json_t *instructions = json_array(), *components = json_array(), *registers = json_array();
	unsigned n = 0;

	for (const struct instruction *i = isa->instructions; i; i = i->next, n++) {
		ir_uses(isa, i->operation, reads[n], writes[n]);
		json_array_append_new(instructions, instruction_json(isa, i, reads[n], writes[n]));
	}
	for (unsigned c = 0; c < isa->component_count; c++) {
		json_t *component = component_json(isa, c);

		json_object_set_new(component, "read_by", users(isa, (const bool *const *)reads, c));
		json_object_set_new(component, "written_by", users(isa, (const bool *const *)writes, c));
		json_array_append_new(components, component);
	}
	for (const struct reg *r = isa->registers; r; r = r->next)
		json_array_append_new(registers, register_json(isa, r));
	json_object_set_new(o, "components", components);
	json_object_set_new(o, "registers", registers);
	json_object_set_new(o, "instructions", instructions);
}

json_t *describe(const struct isa *isa)
{
	struct arena *arena = arena_new();
	json_t *o = json_object(), *levels = json_array(), *omits = json_array();

	set_text(o, "description", isa->description);
	set_text(o, "source", isa->source);
	for (unsigned i = 0; i < isa->omit_count; i++)
		json_array_append_new(omits, json_string(isa->omits[i]));
	for (unsigned i = 0; i < isa->level_count; i++)
		json_array_append_new(levels, json_string(isa->levels[i].name));
	json_object_set_new(o, "omits", omits);
	json_object_set_new(o, "levels", levels);
	set_text(o, "mode", isa->components[isa->mode].name);
	json_object_set_new(o, "most_significant_is_0", json_boolean(isa->msb0));
	describe_parts(o, arena, isa);
	arena_free(arena);
	return o;
}
