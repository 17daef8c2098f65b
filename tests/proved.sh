#!/bin/sh
# Squares: every shipped machine and every feature ISA proves or refutes what its `expect:` says of equivalence, and leaves nothing undecided.
# A square that breaks has a witness that replayed, or the tool ends with status 5.
#     sh tests/proved.sh [FILE…]
cd "$(dirname "$0")/.." && . tests/lib.sh
for file in ${*:-isa-specs/g3.yaml isa-specs/g3/*.yaml tests/isas/*.yaml}; do
	! grep -q '^kind: part' "$file" || continue
	timeout 300 build/isolde prove "$file" --no-cache --jobs 2 --format json >"$TMP/json" 2>"$TMP/stderr"
	code=$?
	case "$code $file" in
	"0 "* | "1 "*tests/isas/*) pass ;; # 1: equivalence breaks, and nothing is expected of it
	*) fail "$file: exit status $code" "$TMP/stderr" ;;
	esac
	[ -s "$TMP/json" ] || continue
	jq -r '.expectations[] | select(.agrees | not) | "\(.scenario) \(.what): \(.expected), found \(.found)"' "$TMP/json" >"$TMP/not"
	if [ ! -s "$TMP/not" ]; then pass; else fail "$file: $(tr '\n' ';' <"$TMP/not")"; fi
	case $file in
	isa-specs/*) if [ "$(jq '.expectations | length' "$TMP/json")" -gt 0 ]; then pass; else fail "$file: nothing is expected"; fi ;;
	esac
	if [ "$(jq '[.. | select(. == "undecided")] | length' "$TMP/json")" = 0 ]; then pass; else fail "$file: undecided"; fi
	# theory.md, answer table: on these machines Theorem 1's condition and the squares agree
	case $file in
	isa-specs/g3*) if jq -e '.scenarios[].theorem | .equivalence.verdict == .theorem1.verdict and .hybrid.verdict == .theorem3.verdict' "$TMP/json" >/dev/null
		then pass; else fail "$file: Theorems and squares differ"; fi ;;
	esac
done
if [ $# = 0 ]; then finish; else finish part; fi
