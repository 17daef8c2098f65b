/* isolde advise: from verdict to design. */
#include "cli.h"

#include "../../reports/report.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static json_t *named(json_t *list, const char *name)
{
	json_t *item;
	size_t n;

	json_array_foreach(list, n, item)
		if (!strcmp(json_string_value(json_object_get(item, "name")), name))
			return item;
	return NULL;
}

/* Writes the overlay to `path`, or to a file of its own whose name is in `path` then. */
static bool write_overlay(const char *overlay, char *path, size_t room, const char *wanted)
{
	FILE *out;
	bool written;
	int fd = -1;

	if (wanted) {
		snprintf(path, room, "%s", wanted);
		out = fopen(path, "w");
	} else {
		snprintf(path, room, "/tmp/isolde-repair-XXXXXX");
		fd = mkstemp(path);
		out = fd < 0 ? NULL : fdopen(fd, "w");
	}
	written = out && fputs(overlay, out) >= 0;
	if (!out || fclose(out) || !written) {
		perror(path);
		return false;
	}
	return true;
}

/* What is proved of the scenario with an overlay: its part of prove_result. NULL after a message. */
static json_t *prove_again(const struct arguments *a, const char *overlay, const char *scenario)
{
	struct arguments with = *a;
	struct arena *arena = arena_new();
	const struct scenario *s = NULL;
	json_t *result = NULL, *head = NULL;
	struct isa *isa;
	int status;

	with.overlay = overlay;
	with.scenario = scenario;
	isa = load_spec(arena, &with, a->words[0], NULL);
	if (isa && find_scenario(isa, &with, &s))
		result = prove_all(isa, &with, s, &status);
	if (result)
		head = json_incref(json_array_get(json_object_get(result, "scenarios"), 0));
	json_decref(result);
	arena_free(arena);
	return head;
}

static json_t *equivalence_of(const json_t *head)
{
	return json_object_get(json_object_get(head, "theorem"), "equivalence");
}

/* The scenario as it is proved with the settings that were found. NULL after a message. */
static json_t *prove_with(const struct arguments *a, const struct isa *isa, const struct scenario *s, const json_t *settings)
{
	char path[4096], *overlay = settings_overlay(isa, s, settings);
	json_t *head = NULL;

	if (write_overlay(overlay, path, sizeof path, NULL)) {
		head = prove_again(a, path, s->name);
		unlink(path);
	}
	free(overlay);
	return head;
}

/* An overlay is shown with what was proved of it. */
static void check_repair(const struct arguments *a, json_t *repair, const char *scenario, bool only_one)
{
	const char *overlay = json_string_value(json_object_get(repair, "overlay"));
	char path[4096];
	json_t *again;

	if (!overlay || !write_overlay(overlay, path, sizeof path, only_one ? a->output : NULL))
		return;
	again = prove_again(a, path, scenario);
	json_object_set(repair, "after", again ? equivalence_of(again) : json_null());
	json_decref(again);
	if (!only_one || !a->output)
		unlink(path);
}

/* The repair is made for the scenario with the settings that were found: they cost nothing. */
static json_t *repair_of(const struct arguments *a, const struct isa *isa, const struct scenario *s, const json_t *head, const json_t *host)
{
	json_t *settings = settings_to_apply(isa, s, host), *set = json_array_size(settings) ? prove_with(a, isa, s, settings) : NULL, *repair;

	if (json_array_size(settings) && !set) /* it could not be tried: as it stands */
		json_array_clear(settings);
	repair = repair_json(isa, s, set ? set : head, settings);
	json_object_set_new(repair, "settings", settings);
	if (set)
		json_object_set(repair, "before", equivalence_of(set));
	json_decref(set);
	return repair;
}

static json_t *advise_scenario(const struct arguments *a, const struct isa *isa, const struct scenario *s, json_t *proof, bool only_one,
			       unsigned *internal)
{
	struct options options = analysis_options(a);
	json_t *head = json_incref(named(json_object_get(proof, "scenarios"), s->name)), *o = json_object(), *host, *repair;

	options.processor = true; /* guests are to share it; what only that needs is marked */
	options.witnesses = true;
	json_object_set_new(o, "name", json_string(s->name));
	json_object_set(o, "map", json_object_get(head, "map"));
	json_object_set(o, "monitor_level", json_object_get(head, "monitor_level"));
	json_object_set(o, "equivalence", equivalence_of(head));
	host = settings_json(isa, s, &options, internal);
	json_object_set_new(o, "host", host);
	repair = repair_of(a, isa, s, head, host);
	check_repair(a, repair, s->name, only_one);
	json_object_set_new(o, "repair", repair);
	json_decref(head);
	return o;
}

static json_t *advise(const struct arguments *a, const struct isa *isa, const struct scenario *only, unsigned *internal)
{
	int status;
	json_t *proof = prove_all(isa, a, only, &status), *result, *list;

	if (!proof)
		return NULL;
	result = json_object();
	list = json_array();
	json_object_set(result, "isa", json_object_get(proof, "isa"));
	json_object_set(result, "file", json_object_get(proof, "file"));
	for (const struct scenario *s = isa->scenarios; s; s = s->next)
		if (!only || only == s)
			json_array_append_new(list, advise_scenario(a, isa, s, proof, only || !isa->scenarios->next, internal));
	json_object_set_new(result, "scenarios", list);
	json_decref(proof);
	return result;
}

json_t *advise_all(const struct isa *isa, const struct arguments *a, const struct scenario *scenario)
{
	struct arguments quiet = *a;
	unsigned internal = 0;
	json_t *result;

	quiet.output = NULL; /* of the report */
	result = advise(&quiet, isa, scenario, &internal);
	if (internal)
		fputs("isolde: internal error: a witness did not replay\n", stderr);
	return result;
}

int command_advise(const struct arguments *a)
{
	struct arena *arena = arena_new();
	const struct isa *isa = load_spec(arena, a, a->words[0], NULL);
	const struct scenario *only;
	unsigned internal = 0;
	json_t *result = NULL;
	int status = isa ? EXIT_USAGE : EXIT_INPUT;

	if (isa && find_scenario(isa, a, &only)) {
		result = advise(a, isa, only, &internal);
		status = EXIT_INTERNAL;
	}
	if (result) {
		struct report_style style = {use_colour(stdout), NULL, NULL, a->all, a->quiet};

		if (!strcmp(a->format, "json"))
			report_json(result, stdout);
		else
			report_advise_text(result, &style, stdout);
		status = internal ? EXIT_INTERNAL : EXIT_AS_EXPECTED;
	}
	json_decref(result);
	arena_free(arena);
	return status;
}
