#!/bin/sh
# Every shipped machine and every feature ISA is classified as its `expect:` says, decides everything, and lints without an
# error. What is meant to differ stands in tests/expected-differ.txt: `FILE N` for N expectations not met, `FILE lint`
# for errors that lint finds.
#     sh tests/expected.sh [FILE…]
cd "$(dirname "$0")/.." && . tests/lib.sh
for file in ${*:-isa-specs/g3.yaml isa-specs/g3/*.yaml tests/isas/*.yaml}; do
	! grep -q '^kind: part' "$file" || continue
	timeout 300 build/isolde check "$file" --no-cache --jobs 2 --format json >"$TMP/json" 2>"$TMP/stderr"
	code=$?
	# 1 is right where a theorem breaks and nothing is expected of it: only in tests/isas/
	case "$code $file" in
	"0 "* | "1 "*tests/isas/*) pass ;;
	"1 "*) if grep -q "^$file [0-9]" tests/expected-differ.txt; then pass; else fail "$file: exit status 1" "$TMP/stderr"; fi ;;
	*) fail "$file: exit status $code" "$TMP/stderr" ;;
	esac
	[ -s "$TMP/json" ] || continue
	met=$(jq '[.expectations[] | select(.agrees)] | length' "$TMP/json")
	not=$(jq '[.expectations[] | select(.agrees | not)] | length' "$TMP/json")
	meant=$(sed -n "s|^$file \([0-9][0-9]*\).*|\1|p" tests/expected-differ.txt)
	jq -r '.expectations[] | select(.agrees | not) | "\(.subject) \(.what): \(.expected), found \(.found)"' "$TMP/json" >"$TMP/not"
	if [ "$not" = "${meant:-0}" ]; then pass; else fail "$file: $not expectations not met: $(tr '\n' ';' <"$TMP/not")"; fi
	if [ $((met + not)) -gt 0 ]; then pass; else fail "$file: nothing is expected"; fi
	if [ "$(jq '[.. | select(. == "undecided")] | length' "$TMP/json")" = 0 ]; then pass; else fail "$file: undecided"; fi
	timeout 300 build/isolde lint --quiet "$file" >"$TMP/lint" 2>&1
	code=$?
	wanted=0
	grep -q "^$file lint" tests/expected-differ.txt && wanted=1
	if [ $code = $wanted ]; then pass; else fail "$file: lint, exit status $code" "$TMP/lint"; fi
done
if [ $# = 0 ]; then finish; else finish part; fi
