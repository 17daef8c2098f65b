/* What is known of an instruction and its parts, as JSON. */
#include "classify_private.h"

#include <string.h>

/* --- the result --- */

static json_t *tri_json(enum tri t)
{
	return t == TRI_YES ? json_true() : t == TRI_NO ? json_false() : json_null();
}

static json_t *kinds_json(unsigned kinds)
{
	json_t *list = json_array();

	for (unsigned k = 0; k < KIND_COUNT; k++)
		if (kinds >> k & 1)
			json_array_append_new(list, json_string(kind_rows[k].name));
	return list;
}

static bool critical(const struct part *p)
{
	return p->kinds && p->privileged != TRI_YES && p->privileged != TRI_UNKNOWN;
}

/* Never completes at a guest level, or has no kind at all. */
static const char *class_of(const struct part *p)
{
	if (p->undecided || p->privileged == TRI_UNKNOWN)
		return "undecided";
	if (p->kinds)
		return p->privileged == TRI_YES ? "privileged" : "critical";
	return p->privileged == TRI_YES ? "privileged" : p->privileged == TRI_NONE ? "traps" : "innocuous";
}

static json_t *part_json(const struct part *p)
{
	json_t *o = json_object();

	json_object_set_new(o, "class", json_string(class_of(p)));
	json_object_set_new(o, "privileged", tri_json(p->privileged));
	json_object_set_new(o, "strict", tri_json(p->strict));
	json_object_set_new(o, "partly_privileged", json_boolean(p->partly));
	json_object_set_new(o, "kinds", kinds_json(p->kinds));
	json_object_set_new(o, "user_kinds", kinds_json(p->user_kinds));
	json_object_set_new(o, "guarded", tri_json(p->guarded));
	json_object_set_new(o, "critical", json_boolean(critical(p)));
	json_object_set_new(o, "user_critical", json_boolean(p->user_kinds && p->privileged != TRI_YES && p->privileged != TRI_UNKNOWN));
	json_object_set_new(o, "time_critical", json_boolean((p->kinds >> KIND_TIMING & 1) && p->privileged != TRI_YES));
	json_object_set_new(o, "undecided", json_boolean(p->undecided || p->privileged == TRI_UNKNOWN || p->guarded == TRI_UNKNOWN));
	if (p->condition)
		json_object_set_new(o, "condition", json_string(p->condition));
	json_object_set(o, "obligations", p->obligations);
	return o;
}

static bool alike(const struct part *a, const struct part *b)
{
	return a->kinds == b->kinds && a->user_kinds == b->user_kinds && a->undecided == b->undecided &&
	       a->privileged == b->privileged && a->strict == b->strict && a->guarded == b->guarded && a->partly == b->partly &&
	       !strcmp(a->condition ? a->condition : "", b->condition ? b->condition : "");
}

static enum tri all_of(enum tri a, enum tri b)
{
	if (a == TRI_NONE || b == TRI_NONE)
		return a == TRI_NONE ? b : a;
	if (a == TRI_NO || b == TRI_NO)
		return TRI_NO;
	return a == TRI_UNKNOWN || b == TRI_UNKNOWN ? TRI_UNKNOWN : TRI_YES;
}

/* The instruction as a whole: privileged if every part that ever completes is. A part that is sensitive but never completes
 * where it is deprivileged is not privileged either. */
static struct part whole_of(const struct part *parts, unsigned count)
{
	struct part w = parts[0];

	for (unsigned i = 1; i < count; i++) {
		const struct part *p = &parts[i];

		w.kinds |= p->kinds;
		w.user_kinds |= p->user_kinds;
		w.undecided |= p->undecided;
		w.partly = w.partly || p->partly || (p->privileged != w.privileged && p->privileged != TRI_NONE && w.privileged != TRI_NONE);
		w.privileged = all_of(w.privileged, p->privileged);
		w.strict = all_of(w.strict, p->strict);
		w.guarded = all_of(w.guarded, p->guarded);
	}
	return w;
}

json_t *classify_profile_json(const struct template *t, struct part *parts, unsigned count)
{
	struct part whole = whole_of(parts, count);
	json_t *o = part_json(&whole), *variants;
	bool any_critical = false, user_critical = false, time_critical = false;

	if (t->variant < 0)
		return o;
	json_object_del(o, "obligations");
	variants = json_array();
	for (unsigned i = 0; i < count; i++) {
		struct buf text = {0};
		json_t *v;
		bool first = true;

		any_critical = any_critical || critical(&parts[i]);
		user_critical = user_critical || (parts[i].user_kinds && parts[i].privileged != TRI_YES);
		time_critical = time_critical || ((parts[i].kinds >> KIND_TIMING & 1) && parts[i].privileged != TRI_YES);
		for (unsigned k = 0; k < i; k++)
			first = first && !alike(&parts[k], &parts[i]);
		if (!first)
			continue;
		for (unsigned k = i + 1; k < count; k++)
			if (alike(&parts[k], &parts[i]))
				parts[i].values = ranges_or(t->arena, parts[i].values, parts[k].values);
		v = part_json(&parts[i]);
		ranges_print(&text, parts[i].values);
		json_object_set_new(v, "variable", json_string(t->instruction->variables[t->variant].name));
		json_object_set_new(v, "values", json_string(buf_text(&text)));
		buf_free(&text);
		json_array_append_new(variants, v);
	}
	json_object_set_new(o, "critical", json_boolean(any_critical));
	json_object_set_new(o, "user_critical", json_boolean(user_critical));
	json_object_set_new(o, "time_critical", json_boolean(time_critical));
	if (!whole.undecided && whole.privileged != TRI_UNKNOWN) /* by its parts: a part that is sensitive and not privileged */
		json_object_set_new(o, "class", json_string(any_critical ? "critical" : whole.kinds ? "privileged" : class_of(&whole)));
	json_object_set_new(o, "variants", variants);
	return o;
}
