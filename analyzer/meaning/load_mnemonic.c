/* Every word that a line of assembly may begin with: the mnemonics of all instructions with the names in them written out. */
#include <ctype.h>
#include <string.h>

#include "load.h"

enum { FORMS_MAX = 4096, MNEMONIC_MAX = 64 };

unsigned mnemonic_slot(const char *text, size_t length)
{
	unsigned h = 5381;

	for (size_t i = 0; i < length; i++)
		h = h * 33 + (unsigned)tolower((unsigned char)text[i]);
	return h % MNEMONIC_SLOTS;
}

struct expanding {
	struct loader *ld;
	const struct instruction *instruction;
	struct mnemonic form;
	char text[MNEMONIC_MAX];
	unsigned made;
};

/* Shorter instructions first, else in the order of the description. */
static void keep(struct loader *ld, const struct mnemonic *m)
{
	struct mnemonic *copy = ARENA_NEW(ld->arena, struct mnemonic), **at = &ld->isa->mnemonics[mnemonic_slot(m->text, strlen(m->text))];

	while (*at && (*at)->instruction->length <= m->instruction->length)
		at = &(*at)->next;
	*copy = *m;
	copy->text = arena_copy(ld->arena, m->text, strlen(m->text));
	copy->next = *at;
	*at = copy;
}

static void set_variables(struct expanding *x, const struct wording *p, unsigned number)
{
	for (unsigned i = 0; i <= p->more_count; i++) {
		unsigned *n = &x->form.set_count;

		x->form.set[*n].value = piece_bits(p, x->instruction->variables, number, i, &x->form.set[*n].variable);
		++*n;
	}
}

static void expand(struct expanding *x, const struct wording *p, size_t length)
{
	size_t n;

	if (x->made == FORMS_MAX)
		return;
	if (!p) {
		x->text[length] = 0;
		x->form.text = x->text;
		keep(x->ld, &x->form);
		x->made++;
		return;
	}
	for (unsigned v = 0; v < (p->kind == PIECE_TEXT ? 1 : p->name_count); v++) {
		const char *text = p->kind == PIECE_TEXT ? p->text : p->names[v];

		n = text ? strlen(text) : 0;
		if (!text || length + n >= sizeof x->text)
			continue;
		memcpy(x->text + length, text, n);
		if (p->kind == PIECE_NAMES)
			set_variables(x, p, v);
		expand(x, p->next, length + n);
		if (p->kind == PIECE_NAMES)
			x->form.set_count -= 1 + p->more_count;
	}
}

static void load_forms(struct loader *ld, const struct instruction *i)
{
	struct expanding x = {.ld = ld, .instruction = i, .form = {.instruction = i}};
	unsigned places = 0;

	for (const struct wording *p = i->mnemonic; p; p = p->next)
		places += p->kind == PIECE_NAMES ? 1 + p->more_count : 0;
	if (places > MNEMONIC_PLACES)
		finding(ld, E_LIMIT, yaml_peek(i->node, "mnemonic"), "a mnemonic says at most %u variables", MNEMONIC_PLACES);
	else
		expand(&x, i->mnemonic, 0);
	x.form.text = i->name;
	x.form.exact = true;
	keep(ld, &x.form);
}

void load_mnemonics(struct loader *ld)
{
	ld->isa->mnemonics = ARENA_ARRAY(ld->arena, struct mnemonic *, MNEMONIC_SLOTS);
	for (const struct instruction *i = ld->isa->instructions; i; i = i->next)
		load_forms(ld, i);
}
