/* The operation language, row by row against isa-specs/README.md: each operation is loaded, executed by the evaluator, and
 * leaves a value in OUT. The values are worked out by hand from the README, not by the program. */
#include "unit.h"

#include <string.h>
#include <unistd.h>

/* Before: A = 0x96 (150 or -106), B = 0x0b, C = 0xd (13 or -3), F = 1, W = 0x1234; all else 0. */
static const char machine[] =
	"kind: isa\nname: language\nlevels: [user, supervisor]\nmemory: {unit: 8, address: 16}\n%s"
	"enums: {Colour: [red, green, blue]}\nconstants: {SIZE: 8}\ntypes: {Byte: Bits<8>}\n"
	"causes: {Privileged: 1}\n"
	"state:\n  M: {type: Level, role: mode}\n  P: {type: Bits<16>, role: pc}\n"
	"  A: {type: Bits<8>, role: general}\n  B: {type: Byte, role: general}\n  C: {type: Bits<4>, role: general}\n"
	"  F: {type: Bits<1>, role: general}\n  W: {type: Bits<16>, role: general}\n  OUT: {type: Bits<16>, role: general}\n"
	"  X: {type: Bits<8>, count: 4, role: general, zero: [0]}\n"
	"  T: {type: Bits<8>, count: 4, role: general, alias_memory: {at: 16}}\n"
	"  G: {role: control, length: 8, fields: {hi: {location: %s}, lo: {location: %s}}}\n"
	"functions:\n"
	"  Bits<8> bump(): |\n    OUT = OUT + 1;\n    return OUT[%s];\n"
	"  Bits<N> twice<N>(Bits<N> v): return v + v;\n"
	"  Bits<8> pick(Bits<8> v): |\n    if (v == 1) { return 10; }\n    if (v == 2) { return 20; }\n    return 30;\n"
	"  void set(Bits<16> v): OUT = v;\n  void jump(Bits<16> to): $pc = to;\n"
	"instructions:\n  test:\n    encoding: {match: \"--------\", variables: [{name: imm, location: %s, sign_extend: true}, "
	"{name: s, location: %s, left_shift: 2}]}\n    operation(): |\n      %s\n";

struct row {
	const char *operation;
	unsigned out;
};

static const struct { const char *name; unsigned value; } before[] = {
	{"A", 0x96}, {"B", 0x0b}, {"C", 0xd}, {"F", 1}, {"W", 0x1234}};

static struct isa *load(struct arena *arena, const char *text)
{
	char path[] = "/tmp/isolde-language-XXXXXX";
	int file = mkstemp(path);
	struct isa *isa;

	cr_assert(file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text));
	close(file);
	isa = unit_load(arena, path);
	unlink(path);
	return isa;
}

static unsigned pc_after;

static unsigned execute(struct arena *arena, const struct isa *isa)
{
	struct concrete *c = concrete_new(arena, NULL);
	struct value *start = ARENA_ARRAY(arena, struct value, slot_count(isa)), variables[2] = {value_const(0xe, 4), value_const(3, 4)};
	struct walk_input input = {.domain = concrete_domain(c), .isa = isa, .instruction = isa->instructions, .variables = variables,
				   .run = value_const(1, 8), .model = MEMORY_REAL, .start = start};
	struct outcome o;
	unsigned n = isa->component_count;

	for (unsigned i = 0; i < n; i++) {
		start[i] = isa->components[i].count ? concrete_array(c, i, isa->components[i].width) : value_const(0, isa->components[i].width);
		for (unsigned k = 0; k < sizeof before / sizeof *before; k++)
			if (!strcmp(isa->components[i].name, before[k].name))
				start[i] = value_const(before[k].value, isa->components[i].width);
	}
	start[n + SLOT_MEMORY] = concrete_array(c, n, 8);
	start[n + SLOT_HOST] = concrete_array(c, n + 1, 8);
	start[n + SLOT_PORTS] = concrete_array(c, n + 2, 8);
	start[n + SLOT_PC_WRITTEN] = start[n + SLOT_DEVICE_WRITTEN] = start[n + SLOT_VIOLATED] = value_const(0, 0);
	o = walk_instruction(arena, &input);
	pc_after = (unsigned)o.slots[isa->pc].bits;
	if (!o.done.bits)
		return 0xdead; /* it trapped */
	return (unsigned)o.slots[isa_component(isa, "OUT") - isa->components].bits;
}

static void check(const struct row *rows, unsigned count, bool msb0)
{
	for (unsigned i = 0; i < count; i++) {
		struct arena *arena = arena_new();
		char *text = msb0 ? arena_printf(arena, machine, "bit_numbering: msb0\n", "2-3", "4-7", "8:15", "0-3", "4-7", rows[i].operation)
				  : arena_printf(arena, machine, "", "5-4", "3-0", "7:0", "7-4", "3-0", rows[i].operation);
		unsigned out = execute(arena, load(arena, text));

		cr_expect_eq(out, rows[i].out, "%s: 0x%x, not 0x%x", rows[i].operation, out, rows[i].out);
		arena_free(arena);
	}
}
#define CHECK(rows) check(rows, sizeof rows / sizeof *rows, false)

UNIT(language, widths_and_signs)
{
	static const struct row rows[] = {
		{"OUT = A;", 0x0096}, {"OUT = $signed(A);", 0xff96}, {"OUT = $unsigned($signed(A));", 0x0096}, {"OUT = A + B;", 0x00a1},
		{"OUT = A + A;", 0x002c}, {"OUT = A `+ A;", 0x012c}, {"OUT = B - A;", 0x0075}, {"OUT = B `- A;", 0x0175},
		{"OUT = A * B;", 0x0072}, {"OUT = A `* B;", 0x0672}, {"OUT = A + C;", 0x00a3}, {"OUT = A + $signed(C);", 0x0093},
		{"OUT = $signed(A) + $signed(C);", 0xff93}, {"OUT = $signed(A) `+ $signed(A);", 0xff2c},
		{"OUT = $signed(A) `* $signed(C);", 0x013e}, {"OUT = $signed(A) `* C;", 0x0a9e}, {"OUT = A `* $signed(C);", 0x0e3e},
		{"OUT = -B;", 0x00f5}, {"OUT = ~A;", 0x0069}, {"OUT = imm;", 0xfffe}, {"OUT = $unsigned(imm);", 0x000e}, {"OUT = s;", 12},
		{"OUT = A + imm;", 0x0094}, {"Bits<4> x = A; OUT = x;", 6}, {"OUT = $bits(F);", 1}, {"OUT = A - 1;", 0x95},
	};

	CHECK(rows);
}

UNIT(language, comparisons)
{
	static const struct row rows[] = {
		{"OUT = A < B ? 1 : 2;", 2}, {"OUT = A > B ? 1 : 2;", 1}, {"OUT = A <= A ? 1 : 2;", 1}, {"OUT = A < A ? 1 : 2;", 2},
		{"OUT = A >= B ? 1 : 2;", 1}, {"OUT = B >= A ? 1 : 2;", 2}, {"OUT = $signed(A) < $signed(B) ? 1 : 2;", 1},
		{"OUT = $signed(A) > $signed(B) ? 1 : 2;", 2}, {"OUT = $signed(A) <= $signed(B) ? 1 : 2;", 1},
		{"OUT = $signed(A) >= $signed(B) ? 1 : 2;", 2}, {"OUT = $signed(B) >= $signed(A) ? 1 : 2;", 1},
		{"OUT = $signed(A) < B ? 1 : 2;", 2}, {"OUT = A == 150 ? 1 : 2;", 1}, {"OUT = A != 150 ? 1 : 2;", 2},
		{"OUT = $signed(C) == $signed(A) ? 1 : 2;", 2}, {"OUT = $signed(C) > $signed(A) ? 1 : 2;", 1},
		{"OUT = C > A ? 1 : 2;", 2}, {"OUT = mode() == Level::user ? 1 : 2;", 1}, {"OUT = !(A == B) ? 1 : 2;", 1},
	};

	CHECK(rows);
}

UNIT(language, division_and_shifts)
{
	static const struct row rows[] = {
		{"OUT = A / B;", 13}, {"OUT = A % B;", 7}, {"OUT = $signed(A) / $signed(B);", 0xfff7}, {"OUT = $signed(A) % $signed(B);", 0xfff9},
		{"OUT = $signed(B) / $signed(C);", 0xfffd}, {"OUT = $signed(B) % $signed(C);", 2},
		{"OUT = A / (B - B);", 0xff}, {"OUT = A % (B - B);", 0x96}, {"OUT = $signed(B) / $signed(B - B);", 0xffff},
		{"OUT = $signed(A) / $signed(B - B);", 1}, {"OUT = A << 1;", 0x2c}, {"OUT = A >> 1;", 0x4b}, {"OUT = A >>> 1;", 0xcb},
		{"OUT = $signed(A) >> 1;", 0xffcb}, {"OUT = B >>> 1;", 5}, {"OUT = A << 7;", 0}, {"OUT = B << 7;", 0x80}, {"OUT = A << 8;", 0},
		{"OUT = A << 200;", 0}, {"OUT = A >> 200;", 0}, {"OUT = A >>> 200;", 0xff}, {"OUT = A >> W;", 0}, {"OUT = A >>> W;", 0xff},
		{"OUT = A << C;", 0}, {"OUT = C << B;", 0}, {"OUT = W << C[1:0];", 0x2468}, {"OUT = W >> B[3:0];", 2},
	};

	CHECK(rows);
}

UNIT(language, precedence)
{
	static const struct row rows[] = {
		{"OUT = 1 + 2 * 3;", 7}, {"OUT = B - 1 - 2;", 8}, {"OUT = B << 1 + 1;", 0x2c}, {"OUT = ~A + 1;", 0x6a}, {"OUT = -B + 1;", 0xf6},
		{"OUT = B | A & C;", 0x0f}, {"OUT = B | C ^ A;", 0x9b}, {"OUT = A & B == B;", 0}, {"OUT = W & B == B;", 0},
		{"OUT = A == 1 || B == 11 && F == 1 ? 2 : 3;", 2}, {"OUT = 0 == 1 ? 1 : 0 == 0 ? 2 : 3;", 2}, {"OUT = A < B == (F == 0) ? 1 : 2;", 1},
		{"OUT = B + 1 > B - 1 ? 1 : 2;", 1}, {"OUT = (A | B) ^ C;", 0x92}, {"OUT = -B[3:0];", 5}, {"OUT = B / 2 * 2;", 10}, {"OUT = !(F == 1) || F == 1 ? 1 : 2;", 1},
	};

	CHECK(rows);
}

UNIT(language, bits_and_literals)
{
	static const struct row rows[] = {
		{"OUT = A[7];", 1}, {"OUT = A[0];", 0}, {"OUT = A[7:4];", 9}, {"OUT = A[3:0];", 6}, {"OUT = W[11:4];", 0x23}, {"OUT = W[12];", 1},
		{"OUT = A[F];", 1}, {"OUT = A[B[2:0]];", 0}, {"OUT = W[C];", 0}, {"OUT = W[C - 1];", 1}, {"OUT = A[W];", 0}, {"OUT = {C, A};", 0xd96},
		{"OUT = {2{C}};", 0xdd}, {"OUT = {A[3:0], B[3:0], C};", 0x6bd}, {"OUT = {4{F}};", 0xf}, {"OUT = {F, 3'b010};", 0xa},
		{"OUT = 8'hff;", 0xff}, {"OUT = 4'b1010;", 10}, {"OUT = 12'd100;", 100}, {"OUT = 0o17;", 15}, {"OUT = 0x1_f;", 31},
		{"OUT = SIZE;", 8}, {"OUT = {SIZE'1, 4'd2};", 0x12}, {"OUT = $bits(Colour::blue);", 2}, {"OUT = A[SIZE - 1:SIZE - 4];", 9},
		{"Bits<SIZE> x = W; OUT = x;", 0x34}, {"Byte x = W; OUT = x;", 0x34},
		{"Bits<8> x = A; x[3:0] = 5; OUT = x;", 0x95}, {"Bits<8> x = A; x[7] = 0; OUT = x;", 0x16}, {"Bits<8> x = A; x[6:5] = 3; OUT = x;", 0xf6},
	};

	CHECK(rows);
}

/* Bit 0 is the most significant one. */
UNIT(language, msb0)
{
	static const struct row rows[] = {
		{"OUT = A[0];", 1}, {"OUT = A[7];", 0}, {"OUT = A[0:3];", 9}, {"OUT = A[4:7];", 6}, {"OUT = W[4:11];", 0x23}, {"OUT = W[3];", 1},
		{"OUT = A[F];", 0}, {"OUT = A[B[5:7]];", 1}, {"Bits<8> x = A; x[4:7] = 5; OUT = x;", 0x95}, {"Bits<8> x = A; x[0] = 0; OUT = x;", 0x16},
		{"G = 0x2b; OUT = {6'd0, G.hi, 4'd0, G.lo};", 0x20b},
	};

	check(rows, sizeof rows / sizeof *rows, true);
}

UNIT(language, statements)
{
	static const struct row rows[] = {
		{"for (U32 i = 0; i < 5; i++) { OUT = OUT + i; }", 10}, {"for (U32 i = 3; i > 0; i--) { OUT = OUT + i; }", 6},
		{"for (U32 i = 2; i <= 4; i++) OUT = OUT + i;", 9}, {"for (U32 i = 0; i != 3; i++) { for (U32 j = 0; j < 2; j++) { OUT = OUT + 1; } }", 6},
		{"for (U32 i = 0; i < 0; i++) { OUT = 1; }", 0}, {"for (U32 i = 3; i >= 0; i--) { OUT = OUT + 1; }", 4},
		{"if (A > B) OUT = 1; else if (A == B) OUT = 2; else OUT = 3;", 1}, {"if (A < B) OUT = 1; else if (A == B) OUT = 2; else OUT = 3;", 3},
		{"if (A < B) OUT = 1;", 0}, {"Bits<8> x = 1; { Bits<8> y = 2; x = y; } OUT = x;", 2}, {"OUT = 1; return; OUT = 2;", 1},
		{"if (F == 1) { OUT = 1; return; } OUT = 2;", 1}, {"if (F == 0) { OUT = 1; return; } OUT = 2;", 2},
		{"OUT = pick(1);", 10}, {"OUT = pick(2);", 20}, {"OUT = pick(3);", 30}, {"set(7);", 7}, {"OUT = twice<4>(C);", 10}, {"OUT = twice<16>(W);", 0x2468},
		{"OUT = 5; raise(Cause::Privileged);", 0xdead}, {"if (F == 0) { raise(Cause::Privileged); } OUT = 5;", 5},
		{"OUT = $length;", 1}, {"OUT = $encoding;", 0xe3}, {"OUT = SIZE == 8 ? 1 : 2;", 1},
		{"if (SIZE == 9) { OUT = NOTHING; } else { OUT = 3; }", 3},
	};

	CHECK(rows);
}

UNIT(language, registers)
{
	static const struct row rows[] = {
		{"X[1] = A; X[2] = X[1]; OUT = X[2];", 0x96}, {"X[0] = A; OUT = X[0];", 0}, {"X[C[1:0]] = 7; OUT = X[1];", 7},
		{"X[F - 1] = 7; OUT = X[0];", 0}, {"X[1] = 1; X[2] = 2; OUT = {X[2], X[1]};", 0x201},
		{"G.hi = 3; G.lo = A; OUT = $bits(G);", 0x36}, {"G = 0x2b; OUT = {6'd0, G.hi, 4'd0, G.lo};", 0x20b}, {"G = 0xff; OUT = $bits(G);", 0x3f},
		{"G = 0xff; OUT = G.sw_read();", 0x3f}, {"G.sw_write(0x15); OUT = $bits(G);", 0x15}, {"M = Level::supervisor; OUT = $bits(mode());", 1},
		{"set_mode(Level::supervisor); OUT = mode() == Level::supervisor ? 1 : 2;", 1},
		{"store<16>(W, W); OUT = load<16>(W);", 0x1234}, {"store<16>(4, W); OUT = load<8>(4);", 0x34},
		{"store<16>(4, W, endian = big); OUT = load<8>(4);", 0x12}, {"store<8>(4, A); store<8>(5, B); OUT = load<16>(4);", 0x0b96},
		{"T[0] = A; OUT = load<8>(16);", 0x96}, {"T[3] = A; OUT = load<8>(19);", 0x96}, {"store<8>(19, A); OUT = T[3];", 0x96},
		{"store<8>(16, A); OUT = load_physical<8>(16);", 0}, {"store<8>(20, A); OUT = {load_physical<8>(20), T[0]};", 0x9600},
		{"store<8>(15, A); OUT = {load_physical<8>(15), T[0]};", 0x9600}, {"store<8>(17, A); OUT = {T[0], T[1]};", 0x96},
		{"port_out<16>(8, W); OUT = port_in<8>(9);", 0x12},
	};

	CHECK(rows);
}

/* "read: this instruction's address; write: the next one" */
UNIT(language, pc)
{
	static const struct row rows[] = {{"$pc = 5; OUT = $pc;", 0}, {"OUT = $pc; $pc = 5;", 0}};

	CHECK(rows);
}

/* Where the operation did not write the pc, it moves on by the instruction's length. */
UNIT(language, pc_after)
{
	static const struct row rows[] = {{"OUT = A;", 1}, {"$pc = 5;", 5}, {"P = 6;", 6}, {"if (F == 1) { $pc = 7; }", 7},
					  {"if (F == 0) { $pc = 7; }", 1}, {"$pc = $pc;", 0}, {"jump(9);", 9}, {"return; $pc = 4;", 1}};

	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena *arena = arena_new();

		execute(arena, load(arena, arena_printf(arena, machine, "", "5-4", "3-0", "7:0", "7-4", "3-0", rows[i].operation)));
		cr_expect_eq(pc_after, rows[i].out, "%s: %u", rows[i].operation, pc_after);
		arena_free(arena);
	}
}

/* Left before right, and the right side of && and || only if it matters. */
UNIT(language, order_of_effects)
{
	static const struct row rows[] = {
		{"Bits<8> y = bump() + bump(); OUT = y;", 3}, {"OUT = OUT + bump();", 1}, {"OUT = bump() + OUT;", 2}, {"OUT = {bump(), OUT[7:0], bump()} >> 8;", 0x101},
		{"if (F == 0 && bump() == 9) { A = 0; }", 0}, {"if (F == 1 || bump() == 9) { A = 0; }", 0}, {"if (F == 1 && bump() == 1) { A = 0; }", 1},
		{"if (F == 0 || bump() == 9) { A = 0; }", 1}, {"Bits<8> y = F == 1 ? bump() : A; OUT = {y, OUT[7:0]};", 0x101},
		{"Bits<8> y = F == 0 ? bump() : A; OUT = {y, OUT[7:0]};", 0x9600}, {"X[bump()[1:0]] = bump(); OUT = {X[1], X[2]};", 0x200},
	};

	CHECK(rows);
}
