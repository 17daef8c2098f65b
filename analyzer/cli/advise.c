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

/* What the theorem says of the repaired description; NULL after a message. */
static json_t *prove_again(const struct arguments *a, const char *overlay, const char *scenario)
{
	struct arguments with = *a;
	struct arena *arena = arena_new();
	const struct scenario *s = NULL;
	json_t *result = NULL, *verdict = NULL;
	struct isa *isa;
	int status;

	with.overlay = overlay;
	with.scenario = scenario;
	isa = load_spec(arena, &with, a->words[0], NULL);
	if (isa && find_scenario(isa, &with, &s))
		result = prove_all(isa, &with, s, &status);
	if (result)
		verdict = json_incref(json_object_get(json_object_get(json_array_get(json_object_get(result, "scenarios"), 0), "theorem"), "equivalence"));
	json_decref(result);
	arena_free(arena);
	return verdict;
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
	json_object_set_new(repair, "after", again ? again : json_null());
	if (!only_one || !a->output)
		unlink(path);
}

static json_t *advise_scenario(const struct arguments *a, const struct isa *isa, const struct scenario *s, json_t *proof, bool only_one,
			       unsigned *internal)
{
	struct options options = analysis_options(a);
	json_t *head = json_incref(named(json_object_get(proof, "scenarios"), s->name)), *o = json_object(), *repair;

	options.processor = true; /* guests are to share it; what only that needs is marked */
	options.witnesses = true;
	json_object_set_new(o, "name", json_string(s->name));
	json_object_set(o, "map", json_object_get(head, "map"));
	json_object_set(o, "monitor_level", json_object_get(head, "monitor_level"));
	json_object_set(o, "equivalence", json_object_get(json_object_get(head, "theorem"), "equivalence"));
	json_object_set_new(o, "host", settings_json(isa, s, &options, internal));
	repair = repair_json(isa, s, head);
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
