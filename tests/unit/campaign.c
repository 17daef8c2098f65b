/* Campaigns against an oracle that is the description itself, and now and then wrong. */
#include <criterion/criterion.h>
#include <string.h>

#include "../../emulator/engine.h"
#include "../../emulator/oracles/campaign.h"

struct oracle {
	struct machine *m;
	unsigned steps, wrong; /* steps made; the first `wrong` of them end with another pc */
};

static struct oracle the_oracle;

static struct oracle *its_open(const struct isa *isa, uint64_t at, uint64_t size, char *error)
{
	struct machine_options options = {.engine = ENGINE_WALK, .memory = size, .without_devices = true};

	(void)at;
	the_oracle.m = machine_new(isa, &options, NULL, error);
	return the_oracle.m ? &the_oracle : NULL;
}

static void its_close(struct oracle *o)
{
	machine_free(o->m);
}

static void copy(struct machine *to, const struct machine *from)
{
	memcpy(to->storage->cells, from->storage->cells, from->storage->size * from->storage->cell);
	for (unsigned i = 0; i < from->isa->component_count; i++)
		for (unsigned e = 0; e == 0 || e < from->isa->components[i].count; e++)
			machine_set(to, i, e, machine_get(from, i, e));
}

static bool its_set(struct oracle *o, const struct machine *m)
{
	copy(o->m, m);
	o->m->unticked_steps = o->m->unticked_completed = 0;
	o->m->attention = o->m->unsettled = true;
	return true;
}

static struct oracle_step its_step(struct oracle *o)
{
	machine_run(o->m, 1);
	machine_sync(o->m, 0, 0);
	if (o->steps++ < o->wrong)
		machine_set(o->m, o->m->isa->pc, 0, machine_pc(o->m) ^ 4);
	return (struct oracle_step){.result = ORACLE_DONE};
}

static bool its_get(struct oracle *o, struct machine *m)
{
	copy(m, o->m);
	return true;
}

static const struct oracle_kind itself = {.name = "itself", .open = its_open, .close = its_close, .set = its_set, .step = its_step, .get = its_get};

/* The first step of a campaign whose oracle is wrong in so many steps; the second one that is asked for. */
static struct comparison one_step(unsigned wrong, bool *again)
{
	struct arena *arena = arena_new();
	const struct isa *isa = isa_load(arena, "isa-specs/g3.yaml", NULL, diags_new(arena));
	char error[256];
	struct campaign *c = campaign_new(isa, &itself, 0x1000, NULL, error);
	struct comparison v;

	cr_assert(c, "%s", error);
	the_oracle.steps = 0;
	the_oracle.wrong = wrong;
	cr_assert(campaign_start(c, 1, isa_instruction(isa, "add")));
	campaign_step(c, &v);
	*again = v.unexplained && campaign_again(c, &v);
	campaign_free(c);
	arena_free(arena);
	return v;
}

Test(campaign, a_difference_that_does_not_show_again_is_none, .timeout = 120)
{
	static const struct { unsigned wrong; bool differs, again; } rows[] = {{0, false, false}, {1, true, false}, {2, true, true}, {3, true, true}};

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		bool again;
		struct comparison v = one_step(rows[i].wrong, &again);

		cr_assert_eq(v.unexplained, rows[i].differs, "%u wrong steps", rows[i].wrong);
		cr_assert_eq(again, rows[i].again, "%u wrong steps", rows[i].wrong);
		cr_assert_eq(v.cannot, rows[i].differs && !rows[i].again, "%u wrong steps", rows[i].wrong);
	}
}
