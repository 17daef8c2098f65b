/* One step of a recording, for a terminal. */
#include "recording.h"
#include "report.h"

#include <string.h>

static const char *paint(const struct report_style *style, const char *code)
{
	return style->colour ? code : "";
}

static const char *value_in(const json_t *state, const char *name)
{
	const char *value = text_of(state, name);

	return *value ? value : "0x0";
}

static bool listed(const json_t *list, const char *name)
{
	const json_t *item;
	size_t n;

	json_array_foreach(list, n, item)
		if (!strcmp(json_string_value(item), name))
			return true;
	return false;
}

static bool changed(const json_t *step, const char *machine, const char *name)
{
	return json_object_get(json_object_get(json_object_get(step, machine), "changes"), name) != NULL;
}

struct row_of_states { const json_t *step, *bare, *virtual, *real; };

static void print_cell(const json_t *state, const json_t *step, const char *machine, const char *name, FILE *out)
{
	fprintf(out, " %18s%s", value_in(state, name), changed(step, machine, name) ? "*" : " ");
}

static void print_row(const json_t *recording, const struct row_of_states *r, const char *name, const struct report_style *style, FILE *out)
{
	bool differs = listed(json_object_get(r->step, "differs"), name);

	fprintf(out, "  %-14s", name);
	print_cell(r->bare, r->step, "bare", name, out);
	fputs(paint(style, differs ? "\033[1;31m" : ""), out);
	print_cell(r->virtual, r->step, "virtual", name, out);
	fprintf(out, "%s%s  %-9s", differs ? " differs" : "        ", paint(style, differs ? "\033[0m" : ""), recording_relation(recording, name));
	print_cell(r->real, r->step, "real", name, out);
	fputc('\n', out);
}

static void print_path(const json_t *step, FILE *out)
{
	const json_t *p;
	size_t n;

	json_array_foreach(json_object_get(step, "path"), n, p)
		fprintf(out, "  -> %-12s %s\n", text_of(p, "part"), text_of(p, "text"));
}

static void print_head(const json_t *recording, const json_t *step, size_t at, FILE *out)
{
	fprintf(out, "step %zu of %zu   %s %s   %s\n", at + 1, json_array_size(json_object_get(recording, "steps")), text_of(step, "pc"), text_of(step, "place"), text_of(step, "text"));
	print_path(step, out);
	if (*text_of(step, "console"))
		fprintf(out, "  console: %s\n", text_of(step, "console"));
}

static void print_states(const json_t *recording, const json_t *step, size_t at, const struct report_style *style, FILE *out)
{
	json_t *names = recording_names(recording), *bare = recording_state(recording, "bare", at), *virtual = recording_state(recording, "virtual", at),
	       *real = recording_state(recording, "real", at);
	struct row_of_states r = {step, bare, virtual, real};
	const json_t *name;
	size_t n;

	fprintf(out, "  %-14s %18s  %18s           %-9s %18s\n", "", "bare machine", "virtual machine", "map f", "real machine");
	json_array_foreach(names, n, name)
		print_row(recording, &r, json_string_value(name), style, out);
	json_decref(names);
	json_decref(bare);
	json_decref(virtual);
	json_decref(real);
}

void report_step_text(const json_t *original, size_t at, const struct report_style *style, FILE *out)
{
	json_t *recording = printable(original);
	const json_t *step = json_array_get(json_object_get(recording, "steps"), at);

	if (step) {
		print_head(recording, step, at, out);
		print_states(recording, step, at, style, out);
		fputs("  n forward, b back, t next trap, d next difference, 0 first, $ last, q leave\n\n", out);
	} else {
		fputs("nothing was executed\n", out);
	}
	json_decref(recording);
}

void report_recording_text(const json_t *recording, FILE *out)
{
	size_t steps = json_array_size(json_object_get(recording, "steps")), at = recording_difference(recording);

	fprintf(out, "%zu steps recorded%s: ", steps, is_true(json_object_get(recording, "end"), "cut") ? ", the run goes on" : "");
	if (at)
		fprintf(out, "the virtual machine differs from the bare one in step %zu\n", at);
	else
		fputs("no difference\n", out);
}

int report_recording_status(const json_t *recording)
{
	return recording_difference(recording) != 0;
}
