#!/bin/sh
# Every code of diag.h is shown by a golden file, and is described.
cd "$(dirname "$0")/.." && . tests/lib.sh
build/isolde lint --codes >"$TMP/codes"
while read -r code text; do
	if grep -qs "\[$code\]" tests/broken/*.out tests/golden/*.out; then pass; else fail "$code: no golden file shows it"; fi
	if [ -n "$text" ]; then pass; else fail "$code: no description"; fi
done <"$TMP/codes"
[ "$(sed -n '/^#define DIAG_CODES/,/^$/s/^\tX(\([EW]_[A-Z]*\),.*/\1/p' analyzer/base/diag.h | sort)" = "$(cut -d ' ' -f 1 "$TMP/codes" | sort)" ] &&
	pass || fail "codes: lint --codes does not list diag.h"
finish
