/* JUnit XML, as CI systems read it (junit.xsd): a suite for each scenario, a case for each instruction and each expectation. */
#include "finding.h"
#include "report.h"

#include <stdlib.h>
#include <string.h>

struct counts { unsigned tests, failures, errors; };

static void write_witness(const struct sink *s, void *context)
{
	if (context)
		print_witness(context, "", s->out);
}

/* A finding of rule undecided is an error of the run, others are failures; known ones are told and pass. */
static void put_finding(const struct sink *s, const json_t *f)
{
	bool undecided = !strcmp(text_of(f, "rule"), "undecided");
	const char *tag = !finding_counts(f) ? NULL : undecided ? "error" : "failure";
	char *witness = put_to_text(&plain_escaping, write_witness, (void *)json_object_get(f, "witness"));

	if (tag)
		put(s, "<%s type=\"%t\" message=\"%t\">%t</%s>", tag, text_of(f, "rule"), text_of(f, "text"), witness, tag);
	else
		put(s, "<system-out>%s: %t</system-out>", !strcmp(text_of(f, "status"), "known") ? "known" : "note", text_of(f, "text"));
	free(witness);
}

static bool belongs(const json_t *f, const char *scenario, const char *subject)
{
	return !strcmp(text_of(f, "scenario"), scenario) && !strcmp(text_of(f, "subject"), subject) && strcmp(text_of(f, "rule"), "expectation");
}

static struct counts count_row(const json_t *findings, const char *scenario, const char *subject)
{
	struct counts c = {.tests = 1};
	const json_t *f;
	size_t n;

	json_array_foreach(findings, n, f)
		if (belongs(f, scenario, subject) && finding_counts(f)) {
			c.failures |= strcmp(text_of(f, "rule"), "undecided") != 0;
			c.errors |= !strcmp(text_of(f, "rule"), "undecided");
		}
	c.errors = c.failures ? 0 : c.errors;
	return c;
}

/* A test case holds one failure or one error, then what is only told. */
static void put_row(const struct sink *s, const json_t *book, const char *scenario, const json_t *row)
{
	const json_t *f;
	bool failed = false;
	size_t n;

	put(s, "  <testcase classname=\"%t.%t\" name=\"%t\" file=\"%t\" line=\"%i\" time=\"0\">", text_of(json_object_get(book, "check"), "isa"), scenario, text_of(row, "name"), text_of(row, "file"),
	    json_integer_value(json_object_get(row, "line")));
	json_array_foreach(book_findings(book), n, f)
		if (belongs(f, scenario, text_of(row, "name")) && finding_counts(f) && !failed) {
			failed = true;
			put_finding(s, f);
		}
	json_array_foreach(book_findings(book), n, f)
		if (belongs(f, scenario, text_of(row, "name")) && !finding_counts(f))
			put_finding(s, f);
	put(s, "</testcase>\n");
}

static void put_suite(const struct sink *s, const json_t *book, const json_t *scenario, const char *profile)
{
	const json_t *rows = json_object_get(profile_of(scenario, profile), "instructions"), *row;
	const char *name = text_of(scenario, "name");
	struct counts all = {0};
	size_t n;

	json_array_foreach(rows, n, row) {
		struct counts c = count_row(book_findings(book), name, text_of(row, "name"));

		all.tests += c.tests;
		all.failures += c.failures;
		all.errors += c.errors;
	}
	put(s, " <testsuite name=\"%t, scenario %t\" tests=\"%d\" failures=\"%d\" errors=\"%d\" skipped=\"0\" time=\"0\">\n", text_of(json_object_get(book, "check"), "isa"), name, (int)all.tests,
	    (int)all.failures, (int)all.errors);
	json_array_foreach(rows, n, row)
		put_row(s, book, name, row);
	put(s, " </testsuite>\n");
}

static void put_expectations(const struct sink *s, const json_t *book)
{
	const json_t *f;
	size_t n, count = 0, failing = 0;

	json_array_foreach(book_findings(book), n, f)
		if (!strcmp(text_of(f, "rule"), "expectation")) {
			count++;
			failing += finding_counts(f);
		}
	if (!count)
		return;
	put(s, " <testsuite name=\"%t, expectations not met\" tests=\"%z\" failures=\"%z\" errors=\"0\" skipped=\"0\" time=\"0\">\n", text_of(json_object_get(book, "check"), "isa"), count, failing);
	json_array_foreach(book_findings(book), n, f)
		if (!strcmp(text_of(f, "rule"), "expectation")) {
			put(s, "  <testcase classname=\"%t\" name=\"%t %t\" file=\"%t\" line=\"%i\" time=\"0\">", text_of(f, "scenario"), text_of(f, "subject"), text_of(f, "where"), text_of(f, "file"),
			    json_integer_value(json_object_get(f, "line")));
			put_finding(s, f);
			put(s, "</testcase>\n");
		}
	put(s, " </testsuite>\n");
}

void report_junit(const json_t *book, FILE *out)
{
	const struct sink s = {out, &xml_escaping};
	const json_t *scenario;
	size_t n;

	put(&s, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"isolde %t\">\n", text_of(json_object_get(book, "check"), "isa"));
	json_array_foreach(json_object_get(json_object_get(book, "check"), "scenarios"), n, scenario)
		put_suite(&s, book, scenario, "extended");
	put_expectations(&s, book);
	put(&s, "</testsuites>\n");
}
