/* The operands of a line against the template of an instruction. */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "assembler.h"

/* What is still to be matched: the rest of a template, then what stands behind it. */
struct rest {
	const struct wording *piece;
	struct chosen *chosen;
	const struct rest *next;
};

struct matching {
	struct assembler *a;
	const struct instruction *instruction;
	struct chosen *root;
	struct encoded *out;
};

static bool match(struct matching *m, struct cursor c, const struct rest *rest);

static const struct variable *variables_of(const struct matching *m, const struct chosen *c)
{
	return c->alternative ? c->alternative->variables : m->instruction->variables;
}

static bool match_text(struct matching *m, struct cursor *c, const char *text)
{
	for (; *text; text++) {
		if (*text == ' ')
			continue;
		skip_blanks(c);
		if (c->at == c->end || tolower((unsigned char)c->text[c->at]) != tolower((unsigned char)*text)) {
			trouble(m->a, E_ASSEMBLY, c->at, 1, "'%c' is expected here", *text);
			return false;
		}
		c->at++;
	}
	return true;
}

/* --- values --- */

static bool keep_number(struct matching *m, const struct variable *v, size_t at, size_t length, const struct number *n, bool shifted, u128 *bits)
{
	unsigned shift = shifted ? v->left_shift : 0;
	u128 value = (u128)((s128)n->value >> shift);

	*bits = 0;
	if (!n->known)
		return true;
	if (shift && n->value & bits_mask(shift)) {
		trouble(m->a, E_RANGE, at, length, "'%s' is a multiple of %u", v->name, 1u << shift);
		return false;
	}
	if (!fits(value, v->width, shifted && v->sign_extend)) {
		trouble(m->a, E_RANGE, at, length, "'%s' has %u bits%s: the value %lld does not fit", v->name, v->width,
			shifted && v->sign_extend ? " with a sign" : "", (long long)n->value);
		return false;
	}
	*bits = value & bits_mask(v->width);
	return true;
}

static bool match_number(struct matching *m, struct cursor *c, const struct wording *p, struct chosen *chosen)
{
	const struct variable *v = &variables_of(m, chosen)[p->index];
	struct number n;
	size_t at;

	skip_blanks(c);
	at = c->at;
	if (!expression(m->a, c, &n))
		return false;
	if (p->kind == PIECE_FIELD && v->sign_extend && p->width > v->width && n.value >> (p->width - 1) == 1)
		n.value |= ~bits_mask(p->width); /* written without a sign */
	return keep_number(m, v, at, c->at - at, &n, p->kind == PIECE_NUMBER, &chosen->variables[p->index]);
}

/* The bits that lead from here to `target`: the difference to where zero leads, in the steps that one makes. */
static bool match_target(struct matching *m, struct cursor *c, const struct wording *p, struct chosen *chosen)
{
	const struct isa *isa = m->a->isa;
	const struct variable *v = &variables_of(m, chosen)[p->index];
	u128 *bits = &chosen->variables[p->index], mask = bits_mask(p->target->width), zero, step;
	struct number n;
	size_t at;

	skip_blanks(c);
	at = c->at;
	if (!expression(m->a, c, &n))
		return false;
	*bits = 0;
	zero = piece_target(isa, p, m->a->here, chosen->variables);
	*bits = 1;
	step = (piece_target(isa, p, m->a->here, chosen->variables) - zero) & mask;
	*bits = 0;
	if (!n.known)
		return true;
	if (step)
		*bits = (u128)((s128)bits_signed(n.value - zero, p->target->width) / (s128)step) & bits_mask(v->width);
	if (((piece_target(isa, p, m->a->here, chosen->variables) ^ n.value) & mask) == 0 && fits(n.value, p->target->width, false))
		return true;
	trouble(m->a, E_RANGE, at, c->at - at, "'%s' has %u bits: it does not lead from 0x%llx to 0x%llx", v->name, v->width,
		(unsigned long long)m->a->here, (unsigned long long)n.value);
	return false;
}

/* The length of `name` if it stands at c, else 0. */
static size_t named(const struct cursor *c, const char *name)
{
	size_t n = name ? strlen(name) : 0;

	if (!n || n > c->end - c->at || strncasecmp(c->text + c->at, name, n))
		return 0;
	return name_part(name[n - 1]) && c->at + n < c->end && name_part(c->text[c->at + n]) ? 0 : n;
}

static bool match_names(struct matching *m, struct cursor *c, const struct wording *p, struct chosen *chosen)
{
	const struct variable *v = &variables_of(m, chosen)[p->index];
	u128 *bits = &chosen->variables[p->index];
	size_t longest = 0, at;
	bool empty = false;
	struct number n;

	skip_blanks(c);
	at = c->at;
	for (unsigned i = 0; i < p->name_count; i++) {
		size_t one = named(c, p->names[i]), two = named(c, p->others ? p->others[i] : NULL);

		empty = empty || (p->names[i] && !*p->names[i]);
		one = two > one ? two : one;
		if (one > longest) {
			longest = one;
			*bits = i;
		}
	}
	c->at += longest;
	if (longest)
		return true;
	if (empty) {
		*bits = 0;
		return true;
	}
	trouble(m->a, E_ASSEMBLY, at, 1, p->registers ? "a register is expected here" : "a name or a number is expected here");
	if (!expression(m->a, c, &n) || !keep_number(m, v, at, c->at - at, &n, false, bits))
		return false;
	if (!p->registers || !p->names[*bits])
		return true;
	trouble(m->a, E_ASSEMBLY, at, c->at - at, "a register is expected here");
	return false;
}

/* --- operands --- */

/* Alternatives are tried in order, each with all that follows it. */
static bool match_operand(struct matching *m, struct cursor c, const struct rest *rest)
{
	const struct wording *p = rest->piece;
	const struct operand *o =
		&(rest->chosen->alternative ? rest->chosen->alternative->operands : m->instruction->operands)[p->index];
	struct rest behind = {p->next, rest->chosen, rest->next};

	for (unsigned i = 0; i < o->decoder->count; i++) {
		struct chosen own = {.alternative = &o->decoder->alternatives[i]};
		struct rest inner = {own.alternative->assembly, &own, &behind};

		rest->chosen->operands[p->index] = &own;
		if (match(m, c, &inner))
			return true;
		rest->chosen->operands[p->index] = NULL;
	}
	return false;
}

/* --- {a=1, b=2}: variables that the template does not show --- */

static bool match_setting(struct matching *m, struct cursor *c)
{
	const struct instruction *i = m->instruction;
	size_t n, at;
	struct number value;
	unsigned v = 0;

	skip_blanks(c);
	at = c->at;
	n = symbol_length(c);
	while (v < i->variable_count && (strlen(i->variables[v].name) != n || strncmp(i->variables[v].name, c->text + c->at, n)))
		v++;
	if (v == i->variable_count) {
		trouble(m->a, E_NAME, c->at, n ? n : 1, "%s has no such variable", i->name);
		return false;
	}
	c->at += n;
	if (!match_text(m, c, "=") || !expression(m->a, c, &value))
		return false;
	if (!fits(value.value, i->variables[v].width, false)) {
		trouble(m->a, E_RANGE, at, c->at - at, "'%s' has %u bits", i->variables[v].name, i->variables[v].width);
		return false;
	}
	m->root->variables[v] = value.value & bits_mask(i->variables[v].width);
	return true;
}

static bool match_settings(struct matching *m, struct cursor *c)
{
	skip_blanks(c);
	if (c->at == c->end || c->text[c->at] != '{')
		return true;
	do {
		c->at++;
		if (!match_setting(m, c))
			return false;
		skip_blanks(c);
	} while (c->at < c->end && c->text[c->at] == ',');
	return match_text(m, c, "}");
}

static bool match_end(struct matching *m, struct cursor c)
{
	if (!match_settings(m, &c))
		return false;
	skip_blanks(&c);
	if (c.at < c.end) {
		trouble(m->a, E_ASSEMBLY, c.at, c.end - c.at, "nothing more is expected here");
		return false;
	}
	return encode(m->a, m->instruction, m->root, m->out);
}

static bool match(struct matching *m, struct cursor c, const struct rest *rest)
{
	struct rest next;
	bool good;

	while (rest && !rest->piece)
		rest = rest->next;
	if (m->a->tries++ > TRIES_MAX) {
		trouble(m->a, E_LIMIT, c.end, 1, "too many ways to read this line");
		return false;
	}
	if (!rest)
		return match_end(m, c);
	if (rest->piece->kind == PIECE_OPERAND)
		return match_operand(m, c, rest);
	switch (rest->piece->kind) {
	case PIECE_TEXT: good = match_text(m, &c, rest->piece->text); break;
	case PIECE_NAMES: good = match_names(m, &c, rest->piece, rest->chosen); break;
	case PIECE_TARGET: good = match_target(m, &c, rest->piece, rest->chosen); break;
	default: good = match_number(m, &c, rest->piece, rest->chosen); break;
	}
	next = (struct rest){rest->piece->next, rest->chosen, rest->next};
	return good && match(m, c, &next);
}

static bool try_form(struct assembler *a, const struct mnemonic *form, struct cursor c, struct encoded *out)
{
	struct chosen root = {.alternative = NULL};
	struct matching m = {a, form->instruction, &root, out};
	struct rest all = {form->exact ? NULL : form->instruction->written, &root, NULL};

	for (unsigned i = 0; i < form->set_count; i++)
		root.variables[form->set[i].variable] = form->set[i].value;
	return match(&m, c, &all);
}

static bool is_word(const char *word, const char *text, size_t length)
{
	return strlen(word) == length && !strncasecmp(word, text, length);
}

/* The exact form must show its braces, where the instruction has variables. */
static bool possible(const struct mnemonic *m, const struct cursor *c)
{
	struct cursor at = *c;

	skip_blanks(&at);
	return !m->exact || (at.at < at.end && at.text[at.at] == '{');
}

static const char *next_mnemonic(void *context)
{
	const struct instruction **i = context, *now = *i;

	*i = now ? now->next : NULL;
	return now ? now->name : NULL;
}

bool assemble_instruction(struct assembler *a, struct cursor *c, unsigned *candidate, struct encoded *out)
{
	size_t from = c->at, length;
	const struct instruction *first = a->isa->instructions;
	const char *word = c->text + from, *near;
	unsigned number = 0;
	bool known = false;

	while (c->at < c->end && !isspace((unsigned char)c->text[c->at]))
		c->at++;
	length = c->at - from;
	a->trouble.any = false;
	a->tries = 0;
	for (const struct mnemonic *m = a->isa->mnemonics[mnemonic_slot(word, length)]; m; m = m->next) {
		if (!is_word(m->text, word, length))
			continue;
		known = known || !m->exact;
		if (!possible(m, c) || number++ < *candidate || !try_form(a, m, *c, out))
			continue;
		*candidate = number - 1;
		return true;
	}
	if (known)
		return false;
	near = nearest_name(arena_copy(a->arena, word, length), next_mnemonic, &first);
	a->trouble.any = false;
	trouble(a, E_ASSEMBLY, from, length ? length : 1, "there is no instruction '%.*s'%s%s%s", length < 64 ? (int)length : 64, word,
		near ? "; is '" : "", near ? near : "", near ? "' meant?" : "");
	return false;
}
