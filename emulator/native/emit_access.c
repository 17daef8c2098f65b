/* Memory and ports. The quick way of a translated access is an entry of the kept translations; of a physical one, or where translations cannot be
 * kept, storage itself, if no device lies over it. Everything else goes through native_host. */
#include "emit.h"

static unsigned units(const struct emitter *em, const struct ir_statement *s)
{
	return s->width / em->plan->isa->memory.unit;
}

static bool is_store(const struct ir_statement *s)
{
	return s->kind == IR_STORE || s->kind == IR_STORE_PHYSICAL || s->kind == IR_PORT_OUT;
}

static bool is_port(const struct ir_statement *s)
{
	return s->kind == IR_PORT_IN || s->kind == IR_PORT_OUT;
}

static bool is_translated(const struct ir_statement *s)
{
	return s->kind == IR_LOAD || s->kind == IR_STORE;
}

static unsigned how(const struct emitter *em, const struct ir_statement *s)
{
	unsigned h = s->width | (unsigned)s->access << HOW_ACCESS;

	h |= s->big_endian ? HOW_BIG : 0;
	h |= s->split && units(em, s) > 1 ? HOW_SPLIT : 0;
	h |= s->b ? HOW_LEVEL : 0;
	h |= is_port(s) ? HOW_PORT : is_translated(s) ? 0 : HOW_PHYSICAL;
	h |= is_store(s) && em->manner == MANNER_LOG ? HOW_LOG : 0;
	h |= s->kind == IR_LOAD_PHYSICAL && em->manner == MANNER_TABLE ? HOW_TABLE : 0;
	return h;
}

static bool power_of_two(unsigned n)
{
	return n && !(n & (n - 1));
}

/* An access that native_host need not see if all goes well. */
static bool has_quick_way(const struct emitter *em, const struct ir_statement *s)
{
	if (is_port(s) || s->width > 64 || !power_of_two(units(em, s)) || units(em, s) > em->plan->page || how(em, s) & (HOW_LOG | HOW_TABLE))
		return false;
	if (is_translated(s) && em->plan->uniform)
		return is_store(s) ? s->access == ACCESS_STORE : s->access != ACCESS_FETCH;
	return !is_translated(s) || !(how(em, s) & HOW_SPLIT);
}

static void slow(struct emitter *em, const struct ir_statement *s, unsigned h, const char *address, const char *level)
{
	if (is_store(s))
		buf_printf(em->out, "e->host->store(e, pc, left, %s, %s, %u, %s, %s); if (UNLIKELY(e->raised)) goto out;\n", address, level, h,
			   s->width > 64 ? "W_LO(v)" : "v", s->width > 64 ? "W_HI(v)" : "0");
	else
		buf_printf(em->out, "e->host->load(e, pc, left, %s, %s, %u); if (UNLIKELY(e->raised)) goto out; l%u_%u = %s;\n", address, level, h,
			   em->scope, s->index, s->width > 64 ? "W_OF(e->lo, e->hi)" : "e->lo");
}

static void quick(struct emitter *em, const struct ir_statement *s, const char *cells)
{
	if (is_store(s))
		buf_printf(em->out, "STORE_%s(%u, %s, v);\n", s->big_endian ? "BIG" : "LITTLE", units(em, s), cells);
	else
		buf_printf(em->out, "l%u_%u = LOAD_%s(%u, %s);\n", em->scope, s->index, s->big_endian ? "BIG" : "LITTLE", units(em, s), cells);
}

/* The operands, each evaluated once: a, level if any, v. */
static void operands(struct emitter *em, const struct ir_statement *s)
{
	buf_puts(em->out, "{ const uint64_t a = ");
	buf_puts(em->out, s->a->width > 64 ? "W_LO(" : "(");
	emit_expr(em, s->a);
	buf_puts(em->out, ");\n");
	if (s->b) {
		buf_puts(em->out, "const uint64_t level = ");
		emit_expr(em, s->b);
		buf_puts(em->out, ";\n");
	}
	if (is_store(s)) {
		buf_printf(em->out, "const %s v = ", emit_type(s->width));
		emit_expr(em, s->c);
		buf_puts(em->out, ";\n");
	}
}

static void through_kept(struct emitter *em, const struct ir_statement *s)
{
	static const char *const by[] = {[ACCESS_LOAD] = "load", [ACCESS_STORE] = "store", [ACCESS_FETCH] = "fetch"};

	buf_printf(em->out, "const struct native_entry *const t = &e->tlb->%s[a / PAGE %% NATIVE_TLB];\nif (LIKELY(", by[s->access]);
	if (s->b)
		buf_printf(em->out, "level == w[MODE] && ");
	buf_printf(em->out, "t->tag == (a & (PAGE_TAG | %u)))) { ", units(em, s) - 1);
	quick(em, s, "(uint8_t *)(t->add + a * CELL)");
	buf_puts(em->out, "} else { ");
	slow(em, s, how(em, s), "a", s->b ? "level" : "0");
	buf_puts(em->out, "} }\n");
}

/* `at`: the C name of the physical address; the address that a trap reports is a. */
static void through_storage(struct emitter *em, const struct ir_statement *s, const char *at)
{
	unsigned h = (how(em, s) & ~(unsigned)HOW_LEVEL) | HOW_PHYSICAL;

	buf_printf(em->out, "const uint64_t at_ = %s - e->at;\nif (LIKELY(e->plain && at_ < e->size && e->size - at_ >= %u", at, units(em, s));
	if (is_store(s))
		buf_printf(em->out, " && !e->marks[(at_ + e->window) / PAGE] && !e->marks[(at_ + e->window + %u) / PAGE]", units(em, s) - 1);
	buf_puts(em->out, ")) { ");
	quick(em, s, "(e->cells + at_ * CELL)");
	buf_puts(em->out, "} else { ");
	slow(em, s, h, at, "a");
	buf_puts(em->out, "} }\n");
}

/* Where translations cannot be kept, the described one is called each time. */
static void through_translation(struct emitter *em, const struct ir_statement *s)
{
	buf_puts(em->out, "const uint64_t pa = ");
	emit_function_name(em, em->plan->isa->translate);
	buf_printf(em->out, "(e, w, pc, left, %s, a, %u);\nif (UNLIKELY(e->raised)) goto out;\n", s->b ? "level" : "w[MODE]", (unsigned)s->access);
	through_storage(em, s, "pa");
}

void emit_access(struct emitter *em, const struct ir_statement *s)
{
	operands(em, s);
	if (!has_quick_way(em, s)) {
		slow(em, s, how(em, s), "a", s->b ? "level" : "a");
		buf_puts(em->out, "}\n");
	} else if (!is_translated(s)) {
		through_storage(em, s, "a");
	} else if (em->plan->uniform) {
		through_kept(em, s);
	} else {
		through_translation(em, s);
	}
}
