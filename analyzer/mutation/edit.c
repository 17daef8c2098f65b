#include "mutate.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static void print_lines(char mark, const char *text, size_t length, FILE *out)
{
	for (size_t at = 0; at < length;) {
		const char *end = memchr(text + at, '\n', length - at);
		size_t n = end ? (size_t)(end - text) - at : length - at;

		fprintf(out, "%c%.*s\n", mark, (int)n, text + at);
		at += n + 1;
	}
}

void mutation_diff(const struct mutation *m, FILE *out)
{
	const struct source *s = m->where.source;
	size_t first, last, column, from, to, count;
	struct buf new = {0};

	source_position(s, m->where.offset, &first, &column);
	source_position(s, m->where.offset + (m->where.length ? m->where.length - 1 : 0), &last, &column);
	from = s->lines[first - 1];
	to = last < s->line_count ? s->lines[last] : s->length;
	buf_add(&new, s->text + from, m->where.offset - from);
	buf_puts(&new, m->text);
	buf_add(&new, s->text + m->where.offset + m->where.length, to - m->where.offset - m->where.length);
	count = last - first + 1;
	fprintf(out, "--- %s\n+++ %s\n@@ -%zu,%zu +%zu,", s->path, s->path, first, count, first);
	for (count = 0, column = 0; column < new.length; column++)
		count += new.text[column] == '\n' || column + 1 == new.length;
	fprintf(out, "%zu @@ %s\n", count, fault_texts[m->fault]);
	print_lines('-', s->text + from, to - from, out);
	print_lines('+', new.text, new.length, out);
	buf_free(&new);
}

static bool make_directories(const char *path)
{
	char part[4096];

	for (const char *c = strchr(path + 1, '/'); c; c = strchr(c + 1, '/')) {
		if ((size_t)(c - path) >= sizeof part)
			return false;
		memcpy(part, path, (size_t)(c - path));
		part[c - path] = 0;
		if (mkdir(part, 0777) && errno != EEXIST)
			return false;
	}
	return true;
}

static bool write_source(const struct source *s, const struct mutation *m, const char *path)
{
	FILE *out = make_directories(path) ? fopen(path, "w") : NULL;
	size_t at = m->where.offset, after = at + m->where.length;

	if (!out)
		return false;
	if (s == m->where.source || !strcmp(s->path, m->where.source->path)) {
		fwrite(s->text, 1, at, out);
		fputs(m->text, out);
		fwrite(s->text + after, 1, s->length - after, out);
	} else {
		fwrite(s->text, 1, s->length, out);
	}
	return !fclose(out);
}

static bool leads_out(const char *path)
{
	int depth = 0;

	while (*path) {
		size_t n = strcspn(path, "/");

		depth += n == 2 && !strncmp(path, "..", 2) ? -1 : n && !(n == 1 && *path == '.');
		if (depth < 0)
			return true;
		path += n + (path[n] == '/');
	}
	return false;
}

const char *mutation_write(struct arena *arena, const struct isa *isa, const struct mutation *m, const char *directory)
{
	for (unsigned i = 0; i < isa->source_count; i++) {
		const struct source *s = isa->sources[i];
		const char *path = arena_printf(arena, "%s/%s", directory, s->path);

		if (leads_out(s->path)) {
			fprintf(stderr, "isolde: %s leads out of the directory: name the description from above it\n", s->path);
			return NULL;
		}
		if (!write_source(s, m, path)) {
			perror(path);
			return NULL;
		}
	}
	return arena_printf(arena, "%s/%s", directory, isa->path);
}
