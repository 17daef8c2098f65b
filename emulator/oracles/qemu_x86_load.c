/* The programs, and what they read. Everything lies at SCRATCH, which no description's storage reaches. */
#include "qemu_x86_load.h"

#include <string.h>

enum {
	SCRATCH = 0x80000, SEGMENT = SCRATCH >> 4,
	READ_MSRS = 0x200, /* the second program */
	FIRST_GDT = 0x1000, VALUES = 0x1010, MSRS = 0x1060, GDTR = 0x1150, IDTR = 0x1160, MSR_LIST = 0x1200, /* what they read; also in their code */
	TABLES = 0x2000, /* three pages: storage mapped as it is, in 2-MByte pages */
	OWN_GDT = 0x10000, OWN_CODE = 0xfff0, OWN_DATA = 0xffe8, /* selectors that no state is expected to have */
	END_32 = 0x80, END_64 = 0xa3, END_READ = READ_MSRS + 0x1d, /* each program ends here, at a breakpoint */
	PATIENCE = 2000, REAL_MODE = 0x10
};

static const unsigned char load_32[] = {
	0xfa,                                     /* cli */
	0x66, 0x31, 0xc0,                         /* xor eax, eax */
	0x0f, 0x23, 0xf8,                         /* mov dr7, eax */
	0x2e, 0x66, 0x0f, 0x01, 0x16, 0x00, 0x10, /* lgdt cs:[FIRST_GDT] */
	0xb0, 0x11,                               /* mov al, 0x11 */
	0x0f, 0x22, 0xc0,                         /* mov cr0, eax */
	0x66, 0xea, 0x1b, 0x00, 0x08, 0x00, 0xf0, 0xff, /* jmp OWN_CODE:next */
	0xb8, 0xe8, 0xff, 0x00, 0x00,             /* mov eax, OWN_DATA */
	0x8e, 0xd8, 0x8e, 0xc0, 0x8e, 0xe0, 0x8e, 0xe8, 0x8e, 0xd0, /* mov ds, es, fs, gs, ss, eax */
	0xbb, 0x10, 0x10, 0x08, 0x00,             /* mov ebx, VALUES */
	0x0f, 0x00, 0x13, 0x0f, 0x00, 0x5b, 0x02, /* lldt [ebx]; ltr [ebx + 2] */
	0x8b, 0x43, 0x08, 0x0f, 0x23, 0xc0,       /* mov eax, [ebx + 8]; mov dr0, eax */
	0x8b, 0x43, 0x10, 0x0f, 0x23, 0xc8,       /* dr1 */
	0x8b, 0x43, 0x18, 0x0f, 0x23, 0xd0,       /* dr2 */
	0x8b, 0x43, 0x20, 0x0f, 0x23, 0xd8,       /* dr3 */
	0x8b, 0x43, 0x28, 0x0f, 0x23, 0xf0,       /* dr6 */
	0x8b, 0x43, 0x30, 0x0f, 0x23, 0xf8,       /* dr7 */
	0x8b, 0x73, 0x38,                         /* mov esi, [ebx + 56] */
	0x83, 0xee, 0x01, 0x78, 0x10,             /* each: sub esi, 1; js done */
	0x8b, 0x4b, 0x50, 0x8b, 0x43, 0x58, 0x8b, 0x53, 0x5c, /* mov ecx, [ebx + 80]; mov eax, [ebx + 88]; mov edx, [ebx + 92] */
	0x0f, 0x30, 0x83, 0xc3, 0x10, 0xeb, 0xeb, /* wrmsr; add ebx, 16; jmp each */
	0x0f, 0x01, 0x15, 0x50, 0x11, 0x08, 0x00, /* done: lgdt [GDTR] */
	0x0f, 0x01, 0x1d, 0x60, 0x11, 0x08, 0x00, /* lidt [IDTR] */
	0x90};

static const unsigned char load_64[] = {
	0xfa, 0x66, 0x31, 0xc0, 0x0f, 0x23, 0xf8, /* cli; xor eax, eax; mov dr7, eax */
	0x2e, 0x66, 0x0f, 0x01, 0x16, 0x00, 0x10, /* lgdt cs:[FIRST_GDT] */
	0xb0, 0x20, 0x0f, 0x22, 0xe0,             /* mov al, 0x20; mov cr4, eax: PAE */
	0x66, 0xb8, 0x00, 0x20, 0x08, 0x00, 0x0f, 0x22, 0xd8, /* mov eax, TABLES; mov cr3, eax */
	0x66, 0xb9, 0x80, 0x00, 0x00, 0xc0, 0x0f, 0x32, 0x80, 0xcc, 0x01, 0x0f, 0x30, /* mov ecx, EFER; rdmsr; or ah, 1; wrmsr: LME */
	0x66, 0xb8, 0x11, 0x00, 0x00, 0x80, 0x0f, 0x22, 0xc0, /* mov eax, 0x80000011; mov cr0, eax */
	0x66, 0xea, 0x3a, 0x00, 0x08, 0x00, 0xf0, 0xff, /* jmp OWN_CODE:next */
	0xb8, 0xe8, 0xff, 0x00, 0x00,             /* mov eax, OWN_DATA */
	0x8e, 0xd8, 0x8e, 0xc0, 0x8e, 0xe0, 0x8e, 0xe8, 0x8e, 0xd0, /* mov ds, es, fs, gs, ss, eax */
	0xbb, 0x10, 0x10, 0x08, 0x00,             /* mov ebx, VALUES */
	0x0f, 0x00, 0x13, 0x0f, 0x00, 0x5b, 0x02, /* lldt [rbx]; ltr [rbx + 2] */
	0x48, 0x8b, 0x43, 0x08, 0x0f, 0x23, 0xc0, /* mov rax, [rbx + 8]; mov dr0, rax */
	0x48, 0x8b, 0x43, 0x10, 0x0f, 0x23, 0xc8, /* dr1 */
	0x48, 0x8b, 0x43, 0x18, 0x0f, 0x23, 0xd0, /* dr2 */
	0x48, 0x8b, 0x43, 0x20, 0x0f, 0x23, 0xd8, /* dr3 */
	0x48, 0x8b, 0x43, 0x28, 0x0f, 0x23, 0xf0, /* dr6 */
	0x48, 0x8b, 0x43, 0x30, 0x0f, 0x23, 0xf8, /* dr7 */
	0x8b, 0x73, 0x38,                         /* mov esi, [rbx + 56] */
	0x83, 0xee, 0x01, 0x78, 0x10,             /* each: sub esi, 1; js done */
	0x8b, 0x4b, 0x50, 0x8b, 0x43, 0x58, 0x8b, 0x53, 0x5c, /* mov ecx, [rbx + 80]; mov eax, [rbx + 88]; mov edx, [rbx + 92] */
	0x0f, 0x30, 0x83, 0xc3, 0x10, 0xeb, 0xeb, /* wrmsr; add ebx, 16; jmp each */
	0xbb, 0x50, 0x11, 0x08, 0x00,             /* done: mov ebx, GDTR */
	0x0f, 0x01, 0x13, 0x0f, 0x01, 0x5b, 0x10, /* lgdt [rbx]; lidt [rbx + 16] */
	0x90};

static const unsigned char read_msrs[] = {
	0xbe, 0x00, 0x12,                         /* mov si, MSR_LIST */
	0x2e, 0x66, 0x8b, 0x0c,                   /* each: mov ecx, cs:[si] */
	0x66, 0x85, 0xc9, 0x74, 0x11,             /* test ecx, ecx; jz done */
	0x0f, 0x32,                               /* rdmsr */
	0x2e, 0x66, 0x89, 0x44, 0x08, 0x2e, 0x66, 0x89, 0x54, 0x0c, /* mov cs:[si + 8], eax; mov cs:[si + 12], edx */
	0x83, 0xc6, 0x10, 0xeb, 0xe6,             /* add si, 16; jmp each */
	0x90};                                    /* done */

static unsigned char *scratch(const struct oracle *o, unsigned at)
{
	return o->storage + SCRATCH + at;
}

static void put(const struct oracle *o, unsigned at, uint64_t value, unsigned bytes)
{
	memcpy(scratch(o, at), &value, bytes);
}

static void write_programs(const struct x86_load *l, const struct oracle *o)
{
	memcpy(scratch(o, 0), l->wide ? load_64 : load_32, l->wide ? sizeof load_64 : sizeof load_32);
	memcpy(scratch(o, READ_MSRS), read_msrs, sizeof read_msrs);
	put(o, FIRST_GDT, 0xffff, 2);
	put(o, FIRST_GDT + 2, SCRATCH + OWN_GDT, 4);
	put(o, OWN_GDT + OWN_CODE, l->wide ? 0x00af9b000000ffff : 0x00cf9b000000ffff, 8);
	put(o, OWN_GDT + OWN_DATA, 0x00cf93000000ffff, 8);
	put(o, TABLES, (SCRATCH + TABLES + 0x1000) | 3, 8);
	put(o, TABLES + 0x1000, (SCRATCH + TABLES + 0x2000) | 3, 8);
	put(o, TABLES + 0x2000, 0x83, 8);
}

int x86_register_behind(struct oracle *o, const char *name)
{
	int listed = gdb_register(o->gdb, name);

	return listed < 3 ? -1 : listed - 3;
}

bool x86_load_learn(struct x86_load *l, struct oracle *o, bool wide)
{
	*l = (struct x86_load){.wide = wide, .cr0 = x86_register_behind(o, "cr0"), .cr4 = x86_register_behind(o, "cr4"),
			       .efer = x86_register_behind(o, "efer"), .cs = gdb_register(o->gdb, "cs"), .ss = gdb_register(o->gdb, "ss"),
			       .ip = gdb_register(o->gdb, wide ? "rip" : "eip"), .flags = gdb_register(o->gdb, "eflags")};
	gdb_put(o->gdb, "Z0,%x,1", SCRATCH + (wide ? END_64 : END_32));
	gdb_put(o->gdb, "Z0,%x,1", SCRATCH + END_READ);
	return gdb_settle(o->gdb) && l->cr0 >= 0 && l->cr4 >= 0 && l->efer >= 0 && l->cs >= 0 && l->ss >= 0 && l->ip >= 0 && l->flags >= 0;
}

/* Volume 3, "Segment Descriptors". */
static uint64_t descriptor(uint32_t base, uint32_t limit, unsigned access, unsigned flags)
{
	return (uint64_t)(base >> 24) << 56 | (uint64_t)(flags & 15) << 52 | (uint64_t)(limit >> 16 & 15) << 48 | (uint64_t)(access & 255) << 40 |
	       (uint64_t)(base & 0xffffff) << 16 | (limit & 0xffff);
}

bool x86_load_descriptor(const struct x86_segment *v, uint64_t *d)
{
	bool pages = v->limit > 0xfffff;

	*d = descriptor((uint32_t)v->base, pages ? v->limit >> 12 : v->limit, v->present << 7 | v->dpl << 5 | v->is_segment << 4 | v->type,
			pages << 3 | v->big << 2 | v->wide << 1);
	return !pages || (v->limit & 0xfff) == 0xfff;
}

/* The register by which the stub loads a segment does nothing if the selector is the same: so another one first. */
static void put_real_segment(const struct oracle *o, int number)
{
	gdb_put_register(o->gdb, number, 0, 4);
	gdb_put_register(o->gdb, number, SEGMENT, 4);
}

static bool run(const struct x86_load *l, struct oracle *o, unsigned program)
{
	gdb_put_register(o->gdb, l->cr0, REAL_MODE, 8);
	put_real_segment(o, l->cs);
	put_real_segment(o, l->ss);
	gdb_put_register(o->gdb, l->cr4, 0, 8);
	if (l->wide)
		gdb_put_register(o->gdb, l->efer, 0, 8);
	gdb_put_register(o->gdb, l->flags, 2, 4);
	gdb_put_register(o->gdb, l->ip, program, 8);
	o->stale = gdb_continue(o->gdb, PATIENCE) != GDB_STEPPED;
	return !o->stale;
}

/* A system descriptor at the selector's place in our own table. */
static bool put_system(const struct x86_load *l, const struct oracle *o, const struct x86_segment *v)
{
	unsigned at = v->selector & ~7u;
	uint64_t d;

	if ((v->selector & 4) || at + 16 > OWN_DATA || !x86_load_descriptor(v, &d))
		return false;
	put(o, OWN_GDT + at, d, 8);
	if (l->wide)
		put(o, OWN_GDT + at + 8, v->base >> 32, 8);
	return true;
}

static bool put_tables(const struct x86_load *l, const struct oracle *o, const struct x86_state *x, const struct machine *m)
{
	struct x86_segment ldt = x86_segment(x, m, 6), task = x86_segment(x, m, 7);
	unsigned apart = (unsigned)(ldt.selector > task.selector ? ldt.selector - task.selector : task.selector - ldt.selector);

	task.type &= 13; /* available; LTR makes it busy */
	ldt.is_segment = task.is_segment = false;
	if (ldt.present != (ldt.selector >= 4) || task.selector < 4 || apart < (l->wide ? 16 : 8))
		return false;
	put(o, VALUES, ldt.selector, 2);
	put(o, VALUES + 2, task.selector, 2);
	return (!ldt.present || put_system(l, o, &ldt)) && put_system(l, o, &task);
}

static void put_debug(const struct oracle *o, const struct x86_state *x, const struct machine *m)
{
	for (unsigned i = 0; i < 4; i++)
		put(o, VALUES + 8 + 8 * i, x86_element(x, m, "DR", i), 8);
	put(o, VALUES + 40, x86_get(x, m, "DR6"), 8);
	put(o, VALUES + 48, x86_get(x, m, "DR7"), 8);
}

bool x86_load(const struct x86_load *l, struct oracle *o, const struct x86_state *x, const struct machine *m, const struct x86_msr *msrs,
	      unsigned count)
{
	write_programs(l, o);
	put(o, GDTR, x86_get(x, m, "GDTR.limit"), 2);
	put(o, GDTR + 2, x86_get(x, m, "GDTR.base"), 8);
	put(o, IDTR, x86_get(x, m, "IDTR.limit"), 2);
	put(o, IDTR + 2, x86_get(x, m, "IDTR.base"), 8);
	put_debug(o, x, m);
	put(o, VALUES + 56, count, 4);
	for (unsigned i = 0; i < count; i++) {
		put(o, MSRS + 16 * i, msrs[i].number, 4);
		put(o, MSRS + 16 * i + 8, msrs[i].value, 8);
	}
	return put_tables(l, o, x, m) && run(l, o, 0);
}

bool x86_load_read_msrs(const struct x86_load *l, struct oracle *o, struct x86_msr *msrs, unsigned count)
{
	write_programs(l, o);
	for (unsigned i = 0; i < count; i++)
		put(o, MSR_LIST + 16 * i, msrs[i].number, 4);
	put(o, MSR_LIST + 16 * count, 0, 4);
	if (!run(l, o, READ_MSRS))
		return false;
	for (unsigned i = 0; i < count; i++)
		memcpy(&msrs[i].value, scratch(o, MSR_LIST + 16 * i + 8), 8);
	return true;
}
