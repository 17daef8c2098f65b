#include "isa.h"

#include <string.h>

struct component *isa_component(const struct isa *isa, const char *name)
{
	for (unsigned i = 0; i < isa->component_count; i++)
		if (!strcmp(isa->components[i].name, name))
			return &isa->components[i];
	return NULL;
}

struct reg *isa_register(const struct isa *isa, const char *name)
{
	for (struct reg *r = isa->registers; r; r = r->next)
		if (!strcmp(r->name, name))
			return r;
	return NULL;
}

struct instruction *isa_instruction(const struct isa *isa, const char *name)
{
	for (struct instruction *i = isa->instructions; i; i = i->next)
		if (!strcmp(i->name, name))
			return i;
	return NULL;
}

struct enumeration *isa_enumeration(const struct isa *isa, const char *name)
{
	if (!strcmp(name, "PrivilegeMode"))
		name = "Level";
	else if (!strcmp(name, "ExceptionCode"))
		name = "Cause";
	for (struct enumeration *e = isa->enumerations; e; e = e->next)
		if (!strcmp(e->name, name))
			return e;
	return NULL;
}

int isa_level(const struct isa *isa, const char *name)
{
	for (unsigned i = 0; i < isa->level_count; i++)
		if (!strcmp(isa->levels[i].name, name))
			return (int)i;
	return -1;
}

struct ir_context isa_context(const struct isa *isa, const struct instruction *instruction)
{
	struct ir_context context = isa->context;

	if (instruction) {
		context.variables = instruction->places;
		context.variable_count = instruction->variable_count;
	}
	return context;
}

bool isa_complete(const struct isa *isa, u128 cause)
{
	for (unsigned i = 0; i < isa->cause_count; i++)
		if (isa->causes[i].complete && isa->causes[i].value == cause)
			return true;
	return false;
}

unsigned isa_trap_value(const struct isa *isa)
{
	unsigned pc = isa->components[isa->pc].width;

	return pc > isa->memory.virtual_address ? pc : isa->memory.virtual_address;
}

bool operand_fixed(const char *from, unsigned *width, u128 *value)
{
	size_t length = strlen(from);

	if (length < 3 || length > 2 + 64 || from[0] != '0' || from[1] != 'b' || bits_parse(from, length, value))
		return false;
	*width = (unsigned)length - 2;
	return true;
}
