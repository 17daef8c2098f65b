#!/bin/sh
# The independent enumeration of tests/crosscheck/ against the tool: the answer table's machines and random ones. Here as
# many as fit into make test; make crosscheck asks for more, and for a sample in which every verdict occurs.
#     sh tests/crosscheck.sh [A..B]
#
# Left out (--without fixed) are machines whose spaces do not move together: there theory.md's definition and its encoding part,
# see analyzer/README.md.
cd "$(dirname "$0")/.." && . tests/lib.sh
build/crosscheck --self-test --seeds 1..20 >"$TMP/self" 2>&1
status self-test 0 $?
timeout 900 build/crosscheck --isolde build/isolde --rows --without fixed --seeds "${1:-1..100}" >"$TMP/out" 2>&1
code=$?
set -- "${1:-}" $(sed -n 's/^crosscheck: .* ISAs, \([0-9]*\) instructions, \([0-9]*\) differences$/\1 \2/p' "$TMP/out")
if [ $code -gt 1 ] || [ -z "${2:-}" ]; then
	tail -n 20 "$TMP/out" >"$TMP/end"
	fail "crosscheck: exit status $code" "$TMP/end"
else
	passed=$((passed + $2 - $3))
	failed=$((failed + $3))
	[ "$3" = 0 ] || { echo "FAILED: $3 differences"; head -n 100 "$TMP/out"; }
	# what the sample does not contain is not tested; a short one may lack it
	[ -z "$1" ] || [ $code = 0 ] || [ "$3" -gt 0 ] || fail "crosscheck: $(grep 'does not test' "$TMP/out" | head -n 1)"
fi
finish part
