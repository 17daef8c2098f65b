/* RISC-V with all levels and CSRs, on the virt board, whose storage is where the description's is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../decode.h"
#include "qemu.h"
#include "registers.h"
#include "riscv_prepare.h"

enum { GENERAL = 33 /* x0 to x31, pc */, PC = 32, CSRS_MAX = 128, CODE = 8 /* bytes, more than an instruction has */, WAIT = 5, PATIENCE = 2000 /* ms */ };
enum { TIMER_COMPARE = 0x2004000 /* mtimecmp of virt's CLINT */, LEVEL_M = 3, WFI_BYTES = 4, OWN_CODE = 0x10 /* offset in storage */, SCRATCH = 0x20 };

/* A CSR on both sides. */
struct csr {
	const struct reg *reg;
	unsigned element;
	int number;       /* the stub's */
	bool fixed;       /* read-only */
	uint64_t known;   /* what qemu holds */
};

struct own {
	struct csr csrs[CSRS_MAX];
	unsigned csr_count, few; /* the first `few` are read after each step, the others after CSR instructions */
	struct csr *status, *translation;
	int priv;
	uint64_t configuration[2]; /* pmpcfg0 and pmpcfg2, as known */
	int configuration_number[2];
	uint64_t start;
	bool waited, waits, passes /* its WFI */, writes_csr, may_reserve;
};

static const char *const few_names[] = {"mstatus", "satp", "medeleg", "mideleg", "mie", "mtvec", "mcounteren", "menvcfg", "mcountinhibit", "mscratch",
	"mepc", "mcause", "mtval", "mip", "stvec", "scounteren", "senvcfg", "sscratch", "sepc", "scause", "stval", NULL};
static const char *const fixed_names[] = {"misa", "mvendorid", "marchid", "mimpid", "mhartid", "mconfigptr", NULL};
static const struct {
	const char *name;
	unsigned first;
} files[] = {{"pmpaddr", 0}, {"mhpmevent", 3}, {"mhpmcounter", 3}};

/* virt's: boot memory, test device, CLINT, PLIC, UART and virtio, flash, PCI. */
static const uint64_t devices[] = {0x1000, 0xffff, 0x100000, 0x101fff, 0x2000000, 0x200ffff, 0x3000000, 0x300ffff, 0xc000000, 0xfffffff, 0x10000000,
	0x101fffff, 0x20000000, 0x23ffffff, 0x30000000, 0x7fffffff, 0x400000000, 0x7ffffffff, 0, 0};
static const struct riscv_limits limits = {.sets_bits = true, .locks = true, .devices = devices};

static bool make(struct oracle *o)
{
	o->own = calloc(1, sizeof(struct own));
	return o->own;
}

/* --- what the stub has --- */

static bool add_csr(struct oracle *o, const char *name, const char *stub_name, unsigned element, bool fixed)
{
	struct own *own = o->own;
	struct csr *r = &own->csrs[own->csr_count++];

	*r = (struct csr){isa_register(o->isa, name), element, gdb_register(o->gdb, stub_name), fixed, 0};
	return r->reg && r->number >= 0;
}

static bool list_csrs(struct oracle *o)
{
	struct own *own = o->own;
	char name[32];
	bool good = true;

	own->csr_count = 0;
	for (unsigned i = 0; few_names[i]; i++)
		good = add_csr(o, few_names[i], few_names[i], 0, false) && good;
	own->few = own->csr_count;
	for (unsigned i = 0; fixed_names[i]; i++)
		good = add_csr(o, fixed_names[i], fixed_names[i], 0, true) && good;
	for (unsigned f = 0; f < sizeof files / sizeof *files && good; f++)
		for (unsigned e = 0; e < isa_register(o->isa, files[f].name)->count; e++) {
			snprintf(name, sizeof name, "%s%u", files[f].name, files[f].first + e);
			good = add_csr(o, files[f].name, name, e, false) && good;
		}
	own->status = &own->csrs[0];
	own->translation = &own->csrs[1];
	own->priv = gdb_register(o->gdb, "priv");
	own->configuration_number[0] = gdb_register(o->gdb, "pmpcfg0");
	own->configuration_number[1] = gdb_register(o->gdb, "pmpcfg2");
	return good && own->priv >= 0 && own->configuration_number[0] >= 0 && own->configuration_number[1] >= 0;
}

static bool read_csrs(struct oracle *o, unsigned count)
{
	struct own *own = o->own;
	bool good = true;

	for (unsigned i = 0; i < count; i++)
		gdb_ask_register(o->gdb, own->csrs[i].number);
	for (unsigned i = 0; i < count; i++)
		good = gdb_take_register(o->gdb, &own->csrs[i].known) && good;
	if (count < own->csr_count)
		return good;
	for (unsigned i = 0; i < 2; i++) {
		gdb_ask_register(o->gdb, own->configuration_number[i]);
		good = gdb_take_register(o->gdb, &own->configuration[i]) && good;
	}
	return good;
}

static bool learn(struct oracle *o)
{
	static const unsigned char never[8] = {255, 255, 255, 255, 255, 255, 255, 255};
	struct own *own = o->own;

	own->may_reserve = own->waited = false;
	gdb_put_bytes(o->gdb, TIMER_COMPARE, never, sizeof never); /* else the timer's interrupt is pending */
	gdb_put_register(o->gdb, gdb_register(o->gdb, "priv"), LEVEL_M, 8);
	return gdb_register(o->gdb, "pc") == PC && list_csrs(o) && gdb_settle(o->gdb) && read_csrs(o, own->csr_count);
}

static void prepare(struct oracle *o, struct machine *m, struct chance *c)
{
	const struct own *own = o->own;

	riscv_prepare(m, c, &limits);
	for (unsigned i = 0; i < own->csr_count; i++)
		if (own->csrs[i].fixed)
			register_set(m, own->csrs[i].reg, 0, own->csrs[i].known);
}

/* --- setting the state --- */

static void put(struct oracle *o, int number, uint64_t value)
{
	gdb_put_register(o->gdb, number, value, 8);
}

static void put_csr(struct oracle *o, struct csr *r, uint64_t value)
{
	if (value != r->known)
		put(o, r->number, value);
	r->known = value;
}

static bool run(struct oracle *o, uint32_t instruction, uint64_t x1)
{
	unsigned char code[4] = {(unsigned char)instruction, (unsigned char)(instruction >> 8), (unsigned char)(instruction >> 16),
				 (unsigned char)(instruction >> 24)};

	put(o, 1, x1);
	put(o, PC, o->at + OWN_CODE);
	return qemu_run(o, o->at + OWN_CODE, code, sizeof code, PATIENCE);
}

/* A processor that waits goes on when an interrupt is pending, and enabled by itself. */
static bool wake(struct oracle *o)
{
	enum { NOP = 0x13, SUPERVISOR_SOFTWARE = 2 };
	struct own *own = o->own;

	for (unsigned i = 0; i < own->few; i++)
		if (!strcmp(own->csrs[i].reg->name, "mip") || !strcmp(own->csrs[i].reg->name, "mie"))
			put_csr(o, &own->csrs[i], SUPERVISOR_SOFTWARE);
	own->waited = false;
	return run(o, NOP, 0);
}

/* Reservations are made and ended by instructions, at M-level, where they are physical. */
static bool reserve(struct oracle *o, const struct machine *m)
{
	enum { LR_D = 0x1000b02f /* x0, (x1) */, SC_D = 0x1800b02f /* x0, x0, (x1) */ };
	struct own *own = o->own;
	uint64_t image = (uint64_t)register_get(m, isa_register(o->isa, "RES"), 0);

	if (image & 1) {
		own->may_reserve = true;
		return run(o, LR_D, image >> 1 << 3);
	}
	if (!own->may_reserve)
		return true;
	own->may_reserve = false;
	return run(o, SC_D, o->at + SCRATCH);
}

static uint64_t configuration(const struct oracle *o, const struct machine *m, unsigned first)
{
	const struct reg *r = isa_register(o->isa, "PMP");
	uint64_t all = 0;

	for (unsigned i = 0; i < 8; i++)
		all |= (uint64_t)register_get(m, r, first + i) << 8 * i;
	return all;
}

static void put_protection(struct oracle *o, const struct machine *m)
{
	struct own *own = o->own;

	for (unsigned i = 0; i < 2; i++) {
		uint64_t value = configuration(o, m, 8 * i);

		if (value != own->configuration[i])
			put(o, own->configuration_number[i], value);
		own->configuration[i] = value;
	}
}

static bool any_lock(const struct own *own)
{
	return ((own->configuration[0] | own->configuration[1]) & 0x8080808080808080) != 0;
}

static void put_general(struct oracle *o, const struct machine *m)
{
	const struct reg *x = isa_register(o->isa, "X");
	struct gdb_value all[GENERAL];

	for (unsigned k = 0; k < GENERAL; k++)
		all[k] = (struct gdb_value){k == PC ? machine_pc(m) : (uint64_t)register_get(m, x, k), 8};
	gdb_put_all(o->gdb, all, GENERAL);
}

static void put_code(struct oracle *o, const struct machine *m)
{
	struct trap trap;
	uint64_t pa;

	for (unsigned half = 0; half < 2; half++)
		if (machine_translate((struct machine *)m, machine_level(m), machine_pc(m) + 2 * half, ACCESS_FETCH, &pa, &trap))
			qemu_code(o, pa, 2);
}

/* The instruction, as the description decodes it: what it may change decides what is read, and how long a step may take. */
static bool parcel(void *context, unsigned n, u128 *value)
{
	struct machine *m = context;
	struct trap trap;
	uint64_t pa, units[2];

	if (!machine_translate(m, machine_level(m), machine_pc(m) + 2 * n, ACCESS_FETCH, &pa, &trap) || !machine_read(m, pa, units, 2))
		return false;
	*value = units[1] << 8 | units[0];
	return true;
}

static void look(struct oracle *o, const struct machine *m)
{
	struct own *own = o->own;
	struct decoded d;
	const char *name = decode(o->tree, parcel, (void *)(uintptr_t)m, &d) && d.instruction ? d.instruction->name : "";

	own->waits = !strcmp(name, "wfi");
	own->passes = register_get(m, isa_register(o->isa, "mip"), 0) & register_get(m, isa_register(o->isa, "mie"), 0);
	own->writes_csr = !strncmp(name, "csrr", 4);
	own->may_reserve = own->may_reserve || !strncmp(name, "lr.", 3);
}

static bool identifies(const struct own *own, const struct machine *m)
{
	for (unsigned i = 0; i < own->csr_count; i++)
		if (own->csrs[i].fixed && register_get(m, own->csrs[i].reg, 0) != own->csrs[i].known)
			return false;
	return true;
}

/* What it keeps of tables is dropped when satp changes. */
static bool set(struct oracle *o, const struct machine *m)
{
	struct own *own = o->own;

	if (!identifies(own, m))
		return false;
	put(o, own->priv, LEVEL_M);
	put_csr(o, own->status, 0);
	if ((own->waited && !wake(o)) || !reserve(o, m))
		return false;
	for (unsigned i = 0; i < own->csr_count; i++)
		if (!own->csrs[i].fixed)
			put_csr(o, &own->csrs[i], (uint64_t)register_get(m, own->csrs[i].reg, own->csrs[i].element));
	put_protection(o, m);
	put(o, own->translation->number, own->translation->known ^ 1);
	put(o, own->translation->number, own->translation->known);
	put_general(o, m);
	put(o, own->priv, (uint64_t)machine_get(m, m->isa->mode, 0));
	put_code(o, m);
	own->start = machine_pc(m);
	look(o, m);
	o->stale = any_lock(own); /* locks stay until qemu's end */
	return gdb_settle(o->gdb);
}

static struct oracle_step step(struct oracle *o)
{
	struct own *own = o->own;
	struct oracle_step s;

	if (own->waits && own->passes)
		return oracle_cannot("behind a WFI that does not wait, qemu executes another instruction");
	s = qemu_step(o, PC, own->start, own->waits ? WAIT : PATIENCE, &own->waited);
	if (own->waited)
		o->stale = any_lock(own); /* wake knows what to do */
	return s;
}

/* --- reading the state --- */

static bool get_general(struct oracle *o, struct machine *m)
{
	const struct own *own = o->own;
	const struct reg *x = isa_register(o->isa, "X");
	struct gdb_value all[GENERAL];
	uint64_t value = 0;
	bool good;

	for (unsigned k = 0; k < GENERAL; k++)
		all[k] = (struct gdb_value){0, 8};
	gdb_ask_all(o->gdb);
	gdb_ask_register(o->gdb, own->priv);
	put(o, own->priv, LEVEL_M); /* where all CSRs are accessible */
	good = gdb_take_all(o->gdb, all, GENERAL);
	for (unsigned k = 0; k < PC; k++)
		register_set(m, x, k, all[k].value);
	machine_set(m, m->isa->pc, 0, all[PC].value);
	good = gdb_take_register(o->gdb, &value) && good;
	machine_set(m, m->isa->mode, 0, value);
	return gdb_settle(o->gdb) && good;
}

static void get_protection(struct oracle *o, struct machine *m)
{
	struct own *own = o->own;
	const struct reg *r = isa_register(o->isa, "PMP");

	for (unsigned i = 0; i < 16; i++)
		register_set(m, r, i, own->configuration[i / 8] >> 8 * (i % 8) & 255);
	o->stale = o->stale || any_lock(own);
}

static bool get(struct oracle *o, struct machine *m)
{
	struct own *own = o->own;
	unsigned count = own->writes_csr ? own->csr_count : own->few;

	if (!get_general(o, m) || !read_csrs(o, count))
		return false;
	for (unsigned i = 0; i < count; i++)
		register_set(m, own->csrs[i].reg, own->csrs[i].element, own->csrs[i].known);
	get_protection(o, m);
	machine_set(m, m->isa->waiting, 0, own->waited && machine_pc(m) == own->start + WFI_BYTES); /* else it trapped as it was interrupted */
	return true;
}

/* The board's lines and clocks, and the reservation, are not to be had. */
static u128 sees(const struct oracle *o, unsigned component, unsigned element)
{
	static const char *const unseen[] = {"RES.granule", "RES.valid", "LINES.SEI", "mcycle", "minstret", "mtime", "mip.MEIP", "mip.MTIP", "mip.MSIP"};

	(void)element;
	for (unsigned i = 0; i < sizeof unseen / sizeof *unseen; i++)
		if (!strcmp(o->isa->components[component].name, unseen[i]))
			return 0;
	return ~(u128)0;
}

static const char *const isas[] = {"rv64", NULL};
static const char *const models[] = {"rv64,f=off,d=off,h=off,zba=off,zbb=off,zbc=off,zbs=off,sstc=off,debug=off,pmu-num=29"};
static const char *const options[] = {"-bios", "none", "-smp", "1,maxcpus=2", NULL}; /* more than one: atomic accesses are what they are */

const struct qemu_target qemu_riscv = {.program = "qemu-system-riscv64", .isas = isas, .models = models, .options = options,
	.machine = "virt,memory-backend=ram", .storage = RISCV_STORAGE, .make = make, .learn = learn, .prepare = prepare, .set = set,
	.step = step, .get = get, .sees = sees};
