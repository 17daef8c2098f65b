#include "mutate.h"

#include "../text/lexer.h"

#include <string.h>

#define FAULT_NAME(name, weight, text) #name,
#define FAULT_TEXT(name, weight, text) text,
#define FAULT_WEIGHT(name, weight, text) weight,
const char *const fault_names[] = {FAULTS(FAULT_NAME)}, *const fault_texts[] = {FAULTS(FAULT_TEXT)};
static const unsigned weights[] = {FAULTS(FAULT_WEIGHT)};

/* One scalar of operation text, as tokens. */
struct scan {
	struct arena *arena;
	const struct isa *isa;
	const struct yaml *scalar;
	const struct token *t;
	unsigned count;
	bool protects;    /* it reads or writes more than general state */
	bool traps_first; /* it begins with a call that may trap: after that, the monitor does what the description says, right or wrong */
	bool answers;     /* the translation, or where traps go, or a function that says yes or no */
	bool *checks;     /* by token: in a condition that is to trap, or in what answers */
	struct mutations *out;
};

static bool is(const struct scan *s, unsigned i, const char *text)
{
	return i < s->count && s->t[i].kind != TOK_STRING && !strcmp(s->t[i].text, text);
}

static bool is_name(const struct scan *s, unsigned i)
{
	return i < s->count && s->t[i].kind == TOK_NAME;
}

/* --- the list --- */

static void add(struct arena *arena, struct mutations *list, enum fault fault, struct span where, const char *text)
{
	if (list->count == list->room) {
		struct mutation *items = ARENA_ARRAY(arena, struct mutation, list->room ? 2 * list->room : 256);

		if (list->count)
			memcpy(items, list->items, list->count * sizeof *items);
		list->items = items;
		list->room = list->room ? 2 * list->room : 256;
	}
	list->items[list->count++] = (struct mutation){fault, where, text};
}

static struct span place(const struct scan *s, unsigned first, unsigned last)
{
	struct span from = yaml_place(s->scalar, s->t[first].offset, s->t[first].length);
	struct span to = yaml_place(s->scalar, s->t[last].offset, s->t[last].length);

	return (struct span){from.source, from.offset, to.offset + to.length - from.offset};
}

static const char *text_of(const struct scan *s, unsigned first, unsigned last)
{
	struct span p = place(s, first, last);

	return arena_copy(s->arena, p.source->text + p.offset, p.length);
}

static void replace(struct scan *s, enum fault fault, unsigned first, unsigned last, const char *text)
{
	if (strcmp(text, text_of(s, first, last)))
		add(s->arena, s->out, fault, place(s, first, last), text);
}

/* --- the grammar, as far as it is needed --- */

static int depth_of(const struct scan *s, unsigned i)
{
	if (s->t[i].kind != TOK_SIGN)
		return 0;
	return strchr("([{", s->t[i].text[0]) ? 1 : strchr(")]}", s->t[i].text[0]) ? -1 : 0;
}

/* The bracket that closes the one at `open`; s->count if there is none. */
static unsigned closing(const struct scan *s, unsigned open)
{
	int depth = 0;

	for (unsigned i = open; i < s->count; i++) {
		depth += depth_of(s, i);
		if (!depth)
			return i;
	}
	return s->count;
}

static bool starts_statement(const struct scan *s, unsigned i)
{
	return is_name(s, i) && (!i || is(s, i - 1, ";") || is(s, i - 1, "{") || is(s, i - 1, "}") || is(s, i - 1, ")") || is(s, i - 1, "else"));
}

/* The `;` that ends the statement from `i` on, and its `=` if any; s->count if this is no simple statement. */
static unsigned statement_end(const struct scan *s, unsigned i, unsigned *equals)
{
	int depth = 0;

	*equals = s->count;
	for (; i < s->count; i++) {
		depth += depth_of(s, i);
		if (depth < 0)
			return s->count;
		if (!depth && is(s, i, "=") && *equals == s->count)
			*equals = i;
		if (!depth && is(s, i, ";"))
			return i;
	}
	return s->count;
}

/* --- what names mean --- */

static bool may_trap(const struct ir_statement *st)
{
	for (; st; st = st->next)
		if (st->kind == IR_RAISE || st->kind == IR_FAULT || may_trap(st->body) || may_trap(st->other) ||
		    (st->callee && may_trap(st->callee->body)))
			return true;
	return false;
}

/* raise, fault, or a function of the description that gives no value and may trap */
static bool traps(const struct scan *s, unsigned i)
{
	if (is(s, i, "raise") || is(s, i, "fault"))
		return true;
	for (const struct ir_function *f = s->isa->functions; f; f = f->next)
		if (!f->has_result && is(s, i, f->name) && may_trap(f->body))
			return true;
	return false;
}

static const struct reg *register_at(const struct scan *s, unsigned i)
{
	return is_name(s, i) ? isa_register(s->isa, s->t[i].text) : NULL;
}

static enum role role_of(const struct isa *isa, const struct reg *r)
{
	if (r->component >= 0)
		return isa->components[r->component].role;
	return r->field_count ? isa->components[r->fields[0].component].role : ROLE_GENERAL;
}

static unsigned width_of(const struct field *f)
{
	return f->location.width;
}

/* --- the faults --- */

static void forget_trap(struct scan *s, unsigned i)
{
	unsigned equals, end = starts_statement(s, i) ? statement_end(s, i, &equals) : s->count;

	if (end < s->count && is(s, i + 1, "(") && traps(s, i))
		replace(s, FAULT_trap, i, end, "{ }");
}

static void forget_statement(struct scan *s, unsigned i)
{
	unsigned equals, end = starts_statement(s, i) && !is_name(s, i + 1) && !is(s, i, "Bits") ? statement_end(s, i, &equals) : s->count;
	bool writes = end < s->count && (equals < end || (is(s, i + 1, "(") && !traps(s, i)));

	if (writes && s->protects && !is(s, i, "return") && !is(s, i, "if") && !is(s, i, "for"))
		replace(s, FAULT_statement, i, end, "{ }");
}

static void leak(struct scan *s, unsigned i)
{
	const struct reg *to = register_at(s, i);
	unsigned equals, end = to && starts_statement(s, i) ? statement_end(s, i, &equals) : s->count;

	if (end == s->count || equals > end || s->traps_first || role_of(s->isa, to) != ROLE_GENERAL || to->field_count)
		return;
	for (const struct reg *r = s->isa->registers; r; r = r->next) {
		enum role role = role_of(s->isa, r);
		const char *secret;

		if (r->count || r->view || role == ROLE_GENERAL || role == ROLE_PC)
			continue;
		secret = role == ROLE_MODE ? "mode()" : r->space ? arena_printf(s->arena, "%s[%s]", r->space->name, r->name) : r->name;
		replace(s, FAULT_leak, equals + 1, end - 1,
			arena_printf(s->arena, "(%s) ^ $bits(%s)", text_of(s, equals + 1, end - 1), secret));
	}
}

static void name_another_level(struct scan *s, unsigned i)
{
	if (!s->checks[i] || !is(s, i, "Level") || !is(s, i + 1, "::") || !is_name(s, i + 2))
		return;
	for (unsigned v = 0; v < s->isa->level_count; v++)
		replace(s, FAULT_level, i + 2, i + 2, s->isa->levels[v].name);
}

static void shift_bound(struct scan *s, unsigned i)
{
	static const char *const pairs[][2] = {{"<", "<="}, {"<=", "<"}, {">", ">="}, {">=", ">"}};

	for (unsigned k = 0; k < 4 && s->checks[i] && s->t[i].kind == TOK_SIGN; k++)
		if (is(s, i, pairs[k][0]))
			replace(s, FAULT_bound, i, i, pairs[k][1]);
}

/* `|| c` or `&& c`, up to the end of c */
static void forget_condition(struct scan *s, unsigned i)
{
	int depth = 0;
	unsigned end = i + 1;

	if (!s->checks[i] || s->t[i].kind != TOK_SIGN || (!is(s, i, "||") && !is(s, i, "&&")))
		return;
	for (; end < s->count; end++) {
		depth += depth_of(s, end);
		if (depth < 0 || (!depth && (is(s, end, "||") || is(s, end, "&&") || is(s, end, ";") || is(s, end, "?") || is(s, end, ":"))))
			break;
	}
	replace(s, FAULT_condition, i, end - 1, "");
}

static void turn_round(struct scan *s, unsigned i)
{
	unsigned end = is(s, i, "if") && is(s, i + 1, "(") ? closing(s, i + 1) : s->count;

	if (end < s->count && s->checks[i + 1])
		replace(s, FAULT_negated, i + 1, end, arena_printf(s->arena, "(!%s)", text_of(s, i + 1, end)));
}

/* R.f or CSR[r].f: another field of the register, as wide */
static void take_another_field(struct scan *s, unsigned i)
{
	const struct reg *r = !s->checks[i] || i < 3 || !is(s, i - 1, ".") ? NULL : is(s, i - 2, "]") ? register_at(s, i - 3) : register_at(s, i - 2);
	const struct field *own = NULL;

	for (unsigned k = 0; r && k < r->field_count; k++)
		if (is(s, i, r->fields[k].name))
			own = &r->fields[k];
	for (unsigned k = 0; own && k < r->field_count; k++)
		if (width_of(&r->fields[k]) == width_of(own))
			replace(s, FAULT_field, i, i, r->fields[k].name);
}

/* A register where another of its kind is meant: both addressed, or both not; as wide, with as many elements. */
static void take_another_register(struct scan *s, unsigned i)
{
	const struct reg *own = register_at(s, i);

	for (const struct reg *r = s->isa->registers; s->checks[i] && own && !own->field_count && r; r = r->next)
		if (!r->field_count && r->space == own->space && r->width == own->width && r->count == own->count && !r->view)
			replace(s, FAULT_field, i, i, r->name);
}

static void change_number(struct scan *s, unsigned i)
{
	const struct token *t = &s->t[i];
	char text[BITS_TEXT];

	if (t->kind != TOK_NUMBER || !s->checks[i] || t->width_name)
		return;
	for (unsigned k = 0; k < 2; k++) {
		u128 value = k ? t->value + 1 : t->value ^ 1;

		bits_hex(value, text);
		replace(s, FAULT_number, i, i, t->width ? arena_printf(s->arena, "%u'h%s", t->width, text + 2) : text);
	}
}

static void (*const faults[])(struct scan *, unsigned) = {forget_trap, forget_statement, leak, name_another_level, shift_bound,
	forget_condition, turn_round, take_another_field, take_another_register, change_number};

/* --- where they are planted --- */

static bool protects(const struct scan *s)
{
	for (unsigned i = 0; i < s->count && !s->traps_first; i++) {
		const struct reg *r = register_at(s, i);

		if (is(s, i, "mode") || is(s, i, "set_mode"))
			return true;
		if (r && role_of(s->isa, r) != ROLE_GENERAL && role_of(s->isa, r) != ROLE_PC)
			return true;
	}
	return false;
}

/* Conditions of an `if` whose first statement traps. */
static void mark_checks(struct scan *s)
{
	s->checks = ARENA_ARRAY(s->arena, bool, s->count + 1);
	for (unsigned i = 0; i < s->count; i++) {
		unsigned end = is(s, i, "if") && is(s, i + 1, "(") ? closing(s, i + 1) : s->count, body = end + 1 + is(s, end + 1, "{");

		s->checks[i] = s->checks[i] || s->answers;
		for (unsigned k = i + 1; end < s->count && body < s->count && traps(s, body) && k <= end; k++)
			s->checks[k] = true;
	}
}

static void scan_scalar(struct scan s, const struct yaml *scalar)
{
	struct diags *none = diags_new(s.arena);

	s.scalar = scalar;
	if (scalar->kind != YAML_SCALAR || (!scalar->block && scalar->where.length != scalar->length))
		return;
	s.t = lex(s.arena, scalar, none);
	if (!s.t)
		return;
	while (s.t[s.count].kind != TOK_END)
		s.count++;
	s.traps_first = is(&s, 1, "(") && traps(&s, 0);
	s.protects = protects(&s);
	mark_checks(&s);
	for (unsigned i = 0; i < s.count; i++)
		for (unsigned k = 0; k < sizeof faults / sizeof *faults; k++)
			faults[k](&s, i);
}

struct places {
	const struct yaml **origins;
	bool *functions;
	unsigned count;
};

static void visit(struct scan *s, struct places *p, const struct ir_function *f);

static void visit_callees(struct scan *s, struct places *p, const struct ir_statement *st)
{
	for (; st; st = st->next) {
		if (st->callee)
			visit(s, p, st->callee);
		visit_callees(s, p, st->body);
		visit_callees(s, p, st->other);
	}
}

static void visit(struct scan *s, struct places *p, const struct ir_function *f)
{
	unsigned k = 0;

	if (!f || p->functions[f->number])
		return;
	p->functions[f->number] = true;
	visit_callees(s, p, f->body);
	while (k < p->count && p->origins[k] != f->origin)
		k++;
	if (!f->origin || k < p->count)
		return;
	p->origins[p->count++] = f->origin;
	s->answers = f == s->isa->translate || f == s->isa->trap_target || (f->has_result && !f->result);
	scan_scalar(*s, f->origin);
}

/* A translation that reads tables is any function to the analysis (analyzer/README.md, "Memory"): a fault in it is none that a verdict
 * could show. */
static void visited_already(struct places *p, const struct ir_function *f)
{
	if (f)
		p->functions[f->number] = true;
}

static void open_attributes(struct scan *s, const struct reg *r)
{
	const struct yaml *level = yaml_peek(r->node, "priv_mode"), *writable = yaml_peek(r->node, "writable");

	for (unsigned v = 0; level && level->kind == YAML_SCALAR && v < s->isa->level_count; v++)
		if (s->isa->levels[v].value < r->priv_mode)
			add(s->arena, s->out, FAULT_attribute, level->where, s->isa->levels[v].name);
	if (writable && writable->kind == YAML_SCALAR && !r->writable)
		add(s->arena, s->out, FAULT_attribute, writable->where, "true");
}

struct mutations mutation_sites(struct arena *arena, const struct isa *isa)
{
	struct mutations list = {0};
	struct scan s = {.arena = arena, .isa = isa, .out = &list};
	struct places p = {ARENA_ARRAY(arena, const struct yaml *, isa->function_count + 1), ARENA_ARRAY(arena, bool, isa->function_count + 1), 0};

	if (isa->pure_translation)
		visit(&s, &p, isa->translate);
	else
		visited_already(&p, isa->translate);
	visit(&s, &p, isa->trap_target);
	for (const struct instruction *i = isa->instructions; i; i = i->next)
		visit(&s, &p, i->operation);
	for (const struct reg *r = isa->registers; r; r = r->next)
		open_attributes(&s, r);
	return list;
}

static uint64_t next_random(uint64_t *random)
{
	uint64_t x = *random += 0x9e3779b97f4a7c15u;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

bool mutation_choose(struct mutations *sites, uint64_t *random, struct mutation *chosen)
{
	unsigned of[FAULT_COUNT] = {0}, total = 0, fault = 0, number;

	for (unsigned i = 0; i < sites->count; i++)
		of[sites->items[i].fault]++;
	for (unsigned f = 0; f < FAULT_COUNT; f++)
		total += of[f] ? weights[f] : 0;
	if (!total)
		return false;
	number = (unsigned)(next_random(random) % total);
	for (; !of[fault] || number >= weights[fault]; fault++)
		number -= of[fault] ? weights[fault] : 0;
	number = (unsigned)(next_random(random) % of[fault]);
	for (unsigned i = 0; i < sites->count; i++)
		if (sites->items[i].fault == fault && !number--) {
			*chosen = sites->items[i];
			memmove(&sites->items[i], &sites->items[i + 1], (--sites->count - i) * sizeof *chosen);
			return true;
		}
	return false;
}
