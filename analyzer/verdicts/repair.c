/* From squares that break to a repair: the smallest sets of instructions (or variants) that must trap, as an overlay, and what else could be done. */
#include "analysis.h"

#include <stdlib.h>
#include <string.h>

static const char *text(const json_t *o, const char *key)
{
	const char *t = json_string_value(json_object_get(o, key));

	return t ? t : "";
}

static bool is(const json_t *o, const char *key, const char *word)
{
	return !strcmp(text(o, key), word);
}

static bool breaks(const json_t *square)
{
	return is(square, "verdict", "refuted");
}

/* --- what traps by itself, for patches --- */

/* All squares of the instruction are vacuous: it traps to the monitor at every real level. */
static bool always_traps(const json_t *squares, const char *name)
{
	bool any = false;
	json_t *row;
	size_t n;

	json_array_foreach(squares, n, row) {
		if (!is(row, "instruction", name))
			continue;
		if (!is(row, "verdict", "vacuous") || !is(row, "transparency", "proved"))
			return false;
		any = true;
	}
	return any;
}

/* Operands in the stream would take more than the instruction's own units. */
static bool is_plain(const struct instruction *i)
{
	return !i->operand_count && i->length;
}

static const struct instruction *shortest_trap(const struct isa *isa, const json_t *squares)
{
	const struct instruction *best = NULL;

	for (const struct instruction *i = isa->instructions; i; i = i->next)
		if (is_plain(i) && (!best || i->length < best->length) && always_traps(squares, i->name))
			best = i;
	return best;
}

static json_t *patch_json(const struct isa *isa, const struct instruction *trap, const struct instruction *i)
{
	unsigned parcel = isa->parcel / isa->memory.unit;
	bool by_trap = trap && trap->length <= i->length, by_nothing = isa->undecoded && parcel <= i->length;

	return json_pack("{s:b, s:s, s:i, s:i}", "possible", by_trap || by_nothing, "by",
			 by_trap ? trap->name : by_nothing ? "an encoding that no instruction has" : "", "length",
			 by_trap ? (int)trap->length : (int)parcel, "room", (int)i->length);
}

/* --- which instructions, at which real levels --- */

/* Values of the variant that break at this real level, as text; "" for all. */
static void add_values(json_t *levels, const json_t *row)
{
	const char *level = text(row, "real_level");
	json_t *values = json_object_get(levels, level);

	if (!values) {
		values = json_array();
		json_object_set_new(levels, level, values);
	}
	if (*text(row, "values"))
		json_array_append(values, json_object_get(row, "values"));
}

static json_t *broken_levels(const json_t *squares, const char *name)
{
	json_t *levels = json_object(), *row;
	size_t n;

	json_array_foreach(squares, n, row)
		if (is(row, "instruction", name) && breaks(row))
			add_values(levels, row);
	return levels;
}

/* --- the overlay --- */

static const struct cause *privileged_cause(const struct isa *isa)
{
	for (unsigned i = 0; i < isa->cause_count; i++)
		if (isa->causes[i].privileged)
			return &isa->causes[i];
	return NULL;
}

/* Ranges as ranges_print writes them (0x1, 0x5-0x7): a condition on the variable. */
static void write_ranges(struct buf *b, const char *variable, const char *ranges)
{
	char *copy = strdup(ranges), *next, *first = copy;

	for (char *r = copy; r && *r; r = next) {
		char *dash;

		next = strstr(r, ", ");
		if (next) {
			*next = 0;
			next += 2;
		}
		dash = strchr(r, '-');
		if (dash)
			*dash = 0;
		buf_printf(b, r == first ? "" : " || ");
		if (dash)
			buf_printf(b, "(%s >= %s && %s <= %s)", variable, r, variable, dash + 1);
		else
			buf_printf(b, "%s == %s", variable, r);
	}
	free(copy);
}

static void write_check(struct buf *b, const struct isa *isa, const struct instruction *i, const char *level, const json_t *values)
{
	const json_t *v;
	size_t n;

	buf_printf(b, "      if (mode() == %s::%s", isa->level_enum->name, level);
	json_array_foreach(values, n, v) {
		buf_puts(b, n ? " || " : " && (");
		write_ranges(b, i->variants[0], json_string_value(v));
	}
	buf_printf(b, "%s) { raise(%s::%s); }\n", json_array_size(values) ? ")" : "", isa->cause_enum->name, privileged_cause(isa)->name);
}

static void write_operation(struct buf *b, const struct instruction *i)
{
	const char *body = i->operation->origin->text;

	for (const char *line = body; *line;) {
		size_t n = strcspn(line, "\n");

		buf_printf(b, "      %.*s\n", (int)n, line);
		line += n + (line[n] == '\n');
	}
}

static void write_instruction(struct buf *b, const struct isa *isa, const struct instruction *i, const json_t *levels)
{
	const char *level;
	const json_t *values;

	buf_printf(b, "  %s:\n    operation(): |\n", i->name);
	json_object_foreach((json_t *)levels, level, values)
		write_check(b, isa, i, level, values);
	write_operation(b, i);
}

/* The host's values that the scenario does not have by itself. */
static void write_settings(struct buf *b, const char *scenario, const json_t *settings)
{
	const json_t *s;
	size_t n;

	if (!json_array_size(settings))
		return;
	buf_printf(b, "scenarios:\n  %s:\n    host: {", scenario);
	json_array_foreach(settings, n, s)
		buf_printf(b, "%s%s: %s", n ? ", " : "", text(s, "field"), text(s, "value"));
	buf_puts(b, "}\n");
}

char *settings_overlay(const struct isa *isa, const struct scenario *s, const json_t *settings)
{
	struct buf b = {0};
	char *overlay;

	buf_printf(&b, "kind: variation\nname: %s-set\nof: %s\n", isa->name, isa->name);
	write_settings(&b, s->name, settings);
	overlay = strdup(buf_text(&b));
	buf_free(&b);
	return overlay;
}

/* The whole overlay; NULL if the description names no privileged-operation trap. */
static json_t *overlay_json(const struct isa *isa, const char *scenario, const json_t *settings, const json_t *needed)
{
	struct buf b = {0};
	const char *name;
	const json_t *levels;
	json_t *o;

	if (!privileged_cause(isa) || !json_object_size(needed))
		return json_null();
	buf_printf(&b, "# isolde advise %s, scenario %s: what must trap so that every square commutes.\n", isa->path, scenario);
	buf_printf(&b, "kind: variation\nname: %s-repaired\nof: %s\n", isa->name, isa->name);
	write_settings(&b, scenario, settings);
	buf_puts(&b, "instructions:\n");
	json_object_foreach((json_t *)needed, name, levels)
		write_instruction(&b, isa, isa_instruction(isa, name), levels);
	o = json_string(buf_text(&b));
	buf_free(&b);
	return o;
}

/* --- what else could be done --- */

/* The machines differ in what the instruction reads: hardware could answer with the virtual value. */
static bool only_reads(const json_t *square)
{
	json_t *d;
	size_t n;

	json_array_foreach(json_object_get(square, "differences"), n, d)
		if (strncmp(text(d, "how"), "other in", 8))
			return false;
	return json_array_size(json_object_get(square, "differences")) > 0;
}

/* Control fields in which the witness's two states differ. */
static json_t *fields_read(const struct isa *isa, const json_t *square)
{
	const json_t *runs = json_object_get(json_object_get(square, "witness"), "runs");
	json_t *list = json_array(), *value;
	const char *name;

	json_object_foreach(json_object_get(json_array_get(runs, 0), "before"), name, value) {
		const struct component *c = isa_component(isa, name);

		if (c && (c->role == ROLE_CONTROL || c->role == ROLE_RELOCATION || c->role == ROLE_MODE))
			json_array_append_new(list, json_string(name));
	}
	return list;
}

static const json_t *first_broken(const json_t *squares, const char *name)
{
	json_t *row;
	size_t n;

	json_array_foreach(squares, n, row)
		if (is(row, "instruction", name) && breaks(row))
			return row;
	return NULL;
}

static json_t *choice(const char *what, bool possible, const char *cost)
{
	return json_pack("{s:s, s:b, s:s}", "what", what, "possible", possible, "cost", cost);
}

static bool user_square_breaks(const json_t *scenario, const char *name)
{
	json_t *row, *level;
	size_t n, k;

	json_array_foreach(json_object_get(scenario, "squares"), n, row)
		json_array_foreach(json_object_get(scenario, "levels"), k, level)
			if (is(row, "instruction", name) && breaks(row) && is(level, "level", text(row, "level")) &&
			    !json_is_true(json_object_get(level, "deprivileged")))
				return true;
	return false;
}

static json_t *alternatives(const struct isa *isa, const struct scenario *s, const json_t *scenario, const struct instruction *i, json_t *patch)
{
	const json_t *square = first_broken(json_object_get(scenario, "squares"), i->name);
	json_t *list = json_array();

	json_array_append_new(list, choice("make it trap", privileged_cause(isa), "hardware changes; a trap at each execution"));
	json_array_append_new(list, choice("answer with a substitute", only_reads(square),
					   "hardware changes: a register that the monitor fills with the virtual value; no trap"));
	json_array_append_new(list, choice("take the field away", json_array_size(json_object_get(square, "witness")) || only_reads(square),
					   "hardware and programs change: the instruction no longer tells (or changes) it at the lower level"));
	json_array_append_new(list, choice("patch the program", json_is_true(json_object_get(patch, "possible")),
					   "no hardware changes; images are scanned when they are loaded; a trap at each execution"));
	json_array_append_new(list, choice("interpret", !user_square_breaks(scenario, i->name),
					   "no hardware changes: a hybrid monitor interprets all of the levels that are taken away"));
	json_array_append_new(list, choice("paravirtualize", s->hypercall != NULL, "the guest's source changes: it calls the monitor instead"));
	return list;
}

/* --- the result --- */

static json_t *instruction_json(const struct isa *isa, const struct scenario *s, const json_t *scenario, const char *name, json_t *levels,
				const struct instruction *trap)
{
	const json_t *squares = json_object_get(scenario, "squares"), *square = first_broken(squares, name);
	const struct instruction *i = isa_instruction(isa, name);
	json_t *patch = patch_json(isa, trap, i);

	return json_pack("{s:s, s:O, s:O, s:O?, s:o, s:o, s:o}", "instruction", name, "levels", levels, "differences",
			 json_object_get(square, "differences"), "witness", json_object_get(square, "witness"), "fields", fields_read(isa, square),
			 "alternatives", alternatives(isa, s, scenario, i, patch), "patch", patch);
}

/* The value that the scenario itself gives the field; false: none. */
static bool set_already(const struct isa *isa, const struct scenario *s, const char *field, const char *value)
{
	char own[BITS_TEXT];

	for (unsigned i = 0; i < s->host_count; i++)
		if (!strcmp(isa->components[s->host[i].component].name, field))
			return !strcmp(bits_hex(s->host[i].value, own), value);
	return false;
}

json_t *settings_to_apply(const struct isa *isa, const struct scenario *s, const json_t *host)
{
	json_t *list = json_array(), *group, *f;
	size_t n, k;

	json_array_foreach(json_object_get(host, "settings"), n, group)
		if (!json_is_true(json_object_get(group, "only_for_processor")))
			json_array_foreach(json_array_get(json_object_get(group, "alternatives"), 0), k, f)
				if (!set_already(isa, s, text(f, "field"), text(f, "value")))
					json_array_append(list, f);
	return list;
}

json_t *repair_json(const struct isa *isa, const struct scenario *s, const json_t *scenario, const json_t *settings)
{
	const json_t *squares = json_object_get(scenario, "squares");
	const struct instruction *trap = shortest_trap(isa, squares);
	json_t *o = json_object(), *needed = json_object(), *list = json_array(), *levels;
	const char *name;

	for (const struct instruction *i = isa->instructions; i; i = i->next) {
		levels = broken_levels(squares, i->name);
		if (json_object_size(levels))
			json_object_set(needed, i->name, levels);
		json_decref(levels);
	}
	json_object_foreach(needed, name, levels)
		json_array_append_new(list, instruction_json(isa, s, scenario, name, levels, trap));
	json_object_set_new(o, "must_trap", list);
	json_object_set_new(o, "overlay", overlay_json(isa, s->name, settings, needed));
	json_object_set_new(o, "trapping_encoding", trap ? json_string(trap->name) : json_null());
	json_decref(needed);
	return o;
}
