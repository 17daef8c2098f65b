/* The generated C, compiled by the system's compiler into a shared object, once. */
#include "native.h"

#include <dlfcn.h>
#include <errno.h>
#include <sha256.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct compiled *all;

const struct compiled *compiled_find(const char *key)
{
	const struct compiled *c = all;

	while (c && strcmp(c->key, key))
		c = c->next;
	return c;
}

const struct compiled *compiled_add(const char *key, const struct native_module *module)
{
	struct compiled *c = must_alloc(sizeof *c);

	*c = (struct compiled){.module = module, .next = all};
	snprintf(c->key, sizeof c->key, "%s", key);
	return all = c;
}

/* --- the compiler --- */

static const char options[] = "-O2 -w -std=gnu11 -fno-strict-aliasing -fno-stack-protector -fcf-protection=none -fPIC -shared -x c -";

/* Feeds the text to `command`, run by the shell; what it says goes nowhere. True if it succeeded. */
static bool run_compiler(const char *compiler, const char *output, const struct buf *text)
{
	void (*old)(int) = signal(SIGPIPE, SIG_IGN); /* a compiler that does not read */
	struct buf command = {0};
	FILE *pipe;
	int status;

	buf_printf(&command, "exec %s -o \"$ISOLDE_OUTPUT\" %s >/dev/null 2>&1", compiler, options);
	setenv("ISOLDE_OUTPUT", output, 1);
	pipe = popen(command.text, "w");
	buf_free(&command);
	if (pipe)
		fwrite(text->text, 1, text->length, pipe);
	status = pipe ? pclose(pipe) : -1;
	unsetenv("ISOLDE_OUTPUT");
	signal(SIGPIPE, old);
	return status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* $CC alone if it is given: who names a compiler wants that one. */
static bool compile(const char *output, const struct buf *text, char *error)
{
	static const char *const usual[] = {"cc", "gcc", "clang"};
	const char *named = getenv("CC");

	if (named && *named) {
		snprintf(error, 256, "the compiler $CC, '%.100s', does not compile the generated C", named);
		return run_compiler(named, output, text);
	}
	for (unsigned i = 0; i < 3; i++)
		if (run_compiler(usual[i], output, text))
			return true;
	snprintf(error, 256, "there is no C compiler (cc, gcc, clang) that compiles the generated C");
	return false;
}

/* --- loading --- */

static const struct compiled *load(const char *key, const char *path, char *error)
{
	void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	const struct native_module *module = handle ? dlsym(handle, "isolde_module") : NULL;

	if (module)
		return compiled_add(key, module);
	snprintf(error, 256, "%.250s", dlerror());
	return NULL;
}

static void key_of(const struct buf *text, char *key)
{
	const char *named = getenv("CC");
	struct buf all_of_it = {0};

	buf_printf(&all_of_it, "%s\n%s\n%s", named ? named : "", options, text->text);
	SHA256Data((const uint8_t *)all_of_it.text, all_of_it.length, key);
	buf_free(&all_of_it);
}

/* A file outside the cache is not needed once it is loaded. */
static void remove_temporary(char *path)
{
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
}

static const struct compiled *compile_and_load(const char *key, const struct buf *text, char *error)
{
	const struct compiled *c = NULL;
	bool in_cache;
	char *temporary = module_temporary(key, &in_cache, error), *path = NULL;

	if (temporary && compile(temporary, text, error)) {
		path = module_keep(key, temporary, in_cache);
		if (path)
			c = load(key, path, error);
		else
			snprintf(error, 256, "%.200s: %s", temporary, strerror(errno));
	}
	if (temporary && !in_cache)
		remove_temporary(temporary);
	else if (temporary && !path)
		unlink(temporary);
	free(temporary);
	free(path);
	return c;
}

const struct compiled *compile_native(const struct buf *text, char *error)
{
	char key[SHA256_DIGEST_STRING_LENGTH], *path;
	const struct compiled *c;

	key_of(text, key);
	if ((c = compiled_find(key)))
		return c;
	path = module_cached(key);
	if (path)
		c = load(key, path, error);
	free(path);
	return c ? c : compile_and_load(key, text, error);
}
