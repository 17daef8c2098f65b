#include "recording.h"

#include <string.h>

json_t *recording_state(const json_t *recording, const char *machine, size_t at)
{
	json_t *state = json_copy(json_object_get(json_object_get(recording, "start"), machine));
	const json_t *step;
	size_t n;

	json_array_foreach(json_object_get(recording, "steps"), n, step) {
		if (n > at)
			break;
		json_object_update(state, json_object_get(json_object_get(step, machine), "changes"));
	}
	return state;
}

static const json_t *component_of(const json_t *recording, const char *name)
{
	size_t length = strcspn(name, "["), n;
	const json_t *c;

	json_array_foreach(json_object_get(recording, "components"), n, c)
		if (strlen(text_of(c, "name")) == length && !strncmp(text_of(c, "name"), name, length))
			return c;
	return NULL;
}

const char *recording_role(const json_t *recording, const char *name)
{
	const json_t *c = component_of(recording, name);

	return c ? text_of(c, "role") : "general";
}

const char *recording_relation(const json_t *recording, const char *name)
{
	const json_t *c = component_of(recording, name);

	return c ? text_of(c, "map") : "equal";
}

static void add_changed(const json_t *recording, json_t *set)
{
	static const char *const machines[] = {"bare", "virtual", "real"};
	const json_t *step;
	const char *key;
	json_t *value;
	size_t n;

	json_array_foreach(json_object_get(recording, "steps"), n, step)
		for (unsigned m = 0; m < 3; m++)
			json_object_foreach(json_object_get(json_object_get(step, machines[m]), "changes"), key, value)
				if (strncmp(key, "memory[", 7))
					json_object_set_new(set, key, json_true());
}

/* In the order of the description, elements of a file as they came. */
static void add_role(const json_t *recording, json_t *changed, const char *role, json_t *list)
{
	const json_t *c;
	const char *key;
	json_t *value;
	size_t n;

	json_array_foreach(json_object_get(recording, "components"), n, c) {
		if (strcmp(text_of(c, "role"), role))
			continue;
		json_object_foreach(changed, key, value)
			if (component_of(recording, key) == c)
				json_array_append_new(list, json_string(key));
	}
}

json_t *recording_names(const json_t *recording)
{
	static const char *const roles[] = {"mode", "pc", "relocation", "control", "timing", "device", "processor", "general"};
	json_t *changed = json_object(), *list = json_array();

	json_object_set_new(changed, text_of(recording, "mode"), json_true());
	add_changed(recording, changed);
	for (unsigned r = 0; r < sizeof roles / sizeof *roles; r++)
		add_role(recording, changed, roles[r], list);
	json_decref(changed);
	return list;
}

bool recording_passes(const json_t *step, const char *part)
{
	const json_t *p;
	size_t n;

	json_array_foreach(json_object_get(step, "path"), n, p)
		if (!strcmp(text_of(p, "part"), part))
			return true;
	return false;
}

size_t recording_difference(const json_t *recording)
{
	const json_t *step;
	size_t n;

	json_array_foreach(json_object_get(recording, "steps"), n, step)
		if (json_array_size(json_object_get(step, "differs")))
			return n + 1;
	return 0;
}
