/* The world switch: f(Sv) = Sr on the way in, and back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guest.h"

static bool driven_by_device(const struct isa *isa, unsigned component)
{
	for (const struct platform_device *d = isa->platform.devices; d; d = d->next)
		for (const struct wire *w = d->wires; w; w = w->next)
			if (w->component == (int)component)
				return true;
	return false;
}

/* Relocation that passes through `relocate`: the composed value stands in the real machine, perhaps not the guest's. */
static bool is_composed(const struct monitor *m, unsigned component)
{
	return m->scenario->composition.relocate && m->below->isa->components[component].role == ROLE_RELOCATION;
}

/* Components that are the same in Sv and Sr. */
static bool is_shared(const struct monitor *m, unsigned component)
{
	enum role role = m->below->isa->components[component].role;

	return role == ROLE_GENERAL || role == ROLE_PC ||
	       (m->scenario->pass_through[component] && role != ROLE_MODE && !is_composed(m, component));
}

/* Those of what is shared that are also in `among` (NULL: all). */
static bool shared_set(const struct monitor *m, const bool *among, struct stretches *out)
{
	const struct isa *isa = m->below->isa;
	bool *set = calloc(isa->component_count + 1, sizeof *set), done;

	for (unsigned i = 0; set && i < isa->component_count; i++)
		set[i] = is_shared(m, i) && (!among || among[i]);
	done = set && stretches_new(out, m->below, set);
	free(set);
	return done;
}

/* Whether the translation reads some of what is shared. */
static bool shares_moves(const struct monitor *m)
{
	const struct isa *isa = m->below->isa;
	bool *reads = calloc(2 * isa->component_count + 1, sizeof *reads), shares = !reads;

	if (reads)
		ir_uses(isa, isa->translate, reads, reads + isa->component_count);
	for (unsigned i = 0; reads && i < isa->component_count; i++)
		shares = shares || (reads[i] && is_shared(m, i));
	free(reads);
	return shares;
}

static bool all_sets(struct monitor *m)
{
	m->shares_moves = shares_moves(m) || m->scenario->composition.relocate; /* which guests may pass through */
	return stretches_new(&m->guarded_words, m->below, m->guarded) && shared_set(m, NULL, &m->shared_words) &&
	       shared_set(m, m->below->watched, &m->watched_words) && shared_set(m, m->below->timed, &m->timed_words);
}

/* What direct execution must leave as it is: mode is looked at apart, timing moves by itself, and so do lines of devices. */
bool switch_plan(struct monitor *m, char *error)
{
	const struct isa *isa = m->below->isa;

	m->guarded = calloc(isa->component_count + 1, sizeof *m->guarded);
	m->expected = calloc(m->below->word_count + 1, sizeof *m->expected);
	if (!m->guarded || !m->expected) {
		snprintf(error, 256, "out of memory");
		return false;
	}
	for (unsigned i = 0; i < isa->component_count; i++) {
		enum role role = isa->components[i].role;

		m->interrupts_pass = m->interrupts_pass || (m->scenario->pass_through[i] && m->below->watched[i]);
		m->guarded[i] = !m->scenario->pass_through[i] && !driven_by_device(isa, i) &&
				(role == ROLE_RELOCATION || role == ROLE_CONTROL || role == ROLE_DEVICE);
	}
	if (all_sets(m))
		return true;
	snprintf(error, 256, "out of memory");
	return false;
}

static unsigned span_of(const struct machine *m, unsigned component)
{
	unsigned end = component + 1 < m->isa->component_count ? m->word_of[component + 1] : m->word_count;

	return end - m->word_of[component];
}

/* True if a component that interrupts depend on has changed. */
static bool copy_shared(const struct monitor *m, const struct machine *from, struct machine *to)
{
	bool watched = !stretches_equal(&m->watched_words, from->words, to->words);

	to->unsettled = to->unsettled || !stretches_equal(&m->timed_words, from->words, to->words);
	stretches_copy(&m->shared_words, to->words, from->words);
	return watched;
}

/* Tells the engine of what was copied, and of a new mode. */
static void copied(const struct monitor *m, struct machine *to)
{
	if (m->shares_moves)
		engine_state_changed(to);
	else
		engine_mode_changed(to);
}

static void set_word(struct machine *m, unsigned component, u128 value)
{
	m->words[m->word_of[component]] = (uint64_t)value;
}

/* What the guest itself has written into relocation that passes through. */
static void follow_relocation(struct guest *g)
{
	const struct monitor *m = g->monitor;

	if (!m->scenario->composition.relocate)
		return;
	for (unsigned i = 0; i < g->vm->isa->component_count; i++) {
		unsigned at = g->vm->word_of[i], bytes = span_of(g->vm, i) * sizeof *g->vm->words;

		if (m->scenario->pass_through[i] && is_composed(m, i) && memcmp(&m->below->words[at], &m->expected[at], bytes))
			memcpy(&g->vm->words[at], &m->below->words[at], bytes);
	}
}

/* Where what interrupts depend on passes through, a deprivileged level may be open to an interrupt of the machine below that the virtual level, a
 * higher one, holds off. */
static bool is_interruptible(const struct guest *g)
{
	const struct monitor *m = g->monitor;
	struct trap trap;

	return m->interrupts_pass && m->scenario->deprivileged[machine_level(g->vm)] && machine_interrupt(m->below, &trap);
}

bool switch_in(struct guest *g)
{
	struct monitor *m = g->monitor;
	struct machine *below = m->below;
	const struct isa *isa = below->isa;
	int real = m->scenario->map[machine_level(g->vm)];

	if (real < 0)
		return false; /* a level that this scenario does not give a guest */
	if (copy_shared(m, g->vm, below) || m->running != g || machine_level(below) != (unsigned)real)
		below->attention = true;
	m->running = g;
	set_word(below, isa->mode, isa->levels[real].value);
	set_word(below, isa->waiting, 0);
	copied(m, below);
	return allocator_compose(g) && !is_interruptible(g);
}

void exchange_state(struct machine *m, uint64_t *words)
{
	for (unsigned i = 0; i < m->word_count; i++) {
		uint64_t word = m->words[i];

		m->words[i] = words[i];
		words[i] = word;
	}
	engine_state_changed(m);
}

void switch_expect(struct monitor *m)
{
	const struct machine *below = m->below;

	memcpy(m->expected, below->words, below->word_count * sizeof *m->expected);
	m->expected_steps = below->steps - below->unticked_steps;
	m->expected_completed = below->completed - below->unticked_completed;
}

/* What time alone makes of it: a clock of the machine below may tick while a guest runs. */
static void expect_tick(struct monitor *m)
{
	struct machine *below = m->below;
	u128 args[2] = {below->steps - m->expected_steps, below->completed - m->expected_completed};

	machine_sync(below, 0, 0);
	if (!below->isa->tick)
		return;
	exchange_state(below, m->expected);
	engine_call(below, below->isa->tick, args, NULL, NULL);
	exchange_state(below, m->expected);
	m->expected_steps = below->steps;
	m->expected_completed = below->completed;
}

static void violation(struct monitor *m, const char *what)
{
	if (!m->violations++)
		snprintf(m->message, sizeof m->message, "resource control: direct execution changed %s of the machine below", what);
}

static bool unchanged(struct monitor *m)
{
	struct machine *below = m->below;
	bool same = true;

	if (stretches_equal(&m->guarded_words, below->words, m->expected))
		return true;
	expect_tick(m);
	for (unsigned i = 0; i < below->isa->component_count; i++) {
		unsigned at = below->word_of[i], bytes = span_of(below, i) * sizeof *below->words;

		if (!m->guarded[i] || !memcmp(&below->words[at], &m->expected[at], bytes))
			continue;
		violation(m, below->isa->components[i].name);
		memcpy(&below->words[at], &m->expected[at], bytes);
		same = false;
	}
	return same;
}

/* Where direct execution has changed the real level, between levels that the guest keeps, the virtual one follows. */
static bool follow_level(struct guest *g)
{
	const struct monitor *m = g->monitor;
	unsigned real = machine_level(m->below), virtual = machine_level(g->vm);

	if (m->scenario->map[virtual] == (int)real)
		return true;
	if (m->scenario->map[real] != (int)real || m->scenario->deprivileged[real])
		return false;
	set_word(g->vm, g->vm->isa->mode, g->vm->isa->levels[real].value);
	g->vm->attention = true;
	return true;
}

bool switch_out(struct guest *g)
{
	struct monitor *m = g->monitor;
	bool same = true;

	if (copy_shared(m, m->below, g->vm))
		g->vm->attention = true;
	follow_relocation(g);
	if (!follow_level(g)) {
		violation(m, "the mode");
		same = false;
	}
	if (m->below->words[m->below->word_of[m->below->isa->waiting]]) {
		set_word(g->vm, g->vm->isa->waiting, 1);
		g->vm->attention = true;
	}
	copied(m, g->vm);
	return unchanged(m) && same && !m->violations;
}
