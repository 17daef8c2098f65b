#ifndef ISOLDE_YAML_H
#define ISOLDE_YAML_H
/* The YAML subset of ISA files, as a tree with exact places. Read with libyaml's event interface only, so that depth,
 * size and events are bounded while reading. Anchors, aliases, tags, merge keys and second documents are refused. */
#include "../base/diag.h"

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml_pair {
	struct yaml *key, *value;
};

struct yaml {
	enum yaml_kind kind;
	struct span where; /* of the scalar's text, or of the collection's first byte */
	const char *text;  /* scalar: NUL-terminated content */
	size_t length;
	bool block;        /* scalar written as |: see yaml_place */
	size_t block_line, block_indent; /* 0-based first line of the content and its indentation in bytes */
	struct yaml **items; /* list */
	struct yaml_pair *pairs; /* map, in the order of the file */
	size_t count;
	bool used; /* set by yaml_get; what stays unset is an unknown key */
};

enum {
	YAML_FILE_LIMIT = 4 << 20,
	YAML_DEPTH_LIMIT = 32,
	YAML_SCALAR_LIMIT = 64 << 10,
	YAML_EVENT_LIMIT = 500000
};

/* Reads the one document of `source`. NULL after findings if that is impossible. */
struct yaml *yaml_read(struct arena *arena, const struct source *source, struct diags *diags);
/* The place in the file of bytes [offset, offset+length) of a scalar's content; exact for | scalars and plain ones. */
struct span yaml_place(const struct yaml *scalar, size_t offset, size_t length);
/* The value of `key` in a map, marked as used; NULL if there is none. `map` may be NULL. */
struct yaml *yaml_get(struct yaml *map, const char *key);
/* The same without marking. */
struct yaml *yaml_peek(const struct yaml *map, const char *key);
#endif
