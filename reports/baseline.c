/* A baseline: the findings that a project knows and has accepted, in a file that is committed. Only others fail. */
#include "finding.h"
#include "report.h"

#include <string.h>

json_t *report_findings(const json_t *book, const char *profile)
{
	return findings_of(book, profile);
}

void report_baseline(const json_t *book, FILE *out)
{
	static const char *const kept[] = {"rule", "scenario", "profile", "subject", "where", "kinds"};
	json_t *list = json_array(), *result;
	const json_t *f;
	size_t n;

	json_array_foreach(book_findings(book), n, f) {
		json_t *o = json_object();

		for (unsigned i = 0; i < sizeof kept / sizeof *kept; i++)
			json_object_set(o, kept[i], json_object_get(f, kept[i]));
		json_array_append_new(list, o);
	}
	result = json_pack("{s:s, s:O, s:o}", "baseline", "isolde 1", "isa", json_object_get(json_object_get(book, "check"), "isa"), "findings", list);
	json_dumpf(result, out, JSON_INDENT(1));
	fputc('\n', out);
	json_decref(result);
}

static bool same_place(const json_t *a, const json_t *b)
{
	static const char *const keys[] = {"rule", "scenario", "profile", "subject", "where"};

	for (unsigned i = 0; i < sizeof keys / sizeof *keys; i++)
		if (strcmp(text_of(a, keys[i]), text_of(b, keys[i])))
			return false;
	return true;
}

/* Whether every kind of `a` is one of `b`'s: it may have become less, not more. */
static bool kinds_within(const json_t *a, const json_t *b)
{
	const json_t *kind, *other;
	size_t n, m;

	json_array_foreach(json_object_get(a, "kinds"), n, kind) {
		bool found = false;

		json_array_foreach(json_object_get(b, "kinds"), m, other)
			found = found || json_equal(kind, other);
		if (!found)
			return false;
	}
	return true;
}

static bool is_known(const json_t *finding, const json_t *baseline)
{
	const json_t *b;
	size_t n;

	json_array_foreach(json_object_get(baseline, "findings"), n, b)
		if (same_place(finding, b) && kinds_within(finding, b))
			return true;
	return false;
}

bool report_is_baseline(const json_t *document)
{
	return !strcmp(text_of(document, "baseline"), "isolde 1") && json_is_array(json_object_get(document, "findings"));
}

void report_compare(json_t *findings, const json_t *baseline)
{
	json_t *f;
	size_t n;

	json_array_foreach(findings, n, f)
		json_object_set_new(f, "status", json_string(is_known(f, baseline) ? "known" : "new"));
}

int report_findings_status(const json_t *findings)
{
	const json_t *f;
	bool undecided = false;
	size_t n;

	json_array_foreach(findings, n, f) {
		if (!finding_counts(f))
			continue;
		if (strcmp(text_of(f, "rule"), "undecided"))
			return 1;
		undecided = true;
	}
	return undecided ? 3 : 0;
}

void report_findings_text(const json_t *original, FILE *out)
{
	json_t *findings = printable(original), *f;
	size_t n, known = 0, new = 0;

	json_array_foreach(findings, n, f) {
		known += !strcmp(text_of(f, "status"), "known");
		if (!finding_counts(f))
			continue;
		new++;
		fprintf(out, "%s:%lld: %s: %s\n", text_of(f, "file"), json_integer_value(json_object_get(f, "line")), text_of(f, "rule"), text_of(f, "text"));
	}
	fprintf(out, "%zu new finding%s, %zu known\n", new, new == 1 ? "" : "s", known);
	json_decref(findings);
}
