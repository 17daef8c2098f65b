/* One instruction, told to a reader: what it is, what was asked, what was found. */
#include "common.h"
#include "sink.h"

#include <stdlib.h>
#include <string.h>

static void print_operation(const json_t *result, bool markdown, FILE *out)
{
	const json_t *line;
	size_t n;

	fputs(markdown ? "\n```\n" : "\n", out);
	json_array_foreach(json_object_get(result, "operation"), n, line)
		fprintf(out, "%s%5lld %s %s\n", markdown ? "" : "  ", json_integer_value(json_object_get(line, "line")),
			is_true(line, "matters") ? ">" : " ", text_of(line, "text"));
	fputs(markdown ? "```\n" : "", out);
}

static void print_obligation(const json_t *o, FILE *out)
{
	const json_t *witness = json_object_get(o, "witness");

	if (witness && !strcmp(text_of(o, "id"), "traps")) { /* the reachable example that stands beside what is proved */
		fputs("    for example it completes here:\n", out);
		print_witness(witness, "        ", out);
		return;
	}
	fprintf(out, "    %-10s %-14s %s\n", text_of(o, "verdict"), text_of(o, "id"), text_of(o, "statement"));
	if (witness) {
		fputs("      witness, replayed:\n", out);
		print_witness(witness, "        ", out);
		if (json_object_get(witness, "near_miss")) {
			fputs("      near-miss, where it behaves:\n", out);
			print_witness(json_object_get(witness, "near_miss"), "        ", out);
		}
	}
}

static void print_part(const json_t *part, FILE *out)
{
	char *kinds = joined(json_object_get(part, "kinds")), *user = joined(json_object_get(part, "user_kinds"));
	const json_t *o;
	size_t n;

	fprintf(out, "  %s: privileged: %s; sensitive: %s", text_of(part, "class"), privilege_word(part), *kinds ? kinds : "no");
	if (*user)
		fprintf(out, "; also in user levels: %s", user);
	if (is_true(part, "guarded") && !is_true(part, "privileged"))
		fputs("; guarded: it traps wherever it acts sensitively", out);
	fputs("\n", out);
	if (*text_of(part, "condition"))
		fprintf(out, "    escapes the monitor exactly when %s\n", text_of(part, "condition"));
	json_array_foreach(json_object_get(part, "obligations"), n, o)
		print_obligation(o, out);
	free(kinds);
	free(user);
}

static void print_profile(const json_t *scenario, const json_t *profile, bool markdown, FILE *out)
{
	const json_t *row = json_array_get(json_object_get(profile, "instructions"), 0), *v;
	size_t n;

	fprintf(out, "%sscenario %s, profile %s%s\n", markdown ? "\n## " : "\n", text_of(scenario, "name"), text_of(profile, "profile"),
		markdown ? "\n\n```" : "");
	print_part(row, out);
	json_array_foreach(json_object_get(row, "variants"), n, v) {
		fprintf(out, "  where %s is in %s:\n", text_of(v, "variable"), text_of(v, "values"));
		print_part(v, out);
	}
	fputs(markdown ? "```\n" : "", out);
}

static void explain(const json_t *original, const struct report_style *style, bool markdown, FILE *out)
{
	json_t *result = printable(original);
	const struct sink sink = {out, markdown ? &markdown_escaping : &plain_escaping};
	const json_t *s, *p;
	size_t n, m;

	put(&sink, "%s%t %t%s%t\n", markdown ? "# " : "", text_of(result, "instruction"), text_of(result, "assembly"),
	    *text_of(result, "instruction_name") ? ": " : "", text_of(result, "instruction_name"));
	if (*text_of(result, "instruction_description"))
		put(&sink, "%s%t\n", markdown ? "\n" : "", text_of(result, "instruction_description"));
	fprintf(out, "%sencoding %s%s\n", markdown ? "\n`" : "", text_of(result, "encoding"), markdown ? "`" : "");
	print_operation(result, markdown, out);
	json_array_foreach(json_object_get(result, "scenarios"), n, s)
		json_array_foreach(json_object_get(s, "profiles"), m, p)
			if (!style->profile || !strcmp(style->profile, text_of(p, "profile")))
				print_profile(s, p, markdown, out);
	json_decref(result);
}

void report_explain_text(const json_t *result, const struct report_style *style, FILE *out)
{
	explain(result, style, false, out);
}

void report_explain_markdown(const json_t *result, const struct report_style *style, FILE *out)
{
	explain(result, style, true, out);
}
