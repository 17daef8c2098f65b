#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../emulator/decode.h"
#include "differ.h"

static bool differs(const struct pair *p, const struct test_case *c)
{
	char *different;

	case_run(p, c, &different);
	free(different);
	return different != NULL;
}

/* The shortest run, and then from where the last of its steps begins. */
static void fewer_steps(const struct pair *p, struct test_case *c)
{
	uint64_t least = 1, budget = c->budget, steps, completed;
	struct test_case last = *c;
	struct trap trap;

	for (last.budget = 1; last.budget < budget && !differs(p, &last); last.budget++)
		;
	c->budget = least = last.budget;
	if (least == 1 || c->enter)
		return;
	last.words = malloc(p->walk->word_count * sizeof *last.words);
	last.units = malloc(p->walk->size * sizeof *last.units);
	last.budget = least - 1;
	case_run(p, c, &(char *){NULL});
	memcpy(last.words, c->words, p->walk->word_count * sizeof *last.words);
	memcpy(last.units, c->units, p->walk->size * sizeof *last.units);
	machine_reset(p->walk, NULL);
	machine_write(p->walk, p->walk->at, c->units, p->walk->size);
	memcpy(p->walk->words, c->words, p->walk->word_count * sizeof *c->words);
	engine_run(p->walk, least - 1, false, &steps, &completed, &trap);
	memcpy(last.words, p->walk->words, p->walk->word_count * sizeof *last.words);
	machine_read(p->walk, p->walk->at, last.units, p->walk->size);
	last.budget = 1;
	if (differs(p, &last)) {
		case_free(c);
		*c = last;
	} else {
		case_free(&last);
	}
}

static void zero(const struct pair *p, struct test_case *c, uint64_t *words, uint64_t count)
{
	uint64_t *old = malloc(count * sizeof *old);

	memcpy(old, words, count * sizeof *old);
	memset(words, 0, count * sizeof *words);
	if (!differs(p, c)) {
		memcpy(words, old, count * sizeof *old);
		if (count > 1) {
			zero(p, c, words, count / 2);
			zero(p, c, words + count / 2, count - count / 2);
		}
	}
	free(old);
}

static bool next_parcel(void *context, unsigned number, u128 *bits)
{
	const struct pair *p = context;
	struct trap trap;
	uint64_t pc = machine_pc(p->walk), units = p->isa->parcel / p->isa->memory.unit;

	return machine_load_physical(p->walk, pc + number * units, p->isa->parcel, p->isa->memory.big_endian, ACCESS_LOAD, bits, &trap);
}

static void print(const struct pair *p, const struct test_case *c, FILE *out)
{
	struct arena *arena = arena_new();
	struct decoded d = {0};
	char *different, a[BITS_TEXT];

	memcpy(p->walk->words, c->words, p->walk->word_count * sizeof *c->words);
	machine_write(p->walk, p->walk->at, c->units, p->walk->size);
	if (decode(decode_tree(arena, p->isa), next_parcel, (void *)p, &d) && d.instruction)
		fprintf(out, "  instruction %s (where translation changes nothing)\n", d.instruction->name);
	fprintf(out, "  %llu steps%s\n", (unsigned long long)c->budget, c->enter ? ", traps are entered" : "");
	for (unsigned i = 0; i < p->isa->component_count; i++)
		for (unsigned e = 0; e == 0 || e < p->isa->components[i].count; e++)
			if (machine_get(p->walk, i, e))
				fprintf(out, "  %s[%u] = %s\n", p->isa->components[i].name, e, bits_hex(machine_get(p->walk, i, e), a));
	for (uint64_t i = 0, shown = 0; i < p->walk->size && shown < 64; i++)
		if (c->units[i] && ++shown)
			fprintf(out, "  storage 0x%llx = 0x%llx\n", (unsigned long long)(p->walk->at + i), (unsigned long long)c->units[i]);
	case_run(p, c, &different);
	fprintf(out, "  %s\n", different ? different : "no difference any more");
	free(different);
	arena_free(arena);
}

void case_shrink(const struct pair *p, struct test_case *c, FILE *out)
{
	fewer_steps(p, c);
	zero(p, c, c->units, p->walk->size);
	for (unsigned i = 0; i < p->walk->word_count; i++)
		zero(p, c, &c->words[i], 1);
	print(p, c, out);
}
