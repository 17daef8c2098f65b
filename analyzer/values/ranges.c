#include "ranges.h"

struct ranges ranges_one(struct arena *arena, u128 low, u128 high)
{
	struct ranges r = {1, ARENA_NEW(arena, struct range)};

	r.items[0] = (struct range){low, high};
	return r;
}

struct ranges ranges_and(struct arena *arena, struct ranges a, struct ranges b)
{
	struct ranges r = {0, ARENA_ARRAY(arena, struct range, a.count + b.count)};

	for (unsigned i = 0, k = 0; i < a.count && k < b.count;) {
		u128 low = a.items[i].low > b.items[k].low ? a.items[i].low : b.items[k].low;
		u128 high = a.items[i].high < b.items[k].high ? a.items[i].high : b.items[k].high;

		if (low <= high)
			r.items[r.count++] = (struct range){low, high};
		if (a.items[i].high < b.items[k].high)
			i++;
		else
			k++;
	}
	return r;
}

struct ranges ranges_not(struct arena *arena, struct ranges a, u128 top)
{
	struct ranges r = {0, ARENA_ARRAY(arena, struct range, a.count + 1)};
	u128 low = 0;
	bool open = true;

	for (unsigned i = 0; i < a.count; i++) {
		if (a.items[i].low > low)
			r.items[r.count++] = (struct range){low, a.items[i].low - 1};
		open = a.items[i].high < top;
		low = a.items[i].high + 1;
	}
	if (open)
		r.items[r.count++] = (struct range){low, top};
	return r;
}

struct ranges ranges_or(struct arena *arena, struct ranges a, struct ranges b)
{
	struct ranges r = {0, ARENA_ARRAY(arena, struct range, a.count + b.count)};

	for (unsigned i = 0, k = 0; i < a.count || k < b.count;) {
		bool first = k == b.count || (i < a.count && a.items[i].low <= b.items[k].low);
		struct range next = first ? a.items[i++] : b.items[k++];
		struct range *last = r.count ? &r.items[r.count - 1] : NULL;

		if (last && (next.low <= last->high || next.low == last->high + 1))
			last->high = next.high > last->high ? next.high : last->high;
		else
			r.items[r.count++] = next;
	}
	return r;
}

bool ranges_single(struct ranges a)
{
	return a.count == 1 && a.items[0].low == a.items[0].high;
}

void ranges_print(struct buf *out, struct ranges a)
{
	char low[BITS_TEXT], high[BITS_TEXT];

	for (unsigned i = 0; i < a.count; i++) {
		buf_printf(out, "%s%s", i ? ", " : "", bits_hex(a.items[i].low, low));
		if (a.items[i].high != a.items[i].low)
			buf_printf(out, "-%s", bits_hex(a.items[i].high, high));
	}
}
