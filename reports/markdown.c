/* The result of check as Markdown. Text from a description is escaped. */
#include "common.h"
#include "sink.h"

#include <stdlib.h>
#include <string.h>

static void put_escaped(const char *text, FILE *out)
{
	const struct sink sink = {out, &markdown_escaping};

	put_text(&sink, text);
}

static void put_list(const json_t *list, FILE *out)
{
	char *text = joined(list);

	put_escaped(*text ? text : "-", out);
	free(text);
}

static void row(const json_t *r, const char *name, const char *values, FILE *out)
{
	fputs("| ", out);
	put_escaped(name, out);
	if (*values) {
		fputs(" in ", out);
		put_escaped(values, out);
	}
	fprintf(out, " | %s | %s | ", text_of(r, "class"), privilege_word(r));
	put_list(json_object_get(r, "kinds"), out);
	fputs(" | ", out);
	put_list(json_object_get(r, "user_kinds"), out);
	fprintf(out, " | %s |\n", json_is_true(json_object_get(r, "guarded")) ? "yes" : json_is_false(json_object_get(r, "guarded")) ? "no" : "-");
}

static void table(const json_t *profile, FILE *out)
{
	size_t count, n;
	const json_t **rows = sorted_rows(json_object_get(profile, "instructions"), &count), *v;

	fputs("\n| instruction | class | privileged | sensitive | in user levels | guarded |\n|---|---|---|---|---|---|\n", out);
	for (size_t i = 0; i < count; i++) {
		row(rows[i], text_of(rows[i], "name"), "", out);
		json_array_foreach(json_object_get(rows[i], "variants"), n, v)
			row(v, text_of(v, "variable"), text_of(v, "values"), out);
	}
	free(rows);
}

static void theorem(const json_t *profile, const char *key, const char *title, FILE *out)
{
	char *words = theorem_words(json_object_get(profile, key));

	fprintf(out, "- **%s** ", title);
	put_escaped(words, out);
	fputc('\n', out);
	free(words);
}

static void witnesses_of(const json_t *part, const char *name, FILE *out)
{
	const json_t *o;
	size_t n;

	json_array_foreach(json_object_get(part, "obligations"), n, o) {
		const json_t *w = json_object_get(o, "witness");

		if (!w || strcmp(text_of(o, "verdict"), "refuted") || !strcmp(text_of(o, "id"), "traps"))
			continue;
		fputs("\n**", out);
		put_escaped(name, out);
		fprintf(out, "**, %s: refuted that ", text_of(o, "id"));
		put_escaped(text_of(o, "statement"), out);
		fputs("\n\n```\n", out);
		print_witness(w, "", out);
		if (json_object_get(w, "near_miss")) {
			fputs("near-miss, where it behaves:\n", out);
			print_witness(json_object_get(w, "near_miss"), "  ", out);
		}
		fputs("```\n", out);
	}
}

static void witnesses(const json_t *profile, FILE *out)
{
	const json_t *r, *v;
	size_t n, m;

	fputs("\n### Witnesses\n", out);
	json_array_foreach(json_object_get(profile, "instructions"), n, r) {
		if (!matters(r))
			continue;
		witnesses_of(r, text_of(r, "name"), out);
		json_array_foreach(json_object_get(r, "variants"), m, v)
			if (matters(v))
				witnesses_of(v, text_of(r, "name"), out);
	}
}

void report_check_markdown(const json_t *result, const struct report_style *style, FILE *out)
{
	const json_t *s, *p;
	size_t n, m;

	fputs("# ", out);
	put_escaped(text_of(result, "isa"), out);
	fputs(": ", out);
	put_escaped(text_of(result, "long_name"), out);
	fputc('\n', out);
	json_array_foreach(json_object_get(result, "scenarios"), n, s) {
		fputs("\n## Scenario ", out);
		put_escaped(text_of(s, "name"), out);
		fprintf(out, "\n\n");
		put_escaped(text_of(s, "description"), out);
		fputc('\n', out);
		json_array_foreach(json_object_get(s, "profiles"), m, p) {
			if (style->profile && strcmp(style->profile, text_of(p, "profile")))
				continue;
			fprintf(out, "\n### Profile %s\n\n", text_of(p, "profile"));
			if (json_object_get(p, "theorem1")) {
				theorem(p, "theorem1", "Theorem 1, virtualizable:", out);
				theorem(p, "theorem2", "Theorem 2, recursively virtualizable:", out);
				theorem(p, "theorem3", "Theorem 3, a hybrid monitor exists:", out);
			}
			table(p, out);
			witnesses(p, out);
		}
	}
}
