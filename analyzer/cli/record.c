/* For isolde run --record and isolde step: the bare machine and the virtual machine, step by step, as JSON (reports/recording.schema.json). */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "../../emulator/trace.h"
#include "../../emulator/watch/view.h"
#include "../../reports/report.h"
#include "runs.h"

enum { STEPS_DEFAULT = 500, STEPS_MAX = 20000, STORES_MAX = 64 };

/* One machine while it is recorded. */
struct recorded {
	struct machine *m;
	uint64_t *before; /* words, as they were before the step */
	uint64_t traps;   /* trap_count then */
	struct tracer tracer;
	struct { uint64_t pa; unsigned units; } stores[STORES_MAX];
	unsigned store_count;
};

struct recorder {
	const struct isa *isa;
	struct arena *arena;
	struct session *virtual, *bare;
	struct monitor *monitor;
	struct recorded machines[3]; /* bare, virtual, real */
	const struct view *view;     /* of the bare machine */
	struct efficiency last;
	size_t console;
};
static const char *const machine_names[] = {"bare", "virtual", "real"};

/* --- values --- */

static json_t *value_json(const struct component *c, u128 value)
{
	char text[BITS_TEXT];

	for (unsigned i = 0; c->enumeration && i < c->enumeration->count; i++)
		if (c->enumeration->members[i].value == value)
			return json_string(c->enumeration->members[i].name);
	return json_string(bits_hex(value, text));
}

static void set_value(json_t *o, const struct isa *isa, unsigned component, unsigned element, u128 value)
{
	struct buf name = {0};

	view_component_name(&name, isa, component, element);
	json_object_set_new(o, buf_text(&name), value_json(&isa->components[component], value));
	buf_free(&name);
}

static unsigned elements(const struct component *c)
{
	return c->count ? c->count : 1;
}

/* Everything that is not zero. */
static json_t *state_json(const struct machine *m)
{
	json_t *o = json_object();

	for (unsigned i = 0; i < m->isa->component_count; i++)
		for (unsigned e = 0; e < elements(&m->isa->components[i]); e++)
			if (machine_get(m, i, e) || i == m->isa->mode || i == m->isa->pc)
				set_value(o, m->isa, i, e, machine_get(m, i, e));
	return o;
}

static u128 word_at(const struct machine *m, const uint64_t *words, unsigned component, unsigned element)
{
	bool wide = m->isa->components[component].width > 64;
	unsigned at = m->word_of[component] + element * (wide ? 2 : 1);

	return wide ? (u128)words[at + 1] << 64 | words[at] : words[at];
}

/* --- before and after a step --- */

static void note_store(void *context, struct machine *m, enum access access, uint64_t pa, unsigned width, u128 value)
{
	struct recorded *r = context;

	(void)value;
	if (access != ACCESS_STORE || r->store_count == STORES_MAX)
		return;
	r->stores[r->store_count].pa = pa;
	r->stores[r->store_count++].units = width / m->isa->memory.unit;
}

static void remember(struct recorded *r)
{
	memcpy(r->before, r->m->words, r->m->word_count * sizeof *r->before);
	r->traps = r->m->trap_count;
	r->store_count = 0;
}

static json_t *changes_json(const struct recorded *r)
{
	const struct isa *isa = r->m->isa;
	json_t *o = json_object();

	for (unsigned i = 0; i < isa->component_count; i++)
		for (unsigned e = 0; e < elements(&isa->components[i]); e++)
			if (word_at(r->m, r->before, i, e) != machine_get(r->m, i, e))
				set_value(o, isa, i, e, machine_get(r->m, i, e));
	return o;
}

static void add_storage(json_t *o, const struct recorded *r, const struct machine *m)
{
	char name[64], text[BITS_TEXT];

	for (unsigned s = 0; s < r->store_count; s++)
		for (unsigned i = 0; i < r->stores[s].units; i++) {
			uint64_t value, pa = r->stores[s].pa + i;

			if (!machine_read(m, pa, &value, 1))
				continue;
			snprintf(name, sizeof name, "memory[0x%llx]", (unsigned long long)pa);
			json_object_set_new(o, name, json_string(bits_hex(value, text)));
		}
}

static json_t *trap_json(const struct isa *isa, const struct trap *trap)
{
	char text[BITS_TEXT];

	return json_pack("{s:s, s:s, s:b, s:s}", "cause", view_cause(isa, trap->cause), "value", bits_hex(trap->value, text), "interrupt", trap->interrupt, "to",
			 isa->levels[trap->target].name);
}

static json_t *side_json(const struct recorder *r, const struct recorded *one)
{
	json_t *o = json_object(), *changes = changes_json(one);

	if (one != &r->machines[2]) /* the guest's storage, in guest addresses; both machines' as the bare one wrote it */
		add_storage(changes, &r->machines[0], one->m);
	json_object_set_new(o, "changes", changes);
	if (one != &r->machines[2] && one->m->trap_count != one->traps)
		json_object_set_new(o, "trap", trap_json(r->isa, &one->m->trap));
	return o;
}

/* --- the way through the monitor, from what it counts --- */

static void part(json_t *path, const char *name, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void part(json_t *path, const char *name, const char *format, ...)
{
	char text[256];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof text, format, list);
	va_end(list);
	json_array_append_new(path, json_pack("{s:s, s:s}", "part", name, "text", text));
}

static void trap_path(const struct recorder *r, const struct efficiency *e, json_t *path)
{
	const struct trap *trap = &r->monitor->below->trap;
	const char *cause = view_cause(r->isa, trap->cause);

	part(path, "trap", "%s: the real machine stops the guest, and the monitor's dispatcher has the processor", cause);
	if (e->hidden > r->last.hidden && e->interpreted == r->last.interpreted)
		part(path, "dispatcher", "a fault that the guest must not see: to the allocator");
	else
		part(path, "dispatcher", "%s: to the interpreter routine of the instruction", trap->fault ? "a fault that is the guest's own affair" : "a privileged instruction, or a call");
}

static json_t *path_json(const struct recorder *r)
{
	const struct efficiency *e = monitor_efficiency(r->monitor, 0);
	json_t *path = json_array();

	if (e->direct > r->last.direct)
		part(path, "direct", "executed directly by the real machine, without the monitor");
	if (e->traps > r->last.traps)
		trap_path(r, e, path);
	if (e->mapped > r->last.mapped)
		part(path, "allocator", "maps %llu page%s for the guest", (unsigned long long)(e->mapped - r->last.mapped), e->mapped - r->last.mapped == 1 ? "" : "s");
	if (e->composed > r->last.composed)
		part(path, "allocator", "composes the real relocation from the guest's");
	if (e->interpreted > r->last.interpreted)
		part(path, "interpreter", "carries it out on the virtual machine's state, by the description's semantics");
	if (e->reflected > r->last.reflected)
		part(path, "guest", "it traps there too: the guest's own handler goes on");
	if (e->injected > r->last.injected)
		part(path, "guest", "an interrupt that was due is given to the guest");
	return path;
}

/* --- steps --- */

static json_t *differences_json(const struct recorder *r)
{
	const struct machine *a = r->machines[0].m, *b = r->machines[1].m;
	json_t *list = json_array();
	struct buf name = {0};

	for (unsigned i = 0; i < r->isa->component_count; i++)
		for (unsigned e = 0; e < elements(&r->isa->components[i]); e++)
			if (machine_get(a, i, e) != machine_get(b, i, e)) {
				name.length = 0;
				view_component_name(&name, r->isa, i, e);
				json_array_append_new(list, json_string(buf_text(&name)));
			}
	for (unsigned s = 0; s < r->machines[0].store_count; s++) {
		uint64_t x = 0, y = 0, pa = r->machines[0].stores[s].pa;

		if (machine_read(a, pa, &x, 1) && machine_read(b, pa, &y, 1) && x != y)
			json_array_append_new(list, json_sprintf("memory[0x%llx]", (unsigned long long)pa));
	}
	buf_free(&name);
	return list;
}

static json_t *console_json(struct recorder *r)
{
	size_t length;
	const char *text = host_console(r->virtual->hosts[0], &length);
	json_t *more = json_stringn(text + r->console, length - r->console);

	r->console = length;
	return more ? more : json_string("(not UTF-8)");
}

static json_t *step_json(struct recorder *r, enum stop stops[2])
{
	struct machine *bare = r->machines[0].m, *virtual = r->machines[1].m;
	struct buf text = {0}, place = {0};
	uint64_t pc = machine_pc(bare);
	json_t *o = json_object();
	char number[BITS_TEXT];

	view_instruction(r->view, &text, pc);
	view_place(&place, r->view->symbols, pc);
	json_object_set_new(o, "pc", json_string(bits_hex(pc, number)));
	json_object_set_new(o, "place", json_string(*buf_text(&place) ? buf_text(&place) + 1 : ""));
	json_object_set_new(o, "text", json_string(buf_text(&text)));
	for (unsigned i = 0; i < 3; i++)
		remember(&r->machines[i]);
	stops[0] = machine_run(bare, 1);
	stops[1] = machine_run(virtual, 1);
	machine_sync(bare, 0, 0);
	machine_sync(virtual, 0, 0);
	for (unsigned i = 0; i < 3; i++)
		json_object_set_new(o, machine_names[i], side_json(r, &r->machines[i]));
	json_object_set_new(o, "path", path_json(r));
	json_object_set_new(o, "console", console_json(r));
	json_object_set_new(o, "differs", differences_json(r));
	r->last = *monitor_efficiency(r->monitor, 0);
	buf_free(&text);
	buf_free(&place);
	return o;
}

static const char *end_of(enum stop stop)
{
	static const char *const texts[] = {[STOP_STEPS] = "not ended", [STOP_TRAP] = "trapped", [STOP_OFF] = "switched off", [STOP_STUCK] = "waits for ever",
					    [STOP_BREAK] = "breakpoint", [STOP_YIELD] = "interrupted", [STOP_ERROR] = "cannot go on"};

	return texts[stop];
}

static json_t *steps_json(struct recorder *r, uint64_t limit, json_t *end)
{
	enum stop stops[2] = {STOP_STEPS, STOP_STEPS};
	json_t *steps = json_array();
	uint64_t n = 0;

	for (; n < limit && stops[0] == STOP_STEPS && stops[1] == STOP_STEPS; n++)
		json_array_append_new(steps, step_json(r, stops));
	json_object_set_new(end, "bare", json_string(end_of(stops[0])));
	json_object_set_new(end, "virtual", json_string(end_of(stops[1])));
	json_object_set_new(end, "cut", json_boolean(n == limit));
	return steps;
}

/* --- the whole --- */

static json_t *map_json(const struct isa *isa, const struct scenario *s)
{
	json_t *o = json_object();

	for (unsigned v = 0; v < isa->level_count; v++)
		if (s->map[v] >= 0)
			json_object_set_new(o, isa->levels[v].name, json_string(isa->levels[s->map[v]].name));
	return o;
}

/* How the map f of theory.md section 4 relates a component of the virtual machine to the real one. */
static const char *relation(const struct component *c, bool passed)
{
	switch (c->role) {
	case ROLE_GENERAL:
	case ROLE_PC: return "equal";
	case ROLE_MODE: return "mapped";
	case ROLE_RELOCATION: return passed ? "equal" : "composed";
	default: return passed ? "equal" : "host";
	}
}

static json_t *components_json(const struct isa *isa, const struct scenario *s)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < isa->component_count; i++)
		json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "name", isa->components[i].name, "role", role_name(isa->components[i].role), "map",
						      relation(&isa->components[i], s->pass_through[i])));
	return list;
}

static void begin(struct recorder *r)
{
	struct machine *machines[3] = {r->bare->machines[0], r->virtual->machines[0], r->monitor->below};

	for (unsigned i = 0; i < 3; i++) {
		r->machines[i].m = machines[i];
		r->machines[i].before = ARENA_ARRAY(r->arena, uint64_t, machines[i]->word_count);
	}
	r->machines[0].tracer = (struct tracer){.context = &r->machines[0], .memory = note_store};
	machines[0]->tracer = &r->machines[0].tracer;
	r->last = *monitor_efficiency(r->monitor, 0);
}

static json_t *record(const struct order *o, struct recorder *r)
{
	const struct scenario *s = o->options.scenario;
	json_t *j = json_object(), *start = json_object(), *end = json_object();
	uint64_t limit = o->a->limit ? o->limit : STEPS_DEFAULT;

	begin(r);
	json_object_set_new(j, "tool", json_string("isolde " ISOLDE_VERSION));
	json_object_set_new(j, "isa", json_string(o->isa->name));
	json_object_set_new(j, "long_name", json_string(o->isa->long_name ? o->isa->long_name : ""));
	json_object_set_new(j, "program", json_string(o->a->words[1]));
	json_object_set_new(j, "scenario", json_string(s->name));
	json_object_set_new(j, "technique", json_string(technique_name(o->options.technique)));
	json_object_set_new(j, "mode", json_string(o->isa->components[o->isa->mode].name));
	json_object_set_new(j, "map", map_json(o->isa, s));
	json_object_set_new(j, "monitor_level", json_string(o->isa->levels[s->monitor].name));
	json_object_set_new(j, "components", components_json(o->isa, s));
	for (unsigned i = 0; i < 3; i++)
		json_object_set_new(start, machine_names[i], state_json(r->machines[i].m));
	json_object_set_new(j, "start", start);
	json_object_set_new(j, "steps", steps_json(r, limit < STEPS_MAX ? limit : STEPS_MAX, end));
	json_object_set_new(j, "end", end);
	return j;
}

json_t *order_recording(struct order *o)
{
	struct recorder r = {.isa = o->isa, .arena = o->arena};
	json_t *j = NULL;

	if (o->options.technique == TECHNIQUE_PATCH && !order_find_critical(o))
		return NULL;
	r.virtual = order_virtual(o);
	r.bare = r.virtual ? order_bare(o, r.virtual) : NULL;
	if (r.bare) {
		r.monitor = session_monitor(r.virtual);
		r.view = view_new(o->arena, r.bare->machines[0], view_symbols(o->arena, o->images[0]));
		j = record(o, &r);
	}
	session_free(r.bare);
	session_free(r.virtual);
	return j;
}

bool write_recording(const json_t *recording, const char *path)
{
	size_t n = strlen(path);
	FILE *out = fopen(path, "w");

	if (out && n > 5 && !strcmp(path + n - 5, ".json"))
		report_json(recording, out);
	else if (out)
		report_recording(recording, out);
	if (!out || ferror(out) || fclose(out)) {
		fprintf(stderr, "isolde: %s: %s\n", path, strerror(errno));
		return false;
	}
	return true;
}
