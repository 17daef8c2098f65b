/* What every page begins and ends with. Nothing is ever fetched: a policy in the page forbids it, and lets no script run but ours. */
#include "html.h"

#include <sha256.h>
#include <string.h>

/* RFC 4648, section 4. */
static void base64(const unsigned char *bytes, size_t length, char *text)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < length; i += 3) {
		unsigned v = (unsigned)bytes[i] << 16 | (i + 1 < length ? (unsigned)bytes[i + 1] << 8 : 0) | (i + 2 < length ? bytes[i + 2] : 0u);

		*text++ = digits[v >> 18];
		*text++ = digits[v >> 12 & 63];
		*text++ = i + 1 < length ? digits[v >> 6 & 63] : '=';
		*text++ = i + 2 < length ? digits[v & 63] : '=';
	}
	*text = '\0';
}

static void put_policy(const struct sink *s, const char *script)
{
	unsigned char digest[SHA256_DIGEST_LENGTH];
	char text[48];
	SHA2_CTX context;

	SHA256Init(&context);
	SHA256Update(&context, (const uint8_t *)script, strlen(script));
	SHA256Final(digest, &context);
	base64(digest, sizeof digest, text);
	put(s, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
	       "base-uri 'none'; form-action 'none'; script-src 'sha256-%s'\">\n", text);
}

void page_begin(const struct sink *s, const char *title, const char *script)
{
	put(s, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
	put_policy(s, script);
	put(s, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"
	       "<link rel=\"icon\" href=\"data:,\">\n<title>%t</title>\n<style>\n%s</style>\n</head>\n<body>\n"
	       "<svg class=\"patterns\" aria-hidden=\"true\"><defs><pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">"
	       "<rect width=\"6\" height=\"6\"/><path d=\"M0 0V6\"/></pattern></defs></svg>\n<a class=\"skip\" href=\"#main\">Skip to the content</a>\n", title, asset_style);
}

void page_end(const struct sink *s, const char *tool, const char *script)
{
	put(s, "<footer><p>Written by %t from the JSON results beside this page. Nothing on this page is fetched from anywhere.</p></footer>\n"
	       "<script>%s</script>\n</body>\n</html>\n", tool, script);
}
