/* What `isolde run` found: how a program ended, what it cost, where virtual and bare differ. */
#include <stdlib.h>
#include <string.h>

#include "common.h"

static json_int_t number(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

static const json_t *machine(const json_t *result, size_t i)
{
	return json_array_get(json_object_get(result, "machines"), i);
}

/* 12345678 as 12,345,678. */
static const char *grouped(json_int_t n, char text[32])
{
	char digits[24];
	int length = snprintf(digits, sizeof digits, "%lld", (long long)n), at = 0;

	for (int i = 0; i < length; i++) {
		if (i && (length - i) % 3 == 0 && digits[i - 1] != '-')
			text[at++] = ',';
		text[at++] = digits[i];
	}
	text[at] = 0;
	return text;
}

/* --- how it ended --- */

static void print_end(const json_t *m, FILE *out)
{
	const char *stop = text_of(m, "stop");

	if (!strcmp(stop, "off"))
		fprintf(out, "switched off with %lld", (long long)number(m, "exit_code"));
	else if (!strcmp(stop, "error"))
		fprintf(out, "cannot go on: %s", text_of(m, "message"));
	else if (!strcmp(stop, "limit"))
		fputs("stopped at the limit", out);
	else if (!strcmp(stop, "waiting"))
		fputs("waits, and nothing can wake it", out);
	else
		fprintf(out, "stopped (%s)", stop);
	if (strcmp(stop, "off"))
		fprintf(out, ", pc %s at level %s", text_of(m, "pc"), text_of(m, "level"));
}

static void print_counts(const json_t *counts, const char *title, FILE *out)
{
	const char *key;
	json_t *value;
	char text[32];

	if (!json_object_size(counts))
		return;
	fprintf(out, "  %s:", title);
	json_object_foreach((json_t *)counts, key, value)
		fprintf(out, " %s %s", key, grouped(json_integer_value(value), text));
	fputc('\n', out);
}

static void print_efficiency(const json_t *m, FILE *out)
{
	const json_t *e = json_object_get(m, "efficiency");
	char a[32], b[32], c[32];

	if (!e)
		return;
	fprintf(out, "  executed directly %s (%.2f %%), interpreted %s, traps %s\n", grouped(number(e, "direct"), a),
		100 * json_real_value(json_object_get(e, "direct_fraction")), grouped(number(e, "interpreted"), b),
		grouped(number(e, "traps"), c));
	fprintf(out, "  emulated instructions per trap %.2f, hidden faults %s, reflected traps %s, injected interrupts %s\n",
		json_real_value(json_object_get(e, "emulated_per_trap")), grouped(number(e, "hidden"), a), grouped(number(e, "reflected"), b),
		grouped(number(e, "injected"), c));
	fprintf(out, "  relocation composed %s times, pages mapped %s, tables dropped %s times\n", grouped(number(e, "composed"), a),
		grouped(number(e, "mapped"), b), grouped(number(e, "dropped"), c));
	print_counts(json_object_get(e, "by_cause"), "traps by cause", out);
	print_counts(json_object_get(e, "by_instruction"), "traps by instruction", out);
}

static void print_machine(const json_t *result, size_t i, const struct report_style *style, FILE *out)
{
	const json_t *m = machine(result, i);
	bool several = json_array_size(json_object_get(result, "machines")) > 1;
	char text[32];

	if (several) {
		fprintf(out, "--- machine %zu ---\n%s", i, text_of(m, "console"));
		fputs("---\n", out);
	}
	fputs("isolde: ", out);
	print_end(m, out);
	fprintf(out, ", %s steps\n", grouped(number(m, "steps"), text));
	if (style->all) {
		fprintf(out, "  %s, engine %s; completed %s", text_of(result, "technique"), text_of(result, "engine"), grouped(number(m, "completed"), text));
		fprintf(out, ", traps %s", grouped(number(m, "traps"), text));
		fprintf(out, ", interrupts %s\n", grouped(number(m, "interrupts"), text));
		print_efficiency(m, out);
	}
}

/* --- lockstep --- */

static void print_pairs(const json_t *list, const char *key, const char *what, FILE *out)
{
	const json_t *item;
	size_t n;

	json_array_foreach(list, n, item)
		fprintf(out, "  %s%-16s bare %-20s virtual %s\n", what, text_of(item, key), text_of(item, "bare"), text_of(item, "virtual"));
}

static void print_analysis(const json_t *row, FILE *out)
{
	char *kinds = joined(json_object_get(row, "kinds"));

	if (row)
		fprintf(out, "  the analysis says of it: %s%s%s%s\n", text_of(row, "class"), *kinds ? ", sensitive: " : "", kinds,
			is_true(row, "critical") ? "; it is a reason why Theorem 1 breaks" : "");
	free(kinds);
}

static void print_difference(const json_t *d, FILE *out)
{
	const json_t *ends = json_object_get(d, "ends");

	fprintf(out, "  after the instruction at %s: %s\n", text_of(d, "pc"), *text_of(d, "text") ? text_of(d, "text") : "(none could be decoded)");
	print_pairs(json_object_get(d, "components"), "name", "", out);
	print_pairs(json_object_get(d, "storage"), "address", "storage ", out);
	if (ends)
		fprintf(out, "  the bare machine: %s; the virtual machine: %s\n", text_of(ends, "bare"), text_of(ends, "virtual"));
}

static void print_lockstep(const json_t *l, FILE *out)
{
	char text[32];

	if (is_true(l, "same")) {
		fprintf(out, "lockstep: no difference in %s steps", grouped(number(l, "agreed"), text));
	} else {
		fprintf(out, "lockstep: the virtual machine differs from the bare one after %s equal steps\n", grouped(number(l, "agreed"), text));
		print_difference(json_object_get(l, "difference"), out);
		print_analysis(json_object_get(l, "analysis"), out);
	}
	fprintf(out, "%s(%s)\n", is_true(l, "same") ? "\n  " : "  ", text_of(l, "excluded"));
}

/* --- all techniques --- */

static const char *outcome(const json_t *row)
{
	const json_t *l = json_object_get(row, "lockstep");

	if (is_true(row, "impossible"))
		return "impossible";
	if (l)
		return is_true(l, "same") ? "same" : "differs";
	return json_object_get(row, "same") ? is_true(row, "same") ? "same" : "differs" : "";
}

static void print_technique(const json_t *row, json_int_t bare, FILE *out)
{
	const json_t *m = machine(row, 0), *e = json_object_get(m, "efficiency"), *l = json_object_get(row, "lockstep");
	char a[32], b[32], c[32];

	fprintf(out, "  %-17s %-10s", text_of(row, "technique"), outcome(row));
	if (m)
		fprintf(out, " %14s %14s %10s", grouped(e ? number(e, "direct") : number(m, "completed"), a), grouped(number(e, "interpreted"), b),
			grouped(number(e, "traps"), c));
	if (m && bare && strcmp(outcome(row), "differs")) /* what took another way costs nothing that could be compared */
		fprintf(out, " %9.2f", (double)number(m, "cycles") / (double)bare);
	if (l && !is_true(l, "same"))
		fprintf(out, "   at %s", text_of(json_object_get(l, "difference"), "text"));
	else if (m && !strcmp(text_of(m, "stop"), "error"))
		fprintf(out, "   %s", text_of(m, "message"));
	fputc('\n', out);
}

static void print_techniques(const json_t *result, FILE *out)
{
	const json_t *rows = json_object_get(result, "techniques"), *theorems = json_object_get(result, "theorems"), *row;
	const json_t *costs = json_object_get(result, "costs");
	json_int_t bare = number(machine(json_array_get(rows, 0), 0), "cycles");
	const char *key;
	json_t *theorem;
	size_t n;

	fprintf(out, "%s, scenario %s\n", text_of(result, "isa"), text_of(result, "scenario"));
	fprintf(out, "  %-17s %-10s %14s %14s %10s %9s\n", "technique", "outcome", "direct", "interpreted", "traps", "cost");
	json_array_foreach(rows, n, row)
		print_technique(row, bare, out);
	fprintf(out, "  cost: cycles relative to the bare machine; an instruction executed directly 1, a trap %lld, an emulation %lld\n",
		(long long)number(costs, "trap"), (long long)number(costs, "emulate"));
	json_object_foreach((json_t *)theorems, key, theorem) {
		char *words = theorem_words(theorem);

		fprintf(out, "  %s %s\n", key, words);
		free(words);
	}
}

static void print_result(const json_t *result, const struct report_style *style, FILE *out)
{
	if (json_object_get(result, "techniques")) {
		print_techniques(result, out);
		return;
	}
	if (!style->quiet || json_array_size(json_object_get(result, "machines")) > 1)
		for (size_t i = 0; i < json_array_size(json_object_get(result, "machines")); i++)
			print_machine(result, i, style, out);
	if (json_object_get(result, "lockstep"))
		print_lockstep(json_object_get(result, "lockstep"), out);
	if (number(result, "violations"))
		fprintf(out, "isolde: resource control was violated %lld times, first: %s\n", (long long)number(result, "violations"), text_of(result, "violation"));
}

void report_run_text(const json_t *result, const struct report_style *style, FILE *out)
{
	json_t *shown = printable(result);

	print_result(shown, style, out);
	json_decref(shown);
}

static int machine_status(const json_t *m)
{
	const char *stop = text_of(m, "stop");

	if (!strcmp(stop, "off"))
		return number(m, "exit_code") != 0;
	return strcmp(stop, "error") ? 3 : 1;
}

int report_run_status(const json_t *result)
{
	const json_t *l = json_object_get(result, "lockstep");
	int status = 0;

	if (json_object_get(result, "techniques"))
		return 0; /* a table is its own answer */
	if (number(result, "violations"))
		return 1;
	if (l)
		return !is_true(l, "same");
	for (size_t i = 0; i < json_array_size(json_object_get(result, "machines")); i++) {
		int s = machine_status(machine(result, i));

		status = status == 1 || s == 1 ? 1 : status ? status : s;
	}
	return status;
}
