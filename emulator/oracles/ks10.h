#ifndef ISOLDE_ORACLES_KS10_H
#define ISOLDE_ORACLES_KS10_H
/* What a KS10 makes of a KA10's state. It has the same user's instructions and much of the same program control, but pages
 * instead of relocation and protection registers (PAG below), process tables instead of locations 40 and 41 for the monitor's
 * UUOs, and other I/O instructions but for those of the interrupt system. */
#include "../oracle.h"

enum {
	KS10_STORAGE = 010000,           /* words of storage that the machines have in common, from 0 */
	KS10_ACS = 16,
	KS10_PAGES = 512,                /* of 512 words each: what 18 bits address */
	KS10_FAIL_PAGE = 0654,           /* of exec mode: where a page failure of the KS10 leads */
	KS10_TOUCHED_MAX = 48,
	KS10_PUSHDOWN = 0400,            /* the flag Trap 2, of the left half of the PC word */
	KS10_PI_COUNT = 4
};
#define KS10_WORD 0777777777777ull

/* Component numbers. */
struct ks10 {
	const struct isa *isa;
	unsigned ac, pushdown, protection, no_memory, pr[5]; /* PL, PH, W, RL, RH */
	unsigned flags[8];               /* as ks10_flags */
	unsigned pi[KS10_PI_COUNT];      /* as ks10_pi */
};
/* The fields of FLAGS that the two have in common, and where they are in 18 bits. */
extern const struct ks10_flag {
	const char *name;
	unsigned bit;
} ks10_flags[8];
/* The fields of PI, in the order of KS10 registers of simh. */
extern const struct ks10_register {
	const char *component, *name;
} ks10_pi[KS10_PI_COUNT];

void ks10_new(struct ks10 *k, const struct isa *isa);
/* The processor's flags, 18 bits. */
unsigned ks10_flags_of(const struct ks10 *k, const struct machine *m);
void ks10_set_flags(const struct ks10 *k, struct machine *m, unsigned flags);
u128 ks10_sees(const struct ks10 *k, unsigned component);

/* --- traps --- */

/* The KA10's trap entry, made of what the KS10 has saved, in a machine that has the KS10's accumulators and storage. A monitor's UUO: the UUO word goes to
 * `at`, 40 or 60, and what is behind it is executed (SRM 2.10), which must be a JSR to storage by its own address. A page failure: a flag of the processor's
 * conditions, and the next instruction (SRM 2.14); its PC word has the address of the instruction that failed. */
bool ks10_is_jsr(uint64_t instruction);
void ks10_enter_call(const struct ks10 *k, struct machine *m, unsigned at, uint64_t uuo, uint64_t pc_word);
void ks10_enter_failure(const struct ks10 *k, struct machine *m, bool protected, uint64_t pc_word);

/* --- random states --- */

void ks10_prepare(const struct ks10 *k, struct machine *m, struct chance *c);
/* An instruction with an address that leads somewhere. */
uint64_t ks10_aim(const struct machine *m, struct chance *c, uint64_t instruction);

/* --- pages --- */

/* What the KA10 makes of a page of a program, the user's under the protection and relocation registers of m: accessible, writable, page of
 * storage, which may not be there. */
enum { PAG_ACCESS = 0400000, PAG_WRITE = 0100000, PAG_PAGE = 03777 };
unsigned ks10_user_page(const struct ks10 *k, const struct machine *m, unsigned page);
unsigned ks10_exec_page(unsigned page);
/* That as an entry of a KS10's table: 0 too if no storage is there. */
unsigned ks10_entry(unsigned page);

/* --- where an instruction leads --- */

struct ks10_path {
	unsigned touched[KS10_TOUCHED_MAX], count; /* words of storage that may have been changed */
	int uuo;                         /* where an LUUO is stored; -1: none */
	uint64_t uuo_word;
	bool stack;                      /* it counts a stack pointer */
	bool divides;                    /* it may find that it cannot, and then stores nothing */
	bool interrupts;                 /* it reads or changes the interrupt system */
	const char *cannot;              /* not NULL: the KS10 has something else there */
};
/* Follows addresses, XCT and LUUO from the pc of m on. */
void ks10_follow(const struct ks10 *k, const struct machine *m, struct ks10_path *p);
#endif
