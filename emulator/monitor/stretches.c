/* Sets of components as runs of words: what is copied and compared on every world switch. */
#include <stdlib.h>
#include <string.h>

#include "guest.h"

bool stretches_new(struct stretches *s, const struct machine *m, const bool *set)
{
	unsigned n = m->isa->component_count;

	s->list = calloc(n + 1, sizeof *s->list);
	s->count = 0;
	for (unsigned i = 0; s->list && i < n; i++) {
		struct stretch *last = s->count ? &s->list[s->count - 1] : NULL;
		unsigned at = m->word_of[i], end = i + 1 < n ? m->word_of[i + 1] : m->word_count;

		if (!set[i])
			continue;
		if (last && last->at + last->count == at)
			last->count += end - at;
		else
			s->list[s->count++] = (struct stretch){at, end - at};
	}
	return s->list != NULL;
}

enum { LONG = 8 }; /* words, from which on a call of memcmp or memcpy pays */

static bool equal(const uint64_t *a, const uint64_t *b, unsigned count)
{
	uint64_t different = 0;

	if (count >= LONG)
		return !memcmp(a, b, count * sizeof *a);
	for (unsigned k = 0; k < count; k++)
		different |= a[k] ^ b[k];
	return !different;
}

bool stretches_equal(const struct stretches *s, const uint64_t *a, const uint64_t *b)
{
	for (unsigned i = 0; i < s->count; i++)
		if (!equal(a + s->list[i].at, b + s->list[i].at, s->list[i].count))
			return false;
	return true;
}

void stretches_copy(const struct stretches *s, uint64_t *to, const uint64_t *from)
{
	for (unsigned i = 0; i < s->count; i++) {
		const struct stretch *r = &s->list[i];

		if (r->count >= LONG)
			memcpy(to + r->at, from + r->at, r->count * sizeof *to);
		else
			for (unsigned k = r->at; k < r->at + r->count; k++)
				to[k] = from[k];
	}
}
