/* What stands behind "proved", for a terminal. */
#include "common.h"

static json_int_t number(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

static void print_list(const json_t *list, const char *title, FILE *out)
{
	enum { SHOWN = 20 };
	const json_t *o;
	size_t n;

	json_array_foreach(list, n, o)
		if (n < SHOWN)
			fprintf(out, "  %s: %s: %s\n", title, text_of(o, "obligation"), text_of(o, "why"));
	if (json_array_size(list) > SHOWN)
		fprintf(out, "  %s: %zu more\n", title, json_array_size(list) - SHOWN);
}

void report_evidence_text(const json_t *e, FILE *out)
{
	json_int_t distinct = number(e, "distinct"), certified = number(e, "certified"), folded = number(e, "folded");

	fprintf(out, "\nevidence: %lld questions answered `proved`: %lld are the constant false as they are built, the others are %lld different formulas\n",
		(long long)number(e, "obligations"), (long long)number(e, "constant"), (long long)distinct);
	if (json_is_true(json_object_get(e, "certify")))
		fprintf(out, "  certified: %lld of %lld (%lld by a checked proof: %lld lemmas, %lld needed; %lld left no clause to refute)\n",
			(long long)(certified + folded), (long long)distinct, (long long)certified, (long long)number(e, "lemmas"),
			(long long)number(e, "lemmas_checked"), (long long)folded);
	if (json_object_get(e, "recheck"))
		fprintf(out, "  re-checked with %s: %lld of %lld agree\n", text_of(e, "recheck"), (long long)number(e, "agreed"),
			(long long)number(e, "rechecked"));
	if (json_object_get(e, "emit"))
		fprintf(out, "  written: %lld files in %s\n", (long long)number(e, "emitted"), text_of(e, "emit"));
	print_list(json_object_get(e, "uncertified"), "not certified", out);
	print_list(json_object_get(e, "unconfirmed"), "not confirmed", out);
	print_list(json_object_get(e, "disagreements"), "DISAGREES", out);
}
