#include <stdarg.h>

#include "user.h"

enum { LINE = 256 };

static unsigned put(char *line, unsigned n, char c)
{
	if (n < LINE)
		line[n++] = c;
	return n;
}

static unsigned put_number(char *line, unsigned n, int value)
{
	char digits[12];
	unsigned count = 0, rest = value < 0 ? -(unsigned)value : (unsigned)value;

	if (value < 0)
		n = put(line, n, '-');
	do
		digits[count++] = (char)('0' + rest % 10);
	while (rest /= 10);
	while (count)
		n = put(line, n, digits[--count]);
	return n;
}

void print(const char *format, ...)
{
	char line[LINE];
	unsigned n = 0;
	va_list args;

	va_start(args, format);
	for (; *format; format++) {
		if (*format != '%') {
			n = put(line, n, *format);
		} else if (*++format == 'd') {
			n = put_number(line, n, va_arg(args, int));
		} else {
			for (const char *s = va_arg(args, const char *); *s; s++)
				n = put(line, n, *s);
		}
	}
	va_end(args);
	call(CALL_WRITE, PTR(line), n, 0, 0);
}

int start(const char *name, int argument)
{
	int child = fork();

	if (child)
		return child;
	exec(name, argument);
	print("there is no program '%s'\n", name);
	call(CALL_EXIT, 127, 0, 0, 0);
	return -1;
}

int run(const char *name, int argument)
{
	int result = -1;

	wait_for(start(name, argument), &result);
	return result;
}

void *memset(void *to, int byte, size_t n)
{
	for (unsigned char *c = to; n; n--)
		*c++ = (unsigned char)byte;
	return to;
}

void *memcpy(void *to, const void *from, size_t n)
{
	unsigned char *t = to;

	for (const unsigned char *f = from; n; n--)
		*t++ = *f++;
	return to;
}
