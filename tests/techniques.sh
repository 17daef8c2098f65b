#!/bin/sh
# The course's comparison: every guest of emulator/guests/g3/critical on its variation of g3, under every technique, in lockstep with the bare machine. A line
# for each: guest, description, what the analysis says of Theorems 1 and 3, then for each technique `same`, or the instruction after which the
# virtual machine differs. Nothing here is known beforehand: tests/guests.sh holds the cells against the theorems.
#     sh tests/techniques.sh [GUEST…]       ENGINE=walk: how instructions are executed
cd "$(dirname "$0")/.." || exit 2
printf '%-30s %-26s %-18s %-18s %-10s %-20s %-20s %s\n' guest description 'Theorem 1' 'Theorem 3' interpret trap-and-emulate hybrid patch
for guest in ${*:-emulator/guests/g3/critical/*.s emulator/guests/g3/os.s}; do
	name=$(basename "$guest" .s)
	spec=isa-specs/g3/${name%-supervisor}.yaml
	[ -f "$spec" ] || spec=isa-specs/g3.yaml
	build/isolde run "$spec" "$guest" --monitor all --lockstep --engine "${ENGINE:-walk}" --limit 100K </dev/null |
		awk -v name="$name" '
		NR == 1 { sub(/,.*/, ""); isa = $0 }
		/^  (interpret|trap-and-emulate|hybrid|patch) / {
			at = $0
			cell[$1] = $2 == "same" ? "same" : $2 == "differs" && sub(/.*   at /, "", at) ? "at " at : $2
		}
		/^  Theorem / { of = $2; sub(/^  Theorem [13] /, ""); theorem[of] = $0 }
		END { printf "%-30s %-26s %-18s %-18s %-10s %-20s %-20s %s\n", name, isa, theorem[1], theorem[3],
			cell["interpret"], cell["trap-and-emulate"], cell["hybrid"], cell["patch"] }'
done
