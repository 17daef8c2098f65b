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

static void say(struct chosen *c, unsigned variable, const struct variable *variables, u128 bits)
{
	c->variables[variable] = bits;
	c->said[variable] = bits_mask(variables[variable].width);
}

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

/* `+` is taken, `-` belongs to the number. */
static bool sign(struct matching *m, struct cursor *c)
{
	if (c->at == c->end || (c->text[c->at] != '+' && c->text[c->at] != '-')) {
		trouble(m->a, E_ASSEMBLY, c->at, 1, "'+' or '-' is expected here");
		return false;
	}
	c->at += c->text[c->at] == '+';
	return true;
}

static bool match_number(struct matching *m, struct cursor *c, const struct wording *p, struct chosen *chosen)
{
	const struct variable *v = &variables_of(m, chosen)[p->index];
	struct number n;
	size_t at;

	skip_blanks(c);
	at = c->at;
	if (p->with_sign && !sign(m, c))
		return false;
	if (!expression(m->a, c, &n))
		return false;
	chosen->said[p->index] = bits_mask(v->width);
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
	chosen->said[p->index] = bits_mask(v->width);
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

/* The address is kept: how far it is, is known when the instruction's length is. */
static bool match_behind(struct matching *m, struct cursor *c, const struct wording *p, struct chosen *chosen)
{
	struct number n;

	if (!expression(m->a, c, &n))
		return false;
	say(chosen, p->index, variables_of(m, chosen), 0);
	chosen->behind = n.known ? p->index + 1 : 0;
	chosen->target = n.value;
	return true;
}

/* The length of `name` if it stands at c, else 0. */
static size_t named(const struct cursor *c, const char *name)
{
	size_t n = name ? strlen(name) : 0;

	if (!n || n > c->end - c->at || strncasecmp(c->text + c->at, name, n))
		return 0;
	return name_part(name[n - 1]) && c->at + n < c->end && name_part(c->text[c->at + n]) ? 0 : n;
}

/* The bits in `mask` of the name's number. False: the text has said something else before. */
static bool say_name(struct chosen *c, const struct wording *p, const struct variable *variables, u128 number, u128 mask)
{
	unsigned v;

	for (unsigned i = 0; i <= p->more_count; i++) {
		u128 bits = piece_bits(p, variables, number, i, &v), of = piece_bits(p, variables, mask, i, &v);

		if ((c->variables[v] ^ bits) & c->said[v] & of)
			return false;
		c->variables[v] = (c->variables[v] & c->said[v]) | (bits & of);
		c->said[v] |= of;
	}
	return true;
}

/* A word that stands for several numbers says what they have in common, if they are all that have this in common; else it means the first. */
static u128 common_bits(const struct wording *p, unsigned number)
{
	u128 differ = 0, same = 0;
	unsigned all = 1;

	for (unsigned i = 0; i < p->name_count; i++)
		if (p->names[i] && p->names[number] && !strcmp(p->names[i], p->names[number])) {
			differ |= i ^ number;
			same++;
		}
	for (u128 d = differ; d; d >>= 1)
		all <<= d & 1;
	return same == all ? ~differ : ~(u128)0;
}

static bool match_names(struct matching *m, struct cursor *c, const struct wording *p, struct chosen *chosen)
{
	const struct variable *variables = variables_of(m, chosen), *v = &variables[p->index];
	size_t longest = 0, at;
	unsigned number = p->name_count, nothing = p->name_count;
	struct number n;
	u128 bits;

	skip_blanks(c);
	at = c->at;
	for (unsigned i = 0; i < p->name_count; i++) {
		size_t one = named(c, p->names[i]), two = named(c, p->others ? p->others[i] : NULL);

		if (nothing == p->name_count && p->names[i] && !*p->names[i])
			nothing = i;
		one = two > one ? two : one;
		if (one > longest) {
			longest = one;
			number = i;
		}
	}
	c->at += longest;
	number = longest ? number : nothing;
	if (number < p->name_count) {
		if (say_name(chosen, p, variables, number, longest ? common_bits(p, number) : ~(u128)0))
			return true;
		trouble(m->a, E_ASSEMBLY, at, longest ? longest : 1, "this does not go with what stands before it");
		return false;
	}
	trouble(m->a, E_ASSEMBLY, at, 1, p->registers ? "a register is expected here" : "a name or a number is expected here");
	if (p->closed || p->more_count || !expression(m->a, c, &n) || !keep_number(m, v, at, c->at - at, &n, false, &bits))
		return false;
	if (!p->registers || !p->names[bits]) {
		say(chosen, p->index, variables, bits);
		return true;
	}
	trouble(m->a, E_ASSEMBLY, at, c->at - at, "a register is expected here");
	return false;
}

/* --- operands --- */

enum { NESTING = 4 };

/* What the text has said of the places that are still being matched: kept, and taken back after a try that failed. */
static void keep_said(const struct rest *r, u128 kept[NESTING][VARIABLES_MAX], bool back)
{
	for (unsigned n = 0; r && n < NESTING; n++, r = r->next) {
		if (back)
			memcpy(r->chosen->said, kept[n], sizeof kept[n]);
		else
			memcpy(kept[n], r->chosen->said, sizeof kept[n]);
	}
}

/* Alternatives are tried in order, each with all that follows it. */
static bool match_operand(struct matching *m, struct cursor c, const struct rest *rest)
{
	const struct wording *p = rest->piece;
	const struct operand *o =
		&(rest->chosen->alternative ? rest->chosen->alternative->operands : m->instruction->operands)[p->index];
	struct rest behind = {p->next, rest->chosen, rest->next};
	u128 kept[NESTING][VARIABLES_MAX];

	keep_said(rest, kept, false);
	for (unsigned i = 0; i < o->decoder->count; i++) {
		struct chosen own = {.alternative = &o->decoder->alternatives[i]};
		struct rest inner = {own.alternative->assembly, &own, &behind};

		rest->chosen->operands[p->index] = &own;
		if (match(m, c, &inner))
			return true;
		rest->chosen->operands[p->index] = NULL;
		keep_said(rest, kept, true);
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
	say(m->root, v, i->variables, value.value & bits_mask(i->variables[v].width));
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
	case PIECE_BEHIND: good = match_behind(m, &c, rest->piece, rest->chosen); break;
	case PIECE_TARGET: good = match_target(m, &c, rest->piece, rest->chosen); break;
	default: good = match_number(m, &c, rest->piece, rest->chosen); break;
	}
	next = (struct rest){rest->piece->next, rest->chosen, rest->next};
	return good && match(m, c, &next);
}

/* Those prefixes that stood before the mnemonic, by bit; the instruction must take them. */
static bool say_prefixes(struct assembler *a, const struct instruction *i, uint64_t prefixes, struct chosen *root)
{
	for (unsigned v = 0; v < i->variable_count; v++)
		if (i->variables[v].is_prefix && !i->variables[v].location.count && prefixes >> i->variables[v].prefix & 1) {
			say(root, v, i->variables, 1);
			prefixes &= ~((uint64_t)1 << i->variables[v].prefix);
		}
	if (prefixes)
		trouble(a, E_ASSEMBLY, 0, 1, "'%s' does not take this prefix", i->name);
	return !prefixes;
}

static bool try_form(struct assembler *a, const struct mnemonic *form, uint64_t prefixes, struct cursor c, struct encoded *out)
{
	struct chosen root = {.alternative = NULL};
	struct matching m = {a, form->instruction, &root, out};
	struct rest all = {form->exact ? NULL : form->instruction->written, &root, NULL};

	for (unsigned i = 0; i < form->set_count; i++)
		say(&root, form->set[i].variable, form->instruction->variables, form->set[i].value);
	return say_prefixes(a, form->instruction, prefixes, &root) && match(&m, c, &all);
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

/* The word at c. */
static size_t word_length(const struct cursor *c)
{
	size_t at = c->at;

	while (at < c->end && !isspace((unsigned char)c->text[at]))
		at++;
	return at - c->at;
}

/* Takes words of prefixes, as bits by their numbers, as long as something follows. */
static uint64_t take_prefixes(const struct isa *isa, struct cursor *c)
{
	uint64_t taken = 0;
	unsigned p = 0;

	while (p < isa->prefix_count && p < 64) {
		size_t n = word_length(c);

		if (!isa->prefixes[p].word || !is_word(isa->prefixes[p].word, c->text + c->at, n) || taken >> p & 1 || c->at + n == c->end) {
			p++;
			continue;
		}
		taken |= (uint64_t)1 << p;
		c->at += n;
		skip_blanks(c);
		p = 0;
	}
	return taken;
}

/* Of all meanings of the word before c. */
static bool shortest(struct assembler *a, const char *word, size_t length, uint64_t prefixes, const struct cursor *c, unsigned least, struct encoded *out,
		     bool *known)
{
	struct encoded one;
	bool found = false;

	for (const struct mnemonic *m = a->isa->mnemonics[mnemonic_slot(word, length)]; m; m = m->next) {
		if (!is_word(m->text, word, length))
			continue;
		*known = *known || !m->exact;
		if (!possible(m, c) || !try_form(a, m, prefixes, *c, &one) || one.count < least || (found && one.count >= out->count))
			continue;
		*out = one;
		found = true;
	}
	return found;
}

bool assemble_instruction(struct assembler *a, struct cursor *c, unsigned *least, struct encoded *out)
{
	uint64_t prefixes = take_prefixes(a->isa, c);
	size_t from = c->at, length = word_length(c);
	const struct instruction *first = a->isa->instructions;
	const char *word = c->text + from, *near;
	bool known = false;

	c->at += length;
	a->trouble.any = false;
	a->tries = 0;
	if (shortest(a, word, length, prefixes, c, *least, out, &known)) {
		*least = out->count;
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
