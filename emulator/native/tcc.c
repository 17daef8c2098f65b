/* The generated C, translated in this process by libtcc: for machines without a compiler. */
#include "native.h"

#include <dlfcn.h>
#include <libtcc.h>
#include <sha256.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void said(void *context, const char *message)
{
	snprintf(context, 256, "libtcc: %.240s", message);
}

/* What compilers call by themselves. */
static void add_symbols(TCCState *s)
{
	static const char *const names[] = {"memcpy", "memmove", "memset"};

	for (unsigned i = 0; i < 3; i++)
		tcc_add_symbol(s, names[i], dlsym(RTLD_DEFAULT, names[i]));
}

static const struct native_module *translate(const struct buf *text, char *error)
{
	TCCState *s = tcc_new();
	const struct native_module *module = NULL;

	snprintf(error, 256, "libtcc cannot be used");
	if (!s)
		return NULL;
	tcc_set_error_func(s, error, said);
	tcc_set_options(s, "-nostdlib -nostdinc -w");
	tcc_set_output_type(s, TCC_OUTPUT_MEMORY);
	add_symbols(s);
	if (tcc_compile_string(s, text->text) >= 0 && tcc_relocate(s, TCC_RELOCATE_AUTO) >= 0)
		module = tcc_get_symbol(s, "isolde_module");
	if (!module)
		tcc_delete(s); /* else it stays, with the code */
	return module;
}

const struct compiled *compile_builtin(const struct buf *text, char *error)
{
	char key[SHA256_DIGEST_STRING_LENGTH];
	const struct compiled *c;
	const struct native_module *module;

	SHA256Data((const uint8_t *)text->text, text->length, key);
	memcpy(key, "tcc-", 4);
	if ((c = compiled_find(key)))
		return c;
	module = translate(text, error);
	return module ? compiled_add(key, module) : NULL;
}
