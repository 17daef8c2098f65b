/* isolde validate: a description against implementations that nobody here wrote. */
#include <stdlib.h>
#include <string.h>

#include "../../emulator/oracles/campaign.h"
#include "cli.h"

enum { SHOWN_MAX = 30, STORAGE_DEFAULT = 0x40000 };

static int list_oracles(void)
{
	for (unsigned i = 0; oracles[i]; i++) {
		const char *why = oracles[i]->absent();

		printf("%-10s %s%s\n", oracles[i]->name, why ? "absent: " : "present", why ? why : "");
	}
	return EXIT_AS_EXPECTED;
}

/* --- results --- */

struct totals {
	uint64_t compared, differed, explained, cannot, unmade;
};

static struct totals sum(const struct campaign *c, uint64_t unmade)
{
	struct totals t = {.unmade = unmade};

	for (unsigned i = 0; i <= c->isa->instruction_count; i++) {
		t.compared += c->tallies[i].compared;
		t.differed += c->tallies[i].differed;
		t.explained += c->tallies[i].explained;
		t.cannot += c->tallies[i].cannot;
	}
	return t;
}

static void print_row(const char *form, const char *name, const struct tally *t)
{
	char counts[4][24];

	snprintf(counts[0], sizeof counts[0], "%llu", (unsigned long long)t->compared);
	snprintf(counts[1], sizeof counts[1], "%llu", (unsigned long long)t->differed);
	snprintf(counts[2], sizeof counts[2], "%llu", (unsigned long long)t->explained);
	snprintf(counts[3], sizeof counts[3], "%llu", (unsigned long long)t->cannot);
	printf(form, name, counts[0], counts[1], counts[2], counts[3], t->reason ? t->reason->section : "");
}

static void print_table(const struct campaign *c, const struct totals *t, bool markdown)
{
	static const char *const forms[] = {"  %-24s %10s %10s %10s %10s  %s\n", "| %s | %s | %s | %s | %s | %s |\n"};
	const char *form = forms[markdown];
	unsigned n = 0;

	printf(form, "instruction", "compared", "different", "explained", "cannot", "by");
	if (markdown)
		puts("|---|---|---|---|---|---|");
	for (const struct instruction *i = c->isa->instructions; i; i = i->next, n++)
		if (c->tallies[n].compared || c->tallies[n].cannot)
			print_row(form, i->name, &c->tallies[n]);
	if (c->tallies[n].compared || c->tallies[n].cannot)
		print_row(form, "(no instruction)", &c->tallies[n]);
	printf("%s%s against %s: %llu steps compared, %llu different, %llu of them explained; %llu that one side cannot do, %llu without a state\n",
	       markdown ? "\n" : "", c->isa->name, c->kind->name, (unsigned long long)t->compared, (unsigned long long)t->differed,
	       (unsigned long long)t->explained, (unsigned long long)t->cannot, (unsigned long long)t->unmade);
	for (unsigned i = 0; i < REFUSALS && c->refusals[i].why; i++)
		printf("%s%llu of these: %s\n", markdown ? "- " : "  ", (unsigned long long)c->refusals[i].count, c->refusals[i].why);
}

static json_t *tally_json(const char *name, const struct tally *t)
{
	json_t *j = json_pack("{s:s, s:I, s:I, s:I, s:I}", "instruction", name, "compared", (json_int_t)t->compared, "different",
			      (json_int_t)t->differed, "explained", (json_int_t)t->explained, "cannot", (json_int_t)t->cannot);

	if (t->reason)
		json_object_set_new(j, "by", json_pack("{s:s, s:s}", "section", t->reason->section, "why", t->reason->why));
	return j;
}

static void print_json(const struct campaign *c, const struct totals *t, const struct arguments *a)
{
	json_t *rows = json_array(), *refusals = json_object(), *j;
	unsigned n = 0;

	for (const struct instruction *i = c->isa->instructions; i; i = i->next, n++)
		json_array_append_new(rows, tally_json(i->name, &c->tallies[n]));
	json_array_append_new(rows, tally_json("(no instruction)", &c->tallies[n]));
	for (unsigned i = 0; i < REFUSALS && c->refusals[i].why; i++)
		json_object_set_new(refusals, c->refusals[i].why, json_integer((json_int_t)c->refusals[i].count));
	j = json_pack("{s:s, s:s, s:i, s:I, s:I, s:I, s:I, s:I, s:o, s:o}", "isa", c->isa->name, "oracle", c->kind->name, "seed", (int)a->seed,
		      "compared", (json_int_t)t->compared, "different", (json_int_t)t->differed, "explained", (json_int_t)t->explained,
		      "cannot", (json_int_t)t->cannot, "unmade", (json_int_t)t->unmade, "refusals", refusals, "instructions", rows);
	json_dumpf(j, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(j);
}

/* --- the campaign --- */

/* Differences are shown once per instruction. */
static void run_campaign(struct campaign *c, const struct arguments *a, const struct instruction *only, uint64_t *unmade)
{
	bool *shown = calloc(c->isa->instruction_count + 1, sizeof *shown);
	unsigned count = 0, n;

	for (uint64_t seed = a->seed; shown && seed < (uint64_t)a->seed + a->steps; seed++) {
		struct comparison v;

		if (!campaign_start(c, seed, only)) {
			++*unmade;
			continue;
		}
		campaign_step(c, &v);
		if (v.unexplained)
			campaign_again(c, &v);
		campaign_count(c, &v);
		if (!v.unexplained || count == SHOWN_MAX || a->quiet)
			continue;
		n = campaign_number(c->isa, v.instruction);
		if (!shown[n])
			campaign_show_smallest(c, &v, seed, stderr);
		count += !shown[n];
		shown[n] = true;
	}
	free(shown);
}

static int finish(const struct campaign *c, const struct arguments *a, uint64_t unmade)
{
	struct totals t = sum(c, unmade);

	if (!strcmp(a->format, "json"))
		print_json(c, &t, a);
	else
		print_table(c, &t, !strcmp(a->format, "markdown"));
	if (t.differed > t.explained)
		return EXIT_REFUTED;
	return t.compared ? EXIT_AS_EXPECTED : EXIT_UNDECIDED;
}

static const char *explained_path(struct arena *arena, const struct arguments *a)
{
	const char *slash = strrchr(a->words[0], '/');

	if (a->explained)
		return a->explained;
	return arena_printf(arena, "%.*soracles/%s.yaml", slash ? (int)(slash - a->words[0] + 1) : 0, a->words[0], a->oracle);
}

static uint64_t storage_size(const struct isa *isa, const struct oracle_kind *kind)
{
	uint64_t needed = kind->storage ? kind->storage(isa) : 0;

	if (needed)
		return needed;
	return isa->platform.memory_size < STORAGE_DEFAULT ? (uint64_t)isa->platform.memory_size : STORAGE_DEFAULT;
}

static int validate(struct arena *arena, const struct arguments *a, struct isa *isa, const struct oracle_kind *kind, const struct instruction *only)
{
	struct diags *diags = diags_new(arena);
	const struct explained *known;
	struct campaign *c;
	uint64_t unmade = 0;
	char error[256];
	bool ok;
	int code;

	if (kind->absent() || kind->refuses(isa)) {
		printf("%s against %s: 0 steps compared: %s\n", isa->name, kind->name, kind->absent() ? kind->absent() : kind->refuses(isa));
		return EXIT_UNDECIDED;
	}
	known = explained_read(arena, explained_path(arena, a), isa, diags, &ok);
	diag_print(diags, stderr, use_colour(stderr));
	if (!ok)
		return EXIT_INPUT;
	c = campaign_new(isa, kind, storage_size(isa, kind), known, error);
	if (!c) {
		printf("%s against %s: 0 steps compared: %s\n", isa->name, kind->name, error);
		return EXIT_UNDECIDED;
	}
	run_campaign(c, a, only, &unmade);
	code = finish(c, a, unmade);
	campaign_free(c);
	return code;
}

static int validate_with(struct arena *arena, const struct arguments *a, struct isa *isa, const struct oracle_kind *kind)
{
	const struct instruction *only = a->instruction ? isa_instruction(isa, a->instruction) : NULL;

	if (a->instruction && !only) {
		fprintf(stderr, "isolde: %s has no instruction '%s'\n", isa->name, a->instruction);
		return EXIT_USAGE;
	}
	return kind ? validate(arena, a, isa, kind, only) : validate_monitor(a, isa, only);
}

int command_validate(const struct arguments *a)
{
	const struct oracle_kind *kind = a->oracle ? oracle_named(a->oracle) : NULL;
	bool monitor = strcmp(a->monitor, "none");
	struct arena *arena;
	struct isa *isa;
	int code = EXIT_INPUT;

	if (!a->count && !a->oracle && !monitor)
		return list_oracles();
	if (!a->count || !kind == !monitor) {
		fprintf(stderr, "isolde: %s\n", !a->count ? "validate needs a description" :
						 a->oracle && !kind ? "there is no such oracle: isolde validate lists them"
								    : "validate needs one of --oracle NAME (isolde validate lists them) and --monitor TECHNIQUE");
		return EXIT_USAGE;
	}
	arena = arena_new();
	isa = load_spec(arena, a, a->words[0], NULL);
	if (isa)
		code = validate_with(arena, a, isa, kind);
	arena_free(arena);
	return code;
}
