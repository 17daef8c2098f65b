/* Every body of a description, in the order in which they need each other. */
#include "lower.h"

#include <assert.h>
#include <string.h>

static void declare_functions(struct lowering *l)
{
	struct yaml *nodes = l->isa->function_nodes;

	for (size_t i = 0; nodes && i < nodes->count; i++) {
		struct declaration *d = ARENA_NEW(l->arena, struct declaration);

		d->key = nodes->pairs[i].key;
		d->body = nodes->pairs[i].value;
		d->body->used = true;
		if (!syntax_signature(l->arena, d->key, &d->signature, l->diags))
			continue;
		for (struct declaration *old = l->isa->declarations; old; old = old->next)
			if (!strcmp(old->signature.name, d->signature.name))
				diag_add(l->diags, E_DUPLICATE, d->key->where, "function '%s' is declared twice", d->signature.name);
		d->next = l->isa->declarations;
		l->isa->declarations = d;
	}
}

/* The types of the parameters that bodies given by key may name without a type. */
static bool implied_type(const struct isa *isa, const char *name, struct parameter *p)
{
	p->name = name;
	if (!strcmp(name, "level"))
		*p = (struct parameter){.name = name, .width = isa->level_width, .enumeration = isa->level_enum};
	else if (!strcmp(name, "cause"))
		*p = (struct parameter){.name = name, .width = isa->cause_width, .enumeration = isa->cause_enum};
	else if (!strcmp(name, "va"))
		p->width = isa->memory.virtual_address;
	else if (!strcmp(name, "access"))
		*p = (struct parameter){.name = name, .width = 2, .enumeration = isa_enumeration(isa, "Access")};
	else if (!strcmp(name, "pc"))
		p->width = isa->components[isa->pc].width;
	else if (!strcmp(name, "value"))
		p->width = isa_trap_value(isa);
	else if (!strcmp(name, "steps") || !strcmp(name, "completed") || !strcmp(name, "encoding"))
		p->width = 64;
	else if (!strcmp(name, "rights"))
		p->width = 3;
	else if (!strcmp(name, "base") || !strcmp(name, "size") || !strcmp(name, "table") || !strcmp(name, "spare") || !strcmp(name, "pa"))
		p->width = isa->memory.address;
	else
		return false;
	return true;
}

/* The one key of `map` that begins with `name(`; a finding if there are several. */
static struct yaml_pair *special_key(struct lowering *l, struct yaml *map, const char *name)
{
	struct yaml_pair *found = NULL;
	size_t n = strlen(name);

	for (size_t i = 0; i < map->count; i++) {
		struct yaml *key = map->pairs[i].key;

		if (strncmp(key->text, name, n) || key->text[n] != '(')
			continue;
		if (found)
			diag_add(l->diags, E_DUPLICATE, key->where, "'%s' is given twice; a variation writes the base's key to replace it", name);
		else
			found = &map->pairs[i];
	}
	return found;
}

enum { SPECIAL_PARAMETERS = 5 };

/* The function of `map` whose key begins with `name(`; `expected` names its parameters in order. */
static struct ir_function *special(struct lowering *l, struct yaml *map, const char *prefix, const char *name,
				   const char *const *expected, const struct parameter *result)
{
	struct parameter params[SPECIAL_PARAMETERS] = {0};
	struct signature s;
	struct yaml_pair *pair = map && map->kind == YAML_MAP ? special_key(l, map, name) : NULL;
	unsigned count = 0;

	if (!pair)
		return NULL;
	pair->value->used = true;
	if (!syntax_signature(l->arena, pair->key, &s, l->diags))
		return NULL;
	while (expected[count])
		count++;
	if (s.param_count > count) {
		diag_add(l->diags, E_TYPE, pair->key->where, "'%s' takes %u parameters", name, count);
		return NULL;
	}
	for (unsigned p = 0; p < count; p++) {
		implied_type(l->isa, expected[p], &params[p]);
		if (p < s.param_count)
			params[p].name = s.params[p].name;
		else
			params[p].name = arena_printf(l->arena, "unnamed%u", p);
	}
	return lower_body(l, arena_printf(l->arena, "%s%s", prefix, name), params, count, result, pair->value, NULL);
}

static bool reads_memory(const struct ir_statement *s)
{
	for (; s; s = s->next) {
		if (s->kind == IR_LOAD || s->kind == IR_LOAD_PHYSICAL || s->kind == IR_PORT_IN || s->kind == IR_STORE ||
		    s->kind == IR_STORE_PHYSICAL || s->kind == IR_PORT_OUT)
			return true;
		if (reads_memory(s->body) || reads_memory(s->other) || (s->callee && reads_memory(s->callee->body)))
			return true;
	}
	return false;
}

/* The cause, one of those that `e` may be by its text, is not marked as a memory trap's. NULL: none. */
static const struct cause *no_fault(const struct isa *isa, const struct ir_expr *e)
{
	if (e->kind == IR_OP && e->op == OP_ite) {
		const struct cause *found = no_fault(isa, e->args[1]);

		return found ? found : no_fault(isa, e->args[2]);
	}
	for (unsigned i = 0; e->kind == IR_CONST && i < isa->cause_count; i++)
		if (isa->causes[i].value == e->value && !isa->causes[i].fault)
			return &isa->causes[i];
	return NULL;
}

/* What the translation refuses with is a memory trap: obligations about these ask of the causes that are marked. */
static void check_refusals(struct lowering *l, const struct ir_statement *s)
{
	for (; s; s = s->next) {
		const struct cause *c = s->kind == IR_RAISE ? no_fault(l->isa, s->a) : NULL;

		if (c)
			diag_add(l->diags, E_VALUE, s->where, "the translation refuses with '%s', which is not marked 'fault: true'", c->name);
		check_refusals(l, s->body);
		check_refusals(l, s->other);
		if (s->callee)
			check_refusals(l, s->callee->body);
	}
}

static struct ir_function *predicate(struct lowering *l, const char *name, struct yaml *text)
{
	struct syntax *n = syntax_expression(l->arena, text, l->diags);
	struct lowering inner;
	struct ir_expr *e;

	if (!n)
		return NULL;
	start_function(&inner, l, name);
	inner.function->has_result = true;
	e = lower_condition(&inner, n);
	if (!e)
		return NULL;
	emit(&inner, IR_RETURN)->a = e;
	return finish_function(&inner);
}

static void lower_composition(struct lowering *l, struct yaml *node, const char *prefix, struct composition *c)
{
	static const char *const relocate[] = {"level", "base", "size", NULL}, *const use[] = {"table", NULL};
	static const char *const map[] = {"table", "spare", "va", "pa", "rights", NULL};
	struct parameter linked = {.width = 0};

	c->relocate = special(l, node, prefix, "relocate", relocate, NULL);
	c->use = special(l, node, prefix, "use", use, NULL);
	c->map = special(l, node, prefix, "map", map, &linked);
}

/* `monitor:`, a map from sentences to predicates. */
static struct premise *lower_tables(struct lowering *l, struct yaml *node, const char *prefix)
{
	struct parameter params[2] = {{0}}, boolean = {.width = 0};
	struct premise *first = NULL, **end = &first;

	if (node && node->kind != YAML_MAP) {
		diag_add(l->diags, E_VALUE, node->where, "monitor is a map from sentences to bodies that say whether they hold");
		return NULL;
	}
	implied_type(l->isa, "cause", &params[0]);
	implied_type(l->isa, "value", &params[1]);
	for (size_t i = 0; node && i < node->count; i++) {
		struct premise *h = ARENA_NEW(l->arena, struct premise);

		h->sentence = node->pairs[i].key->text;
		h->where = node->pairs[i].key->where;
		node->pairs[i].value->used = true;
		if (node->pairs[i].value->kind != YAML_SCALAR) {
			diag_add(l->diags, E_VALUE, node->pairs[i].value->where, "what the monitor's tables hold is the body of an operation");
			continue;
		}
		h->holds = lower_body(l, arena_printf(l->arena, "%smonitor.%zu", prefix, i + 1), params, 2, &boolean, node->pairs[i].value, NULL);
		*end = h;
		end = &h->next;
	}
	return first;
}

static void lower_scenarios(struct lowering *l)
{
	static const char *const hypercall[] = {"cause", "value", NULL};
	struct parameter boolean = {.width = 0};
	struct composition machine = {0};
	struct premise *tables = lower_tables(l, yaml_get(l->isa->root, "monitor"), "");

	lower_composition(l, yaml_get(l->isa->root, "composition"), "composition.", &machine);
	for (struct scenario *s = l->isa->scenarios; s; s = s->next) {
		struct yaml *own = s->node ? yaml_get(s->node, "composition") : NULL, *when = s->node ? yaml_get(s->node, "interpret") : NULL;
		struct yaml *monitor = s->node ? yaml_get(s->node, "monitor") : NULL;

		s->tables = monitor ? lower_tables(l, monitor, arena_printf(l->arena, "%s.", s->name)) : tables;
		machine.keeps = s->composition.keeps;
		s->composition = machine;
		if (own)
			lower_composition(l, own, arena_printf(l->arena, "%s.composition.", s->name), &s->composition);
		if (s->node)
			s->hypercall = special(l, s->node, arena_printf(l->arena, "%s.", s->name), "hypercall", hypercall, &boolean);
		if (when)
			s->interpret = predicate(l, arena_printf(l->arena, "%s.interpret", s->name), when);
	}
}

static void lower_specials(struct lowering *l)
{
	static const char *const translate[] = {"level", "va", "access", NULL}, *const target[] = {"cause", "level", NULL};
	static const char *const entry[] = {"cause", "pc", "value", NULL}, *const encoding[] = {"encoding", NULL};
	static const char *const none[] = {NULL}, *const recover[] = {"cause", "value", NULL}, *const tick[] = {"steps", "completed", NULL};
	struct isa *isa = l->isa;
	struct yaml *root = isa->root;
	struct parameter address = {.width = isa->memory.address}, level = {.width = isa->level_width, .enumeration = isa->level_enum};
	struct parameter boolean = {.width = 0}, count = {.width = 64};

	isa->translate = special(l, root, "", "translate", translate, &address);
	if (isa->translate)
		check_refusals(l, isa->translate->body);
	isa->pure_translation = !isa->translate || !reads_memory(isa->translate->body);
	isa->trap_target = special(l, root, "", "trap_target", target, &level);
	isa->trap_entry = special(l, root, "", "trap_entry", entry, NULL);
	isa->recover = special(l, yaml_get(root, "traps"), "traps.", "recover", recover, NULL);
	isa->undecoded = special(l, root, "", "undecoded", encoding, NULL);
	isa->interrupt = special(l, root, "", "interrupt", none, NULL);
	isa->wakes = special(l, root, "", "wakes", none, &boolean);
	isa->tick = special(l, root, "", "tick", tick, NULL);
	isa->quiet = special(l, root, "", "quiet", none, &count);
	lower_scenarios(l);
}

static void lower_invariants(struct lowering *l)
{
	struct yaml *node = yaml_get(l->isa->root, "invariants");
	struct invariant **end = &l->isa->invariants;

	if (node && node->kind != YAML_MAP) {
		diag_add(l->diags, E_VALUE, node->where, "invariants are a map from a name to a predicate");
		return;
	}
	for (size_t i = 0; node && i < node->count; i++) {
		struct invariant *v = ARENA_NEW(l->arena, struct invariant);

		v->name = node->pairs[i].key->text;
		v->where = node->pairs[i].key->where;
		v->predicate = predicate(l, arena_printf(l->arena, "invariant.%s", v->name), node->pairs[i].value);
		if (!v->predicate)
			continue;
		*end = v;
		end = &v->next;
	}
}

/* `e`: the variable as it stands in the encoding. */
static void name_variable(struct lowering *l, const struct variable *v, struct ir_expr *e)
{
	if (v->is_operand)
		return;
	if (v->left_shift)
		e = ir_op2(l->arena, OP_concat, e, ir_const(l->arena, 0, v->left_shift));
	if (v->is_prefix && !v->location.count)
		e = ir_op2(l->arena, OP_eq, e, ir_const(l->arena, 1, 1));
	add_name(l, v->name, (struct typed){.e = e, .is_signed = v->sign_extend}, false, true);
}

static void name_variables(struct lowering *l, const struct instruction *i)
{
	for (unsigned k = 0; k < i->variable_count; k++)
		name_variable(l, &i->variables[k], variable_ref(l, k, i->variables[k].width));
}

static void lower_valid(struct lowering *l, struct instruction *i)
{
	struct lowering inner;
	struct ir_expr *all = ir_const(l->arena, 1, 0);

	start_function(&inner, l, arena_printf(l->arena, "%s.valid", i->name));
	inner.names = l->names;
	inner.instruction = i;
	inner.function->has_result = true;
	for (unsigned o = 0; o < i->operand_count; o++) {
		struct ir_expr *bits = operand_bits(&inner, &i->operands[o]);
		struct typed t = emit_call(&inner, decoder_function(&inner, (struct decoder *)i->operands[o].decoder, false), &bits, 1);

		if (t.e)
			all = ir_op2(l->arena, OP_land, all, t.e);
	}
	emit(&inner, IR_RETURN)->a = all;
	i->valid = finish_function(&inner);
}

static bool enters(const struct decoder *d)
{
	for (unsigned i = 0; i < d->count; i++)
		if (yaml_peek(d->alternatives[i].node, "enter()"))
			return true;
	return false;
}

static void lower_operation(struct lowering *l, struct instruction *i)
{
	struct yaml *body = yaml_get(i->node, "operation()");
	struct syntax *block = body ? syntax_statements(l->arena, body, l->diags) : NULL;
	struct lowering inner;

	if (!block)
		return;
	start_function(&inner, l, i->name);
	inner.instruction = i;
	inner.function->origin = body;
	add_constants(&inner, i->constants);
	name_variables(&inner, i);
	if (i->operand_count)
		lower_valid(&inner, i);
	for (unsigned o = 0; o < i->operand_count; o++) {
		struct ir_expr *bits;

		decoder_function(&inner, (struct decoder *)i->operands[o].decoder, true); /* the pc moves on by it */
		if (!enters(i->operands[o].decoder))
			continue;
		bits = operand_bits(&inner, &i->operands[o]);
		emit_call(&inner, operand_method(&inner, i->operands[o].decoder, "enter", block), &bits, 1);
	}
	lower_block(&inner, block);
	i->operation = finish_function(&inner);
}

/* Printed, read back and printed again, a function is the same text. Debug and sanitizer builds do this to every function of every
 * description that they load; tests/unit does it to the shipped ones. */
static const char *round_trip(const struct isa *isa, const struct ir_function *f, const struct ir_context *context)
{
	struct buf once = {0}, twice = {0};
	const char *error = NULL;
	struct ir_function *again;

	ir_print(&once, f, context);
	again = ir_read(isa->arena, buf_text(&once), context, isa->functions, &error);
	if (again)
		ir_print(&twice, again, context);
	if (!error && strcmp(buf_text(&once), buf_text(&twice)))
		error = "the IR does not print as it was read";
	buf_free(&once);
	buf_free(&twice);
	return error;
}

#ifdef ISOLDE_REREAD
enum { REREAD = 1 };
#else
enum { REREAD = 0 };
#endif

/* Our own bug if it fails, never the author's: what the lowering makes is well-formed. */
static void verify_all(const struct isa *isa)
{
	const char *wrong = NULL;

	for (const struct ir_function *f = isa->functions; f && !wrong; f = f->next) {
		struct ir_context context = isa->context;

		for (const struct instruction *i = isa->instructions; i; i = i->next)
			if (i->operation == f || i->valid == f)
				context = isa_context(isa, i);
		wrong = ir_verify(isa->arena, f, &context);
		if (!wrong && REREAD)
			wrong = round_trip(isa, f, &context);
	}
	if (wrong)
		fprintf(stderr, "isolde: internal error: %s\n", wrong);
	assert(!wrong);
}

/* What nothing calls is checked all the same. */
static void unused_functions(struct lowering *l)
{
	for (struct declaration *d = l->isa->declarations; d; d = d->next)
		if (!d->used) {
			diag_add(l->diags, W_UNUSED, d->key->where, "nothing calls '%s'", d->signature.name);
			check_uncalled(l, d);
		}
}

/* Addressed registers that no instruction reaches would go unchecked. */
static void lower_registers(struct lowering *l)
{
	for (const struct reg *r = l->isa->registers; r; r = r->next)
		if (r->space || r->view) {
			register_read(l, r);
			register_write(l, r);
		}
}

void lower_all(struct isa *isa, struct diags *diags)
{
	struct lowering l = {.isa = isa, .arena = isa->arena, .diags = diags};

	declare_functions(&l);
	lower_specials(&l);
	lower_invariants(&l);
	lower_registers(&l);
	for (struct instruction *i = isa->instructions; i; i = i->next)
		lower_operation(&l, i);
	unused_functions(&l);
	if (!diag_errors(diags))
		verify_all(isa);
}

static bool has_effect(const struct ir_statement *s)
{
	for (; s; s = s->next)
		if (s->kind == IR_PUT || s->kind == IR_PUT_ELEMENT || s->kind == IR_STORE || s->kind == IR_STORE_PHYSICAL || s->kind == IR_PORT_OUT ||
		    s->kind == IR_UNPREDICTABLE || has_effect(s->body) || has_effect(s->other) || (s->callee && has_effect(s->callee->body)))
			return true;
	return false;
}

static void add_parameter(struct lowering *l, const char *name, unsigned width)
{
	add_name(l, name, good(ir_ref(l->arena, IR_LOCAL, new_local(l, name, width), width)), true, true);
}

struct ir_function *isa_condition(struct isa *isa, const struct instruction *i, struct yaml *text, struct diags *diags)
{
	struct lowering parent = {.isa = isa, .arena = isa->arena, .diags = diags}, l;
	struct syntax *n = syntax_expression(isa->arena, text, diags);
	struct ir_expr *e;

	if (!n)
		return NULL;
	start_function(&l, &parent, arena_printf(isa->arena, "%s.when", i ? i->name : "any"));
	l.instruction = i;
	l.by_parameter = true;
	for (unsigned k = 0; i && k < i->variable_count; k++)
		new_local(&l, i->variables[k].name, i->variables[k].width);
	add_parameter(&l, "value", isa_trap_value(isa));
	add_parameter(&l, "address", isa->memory.address);
	l.function->param_count = l.function->local_count;
	if (i) {
		add_constants(&l, i->constants);
		name_variables(&l, i);
	}
	l.function->has_result = true;
	e = lower_condition(&l, n);
	if (!e)
		return NULL;
	if (has_effect(l.function->body)) {
		diag_add(diags, E_TYPE, text->where, "a condition changes nothing");
		return NULL;
	}
	emit(&l, IR_RETURN)->a = e;
	return finish_function(&l);
}
