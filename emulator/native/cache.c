/* Compiled descriptions on disk: $XDG_CACHE_HOME/isolde/native-KEY.so. The last bytes of a file are the hash of all before them, so that half a file or a
 * damaged one is noticed; a file gets its name only when it is complete, so that several processes may do the same at once. */
#include "native.h"

#include <errno.h>
#include <sha256.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HASH = SHA256_DIGEST_STRING_LENGTH - 1 };

static bool directory(struct buf *path)
{
	const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (xdg && *xdg)
		buf_printf(path, "%s", xdg);
	else if (home && *home)
		buf_printf(path, "%s/.cache", home);
	else
		return false;
	for (int i = 0; i < 2; i++) {
		if (mkdir(path->text, 0777) && errno != EEXIST)
			return false;
		if (i == 0)
			buf_puts(path, "/isolde");
	}
	return true;
}

static char *final_name(const char *key)
{
	struct buf path = {0};

	if (!directory(&path)) {
		buf_free(&path);
		return NULL;
	}
	buf_printf(&path, "/native-%s.so", key);
	return path.text;
}

/* --- the seal --- */

static char *contents(FILE *f, size_t *length)
{
	char *bytes;
	long end;

	if (fseek(f, 0, SEEK_END) || (end = ftell(f)) < 0 || fseek(f, 0, SEEK_SET))
		return NULL;
	bytes = malloc((size_t)end + 1);
	*length = bytes ? fread(bytes, 1, (size_t)end, f) : 0;
	return bytes;
}

static bool is_sealed(const char *path)
{
	char hash[SHA256_DIGEST_STRING_LENGTH], *bytes = NULL;
	FILE *f = fopen(path, "rb");
	size_t length = 0;
	bool sealed = false;

	if (f && (bytes = contents(f, &length)) && length > HASH) {
		SHA256Data((const uint8_t *)bytes, length - HASH, hash);
		sealed = !memcmp(hash, bytes + length - HASH, HASH);
	}
	if (f)
		fclose(f);
	free(bytes);
	return sealed;
}

static bool seal(const char *path)
{
	char hash[SHA256_DIGEST_STRING_LENGTH], *bytes = NULL;
	FILE *f = fopen(path, "r+b");
	size_t length = 0;
	bool done = false;

	if (f && (bytes = contents(f, &length)) && length) {
		SHA256Data((const uint8_t *)bytes, length, hash);
		done = !fseek(f, 0, SEEK_END) && fwrite(hash, 1, HASH, f) == HASH;
	}
	free(bytes);
	return f && !fclose(f) && done;
}

/* --- the files --- */

char *module_cached(const char *key)
{
	char *path = final_name(key);

	if (path && is_sealed(path))
		return path;
	if (path)
		unlink(path); /* damaged, or not there */
	free(path);
	return NULL;
}

static bool writable(const char *path)
{
	FILE *f = fopen(path, "wb");

	if (f)
		fclose(f);
	return f != NULL;
}

char *module_temporary(const char *key, bool *in_cache, char *error)
{
	const char *tmp = getenv("TMPDIR");
	char *path = final_name(key);
	struct buf name = {0};

	*in_cache = path != NULL;
	if (path) {
		buf_printf(&name, "%s.%ld", path, (long)getpid());
		free(path);
		if (writable(name.text))
			return name.text;
		buf_free(&name);
		name = (struct buf){0};
	}
	*in_cache = false;
	buf_printf(&name, "%s/isolde-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (mkdtemp(name.text)) {
		buf_puts(&name, "/native.so");
		return name.text;
	}
	snprintf(error, 256, "%.200s: %s", name.text, strerror(errno));
	buf_free(&name);
	return NULL;
}

char *module_keep(const char *key, char *temporary, bool in_cache)
{
	char *path;

	if (!in_cache)
		return strdup(temporary);
	path = final_name(key);
	if (path && seal(temporary) && !rename(temporary, path))
		return path;
	free(path);
	return NULL;
}
