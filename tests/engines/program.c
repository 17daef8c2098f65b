#include <stdio.h>
#include <stdlib.h>

#include "../../emulator/engine.h"
#include "../../emulator/image.h"
#include "differ.h"

enum { MEMORY = 4 << 20 };

static struct machine *loaded(const struct isa *isa, enum engine_kind kind, const struct image *image, const char *start)
{
	struct machine_options o = {.engine = kind, .memory = isa->platform.memory_size < MEMORY ? 0 : MEMORY, .start = start};
	char error[256];
	struct machine *m = machine_new(isa, &o, NULL, error);

	if (!m || !image_load(image, m, error)) {
		fprintf(stderr, "%s: %s\n", isa->name, error);
		exit(2);
	}
	machine_set(m, isa->pc, 0, image->entry);
	return m;
}

static bool together(const struct pair *p, uint64_t seed, uint64_t steps)
{
	struct random r = {seed};
	uint64_t done = 0;

	while (done < steps) {
		uint64_t n = 1 + random_below(&r, random_below(&r, 4) ? 2000 : 20);
		enum stop walk = machine_run(p->walk, n), fast = machine_run(p->fast, n);
		char *different;

		machine_sync(p->walk, 0, 0);
		machine_sync(p->fast, 0, 0);
		different = pair_difference(p);
		if (different || walk != fast || p->walk->steps != p->fast->steps) {
			printf("FAILED: between steps %llu and %llu: %s; stops %d, %d; steps %llu, %llu\n", (unsigned long long)done,
			       (unsigned long long)(done + n), different ? different : "the states are the same", walk, fast,
			       (unsigned long long)p->walk->steps, (unsigned long long)p->fast->steps);
			free(different);
			return false;
		}
		done = p->walk->steps;
		if (walk != STOP_STEPS)
			break;
	}
	printf("%s: %llu steps, %llu traps\n", p->isa->name, (unsigned long long)done, (unsigned long long)p->walk->trap_count);
	return true;
}

bool program_run(const struct isa *isa, enum engine_kind kind, const char *file, const char *start, uint64_t seed, uint64_t steps)
{
	struct arena *arena = arena_new();
	struct diags *diags = diags_new(arena);
	struct image *image = image_read(arena, isa, file, (uint64_t)isa->platform.memory_at, diags);
	struct pair p;
	bool same;

	if (!image) {
		diag_print(diags, stderr, false);
		exit(2);
	}
	p = (struct pair){loaded(isa, ENGINE_WALK, image, start), loaded(isa, kind, image, start), isa};
	same = together(&p, seed, steps);
	pair_free(&p);
	arena_free(arena);
	return same;
}
