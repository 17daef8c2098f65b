/* isolde explain: the row of one instruction, with its text and the lines of the semantics that matter. */
#include "analysis.h"

#include <string.h>

/* A line matters if a statement on it raises, reads the mode, or reads or writes a component that is not general. */
static bool expr_matters(const struct isa *isa, const struct ir_expr *e)
{
	if (!e)
		return false;
	if (e->kind == IR_INPUT || e->kind == IR_UNKNOWN)
		return true;
	if (e->kind == IR_COMPONENT && isa->components[e->index].role != ROLE_GENERAL && isa->components[e->index].role != ROLE_PC)
		return true;
	for (unsigned i = 0; i < e->count; i++)
		if (expr_matters(isa, e->args[i]))
			return true;
	return false;
}

static bool body_matters(const struct isa *isa, const struct ir_statement *s);

static bool statement_matters(const struct isa *isa, const struct ir_statement *s)
{
	bool matters = expr_matters(isa, s->a) || expr_matters(isa, s->b) || expr_matters(isa, s->c);

	for (unsigned i = 0; i < s->arg_count; i++)
		matters = matters || expr_matters(isa, s->args[i]);
	switch (s->kind) {
	case IR_PUT:
	case IR_PUT_ELEMENT: {
		enum role role = isa->components[s->index].role;

		return matters || (role != ROLE_GENERAL && role != ROLE_PC);
	}
	case IR_RAISE:
	case IR_UNPREDICTABLE:
	case IR_LOAD_PHYSICAL:
	case IR_STORE_PHYSICAL:
	case IR_PORT_IN:
	case IR_PORT_OUT: return true;
	case IR_LOAD:
	case IR_STORE: return matters || s->b;
	case IR_CALL: return matters || body_matters(isa, s->callee->body);
	default: return matters;
	}
}

static bool body_matters(const struct isa *isa, const struct ir_statement *s)
{
	for (; s; s = s->next)
		if (statement_matters(isa, s) || body_matters(isa, s->body) || body_matters(isa, s->other))
			return true;
	return false;
}

static void mark_lines(const struct isa *isa, const struct ir_statement *s, const struct source *source, size_t first, bool *marks,
		       size_t count)
{
	for (; s; s = s->next) {
		size_t line, column;

		if (s->where.source == source && statement_matters(isa, s)) {
			source_position(source, s->where.offset, &line, &column);
			if (line >= first && line - first < count)
				marks[line - first] = true;
		}
		mark_lines(isa, s->body, source, first, marks, count);
		mark_lines(isa, s->other, source, first, marks, count);
	}
}

enum { LINES_MAX = 400 };

json_t *operation_json(const struct isa *isa, const struct instruction *i)
{
	const struct yaml *text = i->operation->origin;
	bool marks[LINES_MAX] = {0};
	json_t *lines = json_array();
	size_t first = 0, column, count = 0;
	struct span start = yaml_place(text, 0, 1);

	source_position(start.source, start.offset, &first, &column);
	for (const char *c = text->text; *c; c++)
		count += *c == '\n';
	mark_lines(isa, i->operation->body, start.source, first, marks, LINES_MAX);
	count = 0;
	for (const char *c = text->text; *c && count < LINES_MAX; count++) {
		size_t n = strcspn(c, "\n");
		json_t *line = json_object();

		json_object_set_new(line, "line", json_integer((json_int_t)(first + count)));
		json_object_set_new(line, "text", json_stringn(c, n));
		json_object_set_new(line, "matters", json_boolean(marks[count]));
		json_array_append_new(lines, line);
		c += n + (c[n] == '\n');
	}
	return lines;
}

json_t *explain_instruction(const struct isa *isa, const struct instruction *i, const struct options *options,
			    const struct scenario *only, unsigned *internal)
{
	struct solver_counts counts;
	json_t *list = json_array(), *result;

	json_array_append_new(list, classify_instruction(isa, i, options, only, internal, &counts));
	result = check_result(isa, list, options, only);
	json_decref(list);
	json_object_set_new(result, "instruction", json_string(i->name));
	if (i->long_name)
		json_object_set_new(result, "instruction_name", json_string(i->long_name));
	if (i->description)
		json_object_set_new(result, "instruction_description", json_string(i->description));
	if (i->source)
		json_object_set_new(result, "instruction_source", json_string(i->source));
	json_object_set_new(result, "assembly", json_string(i->assembly ? i->assembly : ""));
	json_object_set_new(result, "encoding", json_string(i->pattern.text));
	json_object_set_new(result, "operation", operation_json(isa, i));
	return result;
}
