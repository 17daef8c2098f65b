#ifndef ISOLDE_CLI_H
#define ISOLDE_CLI_H
/* The command line: one table of commands, one of options; help, man page and completion come from them. */
#include "../verdicts/analysis.h"

/* Exit status. */
enum { EXIT_AS_EXPECTED = 0, EXIT_REFUTED = 1, EXIT_USAGE = 2, EXIT_UNDECIDED = 3, EXIT_INPUT = 4, EXIT_INTERNAL = 5 };

#define COMMANDS(X) \
	X(check, "SPEC", "classify every instruction and decide the theorems") \
	X(explain, "SPEC INSTRUCTION", "one instruction: definition, verdicts, witnesses, near-misses") \
	X(lint, "SPEC...", "check a description: types, encodings, invariants, claims") \
	X(list, "[DIRECTORY]", "list the descriptions in a directory") \
	X(new, "NAME", "write a commented skeleton NAME.yaml that checks") \
	X(ir, "SPEC [FUNCTION]", "print the typed intermediate form") \
	X(man, "", "write the manual page to standard output") \
	X(completion, "", "write a bash completion to standard output") \
	X(help, "[COMMAND]", "show this") \
	X(version, "", "show the version")

enum command {
#define COMMAND_ENUM(name, arguments, text) COMMAND_##name,
	COMMANDS(COMMAND_ENUM)
#undef COMMAND_ENUM
	COMMAND_COUNT
};

/* X(name, kind, argument, default, commands that take it, text); kind: text, number or flag. */
#define OPTIONS(X) \
	X(scenario, text, "NAME", NULL, "check explain", "only this scenario") \
	X(profile, text, "1974|extended", NULL, "check explain", "only this profile") \
	X(instruction, text, "NAME", NULL, "check", "only this instruction") \
	X(overlay, text, "FILE", NULL, "check explain lint ir", "apply a variation on top of SPEC") \
	X(format, text, "text|json|markdown", "text", "check explain", "form of the output") \
	X(jobs, number, "N", 1, "check", "worker processes; the result is the same for any N") \
	X(rlimit, number, "UNITS", 3000000, "check explain lint", "solver resource units per question; 0: no limit") \
	X(cache, text, "DIRECTORY", NULL, "check", "where results are kept (default: $XDG_CACHE_HOME/isolde)") \
	X(record, text, "FILE", NULL, "check", "write every question that is solved as SMT-LIB 2") \
	X(adversarial, flag, NULL, false, "check explain", "UNKNOWN values are unrelated in two runs") \
	X(processor, flag, NULL, false, "check explain", "the processor counts as a resource") \
	X(all, flag, NULL, false, "check", "show innocuous instructions too") \
	X(no_cache, flag, NULL, false, "check", "neither read nor write kept results") \
	X(statistics, flag, NULL, false, "check", "obligations, time and memory on standard error") \
	X(codes, flag, NULL, false, "lint", "list the codes of all findings") \
	X(quiet, flag, NULL, false, "check explain lint", "no progress, no notes")

typedef const char *option_text;
typedef unsigned option_number;
typedef bool option_flag;

struct arguments {
#define OPTION_MEMBER(name, kind, argument, initial, commands, text) option_##kind name;
	OPTIONS(OPTION_MEMBER)
#undef OPTION_MEMBER
	enum command command;
	const char *words[16];
	unsigned count;
};

/* Fills `a`; false after a message on standard error. */
bool arguments_read(struct arguments *a, int argc, char **argv);
/* Help for one command (COMMAND_COUNT: for all). */
void arguments_help(enum command command, FILE *out);
void arguments_manual(FILE *out);
void arguments_completion(FILE *out);

bool use_colour(FILE *out);
struct options analysis_options(const struct arguments *a);
/* Loads SPEC, printing its findings; NULL after E findings. The diags are returned if asked for. */
struct isa *load_spec(struct arena *arena, const struct arguments *a, const char *path, struct diags **diags);
/* The scenario that --scenario names: false after a message if there is none. */
bool find_scenario(const struct isa *isa, const struct arguments *a, const struct scenario **scenario);

int command_check(const struct arguments *a);
int command_explain(const struct arguments *a);
int command_lint(const struct arguments *a);
int command_list(const struct arguments *a);
int command_new(const struct arguments *a);
int command_ir(const struct arguments *a);

/* cache.c: results by the content of what they depend on. */
struct cache;
/* NULL if nothing can be kept there (never an error). */
struct cache *cache_open(const struct arguments *a, const struct isa *isa);
/* A key for everything that the instruction's result depends on: 65 bytes in `key`. */
void cache_key(const struct isa *isa, const struct instruction *i, const struct options *options, const char *scenario, char *key);
/* The kept result, borrowed; NULL if there is none. */
json_t *cache_get(const struct cache *c, const char *key);
void cache_put(struct cache *c, const char *key, json_t *result);
/* Writes what was put and frees. */
void cache_close(struct cache *c);
#endif
