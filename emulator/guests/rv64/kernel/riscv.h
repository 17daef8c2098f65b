#ifndef RISCV_H
#define RISCV_H
/* What C cannot say: control and status registers, and a few instructions. The names are the manual's (Volume II, "Supervisor-Level ISA"). */
#include <stdint.h>

#define csr_read(name) ({ uint64_t v_; __asm__ volatile("csrr %0, " #name : "=r"(v_)); v_; })
#define csr_write(name, value) __asm__ volatile("csrw " #name ", %0" : : "r"((uint64_t)(value)) : "memory")
#define csr_set(name, bits) __asm__ volatile("csrs " #name ", %0" : : "r"((uint64_t)(bits)) : "memory")
#define csr_clear(name, bits) __asm__ volatile("csrc " #name ", %0" : : "r"((uint64_t)(bits)) : "memory")

enum {
	SSTATUS_SPIE = 1 << 5,  /* interrupts will be on in S-mode after SRET; in U-mode they always are */
	SSTATUS_SPP = 1 << 8,   /* SRET goes to S-mode */
	SSTATUS_SUM = 1 << 18,  /* S-mode may use pages of U-mode */
	SIE_TIMER = 1 << 5,
	SIE_EXTERNAL = 1 << 9
};

/* scause */
#define CAUSE_INTERRUPT (UINT64_C(1) << 63)
enum {
	CAUSE_FETCH_ACCESS = 1,
	CAUSE_ILLEGAL = 2,
	CAUSE_BREAKPOINT = 3,
	CAUSE_LOAD_MISALIGNED = 4,
	CAUSE_LOAD_ACCESS = 5,
	CAUSE_STORE_MISALIGNED = 6,
	CAUSE_STORE_ACCESS = 7,
	CAUSE_SYSTEM_CALL = 8,
	CAUSE_FETCH_PAGE = 12,
	CAUSE_LOAD_PAGE = 13,
	CAUSE_STORE_PAGE = 15
};

/* An entry of a page table ("Sv39"): flags in the low bits, the number of a page from bit 10 on. */
typedef uint64_t pte;
enum {
	PTE_V = 1 << 0, /* valid */
	PTE_R = 1 << 1,
	PTE_W = 1 << 2,
	PTE_X = 1 << 3, /* none of R, W, X: it points to the next table */
	PTE_U = 1 << 4, /* a page of U-mode; others are S-mode's alone */
	PTE_G = 1 << 5, /* the same in every address space */
	PTE_A = 1 << 6, /* has been used: machines that do not set A and D themselves fault while they are 0, so we set them */
	PTE_D = 1 << 7, /* has been written */
	PTE_COPY = 1 << 8 /* for software: shared until somebody writes it */
};
#define SATP_SV39 (UINT64_C(8) << 60)

static inline void wait_for_interrupt(void)
{
	__asm__ volatile("wfi" : : : "memory");
}

/* Orders earlier writes of page tables before later translations of va. */
static inline void fence_page(uint64_t va)
{
	__asm__ volatile("sfence.vma %0, zero" : : "r"(va) : "memory");
}

static inline void fence_all_pages(void)
{
	__asm__ volatile("sfence.vma" : : : "memory");
}

/* Orders earlier stores before later fetches. */
static inline void fence_code(void)
{
	__asm__ volatile("fence.i" : : : "memory");
}
#endif
