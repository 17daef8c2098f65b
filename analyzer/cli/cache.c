#include "cli.h"

#include <errno.h>
#include <fcntl.h>
#include <sha256.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef ISOLDE_BUILD
#define ISOLDE_BUILD "unknown"
#endif

struct cache {
	char *path;
	json_t *old, *new;
	bool changed;
};

/* --- keys --- */

static void add_function(struct buf *b, const struct isa *isa, const struct ir_function *f, const struct ir_context *context, bool *seen);

static void add_callees(struct buf *b, const struct isa *isa, const struct ir_statement *s, const struct ir_context *context, bool *seen)
{
	for (; s; s = s->next) {
		if (s->callee)
			add_function(b, isa, s->callee, context, seen);
		add_callees(b, isa, s->body, context, seen);
		add_callees(b, isa, s->other, context, seen);
	}
}

static void add_function(struct buf *b, const struct isa *isa, const struct ir_function *f, const struct ir_context *context, bool *seen)
{
	if (!f || seen[f->number])
		return;
	seen[f->number] = true;
	ir_print(b, f, context);
	add_callees(b, isa, f->body, context, seen);
}

static void add_component(struct buf *b, const struct component *c)
{
	char text[BITS_TEXT];

	buf_printf(b, "%s %u %u %s %d %d %d %d %s", c->name, c->width, c->count, role_name(c->role), (int)c->move, c->keeps, c->saved,
		   c->alias_memory, bits_hex(c->alias_at, text));
	for (unsigned i = 0; c->zero && i < c->count; i++)
		buf_printf(b, "%d", c->zero[i]);
	for (unsigned i = 0; c->enumeration && i < c->enumeration->count; i++)
		buf_printf(b, " %s", c->enumeration->members[i].name);
	buf_puts(b, "\n");
}

static void add_scenario(struct buf *b, const struct isa *isa, const struct scenario *s)
{
	char text[BITS_TEXT];

	buf_printf(b, "scenario %s %u", s->name, s->monitor);
	for (unsigned v = 0; v < isa->level_count; v++)
		buf_printf(b, " %d%d", s->map[v], s->deprivileged[v]);
	for (unsigned i = 0; i < s->host_count; i++)
		buf_printf(b, " h%u=%s", s->host[i].component, bits_hex(s->host[i].value, text));
	for (unsigned i = 0; i < isa->component_count; i++)
		if (s->pass_through[i])
			buf_printf(b, " p%u", i);
	buf_puts(b, "\n");
}

static void add_machine(struct buf *b, const struct isa *isa, const char *scenario)
{
	const struct memory *m = &isa->memory;

	for (unsigned i = 0; i < isa->component_count; i++)
		add_component(b, &isa->components[i]);
	for (unsigned i = 0; i < isa->input_count; i++)
		add_component(b, &isa->inputs[i]);
	for (unsigned i = 0; i < isa->level_count; i++)
		buf_printf(b, "level %s %u\n", isa->levels[i].name, (unsigned)isa->levels[i].value);
	for (unsigned i = 0; i < isa->cause_count; i++)
		buf_printf(b, "cause %s %u %d%d\n", isa->causes[i].name, (unsigned)isa->causes[i].value, isa->causes[i].fault,
			   isa->causes[i].complete);
	buf_printf(b, "memory %u %u %u %d\n", m->unit, m->address, m->virtual_address, m->big_endian);
	for (const struct scenario *s = isa->scenarios; s; s = s->next)
		if (!scenario || !strcmp(scenario, s->name))
			add_scenario(b, isa, s);
}

static void add_encoding(struct buf *b, const struct instruction *i)
{
	buf_printf(b, "%s %s %u", i->name, i->pattern.text, i->length);
	for (unsigned v = 0; v < i->variable_count; v++) {
		const struct variable *x = &i->variables[v];

		buf_printf(b, " %s %u", x->name, x->width);
		for (unsigned k = 0; k < x->location.count; k++)
			buf_printf(b, " %u+%u", x->location.pieces[k].low, x->location.pieces[k].width);
		for (unsigned k = 0; k < x->not_count; k++)
			buf_printf(b, " !%u", (unsigned)x->not_values[k]);
	}
	for (unsigned v = 0; v < i->variant_count; v++)
		buf_printf(b, " variant %s", i->variants[v]);
	buf_puts(b, "\n");
}

void cache_key(const char *kind, const struct isa *isa, const struct instruction *i, const struct options *options, const char *scenario, char *key)
{
	struct ir_context context = isa_context(isa, i);
	bool *seen = calloc(isa->function_count + 1, sizeof *seen);
	struct buf b = {0};

	if (!seen)
		abort();
	buf_printf(&b, "isolde " ISOLDE_BUILD " %s %u %d %d %d\n", kind, options->rlimit, options->adversarial, options->processor,
		   options->witnesses);
	add_machine(&b, isa, scenario);
	add_encoding(&b, i);
	add_function(&b, isa, isa->translate, &isa->context, seen);
	add_function(&b, isa, isa->trap_target, &isa->context, seen);
	add_function(&b, isa, isa->trap_entry, &isa->context, seen);
	for (const struct invariant *v = isa->invariants; v; v = v->next)
		add_function(&b, isa, v->predicate, &isa->context, seen);
	add_function(&b, isa, i->valid, &context, seen);
	add_function(&b, isa, i->operation, &context, seen);
	for (unsigned o = 0; o < i->operand_count; o++)
		add_function(&b, isa, i->operands[o].decoder->length, &context, seen);
	SHA256Data((const uint8_t *)buf_text(&b), b.length, key);
	buf_free(&b);
	free(seen);
}

/* --- the store: one file per description --- */

static bool make_directories(const char *path)
{
	char *copy = strdup(path);
	bool made = copy != NULL;

	for (char *c = copy; made && *c; c++)
		if (*c == '/' && c != copy) {
			*c = '\0';
			made = !mkdir(copy, 0777) || errno == EEXIST;
			*c = '/';
		}
	free(copy);
	return made;
}

static char *cache_path(const struct arguments *a, const struct isa *isa)
{
	const char *base = a->cache, *home = getenv("HOME"), *xdg = getenv("XDG_CACHE_HOME");
	char *real = realpath(isa->path, NULL), name[SHA256_DIGEST_STRING_LENGTH], *path;
	struct buf b = {0};

	SHA256Data((const uint8_t *)(real ? real : isa->path), strlen(real ? real : isa->path), name);
	name[16] = '\0';
	if (base)
		buf_printf(&b, "%s/%s-%s.json", base, isa->name, name);
	else if (xdg && *xdg)
		buf_printf(&b, "%s/isolde/%s-%s.json", xdg, isa->name, name);
	else if (home && *home)
		buf_printf(&b, "%s/.cache/isolde/%s-%s.json", home, isa->name, name);
	free(real);
	path = b.text;
	return path;
}

struct cache *cache_open(const struct arguments *a, const struct isa *isa)
{
	struct cache *c;
	char *path = cache_path(a, isa);

	if (!path || !make_directories(path)) {
		free(path);
		return NULL;
	}
	c = must_alloc(sizeof *c);
	*c = (struct cache){.path = path, .old = json_load_file(path, 0, NULL), .new = json_object()};
	if (!json_is_object(c->old)) { /* nothing yet, or not ours: then it is written anew */
		json_decref(c->old);
		c->old = json_object();
	}
	return c;
}

json_t *cache_get(const struct cache *c, const char *key)
{
	json_t *found = json_object_get(c->old, key);

	if (found)
		json_object_set(c->new, key, found);
	return found;
}

void cache_put(struct cache *c, const char *key, json_t *result)
{
	json_object_set(c->new, key, result);
	c->changed = true;
}

/* A new file is written beside the old one and takes its place: a reader never sees half a file. What this run did not use
 * stays, unless the file has grown large. */
void cache_close(struct cache *c)
{
	struct buf temporary = {0};

	if (!c)
		return;
	if (c->changed) {
		if (json_object_size(c->old) < 2000)
			json_object_update_missing(c->new, c->old);
		buf_printf(&temporary, "%s.%ld", c->path, (long)getpid());
		if (json_dump_file(c->new, temporary.text, JSON_COMPACT) || rename(temporary.text, c->path))
			unlink(temporary.text);
	}
	buf_free(&temporary);
	json_decref(c->old);
	json_decref(c->new);
	free(c->path);
	free(c);
}
