#ifndef ISOLDE_CLI_H
#define ISOLDE_CLI_H
/* The command line: one table of commands, one of options; help, man page and completion come from them. */
#include "../verdicts/analysis.h"

#include <time.h>

/* Exit status. */
enum { EXIT_AS_EXPECTED = 0, EXIT_REFUTED = 1, EXIT_USAGE = 2, EXIT_UNDECIDED = 3, EXIT_INPUT = 4, EXIT_INTERNAL = 5 };

#define COMMANDS(X) \
	X(check, "SPEC", "classify every instruction and decide the theorems") \
	X(explain, "SPEC INSTRUCTION", "one instruction: definition, verdicts, witnesses, near-misses") \
	X(prove, "SPEC", "prove the commuting square of every instruction: is the VM equivalent to the machine?") \
	X(advise, "SPEC", "host settings under which the squares commute, and what must trap otherwise, as an overlay") \
	X(export_tests, "SPEC", "programs for real implementations: what must trap (-o: the directory)") \
	X(lint, "SPEC...", "check a description: types, encodings, invariants, claims") \
	X(diff, "OLD NEW", "what changed in verdicts between two descriptions, results of check, or scenarios") \
	X(report, "SPEC...", "write pages for people and files for CI into a directory (-o)") \
	X(run, "SPEC IMAGE...", "run programs on the described machine, or under a monitor on it") \
	X(step, "SPEC IMAGE...", "bare and virtual machine side by side, step by step, in the terminal") \
	X(asm, "SPEC SOURCE", "assemble a program (-o: the image's name)") \
	X(disasm, "SPEC IMAGE", "write a program as assembly text") \
	X(validate, "[SPEC]", "hold a description against an independent implementation, or its squares against the monitor; without SPEC: list these") \
	X(compare, "[SPEC...]", "verdicts of several machines beside the published ones") \
	X(mutate, "SPEC", "plant faults in a description, one at a time, and show them; --judge: who notices") \
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
	X(scenario, text, "NAME", NULL, "check explain prove advise export_tests run report diff step validate", "only this scenario") \
	X(output, text, "FILE", NULL, "asm report advise export_tests", "asm: the file to write (default: the source's name with .img); report: the directory; advise: the overlay; export-tests: the directory; also -o") \
	X(profile, text, "1974|extended", NULL, "check explain", "only this profile") \
	X(instruction, text, "NAME", NULL, "check prove validate", "only this instruction") \
	X(overlay, text, "FILE", NULL, "check explain prove export_tests lint ir run asm disasm validate report diff step", "apply a variation on top of SPEC") \
	X(format, text, "text|json|markdown|sarif|junit|baseline", "text", "check explain prove advise run validate compare diff mutate", "form of the output") \
	X(baseline, text, "FILE", NULL, "check report", "known findings (check --format baseline): only others fail") \
	X(advise, flag, NULL, false, "report", "what to change, proved (isolde advise), where equivalence is refuted") \
	X(runs, text, "FILE", NULL, "report", "results of run --format json to be shown as charts; may be a list with commas") \
	X(jobs, number, "N", 1, "check prove advise compare report diff mutate validate", "worker processes; the result is the same for any N") \
	X(rlimit, number, "UNITS", 3000000, "check explain prove advise export_tests lint compare report diff mutate validate", "solver resource units per question; 0: no limit") \
	X(cache, text, "DIRECTORY", NULL, "check prove advise compare report diff validate", "where results are kept (default: $XDG_CACHE_HOME/isolde)") \
	X(questions, text, "FILE", NULL, "check prove", "write every question that is solved as SMT-LIB 2, into one file") \
	X(record, text, "FILE", NULL, "run", "a page (or FILE.json) with bare and virtual machine side by side, to be stepped through") \
	X(emit, text, "DIRECTORY", NULL, "check prove", "write every question as SMT-LIB 2, a file each") \
	X(certify, flag, NULL, false, "check prove", "refute what is proved by CaDiCaL too, and check its proofs") \
	X(recheck, flag, NULL, false, "check prove", "ask another solver what is proved; status 5 if it disagrees") \
	X(recheck_with, text, "COMMAND", "cvc5", "check prove", "the other solver's command line; a file's name is added") \
	X(seconds, number, "N", 60, "check prove", "time limit of the other programs, for each question") \
	X(faults, number, "K", 10, "mutate", "how many faults") \
	X(judge, flag, NULL, false, "mutate", "does a verdict change, or a square break, or is the fault no fault at all") \
	X(engine, text, "native|builtin|walk", NULL, "run step", "how instructions are executed (default: the fastest there is)") \
	X(monitor, text, "TECHNIQUE", "none", "run step validate", "none, interpret, trap-and-emulate, hybrid, patch or paravirtual; run: all: a table of all; validate: single steps on the bare and on a virtual machine, beside what prove says") \
	X(depth, number, "N", 1, "run step", "monitors inside each other") \
	X(memory, text, "UNITS", NULL, "run step", "storage of the machine, of each guest under a monitor (K, M: times 2^10, 2^20)") \
	X(start, text, "NAME", NULL, "run step", "start in this state of the platform instead of at reset") \
	X(at, text, "ADDRESS", NULL, "run disasm step", "where a raw image is loaded and entered") \
	X(load, text, "FILE@ADDRESS", NULL, "run step", "more raw bytes; may be a list with commas") \
	X(set, text, "NAME=VALUE", NULL, "run step", "component values at the start; may be a list with commas") \
	X(limit, text, "STEPS", NULL, "run step", "stop after so many steps (K, M, G: times 10^3, 10^6, 10^9)") \
	X(input, text, "FILE", NULL, "run step", "the console's input (default: standard input)") \
	X(disk, text, "FILE", NULL, "run step", "the block device") \
	X(capture, text, "FILE", NULL, "run", "write network frames to this pcap file") \
	X(replies, text, "FILE", NULL, "run step", "pcap file with frames to be received, one after each frame sent") \
	X(trace, text, "WHAT", NULL, "run", "instructions, traps, memory, devices (a list with commas), or all") \
	X(trace_file, text, "FILE", NULL, "run", "where --trace writes (default: standard error)") \
	X(gdb, text, "PORT|PATH", NULL, "run", "wait for gdb on this TCP port of localhost, or Unix socket") \
	X(costs, text, "TRAP,EMULATE", "1000,100", "run", "cost model: cycles of a trap round trip and of an interpreted instruction; direct: 1") \
	X(lockstep, flag, NULL, false, "run", "bare machine and virtual machine in step; stop at the first difference") \
	X(guard, flag, NULL, false, "run", "see every write of a guest outside its storage (slow; --lockstep does it too)") \
	X(debug, flag, NULL, false, "run", "a small command line: breakpoints, single steps, state") \
	X(oracle, text, "NAME", NULL, "validate", "the implementation to compare with") \
	X(steps, number, "N", 10000, "validate", "how many steps to compare") \
	X(seed, number, "N", 1, "validate mutate", "validate: seed of the first step, step n is made from seed N + n; mutate: which faults are planted") \
	X(explained, text, "FILE", NULL, "validate", "known differences (default: oracles/NAME.yaml beside SPEC)") \
	X(devices, flag, NULL, false, "list", "list the device models and their keys") \
	X(adversarial, flag, NULL, false, "check explain prove advise report diff", "UNKNOWN values are unrelated in two runs") \
	X(processor, flag, NULL, false, "check explain prove report diff", "the processor counts as a resource") \
	X(all, flag, NULL, false, "check prove advise validate", "show innocuous instructions too") \
	X(no_cache, flag, NULL, false, "check prove advise compare report diff validate", "neither read nor write kept results") \
	X(theorem, flag, NULL, false, "prove", "the theorems themselves, for all instruction sets of the model (no SPEC)") \
	X(statistics, flag, NULL, false, "check prove run", "counts, time and memory on standard error") \
	X(codes, flag, NULL, false, "lint", "list the codes of all findings") \
	X(quiet, flag, NULL, false, "check explain prove advise export_tests lint run validate report diff step mutate", "no progress, no notes")

typedef const char *option_text;
typedef unsigned option_number;
typedef bool option_flag;

struct arguments {
#define OPTION_MEMBER(name, kind, argument, initial, commands, text) option_##kind name;
	OPTIONS(OPTION_MEMBER)
#undef OPTION_MEMBER
	enum command command;
	const char *words[64];
	unsigned count;
};

/* Fills `a`; false after a message on standard error. */
bool arguments_read(struct arguments *a, int argc, char **argv);
/* Whether there is a command of this name; *command is it then. */
bool command_named(const char *word, enum command *command);
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
/* The result of `check` in one scenario (NULL: all), from kept results where there are; the caller owns it. NULL after a message. `only`: a flag per
 * instruction, or NULL: all of them; theorems are then about these alone. */
json_t *check_all(const struct isa *isa, const struct arguments *a, const struct scenario *scenario, const bool *only);

/* The same of `prove`; *status is its exit status. */
json_t *prove_all(const struct isa *isa, const struct arguments *a, const struct scenario *scenario, int *status);

/* The same of `advise`; NULL after a message. `a` names the description as its first word. */
json_t *advise_all(const struct isa *isa, const struct arguments *a, const struct scenario *scenario);

int command_check(const struct arguments *a);
int command_explain(const struct arguments *a);
int command_mutate(const struct arguments *a);
int command_prove(const struct arguments *a);
int command_advise(const struct arguments *a);
int command_export_tests(const struct arguments *a);
int command_lint(const struct arguments *a);
int command_diff(const struct arguments *a);
int command_report(const struct arguments *a);
int command_run(const struct arguments *a);
int command_step(const struct arguments *a);
int command_asm(const struct arguments *a);
int command_disasm(const struct arguments *a);
int command_validate(const struct arguments *a);
/* trial.c: validate --monitor. `one`: states of this instruction alone; NULL: of all. The exit status. */
int validate_monitor(const struct arguments *a, const struct isa *isa, const struct instruction *one);
int command_compare(const struct arguments *a);
int command_list(const struct arguments *a);
int command_new(const struct arguments *a);
int command_ir(const struct arguments *a);

/* describe.c: what a report tells about a description beyond the verdicts (reports/report.schema.json, machine); the caller owns it. */
json_t *describe(const struct isa *isa);

/* book.c: what reports are made of, with findings that are compared with --baseline. `check` and `prove` (may be NULL) are borrowed; the caller owns the
 * book. NULL after a message. */
json_t *book_new(const struct arguments *a, const struct isa *isa, json_t *check, json_t *prove);
/* The exit status that follows: with --baseline, of what is new; else of check. */
int book_status(const struct arguments *a, const json_t *book);

/* jobs.c: one result per instruction, by worker processes and from kept results. */
struct jobs;
struct job_kind {
	const char *name; /* part of the key of kept results */
	/* As classify_instruction. */
	json_t *(*one)(const struct isa *isa, const struct instruction *i, const struct options *options, const struct scenario *only,
		       unsigned *internal, struct solver_counts *counts);
	/* The command's result, which the caller owns, with its exit status; NULL after a message. */
	json_t *(*all)(struct jobs *w, struct arena *arena, int *status);
	/* Prints it; the status may change. */
	void (*print)(const struct jobs *w, json_t *result, int *status);
};
struct jobs {
	const struct isa *isa;
	const struct arguments *a;
	struct options options;
	const struct scenario *scenario; /* NULL: all */
	const bool *only;                /* per instruction; NULL: all */
	const struct job_kind *kind;
	const struct instruction **todo;
	char (*keys)[72];
	json_t **results;
	unsigned count, internal, done; /* internal: witnesses that did not replay */
	struct solver_counts counts;
	struct timespec start;
	struct evidence *evidence; /* NULL: none is wanted */
	json_t *found;             /* by it */
};
struct jobs jobs_of(const struct arguments *a, const struct isa *isa, const struct scenario *scenario, const struct job_kind *kind);
/* A whole command on the description that `a` names: loads, works, prints; the exit status. */
int jobs_command(const struct arguments *a, const struct job_kind *kind);
/* The results, a list in the file's order that the caller owns; NULL after a message, with *status set. */
json_t *jobs_results(struct jobs *w, struct arena *arena, int *status);
/* Opens what --questions, --emit, --certify and --recheck want; false after a message. jobs_close in any case. */
bool jobs_open(struct jobs *w);
void jobs_close(struct jobs *w);
/* After a solver was used outside jobs_results: what was found about its questions is added. */
void jobs_take_evidence(struct jobs *w);
/* Puts the evidence into the result; the exit status, which is `status` unless something of ours went wrong. */
int jobs_status(const struct jobs *w, json_t *result, int status);
/* After the result: evidence as text, --statistics. */
void jobs_report(const struct jobs *w);

/* cache.c: results by the content of what they depend on. */
struct cache;
/* NULL if nothing can be kept there (never an error). */
struct cache *cache_open(const struct arguments *a, const struct isa *isa);
/* A key for everything that the instruction's result of this kind depends on: 65 bytes in `key`. */
void cache_key(const char *kind, const struct isa *isa, const struct instruction *i, const struct options *options, const char *scenario, char *key);
/* The kept result, borrowed; NULL if there is none. */
json_t *cache_get(const struct cache *c, const char *key);
void cache_put(struct cache *c, const char *key, json_t *result);
/* Writes what was put and frees. */
void cache_close(struct cache *c);
#endif
