/* The commuting square of theory.md section 4 with values: a state of the virtual machine and of the real one, before and after. */
#include "html.h"

#include <string.h>

static struct corner_row *row_for(struct corners *c, const char *name)
{
	for (unsigned i = 0; i < c->count; i++)
		if (!strcmp(c->rows[i].name, name))
			return &c->rows[i];
	if (c->count == CORNER_ROOM)
		return NULL;
	c->rows[c->count] = (struct corner_row){.name = name, .before = {"", ""}, .after = {"", ""}};
	return &c->rows[c->count++];
}

enum moment { BEFORE = 1, AFTER = 2, CHANGE = 4 };

/* Enters the values of a state on one side: before, and after unless something else is said later. */
static void enter(struct corners *c, const json_t *state, unsigned side, unsigned moments)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)state, key, value) {
		struct corner_row *r = row_for(c, key);

		if (!r)
			continue;
		if (moments & BEFORE)
			r->before[side] = json_string_value(value);
		if (moments & AFTER)
			r->after[side] = json_string_value(value);
		r->changed[side] = r->changed[side] || (moments & CHANGE);
	}
}

/* A component that only one run names has the same value in the other, unless it is the host's own. */
static void complete(struct corner_row *r)
{
	for (unsigned side = 0; side < 2; side++) {
		if (!*r->before[side] && !r->changed[side])
			r->before[side] = r->after[side] = r->before[!side];
		if (!r->changed[side])
			r->after[side] = r->before[side];
	}
}

/* Whether the map of the virtual state after is not the real state after: what programs see must be equal; mode, relocation and
 * the rest must have changed on neither side. */
static bool apart(const json_t *book, const struct corner_row *r)
{
	const char *role = book_role(book, r->name);

	if (!strcmp(role, "general") || !strcmp(role, "pc"))
		return strcmp(r->after[0], r->after[1]) != 0;
	if (!strcmp(role, "choice"))
		return false;
	return (r->changed[0] || r->changed[1]) && (strcmp(r->after[0], r->after[1]) || !strcmp(role, "mode"));
}

/* `prove` names components; a row may be an element of one. */
static bool named_as_different(const json_t *differences, const char *name)
{
	const json_t *d;
	size_t n;

	json_array_foreach(differences, n, d) {
		const char *place = text_of(d, "place");
		size_t length = strlen(place);

		if (length && !strncmp(name, place, length) && (!name[length] || name[length] == '['))
			return true;
	}
	return false;
}

static void corners_from(const json_t *book, const json_t *witness, const json_t *virtual, const json_t *real, struct corners *c)
{
	*c = (struct corners){.witness = witness, .virtual = virtual, .real = real};
	for (unsigned side = 0; side < 2; side++) {
		const json_t *run = side ? real : virtual;

		enter(c, json_object_get(witness, "state"), side, BEFORE | AFTER);
		enter(c, json_object_get(run, "before"), side, BEFORE | AFTER);
	}
	for (unsigned side = 0; side < 2; side++)
		enter(c, json_object_get(side ? real : virtual, "changes"), side, AFTER | CHANGE);
	for (unsigned i = 0; i < c->count; i++) {
		complete(&c->rows[i]);
		c->rows[i].differs = !strcmp(text_of(real, "outcome"), "done") &&
				     (strcmp(text_of(virtual, "outcome"), "done") || apart(book, &c->rows[i]));
		c->fails = c->fails || c->rows[i].differs;
	}
}

/* By `prove`. */
static bool refuted_square(const json_t *book, const json_t *scenario, const json_t *row, struct corners *c)
{
	const json_t *square = book_square(book, scenario, text_of(row, "name"), row, "refuted"), *witness = json_object_get(square, "witness"),
		     *runs = json_object_get(witness, "runs");

	if (json_array_size(runs) < 2)
		return false;
	corners_from(book, witness, json_array_get(runs, 0), json_array_get(runs, 1), c);
	c->differences = json_object_get(square, "differences");
	for (unsigned i = 0; i < c->count; i++)
		c->rows[i].differs = c->rows[i].differs || (strcmp(c->rows[i].after[0], c->rows[i].after[1]) && named_as_different(c->differences, c->rows[i].name));
	c->fails = true;
	return true;
}

bool corners_of(const json_t *book, const json_t *scenario, const json_t *row, struct corners *c)
{
	const json_t *o = row_refuted(row, "guarded"), *witness = json_object_get(o, "witness"), *runs = json_object_get(witness, "runs");
	size_t count = json_array_size(runs);

	if (book_proof(book, scenario))
		return refuted_square(book, scenario, row, c);
	if (count < 2)
		return false;
	corners_from(book, witness, json_array_get(runs, 0), json_array_get(runs, count - 1), c);
	return c->fails;
}

bool corners_that_close(const json_t *book, const json_t *scenario, const json_t *row, struct corners *c)
{
	const json_t *square = book_square(book, scenario, text_of(row, "name"), row, "proved"), *example = json_object_get(square, "example"),
		     *runs = json_object_get(example, "runs");

	if (json_array_size(runs) < 2)
		return false;
	corners_from(book, example, json_array_get(runs, 0), json_array_get(runs, 1), c);
	c->fails = false;
	for (unsigned i = 0; i < c->count; i++)
		c->rows[i].differs = false;
	return true;
}

static void put_differing(const struct sink *s, const struct corners *c, unsigned side)
{
	bool any = false;

	for (unsigned i = 0; i < c->count; i++)
		if (c->rows[i].differs) {
			put(s, "%s%c = %c", any ? ", " : "", c->rows[i].name, c->rows[i].after[side]);
			any = true;
		}
}

static bool differs_somewhere(const struct corners *c)
{
	for (unsigned i = 0; i < c->count; i++)
		if (c->rows[i].differs)
			return true;
	return false;
}

/* Whether there is a state after it: it completed, or its trap came when it was complete. */
static bool leaves_something(const json_t *run)
{
	return !strcmp(text_of(run, "outcome"), "done") || json_object_get(run, "changes");
}

/* What the proof names, where no value after the instruction tells the two machines apart. */
static void put_named(const struct sink *s, const json_t *differences)
{
	const json_t *d;
	size_t n;

	json_array_foreach(differences, n, d)
		put(s, "%s%c: %t", n ? "; " : ". ", text_of(d, "place"), text_of(d, "how"));
}

/* How one machine's run ends. A trap that comes when the instruction is complete leaves something too. */
static void put_ending(const struct sink *s, const struct corners *c, unsigned side)
{
	const json_t *run = side ? c->real : c->virtual;

	if (!strcmp(text_of(run, "outcome"), "done"))
		put(s, side ? "it completes without a trap" : "it completes");
	else
		put(s, *text_of(run, "value") ? "it traps (%t, value %t)" : "it traps (%t)", text_of(run, "cause"), text_of(run, "value"));
	if (leaves_something(c->virtual) && leaves_something(c->real) && differs_somewhere(c)) {
		put(s, " and leaves ");
		put_differing(s, c, side);
	}
}

void put_corners_sentence(const struct sink *s, const json_t *book, const struct corners *c)
{
	const char *mode = text_of(json_object_get(book, "machine"), "mode"), *level[2] = {"", ""};

	for (unsigned i = 0; i < c->count; i++)
		for (unsigned side = 0; side < 2 && !strcmp(c->rows[i].name, mode); side++)
			level[side] = c->rows[i].before[side];
	put(s, "On the bare machine (%t) ", *level[0] ? level[0] : "same level");
	put_ending(s, c, 0);
	put(s, "; in the virtual machine (%t) ", *level[1] ? level[1] : "same level");
	put_ending(s, c, 1);
	if (!differs_somewhere(c))
		put_named(s, c->differences);
	put(s, ".");
}
