#!/bin/sh
# Planted faults in descriptions (isolde mutate): each changes a verdict, breaks a square, is equivalent, or is explained.
# --all: the campaign over g3 and rv64, with every survivor shown.
cd "$(dirname "$0")/.." && . tests/lib.sh
isolde=$PWD/build/isolde

# Every survivor says what differs, and why no verdict speaks of it.
explained='[.mutants[] | select(.fate == "survives") | .why | select(test("differs .*as before: ") | not)] == []'

# judged NAME SPEC SEED FAULTS
judged()
{
	"$isolde" mutate "$2" --seed "$3" --faults "$4" --judge --jobs 2 --format json >"$TMP/$1"
	case $? in 0 | 1) pass ;; *) fail "$1-status" ;; esac
	for filter in ".mutants | length == $4" '[.mutants[] | select(.fate == "undecided")] == []' "$explained" \
		'[.mutants[] | select(.fate == "verdict" or .fate == "square")] | length > ('"$4"' / 2)'; do
		if jq -e "$filter" "$TMP/$1" >/dev/null; then
			pass
		else
			jq -r '.mutants[] | [.fault, .place, .fate, .why] | @tsv' "$TMP/$1" >"$TMP/shown"
			fail "$1: $filter" "$TMP/shown"
		fi
	done
}

if [ "${1:-}" = --all ]; then
	judged g3 isa-specs/g3.yaml 1 60
	judged rv64 isa-specs/rv64.yaml 1 150
	for isa in g3 rv64; do
		jq -r '"\(.isa): \(.mutants | length) faults: " + ([.mutants | group_by(.fate)[] | "\(length) \(.[0].fate)"] | join(", "))' "$TMP/$isa"
		jq -r '.mutants[] | select(.fate != "verdict" and .fate != "square" and .fate != "equivalent") | .diff + "# \(.fate): \(.why)\n"' "$TMP/$isa"
	done
	finish part
	exit
fi

"$isolde" mutate isa-specs/g3.yaml --seed 1 --faults 40 >"$TMP/one"
status generated 0 $?
"$isolde" mutate isa-specs/g3.yaml --seed 1 --faults 40 >"$TMP/again"
same same-seed "$TMP/one" "$TMP/again"
"$isolde" mutate isa-specs/g3.yaml --seed 2 --faults 40 >"$TMP/other"
cmp -s "$TMP/one" "$TMP/other" && fail other-seed || pass
# no fault twice, and most kinds among so many (all have places: tests/unit/mutation.c)
grep '^[-+@]' "$TMP/one" | paste -s -d ' ' | sed 's/@@ -/\n&/g' | sort | uniq -d >"$TMP/twice"
[ -s "$TMP/twice" ] && fail fault-twice "$TMP/twice" || pass
"$isolde" mutate isa-specs/rv64.yaml --seed 1 --faults 80 --format json >"$TMP/kinds"
[ "$(jq -r '[.mutants[].fault] | unique | length' "$TMP/kinds")" -ge 9 ] && pass || fail kinds "$TMP/kinds"
# a difference that is shown is one that patch applies, and what it makes is read
"$isolde" mutate isa-specs/g3.yaml --seed 1 --faults 1 >"$TMP/patch"
mkdir "$TMP/tree" && cp -r isa-specs "$TMP/tree" && patch -s -p0 -d "$TMP/tree" <"$TMP/patch" && ! cmp -s isa-specs/g3.yaml "$TMP/tree/isa-specs/g3.yaml" && pass || fail patch
"$isolde" check "$TMP/tree/isa-specs/g3.yaml" --no-cache --quiet >"$TMP/said" 2>&1
[ $? -lt 4 ] && pass || fail patched "$TMP/said"

judged g3-sample isa-specs/g3.yaml 3 16
judged rv64-sample isa-specs/rv64.yaml 5 3
"$isolde" mutate isa-specs/nowhere.yaml >"$TMP/said" 2>&1
status no-file 4 $?
finish
