/* SARIF 2.1.0 (OASIS Standard, 27 March 2020): findings for code scanning. The location is the instruction in the description,
 * the witness a code flow: a thread flow for each run, with the state at every step. */
#include "finding.h"
#include "report.h"

#include <string.h>

/* Takes `name/..` out of a path, which is written anew. */
static void normalize(char *path)
{
	char *up, *before;

	while ((up = strstr(path, "/../")) && up != path) {
		for (before = up; before > path && before[-1] != '/'; before--)
			;
		if (!strncmp(before, "../", 3))
			return;
		memmove(before, up + 4, strlen(up + 4) + 1);
	}
}

/* A path as a relative reference (RFC 3986). */
static json_t *uri_of(const char *path)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
	char text[3 * 1024 + 1], *to = text;

	for (; *path && to < text + sizeof text - 4; path++)
		if (strchr(plain, *path))
			*to++ = *path;
		else
			to += sprintf(to, "%%%02X", (unsigned)(unsigned char)*path);
	*to = '\0';
	normalize(text);
	return *text == '/' ? json_sprintf("file://%s", text) : json_string(text);
}

static json_t *message(const char *text)
{
	return json_pack("{s:s}", "text", text);
}

static json_t *physical(const char *file, json_int_t line)
{
	return json_pack("{s:{s:o}, s:{s:I}}", "artifactLocation", "uri", uri_of(file), "region", "startLine", line);
}

/* --- the witness --- */

static json_t *flow_location(const char *file, json_int_t line, const char *text, const json_t *state)
{
	json_t *o = json_pack("{s:{s:o, s:o}}", "location", "physicalLocation", physical(file, line), "message", message(text)), *all = json_object(), *value;
	const char *key;

	json_object_foreach((json_t *)state, key, value)
		json_object_set_new(all, key, message(json_string_value(value)));
	json_object_set_new(o, "state", all);
	return o;
}

static json_t *ending(const json_t *run)
{
	if (!strcmp(text_of(run, "outcome"), "done"))
		return json_string("completes");
	return json_sprintf("%s %s, to %s", !strcmp(text_of(run, "outcome"), "fault") ? "faults:" : "traps:", text_of(run, "cause"), text_of(run, "to"));
}

static json_t *thread_flow(const json_t *book, const json_t *finding, const json_t *run, size_t number)
{
	const char *file = text_of(finding, "file");
	json_int_t line = json_integer_value(json_object_get(finding, "line"));
	json_t *before = json_copy(json_object_get(json_object_get(finding, "witness"), "state")), *locations = json_array(), *end = ending(run);
	const json_t *text;
	size_t n;

	json_object_update(before, json_object_get(run, "before"));
	json_array_append_new(locations, flow_location(file, line, "before", before));
	json_array_foreach(json_object_get(book_instruction(book, text_of(finding, "subject")), "operation"), n, text)
		if (is_true(text, "matters"))
			json_array_append_new(locations, flow_location(file, json_integer_value(json_object_get(text, "line")), text_of(text, "text"), NULL));
	json_object_update(before, json_object_get(run, "changes"));
	json_array_append_new(locations, flow_location(file, line, json_string_value(end), before));
	json_decref(before);
	json_decref(end);
	return json_pack("{s:o, s:o}", "id", json_sprintf("run %zu", number), "locations", locations);
}

static json_t *code_flow(const json_t *book, const json_t *finding)
{
	json_t *flows = json_array(), *run;
	size_t n;

	json_array_foreach(json_object_get(json_object_get(finding, "witness"), "runs"), n, run)
		json_array_append_new(flows, thread_flow(book, finding, run, n + 1));
	return json_pack("{s:o, s:o}", "message", message("The witness: the same instruction, executed in each of these states"), "threadFlows", flows);
}

/* --- results --- */

static unsigned rule_number(const char *id)
{
	unsigned i = 0;

	while (finding_rules[i].id && strcmp(finding_rules[i].id, id))
		i++;
	return i;
}

static json_t *result_of(const json_t *book, const json_t *f)
{
	unsigned rule = rule_number(text_of(f, "rule"));
	json_t *location = json_pack("{s:o, s:[{s:s, s:s}]}", "physicalLocation", physical(text_of(f, "file"), json_integer_value(json_object_get(f, "line"))),
				     "logicalLocations", "name", text_of(f, "subject"), "kind", "function");
	json_t *o = json_pack("{s:s, s:i, s:s, s:o, s:[o]}", "ruleId", text_of(f, "rule"), "ruleIndex", (int)rule, "level", finding_rules[rule].level, "message",
			      message(text_of(f, "text")), "locations", location);
	json_t *print = json_sprintf("%s/%s/%s/%s/%s", text_of(f, "rule"), text_of(f, "scenario"), text_of(f, "profile"), text_of(f, "subject"), text_of(f, "where"));

	if (json_object_get(f, "witness"))
		json_object_set_new(o, "codeFlows", json_pack("[o]", code_flow(book, f)));
	json_object_set_new(o, "partialFingerprints", json_pack("{s:o}", "isoldeFinding/v1", print));
	if (*text_of(f, "status"))
		json_object_set_new(o, "baselineState", json_string(strcmp(text_of(f, "status"), "new") ? "unchanged" : "new"));
	json_object_set_new(o, "properties", json_pack("{s:O, s:O, s:O}", "scenario", json_object_get(f, "scenario"), "profile", json_object_get(f, "profile"), "kinds",
						       json_object_get(f, "kinds")));
	return o;
}

static json_t *rules(void)
{
	json_t *list = json_array();

	for (const struct finding_rule *r = finding_rules; r->id; r++)
		json_array_append_new(list, json_pack("{s:s, s:o, s:o, s:{s:s}}", "id", r->id, "shortDescription", message(r->title), "fullDescription", message(r->text),
						      "defaultConfiguration", "level", r->level));
	return list;
}

void report_sarif(const json_t *book, FILE *out)
{
	const char *tool = text_of(json_object_get(book, "check"), "tool"), *version = strchr(tool, ' ');
	json_t *results = json_array(), *log;
	const json_t *f;
	size_t n;

	json_array_foreach(book_findings(book), n, f)
		json_array_append_new(results, result_of(book, f));
	log = json_pack("{s:s, s:s, s:[{s:{s:{s:s, s:s, s:o}}, s:s, s:o}]}", "$schema", "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
			"version", "2.1.0", "runs", "tool", "driver", "name", "isolde", "version", version ? version + 1 : "0", "rules", rules(), "columnKind", "utf16CodeUnits",
			"results", results);
	report_json(log, out);
	json_decref(log);
}
