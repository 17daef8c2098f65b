/* The command line of `isolde run`: from words to machines with programs in them. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runs.h"

static bool refuse(const char *option, const char *value, const char *why)
{
	fprintf(stderr, "isolde: --%s %s: %s\n", option, value, why);
	return false;
}

/* A number with a suffix; `base` is 1000 or 1024. */
static bool read_amount(const char *option, const char *text, unsigned base, uint64_t *amount)
{
	static const char suffixes[] = "KMG";
	size_t n = strlen(text);
	const char *suffix = n > 1 ? strchr(suffixes, toupper((unsigned char)text[n - 1])) : NULL;
	u128 number;

	if (bits_parse(text, n - (suffix != NULL), &number) || !number)
		return refuse(option, text, "not a number above 0 (K, M, G may follow)");
	for (const char *s = suffixes; suffix && s <= suffix; s++)
		number = number >> 64 ? number : number * base;
	if (number >> 63)
		return refuse(option, text, "too large");
	*amount = (uint64_t)number;
	return true;
}

static bool read_engine(struct order *o)
{
	static const char *const names[] = {"native", "builtin", "walk"};
	static const enum engine_kind kinds[] = {ENGINE_NATIVE, ENGINE_BUILTIN, ENGINE_WALK};

	o->options.engine = ENGINE_BEST;
	if (!o->a->engine)
		return true;
	for (unsigned i = 0; i < 3; i++)
		if (!strcmp(names[i], o->a->engine)) {
			o->options.engine = kinds[i];
			return true;
		}
	return refuse("engine", o->a->engine, "it is native, builtin or walk");
}

static const struct scenario *default_scenario(const struct isa *isa)
{
	for (const struct scenario *s = isa->scenarios; s; s = s->next)
		if (s->is_default)
			return s;
	return isa->scenarios;
}

static bool read_technique(struct order *o)
{
	const char *name = o->a->monitor;

	o->options.technique = strcmp(name, "all") ? technique_named(name) : TECHNIQUE_NONE;
	if (o->options.technique == TECHNIQUE_COUNT)
		return refuse("monitor", name, "it is none, interpret, trap-and-emulate, hybrid, patch, paravirtual or all");
	if (!find_scenario(o->isa, o->a, &o->options.scenario))
		return false;
	if (!o->options.scenario)
		o->options.scenario = default_scenario(o->isa);
	if (!o->options.scenario && strcmp(name, "none"))
		return refuse("monitor", name, "the description has no scenario");
	if (o->a->depth < 1 || o->a->depth > DEPTH_MAX)
		return refuse("depth", "", "1 to 8 monitors");
	o->options.depth = o->a->depth;
	return true;
}

/* TRAP,EMULATE */
static bool read_costs(struct order *o)
{
	char *end;

	o->trap_cost = (unsigned)strtoul(o->a->costs, &end, 10);
	if (*end != ',' || end == o->a->costs)
		return refuse("costs", o->a->costs, "two numbers: cycles of a trap, cycles of an emulation");
	o->emulation_cost = (unsigned)strtoul(end + 1, &end, 10);
	return !*end || refuse("costs", o->a->costs, "two numbers: cycles of a trap, cycles of an emulation");
}

/* --- lists with commas --- */

/* Calls `one` for each part of a list; the parts are in the arena. */
static bool each(struct order *o, const char *list, bool (*one)(struct order *, char *part))
{
	char *copy = list ? arena_copy(o->arena, list, strlen(list)) : NULL;

	for (char *next; copy; copy = next) {
		next = strchr(copy, ',');
		if (next)
			*next++ = 0;
		if (!one(o, copy))
			return false;
	}
	return true;
}

static bool add_bytes(struct order *o, char *part)
{
	char *at = strrchr(part, '@');
	struct bytes *b = ARENA_NEW(o->arena, struct bytes);
	u128 address;

	if (!at || bits_parse(at + 1, strlen(at + 1), &address) || address >> 64)
		return refuse("load", part, "it is FILE@ADDRESS");
	*at = 0;
	*b = (struct bytes){(uint64_t)address, part, o->more};
	o->more = b;
	return true;
}

/* NAME or NAME[ELEMENT] */
static bool find_place(const struct order *o, char *name, struct setting_of *s)
{
	char *bracket = strchr(name, '['), *end = NULL;
	const struct component *c;

	if (bracket) {
		*bracket = 0;
		s->element = (unsigned)strtoul(bracket + 1, &end, 0);
	}
	c = isa_component(o->isa, name);
	if (!c || (bracket && (!*end || strcmp(end, "]"))) || s->element >= (c->count ? c->count : 1))
		return false;
	s->component = (unsigned)(c - o->isa->components);
	return true;
}

static bool add_setting(struct order *o, char *part)
{
	char *equals = strchr(part, '=');
	struct setting_of *s = ARENA_NEW(o->arena, struct setting_of);

	if (!equals || bits_parse(equals + 1, strlen(equals + 1), &s->value))
		return refuse("set", part, "it is NAME=VALUE");
	*equals = 0;
	if (!find_place(o, part, s))
		return refuse("set", part, "the description has no such component (registers with fields: name the field)");
	s->next = o->settings;
	o->settings = s;
	return true;
}

/* --- programs --- */

/* Images of one machine, with commas between. */
static bool read_images(struct order *o, unsigned machine, const char *list, uint64_t at)
{
	unsigned count = 1, n = 0;
	char *copy = arena_copy(o->arena, list, strlen(list));
	struct diags *diags = diags_new(o->arena);

	for (const char *c = list; *c; c++)
		count += *c == ',';
	o->images[machine] = ARENA_ARRAY(o->arena, const struct image *, count + 1);
	for (char *next; copy; copy = next) {
		next = strchr(copy, ',');
		if (next)
			*next++ = 0;
		o->images[machine][n] = image_read(o->arena, o->isa, copy, at, diags);
		if (!o->images[machine][n++])
			break;
	}
	if (diag_errors(diags) || !o->a->quiet)
		diag_print(diags, stderr, use_colour(stderr));
	return n == count && o->images[machine][n - 1];
}

static bool read_programs(struct order *o)
{
	u128 at = o->isa->platform.memory_at;

	if (o->a->at && (bits_parse(o->a->at, strlen(o->a->at), &at) || at >> 64))
		return refuse("at", o->a->at, "it is an address");
	o->options.count = o->a->count - 1;
	for (unsigned i = 0; i < o->options.count; i++)
		if (!read_images(o, i, o->a->words[i + 1], (uint64_t)at))
			return false;
	return true;
}

static void read_worlds(struct order *o)
{
	for (unsigned i = 0; i < o->options.count; i++) {
		struct host_options *h = &o->options.hosts[i];

		*h = (struct host_options){.console_in = -1, .console_out = -1, .input = o->a->input, .disk = o->a->disk,
					   .disk_copy = o->options.count > 1, .capture = i ? NULL : o->a->capture, .replies = o->a->replies};
	}
}

static bool read_options(struct order *o)
{
	const struct arguments *a = o->a;

	o->limit = ~(uint64_t)0 >> 1;
	o->options.isa = o->isa;
	o->options.start = a->start;
	return read_engine(o) && read_technique(o) && read_costs(o) &&
	       (!a->limit || read_amount("limit", a->limit, 1000, &o->limit)) &&
	       (!a->memory || read_amount("memory", a->memory, 1024, &o->options.memory)) && each(o, a->load, add_bytes) &&
	       each(o, a->set, add_setting);
}

bool order_read(struct order *o, int *status)
{
	*status = EXIT_INPUT;
	o->isa = load_spec(o->arena, o->a, o->a->words[0], NULL);
	if (!o->isa)
		return false;
	*status = EXIT_USAGE;
	if (!read_options(o))
		return false;
	*status = EXIT_INPUT;
	if (!read_programs(o))
		return false;
	read_worlds(o);
	return true;
}

/* --- the analysis --- */

static unsigned instruction_number(const struct isa *isa, const struct instruction *instruction)
{
	unsigned n = 0;

	for (const struct instruction *i = isa->instructions; i != instruction; i = i->next)
		n++;
	return n;
}

static bool all_there(const struct order *o, const bool *only)
{
	unsigned n = 0;

	if (!o->check)
		return false;
	for (const struct instruction *i = o->isa->instructions; i; i = i->next, n++)
		if ((!only || only[n]) && !order_row(o, i->name))
			return false;
	return true;
}

bool order_analyse(struct order *o, const bool *only)
{
	unsigned n = 0;

	if (all_there(o, only))
		return true;
	json_decref(o->check);
	o->check = check_all(o->isa, o->a, o->options.scenario, only);
	if (!o->check)
		return false;
	o->critical = ARENA_ARRAY(o->arena, bool, o->isa->instruction_count + 1);
	for (const struct instruction *i = o->isa->instructions; i; i = i->next)
		o->critical[n++] = json_is_true(json_object_get(order_row(o, i->name), "critical"));
	return true;
}

bool order_analyse_one(struct order *o, const struct instruction *instruction)
{
	bool *only = ARENA_ARRAY(o->arena, bool, o->isa->instruction_count + 1);

	only[instruction_number(o->isa, instruction)] = true;
	return order_analyse(o, only);
}

struct finding_instructions {
	const struct isa *isa;
	bool *found;
};

static void note_instruction(void *context, uint64_t at, const struct decoded *d)
{
	struct finding_instructions *f = context;

	(void)at;
	f->found[instruction_number(f->isa, d->instruction)] = true;
}

/* Of a segment, as monitor_patch will find them. */
static void find_instructions(struct order *o, const struct tree *tree, const struct segment *s, bool *found)
{
	struct arena *arena = arena_new();
	uint64_t *units = ARENA_ARRAY(arena, uint64_t, s->count + 1);
	struct finding_instructions f = {o->isa, found};

	for (uint64_t i = 0; i < s->count; i++)
		units[i] = segment_unit(s, i);
	decode_sweep(tree, o->isa, units, s->count, note_instruction, &f);
	arena_free(arena);
}

/* What is not in a program need not be classified to patch it. */
bool order_find_critical(struct order *o)
{
	bool *only = ARENA_ARRAY(o->arena, bool, o->isa->instruction_count + 1);
	struct tree *tree = decode_tree(o->arena, o->isa);

	for (unsigned m = 0; m < o->options.count; m++)
		for (unsigned i = 0; o->images[m][i]; i++)
			for (const struct segment *s = o->images[m][i]->segments; s; s = s->next)
				if (!s->data)
					find_instructions(o, tree, s, only);
	return order_analyse(o, only);
}

static const json_t *named(const json_t *list, const char *key, const char *name)
{
	size_t at;
	json_t *item;

	json_array_foreach(list, at, item)
		if (!strcmp(json_string_value(json_object_get(item, key)), name))
			return item;
	return NULL;
}

static const json_t *extended(const struct order *o)
{
	const json_t *scenario = named(json_object_get(o->check, "scenarios"), "name", o->options.scenario->name);

	return named(json_object_get(scenario, "profiles"), "profile", "extended");
}

const json_t *order_row(const struct order *o, const char *instruction)
{
	return named(json_object_get(extended(o), "instructions"), "name", instruction);
}

json_t *order_theorems(const struct order *o)
{
	return json_pack("{s:O, s:O}", "Theorem 1", json_object_get(extended(o), "theorem1"), "Theorem 3",
			 json_object_get(extended(o), "theorem3"));
}

/* --- loading --- */

static bool load_bytes(struct machine *m, const struct bytes *b, char *error)
{
	FILE *f = fopen(b->path, "rb");
	unsigned char part[4096];
	uint64_t at = b->at;
	size_t n;

	if (!f) {
		snprintf(error, 256, "cannot open %s", b->path);
		return false;
	}
	while ((n = fread(part, 1, sizeof part, f)) > 0) {
		if (!machine_write_bytes(m, at, part, n)) {
			snprintf(error, 256, "%s does not fit into storage at 0x%llx, or storage has no bytes", b->path, (unsigned long long)b->at);
			fclose(f);
			return false;
		}
		at += n;
	}
	fclose(f);
	return true;
}

/* Programs with this symbol expect the host to look there (emulator/devices/README.md, htif). */
static bool add_htif(const struct order *o, const struct image *image, struct machine *m, char *error)
{
	const struct symbol *tohost = image_symbol(image, "tohost");
	struct platform_device *d;

	if (!tohost)
		return true;
	d = ARENA_NEW(o->arena, struct platform_device);
	*d = (struct platform_device){.name = "htif", .model = "htif", .at = tohost->value};
	return devices_add(m, d, error);
}

static bool load_machine(const struct order *o, unsigned number, struct machine *m, char *error)
{
	const struct image *const *images = o->images[number];

	for (unsigned i = 0; images[i]; i++)
		if (!image_load(images[i], m, error))
			return false;
	for (const struct bytes *b = o->more; b; b = b->next)
		if (!load_bytes(m, b, error))
			return false;
	if (!add_htif(o, images[0], m, error))
		return false;
	if (images[0]->has_entry)
		machine_set(m, m->isa->pc, 0, images[0]->entry);
	for (const struct setting_of *s = o->settings; s; s = s->next)
		machine_set(m, s->component, s->element, s->value);
	return true;
}

static bool patch_machine(const struct order *o, struct session *r, unsigned number, char *error)
{
	for (unsigned i = 0; o->images[number][i]; i++)
		for (const struct segment *s = o->images[number][i]->segments; s; s = s->next)
			if (!s->data && monitor_patch(session_monitor(r), number, s->at, s->count, o->critical, error) < 0)
				return false;
	return true;
}

struct session *order_session(const struct order *o, const struct session_options *options)
{
	char error[256];
	struct session *r = session_new(options, error);
	bool loaded = r;

	for (unsigned d = 0; r && session_monitor(r) && d < options->depth; d++)
		r->monitors[d]->protects = o->a->guard || o->a->lockstep;
	for (unsigned i = 0; loaded && i < options->count; i++)
		loaded = load_machine(o, i, r->machines[i], error) &&
			 (options->technique != TECHNIQUE_PATCH || patch_machine(o, r, i, error));
	if (loaded)
		return r;
	fprintf(stderr, "isolde: %s\n", error);
	session_free(r);
	return NULL;
}
