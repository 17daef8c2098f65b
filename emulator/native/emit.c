#include "emit.h"

/* --- functions --- */

static void signature(struct emitter *em, const struct ir_function *f)
{
	buf_printf(em->out, "static %s ", f->has_result ? emit_type(f->result) : "void");
	emit_function_name(em, f);
	buf_puts(em->out, "(struct native *e, uint64_t *w, const uint64_t pc, const uint64_t left");
	for (unsigned i = 0; i < f->param_count; i++)
		buf_printf(em->out, ", %s l0_%u", emit_type(f->locals[i].width), i);
	buf_puts(em->out, ")");
}

static void function(struct emitter *em, const struct ir_function *f)
{
	em->scope = em->scopes = 0;
	em->instruction = NULL;
	em->local_pc = false;
	signature(em, f);
	buf_puts(em->out, "\n{\n");
	if (f->has_result)
		buf_printf(em->out, "%s r0 = %s;\n", emit_type(f->result), f->result > 64 ? "W_OF(0, 0)" : "0");
	emit_locals(em, f, f->param_count);
	if (em->plan->deeds[f->number].ticked)
		buf_puts(em->out, "SYNC;\n");
	emit_body(em, f, f->body);
	buf_printf(em->out, "done0: out: return%s;\n}\n", f->has_result ? " r0" : "");
}

/* --- instructions --- */

static bool calls_touch_pc(const struct plan *p, const struct ir_statement *s)
{
	for (; s; s = s->next) {
		if (calls_touch_pc(p, s->body) || calls_touch_pc(p, s->other))
			return true;
		if (s->kind == IR_CALL && !emit_inlines(p, s->callee) &&
		    (p->deeds[s->callee->number].reads_pc || p->deeds[s->callee->number].puts_pc))
			return true;
		if (s->kind == IR_CALL && emit_inlines(p, s->callee) && calls_touch_pc(p, s->callee->body))
			return true;
		if ((s->kind == IR_LOAD || s->kind == IR_STORE) && p->isa->translate && p->deeds[p->isa->translate->number].reads_pc)
			return true;
	}
	return false;
}

/* Whether this component is put back when the instruction traps. */
static bool rolled_back(const struct plan *p, const struct deeds *d, unsigned component)
{
	return d->puts[component] && !p->isa->components[component].keeps;
}

/* Saves, or with `back` restores, the words that a trap must leave as they were; `general` alone: files of general registers. */
static void save(struct emitter *em, const struct deeds *d, bool back, bool general)
{
	const struct isa *isa = em->plan->isa;
	unsigned n = 0;

	for (unsigned c = 0; c < isa->component_count; c++) {
		const struct component *k = &isa->components[c];
		unsigned words = plan_words(k) * (k->count ? k->count : 1), at = em->plan->word_of[c];

		if (!rolled_back(em->plan, d, c))
			continue;
		if (!back)
			buf_printf(em->out, "for (unsigned k = 0; k < %u; k++) e->undo[%u + k] = w[%u + k];\n", words, n, at);
		else if (!general || (k->role == ROLE_GENERAL && k->count))
			buf_printf(em->out, "for (unsigned k = 0; k < %u; k++) w[%u + k] = e->undo[%u + k];\n", words, at, n);
		if (back && em->plan->moving[c])
			buf_puts(em->out, "MOVED;\n");
		n += words;
	}
}

/* What an unpredictable instruction leaves: the walker's choice of unknown values is 0, and files as they were. */
static void unpredictable(struct emitter *em, const struct deeds *d)
{
	const struct isa *isa = em->plan->isa;

	buf_puts(em->out, "if (e->raised == NATIVE_UNPREDICTABLE) {\ne->raised = 0;\n");
	if (d->raises_after_put)
		save(em, d, true, true);
	for (unsigned c = 0; c < isa->component_count; c++)
		if (isa->components[c].role == ROLE_GENERAL && !isa->components[c].count)
			for (unsigned k = 0; k < plan_words(&isa->components[c]); k++)
				buf_printf(em->out, "w[%u] = 0;\n", em->plan->word_of[c] + k);
	if (d->raises_after_store)
		buf_puts(em->out, "e->host->commit(e);\n");
	buf_puts(em->out, "JUMP(0);\n}\n");
}

/* Whether a trap may leave something changed. */
static bool may_keep(const struct plan *p, const struct deeds *d)
{
	bool keeps = p->isa->components[p->isa->pc].keeps && d->puts_pc;

	for (unsigned c = 0; c < p->isa->component_count; c++)
		keeps = keeps || (d->puts[c] && (p->complete_count || p->isa->components[c].keeps));
	return keeps || (p->complete_count && d->puts_pc);
}

/* What was found when the instruction began is needed to say where its trap goes. */
static bool saves_mode(const struct plan *p, const struct deeds *d)
{
	return d->raises && d->puts[p->isa->mode] && may_keep(p, d);
}

static void is_complete(struct emitter *em)
{
	buf_puts(em->out, "e->raised == NATIVE_TRAP && (0");
	for (unsigned i = 0; i < em->plan->complete_count; i++)
		buf_printf(em->out, " || (e->cause == 0x%llxull && e->cause_high == 0x%llxull)", (unsigned long long)em->plan->complete[i],
			   (unsigned long long)(em->plan->complete[i] >> 64));
	buf_puts(em->out, ")");
}

/* A trap that leaves the pc component as the instruction has made it. */
static void way_out_kept(struct emitter *em, const struct deeds *d)
{
	if (em->local_pc)
		buf_puts(em->out, d->puts_pc || d->reads_pc ? "w[PC] = at;\n" : "w[PC] = pc;\n");
	buf_puts(em->out, saves_mode(em->plan, d) ? "e->mode = mode_;\n" : "e->mode = w[MODE];\n");
	buf_puts(em->out, "TO(trapped_kept);\n");
}

static void way_out(struct emitter *em, const struct deeds *d)
{
	const struct isa *isa = em->plan->isa;

	if (!d->raises)
		return;
	buf_puts(em->out, "out:\n");
	if (d->unpredictable)
		unpredictable(em, d);
	if (d->raises_after_store)
		buf_puts(em->out, "e->host->undo(e);\n");
	if (em->plan->complete_count && may_keep(em->plan, d)) {
		buf_puts(em->out, "if (");
		is_complete(em);
		buf_puts(em->out, ") {\n");
		way_out_kept(em, d);
		buf_puts(em->out, "}\n");
	}
	if (d->raises_after_put)
		save(em, d, true, false);
	if (may_keep(em->plan, d) && isa->components[isa->pc].keeps)
		way_out_kept(em, d);
	else if (saves_mode(em->plan, d))
		buf_puts(em->out, "e->mode = mode_; w[PC] = pc; TO(trapped_kept);\n");
	else
		buf_puts(em->out, "TO(trapped);\n");
}

static bool fixed_length(const struct instruction *i)
{
	for (unsigned v = 0; v < i->variable_count; v++)
		if (i->variables[v].is_operand || i->variables[v].is_prefix)
			return false;
	return true;
}

/* Whether the next instruction cannot simply be taken from the page. */
static bool looks(const struct plan *p, const struct deeds *d)
{
	bool looking = d->accesses;

	for (unsigned c = 0; c < p->isa->component_count; c++)
		looking = looking || (d->puts[c] && (p->watched[c] || p->moving[c]));
	return looking;
}

static void go_on(struct emitter *em, const struct deeds *d)
{
	const char *next = looks(em->plan, d) ? "NEXT_LOOKING" : "NEXT";
	unsigned length = em->instruction->length;

	if (d->raises_after_store)
		buf_puts(em->out, "e->host->commit(e);\n");
	if (em->local_pc && d->puts_pc)
		buf_puts(em->out, "if (wrote) JUMP(npc);\n");
	else if (d->puts_pc)
		buf_puts(em->out, "if (e->jumped) JUMP(w[PC]);\n");
	if (fixed_length(em->instruction))
		buf_printf(em->out, "%s(%u);\n", next, length);
	else
		buf_printf(em->out, "%s(i->length);\n", next);
}

static void handler(struct emitter *em, const struct instruction *i, unsigned number)
{
	const struct ir_function *f = i->operation;
	const struct deeds *d = &em->plan->deeds[f->number];

	em->instruction = i;
	em->number = number;
	em->manner = d->raises_after_store ? MANNER_LOG : MANNER_PLAIN;
	em->local_pc = !calls_touch_pc(em->plan, f->body);
	em->scope = em->scopes = 0;
	buf_printf(em->out, "HANDLER(h%u) /* %s */\n{\nBEGIN\n", number, i->name);
	if (!em->local_pc)
		buf_puts(em->out, "w[PC] = pc; e->jumped = 0;\n");
	else if (d->puts_pc || d->reads_pc)
		buf_puts(em->out, "uint64_t at = pc, npc = 0; int wrote = 0;\n");
	if (saves_mode(em->plan, d))
		buf_puts(em->out, "const uint64_t mode_ = w[MODE];\n");
	if (d->raises_after_put)
		save(em, d, false, false);
	emit_locals(em, f, 0);
	if (d->ticked)
		buf_puts(em->out, "SYNC;\n");
	emit_body(em, f, f->body);
	buf_puts(em->out, "done0:;\n");
	go_on(em, d);
	way_out(em, d);
	buf_puts(em->out, "}\n");
}

static void undecoded(struct emitter *em)
{
	const struct ir_function *f = em->plan->isa->undecoded;

	em->manner = MANNER_PLAIN;
	buf_printf(em->out, "HANDLER(undecoded)\n{\nBEGIN\nconst uint64_t bits = *(const uint64_t *)((const char *)i + %u);\n", NATIVE_BITS);
	if (f) {
		buf_puts(em->out, "w[PC] = pc;\n");
		emit_function_name(em, f);
		buf_puts(em->out, "(e, w, pc, left, bits);\n");
	}
	buf_puts(em->out, "if (!e->raised) e->host->undecoded(e, pc, bits);\nTO(trapped);\n}\n");
}

/* --- what is called from outside --- */

static void outside_composition(const struct composition *c, bool *called)
{
	const struct ir_function *const f[] = {c->relocate, c->use, c->map};

	for (unsigned i = 0; i < 3; i++)
		if (f[i])
			called[f[i]->number] = true;
}

static bool *called_from_outside(const struct plan *p)
{
	const struct isa *isa = p->isa;
	bool *called = ARENA_ARRAY(p->arena, bool, isa->function_count + 1);
	const struct ir_function *const f[] = {isa->translate, isa->trap_target, isa->trap_entry, isa->interrupt, isa->wakes, isa->tick, isa->quiet};

	for (unsigned i = 0; i < sizeof f / sizeof *f; i++)
		if (f[i])
			called[f[i]->number] = true;
	for (const struct scenario *s = isa->scenarios; s; s = s->next) {
		outside_composition(&s->composition, called);
		if (s->hypercall)
			called[s->hypercall->number] = true;
		if (s->interpret)
			called[s->interpret->number] = true;
	}
	return called;
}

static void outside_argument(struct emitter *em, unsigned width, unsigned n)
{
	if (width > 64)
		buf_printf(em->out, ", W_OF(args[%u], args[%u])", 2 * n, 2 * n + 1);
	else
		buf_printf(em->out, ", args[%u] & 0x%llxull", 2 * n, (unsigned long long)bits_mask(width ? width : 1));
}

static void from_outside(struct emitter *em, const struct ir_function *f)
{
	em->manner = f == em->plan->isa->translate && em->plan->uniform ? MANNER_TABLE : MANNER_PLAIN;
	buf_printf(em->out, "static void o%u(struct native *e, uint64_t *w, const uint64_t *args, uint64_t *result)\n{\n", f->number);
	if (f->has_result)
		buf_printf(em->out, "const %s r = ", emit_type(f->result));
	emit_function_name(em, f);
	buf_puts(em->out, "(e, w, w[PC], e->base");
	for (unsigned i = 0; i < f->param_count; i++)
		outside_argument(em, f->locals[i].width, i);
	buf_puts(em->out, ");\n");
	if (f->has_result)
		buf_puts(em->out, f->result > 64 ? "result[0] = W_LO(r); result[1] = W_HI(r);\n" : "result[0] = r; result[1] = 0;\n");
	buf_puts(em->out, "}\n");
}

static void outside_table(struct emitter *em, const bool *called)
{
	const struct isa *isa = em->plan->isa;
	const struct ir_function **by_number = ARENA_ARRAY(em->plan->arena, const struct ir_function *, isa->function_count + 1);

	for (const struct ir_function *f = isa->functions; f; f = f->next)
		if (called[f->number])
			by_number[f->number] = f;
	for (unsigned i = 0; i < isa->function_count; i++)
		if (by_number[i])
			from_outside(em, by_number[i]);
	buf_puts(em->out, "static void (*const functions[])(struct native *, uint64_t *, const uint64_t *, uint64_t *) = {\n");
	for (unsigned i = 0; i < isa->function_count; i++)
		if (by_number[i])
			buf_printf(em->out, "o%u,\n", i);
		else
			buf_puts(em->out, "0,\n");
	buf_puts(em->out, "0 };\n");
}

static void module(struct emitter *em)
{
	buf_puts(em->out, "static void *const handlers[] = {\n");
	for (unsigned i = 0; i < em->plan->isa->instruction_count; i++)
		buf_printf(em->out, "(void *)h%u,\n", i);
	buf_puts(em->out,
		 "0 };\n"
		 "static void enter(struct native *e, uint64_t *w, next_insn i, uint64_t pc, uint64_t left)\n"
		 "{\n"
		 "#if NATIVE_JUMPS\n"
		 "((handler)i->run)(e, w, i, pc, left);\n"
		 "#else\n"
		 "the_host = e->host; e->pc = pc; e->left = left;\n"
		 "while (i) i = ((handler)i->run)(e, w, i);\n"
		 "#endif\n"
		 "}\n"
		 "const struct native_module isolde_module = {enter, handlers, (void *)decode, (void *)far, (void *)undecoded, functions};\n");
}

/* --- in the right order --- */

/* Everything that is called, until nothing new is. */
static void called_functions(struct emitter *em)
{
	bool *written[MANNER_COUNT], again = true;

	for (unsigned m = 0; m < MANNER_COUNT; m++)
		written[m] = ARENA_ARRAY(em->plan->arena, bool, em->plan->isa->function_count + 1);
	while (again) {
		again = false;
		for (unsigned m = 0; m < MANNER_COUNT; m++)
			for (const struct ir_function *f = em->plan->isa->functions; f; f = f->next) {
				if (!em->wanted[m][f->number] || written[m][f->number])
					continue;
				em->manner = (enum manner)m;
				written[m][f->number] = again = true;
				function(em, f);
			}
	}
}

static void prototypes(struct emitter *em)
{
	for (unsigned m = 0; m < MANNER_COUNT; m++)
		for (const struct ir_function *f = em->plan->isa->functions; f; f = f->next)
			if (em->wanted[m][f->number]) {
				em->manner = (enum manner)m;
				signature(em, f);
				buf_puts(em->out, ";\n");
			}
}

void emit_description(const struct plan *plan, struct buf *out)
{
	struct buf handlers = {0}, functions = {0}, outside = {0};
	struct emitter em = {.plan = plan, .out = &handlers};
	unsigned number = 0;

	for (unsigned m = 0; m < MANNER_COUNT; m++)
		em.wanted[m] = ARENA_ARRAY(plan->arena, bool, plan->isa->function_count + 1);
	if (!plan->uniform)
		em.wanted[MANNER_PLAIN][plan->isa->translate->number] = true; /* JUMP */
	for (const struct instruction *i = plan->isa->instructions; i; i = i->next)
		handler(&em, i, number++);
	undecoded(&em);
	em.out = &outside;
	outside_table(&em, called_from_outside(plan));
	em.out = &functions;
	called_functions(&em);
	em.out = out;
	emit_prelude(plan, out);
	if (!plan->uniform)
		buf_printf(out, "#define TRANSLATE f%u\n", plan->isa->translate->number);
	prototypes(&em);
	buf_printf(out, "%s%s%s", buf_text(&functions), buf_text(&handlers), buf_text(&outside));
	module(&em);
	buf_free(&handlers);
	buf_free(&functions);
	buf_free(&outside);
}
