/* isolde new: a description to begin with. */
#include "cli.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

static const char skeleton[] =
	"# A description for Isolde; isa-specs/README.md explains every key.\n"
	"kind: isa\n"
	"name: %s\n"
	"long_name: A machine of two levels\n"
	"\n"
	"levels: [user, supervisor]                # lowest privilege first\n"
	"memory: {unit: 32, address: 16}           # bits of an addressed word, bits of a physical address\n"
	"causes:\n"
	"  Privileged: {value: 1, privileged: true}\n"
	"  Memory:     {value: 2, fault: true}     # fault: the address translation refuses\n"
	"\n"
	"# Every part of the state has a role: general, pc, mode, relocation, control, timing or device.\n"
	"state:\n"
	"  M: {type: Level, role: mode}\n"
	"  P: {type: Bits<16>, role: pc}\n"
	"  R:\n"
	"    role: relocation\n"
	"    fields:\n"
	"      l: {location: 31-16, move: add}       # base: another one for a program that is moved\n"
	"      b: {location: 15-0, move: same}       # bound\n"
	"  X:  {type: Bits<32>, count: 8, role: general}\n"
	"  IE: {type: Bits<1>, role: control, description: interrupts enabled}\n"
	"\n"
	"# What an ordinary load, store or fetch goes through.\n"
	"translate(level, va, access): |\n"
	"  if (va >= R.b) { raise(Cause::Memory, va); }\n"
	"  return R.l + va;\n"
	"\n"
	"trap_entry(cause, pc, value): |\n"
	"  store_physical<32>(0, {15'd0, $bits(M), pc});\n"
	"  set_mode(Level::supervisor);\n"
	"  P = load_physical<32>(1)[15:0];\n"
	"\n"
	"instructions:\n"
	"  add:\n"
	"    assembly: d, s\n"
	"    encoding:\n"
	"      match: \"00000001------------------------\"\n"
	"      variables: [{name: d, location: 23-21}, {name: s, location: 20-18}]\n"
	"    operation(): |\n"
	"      X[d] = X[d] + X[s];\n"
	"  load:\n"
	"    assembly: d, s\n"
	"    encoding:\n"
	"      match: \"00000010------------------------\"\n"
	"      variables: [{name: d, location: 23-21}, {name: s, location: 20-18}]\n"
	"    operation(): |\n"
	"      X[d] = load<32>(X[s][15:0]);\n"
	"  # Try it: take the first line of this operation away, and run isolde check again.\n"
	"  sie:\n"
	"    long_name: Set interrupt enable\n"
	"    assembly: s\n"
	"    encoding:\n"
	"      match: \"00000011------------------------\"\n"
	"      variables: [{name: s, location: 23-21}]\n"
	"    operation(): |\n"
	"      if (mode() != Level::supervisor) { raise(Cause::Privileged); }\n"
	"      IE = X[s][0];\n"
	"    expect: {class: privileged, kinds: [control]}\n"
	"\n"
	"expect: {theorem1: holds, theorem3: holds}\n";

int command_new(const struct arguments *a)
{
	const char *name = a->words[0];
	struct buf path = {0};
	FILE *out;

	for (const char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && *c != '-' && *c != '_') {
			fprintf(stderr, "isolde: a name has letters, digits, '-' and '_'; '%s' has not\n", name);
			return EXIT_USAGE;
		}
	if (!isalpha((unsigned char)name[0]) || strlen(name) > 60) {
		fprintf(stderr, "isolde: a name begins with a letter and has at most 60 characters\n");
		return EXIT_USAGE;
	}
	buf_printf(&path, "%s.yaml", name);
	out = fopen(path.text, "wx"); /* never over a file that is there */
	if (!out) {
		fprintf(stderr, "isolde: %s: %s\n", path.text, strerror(errno));
		buf_free(&path);
		return EXIT_INPUT;
	}
	fprintf(out, skeleton, name);
	fclose(out);
	printf("%s written; now: isolde check %s\n", path.text, path.text);
	buf_free(&path);
	return EXIT_AS_EXPECTED;
}
