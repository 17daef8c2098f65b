#include "yaml.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum { LINE_LIMIT = 16 << 10 };

struct reader {
	struct arena *arena;
	const struct source *source;
	struct diags *diags;
	yaml_parser_t parser;
	unsigned events, depth;
	bool failed;
};

/* libyaml's marks count characters; our offsets are bytes. */
static size_t byte_offset(const struct source *s, size_t line, size_t column)
{
	size_t i;

	if (line >= s->line_count)
		return s->length;
	for (i = s->lines[line]; column && i < s->length; column--)
		for (i++; i < s->length && (s->text[i] & 0xc0) == 0x80; i++)
			;
	return i;
}

static struct span mark_span(const struct reader *r, const yaml_mark_t *from, const yaml_mark_t *to)
{
	size_t start = byte_offset(r->source, from->line, from->column);
	size_t end = to ? byte_offset(r->source, to->line, to->column) : start + 1;

	return (struct span){r->source, start, end > start ? end - start : 1};
}

static void fail(struct reader *r, enum diag_code code, struct span where, const char *what)
{
	if (!r->failed)
		diag_add(r->diags, code, where, "%s", what);
	r->failed = true;
}

static void fail_parser(struct reader *r)
{
	yaml_parser_t *p = &r->parser;
	struct span where = mark_span(r, &p->problem_mark, NULL);

	if (p->problem_mark.index >= r->source->length && p->context && p->context_mark.index < r->source->length)
		where = mark_span(r, &p->context_mark, NULL); /* what was never closed begins there */
	if (p->error == YAML_READER_ERROR)
		where = (struct span){r->source, p->problem_offset < r->source->length ? p->problem_offset : r->source->length, 1};
	if (!r->failed)
		diag_add(r->diags, E_YAML, where, "%s%s%s", p->problem ? p->problem : "not YAML", p->context ? ", " : "",
			 p->context ? p->context : "");
	if (!r->failed && where.offset < r->source->length && r->source->text[where.offset] == '\t')
		diag_hint(r->diags, "tabs do not indent");
	r->failed = true;
}

/* The next event, or false after a finding. On true the caller deletes the event. */
static bool next_event(struct reader *r, yaml_event_t *event)
{
	if (r->failed)
		return false;
	if (!yaml_parser_parse(&r->parser, event)) {
		fail_parser(r);
		return false;
	}
	if (++r->events > YAML_EVENT_LIMIT) {
		fail(r, E_LIMIT, mark_span(r, &event->start_mark, NULL), "more than 500,000 YAML events");
		yaml_event_delete(event);
		return false;
	}
	return true;
}

static void place_block(struct yaml *node, const struct reader *r, size_t start)
{
	const struct source *s = r->source;
	size_t line, column;

	source_position(s, start, &line, &column);
	node->block = true;
	node->block_line = line;
	node->block_indent = 0;
	for (size_t l = line, at = 0; l < s->line_count; l++) { /* the indentation is what the content's first line lost */
		size_t i = s->lines[l], indent = 0, kept = 0;

		while (i + indent < s->length && s->text[i + indent] == ' ')
			indent++;
		if (i + indent < s->length && s->text[i + indent] != '\n' && s->text[i + indent] != '\r') {
			while (node->text[at + kept] == ' ')
				kept++;
			node->block_indent = indent - (kept < indent ? kept : indent);
			return;
		}
		at += node->text[at] == '\n';
	}
}

static struct yaml *new_node(struct reader *r, enum yaml_kind kind, const yaml_event_t *e)
{
	struct yaml *node = ARENA_NEW(r->arena, struct yaml);

	node->kind = kind;
	node->where = mark_span(r, &e->start_mark, kind == YAML_SCALAR ? &e->end_mark : NULL);
	return node;
}

/* Bidirectional controls (U+202A to U+202E, U+2066 to U+2069) make a text read otherwise than it is. */
static bool hidden_at(const unsigned char *t)
{
	return t[0] == 0xe2 && ((t[1] == 0x80 && t[2] >= 0xaa && t[2] <= 0xae) || (t[1] == 0x81 && t[2] >= 0xa6 && t[2] <= 0xa9));
}

static bool hides_text(const char *text, size_t length)
{
	for (size_t i = 0; i + 2 < length; i++)
		if (hidden_at((const unsigned char *)text + i))
			return true;
	return false;
}

static struct yaml *read_scalar(struct reader *r, const yaml_event_t *e)
{
	struct yaml *node = new_node(r, YAML_SCALAR, e);

	node->length = e->data.scalar.length;
	node->text = arena_copy(r->arena, (const char *)e->data.scalar.value, node->length);
	if (e->data.scalar.anchor)
		fail(r, E_YAML, node->where, "anchors are not part of the format");
	else if (e->data.scalar.tag)
		fail(r, E_YAML, node->where, "tags are not part of the format");
	else if (node->length > YAML_SCALAR_LIMIT)
		fail(r, E_LIMIT, node->where, "a scalar of more than 64 KiB");
	else if (memchr(node->text, 0, node->length))
		fail(r, E_YAML, node->where, "a NUL character in a scalar");
	else if (hides_text(node->text, node->length))
		fail(r, E_YAML, node->where, "a bidirectional control character");
	if (e->data.scalar.style == YAML_LITERAL_SCALAR_STYLE)
		place_block(node, r, node->where.offset);
	else if (e->data.scalar.style == YAML_FOLDED_SCALAR_STYLE)
		node->where.length = 1;
	else if (e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE && node->where.length > 1) {
		node->where.offset++; /* inside the quotes */
		node->where.length -= node->where.length > 2 ? 2 : 1;
	}
	return node;
}

static struct yaml *read_node(struct reader *r, yaml_event_t *e);

static void check_collection(struct reader *r, const struct yaml *node, const void *anchor, const void *tag)
{
	if (anchor)
		fail(r, E_YAML, node->where, "anchors are not part of the format");
	else if (tag)
		fail(r, E_YAML, node->where, "tags are not part of the format");
	else if (r->depth > YAML_DEPTH_LIMIT)
		fail(r, E_LIMIT, node->where, "more than 32 levels of nesting");
}

/* Collects nodes up to the end event into a NULL-terminated growing array, which the caller copies and frees. */
static struct yaml **read_items(struct reader *r, yaml_event_type_t end, size_t *count)
{
	struct yaml **items = NULL;
	size_t room = 0;
	yaml_event_t event;

	*count = 0;
	while (next_event(r, &event)) {
		struct yaml *item;
		bool last = event.type == end;

		item = last ? NULL : read_node(r, &event);
		yaml_event_delete(&event);
		if (last || !item)
			break;
		if (*count == room) {
			room = room ? 2 * room : 16;
			items = must_realloc(items, room * sizeof *items);
		}
		items[(*count)++] = item;
	}
	return items;
}

static struct yaml *read_list(struct reader *r, const yaml_event_t *e)
{
	struct yaml *node = new_node(r, YAML_LIST, e);
	struct yaml **items;

	r->depth++;
	check_collection(r, node, e->data.sequence_start.anchor, e->data.sequence_start.tag);
	items = read_items(r, YAML_SEQUENCE_END_EVENT, &node->count);
	node->items = ARENA_ARRAY(r->arena, struct yaml *, node->count);
	if (node->count)
		memcpy(node->items, items, node->count * sizeof *items);
	free(items);
	r->depth--;
	return r->failed ? NULL : node;
}

static int compare_keys(const void *a, const void *b)
{
	const struct yaml *x = *(struct yaml *const *)a, *y = *(struct yaml *const *)b;
	int order = strcmp(x->text, y->text);

	return order ? order : x->where.offset < y->where.offset ? -1 : 1;
}

static void check_keys(struct reader *r, struct yaml **keys, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (keys[i]->kind != YAML_SCALAR) {
			fail(r, E_YAML, keys[i]->where, "a key must be plain text");
			return;
		}
		if (!strcmp(keys[i]->text, "<<"))
			fail(r, E_YAML, keys[i]->where, "merge keys are not part of the format");
	}
	qsort(keys, count, sizeof *keys, compare_keys);
	for (size_t i = 1; i < count; i++)
		if (!strcmp(keys[i - 1]->text, keys[i]->text)) {
			size_t line, column;

			source_position(r->source, keys[i - 1]->where.offset, &line, &column);
			diag_add(r->diags, E_DUPLICATE, keys[i]->where, "key '%s' is already given in line %zu", keys[i]->text, line);
			r->failed = true;
		}
}

static struct yaml *read_map(struct reader *r, const yaml_event_t *e)
{
	struct yaml *node = new_node(r, YAML_MAP, e);
	struct yaml **items, **keys;
	size_t count;

	r->depth++;
	check_collection(r, node, e->data.mapping_start.anchor, e->data.mapping_start.tag);
	items = read_items(r, YAML_MAPPING_END_EVENT, &count);
	r->depth--;
	if (!r->failed) {
		node->count = count / 2;
		node->pairs = ARENA_ARRAY(r->arena, struct yaml_pair, node->count);
		keys = ARENA_ARRAY(r->arena, struct yaml *, node->count);
		for (size_t i = 0; i < node->count; i++) {
			node->pairs[i] = (struct yaml_pair){items[2 * i], items[2 * i + 1]};
			keys[i] = items[2 * i];
		}
		check_keys(r, keys, node->count);
	}
	free(items);
	return r->failed ? NULL : node;
}

static struct yaml *read_node(struct reader *r, yaml_event_t *e)
{
	switch (e->type) {
	case YAML_SCALAR_EVENT: return read_scalar(r, e);
	case YAML_SEQUENCE_START_EVENT: return read_list(r, e);
	case YAML_MAPPING_START_EVENT: return read_map(r, e);
	case YAML_ALIAS_EVENT:
		fail(r, E_YAML, mark_span(r, &e->start_mark, &e->end_mark), "aliases are not part of the format");
		return NULL;
	default:
		fail(r, E_YAML, mark_span(r, &e->start_mark, NULL), "an unexpected end");
		return NULL;
	}
}

/* What libyaml lets pass: other encodings, hidden text, and lines so long that its flow scanner turns quadratic. */
static bool refuse_hidden_text(struct reader *r)
{
	const unsigned char *t = (const unsigned char *)r->source->text;
	size_t n = r->source->length;

	if (n >= 2 && ((t[0] == 0xff && t[1] == 0xfe) || (t[0] == 0xfe && t[1] == 0xff))) {
		fail(r, E_YAML, (struct span){r->source, 0, 1}, "UTF-16 is not read; save the file as UTF-8");
		return true;
	}
	for (size_t l = 0; l < r->source->line_count; l++) {
		size_t end = l + 1 < r->source->line_count ? r->source->lines[l + 1] : n;

		if (end - r->source->lines[l] > LINE_LIMIT) {
			fail(r, E_LIMIT, (struct span){r->source, r->source->lines[l], 1}, "a line of more than 16 KiB");
			return true;
		}
	}
	for (size_t i = 0; i + 2 < n; i++)
		if (hidden_at(t + i)) {
			fail(r, E_YAML, (struct span){r->source, i, 3}, "a bidirectional control character");
			return true;
		}
	return false;
}

static struct yaml *read_document(struct reader *r)
{
	struct yaml *root = NULL;
	yaml_event_t event;
	bool end = false;

	while (!end && next_event(r, &event)) {
		switch (event.type) {
		case YAML_STREAM_START_EVENT:
		case YAML_DOCUMENT_END_EVENT: break;
		case YAML_STREAM_END_EVENT: end = true; break;
		case YAML_DOCUMENT_START_EVENT:
			if (root)
				fail(r, E_YAML, mark_span(r, &event.start_mark, NULL), "a second document in one file");
			break;
		default: root = read_node(r, &event); break;
		}
		yaml_event_delete(&event);
	}
	if (!root && !r->failed)
		fail(r, E_YAML, (struct span){r->source, 0, 1}, "the file is empty");
	return r->failed ? NULL : root;
}

struct yaml *yaml_read(struct arena *arena, const struct source *source, struct diags *diags)
{
	struct reader r = {.arena = arena, .source = source, .diags = diags};
	struct yaml *root;

	if (refuse_hidden_text(&r))
		return NULL;
	if (!yaml_parser_initialize(&r.parser))
		return NULL;
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)source->text, source->length);
	root = read_document(&r);
	yaml_parser_delete(&r.parser);
	return root;
}

struct span yaml_place(const struct yaml *scalar, size_t offset, size_t length)
{
	const struct source *s = scalar->where.source;
	size_t line = scalar->block_line, start = 0;

	if (!scalar->block) {
		if (scalar->where.length != scalar->length) /* folded, or with escapes: the scalar as a whole */
			return scalar->where;
		if (offset > scalar->where.length)
			offset = scalar->where.length;
		return (struct span){s, scalar->where.offset + offset, length ? length : 1};
	}
	if (offset > scalar->length)
		offset = scalar->length;
	for (size_t i = 0; i < offset; i++)
		if (scalar->text[i] == '\n') {
			line++;
			start = i + 1;
		}
	if (line >= s->line_count)
		return (struct span){s, s->length, 1};
	start = s->lines[line] + scalar->block_indent + (offset - start);
	return (struct span){s, start < s->length ? start : s->length, length ? length : 1};
}

struct yaml *yaml_peek(const struct yaml *map, const char *key)
{
	if (!map || map->kind != YAML_MAP)
		return NULL;
	for (size_t i = 0; i < map->count; i++)
		if (!strcmp(map->pairs[i].key->text, key))
			return map->pairs[i].value;
	return NULL;
}

struct yaml *yaml_get(struct yaml *map, const char *key)
{
	struct yaml *value = yaml_peek(map, key);

	if (value)
		value->used = true;
	return value;
}
