/* The result of `advise`, for a terminal. */
#include "common.h"

#include <stdlib.h>
#include <string.h>

static void print_breaks(const json_t *list, bool all, FILE *out)
{
	size_t n, room = all ? json_array_size(list) : 4;
	const json_t *b;

	json_array_foreach(list, n, b) {
		if (n == room)
			break;
		fprintf(out, "%s%s at %s", n ? ", " : "", text_of(b, "what"), text_of(b, "level"));
	}
	if (json_array_size(list) > room)
		fprintf(out, ", and %zu more", json_array_size(list) - room);
	fputc('\n', out);
}

static void print_alternative(const json_t *alternative, FILE *out)
{
	const json_t *f;
	size_t n;

	json_array_foreach(alternative, n, f)
		fprintf(out, "%s%s = %s", n ? " and " : "", text_of(f, "field"), text_of(f, "value"));
}

static void print_group(const json_t *group, bool all, FILE *out)
{
	const json_t *a;
	size_t n;

	fputs("    ", out);
	json_array_foreach(json_object_get(group, "alternatives"), n, a) {
		fputs(n ? ", or " : "", out);
		print_alternative(a, out);
	}
	fprintf(out, "%s\n      without it breaks, for instance: ", is_true(group, "only_for_processor") ? " (only for sharing the processor)" : "");
	print_breaks(json_object_get(group, "breaks_without"), all, out);
}

static void print_host(const json_t *host, bool all, FILE *out)
{
	const json_t *settings = json_object_get(host, "settings"), *s, *helpless = json_object_get(host, "no_setting_helps");
	size_t n;

	if (!json_array_size(json_object_get(host, "candidates"))) {
		fputs("  host settings: the scenario names no field that a monitor may choose (host_controllable)\n", out);
		return;
	}
	fprintf(out, "  host settings, found among %zu fields that the monitor may choose%s\n", json_array_size(json_object_get(host, "candidates")),
		json_array_size(settings) ? ":" : ": none is needed");
	json_array_foreach(settings, n, s)
		print_group(s, all, out);
	if (json_array_size(helpless)) {
		fputs("    no setting helps: ", out);
		print_breaks(helpless, all, out);
	}
	if (is_true(host, "undecided"))
		fputs("    some questions were left undecided: there may be other settings\n", out);
}

static void print_levels(const json_t *levels, FILE *out)
{
	const char *level;
	const json_t *values;
	bool any = false;

	json_object_foreach((json_t *)levels, level, values) {
		char *list = joined(values);

		fprintf(out, "%s%s%s%s", any ? ", " : "", level, *list ? " for " : "", list);
		free(list);
		any = true;
	}
}

static void print_instruction(const json_t *i, FILE *out)
{
	const json_t *d, *c, *patch = json_object_get(i, "patch");
	char *fields = joined(json_object_get(i, "fields"));
	size_t n;

	fprintf(out, "    %s must trap in ", text_of(i, "instruction"));
	print_levels(json_object_get(i, "levels"), out);
	fputc('\n', out);
	json_array_foreach(json_object_get(i, "differences"), n, d)
		fprintf(out, "      because %s: %s\n", text_of(d, "place"), text_of(d, "how"));
	if (*fields)
		fprintf(out, "      fields in which the two machines differ there: %s\n", fields);
	json_array_foreach(json_object_get(i, "alternatives"), n, c)
		if (is_true(c, "possible"))
			fprintf(out, "      - %s: %s\n", text_of(c, "what"), text_of(c, "cost"));
	if (is_true(patch, "possible"))
		fprintf(out, "        (patch: %s, %lld units of %lld)\n", text_of(patch, "by"), json_integer_value(json_object_get(patch, "length")),
			json_integer_value(json_object_get(patch, "room")));
	free(fields);
}

/* The settings that the repair takes for granted, and what is proved with them alone. */
static void print_granted(const json_t *repair, FILE *out)
{
	const json_t *settings = json_object_get(repair, "settings");

	if (!json_array_size(settings))
		return;
	fputs("  with ", out);
	print_alternative(settings, out);
	fprintf(out, ", equivalence is: %s\n", text_of(json_object_get(repair, "before"), "verdict"));
}

/* What is proved with the overlay, and what still stands against it. */
static void print_after(const json_t *after, FILE *out)
{
	const char *verdict = after ? text_of(after, "verdict") : "not proved again";
	char *names = joined(json_object_get(after, !strcmp(verdict, "undecided") ? "undecided" : "because"));

	fprintf(out, "  with this overlay, equivalence is: %s%s%s\n", verdict, !*names ? "" : !strcmp(verdict, "undecided") ? ", open: " : ", still by: ", names);
	free(names);
}

static void print_repair(const json_t *repair, FILE *out)
{
	const json_t *list = json_object_get(repair, "must_trap"), *i, *after = json_object_get(repair, "after");
	const char *overlay = json_string_value(json_object_get(repair, "overlay")), *besides;
	size_t n;

	print_granted(repair, out);
	besides = json_array_size(json_object_get(repair, "settings")) ? " besides" : "";
	if (!json_array_size(list)) {
		fprintf(out, "  repair: no instruction has to change%s\n", besides);
		return;
	}
	fprintf(out, "  repair: %zu instruction%s must trap%s\n", json_array_size(list), json_array_size(list) > 1 ? "s" : "", besides);
	json_array_foreach(list, n, i)
		print_instruction(i, out);
	if (!overlay) {
		fputs("  no overlay: the description marks no cause as the privileged-operation trap (causes: privileged)\n", out);
		return;
	}
	print_after(after, out);
	fprintf(out, "\n%s\n", overlay);
}

void report_advise_text(const json_t *original, const struct report_style *style, FILE *out)
{
	json_t *result = printable(original);
	const json_t *s, *real;
	const char *level;
	size_t n;

	fprintf(out, "%s (%s)\n", text_of(result, "isa"), text_of(result, "file"));
	json_array_foreach(json_object_get(result, "scenarios"), n, s) {
		fprintf(out, "\nscenario %s:", text_of(s, "name"));
		json_object_foreach(json_object_get(s, "map"), level, real)
			fprintf(out, " %s->%s", level, json_string_value(real));
		fprintf(out, ", monitor in %s: equivalence %s\n", text_of(s, "monitor_level"), text_of(json_object_get(s, "equivalence"), "verdict"));
		print_host(json_object_get(s, "host"), style->all, out);
		print_repair(json_object_get(s, "repair"), out);
	}
	json_decref(result);
}
