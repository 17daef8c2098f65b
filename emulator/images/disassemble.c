/* Instructions as text, from the same templates. A text that would be read as another encoding (where the same can be written in several ways) is
 * replaced by the form that names every variable. */
#include <ctype.h>
#include <string.h>

#include "assembler.h"

struct writing {
	struct buf *out;
	const struct isa *isa;
	uint64_t at, end;
	const struct symbol *symbols;
};

static void write_number(struct buf *out, u128 value, bool negative)
{
	char text[BITS_TEXT];

	if (negative)
		buf_puts(out, "-");
	if (value < 4096)
		buf_printf(out, "%u", (unsigned)value);
	else
		buf_puts(out, bits_hex(value, text));
}

static u128 extended(const struct variable *v, u128 bits)
{
	return v->sign_extend ? (u128)bits_signed(bits, v->width) : bits;
}

static void write_variable(struct writing *w, const struct wording *p, const struct variable *v, u128 bits)
{
	s128 value = (s128)(extended(v, bits) << v->left_shift);

	if (p->with_sign) {
		value = bits_signed(bits, v->width);
		buf_puts(w->out, value < 0 ? "-" : "+");
		write_number(w->out, (u128)(value < 0 ? -value : value), false);
		return;
	}
	write_number(w->out, (u128)(v->sign_extend && value < 0 ? -value : value), v->sign_extend && value < 0);
}

static void write_target(struct writing *w, u128 target)
{
	char text[BITS_TEXT];

	for (const struct symbol *s = w->symbols; s; s = s->next)
		if (s->value == target && image_can_name(w->isa, s->name)) {
			buf_puts(w->out, s->name);
			return;
		}
	buf_puts(w->out, bits_hex(target, text));
}

static u128 behind(const struct writing *w, const struct variable *v, u128 bits)
{
	return (w->end + (u128)bits_signed(bits, v->width)) & bits_mask(w->isa->components[w->isa->pc].width);
}

static void write_pieces(struct writing *w, const struct wording *p, const struct variable *variables, const struct operand *operands,
			 unsigned count, const u128 *values, const u128 *tails);

static void write_operand(struct writing *w, const struct operand *o, u128 from, u128 tail)
{
	u128 bits, values[VARIABLES_MAX], tails[16] = {0};
	const struct alternative *a = operand_alternative(o->decoder, from, tail, &bits);

	if (!a)
		return;
	for (unsigned v = 0; v < a->variable_count; v++)
		values[v] = alternative_value(a, v, bits);
	for (unsigned n = 0; n < a->operand_count; n++)
		tails[n] = nested_tail(o->decoder, a, n, tail);
	write_pieces(w, a->assembly, a->variables, a->operands, a->variable_count, values, tails);
}

static void write_pieces(struct writing *w, const struct wording *p, const struct variable *variables, const struct operand *operands,
			 unsigned count, const u128 *values, const u128 *tails)
{
	for (; p; p = p->next) {
		const char *name = p->kind == PIECE_NAMES ? p->names[piece_name(p, variables, values)] : NULL;

		if (p->kind == PIECE_TEXT)
			buf_puts(w->out, p->text);
		else if (p->kind == PIECE_OPERAND)
			write_operand(w, &operands[p->index], fed_bits(&operands[p->index], variables, count, values), tails[p->index]);
		else if (p->kind == PIECE_TARGET)
			write_target(w, piece_target(w->isa, p, w->at, values));
		else if (p->kind == PIECE_BEHIND)
			write_target(w, behind(w, &variables[p->index], values[p->index]));
		else if (p->kind == PIECE_NUMBER)
			write_variable(w, p, &variables[p->index], values[p->index]);
		else if (p->kind == PIECE_FIELD)
			write_number(w->out, extended(&variables[p->index], values[p->index]) & bits_mask(p->width), false);
		else if (name)
			buf_puts(w->out, name);
		else
			write_number(w->out, values[p->index], false);
	}
}

static bool shown(const struct wording *p, unsigned variable)
{
	for (; p; p = p->next) {
		for (unsigned i = 0; i < p->more_count; i++)
			if (p->more[i] == variable)
				return true;
		if (p->kind != PIECE_TEXT && p->kind != PIECE_OPERAND && p->index == variable)
			return true;
	}
	return false;
}

/* A prefix that is a word before the mnemonic. */
static const char *prefix_word(const struct isa *isa, const struct variable *v)
{
	return v->is_prefix && !v->location.count ? isa->prefixes[v->prefix].word : NULL;
}

static bool feeds(const struct instruction *i, unsigned variable)
{
	for (unsigned o = 0; o < i->operand_count; o++)
		for (unsigned f = 0; f < i->operands[o].from_count; f++)
			if (!strcmp(i->operands[o].from[f], i->variables[variable].name))
				return true;
	return false;
}

/* That a prefix stands there follows from a variable of its own that is not zero. */
static bool implied(const struct isa *isa, const struct decoded *d, unsigned variable)
{
	const struct variable *v = &d->instruction->variables[variable];
	u128 any = 0;

	if (!v->is_prefix || v->location.count)
		return false;
	for (unsigned k = 0; k < isa->prefixes[v->prefix].variable_count; k++)
		any |= d->variables[variable + 1 + k];
	return any != 0;
}

/* {a=1, b=2}: all variables, or those that are not zero and that nothing else shows. */
static void write_settings(struct buf *out, const struct isa *isa, const struct decoded *d, bool all)
{
	const struct instruction *i = d->instruction;
	const char *before = " {";

	for (unsigned v = 0; v < i->variable_count; v++) {
		if (!all && (!d->variables[v] || i->variables[v].is_operand || feeds(i, v) || implied(isa, d, v) || shown(i->mnemonic, v) || shown(i->written, v) ||
			     prefix_word(isa, &i->variables[v])))
			continue;
		buf_printf(out, "%s%s=", before, i->variables[v].name);
		write_number(out, d->variables[v], false);
		before = ", ";
	}
	if (*before == ',')
		buf_puts(out, "}");
	else if (all)
		buf_puts(out, " {}");
}

static void write_pretty(struct writing *w, const struct decoded *d)
{
	const struct instruction *i = d->instruction;
	u128 tails[16] = {0};

	for (unsigned o = 0; o < i->operand_count; o++)
		tails[o] = i->operands[o].variable == ~0u ? 0 : d->variables[i->operands[o].variable];
	for (unsigned v = 0; v < i->variable_count; v++)
		if (d->variables[v] && prefix_word(w->isa, &i->variables[v]) && !shown(i->mnemonic, v))
			buf_printf(w->out, "%s ", prefix_word(w->isa, &i->variables[v]));
	write_pieces(w, i->mnemonic, i->variables, i->operands, i->variable_count, d->variables, tails);
	if (i->written)
		buf_puts(w->out, " ");
	write_pieces(w, i->written, i->variables, i->operands, i->variable_count, d->variables, tails);
	write_settings(w->out, w->isa, d, false);
}

/* --- does it say what it should? --- */


/* Whether the text is assembled to these bits: to the same variables of the same instruction. */
static bool reads_back(struct arena *arena, const struct isa *isa, const struct decoded *d, const char *text, uint64_t at)
{
	struct assembler *a = ARENA_NEW(arena, struct assembler);
	struct cursor c = {text, 0, strlen(text)};
	struct chosen wanted = {.alternative = NULL};
	struct encoded got, want;
	unsigned least = 0;

	assembler_init(a, arena, isa, NULL);
	a->here = at;
	a->pass = 2;
	memset(wanted.said, 0xff, sizeof wanted.said);
	memcpy(wanted.variables, d->variables, d->instruction->variable_count * sizeof *wanted.variables);
	return assemble_instruction(a, &c, &least, &got) && encode(a, d->instruction, &wanted, &want) && got.count == want.count &&
	       !memcmp(got.units, want.units, got.count * sizeof *got.units);
}

void disassemble(struct buf *out, const struct isa *isa, const struct decoded *d, uint64_t at, const struct symbol *symbols)
{
	struct arena *arena = arena_new();
	struct buf plain = {0};
	struct writing w = {&plain, isa, at, at + d->length, NULL};

	write_pretty(&w, d);
	if (reads_back(arena, isa, d, buf_text(&plain), at)) {
		w.out = out;
		w.symbols = symbols;
		write_pretty(&w, d);
	} else {
		buf_puts(out, d->instruction->name);
		write_settings(out, isa, d, true);
	}
	buf_free(&plain);
	arena_free(arena);
}
