/* A difference is shown in the smallest state that still shows it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../engine.h"
#include "campaign.h"

static bool differs_in(const struct comparison *v, const struct unlike *place)
{
	for (unsigned i = 0; i < v->count && i < UNLIKE_MAX; i++) {
		const struct unlike *u = &v->list[i];

		if (!u->reason && u->component == place->component && u->element == place->element && u->address == place->address)
			return true;
	}
	return false;
}

/* Whether the same instruction still differs, and nowhere else than it did: a smaller state must not lead to another difference. */
static bool still(struct campaign *c, const struct comparison *found, struct comparison *v)
{
	if (!campaign_keeps_invariants(c->start))
		return false;
	campaign_step(c, v);
	if (v->cannot || !v->unexplained || v->instruction != found->instruction)
		return false;
	for (unsigned i = 0; i < v->count && i < UNLIKE_MAX; i++)
		if (!v->list[i].reason && !differs_in(found, &v->list[i]))
			return false;
	return true;
}

static void shrink_components(struct campaign *c, const struct comparison *found)
{
	struct comparison v;

	for (unsigned n = 0; n < c->isa->component_count; n++)
		for (unsigned e = 0; e == 0 || e < c->isa->components[n].count; e++) {
			u128 old = machine_get(c->start, n, e), tries[] = {c->isa->components[n].reset, 0, 1, old & (old - 1)};

			for (unsigned t = 0; t < sizeof tries / sizeof *tries && n != c->isa->pc; t++) {
				if (old == tries[t])
					break;
				machine_set(c->start, n, e, tries[t]);
				if (still(c, found, &v))
					break;
				machine_set(c->start, n, e, old);
			}
		}
}

/* Zeroes the units [from, from + count) if that keeps the difference; else tries the halves, unless they are small. */
static void shrink_storage(struct campaign *c, const struct comparison *found, uint64_t from, uint64_t count, unsigned *budget)
{
	struct storage *s = c->start->storage;
	size_t bytes = count * s->cell;
	unsigned char *at = s->cells + from * s->cell, *kept;
	struct comparison v;
	bool zero = true;

	for (size_t b = 0; b < bytes && zero; b++)
		zero = !at[b];
	if (zero || !*budget || !(kept = malloc(bytes)))
		return;
	--*budget;
	memcpy(kept, at, bytes);
	memset(at, 0, bytes);
	if (!still(c, found, &v)) {
		memcpy(at, kept, bytes);
		if (count > 1) {
			shrink_storage(c, found, from, count / 2, budget);
			shrink_storage(c, found, from + count / 2, count - count / 2, budget);
		}
	}
	free(kept);
}

bool campaign_shrink(struct campaign *c, struct comparison *v)
{
	const struct comparison found = *v;
	unsigned budget = 600;

	if (!still(c, &found, v))
		return false;
	shrink_components(c, &found);
	shrink_storage(c, &found, 0, c->start->storage->size, &budget);
	campaign_step(c, v);
	return true;
}

/* --- showing --- */

static void name_of(const struct campaign *c, const struct unlike *u, char *text, size_t room)
{
	if (u->component == -1)
		snprintf(text, room, "[0x%llx]", (unsigned long long)u->address);
	else if (u->component < 0)
		snprintf(text, room, "%s", unlike_names[-u->component - 1]);
	else if (c->isa->components[u->component].count)
		snprintf(text, room, "%s[%u]", c->isa->components[u->component].name, u->element);
	else
		snprintf(text, room, "%s", c->isa->components[u->component].name);
}

static const char *cause_text(const struct isa *isa, u128 cause, char *text)
{
	if (cause == ~(u128)0)
		return "completes";
	for (unsigned i = 0; i < isa->cause_count; i++)
		if (isa->causes[i].value == cause)
			return isa->causes[i].name;
	return bits_hex(cause, text);
}

static void show_start(const struct campaign *c, FILE *out)
{
	char text[BITS_TEXT];
	uint64_t listed = 0;

	for (unsigned i = 0; i < c->isa->component_count; i++)
		for (unsigned e = 0; e == 0 || e < c->isa->components[i].count; e++)
			if (machine_get(c->start, i, e)) {
				struct unlike u = {.component = (int)i, .element = e};
				char name[100];

				name_of(c, &u, name, sizeof name);
				fprintf(out, "    %-24s %s\n", name, bits_hex(machine_get(c->start, i, e), text));
			}
	for (uint64_t i = 0; i < c->start->storage->size; i++) {
		uint64_t unit = storage_get(c->start->storage, i);

		if (unit && listed++ < 200)
			fprintf(out, "    [0x%llx]%*s 0x%llx\n", (unsigned long long)(c->start->at + i), 14, "", (unsigned long long)unit);
	}
}

void campaign_show(const struct campaign *c, const struct comparison *v, FILE *out)
{
	char text[3][BITS_TEXT], name[100];

	fprintf(out, "  %s, from the state\n", v->instruction ? v->instruction->name : "no instruction");
	show_start(c, out);
	if (c->ours->trap_count)
		fprintf(out, "    %s takes the trap %s, pc 0x%llx, value 0x%llx\n", c->isa->name, cause_text(c->isa, c->ours->trap.cause, text[0]),
			(unsigned long long)c->ours->trap.pc, (unsigned long long)c->ours->trap.value);
	fprintf(out, "    %-24s %-20s %-20s %s\n", "after", "before", c->isa->name, c->kind->name);
	for (unsigned i = 0; i < v->count && i < UNLIKE_MAX; i++) {
		const struct unlike *u = &v->list[i];

		name_of(c, u, name, sizeof name);
		if (u->component == -3)
			fprintf(out, "    %-24s %s\n", name, v->why);
		else if (u->component == -2)
			fprintf(out, "    %-24s %-20s %-20s %s\n", name, "", cause_text(c->isa, u->ours, text[0]),
				cause_text(c->isa, u->theirs, text[1]));
		else
			fprintf(out, "    %-24s %-20s %-20s %s%s%s\n", name, bits_hex(u->before, text[0]), bits_hex(u->ours, text[1]),
				bits_hex(u->theirs, text[2]), u->reason ? "  explained: " : "", u->reason ? u->reason->section : "");
	}
	if (v->count > UNLIKE_MAX)
		fprintf(out, "    and %u more\n", v->count - UNLIKE_MAX);
}

void campaign_show_smallest(struct campaign *c, struct comparison *v, uint64_t seed, FILE *out)
{
	struct comparison found = *v;
	bool again = !v->cannot && campaign_shrink(c, v);

	fprintf(out, "seed %llu%s:\n", (unsigned long long)seed, again ? "" : " (it does not show again; as found)");
	campaign_show(c, again ? v : &found, out);
}
