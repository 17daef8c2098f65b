/* The words of theory.md section 3, for people who have not read it. */
#include "html.h"

#include <stdlib.h>
#include <string.h>

static const struct { const char *word, *shape, *text; } words[] = {
	{"critical", "\xe2\x96\xb2", "Sensitive and not privileged: in some state the guest executes it, the monitor is not called, and what happens is not what "
				     "would have happened on the bare machine, or cannot be undone by the monitor. One is enough to break Theorem 1."},
	{"privileged", "\xe2\x96\xa0", "It traps to the monitor wherever the guest has lost its privilege, so the monitor can do what the guest meant."},
	{"innocuous", "\xe2\x97\x8b", "Not sensitive: it does the same in the virtual machine as on the bare one, and may be executed directly."},
	{"traps", "\xe2\x97\x86", "It never completes at the levels that the guest has lost: the monitor always hears of it."},
	{"undecided", "?", "The solver's budget ran out before an answer was found. Nothing is claimed."},
	{"holds", "\xe2\x9c\x93", ""}, {"breaks", "\xe2\x9c\x95", ""}, {"proved", "\xe2\x9c\x93", "No state contradicts the statement."},
	{"refuted", "\xe2\x9c\x95", "There is a state that contradicts the statement; it was found and executed."},
	{"vacuous", "\xe2\x80\x93", "The statement's hypotheses cannot be met, so it says nothing."},
	{"control", "", "It can change the mode, the relocation or another privileged resource without a trap."},
	{"location", "", "Its result depends on where in real storage the program lies."},
	{"mode", "", "Its result depends on the privilege level at which it is executed."},
	{"behaviour", "", "Its result depends on level and place together."},
	{"configuration", "", "Its result depends on control settings; in a virtual machine these are the host's, not the guest's."},
	{"timing", "", "Its result depends on real time."},
	{"device", "", "It reads or writes a device."},
	{"processor", "", "It stops the processor, which the machines share."},
};

static unsigned row_of(const char *word)
{
	unsigned i = 0;

	while (i < sizeof words / sizeof *words && strcmp(words[i].word, word))
		i++;
	return i;
}

const char *definition_of(const char *word)
{
	unsigned i = row_of(word);

	return i < sizeof words / sizeof *words ? words[i].text : "";
}

const char *shape_of(const char *word)
{
	unsigned i = row_of(word);

	return i < sizeof words / sizeof *words ? words[i].shape : "";
}

void put_verdict(const struct sink *s, const char *word)
{
	put(s, "<span class=\"v %a\"><span aria-hidden=\"true\">%s</span> %t</span>", word, shape_of(word), word);
}

void put_links(const struct sink *s, const json_t *list, size_t most)
{
	const json_t *name;
	size_t n;

	json_array_foreach(list, n, name) {
		if (n == most) {
			put(s, " and %z more", json_array_size(list) - most);
			return;
		}
		put(s, "%s<a href=\"#i-%a\">%t</a>", n ? ", " : "", json_string_value(name), json_string_value(name));
	}
}

/* --- advice --- */

/* The levels that lose privilege, and what they run at: "supervisor (runs at user)". */
static void put_lost(const struct sink *s, const json_t *scenario)
{
	const char *level;
	json_t *real;
	bool any = false;

	json_object_foreach(json_object_get(scenario, "map"), level, real)
		if (strcmp(level, json_string_value(real))) {
			put(s, "%s%t", any ? ", " : "", json_string_value(real));
			any = true;
		}
	if (!any)
		put(s, "the guest's level under the host's settings");
}

static bool has_kind(const json_t *row, const char *kind)
{
	const json_t *k;
	size_t n;

	json_array_foreach(json_object_get(row, "kinds"), n, k)
		if (!strcmp(json_string_value(k), kind))
			return true;
	return false;
}

void put_advice(const struct sink *s, const json_t *book, const json_t *scenario, const json_t *row)
{
	(void)book;
	put(s, "Let it trap at ");
	put_lost(s, scenario);
	if (has_kind(row, "configuration") && !has_kind(row, "control"))
		put(s, ", always or under a setting that the monitor controls");
	if (has_kind(row, "mode") && !has_kind(row, "control"))
		put(s, ", or answer with a value that the monitor chooses");
	if (*text_of(row, "condition"))
		put(s, "; it escapes exactly when %c", text_of(row, "condition"));
	put(s, is_true(row, "user_critical") ? ". (User programs are affected too: a hybrid monitor does not help.)" : ".");
}
