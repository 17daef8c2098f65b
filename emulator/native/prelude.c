/* The head of the generated C: what is shared with the engine (abi.h), the operations (ops.def, bits.def: the very text that op.c compiles), and how
 * handlers go on to the next one. */
#include "emit.h"

#include <string.h>

__asm__(".section .rodata\n"
	"native_abi_text: .incbin \"emulator/native/abi.h\"\n"
	".byte 0\n"
	".previous\n");
extern const char native_abi_text[];

#define AS_TEXT(...) #__VA_ARGS__

/* Once with 64-bit types, as n_…, once with 128-bit types, as w_…. */
static const char bits_text[] =
#define BITS(...) AS_TEXT(__VA_ARGS__)
#include "../../analyzer/base/bits.def"
#undef BITS
	;

static const char helper_text[] =
#define OP(name, arity, rule, concrete, solver)
#define OP_HELPER(...) AS_TEXT(__VA_ARGS__)
#include "../../analyzer/meaning/ops.def"
#undef OP_HELPER
#undef OP
	;

static const char *const row_text[OP_COUNT] = {
#define OP(name, arity, rule, concrete, solver) AS_TEXT(concrete),
#include "../../analyzer/meaning/ops.def"
#undef OP
};

static const char types[] =
	"typedef unsigned char uint8_t; typedef unsigned short uint16_t; typedef unsigned int uint32_t; typedef unsigned long uint64_t;\n"
	"typedef signed char int8_t; typedef short int16_t; typedef int int32_t; typedef long int64_t;\n"
	"#define ISOLDE_GENERATED\n";

/* The compilers that are known to turn a call in `return` into a jump, with 128-bit integers; all others return from each handler to a loop, and ask
 * the engine for wide operations. */
static const char dialect[] =
	"#if (defined __GNUC__ || defined __clang__) && defined __OPTIMIZE__ && defined __SIZEOF_INT128__\n"
	"#define NATIVE_JUMPS 1\n"
	"#define LIKELY(x) __builtin_expect(!!(x), 1)\n"
	"#define UNLIKELY(x) __builtin_expect(!!(x), 0)\n"
	"#define COLD __attribute__((noinline, cold))\n"
	"#else\n"
	"#define NATIVE_JUMPS 0\n"
	"#define LIKELY(x) (x)\n"
	"#define UNLIKELY(x) (x)\n"
	"#define COLD\n"
	"#endif\n";

static const char wide_type[] =
	"#if NATIVE_JUMPS\n"
	"__extension__ typedef unsigned __int128 W; __extension__ typedef __int128 SW;\n"
	"#define W_OF(lo, hi) ((W)(hi) << 64 | (W)(lo))\n"
	"#define W_LO(x) ((uint64_t)(x))\n"
	"#define W_HI(x) ((uint64_t)((x) >> 64))\n"
	"#else\n"
	"typedef struct { uint64_t lo, hi; } W;\n"
	"static W W_OF(uint64_t lo, uint64_t hi) { W r; r.lo = lo; r.hi = hi; return r; }\n"
	"static uint64_t W_LO(W x) { return x.lo; }\n"
	"static uint64_t W_HI(W x) { return x.hi; }\n"
	"static const struct native_host *the_host;\n"
	"#endif\n"
	"static inline uint64_t W_INDEX(W x) { return W_HI(x) ? ~(uint64_t)0 : W_LO(x); }\n"
	"static inline uint64_t element(const uint64_t *w, uint64_t at, uint64_t n, uint64_t count) { return n < count ? w[at + n] : 0; }\n"
	"static inline W element_wide(const uint64_t *w, uint64_t at, uint64_t n, uint64_t count)\n"
	"{ return n < count ? W_OF(w[at + 2 * n], w[at + 2 * n + 1]) : W_OF(0, 0); }\n";

/* What handlers do. They have the state in arguments where calls become jumps, else in e. */
static const char going[] =
	"typedef const struct native_insn *next_insn;\n"
	"#if NATIVE_JUMPS\n"
	"#define HANDLER(name) static next_insn name(struct native *e, uint64_t *w, next_insn i, uint64_t pc, uint64_t left)\n"
	"typedef next_insn (*handler)(struct native *, uint64_t *, next_insn, uint64_t, uint64_t);\n"
	"#define BEGIN\n"
	"#define GO return ((handler)i->run)(e, w, i, pc, left)\n"
	"#define TO(f) return f(e, w, i, pc, left)\n"
	"#else\n"
	"#define HANDLER(name) static next_insn name(struct native *e, uint64_t *w, next_insn i)\n"
	"typedef next_insn (*handler)(struct native *, uint64_t *, next_insn);\n"
	"#define BEGIN uint64_t pc = e->pc, left = e->left;\n"
	"#define GO do { e->pc = pc; e->left = left; return i; } while (0)\n"
	"#define TO(f) do { e->pc = pc; e->left = left; return f(e, w, i); } while (0)\n"
	"#endif\n"
	/* The budget is used up, or someone wants attention: the engine finds out. pc is that of the next instruction. */
	"HANDLER(stop) { BEGIN w[PC] = pc; e->left = left; return 0; }\n"
	"HANDLER(trapped) { BEGIN w[PC] = pc; e->mode = w[MODE]; e->pc = pc; e->left = left; return 0; }\n"
	"HANDLER(trapped_kept) { BEGIN e->pc = pc; e->left = left; return 0; }\n" /* pc and mode are already where they belong */
	"COLD HANDLER(far) { BEGIN if (*e->attention) TO(stop); i = e->host->lookup(e, pc, left); if (!i) return 0; GO; }\n"
	"COLD HANDLER(decode) { BEGIN i = e->host->decode(e, i, pc, left); if (!i) return 0; GO; }\n"
	"COLD HANDLER(looking) { BEGIN e->look = 0; if (*e->attention) TO(stop); TO(far); }\n"
	/* The next instruction in the page. */
	"#define NEXT(length) do { left--; pc = (pc + (length)) & PC_MASK; i = (next_insn)((const char *)i + (length) / PARCEL * INSN);\\\n"
	"	if (UNLIKELY(!left)) TO(stop); GO; } while (0)\n"
	/* The same, if the instruction may have made its own translation stale, or asked for attention. */
	"#define NEXT_LOOKING(length) do { if (LIKELY(!e->look)) NEXT(length); left--; pc = (pc + (length)) & PC_MASK;\\\n"
	"	if (!left) TO(stop); TO(looking); } while (0)\n"
	/* Any next instruction. */
	"#if UNIFORM\n"
	"#define JUMP(target) do { const struct native_entry *t_; left--; pc = (target); if (UNLIKELY(!left || *e->attention)) TO(stop);\\\n"
	"	t_ = &e->tlb->fetch[(pc & VA_MASK) / PAGE % NATIVE_FETCH];\\\n"
	"	if (UNLIKELY(t_->tag != (pc & VA_MASK & (PAGE_TAG | (PARCEL - 1))) || e->look)) TO(looking);\\\n"
	"	i = (next_insn)(t_->add + pc % PAGE / PARCEL * INSN); GO; } while (0)\n"
	"#else\n"
	/* The described translation each time, then the slot. */
	"#define JUMP(target) do { uint64_t at_; left--; pc = (target); if (UNLIKELY(!left || *e->attention)) TO(stop); w[PC] = pc;\\\n"
	"	at_ = TRANSLATE(e, w, pc, left, w[MODE], pc & VA_MASK, 2) - e->at;\\\n"
	"	if (LIKELY(!e->raised && e->plain && at_ < e->size && (at_ + e->window) % PARCEL == 0 && !ELSEWHERE && !e->look)) {\\\n"
	"		const struct native_code *const c_ = (const struct native_code *)e->code[(at_ + e->window) / PAGE];\\\n"
	"		if (LIKELY(c_ && c_->decode == (void *)decode)) {\\\n"
	"			i = (next_insn)(c_->insns + (at_ + e->window) % PAGE / PARCEL * INSN); GO; } }\\\n"
	"	e->raised = 0; TO(far); } while (0)\n"
	"#undef NEXT\n"
	"#undef NEXT_LOOKING\n"
	"#define NEXT(length) JUMP((pc + (length)) & PC_MASK)\n"
	"#define NEXT_LOOKING(length) NEXT(length)\n"
	"#endif\n"
	"#define SYNC e->host->sync(e, left)\n"
	"#define ATTENTION do { *e->attention = 1; e->look = 1; } while (0)\n"
	"#define NEW_MODE do { e->tlb = e->none; e->look = 1; } while (0)\n"
	"#define MOVED do { e->moved = 1; NEW_MODE; } while (0)\n"
	"#define RAISE(c, v, no_cause) e->raised = NATIVE_TRAP; e->cause = W_LO(c); e->cause_high = W_HI(c); e->value = (v); \\\n"
	"	e->refused = (no_cause); goto out;\n";

/* Cells hold their units in the low bits; the value's parts are units, by `endian`. */
static const char cells[] =
	"static inline uint64_t cell(const uint8_t *p)\n"
	"{ return (CELL == 1 ? *p : CELL == 2 ? *(const uint16_t *)p : CELL == 4 ? *(const uint32_t *)p : *(const uint64_t *)p) & UNIT_MASK; }\n"
	"static inline void set_cell(uint8_t *p, uint64_t v)\n"
	"{ v &= UNIT_MASK; if (CELL == 1) *p = v; else if (CELL == 2) *(uint16_t *)p = v; else if (CELL == 4) *(uint32_t *)p = v; else *(uint64_t *)p = v; }\n"
	"static inline uint64_t cells_big(const uint8_t *p, unsigned n)\n"
	"{ uint64_t v = cell(p); for (unsigned k = 1; k < n; k++) v = v << (UNIT % 64) | cell(p + k * CELL); return v; }\n"
	"static inline uint64_t cells_little(const uint8_t *p, unsigned n)\n"
	"{ uint64_t v = cell(p + (n - 1) * CELL); for (unsigned k = n - 1; k--;) v = v << (UNIT % 64) | cell(p + k * CELL); return v; }\n"
	"static inline void set_cells_big(uint8_t *p, unsigned n, uint64_t v)\n"
	"{ for (unsigned k = n; k--; v >>= UNIT % 64) set_cell(p + k * CELL, v); }\n"
	"static inline void set_cells_little(uint8_t *p, unsigned n, uint64_t v)\n"
	"{ for (unsigned k = 0; k < n; k++, v >>= UNIT % 64) set_cell(p + k * CELL, v); }\n"
	/* Where cells are bytes, or as wide as their units, a value is what the host has in memory. */
	"#define DENSE(n) (UNIT == 8 * CELL && UNIT * (n) <= 64)\n"
	"#define AT(type, p) (*(type *)(p))\n"
	"#define LOAD_LITTLE(n, p) (DENSE(n) ? UNIT * (n) == 8 ? AT(const uint8_t, p) : UNIT * (n) == 16 ? AT(const uint16_t, p) : \\\n"
	"	UNIT * (n) == 32 ? AT(const uint32_t, p) : AT(const uint64_t, p) : cells_little(p, n))\n"
	"#define STORE_LITTLE(n, p, v) do { uint8_t *const p_ = (p); if (!DENSE(n)) set_cells_little(p_, n, v); else if (UNIT * (n) == 8) AT(uint8_t, p_) = (v); \\\n"
	"	else if (UNIT * (n) == 16) AT(uint16_t, p_) = (v); else if (UNIT * (n) == 32) AT(uint32_t, p_) = (v); else AT(uint64_t, p_) = (v); } while (0)\n"
	"#if NATIVE_JUMPS\n"
	"#define LOAD_BIG(n, p) (UNIT != 8 || CELL != 1 ? cells_big(p, n) : (n) == 1 ? AT(const uint8_t, p) : (n) == 2 ? __builtin_bswap16(AT(const uint16_t, p)) : \\\n"
	"	(n) == 4 ? __builtin_bswap32(AT(const uint32_t, p)) : __builtin_bswap64(AT(const uint64_t, p)))\n"
	"#else\n"
	"#define LOAD_BIG(n, p) cells_big(p, n)\n"
	"#endif\n"
	"#define STORE_BIG(n, p, v) set_cells_big(p, n, v)\n";

static void narrow_operations(struct buf *out)
{
	buf_puts(out, "#define u128 uint64_t\n#define s128 int64_t\n#define BITS_MAX 64\n#define bits_mask n_bits_mask\n#define bits_signed n_bits_signed\n"
		      "#define signed_divide n_signed_divide\n#define signed_remainder n_signed_remainder\n#define arithmetic_shift n_arithmetic_shift\n");
	buf_printf(out, "%s\n%s\n", bits_text, helper_text);
	for (unsigned i = 0; i < OP_COUNT; i++)
		buf_printf(out, "static inline u128 n_%s(u128 a, u128 b, u128 c, unsigned w, unsigned wb, unsigned low) { return (u128)(%s); }\n",
			   op_table[i].name, row_text[i]);
	buf_puts(out, "#undef u128\n#undef s128\n#undef BITS_MAX\n#undef bits_mask\n#undef bits_signed\n"
		      "#undef signed_divide\n#undef signed_remainder\n#undef arithmetic_shift\n");
}

static void wide_operations(struct buf *out)
{
	buf_puts(out, "#if NATIVE_JUMPS\n#define u128 W\n#define s128 SW\n#define BITS_MAX 128\n");
	buf_printf(out, "%s\n%s\n", bits_text, helper_text);
	for (unsigned i = 0; i < OP_COUNT; i++)
		buf_printf(out, "static inline W w_%s(W a, W b, W c, unsigned w, unsigned wb, unsigned low, unsigned width) "
				"{ return (u128)(%s) & (width ? bits_mask(width) : 1); }\n", op_table[i].name, row_text[i]);
	buf_puts(out, "#undef u128\n#undef s128\n#undef BITS_MAX\n#else\n");
	for (unsigned i = 0; i < OP_COUNT; i++)
		buf_printf(out, "static W w_%s(W a, W b, W c, unsigned w, unsigned wb, unsigned low, unsigned width) "
				"{ W r; the_host->wide(%u, &a.lo, &b.lo, &c.lo, w, wb, low, width, &r.lo); return r; }\n", op_table[i].name, i);
	buf_puts(out, "#endif\n");
}

/* Whether the instruction at pc is not in storage: it stands in a register instead, or a register file lies there. */
static void elsewhere(const struct plan *p, struct buf *out)
{
	const struct isa *isa = p->isa;

	buf_puts(out, "#define ELSEWHERE (0");
	if (isa->has_instead)
		buf_printf(out, " || w[%u]", p->word_of[isa->instead_valid]);
	for (unsigned i = 0; i < isa->component_count; i++)
		if (isa->components[i].alias_memory)
			buf_printf(out, " || (pc & VA_MASK) - 0x%llxull < %u", (unsigned long long)isa->components[i].alias_at, isa->components[i].count);
	buf_puts(out, ")\n");
}

void emit_prelude(const struct plan *p, struct buf *out)
{
	const struct isa *isa = p->isa;
	unsigned cell = 1;

	while (cell * 8 < isa->memory.unit)
		cell *= 2;
	buf_printf(out, "%s%s\n%s%s", types, native_abi_text, dialect, wide_type);
	buf_printf(out, "#define UNIFORM %d\n#define UNIT %u\n#define CELL %uu\n#define UNIT_MASK 0x%llxull\n", p->uniform, isa->memory.unit, cell,
		   (unsigned long long)bits_mask(isa->memory.unit));
	buf_printf(out, "#define PAGE %uull\n#define PAGE_TAG (0x%llxull & ~(PAGE - 1))\n#define VA_MASK 0x%llxull\n#define PC_MASK 0x%llxull\n", p->page,
		   ~0ull, (unsigned long long)bits_mask(isa->memory.virtual_address), (unsigned long long)bits_mask(isa->components[isa->pc].width));
	buf_printf(out, "#define PARCEL %uu\n#define INSN %uu\n#define PC %u\n#define MODE %u\n", isa->parcel / isa->memory.unit, p->insn,
		   p->word_of[isa->pc], p->word_of[isa->mode]);
	narrow_operations(out);
	wide_operations(out);
	elsewhere(p, out);
	buf_puts(out, going);
	buf_puts(out, cells);
}
