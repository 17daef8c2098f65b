#include "html.h"

#include <string.h>

static const json_t *named(const json_t *list, const char *name)
{
	const json_t *item;
	size_t n;

	json_array_foreach(list, n, item)
		if (!strcmp(text_of(item, "name"), name))
			return item;
	return NULL;
}

const json_t *book_instruction(const json_t *book, const char *name)
{
	return named(json_object_get(json_object_get(book, "machine"), "instructions"), name);
}

const json_t *book_component(const json_t *book, const char *name)
{
	return named(json_object_get(json_object_get(book, "machine"), "components"), name);
}

const json_t *book_row(const json_t *scenario, const char *profile, const char *name)
{
	return named(json_object_get(profile_of(scenario, profile), "instructions"), name);
}

const char *book_role(const json_t *book, const char *name)
{
	size_t n = strcspn(name, "[");
	char plain[128];
	const json_t *c;

	if (n >= sizeof plain)
		return "general";
	memcpy(plain, name, n);
	plain[n] = '\0';
	c = book_component(book, plain);
	return c ? text_of(c, "role") : !strcmp(plain, "port") ? "device" : "general";
}

static bool is_finding(const json_t *o)
{
	const char *id = text_of(o, "id");

	return !strcmp(text_of(o, "verdict"), "refuted") && strcmp(id, "traps") && strcmp(id, "privileged") && json_object_get(o, "witness");
}

static void part_levels(const char *mode, const json_t *part, json_t *set)
{
	const json_t *o;
	size_t n;

	json_array_foreach(json_object_get(part, "obligations"), n, o) {
		const json_t *w = json_object_get(o, "witness"), *run = json_array_get(json_object_get(w, "runs"), 0);
		const char *level = text_of(json_object_get(w, "state"), mode);

		if (!*level)
			level = text_of(json_object_get(run, "before"), mode);
		if (is_finding(o) && *level)
			json_object_set_new(set, level, json_true());
	}
}

void row_levels(const json_t *book, const json_t *row, json_t *set)
{
	const char *mode = text_of(json_object_get(book, "machine"), "mode");
	const json_t *v;
	size_t n;

	part_levels(mode, row, set);
	json_array_foreach(json_object_get(row, "variants"), n, v)
		part_levels(mode, v, set);
}

static void add_fields(const json_t *book, const json_t *state, json_t *set)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)state, key, value) {
		const char *role = book_role(book, key);

		if (strcmp(role, "general") && strcmp(role, "pc") && strcmp(role, "mode"))
			json_object_set_new(set, key, json_true());
	}
}

static void part_fields(const json_t *book, const json_t *part, json_t *set)
{
	const json_t *o, *run;
	size_t n, m;

	json_array_foreach(json_object_get(part, "obligations"), n, o) {
		if (!is_finding(o))
			continue;
		json_array_foreach(json_object_get(json_object_get(o, "witness"), "runs"), m, run) {
			add_fields(book, json_object_get(run, "before"), set);
			add_fields(book, json_object_get(run, "changes"), set);
		}
	}
}

void row_fields(const json_t *book, const json_t *row, json_t *set)
{
	const json_t *v;
	size_t n;

	part_fields(book, row, set);
	json_array_foreach(json_object_get(row, "variants"), n, v)
		part_fields(book, v, set);
}

int book_rank(const json_t *book, const char *name)
{
	const json_t *s, *row;
	int least = 5;
	size_t n;

	json_array_foreach(json_object_get(json_object_get(book, "check"), "scenarios"), n, s)
		if ((row = book_row(s, "extended", name)) && class_rank(row) < least)
			least = class_rank(row);
	return least;
}

static const json_t *refuted_in(const json_t *part, const char *id)
{
	const json_t *o;
	size_t n;

	json_array_foreach(json_object_get(part, "obligations"), n, o)
		if (!strcmp(text_of(o, "id"), id) && !strcmp(text_of(o, "verdict"), "refuted"))
			return o;
	return NULL;
}

const json_t *row_refuted(const json_t *row, const char *id)
{
	const json_t *found = refuted_in(row, id), *v;
	size_t n;

	json_array_foreach(json_object_get(row, "variants"), n, v)
		if (!found)
			found = refuted_in(v, id);
	return found;
}

const json_t *book_proof(const json_t *book, const json_t *scenario)
{
	return named(json_object_get(json_object_get(book, "prove"), "scenarios"), text_of(scenario, "name"));
}

const json_t *book_square(const json_t *book, const json_t *scenario, const char *name, const json_t *part, const char *verdict)
{
	const json_t *square;
	size_t n;

	json_array_foreach(json_object_get(book_proof(book, scenario), "squares"), n, square)
		if (!strcmp(text_of(square, "instruction"), name) && !strcmp(text_of(square, "verdict"), verdict) &&
		    (!*text_of(part, "variable") || !strcmp(text_of(square, "values"), text_of(part, "values"))))
			return square;
	return NULL;
}

const json_t *book_theorem(const json_t *book, const json_t *scenario)
{
	return json_object_get(book_proof(book, scenario), "theorem");
}

const char *book_equivalence(const json_t *book, const json_t *scenario)
{
	return text_of(json_object_get(book_theorem(book, scenario), "equivalence"), "verdict");
}
