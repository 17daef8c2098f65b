/* Text on the console, and the little of C's library that a compiler expects to find. */
#include <stdarg.h>

#include "kernel.h"

static void put_number(uint64_t n, unsigned base)
{
	char digits[24];
	unsigned count = 0;

	do
		digits[count++] = "0123456789abcdef"[n % base];
	while (n /= base);
	while (count)
		console_put(digits[--count]);
}

static void put_text(const char *s)
{
	while (*s)
		console_put(*s++);
}

static void put_signed(int64_t n)
{
	if (n < 0)
		console_put('-');
	put_number(n < 0 ? -(uint64_t)n : (uint64_t)n, 10);
}

static void put_formatted(const char *format, va_list args)
{
	for (; *format; format++) {
		if (*format != '%' || !format[1]) {
			console_put(*format);
			continue;
		}
		switch (*++format) {
		case 'd': put_signed(va_arg(args, int)); break;
		case 'u': put_number(va_arg(args, unsigned), 10); break;
		case 'l': put_number(va_arg(args, uint64_t), 16), format++; break;
		case 's': put_text(va_arg(args, const char *)); break;
		case 'c': console_put((char)va_arg(args, int)); break;
		default: console_put(*format); break;
		}
	}
}

void print(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_formatted(format, args);
	va_end(args);
}

void panic(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print("kernel: panic: ");
	put_formatted(format, args);
	print("\n");
	va_end(args);
	power_off(255);
}

void *memset(void *to, int byte, size_t n)
{
	uint64_t word = (unsigned char)byte * UINT64_C(0x0101010101010101);
	unsigned char *c = to;

	for (; n && (uint64_t)c % 8; n--)
		*c++ = (unsigned char)byte;
	for (; n >= 8; n -= 8, c += 8)
		*(uint64_t *)c = word;
	while (n--)
		*c++ = (unsigned char)byte;
	return to;
}

void *memcpy(void *to, const void *from, size_t n)
{
	unsigned char *t = to;
	const unsigned char *f = from;

	for (; ((uint64_t)t | (uint64_t)f) % 8 == 0 && n >= 8; n -= 8, t += 8, f += 8)
		*(uint64_t *)t = *(const uint64_t *)f;
	while (n--)
		*t++ = *f++;
	return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *x = a, *y = b;

	for (; n; n--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}
