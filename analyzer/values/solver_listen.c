/* Who listens to the questions, and what the walk decides without asking one. */
#include "solver_private.h"

#include <stdarg.h>
#include <stdlib.h>

void solver_topic(struct solver *s, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(s->topic, sizeof s->topic, format, list);
	va_end(list);
}

void solver_listen(struct solver *s, const struct solver_listener *listener)
{
	s->listener = listener;
}

void tell(struct solver *s, struct value formula, enum answer answer)
{
	if (s->listener)
		s->listener->heard(s->listener->context, s, s->topic, formula, answer);
}

void took_for(struct solver *s, Z3_ast condition, bool value)
{
	if (!s->listener)
		return;
	if (s->decided_count == s->decided_room) {
		s->decided_room = s->decided_room ? 2 * s->decided_room : 64;
		s->decided = must_realloc(s->decided, s->decided_room * sizeof *s->decided);
	}
	s->decided[s->decided_count++] = value ? Z3_mk_not(s->z, condition) : condition;
}

void tell_decisions(struct solver *s, struct value where)
{
	struct value any;

	if (!s->decided_count)
		return;
	any = wrap(Z3_mk_or(s->z, s->decided_count, s->decided), 0);
	s->decided_count = 0;
	tell(s, value_and(&s->domain, where, any), ANSWER_UNSAT);
}
